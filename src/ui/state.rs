//! What every signed-in page shares: the viewer, the time, the connection, and the live changes.
//!
//! Provided once by the signed-in layout. Pages keep signals of their own and subscribe to changes. Toasts, undoable
//! acts, the viewer's own conversations and the end of a session have files of their own in `state/`. Nothing here draws.

mod drafts;
mod in_flight;
mod own_conversations;
mod session;
mod toast;
mod undoable;

use std::{collections::BTreeSet, sync::Arc};

use leptos::prelude::*;

pub use self::{
    in_flight::InFlight,
    session::SESSION,
    toast::{Toast, ToastEnd, ToastTone},
    undoable::{Undoable, UndoableAct, endings_of},
};
use crate::{
    contract::{
        ApiError,
        desk::{Asides, Calls, Choices, FIRST_MESSAGE, SetupStep},
        session::Viewer,
    },
    domain::{
        activity::ActiveAgent,
        alert::{Mention, ReturnedConversation},
        desk::{Changes, Desk, Frame, Group, Range, Row, Stopped},
        ids::{AgentId, ConversationId},
        time::Timestamp,
    },
    ui::{browser, format::Zone, server_clock::ServerClock},
};

/// The key in local storage that a tab writes when the viewer changed a setting, so that other tabs read them again. It
/// is named after the first of these settings.
pub const MUTED: &str = "handoff.muted";

/// The state of the live stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// Not opened yet: the page is readable, not live.
    Opening,
    Live,
    /// Lost; it is opened again automatically.
    Lost,
    /// The session ended. What was typed is kept.
    SignedOut,
}

/// The calls of the first snapshot, as conversation and time of the call. Calls that are not among them are announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstCalls {
    /// Up to then no others can exist.
    pub until: Timestamp,
    pub known: Vec<(ConversationId, Option<Timestamp>)>,
}

type Listener = Arc<dyn Fn(&Changes) + Send + Sync>;

/// The shared state. Cheap to copy; lives as long as the layout.
#[derive(Clone, Copy)]
pub struct AppState {
    pub viewer: RwSignal<Viewer>,
    /// Counts and cursor of the whole tenant, and the waiting rows for the strip (in group `Unassigned`).
    pub desk: RwSignal<Desk>,
    pub online: RwSignal<Vec<AgentId>>,
    /// The colleagues who have the same conversations open as the viewer.
    pub active: RwSignal<Vec<ActiveAgent>>,
    pub connection: RwSignal<Connection>,
    /// A new session takes the place of this one, and its cookie has not arrived yet.
    pub is_session_changing: RwSignal<bool>,
    /// The viewer's conversations that hold news they have not seen.
    pub unread: RwSignal<BTreeSet<ConversationId>>,
    /// Those in which the viewer has typed something and not sent it.
    pub drafts: RwSignal<BTreeSet<ConversationId>>,
    /// What was returned to Unassigned while the viewer was gone, until they dismiss it.
    pub returned: RwSignal<Vec<ReturnedConversation>>,
    /// The notes that mention the viewer, until they have looked at the conversation.
    pub mentions: RwSignal<Vec<Mention>>,
    /// A newer build is served: offer a reload.
    pub outdated: RwSignal<bool>,
    /// Numbers that cannot send.
    pub stopped: RwSignal<Vec<Stopped>>,
    /// The server's time, whatever the computer's clock says. Ticks once a second in the browser. In the first render
    /// it came with the document, so that server and page agree.
    pub now: RwSignal<Timestamp>,
    /// The number of the day that now is in the viewer's zone; changes at midnight.
    pub today: Memo<i64>,
    pub toasts: RwSignal<Vec<Toast>>,
    /// The dialogs that are open over the page, the topmost last.
    pub open_dialogs: RwSignal<Vec<&'static str>>,
    /// What the viewer did and can undo, oldest first.
    pub undoable: RwSignal<Vec<Undoable>>,
    pub in_flight: RwSignal<Vec<InFlight>>,
    /// The conversation whose thread is shown.
    pub shown: RwSignal<Option<ConversationId>>,
    /// The conversation that the viewer just claimed, until its composer is shown and has the focus.
    pub claiming: RwSignal<Option<ConversationId>>,
    /// What they typed since.
    pub typed_ahead: RwSignal<String>,
    /// Incremented when the stream was reset; resources that read a snapshot depend on it.
    pub refresh: RwSignal<u64>,
    /// The options of the desk's filters.
    pub choices: RwSignal<Choices>,
    /// The checklist of a new company. Empty once everything is done, or an admin has dismissed it.
    pub setup: RwSignal<Vec<SetupStep>>,
    /// Something changed that may have completed a step of it.
    is_setup_old: StoredValue<bool>,
    /// When the calls were read, by the server's clock.
    pub called_until: StoredValue<Timestamp>,
    pub first_calls: StoredValue<FirstCalls>,
    clock: StoredValue<ServerClock>,
    listeners: StoredValue<(u64, Vec<(u64, Listener)>)>,
    /// Changes that came while the calls are read again; applied on top of them.
    held_changes: StoredValue<Option<Vec<Changes>>>,
    /// Changes that came before the alerts were there to hear them; `None` since.
    early_changes: StoredValue<Option<Vec<Changes>>>,
}

