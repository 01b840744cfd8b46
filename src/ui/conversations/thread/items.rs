//! The items in their order: days, bubbles, lines, notes, replies being sent; and the scroll position.
//!
//! A reader at the end stays at the end. For others the position never changes: a pill announces new messages, and
//! older ones are added above without a jump.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;

use super::{
    bubble::{Bubble, show_missing},
    content::{JumpedTo, Words},
    fact::FactLine,
    item_rows::{ItemRow, album, item_rows},
    line::LineView,
    note::NoteView,
    outgoing::Sending,
    scheduled::ScheduledRows,
    state::{Slot, ThreadState},
    ticks::Ticks,
};
use crate::{
    domain::{
        desk::{ItemBody, Line},
        dossier::Fact,
        message::{Delivery, Message},
        note::Note,
    },
    ui::{
        browser::{Motion, close_panel, focus, from_end, scroll_to, scroll_to_end},
        components::icon::Icon,
        format::{TimeStyle, Zone},
        local_time::LocalTime,
    },
};

/// The id of the scrolling element.
pub const SCROLL: &str = "thread-scroll";

/// Within so many pixels of the end the reader counts as being there.
const NEAR_END: i32 = 48;

/// Older messages are loaded when fewer pixels than this are left above.
const NEAR_TOP: i32 = 240;

#[component]
pub fn Items() -> impl IntoView {
    let open = ThreadState::expect();
    let zone = Zone::current();
    let fresh = Memo::new(move |_| {
        let count = open.arrival.with(|arrival| arrival.count);
        if open.at_end.get() { 0 } else { count.saturating_sub(open.read_arrivals.get()) }
    });
    follow_end(open);

    let before = StoredValue::new(0);
    let scrolled = move |event: leptos::ev::Event| {
        let Some(below) = from_end(SCROLL) else { return };
        let above = event_target::<leptos::web_sys::Element>(&event).scroll_top();
        // The end may also be far because a message came since the page scrolled. Only who scrolls up leaves it.
        let is_up = above < before.get_value();
        before.set_value(above);
        let was_at_end = open.at_end.get_untracked();
        let at_end = below <= NEAR_END || (was_at_end && !is_up);
        if was_at_end != at_end {
            open.at_end.set(at_end);
        }
        if above < NEAR_TOP && below > NEAR_END {
            load_above(open);
        }
    };
    view! {
        <div class="scroll" id=SCROLL role="region" aria-label="Messages" tabindex="0" on:scroll=scrolled>
            <Show when=move || open.older.get()>
                <button
                    type="button"
                    class="btn ghost older"
                    class:busy=move || open.loading_older.get()
                    disabled=move || open.loading_older.get()
                    on:click=move |_| load_above(open)
                >
                    {move || if open.loading_older.get() { "Loading older messages…" } else { "Show older messages" }}
                </button>
            </Show>
            <ol class="items">
                <For
                    each=move || open.slots.with(|slots| item_rows(slots, zone))
                    key=|entry| (entry.slot.key.clone(), entry.opens_day, entry.is_album)
                    let:entry
                >
                    {entry
                        .opens_day
                        .then(|| {
                            view! {
                                <li>
                                    <div class="day">
                                        <LocalTime at=entry.at style=TimeStyle::Day/>
                                    </div>
                                </li>
                            }
                        })}
                    {row(entry, zone)}
                </For>
                <For each=move || open.sending.get() key=|sending| sending.client_id.clone() let:sending>
                    <SendingView sending/>
                </For>
                <ScheduledRows/>
            </ol>
            <Show when=move || { fresh.get() > 0 }>
                <button type="button" class="btn primary jump" on:click=move |_| to_end(open)>
                    <Icon name="arrow-down"/>
                    {move || if fresh.get() == 1 { "New message".to_owned() } else { format!("{} new messages", fresh.get()) }}
                </button>
            </Show>
        </div>
        <p class="visually-hidden" aria-live="polite">
            {move || {
                let words = open.arrival.with(|arrival| arrival.words.clone());
                (!words.is_empty()).then(|| format!("{}: {words}", open.row.with(|row| row.name.clone())))
            }}
        </p>
    }
}

