//! The search over names and numbers. `/` focuses it.

use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    prelude::*,
};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{
    ROWS,
    form::{KeptFields, edited},
    query::{DESK, DeskLocation},
};
use crate::{
    domain::desk::Filter,
    ui::{browser::focus, components::icon::Icon, keyboard::is_composing},
};

/// The field's id, for the keyboard.
pub const FIELD: &str = "desk-search";

const OWN: [&str; 1] = ["q"];
/// WhatsApp has no longer names, so a longer search finds nothing.
const LIMIT: &str = "100";

#[component]
pub fn Search(place: DeskLocation) -> impl IntoView {
    let navigate = use_navigate();
    let go =
        move |filter: &Filter| navigate(&place.link(filter), NavigateOptions { scroll: false, ..Default::default() });
    let words = Memo::new(move |_| place.filter.with(|filter| filter.search.clone().unwrap_or_default()));
    let submit = {
        let go = go.clone();
        move |event: SubmitEvent| {
            if let Some(filter) = edited(&event, place, &OWN) {
                event.prevent_default();
                go(&filter);
            }
        }
    };
    // The browser's clear button empties the field without submitting the form.
    let emptied = move |event| {
        let searching = words.with_untracked(|words| !words.is_empty());
        if searching && event_target_value(&event).is_empty() {
            go(&Filter { search: None, ..place.filter.get_untracked() });
        }
    };

    // Browsers clear the field on Escape. A second Escape goes to the rows.
    let leave = |event: KeyboardEvent| {
        if event.key() == "Escape" && !is_composing(&event) && event_target_value(&event).is_empty() {
            event.prevent_default();
            focus(ROWS);
        }
    };

    view! {
        <form class="search" role="search" method="get" action=DESK on:submit=submit>
            <Icon name="search" />
            <input
                id=FIELD
                type="search"
                name="q"
                placeholder="Search name or number"
                aria-label="Search name or number"
                aria-keyshortcuts="/"
                autocomplete="off"
                maxlength=LIMIT
                value=words.get_untracked()
                prop:value=words
                on:input=emptied
                on:keydown=leave
            />
            <kbd aria-hidden="true">"/"</kbd>
            <kbd class="send" aria-hidden="true">"Enter"</kbd>
            <KeptFields place own=&OWN />
        </form>
    }
}
