//! The question what becomes of the viewer's conversations, when they go away or sign out while they have any.

use std::time::Duration;

use leptos::prelude::*;

use super::settings::change;
use crate::{
    api::{
        desk::release_all,
        session::{set_away, sign_out},
    },
    ui::{
        kit::{Dialog, Submit},
        state::AppState,
    },
};

/// How long the page of the sign-in may take after a sign-out. If it cannot be loaded, this one stays.
const SIGN_IN_PAGE: Duration = Duration::from_secs(10);

/// How the viewer leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    Away,
    SignOut,
}

/// Leaves, after the question where there is one. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Leave {
    app: AppState,
    asked: RwSignal<Option<Leaving>>,
    submit: Submit,
}

impl Leave {
    /// Provides it to the components below.
    pub fn provide() {
        let (app, asked, submit) = (AppState::expect(), RwSignal::new(None), Submit::with_toasts());
        provide_context(Self { app, asked, submit });
    }

    /// The layout's. Call it below the signed-in layout only.
    pub fn expect() -> Self {
        expect_context::<Self>()
    }

    /// Goes away or signs out. With conversations in hand, the viewer is asked first.
    pub fn leave(self, how: Leaving) {
        if untrack(|| in_hand(self.app)) > 0 {
            self.asked.set(Some(how));
        } else {
            self.carry_out(how);
        }
    }

    fn carry_out(self, how: Leaving) {
        // The layout may be gone when the answer to `return_all` arrives.
        if self.asked.try_set(None).is_some() {
            return;
        }
        match how {
            Leaving::Away => change(self.app, |viewer, away| viewer.away = away, false, true, set_away(true)),
            Leaving::SignOut => self.submit.run(self.app.signing_out(sign_out()), move |()| self.signed_out()),
        }
    }

    /// The next page is on its way. Without it the stream is tried again, which shows that the session has ended.
    fn signed_out(self) {
        let stay = move || {
            self.app.is_session_changing.try_set(false);
        };
        set_timeout(stay, SIGN_IN_PAGE);
    }

    /// As [`Self::carry_out`], after all conversations were returned to Unassigned.
    fn return_all(self, how: Leaving) {
        self.submit.run(release_all(), move |_count| self.carry_out(how));
    }
}

/// How many conversations the viewer has. Tracks.
fn in_hand(app: AppState) -> i64 {
    app.desk.with(|desk| desk.counts.claimed.get(&desk.viewer).copied().unwrap_or(0))
}

/// Lies over the page: on a phone the rail may be hidden.
#[component]
pub fn LeaveDialog() -> impl IntoView {
    let leave = Leave::expect();
    view! {
        <Dialog
            id="leave"
            labelled_by="leave-title"
            is_open=Signal::derive(move || leave.asked.get().is_some())
            close=move |()| leave.asked.set(None)
        >
            <LeaveQuestion />
        </Dialog>
    }
}

#[component]
fn LeaveQuestion() -> impl IntoView {
    let leave = Leave::expect();
    let title = move || match in_hand(leave.app) {
        1 => "Return your conversation?".to_owned(),
        n => format!("Return your {n} conversations?"),
    };
    let how = leave.asked.get_untracked().unwrap_or(Leaving::Away);
    let detail = match how {
        Leaving::Away => "Before you switch to away: colleagues can only claim what is unassigned.",
        Leaving::SignOut => "Before you sign out: colleagues can only claim what is unassigned.",
    };
    view! {
        <h2 id="leave-title">{title}</h2>
        <p>{detail} " What you keep stays yours."</p>
        <div class="actions">
            // It has the focus: Enter or space by habit must not move customers.
            <button type="button" class="btn" autofocus=true on:click=move |_| leave.asked.set(None)>
                "Cancel"
            </button>
            <button type="button" class="btn" on:click=move |_| leave.carry_out(how)>
                "Keep them"
            </button>
            <button
                type="button"
                class="btn primary"
                aria-disabled=move || leave.submit.pending().to_string()
                on:click=move |_| leave.return_all(how)
            >
                "Return to Unassigned"
            </button>
        </div>
    }
}
