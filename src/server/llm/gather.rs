//! Assembles a streamed answer within limits, because the tenant chooses the server.
//!
//! The collecting of `genai` is turned off. It allocates as many calls as the server claims to send, and stores
//! everything.

use genai::chat::{StopReason, StreamEnd, ToolCall as Piece};
use serde_json::Value;

use super::{fault::LlmFault, talk::ToolCall};
use crate::domain::model::Provider;

/// The longest answer or arguments, in bytes. Far more than WhatsApp allows.
const LONGEST: usize = 64 * 1024;
/// Most tool calls of one answer.
const CALLS: usize = 16;

/// The parts received so far.
#[derive(Debug)]
pub(super) struct Gathered {
    provider: Provider,
    pub(super) text: String,
    calls: Vec<Growing>,
    /// The token count that the server reported.
    counted: Option<u64>,
    heard: usize,
    stop: Option<StopReason>,
}

#[derive(Debug)]
struct Growing {
    id: String,
    name: String,
    arguments: String,
}

impl Gathered {
    pub(super) fn new(provider: Provider) -> Self {
        Self { provider, text: String::new(), calls: Vec::new(), counted: None, heard: 0, stop: None }
    }

    /// Whether any text, thought or tool call has arrived.
    pub(super) fn has_begun(&self) -> bool {
        self.heard > 0
    }

    pub(super) fn text(&mut self, piece: &str) -> Result<(), LlmFault> {
        self.hear(piece.len());
        self.text.push_str(piece);
        bounded(self.text.len())
    }

    /// Thoughts are not stored, but count.
    pub(super) fn thought(&mut self, piece: &str) {
        self.hear(piece.len());
    }

    fn hear(&mut self, bytes: usize) {
        self.heard = self.heard.saturating_add(bytes.max(1));
    }

    /// OpenAI sends arguments in parts, and only the first part has an id; for the others `genai` invents the id
    /// `call_` plus the index. For Anthropic each part contains all arguments so far.
    pub(super) fn call(&mut self, piece: &Piece) -> Result<(), LlmFault> {
        let words = piece.fn_arguments.as_str().unwrap_or_default();
        self.hear(words.len());
        let known = self.calls.iter().position(|call| call.id == piece.call_id);
        let place = known.or_else(|| {
            let last = self.calls.len().checked_sub(1).filter(|_| piece.fn_name.is_empty())?;
            let place = piece.call_id.strip_prefix("call_").and_then(|place| place.parse().ok());
            // Some servers count text and calls in one sequence, so a larger index means the last call.
            Some(place.unwrap_or(last).min(last))
        });
        let Some(place) = place else {
            if self.calls.len() == CALLS || piece.fn_name.len() > 200 || piece.call_id.len() > 200 {
                return Err(LlmFault::Malformed);
            }
            self.calls.push(Growing {
                id: piece.call_id.clone(),
                name: piece.fn_name.clone(),
                arguments: words.to_owned(),
            });
            return bounded(words.len());
        };
        let Some(call) = self.calls.get_mut(place) else { return Err(LlmFault::Malformed) };
        match self.provider {
            Provider::OpenAi => call.arguments.push_str(words),
            Provider::Anthropic => words.clone_into(&mut call.arguments),
        }
        bounded(call.arguments.len())
    }

    pub(super) fn end(&mut self, end: StreamEnd) {
        let count = |tokens: Option<i32>| u64::try_from(tokens.unwrap_or(0)).unwrap_or(0);
        self.counted = end.captured_usage.map(|usage| {
            count(usage.total_tokens).max(count(usage.prompt_tokens).saturating_add(count(usage.completion_tokens)))
        });
        self.stop = end.captured_stop_reason;
    }

    /// The tokens of the answer as the server reported them, or an estimate.
    pub(super) fn tokens(&self, asked: usize) -> u64 {
        let said = self.heard + self.calls.iter().map(|call| call.arguments.len()).sum::<usize>();
        self.counted.filter(|tokens| *tokens > 0).unwrap_or_else(|| guess(asked + said))
    }

    /// The complete text and calls.
    pub(super) fn finish(self) -> Result<(String, Vec<ToolCall>), LlmFault> {
        if matches!(self.stop, Some(StopReason::MaxTokens(_) | StopReason::ContentFilter(_))) {
            return Err(LlmFault::Cut);
        }
        let calls = self.calls.into_iter().map(Growing::finish).collect::<Result<_, _>>()?;
        Ok((self.text, calls))
    }
}

