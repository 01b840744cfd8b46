//! The entries of the log: what happened, in which conversation, caused by whom.
//!
//! An event holds ids, non-personal values and digests; texts, names and numbers are in content tables that can be
//! erased (promise 7). Variants are permanent: a new field has `#[serde(default)]`, and the tests hold the golden JSON
//! of every variant. To add one: the variant and its golden line. The compiler then asks for its effect on a
//! conversation, its sentence (`conversation/describe.rs`), its readers (`event/kind.rs`), its subject
//! (`event/subject.rs`) and whether it is unread (`event/news.rs`).

mod details;
mod ending;
mod entry;
mod initiator;
mod kind;
mod news;
mod scheduled;
mod subject;

use serde::{Deserialize, Serialize};

pub use self::{
    details::{
        Amendment, CallOutcome, Change, CloseReason, FactorChange, MemberChange, NewIdentity, NoteAct, PreviousOwner,
        ReleaseReason, ReplyClock, Setting, SignInRefusal, Skipped, SkippedText, SnoozeEnd, SnoozeKind, Wish,
    },
    ending::{CancelCause, EndingKind},
    entry::{Actor, Entry},
    initiator::Initiator,
    kind::{AuditKind, EventKind},
    scheduled::{ScheduledAct, ScheduledStep, SendDoubt},
    subject::Subject,
};
use super::{
    automation::PauseReason,
    block::{BlockAct, BlockReason, BlockResult},
    handoff::Trigger,
    ids::{
        AgentId, CallId, ChannelId, ConversationId, CustomerId, EndingId, FlowId, HandoffId, MessageId, NoteId,
        OutcomeId, TeamId, VariableId,
    },
    message::{Author, Delivery},
    pricing::Pricing,
    rating::Score,
    thread_control::{ControlCause, ThreadControl},
    time::{Span, Timestamp},
};

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
        /// The target of the wait for a reply that begins with this message, if one begins.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_target: Option<Span>,
        /// It needs no answer, and nobody is told about it.
        #[serde(default, skip_serializing_if = "details::is_false")]
        quiet: bool,
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
        /// What WhatsApp charges for it, recorded once. The status may be one that was recorded before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pricing: Option<Pricing>,
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
    /// An agent's first reply was queued, which says nothing about its fate. Only old entries: [`Self::FirstReplySent`]
    /// has replaced it, and its time was taken for that of the answer.
    FirstReplied {
        handoff: HandoffId,
        by: Author,
        after: Span,
    },
    /// The first message of a person since the request was sent: the customer's wait for the handoff is over.
    FirstReplySent {
        handoff: HandoffId,
        message: MessageId,
        by: Author,
        after: Span,
    },
    /// A person's message was sent and ends the wait for a reply (`clock`), which took `waited`. `next` is the wait
    /// that goes on: for a reply to what the customer wrote after the message was queued.
    Answered {
        message: MessageId,
        by: Author,
        clock: ReplyClock,
        waited: Span,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<ReplyClock>,
    },
    /// A message that counted as an answer at `at` failed afterwards: the customer has been waiting all the time.
    /// `handoff` is the one whose first reply it was.
    AnswerFailed {
        message: MessageId,
        at: Timestamp,
        handoff: Option<HandoffId>,
        clock: ReplyClock,
    },
    /// It has no owner any more and waits for an agent again.
    Released {
        handoff: HandoffId,
        agent: AgentId,
        #[serde(default, skip_serializing_if = "ReleaseReason::is_by_agent")]
        why: ReleaseReason,
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
    /// A closed conversation is open again, and `agent` has it. The actor is that agent, or the customer whose message
    /// reopened it for them.
    Reopened {
        handoff: HandoffId,
        agent: AgentId,
        team: TeamId,
        target: Span,
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
    /// An automatic text could not be sent, nor a template in its place.
    #[serde(rename = "closing_skipped")]
    TextSkipped {
        #[serde(default = "SkippedText::closing", skip_serializing_if = "SkippedText::is_closing")]
        text: SkippedText,
        why: Skipped,
    },
    /// The customer was asked to rate a handoff. `agent` had it at the close.
    RatingAsked {
        handoff: HandoffId,
        agent: Option<AgentId>,
        message: MessageId,
    },
    /// A customer who waits for a person's reply was asked to keep the window open that ends at `closes`.
    WindowAsked {
        message: MessageId,
        closes: Timestamp,
    },
    /// The customer's message rates a handoff. A later entry about the same one replaces it.
    Rated {
        handoff: HandoffId,
        agent: Option<AgentId>,
        message: MessageId,
        score: Score,
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
        #[serde(default, skip_serializing_if = "details::is_zero")]
        left: i64,
    },
    /// The owner put the conversation aside. Without `until` it waits for the customer alone.
    Snoozed {
        agent: AgentId,
        kind: SnoozeKind,
        until: Option<Timestamp>,
    },
    SnoozeEnded {
        why: SnoozeEnd,
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
    /// It changed who answers the customer, or what WhatsApp was asked about it.
    ControlChanged {
        control: ThreadControl,
        cause: ControlCause,
        /// When the customer last wrote to the other app, which opens the reply window for us.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        written_at: Option<Timestamp>,
    },
    /// The first sign that another app uses the number, too.
    ChannelShared {
        channel: ChannelId,
    },
    /// The bot sends nothing more to this customer for now.
    BotPaused {
        why: PauseReason,
    },
    CustomerBlocked {
        customer: CustomerId,
        reason: BlockReason,
    },
    CustomerUnblocked {
        customer: CustomerId,
    },
    /// WhatsApp answered a block or unblock. `code` is Meta's, if it was refused with one.
    BlockAnswered {
        customer: CustomerId,
        act: BlockAct,
        answer: BlockResult,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<i64>,
    },
    /// A flow began in this conversation.
    FlowBegan {
        flow: FlowId,
        version: i64,
    },
    /// An agent wrote, edited or deleted a note for the team. `mentioned` are the colleagues whom this calls.
    Noted {
        note: NoteId,
        act: NoteAct,
        mentioned: Vec<AgentId>,
    },
    /// A message that waits to be sent was written, sent or taken back, or asks its author.
    Scheduled(ScheduledStep),
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
    /// A sign-in to an agent's account was refused; or, with the agent as the actor, an act for which a session asked for
    /// the password again.
    SignInRefused {
        agent: AgentId,
        why: SignInRefusal,
    },
    /// An agent ended other sessions of their own.
    SessionsEnded {
        agent: AgentId,
        sessions: i64,
    },
    /// The second factor of an agent, or its recovery codes.
    SecondFactorChanged {
        agent: AgentId,
        change: FactorChange,
    },
    /// Somebody saved a part of the configuration as a file. `what` and `subject` are those of [`Self::Configured`].
    Exported {
        what: Setting,
        subject: Option<String>,
    },
    /// The team changed. `agent` is whom it is about; one who is invited has this id once they have joined.
    MemberChanged {
        agent: AgentId,
        change: MemberChange,
    },
}

#[cfg(test)]
#[path = "event_tests.rs"]
mod tests;
