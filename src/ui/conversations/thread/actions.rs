//! The actions of an agent on the open conversation. Buttons and keys call [`ThreadState::press`].
//!
//! To add an action: a variant of [`AgentAction`] with its texts, its place in [`Ownership::actions`], its call in
//! `ThreadState::perform`; if it can be undone, a variant of `UndoableAct`.

use leptos::prelude::*;

use super::{
    ending_bar::{BAR, EndingDraft, left_behind},
    state::ThreadState,
};
use crate::{
    api::conversation::{claim, release, reopen, schedule_ending, take_over},
    contract::ApiError,
    domain::{
        conversation::{EndingKind, EndingPress},
        desk::{EndingMark, Row, RowState},
        ids::{AgentId, OutcomeId},
        time::Timestamp,
    },
    ui::{
        browser::{focus, focus_if_lost},
        conversations::{
            composer::{self, Locking},
            pane_focus::REGION,
            undo::{Undoable, UndoableAct, endings_of, offer, undo_of, undo_time},
        },
        kit::{ToastEnd, ToastTone},
        state::Connection,
    },
};

/// Who owns the conversation, from the viewer's side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ownership {
    Waiting,
    Mine,
    /// A colleague has it.
    Theirs(String),
    Bot,
    Phone,
    Closed(Timestamp),
}

impl Ownership {
    pub fn of(row: &Row, viewer: &AgentId) -> Self {
        match &row.state {
            RowState::Bot => Self::Bot,
            RowState::Waiting => Self::Waiting,
            RowState::Claimed { agent, .. } if agent == viewer => Self::Mine,
            RowState::Claimed { name, .. } => Self::Theirs(name.clone()),
            RowState::Phone => Self::Phone,
            RowState::Closed { at } => Self::Closed(*at),
        }
    }

    /// The possible actions, in the order of the buttons. The last one is the likeliest.
    pub fn actions(&self) -> &'static [AgentAction] {
        match self {
            Self::Waiting | Self::Phone => &[AgentAction::Claim],
            Self::Mine => &[AgentAction::Release, AgentAction::ReturnToBot, AgentAction::Close],
            Self::Theirs(_) => &[AgentAction::TakeOver],
            Self::Bot => &[AgentAction::Close, AgentAction::TakeOver],
            Self::Closed(_) => &[AgentAction::Reopen],
        }
    }

    /// The owner, for the head.
    pub fn words(&self) -> String {
        match self {
            Self::Waiting => "Unassigned".to_owned(),
            Self::Mine => "Yours".to_owned(),
            Self::Theirs(name) => format!("{name}'s"),
            Self::Bot => "With the bot".to_owned(),
            Self::Phone => "Answered from the phone app".to_owned(),
            Self::Closed(_) => "Closed".to_owned(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgentAction {
    Claim,
    TakeOver,
    Release,
    ReturnToBot,
    Close,
    Reopen,
}

impl From<EndingKind> for AgentAction {
    fn from(kind: EndingKind) -> Self {
        match kind {
            EndingKind::Close => Self::Close,
            EndingKind::ReturnToBot => Self::ReturnToBot,
        }
    }
}

impl AgentAction {
    pub const ALL: [AgentAction; 6] =
        [Self::Claim, Self::TakeOver, Self::Release, Self::ReturnToBot, Self::Close, Self::Reopen];

    pub fn label(self) -> &'static str {
        match self {
            Self::Claim => "Claim",
            Self::TakeOver => "Take over",
            Self::Release => "Release",
            Self::ReturnToBot => "Return to bot",
            Self::Close => "Close",
            Self::Reopen => "Reopen",
        }
    }

    /// What it does, for the list of keys and for tooltips.
    pub fn description(self) -> &'static str {
        match self {
            Self::Claim => "Claim this conversation",
            Self::TakeOver => "Take over from the bot or a colleague",
            Self::Release => "Release it back to Unassigned",
            Self::ReturnToBot => "Return to bot",
            Self::Close => "Close this conversation",
            Self::Reopen => "Reopen this conversation as yours",
        }
    }

    pub fn icon(self) -> &'static str {
        match self {
            Self::Claim | Self::TakeOver => "hand",
            Self::Release | Self::Reopen => "undo",
            Self::ReturnToBot => "bot",
            Self::Close => "check",
        }
    }

    /// The letter of its chord. Releasing and reopening are rare and have none, so that they are not done by accident.
    pub fn chord(self) -> Option<char> {
        match self {
            Self::Claim => Some('c'),
            Self::TakeOver => Some('o'),
            Self::ReturnToBot => Some('r'),
            Self::Close => Some('x'),
            Self::Release | Self::Reopen => None,
        }
    }
}