impl AppState {
    pub fn new(viewer: Viewer, calls: Calls, now: Timestamp) -> Self {
        let (online, at) = (calls.online.clone(), calls.at);
        let choices = calls.choices.clone();
        let unread = calls.unread.iter().cloned().collect();
        let drafts = calls.drafts.iter().cloned().collect();
        let known = calls.waiting.iter().map(|row| (row.id.clone(), row.alerted_at)).collect();
        let mut clock = ServerClock::default();
        if let Some(monotonic) = browser::monotonic() {
            clock.measure(now, monotonic);
        }
        let (zone, now) = (Zone::current(), RwSignal::new(now));
        let undoable = endings_of(&calls.endings, &viewer.agent);
        Self {
            viewer: RwSignal::new(viewer),
            desk: RwSignal::new(desk_of(calls)),
            online: RwSignal::new(online),
            active: RwSignal::new(Vec::new()),
            connection: RwSignal::new(Connection::Opening),
            is_session_changing: RwSignal::new(false),
            unread: RwSignal::new(unread),
            drafts: RwSignal::new(drafts),
            returned: RwSignal::new(Vec::new()),
            mentions: RwSignal::new(Vec::new()),
            outdated: RwSignal::new(false),
            stopped: RwSignal::new(Vec::new()),
            now,
            today: Memo::new(move |_| zone.day(now.get())),
            toasts: RwSignal::new(Vec::new()),
            open_dialogs: RwSignal::new(Vec::new()),
            undoable: RwSignal::new(undoable),
            in_flight: RwSignal::new(Vec::new()),
            shown: RwSignal::new(None),
            claiming: RwSignal::new(None),
            typed_ahead: RwSignal::new(String::new()),
            refresh: RwSignal::new(0),
            choices: RwSignal::new(choices),
            setup: RwSignal::new(Vec::new()),
            is_setup_old: StoredValue::new(false),
            called_until: StoredValue::new(at),
            first_calls: StoredValue::new(FirstCalls { until: at, known }),
            clock: StoredValue::new(clock),
            listeners: StoredValue::new((0, Vec::new())),
            held_changes: StoredValue::new(None),
            early_changes: StoredValue::new(Some(Vec::new())),
        }
    }

    /// Advances the time.
    pub fn tick(&self) {
        let now = browser::monotonic().and_then(|monotonic| self.clock.with_value(|clock| clock.now(monotonic)));
        if let Some(now) = now {
            self.now.set(now);
        }
    }

    /// Corrects the clock by a time that the server has just sent.
    fn measure(&self, at: Timestamp) {
        if let Some(monotonic) = browser::monotonic() {
            self.clock.update_value(|clock| clock.measure(at, monotonic));
            self.tick();
        }
    }

    /// Whether the computer slept, or its clock was set, since the last call. The server's time must be asked for then.
    pub fn has_clock_jumped(&self) -> bool {
        let (Some(computer), Some(monotonic)) = (browser::now(), browser::monotonic()) else { return false };
        self.clock.try_update_value(|clock| clock.has_jumped(computer, monotonic)).unwrap_or_default()
    }

    /// Keeps changes from here on, until `replace_calls` applies them on top of the calls that are being read.
    pub fn hold_changes(&self) {
        self.held_changes.set_value(Some(Vec::new()));
        self.is_setup_old.set_value(false);
    }

    /// Whether the calls must be read again: few are known here while the server has more, or the checklist is old.
    pub fn needs_more_calls(&self) -> bool {
        let is_reading = self.held_changes.with_value(Option::is_some);
        !is_reading && (self.is_setup_old.get_value() || self.desk.with_untracked(too_few_known))
    }

    /// Replaces the calls by those that were just read.
    pub fn replace_calls(&self, calls: Calls) {
        self.measure(calls.at);
        self.online.set(calls.online.clone());
        self.called_until.set_value(calls.at);
        if self.choices.with_untracked(|known| *known != calls.choices) {
            self.choices.set(calls.choices.clone());
        }
        self.unread.set(calls.unread.iter().cloned().collect());
        self.drafts.set(calls.drafts.iter().cloned().collect());
        self.take_asides(&calls.asides);
        let kept = self.held_changes.try_update_value(Option::take).flatten().unwrap_or_default();
        self.replace_endings(&calls.endings);
        let mut desk = desk_of(calls);
        for changes in kept {
            self.apply_endings(&changes);
            self.apply_own(&changes);
            desk.apply(&Frame::Changes(changes));
        }
        self.desk.set(desk);
    }

    /// Takes what the calls hold for the extras, whose code calls it before it draws anything.
    pub fn take_asides(&self, asides: &str) {
        let Asides { returned, mentions, stopped, setup } = Asides::read(asides);
        self.stopped.set(stopped);
        self.returned.set(returned);
        self.mentions.set(mentions);
        if self.setup.with_untracked(|known| *known != setup) {
            self.setup.set(setup);
        }
    }

