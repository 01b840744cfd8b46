//! The bot ends a conversation, or leaves it open because the customer wrote more.

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
    /// Whether a turn may end the conversation: not while something that the customer wrote is undecided or unanswered.
    pub(super) async fn may_close(&mut self, turn: &Turn) -> Result<bool> {
        let it = self.get(&turn.conversation).ok_or(ConversationError::NotFound)?;
        if it.decide(&close(turn), self.now) == Err(Refusal::CustomerJustWrote) {
            return Ok(false);
        }
        Ok(!jobs::is_owed(&mut self.tx, JobKind::Turn, turn.conversation.as_str()).await?)
    }

    /// Closes the conversation over what the turn has taken in.
    pub(super) fn bot_close(&mut self, turn: &Turn) -> Result<()> {
        self.run(&turn.conversation, Actor::Bot, &close(turn), None)?;
        Ok(())
    }

    /// The customer wrote more before the end was reached. Whoever is owed to it answers; words that came while another
    /// system was asked were left for later, which is now.
    pub(super) async fn stay_open(&mut self, turn: &Turn) -> Result<()> {
        let key = turn.conversation.as_str();
        for kind in [JobKind::Turn, JobKind::Model] {
            if jobs::is_owed(&mut self.tx, kind, key).await? {
                return Ok(());
            }
        }
        let newest = self.get(&turn.conversation).and_then(|it| it.last_turn.clone());
        if let Some(newest) = newest {
            self.enqueue(JobKind::Turn, key, newest.into_string(), self.now);
        }
        Ok(())
    }
}

fn close(turn: &Turn) -> Command {
    Command::BotClose { turn: turn.epoch, seen: turn.seen.clone() }
}
