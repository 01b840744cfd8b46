//! Parses the model's final answer: the reply for the customer, and whether an agent is needed.
//!
//! The answer is requested as JSON, but models also send JSON in a code fence, with text before it, or plain text. All
//! of these are accepted; broken JSON is never shown to a customer.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{agent_promise, fault::LlmFault};
use crate::domain::text::printable;

/// The parsed answer. It may have no reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) reply: Option<String>,
    pub(super) needs_person: bool,
}

#[derive(Deserialize)]
struct Raw {
    reply: String,
    #[serde(default)]
    needs_person: bool,
}

/// The JSON schema of the answer, for servers that can enforce one.
pub(super) fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {"reply": {"type": "string"}, "needs_person": {"type": "boolean"}},
        "required": ["reply", "needs_person"],
        "additionalProperties": false,
    })
}

/// # Errors
/// [`LlmFault::Malformed`] if the text is incomplete or invalid JSON.
pub(super) fn read(text: &str) -> Result<Answer, LlmFault> {
    let text = without_thoughts(text).trim();
    let (reply, needs_person) = match structured(text) {
        Some(raw) => (printable(raw.reply.trim()), raw.needs_person),
        None if looks_structured(text) => return Err(LlmFault::Malformed),
        None => (printable(text), false),
    };
    let needs_person = needs_person || agent_promise::promises_agent(&reply);
    Ok(Answer { reply: (!reply.is_empty()).then_some(reply), needs_person })
}

fn structured(text: &str) -> Option<Raw> {
    let (from, to) = (text.find('{')?, text.rfind('}')?);
    serde_json::from_str(text.get(from..=to)?).ok()
}

fn looks_structured(text: &str) -> bool {
    let bare = text.trim_start_matches(|c: char| c == '`' || c.is_whitespace());
    let bare = bare.strip_prefix("json").unwrap_or(bare).trim_start();
    bare.starts_with('{') || text.contains("\"needs_person\"") || text.contains("\"reply\"")
}

/// Removes a leading `<think>` block, which some models write. An unclosed one contains the whole text.
fn without_thoughts(text: &str) -> &str {
    match text.trim_start().strip_prefix("<think>") {
        Some(thought) => thought.split_once("</think>").map_or("", |(_, answer)| answer),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(text: &str) -> (Option<String>, bool) {
        let answer = read(text).expect("an answer");
        (answer.reply, answer.needs_person)
    }

    #[test]
    fn answers_are_parsed_with_and_without_wrapping() {
        let hello = (Some("Hello".to_owned()), false);
        for text in [
            r#"{"reply":"Hello","needs_person":false}"#,
            "```json\n{\"reply\": \" Hello \", \"needs_person\": false}\n```",
            "Here it is: {\"reply\": \"Hello\"}",
            "<think>{\"reply\": \"no\"}</think>\n{\"reply\": \"Hello\"}",
            "Hello",
            "<think>hm</think>Hello",
        ] {
            assert_eq!(reply(text), hello, "{text}");
        }
        assert_eq!(reply(r#"{"reply":"Wait","needs_person":true}"#), (Some("Wait".into()), true));
        assert_eq!(reply(r#"{"reply":"","needs_person":true}"#), (None, true));
        assert_eq!(reply("<think>never closed"), (None, false));
        assert_eq!(reply("  "), (None, false));
    }

    #[test]
    fn incomplete_json_is_malformed() {
        for text in ["{\"reply\": \"Hel", "```json\n{\"reply\"", "{}", "\"reply\": \"x\"", "{\"answer\": \"x\"}"] {
            assert_eq!(read(text), Err(LlmFault::Malformed), "{text}");
        }
    }

    #[test]
    fn a_promise_in_the_text_overrides_the_field() {
        assert!(reply(r#"{"reply":"I am connecting you to an agent.","needs_person":false}"#).1);
    }
}
