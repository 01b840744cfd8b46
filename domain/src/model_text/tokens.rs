//! Finds tags and special tokens in a model's text.

/// A piece of the text. All raw pieces are the text again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Text(&'a str),
    Tag(Tag<'a>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    pub(super) raw: &'a str,
    /// In lower case, joined by `_`, without words for beginning and end.
    pub(super) name: String,
    pub(super) side: Side,
    pub(super) form: Form,
    /// What stands after the name: attributes, or the value of `<function=name>`.
    pub(super) rest: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Open,
    Close,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `<name>`.
    Angle,
    /// `<|name|>` and its relatives, `[NAME]`.
    Special,
    /// Comments and declarations, which have no name.
    Comment,
}

/// The longest special token, in bytes.
const SPECIAL_LIMIT: usize = 100;
/// The longest tag with its attributes, in bytes.
const TAG_LIMIT: usize = 4_000;

/// Tokens in square brackets, which are in capitals always.
const BRACKETED: &[&str] = &[
    "INST",
    "SYS",
    "THINK",
    "REASONING",
    "REFLECTION",
    "TOOL_CALLS",
    "TOOL_CALL",
    "TOOL_RESULTS",
    "TOOL_RESULT",
    "TOOL_CONTENT",
    "TOOL_REQUEST",
    "END_TOOL_REQUEST",
    "AVAILABLE_TOOLS",
    "ARGS",
    "CALL_ID",
    "SYSTEM_PROMPT",
    "MODEL_SETTINGS",
    "BOS",
    "EOS",
    "PAD",
    "UNK",
    "CLS",
    "SEP",
    "MASK",
    "gMASK",
    "PREFIX",
    "SUFFIX",
    "MIDDLE",
    "BEGIN_OF_TEXT",
    "END_OF_TEXT",
    "CONTROL_TOKEN",
];

pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(next) = text[at..].find(['<', '[', '◁']) {
        let start = at + next;
        let Some(tag) = tag_at(&text[start..]) else {
            at = start + text[start..].chars().next().map_or(1, char::len_utf8);
            continue;
        };
        if from < start {
            found.push(Token::Text(&text[from..start]));
        }
        at = start + tag.raw.len();
        from = at;
        found.push(Token::Tag(tag));
    }
    if from < text.len() {
        found.push(Token::Text(&text[from..]));
    }
    found
}

/// How often tags are removed that were formed by removing others.
const PASSES: usize = 8;

/// The text without any tag. What remains may form a tag again, so it is repeated until nothing changes; a text that is
/// built to go on longer loses its brackets.
pub(super) fn without_tags(text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..PASSES {
        let plain: String = tokens(&text)
            .into_iter()
            .filter_map(|token| match token {
                Token::Text(text) => Some(text),
                Token::Tag(_) => None,
            })
            .collect();
        let plain = plain.replace("<|", "").replace("|>", "").replace("<｜", "").replace("｜>", "");
        let plain = plain.replace(['◁', '▷'], "");
        if plain.len() == text.len() {
            return text;
        }
        text = plain;
    }
    text.replace(['<', '>', '[', ']'], "")
}

/// The tag at the beginning of the text.
pub(super) fn tag_at(text: &str) -> Option<Tag<'_>> {
    let after = |prefix: &str| text.strip_prefix(prefix);
    if let Some(rest) = after("[") {
        return bracketed(text, rest);
    }
    if let Some(rest) = after("◁") {
        return delimited(text, rest, "▷");
    }
    if let Some(rest) = after("<!--") {
        return Some(comment(text, rest.find("-->").map(|end| end + 7)));
    }
    if ["<!doctype", "<![cdata[", "<?xml", "<?php"].iter().any(|start| begins(text, start)) {
        return Some(comment(text, text.find('>').map(|end| end + 1)));
    }
    if let Some(rest) = after("<<") {
        return delimited(text, rest, ">>");
    }
    if let Some(rest) = after("<|").or_else(|| after("<｜")).or_else(|| after("</|")) {
        return special(text, rest);
    }
    angle(text)
}

/// Whether a text begins with another one, whatever the case of its letters.
pub(super) fn begins(text: &str, start: &str) -> bool {
    text.as_bytes().get(..start.len()).is_some_and(|found| found.eq_ignore_ascii_case(start.as_bytes()))
}

fn comment(text: &str, end: Option<usize>) -> Tag<'_> {
    let raw = &text[..end.unwrap_or(text.len())];
    Tag { raw, name: String::new(), side: Side::Open, form: Form::Comment, rest: "" }
}

fn bracketed<'a>(text: &'a str, rest: &'a str) -> Option<Tag<'a>> {
    let end = rest.bytes().take(24).position(|byte| byte == b']')?;
    let inner = &rest[..end];
    let name = inner.strip_prefix('/').unwrap_or(inner);
    BRACKETED.contains(&name).then(|| named(&text[..end + 2], inner, Form::Special, ""))
}