impl ThreadState {
    /// Who owns it now. Tracks the row.
    pub fn ownership(&self) -> Ownership {
        let me = self.me();
        self.row.with(|row| Ownership::of(row, &me))
    }

    /// Whether the reply window of a closed conversation is open, so that it can be reopened. Tracks.
    pub fn may_reopen(&self) -> bool {
        let now = self.now();
        self.row.with(|row| row.window_closes.is_some_and(|end| now < end))
    }

    pub fn may(&self, act: AgentAction) -> bool {
        let me = self.me();
        self.row.with_untracked(|row| Ownership::of(row, &me)).actions().contains(&act)
    }

    /// The viewer's pending ending of this conversation. Tracks.
    pub fn own_ending(&self) -> Option<EndingMark> {
        let me = self.me();
        self.row.with(|row| row.ending.clone().filter(|mark| mark.agent == me))
    }

    /// Handles a button or key. Closing and returning to the bot can be undone for a while, so nothing is asked; a
    /// second press while they are pending undoes them.
    pub fn press(&self, act: AgentAction) {
        if !self.may(act) || self.actions.pending_untracked() {
            return;
        }
        match act {
            AgentAction::Close => self.end(EndingKind::Close, act),
            AgentAction::ReturnToBot => self.end(EndingKind::ReturnToBot, act),
            AgentAction::Claim | AgentAction::TakeOver | AgentAction::Release | AgentAction::Reopen => {
                self.perform(act)
            }
        }
    }

    fn end(&self, kind: EndingKind, act: AgentAction) {
        if untrack(|| self.own_ending()).is_some() {
            self.undo_ending();
            return;
        }
        if self.refuses_draft() {
            return;
        }
        // The second press of the shortcut confirms what is in the bar, unless an outcome has to be picked.
        if let Some(draft) = self.ending.get_untracked().filter(|draft| draft.kind == kind) {
            return self.confirm(&draft, None);
        }
        let draft = self.ending_draft(kind);
        if draft.has_choice() || self.keeps_messages() || !untrack(|| left_behind(self)).is_empty() {
            self.ending.set(Some(draft));
        } else {
            self.schedule(act, draft.press(None));
        }
    }

    /// Sends what is in the bar, with the outcome that was picked. One that has to be picked is asked for.
    pub fn confirm(&self, draft: &EndingDraft, outcome: Option<OutcomeId>) {
        if draft.outcomes.is_required() && outcome.is_none() {
            let words = "Pick an outcome to close this conversation.";
            self.app.toast_until(ToastEnd::ConversationLeft, ToastTone::Error, words);
            focus(BAR);
            return;
        }
        self.schedule(draft.action(), draft.press(outcome));
    }

    /// Says that a draft is in the way of an ending, if there is one.
    fn refuses_draft(&self) -> bool {
        let refuses = self.has_draft() && Locking::is_writable(self);
        if refuses {
            let words = "Send or discard your draft first.";
            self.app.toast_until(ToastEnd::ConversationLeft, ToastTone::Error, words);
            focus(composer::FIELD);
        }
        refuses
    }

    /// Undoes the viewer's pending ending.
    pub fn undo_ending(&self) {
        undo_of(self.app, &self.id());
    }

    /// Sends a press of close or return to the bot. It takes effect after the time to undo.
    pub fn schedule(&self, act: AgentAction, press: EndingPress) {
        let open = *self;
        if open.actions.pending_untracked() || open.refuses_draft() {
            return;
        }
        open.just_wrote.set(None);
        let version = open.row.with_untracked(|row| row.version);
        let id = open.id();
        open.actions.run_as(act, schedule_ending(id, press), move |done| {
            if open.row.is_disposed() {
                if let Err(error) = done {
                    open.app.show_error(&error);
                }
                return;
            }
            match done {
                Ok(mark) => {
                    open.ending.set(None);
                    open.show_ending(mark, version);
                    request_animation_frame(|| focus_if_lost(REGION));
                }
                Err(error) => open.refuse_ending(act, &error),
            }
        });
    }

