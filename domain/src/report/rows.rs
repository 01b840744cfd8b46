//! The rows that a report reads: facts, with the traits that filters ask for.
//!
//! A wait, a message, a stint, a close and a rating have the traits of their handoff. To add a source of rows: its struct,
//! its variant of [`ReportRow`], its arm in `measure` and `count`, and its statement in `store/tables/reports`.

use super::{
    facts::{BegunBy, ClosingFact, HandoffFact, Lasted, RatingFact, TriggerFact},
    measure::Measure,
    query::{OutcomeFilter, ReportFilters, TriggerFilter},
};
use crate::{
    event::CloseReason,
    ids::{AgentId, ChannelId, ConversationId, HandoffId, MessageId, OutcomeId, Seq, line_key},
    time::Timestamp,
};

/// What filters ask of a row, except the agent: whose number a value is depends on what is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traits<'r> {
    pub channel: &'r ChannelId,
    pub begun_by: BegunBy,
    pub language: Option<&'r str>,
    /// Of the handoff. `None` outside of one.
    pub trigger: Option<&'r TriggerFact>,
    /// The reason that the language model gave for the handoff, where it was read.
    pub reason: Option<&'r str>,
    pub result: CloseResult<'r>,
    /// The handoff was left out of the reports.
    pub left_out: bool,
}

/// With which result a person closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseResult<'r> {
    Outcome(&'r OutcomeId),
    NoOutcome,
    /// It is open, or nobody closed it.
    NotClosed,
}

impl<'r> CloseResult<'r> {
    /// Of a close, if a person's work ended with it.
    pub fn of(reason: Option<CloseReason>, outcome: Option<&'r OutcomeId>) -> Self {
        match (reason, outcome) {
            (Some(CloseReason::Done | CloseReason::Silent), Some(outcome)) => Self::Outcome(outcome),
            (Some(CloseReason::Done | CloseReason::Silent), None) => Self::NoOutcome,
            (Some(CloseReason::Bot | CloseReason::Merged | CloseReason::Imported) | None, _) => Self::NotClosed,
        }
    }
}

/// What a row has from its conversation and handoff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub channel: ChannelId,
    pub begun_by: BegunBy,
    pub language: Option<String>,
    /// Of the handoff. `None` outside of one.
    pub trigger: Option<TriggerFact>,
    /// The reason that the language model gave for the handoff, where it was read.
    pub reason: Option<String>,
    pub close_reason: Option<CloseReason>,
    pub outcome: Option<OutcomeId>,
    pub left_out: bool,
}

impl Origin {
    fn traits(&self) -> Traits<'_> {
        Traits {
            channel: &self.channel,
            begun_by: self.begun_by,
            language: self.language.as_deref(),
            trigger: self.trigger.as_ref(),
            reason: self.reason.as_deref(),
            result: CloseResult::of(self.close_reason, self.outcome.as_ref()),
            left_out: self.left_out,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportHandoff {
    pub fact: HandoffFact,
    pub left_out: bool,
    /// The reason that the language model gave, where it was read.
    pub reason: Option<String>,
}

/// A customer's wait for a further reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportWait {
    pub seq: Seq,
    pub conversation: ConversationId,
    pub handoff: HandoffId,
    pub origin: Origin,
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
    /// With the trigger of the first handoff.
    pub origin: Origin,
    pub started_at: Timestamp,
    pub bot_took_part: bool,
    pub first_handoff: Option<(HandoffId, Timestamp)>,
}

/// A close, also one that was reopened later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportClosing {
    pub fact: ClosingFact,
    pub origin: Origin,
}

/// A message of an agent that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportMessage {
    pub id: MessageId,
    pub conversation: ConversationId,
    pub handoff: Option<HandoffId>,
    pub origin: Origin,
    pub agent: AgentId,
    pub sent_at: Timestamp,
}

/// A time in which an agent had a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportStint {
    pub seq: Seq,
    pub conversation: ConversationId,
    pub handoff: HandoffId,
    pub origin: Origin,
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