fn delimited<'a>(text: &'a str, rest: &'a str, close: &str) -> Option<Tag<'a>> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_');
    let end = rest.find(|c: char| !is_part(c)).filter(|end| (1..=SPECIAL_LIMIT).contains(end))?;
    let inner = &rest[..end];
    let length = text.len() - rest.len() + end + close.len();
    rest[end..].starts_with(close).then(|| named(&text[..length], inner, Form::Special, ""))
}

/// `<|name|>`, `<｜name｜>`, `<|name>`, and one that the end of the text cuts off.
fn special<'a>(text: &'a str, rest: &'a str) -> Option<Tag<'a>> {
    let is_part =
        |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '/' | '.' | ':' | ' ' | '▁' | '"' | '|' | '｜');
    let end = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
    if end > SPECIAL_LIMIT {
        return None;
    }
    let is_closed = rest[end..].starts_with('>');
    if !is_closed && end < rest.len() {
        return None;
    }
    let inner = rest[..end].trim_end_matches(['|', '｜']);
    let length = text.len() - rest.len() + end + usize::from(is_closed);
    let mut tag = named(&text[..length], inner, Form::Special, "");
    if text.starts_with("</") {
        tag.side = Side::Close;
    }
    Some(tag)
}

fn angle(text: &str) -> Option<Tag<'_>> {
    let body = text.strip_prefix('<')?;
    let inner = body.trim_start_matches(' ');
    let inner = inner.strip_prefix('/').map_or(inner, |inner| inner.trim_start_matches(' '));
    // A space before the name is not HTML: `1 < a > 2` stays, the tags of models do not.
    let is_spaced = body.starts_with(' ');
    if !inner.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ':' | '.' | '▁');
    let length = inner.find(|c: char| !is_part(c)).unwrap_or(inner.len());
    let (name, after) = inner.split_at(length);
    // An address in angle brackets, which Markdown allows.
    if name.ends_with(':') {
        return None;
    }
    let start = text.len() - after.len();
    let is_ours = || {
        let name = normal(name).0;
        super::names::is_thought(&name) || super::names::is_call(&name)
    };
    let slash = text[..start - name.len()].contains('/');
    let tag = |end: usize, rest_length: usize| {
        let rest = after[..rest_length].trim_end_matches('/');
        let mut tag = named(&text[..end], name, Form::Angle, rest);
        if slash {
            tag.side = Side::Close;
        }
        tag
    };
    match after.chars().next() {
        Some('>') if !is_spaced || is_ours() => Some(tag(start + 1, 0)),
        // `<name|>`, as Gemma closes.
        Some('|') if after.starts_with("|>") => {
            let mut tag = named(&text[..start + 2], name, Form::Special, "");
            tag.side = Side::Close;
            Some(tag)
        }
        Some(c) if c.is_whitespace() || matches!(c, '/' | '=') => {
            let Some(end) = tag_end(after) else {
                return is_ours().then(|| tag(text.len(), after.len()));
            };
            (!is_spaced || is_ours()).then(|| tag(start + end + 1, end))
        }
        None => is_ours().then(|| tag(text.len(), 0)),
        Some(_) => None,
    }
}

/// Where the tag's `>` is. Quoted attributes may contain one.
fn tag_end(after: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in after.bytes().enumerate().take(TAG_LIMIT) {
        match (quote, byte) {
            (Some(open), _) if byte == open => quote = None,
            (None, b'"') => quote = Some(byte),
            (None, b'>') => return Some(at),
            (None, b'<') => return None,
            (Some(_) | None, _) => {}
        }
    }
    // A quote that never ends was an apostrophe or a forgotten one.
    after.bytes().take(TAG_LIMIT).take_while(|byte| *byte != b'<').position(|byte| byte == b'>')
}

fn named<'a>(raw: &'a str, name: &str, form: Form, rest: &'a str) -> Tag<'a> {
    let (name, side) = normal(name);
    Tag { raw, name, side, form, rest }
}

/// The name without what says whether it begins or ends a section.
fn normal(name: &str) -> (String, Side) {
    let lower: String =
        name.trim().chars().map(|c| if matches!(c, '▁' | '-' | ' ') { '_' } else { c.to_ascii_lowercase() }).collect();
    let name = lower.trim_matches('_');
    if let Some(name) = name.strip_prefix('/') {
        return (name.to_owned(), Side::Close);
    }
    for (prefix, side) in [
        ("begin_of_", Side::Open),
        ("start_of_", Side::Open),
        ("begin_", Side::Open),
        ("start_", Side::Open),
        ("end_of_", Side::Close),
        ("end_", Side::Close),
    ] {
        if let Some(name) = name.strip_prefix(prefix).filter(|name| !name.is_empty()) {
            return (name.to_owned(), side);
        }
    }
    for (suffix, side) in [("_begin", Side::Open), ("_start", Side::Open), ("_end", Side::Close)] {
        if let Some(name) = name.strip_suffix(suffix) {
            return (name.to_owned(), side);
        }
    }
    (name.to_owned(), Side::Open)
}
