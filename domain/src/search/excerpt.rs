//! The part of a text around its first hit, as one line.

use super::{Mark, Marked};

/// Characters of an excerpt.
const LENGTH: usize = 140;
/// Characters before the first hit: few, because a narrow row must show the hit.
const BEFORE: usize = 16;

/// Cuts `text` around its first mark. Line breaks and runs of spaces become one space.
pub fn excerpt(text: &str, marks: &[Mark]) -> Marked {
    let first = marks.first().map_or(0, |mark| mark.start);
    let start = beginning(text, first);
    let mut cut = Marked::default();
    if start > 0 {
        cut.text.push('…');
    }
    let mut open: Option<usize> = None;
    let mut count = 0;
    let mut space = false;
    let close = |cut: &mut Marked, open: &mut Option<usize>| {
        if let Some(start) = open.take().filter(|start| *start < cut.text.len()) {
            cut.marks.push(Mark { start, end: cut.text.len() });
        }
    };
    for (at, c) in text.get(start..).unwrap_or_default().char_indices().map(|(at, c)| (at + start, c)) {
        let is_hit = marks.iter().any(|mark| (mark.start..mark.end).contains(&at));
        if !is_hit {
            close(&mut cut, &mut open);
        }
        if c.is_whitespace() || c.is_control() {
            space = true;
            continue;
        }
        if count >= LENGTH {
            close(&mut cut, &mut open);
            cut.text.push('…');
            return cut;
        }
        if std::mem::take(&mut space) && count > 0 {
            cut.text.push(' ');
        }
        if is_hit && open.is_none() {
            open = Some(cut.text.len());
        }
        cut.text.push(c);
        count += 1;
    }
    close(&mut cut, &mut open);
    cut
}

/// Where the excerpt begins: at a word, at most [`BEFORE`] characters before the hit.
fn beginning(text: &str, hit: usize) -> usize {
    let before = text.get(..hit).unwrap_or_default();
    if before.chars().count() <= BEFORE {
        return 0;
    }
    let start = before.char_indices().rev().nth(BEFORE - 1).map_or(0, |(at, _)| at);
    let gap = before[start..].char_indices().find(|(_, c)| c.is_whitespace());
    gap.map_or(start, |(at, c)| start + at + c.len_utf8())
}
