//! What events say besides ids and times. The names are permanent, like those of the events.

use serde::{Deserialize, Serialize};

use super::Event;
use crate::{
    access::Role,
    ids::{AgentId, ChannelId},
    sla::Wait,
    template::TemplateStatus,
    text_name::TextName,
    time::{Span, Timestamp},
    variant_names::variant_names,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amendment {
    Edited,
    Revoked,
    Reacted,
    FileKept,
    FileFailed,
}

/// What happened to a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteAct {
    Written,
    Edited,
    Deleted,
}

/// How a customer's identity changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewIdentity {
    /// The entry is older than this field.
    #[default]
    #[serde(rename = "unsaid")]
    Unknown,
    Number,
    UserId,
    /// The customer's identity key changed: the phone or WhatsApp was reinstalled.
    Keys,
    /// The customer's number now has another user id without an announced change: it may be another person.
    Replaced,
}

impl NewIdentity {
    pub fn is_unknown(&self) -> bool {
        *self == Self::Unknown
    }
}

/// A customer's choice about marketing messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    Stop,
    Resume,
    Signup,
}

// WhatsApp's own names as well.
variant_names!(Wish {
    Stop => "stop",
    Resume => "resume",
    Signup => "signup",
});

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// An agent closed it.
    Done,
    /// A flow or the language model closed it.
    Bot,
    /// It was the younger of two conversations of the same customer.
    Merged,
    /// It was imported from the number's history.
    Imported,
    /// The customer did not answer an agent's reply for too long.
    Silent,
}

variant_names!(CloseReason {
    Done => "done",
    Bot => "bot",
    Merged => "merged",
    Imported => "imported",
    Silent => "silent",
});

/// Why a conversation has no owner any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseReason {
    /// The owner released it.
    #[default]
    ByAgent,
    /// The owner was gone while the customer waited for a reply.
    AgentGone,
    /// The owner was deactivated by the entry's actor.
    AgentDeactivated,
}

impl ReleaseReason {
    pub fn is_by_agent(&self) -> bool {
        *self == Self::ByAgent
    }
}

/// The outcome of a call to another system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallOutcome {
    Answered,
    Failed,
    /// The server stopped before the response arrived.
    Interrupted,
}

/// Why an automatic text was not sent. Below are the reasons of templates that are sent in a closed window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skipped {
    WindowClosed,
    /// The template uses a name that has no value.
    TemplateFault,
    /// Another app of the number answers the customer.
    WithOtherApp,
    /// WhatsApp has it no more.
    TemplateGone,
    TemplateNotApproved {
        status: TemplateStatus,
    },
    /// Its components are others than those that the admin filled in.
    TemplateChanged,
    /// The label of the field.
    TemplateValueMissing {
        field: String,
    },
    TemplateValueInvalid {
        field: String,
    },
    /// The customer wants no marketing messages.
    OptedOut,
    /// WhatsApp delivers no marketing messages to the United States.
    MarketingToUs,
    /// The customer's automatic messages of the day are used up.
    DailyLimit,
}

/// Which automatic text was not sent. An entry has one name for it, whichever it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkippedText {
    /// The question for a rating, which is a setting of its own.
    Rating,
    /// The request to keep the reply window open, likewise.
    KeepOpen,
    #[serde(untagged)]
    Named(TextName),
}

impl From<TextName> for SkippedText {
    fn from(name: TextName) -> Self {
        Self::Named(name)
    }
}

impl SkippedText {
    /// Earlier entries are about the closing text alone.
    pub(super) fn closing() -> Self {
        Self::Named(TextName::Closing)
    }

