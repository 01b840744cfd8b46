//! The built-in tools of models: request an agent, set a variable, close, and continue the flow.
//!
//! They are structured calls, never phrases in the text. Frequent mistakes of models are accepted: extra fields, a
//! number instead of a text, a name with spaces.

use std::sync::{Arc, LazyLock};

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json, value::RawValue};

use super::types::{End, ToolSpec};
use crate::domain::text::{clip, one_line, printable};

const REASON_LIMIT: usize = 300;
const SUMMARY_LIMIT: usize = 2_000;
const VALUE_LIMIT: usize = 1_000;
const NAME_LIMIT: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuiltIn {
    Handoff,
    SetVariable,
    Close,
    Finish,
}

impl BuiltIn {
    pub const ALL: [Self; 4] = [Self::Handoff, Self::SetVariable, Self::Close, Self::Finish];

    pub fn name(self) -> &'static str {
        match self {
            Self::Handoff => "handoff",
            Self::SetVariable => "set_variable",
            Self::Close => "close",
            Self::Finish => "finish",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tool| tool.name() == name)
    }

    /// The tool's specification for the model.
    pub fn spec(self) -> Arc<ToolSpec> {
        static SPECS: LazyLock<[Arc<ToolSpec>; 4]> =
            LazyLock::new(|| BuiltIn::ALL.map(|tool| Arc::new(tool.build_spec())));
        let [handoff, set_variable, close, finish] = &*SPECS;
        let spec = match self {
            Self::Handoff => handoff,
            Self::SetVariable => set_variable,
            Self::Close => close,
            Self::Finish => finish,
        };
        spec.clone()
    }

    fn build_spec(self) -> ToolSpec {
        let (description, schema) = match self {
            Self::Handoff => (
                "Hands the conversation to a person of the company. Call it when the customer asks for a person, is upset, \
                 or needs something you cannot do. It is the only way to involve a person: never promise a person \
                 without calling it.",
                json!({
                    "type": "object",
                    "properties": {
                        "reason": {"type": "string", "description": "Why a person is needed, in one sentence."},
                        "summary": {
                            "type": "string",
                            "description": "What the person needs to know: what the customer wants, what was tried, facts and numbers.",
                        },
                        "urgency": {"type": "string", "enum": ["low", "normal", "high"]},
                    },
                    "required": ["reason", "summary", "urgency"],
                    "additionalProperties": false,
                }),
            ),
            Self::SetVariable => (
                "Saves a value that the customer gave, such as an order number, for the agents and flow steps that \
                 follow.",
                json!({
                    "type": "object",
                    "properties": {
                        "name": {"type": "string", "description": "snake_case, such as order_number."},
                        "value": {"type": "string"},
                    },
                    "required": ["name", "value"],
                    "additionalProperties": false,
                }),
            ),
            Self::Close => {
                ("Closes the conversation. Call it only when the customer has said that they are done.", empty())
            }
            Self::Finish => ("Ends your task, so that the flow continues. Call it when the task is done.", empty()),
        };
        ToolSpec { name: self.name().to_owned(), description: description.to_owned(), schema }
    }
}

fn empty() -> Value {
    json!({"type": "object", "properties": {}, "additionalProperties": false})
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UrgencyArgument {
    Low,
    #[default]
    Normal,
    High,
}

impl UrgencyArgument {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
        }
    }
}

/// A request for an agent: a reason in one line of at most 300 characters, and a summary of up to 2000.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct HandoffArguments {
    pub reason: String,
    #[serde(default)]
    pub summary: String,
    #[serde(default)]
    pub urgency: UrgencyArgument,
}

/// A variable to set. The name is in snake_case with at most 64 characters; the value has at most 1000.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetVariable {
    pub name: String,
    pub value: String,
}

