//! A flow as an admin writes it and as JSON keeps it.
//!
//! Steps stand in blocks. A step that branches holds the blocks of its branches; the end of a branch goes on after the
//! step that branched, as indentation reads. Only a [`StepKind::Jump`] goes anywhere else. Fields may be added with
//! `#[serde(default)]`; nothing is ever renamed, since published versions are kept for ever.

use std::fmt;

use serde::{Deserialize, Serialize};

pub use super::say::{Button, Row, Say};
use crate::domain::{ids::TeamId, keyword::Matching, text::folded, time::Span};
pub use crate::domain::{message::outgoing::FileKind, model::Method};

/// Steps in their order.
pub type Block = Vec<Step>;

/// A flow, whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Flow {
    pub name: String,
    /// What begins it. Empty: only by hand, in the editor's *try it*.
    #[serde(default)]
    pub starts: Vec<Start>,
    #[serde(default)]
    pub steps: Block,
    /// Where it goes on when an agent returns the conversation to the bot; `None` waits for the customer's next message
    /// and begins at the top.
    #[serde(default)]
    pub resume: Option<StepId>,
}

/// What begins a flow. Keywords that ask for a person are looked at before any of these.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Start {
    /// Any first message of a conversation that no other flow's start fits.
    NewConversation,
    /// Words in a message, whenever no question is waiting for an answer.
    Words { phrase: String, matching: Matching },
    /// A tap on a button that carries this payload, at any time.
    Button { payload: String },
    /// The customer came from an ad or post; `contains` narrows it by its headline, text or address.
    Ad {
        #[serde(default)]
        contains: String,
    },
}

impl Start {
    /// Whether both begin with the same: then only one of them ever does.
    pub fn is_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::NewConversation, Self::NewConversation) => true,
            (Self::Words { phrase, .. }, Self::Words { phrase: other, .. }) => folded(phrase) == folded(other),
            (Self::Button { payload }, Self::Button { payload: other }) => payload == other,
            (Self::Ad { contains }, Self::Ad { contains: other }) => folded(contains) == folded(other),
            _ => false,
        }
    }
}

/// Names a step within its flow; unique there, stable through edits.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StepId(pub String);

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for StepId {
    fn from(raw: &str) -> Self {
        Self(raw.to_owned())
    }
}

/// One card of the outline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub id: StepId,
    /// The admin's word for it; empty shows the kind's.
    #[serde(default)]
    pub name: String,
    pub act: StepKind,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum StepKind {
    Message(Say),
    Question(Question),
    Condition(Condition),
    Set(Set),
    Http(Http),
    Model(Model),
    Handoff(Handoff),
    Close(Close),
    Jump(Jump),
    Hours(Hours),
}

/// Asks, waits, and takes the answer only if it fits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// The template of the question.
    pub text: String,
    /// Where the answer is kept.
    pub variable: String,
    pub expect: Expect,
    /// How often it asks again after an answer that does not fit.
    #[serde(default)]
    pub retries: u8,
    /// What it says then; empty repeats the question.
    #[serde(default)]
    pub retry_text: String,
    /// How long it waits for an answer; `None` waits as long as it takes.
    #[serde(default)]
    pub patience: Option<Span>,
    /// Where no fitting answer leads; empty hands over.
    #[serde(default)]
    pub on_failure: Block,
}

/// Which answers fit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "expect", rename_all = "snake_case")]
pub enum Expect {
    Text,
    Number {
        #[serde(default)]
        min: Option<f64>,
        #[serde(default)]
        max: Option<f64>,
    },
    Email,
    Phone,
    /// A day; kept as `2026-11-23`.
    Date,
    /// Shown as buttons when there are at most three short ones, else as a list. Kept as the option's title.
    Choice {
        options: Vec<Choice>,
    },
    /// A regular expression that the whole answer fits. `example` is for the people who read the flow.
    Pattern {
        pattern: String,
        #[serde(default)]
        example: String,
    },
}

impl Expect {
    /// What can be chosen; empty where the answer is free.
    pub fn options(&self) -> &[Choice] {
        match self {
            Self::Choice { options } => options,
            Self::Text | Self::Number { .. } | Self::Email | Self::Phone | Self::Date | Self::Pattern { .. } => &[],
        }
    }
}

/// An option of a choice, with its own branch; an empty branch goes on after the question.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    pub id: String,
    pub title: String,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub steps: Block,
}

/// The first branch whose expression is true; else `otherwise`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    pub branches: Vec<Branch>,
    #[serde(default)]
    pub otherwise: Block,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Branch {
    /// An expression: `order_total > 100 and topic == "returns"`.
    pub when: String,
    #[serde(default)]
    pub steps: Block,
}

/// Keeps a value under a name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Set {
    pub variable: String,
    /// A template.
    pub value: String,
}

/// Asks another system.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Http {
    #[serde(default)]
    pub method: Method,
    /// A template; values put into it are percent-encoded.
    pub url: String,
    #[serde(default)]
    pub headers: Vec<Header>,
    /// A template of the body; values put into it are escaped for JSON. Empty sends none.
    #[serde(default)]
    pub body: String,
    /// What to keep of the answer.
    #[serde(default)]
    pub keep: Vec<Keep>,
    /// At most 5 seconds.
    #[serde(default)]
    pub time_out: Option<Span>,
    /// Where an error, a time-out, a status from 400 or a missing field leads; empty hands over.
    #[serde(default)]
    pub on_failure: Block,
}

/// `value` is a template, and may also name secrets: `Bearer {{ secret.SHOP_TOKEN }}`. Their values are put in at the
/// moment of the call and stand nowhere else.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Header {
    pub name: String,
    pub value: String,
}

/// One field of a JSON answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Keep {
    /// A JSON pointer: `/order/status`.
    pub pointer: String,
    pub variable: String,
}

/// Hands the talk to the language model until it is done.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// A template, added to the tenant's own instructions.
    #[serde(default)]
    pub instructions: String,
    /// Names of the tenant's tools it may call here.
    #[serde(default)]
    pub tools: Vec<String>,
    /// Where it leads when the model fails or none is set up; empty hands over.
    #[serde(default)]
    pub on_failure: Block,
}

/// *Human Handoff*.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Handoff {
    /// `None` is the tenant's default team.
    #[serde(default)]
    pub team: Option<TeamId>,
    /// Templates: why, in a line, and what the agent should know.
    #[serde(default)]
    pub reason: String,
    #[serde(default)]
    pub note: String,
    /// What the customer reads; empty uses the tenant's notice.
    #[serde(default)]
    pub notice: String,
}

/// Ends the conversation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Close {
    /// Last words, a template; empty says nothing.
    #[serde(default)]
    pub text: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Jump {
    pub to: StepId,
}

/// Branches by the tenant's opening hours.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Hours {
    #[serde(default)]
    pub open: Block,
    #[serde(default)]
    pub closed: Block,
}
