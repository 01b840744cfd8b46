//! The rows that a report reads: what the facts say that counts, with the traits that filters ask for.
//!
//! A row of a wait, a message or a stint has the traits of its handoff. To add a source of rows: its struct, its variant
//! of [`ReportRow`], its arm in `measure` and `count`, and its statement in `store/tables/reports`.

use super::{
    facts::{BegunBy, Lasted, TriggerFact},
    query::{OutcomeFilter, ReportFilters, TriggerFilter},
};
use crate::{
    event::CloseReason,
    handoff::HandoffEnd,
    ids::{AgentId, ChannelId, ConversationId, HandoffId, MessageId, OutcomeId, Seq},
    time::{Span, Timestamp},
};

/// What filters ask of a row, except the agent: whose number a value is depends on what is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traits {
    pub channel: ChannelId,
    pub begun_by: BegunBy,
    pub language: Option<String>,
    /// Of the handoff. `None` outside of one.
    pub trigger: Option<TriggerFact>,
    pub result: CloseResult,
    /// The handoff was left out of the reports.
    pub left_out: bool,
}

/// With which result a person closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CloseResult {
    Outcome(OutcomeId),
    NoOutcome,
    /// It is open, or nobody closed it.
    NotClosed,
}

impl CloseResult {
    /// Of a close, if a person's work ended with it.
    pub fn of(reason: Option<CloseReason>, outcome: Option<OutcomeId>) -> Self {
        match (reason, outcome) {
            (Some(CloseReason::Done | CloseReason::Silent), Some(outcome)) => Self::Outcome(outcome),
            (Some(CloseReason::Done | CloseReason::Silent), None) => Self::NoOutcome,
            (Some(CloseReason::Bot | CloseReason::Merged | CloseReason::Imported) | None, _) => Self::NotClosed,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportHandoff {
    pub id: HandoffId,
    pub conversation: ConversationId,
    pub traits: Traits,
    pub target: Span,
    pub requested_at: Timestamp,
    pub requested_seq: Seq,
    pub claimed: Option<(AgentId, Timestamp)>,
    /// When a person's first message was sent, and which. Without an agent it was sent on the phone.
    pub first_reply: Option<(Option<AgentId>, Timestamp, MessageId)>,
    pub ended: Option<HandoffEnding>,
    pub lost: bool,
    pub waiting: Option<Lasted>,
    pub response: Option<Lasted>,
    pub handling: Option<Lasted>,
    pub resolution: Option<Lasted>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandoffEnding {
    pub at: Timestamp,
    pub seq: Seq,
    pub end: HandoffEnd,
    /// Who had it.
    pub owner: Option<AgentId>,
}

/// A customer's wait for a further reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportWait {
    pub seq: Seq,
    pub conversation: ConversationId,
    pub handoff: HandoffId,
    pub traits: Traits,
    pub ended_at: Timestamp,
    /// The reply. `None` if the handoff ended without one.
    pub reply: Option<MessageId>,
    /// Who replied, or who had the conversation.
    pub agent: Option<AgentId>,
    pub lasted: Lasted,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportConversation {
    pub id: ConversationId,
    /// Those of the first handoff.
    pub traits: Traits,
    pub started_at: Timestamp,
    pub bot_took_part: bool,
    pub handed_off_at: Option<Timestamp>,
}

/// A close, also one that was reopened later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportClosing {
    pub seq: Seq,
    pub conversation: ConversationId,
    pub handoff: Option<HandoffId>,
    pub traits: Traits,
    pub at: Timestamp,
    pub reason: CloseReason,
    pub agent: Option<AgentId>,
    /// The bot closed it, and nobody had been asked for.
    pub bot_alone: bool,
    /// When it was reopened, or the customer began the next conversation.
    pub continued_at: Option<Timestamp>,
}

/// A message of an agent that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportMessage {
    pub id: MessageId,
    pub conversation: ConversationId,
    pub handoff: Option<HandoffId>,
    pub traits: Traits,
    pub agent: AgentId,
    pub sent_at: Timestamp,
}

/// A time in which an agent had a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportStint {
    pub seq: Seq,
    pub conversation: ConversationId,
    pub handoff: HandoffId,
    pub traits: Traits,
    pub agent: AgentId,
    pub began_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

/// A time in which an agent was online.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportPresence {
    pub agent: AgentId,
    pub began_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

/// A row of any source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportRow {
    Handoff(ReportHandoff),
    Wait(ReportWait),
    Conversation(ReportConversation),
    Closing(ReportClosing),
    Message(ReportMessage),
    Stint(ReportStint),
    Presence(ReportPresence),
}

/// Where a row stands among those of its source: by time, then by what makes it unique.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowKey {
    pub at: Timestamp,
    pub id: RowKeyId,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowKeyId {
    Text(String),
    Seq(i64),
}

impl RowKey {
    fn text(at: Timestamp, id: &str) -> Self {
        Self { at, id: RowKeyId::Text(id.to_owned()) }
    }

