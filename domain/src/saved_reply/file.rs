//! Saved replies as a CSV file, with the columns of [`COLUMNS`]. What is written and read again is exactly the same, but for
//! attached files: of those there are the names alone.

use super::{ReplyScope, SavedText, tags_of, tags_text};
use crate::csv::{self, BYTE_ORDER_MARK, CsvFault};

/// In the order in which they are written. `name` and `text` must be there to be read.
pub const COLUMNS: [&str; 6] = ["name", "text", "tags", "language", "scope", "files"];

/// A saved reply of a file, its line, and the names of the files that it had where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileReply {
    pub line: usize,
    pub saved: SavedText,
    pub files: Vec<String>,
}

/// The file of these replies.
pub fn written<'a>(replies: impl IntoIterator<Item = &'a SavedText>) -> String {
    let mut file = format!("{BYTE_ORDER_MARK}{}", csv::row(COLUMNS.map(str::to_owned)));
    for saved in replies {
        file.push_str(&csv::row([
            saved.name.clone(),
            saved.text.clone(),
            tags_text(&saved.tags),
            saved.language.clone().unwrap_or_default(),
            saved.scope.as_str().to_owned(),
            saved.files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>().join("\n"),
        ]));
    }
    file
}

/// The replies of a file, normalized. Without a scope one is the person's own.
///
/// # Errors
/// Every line that cannot be read, with what to do.
pub fn read(file: &str) -> Result<Vec<FileReply>, Vec<CsvFault>> {
    if file.contains('\u{fffd}') {
        let detail = "This file isn't UTF-8. Save it as “CSV UTF-8” and import it again.".to_owned();
        return Err(vec![CsvFault { line: 1, detail }]);
    }
    let rows = csv::rows(file).map_err(|fault| vec![fault])?;
    let mut rows = rows.into_iter();
    let Some(head) = rows.next() else {
        let detail = "Nothing to import. Choose a file, or paste its contents.".to_owned();
        return Err(vec![CsvFault { line: 1, detail }]);
    };
    let places = places(&head.cells).map_err(|detail| vec![CsvFault { line: head.line, detail }])?;
    let (mut replies, mut faults) = (Vec::new(), Vec::new());
    for row in rows {
        match saved(&row.cells, &places) {
            Ok((saved, files)) => replies.push(FileReply { line: row.line, saved, files }),
            Err(detail) => faults.push(CsvFault { line: row.line, detail }),
        }
    }
    if faults.is_empty() { Ok(replies) } else { Err(faults) }
}

/// Where each of [`COLUMNS`] is in the file.
type Places = [Option<usize>; COLUMNS.len()];

fn places(head: &[String]) -> Result<Places, String> {
    let names: Vec<String> = head.iter().map(|cell| cell.trim().to_lowercase()).collect();
    let known = COLUMNS.join(", ");
    if let Some(unknown) = names.iter().find(|name| !name.is_empty() && !COLUMNS.contains(&name.as_str())) {
        return Err(format!("There is no column “{unknown}”. The first line names the columns: {known}."));
    }
    let places = COLUMNS.map(|column| names.iter().position(|name| name == column));
    match places {
        [Some(_), Some(_), ..] => Ok(places),
        _ => Err(format!("The columns “name” and “text” are missing. The first line names the columns: {known}.")),
    }
}

fn saved(cells: &[String], places: &Places) -> Result<(SavedText, Vec<String>), String> {
    let cell = |place: usize| places[place].and_then(|at| cells.get(at)).map_or("", String::as_str);
    let scope = match cell(4).trim().to_lowercase().as_str() {
        "" => ReplyScope::Me,
        word => word.parse().map_err(|_| format!("“{word}” isn't a scope. Enter “me” or “everyone”."))?,
    };
    let saved = SavedText {
        name: cell(0).to_owned(),
        text: cell(1).to_owned(),
        tags: tags_of(cell(2)),
        language: Some(cell(3).to_owned()),
        scope,
        files: Vec::new(),
    }
    .normalized();
    let files = cell(5).lines().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
    match saved.fault() {
        Some(detail) => Err(detail),
        None => Ok((saved, files)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{message::outgoing::FileKind, upload::WaitingFile};

    #[test]
    fn columns_can_be_in_any_order_and_left_out() {
        let read = read("Text;Name\nHi there;Hello\n").expect("a file");
        let saved = SavedText { name: "Hello".to_owned(), text: "Hi there".to_owned(), ..SavedText::default() };
        assert_eq!(read, [FileReply { line: 2, saved, files: Vec::new() }]);
    }

    #[test]
    fn files_are_there_by_their_names() {
        let file =
            |name: &str| WaitingFile { id: name.into(), name: name.to_owned(), kind: FileKind::Document, size: 7 };
        let files = vec![file("menu, spring.pdf"), file("=1.pdf")];
        let saved = SavedText { name: "Menu".to_owned(), text: "Here".to_owned(), files, ..SavedText::default() };
        let read = read(&written([&saved])).expect("what was written");
        assert_eq!(
            (read[0].files.as_slice(), read[0].saved.files.len()),
            (["menu, spring.pdf".to_owned(), "=1.pdf".to_owned()].as_slice(), 0)
        );
    }

    #[test]
    fn every_fault_names_its_line_and_what_to_do() {
        let table: [(&str, &[(usize, &str)]); 6] = [
            ("", &[(1, "Choose a file")]),
            ("name,body\na,b\n", &[(1, "no column “body”")]),
            ("name,tags\na,b\n", &[(1, "“text” are missing")]),
            ("name,text\nM\u{fffd}ller,x\n", &[(1, "CSV UTF-8")]),
            ("name,text,scope\na,\nb,two,all\nc,three,me\n", &[(2, "Enter the text"), (3, "“me” or “everyone”")]),
            ("name,text\na,\"b\n", &[(2, "never closed")]),
        ];
        for (file, expected) in table {
            let faults = read(file).expect_err(file);
            assert_eq!(faults.len(), expected.len(), "{file}");
            for (fault, (line, words)) in faults.iter().zip(expected) {
                assert!(fault.line == *line && fault.detail.contains(words), "{file}: {fault:?}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read_again(replies in proptest::collection::vec(
            ("['\"=+@,;/{} a-cé-]{1,20}", "['\"=+@,;/{} \\t\\r\\na-c日]{1,60}", "[a-c ,;='-]{0,20}", "(pt-BR|de)?"), 1..8)) {
            let replies: Vec<SavedText> = replies
                .into_iter()
                .map(|(name, text, tags, language)| {
                    let scope = if text.len() % 2 == 0 { ReplyScope::Me } else { ReplyScope::Everyone };
                    let language = Some(language);
                    SavedText { name, text, tags: tags_of(&tags), language, scope, files: Vec::new() }.normalized()
                })
                .filter(|saved| saved.fault().is_none())
                .collect();
            let read = read(&written(&replies)).expect("what was written");
            proptest::prop_assert_eq!(read.into_iter().map(|reply| reply.saved).collect::<Vec<_>>(), replies);
        }
    }
}
