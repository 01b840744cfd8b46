//! The status filter as a row of links. "All" removes it.

use leptos::prelude::*;

use super::query::DeskLocation;
use crate::{
    domain::desk::{Filter, Group, Status},
    ui::state::AppState,
};

/// Larger counts are shown as `99+`.
const SHOWN: i64 = 99;

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
            " "
            {status.and_then(counted).map(|group| view! { <ChipCount group /> })}
        </a>
    }
}

/// How many conversations of the group there are, whatever the list's filter hides. The styles reserve its width, so
/// that a new one moves no chip to another line.
#[component]
fn ChipCount(group: Group) -> impl IntoView {
    let app = AppState::expect();
    let count = Memo::new(move |_| app.desk.with(|desk| desk.counts.of(group, &desk.viewer)));
    let words = move || match count.get() {
        ..=0 => String::new(),
        n @ 1..=SHOWN => n.to_string(),
        _ => format!("{SHOWN}+"),
    };
    view! { <b class="count">{words}</b> }
}

/// The group whose count a status shows: where a customer waits for a person.
fn counted(status: Status) -> Option<Group> {
    match status {
        Status::ReplyNow => Some(Group::ReplyNow),
        Status::Unassigned => Some(Group::Unassigned),
        Status::Mine | Status::CustomersTurn | Status::Snoozed | Status::Others | Status::Bot | Status::Closed => None,
    }
}
