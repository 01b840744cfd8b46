//! What the bot collected and which APIs it called. Every fact links to its line or message in the thread.

use leptos::prelude::*;

use super::{super::thread::state::ThreadState, ToPlace};
use crate::{
    domain::dossier::{CallFact, CallStatus, VariableFact, current},
    ui::{
        conversations::thread::fact::{Body, took},
        format::TimeStyle,
        local_time::LocalTime,
    },
};

#[component]
pub fn Variables() -> impl IntoView {
    let open = ThreadState::expect();
    let known = Memo::new(move |_| {
        open.dossier.with(|dossier| current(&dossier.variables).into_iter().cloned().collect::<Vec<_>>())
    });
    move || {
        let facts = known.get();
        if facts.is_empty() {
            return None;
        }
        let count = facts.len();
        let rows: Vec<_> = facts.into_iter().map(|fact| view! { <Variable fact/> }).collect();
        Some(view! {
            <section aria-label="Collected data">
                <h3>
                    "Collected data" <span>{count}</span>
                </h3>
                <dl class="facts">{rows}</dl>
            </section>
        })
    }
}

#[component]
fn Variable(fact: VariableFact) -> impl IntoView {
    let (name, at) = (fact.display_name(), fact.at);
    let anchor = fact.anchor();
    let title = fact.name.clone();
    let step = Some(fact.label).filter(|label| !label.trim().is_empty());
    let value = match fact.value.trim() {
        "" => view! { <i>"empty"</i> }.into_any(),
        _ => view! { <span dir="auto">{fact.value.clone()}</span> }.into_any(),
    };
    view! {
        <dt title=title>{name.clone()}</dt>
        <dd>
            {value}
            " "
            <ToPlace anchor>
                <span class="visually-hidden">{format!("Show the source of {name}: ")}</span>
                {step.map(|step| view! { <span dir="auto">{step}</span> " · " })}
                <LocalTime at style=TimeStyle::Row/>
            </ToPlace>
        </dd>
    }
}

#[component]
pub fn Calls() -> impl IntoView {
    let open = ThreadState::expect();
    let calls = Memo::new(move |_| open.dossier.with(|dossier| dossier.calls.clone()));
    view! {
        <Show when=move || calls.with(|calls| !calls.is_empty())>
            <section aria-label="API calls">
                <h3>
                    "API calls" <span>{move || calls.with(Vec::len)}</span>
                </h3>
                <ul class="asked">
                    // A call is redrawn only when its status changes, so that an opened one stays open.
                    <For each=move || calls.get() key=|call| (call.id.clone(), call.status.label()) let:fact>
                        <Call fact/>
                    </For>
                </ul>
            </section>
        </Show>
    }
}

#[component]
fn Call(fact: CallFact) -> impl IntoView {
    let at = fact.at;
    let anchor = fact.anchor();
    let label = fact.label.clone();
    let status = tag(fact.status);
    let spent = took(&fact);
    view! {
        <li>
            <details class="tool">
                <summary>
                    <code dir="auto">{fact.label.clone()}</code>
                    {spent.map(|spent| view! { <small>{spent}</small> })}
                    {status}
                </summary>
                <Body fact/>
            </details>
            <ToPlace anchor>
                <span class="visually-hidden">{format!("Show {label} in the conversation: ")}</span>
                <LocalTime at style=TimeStyle::Row/>
            </ToPlace>
        </li>
    }
}

fn tag(status: CallStatus) -> impl IntoView {
    let class = match status {
        CallStatus::Requested => "tag w",
        CallStatus::Answered => "tag m",
        CallStatus::Failed | CallStatus::Interrupted => "tag b",
    };
    view! { <span class=class>{status.label()}</span> }
}
