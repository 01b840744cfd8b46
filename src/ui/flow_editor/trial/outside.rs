//! What the admin decides in a test run: the response of an API, and whether the language model succeeds.

use leptos::prelude::*;

use super::chat::{Chat, sample_answer};
use crate::{
    contract::flow::TrialInput,
    domain::flow::{
        definition::StepId,
        run::{HttpCall, Task},
        words,
    },
    ui::{
        components::icon::Icon,
        flow_editor::state::Editor,
        kit::{FieldKind, SelectField, TextBinding, TextField},
    },
};

const STATUSES: [(u16, &str); 5] = [
    (200, "200 OK"),
    (201, "201 Created"),
    (404, "404 Not Found"),
    (429, "429 Too Many Requests"),
    (500, "500 Server Error"),
];

#[component]
pub fn Fetching(step: Option<StepId>, label: String, call: HttpCall) -> impl IntoView {
    let chat = Chat::expect();
    let editor = Editor::expect();
    let body = RwSignal::new(editor.flow.with_untracked(|flow| sample_answer(flow, step.as_ref())));
    let status = RwSignal::new(200_u16);
    let answer = move |_| {
        chat.note("cloud", format!("API responded {}.", status.get_untracked()));
        chat.run_step(TrialInput::Answered { status: status.get_untracked(), body: body.get_untracked() });
    };
    let silence = move |_| {
        chat.note("cloud", "API did not respond.");
        chat.run_step(TrialInput::Unanswered { why: "no answer within 5 s".to_owned() });
    };
    view! {
        <div class="turn outside">
            <p>
                <b>{label}</b>
                " would call an API here. Nothing is sent; choose the response."
            </p>
            <pre class="request">
                {format!("{} {}\n", words::method(call.method), call.url)}
                {call.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect::<String>()}
                {call.body.map(|body| format!("\n{body}"))}
            </pre>
            <SelectField
                id="trial-status"
                label="Response"
                options=STATUSES.map(|(status, words)| (status.to_string(), words.to_owned())).to_vec()
                value=Signal::derive(move || status.get().to_string())
                choose=move |chosen: String| {
                    if let Ok(chosen) = chosen.parse() {
                        status.set(chosen);
                    }
                }
            />
            <TextField id="trial-body" label="Body" rows=5 kind=FieldKind::Code text=TextBinding::new(body)/>
            <div class="actions">
                <button type="button" class="btn primary" disabled=move || chat.submit.pending() on:click=answer>"Respond"</button>
                <button type="button" class="btn" disabled=move || chat.submit.pending() on:click=silence>"No response"</button>
            </div>
        </div>
    }
}

/// The task, and the values that the model gets with it.
fn task_with_values(task: &Task) -> String {
    let values = task.values.iter().map(|(name, value)| format!("{name}: {value}"));
    std::iter::once(task.instructions.clone()).chain(values).collect::<Vec<_>>().join("\n")
}

#[component]
pub fn Modelling(label: String, task: Task) -> impl IntoView {
    let chat = Chat::expect();
    view! {
        <div class="turn outside">
            <p>
                <Icon name="bot" class="xs"/>
                " "
                <b>{label}</b>
                " would let the AI reply here. It is not called; choose what happens."
            </p>
            {(!task.instructions.is_empty()).then(|| view! { <pre class="request">{task_with_values(&task)}</pre> })}
            <div class="actions">
                <button
                    type="button"
                    class="btn primary"
                    disabled=move || chat.submit.pending()
                    on:click=move |_| {
                        chat.note("bot", "The AI finished.");
                        chat.run_step(TrialInput::ModelDone);
                    }
                >
                    "It finishes"
                </button>
                <button
                    type="button"
                    class="btn"
                    disabled=move || chat.submit.pending()
                    on:click=move |_| {
                        chat.note("bot", "The AI failed.");
                        chat.run_step(TrialInput::ModelFailed { why: "it did not answer".to_owned() });
                    }
                >
                    "It fails"
                </button>
            </div>
        </div>
    }
}
