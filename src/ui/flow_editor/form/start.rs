//! The form of the head card: the flow's name, its triggers, where it continues after an agent, how long questions stay
//! open.

use leptos::prelude::*;

use super::fields::FaultLines;
use crate::{
    domain::{
        flow::{
            check::FlowFault,
            definition::{Flow, QUESTION_EXPIRY, Start, StepId},
        },
        keyword::Matching,
        time::Span,
    },
    ui::{
        browser,
        components::icon::Icon,
        flow_editor::{outline::OutlineItem, state::Editor},
        kit::{FocusOrder, IconButton, SelectField, TextBinding, TextField, options},
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
        Start::Phrase { .. } => "words",
        Start::Button { .. } => "button",
        Start::Ad { .. } => "ad",
    }
}

fn blank(kind: &str) -> Start {
    match kind {
        "words" => Start::Phrase { phrase: String::new(), matching: Matching::Contains },
        "button" => Start::Button { payload: String::new() },
        "ad" => Start::Ad { contains: String::new() },
        _ => Start::NewConversation,
    }
}

/// The text of a trigger.
fn text_of(start: &Start) -> Option<&String> {
    match start {
        Start::NewConversation => None,
        Start::Phrase { phrase: text, .. } | Start::Button { payload: text } | Start::Ad { contains: text } => {
            Some(text)
        }
    }
}

fn text_mut(start: &mut Start) -> Option<&mut String> {
    match start {
        Start::NewConversation => None,
        Start::Phrase { phrase: text, .. } | Start::Button { payload: text } | Start::Ad { contains: text } => {
            Some(text)
        }
    }
}

#[component]
pub fn StartForm() -> impl IntoView {
    let editor = Editor::expect();
    let name = TextBinding {
        value: Signal::derive(move || editor.flow.with(|flow| flow.name.clone())),
        edit: Callback::new(move |typed| editor.retype("flow name", |flow| flow.name = typed)),
        error: None,
    };
    let faults = Memo::new(move |_| -> Vec<FlowFault> {
        editor.faults.with(|faults| faults.iter().filter(|fault| fault.step.is_none()).cloned().collect())
    });
    view! {
        <h2 class="kind">
            <Icon name="play"/>
            "Start"
        </h2>
        <p class="hint">"The name of this flow, and what starts it."</p>
        <div class="faults" hidden=move || faults.with(Vec::is_empty)>
            <FaultLines faults/>
        </div>
        <TextField id="field-flow-name" label="Flow name" text=name max_length=80 focus=FocusOrder::First/>
        <Starts/>
        <Resume/>
        <QuestionExpiry/>
        <div class="actions tools">
            <button type="button" class="btn" on:click=move |_| editor.ask_behind(OutlineItem::Start)>
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
    // A row is redrawn only when its kind changes.
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
            <legend class="legend">"Triggers"</legend>
            <small class="hint">
                "Handoff keywords are checked first. Without a trigger, this flow only runs in Try it."
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
                "Add trigger"
            </button>
        </fieldset>
    }
}

#[component]
fn StartRow(n: usize, kind: &'static str) -> impl IntoView {
    let editor = Editor::expect();
    let text = TextBinding {
        value: Signal::derive(move || {
            editor.flow.with(|flow| flow.starts.get(n).and_then(text_of).cloned()).unwrap_or_default()
        }),
        edit: Callback::new(move |typed| {
            editor.retype(&format!("start {n}"), |flow| {
                if let Some(text) = flow.starts.get_mut(n).and_then(text_mut) {
                    *text = typed;
                }
            });
        }),
        error: None,
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
    let field = match kind {
        "words" => Some(("Words", "buy, order status")),
        "button" => Some(("Payload", "the button's payload")),
        "ad" => Some(("Headline, text or address contains", "leave empty for any ad")),
        _ => None,
    };
    let kinds = KINDS.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
    view! {
        <div class="pair">
            <SelectField
                id=format!("start-{n}")
                label=format!("Trigger {}", n + 1)
                options=kinds
                value=Signal::stored(kind.to_owned())
                choose=become_another
            />
            {field.map(|(label, hint)| view! {
                <TextField id=format!("start-{n}-text") label placeholder=hint text max_length=200/>
            })}
            {(kind == "words").then(|| view! { <Match n/> })}
        </div>
        <div class="tools">
            <IconButton icon="x" label=format!("Remove trigger {}", n + 1) press=remove/>
        </div>
    }
}

#[component]
fn Match(n: usize) -> impl IntoView {
    let editor = Editor::expect();
    let chosen = move || {
        editor.flow.with(|flow| {
            let Some(Start::Phrase { matching, .. }) = flow.starts.get(n) else { return String::new() };
            matching.as_str().to_owned()
        })
    };
    let choose = move |word: String| {
        editor.change(|flow| {
            let (Some(Start::Phrase { matching, .. }), Ok(now)) = (flow.starts.get_mut(n), word.parse::<Matching>())
            else {
                return false;
            };
            let is_other = *matching != now;
            *matching = now;
            is_other
        });
    };
    view! {
        <SelectField
            id=format!("start-{n}-matching")
            label="Matches"
            options=options(Matching::ALL, Matching::as_str, Matching::label)
            value=Signal::derive(chosen)
            choose
        />
    }
}

/// Where the flow continues when an agent returns the conversation to the bot.
#[component]
fn Resume() -> impl IntoView {
    let editor = Editor::expect();
    let steps = Memo::new(move |_| {
        let mut steps = vec![(String::new(), "Wait for the next message, then start over".to_owned())];
        editor.flow.with(|flow| {
            let all = flow.all().into_iter().enumerate();
            steps.extend(all.map(|(n, step)| (step.id.0.clone(), format!("Continue at {}. {}", n + 1, step.label()))));
        });
        steps
    });
    let chosen = move || editor.flow.with(|flow| flow.resume.as_ref().map(|step| step.0.clone()).unwrap_or_default());
    let choose = move |id: String| {
        editor.change(|flow: &mut Flow| {
            let now = (!id.is_empty()).then_some(StepId(id));
            let differs = flow.resume != now;
            flow.resume = now;
            differs
        });
    };
    view! {
        <SelectField
            id="field-resume"
            label="When an agent returns the conversation to the bot"
            options=steps
            value=Signal::derive(chosen)
            choose
        />
    }
}

/// How long the flow's questions stay open. The option without a value is the default.
#[component]
fn QuestionExpiry() -> impl IntoView {
    let editor = Editor::expect();
    let options = Memo::new(move |_| {
        let mut spans: Vec<Span> = [1, 4, 12, 48, 168].map(Span::hours).to_vec();
        // An imported value must be shown and kept.
        if let Some(own) = editor.flow.with(|flow| flow.question_expiry)
            && !spans.contains(&own)
        {
            spans.push(own);
            spans.sort_unstable();
        }
        let mut options = vec![(String::new(), format!("{} (default)", QUESTION_EXPIRY.approximate()))];
        options.extend(spans.into_iter().map(|span| (span.0.to_string(), span.approximate())));
        options
    });
    let chosen =
        move || editor.flow.with(|flow| flow.question_expiry.map(|span| span.0.to_string()).unwrap_or_default());
    let choose = move |millis: String| {
        editor.change(|flow: &mut Flow| {
            let now = millis.parse().ok().map(Span);
            let differs = flow.question_expiry != now;
            flow.question_expiry = now;
            differs
        });
    };
    view! {
        <SelectField
            id="field-question-expiry"
            label="Questions stay open for"
            options=options
            value=Signal::derive(chosen)
            choose
        />
    }
}
