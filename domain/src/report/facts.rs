//! Facts: what happened in conversations, with the times and durations that reports count.
//!
//! They are derived from the entries of the log alone ([`FactSet::fold`]), so that they can be rebuilt at any time. They
//! hold ids and plain values, no texts, names or numbers of customers. Cohorts, periods and percentiles do not belong here.
//! To add a fact: its field here, what sets it in `fold.rs`, its column in a migration and in its file of `store/tables`,
//! and a history in the tests.

mod fold;
mod keys;

use serde::{Deserialize, Serialize};

pub use self::{
    fold::{FactContext, FactSet},
    keys::FactKeys,
};
use crate::{
    event::CloseReason,
    handoff::{Failure, HandoffEnd, Trigger, TriggerKind},
    ids::{AgentId, ChannelId, ConversationId, FlowId, HandoffId, KeywordId, MessageId, OutcomeId, Seq, TeamId},
    pricing::Pricing,
    rating::Score,
    time::{Span, Timestamp},
    variant_names::variant_names,
};

/// A duration, and how much of it was within opening hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lasted {
    pub raw: Span,
    /// `None` if the tenant had no opening hours when it was computed.
    pub open: Option<Span>,
}

/// Who began a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BegunBy {
    Customer,
    /// The business wrote first: an agent with a template, or staff in the WhatsApp app. A cohort of its own, in none of
    /// waiting, response and escalation.
    Business,
    /// Another app of the number transferred the customer.
    Partner,
    /// The number's history from before Handoff.
    Import,
}

variant_names!(BegunBy {
    Customer => "customer",
    Business => "business",
    Partner => "partner",
    Import => "import",
});

/// A conversation. The fields from `handoff` on are what its next entry needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationFact {
    pub conversation: ConversationId,
    pub channel: ChannelId,
    pub started_at: Timestamp,
    pub begun_by: BegunBy,
    /// The customer's, as it was known last.
    pub language: Option<String>,
    /// The bot answered, asked for an agent, or closed it.
    pub bot_took_part: bool,
    /// How many turns of the customer the bot answered.
    pub bot_turns: i64,
    pub customer_messages: i64,
    /// Those that were undone are not among them.
    pub handoffs: i64,
    pub first_handoff: Option<(HandoffId, Timestamp)>,
    /// The close that is in force; `None` while the conversation is open.
    pub closed: Option<ClosedFact>,
    /// The customer's wait for a person's reply, while it lasts. The first one of a handoff is a wait, too.
    pub wait: Option<RunningWait>,
    /// The newest handoff, also one that has ended.
    pub handoff: Option<HandoffId>,
    /// The newest close, also one that was reopened.
    pub closing: Option<Seq>,
    /// The stint of the agent who has the conversation.
    pub stint: Option<Seq>,
    /// The bot or a person has answered the customer's last turn.
    pub turn_answered: bool,
    /// The flow that began last, while the bot has the conversation.
    pub flow: Option<FlowId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedFact {
    pub at: Timestamp,
    pub reason: CloseReason,
    pub outcome: Option<OutcomeId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunningWait {
    pub since: Timestamp,
    pub target: Span,
}

/// A handoff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandoffFact {
    pub handoff: HandoffId,
    pub conversation: ConversationId,
    pub channel: ChannelId,
    /// Of its conversation, as the language.
    pub begun_by: BegunBy,
    pub language: Option<String>,
    pub trigger: TriggerFact,
    pub team: TeamId,
    pub target: Span,
    pub requested_at: Timestamp,
    pub requested_seq: Seq,
    /// The first claim.
    pub claimed: Option<(AgentId, Timestamp)>,
    /// When a person's first message to the customer was sent.
    pub first_reply: Option<FirstReplyFact>,
    /// The last release, for the wait that it began.
    pub released_at: Option<Timestamp>,
    pub releases: i64,
    pub takeovers: i64,
    pub ended: Option<EndedFact>,
    /// It was closed while the customer waited for the first reply.
    pub lost: bool,
    pub waiting: Option<Lasted>,
    pub response: Option<Lasted>,
    pub handling: Option<Lasted>,
    pub resolution: Option<Lasted>,
}

/// What requested the agent: the kind, and the detail that this kind has.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TriggerFact {
    pub kind: TriggerKind,
    pub keyword: Option<KeywordId>,
    /// Both names are the tenant's.
    pub flow: Option<String>,
    pub step: Option<String>,
    pub failure: Option<Failure>,
    /// Who took over from the bot or wrote first, or for whom the conversation was reopened.
    pub agent: Option<AgentId>,
}

impl TriggerFact {
    pub fn of(trigger: &Trigger) -> Self {
        let alone = Self { kind: trigger.kind(), keyword: None, flow: None, step: None, failure: None, agent: None };
        match trigger {
            // A phrase can be changed, and the keyword is the same.
            Trigger::Keyword { keyword, .. } => Self { keyword: Some(keyword.clone()), ..alone },
            Trigger::Flow { flow, step } => Self { flow: Some(flow.clone()), step: Some(step.clone()), ..alone },
            Trigger::Agent { agent } | Trigger::Reopened { agent } | Trigger::Outbound { agent } => {
                Self { agent: Some(agent.clone()), ..alone }
            }
            Trigger::Failure { failure } => Self { failure: Some(*failure), ..alone },
            Trigger::Model | Trigger::Partner | Trigger::Phone | Trigger::Late => alone,
        }
    }
}

/// A person who answers customers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replier {
    Agent(AgentId),
    /// Staff, in the WhatsApp app.
    Phone,
}

