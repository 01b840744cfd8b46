//! The code of the second factor, after the right password: a plain form that works before hydration. A recovery code is
//! taken in the same field.

use leptos::{ev::MouseEvent, form::ActionForm, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{form_error::FormError, sign_in::sign_in_address};
use crate::{
    api::session::SignInCode,
    contract::ApiError,
    domain::redirect::own_path,
    ui::{components::icon::Icon, kit::lazy_route},
};

/// What an error of a plain form says: see `FormError`.
fn fixed_sentence(error: &ApiError) -> String {
    let words = match error {
        ApiError::Invalid(_) => "Wrong code, or one that was used already. Wait for the next one.",
        ApiError::Conflict(_) => "This sign-in has ended. Start again with your password.",
        ApiError::Throttled(_) => "Too many wrong codes. Wait a minute and try again.",
        ApiError::SignedOut
        | ApiError::Forbidden
        | ApiError::PasswordNeeded
        | ApiError::SecondFactorNeeded
        | ApiError::NotFound
        | ApiError::Continued { .. }
        | ApiError::Offline
        | ApiError::Internal => "Couldn't sign you in. Try again.",
    };
    words.to_owned()
}

lazy_route!(SignInCodeRoute in sign_in, SignInCodePage);

#[component]
fn SignInCodePage() -> impl IntoView {
    let action = ServerAction::<SignInCode>::new();
    let query = use_query_map();
    let next = move || query.with(|query| query.get("next").filter(|path| own_path(path).is_some()));
    let again = move || sign_in_address(&next().unwrap_or_default());
    let pending = action.pending();
    // A code counts once: a second press would be refused, and the first one with it.
    let press = move |event: MouseEvent| {
        let is_done = action.value().with_untracked(|answer| matches!(answer, Some(Ok(()))));
        if pending.get_untracked() || is_done {
            event.prevent_default();
        }
    };

    view! {
        <Title text="Enter your code · Handoff" />
        <main class="auth" id="main">
            <a class="brand" href="/">
                <Icon name="logo" />
                "Handoff"
            </a>
            <ActionForm action attr:class="card">
                <h1>"Enter your code"</h1>
                <p>"Your authenticator app shows it. Without your phone, enter a recovery code."</p>
                <label class="field">
                    <span>"Code"</span>
                    <input
                        type="text"
                        name="code"
                        required
                        maxlength="40"
                        autocomplete="one-time-code"
                        autocapitalize="none"
                        spellcheck="false"
                        dir="ltr"
                        autofocus
                    />
                </label>
                <FormError action fixed_sentence />
                {move || next().map(|next| view! { <input type="hidden" name="next" value=next /> })}
                <button class="btn primary wide" aria-disabled=move || pending.get().to_string() on:click=press>
                    {move || if pending.get() { "Checking…" } else { "Sign in" }}
                </button>
                <a href=again>"Start again"</a>
            </ActionForm>
        </main>
    }
}