    fn seq(at: Timestamp, seq: Seq) -> Self {
        Self { at, id: RowKeyId::Seq(seq.0) }
    }

    /// As an address holds it.
    pub fn value(&self) -> String {
        match &self.id {
            RowKeyId::Text(id) => format!("{}.{id}", self.at.0),
            RowKeyId::Seq(seq) => format!("{}.{seq}", self.at.0),
        }
    }

    /// What [`Self::value`] wrote, for rows that are numbered or not.
    pub fn parse(text: &str) -> Option<Self> {
        let (at, id) = text.split_once('.')?;
        let at = Timestamp(at.parse().ok()?);
        let id = id.parse().map_or_else(|_| RowKeyId::Text(id.to_owned()), RowKeyId::Seq);
        Some(Self { at, id })
    }
}

impl ReportRow {
    /// Its place in the source, whose time is that of the cohort.
    pub fn key(&self) -> RowKey {
        match self {
            Self::Handoff(row) => RowKey::text(row.requested_at, row.id.as_str()),
            Self::Wait(row) => RowKey::seq(row.ended_at, row.seq),
            Self::Conversation(row) => RowKey::text(row.started_at, row.id.as_str()),
            Self::Closing(row) => RowKey::seq(row.at, row.seq),
            Self::Message(row) => RowKey::text(row.sent_at, row.id.as_str()),
            Self::Stint(row) => RowKey::seq(row.began_at, row.seq),
            Self::Presence(row) => RowKey::text(row.began_at, row.agent.as_str()),
        }
    }

    /// `None` for presence, which belongs to no conversation.
    pub fn traits(&self) -> Option<&Traits> {
        match self {
            Self::Handoff(row) => Some(&row.traits),
            Self::Wait(row) => Some(&row.traits),
            Self::Conversation(row) => Some(&row.traits),
            Self::Closing(row) => Some(&row.traits),
            Self::Message(row) => Some(&row.traits),
            Self::Stint(row) => Some(&row.traits),
            Self::Presence(_) => None,
        }
    }

    pub fn conversation(&self) -> Option<&ConversationId> {
        match self {
            Self::Handoff(row) => Some(&row.conversation),
            Self::Wait(row) => Some(&row.conversation),
            Self::Conversation(row) => Some(&row.id),
            Self::Closing(row) => Some(&row.conversation),
            Self::Message(row) => Some(&row.conversation),
            Self::Stint(row) => Some(&row.conversation),
            Self::Presence(_) => None,
        }
    }

    pub fn handoff(&self) -> Option<&HandoffId> {
        match self {
            Self::Handoff(row) => Some(&row.id),
            Self::Wait(row) => Some(&row.handoff),
            Self::Closing(row) => row.handoff.as_ref(),
            Self::Message(row) => row.handoff.as_ref(),
            Self::Stint(row) => Some(&row.handoff),
            Self::Conversation(_) | Self::Presence(_) => None,
        }
    }
}

impl ReportFilters {
    /// Whether a row with these traits is in the report. Nothing narrows presence but the agent.
    pub fn admit(&self, traits: Option<&Traits>) -> bool {
        let Some(traits) = traits else { return true };
        let outcome = self.outcome.as_ref().is_none_or(|wanted| match (wanted, &traits.result) {
            (OutcomeFilter::Picked(id), CloseResult::Outcome(own)) => id == own,
            (OutcomeFilter::Missing, CloseResult::NoOutcome) => true,
            (OutcomeFilter::Picked(_) | OutcomeFilter::Missing, _) => false,
        });
        let trigger = |wanted: &TriggerFilter| traits.trigger.as_ref().is_some_and(|fact| wanted.admits(fact));
        outcome
            && self.channel.as_ref().is_none_or(|channel| *channel == traits.channel)
            && self.language.as_ref().is_none_or(|language| traits.language.as_ref() == Some(language))
            && self.trigger.as_ref().is_none_or(trigger)
    }
}
