//! Messages that wait to be sent, below the last message of the thread: when each is sent or why it asks, and what its
//! author does with it. One that is taken back returns to the composer (`composer/taken_back.rs`).

use leptos::{prelude::*, task::spawn_local};

use super::{actions::Ownership, content::Words, state::ThreadState};
use crate::{
    api::scheduled::{cancel_scheduled, send_scheduled},
    domain::{
        desk::Changes,
        ids::{AgentId, ScheduledId},
        scheduled::{ScheduledAct, ScheduledMessage, ScheduledState, SendDoubt, SendWait},
        time::Timestamp,
    },
    ui::{
        browser::focus_if_lost,
        components::icon::Icon,
        conversations::{composer::draft, pane_focus::REGION},
        format::{TimeStyle, Zone},
        state::Connection,
    },
};

/// The chord that takes back the newest message that is about to be sent.
pub const TAKE_BACK_CHORD: char = 'u';

/// What waits in the open conversation. Cheap to copy; lives as long as its pane.
#[derive(Clone, Copy)]
pub struct ScheduledMessages {
    /// In the order in which they were written.
    pub all: RwSignal<Vec<ScheduledMessage>>,
    /// The text of the message that the viewer has taken back, until the composer has it.
    pub taken_back: RwSignal<Option<String>>,
    /// The message that a request is under way for.
    pressed: RwSignal<Option<ScheduledId>>,
}

impl ScheduledMessages {
    pub fn new(all: Vec<ScheduledMessage>) -> Self {
        Self { all: RwSignal::new(all), taken_back: RwSignal::new(None), pressed: RwSignal::new(None) }
    }

    /// A reply of this page waits now.
    pub fn add(self, message: ScheduledMessage) {
        self.all.update(|all| {
            if all.iter().all(|known| known.id != message.id) {
                all.push(message);
            }
        });
    }

    fn remove(self, id: &ScheduledId) {
        if self.all.with_untracked(|all| all.iter().any(|message| message.id == *id)) {
            self.all.update(|all| all.retain(|message| message.id != *id));
        }
    }
}

impl ThreadState {
    /// Takes what a frame says of the messages that wait here. The texts of new ones have to be read.
    pub(super) fn take_scheduled(&self, changes: &Changes) {
        let (id, scheduled) = (self.id(), self.scheduled);
        for (_, step) in changes.scheduled.iter().filter(|(of, _)| *of == id) {
            let is_known = scheduled.all.with_untracked(|all| all.iter().any(|known| known.id == step.scheduled));
            match (step.act, step.doubt) {
                (ScheduledAct::Sent, _) => scheduled.remove(&step.scheduled),
                (ScheduledAct::Cancelled, _) => {
                    let has_file = |known: &ScheduledMessage| known.id == step.scheduled && known.file.is_some();
                    let had_file = scheduled.all.with_untracked(|all| all.iter().any(has_file));
                    scheduled.remove(&step.scheduled);
                    if had_file && step.agent == self.me() {
                        self.file_returns();
                    }
                }
                (ScheduledAct::Asked, Some(doubt)) if is_known => scheduled.all.update(|all| {
                    if let Some(asking) = all.iter_mut().find(|known| known.id == step.scheduled) {
                        asking.state = ScheduledState::Asking(doubt);
                    }
                }),
                (ScheduledAct::Written, _) if is_known => {}
                (ScheduledAct::Written | ScheduledAct::Asked, _) => self.reread(),
            }
        }
    }

    /// The chord: takes back the viewer's newest message that is about to be sent. Returns whether there is one.
    pub fn undo_sending(&self) -> bool {
        let me = self.me();
        let is_leaving = |message: &&ScheduledMessage| message.author == me && message.state.is_leaving();
        let newest = self.scheduled.all.with_untracked(|all| all.iter().rev().find(is_leaving).cloned());
        let is_there = newest.is_some();
        if let Some(message) = newest {
            self.take_back(message);
        }
        is_there
    }

    /// Whether the viewer has messages here that wait for a time or for the customer. Does not track.
    pub fn keeps_messages(&self) -> bool {
        let me = self.me();
        self.scheduled.all.with_untracked(|all| all.iter().any(|message| is_kept(message, &me)))
    }

