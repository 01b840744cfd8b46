//! Reads a language model's text: what is for the customer, and which tools it calls.
//!
//! Servers and models differ in what they leave in the text: thoughts, special tokens of their training, calls in a
//! dozen forms, HTML, JSON around the answer. [`read`] returns the customer's text as a WhatsApp message and the
//! calls, or says that there is a call it cannot read. No tag or token of the lists in `tokens.rs` and `names.rs` is
//! in the result.
//!
//! `spellings.rs` rewrites other spellings of tags, `tokens.rs` finds tags, `prose.rs` says which are none,
//! `sections.rs` divides the text by them and `labels.rs` by words, `calls.rs`, `spoken.rs` and `loose.rs` read calls and
//! values, `forms.rs` the form of an answer that is not JSON, `markdown.rs`, `html.rs` and `marks.rs` write the message.
//! To add a format: its names in `names.rs`, and a test.

mod calls;
mod forms;
mod html;
mod labels;
mod loose;
mod markdown;
mod marks;
mod names;
#[cfg(test)]
mod ordinary_tests;
mod prose;
mod quoted;
mod sections;
#[cfg(test)]
mod spelling_tests;
mod spellings;
mod spoken;
#[cfg(test)]
mod tests;
mod tokens;

use serde_json::Value;

pub use self::quoted::is_quoted;
use self::{
    calls::Trust,
    loose::Keys,
    sections::{Sections, divide},
};
use crate::text::printable;

/// A tool that the model was offered.
#[derive(Clone, Copy, Debug)]
pub struct OfferedTool<'a> {
    pub name: &'a str,
    /// The JSON schema of its arguments.
    pub schema: &'a Value,
}

/// A call within the text. It is not validated.
#[derive(Clone, Debug, PartialEq)]
pub struct WrittenCall {
    pub name: String,
    pub arguments: Value,
}

/// What a text says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelText {
    /// For the customer, with WhatsApp's marks. May be empty.
    pub reply: String,
    /// The field of the JSON form, if the answer had that form.
    pub needs_person: bool,
    pub calls: Vec<WrittenCall>,
}

/// Why a text cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelTextFault {
    #[error("the text is JSON without a reply, or incomplete JSON")]
    Json,
    /// What stands beside it is no answer: usually it promises what the call would have done.
    #[error("the text has a call that can't be read")]
    Call,
}

/// Most calls in one text.
const MAX_CALLS: usize = 16;
/// JSON within the reply of JSON is read to this depth.
const DEPTH: usize = 3;

