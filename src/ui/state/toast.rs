//! Toasts as the state keeps them. `kit/toast.rs` draws them.

use leptos::prelude::*;

use super::AppState;
use crate::{
    contract::ApiError,
    domain::{
        ids::ConversationId,
        time::{Span, Timestamp},
    },
};

/// So long a toast stays at least before a heartbeat ends it: about as long as it takes to notice and read it.
const READING: Span = Span::seconds(5);

/// A short message to the person, kept until it is dismissed or replaced, or what it says is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    pub id: u64,
    pub words: String,
    pub tone: ToastTone,
    pub end: ToastEnd,
    /// When it was shown, by the server's clock.
    pub at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToastTone {
    Info,
    Error,
}

/// What ends a toast that the person does not dismiss.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToastEnd {
    /// Nothing: it tells what has happened.
    Dismissed,
    /// The live stream is open: the network is back, or the person is signed in again.
    Connected,
    /// The viewer is not away any more.
    Online,
    /// Somebody waits for an agent.
    SomebodyWaits,
    /// Another conversation is open, or none.
    ConversationLeft,
    /// This conversation is open: the toast tells what happened in it.
    Opened(ConversationId),
}

impl ToastEnd {
    /// What ends the toast of an error.
    pub fn of(error: &ApiError) -> Self {
        match error {
            ApiError::Offline | ApiError::SignedOut => Self::Connected,
            ApiError::Forbidden
            | ApiError::PasswordNeeded
            | ApiError::SecondFactorNeeded
            | ApiError::NotFound
            | ApiError::Invalid(_)
            | ApiError::Conflict(_)
            | ApiError::Continued { .. }
            | ApiError::Throttled(_)
            | ApiError::Internal => Self::Dismissed,
        }
    }
}

/// Adds a toast as the newest. One with the same words goes, and the oldest ones beyond three.
fn add(toasts: &mut Vec<Toast>, tone: ToastTone, words: String, end: ToastEnd, at: Timestamp) {
    toasts.retain(|toast| toast.words != words);
    let id = toasts.last().map_or(0, |toast| toast.id + 1);
    toasts.push(Toast { id, words, tone, end, at });
    let surplus = toasts.len().saturating_sub(3);
    toasts.drain(..surplus);
}

/// Whether a heartbeat at `now` contradicts the toast: it says that there is no connection, and has been read.
fn is_contradicted(toast: &Toast, now: Timestamp) -> bool {
    toast.end == ToastEnd::Connected && now.since(toast.at) >= READING
}

impl AppState {
    /// Shows a toast until it is dismissed or replaced.
    pub fn toast(&self, tone: ToastTone, words: impl Into<String>) {
        self.toast_until(ToastEnd::Dismissed, tone, words);
    }

    /// Shows a toast that goes away by itself once what it says is over.
    pub fn toast_until(&self, end: ToastEnd, tone: ToastTone, words: impl Into<String>) {
        let words = words.into();
        let now = self.now.get_untracked();
        self.toasts.update(|toasts| add(toasts, tone, words, end, now));
    }

    /// Takes the toasts away that end with this.
    pub fn end_toasts(&self, end: &ToastEnd) {
        self.remove_toasts(|toast| toast.end == *end);
    }

    /// The server sends heartbeats: a call that did not reach it was an exception.
    pub(super) fn end_contradicted_toasts(&self) {
        let now = self.now.get_untracked();
        self.remove_toasts(|toast| is_contradicted(toast, now));
    }

    fn remove_toasts(&self, is_over: impl Fn(&Toast) -> bool) {
        self.toasts.maybe_update(|toasts| {
            let count = toasts.len();
            toasts.retain(|toast| !is_over(toast));
            toasts.len() < count
        });
    }

    /// Ends toasts with what they say, until the current owner is cleaned up. Called once. The stream ends those of a lost
    /// connection itself: a short interruption does not show in [`AppState::connection`].
    pub fn follow_toast_ends(self) {
        Effect::new(move |_| {
            if !self.viewer.with(|viewer| viewer.away) {
                self.end_toasts(&ToastEnd::Online);
            }
        });
        Effect::new(move |_| {
            if self.desk.with(|desk| desk.counts.waiting) > 0 {
                self.end_toasts(&ToastEnd::SomebodyWaits);
            }
        });
        Effect::new(move |_| {
            let shown = self.shown.get();
            self.end_toasts(&ToastEnd::ConversationLeft);
            if let Some(shown) = shown {
                self.end_toasts(&ToastEnd::Opened(shown));
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(toasts: &[Toast]) -> Vec<&str> {
        toasts.iter().map(|toast| toast.words.as_str()).collect()
    }

    #[test]
    fn the_newest_three_are_kept_each_once() {
        let mut toasts = Vec::new();
        for said in ["a", "b", "a", "c", "d"] {
            add(&mut toasts, ToastTone::Info, said.to_owned(), ToastEnd::Dismissed, Timestamp(0));
        }
        assert_eq!(words(&toasts), ["a", "c", "d"]);
        let ids: Vec<_> = toasts.iter().map(|toast| toast.id).collect();
        assert!(ids.is_sorted_by(|one, next| one < next), "{ids:?}");
    }

    #[test]
    fn an_error_of_the_connection_ends_with_the_connection_and_a_refusal_stays() {
        for error in [ApiError::Offline, ApiError::SignedOut] {
            assert_eq!(ToastEnd::of(&error), ToastEnd::Connected, "{error:?}");
        }
        for error in [ApiError::Internal, ApiError::NotFound, ApiError::Conflict("Ben already claimed Maria.".into())] {
            assert_eq!(ToastEnd::of(&error), ToastEnd::Dismissed, "{error:?}");
        }
    }

    #[test]
    fn a_heartbeat_contradicts_what_says_that_there_is_no_connection_once_it_was_read() {
        let mut toasts = Vec::new();
        add(&mut toasts, ToastTone::Error, "offline".to_owned(), ToastEnd::Connected, Timestamp(1_000));
        add(&mut toasts, ToastTone::Info, "done".to_owned(), ToastEnd::Dismissed, Timestamp(1_000));
        let over = |now| toasts.iter().map(|toast| is_contradicted(toast, Timestamp(now))).collect::<Vec<_>>();
        assert_eq!(over(5_999), [false, false]);
        assert_eq!(over(6_000), [true, false]);
    }
}
