//! Conversations that are read before they are opened: the one on whose row the pointer or the focus rests, the one that
//! *Next* would open, and the one that the next step through the list would. Opening one of them shows it at once.
//!
//! A frame that touches a conversation drops what was read of it; a lost stream, a reset and changed settings drop all.
//! So what is kept is as new as the stream. What no frame carries, such as a draft of another device, is read again as
//! soon as the conversation is open.
//!
//! Threads are kept without their type, because the code of its parts is loaded with the thread only.

use std::{any::Any, pin::Pin, sync::Arc, time::Duration};

use leptos::{ev, prefetch_lazy_fn_on_server, prelude::*, task::spawn_local, wasm_split::wasm_split};

use crate::{
    api::conversation::read_thread,
    domain::{desk::Changes, ids::ConversationId, time::Span},
    ui::{
        browser,
        state::{AppState, Connection},
    },
};

/// How long the pointer or the focus must rest on a row.
const REST: Duration = Duration::from_millis(80);
/// How long a thread is kept at most.
const KEPT_FOR: Span = Span::minutes(2);
/// How many threads are kept at most.
const CAPACITY: usize = 6;

/// The row under the pointer, and the one with the focus. The ids of rows begin with [`ROW`] (see `list/row.rs`).
const HOVERED: &str = "a.row:hover";
const FOCUSED: &str = "a.row:focus";
const ROW: &str = "row-";

/// A `contract::conversation::Thread`.
pub type ReadThread = Arc<dyn Any + Send + Sync>;
type Reading = Pin<Box<dyn Future<Output = Option<ReadThread>> + Send>>;

struct Kept {
    id: ConversationId,
    /// Distinguishes a read from an earlier one of the same conversation.
    number: u64,
    /// By the monotonic clock.
    asked_at: Span,
    /// `None` while it is read.
    thread: Option<ReadThread>,
}

#[derive(Default)]
struct Store {
    reads: u64,
    /// The oldest first.
    kept: Vec<Kept>,
}

/// What was read ahead. Cheap to copy; lives as long as the page.
#[derive(Clone, Copy)]
pub struct ReadAhead {
    app: AppState,
    open: Memo<Option<ConversationId>>,
    store: StoredValue<Store>,
    /// The row that is rested on, and the timer of the rest.
    resting: StoredValue<(Option<String>, Option<TimeoutHandle>)>,
}

/// Reads a conversation. In the thread's part, which alone can read it.
#[wasm_split(thread, wasm_split_path = leptos::wasm_split)]
fn read(id: ConversationId) -> Reading {
    prefetch_lazy_fn_on_server("thread");
    Box::pin(async move {
        let thread = read_thread(id).await.ok()?;
        Some(Arc::new(thread) as ReadThread)
    })
}

impl ReadAhead {
    /// Provides it to the list and the thread. `open` is the open conversation, which needs no reading.
    pub fn provide(open: Memo<Option<ConversationId>>) {
        let app = AppState::expect();
        let ahead =
            Self { app, open, store: StoredValue::new(Store::default()), resting: StoredValue::new((None, None)) };
        provide_context(ahead);
    }

    /// Reads what is rested on, and drops what changes, until the current owner is cleaned up. What begins a read belongs
    /// to the extras, and only their code may name it. Nothing is kept from before.
    pub fn follow(self) {
        self.app.on_changes(move |changes| self.drop_touched(changes));
        Effect::new(move |_| {
            self.app.connection.track();
            self.app.refresh.track();
            self.store.update_value(|store| store.kept.clear());
        });
        Effect::new(move |_| {
            let hovered = window_event_listener(ev::pointerover, move |_| self.rest_on(HOVERED));
            let focused = window_event_listener(ev::focusin, move |_| self.rest_on(FOCUSED));
            on_cleanup(move || {
                hovered.remove();
                focused.remove();
                self.stop_timer();
            });
        });
    }

    pub fn expect() -> Self {
        expect_context::<Self>()
    }

    /// Reads a conversation, unless it is open, kept already, or there is no stream that tells what changes in it.
    pub fn want(self, id: ConversationId) {
        // The page may have been left while a timer ran.
        if self.store.is_disposed() {
            return;
        }
        let is_open = self.open.with_untracked(|open| open.as_ref() == Some(&id));
        let is_live = self.app.connection.get_untracked() == Connection::Live;
        let Some(now) = browser::monotonic().filter(|_| is_live && !is_open) else { return };
        let begun = self.store.try_update_value(|store| store.begin(&id, now)).flatten();
        let Some(number) = begun else { return };
        spawn_local(async move {
            let thread = read(id).await.await;
            // The page may have been left meanwhile.
            let _left = self.store.try_update_value(|store| store.finish(number, thread));
        });
    }

    /// What was read of a conversation that is being opened. It is given out once. One that the viewer has just claimed
    /// is read anew, because the response of the claim may overtake its frame.
    pub fn take(self, id: &ConversationId) -> Option<ReadThread> {
        let is_live = self.app.connection.get_untracked() == Connection::Live;
        let is_claiming = self.app.claiming.with_untracked(|claiming| claiming.as_ref() == Some(id));
        let now = browser::monotonic()?;
        let thread = self.store.try_update_value(|store| store.take(id, now)).flatten();
        thread.filter(|_| is_live && !is_claiming)
    }

