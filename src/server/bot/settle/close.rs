//! The bot closes a conversation, or leaves it open because the customer has written more. It closes only over what it
//! has read: what is written while the goodbye is on its way would be filed away unread.

use crate::{
    domain::{
        bot::Turn,
        conversation::{Command, Refusal},
        event::Actor,
    },
    server::{
        conversations::{ConversationError, Result, UnitOfWork},
        store::jobs::{self, JobKind},
    },
};

impl UnitOfWork {
    /// Whether a turn may close the conversation. It may not while a message of the customer is undecided or
    /// unanswered.
    pub(super) async fn may_close(&mut self, turn: &Turn) -> Result<bool> {
        let it = self.get(&turn.conversation).ok_or(ConversationError::NotFound)?;
        if it.decide(&close(turn), self.now) == Err(Refusal::CustomerJustWrote) {
            return Ok(false);
        }
        for kind in [JobKind::Turn, JobKind::Reread] {
            if jobs::is_queued(&mut self.tx, kind, turn.conversation.as_str()).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Closes the conversation, including the messages that the turn has seen.
    pub(super) fn bot_close(&mut self, turn: &Turn) -> Result<()> {
        self.run(&turn.conversation, Actor::Bot, &close(turn), None)?;
        Ok(())
    }

    /// The customer wrote more before the close. A queued job answers that; if there is none, a turn is enqueued for
    /// the newest message, which arrived while an API call was in progress.
    pub(super) async fn enqueue_unanswered(&mut self, turn: &Turn) -> Result<()> {
        let key = turn.conversation.as_str();
        for kind in [JobKind::Turn, JobKind::Model] {
            if jobs::is_queued(&mut self.tx, kind, key).await? {
                return Ok(());
            }
        }
        // An edit alone keeps it open too; then the newest message has its answer.
        let newest = self.get(&turn.conversation).and_then(|it| it.last_turn.clone());
        let newest = newest.filter(|newest| turn.seen.as_ref() != Some(newest));
        if let Some(newest) = newest {
            self.enqueue(JobKind::Turn, key, newest.into_string(), self.now);
        }
        Ok(())
    }
}

fn close(turn: &Turn) -> Command {
    Command::BotClose { turn: turn.epoch, seen: turn.seen.clone() }
}