    /// Cancels a message. The viewer's own text returns to the composer, also if the pane is left meanwhile; and its quote,
    /// if it is not.
    fn take_back(&self, message: ScheduledMessage) {
        let open = *self;
        let (app, me, conversation) = (open.app, open.me(), open.id());
        let is_own = message.author == me;
        // Nobody typed the text of a template.
        let is_typed = is_own && message.template.is_none();
        let returned = Some(message.body.clone()).filter(|body| is_typed && !body.is_empty());
        let quote = message.quote.clone().filter(|_| is_own);
        open.request(message.id.clone(), cancel_scheduled(conversation.clone(), message.id.clone()), move || {
            let is_left = open.scheduled.taken_back.is_disposed();
            if message.file.is_some() && !is_left {
                open.file_returns();
            }
            if let Some(quote) = quote.filter(|_| !is_left) {
                open.restore_quote(quote);
            }
            let Some(body) = returned else { return };
            if is_left {
                let known = draft::load(&me, &conversation).body;
                app.note_draft(&conversation, &body);
                draft::store_typed_ahead(&me, &conversation, body, known);
                return;
            }
            open.scheduled.taken_back.update(|waiting| {
                *waiting = Some(draft::joined(waiting.take().into_iter().chain([body]).collect()));
            });
        });
    }

    /// The file of a message that was taken back waits in its author's composer again.
    fn file_returns(&self) {
        self.files.await_again();
        self.reread();
    }

    /// Cancels a message, whose text nobody needs any more.
    fn discard(&self, id: ScheduledId) {
        self.request(id.clone(), cancel_scheduled(self.id(), id), || {});
    }

    /// Sends a message that waits or asks.
    fn send_waiting(&self, id: ScheduledId) {
        self.request(id.clone(), send_scheduled(self.id(), id), || {});
    }

    /// One request at a time. After it the message is gone from here, or, if it was refused, the conversation is read.
    fn request(
        &self,
        id: ScheduledId,
        request: impl Future<Output = crate::contract::Result<()>> + 'static,
        done: impl FnOnce() + 'static,
    ) {
        let open = *self;
        let scheduled = open.scheduled;
        if scheduled.pressed.with_untracked(Option::is_some) {
            return;
        }
        scheduled.pressed.set(Some(id.clone()));
        spawn_local(async move {
            let answer = request.await;
            let is_left = scheduled.pressed.try_set(None).is_some();
            match answer {
                Ok(()) => {
                    if !is_left {
                        scheduled.remove(&id);
                        // The button that had the focus is gone with it.
                        request_animation_frame(|| focus_if_lost(REGION));
                        if open.app.connection.get_untracked() != Connection::Live {
                            open.reread();
                        }
                    }
                    done();
                }
                Err(error) => {
                    open.app.show_error(&error);
                    if !is_left {
                        open.reread();
                    }
                }
            }
        });
    }
}

/// The messages that wait, as items after the last one.
#[component]
pub fn ScheduledRows() -> impl IntoView {
    let open = ThreadState::expect();
    view! {
        <For
            each=move || open.scheduled.all.get()
            key=|message| (message.id.clone(), format!("{:?}", message.state))
            let:message
        >
            <ScheduledView message/>
        </For>
    }
}

#[component]
fn ScheduledView(message: ScheduledMessage) -> impl IntoView {
    let open = ThreadState::expect();
    let zone = Zone::current();
    let (me, state) = (open.me(), message.state);
    let who = if message.author == me { "You".to_owned() } else { message.author_name.clone() };
    let words = move || state_words(&open, state, zone);
    let asks = matches!(state, ScheduledState::Asking(_));
    view! {
        <li>
            <div role="article" class="msg out scheduled" class:asks=asks>
                <div class="who">{who}</div>
                {message
                    .file
                    .clone()
                    .map(|name| {
                        view! {
                            <div class="file-name">
                                <Icon name="file"/>
                                <bdi>{name}</bdi>
                            </div>
                        }
                    })}
                {message.template.clone().map(|name| view! {
                    <div class="file-name">
                        <Icon name="zap"/>
                        <bdi>{name}</bdi>
                    </div>
                })}
                <Words body=message.body.clone()/>
                // Not announced each second.
                <p class="waits">
                    <Icon name=if asks { "alert" } else { "clock" }/>
                    <span>{words}</span>
                </p>
                <ScheduledActs message/>
            </div>
        </li>
    }
}

