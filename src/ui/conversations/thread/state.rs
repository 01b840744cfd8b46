//! The state of the open conversation: signals that live frames and reads update. Draws nothing.
//!
//! Frames and reads may overlap in any order. A frame older than what is shown changes nothing, and frames that arrive
//! while a read is under way are kept and applied after it (promise 8).

use std::collections::BTreeMap;

use leptos::{prelude::*, task::spawn_local};

use super::{
    super::composer::files::Attachments,
    actions::AgentAction,
    ending_bar::EndingDraft,
    expected::Expected,
    items::SCROLL,
    outgoing::{Quoting, Sending},
    scheduled::ScheduledMessages,
    sent_with_close::SentWithClose,
};
use crate::{
    api::conversation::{read_older, read_thread},
    contract::{
        ApiError,
        conversation::{CustomerDetails, Earlier, Thread},
    },
    domain::{
        desk::{Changes, Item, ItemBody, Line, Row, RowState, place_item},
        dossier::Dossier,
        ids::{AgentId, ConversationId, Seq},
        message::{Author, draft::ReplyDraft},
        outcome::OutcomeChoice,
        time::Timestamp,
    },
    ui::{
        browser::{from_end, set_from_end},
        kit::Submit,
        state::AppState,
    },
};

/// One item with its own signal, so that a change redraws one bubble only.
#[derive(Clone)]
pub struct Slot {
    pub key: String,
    pub item: ArcRwSignal<Item>,
}

/// The customer's live messages: their number, and the preview of the newest one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrival {
    pub count: u64,
    pub words: String,
}

/// The open conversation. Cheap to copy; lives as long as its pane.
#[derive(Clone, Copy)]
pub struct ThreadState {
    pub app: AppState,
    pub row: RwSignal<Row>,
    pub customer: RwSignal<CustomerDetails>,
    pub dossier: RwSignal<Dossier>,
    pub earlier: RwSignal<Vec<Earlier>>,
    /// Oldest first.
    pub slots: RwSignal<Vec<Slot>>,
    /// There are items above the first slot.
    pub older: RwSignal<bool>,
    pub loading_older: RwSignal<bool>,
    /// What is in the composer.
    pub text: RwSignal<String>,
    /// The server's draft when the thread was read.
    pub draft: StoredValue<ReplyDraft>,
    /// The server's draft when the thread was read again.
    pub later_draft: RwSignal<Option<ReplyDraft>>,
    pub sending: RwSignal<Vec<Sending>>,
    /// The messages that wait to be sent.
    pub scheduled: ScheduledMessages,
    /// The files of the next reply.
    pub files: Attachments,
    pub quote: RwSignal<Option<Quoting>>,
    /// The requests of the agent's actions, one at a time.
    pub actions: Submit<AgentAction>,
    pub snoozing: Submit,
    /// The menu with the choices of a snooze is open.
    pub snooze_menu: RwSignal<bool>,
    /// The ending that the bar over the composer asks about.
    pub ending: RwSignal<Option<EndingDraft>>,
    /// What the customer would get with a close now.
    pub with_close: RwSignal<SentWithClose>,
    /// What the viewer may pick when closing.
    pub outcomes: RwSignal<OutcomeChoice>,
    /// Why closing was refused: the customer wrote meanwhile. And why a claim was: a colleague was faster.
    pub just_wrote: RwSignal<Option<String>>,
    pub lost: RwSignal<Option<String>>,
    /// The customer's open conversation, because of which reopening was refused.
    pub continued: RwSignal<Option<ConversationId>>,
    pub arrival: RwSignal<Arrival>,
    /// How many of the arrivals were on the screen.
    pub read_arrivals: RwSignal<u64>,
    /// The reader is at the newest message, and follows new ones.
    pub at_end: RwSignal<bool>,
    /// The highlighted item, after a jump to it.
    pub lit: RwSignal<Option<String>>,
    /// The address of the photo that is shown large.
    pub photo: RwSignal<Option<String>>,
    /// The conversation was merged, or may not be seen any more.
    pub gone: RwSignal<bool>,
    /// The item to jump to once the load under way has ended.
    pub wanted: StoredValue<Option<String>>,
    id: StoredValue<ConversationId>,
    /// The row as the server last sent it. `row` may already show the result of an action under way.
    confirmed: StoredValue<Row>,
    pub(super) expected: StoredValue<Option<Expected>>,
    items: StoredValue<Vec<Item>>,
    /// The log position up to which everything is shown.
    pub seq: StoredValue<Seq>,
    /// Frames since the read that is under way began; `None` when none is.
    held: StoredValue<Option<Vec<Changes>>>,
    /// A read was asked for while one was under way, which may have begun too early. It is repeated.
    again: StoredValue<bool>,
}

