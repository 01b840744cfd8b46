//! Reads values as models write them: JSON, and what they take for it.
//!
//! Beyond JSON it accepts single quotes, line breaks within strings, commas at the end, Python's names of constants,
//! and keys without quotes where the caller says so.

use serde_json::{Map, Number, Value};

/// The deepest nesting.
const DEPTH: usize = 32;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keys {
    Quoted,
    /// `{reason: "…"}` too.
    Bare,
}

/// The value at the beginning of the text, and how many bytes it takes.
pub(super) fn value(text: &str, keys: Keys) -> Option<(Value, usize)> {
    let mut reader = Reader { text, at: 0, keys };
    let value = reader.value(DEPTH)?;
    Some((value, reader.at))
}

/// The arguments of a call as Python writes it, from behind the parenthesis: `reason="angry", urgency="high")`.
pub(super) fn keywords(text: &str) -> Option<(Map<String, Value>, usize)> {
    let mut reader = Reader { text, at: 0, keys: Keys::Bare };
    let mut found = Map::new();
    loop {
        reader.space();
        if reader.eat(')') {
            return Some((found, reader.at));
        }
        let name = reader.word()?;
        reader.space();
        reader.eat('=').then_some(())?;
        let value = reader.value(DEPTH)?;
        found.insert(name, value);
        reader.space();
        if !reader.eat(',') {
            reader.eat(')').then_some(())?;
            return Some((found, reader.at));
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    keys: Keys,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.rest().starts_with(c);
        if found {
            self.at += c.len_utf8();
        }
        found
    }

    fn word(&mut self) -> Option<String> {
        let rest = self.rest();
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            return None;
        }
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))).unwrap_or(rest.len());
        let word = rest[..end].to_owned();
        self.at += end;
        Some(word)
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        self.space();
        let depth = depth.checked_sub(1)?;
        match self.rest().chars().next()? {
            '{' => self.object(depth),
            '[' => self.list(depth),
            '"' | '\'' => self.string().map(Value::String),
            '-' | '0'..='9' => self.number(),
            _ => self.constant(),
        }
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        self.eat('{');
        let mut found = Map::new();
        loop {
            self.space();
            if self.eat('}') {
                return Some(Value::Object(found));
            }
            let key = match self.rest().chars().next()? {
                '"' | '\'' => self.string()?,
                _ if self.keys == Keys::Bare => self.word()?,
                _ => return None,
            };
            self.space();
            self.eat(':').then_some(())?;
            let value = self.value(depth)?;
            found.insert(key, value);
            self.space();
            if !self.eat(',') {
                return self.eat('}').then_some(Value::Object(found));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Option<Value> {
        self.eat('[');
        let mut found = Vec::new();
        loop {
            self.space();
            if self.eat(']') {
                return Some(Value::Array(found));
            }
            found.push(self.value(depth)?);
            self.space();
            if !self.eat(',') {
                return self.eat(']').then_some(Value::Array(found));
            }
        }
    }

    fn number(&mut self) -> Option<Value> {
        let rest = self.rest();
        let end = rest.find(|c: char| !matches!(c, '-' | '+' | '.' | 'e' | 'E' | '0'..='9')).unwrap_or(rest.len());
        let written = &rest[..end];
        let number: Number = serde_json::from_str(written).ok()?;
        // A number too long to be kept is a text: an order's number must not lose its digits.
        let is_whole = !written.contains(['.', 'e', 'E']);
        let value = if is_whole && number.is_f64() { written.into() } else { Value::Number(number) };
        self.at += end;
        Some(value)
    }

    fn constant(&mut self) -> Option<Value> {
        match self.word()?.as_str() {
            "true" | "True" => Some(Value::Bool(true)),
            "false" | "False" => Some(Value::Bool(false)),
            "null" | "None" => Some(Value::Null),
            _ => None,
        }
    }

    fn string(&mut self) -> Option<String> {
        let quote = self.rest().chars().next()?;
        let (mut start, mark) = (1, if quote == '"' { "\"\"\"" } else { "'''" });
        let is_long = self.rest().starts_with(mark);
        if is_long {
            start = 3;
        }
        let from = self.at + start;
        let mut out = String::new();
        let text = self.text;
        let mut chars = text.get(from..)?.char_indices();
        while let Some((at, c)) = chars.next() {
            if c == quote && (!is_long || text[from + at..].starts_with(mark)) {
                self.at = from + at + start;
                return Some(out);
            }
            if c != '\\' {
                out.push(c);
                continue;
            }
            match chars.next()?.1 {
                'n' => out.push('\n'),
                't' => out.push('\t'),
                'r' | 'b' | 'f' => {}
                'u' => out.push(escaped(&mut chars, text, from)?),
                other => out.push(other),
            }
        }
        None
    }
}

/// The character of `\uXXXX`, of which two make one beyond the first plane.
fn escaped(chars: &mut std::str::CharIndices<'_>, text: &str, from: usize) -> Option<char> {
    let unit = |chars: &mut std::str::CharIndices<'_>| {
        let mut code = 0;
        for _ in 0..4 {
            code = code * 16 + chars.next()?.1.to_digit(16)?;
        }
        Some(code)
    };
    let high = unit(chars)?;
    if !(0xd800..0xdc00).contains(&high) {
        return Some(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    let at = from + chars.offset();
    if !text.get(at..)?.starts_with("\\u") {
        return Some(char::REPLACEMENT_CHARACTER);
    }
    chars.nth(1)?;
    let low = unit(chars)?;
    let code = 0x1_0000 + ((high - 0xd800) << 10) + low.saturating_sub(0xdc00);
    Some(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
}
