//! The editor of one flow: the outline, and beside it a form, a test run or the versions.
//!
//! `outline` turns a flow into rows, `tree` draws them, `keys` handles shortcuts, `state` is shared by all parts,
//! `saving` saves the draft. To add a kind of step: its form in `form/`, its icon in `outline`.

mod form;
mod head;
mod keys;
mod menu;
mod outline;
mod publish;
mod saving;
mod state;
mod tree;
mod trial;
mod versions;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use self::{
    state::{Editor, Panel},
    trial::chat::Chat,
};
use crate::{
    api::flow::read_flow,
    contract::flow::FlowPage,
    domain::ids::FlowId,
    ui::{
        components::icon::Icon,
        kit::{RefreshTrigger, lazy_route, live_resource_by},
        state::AppState,
    },
};

// By far the largest page.
lazy_route!(FlowEditorRoute in flows, FlowEditorPage);

#[component]
fn FlowEditorPage() -> impl IntoView {
    let refresh = RefreshTrigger::watch(AppState::expect());
    let params = use_params_map();
    let id = Memo::new(move |_| FlowId::from(params.with(|params| params.get("id").unwrap_or_default())));
    live_resource_by(refresh, id.into(), read_flow, move |page| view! { <FlowEditor page refresh/> })
}

#[component]
fn FlowEditor(page: RwSignal<FlowPage>, refresh: RefreshTrigger) -> impl IntoView {
    let editor = Editor::new(page, refresh);
    provide_context(editor);
    provide_context(Chat::new(editor));
    editor.keep_saved();
    Effect::new(move |_| keys::listen(editor));
    // On the server the head is written last, when the page's signals may already be disposed.
    let title = move || editor.flow.try_with(|flow| flow.name.clone()).unwrap_or_default();
    view! {
        <Title text=title/>
        <div class="flow-editor full" class:sheet=move || editor.sheet.get()>
            <head::Head/>
            <div class="flow-canvas">
                <tree::Tree/>
                <RemovedToast/>
                <keys::Legend/>
            </div>
            <section class="flow-panel" aria-label="Selected step">
                <button
                    type="button"
                    class="btn icon ghost only-sheet"
                    aria-label="Back to the steps"
                    on:click=move |_| editor.close_form()
                >
                    <Icon name="x"/>
                </button>
                {move || match editor.panel.get() {
                    Panel::Form => view! { <form::FormPanel/> }.into_any(),
                    Panel::Trial => view! { <trial::TrialPanel/> }.into_any(),
                    Panel::Versions => view! { <versions::VersionsPanel/> }.into_any(),
                }}
            </section>
            <menu::KindMenu/>
            <p class="visually-hidden" role="status" aria-live="polite">{move || editor.announcement.get()}</p>
        </div>
    }
}

/// The notice that a step was deleted, with *Undo*, until the next change.
#[component]
fn RemovedToast() -> impl IntoView {
    let editor = Editor::expect();
    view! {
        <div role="status" class="removed">
            {move || {
                editor
                    .removed
                    .get()
                    .map(|label| {
                        view! {
                            <div class="toast">
                                <Icon name="trash"/>
                                <p><b dir="auto">{label}</b>" deleted"</p>
                                <button type="button" class="btn" on:click=move |_| editor.undo()>"Undo"</button>
                            </div>
                        }
                    })
            }}
        </div>
    }
}