fn row(entry: ItemRow, zone: Zone) -> AnyView {
    if entry.is_album {
        view! { <Album first=entry.slot zone/> }.into_any()
    } else {
        view! { <ItemView place=entry.slot/> }.into_any()
    }
}

/// Consecutive photos of one sender. Each keeps its own place, time, reactions and delivery.
#[component]
fn Album(first: Slot, zone: Zone) -> impl IntoView {
    let open = ThreadState::expect();
    let by_customer = first.item.with_untracked(|item| match &item.body {
        ItemBody::Message(message) => message.author.is_customer(),
        ItemBody::Line(_) | ItemBody::Note(_) => false,
    });
    let photos = Memo::new(move |_| open.slots.with(|slots| Photos(album(slots, &first.key, zone))));
    view! {
        <li>
            <ol
                class=if by_customer { "album in" } else { "album out" }
                aria-label=move || format!("Album, {} photos", photos.with(|photos| photos.0.len()))
            >
                <For each=move || photos.get().0 key=|slot| slot.key.clone() let:slot>
                    <ItemView place=slot/>
                </For>
            </ol>
        </li>
    }
}

/// The photos of an album, which are the same as long as their keys are.
#[derive(Clone)]
struct Photos(Vec<Slot>);

impl PartialEq for Photos {
    fn eq(&self, other: &Self) -> bool {
        self.0.iter().map(|slot| &slot.key).eq(other.0.iter().map(|slot| &slot.key))
    }
}

/// One item. Its kind never changes, only its content.
#[component]
fn ItemView(place: Slot) -> impl IntoView {
    let open = ThreadState::expect();
    let Slot { key, item } = place;
    let is_lit = Signal::derive({
        let key = key.clone();
        move || open.lit.with(|lit| lit.as_deref() == Some(key.as_str()))
    });
    // Each row of the list has an owner of its own, so that the context is this item's alone.
    provide_context(JumpedTo(is_lit));
    let content = match item.with_untracked(|item| item.body.clone()) {
        ItemBody::Message(first) => {
            let message = Memo::new(move |known: Option<&Message>| {
                item.with(|item| match &item.body {
                    ItemBody::Message(message) => (**message).clone(),
                    ItemBody::Line(_) | ItemBody::Note(_) => known.cloned().unwrap_or_else(|| (*first).clone()),
                })
            });
            view! { <Bubble message/> }.into_any()
        }
        ItemBody::Line(Line { fact: Some(first), .. }) => {
            let fact = Memo::new(move |known: Option<&Fact>| {
                item.with(|item| match &item.body {
                    ItemBody::Line(Line { fact: Some(fact), .. }) => (**fact).clone(),
                    ItemBody::Line(Line { fact: None, .. }) | ItemBody::Message(_) | ItemBody::Note(_) => {
                        known.cloned().unwrap_or_else(|| (*first).clone())
                    }
                })
            });
            view! { <FactLine fact wanted=is_lit/> }.into_any()
        }
        ItemBody::Line(line) => view! { <LineView line me=open.me()/> }.into_any(),
        ItemBody::Note(first) => {
            let at = item.with_untracked(|item| item.at);
            let note = Memo::new(move |known: Option<&Note>| {
                item.with(|item| match &item.body {
                    ItemBody::Note(note) => note.clone(),
                    ItemBody::Line(_) | ItemBody::Message(_) => known.cloned().unwrap_or_else(|| first.clone()),
                })
            });
            view! { <NoteView note at/> }.into_any()
        }
    };
    view! {
        <li
            id=key
            tabindex="-1"
            class:lit=move || is_lit.get()
            on:blur=move |_| open.lit.set(None)
        >
            {content}
        </li>
    }
}

