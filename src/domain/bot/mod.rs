//! The bot's decision: what a message of a customer leads to. Pure: the same turn at the same moment leads to the same
//! outcome.
//!
//! A [`Turn`] is everything that a turn may look at, an [`Outcome`] everything that it leads to. `decide.rs` says who or
//! what answers a message: a keyword, a tapped button, the flow under way, a flow that begins, the model, the tenant's
//! texts, a person. `respond.rs` carries a decision out, `walk.rs` a flow's steps. `preview.rs` asks the same decision for
//! the keyword page. Never here: reading, writing and calling (`server::bot`).
//!
//! To add a way to answer: a variant of [`Decision`], its place in `decide.rs` and its arm in `respond.rs`. To add
//! something a turn can lead to: a variant of [`BotAction`] or [`NextAction`], its arm in `server::bot::settle`.

mod decide;
mod outcome;
mod preview;
mod respond;
#[cfg(test)]
mod tests;
pub mod walk;

use std::{collections::BTreeMap, sync::Arc};

use super::{
    conversation::Epoch,
    flow::{definition::Flow, run::Position},
    ids::{ChannelId, ConversationId, FlowId, MessageId, TenantId},
    keyword::{self, Keyword},
    message::{Content, Referral},
    model::ModelSettings,
    settings::Settings,
};

pub use decide::{Decision, Situation, decide};
pub use outcome::{BotAction, EndedCall, Escalation, FlowChange, NextAction, Outcome, Source};
pub use preview::{Preview, preview};
pub use respond::respond;

/// Everything a turn of the bot needs to know.
#[derive(Clone, Debug)]
pub struct Turn {
    pub tenant: TenantId,
    pub tenant_name: String,
    pub conversation: ConversationId,
    pub channel: ChannelId,
    /// What people call the number that the customer writes to.
    pub channel_name: String,
    /// The customer's message that it is about, or the newest one.
    pub message: Option<MessageId>,
    /// The customer's newest message that it has taken in: over a newer one nothing is closed.
    pub seen: Option<MessageId>,
    /// The turn is good only as long as the conversation stands here.
    pub epoch: Epoch,
    /// What the customer said; `None` when the turn is about something else.
    pub content: Option<Content>,
    /// What came with this message.
    pub referral: Option<Referral>,
    /// The headline of the ad that this message, or else the conversation, came from.
    pub ad: String,
    /// It is the customer's first message of this conversation.
    pub is_first: bool,
    /// The customer's last words, for templates.
    pub last_words: String,
    /// Since the customer last wrote words, they were told that the model reads nothing else.
    pub is_told_unreadable: bool,
    pub customer: Customer,
    pub settings: Settings,
    pub keywords: Arc<[Keyword]>,
    /// What is live, in the order in which starts are tried.
    pub live: Arc<[LiveFlow]>,
    pub run: Option<FlowRun>,
    pub variables: BTreeMap<String, String>,
    /// The tenant's language model, if it may answer.
    pub model: Option<Arc<ModelSettings>>,
}

/// The customer as templates and models know them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Customer {
    pub name: String,
    /// With its `+`; empty when WhatsApp hides it.
    pub phone: String,
    pub language: Option<String>,
}

/// A flow as new conversations get it.
#[derive(Clone, Debug)]
pub struct LiveFlow {
    pub id: FlowId,
    pub version: i64,
    pub flow: Arc<Flow>,
}

/// Where a conversation stands in a flow.
#[derive(Clone, Debug)]
pub struct FlowRun {
    pub id: FlowId,
    pub version: i64,
    pub position: Position,
    pub revision: i64,
    /// Moves since the customer last wrote.
    pub auto_steps: i64,
    /// `None` when that version cannot be read any more.
    pub flow: Option<Arc<Flow>>,
}

impl Turn {
    /// What this turn was decided on; a run that has moved since makes it stale.
    pub fn revision(&self) -> i64 {
        self.run.as_ref().map_or(0, |run| run.revision)
    }

    /// Moves of the flow since the customer last wrote, this turn's own included.
    pub fn auto_steps(&self) -> i64 {
        match (&self.content, &self.run) {
            (None, Some(run)) => run.auto_steps + 1,
            _ => 0,
        }
    }

    /// What a decision about the customer's message looks at; `None` when the turn is about something else.
    pub fn situation(&self) -> Option<Situation<'_>> {
        Some(Situation {
            content: self.content.as_ref()?,
            referral: self.referral.as_ref(),
            setting: keyword::Setting { channel: Some(&self.channel), language: self.customer.language.as_deref() },
            is_first: self.is_first,
            is_told_unreadable: self.is_told_unreadable,
            keywords: &self.keywords,
            live: &self.live,
            run: self.run.as_ref(),
            model: self.model.as_deref(),
            texts: &self.settings.texts,
        })
    }
}
