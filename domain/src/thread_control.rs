//! Who answers a customer on a number that several apps share (Meta's Conversation Routing): what is known about it, what
//! WhatsApp was asked, and what an agent reads.
//!
//! Meta has no endpoint that tells who owns a thread. It is concluded from the field on which a message comes, from
//! handovers, and from the answers to our own calls. What an act or a sign changes is decided in
//! `conversation::control`; calls to Meta do not belong here. To add a state: a variant of [`ThreadControl`] with its
//! golden line in `tests/it/stored.rs`.

use serde::{Deserialize, Serialize};

use super::{ids::AgentId, text::clip, time::Timestamp, variant_names::variant_names};

/// Most characters of the note that goes with a pass, which is Meta's limit.
const NOTE_LIMIT: usize = 2_000;

/// The role of an app in Conversation Routing. Meta names roles only, never the app behind one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponderRole {
    CustomerService,
    Marketing,
    Utility,
    /// Conversations that begin with an ad.
    Ctwa,
    /// Meta Business Agent.
    AiAgent,
    /// The desk to which others escalate.
    Escalation,
    /// Meta named no role, or one that this version does not know.
    Unknown,
}

variant_names!(ResponderRole {
    CustomerService => "customer_service",
    Marketing => "marketing",
    Utility => "utility",
    Ctwa => "ctwa",
    AiAgent => "ai_agent",
    Escalation => "escalation",
    Unknown => "unknown",
});

impl ResponderRole {
    /// The role as Meta names it in a handover. Earlier payloads call Meta Business Agent by its own name.
    pub fn of_wire(name: Option<&str>) -> Self {
        match name {
            Some("meta_business_agent") => Self::AiAgent,
            Some(name) => name.parse().unwrap_or(Self::Unknown),
            None => Self::Unknown,
        }
    }

    /// The app within a sentence.
    pub fn label(self) -> &'static str {
        match self {
            Self::CustomerService => "the app for customer service",
            Self::Marketing => "the app for marketing",
            Self::Utility => "the app for notifications",
            Self::Ctwa => "the app for ads",
            Self::AiAgent => "Meta's AI agent",
            Self::Escalation => "the escalation partner",
            Self::Unknown => "another app on this number",
        }
    }

    /// How a customer is given back. Meta passes to its own agent only; others get the customer by a release, after which
    /// the business's routing decides.
    pub fn way_back(self) -> LeaveWay {
        match self {
            Self::AiAgent | Self::Unknown => LeaveWay::Pass,
            Self::CustomerService | Self::Marketing | Self::Utility | Self::Ctwa | Self::Escalation => {
                LeaveWay::Release
            }
        }
    }
}

/// How a customer is given away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaveWay {
    Pass,
    Release,
}

/// Who answers the customer of a conversation. Stored as JSON. `since` is when that began; for a request it is when it was
/// made, which tells it from earlier and later ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case", try_from = "Written")]
pub enum ThreadControl {
    /// Handoff answers. `from` is the app that had the customer before; without one, the number may have no other app.
    Ours { from: Option<ResponderRole>, since: Timestamp },
    /// Another app answers.
    Theirs { role: ResponderRole, since: Timestamp },
    /// An agent has the conversation, and WhatsApp is asked for the customer.
    TakeRequested { role: ResponderRole, since: Timestamp },
    /// WhatsApp refused. `code` is Meta's, if it gave one.
    TakeRefused { role: ResponderRole, since: Timestamp, code: Option<i64> },
    /// The request may have had its effect. It is never repeated.
    TakeUncertain { role: ResponderRole, since: Timestamp },
    /// The customer is being given to another app. `agent` is who returned the conversation.
    Leaving { way: LeaveWay, role: ResponderRole, since: Timestamp, agent: Option<AgentId> },
}

impl Default for ThreadControl {
    fn default() -> Self {
        Self::Ours { from: None, since: Timestamp(0) }
    }
}

