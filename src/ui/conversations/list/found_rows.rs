//! The results of a search, in place of the groups: customers by name and number, conversations by the notes in them, then by
//! their messages, the newest first. A conversation stands there once. The groups are not narrowed instead: newest first over
//! a million messages is bounded, and their order is not by time.

use leptos::prelude::*;

use super::{
    empty::{NoRows, SkeletonRows},
    listing::Listing,
    query::DeskLocation,
    results::{MORE, Results, SearchAnswer, hits},
    row::{row_id, unread_badge},
    tags::unread,
};
use crate::{
    contract::{
        ApiError,
        search::{FoundNote, Indexing, SearchHit},
    },
    domain::{
        desk::{Filter, Row, RowState},
        ids::{AgentId, ConversationId},
        search::{Marked, MarkedPart},
    },
    ui::{
        components::{avatar::Avatar, icon::Icon},
        conversations::pane_focus::PaneFocus,
        format::TimeStyle,
        local_time::LocalTime,
        number::grouped,
        snapshot::Snapshot,
    },
};

/// The results, or why there are none.
#[component]
pub fn FoundRows(source: Snapshot<SearchAnswer>, listing: Listing, place: DeskLocation) -> impl IntoView {
    let results = Results::new(listing, place, source);
    results.follow();
    let fault = Memo::new(move |_| results.found.with(|found| found.as_ref().err().cloned()));
    let refused =
        Memo::new(move |_| results.found.with(|found| found.as_ref().ok().and_then(|page| page.refused.clone())));
    let is_empty =
        Memo::new(move |_| results.found.with(|found| found.as_ref().is_ok_and(|page| hits(page).next().is_none())));
    let indexing = Memo::new(move |_| results.found.with(|found| found.as_ref().ok().and_then(|page| page.indexing)));
    let is_cut = Memo::new(move |_| results.found.with(|found| found.as_ref().is_ok_and(|page| page.is_cut)));
    let goes_on = Memo::new(move |_| results.found.with(|found| found.as_ref().is_ok_and(|page| page.more.is_some())));
    let has_more_notes =
        Memo::new(move |_| results.found.with(|found| found.as_ref().is_ok_and(|page| page.has_more_notes)));
    let more_notes = Memo::new(move |_| {
        let filter = place.filter.get();
        let search =
            filter.search.as_ref().filter(|_| has_more_notes.get()).map(|typed| format!("{typed} in:notes"))?;
        Some(place.link(&Filter { search: Some(search), ..filter }))
    });
    let is_reading = results.is_reading;
    let is_answered = Memo::new(move |_| results.is_answered());
    view! {
        <Announcement results />
        {move || fault.get().map(|error| view! { <SearchError error results /> })}
        {move || refused.get().map(|detail| view! { <Refused detail /> })}
        <Show when=move || is_empty.get() && !is_answered.get()>
            <SkeletonRows />
        </Show>
        <Show when=move || is_empty.get() && is_answered.get() && refused.with(Option::is_none) && !goes_on.get()>
            <NoRows place />
        </Show>
        <Section title="Customers" hits=results.section(|page| &page.customers) listing place />
        <Section title="Notes" hits=results.section(|page| &page.notes) listing place />
        {move || more_notes.get().map(|all| view! { <a class="btn more" href=all>"Show all notes"</a> })}
        <Section title="Messages" hits=results.section(|page| &page.messages) listing place />
        <Show when=move || goes_on.get()>
            <button
                type="button"
                class="btn more"
                id=MORE
                aria-disabled=move || is_reading.get().then_some("true")
                on:click=move |_| results.read_more()
            >
                {move || if is_reading.get() { "Searching…" } else { "Search further back" }}
            </button>
        </Show>
        <Show when=move || is_cut.get()>
            <p class="list-note">
                "Only the newest conversations of this filter were searched. Add a word or another filter to find older ones."
            </p>
        </Show>
        {move || indexing.get().map(indexing_note)}
    }
}

fn indexing_note(indexing: Indexing) -> impl IntoView {
    let reach = indexing.back_to.map(|at| {
        view! { " So far they are found back to " <LocalTime at style=TimeStyle::Full /> "." }
    });
    view! {
        <p class="list-note" role="status">
            "Older messages are still being added to the search."
            {reach}
        </p>
    }
}

/// Says to screen readers how much was found, once the search is answered.
#[component]
fn Announcement(results: Results) -> impl IntoView {
    let words = move || {
        if !results.is_answered() {
            return String::new();
        }
        results.found.with(|found| match found {
            Ok(page) => match (&page.refused, hits(page).count()) {
                (Some(refused), _) => refused.clone(),
                (None, 1) => "1 conversation found".to_owned(),
                (None, count) if page.more.is_some() => format!("More than {} conversations found", grouped(count)),
                (None, count) => format!("{} conversations found", grouped(count)),
            },
            Err(error) => error.to_string(),
        })
    };
    view! {
        <p class="visually-hidden" role="status">
            {words}
        </p>
    }
}

/// The text cannot be searched.
#[component]
fn Refused(detail: String) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon name="search" />
            <b>"Nothing was searched"</b>
            <p dir="auto">{detail}</p>
        </div>
    }
}

/// The results could not be read.
#[component]
fn SearchError(error: ApiError, results: Results) -> impl IntoView {
    view! {
        <div class="empty" role="alert">
            <Icon name="alert" />
            <b>"Couldn't search"</b>
            <p>{error.to_string()}</p>
            <button type="button" class="btn" on:click=move |_| results.retry()>
                "Try again"
            </button>
        </div>
    }
}

