//! Assembles a streamed answer within limits, because the tenant chooses the server.
//!
//! The collecting of `genai` is turned off. It allocates as many calls as the server claims to send, and stores
//! everything. Calls in OpenAI's format come from `call_pieces`.

use genai::chat::{StopReason, StreamEnd, ToolCall as WholeCall};
use serde_json::Value;

use super::{call_pieces::CallPiece, fault::LlmFault, types::ToolCall};

/// The longest answer or arguments, in bytes. Far more than WhatsApp allows.
const MAX_BYTES: usize = 64 * 1024;
/// Most tool calls of one answer.
pub(super) const MAX_CALLS: usize = 16;

/// The parts received so far.
#[derive(Debug)]
pub(super) struct StreamedAnswer {
    pub(super) text: String,
    calls: Vec<PartialCall>,
    /// The token count that the server reported.
    reported_tokens: Option<u64>,
    received_bytes: usize,
    stop: Option<StopReason>,
}

#[derive(Debug)]
struct PartialCall {
    index: Option<u64>,
    /// Empty if the server gives none.
    id: String,
    name: String,
    arguments: String,
}

/// A complete answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FinishedAnswer {
    pub(super) text: String,
    pub(super) calls: Vec<ToolCall>,
    pub(super) stop: Stop,
}

/// Why the server says that the answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The answer has calls, though they may be missing or unreadable.
    ForCalls,
    Other,
}

