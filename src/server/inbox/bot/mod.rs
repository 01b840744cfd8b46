//! What the engine may do: look at a turn, answer within it, ask elsewhere, hand over, close. Each result ends its job in
//! one transaction, so that a turn is carried out once or not at all.
//!
//! `look.rs` reads what a turn needs, `lines.rs` the talk for a model, `settle.rs` writes what it led to, `ask.rs` keeps the
//! calls of other systems. What the bot says is decided in `engine`. To add something a turn can lead to: a variant of
//! [`BotAction`] or [`NextAction`], its arm in `settle.rs`.

mod ask;
mod flow_cache;
mod lines;
mod look;
mod model;
mod settle;

use std::{collections::BTreeMap, sync::Arc};

use crate::domain::{
    conversation::Epoch,
    event::CallOutcome,
    flow::{
        definition::{Flow, StepId},
        run::{Call, Position},
    },
    handoff::{Brief, Trigger},
    ids::{CallId, ChannelId, ConversationId, FlowId, JobId, MessageId, TeamId, TenantId},
    keyword::Keyword,
    message::{Content, Referral, outgoing::OutgoingMessage},
    model::ModelSettings,
    settings::Settings,
    time::Span,
};

pub use ask::Asked;
pub use flow_cache::FlowCache;
pub use lines::{Lines, Said, Seen};
pub use look::Customer;
pub use model::Model;
pub use settle::GATHER;

/// The kind of job in which the language model answers; its key is the conversation, its payload the first moment.
pub const MODEL: &str = "model";
/// The kind of job that asks another system; its key is the conversation, its payload the call's id.
pub const CALL: &str = "call";
/// The kind of job that ends a question's patience; its key is the conversation, its payload the run's revision.
pub const PATIENCE: &str = "patience";
/// The kind of job that lets a flow go on after an agent returned the conversation.
pub const RESUME: &str = "resume";

/// Everything a turn of the bot needs to know.
#[derive(Clone, Debug)]
pub struct Turn {
    pub tenant: TenantId,
    pub tenant_name: String,
    pub conversation: ConversationId,
    pub channel: ChannelId,
    /// What people call the number that the customer writes to.
    pub channel_name: String,
    /// The customer's message that it is about, or the newest one.
    pub message: Option<MessageId>,
    /// The customer's newest message that it has taken in: over a newer one nothing is closed.
    pub seen: Option<MessageId>,
    /// The turn is good only as long as the conversation stands here.
    pub epoch: Epoch,
    /// What the customer said; `None` when the turn is about something else.
    pub content: Option<Content>,
    /// What came with this message.
    pub referral: Option<Referral>,
    /// The headline of the ad that this message, or else the conversation, came from.
    pub ad: String,
    /// It is the customer's first message of this conversation.
    pub is_first: bool,
    /// The customer's last words, for templates.
    pub last_words: String,
    /// Since the customer last wrote words, they were told that the model reads nothing else.
    pub is_told_unreadable: bool,
    pub customer: Customer,
    pub settings: Settings,
    pub keywords: Arc<[Keyword]>,
    /// What is live, in the order in which starts are tried.
    pub live: Arc<[Live]>,
    pub run: Option<FlowRun>,
    pub variables: BTreeMap<String, String>,
    /// The tenant's language model, if it may answer.
    pub model: Option<Arc<ModelSettings>>,
}

/// A flow as new conversations get it.
#[derive(Clone, Debug)]
pub struct Live {
    pub id: FlowId,
    pub version: i64,
    pub flow: Arc<Flow>,
}

/// Where a conversation stands in a flow.
#[derive(Clone, Debug)]
pub struct FlowRun {
    pub id: FlowId,
    pub version: i64,
    pub position: Position,
    pub revision: i64,
    /// Moves since the customer last wrote.
    pub alone: i64,
    /// `None` when that version cannot be read any more.
    pub flow: Option<Arc<Flow>>,
}

impl Turn {
    /// What this turn was decided on; a run that has moved since makes it stale.
    pub fn revision(&self) -> i64 {
        self.run.as_ref().map_or(0, |run| run.revision)
    }

    /// Moves of the flow since the customer last wrote, this turn's own included.
    pub fn alone(&self) -> i64 {
        match (&self.content, &self.run) {
            (None, Some(run)) => run.alone + 1,
            _ => 0,
        }
    }
}

/// The job that a turn settles, and the lease it holds.
#[derive(Clone, Debug)]
pub struct Lease {
    pub job: JobId,
    pub token: String,
}

/// What a turn leads to.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Calls that ended in this turn.
    pub ended: Vec<EndedCall>,
    /// In their order.
    pub acts: Vec<BotAction>,
    pub place: FlowChange,
    pub then: NextAction,
}

/// How a call ended.
#[derive(Clone, Debug)]
pub struct EndedCall {
    pub call: CallId,
    pub outcome: CallOutcome,
    /// For people; cut to what a dossier shows.
    pub output: String,
    pub took: Span,
}

#[derive(Clone, Debug)]
pub enum BotAction {
    Say(OutgoingMessage),
    Set { step: Option<StepId>, label: String, name: String, value: String, source: Source },
}

/// Where a value came from: the dossier leads there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The customer answered a question of a flow.
    Answer,
    /// A step of a flow worked it out, or another system told it.
    Step,
    /// The language model took it from the talk.
    Model,
}

/// What a turn changes about the conversation's flow run.
#[derive(Clone, Debug, Default)]
pub enum FlowChange {
    #[default]
    Keep,
    Move {
        flow: FlowId,
        version: i64,
        position: Position,
        is_new: IsNew,
    },
    /// No flow is running any more.
    End,
}

/// Whether a flow began in this turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IsNew {
    Yes,
    No,
}

/// What happens after a turn.
#[derive(Clone, Debug, Default)]
pub enum NextAction {
    /// The customer's turn.
    #[default]
    Wait,
    /// The customer's turn, for so long.
    WaitFor(Span),
    /// Another system is asked.
    Ask {
        step: StepId,
        label: String,
        call: Call,
    },
    /// The language model answers.
    Model,
    HandOff(Escalation),
    Close,
}

/// A person is needed.
#[derive(Clone, Debug)]
pub struct Escalation {
    pub trigger: Trigger,
    pub team: Option<TeamId>,
    pub brief: Brief,
    /// What the customer reads; empty uses the tenant's notice.
    pub notice: String,
    /// The message that called.
    pub message: Option<MessageId>,
}

impl Escalation {
    pub fn new(trigger: Trigger, message: Option<MessageId>) -> Self {
        Self { trigger, team: None, brief: Brief::default(), notice: String::new(), message }
    }
}

impl Outcome {
    /// Says something and waits.
    pub fn say(words: impl Into<String>) -> Self {
        Self { acts: vec![BotAction::Say(OutgoingMessage::text(words))], ..Self::default() }
    }

    pub fn hand_off(escalation: Escalation) -> Self {
        Self { then: NextAction::HandOff(escalation), ..Self::default() }
    }
}