/// Estimates the tokens of some bytes: four bytes per token.
pub(super) fn guess(bytes: usize) -> u64 {
    bytes.div_ceil(4) as u64
}

impl Growing {
    fn finish(self) -> Result<ToolCall, LlmFault> {
        let text = if self.arguments.trim().is_empty() { "{}" } else { self.arguments.as_str() };
        match serde_json::from_str::<Value>(text) {
            Ok(arguments @ Value::Object(_)) => Ok(ToolCall { id: self.id, name: self.name, arguments }),
            _ => Err(LlmFault::MalformedArguments(crate::domain::text::clip(&self.name, 64))),
        }
    }
}

fn bounded(bytes: usize) -> Result<(), LlmFault> {
    if bytes > LONGEST { Err(LlmFault::Malformed) } else { Ok(()) }
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

    fn gather(provider: Provider, pieces: &[Piece]) -> Result<Vec<(String, String)>, LlmFault> {
        let mut gathered = Gathered::new(provider);
        pieces.iter().try_for_each(|piece| gathered.call(piece))?;
        let (_, calls) = gathered.finish()?;
        Ok(calls.into_iter().map(|call| (call.id, call.arguments.to_string())).collect())
    }

    #[test]
    fn openai_pieces_find_their_call_by_id_or_by_place() {
        let two = vec![("c1".to_owned(), r#"{"a":1}"#.to_owned()), ("c2".to_owned(), r#"{"b":2}"#.to_owned())];
        // OpenAI: ids in the first part only, one call after the other.
        let told = [
            piece("c1", "one", ""),
            piece("call_0", "", "{\"a\""),
            piece("call_0", "", ":1}"),
            piece("c2", "two", ""),
            piece("call_1", "", "{\"b\":2}"),
        ];
        assert_eq!(gather(Provider::OpenAi, &told).as_ref(), Ok(&two));
        // Indexes that do not start at 0, one call after the other.
        let told = [
            piece("c1", "one", ""),
            piece("call_3", "", "{\"a\":1}"),
            piece("c2", "two", ""),
            piece("call_4", "", "{\"b\":2}"),
        ];
        assert_eq!(gather(Provider::OpenAi, &told).as_ref(), Ok(&two));
        // Other servers: id and name in every part, interleaved.
        let told = [
            piece("c1", "one", "{\"a\""),
            piece("c2", "two", "{\"b\""),
            piece("c1", "one", ":1}"),
            piece("c2", "two", ":2}"),
        ];
        assert_eq!(gather(Provider::OpenAi, &told).as_ref(), Ok(&two));
    }

    #[test]
    fn anthropic_pieces_hold_all_that_was_said_so_far() {
        let told = [piece("t1", "one", ""), piece("t1", "one", "{\"a\""), piece("t1", "one", "{\"a\":1}")];
        assert_eq!(gather(Provider::Anthropic, &told), Ok(vec![("t1".into(), r#"{"a":1}"#.into())]));
        // A tool without arguments sends no part for them.
        assert_eq!(gather(Provider::Anthropic, &[piece("t1", "one", "")]), Ok(vec![("t1".into(), "{}".into())]));
    }

    #[test]
    fn what_grows_without_end_is_refused() {
        let many: Vec<Piece> = (0..40).map(|n| piece(&format!("c{n}"), "one", "{}")).collect();
        assert_eq!(gather(Provider::OpenAi, &many), Err(LlmFault::Malformed));
        let long = vec![piece("c1", "one", &"x".repeat(10_000)); 10];
        assert_eq!(gather(Provider::OpenAi, &long), Err(LlmFault::Malformed));
        let mut gathered = Gathered::new(Provider::OpenAi);
        assert!((0..100).any(|_| gathered.text(&"x".repeat(1_000)).is_err()));
    }

    #[test]
    fn arguments_that_are_no_object_are_no_arguments() {
        for wrong in ["{\"a\":", "[1]", "\"a\"", "null"] {
            let found = gather(Provider::OpenAi, &[piece("c1", "one", wrong)]);
            assert_eq!(found, Err(LlmFault::MalformedArguments("one".into())), "{wrong}");
        }
    }
}
