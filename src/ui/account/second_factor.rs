//! The viewer's own second factor: set up, replaced, removed, and its recovery codes. Each act may ask for the password.

use leptos::{html, prelude::*};

use crate::{
    api::second_factor::{recovery_codes_renew, second_factor_begin, second_factor_remove},
    contract::second_factor::{FactorStage, OwnFactor, RecoveryCodes},
    domain::second_factor::FactorRule,
    ui::{
        admin::password_prompt::PasswordPrompt,
        browser,
        format::TimeStyle,
        kit::{FieldError, RefreshTrigger, Submit},
        local_time::LocalTime,
        render_environment::hydrated,
        second_factor::{NewFactorForm, RecoveryCodesList},
    },
};

/// The ids of the card's heading, and of the button that asks for the removal.
const TITLE: &str = "second-factor-title";
const REMOVE: &str = "second-factor-remove";

/// What the parts of the card share. Cheap to copy.
#[derive(Clone, Copy)]
struct CardState {
    factor: RwSignal<OwnFactor>,
    stage: RwSignal<FactorStage>,
    submit: Submit,
    prompt: PasswordPrompt,
    refresh: RefreshTrigger,
}

impl CardState {
    /// Shows the overview again, with the focus on the heading, because what was pressed is gone.
    fn show_overview(self) {
        self.stage.set(FactorStage::Overview);
        request_animation_frame(|| browser::focus(TITLE));
    }

    fn show_codes(self, codes: RecoveryCodes) {
        self.stage.try_set(FactorStage::Codes(codes));
        self.refresh.mark();
    }
}

#[component]
pub fn SecondFactorCard(factor: RwSignal<OwnFactor>, refresh: RefreshTrigger) -> impl IntoView {
    let (stage, submit) = (RwSignal::new(FactorStage::Overview), Submit::in_form());
    let state = CardState { factor, stage, submit, prompt: PasswordPrompt::expect(), refresh };
    let content = move || match stage.get() {
        FactorStage::Overview => view! { <Overview state/> }.into_any(),
        FactorStage::New(factor) => {
            let done = move |codes: RecoveryCodes| state.show_codes(codes);
            let cancel = move |()| state.show_overview();
            view! { <NewFactorForm factor submit done cancel/> }.into_any()
        }
        FactorStage::Codes(codes) => view! {
            <div class="form">
                <RecoveryCodesList codes/>
                <div class="actions">
                    <button type="button" class="btn primary" on:click=move |_| state.show_overview()>
                        "I've saved them"
                    </button>
                </div>
            </div>
        }
        .into_any(),
    };
    view! {
        <section class="card" aria-labelledby=TITLE>
            <header><h2 id=TITLE tabindex="-1">"Second factor"</h2></header>
            {content}
        </section>
    }
}

#[component]
fn Overview(state: CardState) -> impl IntoView {
    let CardState { factor, stage, submit, prompt, .. } = state;
    let hydrated = hydrated();
    let is_set_up = Memo::new(move |_| factor.with(|factor| factor.set_up.is_some()));
    let begin = move |_| {
        submit.run(prompt.confirmed(second_factor_begin), move |new| {
            stage.try_set(FactorStage::New(new));
        });
    };
    view! {
        <div class="form">
            <Status factor/>
            <FieldError text=submit.error/>
            <div class="actions">
                <button
                    type="button"
                    class="btn"
                    class:primary=move || !is_set_up.get()
                    disabled=move || !hydrated.get()
                    aria-disabled=move || submit.pending().to_string()
                    on:click=begin
                >
                    {move || if is_set_up.get() { "Replace" } else { "Set up" }}
                </button>
                <Show when=move || is_set_up.get()>
                    <SetUpButtons state/>
                </Show>
            </div>
        </div>
    }
}

/// Whether there is a second factor, and what it means.
#[component]
fn Status(factor: RwSignal<OwnFactor>) -> impl IntoView {
    let since = Memo::new(move |_| factor.with(|factor| factor.set_up));
    let codes = move || match factor.with(|factor| factor.recovery_codes) {
        0 => "No recovery codes are left.".to_owned(),
        1 => "1 recovery code is left.".to_owned(),
        left => format!("{left} recovery codes are left."),
    };
    let is_required = move || factor.with(|factor| factor.rule == FactorRule::Required);
    move || match since.get() {
        Some(at) => view! { <p>"Set up on " <LocalTime at=at style=TimeStyle::Full/> ". " {codes}</p> }.into_any(),
        None => {
            let rule = move || is_required().then_some(" Your company requires it from your next sign-in on.");
            view! {
                <p>
                    "Not set up. With a second factor, sign-ins ask for a code of an authenticator app on your phone after the password."
                    {rule}
                </p>
            }
            .into_any()
        }
    }
}

/// New recovery codes, and the removal with its question.
#[component]
fn SetUpButtons(state: CardState) -> impl IntoView {
    let CardState { factor, submit, prompt, .. } = state;
    let (is_asked, hydrated) = (RwSignal::new(false), hydrated());
    let may_remove = Memo::new(move |_| factor.with(|factor| factor.rule == FactorRule::Optional));
    let renew = move |_| submit.run(prompt.confirmed(recovery_codes_renew), move |codes| state.show_codes(codes));
    view! {
        <button
            type="button"
            class="btn"
            disabled=move || !hydrated.get()
            aria-disabled=move || submit.pending().to_string()
            on:click=renew
        >
            "New recovery codes"
        </button>
        <Show when=move || may_remove.get() && !is_asked.get()>
            <button
                type="button"
                class="btn"
                id=REMOVE
                disabled=move || !hydrated.get()
                on:click=move |_| is_asked.set(true)
            >
                "Remove"
            </button>
        </Show>
        <Show when=move || may_remove.get() && is_asked.get()>
            <RemovalQuestion state is_asked/>
        </Show>
    }
}

/// The question before the removal, with the focus on *Cancel*.
#[component]
fn RemovalQuestion(state: CardState, is_asked: RwSignal<bool>) -> impl IntoView {
    let CardState { submit, prompt, refresh, .. } = state;
    let cancel = NodeRef::<html::Button>::new();
    cancel.on_load(|button| drop(button.focus()));
    let leave = move |_| {
        is_asked.set(false);
        request_animation_frame(|| browser::focus(REMOVE));
    };
    let remove = move |_| {
        submit.run(prompt.confirmed(second_factor_remove), move |()| {
            request_animation_frame(|| browser::focus(TITLE));
            refresh.mark();
        });
    };
    view! {
        <span>"Then the password alone signs you in."</span>
        <button type="button" class="btn" node_ref=cancel on:click=leave>
            "Cancel"
        </button>
        <button
            type="button"
            class="btn danger"
            aria-disabled=move || submit.pending().to_string()
            on:click=remove
        >
            "Remove the second factor"
        </button>
    }
}
