//! Closes and returns to the bot that can still be undone, as events name them: what was pressed, and what cancelled it.
//! The names are permanent.

use serde::{Deserialize, Serialize};

use super::Actor;
use crate::{ids::AgentId, variant_names::variant_names};

/// What a pending ending will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndingKind {
    Close,
    ReturnToBot,
}

variant_names!(EndingKind {
    Close => "close",
    ReturnToBot => "return_to_bot",
});

/// Why a pending ending was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelCause {
    /// The agent pressed *Undo*.
    Undone,
    /// Close or return was pressed again, in any tab.
    PressedAgain,
    /// An agent claimed it or took it over.
    Claimed,
    /// It was released, or given back.
    Released,
    /// The agent put it aside instead.
    Snoozed,
    /// An agent answered.
    Replied,
    /// Staff answered from the WhatsApp Business app.
    RepliedByPhone,
    /// An agent was requested.
    HandedOff,
    CustomerWrote,
    /// The customer edited or deleted a message.
    CustomerAmended,
    CustomerCalled,
    /// Another responder of the number took over the customer.
    PartnerTook,
    AgentDeactivated,
    /// Two customer records turned out to be one person.
    Merged,
    /// Closing needs an outcome now, and none was picked.
    OutcomeMissing,
    /// The conversation ended in another way.
    Ended,
    /// It could not be carried out, whatever was tried.
    Failed,
}

variant_names!(CancelCause {
    Undone => "undone",
    PressedAgain => "pressed_again",
    Claimed => "claimed",
    Released => "released",
    Snoozed => "snoozed",
    Replied => "replied",
    RepliedByPhone => "replied_by_phone",
    HandedOff => "handed_off",
    CustomerWrote => "customer_wrote",
    CustomerAmended => "customer_amended",
    CustomerCalled => "customer_called",
    PartnerTook => "partner_took",
    AgentDeactivated => "agent_deactivated",
    Merged => "merged",
    OutcomeMissing => "outcome_missing",
    Ended => "ended",
    Failed => "failed",
});

impl CancelCause {
    /// Whether the agent who pressed must be told: it was not their own undo or second press.
    pub fn is_news(self, by: &Actor, agent: &AgentId) -> bool {
        match self {
            Self::Undone | Self::PressedAgain | Self::Snoozed => !matches!(by, Actor::Agent(by) if by == agent),
            Self::Claimed
            | Self::Released
            | Self::Replied
            | Self::RepliedByPhone
            | Self::HandedOff
            | Self::CustomerWrote
            | Self::CustomerAmended
            | Self::CustomerCalled
            | Self::PartnerTook
            | Self::AgentDeactivated
            | Self::Merged
            | Self::OutcomeMissing
            | Self::Ended
            | Self::Failed => true,
        }
    }
}
