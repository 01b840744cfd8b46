//! The head card's form: the flow's name, what begins it, where it goes on after a person.

use leptos::prelude::*;

use super::fields::FaultLines;
use crate::{
    domain::{
        flow::{
            check::Fault,
            definition::{Flow, Start, StepId},
        },
        keyword::Matching,
    },
    ui::{
        browser,
        components::icon::Icon,
        flow_editor::{outline::Item, state::Editor},
    },
};

const KINDS: [(&str, &str); 4] = [
    ("new", "A new conversation"),
    ("words", "Words in a message"),
    ("button", "A tap on a button"),
    ("ad", "An ad or a post"),
];

fn kind_of(start: &Start) -> &'static str {
    match start {
        Start::NewConversation => "new",
        Start::Words { .. } => "words",
        Start::Button { .. } => "button",
        Start::Ad { .. } => "ad",
    }
}

fn blank(kind: &str) -> Start {
    match kind {
        "words" => Start::Words { phrase: String::new(), matching: Matching::Contains },
        "button" => Start::Button { payload: String::new() },
        "ad" => Start::Ad { contains: String::new() },
        _ => Start::NewConversation,
    }
}

/// The one text that a start has.
fn text_of(start: &mut Start) -> Option<&mut String> {
    match start {
        Start::NewConversation => None,
        Start::Words { phrase, .. } => Some(phrase),
        Start::Button { payload } => Some(payload),
        Start::Ad { contains } => Some(contains),
    }
}

#[component]
pub fn StartForm() -> impl IntoView {
    let editor = Editor::expect();
    let name = Memo::new(move |_| editor.flow.with(|flow| flow.name.clone()));
    let faults = Memo::new(move |_| -> Vec<Fault> {
        editor.faults.with(|faults| faults.iter().filter(|fault| fault.step.is_none()).cloned().collect())
    });
    view! {
        <h2 class="kind">
            <Icon name="play"/>
            "Start"
        </h2>
        <p class="hint">"What this flow is called, and what begins it."</p>
        <div class="faults" hidden=move || faults.with(Vec::is_empty)>
            <FaultLines faults/>
        </div>
        <div class="field">
            <label for="field-flow-name">"Name of the flow"</label>
            <input
                id="field-flow-name"
                data-first=""
                dir="auto"
                autocomplete="off"
                maxlength="80"
                value=name.get_untracked()
                prop:value=move || name.get()
                on:input:target=move |event| {
                    let typed = event.target().value();
                    editor.retype("flow name", |flow| flow.name = typed);
                }
            />
        </div>
        <Starts/>
        <Resume/>
        <div class="actions tools">
            <button type="button" class="btn" on:click=move |_| editor.ask_behind(Item::Start)>
                <Icon name="plus"/>
                "Add first step"
            </button>
        </div>
    }
}

#[component]
fn Starts() -> impl IntoView {
    let editor = Editor::expect();
    let kinds = Memo::new(move |_| editor.flow.with(|flow| flow.starts.iter().map(kind_of).collect::<Vec<_>>()));
    // One row is drawn anew only when it becomes another kind.
    let rows = move || kinds.get().into_iter().enumerate().collect::<Vec<_>>();
    let add = move |_| {
        let mut at = 0;
        editor.change(|flow| {
            flow.starts.push(if flow.starts.is_empty() { Start::NewConversation } else { blank("words") });
            at = flow.starts.len() - 1;
            true
        });
        request_animation_frame(move || browser::focus(&format!("start-{at}")));
    };
    view! {
        <fieldset class="item-rows">
            <legend class="legend">"Begins with"</legend>
            <small class="hint">
                "Handoff keywords are looked at first. Without a start it can only be tried."
            </small>
            <ol>
                <For each=rows key=|row| *row let((n, kind))>
                    <li>
                        <StartRow n kind/>
                    </li>
                </For>
            </ol>
            <button type="button" class="btn" disabled=move || kinds.with(|kinds| kinds.len() >= 20) on:click=add>
                <Icon name="plus"/>
                "Add start"
            </button>
        </fieldset>
    }
}

