//! Importing a flow from a file or from pasted JSON.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

use super::create::creator;
use crate::{
    contract::flow::NewFlow,
    ui::{
        browser,
        components::icon::Icon,
        kit::{FieldError, FieldKind, Submit, SubmitButton, TextField},
    },
};

const FILE: &str = "import-file";

#[component]
pub fn Import() -> impl IntoView {
    let submit = Submit::in_form();
    let create = creator(submit);
    let text = RwSignal::new(String::new());
    let chosen = move |_| {
        spawn_local(async move {
            match browser::read_file(FILE).await {
                Some(read) => {
                    text.try_set(read);
                    submit.error.try_set(None);
                }
                None => {
                    submit.error.try_set(Some("Couldn't read this file.".to_owned()));
                }
            }
        });
    };
    let import = move |event: SubmitEvent| {
        event.prevent_default();
        create(NewFlow::Import { json: text.get_untracked() });
    };
    view! {
        <details class="card pad import">
            <summary><Icon name="download"/>"Import a flow"</summary>
            <form class="form" on:submit=import>
                <label class="field">
                    <span>"File"</span>
                    <input id=FILE type="file" accept=".json,application/json" on:change=chosen/>
                </label>
                <TextField
                    id="import-text"
                    label="Or paste its JSON"
                    rows=8
                    kind=FieldKind::Code
                    text=submit.text(text)
                    error_id="import-fault"
                />
                <FieldError id="import-fault" text=submit.error/>
                <div class="actions">
                    <SubmitButton submit label="Import" busy="Importing…"/>
                    <span class="hint">"It becomes a draft and does not go live."</span>
                </div>
            </form>
        </details>
    }
}
