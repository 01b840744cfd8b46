//! Where a template is sent: in the open conversation, or as the first word of a new one.

use leptos::prelude::*;

use super::first::FirstWord;
use crate::{
    contract::{ApiError, Result, templates::TemplatePicker},
    domain::{ids::AgentId, template::MessageTemplate},
    ui::{
        browser,
        conversations::{
            composer::{
                FIELD,
                files::Attachments,
                lock::Locking,
                tabs::{ComposerTab, ComposerTabs},
            },
            pane_focus::REGION,
            thread::state::ThreadState,
        },
        state::AppState,
    },
};

#[derive(Clone, Copy)]
pub enum TemplatePlace {
    Thread(ThreadState, Locking, ComposerTabs),
    First(FirstWord),
}

impl TemplatePlace {
    pub fn app(self) -> AppState {
        match self {
            Self::Thread(open, ..) => open.app,
            Self::First(word) => word.app,
        }
    }

    pub fn me(self) -> AgentId {
        self.app().viewer.with_untracked(|viewer| viewer.agent.clone())
    }

    /// Under which name this browser keeps what was typed.
    pub fn key(self) -> String {
        match self {
            Self::Thread(open, ..) => open.id().into_string(),
            Self::First(word) => word.key(),
        }
    }

    /// The customer's, if it is known. Tracks.
    pub fn language(self) -> Option<String> {
        match self {
            Self::Thread(open, ..) => open.customer.with(|customer| customer.language.clone()),
            Self::First(_) => None,
        }
    }

    /// The files that can be attached: a conversation that has not begun takes none.
    pub fn files(self) -> Option<Attachments> {
        match self {
            Self::Thread(open, ..) => Some(open.files),
            Self::First(_) => None,
        }
    }

    /// Why the chosen template cannot be sent to what is typed beside it. Tracks.
    pub fn refusal(self, template: &MessageTemplate) -> Option<String> {
        match self {
            Self::Thread(..) => None,
            Self::First(word) => word.refusal(template),
        }
    }

    /// Whether replies can be sent as well. Tracks.
    pub fn is_in_window(self) -> bool {
        match self {
            Self::Thread(_, lock, _) => lock.is_open(),
            Self::First(_) => false,
        }
    }

    /// Whether a template can be sent. Tracks.
    pub fn takes_templates(self) -> bool {
        match self {
            Self::Thread(_, lock, _) => lock.takes_templates(),
            Self::First(_) => true,
        }
    }

    /// Brings the panel's tab to the front.
    pub fn show(self) {
        match self {
            Self::Thread(_, _, tabs) => tabs.show(ComposerTab::Reply),
            Self::First(_) => {}
        }
    }

    /// Keeps the end of the thread in view, because the panel's height changes.
    pub fn stick(self) {
        match self {
            Self::Thread(open, ..) => open.stick(),
            Self::First(_) => {}
        }
    }

    /// Where the focus goes when the panel is closed.
    pub fn after_panel(self) {
        match self {
            Self::Thread(_, lock, _) => {
                let field = if lock.is_open_untracked() { FIELD } else { REGION };
                request_animation_frame(move || browser::focus(field));
            }
            Self::First(_) => {}
        }
    }

    /// What the panel shows may be due to an outdated page.
    pub fn reread(self) {
        match self {
            Self::Thread(open, ..) => open.reread(),
            Self::First(_) => {}
        }
    }

    /// Reads what can be sent. The code is in the part of the composer's tools.
    pub async fn read(self) -> Result<TemplatePicker> {
        match self {
            Self::Thread(open, ..) => crate::api::templates::read_templates(open.id()).await,
            Self::First(word) => match word.channel.get_untracked() {
                Some(channel) => crate::api::outbound::read_first_templates(channel, word.customer_id()).await,
                None => Err(ApiError::NotFound),
            },
        }
    }
}
