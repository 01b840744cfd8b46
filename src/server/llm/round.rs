//! Sends one request to the model and reads its streamed answer.
//!
//! All timeouts use the clock: until the first part, between parts, and until the end of the turn. Dropping the future
//! closes the connection.

use futures::StreamExt;
use genai::{
    ServiceTarget,
    chat::{ChatOptions, ChatRequest, ChatStreamEvent},
};
use tokio_util::sync::CancellationToken;

use super::{
    Llm,
    fault::LlmFault,
    gather::Gathered,
    talk::{Endpoint, ToolCall},
};
use crate::domain::{model::STALL, time::Timestamp};

/// One request.
pub(super) struct Question<'a> {
    pub(super) endpoint: &'a Endpoint,
    pub(super) target: ServiceTarget,
    pub(super) options: ChatOptions,
    pub(super) request: ChatRequest,
    /// Size of the request in bytes, to estimate its tokens.
    pub(super) size: usize,
    /// The end of the turn's time.
    pub(super) until: Timestamp,
    pub(super) cancel: &'a CancellationToken,
}

/// The result and its tokens, which count even if the answer failed.
pub(super) struct Round {
    pub(super) tokens: u64,
    pub(super) outcome: Result<(String, Vec<ToolCall>), LlmFault>,
}

impl Llm {
    pub(super) async fn ask(&self, question: Question<'_>) -> Round {
        let mut gathered = Gathered::new(question.endpoint.provider);
        let size = question.size;
        let heard = self.hear(question, &mut gathered).await;
        let tokens = if heard.is_ok() || gathered.has_begun() { gathered.tokens(size) } else { 0 };
        Round { tokens, outcome: heard.and_then(|()| gathered.finish()) }
    }

    /// Reads the stream until the answer ends.
    async fn hear(&self, question: Question<'_>, gathered: &mut Gathered) -> Result<(), LlmFault> {
        let Question { endpoint, target, options, request, until, cancel, .. } = question;
        let asked = self.client.exec_chat_stream(target, request, Some(&options)).await;
        drop(options);
        let mut stream = asked.map_err(|error| LlmFault::of(&error))?.stream;
        let mut last = self.clock.now();
        loop {
            let (patience, silence) = if gathered.has_begun() {
                (endpoint.silence.min(STALL), LlmFault::Stalled)
            } else {
                (endpoint.silence, LlmFault::TimedOut)
            };
            let event = tokio::select! {
                biased;
                () = cancel.cancelled() => return Err(LlmFault::Cancelled),
                event = stream.next() => event,
                () = self.clock.sleep_until(until.min(last.plus(patience))) => {
                    return Err(if self.clock.now() >= until { LlmFault::TimedOut } else { silence });
                }
            };
            match event {
                // Emitted before the connection is made.
                Some(Ok(ChatStreamEvent::Start)) => continue,
                Some(Ok(ChatStreamEvent::Chunk(piece))) => gathered.text(&piece.content)?,
                Some(Ok(ChatStreamEvent::ReasoningChunk(piece) | ChatStreamEvent::ThoughtSignatureChunk(piece))) => {
                    gathered.thought(&piece.content);
                }
                Some(Ok(ChatStreamEvent::ToolCallChunk(piece))) => gathered.call(&piece.tool_call)?,
                Some(Ok(ChatStreamEvent::Heartbeat)) => {}
                Some(Ok(ChatStreamEvent::End(end))) => {
                    gathered.end(end);
                    return Ok(());
                }
                Some(Err(error)) => return Err(LlmFault::of(&error)),
                // The stream ended without its final event.
                None => return Err(LlmFault::Broken),
            }
            last = self.clock.now();
        }
    }
}
