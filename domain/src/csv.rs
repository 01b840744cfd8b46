//! Comma-separated values as RFC 4180 says, written and read.
//!
//! What people wrote can look like a formula, which a spreadsheet would run. Such a cell is written with an apostrophe before
//! it, which spreadsheets take for the sign of a text, and read without. Files of spreadsheets are read with semicolons or
//! tabs between the cells as well.

/// The mark of a text in UTF-8. Without it at its beginning, spreadsheets would read a file in the encoding of the computer.
pub const BYTE_ORDER_MARK: char = '\u{feff}';

/// A row with the number of the line that it begins in, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvRow {
    pub line: usize,
    pub cells: Vec<String>,
}

/// Why a file cannot be used: the line, from 1, and a sentence for whoever made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvFault {
    pub line: usize,
    pub detail: String,
}

/// A row with the end of its line.
pub fn row(cells: impl IntoIterator<Item = String>) -> String {
    let mut row = String::new();
    for (place, text) in cells.into_iter().enumerate() {
        if place > 0 {
            row.push(',');
        }
        push_cell(&mut row, &text);
    }
    row.push_str("\r\n");
    row
}

fn push_cell(row: &mut String, text: &str) {
    let is_marked = needs_mark(text);
    let is_quoted = is_marked || text.contains(['"', ',', ';', '\r', '\n', '\t']) || text.trim() != text;
    if !is_quoted {
        row.push_str(text);
        return;
    }
    row.push('"');
    if is_marked {
        row.push('\'');
    }
    row.push_str(&text.replace('"', "\"\""));
    row.push('"');
}

/// Whether an apostrophe goes before a cell: it is a formula, or would be read as one that has its apostrophe already.
fn needs_mark(text: &str) -> bool {
    let text = text.trim_start_matches('\'');
    // Some imports drop the blanks before a text.
    let begins = text.trim_start();
    begins.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) || text.starts_with(['\t', '\r', '\n'])
}

fn unmarked(cell: String) -> String {
    match cell.strip_prefix('\'') {
        Some(rest) if needs_mark(&cell) => rest.to_owned(),
        _ => cell,
    }
}

/// The rows of a file, without those that are empty.
///
/// # Errors
/// [`CsvFault`] for a quotation mark that is never closed, or that text follows.
pub fn rows(file: &str) -> Result<Vec<CsvRow>, CsvFault> {
    let file = file.trim_start_matches(BYTE_ORDER_MARK);
    let mut reader = Reader { rest: file, line: 1, separator: separator(file) };
    let mut rows = Vec::new();
    while !reader.rest.is_empty() {
        let row = reader.row()?;
        if row.cells.iter().any(|cell| !cell.trim().is_empty()) {
            rows.push(row);
        }
    }
    Ok(rows)
}

/// What stands between the cells of the first line most often.
fn separator(file: &str) -> char {
    let head = file.lines().next().unwrap_or_default();
    let count = |separator: char| head.matches(separator).count();
    // The last of equal ones is taken.
    ['\t', ';', ','].into_iter().max_by_key(|separator| count(*separator)).unwrap_or(',')
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    separator: char,
}

impl Reader<'_> {
    fn row(&mut self) -> Result<CsvRow, CsvFault> {
        let line = self.line;
        let mut cells = Vec::new();
        loop {
            cells.push(unmarked(self.cell()?));
            match self.next() {
                Some(c) if c == self.separator => {}
                Some('\r') => {
                    if self.rest.starts_with('\n') {
                        self.next();
                    }
                    return Ok(CsvRow { line, cells });
                }
                // The end of the line, or of the file.
                _ => return Ok(CsvRow { line, cells }),
            }
        }
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        if c == '\n' {
            self.line += 1;
        }
        Some(c)
    }

    fn cell(&mut self) -> Result<String, CsvFault> {
        if self.rest.starts_with('"') { self.quoted() } else { Ok(self.bare()) }
    }

    fn bare(&mut self) -> String {
        let end = self.rest.find([self.separator, '\r', '\n']).unwrap_or(self.rest.len());
        let (cell, rest) = self.rest.split_at(end);
        self.rest = rest;
        cell.to_owned()
    }

    fn quoted(&mut self) -> Result<String, CsvFault> {
        let line = self.line;
        self.next();
        let mut cell = String::new();
        while let Some(c) = self.next() {
            if c != '"' {
                cell.push(c);
            } else if self.rest.starts_with('"') {
                self.next();
                cell.push('"');
            } else if self.rest.is_empty() || self.rest.starts_with([self.separator, '\r', '\n']) {
                return Ok(cell);
            } else {
                let detail =
                    "Text follows a closing quotation mark. Write a quotation mark within a cell twice.".to_owned();
                return Err(CsvFault { line: self.line, detail });
            }
        }
        let detail = "A quotation mark is never closed. Add it at the end of the cell.".to_owned();
        Err(CsvFault { line, detail })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(file: &str) -> Vec<Vec<String>> {
        rows(file).expect("a file").into_iter().map(|row| row.cells).collect()
    }

    #[test]
    fn files_of_spreadsheets_are_read() {
        let expected = [["name", "text"], ["Hi", "a, b"]];
        for file in [
            "name,text\r\nHi,\"a, b\"\r\n",
            "\u{feff}name;text\nHi;a, b\n",
            "name\ttext\rHi\t\"a, b\"",
            "name,text\n\n,\nHi,\"a, b\"\n",
        ] {
            assert_eq!(cells(file), expected, "{file:?}");
        }
    }

    #[test]
    fn a_row_knows_its_line_and_a_fault_too() {
        let read = rows("a,b\n\"two\nlines\",c\nd,e").expect("a file");
        assert_eq!(read.iter().map(|row| row.line).collect::<Vec<_>>(), [1, 2, 4]);
        for (file, line) in [("a,b\nc,\"d", 2), ("a,b\nc,d\n\"e\" f,g", 3)] {
            assert_eq!(rows(file).map_err(|fault| fault.line), Err(line), "{file:?}");
        }
    }

    #[test]
    fn only_the_sign_of_a_text_is_taken_away() {
        for (cell, read) in [("'=1", "=1"), ("''=1", "'=1"), ("'tis", "'tis"), ("=1", "=1"), ("'", "'")] {
            assert_eq!(cells(&format!("x,{cell}")), [["x", read]], "{cell}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read_again(rows in proptest::collection::vec(
            proptest::collection::vec("['\"=+@,; \\t\\r\\na-cé-]{0,6}", 3), 0..6)) {
            // The first line decides what separates the cells.
            let head = ["a", "b", "c"].map(str::to_owned);
            let mut all = vec![head.to_vec()];
            all.extend(rows);
            let file: String = all.iter().map(|cells| row(cells.iter().cloned())).collect();
            all.retain(|cells| cells.iter().any(|cell| !cell.trim().is_empty()));
            proptest::prop_assert_eq!(cells(&file), all);
        }
    }
}
