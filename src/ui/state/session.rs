//! The end of the session, and calls that bring a new one.

use leptos::prelude::*;

use super::{AppState, Connection};
use crate::{contract::Result, ui::browser};

/// The key in local storage that a tab writes when this browser has a new session, so that other tabs use it.
pub const SESSION: &str = "handoff.session";

impl AppState {
    /// Shows that the session has ended, unless a new one takes its place: then a call or a stream was refused because it
    /// went out with the old cookie.
    pub fn show_signed_out(&self) {
        if !self.is_session_changing.get_untracked() {
            self.connection.set(Connection::SignedOut);
        }
    }

    /// Waits for a call that ends the session and brings the cookie of a new one. The server ends the streams of the old
    /// one before its answer is here.
    pub async fn changing_session<T>(self, call: impl Future<Output = Result<T>>) -> Result<T> {
        self.is_session_changing.try_set(true);
        let answer = call.await;
        if answer.is_ok() {
            browser::local_set(SESSION, &browser::random_id());
        }
        self.is_session_changing.try_set(false);
        answer
    }

    /// Waits for the call that signs out and leads to another page. Until that page is there, the stream that has ended
    /// is not opened again: it would be refused.
    pub async fn signing_out<T>(self, call: impl Future<Output = Result<T>>) -> Result<T> {
        self.is_session_changing.try_set(true);
        let answer = call.await;
        if answer.is_err() {
            self.is_session_changing.try_set(false);
        }
        answer
    }
}
