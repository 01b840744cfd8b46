//! The target formats of filled-in text, and how values are escaped for each.

use super::{InterpolationFault, TEXT_LIMIT, compare::looks_numeric, fault};
use crate::{
    number::grouped,
    percent,
    text::{ascii_digits, clip, is_invisible},
};

/// The target of a filled-in text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Text for a person; more than [`TEXT_LIMIT`] characters are a fault.
    Text,
    /// Text for a person; more than [`TEXT_LIMIT`] characters are cut with an ellipsis.
    Clipped,
    /// A web address. Values lose invisible characters, get ASCII digits, and are percent-encoded except for letters,
    /// digits and `-._~`. At most `ADDRESS_LIMIT` characters. A path with `..` segments is a fault, because values
    /// must not select another path.
    Url,
    /// A JSON text. Within quotes a value is escaped as part of a string. Outside of quotes it is inserted unchanged if
    /// it is a number, `true`, `false` or `null`, else as a quoted string. Numbers get ASCII digits. At most
    /// `BODY_LIMIT` characters, and the result must be JSON.
    Json,
    /// The value of an HTTP header. Control characters become spaces and braces become parentheses, so that a value can
    /// neither start another header nor reference a secret. `{{ secret.NAME }}` is left in place.
    Header,
}

/// The longest filled-in web address, in characters.
pub const ADDRESS_LIMIT: usize = 2_048;
/// The longest filled-in JSON body, in characters.
pub const BODY_LIMIT: usize = 65_536;

impl Form {
    fn limit(self) -> usize {
        match self {
            Self::Text | Self::Clipped | Self::Header => TEXT_LIMIT,
            Self::Url => ADDRESS_LIMIT,
            Self::Json => BODY_LIMIT,
        }
    }
}

/// Builds a filled-in text and enforces the limit of its form.
pub(super) struct Filling {
    form: Form,
    text: String,
    length: usize,
    json: InJson,
}

/// The JSON context of the next value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum InJson {
    Open,
    Quoted,
    /// After a backslash within quotes.
    Escaping,
}

impl Filling {
    pub fn new(form: Form) -> Self {
        Self { form, text: String::new(), length: 0, json: InJson::Open }
    }

    fn push(&mut self, part: &str) -> Result<(), InterpolationFault> {
        self.length += part.chars().count();
        let limit = self.form.limit();
        if self.length > limit && self.form != Form::Clipped {
            return Err(fault(format!(
                "The text is longer than {} characters once its variables are filled in. Shorten it.",
                grouped(limit)
            )));
        }
        // Keep one character more than the limit, so that `finish` knows that the text was cut.
        if self.text.len() <= limit * 4 {
            self.text.push_str(&clip(part, limit + 1));
        }
        Ok(())
    }

    pub fn plain(&mut self, part: &str) -> Result<(), InterpolationFault> {
        if self.form == Form::Json {
            for c in part.chars() {
                self.json = match (self.json, c) {
                    (InJson::Open, '"') | (InJson::Escaping, _) => InJson::Quoted,
                    (InJson::Quoted, '"') => InJson::Open,
                    (InJson::Quoted, '\\') => InJson::Escaping,
                    (state, _) => state,
                };
            }
        }
        self.push(part)
    }

    pub fn secret(&mut self, name: &str) -> Result<(), InterpolationFault> {
        self.push(&format!("{{{{ secret.{name} }}}}"))
    }

    pub fn value(&mut self, value: &str) -> Result<(), InterpolationFault> {
        match self.form {
            Form::Text | Form::Clipped => self.push(value),
            Form::Url => self.push(&percent::encoded(&plain(value))),
            Form::Json => self.push(&self.json_value(&plain_number(value))),
            Form::Header => self.push(&header_value(&plain(value))),
        }
    }

    fn json_value(&self, value: &str) -> String {
        let quoted = serde_json::Value::from(value).to_string();
        let is_number = looks_numeric(value) && serde_json::from_str::<serde_json::Number>(value).is_ok();
        match self.json {
            InJson::Open if is_number || matches!(value, "true" | "false" | "null") => value.to_owned(),
            InJson::Open => quoted,
            InJson::Quoted | InJson::Escaping => quoted[1..quoted.len() - 1].to_owned(),
        }
    }

    /// # Errors
    /// If the whole text violates a rule of its form.
    pub fn finish(self) -> Result<String, InterpolationFault> {
        match self.form {
            Form::Text | Form::Header => Ok(self.text),
            Form::Clipped => Ok(clip(&self.text, TEXT_LIMIT)),
            Form::Url if has_parent_segment(&self.text) => {
                Err(fault("The web address has `..` in its path. Remove it."))
            }
            Form::Url => Ok(self.text),
            Form::Json => {
                let empty = self.text.trim().is_empty();
                match serde_json::from_str::<serde::de::IgnoredAny>(&self.text) {
                    Err(error) if !empty => Err(fault(format!(
                        "The body isn't valid JSON once its variables are filled in: line {}, column {}.",
                        error.line(),
                        error.column()
                    ))),
                    _ => Ok(self.text),
                }
            }
        }
    }
}

/// Whether a path contains a `.` or `..` segment in any spelling that a server or client resolves.
fn has_parent_segment(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    path.split(['/', '\\']).any(|segment| {
        let dots = segment.to_ascii_lowercase().replace("%2e", ".");
        dots == "." || dots == ".."
    })
}

/// A value as other systems expect it: numbers are copied with marks of direction around them, or written in the digits
/// of another script.
pub(super) fn plain(value: &str) -> String {
    ascii_digits(value).chars().filter(|c| !is_invisible(*c)).collect()
}

/// A value that is a number, in the form of [`plain`]; any other text as it is, because it is for people.
fn plain_number(value: &str) -> String {
    let number = plain(value);
    let is_part =
        |c: char| c.is_ascii_digit() || matches!(c, ' ' | '+' | '-' | '.' | ',' | '/' | '(' | ')' | '#' | ':');
    let is_number = number.chars().all(is_part) && number.contains(|c: char| c.is_ascii_digit());
    if is_number { number } else { value.to_owned() }
}

fn header_value(value: &str) -> String {
    value
        .chars()
        .map(|c| match c {
            '{' => '(',
            '}' => ')',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect()
}

/// Replaces the secrets in a filled-in header value, when the request is sent.
///
/// # Errors
/// The name of the first secret that `look_up` does not know.
pub fn put_in_secrets(value: &str, look_up: impl Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("{{ secret.") {
        let Some((name, tail)) = after.split_once(" }}") else { break };
        out.push_str(before);
        out.push_str(&look_up(name).ok_or_else(|| name.to_owned())?);
        rest = tail;
    }
    out.push_str(rest);
    Ok(out)
}
