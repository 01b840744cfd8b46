//! The search over names, numbers, messages and notes. `/` focuses it. It searches while somebody types, when the typing pauses;
//! the address keeps the text.

use std::time::Duration;

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
    domain::{desk::Filter, search::QUERY_LIMIT},
    ui::{
        browser::{clear_timer, focus},
        components::icon::Icon,
        keyboard::is_composing,
    },
};

/// The field's id, for the keyboard.
pub const FIELD: &str = "desk-search";

const OWN: [&str; 1] = ["q"];
/// How long the typing must pause before the search begins.
const REST: Duration = Duration::from_millis(250);
const OPERATORS: &str = "Narrow a search with agent:, status:, number:, in:notes, before:, after: or on:";

#[component]
pub fn Search(place: DeskLocation) -> impl IntoView {
    let navigate = use_navigate();
    let words = Memo::new(move |_| place.filter.with(|filter| filter.search.clone().unwrap_or_default()));
    // What stands in the field. It follows the address, but not an address that typing has caused.
    let typed = RwSignal::new(words.get_untracked());
    let sent = StoredValue::new(words.get_untracked());
    Effect::new(move |_| {
        let words = words.get();
        if sent.get_value() != words {
            sent.set_value(words.clone());
            typed.set(words);
        }
    });
    let go = move |text: &str| {
        let text = text.trim();
        if sent.get_value() == text {
            return;
        }
        sent.set_value(text.to_owned());
        let filter = untrack(|| place.filter.get());
        // One search is one step back, however many letters it has.
        let replace = filter.search.is_some();
        let filter = Filter { search: (!text.is_empty()).then(|| text.to_owned()), ..filter };
        navigate(
            &untrack(|| place.link(&filter)),
            NavigateOptions { replace, scroll: false, ..NavigateOptions::default() },
        );
    };
    let timer = StoredValue::new(None::<TimeoutHandle>);
    on_cleanup(move || clear_timer(timer));
    let submit = {
        let go = go.clone();
        move |event: SubmitEvent| {
            if let Some(filter) = edited(&event, place, &OWN) {
                event.prevent_default();
                clear_timer(timer);
                go(filter.search.as_deref().unwrap_or_default());
            }
        }
    };
    let changed = move |event| {
        let text = event_target_value(&event);
        typed.set(text.clone());
        clear_timer(timer);
        if text.is_empty() {
            return go("");
        }
        let go = go.clone();
        // A browser refuses a timer only while the page is unloaded.
        timer.set_value(set_timeout_with_handle(move || go(&text), REST).ok());
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
                placeholder="Names, numbers, messages"
                aria-label="Search names, numbers, messages and notes"
                aria-keyshortcuts="/"
                title=OPERATORS
                autocomplete="off"
                maxlength=QUERY_LIMIT.to_string()
                value=words.get_untracked()
                prop:value=typed
                on:input=changed
                on:keydown=leave
            />
            <kbd aria-hidden="true">"/"</kbd>
            <KeptFields place own=&OWN />
        </form>
    }
}
