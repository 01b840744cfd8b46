//! Assembles a streamed answer within limits, because the tenant chooses the server.
//!
//! The collecting of `genai` is turned off. It allocates as many calls as the server claims to send, and stores
//! everything.

use genai::chat::{StopReason, StreamEnd, ToolCall as Piece};
use serde_json::Value;

use super::{fault::LlmFault, types::ToolCall};
use crate::domain::model::Provider;

/// The longest answer or arguments, in bytes. Far more than WhatsApp allows.
const MAX_BYTES: usize = 64 * 1024;
/// Most tool calls of one answer.
const MAX_CALLS: usize = 16;

/// The parts received so far.
#[derive(Debug)]
pub(super) struct StreamedAnswer {
    provider: Provider,
    pub(super) text: String,
    calls: Vec<PartialCall>,
    /// The token count that the server reported.
    reported_tokens: Option<u64>,
    received_bytes: usize,
    stop: Option<StopReason>,
}

#[derive(Debug)]
struct PartialCall {
    id: String,
    name: String,
    arguments: String,
}

impl StreamedAnswer {
    pub(super) fn new(provider: Provider) -> Self {
        Self { provider, text: String::new(), calls: Vec::new(), reported_tokens: None, received_bytes: 0, stop: None }
    }

    /// Whether any text, thought or tool call has arrived.
    pub(super) fn has_begun(&self) -> bool {
        self.received_bytes > 0
    }

    pub(super) fn text(&mut self, piece: &str) -> Result<(), LlmFault> {
        self.count_bytes(piece.len());
        self.text.push_str(piece);
        check_size(self.text.len())
    }

    /// Thoughts are not stored, but count.
    pub(super) fn thought(&mut self, piece: &str) {
        self.count_bytes(piece.len());
    }

    fn count_bytes(&mut self, bytes: usize) {
        self.received_bytes = self.received_bytes.saturating_add(bytes.max(1));
    }

    /// OpenAI sends arguments in parts, and only the first part has an id; for the others `genai` invents the id
    /// `call_` plus the index. For Anthropic each part contains all arguments so far.
    pub(super) fn call(&mut self, piece: &Piece) -> Result<(), LlmFault> {
        let arguments = piece.fn_arguments.as_str().unwrap_or_default();
        self.count_bytes(arguments.len());
        let known = self.calls.iter().position(|call| call.id == piece.call_id);
        let index = known.or_else(|| {
            let last = self.calls.len().checked_sub(1).filter(|_| piece.fn_name.is_empty())?;
            let index = piece.call_id.strip_prefix("call_").and_then(|index| index.parse().ok());
            // Some servers count text and calls in one sequence, so a larger index means the last call.
            Some(index.unwrap_or(last).min(last))
        });
        let Some(index) = index else {
            if self.calls.len() == MAX_CALLS || piece.fn_name.len() > 200 || piece.call_id.len() > 200 {
                return Err(LlmFault::Malformed);
            }
            self.calls.push(PartialCall {
                id: piece.call_id.clone(),
                name: piece.fn_name.clone(),
                arguments: arguments.to_owned(),
            });
            return check_size(arguments.len());
        };
        let Some(call) = self.calls.get_mut(index) else { return Err(LlmFault::Malformed) };
        match self.provider {
            Provider::OpenAi => call.arguments.push_str(arguments),
            Provider::Anthropic => arguments.clone_into(&mut call.arguments),
        }
        check_size(call.arguments.len())
    }

    pub(super) fn end(&mut self, end: StreamEnd) {
        let count = |tokens: Option<i32>| u64::try_from(tokens.unwrap_or(0)).unwrap_or(0);
        self.reported_tokens = end.captured_usage.map(|usage| {
            count(usage.total_tokens).max(count(usage.prompt_tokens).saturating_add(count(usage.completion_tokens)))
        });
        self.stop = end.captured_stop_reason;
    }

    /// The tokens of the answer as the server reported them, or an estimate.
    pub(super) fn tokens(&self, request_bytes: usize) -> u64 {
        let received = self.received_bytes + self.calls.iter().map(|call| call.arguments.len()).sum::<usize>();
        self.reported_tokens.filter(|tokens| *tokens > 0).unwrap_or_else(|| estimate_tokens(request_bytes + received))
    }

    /// The complete text and calls.
    pub(super) fn finish(self) -> Result<(String, Vec<ToolCall>), LlmFault> {
        if matches!(self.stop, Some(StopReason::MaxTokens(_) | StopReason::ContentFilter(_))) {
            return Err(LlmFault::Cut);
        }
        let calls = self.calls.into_iter().map(PartialCall::finish).collect::<Result<_, _>>()?;
        Ok((self.text, calls))
    }
}

