//! Sends one request to the model and reads its streamed answer.
//!
//! All timeouts use the clock: until the first part, between parts, and until the end of the turn. Dropping the future
//! closes the connection.

use std::sync::Arc;

use futures::StreamExt;
use genai::{
    ServiceTarget,
    chat::{ChatOptions, ChatRequest, ChatStreamEvent},
};
use tokio_util::sync::CancellationToken;

use super::{
    Llm,
    call_pieces::CallPieces,
    fault::LlmFault,
    streamed_answer::{FinishedAnswer, StreamedAnswer},
    types::Endpoint,
};
use crate::domain::{
    model::{Provider, STALL},
    time::Timestamp,
};

/// One request.
pub(super) struct ModelRequest<'a> {
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
    pub(super) outcome: Result<FinishedAnswer, LlmFault>,
}

impl Llm {
    pub(super) async fn ask(&self, question: ModelRequest<'_>) -> Round {
        let mut streamed = StreamedAnswer::new();
        let size = question.size;
        let read = self.read_stream(question, &mut streamed).await;
        let tokens = if read.is_ok() || streamed.has_begun() { streamed.tokens(size) } else { 0 };
        Round { tokens, outcome: read.and_then(|()| streamed.finish()) }
    }

    /// Reads the stream until the answer ends.
    async fn read_stream(&self, question: ModelRequest<'_>, streamed: &mut StreamedAnswer) -> Result<(), LlmFault> {
        let ModelRequest { endpoint, target, options, request, until, cancel, .. } = question;
        let pieces = Arc::new(CallPieces::default());
        let options = match endpoint.provider {
            Provider::OpenAi => options.with_raw_frame_sink_arc(pieces.clone()),
            Provider::Anthropic => options,
        };
        let asked = self.client.exec_chat_stream(target, request, Some(&options)).await;
        drop(options);
        let mut stream = asked.map_err(|error| LlmFault::of(&error))?.stream;
        let mut last = self.clock.now();
        loop {
            let (timeout, timeout_fault) = if streamed.has_begun() {
                (endpoint.first_part_timeout.min(STALL), LlmFault::Stalled)
            } else {
                (endpoint.first_part_timeout, LlmFault::TimedOut)
            };
            let event = tokio::select! {
                biased;
                () = cancel.cancelled() => return Err(LlmFault::Cancelled),
                event = stream.next() => event,
                () = self.clock.sleep_until(until.min(last.plus(timeout))) => {
                    return Err(if self.clock.now() >= until { LlmFault::TimedOut } else { timeout_fault });
                }
            };
            for piece in pieces.take()? {
                streamed.call_piece(piece)?;
            }
            match event {
                // Emitted before the connection is made.
                Some(Ok(ChatStreamEvent::Start)) => continue,
                Some(Ok(ChatStreamEvent::Chunk(piece))) => streamed.text(&piece.content)?,
                Some(Ok(ChatStreamEvent::ReasoningChunk(piece) | ChatStreamEvent::ThoughtSignatureChunk(piece))) => {
                    streamed.thought(&piece.content);
                }
                Some(Ok(ChatStreamEvent::ToolCallChunk(piece))) => match endpoint.provider {
                    // Read from the frame already.
                    Provider::OpenAi => {}
                    Provider::Anthropic => streamed.whole_call(&piece.tool_call)?,
                },
                Some(Ok(ChatStreamEvent::Heartbeat)) => {}
                Some(Ok(ChatStreamEvent::End(end))) => {
                    streamed.end(end);
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
