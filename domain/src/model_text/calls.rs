//! Reads a call in the forms in which models write it.

use serde_json::{Map, Value};

use super::{
    OfferedTool, WrittenCall,
    html::attribute,
    loose::{self, Keys},
    names::is_call,
    sections::{Section, divide},
    tokens::{Side, Tag, Token, tag_at, tokens},
};

/// Sections within sections are read to this depth.
const DEPTH: usize = 4;

/// The calls of a section; `None` if one cannot be read.
pub(super) fn of_section(section: &Section<'_>, offered: &[OfferedTool<'_>]) -> Option<Vec<WrittenCall>> {
    read(section, offered, DEPTH)
}

fn read(section: &Section<'_>, offered: &[OfferedTool<'_>], depth: usize) -> Option<Vec<WrittenCall>> {
    let depth = depth.checked_sub(1)?;
    if let Some(name) = section.recipient.clone().or_else(|| name_in(&section.tag, offered)) {
        let arguments = arguments(section.content, &name, offered)?;
        return Some(vec![WrittenCall { name, arguments }]);
    }
    let content = section.content.replace("<|\"|>", "\"");
    let text = content.trim();
    let text = unfenced(text);
    let own: Vec<&str> = offered.iter().map(|tool| tool.name).collect();
    if text.starts_with(['{', '[']) && !text.starts_with("[TOOL") {
        if let Some((value, _)) = loose::value(text, Keys::Bare) {
            let found = of_value(&value, offered, Trust::Marked);
            if !found.is_empty() {
                return Some(found);
            }
        }
        if let Some(found) = python(text, offered, Trust::Marked) {
            return Some(found);
        }
    }
    // A name in a tag of its own, and then arguments.
    for tag in ["tool_name", "function_name", "name"] {
        let named = text.split_once(&format!("<{tag}>")).filter(|(before, _)| before.trim().is_empty());
        if let Some((name, rest)) = named.and_then(|(_, rest)| rest.split_once(&format!("</{tag}>"))) {
            let name = plain_name(name);
            let arguments = arguments(rest, &name, offered)?;
            return Some(vec![WrittenCall { name, arguments }]);
        }
    }
    // A name, and then pairs in tags.
    if let Some((name, pairs)) = text.split_once("<arg_key>") {
        let name = plain_name(name);
        let arguments = pairs_of(pairs, &name, offered)?;
        return Some(vec![WrittenCall { name, arguments }]);
    }
    let inner = divide(text, &own);
    // The arguments of a call may be in a section of their own, which is no call.
    let nested: Vec<&Section<'_>> =
        inner.calls.iter().filter(|call| !call.content.is_empty() || call.tag.raw.ends_with("/>")).collect();
    if !nested.is_empty() {
        let mut found = Vec::new();
        for call in nested {
            found.extend(read(call, offered, depth)?);
        }
        return Some(found);
    }
    if let Some(found) = python(text, offered, Trust::Marked) {
        return Some(found);
    }
    if let Some(start) = text.find('{') {
        let (head, body) = text.split_at(start);
        let name = plain_name(head);
        let (value @ Value::Object(_), _) = loose::value(body, Keys::Bare)? else { return None };
        if name.is_empty() {
            let found = of_value(&value, offered, Trust::Marked);
            return (!found.is_empty()).then_some(found);
        }
        return Some(vec![WrittenCall { name, arguments: value }]);
    }
    let name = plain_name(text);
    offered
        .iter()
        .any(|tool| tool.name == name)
        .then(|| vec![WrittenCall { name, arguments: Value::Object(Map::new()) }])
}

/// The name that the tag itself gives: `<function=name>`, `<invoke name="name">`, `<name>`.
fn name_in(tag: &Tag<'_>, offered: &[OfferedTool<'_>]) -> Option<String> {
    let name = if let Some(value) = tag.rest.trim_start().strip_prefix('=') {
        value.trim().trim_matches(['"', '\'']).to_owned()
    } else if let Some(value) = attribute(tag.rest, "name") {
        value.to_owned()
    } else if !is_call(&tag.name) && offered.iter().any(|tool| tool.name == tag.name) {
        tag.name.clone()
    } else {
        return None;
    };
    let name = plain_name(&name);
    (!name.is_empty()).then_some(name)
}

