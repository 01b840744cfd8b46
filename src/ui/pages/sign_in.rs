//! Signing in: a plain form that works before hydration. After it, the form keeps what was typed if the server refuses.

use leptos::{form::ActionForm, prelude::*};
use leptos_meta::Title;
use leptos_router::{hooks::use_query_map, location::Url};

use super::form_error::FormError;
use crate::{
    api::session::SignIn,
    contract::ApiError,
    domain::redirect::own_path,
    ui::{components::icon::Icon, kit::lazy_route, render_environment::hydrated},
};

/// The address of the sign-in page, which leads back to `next`.
pub fn sign_in_address(next: &str) -> String {
    if matches!(next, "" | "/" | "/conversations") {
        return "/sign-in".to_owned();
    }
    format!("/sign-in?next={}", Url::escape(next))
}

/// What an error of a plain form says: see `FormError`.
fn fixed_sentence(error: &ApiError) -> String {
    let words = match error {
        ApiError::Invalid(_) => "Wrong email or password.",
        ApiError::Throttled(_) => "Too many attempts. Wait a minute and try again.",
        ApiError::SignedOut
        | ApiError::Forbidden
        | ApiError::PasswordNeeded
        | ApiError::SecondFactorNeeded
        | ApiError::NotFound
        | ApiError::Conflict(_)
        | ApiError::Continued { .. }
        | ApiError::Offline
        | ApiError::Internal => "Couldn't sign you in. Try again.",
    };
    words.to_owned()
}

lazy_route!(SignInRoute in sign_in, SignInPage);

#[component]
fn SignInPage() -> impl IntoView {
    let action = ServerAction::<SignIn>::new();
    let query = use_query_map();
    let next = move || query.with(|query| query.get("next").filter(|path| own_path(path).is_some()));
    let pending = action.pending();

    view! {
        <Title text="Sign in · Handoff" />
        <main class="auth" id="main">
            <a class="brand" href="/">
                <Icon name="logo" />
                "Handoff"
            </a>
            <ActionForm action attr:class="card">
                <h1>"Sign in"</h1>
                <p>"Answer your WhatsApp customers together."</p>
                <label class="field">
                    <span>"Email"</span>
                    <input
                        type="email"
                        name="email"
                        required
                        autocomplete="username"
                        autocapitalize="none"
                        spellcheck="false"
                        autofocus
                    />
                </label>
                <PasswordField pending autocomplete="current-password" />
                <FormError action fixed_sentence />
                {move || next().map(|next| view! { <input type="hidden" name="next" value=next /> })}
                <button class="btn primary wide" aria-disabled=move || pending.get().to_string()>
                    {move || if pending.get() { "Signing in…" } else { "Sign in" }}
                </button>
            </ActionForm>
        </main>
    }
}

/// The password, which can be shown. Without scripts the button would do nothing and is left out.
#[component]
pub fn PasswordField(
    pending: Memo<bool>,
    /// What the browser's manager of passwords is told.
    autocomplete: &'static str,
) -> impl IntoView {
    let (hydrated, is_shown) = (hydrated(), RwSignal::new(false));
    // Browsers keep what is typed into a field of text, so a password is sent hidden.
    Effect::new(move |_| {
        if pending.get() {
            is_shown.set(false);
        }
    });
    view! {
        <div class="field password">
            <label for="password">"Password"</label>
            <input
                id="password"
                type=move || if is_shown.get() { "text" } else { "password" }
                name="password"
                required
                autocomplete=autocomplete
                autocapitalize="none"
                spellcheck="false"
            />
            <Show when=move || hydrated.get()>
                <button
                    type="button"
                    class="btn ghost"
                    aria-controls="password"
                    aria-pressed=move || is_shown.get().to_string()
                    on:click=move |_| is_shown.update(|shown| *shown = !*shown)
                >
                    "Show password"
                </button>
            </Show>
        </div>
    }
}
