//! The session that the stream depends on: asked for when a stream is refused, renewed while the person is active, and
//! replaced when the person changes their password or signs in in another tab.
//!
//! A new session's cookie arrives after the streams of the old one have ended. What was refused in between is not taken for
//! a sign-out: by this tab, because it waits for its own call (`AppState::changing_session`); by other tabs, because they
//! ask again once that one says that the cookie is there.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use super::Live;
use crate::{
    contract::ApiError,
    ui::{
        browser,
        extras::requests::{keep_alive, read_viewer},
        state::Connection,
    },
};

impl Live {
    /// The server ends streams now and then to check the rights again, so the first attempt is immediate and shows
    /// nothing. Later ones ask for the viewer first, because a stream cannot tell a lost session from a lost network.
    pub(super) fn stream_ended(self) {
        self.is_open.set(false);
        if self.app.is_session_changing.get_untracked() {
            // The next one is opened with the new cookie.
            return;
        }
        let failures = self.failures.get_value() + 1;
        self.failures.set_value(failures);
        if failures == 1 {
            self.retry_in(Duration::from_millis(300));
            return;
        }
        let sessions = self.sessions.get_value();
        spawn_local(async move {
            let viewer = read_viewer().await;
            // Asked with a cookie that was replaced meanwhile, or is about to be.
            let is_old = || self.app.is_session_changing.get_untracked() || self.sessions.get_value() != sessions;
            if self.is_gone() || is_old() {
                return;
            }
            match viewer {
                Ok(None) | Err(ApiError::SignedOut) => self.app.show_signed_out(),
                Ok(Some(viewer)) => {
                    self.app.viewer.set(viewer);
                    self.retry_later(failures);
                }
                Err(_unreachable) => self.retry_later(failures),
            }
        });
    }

    /// Goes on with a new session once the call that brings it has ended.
    pub(super) fn follow_session_change(self) {
        Effect::watch(
            move || self.app.is_session_changing.get(),
            move |is_changing, _, _| {
                if !is_changing {
                    self.use_new_session();
                }
            },
            false,
        );
    }

    /// This browser may have a new session, by a call of this tab or of another one.
    pub(super) fn use_new_session(self) {
        self.sessions.update_value(|count| *count += 1);
        match self.app.connection.get_untracked() {
            Connection::SignedOut => self.check_session(),
            Connection::Opening | Connection::Live | Connection::Lost => {
                if !self.is_open.get_untracked() {
                    self.failures.set_value(0);
                    self.open();
                }
            }
        }
    }

    /// The person may have signed in again in another tab.
    pub(super) fn check_session(self) {
        spawn_local(async move {
            let Ok(Some(viewer)) = read_viewer().await else { return };
            if self.is_gone() {
                return;
            }
            if viewer.agent != self.app.me() {
                // Another person signed in: this page's data is not theirs.
                browser::reload();
                return;
            }
            self.app.viewer.set(viewer);
            self.app.connection.set(Connection::Opening);
            self.failures.set_value(0);
            self.open();
        });
    }

    /// Reads the viewer's own settings again after another tab changed them.
    pub(super) fn reread_viewer(self) {
        spawn_local(async move {
            if let Ok(Some(viewer)) = read_viewer().await
                && !self.is_gone()
                && viewer.agent == self.app.me()
            {
                self.app.viewer.set(viewer);
            }
        });
    }

    pub(super) fn renew_session(self) {
        let active = self.active.get_value();
        self.active.set_value(false);
        if !active || self.app.connection.get_untracked() == Connection::SignedOut {
            return;
        }
        spawn_local(async move {
            if keep_alive().await == Err(ApiError::SignedOut) && !self.is_gone() {
                self.app.show_error(&ApiError::SignedOut);
            }
        });
    }
}
