//! Parses the model's text: the reply for the customer, whether an agent is needed, and calls within the text.
//!
//! The answer is requested as JSON, with a field that says whether a person is needed, so that a promise of an agent
//! without a tool call is detected. Models also send other forms, which `domain::model_text` reads; broken JSON is
//! never shown.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    agent_promise,
    fault::LlmFault,
    types::{ToolCall, ToolSpec},
};
use crate::domain::model_text::{self, ModelText, ModelTextFault, OfferedTool};

/// The parsed answer. It may have no reply.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Answer {
    pub(super) reply: Option<String>,
    pub(super) needs_person: bool,
    /// Calls that the model wrote into its text. They have no id yet, and are not validated.
    pub(super) calls: Vec<ToolCall>,
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
/// [`LlmFault::Malformed`] if the text is incomplete or invalid JSON, [`LlmFault::UnreadableCall`].
pub(super) fn read(text: &str, tools: &[Arc<ToolSpec>]) -> Result<Answer, LlmFault> {
    let offered: Vec<OfferedTool<'_>> =
        tools.iter().map(|tool| OfferedTool { name: &tool.name, schema: &tool.schema }).collect();
    let ModelText { reply, needs_person, calls } = model_text::read(text, &offered).map_err(|fault| match fault {
        ModelTextFault::Json => LlmFault::Malformed,
        ModelTextFault::Call => LlmFault::UnreadableCall,
    })?;
    let needs_person = needs_person || agent_promise::promises_agent(&reply);
    let call = |call: model_text::WrittenCall| {
        let written = call.arguments.to_string();
        ToolCall { id: String::new(), name: call.name, arguments: call.arguments, written }
    };
    let calls = calls.into_iter().map(call).collect();
    Ok(Answer { reply: (!reply.is_empty()).then_some(reply), needs_person, calls })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(text: &str) -> (Option<String>, bool) {
        let answer = read(text, &[]).expect("an answer");
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
            assert_eq!(read(text, &[]), Err(LlmFault::Malformed), "{text}");
        }
    }

    #[test]
    fn an_unreadable_call_is_a_fault() {
        assert_eq!(read("One moment please. <tool_call>{", &[]), Err(LlmFault::UnreadableCall));
    }

    #[test]
    fn a_promise_in_the_text_overrides_the_field() {
        assert!(reply(r#"{"reply":"I am connecting you to an agent.","needs_person":false}"#).1);
    }
}
