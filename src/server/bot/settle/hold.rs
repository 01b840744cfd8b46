//! Holds the bot's turns while an agent's close can still be undone: the close may take effect, so nothing is sent, and
//! it may not, so no turn is lost.

use crate::{
    domain::{
        conversation::Conversation,
        ids::ConversationId,
        time::{Span, Timestamp},
    },
    server::{
        bot::{Bot, conversation},
        conversations::{Result, UnitOfWork},
        store::{
            self, Leased, Tx, conversations,
            jobs::{self, JobRow},
        },
    },
};

/// How long after the ending is due the job is tried again, if the ending is not over by then. Its end makes the job
/// due at once.
const MARGIN: Span = Span::seconds(1);

/// Whether a turn that was put back may do its work again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    Allowed,
    /// It has called tools: the next attempt finds the turn interrupted and escalates.
    Never,
}

impl Repeat {
    pub(super) async fn put_back(self, tx: &mut Tx, job: &Leased<JobRow>, due: Timestamp) -> store::Result<()> {
        match self {
            Self::Allowed => jobs::release(tx, job, due).await,
            Self::Never => jobs::reschedule(tx, job, due).await,
        }
    }
}

impl Bot {
    /// Puts a job back if its conversation has a pending ending. Returns whether it did.
    pub async fn waits_for_ending(&self, job: &Leased<JobRow>) -> Result<bool> {
        let mut tx = self.conversations.db.begin_read().await?;
        let stored = conversations::load(&mut tx, &job.tenant_id, &conversation(job)).await?;
        drop(tx);
        let until = stored.and_then(|stored| held_until(&stored.conversation, self.clock.now()));
        let Some(until) = until else { return Ok(false) };
        self.put_back(job, Repeat::Allowed, until).await?;
        Ok(true)
    }

    /// Puts a job back until `due`.
    pub async fn put_back(&self, job: &Leased<JobRow>, repeat: Repeat, due: Timestamp) -> Result<()> {
        let mut tx = self.conversations.db.begin_write().await?;
        repeat.put_back(&mut tx, job, due).await?;
        tx.commit().await?;
        Ok(())
    }
}

impl UnitOfWork {
    /// Until when the bot's turns of a locked conversation wait; `None` if they need not.
    pub(in crate::server::bot) fn held_until(&self, id: &ConversationId) -> Option<Timestamp> {
        held_until(self.get(id)?, self.now)
    }
}

/// While an agent has the conversation nothing is held: the bot's turn is over anyway.
fn held_until(it: &Conversation, now: Timestamp) -> Option<Timestamp> {
    let pending = it.ending.as_ref().filter(|_| it.holds_bot())?;
    Some(pending.due_at.max(now).plus(MARGIN))
}
