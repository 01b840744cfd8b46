//! The thread of one conversation: its items, its actions, and its dossier beside it.
//!
//! `state.rs` holds the state, `actions.rs` sends what an agent does; every other file draws one thing. To add a kind
//! of message, see `content.rs`; an action, `actions.rs`; a fact of the dossier, `../dossier/`; its line, `fact.rs`.

pub mod actions;
pub mod address;
mod aside;
mod bubble;
mod colleagues;
pub mod content;
mod digit_pick;
pub mod ending_bar;
mod expected;
pub mod fact;
mod fields;
pub mod head;
mod interactive;
mod item_rows;
pub mod items;
mod kept_goodbye;
mod keys;
mod lightbox;
mod line;
mod media;
mod note;
pub mod outgoing;
mod palette_acts;
mod reactions;
pub mod scheduled;
mod search_bar;
mod sent_with_close;
pub mod snooze;
pub mod state;
pub mod template;
mod ticks;
pub mod time_field;

use std::{sync::Arc, time::Duration};

use leptos::{ev::DragEvent, prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;

use self::{
    ending_bar::EndingBar,
    head::ThreadHead,
    items::{Items, named_item},
    lightbox::Lightbox,
    search_bar::SearchBar,
    state::ThreadState,
};
use super::{
    activity,
    composer::{Composer, ComposerTab, ComposerTabs, Locking, SendMenu, TemplateSender},
    dossier::Dossier,
    pane_focus::{PaneFocus, REGION},
    read_ahead::ReadAhead,
};
use crate::{
    api::conversation::{read_thread, see},
    contract::{ApiError, conversation::Thread},
    domain::{
        desk::{Changes, RowState},
        ids::ConversationId,
    },
    ui::{
        browser::{clear_timer, has_focus_here},
        components::icon::Icon,
        snapshot::{LayoutSnapshot, snapshot},
        state::{AppState, Connection},
    },
};

/// One conversation: `main.thread` and `aside.dossier`, side by side.
#[component]
pub fn ConversationPane(id: ConversationId) -> impl IntoView {
    let app = AppState::expect();
    let ready = use_context::<LayoutSnapshot>();
    let ahead = ReadAhead::expect();
    let origin = StoredValue::new(Origin::Read);
    // Live changes that come while the snapshot is read.
    let held = StoredValue::new(Some(Vec::<Changes>::new()));
    app.on_changes(move |changes| {
        held.update_value(|held| {
            if let Some(held) = held {
                held.push(changes.clone());
            }
        });
    });
    let thread = snapshot(
        || (),
        move |()| {
            held.set_value(Some(Vec::new()));
            let early = ahead.take(&id).and_then(|thread| thread.downcast::<Thread>().ok());
            origin.set_value(if early.is_some() { Origin::ReadAhead } else { Origin::Read });
            let id = id.clone();
            async move {
                if let Some(thread) = early {
                    return Ok(Arc::unwrap_or_clone(thread));
                }
                if let Some(LayoutSnapshot(calls)) = ready {
                    // The layout shows its error.
                    let _read = calls.await;
                }
                read_thread(id).await
            }
        },
    );
    view! {
        <Suspense fallback=|| {
            view! { <Skeleton/> }
        }>
            {move || Suspend::new(async move {
                match thread.await {
                    Ok(thread) => {
                        let missed = held.try_update_value(Option::take).flatten();
                        let origin = origin.try_get_value().unwrap_or(Origin::Read);
                        view! { <OpenThread thread held=missed.unwrap_or_default() origin/> }.into_any()
                    }
                    Err(error) => view! { <ThreadError error retry=move || thread.refetch()/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// When a thread was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// As it was opened.
    Read,
    /// Before. All that frames carry is up to date; the rest is read again.
    ReadAhead,
}

#[component]
fn OpenThread(
    thread: Thread,
    /// Frames that arrived while `thread` was read.
    held: Vec<Changes>,
    origin: Origin,
) -> impl IntoView {
    let app = AppState::expect();
    let open = ThreadState::new(app, thread, held);
    provide_context(open);
    Locking::provide(open);
    SendMenu::provide();
    ComposerTabs::provide(open);
    TemplateSender::provide(open);
    let tabs = ComposerTabs::expect();
    keys::listen(open);
    palette_acts::offer(open);
    reread_when_asked(open);
    if origin == Origin::ReadAhead {
        Effect::new(move |_| open.reread());
    }
    mark_seen(open);
    activity::show(app, open.id());
    let pane_focus = PaneFocus::expect();
    Effect::new(move |_| pane_focus.arrive());
    view! {
        <main
            class="thread"
            class:blocked=move || open.customer.with(|customer| customer.blocked)
            id=REGION
            tabindex="-1"
            aria-label="Conversation"
            on:dragover=move |event: DragEvent| open.files.drag_over(&event)
            on:dragleave=move |_| open.files.is_dropping.set(false)
            on:drop=move |event: DragEvent| {
                // Notes have no files: the tab shows who would get this one.
                if open.files.take_dropped(open, &event) && tabs.is_note_untracked() {
                    tabs.show(ComposerTab::Reply);
                }
            }
        >
            <ThreadHead/>
            <SearchBar/>
            <Items/>
            <EndingBar/>
            <Composer/>
        </main>
        <Dossier/>
        <Lightbox/>
    }
}

/// Reads the conversation again when the stream was reset, because frames may be missing.
fn reread_when_asked(open: ThreadState) {
    Effect::new(move |before: Option<u64>| {
        let now = open.app.refresh.get();
        if before.is_some_and(|before| before != now) {
            open.reread();
        }
        now
    });
}

/// Tells the server that the owner has the end of the thread on the screen, once per change of the row. A thread that
/// is scrolled up, hidden or beside another window is not read.
fn mark_seen(open: ThreadState) {
    let looking = RwSignal::new(false);
    let hash = use_location().hash;
    Effect::new(move || {
        // Before anything is reported: the thread opens at that item, which may be far from the end.
        if hash.with_untracked(|hash| named_item(hash)).is_some() {
            open.at_end.set(false);
        }
        looking.set(has_focus_here());
    });
    // The first event is fired on the document and bubbles to the window.
    let turned = ["visibilitychange", "focus", "blur"]
        .map(|name| window_event_listener_untyped(name, move |_| looking.set(has_focus_here())));
    on_cleanup(move || turned.into_iter().for_each(|listener| listener.remove()));

    let me = open.me();
    let unseen = Memo::new(move |_| {
        open.row.with(|row| {
            let mine = matches!(&row.state, RowState::Claimed { agent, .. } if *agent == me);
            (mine && row.unread > 0).then_some(row.version)
        })
    });
    let reported = StoredValue::new(None::<i64>);
    Effect::new(move || {
        let Some(unseen) = unseen.get() else { return };
        let (at_end, is_looking) = (open.at_end.get(), looking.get());
        if !is_looking || !at_end || reported.get_value() == Some(unseen) {
            return;
        }
        reported.set_value(Some(unseen));
        let (id, seen) = (open.id(), open.seq.get_value());
        spawn_local(async move {
            if let Err(error) = see(id, seen).await {
                // Tried again with the next change or when the page is looked at again.
                let _left = reported.try_set_value(None);
                if error == ApiError::SignedOut {
                    open.app.show_error(&error);
                }
            }
        });
    });
}

/// Calls `retry` when the stream opens again. A server that could not be reached although the stream is live is asked
/// again after a while: the stream may have opened since, or not have noticed yet that the network is gone.
fn retry_when_live(error: &ApiError, retry: impl Fn() + Copy + 'static) {
    const WAIT: Duration = Duration::from_secs(5);
    let (app, unreachable) = (AppState::expect(), *error == ApiError::Offline);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |before: Option<Connection>| {
        let now = app.connection.get();
        match (before, now) {
            (None, Connection::Live) if unreachable => timer.set_value(set_timeout_with_handle(retry, WAIT).ok()),
            (Some(_), Connection::Live) => retry(),
            (None, Connection::Live) | (_, Connection::Opening | Connection::Lost | Connection::SignedOut) => {}
        }
        now
    });
    on_cleanup(move || clear_timer(timer));
}

/// The skeleton of a thread, while it loads.
#[component]
fn Skeleton() -> impl IntoView {
    view! {
        <main class="thread" id=REGION tabindex="-1" aria-busy="true" aria-label="Conversation">
            <header class="head">
                <span class="bone av"></span>
                <div>
                    <span class="bone w2"></span>
                    <span class="bone w3"></span>
                </div>
            </header>
            <div class="scroll">
                <span class="bone w2"></span>
                <span class="bone w3"></span>
                <span class="bone w2"></span>
                <span class="visually-hidden" role="status">"Loading conversation"</span>
            </div>
        </main>
        <aside class="dossier" aria-hidden="true">
            <section>
                <span class="bone w4"></span>
                <span class="bone w3"></span>
            </section>
        </aside>
    }
}

/// The thread could not be read: why, and what to do next. It is read again once the connection is back.
#[component]
fn ThreadError(error: ApiError, retry: impl Fn() + Copy + Send + 'static) -> impl IntoView {
    let not_here = error == ApiError::NotFound;
    if !not_here {
        retry_when_live(&error, retry);
    }
    let title = if not_here { "Conversation not found" } else { "Couldn't load this conversation" };
    let words =
        if not_here { "It may have been merged, or the link is incomplete.".to_owned() } else { error.to_string() };
    view! {
        <main class="thread" id=REGION tabindex="-1">
            <div class="empty">
                <Icon name="inbox"/>
                <h2>{title}</h2>
                <p>{words}</p>
                {(!not_here)
                    .then(|| {
                        view! {
                            <button type="button" class="btn primary" on:click=move |_| retry()>
                                <Icon name="retry"/>
                                "Try again"
                            </button>
                        }
                    })}
                <a class="btn" href="/conversations">
                    "All conversations"
                </a>
            </div>
        </main>
    }
}