/// The last word of a head that can be a name: `functions.handoff:0`, `call:handoff`, `function<sep>handoff`.
fn plain_name(head: &str) -> String {
    let words: String = tokens(head)
        .into_iter()
        .map(|token| match token {
            Token::Text(text) => text,
            Token::Tag(_) => " ",
        })
        .collect();
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let fits = |word: &&str| {
        !word.is_empty()
            && !word.chars().all(|c| c.is_ascii_digit())
            && !matches!(
                *word,
                "json" | "function" | "functions" | "call" | "default_api" | "tools" | "tool" | "python"
            )
    };
    words.split(|c| !is_part(c)).rfind(fits).unwrap_or_default().to_owned()
}

pub(super) fn unfenced(text: &str) -> &str {
    let Some(rest) = text.strip_prefix("```") else { return text };
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
    rest.trim().trim_end_matches("```").trim()
}

/// The arguments of a call whose name is known.
fn arguments(content: &str, name: &str, offered: &[OfferedTool<'_>]) -> Option<Value> {
    let content = content.replace("<|\"|>", "\"");
    let text = unfenced(content.trim());
    if text.is_empty() {
        return Some(Value::Object(Map::new()));
    }
    if let Some(start) = text.find(['{', '<']).filter(|start| text[*start..].starts_with('{')) {
        let (value, _) = loose::value(&text[start..], Keys::Bare)?;
        let Value::Object(mut object) = value else { return None };
        // The form with name and arguments, within a tag that has the name as well.
        for key in ARGUMENTS {
            if object.get("name").and_then(Value::as_str) == Some(name) && object.contains_key(key) {
                return object_of(object.remove(key)?);
            }
        }
        return Some(Value::Object(object));
    }
    pairs_of(text, name, offered)
}

/// `<parameter=key>value</parameter>`, `<parameter name="key">value</parameter>`, `<key>value</key>`, and
/// `<arg_key>key</arg_key><arg_value>value</arg_value>`.
fn pairs_of(text: &str, name: &str, offered: &[OfferedTool<'_>]) -> Option<Value> {
    let mut found = Map::new();
    let mut key: Option<String> = None;
    let text = if text.contains("</arg_key>") && !text.contains("<arg_key>")
        || text.find("</arg_key>") < text.find("<arg_key>")
    {
        format!("<arg_key>{text}")
    } else {
        text.to_owned()
    };
    let mut rest = text.as_str();
    while let Some(start) = rest.find('<') {
        let piece = &rest[start..];
        let Some(tag) = tag_at(piece) else {
            rest = &piece[1..];
            continue;
        };
        let after = &piece[tag.raw.len()..];
        if tag.side == Side::Close {
            rest = after;
            continue;
        }
        let raw_name =
            tag.raw.trim_start_matches('<').split(|c: char| matches!(c, '>' | '=') || c.is_whitespace()).next()?;
        let close = format!("</{raw_name}>");
        let end = after.find(&close)?;
        let content = after[..end].trim_matches('\n');
        rest = &after[end + close.len()..];
        match tag.name.as_str() {
            "arg_key" => key = Some(content.trim().to_owned()),
            "arg_value" => {
                let key = key.take()?;
                let value = typed(content, name, &key, offered);
                found.insert(key, value);
            }
            _ => {
                let key = match (tag.rest.trim_start().strip_prefix('='), attribute(tag.rest, "name")) {
                    (Some(key), _) => key.trim().trim_matches(['"', '\'']).to_owned(),
                    (None, Some(key)) => key.to_owned(),
                    (None, None) if matches!(raw_name, "parameters" | "arguments" | "args" | "input") => {
                        return arguments(content, name, offered);
                    }
                    (None, None) => raw_name.to_owned(),
                };
                let value = typed(content, name, &key, offered);
                found.insert(key, value);
            }
        }
    }
    (!found.is_empty()).then_some(Value::Object(found))
}

/// A value in a tag is a text, unless the tool's schema asks for something else.
fn typed(content: &str, name: &str, key: &str, offered: &[OfferedTool<'_>]) -> Value {
    let schema = offered.iter().find(|tool| tool.name == name).map(|tool| tool.schema);
    let kind = schema.and_then(|schema| schema.get("properties")?.get(key)?.get("type")?.as_str());
    let is_text = kind.is_none_or(|kind| kind == "string");
    match loose::value(content.trim(), Keys::Quoted) {
        Some((value, length)) if !is_text && length == content.trim().len() => value,
        Some(_) | None => Value::String(content.to_owned()),
    }
}

/// Whether a value stands in a section for calls, or only among words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    Marked,
    Unmarked,
}

const NAMES: [&str; 8] = ["name", "tool", "tool_name", "function", "function_name", "recipient_name", "action", "call"];
const ARGUMENTS: [&str; 12] = [
    "arguments",
    "parameters",
    "args",
    "input",
    "params",
    "action_input",
    "tool_input",
    "kwargs",
    "tool_args",
    "tool_parameters",
    "properties",
    "function_arguments",
];
const LISTS: [&str; 7] =
    ["tool_calls", "tool_call", "function_call", "function_calls", "tool_uses", "calls", "functions"];

/// The calls that a value holds; none if it is something else.
pub(super) fn of_value(value: &Value, offered: &[OfferedTool<'_>], trust: Trust) -> Vec<WrittenCall> {
    match value {
        Value::Array(values) => {
            let calls: Vec<Vec<WrittenCall>> = values.iter().map(|value| of_value(value, offered, trust)).collect();
            if calls.iter().any(Vec::is_empty) { Vec::new() } else { calls.into_iter().flatten().collect() }
        }
        Value::Object(object) => of_object(object, offered, trust),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

fn of_object(object: &Map<String, Value>, offered: &[OfferedTool<'_>], trust: Trust) -> Vec<WrittenCall> {
    let is_offered = |name: &str| offered.iter().any(|tool| tool.name == name);
    for key in LISTS {
        if let Some(inner @ (Value::Array(_) | Value::Object(_))) = object.get(key) {
            let found = of_value(inner, offered, Trust::Marked);
            if !found.is_empty() {
                return found;
            }
        }
    }
    if let Some(Value::Object(inner)) = object.get("function") {
        return of_object(inner, offered, Trust::Marked);
    }
    let given = ARGUMENTS.iter().find_map(|key| object.get(*key));
    for key in NAMES {
        let Some(name) = object.get(key).and_then(Value::as_str) else { continue };
        let name = plain_name(name);
        let arguments = given.cloned().and_then(object_of);
        let known = is_offered(&name);
        if name.is_empty() || given.is_none() && !known && trust == Trust::Unmarked {
            continue;
        }
        let arguments = match (given, arguments) {
            (Some(_), Some(arguments)) => arguments,
            // Arguments that are no object are an error of the call, which the schema's check reports.
            (Some(given), None) => given.clone(),
            (None, _) => {
                let others =
                    object.iter().filter(|(other, _)| *other != key && !matches!(other.as_str(), "type" | "id"));
                Value::Object(others.map(|(key, value)| (key.clone(), value.clone())).collect())
            }
        };
        return vec![WrittenCall { name, arguments }];
    }
    if let Some((name, arguments @ Value::Object(_))) = object.iter().next().filter(|_| object.len() == 1)
        && is_offered(name)
    {
        return vec![WrittenCall { name: name.clone(), arguments: arguments.clone() }];
    }
    Vec::new()
}

/// An object, or a text that is one.
fn object_of(value: Value) -> Option<Value> {
    match value {
        Value::Object(_) => Some(value),
        Value::Null => Some(Value::Object(Map::new())),
        Value::String(text) if text.trim().is_empty() => Some(Value::Object(Map::new())),
        Value::String(text) => {
            let (value, _) = loose::value(text.trim(), Keys::Quoted)?;
            value.is_object().then_some(value)
        }
        Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    }
}

/// Calls in Python's form: `[handoff(reason="angry")]`, `print(default_api.handoff(reason="angry"))`. All the text
/// has to be calls.
pub(super) fn python(text: &str, offered: &[OfferedTool<'_>], trust: Trust) -> Option<Vec<WrittenCall>> {
    let mut rest = text.trim();
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '[' | ']' | ',' | ';' | ')'));
        rest = rest.strip_prefix("print(").unwrap_or(rest);
        rest = rest.strip_prefix("await ").unwrap_or(rest);
        if rest.is_empty() {
            return (!found.is_empty()).then_some(found);
        }
        let (head, body) = rest.split_once('(')?;
        if head.is_empty()
            || !head.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '=' | ' '))
        {
            return None;
        }
        // `result = handoff(…)` and Llama's `handoff.call(…)`.
        let head = head.trim().rsplit('=').next()?.trim();
        let name = plain_name(head.strip_suffix(".call").unwrap_or(head));
        if trust == Trust::Unmarked && !offered.iter().any(|tool| tool.name == name) {
            return None;
        }
        let (arguments, length) = loose::keywords(body)?;
        found.push(WrittenCall { name, arguments: Value::Object(arguments) });
        rest = &body[length..];
    }
}
