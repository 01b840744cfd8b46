//! The foot of a form: its state, *Undo changes* and *Save*; and the notice that somebody else saved meanwhile.
//!
//! `<SaveBar progress undo=move |()| form.reload() blocked=has_errors/>` inside a `<form>` whose `on:submit` saves;
//! `<ConflictNotice shown=form.conflict label="Reload this text" reload=move |()| form.reload()/>` above it.

use leptos::prelude::*;

use super::edit_state::Progress;
use crate::ui::{components::icon::Icon, render_environment::hydrated};

#[component]
pub fn SaveBar(
    #[prop(into)] progress: Signal<Progress>,
    #[prop(into)] undo: Callback<()>,
    /// What is typed cannot be saved.
    #[prop(optional, into)]
    blocked: Signal<bool>,
) -> impl IntoView {
    let hydrated = hydrated();
    let disabled = move || blocked.get() || !hydrated.get() || progress.get() != Progress::Unsaved;
    view! {
        <div class="foot actions">
            <span class="hint" role="status">
                {move || match progress.get() {
                    Progress::Untouched => "",
                    Progress::Unsaved => "Not saved yet",
                    Progress::Saving => "Saving…",
                    Progress::Saved => "Saved",
                }}
            </span>
            <Show when=move || progress.get() == Progress::Unsaved>
                <button class="btn ghost" type="button" on:click=move |_| undo.run(())>"Undo changes"</button>
            </Show>
            <button class="btn primary" type="submit" disabled=disabled>"Save"</button>
        </div>
    }
}

/// The notice that another admin saved other values meanwhile. What is typed stays until it is reloaded.
#[component]
pub fn ConflictNotice(
    #[prop(into)] shown: Signal<bool>,
    /// What the button says.
    label: &'static str,
    #[prop(into)] reload: Callback<()>,
) -> impl IntoView {
    view! {
        <div role="status">
            <Show when=move || shown.get()>
                <div class="fault">
                    <Icon name="alert"/>
                    <p>"Someone else changed this. Reload their version, or save to replace it with yours."</p>
                    <button class="btn" type="button" on:click=move |_| reload.run(())>{label}</button>
                </div>
            </Show>
        </div>
    }
}
