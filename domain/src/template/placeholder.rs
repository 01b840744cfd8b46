//! Placeholders in a template's text: `{{1}}` or `{{first_name}}`. Braces that are never closed are text.

use std::collections::BTreeSet;

use super::PlaceholderStyle;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Text(&'a str),
    Place(&'a str),
}

pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, behind)) = after.split_once("}}") else { break };
        if !before.is_empty() {
            found.push(Piece::Text(before));
        }
        found.push(Piece::Place(name.trim()));
        rest = behind;
    }
    if !rest.is_empty() {
        found.push(Piece::Text(rest));
    }
    found
}

/// The placeholders in the order in which their parameters are sent, each once: numbers by value, names as they appear.
pub(super) fn places(text: &str, style: PlaceholderStyle) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut names: Vec<String> = Vec::new();
    for piece in pieces(text) {
        if let Piece::Place(name) = piece
            && seen.insert(name)
        {
            names.push(name.to_owned());
        }
    }
    if style == PlaceholderStyle::Positional {
        names.sort_by_key(|name| name.parse::<u32>().unwrap_or(u32::MAX));
    }
    names
}

/// The number of characters besides placeholders.
pub(super) fn fixed_length(text: &str) -> usize {
    let lengths = pieces(text).into_iter().map(|piece| match piece {
        Piece::Text(text) => text.chars().count(),
        Piece::Place(_) => 0,
    });
    lengths.sum()
}

/// The text with the values of its placeholders. One without a value stays. Values are not filled in again.
pub(super) fn filled<'v>(text: &str, value: impl Fn(&str) -> Option<&'v str>) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Place(name) => match value(name) {
                Some(value) => out.push_str(value),
                None => out.extend(["{{", name, "}}"]),
            },
        }
    }
    out
}
