//! The page of a one-time link: an invitation, or a link for a new password. It needs no session, and is a plain form
//! that works before hydration. A link that has ended says what to do.

use leptos::{ev::MouseEvent, form::ActionForm, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::{form_error::FormError, sign_in::PasswordField};
use crate::{
    api::account_link::{UseLink, read_link},
    contract::{ApiError, account_link::LinkView},
    domain::{
        account_link::{LinkEnd, LinkKind},
        password::MIN_LENGTH,
    },
    ui::{components::icon::Icon, kit::lazy_route, snapshot::snapshot},
};

/// What an error of a plain form says: see `FormError`.
fn fixed_sentence(error: &ApiError) -> String {
    match error {
        ApiError::Invalid(_) => {
            format!("Choose another password: {MIN_LENGTH} characters or more, and none that is easy to guess.")
        }
        ApiError::Throttled(_) => "Too many attempts. Wait a minute and try again.".to_owned(),
        ApiError::SignedOut
        | ApiError::Forbidden
        | ApiError::PasswordNeeded
        | ApiError::SecondFactorNeeded
        | ApiError::NotFound
        | ApiError::Conflict(_)
        | ApiError::Continued { .. }
        | ApiError::Offline
        | ApiError::Internal => "Couldn't set the password. Try again.".to_owned(),
    }
}

lazy_route!(LinkRoute in sign_in, LinkPage);

#[component]
fn LinkPage() -> impl IntoView {
    let params = use_params_map();
    let token = Memo::new(move |_| params.with(|params| params.get("token").unwrap_or_default()));
    let link = snapshot(move || token.get(), read_link);
    view! {
        <Title text="Set your password · Handoff" />
        <main class="auth" id="main">
            <a class="brand" href="/">
                <Icon name="logo" />
                "Handoff"
            </a>
            <Transition>
                {move || Suspend::new(async move {
                    match link.await {
                        Ok(LinkView::Open { kind, tenant_name, name, email }) => {
                            let person = Person { tenant_name, name, email };
                            view! { <PasswordForm token=token.get_untracked() kind person /> }.into_any()
                        }
                        Ok(LinkView::Ended { kind, tenant_name, why }) => {
                            view! { <Ended kind tenant_name why /> }.into_any()
                        }
                        Err(error) => view! { <Unreadable error /> }.into_any(),
                    }
                })}
            </Transition>
        </main>
    }
}

/// Whose password is set.
struct Person {
    tenant_name: String,
    name: String,
    email: String,
}

#[component]
fn PasswordForm(token: String, kind: LinkKind, person: Person) -> impl IntoView {
    let action = ServerAction::<UseLink>::new();
    let pending = action.pending();
    // A link works once: a second press would be refused, while the first one signs in.
    let press = move |event: MouseEvent| {
        let is_done = action.value().with_untracked(|answer| matches!(answer, Some(Ok(()))));
        if pending.get_untracked() || is_done {
            event.prevent_default();
        }
    };
    let Person { tenant_name, name, email } = person;
    let (title, act) = match kind {
        LinkKind::Join => ("Join your team", ", set a password to join "),
        LinkKind::NewPassword => ("Set a new password", ", set a new password for your account at "),
    };
    let note = match kind {
        LinkKind::Join => "You sign in with your email and this password.",
        LinkKind::NewPassword => "You're signed out everywhere else.",
    };
    view! {
        <ActionForm action attr:class="card">
            <h1>{title}</h1>
            <p><bdi>{name}</bdi> {act} <bdi>{tenant_name}</bdi> ". " {note}</p>
            <input type="hidden" name="token" value=token />
            <label class="field">
                <span>"Email"</span>
                // Without a name it is not sent: it is for the browser's manager of passwords.
                <input type="email" value=email readonly autocomplete="username" />
            </label>
            <PasswordField pending autocomplete="new-password" />
            <p class="hint">{format!("{MIN_LENGTH} characters or more.")}</p>
            <FormError action fixed_sentence />
            <button class="btn primary wide" aria-disabled=move || pending.get().to_string() on:click=press>
                {move || if pending.get() { "Saving…" } else { "Set password and sign in" }}
            </button>
        </ActionForm>
    }
}

/// A link that works no more, and what its holder can do.
#[component]
fn Ended(kind: LinkKind, tenant_name: String, why: LinkEnd) -> impl IntoView {
    let (title, before, after) = match (why, kind) {
        (LinkEnd::Used, LinkKind::Join) => (
            "This invitation was used already",
            "Sign in with your email and the password that you set. If that wasn't you, tell an admin of ",
            ".",
        ),
        (LinkEnd::Used, LinkKind::NewPassword) => (
            "This link was used already",
            "Sign in with the new password. If you didn't set it, tell an admin of ",
            ".",
        ),
        (LinkEnd::Revoked, LinkKind::Join | LinkKind::NewPassword) => {
            ("This link was revoked", "Ask an admin of ", " for a new one.")
        }
        (LinkEnd::Expired, LinkKind::Join | LinkKind::NewPassword) => {
            ("This link has expired", "Ask an admin of ", " for a new one.")
        }
    };
    view! {
        <div class="card">
            <h1>{title}</h1>
            <p>{before} <bdi>{tenant_name}</bdi> {after}</p>
            <a class="btn primary" href="/sign-in">"Sign in"</a>
        </div>
    }
}

/// The link is unknown, or could not be read.
#[component]
fn Unreadable(error: ApiError) -> impl IntoView {
    let (title, detail) = match error {
        ApiError::NotFound => (
            "This link isn't valid",
            "Check that you copied all of it, or ask an admin of your team for a new one.".to_owned(),
        ),
        other => ("Couldn't load this page", other.to_string()),
    };
    view! {
        <div class="card">
            <h1>{title}</h1>
            <p>{detail}</p>
            <a class="btn primary" href="/sign-in">"Sign in"</a>
        </div>
    }
}
