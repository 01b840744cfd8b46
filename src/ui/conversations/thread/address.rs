//! Links to the list and to conversations. They keep the query, and with it the list's filter.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::ui::conversations::list::DESK;

/// The address of the list, or of one conversation. Call it in a component's body.
///
/// A function and no signal: a signal would be gone with the pane while its link still follows the router, and reading
/// it would end the page.
pub fn desk_link(conversation: Option<&str>) -> impl Fn() -> String + Clone + Send + Sync + use<> {
    let search = use_location().search;
    let path = match conversation {
        Some(id) => format!("{DESK}/{id}"),
        None => DESK.to_owned(),
    };
    move || {
        let query = search.get();
        let query = query.trim_start_matches('?');
        if query.is_empty() { path.clone() } else { format!("{path}?{query}") }
    }
}