/// Estimates the tokens of some bytes: four bytes per token.
pub(super) fn estimate_tokens(bytes: usize) -> u64 {
    bytes.div_ceil(4) as u64
}

impl PartialCall {
    fn finish(self) -> Result<ToolCall, LlmFault> {
        let text = if self.arguments.trim().is_empty() { "{}" } else { self.arguments.as_str() };
        match serde_json::from_str::<Value>(text) {
            Ok(arguments @ Value::Object(_)) => Ok(ToolCall { id: self.id, name: self.name, arguments }),
            _ => Err(LlmFault::MalformedArguments(crate::domain::text::clip(&self.name, 64))),
        }
    }
}

fn check_size(bytes: usize) -> Result<(), LlmFault> {
    if bytes > MAX_BYTES { Err(LlmFault::Malformed) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(id: &str, name: &str, arguments: &str) -> Piece {
        Piece {
            call_id: id.into(),
            fn_name: name.into(),
            fn_arguments: Value::String(arguments.into()),
            thought_signatures: None,
        }
    }

    fn assemble(provider: Provider, pieces: &[Piece]) -> Result<Vec<(String, String)>, LlmFault> {
        let mut streamed = StreamedAnswer::new(provider);
        pieces.iter().try_for_each(|piece| streamed.call(piece))?;
        let (_, calls) = streamed.finish()?;
        Ok(calls.into_iter().map(|call| (call.id, call.arguments.to_string())).collect())
    }

    #[test]
    fn openai_pieces_are_matched_by_id_or_index() {
        let two = vec![("c1".to_owned(), r#"{"a":1}"#.to_owned()), ("c2".to_owned(), r#"{"b":2}"#.to_owned())];
        // OpenAI: ids in the first part only, one call after the other.
        let pieces = [
            piece("c1", "one", ""),
            piece("call_0", "", "{\"a\""),
            piece("call_0", "", ":1}"),
            piece("c2", "two", ""),
            piece("call_1", "", "{\"b\":2}"),
        ];
        assert_eq!(assemble(Provider::OpenAi, &pieces).as_ref(), Ok(&two));
        // Indexes that do not start at 0, one call after the other.
        let pieces = [
            piece("c1", "one", ""),
            piece("call_3", "", "{\"a\":1}"),
            piece("c2", "two", ""),
            piece("call_4", "", "{\"b\":2}"),
        ];
        assert_eq!(assemble(Provider::OpenAi, &pieces).as_ref(), Ok(&two));
        // Other servers: id and name in every part, interleaved.
        let pieces = [
            piece("c1", "one", "{\"a\""),
            piece("c2", "two", "{\"b\""),
            piece("c1", "one", ":1}"),
            piece("c2", "two", ":2}"),
        ];
        assert_eq!(assemble(Provider::OpenAi, &pieces).as_ref(), Ok(&two));
    }

    #[test]
    fn anthropic_pieces_contain_all_arguments_so_far() {
        let pieces = [piece("t1", "one", ""), piece("t1", "one", "{\"a\""), piece("t1", "one", "{\"a\":1}")];
        assert_eq!(assemble(Provider::Anthropic, &pieces), Ok(vec![("t1".into(), r#"{"a":1}"#.into())]));
        // A tool without arguments sends no part for them.
        assert_eq!(assemble(Provider::Anthropic, &[piece("t1", "one", "")]), Ok(vec![("t1".into(), "{}".into())]));
    }

    #[test]
    fn answers_over_the_limits_are_refused() {
        let many: Vec<Piece> = (0..40).map(|n| piece(&format!("c{n}"), "one", "{}")).collect();
        assert_eq!(assemble(Provider::OpenAi, &many), Err(LlmFault::Malformed));
        let long = vec![piece("c1", "one", &"x".repeat(10_000)); 10];
        assert_eq!(assemble(Provider::OpenAi, &long), Err(LlmFault::Malformed));
        let mut streamed = StreamedAnswer::new(Provider::OpenAi);
        assert!((0..100).any(|_| streamed.text(&"x".repeat(1_000)).is_err()));
    }

    #[test]
    fn arguments_that_are_not_an_object_are_malformed() {
        for wrong in ["{\"a\":", "[1]", "\"a\"", "null"] {
            let found = assemble(Provider::OpenAi, &[piece("c1", "one", wrong)]);
            assert_eq!(found, Err(LlmFault::MalformedArguments("one".into())), "{wrong}");
        }
    }
}