/// A [`ThreadControl`] as it is written, with the fields of every state. It is read as this, because serde reads a tagged
/// enum by buffering its input, and that code would be in the page for this enum alone.
#[derive(Deserialize)]
struct Written {
    state: State,
    since: Timestamp,
    #[serde(default)]
    from: Option<ResponderRole>,
    #[serde(default)]
    role: Option<ResponderRole>,
    #[serde(default)]
    code: Option<i64>,
    #[serde(default)]
    way: Option<LeaveWay>,
    #[serde(default)]
    agent: Option<AgentId>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Ours,
    Theirs,
    TakeRequested,
    TakeRefused,
    TakeUncertain,
    Leaving,
}

impl TryFrom<Written> for ThreadControl {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let Written { state, since, from, role, code, way, agent } = written;
        // Every state but `Ours` is written with its role, and a leave with its way.
        let role = || role.ok_or("a state without its role");
        Ok(match state {
            State::Ours => Self::Ours { from, since },
            State::Theirs => Self::Theirs { role: role()?, since },
            State::TakeRequested => Self::TakeRequested { role: role()?, since },
            State::TakeRefused => Self::TakeRefused { role: role()?, since, code },
            State::TakeUncertain => Self::TakeUncertain { role: role()?, since },
            State::Leaving => Self::Leaving { way: way.ok_or("a leave without its way")?, role: role()?, since, agent },
        })
    }
}

/// What WhatsApp is asked. The names are stored in jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ControlRequest {
    Take,
    Pass,
    Release,
}

variant_names!(ControlRequest {
    Take => "take",
    Pass => "pass",
    Release => "release",
});

impl ControlRequest {
    /// Whether it gives the customer away.
    pub fn is_leave(self) -> bool {
        match self {
            Self::Take => false,
            Self::Pass | Self::Release => true,
        }
    }
}

/// What WhatsApp answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControlAnswer {
    Accepted,
    /// Also if it could not be asked at all. `code` is Meta's, if it gave one.
    Refused {
        code: Option<i64>,
    },
    /// It may have had its effect.
    Unclear,
}

/// What shows who answers a customer, besides the answers to our own calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControlSign {
    /// A message of the customer was addressed to us.
    OwnMessage,
    /// A copy of another app's conversation with the customer.
    Copied,
    /// Another app passed the customer to us.
    Passed { from: ResponderRole },
    /// The customer was taken from us.
    Taken { by: ResponderRole },
    /// WhatsApp accepted a message of ours, which takes the customer.
    Sent,
}

impl ControlSign {
    /// Whether it proves that another app uses the number.
    pub fn shows_other_app(self) -> bool {
        match self {
            Self::Copied | Self::Passed { .. } | Self::Taken { .. } => true,
            Self::OwnMessage | Self::Sent => false,
        }
    }
}

/// Why the control of a thread changed. The names are permanent, like those of the events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ControlCause {
    OwnMessage,
    Copied,
    PassedToUs,
    TakenFromUs,
    ReplySent,
    /// An agent got the conversation.
    Claimed,
    TakeAccepted,
    TakeRefused,
    TakeUnclear,
    /// The conversation goes back to the bot.
    Returned,
    Closed,
    Passed,
    Released,
    LeaveRefused,
    LeaveUnclear,
    /// An agent got the conversation before the customer was given away.
    LeaveCancelled,
    /// Two conversations of the customer were merged.
    Merged,
}

variant_names!(ControlCause {
    OwnMessage => "own_message",
    Copied => "copied",
    PassedToUs => "passed_to_us",
    TakenFromUs => "taken_from_us",
    ReplySent => "reply_sent",
    Claimed => "claimed",
    TakeAccepted => "take_accepted",
    TakeRefused => "take_refused",
    TakeUnclear => "take_unclear",
    Returned => "returned",
    Closed => "closed",
    Passed => "passed",
    Released => "released",
    LeaveRefused => "leave_refused",
    LeaveUnclear => "leave_unclear",
    LeaveCancelled => "leave_cancelled",
    Merged => "merged",
});

