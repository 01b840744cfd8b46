//! Calls that a model writes as lines of code or as steps: `handoff(reason="angry")`, `Action: handoff`.

use serde_json::{Map, Value};

use super::{
    ModelTextFault, OfferedTool, WrittenCall,
    calls::{self, Trust},
    labels::label,
    loose::{self, Keys},
};

/// Labels of steps that name a tool.
const STEPS: [&str; 12] = [
    "action",
    "tool",
    "tool call",
    "tool_call",
    "tool name",
    "tool_name",
    "function",
    "function call",
    "function_call",
    "call",
    "calling",
    "use tool",
];
/// Labels of its arguments.
const INPUTS: [&str; 8] =
    ["action input", "action_input", "tool input", "input", "arguments", "args", "parameters", "params"];
/// How many characters of arguments are looked at to tell a call from words in parentheses.
const LOOKED_AT: usize = 200;

/// Takes the calls out of a text.
pub(super) fn take(
    text: &str,
    offered: &[OfferedTool<'_>],
    calls: &mut Vec<WrittenCall>,
) -> Result<String, ModelTextFault> {
    if let Some(found) = calls::python(text.trim().trim_matches('`').trim(), offered, Trust::Unmarked) {
        calls.extend(found);
        return Ok(String::new());
    }
    let mut words = String::with_capacity(text.len());
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        at += line.len();
        let bare = line.trim().trim_matches('`').trim();
        if let Some(found) = calls::python(bare, offered, Trust::Unmarked) {
            calls.extend(found);
        } else if let Some(found) = step(bare, &text[at..], offered)? {
            calls.extend(found);
            // What stands before it are the model's own considerations, and what follows it invented.
            return Ok(String::new());
        } else if !calls.is_empty() && is_step_alone(bare) {
            // The call behind it was taken out already.
            words.clear();
        } else if holds_call(line, offered) || is_name_alone(bare, offered) {
            return Err(ModelTextFault::Call);
        } else {
            words.push_str(line);
        }
    }
    Ok(words)
}

/// The calls of a line such as `Action: handoff`, whose arguments stand in the lines after it.
fn step(line: &str, after: &str, offered: &[OfferedTool<'_>]) -> Result<Option<Vec<WrittenCall>>, ModelTextFault> {
    let Some((head, said)) = label(line) else { return Ok(None) };
    if !STEPS.contains(&head.as_str()) {
        return Ok(None);
    }
    let said = said.trim_matches(|c: char| c.is_whitespace() || matches!(c, '`' | '"' | '\'' | '*'));
    if let Some(found) = calls::python(said, offered, Trust::Unmarked) {
        return Ok(Some(found));
    }
    let names = |tool: &&OfferedTool<'_>| {
        let rest = said.strip_prefix(tool.name);
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-')))
    };
    let Some(tool) = offered.iter().find(names) else { return Ok(None) };
    if said != tool.name {
        return Err(ModelTextFault::Call);
    }
    let input = after.trim_start();
    let input = match label(input) {
        Some((head, said)) if INPUTS.contains(&head.as_str()) => said,
        Some(_) | None => input,
    };
    let input = calls::unfenced(input.trim());
    let arguments = match input {
        "" => Value::Object(Map::new()),
        input => {
            let value = loose::value(input, Keys::Bare).map(|(value, _)| value);
            value.filter(Value::is_object).ok_or(ModelTextFault::Call)?
        }
    };
    Ok(Some(vec![WrittenCall { name: tool.name.to_owned(), arguments }]))
}

/// Whether a line is the label of a step, and nothing else.
fn is_step_alone(line: &str) -> bool {
    label(line).is_some_and(|(head, said)| STEPS.contains(&head.as_str()) && said.trim().is_empty())
}

/// Whether there is a call among the words of a line: `handoff(reason="angry")`, but not `close(s)`.
fn holds_call(line: &str, offered: &[OfferedTool<'_>]) -> bool {
    let is_call = |name: &str| {
        line.match_indices(name).any(|(at, _)| {
            let is_begin = line[..at].chars().next_back().is_none_or(|c| !(c.is_alphanumeric() || c == '_'));
            let Some(inner) = line[at + name.len()..].strip_prefix('(').filter(|_| is_begin) else { return false };
            let inner: String = inner.chars().take(LOOKED_AT).take_while(|c| *c != ')').collect();
            inner.trim().is_empty() || inner.contains('=') || inner.trim_start().starts_with(['{', '"', '\''])
        })
    };
    is_call("tool_call") || offered.iter().any(|tool| is_call(tool.name))
}

/// Whether a line is nothing but a tool's name, written as no word is: `[handoff]`, `order_status`.
fn is_name_alone(line: &str, offered: &[OfferedTool<'_>]) -> bool {
    let inner = line.strip_prefix('[').and_then(|line| line.strip_suffix(']'));
    offered.iter().any(|tool| match inner {
        Some(inner) => inner.trim() == tool.name,
        None => line == tool.name && line.contains('_'),
    })
}
