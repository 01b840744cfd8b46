//! Turns of the language model that are under way, so that a new message of the same conversation can reach its turn.
//! A hint of this process only: what a turn may do is decided again when it settles.

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

/// The attempt that is under way.
#[derive(Default)]
struct Attempt {
    state: AttemptState,
    token: CancellationToken,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum AttemptState {
    #[default]
    First,
    /// The customer wrote more: the turn begins again with it.
    Restarting,
    /// It has begun again once; what comes now waits for its own turn.
    Second,
    /// Nobody wants the answer any more.
    Cancelled,
}

/// One turn under way; it is over when this is dropped.
pub struct ActiveTurn {
    active_turns: ActiveTurns,
    conversation: ConversationId,
    signals: Arc<Signals>,
}

/// Why an attempt was broken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// Begin again.
    Again,
    /// Let it be.
    Off,
}

impl ActiveTurns {
    pub fn start(&self, conversation: &ConversationId) -> ActiveTurn {
        let signals = Arc::new(Signals::default());
        self.lock().insert(conversation.clone(), signals.clone());
        ActiveTurn { active_turns: self.clone(), conversation: conversation.clone(), signals }
    }

    /// The customer wrote more. Only the first time breaks the attempt off.
    pub fn restart(&self, conversation: &ConversationId) {
        if let Some(signals) = self.lock().get(conversation) {
            let mut attempt = signals.lock();
            if attempt.state == AttemptState::First {
                attempt.state = AttemptState::Restarting;
                attempt.token.cancel();
            }
        }
    }

    /// A person was called, or it is over.
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
    /// Ends the attempt that is under way when somebody asks for it.
    pub fn token(&self) -> CancellationToken {
        self.signals.lock().token.clone()
    }

    /// After an attempt was broken off: whether to begin again. A fresh token is ready then.
    pub fn broken(&self) -> Broken {
        let mut attempt = self.signals.lock();
        if attempt.state != AttemptState::Restarting {
            return Broken::Off;
        }
        *attempt = Attempt { state: AttemptState::Second, token: CancellationToken::new() };
        Broken::Again
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
    fn given_a_turn_when_the_customer_writes_thrice_then_it_begins_again_once() {
        let active_turns = ActiveTurns::default();
        let id = ConversationId::from("cnv_1");
        let turn_signals = active_turns.start(&id);
        let first = turn_signals.token();
        active_turns.restart(&id);
        assert!(first.is_cancelled());
        assert_eq!(turn_signals.broken(), Broken::Again);
        let second = turn_signals.token();
        active_turns.restart(&id);
        active_turns.restart(&id);
        assert!(!second.is_cancelled());
    }

    #[test]
    fn given_a_turn_when_a_person_is_called_then_it_is_let_be() {
        let active_turns = ActiveTurns::default();
        let id = ConversationId::from("cnv_1");
        let turn_signals = active_turns.start(&id);
        active_turns.restart(&id);
        active_turns.cancel(&id);
        assert!(turn_signals.token().is_cancelled());
        assert_eq!(turn_signals.broken(), Broken::Off);
    }

    #[test]
    fn given_a_turn_that_is_over_then_nobody_is_told() {
        let active_turns = ActiveTurns::default();
        let id = ConversationId::from("cnv_1");
        drop(active_turns.start(&id));
        active_turns.restart(&id);
        assert!(active_turns.lock().is_empty());
    }
}