#[component]
fn StartRow(n: usize, kind: &'static str) -> impl IntoView {
    let editor = Editor::expect();
    let text = Memo::new(move |_| {
        editor.flow.with(|flow| {
            let mut start = flow.starts.get(n).cloned()?;
            text_of(&mut start).cloned()
        })
    });
    let type_in = move |typed: String| {
        editor.retype(&format!("start {n}"), |flow| {
            if let Some(text) = flow.starts.get_mut(n).and_then(text_of) {
                *text = typed;
            }
        });
    };
    let become_another = move |chosen: String| {
        editor.change(|flow| match flow.starts.get_mut(n) {
            Some(start) if kind_of(start) != chosen => {
                *start = blank(&chosen);
                true
            }
            _ => false,
        });
        request_animation_frame(move || browser::focus(&format!("start-{n}")));
    };
    let remove = move |_| {
        editor.change(|flow| {
            let there = n < flow.starts.len();
            if there {
                flow.starts.remove(n);
            }
            there
        });
    };
    let (label, hint) = match kind {
        "words" => ("Words", "buy, order status"),
        "button" => ("Payload", "the button's payload"),
        "ad" => ("Headline, text or address has", "empty: any ad"),
        _ => ("", ""),
    };
    view! {
        <div class="pair">
            <label class="field">
                <span>{format!("Start {}", n + 1)}</span>
                <select
                    id=format!("start-{n}")
                    on:change:target=move |event| become_another(event.target().value())
                >
                    {KINDS
                        .into_iter()
                        .map(|(value, words)| view! { <option value=value selected={value == kind}>{words}</option> })
                        .collect_view()}
                </select>
            </label>
            {(kind != "new")
                .then(|| {
                    view! {
                        <label class="field">
                            <span>{label}</span>
                            <input
                                dir="auto"
                                autocomplete="off"
                                maxlength="200"
                                placeholder=hint
                                value=text.get_untracked()
                                prop:value=move || text.get().unwrap_or_default()
                                on:input:target=move |event| type_in(event.target().value())
                            />
                        </label>
                    }
                })}
            {(kind == "words").then(|| view! { <Match n/> })}
        </div>
        <div class="tools">
            <button type="button" class="btn icon ghost" aria-label=format!("Remove start {}", n + 1) on:click=remove>
                <Icon name="x"/>
            </button>
        </div>
    }
}

#[component]
fn Match(n: usize) -> impl IntoView {
    let editor = Editor::expect();
    let chosen = Memo::new(move |_| {
        editor.flow.with(|flow| match flow.starts.get(n) {
            Some(Start::Words { matching, .. }) => Some(*matching),
            _ => None,
        })
    });
    let choose = move |word: String| {
        editor.change(|flow| match (flow.starts.get_mut(n), Matching::from_word(&word)) {
            (Some(Start::Words { matching, .. }), Some(now)) if *matching != now => {
                *matching = now;
                true
            }
            _ => false,
        });
    };
    view! {
        <label class="field">
            <span>"Matches"</span>
            <select on:change:target=move |event| choose(event.target().value())>
                {Matching::ALL
                    .into_iter()
                    .map(|matching| {
                        let is_it = move || chosen.get() == Some(matching);
                        view! {
                            <option value=matching.word() selected=is_it prop:selected=is_it>
                                {matching.label()}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
        </label>
    }
}

/// Where it goes on when an agent returns the conversation.
#[component]
fn Resume() -> impl IntoView {
    let editor = Editor::expect();
    let steps = Memo::new(move |_| {
        editor.flow.with(|flow| {
            let all = flow.all().into_iter().enumerate();
            all.map(|(n, step)| (step.id.0.clone(), format!("{}. {}", n + 1, step.label()))).collect::<Vec<_>>()
        })
    });
    let chosen = Memo::new(move |_| editor.flow.with(|flow| flow.resume.clone()));
    let choose = move |id: String| {
        editor.change(|flow: &mut Flow| {
            let now = (!id.is_empty()).then_some(StepId(id));
            let differs = flow.resume != now;
            flow.resume = now;
            differs
        });
    };
    view! {
        <div class="field">
            <label for="field-resume">"When an agent returns the conversation to the bot"</label>
            <select
                id="field-resume"
                on:change:target=move |event| choose(event.target().value())
            >
                <option value="" selected=move || chosen.get().is_none() prop:selected=move || chosen.get().is_none()>
                    "Wait for the next message, begin at the top"
                </option>
                {move || {
                    let chosen = chosen.get();
                    steps
                        .get()
                        .into_iter()
                        .map(|(id, words)| {
                            let is_it = chosen.as_ref().is_some_and(|chosen| chosen.0 == id);
                            view! { <option value=id selected=is_it prop:selected=is_it>{format!("Go on at {words}")}</option> }
                        })
                        .collect_view()
                }}
            </select>
        </div>
    }
}