/// A question for a rating, and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportRating {
    pub fact: RatingFact,
    pub origin: Origin,
    /// The question was not delivered.
    pub has_failed: bool,
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
    Rating(ReportRating),
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
            Self::Handoff(row) => RowKey::text(row.fact.requested_at, row.fact.handoff.as_str()),
            Self::Wait(row) => RowKey::seq(row.ended_at, row.seq),
            Self::Conversation(row) => RowKey::text(row.started_at, row.id.as_str()),
            Self::Closing(row) => RowKey::seq(row.fact.at, row.fact.seq),
            Self::Message(row) => RowKey::text(row.sent_at, row.id.as_str()),
            Self::Stint(row) => RowKey::seq(row.began_at, row.seq),
            Self::Presence(row) => RowKey::text(row.began_at, row.agent.as_str()),
            Self::Rating(row) => RowKey::text(row.fact.asked_at, row.fact.handoff.as_str()),
        }
    }

    /// `None` for presence, which belongs to no conversation.
    pub fn traits(&self) -> Option<Traits<'_>> {
        match self {
            Self::Handoff(ReportHandoff { fact, left_out, reason }) => {
                let ended = fact.ended.as_ref();
                let outcome = ended.and_then(|ended| ended.outcome.as_ref());
                Some(Traits {
                    channel: &fact.channel,
                    begun_by: fact.begun_by,
                    language: fact.language.as_deref(),
                    trigger: Some(&fact.trigger),
                    reason: reason.as_deref(),
                    result: CloseResult::of(ended.and_then(|ended| ended.reason), outcome),
                    left_out: *left_out,
                })
            }
            // A conversation that was reopened has another outcome later.
            Self::Closing(ReportClosing { fact, origin }) => {
                let result = CloseResult::of(Some(fact.reason), fact.outcome.as_ref());
                Some(Traits { result, ..origin.traits() })
            }
            Self::Wait(row) => Some(row.origin.traits()),
            Self::Conversation(row) => Some(row.origin.traits()),
            Self::Message(row) => Some(row.origin.traits()),
            Self::Stint(row) => Some(row.origin.traits()),
            Self::Rating(row) => Some(row.origin.traits()),
            Self::Presence(_) => None,
        }
    }

    pub fn conversation(&self) -> Option<&ConversationId> {
        match self {
            Self::Handoff(row) => Some(&row.fact.conversation),
            Self::Wait(row) => Some(&row.conversation),
            Self::Conversation(row) => Some(&row.id),
            Self::Closing(row) => Some(&row.fact.conversation),
            Self::Message(row) => Some(&row.conversation),
            Self::Stint(row) => Some(&row.conversation),
            Self::Rating(row) => Some(&row.fact.conversation),
            Self::Presence(_) => None,
        }
    }

    /// The item of the thread that a measure counts, as its anchor.
    pub fn anchor(&self, measure: Measure) -> Option<String> {
        match self {
            Self::Handoff(ReportHandoff { fact, .. }) => Some(handoff_anchor(fact, measure)),
            Self::Wait(row) => Some(row.reply.as_ref().map_or_else(|| line_key(row.seq), ToString::to_string)),
            Self::Closing(row) => Some(line_key(row.fact.seq)),
            Self::Message(row) => Some(row.id.to_string()),
            Self::Stint(row) => Some(line_key(row.seq)),
            Self::Rating(ReportRating { fact, .. }) => {
                let answer = fact.rated.filter(|_| measure == Measure::Rated).map(|rated| line_key(rated.seq));
                Some(answer.unwrap_or_else(|| fact.question.to_string()))
            }
            Self::Conversation(_) | Self::Presence(_) => None,
        }
    }

    pub fn handoff(&self) -> Option<&HandoffId> {
        match self {
            Self::Handoff(row) => Some(&row.fact.handoff),
            Self::Wait(row) => Some(&row.handoff),
            Self::Closing(row) => row.fact.handoff.as_ref(),
            Self::Message(row) => row.handoff.as_ref(),
            Self::Stint(row) => Some(&row.handoff),
            Self::Conversation(row) => row.first_handoff.as_ref().map(|(id, _)| id),
            Self::Rating(row) => Some(&row.fact.handoff),
            Self::Presence(_) => None,
        }
    }

    /// The reason that the language model gave for the handoff, where it was read.
    pub fn reason(&self) -> Option<&str> {
        self.traits()?.reason
    }

    /// Its handoff has this reason.
    pub fn give_reason(&mut self, reason: String) {
        match self {
            Self::Handoff(row) => row.reason = Some(reason),
            Self::Wait(row) => row.origin.reason = Some(reason),
            Self::Conversation(row) => row.origin.reason = Some(reason),
            Self::Closing(row) => row.origin.reason = Some(reason),
            Self::Message(row) => row.origin.reason = Some(reason),
            Self::Stint(row) => row.origin.reason = Some(reason),
            Self::Rating(row) => row.origin.reason = Some(reason),
            Self::Presence(_) => {}
        }
    }

    /// Whether it was over at a time. Most rows are about a moment, which is never asked for.
    pub fn is_over(&self, at: Timestamp) -> bool {
        let ended = match self {
            Self::Handoff(row) => row.fact.ended.as_ref().map(|ended| ended.at),
            Self::Stint(row) => row.ended_at,
            Self::Presence(row) => row.ended_at,
            Self::Wait(_) | Self::Conversation(_) | Self::Closing(_) | Self::Message(_) | Self::Rating(_) => None,
        };
        ended.is_some_and(|ended| ended <= at)
    }

    /// Its handoff was left out of the reports.
    pub fn leave_out(&mut self) {
        match self {
            Self::Handoff(row) => row.left_out = true,
            Self::Wait(row) => row.origin.left_out = true,
            Self::Conversation(row) => row.origin.left_out = true,
            Self::Closing(row) => row.origin.left_out = true,
            Self::Message(row) => row.origin.left_out = true,
            Self::Stint(row) => row.origin.left_out = true,
            Self::Rating(row) => row.origin.left_out = true,
            Self::Presence(_) => {}
        }
    }
}

