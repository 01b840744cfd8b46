//! Other spellings of tags and tokens, rewritten to those that `tokens.rs` finds: brackets that are escaped, and the
//! tokens of models that write them in their own way.

use super::{
    names::{is_call, is_element, is_foreign, is_thought},
    tokens::begins,
};

/// Tokens that have an equal.
const EQUALS: [(&str, &str); 13] = [
    ("<｜DSML｜", "<"),
    ("</｜DSML｜", "</"),
    ("<|DSML|", "<"),
    ("</|DSML|", "</"),
    ("<longcat_", "<"),
    ("</longcat_", "</"),
    ("<unused94>", "<think>"),
    ("<unused95>", "</think>"),
    ("<escape>", "\""),
    ("✿FUNCTION✿:", "<tool_call>"),
    ("✿ARGS✿:", "\n"),
    ("✿RESULT✿:", "</tool_call><tool_response>"),
    ("✿RETURN✿:", "</tool_response>"),
];

/// How a bracket is written so that it is none.
const OPENS: [&str; 7] = ["&lt;", "&#60;", "&#x3c;", "&amp;lt;", "＜", "﹤", "\\<"];
const CLOSES: [&str; 8] = ["&gt;", "&#62;", "&#x3e;", "&amp;gt;", "＞", "﹥", "\\>", ">"];

/// The longest name of a tag whose brackets are escaped, and the longest mark of a source, in characters.
const LONGEST: usize = 60;

/// What is written for the beginning of a text, and how many of its bytes that replaces.
type Read = fn(&str) -> Option<(String, usize)>;

const READERS: [Read; 7] = [equal, escaped, bytes, piped, call_id, span, source];

/// The text in the spellings that are known.
pub(super) fn known(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(['<', '[', '&', '\\', '＜', '﹤', '✿', '【', '\u{e200}']) {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        if let Some((written, length)) = READERS.iter().find_map(|read| read(from)) {
            out.push_str(&written);
            rest = &from[length..];
        } else {
            let length = from.chars().next().map_or(from.len(), char::len_utf8);
            out.push_str(&from[..length]);
            rest = &from[length..];
        }
    }
    out.push_str(rest);
    out
}

fn equal(text: &str) -> Option<(String, usize)> {
    let (token, equal) = EQUALS.iter().find(|(token, _)| text.starts_with(token))?;
    Some(((*equal).to_owned(), token.len()))
}

/// `&lt;think&gt;`, `\<tool_call\>`. Tags of HTML stay escaped: they are what the text is about, or vanish later.
fn escaped(text: &str) -> Option<(String, usize)> {
    let open = OPENS.iter().find(|open| begins(text, open))?;
    let rest = &text[open.len()..];
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | ':' | ' ' | '=' | '"' | '\'');
    let length = rest.chars().take(LONGEST).take_while(|c| is_part(*c)).map(char::len_utf8).sum();
    let (inner, end) = rest.split_at(length);
    let close = CLOSES.iter().find(|close| begins(end, close))?;
    let name = inner.trim().trim_start_matches('/').trim();
    let name = name.split([' ', '=', '/']).next()?.to_ascii_lowercase().replace('-', "_");
    let is_ours = is_thought(&name) || is_call(&name) || is_foreign(&name);
    (is_ours && !is_element(&name)).then(|| (format!("<{inner}>"), open.len() + inner.len() + close.len()))
}

/// `<0xE2><0x82><0xAC>`: the bytes of characters that the model's alphabet lacks.
fn bytes(text: &str) -> Option<(String, usize)> {
    let byte = |text: &str| {
        let digits = text.strip_prefix("<0x")?.get(..2)?;
        text[5..].starts_with('>').then(|| u8::from_str_radix(digits, 16).ok())?
    };
    let mut found = Vec::new();
    while let Some(next) = byte(&text[found.len() * 6..]) {
        found.push(next);
    }
    let words = String::from_utf8_lossy(&found).replace(char::REPLACEMENT_CHARACTER, "");
    (!found.is_empty()).then_some((words, found.len() * 6))
}

/// `[|assistant|]`.
fn piped(text: &str) -> Option<(String, usize)> {
    let inner = text.strip_prefix("[|")?;
    let length = inner.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|length| *length > 0)?;
    inner[length..].starts_with("|]").then(|| (format!("<|{}|>", &inner[..length]), length + 4))
}

/// The number of a call, which stands where a name could.
fn call_id(text: &str) -> Option<(String, usize)> {
    let rest = text.strip_prefix("[CALL_ID]")?;
    let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))).unwrap_or(rest.len());
    rest[length..].starts_with("[ARGS]").then(|| (String::new(), text.len() - rest.len() + length))
}

/// `<co: 0,1>` and `</co: 0,1>`, between which words come from a source.
fn span(text: &str) -> Option<(String, usize)> {
    let rest = text.strip_prefix("<co:").or_else(|| text.strip_prefix("</co:"))?;
    let length = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, ' ' | ',' | ':')))?;
    rest[length..].starts_with('>').then(|| (String::new(), text.len() - rest.len() + length + 1))
}

/// The mark of a source: `【4:0†source】`.
fn source(text: &str) -> Option<(String, usize)> {
    let close = match text.chars().next()? {
        '【' => '】',
        '\u{e200}' => '\u{e201}',
        _ => return None,
    };
    let inner: String = text.chars().take(LONGEST).take_while(|c| *c != close).collect();
    let is_mark = close != '】' || inner.contains('†');
    (is_mark && text[inner.len()..].starts_with(close)).then(|| (String::new(), inner.len() + close.len_utf8()))
}
