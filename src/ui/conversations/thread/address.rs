//! Links back into the desk. They keep the query, so that the list beside the thread stays as it was filtered.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The address of the desk, or of one conversation in it. Call it in a component's body.
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
