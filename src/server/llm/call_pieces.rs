//! Reads the parts of tool calls from the frames of OpenAI's format.
//!
//! `genai` drops a part without `index`, and gives parts without an id the same one. Many servers send such parts, so
//! the frames are read here as they arrived.

use std::sync::{Mutex, PoisonError};

use genai::chat::{ChatFrameSink, FrameCtx, RawFrameRef};
use serde_json::Value;

use super::fault::LlmFault;

/// Most bytes of parts that wait to be taken. `genai` may read many frames before it returns an event.
const MAX_BYTES: usize = 256 * 1024;

/// A part of a call. Empty texts count as missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct CallPiece {
    pub(super) index: Option<u64>,
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) arguments: String,
}

/// Collects the parts of each frame until they are taken.
#[derive(Debug, Default)]
pub(super) struct CallPieces(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    pieces: Vec<CallPiece>,
    bytes: usize,
}

impl CallPieces {
    /// The parts since the last call, in order.
    ///
    /// # Errors
    /// [`LlmFault::Malformed`] if there are more than any call needs; some were dropped then.
    pub(super) fn take(&self) -> Result<Vec<CallPiece>, LlmFault> {
        let Waiting { pieces, bytes } = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if bytes > MAX_BYTES { Err(LlmFault::Malformed) } else { Ok(pieces) }
    }
}

impl ChatFrameSink for CallPieces {
    fn on_frame(&self, _: &FrameCtx, frame: RawFrameRef<'_>) {
        // Most frames are text, which is not parsed a second time.
        if !["\"tool_calls\"", "\"function_call\""].iter().any(|key| frame.data.contains(key)) {
            return;
        }
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = waiting.bytes.saturating_add(frame.data.len());
        waiting.bytes = bytes;
        if bytes <= MAX_BYTES
            && let Some(data) = frame.json()
        {
            waiting.pieces.extend(pieces(&data));
        }
    }
}

/// The parts of a frame. Some servers send a whole `message` in place of a `delta`.
fn pieces(data: &Value) -> Vec<CallPiece> {
    let Some(choice) = data.get("choices").and_then(|choices| choices.get(0)) else { return Vec::new() };
    let mut found = Vec::new();
    for part in ["delta", "message"].into_iter().filter_map(|key| choice.get(key)) {
        match part.get("tool_calls") {
            Some(Value::Array(calls)) => found.extend(calls.iter().filter_map(piece)),
            Some(call @ Value::Object(_)) => found.extend(piece(call)),
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) | None => {}
        }
        // The form before `tool_calls`, which has one call only.
        found.extend(part.get("function_call").filter(|call| call.is_object()).and_then(piece));
    }
    found
}

fn piece(call: &Value) -> Option<CallPiece> {
    let text = |value: Option<&Value>| value?.as_str().filter(|text| !text.is_empty()).map(ToOwned::to_owned);
    let function = call.get("function").filter(|function| function.is_object()).unwrap_or(call);
    let index = call.get("index").and_then(|index| index.as_u64().or_else(|| index.as_str()?.parse().ok()));
    let arguments = match function.get("arguments").or_else(|| function.get("parameters")) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_))) => other.to_string(),
    };
    let piece = CallPiece { index, id: text(call.get("id")), name: text(function.get("name")), arguments };
    let says_something = piece.id.is_some() || piece.name.is_some() || !piece.arguments.is_empty();
    says_something.then_some(piece)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn delta(calls: Value) -> Value {
        json!({"choices": [{"index": 0, "delta": {"tool_calls": calls}}]})
    }

    #[test]
    fn parts_are_read_whatever_they_leave_out() {
        let whole = CallPiece { name: Some("handoff".into()), arguments: "{}".into(), ..CallPiece::default() };
        let function = json!({"name": "handoff", "arguments": "{}"});
        for data in [
            delta(json!([{"function": function}])),
            delta(json!([{"id": "", "type": "function", "function": function}])),
            delta(json!([{"id": null, "index": null, "function": function}])),
            delta(json!([{"function": {"name": "handoff", "arguments": {}}}])),
            delta(json!({"function": function})),
            delta(json!([function])),
            json!({"choices": [{"message": {"tool_calls": [{"function": function}]}}]}),
            json!({"choices": [{"delta": {"function_call": function}}]}),
        ] {
            assert_eq!(pieces(&data), std::slice::from_ref(&whole), "{data}");
        }
        let numbered = delta(
            json!([{"index": 1, "id": "c1", "function": function}, {"index": "2", "function": {"arguments": "x"}}]),
        );
        let found = pieces(&numbered);
        assert_eq!(found[0], CallPiece { index: Some(1), id: Some("c1".into()), ..whole });
        assert_eq!(found[1], CallPiece { index: Some(2), arguments: "x".into(), ..CallPiece::default() });
        for nothing in [
            json!({}),
            json!({"choices": []}),
            delta(json!(null)),
            delta(json!([])),
            delta(json!([{"index": 0}])),
            delta(json!([{"function": 7}])),
        ] {
            assert_eq!(pieces(&nothing), [], "{nothing}");
        }
    }
}
