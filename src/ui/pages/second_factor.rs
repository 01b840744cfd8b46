//! Setting up the second factor that the tenant requires. Whoever owes one sees this page in place of every other one.
//!
//! Its forms work without scripts: they are sent to the page's own address (`server::http::second_factor`), which answers
//! with the page and what it shows next.

use leptos::{ev::SubmitEvent, prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::{components::Redirect, hooks::use_query_map, location::Url};

use crate::{
    api::{
        second_factor::second_factor_begin,
        session::{SignOut, read_viewer},
    },
    contract::{
        ApiError, Result,
        second_factor::{FactorSetUp, FactorStage, NewFactor, RecoveryCodes, SIGN_IN_AGAIN},
    },
    domain::redirect::own_path,
    ui::{
        browser::after_dry_resolves,
        components::icon::Icon,
        kit::{FieldError, Submit, lazy_route},
        second_factor::{NewFactorForm, RecoveryCodesList},
        snapshot::{Json, snapshot},
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
    // The answer to a plain form is sent with the page, so that both first renders show it.
    let answer = SharedValue::<Option<FactorSetUp>, Json>::new_with_encoding(use_context::<FactorSetUp>).into_inner();
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
                    // Only those who owed a factor get an answer, and after the last form they owe none.
                    if let Some(answer) = answer {
                        return view! { <Owed answer /> }.into_any();
                    }
                    match viewer {
                        Err(ApiError::SecondFactorNeeded) => {
                            view! { <Owed answer=FactorSetUp::default() /> }.into_any()
                        }
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
fn Owed(answer: FactorSetUp) -> impl IntoView {
    let query = use_query_map();
    let next = move || query.with(|query| query.get("next").filter(|path| own_path(path).is_some()));
    let (stage, submit) = (RwSignal::new(answer.stage), Submit::on_page());
    submit.error.set(answer.error);
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
    let begin = move |event: SubmitEvent| {
        event.prevent_default();
        submit.run(begin_after_sign_in(), move |new| {
            stage.try_set(FactorStage::New(new));
        });
    };
    view! {
        <p>
            "Your company requires one before you can go on. You need an authenticator app on your phone: sign-ins ask for a code that it shows, after the password."
        </p>
        <FieldError text=submit.error />
        <form method="post" on:submit=begin>
            <button class="btn primary wide" aria-disabled=move || submit.pending().to_string()>
                {move || if submit.pending() { "Starting…" } else { "Set up" }}
            </button>
        </form>
    }
}

/// The sign-in counts as entering the password, for a while.
async fn begin_after_sign_in() -> Result<NewFactor> {
    second_factor_begin().await.map_err(|error| match error {
        ApiError::PasswordNeeded => ApiError::Invalid(SIGN_IN_AGAIN.to_owned()),
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
