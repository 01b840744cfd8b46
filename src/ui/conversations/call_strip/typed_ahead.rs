//! What an agent types between a claim and the moment its conversation is shown.
//!
//! The focus moves to a field that nobody sees, so that the browser delivers every key, also of an input method. The
//! text is stored as the conversation's draft in this browser, which the composer restores when it takes the focus.
//! Enter sends nothing here.

use leptos::{ev, prelude::*};

use crate::{
    domain::ids::ConversationId,
    ui::{
        browser::{focus, focused, is_shown, nothing_has_focus},
        conversations::{
            composer::{self, draft},
            list,
            pane_focus::REGION,
        },
        keyboard::is_composing,
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
///
/// The focus must not go to another customer's thread, where the next letters would start a reply. It goes to the list,
/// or on a page without a composer to its content. Else, and in the middle of a sentence, it stays.
pub fn end(app: AppState, id: &ConversationId) {
    // The layout may be gone when the response to a claim arrives.
    let is_this = app.claiming.try_with_untracked(|claiming| claiming.as_ref() == Some(id)) == Some(true);
    if !is_this || !app.typed_ahead.with_untracked(String::is_empty) {
        return;
    }
    let next = if is_shown(list::ROWS) {
        list::ROWS
    } else if is_shown(composer::FIELD) {
        return;
    } else {
        REGION
    };
    let had_focus = has_focus();
    app.claiming.set(None);
    if had_focus {
        focus(next);
    }
}

fn has_focus() -> bool {
    focused().as_deref() == Some(FIELD)
}

/// The field lost the focus. If somebody took it, nothing is typed ahead any more, else the focus returns.
fn come_back(app: AppState) {
    if app.claiming.try_get_untracked().flatten().is_none() || has_focus() {
        return;
    }
    if nothing_has_focus() {
        focus(FIELD);
    } else {
        app.claiming.set(None);
    }
}

/// The field. It exists on every page, because a focused field must not be created while a key is pressed.
#[component]
pub fn TypedAhead() -> impl IntoView {
    let app = AppState::expect();
    let text = app.typed_ahead;
    // The conversation's draft before the claim.
    let before = StoredValue::new(String::new());
    Effect::new(move || {
        text.set(String::new());
        if let Some(id) = app.claiming.get() {
            before.set_value(draft::load(&app.me(), &id).body);
        }
    });
    let typed = move |event: ev::Event| {
        text.set(event_target_value(&event));
        let Some(id) = app.claiming.get_untracked() else { return };
        draft::store_typed_ahead(&app.me(), &id, before.get_value(), text.get_untracked());
        app.note_draft(&id, &draft::load(&app.me(), &id).body);
    };
    // Another window may have the focus; then it comes back here.
    let left = move |_| {
        if !has_focus() {
            request_animation_frame(move || come_back(app));
        }
    };
    // The text is saved, so Escape gives up only the place.
    let keyed = |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && !is_composing(&event) {
            event.prevent_default();
            focus(REGION);
        }
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
            on:keydown=keyed
            on:blur=left
        ></textarea>
    }
}
