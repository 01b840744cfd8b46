//! The actions of an agent on the open conversation. Buttons and keys call [`ThreadState::press`], which decides
//! whether the agent is asked first.
//!
//! To add an action: a variant of [`AgentAction`] with its texts, its place in [`Ownership::actions`], its call in
//! [`ThreadState::perform`].

use leptos::prelude::*;

use super::{dialog::Ask, state::ThreadState};
use crate::{
    api::conversation::{claim, close, release, return_to_bot, take_over},
    contract::ApiError,
    domain::{
        desk::{Row, RowState},
        ids::{AgentId, MessageId},
        time::Timestamp,
    },
    ui::{
        browser::{focus, focus_if_lost},
        conversations::composer,
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
            Self::Closed(_) => &[],
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
}

impl AgentAction {
    pub const ALL: [AgentAction; 5] = [Self::Claim, Self::TakeOver, Self::Release, Self::ReturnToBot, Self::Close];

    pub fn label(self) -> &'static str {
        match self {
            Self::Claim => "Claim",
            Self::TakeOver => "Take over",
            Self::Release => "Release",
            Self::ReturnToBot => "Return to bot",
            Self::Close => "Close",
        }
    }

    /// What it does, for the list of keys and for tooltips.
    pub fn description(self) -> &'static str {
        match self {
            Self::Claim => "Claim this conversation",
            Self::TakeOver => "Take over from the bot or a colleague",
            Self::Release => "Release it back to Waiting",
            Self::ReturnToBot => "Return to bot",
            Self::Close => "Close this conversation",
        }
    }

    pub fn icon(self) -> &'static str {
        match self {
            Self::Claim | Self::TakeOver => "hand",
            Self::Release => "undo",
            Self::ReturnToBot => "bot",
            Self::Close => "check",
        }
    }

    /// The letter of its chord. Releasing is rare and has none, so that it is not done by accident.
    pub fn chord(self) -> Option<char> {
        match self {
            Self::Claim => Some('c'),
            Self::TakeOver => Some('o'),
            Self::ReturnToBot => Some('r'),
            Self::Close => Some('x'),
            Self::Release => None,
        }
    }
}

impl ThreadState {
    /// Who owns it now. Tracks the row.
    pub fn ownership(&self) -> Ownership {
        let me = self.me();
        self.row.with(|row| Ownership::of(row, &me))
    }

    pub fn may(&self, act: AgentAction) -> bool {
        let me = self.me();
        self.row.with_untracked(|row| Ownership::of(row, &me)).actions().contains(&act)
    }

    /// Handles a button or key: asks first if the action takes the conversation from somebody, else performs it.
    pub fn press(&self, act: AgentAction) {
        if !self.may(act) || self.actions.pending_untracked() || self.ask.get_untracked().is_some() {
            return;
        }
        let me = self.me();
        let (ownership, seen) = self.row.with_untracked(|row| (Ownership::of(row, &me), row.last_turn.clone()));
        match (act, ownership) {
            (AgentAction::Close, _) => self.ask.set(Some(Ask::Close { seen })),
            (AgentAction::ReturnToBot, _) => self.ask.set(Some(Ask::ReturnToBot)),
            (AgentAction::TakeOver, Ownership::Theirs(name)) => self.ask.set(Some(Ask::TakeOver { from: name })),
            _ => self.perform(act, seen),
        }
    }

    /// Sends the action. Its expected result is shown at once, and undone with an error if the server refuses.
    pub fn perform(&self, act: AgentAction, seen: Option<MessageId>) {
        if self.actions.pending_untracked() {
            return;
        }
        let open = *self;
        open.just_wrote.set(None);
        let before = open.row.get_untracked();
        if let Some(state) = open.expected_state(act) {
            open.row.update(|row| row.state = state);
        }
        if matches!(act, AgentAction::Claim | AgentAction::TakeOver) {
            // The next thing to do is to reply, and the button that had the focus is gone.
            request_animation_frame(|| focus(composer::FIELD));
        }
        let id = open.id();
        let request = async move {
            match act {
                AgentAction::Claim => claim(id).await,
                AgentAction::TakeOver => take_over(id).await.map(|_| ()),
                AgentAction::Release => release(id).await.map(|_| ()),
                AgentAction::ReturnToBot => return_to_bot(id).await,
                AgentAction::Close => close(id, seen).await,
            }
        };
        open.actions.run_as(act, request, move |done| {
            // The pane may have been left meanwhile. Then there is nothing to update, and an error is shown all the
            // same.
            if open.row.is_disposed() {
                if let Err(error) = done {
                    open.app.show_error(&error);
                }
                return;
            }
            // The button that was pressed may be gone with its state.
            request_animation_frame(|| focus_if_lost("main"));
            match done {
                Ok(()) if open.app.connection.get_untracked() == Connection::Live => {}
                Ok(()) => open.reread(),
                Err(error) => open.undo(act, before, &error),
            }
        });
    }

    /// The state that is shown before the server has answered. Closing and returning to the bot have none: they were
    /// confirmed in a dialog, and must not look done before they are.
    fn expected_state(&self, act: AgentAction) -> Option<RowState> {
        match act {
            AgentAction::Claim | AgentAction::TakeOver => {
                Some(self.app.viewer.with_untracked(|viewer| RowState::Claimed {
                    agent: viewer.agent.clone(),
                    name: viewer.name.clone(),
                }))
            }
            AgentAction::Release => Some(RowState::Waiting),
            AgentAction::ReturnToBot | AgentAction::Close => None,
        }
    }

    fn undo(&self, act: AgentAction, before: Row, error: &ApiError) {
        self.row.update(|row| {
            // A frame that came meanwhile has a newer state.
            if row.version == before.version {
                row.state = before.state.clone();
            }
        });
        match error {
            ApiError::Conflict(words) if act == AgentAction::Close => {
                self.just_wrote.set(Some(words.clone()));
                self.at_end.set(true);
                self.reread();
            }
            ApiError::Conflict(_) | ApiError::NotFound => {
                self.app.show_error(error);
                self.reread();
            }
            _ => self.app.show_error(error),
        }
    }
}