#[component]
fn Section(title: &'static str, hits: Memo<Vec<SearchHit>>, listing: Listing, place: DeskLocation) -> impl IntoView {
    let has_some = Memo::new(move |_| hits.with(|hits| !hits.is_empty()));
    // A hit whose marks changed is another one.
    let key = |hit: &SearchHit| {
        let message = hit.message.as_ref().map(|message| message.excerpt.clone());
        let note = hit.note.as_ref().map(|note| (note.id.clone(), note.excerpt.clone()));
        (hit.row.id.clone(), hit.name.clone(), hit.phone.clone(), message, note)
    };
    view! {
        <Show when=move || has_some.get()>
            // Not by its heading alone: the messages of an open conversation are a region “Messages”.
            <section class="group found" aria-label=format!("{title} found")>
                <h2 class="group-name">{title}</h2>
                <For each=move || hits.get() key=key let:hit>
                    <HitRow hit listing place />
                </For>
            </section>
        </Show>
    }
}

/// A conversation that is found: a link to the message or note, with the hits marked.
#[component]
fn HitRow(hit: SearchHit, listing: Listing, place: DeskLocation) -> impl IntoView {
    let target = hit.item();
    let SearchHit { row, name, phone, message, note } = hit;
    let id = row.id.clone();
    let viewer = listing.viewer();
    let row = listing.cell(&id).map_or_else(|| RwSignal::new(row), RwSignal::from);
    let unread = {
        let viewer = viewer.clone();
        Memo::new(move |_| row.with(|row| unread(row, &viewer)))
    };
    let avatar = name.text.clone();
    let at = message.as_ref().map(|message| message.at).or_else(|| note.as_ref().map(|note| note.at));
    let at = Memo::new(move |_| at.unwrap_or_else(|| row.with(|row| row.last_at)));
    let current = {
        let id = id.clone();
        Memo::new(move |_| place.open.with(|open| open.as_ref() == Some(&id)))
    };
    let href = {
        let id = id.clone();
        move || address(place, &id, target.as_ref().map(|target| target.as_str()))
    };
    let by = note.as_ref().map(|note| note_by(note, &viewer));
    let state = move || row.with(|row| state_words(row, &viewer));
    // Beside a message, whose place is first.
    let also = by.clone().filter(|_| message.is_some());
    let last = match (message, note) {
        (Some(message), _) => {
            // Isolated, so that the excerpt's direction is that of its text.
            let sent = (!message.is_from_customer).then(|| view! { <bdi>"Sent: "</bdi> });
            view! { {sent}{marked(&message.excerpt)} }.into_any()
        }
        (None, Some(note)) => view! { <bdi>{by.map(|by| format!("{by}: "))}</bdi>{marked(&note.excerpt)} }.into_any(),
        (None, None) => (move || row.with(|row| row.preview.clone())).into_any(),
    };
    let element = row_id(&id);
    let pane_focus = PaneFocus::expect();
    view! {
        <a
            class="row"
            class:unread=move || { unread.get() > 0 }
            id=element
            href=href
            aria-current=move || current.get().then_some("page")
            on:click=move |event| pane_focus.ask_on_click(&event)
            on:focus=move |_| listing.focused.set_value(Some(id.clone()))
            on:blur=move |_| listing.focused.set_value(None)
        >
            <Avatar name=Signal::stored(avatar) />
            <div class="name">
                <span dir="auto">{marked(&name)}</span>
            </div>
            <LocalTime at style=TimeStyle::Row class="time" />
            <div class="last" dir="auto">
                {last}
            </div>
            {move || unread_badge(unread.get())}
            <div class="meta">
                <span class="tag n">{state}</span>
                {also.map(|by| view! { <span class="tag n" dir="auto">{by}</span> })}
                {phone
                    .map(|phone| {
                        view! {
                            <span class="tag n">
                                <bdi>{marked(&phone)}</bdi>
                            </span>
                        }
                    })}
            </div>
        </a>
    }
}

fn address(place: DeskLocation, id: &ConversationId, item: Option<&str>) -> String {
    let link = place.open_link(id);
    match item {
        Some(item) => format!("{link}#{item}"),
        None => link,
    }
}

/// Who wrote a note.
pub fn note_by(note: &FoundNote, viewer: &AgentId) -> String {
    if note.author == *viewer { "Note by you".to_owned() } else { format!("Note by {}", note.author_name) }
}

/// Who has the conversation.
pub fn state_words(row: &Row, viewer: &AgentId) -> String {
    match &row.state {
        RowState::Bot => "Bot".to_owned(),
        RowState::Waiting => "Unassigned".to_owned(),
        RowState::Claimed { agent, .. } if agent == viewer => "Yours".to_owned(),
        RowState::Claimed { name, .. } => name.clone(),
        RowState::Phone => "WhatsApp app".to_owned(),
        RowState::Closed { .. } => "Closed".to_owned(),
    }
}

/// A text with its hits marked.
pub fn marked(text: &Marked) -> impl IntoView + use<> {
    let parts = text.parts().into_iter().map(|part| match part {
        MarkedPart::Hit(hit) => view! { <mark>{hit.to_owned()}</mark> }.into_any(),
        MarkedPart::Other(other) => other.to_owned().into_any(),
    });
    parts.collect_view()
}
