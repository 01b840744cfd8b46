//! What an agent types between a claim and the moment its conversation is shown.
//!
//! The focus moves to a field that nobody sees, so that the browser delivers every key, also of an input method. The text
//! is saved as the conversation's draft, which the composer restores when it takes the focus. Enter sends nothing here.

use leptos::{ev, prelude::*};

use crate::{
    domain::ids::ConversationId,
    ui::{
        browser::{focus, focus_if_lost},
        conversations::composer::draft,
        state::AppState,
    },
};

const FIELD: &str = "typed-ahead";

/// Takes the focus for a conversation that is being claimed.
pub fn begin(app: AppState, id: &ConversationId) {
    app.claiming.set(Some(id.clone()));
    focus(FIELD);
}

/// The claim was refused. What was typed is kept as the conversation's draft.
pub fn end(app: AppState, id: &ConversationId) {
    let ended = app.claiming.try_update(|claiming| claiming.take_if(|claiming| claiming == id)).flatten();
    if ended.is_some() {
        request_animation_frame(|| focus_if_lost("main"));
    }
}

/// The field. It exists on every page, because a focused field must not be created while a key is pressed.
#[component]
pub fn TypedAhead() -> impl IntoView {
    let app = AppState::expect();
    let text = RwSignal::new(String::new());
    // The conversation's draft before the claim.
    let before = StoredValue::new(String::new());
    Effect::new(move || {
        text.set(String::new());
        if let Some(id) = app.claiming.get() {
            before.set_value(draft::load(&app.me(), &id));
        }
    });
    let typed = move |event: ev::Event| {
        text.set(event_target_value(&event));
        let Some(id) = app.claiming.get_untracked() else { return };
        let mut parts = vec![before.get_value(), text.get_untracked()];
        parts.retain(|part| !part.trim().is_empty());
        draft::save(&app.me(), &id, &parts.join("\n\n"));
    };
    view! {
        <textarea
            id=FIELD
            class="typed-ahead"
            aria-label="Reply, while the conversation loads"
            // Not `disabled`: it would still be so when `begin` moves the focus here.
            aria-hidden=move || app.claiming.with(Option::is_none).then_some("true")
            tabindex="-1"
            prop:value=move || text.get()
            on:input=typed
        ></textarea>
    }
}
