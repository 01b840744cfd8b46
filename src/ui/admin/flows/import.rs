//! A flow from a file, or from its text.

use leptos::{html, prelude::*, task::spawn_local};

use super::{
    super::{faults::FieldFault, typing::hydrated},
    list::Making,
};
use crate::{
    contract::flow::NewFlow,
    ui::{browser, components::icon::Icon},
};

const FILE: &str = "import-file";

#[component]
pub fn Import() -> impl IntoView {
    let making = Making::new();
    let make = making.maker();
    let hydrated = hydrated();
    let text = RwSignal::new(String::new());
    let file = NodeRef::<html::Input>::new();
    let chosen = move |_| {
        spawn_local(async move {
            match browser::read_file(FILE).await {
                Some(read) => {
                    text.try_set(read);
                    making.refused.try_set(None);
                }
                None => {
                    making.refused.try_set(Some("This file could not be read.".to_owned()));
                }
            }
        });
    };
    view! {
        <details class="card pad import">
            <summary><Icon name="download"/>"Import a flow"</summary>
            <form
                class="form"
                on:submit=move |event| {
                    event.prevent_default();
                    make(NewFlow::Import { json: text.get_untracked() });
                }
            >
                <label class="field">
                    <span>"File"</span>
                    <input id=FILE node_ref=file type="file" accept=".json,application/json" on:change=chosen/>
                </label>
                <label class="field">
                    <span>"Or its text"</span>
                    <textarea
                        class="code"
                        rows="8"
                        spellcheck="false"
                        aria-describedby="import-fault"
                        prop:value=move || text.get()
                        on:input:target=move |event| text.set(event.target().value())
                    ></textarea>
                </label>
                <FieldFault id="import-fault" words=making.refused/>
                <div class="actions">
                    <button class="btn primary" type="submit" disabled=move || !hydrated.get() || making.sending.get()>"Import"</button>
                    <span class="hint">"It becomes a draft; nothing goes live."</span>
                </div>
            </form>
        </details>
    }
}