/// # Errors
/// [`ModelTextFault`]
pub fn read(text: &str, offered: &[OfferedTool<'_>]) -> Result<ModelText, ModelTextFault> {
    let text: String = text.chars().filter(|c| !marks::is_private(*c)).collect();
    let mut found = read_nested(&text, offered, DEPTH)?;
    let mut distinct: Vec<WrittenCall> = Vec::new();
    for mut call in found.calls {
        without_marks(&mut call.arguments);
        if !distinct.contains(&call) {
            distinct.push(call);
        }
    }
    if distinct.len() > MAX_CALLS {
        return Err(ModelTextFault::Call);
    }
    found.calls = distinct;
    found.reply = message(&found.reply);
    Ok(found)
}

/// Removes the private characters that stand for HTML in a call that was found among words.
fn without_marks(value: &mut Value) {
    match value {
        Value::String(text) => text.retain(|c| !marks::is_private(c)),
        Value::Array(values) => values.iter_mut().for_each(without_marks),
        Value::Object(fields) => fields.values_mut().for_each(without_marks),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Markdown and HTML as a WhatsApp message.
fn message(text: &str) -> String {
    let rendered = markdown::render(text);
    // Entities and code can hold tags.
    let plain = tokens::without_tags(&rendered);
    plain.trim().to_owned()
}

fn visible(text: &str) -> String {
    printable(text).chars().filter(|c| !is_ignorable(*c)).collect()
}

/// Invisible characters without a meaning in a text; they could hide a tag. Joiners and marks of direction stay, which
/// Persian, Hebrew and emoji need.
fn is_ignorable(c: char) -> bool {
    matches!(c, '\u{00ad}' | '\u{034f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}' | '\u{200b}'
        | '\u{2060}'..='\u{2064}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}')
}

fn read_nested(text: &str, offered: &[OfferedTool<'_>], depth: usize) -> Result<ModelText, ModelTextFault> {
    let Some(depth) = depth.checked_sub(1) else { return Err(ModelTextFault::Json) };
    // Also within JSON, whose strings can hold escaped characters.
    let text = &visible(text);
    // A text that is JSON as a whole first: tags within its strings are part of the reply.
    if let Some((value, length)) = whole(text) {
        let rest = &text[text.len() - text.trim_start().len()..].trim_start()[length..];
        if tokens::without_tags(rest).trim().is_empty() {
            return structured(&value, offered, depth);
        }
    }
    let text = with_channels(&spellings::known(text));
    let own: Vec<&str> = offered.iter().map(|tool| tool.name).collect();
    let Sections { visible, calls: written, mentions_call, needs_person } = divide(&text, &own);
    let mut calls = Vec::new();
    for section in &written {
        calls.extend(calls::of_section(section, offered).ok_or(ModelTextFault::Call)?);
    }
    let mut found = among_words(labels::answer(&visible), offered, depth)?;
    found.needs_person |= needs_person;
    calls.append(&mut found.calls);
    if mentions_call && calls.is_empty() {
        return Err(ModelTextFault::Call);
    }
    found.calls = calls;
    Ok(found)
}

/// The value at the beginning of a text.
fn whole(text: &str) -> Option<(Value, usize)> {
    let text = text.trim_start();
    text.starts_with(['{', '[']).then(|| loose::value(text, Keys::Quoted)).flatten()
}

/// The tokens of channels where a server has removed them and left their words.
fn with_channels(text: &str) -> String {
    let is_analysis =
        text.trim_start().strip_prefix("analysis").is_some_and(|rest| rest.starts_with(|c: char| c.is_uppercase()));
    if !is_analysis && !text.contains("assistantfinal") && !text.contains("assistantcommentary to=") {
        return text.to_owned();
    }
    let mut text = text
        .replace("assistantfinal", "<|end|><|start|>assistant<|channel|>final<|message|>")
        .replace("assistantanalysis", "<|end|><|start|>assistant<|channel|>analysis<|message|>")
        .replace("assistantcommentary", "<|end|><|start|>assistant<|channel|>commentary");
    // Its header ends where its arguments begin.
    if let Some(start) = text.find("commentary to=").and_then(|at| text[at..].find('{').map(|end| at + end)) {
        text.insert_str(start, "<|message|>");
    }
    match text.trim_start().strip_prefix("analysis") {
        Some(rest) if is_analysis => format!("<|channel|>analysis<|message|>{rest}"),
        Some(_) | None => text,
    }
}

/// Reads a value that is all of the answer.
fn structured(value: &Value, offered: &[OfferedTool<'_>], depth: usize) -> Result<ModelText, ModelTextFault> {
    let answer = envelope(value, offered, depth)?;
    let has_answer = answer.is_some();
    let mut found = answer.unwrap_or_default();
    found.calls.extend(calls::of_value(value, offered, Trust::Unmarked));
    if found.calls.is_empty() && !has_answer { Err(ModelTextFault::Json) } else { Ok(found) }
}

fn has_envelope(value: &Value) -> bool {
    form(value, 3).is_some()
}

/// The object that has a reply: the value itself, or the only one within it.
fn form(value: &Value, depth: usize) -> Option<&serde_json::Map<String, Value>> {
    let depth = depth.checked_sub(1)?;
    match value {
        Value::Object(object) if object.contains_key("reply") || object.contains_key("needs_person") => Some(object),
        Value::Object(object) if object.len() == 1 => form(object.values().next()?, depth),
        Value::Array(values) if values.len() == 1 => form(values.first()?, depth),
        Value::Object(_) | Value::Array(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// The answer in the form that was asked for; `None` if the value has another form.
fn envelope(value: &Value, offered: &[OfferedTool<'_>], depth: usize) -> Result<Option<ModelText>, ModelTextFault> {
    let Some(object) = form(value, 3) else { return Ok(None) };
    let mut found = match object.get("reply") {
        Some(Value::String(reply)) => reply_field(reply, offered, depth)?,
        Some(Value::Null) => ModelText::default(),
        None if object.get("needs_person") == Some(&Value::Bool(true)) => ModelText::default(),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) | None => {
            return Err(ModelTextFault::Json);
        }
    };
    found.needs_person |= match object.get("needs_person") {
        Some(Value::Bool(needed)) => *needed,
        Some(Value::String(text)) => text.trim().eq_ignore_ascii_case("true"),
        Some(Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_)) | None => false,
    };
    Ok(Some(found))
}

/// The text of the form's reply. It may be JSON that the customer asked for, which is shown as it is.
fn reply_field(reply: &str, offered: &[OfferedTool<'_>], depth: usize) -> Result<ModelText, ModelTextFault> {
    let found = read_nested(reply, offered, depth);
    let text = reply.trim();
    let is_data = found == Err(ModelTextFault::Json)
        && whole(text).is_some_and(|(value, length)| length == text.len() && !has_envelope(&value))
        && !text.contains('`')
        && tokens::without_tags(text) == text;
    if is_data { Ok(ModelText { reply: format!("```\n{text}\n```"), ..ModelText::default() }) } else { found }
}

/// Finds calls and the JSON form among the words of a text.
fn among_words(text: &str, offered: &[OfferedTool<'_>], depth: usize) -> Result<ModelText, ModelTextFault> {
    let mut words = String::with_capacity(text.len());
    let mut calls = Vec::new();
    let mut answer: Option<ModelText> = None;
    let mut rest = text;
    while let Some(start) = rest.find(['{', '[']) {
        let (before, from) = rest.split_at(start);
        words.push_str(before);
        let value = loose::value(from, Keys::Quoted);
        let read = value.map(|(value, length)| {
            let calls = calls::of_value(&value, offered, Trust::Unmarked);
            envelope(&value, offered, depth).map(|answer| (answer, calls, length))
        });
        // Other JSON is a part of the words.
        let read = read.transpose()?.filter(|(answer, calls, _)| answer.is_some() || !calls.is_empty());
        match read {
            Some((found, more, length)) => {
                if let Some(mut found) = found {
                    calls.append(&mut found.calls);
                    found.needs_person |= answer.is_some_and(|answer| answer.needs_person);
                    answer = Some(found);
                }
                calls.extend(more);
                rest = &from[length..];
                remove_fence(&mut words, &mut rest);
            }
            None => {
                words.push_str(&from[..1]);
                rest = &from[1..];
            }
        }
    }
    words.push_str(rest);
    if let Some(answer) = answer {
        return Ok(ModelText { calls, ..answer });
    }
    let words = spoken::take(&words, offered, &mut calls)?;
    let (mut words, needs_person) = forms::in_lines(&words).unwrap_or((words, false));
    if calls.is_empty() && forms::looks_structured(&words) {
        return Err(ModelTextFault::Json);
    }
    if ["arguments", "parameters", "tool_calls"].iter().any(|key| forms::has_key(&words, key)) {
        return Err(ModelTextFault::Call);
    }
    if labels::is_thought(&words) || forms::names_field(&words) {
        words.clear();
    }
    // What calls leave around them.
    let words = if calls.is_empty() { words } else { without_empty_fences(&words.replace("functools", "")) };
    Ok(ModelText { reply: words.trim().to_owned(), needs_person, calls })
}

/// Removes a code fence whose content was taken out.
fn remove_fence(words: &mut String, rest: &mut &str) {
    let opened = words.trim_end();
    let language = opened.len() - opened.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len();
    let Some(before) = opened[..opened.len() - language].strip_suffix("```") else { return };
    let Some(after) = rest.trim_start().strip_prefix("```") else { return };
    words.truncate(before.len());
    *rest = after;
}

fn without_empty_fences(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines() {
        if line.trim() == "```" {
            let opened = lines.iter().rposition(|line| !line.trim().is_empty());
            if let Some(opened) = opened.filter(|at| lines[*at].trim().starts_with("```")) {
                lines.truncate(opened);
                continue;
            }
        }
        lines.push(line);
    }
    lines.join("\n")
}