    pub(super) fn is_closing(&self) -> bool {
        *self == Self::closing()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    Keyword,
    Texts,
    WaitingTarget,
    ReplyTarget,
    /// How long after a close messages that need no answer are received quietly.
    GraceTime,
    /// When silent customers are reminded, and when their conversations close.
    SilenceTimes,
    /// When customers are asked to keep the reply window open.
    KeepOpen,
    /// What agents pick when they close.
    Outcome,
    /// Whether they must pick one.
    OutcomeRule,
    /// What becomes of the conversations of agents who are gone.
    GoneAgents,
    /// How much the bot may send to one customer.
    AutomationBounds,
    /// Which texts of agents and the bot are sent as one message.
    JoinedTexts,
    /// The question for a rating after a close.
    Rating,
    /// The template for a text of a number whose window has closed.
    WindowTemplate,
    TimeZone,
    ReadPolicy,
    Channel,
    App,
    Agent,
    Password,
    /// Whether members need a second factor.
    SecondFactor,
    /// A flow's draft.
    Flow,
    /// The published version of a flow.
    LiveFlow,
    /// The language model, except its key.
    Model,
    ModelKey,
    Tool,
    Secret,
    Hours,
    /// The price list of WhatsApp's messages.
    Prices,
    /// The checklist of a new company, which an admin can dismiss.
    SetupChecklist,
    /// A handoff that reports do not count.
    LeftOutHandoff,
    /// The rows of a report, which can be saved as a file.
    Report,
    /// A text that agents insert, for everyone. What an agent keeps for themselves is not in the log.
    SavedReply,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Added,
    Changed,
    Removed,
}

/// How the team changed. Links are one-time links, whose tokens the log never holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberChange {
    /// An invitation link was made.
    Invited {
        role: Role,
    },
    InvitationRevoked,
    /// The person opened the link and set a password.
    Joined,
    RoleChanged {
        from: Role,
        to: Role,
    },
    Deactivated,
    Reactivated,
    /// A link was made with which the member sets a new password.
    PasswordLinkMade,
    PasswordLinkRevoked,
    /// The member set a new password with it.
    PasswordReset,
}

/// Why a sign-in was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInRefusal {
    Password,
    TooManyAttempts,
    /// More people tried to sign in than the server can check at once.
    Busy,
    /// The person may not sign in any more.
    Inactive,
    /// A signed-in person entered a wrong password for an act that needs it.
    Confirmation,
    /// The password was right, and the code of the second factor was not.
    Code,
}

variant_names!(SignInRefusal {
    Password => "password",
    TooManyAttempts => "too_many_attempts",
    Busy => "busy",
    Inactive => "inactive",
    Confirmation => "confirmation",
    Code => "code",
});

/// What happened to a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactorChange {
    Added,
    /// Another secret took its place.
    Replaced,
    Removed,
    /// The recovery codes of before are invalid.
    CodesRenewed,
    /// A recovery code took the place of the app's code at a sign-in.
    CodeUsed,
}

variant_names!(FactorChange {
    Added => "added",
    Replaced => "replaced",
    Removed => "removed",
    CodesRenewed => "codes_renewed",
    CodeUsed => "code_used",
});

/// Who owned a conversation before it was taken over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "owner", content = "id", rename_all = "snake_case")]
pub enum PreviousOwner {
    Bot,
    /// It was waiting for an agent.
    Nobody,
    Phone,
    Agent(AgentId),
}

/// A running wait for a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyClock {
    pub since: Timestamp,
    /// The tenant's target when the wait began; later changes of the setting have no effect.
    pub target: Span,
}

impl ReplyClock {
    pub fn wait(self) -> Wait {
        Wait { since: self.since, until: None, answered: false, target: self.target }
    }
}

/// What ends a snooze, besides the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SnoozeKind {
    /// A time that the agent chose.
    Time,
    /// Nothing: only the customer.
    Reply,
    /// The 24-hour window is about to end.
    Window,
}

variant_names!(SnoozeKind {
    Time => "time",
    Reply => "reply",
    Window => "window",
});

/// Why a snooze ended. News of the customer and changes of owner end it without an entry of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SnoozeEnd {
    /// Its time has come.
    Due,
    /// The owner ended it.
    Ended,
}

pub(super) fn is_false(flag: &bool) -> bool {
    !*flag
}

pub(super) fn is_zero(number: &i64) -> bool {
    *number == 0
}

impl Event {
    /// A message failed with a code that concerns its number.
    pub fn cannot_send(channel: &ChannelId, code: i64) -> Self {
        let (field, title, details) = (String::new(), String::new(), None);
        Self::ChannelTrouble { channel: channel.clone(), code: Some(code), field, title, details }
    }
}
