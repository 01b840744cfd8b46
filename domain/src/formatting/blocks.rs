//! The lines of a text, and what kind each is.

use super::{BlockKind, inline::fences};

/// The lines with their line breaks. A break between triple backticks ends no line.
pub(super) fn lines(text: &str) -> Vec<(&str, &str)> {
    let mut fences = fences(text).into_iter().peekable();
    let mut lines = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices('\n') {
        while fences.next_if(|fence| fence.end <= at).is_some() {}
        if fences.peek().is_some_and(|fence| fence.start < at) {
            continue;
        }
        let line = &text[start..at];
        let end = start + line.strip_suffix('\r').unwrap_or(line).len();
        lines.push((&text[start..end], &text[end..=at]));
        start = at + 1;
    }
    if start < text.len() {
        lines.push((&text[start..], ""));
    }
    lines
}

/// The kind of a line, its mark and the rest.
pub(super) fn kind_of(line: &str) -> (BlockKind, &str, &str) {
    let marks = [("> ", BlockKind::Quote), ("- ", BlockKind::Bullets), ("* ", BlockKind::Bullets)];
    let marked = marks.into_iter().find(|(mark, _)| line.starts_with(mark)).map(|(mark, kind)| (kind, mark.len()));
    let numbered = || number_mark(line).map(|length| (BlockKind::Numbers, length));
    // `* * *` and `- - -` are rules between paragraphs, not lists.
    let has_content = |rest: &str| rest.contains(|c: char| !c.is_whitespace() && !matches!(c, '*' | '-' | '>'));
    match marked.or_else(numbered).filter(|(_, length)| has_content(&line[*length..])) {
        Some((kind, length)) => (kind, &line[..length], &line[length..]),
        None => (BlockKind::Paragraph, "", line),
    }
}

/// The length of a mark such as `1. `. No leading zero, so that the number can be shown in its place; not a year.
fn number_mark(line: &str) -> Option<usize> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let is_mark = (1..=3).contains(&digits) && !line.starts_with('0') && line[digits..].starts_with(". ");
    is_mark.then_some(digits + 2)
}