impl ThreadState {
    /// Makes the signals, applies the frames that arrived while `thread` was read, and subscribes to further ones.
    pub fn new(app: AppState, thread: Thread, held: Vec<Changes>) -> Self {
        let with_close = RwSignal::new(SentWithClose::of(&thread));
        let open = Self {
            app,
            id: StoredValue::new(thread.row.id.clone()),
            confirmed: StoredValue::new(thread.row.clone()),
            expected: StoredValue::new(None),
            customer: RwSignal::new(thread.customer),
            dossier: RwSignal::new(thread.dossier),
            earlier: RwSignal::new(thread.earlier),
            slots: RwSignal::new(Vec::new()),
            older: RwSignal::new(thread.older),
            loading_older: RwSignal::new(false),
            text: RwSignal::new(String::new()),
            draft: StoredValue::new(thread.draft),
            later_draft: RwSignal::new(None),
            sending: RwSignal::new(Vec::new()),
            scheduled: ScheduledMessages::new(thread.scheduled),
            files: Attachments::new(thread.row.id.clone(), thread.waiting_files),
            quote: RwSignal::new(None),
            actions: Submit::keyed(),
            snoozing: Submit::with_toasts(),
            snooze_menu: RwSignal::new(false),
            ending: RwSignal::new(None),
            with_close,
            outcomes: RwSignal::new(thread.outcomes),
            just_wrote: RwSignal::new(None),
            lost: RwSignal::new(None),
            continued: RwSignal::new(None),
            arrival: RwSignal::new(Arrival::default()),
            read_arrivals: RwSignal::new(0),
            at_end: RwSignal::new(true),
            lit: RwSignal::new(None),
            photo: RwSignal::new(None),
            gone: RwSignal::new(false),
            wanted: StoredValue::new(None),
            items: StoredValue::new(thread.items),
            seq: StoredValue::new(thread.seq),
            held: StoredValue::new(None),
            again: StoredValue::new(false),
            row: RwSignal::new(thread.row),
        };
        open.fill_slots();
        for changes in &held {
            open.apply(changes);
        }
        app.on_changes(move |changes| open.receive(changes));
        open
    }

    /// The open conversation of this pane. Call it below [`super::ConversationPane`] only.
    pub fn expect() -> Self {
        expect_context::<Self>()
    }

    pub fn id(&self) -> ConversationId {
        self.id.get_value()
    }

    /// The viewer's id.
    pub fn me(&self) -> AgentId {
        self.app.viewer.with_untracked(|viewer| viewer.agent.clone())
    }

    /// The time, but never before the newest message. Tracks.
    pub fn now(&self) -> Timestamp {
        self.app.now.get().max(self.row.with(|row| row.last_at))
    }

    /// Whether the item with this key is loaded.
    pub fn has(&self, key: &str) -> bool {
        self.slots.with_untracked(|slots| slots.iter().any(|slot| slot.key == key))
    }

    /// Reads the conversation again and applies the frames that came meanwhile on top. One read at a time.
    pub fn reread(&self) {
        let open = *self;
        match open.held.try_with_value(Option::is_some) {
            Some(false) => {}
            Some(true) => {
                open.again.set_value(true);
                return;
            }
            None => return,
        }
        open.held.set_value(Some(Vec::new()));
        let id = open.id();
        spawn_local(async move {
            let read = read_thread(id).await;
            // The pane may be gone by now.
            let Some(held) = open.held.try_update_value(Option::take) else { return };
            match read {
                Ok(thread) => open.merge(thread),
                Err(ApiError::NotFound) => open.gone.set(true),
                Err(error) => open.app.show_error(&error),
            }
            for changes in held.unwrap_or_default() {
                open.apply(&changes);
            }
            open.stick();
            if open.again.try_get_value() == Some(true) {
                open.again.set_value(false);
                open.reread();
            }
        });
    }

    /// Loads the page of items above the first one. `Ok(false)` when there is nothing to load or a load is under way.
    pub async fn load_older(&self) -> Result<bool, ApiError> {
        let first = self.items.with_value(|items| items.first().map(|item| (item.at, item.seq)));
        let Some((at, seq)) = first else { return Ok(false) };
        if !self.older.get_untracked() || self.loading_older.get_untracked() {
            return Ok(false);
        }
        self.loading_older.set(true);
        let page = read_older(self.id(), at, seq).await;
        if self.loading_older.try_set(false).is_some() {
            return Ok(false);
        }
        let page = page?;
        self.items.update_value(|items| page.items.into_iter().for_each(|item| place_item(items, item)));
        self.older.set(page.older);
        let below = from_end(SCROLL);
        self.fill_slots();
        // Items added above must not move the visible ones.
        request_animation_frame(move || {
            if let Some(below) = below {
                set_from_end(SCROLL, below);
            }
        });
        Ok(true)
    }

    fn receive(&self, changes: &Changes) {
        self.held.update_value(|held| {
            if let Some(held) = held {
                held.push(changes.clone());
            }
        });
        self.apply(changes);
    }

