//! The trial's stand-ins: what another system answers, and how the language model fares, said by the admin.

use leptos::prelude::*;

use super::chat::{Chat, sample_answer};
use crate::{
    contract::flow::TrialInput,
    domain::flow::{
        definition::StepId,
        run::{Call, Task},
        words,
    },
    ui::{components::icon::Icon, flow_editor::state::Editor},
};

const STATUSES: [(u16, &str); 5] = [
    (200, "200 OK"),
    (201, "201 Created"),
    (404, "404 Not Found"),
    (429, "429 Too Many Requests"),
    (500, "500 Server Error"),
];

#[component]
pub fn Fetching(step: Option<StepId>, label: String, call: Call) -> impl IntoView {
    let chat = Chat::expect();
    let editor = Editor::expect();
    let body = RwSignal::new(editor.flow.with_untracked(|flow| sample_answer(flow, step.as_ref())));
    let status = RwSignal::new(200_u16);
    let answer = move |_| {
        chat.note("cloud", format!("The other system answered {}.", status.get_untracked()));
        chat.go(TrialInput::Answered { status: status.get_untracked(), body: body.get_untracked() });
    };
    let silence = move |_| {
        chat.note("cloud", "The other system did not answer.");
        chat.go(TrialInput::Unanswered { why: "no answer within 5 s".to_owned() });
    };
    view! {
        <div class="turn outside">
            <p>
                <b>{label}</b>
                " would ask another system now. Nothing is sent: say what it answers."
            </p>
            <pre class="request">
                {format!("{} {}\n", words::method(call.method), call.url)}
                {call.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect::<String>()}
                {call.body.map(|body| format!("\n{body}"))}
            </pre>
            <label class="field">
                <span>"Answer with"</span>
                <select on:change:target=move |event| {
                    if let Ok(chosen) = event.target().value().parse() {
                        status.set(chosen);
                    }
                }>
                    {STATUSES
                        .into_iter()
                        .map(|(status, words)| view! { <option value=status.to_string()>{words}</option> })
                        .collect_view()}
                </select>
            </label>
            <label class="field">
                <span>"Body"</span>
                <textarea
                    class="code"
                    rows="5"
                    spellcheck="false"
                    prop:value=move || body.get()
                    on:input:target=move |event| body.set(event.target().value())
                >
                    {body.get_untracked()}
                </textarea>
            </label>
            <div class="actions">
                <button type="button" class="btn primary" disabled=move || chat.sending.get() on:click=answer>"Answer"</button>
                <button type="button" class="btn" disabled=move || chat.sending.get() on:click=silence>"No answer"</button>
            </div>
        </div>
    }
}

/// The task as it stands, and the values that the model is told beside it.
fn told(task: &Task) -> String {
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
                " lets the language model talk now. It is not asked here: say how it fares."
            </p>
            {(!task.instructions.is_empty()).then(|| view! { <pre class="request">{told(&task)}</pre> })}
            <div class="actions">
                <button
                    type="button"
                    class="btn primary"
                    disabled=move || chat.sending.get()
                    on:click=move |_| {
                        chat.note("bot", "The language model is done.");
                        chat.go(TrialInput::Modelled);
                    }
                >
                    "It is done"
                </button>
                <button
                    type="button"
                    class="btn"
                    disabled=move || chat.sending.get()
                    on:click=move |_| {
                        chat.note("bot", "The language model failed.");
                        chat.go(TrialInput::ModelFailed { why: "it did not answer".to_owned() });
                    }
                >
                    "It fails"
                </button>
            </div>
        </div>
    }
}
