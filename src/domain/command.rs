//! The commands of a conversation, and why one is refused.

use super::{
    conversation::Epoch,
    handoff::Trigger,
    ids::{AgentId, HandoffId, MessageId, TeamId},
    message::{Author, Turn},
    time::{Span, Timestamp},
};

/// A request to change a conversation. Ids and facts are made by the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    Receive(Received),
    /// Request an agent. `turn` is the epoch of the bot turn that asks, if a turn asks.
    HandOff {
        handoff: HandoffId,
        trigger: Trigger,
        message: Option<MessageId>,
        target: Span,
        turn: Option<Epoch>,
        /// The team a flow names; else the conversation's team.
        team: Option<TeamId>,
    },
    /// The bot answers within the turn that began at `turn`.
    BotSay {
        message: MessageId,
        kind: String,
        digest: String,
        turn: Epoch,
    },
    /// A notice or a closing text of the tenant.
    SystemSay {
        message: MessageId,
        kind: String,
        digest: String,
    },
    Claim {
        agent: AgentId,
    },
    TakeOver {
        agent: AgentId,
        handoff: HandoffId,
        target: Span,
    },
    Reply {
        agent: AgentId,
        message: MessageId,
        kind: String,
        digest: String,
    },
    /// The business answered elsewhere.
    Echo {
        author: Author,
        message: MessageId,
        kind: String,
        digest: String,
        at: Timestamp,
        handoff: HandoffId,
        target: Span,
    },
    Release {
        agent: AgentId,
    },
    ReturnToBot {
        agent: AgentId,
    },
    /// `seen` is the customer's newest turn on the agent's screen.
    Close {
        agent: AgentId,
        seen: Option<MessageId>,
    },
    /// A flow or the model ends the conversation within the turn that began at `turn`. `seen` is the customer's newest
    /// message that it has taken in.
    BotClose {
        turn: Epoch,
        seen: Option<MessageId>,
    },
    /// The younger of two conversations of one customer gives way.
    Merge,
    See {
        agent: AgentId,
    },
}

impl Command {
    /// The epoch of the bot turn whose words the command has sent: they are cancelled when the epoch moves on.
    pub fn words_of_turn(&self) -> Option<Epoch> {
        match self {
            Self::BotSay { turn, .. } => Some(*turn),
            Self::Receive(_)
            | Self::HandOff { .. }
            | Self::SystemSay { .. }
            | Self::Claim { .. }
            | Self::TakeOver { .. }
            | Self::Reply { .. }
            | Self::Echo { .. }
            | Self::Release { .. }
            | Self::ReturnToBot { .. }
            | Self::Close { .. }
            | Self::BotClose { .. }
            | Self::Merge
            | Self::See { .. } => None,
        }
    }
}

/// What the state needs to know of a customer's message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    pub message: MessageId,
    pub kind: String,
    pub turn: Turn,
    pub digest: String,
    /// Meta's time.
    pub written_at: Timestamp,
    pub late: bool,
    /// For the handoff that a late message in state bot leads to.
    pub handoff: HandoffId,
    pub target: Span,
}

/// Why a command was refused. Every refusal is a sentence an agent can act on (see `contract::ApiError`).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("another agent already claimed it")]
    ClaimedBy(AgentId),
    #[error("it is already yours")]
    AlreadyYours,
    #[error("another agent has it")]
    OwnedBy(AgentId),
    #[error("claim it first")]
    NotClaimed,
    #[error("the bot has it")]
    WithBot,
    #[error("it is closed")]
    Closed,
    #[error("an agent already has it")]
    WithHuman,
    #[error("the customer just wrote")]
    CustomerJustWrote,
    /// An agent took over, or the state changed, since the bot's turn began.
    #[error("the turn is over")]
    TurnOver,
}
