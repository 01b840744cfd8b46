//! A fact between the bubbles: a variable that the bot set, a call to another system, which opens to its request and
//! response, or the customer's rating.

use leptos::prelude::*;

use crate::{
    domain::dossier::{CallFact, CallKind, CallStatus, Fact, HandoffRating, VariableFact},
    ui::{components::icon::Icon, format::TimeStyle, local_time::LocalTime},
};

/// A fact keeps its kind; a call gets its outcome while it is on the screen.
#[component]
pub fn FactLine(
    fact: Memo<Fact>,
    /// A link leads here, so the call is opened.
    wanted: Signal<bool>,
) -> AnyView {
    match fact.get_untracked() {
        Fact::Variable(variable) => view! { <VariableLine variable/> }.into_any(),
        Fact::Call(first) => {
            let call = Memo::new(move |known: Option<&CallFact>| {
                fact.with(|fact| match fact {
                    Fact::Call(call) => call.clone(),
                    Fact::Variable(_) | Fact::Rating(_) => known.unwrap_or(&first).clone(),
                })
            });
            view! { <CallLine call wanted/> }.into_any()
        }
        Fact::Rating(rating) => view! { <RatingLine rating/> }.into_any(),
    }
}

#[component]
fn RatingLine(rating: HandoffRating) -> impl IntoView {
    let (subject, score) = (rating.subject(), rating.score.to_string());
    view! {
        <div class="sys fact">
            <Icon name="star"/>
            <span>
                "The customer rated " <span dir="auto">{subject}</span> ": " <b>{score}</b>
            </span>
        </div>
    }
}

#[component]
fn VariableLine(variable: VariableFact) -> impl IntoView {
    let (verb, name, value) = (variable.verb(), variable.display_name(), variable.short());
    view! {
        <div class="sys fact">
            <Icon name="bot"/>
            <span>
                {verb} " " <span dir="auto">{name}</span> ": " <b dir="auto">{value}</b>
            </span>
        </div>
    }
}

#[component]
fn CallLine(call: Memo<CallFact>, wanted: Signal<bool>) -> impl IntoView {
    let opened = RwSignal::new(false);
    Effect::new(move || {
        if wanted.get() {
            opened.set(true);
        }
    });
    let CallFact { kind, label, at, .. } = call.get_untracked();
    let class = move || match call.with(|call| call.status) {
        CallStatus::Answered => "ok",
        CallStatus::Failed | CallStatus::Interrupted => "bad",
        CallStatus::Requested => "due",
    };
    view! {
        <details
            class="tool"
            open=move || opened.get()
            on:toggle=move |event| {
                opened.set(event_target::<leptos::web_sys::Element>(&event).has_attribute("open"));
            }
        >
            <summary>
                <Icon name=match kind {
                    CallKind::Tool => "tool",
                    CallKind::Http => "external",
                }/>
                <span class="kind">{kind.label()}</span>
                <code dir="auto">{label}</code>
                <span aria-hidden="true">"→"</span>
                <span class="short" dir="auto">{move || call.with(CallFact::short)}</span>
                <span class=class>{move || call.with(|call| call.status.label())}</span>
            </summary>
            {move || view! { <Body fact=call.get()/> }}
            <small>
                <LocalTime at style=TimeStyle::Clock/>
                {move || call.with(took).map(|spent| format!(" · {spent}"))}
            </small>
        </details>
    }
}

/// How long the call took, once it has ended.
pub fn took(call: &CallFact) -> Option<String> {
    call.took.map(|took| took.brief())
}

/// The request and the response of a call.
#[component]
pub fn Body(fact: CallFact) -> impl IntoView {
    let came = match (fact.status, fact.output) {
        (CallStatus::Requested, _) => "No response yet.".to_owned(),
        (CallStatus::Interrupted, None) => {
            "The server stopped before the response arrived. The call isn't repeated, because it may have gone through."
                .to_owned()
        }
        (_, Some(output)) if !output.trim().is_empty() => output,
        (CallStatus::Answered | CallStatus::Failed | CallStatus::Interrupted, Some(_))
        | (CallStatus::Answered | CallStatus::Failed, None) => "Empty.".to_owned(),
    };
    view! {
        <p class="part">"Request"</p>
        <pre dir="auto">{fact.input}</pre>
        <p class="part">"Response"</p>
        <pre dir="auto">{came}</pre>
    }
}
