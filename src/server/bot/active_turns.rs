//! The language model's turns in progress, so that a new message of a conversation can restart or cancel its turn. This
//! is a hint within one process: whether a turn's result is valid is checked again when it is settled.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio_util::sync::CancellationToken;

use crate::domain::ids::ConversationId;

#[derive(Clone, Default)]
pub struct ActiveTurns {
    turns: Arc<Mutex<HashMap<ConversationId, Arc<Signals>>>>,
}

#[derive(Default)]
struct Signals(Mutex<Attempt>);

/// The attempt in progress.
#[derive(Default)]
struct Attempt {
    state: AttemptState,
    token: CancellationToken,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum AttemptState {
    #[default]
    First,
    /// The customer wrote more; the turn restarts with the new message.
    Restarting,
    /// The turn has restarted once. Later messages wait for the next turn.
    Second,
    /// The answer is not needed any more.
    Cancelled,
}

/// A turn in progress. Dropping it ends it.
pub struct ActiveTurn {
    active_turns: ActiveTurns,
    conversation: ConversationId,
    signals: Arc<Signals>,
}

/// What to do after an attempt was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interruption {
    /// Restart the turn.
    Restarted,
    /// Drop the turn.
    Cancelled,
}

impl ActiveTurns {
    pub fn start(&self, conversation: &ConversationId) -> ActiveTurn {
        let signals = Arc::new(Signals::default());
        self.lock().insert(conversation.clone(), signals.clone());
        ActiveTurn { active_turns: self.clone(), conversation: conversation.clone(), signals }
    }

    /// Restarts the turn, because the customer wrote more. Only the first call has an effect.
    pub fn restart(&self, conversation: &ConversationId) {
        if let Some(signals) = self.lock().get(conversation) {
            let mut attempt = signals.lock();
            if attempt.state == AttemptState::First {
                attempt.state = AttemptState::Restarting;
                attempt.token.cancel();
            }
        }
    }

    /// Cancels the turn, because the conversation was escalated or closed or its flow has moved.
    pub fn cancel(&self, conversation: &ConversationId) {
        if let Some(signals) = self.lock().get(conversation) {
            let mut attempt = signals.lock();
            attempt.state = AttemptState::Cancelled;
            attempt.token.cancel();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ConversationId, Arc<Signals>>> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Signals {
    fn lock(&self) -> MutexGuard<'_, Attempt> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ActiveTurn {
    /// The token that cancels the current attempt.
    pub fn token(&self) -> CancellationToken {
        self.signals.lock().token.clone()
    }

    /// Says what to do after an attempt was cancelled. For a restart, [`Self::token`] returns a new token.
    pub fn interruption(&self) -> Interruption {
        let mut attempt = self.signals.lock();
        if attempt.state != AttemptState::Restarting {
            return Interruption::Cancelled;
        }
        *attempt = Attempt { state: AttemptState::Second, token: CancellationToken::new() };
        Interruption::Restarted
    }
}

impl Drop for ActiveTurn {
    fn drop(&mut self) {
        let mut turns = self.active_turns.lock();
        if turns.get(&self.conversation).is_some_and(|signals| Arc::ptr_eq(signals, &self.signals)) {
            turns.remove(&self.conversation);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_turn_when_the_customer_writes_repeatedly_then_it_restarts_once() {
        let active_turns = ActiveTurns::default();
        let id = ConversationId::from("cnv_1");
        let turn_signals = active_turns.start(&id);
        let first = turn_signals.token();
        active_turns.restart(&id);
        assert!(first.is_cancelled());
        assert_eq!(turn_signals.interruption(), Interruption::Restarted);
        let second = turn_signals.token();
        active_turns.restart(&id);
        active_turns.restart(&id);
        assert!(!second.is_cancelled());
    }

    #[test]
    fn given_a_turn_when_an_agent_is_requested_then_it_is_cancelled() {
        let active_turns = ActiveTurns::default();
        let id = ConversationId::from("cnv_1");
        let turn_signals = active_turns.start(&id);
        active_turns.restart(&id);
        active_turns.cancel(&id);
        assert!(turn_signals.token().is_cancelled());
        assert_eq!(turn_signals.interruption(), Interruption::Cancelled);
    }

    #[test]
    fn given_an_ended_turn_when_it_is_restarted_then_nothing_happens() {
        let active_turns = ActiveTurns::default();
        let id = ConversationId::from("cnv_1");
        drop(active_turns.start(&id));
        active_turns.restart(&id);
        assert!(active_turns.lock().is_empty());
    }
}
