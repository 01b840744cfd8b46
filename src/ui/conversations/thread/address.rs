//! Links to the list and to conversations. They keep the query, and with it the list's filter.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The address of the list, or of one conversation. Call it in a component's body.
pub fn desk_link(conversation: Option<&str>) -> Signal<String> {
    let search = use_location().search;
    let path = match conversation {
        Some(id) => format!("/conversations/{id}"),
        None => "/conversations".to_owned(),
    };
    Signal::derive(move || {
        let query = search.get();
        let query = query.trim_start_matches('?');
        if query.is_empty() { path.clone() } else { format!("{path}?{query}") }
    })
}