/// The first message of a person in a handoff that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstReplyFact {
    pub at: Timestamp,
    pub by: Replier,
    /// `None` from an old log, which tells neither the message nor whether it was sent: `at` is when it was queued.
    pub message: Option<MessageId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedFact {
    pub at: Timestamp,
    pub seq: Seq,
    pub end: HandoffEnd,
    /// Of the close that ended it.
    pub reason: Option<CloseReason>,
    pub outcome: Option<OutcomeId>,
    /// Who had it when it ended.
    pub owner: Option<AgentId>,
}

/// A wait of a customer for a further reply that is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitFact {
    /// The entry that ended it.
    pub seq: Seq,
    pub conversation: ConversationId,
    pub handoff: HandoffId,
    pub channel: ChannelId,
    pub since: Timestamp,
    pub target: Span,
    pub ended_at: Timestamp,
    pub end: WaitEnd,
    pub lasted: Lasted,
}

/// How a wait ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WaitEnd {
    /// By a message that was sent.
    Answered { message: MessageId, by: Replier },
    /// By the end of the handoff, which this agent had. A close means that the customer got no answer.
    Unanswered { end: HandoffEnd, owner: Option<AgentId> },
}

impl WaitFact {
    /// Whether this message ended it.
    pub fn is_ended_by(&self, message: &MessageId) -> bool {
        matches!(&self.end, WaitEnd::Answered { message: of, .. } if of == message)
    }
}

/// A time in which an agent had a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StintFact {
    /// The entry that began it.
    pub seq: Seq,
    pub conversation: ConversationId,
    pub handoff: HandoffId,
    pub channel: ChannelId,
    pub agent: AgentId,
    pub began_at: Timestamp,
    pub began: StintBegin,
    pub ended: Option<(Timestamp, StintEnd)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StintBegin {
    Claimed,
    TakenOver,
    Reopened,
    /// The agent undid a release.
    TakenBack,
    /// A colleague undid a takeover.
    GivenBack,
}

variant_names!(StintBegin {
    Claimed => "claimed",
    TakenOver => "taken_over",
    Reopened => "reopened",
    TakenBack => "taken_back",
    GivenBack => "given_back",
});

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StintEnd {
    Closed,
    ReturnedToBot,
    Merged,
    Released,
    AgentGone,
    AgentDeactivated,
    TakenOver,
    /// The agent undid the takeover.
    Undone,
}

variant_names!(StintEnd {
    Closed => "closed",
    ReturnedToBot => "returned_to_bot",
    Merged => "merged",
    Released => "released",
    AgentGone => "agent_gone",
    AgentDeactivated => "agent_deactivated",
    TakenOver => "taken_over",
    Undone => "undone",
});

/// A close of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosingFact {
    pub seq: Seq,
    pub conversation: ConversationId,
    pub channel: ChannelId,
    /// The handoff that it ended.
    pub handoff: Option<HandoffId>,
    pub at: Timestamp,
    pub reason: CloseReason,
    pub agent: Option<AgentId>,
    /// The bot closed it, and nobody had been asked for.
    pub bot_alone: bool,
    pub outcome: Option<OutcomeId>,
    pub reopened_at: Option<Timestamp>,
    /// When the customer began the next conversation on the number.
    pub followed_at: Option<Timestamp>,
}

/// A customer was asked to rate a handoff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RatingFact {
    pub handoff: HandoffId,
    pub conversation: ConversationId,
    pub channel: ChannelId,
    /// Who had it at the close.
    pub agent: Option<AgentId>,
    /// The message that asked. One that failed has reached nobody.
    pub question: MessageId,
    pub asked_at: Timestamp,
    /// `None` if the customer has not answered.
    pub rated: Option<RatedFact>,
}

/// The answer that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RatedFact {
    pub at: Timestamp,
    /// Its entry.
    pub seq: Seq,
    pub score: Score,
}

/// Who wrote a message to a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageSender {
    Bot,
    /// Notices and closing texts.
    System,
    Agent(AgentId),
    Phone,
}

/// Which of the tenant's texts a message of [`MessageSender::System`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// That an agent was requested.
    Handoff,
    /// The goodbye of a close, the question for a rating, or both in one.
    Closing,
    /// To a silent customer.
    Reminder,
}

variant_names!(NoticeKind {
    Handoff => "handoff",
    Closing => "closing",
    Reminder => "reminder",
});

impl NoticeKind {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Handoff => "handoff message",
            Self::Closing => "closing message",
            Self::Reminder => "reminder",
        }
    }
}

/// A message to a customer, or one of the pieces in which a long one is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageFact {
    pub message: MessageId,
    /// Counted from 0. What concerns the whole message is in piece 0; there are others only if they have a price.
    pub piece: i64,
    pub conversation: ConversationId,
    pub channel: ChannelId,
    /// The handoff that was open when it was queued.
    pub handoff: Option<HandoffId>,
    pub sender: MessageSender,
    /// Of a message of the bot: the flow that began last.
    pub flow: Option<FlowId>,
    /// Of a text of the tenant: which one, as far as that is known.
    pub notice: Option<NoticeKind>,
    /// The customer's, as it was known when the message was queued.
    pub market: Option<String>,
    pub kind: String,
    pub queued_at: Timestamp,
    pub sent_at: Option<Timestamp>,
    /// When it failed, and Meta's code if there is one.
    pub failed: Option<(Timestamp, Option<i64>)>,
    /// When WhatsApp told the price, and which.
    pub priced: Option<(Timestamp, Pricing)>,
}

#[cfg(test)]
mod tests;
