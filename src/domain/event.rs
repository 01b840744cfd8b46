//! The log's entries: what happened, to which conversation, by whom.
//!
//! An event holds ids, non-personal values and digests; texts, names and numbers are in content tables that can be erased
//! (promise 7). Variants are permanent: a new field has `#[serde(default)]`, and every variant has its golden JSON in the
//! tests. To add one: the variant and its golden line; the compiler then asks for what it does to a conversation, its
//! sentence (`conversation/describe.rs`), who reads it (`event/kind.rs`) and what it is about (`event/subject.rs`).

mod kind;
mod subject;

use serde::{Deserialize, Serialize};

pub use self::{kind::EventKind, subject::Subject};
use super::{
    handoff::Trigger,
    ids::{
        AgentId, CallId, ChannelId, ConversationId, CustomerId, FlowId, HandoffId, MessageId, Seq, TeamId, VariableId,
    },
    message::{Author, Delivery},
    time::{Span, Timestamp},
    variant_names::variant_names,
};

/// One line of a tenant's log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub seq: Seq,
    pub at: Timestamp,
    pub actor: Actor,
    pub conversation: Option<ConversationId>,
    pub event: Event,
}

/// Who made it happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "actor", content = "id", rename_all = "snake_case")]
pub enum Actor {
    Customer,
    Bot,
    Agent(AgentId),
    /// The platform itself: timers, imports, the command line.
    System,
    /// Meta's servers: delivery statuses, number changes, echoes.
    Meta,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Started {
        channel: ChannelId,
        customer: CustomerId,
        previous: Option<ConversationId>,
    },
    /// A customer's message of any kind. `at` is Meta's time.
    CustomerWrote {
        message: MessageId,
        kind: String,
        turn: bool,
        unread: bool,
        at: Timestamp,
        late: bool,
        digest: String,
    },
    /// A message of ours was written and is queued for sending.
    Queued {
        message: MessageId,
        author: Author,
        kind: String,
        digest: String,
    },
    /// The business replied elsewhere: in the WhatsApp app, or through another responder of the number.
    Echoed {
        message: MessageId,
        author: Author,
        kind: String,
        at: Timestamp,
        digest: String,
    },
    Delivered {
        message: MessageId,
        status: Delivery,
        code: Option<i64>,
    },
    /// An agent asked for a failed message to be sent again.
    Resent {
        message: MessageId,
    },
    /// The words or file of a message changed: an edit, a deletion, a reaction, a file that was fetched.
    Amended {
        message: MessageId,
        what: Amendment,
    },
    /// Meta refused with 131047: the window is closed, even if our clock disagrees.
    WindowRefused {
        at: Timestamp,
    },
    HandedOff {
        handoff: HandoffId,
        trigger: Trigger,
        message: Option<MessageId>,
        team: TeamId,
        target: Span,
    },
    Claimed {
        handoff: HandoffId,
        agent: AgentId,
        waited: Span,
    },
    FirstReplied {
        handoff: HandoffId,
        by: Author,
        after: Span,
    },
    Released {
        handoff: HandoffId,
        agent: AgentId,
    },
    TakenOver {
        handoff: HandoffId,
        agent: AgentId,
        from: Option<AgentId>,
    },
    ReturnedToBot {
        handoff: HandoffId,
        agent: AgentId,
    },
    Closed {
        reason: CloseReason,
        handoff: Option<HandoffId>,
    },
    /// The closing message could not be sent.
    ClosingSkipped {
        why: Skipped,
    },
    /// Unsent bot messages were cancelled when an agent took over.
    BotSilenced {
        messages: i64,
    },
    /// A bot answer came after an agent took over, and was discarded (promise 3).
    BotRefused,
    /// An agent opened the conversation: nothing is unread.
    Seen {
        agent: AgentId,
    },
    /// Two records turned out to be one customer.
    Merged {
        from: CustomerId,
        into: CustomerId,
    },
    /// A customer has a new number or id. The value itself is stored with the customer.
    NumberChanged {
        customer: CustomerId,
        #[serde(default, skip_serializing_if = "NewIdentity::is_unsaid")]
        what: NewIdentity,
    },
    /// The customer said whether they want marketing messages.
    Preferred {
        customer: CustomerId,
        wish: Wish,
    },
    /// The customer called on WhatsApp. `at` is Meta's time.
    CustomerCalled {
        at: Timestamp,
    },
    /// Another responder of the number took the customer over (Meta's conversation routing): the bot must stop.
    PartnerTook,
    /// A flow began in this conversation.
    FlowBegan {
        flow: FlowId,
        version: i64,
    },
    /// The bot set a variable; its name and value are content.
    VariableSet {
        variable: VariableId,
    },
    /// The bot is about to call another system. Recorded before the request is sent.
    CallRequested {
        call: CallId,
    },
    /// The outcome of the call, after `took` milliseconds.
    CallEnded {
        call: CallId,
        outcome: CallOutcome,
        took: Span,
    },
    /// The configuration changed. `what` names the setting, `subject` the thing it is about.
    Configured {
        what: Setting,
        subject: Option<String>,
        change: Change,
    },
    /// Meta reported a problem with the number or the account.
    ChannelTrouble {
        channel: ChannelId,
        code: Option<i64>,
        /// Where Meta said it, what, and how: its own words, of which `domain::trouble` makes a sentence.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        field: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        title: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        details: Option<String>,
    },
    SignedIn {
        agent: AgentId,
    },
    SignedOut {
        agent: AgentId,
    },
    /// Online, away.
    Availability {
        agent: AgentId,
        away: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amendment {
    Edited,
    Revoked,
    Reacted,
    FileKept,
    FileFailed,
}

/// What is new about who a customer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewIdentity {
    /// An entry from before this field existed.
    #[default]
    Unsaid,
    Number,
    UserId,
    /// The phone, or WhatsApp on it, was set up again.
    Keys,
    /// Their number names another user id now, and nobody said that it changed: it may be somebody else.
    Replaced,
}

impl NewIdentity {
    pub fn is_unsaid(&self) -> bool {
        *self == Self::Unsaid
    }
}

/// A customer's word on marketing messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    Stop,
    Resume,
    Signup,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// A person closed it.
    Done,
    /// A flow or the language model ended it.
    Bot,
    /// It was the younger of two conversations of one customer.
    Merged,
    /// It was imported from the number's history.
    Imported,
}

variant_names!(CloseReason {
    Done => "done",
    Bot => "bot",
    Merged => "merged",
    Imported => "imported",
});

/// How a call to another system ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallOutcome {
    Answered,
    Failed,
    /// The server stopped before the answer came.
    Interrupted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skipped {
    WindowClosed,
    /// The template names something that is not there.
    TemplateFault,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    Keyword,
    Texts,
    WaitingTarget,
    TimeZone,
    ReadPolicy,
    Channel,
    App,
    Agent,
    Password,
    /// A flow's draft.
    Flow,
    /// Which version of a flow customers meet.
    LiveFlow,
    /// The language model, its key excepted.
    Model,
    ModelKey,
    Tool,
    Secret,
    Hours,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Added,
    Changed,
    Removed,
}

impl Event {
    /// A message of ours met a code that speaks about its number.
    pub fn cannot_send(channel: &ChannelId, code: i64) -> Self {
        let (field, title, details) = (String::new(), String::new(), None);
        Self::ChannelTrouble { channel: channel.clone(), code: Some(code), field, title, details }
    }
}

#[cfg(test)]
#[path = "event_tests.rs"]
mod tests;
