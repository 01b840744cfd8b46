//! The status filter as a row of links. "All" removes it.

use leptos::prelude::*;

use super::query::DeskLocation;
use crate::domain::desk::{Filter, Status};

#[component]
pub fn Chips(place: DeskLocation) -> impl IntoView {
    let statuses = std::iter::once(None).chain(Status::ALL.map(Some));
    view! {
        <nav class="chips" aria-label="Status">
            {statuses.map(|status| view! { <Chip status place /> }).collect_view()}
        </nav>
    }
}

#[component]
fn Chip(
    /// `None` is the link to all of them.
    status: Option<Status>,
    place: DeskLocation,
) -> impl IntoView {
    let href = move || place.filter.with(|filter| place.link(&Filter { status, ..filter.clone() }));
    let chosen = move || place.filter.with(|filter| filter.status == status).then_some("true");
    view! {
        <a class="chip" href=href aria-current=chosen>
            {status.map_or("All", Status::label)}
        </a>
    }
}
