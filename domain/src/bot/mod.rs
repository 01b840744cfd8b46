//! The bot's decision logic. Pure: the same turn at the same time gives the same outcome.
//!
//! A [`Turn`] holds the complete input of a turn, a [`TurnOutcome`] its complete result. `decide.rs` decides what answers
//! a message: a keyword, a tapped button, the running flow, a flow that starts, the model, the tenant's texts, or an
//! escalation. `respond.rs` carries the decision out, `walk.rs` runs a flow's steps. `preview.rs` uses the same
//! decision for the keyword page. `joined.rs` makes few messages of what a turn says. Reading, writing and calling belong in `server::bot`.
//!
//! To add a way to answer: a variant of [`Decision`], its place in `decide.rs` and its arm in `respond.rs`. To add a
//! result of a turn: a variant of [`BotAction`] or [`NextAction`], and its arm in `server::bot::settle`.

mod decide;
#[cfg(test)]
mod decide_tests;
mod greeting;
mod joined;
mod outcome;
mod preview;
mod question;
#[cfg(test)]
mod question_tests;
mod respond;
#[cfg(test)]
mod tests;
pub mod walk;
#[cfg(test)]
mod walk_tests;

use std::{collections::BTreeMap, sync::Arc};

use super::{
    conversation::Epoch,
    flow::{
        definition::{Flow, Start},
        limits::OLD_STARTS,
        run::Position,
    },
    ids::{ChannelId, ConversationId, FlowId, KeywordId, MessageId, TenantId},
    keyword::{Found, Keyword, MatchContext, Matcher},
    message::{Content, Referral},
    model::ModelSettings,
    settings::TenantSettings,
    text::folded,
    time::Timestamp,
};

pub use decide::{Decision, Situation, decide, requested};
pub use outcome::{BotAction, EndedCall, Escalation, FlowChange, NextAction, Source, TurnOutcome};
pub use preview::{Preview, preview};
pub use question::{QuestionFit, TappedMessage};
pub use respond::{heed, respond};

/// The complete input of a turn of the bot.
#[derive(Clone, Debug)]
pub struct Turn {
    pub tenant: TenantId,
    pub tenant_name: String,
    pub conversation: ConversationId,
    pub channel: ChannelId,
    /// The name of the number that the customer writes to.
    pub channel_name: String,
    /// The customer's message that the turn answers, or the newest one.
    pub message: Option<MessageId>,
    /// The customer's newest message that the turn has taken into account: the conversation is not closed if there is a
    /// newer one.
    pub seen: Option<MessageId>,
    /// The outcome is refused if the conversation's epoch has changed since.
    pub epoch: Epoch,
    /// What the customer sent; `None` when the turn does not answer a message.
    pub content: Option<Content>,
    /// When the customer sent it, as WhatsApp says.
    pub sent_at: Timestamp,
    /// The message that it is a tap on, if it is one and we know that message.
    pub tapped: Option<TappedMessage>,
    /// The ad or post that came with this message.
    pub referral: Option<Referral>,
    /// The headline of the ad that this message came from, or else the conversation.
    pub ad: String,
    /// Whether it is the customer's first message of this conversation.
    pub is_first: bool,
    /// Whether it is the customer's newest message.
    pub is_newest: bool,
    /// The text of the customer's last message, for templates.
    pub last_words: String,
    /// Whether the customer has received the "unreadable" text since they last sent text.
    pub unreadable_text_sent: bool,
    pub customer: TurnCustomer,
    pub settings: TenantSettings,
    pub keywords: Matcher,
    /// Rules that have requested an agent for this message already.
    pub fired: Vec<KeywordId>,
    /// The live flows, in the order in which start conditions are tried.
    pub live: Arc<[LiveFlow]>,
    pub run: Option<FlowRun>,
    pub variables: BTreeMap<String, String>,
    /// The tenant's language model, if it may answer.
    pub model: Option<Arc<ModelSettings>>,
}

/// The customer's data that templates and models may use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TurnCustomer {
    pub name: String,
    /// With the `+`; empty when WhatsApp hides the number.
    pub phone: String,
    pub language: Option<String>,
}

/// The version of a flow that new conversations start.
#[derive(Clone, Debug)]
pub struct LiveFlow {
    pub id: FlowId,
    pub version: i64,
    pub flow: Arc<Flow>,
    /// The phrases that start it, compiled once for all messages.
    phrases: Matcher,
}

impl LiveFlow {
    pub fn new(id: FlowId, version: i64, flow: Arc<Flow>) -> Self {
        let phrases = flow.starts.iter().take(OLD_STARTS).filter_map(|start| match start {
            Start::Phrase { phrase, matching } => Some(Keyword::for_everybody(phrase.clone(), *matching)),
            Start::NewConversation | Start::Button { .. } | Start::Ad { .. } => None,
        });
        let phrases = Matcher::new(phrases.collect());
        Self { id, version, flow, phrases }
    }

    /// Whether one of its phrases occurs in `message`, matched like a keyword rule.
    fn starts_with(&self, message: &str) -> bool {
        self.phrases.first_match(message, MatchContext::default()).is_some()
    }

    /// Whether one of its phrases is all that `message` says, besides a greeting.
    fn is_named_by(&self, message: &str) -> bool {
        let says_nothing = |part: &str| folded(part).is_empty() || greeting::is_greeting(part);
        let found = self.phrases.first_match(message, MatchContext::default());
        found.is_some_and(|(_, Found { start, end })| says_nothing(&message[..start]) && says_nothing(&message[end..]))
    }
}

/// A conversation's position in a flow.
#[derive(Clone, Debug)]
pub struct FlowRun {
    pub id: FlowId,
    pub version: i64,
    pub position: Position,
    pub revision: i64,
    /// Automatic moves since the customer last wrote.
    pub auto_steps: i64,
    /// When it reached its position.
    pub moved_at: Timestamp,
    /// `None` when that version can no longer be read.
    pub flow: Option<Arc<Flow>>,
}

impl Turn {
    /// The revision of the run that this turn was decided on. If the run has moved since, the turn is stale.
    pub fn revision(&self) -> i64 {
        self.run.as_ref().map_or(0, |run| run.revision)
    }

    /// Automatic moves since the customer last wrote, including this turn's own.
    pub fn auto_steps(&self) -> i64 {
        match (&self.content, &self.run) {
            (None, Some(run)) => run.auto_steps + 1,
            _ => 0,
        }
    }

    /// The input of the decision; `None` when the turn does not answer a message.
    pub fn situation(&self, now: Timestamp) -> Option<Situation<'_>> {
        Some(Situation {
            content: self.content.as_ref()?,
            referral: self.referral.as_ref(),
            setting: MatchContext {
                channel: Some(&self.channel),
                language: self.customer.language.as_deref(),
                fired: &self.fired,
            },
            is_first: self.is_first,
            unreadable_text_sent: self.unreadable_text_sent,
            keywords: &self.keywords,
            live: &self.live,
            run: self.run.as_ref(),
            question: question::fit(self, now),
            model: self.model.as_deref(),
            texts: &self.settings.texts,
        })
    }
}
