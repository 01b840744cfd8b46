//! A reply window that ends while the customer waits for a person's reply. Near its end the customer is asked to keep it open,
//! if an admin lets that be done: once in each window, and never while a close or return can still be undone.
//!
//! What is sent is in `window::keep_open`. Jobs, and what the tables know of the customer, do not belong here.

use serde::{Deserialize, Serialize};

use super::{Conversation, State, queued};
use crate::{
    event::Event,
    ids::MessageId,
    message::Author,
    time::{Span, Timestamp},
    window::keep_open::AskBefore,
};

/// How long after a close or return could have been undone it is looked at again.
const AFTER_ENDING: Span = Span::seconds(5);

/// A window in which the customer waits. The job that waits for its end stores it as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowWait {
    pub closes: Timestamp,
}

/// What is next in a window in which the customer waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowStep {
    /// The customer does not wait in this window any more, or nothing is to be done.
    Over,
    /// Nothing before this time.
    WaitUntil(Timestamp),
    Ask,
}

impl Conversation {
    /// The window in which the customer waits for a person's reply that we may send.
    pub fn window_wait(&self) -> Option<WindowWait> {
        let waits = matches!(self.state, State::Human { .. }) && self.reply_clock.is_some() && self.control.may_send();
        Some(WindowWait { closes: self.window.closes_at().filter(|_| waits)? })
    }

    /// What is next in a window at `now`. When customers are asked is the tenant's setting of now.
    pub fn window_step(&self, wait: WindowWait, before: AskBefore, now: Timestamp) -> WindowStep {
        let Some(before) = before.span().filter(|_| self.window_wait() == Some(wait) && now < wait.closes) else {
            return WindowStep::Over;
        };
        let due = wait.closes.minus(before);
        if now < due {
            return WindowStep::WaitUntil(due);
        }
        match &self.ending {
            None => WindowStep::Ask,
            Some(ending) => WindowStep::WaitUntil(ending.due_at.max(now).plus(AFTER_ENDING)),
        }
    }

    /// The request. In a window in which nobody waits any more nothing is asked.
    pub(super) fn ask_to_keep_open(
        &self,
        wait: &WindowWait,
        message: &MessageId,
        kind: &str,
        digest: &str,
        now: Timestamp,
    ) -> Vec<Event> {
        if self.window_wait() != Some(*wait) || self.ending.is_some() || now >= wait.closes {
            return Vec::new();
        }
        let asked = Event::WindowAsked { message: message.clone(), closes: wait.closes };
        vec![queued(message, Author::System, kind, digest), asked]
    }
}

#[cfg(test)]
#[path = "window_wait_tests.rs"]
mod tests;
