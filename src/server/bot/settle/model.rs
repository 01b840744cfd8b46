//! The answer that the language model owes.

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

/// How long the model waits for the rest of what a customer types in bursts.
pub const GATHER: Span = Span(1_500);
/// However long they type, it is not kept waiting for more than this.
const GATHER_AT_MOST: Span = Span::seconds(6);

impl UnitOfWork {
    /// Whether the model has read the message of this turn and answered it already: it may read what is still undecided.
    pub(super) async fn is_answered(&mut self, turn: &Turn, change: &FlowChange) -> Result<bool> {
        let (FlowChange::Keep, Some(_), Some(message)) = (change, &turn.content, &turn.message) else {
            return Ok(false);
        };
        let session = model_sessions::find(&mut self.tx, &turn.tenant, &turn.conversation, turn.epoch).await?;
        let Some(session) = session else { return Ok(false) };
        let record = messages::find(&mut self.tx, &turn.tenant, message).await?;
        Ok(record.is_some_and(|record| record.seq <= session.seen))
    }

    /// Enqueues an answer of the model, in a moment: customers type in bursts, and one answer serves them all.
    pub(super) async fn enqueue_model(&mut self, conversation: &ConversationId) -> Result<()> {
        let due = self.now.plus(GATHER);
        if !jobs::postpone(&mut self.tx, JobKind::Model, conversation.as_str(), due, GATHER_AT_MOST).await? {
            self.enqueue(JobKind::Model, conversation.as_str(), String::new(), due);
        }
        self.wake_models();
        Ok(())
    }
}
