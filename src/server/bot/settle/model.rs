//! Jobs for answers of the language model.

use crate::{
    domain::{
        bot::{FlowChange, Turn},
        ids::ConversationId,
        time::Span,
    },
    server::{
        conversations::{Result, UnitOfWork},
        store::{
            jobs::{self, JobKind},
            messages, model_sessions,
        },
    },
};

/// How long the model waits for further messages, because customers type in bursts.
pub const DEBOUNCE: Span = Span(1_500);
/// The longest such wait, however many messages follow.
const MAX_DEBOUNCE: Span = Span::seconds(6);

impl UnitOfWork {
    /// Whether the model has read this turn's message and answered it already. It reads messages whose turn is still
    /// pending.
    pub(super) async fn is_answered(&mut self, turn: &Turn, change: &FlowChange) -> Result<bool> {
        let (FlowChange::Keep, Some(_), Some(message)) = (change, &turn.content, &turn.message) else {
            return Ok(false);
        };
        let session = model_sessions::find(&mut self.tx, &turn.tenant, &turn.conversation, turn.epoch).await?;
        let Some(session) = session else { return Ok(false) };
        let record = messages::find(&mut self.tx, &turn.tenant, message).await?;
        Ok(record.is_some_and(|record| record.seq <= session.seen))
    }

    /// Enqueues an answer of the model after [`DEBOUNCE`], so that one answer serves a burst of messages.
    pub(super) async fn enqueue_model(&mut self, conversation: &ConversationId) -> Result<()> {
        let due = self.now.plus(DEBOUNCE);
        if !jobs::postpone(&mut self.tx, JobKind::Model, conversation.as_str(), due, MAX_DEBOUNCE).await? {
            self.enqueue(JobKind::Model, conversation.as_str(), String::new(), due);
        }
        self.wake_models();
        Ok(())
    }
}
