//! The pieces of a line: code and links first, because nothing within them is a mark, then the marks of styles.

use std::ops::Range;

use super::{Inline, InlineStyle, links};
use crate::{direction, text::is_unspaced};

/// What a part of the line is, before the marks of styles are looked for.
enum Part {
    Plain,
    Code {
        /// The length of the mark.
        mark: usize,
    },
    Link {
        href: String,
    },
    Override,
}

pub(super) fn parse(line: &str) -> Vec<Inline<'_>> {
    let parts = parts(line);
    let plain = parts.iter().filter(|(_, part)| matches!(part, Part::Plain)).map(|(range, _)| range.clone());
    build(line, parts.iter(), &matched(line, plain))
}

/// The ranges of texts between triple backticks, with the backticks.
pub(super) fn fences(text: &str) -> Vec<Range<usize>> {
    code(text, 3, |inside| !inside.trim().is_empty())
}

/// The ranges between two runs of exactly `length` backticks. Others are passed over.
fn code(text: &str, length: usize, is_code: impl Fn(&str) -> bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut open: Option<usize> = None;
    for run in runs(text, '`').filter(|run| run.len() == length) {
        match open {
            Some(start) if is_code(&text[start + length..run.start]) && is_edge(text, start, run.end) => {
                found.push(start..run.end);
                open = None;
            }
            _ => open = Some(run.start),
        }
    }
    found
}

/// Whether marks from `start` to `end` have no letter or digit on their outer sides: `don`t` is no code.
fn is_edge(text: &str, start: usize, end: usize) -> bool {
    let (before, after) = (text[..start].chars().next_back(), text[end..].chars().next());
    !before.is_some_and(is_word) && !after.is_some_and(is_word)
}

/// The runs of one ASCII character.
fn runs(text: &str, wanted: char) -> impl Iterator<Item = Range<usize>> {
    let mut rest = 0;
    std::iter::from_fn(move || {
        let start = rest + text.get(rest..)?.find(wanted)?;
        let length = text[start..].bytes().take_while(|byte| *byte == wanted as u8).count();
        rest = start + length;
        Some(start..rest)
    })
}

fn parts(line: &str) -> Vec<(Range<usize>, Part)> {
    let mut parts = Vec::new();
    let mut from = 0;
    for fence in fences(line) {
        single_code(line, from..fence.start, &mut parts);
        from = fence.end;
        parts.push((fence, Part::Code { mark: 3 }));
    }
    single_code(line, from..line.len(), &mut parts);
    parts
}

fn single_code(line: &str, within: Range<usize>, parts: &mut Vec<(Range<usize>, Part)>) {
    let shift = |range: Range<usize>| within.start + range.start..within.start + range.end;
    let is_code = |inside: &str| !inside.starts_with(char::is_whitespace) && !inside.ends_with(char::is_whitespace);
    let mut from = within.start;
    for range in code(&line[within.clone()], 1, is_code).into_iter().map(shift) {
        linked(line, from..range.start, parts);
        from = range.end;
        parts.push((range, Part::Code { mark: 1 }));
    }
    linked(line, from..within.end, parts);
}

fn linked(line: &str, within: Range<usize>, parts: &mut Vec<(Range<usize>, Part)>) {
    let mut from = within.start;
    for (range, href) in links::find(&line[within.clone()]) {
        let range = within.start + range.start..within.start + range.end;
        plain(line, from..range.start, parts);
        from = range.end;
        parts.push((range, Part::Link { href }));
    }
    plain(line, from..within.end, parts);
}

fn plain(line: &str, within: Range<usize>, parts: &mut Vec<(Range<usize>, Part)>) {
    let mut from = within.start;
    for (at, control) in line[within.clone()].match_indices(direction::is_override) {
        let range = within.start + at..within.start + at + control.len();
        if from < range.start {
            parts.push((from..range.start, Part::Plain));
        }
        from = range.end;
        parts.push((range, Part::Override));
    }
    if from < within.end {
        parts.push((from..within.end, Part::Plain));
    }
}

/// A character that words are made of, in a script that separates its words.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() && !is_unspaced(c)
}

/// Whether a mark between these characters can begin a style.
fn opens(before: Option<char>, after: Option<char>) -> bool {
    let is_begun = before.is_none_or(|c| !is_word(c) && !matches!(c, ')' | ']' | '}' | '>' | '\\'));
    let is_followed = |c: char| {
        !c.is_whitespace() && !matches!(c, ')' | ']' | '}' | '>' | '<' | '.' | ',' | ';' | ':' | '!' | '?' | '/')
    };
    is_begun && after.is_some_and(is_followed)
}