/// The reply, the end or the request, whichever a measure is about.
fn handoff_anchor(fact: &HandoffFact, measure: Measure) -> String {
    let is_about_reply =
        matches!(measure, Measure::Response | Measure::TargetDecided | Measure::TargetMet | Measure::TargetMissed);
    let is_about_end = matches!(measure, Measure::Handling | Measure::Resolution | Measure::NotClosed | Measure::Lost);
    let reply = fact.first_reply.as_ref().filter(|_| is_about_reply).and_then(|reply| reply.message.as_ref());
    let end = fact.ended.as_ref().filter(|_| is_about_end).map(|ended| line_key(ended.seq));
    reply.map(ToString::to_string).or(end).unwrap_or_else(|| line_key(fact.requested_seq))
}

impl ReportFilters {
    /// Whether a row with these traits is in the report. Nothing narrows presence but the agent.
    pub fn admit(&self, traits: Option<&Traits>) -> bool {
        let Some(traits) = traits else { return true };
        self.admit_result(traits.result)
            && self.admit_channel(traits.channel)
            && self.admit_language(traits.language)
            && self.admit_trigger(traits.trigger, traits.reason)
    }

    pub fn admit_channel(&self, channel: &ChannelId) -> bool {
        self.channel.as_ref().is_none_or(|wanted| wanted == channel)
    }

    pub fn admit_language(&self, language: Option<&str>) -> bool {
        self.language.as_deref().is_none_or(|wanted| language == Some(wanted))
    }

    /// `reason` is what the language model gave, where it was read.
    pub fn admit_trigger(&self, trigger: Option<&TriggerFact>, reason: Option<&str>) -> bool {
        let admits = |wanted: &TriggerFilter| trigger.is_some_and(|fact| wanted.admits(fact, reason));
        self.trigger.as_ref().is_none_or(admits)
    }

    pub fn admit_result(&self, result: CloseResult<'_>) -> bool {
        let admits = |wanted: &OutcomeFilter| match (wanted, result) {
            (OutcomeFilter::Picked(id), CloseResult::Outcome(own)) => id == own,
            (OutcomeFilter::Missing, CloseResult::NoOutcome) => true,
            (OutcomeFilter::Picked(_) | OutcomeFilter::Missing, _) => false,
        };
        self.outcome.as_ref().is_none_or(admits)
    }
}

#[cfg(test)]
#[path = "rows_tests.rs"]
mod tests;
