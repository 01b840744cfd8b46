//! Snooze: the owner puts a conversation aside until a time, until the customer writes, or until shortly before the
//! 24-hour window ends. Whatever the customer does ends it: see `domain::conversation::snooze`.

use crate::{
    domain::{
        conversation::{Command, SnoozeUntil},
        ids::ConversationId,
    },
    server::{
        accounts::Agent,
        conversations::{ConversationError, Conversations, Result},
    },
};

impl Conversations {
    /// # Errors
    /// [`ConversationError::Invalid`] if the time is past or too far, or the window leaves none.
    pub async fn snooze(&self, agent: &Agent, id: &ConversationId, until: SnoozeUntil) -> Result<()> {
        self.transact_for(agent, move |mut work| async move {
            let it = work.lock(id).await?.conversation.clone();
            it.owned_by(agent.id())?;
            let snooze =
                until.begin(it.window, work.now).map_err(|detail| ConversationError::Invalid(detail.to_owned()))?;
            work.run(id, agent.actor(), &Command::Snooze { agent: agent.id().clone(), snooze }, None)?;
            work.done()
        })
        .await
    }

    /// Ends a snooze before its time.
    pub async fn unsnooze(&self, agent: &Agent, id: &ConversationId) -> Result<()> {
        self.command(agent, id, Command::Unsnooze { agent: agent.id().clone() }).await
    }
}
