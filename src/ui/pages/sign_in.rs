//! Signing in: a plain form that works before hydration. After it, the form keeps what was typed if the server refuses.

use leptos::{form::ActionForm, prelude::*};
use leptos_meta::Title;
use leptos_router::{hooks::use_query_map, location::Url};

use crate::{
    api::session::SignIn,
    domain::redirect::own_path,
    ui::{components::icon::Icon, kit::lazy_route},
};

/// The address of the sign-in page, which leads back to `next`.
pub fn sign_in_address(next: &str) -> String {
    if matches!(next, "" | "/" | "/conversations") {
        return "/sign-in".to_owned();
    }
    format!("/sign-in?next={}", Url::escape(next))
}

lazy_route!(SignInRoute in sign_in, SignInPage);

#[component]
fn SignInPage() -> impl IntoView {
    let action = ServerAction::<SignIn>::new();
    let query = use_query_map();
    let next = move || query.with(|query| query.get("next").filter(|path| own_path(path).is_some()));
    let error = move || {
        action.value().with(|answer| match answer {
            Some(Err(error)) => Some(error.to_string()),
            _ => None,
        })
    };
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
                <div role="alert" class:fault=move || error().is_some()>
                    {move || error().map(|words| view! { <Icon name="alert" /> <span>{words}</span> })}
                </div>
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
                <label class="field">
                    <span>"Password"</span>
                    <input type="password" name="password" required autocomplete="current-password" />
                </label>
                {move || next().map(|next| view! { <input type="hidden" name="next" value=next /> })}
                <button class="btn primary wide" aria-disabled=move || pending.get().to_string()>
                    {move || if pending.get() { "Signing in…" } else { "Sign in" }}
                </button>
            </ActionForm>
        </main>
    }
}
