//! Creating a flow, empty or from a sample. Opens its editor.

use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::hooks::use_navigate;

use crate::{
    api::flow::flow_create,
    contract::flow::{Flows, NewFlow, SampleRow},
    ui::{
        kit::{FieldError, Submit, SubmitButton, TextField},
        render_environment::hydrated,
    },
};

/// A function that creates a flow and opens its editor. Call it in a component's body, because it uses a hook of the
/// router.
pub fn creator(submit: Submit) -> impl Fn(NewFlow) + Clone + 'static {
    let navigate = use_navigate();
    move |new| {
        let navigate = navigate.clone();
        submit.run(flow_create(new), move |id| navigate(&format!("/admin/flows/{id}"), Default::default()));
    }
}

#[component]
pub fn NewFlowForm(flows: RwSignal<Flows>) -> impl IntoView {
    let submit = Submit::in_form();
    let create = creator(submit);
    let name = RwSignal::new(String::new());
    let submitted = move |event: SubmitEvent| {
        event.prevent_default();
        create(NewFlow::Empty { name: name.get_untracked().trim().to_owned() });
    };
    let placeholder =
        move || if flows.with(|flows| flows.rows.is_empty()) { "Order status" } else { "Name" }.to_owned();
    view! {
        <form class="add" aria-label="New flow" on:submit=submitted>
            <TextField
                id="new-flow"
                label="New flow"
                placeholder=Signal::derive(placeholder)
                text=submit.text(name)
                max_length=80
                error_id="new-flow-refused"
            />
            <SubmitButton submit label="Create" busy="Creating…"/>
            <FieldError id="new-flow-refused" text=submit.error/>
        </form>
    }
}

/// The sample flows.
#[component]
pub fn Samples(flows: RwSignal<Flows>) -> impl IntoView {
    let samples = flows.with_untracked(|flows| flows.samples.clone());
    view! {
        <section aria-labelledby="samples-title">
            <h2 id="samples-title">"Start from a template"</h2>
            <div class="ready">
                {samples.into_iter().map(|sample| view! { <Sample sample/> }).collect_view()}
            </div>
        </section>
    }
}

#[component]
fn Sample(sample: SampleRow) -> impl IntoView {
    let submit = Submit::in_form();
    let create = creator(submit);
    let hydrated = hydrated();
    let key = sample.key;
    view! {
        <div class="card pad">
            <h3>{sample.name.clone()}</h3>
            <p class="hint">{sample.description}</p>
            <button
                class="btn"
                type="button"
                aria-label=format!("Start from “{}”", sample.name)
                disabled=move || !hydrated.get() || submit.pending()
                on:click=move |_| create(NewFlow::Sample { key: key.clone() })
            >
                "Use template"
            </button>
            <FieldError text=submit.error/>
        </div>
    }
}
