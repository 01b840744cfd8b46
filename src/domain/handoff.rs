//! The handoff as a record of its own: why a person was asked for, who came, and how it ended.
//!
//! Its times are facts; every figure (waiting time, response time, handling time) is derived from them on reading.

use serde::{Deserialize, Serialize};

use super::{
    ids::{AgentId, HandoffId, KeywordId, MessageId, TeamId},
    message::Author,
    sla::Wait,
    time::{Span, Timestamp},
};

/// What called for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "trigger", rename_all = "snake_case")]
pub enum Trigger {
    /// A configured phrase stood in the customer's message.
    Keyword { keyword: KeywordId, phrase: String },
    /// A flow reached its Human Handoff step.
    Flow { flow: String, step: String },
    /// The language model called the handoff tool.
    Model { reason: String },
    /// An agent took the conversation over from the bot.
    Agent { agent: AgentId },
    /// Staff answered from the WhatsApp Business app.
    Phone,
    /// The customer's message arrived too late for a bot's answer (invariant 13).
    Late,
    /// The bot could not go on (invariant 4).
    Failure { failure: Failure },
}

impl Trigger {
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Keyword { .. } => "keyword",
            Self::Flow { .. } => "flow",
            Self::Model { .. } => "model",
            Self::Agent { .. } => "agent",
            Self::Phone => "phone",
            Self::Late => "late",
            Self::Failure { .. } => "failure",
        }
    }

    /// A few words for a row or a card.
    pub fn label(&self) -> String {
        match self {
            Self::Keyword { phrase, .. } => format!("Keyword “{phrase}”"),
            Self::Flow { flow, .. } => format!("Flow {flow}"),
            Self::Model { .. } => "Bot asked".to_owned(),
            Self::Agent { .. } => "Taken over".to_owned(),
            Self::Phone => "Answered on the phone".to_owned(),
            Self::Late => "Late message".to_owned(),
            Self::Failure { failure } => failure.label().to_owned(),
        }
    }

    /// Why a person is needed, as a sentence for the dossier.
    pub fn sentence(&self) -> String {
        match self {
            Self::Keyword { phrase, .. } => format!("The customer wrote the keyword “{phrase}”."),
            Self::Flow { flow, step } => format!("Flow “{flow}” reached its step “{step}”."),
            Self::Model { reason } => format!("The bot asked for a person: {reason}"),
            Self::Agent { .. } => "An agent took the conversation over from the bot.".to_owned(),
            Self::Phone => "Somebody answered from the WhatsApp Business app on the phone.".to_owned(),
            Self::Late => {
                "The message reached us long after it was written, too late for an automatic answer.".to_owned()
            }
            Self::Failure { failure } => failure.sentence().to_owned(),
        }
    }
}

/// How a bot can fail its customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// No text is configured for what the customer wrote.
    NoAnswer,
    /// The turn itself broke.
    Error,
    /// The bot's answer could not be delivered.
    Undelivered,
}

impl Failure {
    pub fn label(self) -> &'static str {
        match self {
            Self::NoAnswer => "Bot had no answer",
            Self::Error => "Bot failed",
            Self::Undelivered => "Bot answer not delivered",
        }
    }

    pub fn sentence(self) -> &'static str {
        match self {
            Self::NoAnswer => "The bot has no answer configured for this message.",
            Self::Error => "The bot ran into an error while answering.",
            Self::Undelivered => "WhatsApp did not deliver the bot's answer.",
        }
    }
}

/// An open handoff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handoff {
    pub id: HandoffId,
    pub trigger: Trigger,
    /// The customer's message that called, if one did.
    pub message: Option<MessageId>,
    pub team: TeamId,
    pub requested_at: Timestamp,
    /// The tenant's waiting target when it was requested; later changes never rewrite the past.
    pub target: Span,
    pub claimed: Option<Claimed>,
    pub first_reply: Option<FirstReply>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claimed {
    pub by: AgentId,
    pub at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstReply {
    pub by: Author,
    pub at: Timestamp,
}

impl Handoff {
    /// The customer's wait: until a person first answered, not until one claimed. A bot message never stops it.
    pub fn wait(&self) -> Wait {
        Wait { since: self.requested_at, until: self.first_reply.as_ref().map(|reply| reply.at), target: self.target }
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

impl HandoffEnd {
    pub fn word(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::ReturnedToBot => "returned_to_bot",
            Self::Merged => "merged",
        }
    }
}