/// A reply that is being sent.
#[component]
fn SendingView(sending: Sending) -> impl IntoView {
    view! {
        <li>
            <div role="article" class="msg out sending" aria-busy="true">
                <div class="who">"You"</div>
                <Words body=sending.body/>
                <small class="when">
                    <Ticks delivery=Delivery::Queued/>
                </small>
            </div>
        </li>
    }
}

impl ThreadState {
    /// Scrolls to the end in the next animation frame, if the reader is there.
    pub fn stick(&self) {
        let at_end = self.at_end;
        request_animation_frame(move || {
            if at_end.try_get_untracked() == Some(true) {
                scroll_to_end(SCROLL, Motion::Instant);
            }
        });
    }
}

/// Scrolls to the end, or to the item that the address names, and stays at the end while the reader is there.
fn follow_end(open: ThreadState) {
    let hash = use_location().hash;
    Effect::new(move |before: Option<()>| {
        open.slots.track();
        open.sending.track();
        open.scheduled.all.track();
        match before {
            None => match hash.with_untracked(|hash| named_item(hash)) {
                Some(id) => reveal(open, id),
                None => open.stick(),
            },
            Some(()) => open.stick(),
        }
    });
    Effect::new(move || {
        let count = open.arrival.with(|arrival| arrival.count);
        if open.at_end.get() {
            open.read_arrivals.set(count);
        }
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| open.stick());
    on_cleanup(move || resized.remove());
}

/// The item that the hash of an address names. The thread then opens there and not at its end.
///
/// The hash is the router's: the browser's address still is the page's before while the thread of a link is shown.
pub fn named_item(hash: &str) -> Option<String> {
    let id = hash.strip_prefix('#')?;
    ["msg_", "line_", "not_"].iter().any(|kind| id.starts_with(kind)).then(|| id.to_owned())
}

pub fn to_end(open: ThreadState) {
    open.at_end.set(true);
    scroll_to_end(SCROLL, Motion::Smooth);
}

fn is_near_end() -> bool {
    from_end(SCROLL).is_some_and(|below| below <= NEAR_END)
}

fn load_above(open: ThreadState) {
    spawn_local(async move {
        if let Err(error) = open.load_older().await {
            open.app.show_error(&error);
        }
        if let Some(id) = take_wanted(open) {
            reveal(open, id);
        }
    });
}

fn take_wanted(open: ThreadState) -> Option<String> {
    // The pane may be gone by now.
    open.wanted.try_update_value(Option::take).flatten()
}

/// Scrolls to the item with this id and highlights it, loading older ones until it is there.
pub fn reveal(open: ThreadState, id: String) {
    // On a narrow screen the dossier lies over the thread.
    let _was_open = close_panel();
    spawn_local(async move {
        // The pane may have been left since: a link to a message of another conversation changes the address first.
        if open.at_end.is_disposed() {
            return;
        }
        let mut id = id;
        while !open.has(&id) {
            let loaded = open.load_older().await;
            if let Some(newer) = take_wanted(open) {
                id = newer;
            }
            match loaded {
                Ok(true) => {}
                // The pane was left meanwhile.
                Ok(false) if open.at_end.is_disposed() => return,
                Ok(false) if open.loading_older.get_untracked() => {
                    // The load under way continues with it.
                    open.wanted.set_value(Some(id));
                    return;
                }
                Ok(false) => {
                    show_missing(open);
                    open.at_end.set(is_near_end());
                    return;
                }
                Err(error) => {
                    open.app.show_error(&error);
                    let _left = open.at_end.try_set(is_near_end());
                    return;
                }
            }
        }
        open.at_end.set(false);
        open.lit.set(Some(id.clone()));
        request_animation_frame(move || {
            // The focus moves keyboard and screen reader there.
            focus(&id);
            scroll_to(&id, Motion::Smooth);
            // The pane may be gone by the next frame.
            let _left = open.at_end.try_set(is_near_end());
        });
    });
}
