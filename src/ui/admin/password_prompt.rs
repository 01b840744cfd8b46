//! Asks for the password where the server wants it again, and repeats the call. What was typed in the page stays.
//!
//! `submit.run(prompt.confirmed(move || secret_set(..)), done)`, where `prompt` is [`PasswordPrompt::expect`].

use std::{
    future::poll_fn,
    task::{Poll, Waker},
};

use leptos::{ev::SubmitEvent, prelude::*};

use crate::{
    api::account::password_confirm,
    contract::{ApiError, Result},
    ui::kit::{Dialog, FieldKind, Submit, SubmitButton, TextField},
};

/// How the dialog ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum PromptEnd {
    Confirmed,
    #[default]
    Cancelled,
}

/// The calls that wait for the dialog.
#[derive(Default)]
struct WaitingCalls {
    /// How often the dialog has ended, and how it ended last.
    ended: u64,
    last: PromptEnd,
    wakers: Vec<Waker>,
}

/// One dialog for all calls of the admin's pages, and one for those of the account page. Cheap to copy.
#[derive(Clone, Copy)]
pub struct PasswordPrompt {
    is_open: RwSignal<bool>,
    calls: StoredValue<WaitingCalls>,
}

impl PasswordPrompt {
    /// Provides it to the components below.
    pub fn provide() {
        let prompt = Self { is_open: RwSignal::new(false), calls: StoredValue::new(WaitingCalls::default()) };
        provide_context(prompt);
    }

    /// Call it on an admin's page, or on the account page.
    pub fn expect() -> Self {
        expect_context::<Self>()
    }

    /// Makes a call, and once more after the password was entered, if the server wants it.
    pub async fn confirmed<T, F>(self, call: impl Fn() -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        loop {
            let answer = call().await;
            let is_asked = matches!(answer, Err(ApiError::PasswordNeeded));
            if !is_asked || self.ask().await == PromptEnd::Cancelled {
                return answer;
            }
        }
    }

    /// Opens the dialog and waits for its end. A page that was left meanwhile has cancelled it.
    async fn ask(self) -> PromptEnd {
        let Some(before) = self.calls.try_with_value(|calls| calls.ended) else { return PromptEnd::Cancelled };
        self.is_open.try_set(true);
        poll_fn(move |context| {
            let ended = self.calls.try_update_value(|calls| {
                if calls.ended == before {
                    calls.wakers.push(context.waker().clone());
                    None
                } else {
                    Some(calls.last)
                }
            });
            match ended {
                None => Poll::Ready(PromptEnd::Cancelled),
                Some(None) => Poll::Pending,
                Some(Some(end)) => Poll::Ready(end),
            }
        })
        .await
    }

    /// The dialog ends. The browser reports the end of one that was confirmed once more, which changes nothing.
    fn end(self, end: PromptEnd) {
        if self.is_open.try_get_untracked() != Some(true) {
            return;
        }
        self.is_open.set(false);
        let wakers = self.calls.try_update_value(|calls| {
            calls.ended += 1;
            calls.last = end;
            std::mem::take(&mut calls.wakers)
        });
        for waker in wakers.unwrap_or_default() {
            waker.wake();
        }
    }
}

/// The dialog. Drawn once, by what provides the prompt.
#[component]
pub fn PasswordDialog() -> impl IntoView {
    let prompt = PasswordPrompt::expect();
    view! {
        <Dialog
            id="password-prompt"
            labelled_by="password-prompt-title"
            is_open=prompt.is_open
            close=move |()| prompt.end(PromptEnd::Cancelled)
        >
            <PasswordForm/>
        </Dialog>
    }
}

#[component]
fn PasswordForm() -> impl IntoView {
    let prompt = PasswordPrompt::expect();
    let (password, submit) = (RwSignal::new(String::new()), Submit::in_form());
    let blocked = Signal::derive(move || password.with(String::is_empty));
    let confirm = move |event: SubmitEvent| {
        event.prevent_default();
        submit.run(password_confirm(password.get_untracked()), move |()| prompt.end(PromptEnd::Confirmed));
    };
    view! {
        <form on:submit=confirm>
            <div>
                <h2 id="password-prompt-title">"Enter your password"</h2>
                <p>"You entered it a while ago, and this change needs it. What you typed is kept."</p>
            </div>
            <TextField
                id="password-prompt-field"
                label="Password"
                kind=FieldKind::CurrentPassword
                text=submit.text(password).with_error(submit.error)
            />
            <div class="actions">
                <button type="button" class="btn" on:click=move |_| prompt.end(PromptEnd::Cancelled)>
                    "Cancel"
                </button>
                <SubmitButton submit label="Continue" busy="Checking…" blocked/>
            </div>
        </form>
    }
}