impl StreamedAnswer {
    pub(super) fn new() -> Self {
        Self { text: String::new(), calls: Vec::new(), reported_tokens: None, received_bytes: 0, stop: None }
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

    /// A part of a call in OpenAI's format. The first part has the name; index and id may be missing, empty or the same
    /// for all calls.
    pub(super) fn call_piece(&mut self, piece: CallPiece) -> Result<(), LlmFault> {
        self.count_bytes(piece.arguments.len());
        let Some(at) = self.continued(&piece) else {
            let name = piece.name.unwrap_or_default();
            return self.begin_call(piece.index, piece.id.unwrap_or_default(), name, piece.arguments);
        };
        let Some(call) = self.calls.get_mut(at) else { return Err(LlmFault::Malformed) };
        call.arguments.push_str(&piece.arguments);
        check_size(call.arguments.len())
    }

    /// The call that a part continues; `None` if it begins one.
    fn continued(&self, piece: &CallPiece) -> Option<usize> {
        let last = self.calls.len().checked_sub(1)?;
        let by_id = piece.id.as_ref().and_then(|id| self.calls.iter().rposition(|call| call.id == *id));
        let by_index = || self.calls.iter().rposition(|call| call.index.is_some() && call.index == piece.index);
        // Some servers count text and calls in one sequence, so an unknown index means the last call.
        let at = by_id.or_else(by_index).unwrap_or(last);
        let call = self.calls.get(at)?;
        let Some(name) = &piece.name else { return Some(at) };
        let is_other = piece.id.as_ref().is_some_and(|id| *id != call.id)
            || piece.index.is_some() && call.index.is_some() && piece.index != call.index
            || *name != call.name
            || !piece.arguments.trim().is_empty() && call.is_complete();
        (!is_other).then_some(at)
    }

    /// A call of Anthropic's format: one after the other, each part with all arguments so far, the first without any.
    pub(super) fn whole_call(&mut self, whole: &WholeCall) -> Result<(), LlmFault> {
        let arguments = whole.fn_arguments.as_str().unwrap_or_default();
        self.count_bytes(arguments.len());
        let is_same = |call: &&mut PartialCall| call.id == whole.call_id && call.name == whole.fn_name;
        match self.calls.last_mut().filter(is_same) {
            Some(call) if call.arguments.is_empty() || !arguments.is_empty() => {
                arguments.clone_into(&mut call.arguments);
                check_size(arguments.len())
            }
            Some(_) | None => self.begin_call(None, whole.call_id.clone(), whole.fn_name.clone(), arguments.to_owned()),
        }
    }

    fn begin_call(&mut self, index: Option<u64>, id: String, name: String, arguments: String) -> Result<(), LlmFault> {
        if self.calls.len() == MAX_CALLS || name.len() > 200 || id.len() > 200 {
            return Err(LlmFault::Malformed);
        }
        let length = arguments.len();
        self.calls.push(PartialCall { index, id, name, arguments });
        check_size(length)
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

    pub(super) fn finish(self) -> Result<FinishedAnswer, LlmFault> {
        if matches!(self.stop, Some(StopReason::MaxTokens(_) | StopReason::ContentFilter(_))) {
            return Err(LlmFault::Cut);
        }
        let calls = self.calls.into_iter().map(PartialCall::finish).collect::<Result<_, _>>()?;
        let stop = if matches!(self.stop, Some(StopReason::ToolCall(_))) { Stop::ForCalls } else { Stop::Other };
        Ok(FinishedAnswer { text: self.text, calls, stop })
    }
}

/// Estimates the tokens of some bytes: four bytes per token.
pub(super) fn estimate_tokens(bytes: usize) -> u64 {
    bytes.div_ceil(4) as u64
}

impl PartialCall {
    fn is_complete(&self) -> bool {
        serde_json::from_str::<Value>(&self.arguments).is_ok_and(|arguments| arguments.is_object())
    }

    fn finish(self) -> Result<ToolCall, LlmFault> {
        let text = if self.arguments.trim().is_empty() { "{}" } else { self.arguments.as_str() };
        match serde_json::from_str::<Value>(text) {
            Ok(arguments @ Value::Object(_)) => {
                let written = text.to_owned();
                Ok(ToolCall { id: self.id, name: self.name, arguments, written })
            }
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

    fn piece(index: Option<u64>, id: &str, name: &str, arguments: &str) -> CallPiece {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        CallPiece { index, id: given(id), name: given(name), arguments: arguments.to_owned() }
    }

    fn whole(id: &str, name: &str, arguments: &str) -> WholeCall {
        WholeCall {
            call_id: id.into(),
            fn_name: name.into(),
            fn_arguments: Value::String(arguments.into()),
            thought_signatures: None,
        }
    }

    /// Names and arguments.
    fn finished(streamed: StreamedAnswer) -> Result<Vec<(String, String)>, LlmFault> {
        let calls = streamed.finish()?.calls;
        Ok(calls.into_iter().map(|call| (call.name, call.arguments.to_string())).collect())
    }

    fn assembled(pieces: &[CallPiece]) -> Result<Vec<(String, String)>, LlmFault> {
        let mut streamed = StreamedAnswer::new();
        pieces.iter().try_for_each(|piece| streamed.call_piece(piece.clone()))?;
        finished(streamed)
    }

    #[test]
    fn openai_pieces_are_matched_by_id_index_or_order() {
        let two = Ok(vec![("one".to_owned(), r#"{"a":1}"#.to_owned()), ("two".to_owned(), r#"{"b":2}"#.to_owned())]);
        for (name, pieces) in [
            (
                "OpenAI: ids in the first part only",
                vec![
                    piece(Some(0), "c1", "one", ""),
                    piece(Some(0), "", "", "{\"a\""),
                    piece(Some(0), "", "", ":1}"),
                    piece(Some(1), "c2", "two", ""),
                    piece(Some(1), "", "", "{\"b\":2}"),
                ],
            ),
            (
                "indexes that do not start at 0",
                vec![
                    piece(Some(3), "c1", "one", ""),
                    piece(Some(3), "", "", "{\"a\":1}"),
                    piece(Some(4), "c2", "two", ""),
                    piece(Some(4), "", "", "{\"b\":2}"),
                ],
            ),
            (
                "id and name in every part, interleaved",
                vec![
                    piece(None, "c1", "one", "{\"a\""),
                    piece(None, "c2", "two", "{\"b\""),
                    piece(None, "c1", "one", ":1}"),
                    piece(None, "c2", "two", ":2}"),
                ],
            ),
            (
                "interleaved by index",
                vec![
                    piece(Some(0), "", "one", "{\"a\""),
                    piece(Some(1), "", "two", "{\"b\""),
                    piece(Some(0), "", "", ":1}"),
                    piece(Some(1), "", "", ":2}"),
                ],
            ),
            ("neither index nor id", vec![piece(None, "", "one", "{\"a\":1}"), piece(None, "", "two", "{\"b\":2}")]),
            (
                "neither index nor id, in parts",
                vec![
                    piece(None, "", "one", ""),
                    piece(None, "", "", "{\"a\":1}"),
                    piece(None, "", "two", "{\"b\""),
                    piece(None, "", "", ":2}"),
                ],
            ),
            (
                "the same index for all",
                vec![piece(Some(0), "c1", "one", "{\"a\":1}"), piece(Some(0), "c2", "two", "{\"b\":2}")],
            ),
            (
                "a new id for every part",
                vec![
                    piece(Some(0), "x1", "one", ""),
                    piece(Some(0), "x2", "", "{\"a\":1}"),
                    piece(Some(1), "x3", "two", ""),
                    piece(Some(1), "x4", "", "{\"b\":2}"),
                ],
            ),
        ] {
            assert_eq!(assembled(&pieces), two, "{name}");
        }
        // One tool twice.
        let twice = [piece(Some(0), "", "one", "{\"a\":1}"), piece(Some(0), "", "one", "{\"a\":2}")];
        let expected = vec![("one".to_owned(), r#"{"a":1}"#.to_owned()), ("one".to_owned(), r#"{"a":2}"#.to_owned())];
        assert_eq!(assembled(&twice), Ok(expected));
        // A part before any name belongs to no tool, which the check of names refuses.
        assert_eq!(assembled(&[piece(None, "", "", "{}")]), Ok(vec![(String::new(), "{}".to_owned())]));
    }

    #[test]
    fn anthropic_parts_contain_all_arguments_so_far() {
        let assembled = |parts: &[WholeCall]| {
            let mut streamed = StreamedAnswer::new();
            parts.iter().try_for_each(|part| streamed.whole_call(part))?;
            finished(streamed)
        };
        let one = ("one".to_owned(), r#"{"a":1}"#.to_owned());
        let parts = [whole("t1", "one", ""), whole("t1", "one", "{\"a\""), whole("t1", "one", "{\"a\":1}")];
        assert_eq!(assembled(&parts), Ok(vec![one.clone()]));
        // A tool without arguments sends no part for them.
        assert_eq!(assembled(&[whole("t1", "one", "")]), Ok(vec![("one".into(), "{}".into())]));
        // Two calls without ids.
        let parts =
            [whole("", "one", ""), whole("", "one", "{\"a\":1}"), whole("", "one", ""), whole("", "one", "{\"a\":1}")];
        assert_eq!(assembled(&parts), Ok(vec![one.clone(), one]));
    }

    #[test]
    fn answers_over_the_limits_are_refused() {
        let many: Vec<CallPiece> = (0..40).map(|n| piece(Some(n), &format!("c{n}"), "one", "{}")).collect();
        assert_eq!(assembled(&many), Err(LlmFault::Malformed));
        let long = vec![piece(Some(0), "c1", "", &"x".repeat(10_000)); 10];
        assert_eq!(assembled(&long), Err(LlmFault::Malformed));
        let mut streamed = StreamedAnswer::new();
        assert!((0..100).any(|_| streamed.text(&"x".repeat(1_000)).is_err()));
    }

    #[test]
    fn arguments_that_are_not_an_object_are_malformed() {
        for wrong in ["{\"a\":", "[1]", "\"a\"", "null"] {
            let found = assembled(&[piece(Some(0), "c1", "one", wrong)]);
            assert_eq!(found, Err(LlmFault::MalformedArguments("one".into())), "{wrong}");
        }
    }
}