    /// The layout's shared state. Call it below the signed-in layout only.
    pub fn expect() -> Self {
        expect_context::<Self>()
    }

    /// The viewer's id. Not tracked: the page reloads when another person signed in.
    pub fn me(&self) -> AgentId {
        self.viewer.with_untracked(|viewer| viewer.agent.clone())
    }

    /// Handoffs that wait, oldest first.
    pub fn waiting(&self) -> Vec<Row> {
        self.desk.with(|desk| desk.groups.get(&Group::Unassigned).map(|range| range.rows.clone()).unwrap_or_default())
    }

    /// Calls `listener` with every batch of live changes until the current owner is cleaned up. Not a signal, because a
    /// signal keeps only its newest value and would skip batches.
    pub fn on_changes(&self, listener: impl Fn(&Changes) + Send + Sync + 'static) {
        let listeners = self.listeners;
        let mut key = 0;
        listeners.update_value(|(next, all)| {
            key = *next;
            *next += 1;
            all.push((key, Arc::new(listener)));
        });
        on_cleanup(move || {
            listeners.try_update_value(|(_, all)| all.retain(|(other, _)| *other != key));
        });
    }

    /// The changes that came since the page was opened. Called once, by who listens from here on.
    pub fn take_early_changes(&self) -> Vec<Changes> {
        self.early_changes.try_update_value(Option::take).flatten().unwrap_or_default()
    }

    /// Applies a frame of the stream and passes changes to the listeners.
    pub fn receive(&self, frame: &Frame) {
        match frame {
            Frame::Changes(changes) => {
                if let Some(stopped) = &changes.stopped {
                    self.stopped.set(stopped.clone());
                }
                if self.setup.with_untracked(|steps| may_complete(steps, changes)) {
                    self.is_setup_old.set_value(true);
                }
                self.receive_endings(changes);
                self.apply_own(changes);
                self.desk.update(|desk| desk.apply(frame));
                for kept in [self.held_changes, self.early_changes] {
                    kept.update_value(|kept| kept.iter_mut().for_each(|kept| kept.push(changes.clone())));
                }
                let listeners: Vec<Listener> =
                    self.listeners.with_value(|(_, all)| all.iter().map(|(_, one)| one.clone()).collect());
                for listener in listeners {
                    listener(changes);
                }
            }
            Frame::Presence { online, at } => {
                self.measure(*at);
                self.online.set(online.clone());
            }
            Frame::Activity { active } => self.active.set(active.clone()),
            Frame::Reset { .. } => self.refresh.update(|n| *n += 1),
            Frame::Heartbeat { at, .. } => {
                self.measure(*at);
                self.end_contradicted_toasts();
            }
        }
    }

    /// A dialog was opened, over everything that is there.
    pub fn dialog_opened(&self, id: &'static str) {
        self.open_dialogs.maybe_update(|open| {
            let is_new = !open.contains(&id);
            if is_new {
                open.push(id);
            }
            is_new
        });
    }

    /// A dialog was closed, or has left the page.
    pub fn dialog_closed(&self, id: &'static str) {
        self.open_dialogs.maybe_update(|open| {
            let count = open.len();
            open.retain(|other| *other != id);
            open.len() < count
        });
    }

    /// What the button of an act says while its press would not arrive. Tracks.
    pub fn offline_reason(&self) -> Option<&'static str> {
        let is_lost = self.connection.get() == Connection::Lost;
        is_lost.then_some("You're offline. This works again once the connection is back.")
    }

    /// Shows an error as a toast, and a lost session in the banner. What only the connection is to blame for goes away with
    /// its return.
    pub fn show_error(&self, error: &ApiError) {
        if *error == ApiError::SignedOut {
            if self.is_session_changing.get_untracked() {
                return;
            }
            self.show_signed_out();
        }
        self.toast_until(ToastEnd::of(error), ToastTone::Error, error.to_string());
    }
}

/// Whether `changes` may complete a step of the checklist: a setting, or the first message.
fn may_complete(steps: &[SetupStep], changes: &Changes) -> bool {
    let is_first = steps.get(FIRST_MESSAGE).is_some_and(|step| !step.is_done) && !changes.rows.is_empty();
    is_first || changes.configured && !steps.is_empty()
}

/// With fewer known calls than this, the others are read.
const FEW: usize = 5;

fn too_few_known(desk: &Desk) -> bool {
    let known = desk.groups.get(&Group::Unassigned).map_or(0, |range| range.rows.len());
    known < FEW && usize::try_from(desk.counts.waiting).is_ok_and(|waiting| waiting > known)
}

/// A desk with the waiting rows in it, so that live frames keep them up to date.
///
/// The snapshot brings the oldest ones only. `more` is false all the same: a range with more below it would drop every
/// new call while many wait. The calls in between are read when few are known.
fn desk_of(calls: Calls) -> Desk {
    let Calls { waiting, mut desk, .. } = calls;
    desk.groups.insert(Group::Unassigned, Range { rows: waiting, more: false });
    desk
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