impl SetVariable {
    /// Reads the arguments as the model wrote them; `None` if they do not match the schema.
    pub fn read(written: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Raw<'a> {
            name: String,
            #[serde(borrow)]
            value: &'a RawValue,
        }
        let raw: Raw<'_> = serde_json::from_str(written).ok()?;
        let value = match serde_json::from_str::<Value>(raw.value.get()).ok()? {
            Value::String(text) => text,
            // As it is written: a number keeps its digits.
            Value::Number(_) | Value::Bool(_) => raw.value.get().to_owned(),
            Value::Null | Value::Array(_) | Value::Object(_) => return None,
        };
        let name = snake(&raw.name);
        (!name.is_empty()).then(|| Self { name, value: clip(printable(&value).trim(), VALUE_LIMIT) })
    }
}

fn read<T: DeserializeOwned>(arguments: &Value) -> Option<T> {
    T::deserialize(arguments).ok()
}

fn snake(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' }).collect();
    let joined = plain.split_whitespace().collect::<Vec<_>>().join("_");
    let joined = joined.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_');
    joined.chars().take(NAME_LIMIT).collect()
}

/// How a call ends the turn. The outer `None` is a tool that does not end it, the inner one are invalid arguments.
pub(super) fn end(tool: BuiltIn, arguments: &Value) -> Option<Option<End>> {
    match tool {
        BuiltIn::Handoff => Some(handoff(arguments).map(End::Handoff)),
        BuiltIn::SetVariable => None,
        BuiltIn::Close => Some(Some(End::Close)),
        BuiltIn::Finish => Some(Some(End::Finish)),
    }
}

fn handoff(arguments: &Value) -> Option<HandoffArguments> {
    let raw: HandoffArguments = read(arguments)?;
    let reason = clip(&one_line(&printable(&raw.reason)), REASON_LIMIT);
    let summary = clip(printable(&raw.summary).trim(), SUMMARY_LIMIT);
    (!reason.is_empty()).then_some(HandoffArguments { reason, summary, urgency: raw.urgency })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handoff_arguments_are_validated_and_clipped() {
        let read = |arguments| handoff(&arguments);
        let full = read(json!({"reason": " lost\nparcel ", "summary": "s", "urgency": "high", "more": 1}));
        assert_eq!(
            full,
            Some(HandoffArguments {
                reason: "lost parcel".into(),
                summary: "s".into(),
                urgency: UrgencyArgument::High
            })
        );
        assert_eq!(read(json!({"reason": "r"})).map(|call| call.urgency), Some(UrgencyArgument::Normal));
        let long = read(json!({"reason": "r".repeat(5_000), "summary": "s".repeat(50_000)})).expect("a handoff");
        assert_eq!((long.reason.chars().count(), long.summary.chars().count()), (REASON_LIMIT, SUMMARY_LIMIT));
        for wrong in
            [json!({}), json!({"reason": "  "}), json!({"reason": 7}), json!({"reason": "r", "urgency": "now"})]
        {
            assert_eq!(read(wrong.clone()), None, "{wrong}");
        }
    }

    #[test]
    fn variable_names_are_normalised() {
        let read = |name: &str, value: Value| SetVariable::read(&json!({"name": name, "value": value}).to_string());
        let kept = |name: &str, value: &str| Some(SetVariable { name: name.into(), value: value.into() });
        assert_eq!(read("order_number", json!(" A-1 ")), kept("order_number", "A-1"));
        assert_eq!(read("Order Number!", json!(7)), kept("order_number", "7"));
        assert_eq!(read("1st order", json!(true)), kept("st_order", "true"));
        assert_eq!(read("  ", json!("x")), None);
        assert_eq!(SetVariable::read(r#"{"name": "a", "value": 19.90}"#), kept("a", "19.90"));
        assert_eq!(read("a", json!(null)), None);
        assert_eq!(read("a", json!({"b": 1})), None);
    }

    #[test]
    fn built_in_tools_have_the_names_of_the_domain() {
        for name in crate::domain::model::tool::BUILT_IN {
            let tool = BuiltIn::named(name).expect(name);
            assert_eq!(tool.spec().name, name);
            assert_eq!(super::super::schema::fault(&tool.spec().schema), None);
        }
        assert_eq!(BuiltIn::ALL.len(), crate::domain::model::tool::BUILT_IN.len());
    }
}
