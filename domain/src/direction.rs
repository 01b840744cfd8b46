//! Characters without a shape of their own that change the direction of the text around them. With one of them
//! `invoice\u{202e}fdp.exe` is displayed as `invoiceexe.pdf`, and a name turns the sentence that it stands in.

/// Whether the character forces a direction on letters, against the direction that they have. No language needs it.
pub fn is_override(c: char) -> bool {
    matches!(c, '\u{202d}' | '\u{202e}')
}

/// Whether the character embeds, overrides or isolates a run of text, or ends that.
fn is_embedding(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether the character changes directions in any way. Single marks belong to Arabic and Hebrew texts.
pub fn is_direction_control(c: char) -> bool {
    is_embedding(c) || matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}')
}

/// A name, without what changes directions, on one line. For names of people and files, which are shown within our own
/// sentences.
pub fn plain_name(name: &str) -> String {
    name.chars().filter(|c| !is_direction_control(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A text, without what reaches over the text around it. Single marks stay.
pub fn without_embeddings(text: &str) -> String {
    text.chars().filter(|c| !is_embedding(*c)).collect()
}

/// The most characters of a file name's ending, with its dot.
const ENDING_LIMIT: usize = 12;

/// A file name as it is shown: what may be cut, and its ending with the dot, which must stay visible. The ending is
/// empty if there is none.
pub fn split_file_name(name: &str) -> (String, String) {
    let name = plain_name(name);
    let name = name.trim();
    let at = name.rfind('.').filter(|at| *at > 0);
    let ending = at.map_or("", |at| &name[at..]);
    let is_ending = (2..=ENDING_LIMIT).contains(&ending.chars().count()) && !ending.contains(char::is_whitespace);
    match at.filter(|_| is_ending) {
        Some(at) => (name[..at].to_owned(), name[at..].to_owned()),
        None => (name.to_owned(), String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_true_ending_of_a_file_name_is_shown() {
        // name, its body, its ending
        let table = [
            ("invoice\u{202e}fdp.exe", "invoicefdp", ".exe"),
            ("\u{2067}photo\u{2069}\u{200f}.jpg\u{200e}", "photo", ".jpg"),
            ("فاتورة.pdf", "فاتورة", ".pdf"),
            ("archive.tar.gz", "archive.tar", ".gz"),
            (" menu.PDF ", "menu", ".PDF"),
            ("no ending", "no ending", ""),
            (".hidden", ".hidden", ""),
            ("ends with a dot.", "ends with a dot.", ""),
            ("Letter to Mr. Smith and sons", "Letter to Mr. Smith and sons", ""),
            (
                "report.pdf                                  .exe",
                "report.pdf                                  ",
                ".exe",
            ),
            ("line\nbreak.txt", "line break", ".txt"),
            ("", "", ""),
        ];
        for (name, body, ending) in table {
            assert_eq!(split_file_name(name), (body.to_owned(), ending.to_owned()), "{name:?}");
        }
    }

    #[test]
    fn a_name_cannot_turn_a_sentence() {
        assert_eq!(plain_name("Ana\u{202e} Costa\u{2066}"), "Ana Costa");
        assert_eq!(plain_name("עדי\u{200f} לוי"), "עדי לוי");
        assert_eq!(plain_name("👩\u{200d}👧 Ana"), "👩\u{200d}👧 Ana", "a joiner belongs to the emoji");
        assert_eq!(without_embeddings("a\u{202e}b\u{202c}\u{200f}c"), "ab\u{200f}c");
        for c in ['\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}', '\u{200e}', '\u{200f}', '\u{61c}'] {
            assert!(is_direction_control(c), "{c:?}");
        }
        assert!(!is_direction_control('\u{200d}') && !is_direction_control('\u{200c}'));
        assert!(is_override('\u{202e}') && is_override('\u{202d}') && !is_override('\u{202b}'));
    }
}