/// When a message is sent, or why it asks.
fn state_words(open: &ThreadState, state: ScheduledState, zone: Zone) -> String {
    match state {
        ScheduledState::Waiting(SendWait::Undo(until)) => {
            let left = until.since(open.app.now.get()).0;
            if left > 0 { format!("Sending in {} s", (left + 999).div_euclid(1_000)) } else { "Sending…".to_owned() }
        }
        ScheduledState::Waiting(SendWait::Time(at)) => format!("Scheduled for {}", time_words(open, at, zone)),
        ScheduledState::Waiting(SendWait::Customer) => "Sends when the customer writes".to_owned(),
        ScheduledState::Asking(SendDoubt::CustomerWrote) => "Not sent: the customer wrote. Send anyway?".to_owned(),
        ScheduledState::Asking(doubt) => doubt.sentence().to_owned(),
    }
}

/// A time in words: the clock alone if it is today.
fn time_words(open: &ThreadState, at: Timestamp, zone: Zone) -> String {
    let today = open.app.today.get();
    let style = if zone.day(at) == today { TimeStyle::Clock } else { TimeStyle::Full };
    zone.words(at, style, today)
}

/// What the viewer can do with it: the author all of it, the owner of the conversation discards what a colleague left.
#[component]
fn ScheduledActs(message: ScheduledMessage) -> impl IntoView {
    let open = ThreadState::expect();
    let me = open.me();
    let is_own = message.author == me;
    let is_mine = Memo::new(move |_| open.row.with(|row| Ownership::of(row, &me) == Ownership::Mine));
    let is_pressed = {
        let id = message.id.clone();
        Memo::new(move |_| open.scheduled.pressed.with(|pressed| pressed.as_ref() == Some(&id)))
    };
    let leaving = message.state.is_leaving();
    let send = match message.state {
        ScheduledState::Asking(SendDoubt::CustomerWrote) => Some("Send anyway"),
        ScheduledState::Waiting(SendWait::Undo(_)) => None,
        ScheduledState::Waiting(SendWait::Time(_) | SendWait::Customer) | ScheduledState::Asking(_) => Some("Send now"),
    };
    let back = match message.state {
        _ if !is_own => "Discard",
        ScheduledState::Waiting(SendWait::Undo(_)) => "Undo",
        ScheduledState::Waiting(SendWait::Time(_) | SendWait::Customer) => "Cancel",
        ScheduledState::Asking(_) if message.template.is_some() => "Discard",
        ScheduledState::Asking(_) => "Back to reply box",
    };
    let id = message.id.clone();
    let sends = move || send.filter(|_| is_own && is_mine.get());
    // What is about to be sent is its author's alone.
    let takes_back = move || is_own || (is_mine.get() && !leaving);
    let pressed_back = move |_| open.take_back(message.clone());
    view! {
        <div class="acts" class:busy=move || is_pressed.get()>
            {move || {
                let id = id.clone();
                sends()
                    .map(|label| {
                        view! {
                            <button type="button" class="btn" on:click=move |_| open.send_waiting(id.clone())>
                                {label}
                            </button>
                        }
                    })
            }}
            <button type="button" class="btn" hidden=move || !takes_back() on:click=pressed_back>
                {back}
            </button>
        </div>
    }
}

/// Whether a message of the viewer is to be sent later.
fn is_kept(message: &ScheduledMessage, me: &AgentId) -> bool {
    message.author == *me && matches!(message.state, ScheduledState::Waiting(SendWait::Time(_) | SendWait::Customer))
}

/// What becomes of the messages that are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessagesStay {
    /// They are sent when they are due.
    AreSent,
    /// They ask then, because the conversation is not the viewer's any more.
    Ask,
}

/// The viewer's messages that are to be sent later, before an act after which nobody may think of them. Each can be
/// cancelled; the others are kept.
#[component]
pub fn KeptMessages(stay: MessagesStay) -> impl IntoView {
    let open = ThreadState::expect();
    let zone = Zone::current();
    let me = open.me();
    let kept = Memo::new(move |_| {
        open.scheduled.all.with(|all| all.iter().filter(|message| is_kept(message, &me)).cloned().collect::<Vec<_>>())
    });
    let then = match stay {
        MessagesStay::AreSent => "It is still sent.",
        MessagesStay::Ask => "If you keep it, it asks you before it is sent.",
    };
    view! {
        <For each=move || kept.get() key=|message| message.id.clone() let:message>
            {
                let (id, state) = (message.id.clone(), message.state);
                let beginning: String = message.body.chars().take(60).collect();
                view! {
                    <p class="left-behind kept">
                        <Icon name="clock"/>
                        <span>
                            {move || state_words(&open, state, zone)} ": " <q dir="auto">{beginning}</q> " " {then}
                        </span>
                        <button type="button" class="btn" on:click=move |_| open.discard(id.clone())>
                            "Don't send"
                        </button>
                    </p>
                }
            }
        </For>
    }
}
