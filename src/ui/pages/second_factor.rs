//! Setting up the second factor that the tenant requires. Whoever owes one sees this page in place of every other one.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::{components::Redirect, hooks::use_query_map, location::Url};

use crate::{
    api::{
        second_factor::second_factor_begin,
        session::{SignOut, read_viewer},
    },
    contract::{
        ApiError, Result,
        second_factor::{NewFactor, RecoveryCodes},
    },
    domain::redirect::own_path,
    ui::{
        browser::after_dry_resolves,
        components::icon::Icon,
        kit::{FieldError, Submit, lazy_route},
        render_environment::hydrated,
        second_factor::{FactorStage, NewFactorForm, RecoveryCodesList},
        snapshot::snapshot,
    },
};

/// The address of this page, which leads back to `next`.
pub fn second_factor_address(next: &str) -> String {
    if matches!(next, "" | "/" | "/conversations") {
        return "/second-factor".to_owned();
    }
    format!("/second-factor?next={}", Url::escape(next))
}

lazy_route!(SecondFactorRoute in sign_in, SecondFactorPage);

#[component]
fn SecondFactorPage() -> impl IntoView {
    let viewer = snapshot(|| (), |()| read_viewer());
    view! {
        <Title text="Second factor · Handoff" />
        <main class="auth" id="main">
            <a class="brand" href="/">
                <Icon name="logo" />
                "Handoff"
            </a>
            <Transition fallback=|| view! { <div class="card" aria-busy="true"></div> }>
                // Not in a closure, as in the layout of the signed-in pages.
                {Suspend::new(async move {
                    let viewer = viewer.await;
                    after_dry_resolves().await;
                    match viewer {
                        Err(ApiError::SecondFactorNeeded) => view! { <Owed /> }.into_any(),
                        Ok(Some(_)) => view! { <Redirect path="/account" /> }.into_any(),
                        Ok(None) | Err(ApiError::SignedOut) => view! { <Redirect path="/sign-in" /> }.into_any(),
                        Err(error) => view! { <p role="alert">{error.to_string()}</p> }.into_any(),
                    }
                })}
            </Transition>
        </main>
    }
}

#[component]
fn Owed() -> impl IntoView {
    let query = use_query_map();
    let next = move || query.with(|query| query.get("next").filter(|path| own_path(path).is_some()));
    let (stage, submit) = (RwSignal::new(FactorStage::Overview), Submit::on_page());
    let content = move || match stage.get() {
        FactorStage::Overview => view! { <Begin stage submit /> }.into_any(),
        FactorStage::New(factor) => {
            let done = move |codes: RecoveryCodes| {
                stage.try_set(FactorStage::Codes(codes));
            };
            let cancel = move |()| stage.set(FactorStage::Overview);
            view! { <NewFactorForm factor submit done cancel /> }.into_any()
        }
        FactorStage::Codes(codes) => {
            let next = move || next().unwrap_or_else(|| "/conversations".to_owned());
            view! {
                <RecoveryCodesList codes />
                // A full page load: everything that this session could not read is read now.
                <a class="btn primary" href=next rel="external">
                    "Continue"
                </a>
            }
            .into_any()
        }
    };
    view! {
        <div class="card">
            <h1>"Set up a second factor"</h1>
            {content}
        </div>
        <form method="post" action=SignOut::url()>
            <button class="btn ghost">"Sign out"</button>
        </form>
    }
}

#[component]
fn Begin(stage: RwSignal<FactorStage>, submit: Submit) -> impl IntoView {
    let hydrated = hydrated();
    let begin = move |_| {
        submit.run(begin_after_sign_in(), move |new| {
            stage.try_set(FactorStage::New(new));
        });
    };
    view! {
        <p>
            "Your company requires one before you can go on. You need an authenticator app on your phone: sign-ins ask for a code that it shows, after the password."
        </p>
        <FieldError text=submit.error />
        <button
            type="button"
            class="btn primary wide"
            disabled=move || !hydrated.get()
            aria-disabled=move || submit.pending().to_string()
            on:click=begin
        >
            {move || if submit.pending() { "Starting…" } else { "Set up" }}
        </button>
    }
}

/// The sign-in counts as entering the password, for a while.
async fn begin_after_sign_in() -> Result<NewFactor> {
    second_factor_begin().await.map_err(|error| match error {
        ApiError::PasswordNeeded => {
            ApiError::Invalid("You signed in a while ago. Sign out and in again, then set it up.".to_owned())
        }
        ApiError::SignedOut
        | ApiError::Forbidden
        | ApiError::SecondFactorNeeded
        | ApiError::NotFound
        | ApiError::Invalid(_)
        | ApiError::Conflict(_)
        | ApiError::Continued { .. }
        | ApiError::Throttled(_)
        | ApiError::Offline
        | ApiError::Internal => error,
    })
}
