//! One conversation in the list: a link whose values are live and whose height stays.

use leptos::prelude::*;

use super::{
    listing::Listing,
    query::DeskLocation,
    tags::{DeliveryMark, Tag, Tagging, delivery_mark, has_tag_line, is_timed, outcome, speaker, unread},
};
use crate::{
    domain::{
        desk::{Group, Row, RowState},
        ids::ConversationId,
        time::Timestamp,
    },
    ui::{
        components::{avatar::Avatar, icon::Icon},
        conversations::pane_focus::PaneFocus,
        format::{TimeStyle, Zone},
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
    /// The group that shows it.
    group: Group,
    listing: Listing,
    place: DeskLocation,
) -> impl IntoView {
    let app = AppState::expect();
    let viewer = listing.viewer();
    let row = RwSignal::from(row);

    let name = Memo::new(move |_| row.with(|row| row.name.clone()));
    let at = Memo::new(move |_| row.with(|row| row.last_at));
    let unread = {
        let viewer = viewer.clone();
        Memo::new(move |_| row.with(|row| unread(row, &viewer)))
    };
    let closed = Memo::new(move |_| row.with(|row| matches!(row.state, RowState::Closed { .. })));
    let preview_author = {
        let viewer = viewer.clone();
        Memo::new(move |_| row.with(|row| speaker(&row.preview_by, &viewer)))
    };
    let preview = Memo::new(move |_| row.with(|row| row.preview.clone()));
    let current = {
        let id = id.clone();
        Memo::new(move |_| place.open.with(|open| open.as_ref() == Some(&id)))
    };
    // While it is open the reply itself is on the screen.
    let has_draft = {
        let id = id.clone();
        Memo::new(move |_| !current.get() && !closed.get() && app.drafts.with(|drafts| drafts.contains(&id)))
    };
    let delivery = Memo::new(move |_| row.with(delivery_mark));
    let done = {
        let viewer = viewer.clone();
        Memo::new(move |_| row.with(|row| outcome(row, &viewer)))
    };
    let zone = Zone::current();
    let marks = Memo::new(move |_| {
        // Bot and closed rows have no clock and are not looked at every second.
        let now = if row.with(is_timed) { app.now.get() } else { app.now.get_untracked() };
        let moment = |at: Timestamp| moment(zone, at, app.today.get());
        row.with(|row| Tagging { viewer: &viewer, now, moment: &moment }.tags(row))
    });
    let class = if has_tag_line(group) { "row" } else { "row two-lines" };
    let has_line = Memo::new(move |_| has_tag_line(group) || marks.with(|marks| !marks.is_empty()));
    let href = {
        let id = id.clone();
        move || place.open_link(&id)
    };
    let element = row_id(&id);
    let focus = move |_| listing.focused.set_value(Some(id.clone()));
    let pane_focus = PaneFocus::expect();

    view! {
        <a
            class=class
            class:unread=move || { unread.get() > 0 }
            class:closed=closed
            id=element
            href=href
            aria-current=move || current.get().then_some("page")
            on:click=move |event| pane_focus.ask_on_click(&event)
            on:focus=focus
            on:blur=move |_| listing.focused.set_value(None)
        >
            <Avatar name />
            <div class="name">
                <span dir="auto" title=name>{name}</span>
            </div>
            <LocalTime at style=TimeStyle::Row class="time" />
            <div class="last" dir="auto">
                {move || has_draft.get().then(draft_words)}
                {move || delivery.get().map(delivery_words)}
                {preview_author}
                {preview}
            </div>
            {move || unread_badge(unread.get())}
            {move || done.get().map(outcome_words)}
            <Show when=move || has_line.get()>
                <div class="meta">{move || marks.get().into_iter().map(mark).collect_view()}</div>
            </Show>
        </a>
    }
}

pub(super) fn unread_badge(unread: i64) -> Option<impl IntoView> {
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

/// That the viewer has typed something and not sent it. Isolated, so that the preview's direction is that of its text.
fn draft_words() -> impl IntoView {
    view! {
        <bdi class="draft" title="You have typed a reply and not sent it">
            <Icon name="pencil" />
            "Draft"
        </bdi>
        " · "
    }
}

/// How far the last message got. Isolated, so that the preview's direction is that of its text.
fn delivery_words(mark: DeliveryMark) -> impl IntoView {
    let (class, icon, words, shown, separator) = match mark {
        DeliveryMark::NotDelivered => ("undelivered", "alert", "Not delivered", "words", " · "),
        DeliveryMark::Queued => ("queued", "clock", "Queued", "visually-hidden", " "),
    };
    view! {
        <bdi class=class title=words>
            <Icon name=icon />
            <span class=shown>{words}</span>
        </bdi>
        {separator}
    }
}

fn outcome_words(tag: Tag) -> impl IntoView {
    let Tag { spoken, words, title, .. } = tag;
    view! {
        <span class="done" title=title>
            <span class="visually-hidden">{spoken}</span>
            <bdi>{words}</bdi>
        </span>
    }
}

fn mark(tag: Tag) -> impl IntoView {
    let Tag { tone, icon, spoken, words, title } = tag;
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

/// `14:02` today, `Yesterday, 14:02` or `12 Mar, 14:02` on another day.
fn moment(zone: Zone, at: Timestamp, today: i64) -> String {
    let clock = zone.words(at, TimeStyle::Clock, today);
    if zone.day(at) == today { clock } else { format!("{}, {clock}", zone.words(at, TimeStyle::Row, today)) }
}
