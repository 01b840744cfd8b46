//! Messages that wait to be sent, below the last message of the thread: what frames say of them, and what their author does
//! with them. They are drawn in `rows.rs`; one that is taken back returns to the composer (`composer/taken_back.rs`).

mod kept;
mod rows;

use leptos::{prelude::*, task::spawn_local};

use super::state::ThreadState;
use crate::{
    api::scheduled::{cancel_scheduled, send_scheduled},
    domain::{
        desk::{Changes, ItemBody},
        ids::{AgentId, ScheduledId},
        scheduled::{
            ScheduledAct, ScheduledMessage, ScheduledState, SendWait,
            joined::{add_newest, group_of},
        },
    },
    ui::{
        browser::focus_if_lost,
        conversations::{composer::draft, pane_focus::REGION},
        state::Connection,
    },
};

pub use self::{
    kept::{KeptMessages, MessagesStay},
    rows::ScheduledRows,
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
                add_newest(all, message);
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
        if self.ends_joining(changes) {
            self.reread();
        }
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

    /// Whether the customer has written in this frame while texts wait here for others to join, which ends that.
    fn ends_joining(&self, changes: &Changes) -> bool {
        let is_joining = |known: &ScheduledMessage| matches!(known.state, ScheduledState::Waiting(SendWait::Joined(_)));
        if !self.scheduled.all.with_untracked(|all| all.iter().any(is_joining)) {
            return false;
        }
        let id = self.id();
        let mut news = changes.items.iter().filter(|(of, _)| *of == id).filter_map(|(_, item)| item.read().ok());
        news.any(|item| match item.body {
            ItemBody::Message(message) => message.author.is_customer(),
            ItemBody::Line(_) | ItemBody::Note(_) => false,
        })
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

    /// Sends a message that waits or asks, and those that have joined it.
    fn send_waiting(&self, id: ScheduledId) {
        let (me, scheduled) = (self.me(), self.scheduled);
        let group: Vec<ScheduledId> = scheduled.all.with_untracked(|all| {
            group_of(all, &me, |message| message.id == id).into_iter().map(|message| message.id.clone()).collect()
        });
        self.request(id.clone(), send_scheduled(self.id(), id), move || {
            if !scheduled.all.is_disposed() {
                group.iter().for_each(|id| scheduled.remove(id));
            }
        });
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

/// Whether a message of the viewer is to be sent later.
fn is_kept(message: &ScheduledMessage, me: &AgentId) -> bool {
    message.author == *me && matches!(message.state, ScheduledState::Waiting(SendWait::Time(_) | SendWait::Customer))
}
