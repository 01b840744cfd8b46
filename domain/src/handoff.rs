//! The handoff: why an agent was requested, who claimed it, and how it ended.
//!
//! Its times are stored facts; every metric is computed from them on reading: the definitions are in `metrics`.

mod failure;
pub mod metrics;

use serde::{Deserialize, Serialize};

pub use self::failure::Failure;
use super::{
    ids::{AgentId, HandoffId, KeywordId, MessageId, TeamId},
    message::Author,
    sla::Wait,
    time::{Span, Timestamp},
    variant_names::variant_names,
};

/// What requested an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "trigger", rename_all = "snake_case")]
pub enum Trigger {
    /// The customer's message contained a configured phrase.
    Keyword { keyword: KeywordId, phrase: String },
    /// A flow reached its Human Handoff step. Both names are the tenant's.
    Flow { flow: String, step: String },
    /// The language model called the handoff tool. The texts it gave are content: they are stored with the handoff
    /// ([`Brief`]), not in the log.
    Model,
    /// Another responder of the number transferred the customer.
    Partner,
    /// An agent took over from the bot.
    Agent { agent: AgentId },
    /// Staff replied from the WhatsApp Business app.
    Phone,
    /// The customer's message arrived too late for a bot answer (promise 13).
    Late,
    /// A closed conversation was reopened for this agent.
    Reopened { agent: AgentId },
    /// An agent wrote first, and has the conversation from its beginning. Nobody was asked for.
    Outbound { agent: AgentId },
    /// The bot could not continue (promise 4).
    Failure { failure: Failure },
}

/// A variant of [`Trigger`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TriggerKind {
    Keyword,
    Flow,
    Model,
    Partner,
    Agent,
    Phone,
    Late,
    Reopened,
    Outbound,
    Failure,
}

variant_names!(TriggerKind {
    Keyword => "keyword",
    Flow => "flow",
    Model => "model",
    Partner => "partner",
    Agent => "agent",
    Phone => "phone",
    Late => "late",
    Reopened => "reopened",
    Outbound => "outbound",
    Failure => "failure",
});

impl TriggerKind {
    /// What handoffs with such a trigger are called in a filter.
    pub fn label(self) -> &'static str {
        match self {
            Self::Keyword => "Keyword",
            Self::Flow => "Flow",
            Self::Model => "Bot escalated",
            Self::Partner => "From another app",
            Self::Agent => "Agent stepped in",
            Self::Phone => "Answered from the phone app",
            Self::Late => "Late message",
            Self::Reopened => "Reopened",
            Self::Outbound => "Started by an agent",
            Self::Failure => "Bot failed",
        }
    }
}

impl Trigger {
    pub fn kind(&self) -> TriggerKind {
        match self {
            Self::Keyword { .. } => TriggerKind::Keyword,
            Self::Flow { .. } => TriggerKind::Flow,
            Self::Model => TriggerKind::Model,
            Self::Partner => TriggerKind::Partner,
            Self::Agent { .. } => TriggerKind::Agent,
            Self::Phone => TriggerKind::Phone,
            Self::Late => TriggerKind::Late,
            Self::Reopened { .. } => TriggerKind::Reopened,
            Self::Outbound { .. } => TriggerKind::Outbound,
            Self::Failure { .. } => TriggerKind::Failure,
        }
    }

    /// The keyword that requested the agent.
    pub fn keyword(&self) -> Option<&KeywordId> {
        match self {
            Self::Keyword { keyword, .. } => Some(keyword),
            Self::Flow { .. }
            | Self::Model
            | Self::Partner
            | Self::Agent { .. }
            | Self::Phone
            | Self::Late
            | Self::Reopened { .. }
            | Self::Outbound { .. }
            | Self::Failure { .. } => None,
        }
    }

    /// The phrase that the keyword had at that time.
    pub fn phrase(&self) -> Option<&str> {
        match self {
            Self::Keyword { phrase, .. } => Some(phrase),
            Self::Flow { .. }
            | Self::Model
            | Self::Partner
            | Self::Agent { .. }
            | Self::Phone
            | Self::Late
            | Self::Reopened { .. }
            | Self::Outbound { .. }
            | Self::Failure { .. } => None,
        }
    }

