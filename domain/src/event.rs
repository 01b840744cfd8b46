//! The entries of the log: what happened, in which conversation, caused by whom.
//!
//! An event holds ids, non-personal values and digests; texts, names and numbers are in content tables that can be
//! erased (promise 7). Variants are permanent: a new field has `#[serde(default)]`, and the tests hold the golden JSON
//! of every variant. To add one: the variant and its golden line. The compiler then asks for its effect on a
//! conversation, its sentence (`conversation/describe.rs`), its readers (`event/kind.rs`) and its subject
//! (`event/subject.rs`).

mod kind;
mod news;
mod subject;

use serde::{Deserialize, Serialize};

pub use self::{kind::EventKind, subject::Subject};
use super::{
    conversation::{CancelCause, EndingKind, PreviousOwner},
    handoff::Trigger,
    ids::{
        AgentId, CallId, ChannelId, ConversationId, CustomerId, EndingId, FlowId, HandoffId, MessageId, OutcomeId, Seq,
        TeamId, VariableId,
    },
    message::{Author, Delivery},
    time::{Span, Timestamp},
    variant_names::variant_names,
};

/// One entry of a tenant's log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub seq: Seq,
    pub at: Timestamp,
    pub actor: Actor,
    pub conversation: Option<ConversationId>,
    pub event: Event,
}

/// Who or what caused an event.
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
    /// An outgoing message was written and queued for sending.
    Queued {
        message: MessageId,
        author: Author,
        kind: String,
        digest: String,
    },
    /// The business replied outside of Handoff: in the WhatsApp app, or through another responder of the number.
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
    /// An agent requested that a failed message be sent again.
    Resent {
        message: MessageId,
    },
    /// The content of a message changed: an edit, a deletion, a reaction, or a file that was downloaded.
    Amended {
        message: MessageId,
        what: Amendment,
    },
    /// Meta refused a message with 131047: the window is closed, even if our own calculation differs.
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
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<OutcomeId>,
    },
    /// An agent pressed close or return to bot. It takes effect at `due_at`, as the ordinary event.
    EndingScheduled {
        ending: EndingId,
        kind: EndingKind,
        agent: AgentId,
        seen: Option<MessageId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<OutcomeId>,
        due_at: Timestamp,
    },
    /// A pending ending was undone, or cancelled by what happened before it was due.
    EndingCancelled {
        ending: EndingId,
        kind: EndingKind,
        agent: AgentId,
        cause: CancelCause,
    },
    /// The agent took back a conversation that they had released.
    ReleaseUndone {
        handoff: HandoffId,
        agent: AgentId,
    },
    /// The agent gave back a conversation that they had taken over.
    TakeOverUndone {
        handoff: HandoffId,
        agent: AgentId,
        to: PreviousOwner,
    },
    /// The closing text could not be sent.
    ClosingSkipped {
        why: Skipped,
    },
    /// Unsent bot messages were cancelled because an agent took over.
    BotSilenced {
        messages: i64,
    },
    /// A bot answer was discarded because an agent had taken over (promise 3).
    BotRefused,
    /// The conversation's owner had the end of the thread on the screen. `left` messages came after what it showed and
    /// stay unread. In entries without `left`, any agent opened the conversation, which marked everything as read.
    Seen {
        agent: AgentId,
        #[serde(default, skip_serializing_if = "is_zero")]
        left: i64,
    },
    /// Two customer records turned out to be the same person.
    Merged {
        from: CustomerId,
        into: CustomerId,
    },
    /// A customer has a new number or id. The value itself is stored with the customer.
    NumberChanged {
        customer: CustomerId,
        #[serde(default, skip_serializing_if = "NewIdentity::is_unknown")]
        what: NewIdentity,
    },
    /// The customer opted in to or out of marketing messages.
    Preferred {
        customer: CustomerId,
        wish: Wish,
    },
    /// The customer called on WhatsApp. `at` is Meta's time.
    CustomerCalled {
        at: Timestamp,
    },
    /// Another responder of the number took over the customer (Meta's conversation routing): the bot must stop.
    PartnerTook,
    /// A flow began in this conversation.
    FlowBegan {
        flow: FlowId,
        version: i64,
    },
    /// The bot set a variable; its name and value are in a content table.
    VariableSet {
        variable: VariableId,
    },
    /// The bot calls another system. Recorded before the request is sent.
    CallRequested {
        call: CallId,
    },
    /// The call ended after `took` milliseconds.
    CallEnded {
        call: CallId,
        outcome: CallOutcome,
        took: Span,
    },
    /// The configuration changed. `what` names the setting, `subject` the item.
    Configured {
        what: Setting,
        subject: Option<String>,
        change: Change,
    },
    /// Meta reported a problem with the number or the account.
    ChannelTrouble {
        channel: ChannelId,
        code: Option<i64>,
        /// Meta's field, title and details of the problem, which `domain::trouble` turns into a sentence.
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
    /// An agent's availability: online or away.
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
}

variant_names!(CloseReason {
    Done => "done",
    Bot => "bot",
    Merged => "merged",
    Imported => "imported",
});

/// The outcome of a call to another system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallOutcome {
    Answered,
    Failed,
    /// The server stopped before the response arrived.
    Interrupted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skipped {
    WindowClosed,
    /// The template uses a name that has no value.
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
    /// The published version of a flow.
    LiveFlow,
    /// The language model, except its key.
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

fn is_zero(number: &i64) -> bool {
    *number == 0
}

impl Event {
    /// A message failed with a code that concerns its number.
    pub fn cannot_send(channel: &ChannelId, code: i64) -> Self {
        let (field, title, details) = (String::new(), String::new(), None);
        Self::ChannelTrouble { channel: channel.clone(), code: Some(code), field, title, details }
    }
}

#[cfg(test)]
#[path = "event_tests.rs"]
mod tests;
