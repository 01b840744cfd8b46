//! The customer service window: for 24 hours after a customer's message a business may send free-form messages,
//! afterwards only approved templates (Meta answers 131047). It starts at Meta's timestamp of the message, not at its
//! arrival. `keeper.rs`: what is offered near its end, `keep_open.rs`: the message; `closed.rs`: what is sent in the place of
//! an automatic text after it.

pub mod closed;
pub mod keep_open;
pub mod keeper;

use serde::{Deserialize, Serialize};

use super::time::{Span, Timestamp};

/// How long a customer's message keeps the window open.
pub const LENGTH: Span = Span::hours(24);

/// The known facts about a conversation's window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Meta's time of the customer's newest turn; `None` if the customer never wrote.
    pub last_turn: Option<Timestamp>,
    /// The time at which Meta answered 131047, which overrides our calculation until the customer's next message.
    #[serde(default)]
    pub refused_at: Option<Timestamp>,
}

impl Window {
    /// When the window closes; `None` if it is not open.
    pub fn closes_at(self) -> Option<Timestamp> {
        let last = self.last_turn?;
        match self.refused_at {
            Some(_) => None,
            None => Some(last.plus(LENGTH)),
        }
    }

    pub fn is_open(self, now: Timestamp) -> bool {
        self.closes_at().is_some_and(|end| now < end)
    }

    /// The remaining time at `now`; `None` when closed.
    pub fn left(self, now: Timestamp) -> Option<Span> {
        self.closes_at().filter(|end| now < *end).map(|end| end.since(now))
    }

    /// A customer's turn opens or renews the window; one that arrives late never shortens it.
    pub fn renewed(self, turn: Timestamp) -> Self {
        if self.last_turn.is_some_and(|last| last >= turn) {
            return self;
        }
        Self { last_turn: Some(turn), refused_at: None }
    }

    pub fn refused(self, at: Timestamp) -> Self {
        Self { refused_at: Some(at), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: Timestamp = Timestamp(1_000_000);

    #[test]
    fn it_closes_24_hours_after_the_customers_turn() {
        let window = Window::default().renewed(T0);
        assert!(window.is_open(T0.plus(Span(LENGTH.0 - 1))));
        assert!(!window.is_open(T0.plus(LENGTH)));
    }

    #[test]
    fn a_late_message_never_shortens_it() {
        let window = Window::default().renewed(T0).renewed(T0.minus(Span::hours(3)));
        assert_eq!(window.last_turn, Some(T0));
    }

    #[test]
    fn metas_refusal_closes_the_window_until_the_customer_writes_again() {
        let refused = Window::default().renewed(T0).refused(T0.plus(Span::hours(1)));
        assert!(!refused.is_open(T0.plus(Span::hours(2))));
        assert!(refused.renewed(T0.plus(Span::hours(3))).is_open(T0.plus(Span::hours(4))));
    }

    #[test]
    fn without_a_turn_there_is_no_window() {
        assert!(!Window::default().is_open(T0));
    }

    #[test]
    fn the_remaining_time_ends_with_the_window() {
        let window = Window::default().renewed(T0);
        let end = T0.plus(LENGTH);
        assert_eq!(window.closes_at(), Some(end));
        assert_eq!(window.left(T0), Some(LENGTH));
        assert_eq!(window.left(end.minus(Span(1))), Some(Span(1)));
        assert_eq!(window.left(end), None);
        assert_eq!(window.left(end.plus(Span(1))), None);
        assert_eq!(Window::default().left(T0), None);
        assert_eq!(window.refused(T0).left(T0), None);
    }

    #[test]
    fn only_a_newer_message_reopens_a_refused_window() {
        let refused = Window::default().renewed(T0).refused(T0.plus(Span::hours(1)));
        assert_eq!((refused.last_turn, refused.closes_at()), (Some(T0), None));
        // The turn that opened the window arrives again, or an older one arrives late.
        for turn in [T0, T0.minus(Span(1))] {
            assert_eq!(refused.renewed(turn), refused);
        }
        let newer = T0.plus(Span(1));
        assert_eq!(refused.renewed(newer), Window { last_turn: Some(newer), refused_at: None });
    }
}