/// Whether a mark between these characters can end a style.
fn closes(before: Option<char>, after: Option<char>) -> bool {
    let is_ended = after.is_none_or(|c| !is_word(c) && !matches!(c, '(' | '[' | '{' | '<'));
    is_ended && before.is_some_and(|c| !c.is_whitespace() && !matches!(c, '(' | '[' | '{' | '<' | '>'))
}

/// What a mark does.
#[derive(Clone, Copy)]
enum Turn {
    Begin,
    End,
}

/// Where marks begin and end styles, sorted and properly nested. No style is within itself.
fn matched(line: &str, plain: impl Iterator<Item = Range<usize>>) -> Vec<(usize, Turn)> {
    let mut pairs = Vec::new();
    // At most one per style.
    let mut open: Vec<(InlineStyle, usize)> = Vec::new();
    for (at, mark) in
        plain.flat_map(|range| line[range.clone()].char_indices().map(move |(at, c)| (range.start + at, c)))
    {
        let Some(style) = InlineStyle::of(mark) else { continue };
        let (before, after) = (line[..at].chars().next_back(), line[at + 1..].chars().next());
        // A doubled mark is none, nor is one between equal characters, as in `^_^`.
        if before == after || before == Some(mark) || after == Some(mark) {
            continue;
        }
        if let Some(place) = open.iter().position(|(other, _)| *other == style) {
            let begun = open[place].1;
            if closes(before, after) && has_content(&line[begun + 1..at]) {
                open.truncate(place);
                pairs.push((begun, Turn::Begin));
                pairs.push((at, Turn::End));
                continue;
            }
            if opens(before, after) {
                open.remove(place);
            }
        }
        if opens(before, after) {
            open.push((style, at));
        }
    }
    pairs.sort_unstable_by_key(|(at, _)| *at);
    pairs
}

fn has_content(text: &str) -> bool {
    text.chars().any(|c| !c.is_whitespace() && InlineStyle::of(c).is_none())
}

/// The pieces of a style that is not closed yet; the outermost list has none.
struct Level<'a> {
    opened: Option<(InlineStyle, &'a str)>,
    content: Vec<Inline<'a>>,
}

fn build<'a, 'p>(
    line: &'a str,
    parts: impl Iterator<Item = &'p (Range<usize>, Part)>,
    marks: &[(usize, Turn)],
) -> Vec<Inline<'a>> {
    let mut marks = marks.iter().copied().peekable();
    let mut levels = vec![Level { opened: None, content: Vec::new() }];
    for (range, part) in parts {
        let text = &line[range.clone()];
        match part {
            Part::Code { mark } => {
                let (mark, inside) = (&text[..*mark], &text[*mark..text.len() - mark]);
                push(&mut levels, Inline::Code { mark, text: inside });
            }
            Part::Link { href } => push(&mut levels, Inline::Link { text, href: href.clone() }),
            Part::Override => push(&mut levels, Inline::Override(text)),
            Part::Plain => {
                let mut from = range.start;
                while let Some((at, role)) = marks.next_if(|(at, _)| range.contains(at)) {
                    push_text(&mut levels, &line[from..at]);
                    from = at + 1;
                    turn(&mut levels, &line[at..from], role);
                }
                push_text(&mut levels, &line[from..range.end]);
            }
        }
    }
    // Every mark that opens has one that closes, so one level is left.
    levels.into_iter().next().map(|level| level.content).unwrap_or_default()
}

fn push<'a>(levels: &mut [Level<'a>], piece: Inline<'a>) {
    if let Some(level) = levels.last_mut() {
        level.content.push(piece);
    }
}

fn push_text<'a>(levels: &mut [Level<'a>], text: &'a str) {
    if !text.is_empty() {
        push(levels, Inline::Text(text));
    }
}

/// Begins or ends a style at its mark.
fn turn<'a>(levels: &mut Vec<Level<'a>>, mark: &'a str, role: Turn) {
    match role {
        Turn::Begin => {
            let style = mark.chars().next().and_then(InlineStyle::of);
            levels.push(Level { opened: style.map(|style| (style, mark)), content: Vec::new() });
        }
        Turn::End => {
            if let Some(Level { opened: Some((style, mark)), content }) = levels.pop() {
                push(levels, Inline::Styled { style, mark, content });
            }
        }
    }
}
