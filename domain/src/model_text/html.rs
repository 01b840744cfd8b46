//! Replaces HTML by what the Markdown renderer understands.

use super::{
    marks::{Style, sentinel},
    tokens::{Side, Tag},
};

/// Writes what stands for the tag. Tags without a meaning in a message vanish.
pub(super) fn write(tag: &Tag<'_>, out: &mut String) {
    let style = match tag.name.as_str() {
        "b" | "strong" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Some(Style::Bold),
        "i" | "em" => Some(Style::Italic),
        "s" | "del" | "strike" => Some(Style::Struck),
        "code" | "tt" | "kbd" | "samp" => Some(Style::Code),
        _ => None,
    };
    let is_block = matches!(
        tag.name.as_str(),
        "p" | "div"
            | "ul"
            | "ol"
            | "table"
            | "section"
            | "article"
            | "blockquote"
            | "pre"
            | "hr"
            | "header"
            | "footer"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
    );
    if is_block {
        blank_line(out, style, tag.side);
        return;
    }
    if let Some(style) = style {
        out.push(sentinel(style, tag.side));
    }
    match (tag.name.as_str(), tag.side) {
        ("br", _) | ("tr", Side::Open) => out.push('\n'),
        ("td" | "th", Side::Close) => out.push(' '),
        ("li", Side::Open) => out.push_str("\n- "),
        ("a", Side::Open) => {
            // The address is written where the link ends.
            out.push_str(LINK);
            out.push_str(attribute(tag.rest, "href").unwrap_or_default());
            out.push_str(LINK_TEXT);
        }
        ("a", Side::Close) => close_link(out),
        ("img", Side::Open) => out.push_str(attribute(tag.rest, "alt").unwrap_or_default()),
        _ => {}
    }
}

const LINK: &str = "\u{f0010}";
const LINK_TEXT: &str = "\u{f0011}";

fn blank_line(out: &mut String, style: Option<Style>, side: Side) {
    if side == Side::Close
        && let Some(style) = style
    {
        out.push(sentinel(style, side));
    }
    out.push_str("\n\n");
    if side == Side::Open
        && let Some(style) = style
    {
        out.push(sentinel(style, side));
    }
}

/// Moves the address behind the text of the link.
fn close_link(out: &mut String) {
    let Some(start) = out.rfind(LINK) else { return };
    let written = out.split_off(start);
    let inner = written.trim_start_matches(LINK);
    let (address, text) = inner.split_once(LINK_TEXT).unwrap_or(("", inner));
    let text = text.trim();
    let address = super::markdown::address(address);
    match (text, address) {
        (text, None) => out.push_str(text),
        ("", Some(address)) => out.push_str(address),
        (text, Some(address)) if super::markdown::is_same_address(text, address) => out.push_str(text),
        (text, Some(address)) => {
            out.push_str(text);
            out.push_str(" (");
            out.push_str(address);
            out.push(')');
        }
    }
}

/// The value of an attribute.
pub(super) fn attribute<'a>(rest: &'a str, name: &str) -> Option<&'a str> {
    let mut from = 0;
    while let Some(found) = rest[from..].find(name) {
        let start = from + found;
        from = start + name.len();
        let is_whole = rest[..start].chars().next_back().is_none_or(|c| c.is_whitespace() || matches!(c, '"' | '\''));
        let Some(value) = rest[from..].trim_start().strip_prefix('=').filter(|_| is_whole) else { continue };
        let value = value.trim_start();
        return Some(match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split(quote).next().unwrap_or(""),
            Some(_) | None => value.split(char::is_whitespace).next().unwrap_or(""),
        });
    }
    None
}
