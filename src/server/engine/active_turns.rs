//! Model turns in the air: who is being answered right now, so that news of the same conversation can reach the turn.
//! A hint of this process only; what a turn may do is decided again when it settles.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
};

use tokio_util::sync::CancellationToken;

use crate::domain::ids::ConversationId;

#[derive(Clone, Default)]
pub struct ActiveTurns {
    turns: Arc<Mutex<HashMap<ConversationId, Arc<Signals>>>>,
}

#[derive(Default)]
struct Signals {
    /// Of the try that is under way.
    current: Mutex<CancellationToken>,
    state: AtomicU8,
}

const FIRST: u8 = 0;
/// The customer wrote more: begin again with it.
const RESTARTING: u8 = 1;
/// It has begun again once; what comes now waits for its own turn.
const SECOND: u8 = 2;
/// Nobody wants the answer any more.
const CANCELLED: u8 = 3;

/// One turn in the air; it lands when this is dropped.
pub struct ActiveTurn {
    active_turns: ActiveTurns,
    conversation: ConversationId,
    signals: Arc<Signals>,
}

/// Why a try was broken off.
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

    /// The customer wrote more. Only the first time breaks the try off.
    pub fn restart(&self, conversation: &ConversationId) {
        if let Some(signals) = self.lock().get(conversation) {
            let first = signals.state.compare_exchange(FIRST, RESTARTING, Ordering::SeqCst, Ordering::SeqCst);
            if first.is_ok() {
                signals.cancel();
            }
        }
    }

    /// A person was called, or it is over.
    pub fn cancel(&self, conversation: &ConversationId) {
        if let Some(signals) = self.lock().get(conversation) {
            signals.state.store(CANCELLED, Ordering::SeqCst);
            signals.cancel();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<ConversationId, Arc<Signals>>> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Signals {
    fn cancel(&self) {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).cancel();
    }
}

impl ActiveTurn {
    /// Ends the try that is under way when somebody asks for it.
    pub fn token(&self) -> CancellationToken {
        self.signals.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// After a broken try: whether to begin again. A fresh token is ready then.
    pub fn broken(&self) -> Broken {
        let again = self.signals.state.compare_exchange(RESTARTING, SECOND, Ordering::SeqCst, Ordering::SeqCst).is_ok();
        if again {
            *self.signals.current.lock().unwrap_or_else(PoisonError::into_inner) = CancellationToken::new();
            return Broken::Again;
        }
        Broken::Off
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
    fn given_a_turn_that_landed_then_nobody_is_told() {
        let active_turns = ActiveTurns::default();
        let id = ConversationId::from("cnv_1");
        drop(active_turns.start(&id));
        active_turns.restart(&id);
        assert!(active_turns.lock().is_empty());
    }
}
