//! The status filter as a row of links with the number of conversations. "All" removes it.

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
            <ChipCount status />
        </a>
    }
}

/// How many conversations have the status, whatever the list's other filters hide: the counters that every frame
/// carries. The styles reserve its width, so that a new one moves no chip to another line.
#[component]
fn ChipCount(status: Option<Status>) -> impl IntoView {
    let app = AppState::expect();
    let count = Memo::new(move |_| {
        app.desk.with(|desk| {
            let groups = Group::ALL.into_iter().filter(|group| status.is_none_or(|status| status.includes(*group)));
            groups.map(|group| desk.counts.of(group, &desk.viewer)).sum::<i64>()
        })
    });
    let words = move || match count.get() {
        ..=0 => String::new(),
        n @ 1..=SHOWN => n.to_string(),
        _ => format!("{SHOWN}+"),
    };
    view! { <b class="count">{words}</b> }
}