    fn drop_touched(self, changes: &Changes) {
        let is_touched = |id: &ConversationId| {
            changes.configured
                || changes.removed.contains(id)
                || changes.rows.iter().any(|row| row.id == *id)
                || changes.items.iter().any(|(of, _)| of == id)
        };
        self.store.update_value(|store| store.kept.retain(|kept| !is_touched(&kept.id)));
    }

    fn rest_on(self, selector: &'static str) {
        let row = browser::id_of(selector);
        if self.resting.with_value(|(resting, _)| *resting == row) {
            return;
        }
        self.stop_timer();
        let rested = row.clone().and_then(|row| {
            let rested = move || {
                let is_still_there = browser::id_of(selector).as_ref() == Some(&row);
                if let Some(id) = row.strip_prefix(ROW).filter(|_| is_still_there) {
                    self.want(ConversationId::from(id));
                }
            };
            set_timeout_with_handle(rested, REST).ok()
        });
        self.resting.set_value((row, rested));
    }

    fn stop_timer(self) {
        if let Some(Some(timer)) = self.resting.try_update_value(|(_, timer)| timer.take()) {
            timer.clear();
        }
    }
}

impl Store {
    /// Notes that a read begins, and returns its number; `None` if the conversation is kept or being read.
    fn begin(&mut self, id: &ConversationId, now: Span) -> Option<u64> {
        self.kept.retain(|kept| kept.is_fresh(now));
        if self.kept.iter().any(|kept| kept.id == *id) {
            return None;
        }
        if self.kept.len() >= CAPACITY {
            self.kept.remove(0);
        }
        self.reads += 1;
        self.kept.push(Kept { id: id.clone(), number: self.reads, asked_at: now, thread: None });
        Some(self.reads)
    }

    /// Takes the result of a read, unless the conversation was dropped meanwhile.
    fn finish(&mut self, number: u64, thread: Option<ReadThread>) {
        let Some(at) = self.kept.iter().position(|kept| kept.number == number) else { return };
        match (thread, self.kept.get_mut(at)) {
            (Some(thread), Some(kept)) => kept.thread = Some(thread),
            (None, _) | (Some(_), None) => {
                self.kept.remove(at);
            }
        }
    }

    fn take(&mut self, id: &ConversationId, now: Span) -> Option<ReadThread> {
        let at = self.kept.iter().position(|kept| kept.id == *id)?;
        let kept = self.kept.remove(at);
        let is_fresh = kept.is_fresh(now);
        kept.thread.filter(|_| is_fresh)
    }
}

impl Kept {
    fn is_fresh(&self, now: Span) -> bool {
        now.millis() - self.asked_at.millis() < KEPT_FOR.millis()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thread(words: &'static str) -> Option<ReadThread> {
        Some(Arc::new(words))
    }

    fn taken(store: &mut Store, id: &str, now: Span) -> Option<&'static str> {
        store.take(&id.into(), now).and_then(|thread| thread.downcast_ref::<&'static str>().copied())
    }

    #[test]
    fn a_thread_is_given_out_once_and_not_for_long() {
        let mut store = Store::default();
        let number = store.begin(&"cnv_a".into(), Span(0)).expect("is read");
        assert_eq!(store.begin(&"cnv_a".into(), Span(1)), None, "it is being read");
        store.finish(number, thread("a"));
        assert_eq!(store.begin(&"cnv_a".into(), Span(1)), None, "it is kept");
        assert_eq!(taken(&mut store, "cnv_a", Span(1)), Some("a"));
        assert_eq!(taken(&mut store, "cnv_a", Span(1)), None);

        let number = store.begin(&"cnv_a".into(), Span(0)).expect("is read");
        store.finish(number, thread("a"));
        assert_eq!(taken(&mut store, "cnv_a", KEPT_FOR), None, "too old");
    }

    #[test]
    fn a_read_that_was_dropped_or_failed_leaves_nothing() {
        let mut store = Store::default();
        let dropped = store.begin(&"cnv_a".into(), Span(0)).expect("is read");
        store.kept.clear();
        let again = store.begin(&"cnv_a".into(), Span(0)).expect("is read again");
        store.finish(dropped, thread("stale"));
        assert_eq!(taken(&mut store, "cnv_a", Span(0)), None, "the second read is under way");
        store.finish(again, thread("fresh"));
        assert_eq!(taken(&mut store, "cnv_a", Span(0)), None, "it was opened while it was read");

        let failed = store.begin(&"cnv_b".into(), Span(0)).expect("is read");
        store.finish(failed, None);
        assert!(store.begin(&"cnv_b".into(), Span(0)).is_some(), "it may be tried again");
    }

    #[test]
    fn the_oldest_makes_room() {
        let mut store = Store::default();
        for n in 0..=CAPACITY {
            let number = store.begin(&format!("cnv_{n}").as_str().into(), Span(0)).expect("is read");
            store.finish(number, thread("x"));
        }
        assert_eq!(taken(&mut store, "cnv_0", Span(0)), None);
        assert_eq!(taken(&mut store, "cnv_1", Span(0)), Some("x"));
    }
}