impl ThreadControl {
    /// Whether Handoff may write to the customer.
    pub fn is_ours(&self) -> bool {
        matches!(self, Self::Ours { .. })
    }

    /// Whether a text of the business may be sent: what goes with a close is sent before the customer is given away.
    pub fn may_send(&self) -> bool {
        matches!(self, Self::Ours { .. } | Self::Leaving { .. })
    }

    /// Whether nothing is under way that would hand the customer over to the owner.
    pub fn is_stuck(&self) -> bool {
        matches!(self, Self::Theirs { .. } | Self::TakeRefused { .. } | Self::TakeUncertain { .. })
    }

    /// Whether it is as in a conversation that no other app has touched.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// The other app.
    pub fn role(&self) -> ResponderRole {
        match self {
            Self::Ours { from, .. } => from.unwrap_or(ResponderRole::Unknown),
            Self::Theirs { role, .. }
            | Self::TakeRequested { role, .. }
            | Self::TakeRefused { role, .. }
            | Self::TakeUncertain { role, .. }
            | Self::Leaving { role, .. } => *role,
        }
    }

    pub fn since(&self) -> Timestamp {
        match self {
            Self::Ours { since, .. }
            | Self::Theirs { since, .. }
            | Self::TakeRequested { since, .. }
            | Self::TakeRefused { since, .. }
            | Self::TakeUncertain { since, .. }
            | Self::Leaving { since, .. } => *since,
        }
    }

    /// What WhatsApp has to be asked, and when that was decided.
    pub fn request(&self) -> Option<(ControlRequest, Timestamp)> {
        match self {
            Self::TakeRequested { since, .. } => Some((ControlRequest::Take, *since)),
            Self::Leaving { way: LeaveWay::Pass, since, .. } => Some((ControlRequest::Pass, *since)),
            Self::Leaving { way: LeaveWay::Release, since, .. } => Some((ControlRequest::Release, *since)),
            Self::Ours { .. } | Self::Theirs { .. } | Self::TakeRefused { .. } | Self::TakeUncertain { .. } => None,
        }
    }

    /// Why the owner cannot write, in a few words.
    pub fn headline(&self) -> &'static str {
        match self {
            Self::Ours { .. } => "",
            Self::Theirs { .. } => "Another app answers this customer.",
            Self::TakeRequested { .. } => "Waiting for WhatsApp.",
            Self::TakeRefused { .. } => "WhatsApp refused to hand this customer over.",
            Self::TakeUncertain { .. } => "WhatsApp did not confirm that this customer is yours.",
            Self::Leaving { .. } => "This customer is being handed to another app.",
        }
    }

    /// What follows from it, and what the owner can do.
    pub fn advice(&self) -> String {
        let app = self.role().label();
        match self {
            Self::Ours { .. } => String::new(),
            Self::Theirs { .. } => {
                format!(
                    "At the moment it is {app}. Release the conversation and claim it again to ask for the customer."
                )
            }
            Self::TakeRequested { .. } => format!("You can reply once {app} no longer has this customer."),
            Self::TakeRefused { code, .. } => {
                let code = code.map(|code| format!(" (code {code})")).unwrap_or_default();
                format!("The customer is still with {app}{code}. Release the conversation, or ask an admin.")
            }
            Self::TakeUncertain { .. } => {
                "You can reply once the customer writes to you. Release the conversation if somebody else should wait."
                    .to_owned()
            }
            Self::Leaving { .. } => format!("It goes to {app}."),
        }
    }
}

/// The note for the app that gets the customer. `agent` is who gave the conversation away, `reason` why an agent had been
/// requested.
pub fn leave_note(agent: Option<&str>, reason: Option<&str>) -> String {
    let by = match agent {
        Some(agent) => format!("Returned by {agent}."),
        None => "The conversation with an agent has ended.".to_owned(),
    };
    let reason = reason.map(|reason| format!(" An agent was requested: {reason}.")).unwrap_or_default();
    clip(&format!("{by}{reason}"), NOTE_LIMIT)
}

#[cfg(test)]
#[path = "thread_control_tests.rs"]
mod tests;
