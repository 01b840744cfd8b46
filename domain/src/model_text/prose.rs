//! Words in angle brackets that are no tags: `Enter <your name>`, `Tap <Menu>`, `if a<b and c>d`.
//!
//! They lose their brackets, so that no tag is in the result, and keep their words.

use super::{
    names::{is_call, is_element, is_foreign, is_thought, is_token},
    tokens::{Form, Side, Tag},
};

/// Names of tags that are also labels of buttons and menus. Models write their tags in lower case.
const LABELS: [&str; 29] = [
    "action",
    "address",
    "analysis",
    "button",
    "details",
    "draft",
    "function",
    "functions",
    "head",
    "internal",
    "label",
    "link",
    "main",
    "menu",
    "object",
    "observation",
    "option",
    "plan",
    "planning",
    "reflect",
    "select",
    "source",
    "style",
    "summary",
    "system",
    "time",
    "title",
    "tool",
    "tools",
];

/// Where a tag stands. A line break stands for the beginning and the end of the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) before: char,
    pub(super) after: char,
    /// Whether a closing tag of its name is anywhere in the text.
    pub(super) is_closed: bool,
}

/// What is written instead of the tag; `None` if it is one.
pub(super) fn words(tag: &Tag<'_>, place: Place) -> Option<String> {
    if tag.side == Side::Close {
        return None;
    }
    let is_ours = is_thought(&tag.name) || is_call(&tag.name) || is_foreign(&tag.name) || is_token(&tag.name);
    if tag.form == Form::Special {
        let inner = tag.raw.strip_prefix("<<")?.strip_suffix(">>")?;
        return (!is_ours).then(|| inner.to_owned());
    }
    let inner = tag.raw.strip_prefix('<')?.strip_suffix('>')?.trim();
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | ',' | '\'');
    if tag.form != Form::Angle || place.is_closed || !inner.chars().all(is_part) {
        return None;
    }
    let is_html = is_element(&tag.name);
    if place.before.is_alphanumeric() {
        let compares = inner.contains(' ') && !is_ours && (!is_html || tag.name.len() == 1);
        return compares.then(|| format!(" < {inner} > "));
    }
    let is_word = if is_ours || is_html { is_label(inner, &tag.name) } else { true };
    let follows = |c: char| matches!(c, '.' | ',' | ':' | ';' | '!' | '?');
    // At the beginning of a line it could be the beginning of a section that was never ended.
    let stands = match place.before {
        '\n' => follows(place.after),
        before => {
            (before.is_whitespace() || matches!(before, '(' | '"' | '\'' | '“' | '„' | '«' | ':' | '*' | '/'))
                && (follows(place.after)
                    || place.after.is_whitespace()
                    || matches!(place.after, ')' | '"' | '\'' | '”' | '“' | '»' | '*' | '/'))
        }
    };
    (is_word && stands).then(|| inner.to_owned())
}

/// Whether it is written like the label of a button: `Tools`, `Plan A`.
fn is_label(inner: &str, name: &str) -> bool {
    let mut chars = inner.chars();
    chars.next().is_some_and(char::is_uppercase)
        && chars.next().is_some_and(char::is_lowercase)
        && LABELS.contains(&name)
}