    /// Shows a pending ending before its frame arrives. A frame that came since `version` is newer.
    fn show_ending(&self, mark: Option<EndingMark>, version: i64) {
        if self.row.with_untracked(|row| row.version) != version {
            return;
        }
        if self.app.connection.get_untracked() != Connection::Live {
            self.reread();
        }
        self.row.update(|row| row.ending = mark);
        let row = self.row.get_untracked();
        for act in endings_of(&[row], &self.me()) {
            offer(self.app, act);
        }
    }

    fn refuse_ending(&self, act: AgentAction, error: &ApiError) {
        match error {
            ApiError::Conflict(words) if act == AgentAction::Close => {
                self.ending.set(None);
                self.just_wrote.set(Some(words.clone()));
                self.at_end.set(true);
                self.reread();
            }
            // The press may have arrived: the bar stays, and the row says what happened.
            _ => {
                self.app.show_error(error);
                self.reread();
            }
        }
    }

    /// Sends a claim, takeover, release or reopening. Its expected result is shown at once, and undone with an error if
    /// the server refuses.
    fn perform(&self, act: AgentAction) {
        let open = *self;
        open.just_wrote.set(None);
        open.lost.set(None);
        open.continued.set(None);
        let before = open.row.get_untracked();
        if let Some(state) = open.expected_state(act) {
            open.expect_state(state);
        }
        if matches!(act, AgentAction::Claim | AgentAction::TakeOver | AgentAction::Reopen) {
            // The next thing to do is to reply, and the button that had the focus is gone.
            request_animation_frame(|| focus(composer::FIELD));
        }
        let id = open.id();
        let name = before.name.clone();
        let request = async move {
            Ok(match act {
                AgentAction::TakeOver => Some(UndoableAct::TookOver { epoch: take_over(id).await? }),
                AgentAction::Release => Some(UndoableAct::Released { epoch: release(id).await? }),
                AgentAction::Reopen => {
                    reopen(id).await?;
                    None
                }
                AgentAction::Claim | AgentAction::ReturnToBot | AgentAction::Close => {
                    claim(id).await?;
                    None
                }
            })
        };
        let (app, conversation) = (open.app, open.id());
        open.actions.run_as(act, request, move |done| {
            let done = done.map(|undoable| {
                if let Some(act) = undoable {
                    let until = app.now.get_untracked().plus(undo_time(app));
                    offer(app, Undoable { conversation, name, act, until });
                }
            });
            // The pane may have been left meanwhile. Then there is nothing to update, and an error is shown all the
            // same.
            if open.row.is_disposed() {
                if let Err(error) = done {
                    app.show_error(&error);
                }
                return;
            }
            // The button that was pressed may be gone with its state.
            request_animation_frame(|| focus_if_lost(REGION));
            match done {
                Ok(()) => {
                    open.expectation_is_met();
                    if app.connection.get_untracked() != Connection::Live {
                        open.reread();
                    }
                }
                Err(error) => open.restore(act, before, &error),
            }
        });
    }

    /// The state that is shown before the server has answered.
    fn expected_state(&self, act: AgentAction) -> Option<RowState> {
        match act {
            AgentAction::Claim | AgentAction::TakeOver | AgentAction::Reopen => {
                Some(self.app.viewer.with_untracked(|viewer| RowState::Claimed {
                    agent: viewer.agent.clone(),
                    name: viewer.name.clone(),
                }))
            }
            AgentAction::Release => Some(RowState::Waiting),
            AgentAction::ReturnToBot | AgentAction::Close => None,
        }
    }

    fn restore(&self, act: AgentAction, before: Row, error: &ApiError) {
        self.expected.set_value(None);
        self.row.update(|row| {
            // A frame that came meanwhile has a newer state.
            if row.version == before.version {
                row.state = before.state;
            }
        });
        if let ApiError::Continued { conversation, .. } = error {
            self.continued.set(Some(conversation.clone()));
        }
        match error {
            ApiError::Conflict(words) if act == AgentAction::Claim => self.lost.set(Some(words.clone())),
            error => self.app.show_error(error),
        }
        if matches!(error, ApiError::Conflict(_) | ApiError::Continued { .. } | ApiError::NotFound) {
            self.reread();
        }
    }
}
