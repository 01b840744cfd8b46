//! One conversation in the list: a link of fixed height whose values are live.

use leptos::{ev, prelude::*};

use super::{
    listing::Listing,
    query::DeskLocation,
    tags::{Tag, speaker, tags},
};
use crate::{
    domain::{
        desk::{Row, RowState},
        ids::ConversationId,
    },
    ui::{
        components::{avatar::Avatar, icon::Icon},
        conversations::pane_focus::PaneFocus,
        format::TimeStyle,
        local_time::LocalTime,
        state::AppState,
    },
};

/// Larger counts are shown as `99+`.
const UNREAD_SHOWN: i64 = 99;

/// The element's id, to focus it.
pub fn row_id(id: &ConversationId) -> String {
    format!("row-{id}")
}

#[component]
pub fn ConversationRow(
    id: ConversationId,
    row: ArcRwSignal<Row>,
    listing: Listing,
    place: DeskLocation,
) -> impl IntoView {
    let app = AppState::expect();
    let viewer = listing.viewer();
    let row = RwSignal::from(row);

    let name = Memo::new(move |_| row.with(|row| row.name.clone()));
    let at = Memo::new(move |_| row.with(|row| row.last_at));
    let unread = Memo::new(move |_| row.with(|row| row.unread));
    let closed = Memo::new(move |_| row.with(|row| matches!(row.state, RowState::Closed { .. })));
    let preview_author = {
        let viewer = viewer.clone();
        Memo::new(move |_| row.with(|row| speaker(&row.preview_by, &viewer)))
    };
    let preview = Memo::new(move |_| row.with(|row| row.preview.clone()));
    let marks = Memo::new(move |_| row.with(|row| tags(row, &viewer, app.now.get())));
    let current = {
        let id = id.clone();
        Memo::new(move |_| place.open.with(|open| open.as_ref() == Some(&id)))
    };
    let href = {
        let id = id.clone();
        move || place.open_link(&id)
    };
    let element = row_id(&id);
    let focus = move |_| listing.focused.set_value(Some(id.clone()));
    let pane_focus = PaneFocus::expect();
    // A press of Enter has no detail: then the focus stays in the list.
    let clicked = move |event: ev::MouseEvent| {
        let opens_elsewhere = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
        if event.detail() > 0 && !opens_elsewhere {
            pane_focus.ask();
        }
    };

    view! {
        <a
            class="row"
            class:unread=move || { unread.get() > 0 }
            class:closed=closed
            id=element
            href=href
            aria-current=move || current.get().then_some("page")
            on:click=clicked
            on:focus=focus
            on:blur=move |_| listing.focused.set_value(None)
        >
            <Avatar name />
            <div class="name">
                <span dir="auto">{name}</span>
            </div>
            <LocalTime at style=TimeStyle::Row class="time" />
            <div class="last" dir="auto">
                {preview_author}
                {preview}
            </div>
            {move || unread_badge(unread.get())}
            <div class="meta">{move || marks.get().into_iter().map(mark).collect_view()}</div>
        </a>
    }
}

fn unread_badge(unread: i64) -> Option<impl IntoView> {
    let shown = if unread > UNREAD_SHOWN { format!("{UNREAD_SHOWN}+") } else { unread.to_string() };
    let spoken = if unread == 1 { "1 unread message".to_owned() } else { format!("{unread} unread messages") };
    (unread > 0).then(|| {
        view! {
            <span class="badge">
                <span aria-hidden="true">{shown}</span>
                <span class="visually-hidden">{spoken}</span>
            </span>
        }
    })
}

fn mark(tag: Tag) -> impl IntoView {
    let Tag { tone, icon, spoken, words } = tag;
    let title = words.clone();
    let spoken = (!spoken.is_empty()).then(|| view! { <span class="visually-hidden">{spoken}</span> });
    // `bdi`: a keyword is a customer's text and may run from right to left.
    view! {
        <span class=format!("tag {tone}") title=title>
            <Icon name=icon />
            {spoken}
            <bdi>{words}</bdi>
        </span>
    }
}