    fn apply(&self, changes: &Changes) {
        if changes.seq < self.seq.get_value() {
            return;
        }
        self.seq.set_value(changes.seq);
        let id = self.id();
        if changes.removed.contains(&id) || self.goes_on_elsewhere(&changes.rows) {
            self.reread();
        }
        if let Some(row) = changes.rows.iter().find(|row| row.id == id) {
            self.take_row(row.clone());
        }
        // An item that cannot be read comes from a newer server, whose next heartbeat offers a reload.
        let news = changes.items.iter().filter(|(of, _)| *of == id).filter_map(|(_, item)| item.read().ok());
        self.take_items(news.collect());
        self.take_scheduled(changes);
    }

    /// Whether this conversation is closed and one of these is the customer's open one, which is not known here yet. A
    /// customer without a number is not recognized.
    fn goes_on_elsewhere(&self, rows: &[Row]) -> bool {
        let is_closed = |row: &Row| matches!(row.state, RowState::Closed { .. });
        let known = |row: &Row| {
            let is_it = |other: &Earlier| other.id == row.id && other.closed_at.is_none();
            row.id == self.id() || self.earlier.with_untracked(|all| all.iter().any(is_it))
        };
        self.row.with_untracked(|own| {
            let same = |row: &&Row| row.phone.is_some() && row.phone == own.phone && !is_closed(row);
            is_closed(own) && rows.iter().filter(same).any(|row| !known(row))
        })
    }

    fn merge(&self, thread: Thread) {
        let newest = self.items.with_value(|items| items.last().map(|item| (item.at, item.seq)));
        let first = thread.items.first().map(|item| (item.at, item.seq));
        // The page does not reach the known items, so there would be a gap: the known ones are dropped.
        if thread.older && first > newest {
            self.items.set_value(Vec::new());
            self.older.set(true);
        }
        set_new(self.with_close, SentWithClose::of(&thread));
        self.seq.set_value(thread.seq);
        if self.confirmed.with_value(|row| row.version <= thread.row.version) {
            self.confirmed.set_value(thread.row.clone());
            set_new(self.row, self.with_expected(thread.row));
        }
        set_new(self.customer, thread.customer);
        set_new(self.dossier, thread.dossier);
        set_new(self.earlier, thread.earlier);
        set_new(self.outcomes, thread.outcomes);
        set_new(self.later_draft, Some(thread.draft));
        set_new(self.scheduled.all, thread.scheduled);
        self.files.follow(&thread.waiting_files);
        self.take_items(thread.items);
    }

    fn take_row(&self, row: Row) {
        let known = self.confirmed.get_value();
        if known.version > row.version {
            return;
        }
        self.confirmed.set_value(row.clone());
        // Frames do not carry the handoff's reasons. These changes of the row mean that they may have changed.
        let facts_moved = known.state != row.state || known.wait != row.wait || known.trigger != row.trigger;
        set_new(self.row, self.with_expected(row));
        if facts_moved {
            self.reread();
        }
    }

    fn take_items(&self, news: Vec<Item>) {
        if news.is_empty() {
            return;
        }
        for item in &news {
            if let ItemBody::Line(Line { fact: Some(fact), .. }) = &item.body {
                self.dossier.update(|dossier| dossier.upsert((**fact).clone()));
            }
            let key = item.key();
            let known = self.items.with_value(|items| items.iter().any(|known| known.key() == key));
            if !known && let ItemBody::Message(message) = &item.body {
                match &message.author {
                    Author::Agent(agent) if *agent == self.me() => self.settle(&message.content),
                    Author::Agent(_) | Author::Bot | Author::System | Author::Phone | Author::Partner => {}
                    Author::Customer => {
                        let words = message.content.preview();
                        self.arrival.update(|arrival| *arrival = Arrival { count: arrival.count + 1, words });
                    }
                }
            }
        }
        self.items.update_value(|items| news.into_iter().for_each(|item| place_item(items, item)));
        self.fill_slots();
        // Also without a new slot, because a fault below a bubble makes it taller.
        self.stick();
    }

    fn fill_slots(&self) {
        let known: BTreeMap<String, ArcRwSignal<Item>> =
            self.slots.with_untracked(|slots| slots.iter().map(|slot| (slot.key.clone(), slot.item.clone())).collect());
        let slots: Vec<Slot> = self.items.with_value(|items| {
            items
                .iter()
                .map(|item| {
                    let key = item.key();
                    let signal = known.get(&key).cloned().unwrap_or_else(|| ArcRwSignal::new(item.clone()));
                    if signal.with_untracked(|shown| shown != item) {
                        signal.set(item.clone());
                    }
                    Slot { key, item: signal }
                })
                .collect()
        });
        let same = self.slots.with_untracked(|shown| {
            shown.len() == slots.len() && shown.iter().zip(&slots).all(|(shown, slot)| shown.key == slot.key)
        });
        if !same {
            self.slots.set(slots);
        }
    }
}

/// Sets the signal only if the value differs, so that nothing is redrawn and no opened section closes.
fn set_new<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|known| *known != value) {
        signal.set(value);
    }
}