    /// A short label for a row or card.
    pub fn label(&self) -> String {
        match self {
            Self::Keyword { phrase, .. } => format!("Keyword “{phrase}”"),
            Self::Flow { flow, .. } => format!("Flow {flow}"),
            Self::Failure { failure } => failure.label().to_owned(),
            Self::Model
            | Self::Partner
            | Self::Agent { .. }
            | Self::Phone
            | Self::Late
            | Self::Reopened { .. }
            | Self::Outbound { .. } => self.kind().label().to_owned(),
        }
    }

    /// Why an agent is needed, as a sentence for the dossier.
    pub fn sentence(&self) -> String {
        match self {
            Self::Keyword { phrase, .. } => format!("The customer wrote the keyword “{phrase}”."),
            Self::Flow { flow, step } => format!("The flow “{flow}” reached the step “{step}”."),
            Self::Model => "The language model asked for an agent.".to_owned(),
            Self::Partner => "Another app on this number transferred the customer.".to_owned(),
            Self::Agent { .. } => "An agent took over from the bot.".to_owned(),
            Self::Phone => "Someone replied from the WhatsApp Business app.".to_owned(),
            Self::Late => "The message arrived long after it was written, too late for an automatic reply.".to_owned(),
            Self::Reopened { .. } => "The conversation was closed, and reopened.".to_owned(),
            Self::Outbound { .. } => "An agent started the conversation with a template.".to_owned(),
            Self::Failure { failure } => failure.sentence().to_owned(),
        }
    }
}

/// Information from the requester for the agent. It may contain text of customers and models, so it is stored with the
/// handoff, where it can be erased, and never in the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Brief {
    /// The reason, in one line.
    pub reason: String,
    pub note: String,
    /// The model's summary of what happened so far.
    pub summary: String,
    pub urgency: Urgency,
}

impl Brief {
    pub fn is_empty(&self) -> bool {
        self.reason.is_empty() && self.note.is_empty() && self.summary.is_empty()
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    Low,
    #[default]
    Normal,
    High,
}

variant_names!(Urgency {
    Low => "low",
    Normal => "normal",
    High => "high",
});

/// An open handoff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handoff {
    pub id: HandoffId,
    pub trigger: Trigger,
    /// The customer's message that triggered the handoff, if any.
    pub message: Option<MessageId>,
    pub team: TeamId,
    pub requested_at: Timestamp,
    /// The tenant's waiting target at the time of the request; later changes of the setting have no effect.
    pub target: Span,
    pub claimed: Option<Claimed>,
    pub first_reply: Option<FirstReply>,
    /// When the last release put it back into the waiting list.
    pub released_at: Option<Timestamp>,
    /// The agent who released it, and need not be alerted about it.
    pub released_by: Option<AgentId>,
    /// When the first reply after that release was sent, if the handoff had been answered before it.
    pub next_reply_at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claimed {
    pub by: AgentId,
    pub at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstReply {
    pub by: Author,
    /// When it was sent.
    pub at: Timestamp,
}

/// The times of a handoff from which its waits are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waited {
    pub requested_at: Timestamp,
    pub target: Span,
    pub first_reply_at: Option<Timestamp>,
    pub released_at: Option<Timestamp>,
    pub next_reply_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
}

impl Waited {
    /// The customer's wait, from the request until a person's first reply. A claim or a bot message does not end it.
    /// Without a reply it lasts until the handoff ends.
    pub fn first(&self) -> Wait {
        self.wait(self.requested_at, self.first_reply_at)
    }

    /// The wait that began when an answered conversation was released.
    pub fn next(&self) -> Option<Wait> {
        let since = self.released_at.filter(|at| self.first_reply_at.is_some_and(|reply| reply <= *at))?;
        Some(self.wait(since, self.next_reply_at))
    }

    fn wait(&self, since: Timestamp, reply: Option<Timestamp>) -> Wait {
        Wait { since, until: reply.or(self.ended_at), answered: reply.is_some(), target: self.target }
    }
}

/// How a handoff ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandoffEnd {
    Closed,
    ReturnedToBot,
    Merged,
}

variant_names!(HandoffEnd {
    Closed => "closed",
    ReturnedToBot => "returned_to_bot",
    Merged => "merged",
});

#[cfg(test)]
#[path = "handoff_tests.rs"]
mod tests;
