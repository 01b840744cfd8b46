//! The definition of a flow, as an admin writes it and as JSON stores it.
//!
//! Steps are in blocks. A step with branches holds a block per branch; after the end of a branch, the flow continues
//! after the step that branched. Only a [`StepKind::Jump`] goes anywhere else. Fields may be added with
//! `#[serde(default)]`; nothing is ever renamed, because published versions are stored permanently.

use std::fmt;

use serde::{Deserialize, Serialize};

pub use super::say::{Button, ListRow, Say};
use crate::{ids::TeamId, keyword::Matching, text::folded, time::Span};
pub use crate::{message::outgoing::FileKind, model::Method};

/// Steps in order.
pub type Block = Vec<Step>;

/// A complete flow.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Flow {
    pub name: String,
    /// The start conditions. If empty, the flow only starts in the editor's *try it*.
    #[serde(default)]
    pub starts: Vec<Start>,
    #[serde(default)]
    pub steps: Block,
    /// The step to continue at when an agent returns the conversation to the bot; `None` starts the flow from the
    /// beginning at the customer's next message.
    #[serde(default)]
    pub resume: Option<StepId>,
    /// How long its questions wait for an answer. A message after that begins the conversation anew. `None` is
    /// [`QUESTION_EXPIRY`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question_expiry: Option<Span>,
}

/// How long a question waits if its flow does not say so: as long as WhatsApp lets the business write.
pub const QUESTION_EXPIRY: Span = Span::hours(24);

impl Flow {
    pub fn question_expiry(&self) -> Span {
        self.question_expiry.filter(|span| *span > Span(0)).unwrap_or(QUESTION_EXPIRY)
    }
}

/// A start condition. Keywords that request an agent are checked before these.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Start {
    /// Any first message of a conversation that matches no other flow's start condition.
    NewConversation,
    /// A phrase in a message that does not answer a waiting question.
    #[serde(rename = "words")]
    Phrase { phrase: String, matching: Matching },
    /// A tap on a button with this payload, at any time.
    Button { payload: String },
    /// The customer came from an ad or post; `contains` restricts it by headline, text or address.
    Ad {
        #[serde(default)]
        contains: String,
    },
}

impl Start {
    /// Whether both match the same messages, so that only the first of the two flows ever starts.
    pub fn is_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::NewConversation, Self::NewConversation) => true,
            (Self::Phrase { phrase, .. }, Self::Phrase { phrase: other, .. }) => folded(phrase) == folded(other),
            (Self::Button { payload }, Self::Button { payload: other }) => payload == other,
            (Self::Ad { contains }, Self::Ad { contains: other }) => folded(contains) == folded(other),
            _ => false,
        }
    }
}

/// The id of a step; unique within its flow and stable through edits.
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
    /// The admin's name for the step; if empty, the kind's label is shown.
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
    Handoff(HandoffStep),
    Close(Close),
    Jump(Jump),
    Hours(Hours),
}

/// Asks a question, waits for the answer, and accepts it only if it matches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// The template of the question.
    pub text: String,
    /// The variable that stores the answer.
    pub variable: String,
    pub expect: Expect,
    /// How often the question is repeated after an answer that does not match.
    #[serde(default)]
    pub retries: u8,
    /// The text of the repeated question; empty repeats the original text.
    #[serde(default)]
    pub retry_text: String,
    /// The wait limit for an answer; `None` waits indefinitely.
    #[serde(default)]
    pub patience: Option<Span>,
    /// The path taken if no answer matches; empty escalates.
    #[serde(default)]
    pub on_failure: Block,
}

/// Which answers match.
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
    /// A date, stored as `2026-11-23`.
    Date,
    /// Sent as buttons if there are at most three short options, else as a list. The option's title is stored.
    Choice {
        options: Vec<Choice>,
    },
    /// A regular expression that must match the whole answer. `example` is shown to admins.
    Pattern {
        pattern: String,
        #[serde(default)]
        example: String,
    },
}

impl Expect {
    /// The options to choose from; empty if the answer is free text.
    pub fn options(&self) -> &[Choice] {
        match self {
            Self::Choice { options } => options,
            Self::Text | Self::Number { .. } | Self::Email | Self::Phone | Self::Date | Self::Pattern { .. } => &[],
        }
    }
}

/// An option of a choice, with its own branch; an empty branch continues after the question.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    pub id: String,
    pub title: String,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub steps: Block,
}

/// Takes the first branch whose expression is true, else `otherwise`.
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

/// Stores a value in a variable.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Set {
    pub variable: String,
    /// A template.
    pub value: String,
}

/// Sends an HTTP request to another system.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Http {
    #[serde(default)]
    pub method: Method,
    /// A template; inserted values are percent-encoded.
    pub url: String,
    #[serde(default)]
    pub headers: Vec<Header>,
    /// A template of the body; inserted values are escaped for JSON. Empty sends no body.
    #[serde(default)]
    pub body: String,
    /// The fields of the response to store.
    #[serde(default)]
    pub keep: Vec<Keep>,
    /// At most 5 seconds.
    #[serde(default)]
    pub time_out: Option<Span>,
    /// The path taken after an error, a timeout, a status of 400 or above, or a missing field; empty escalates.
    #[serde(default)]
    pub on_failure: Block,
}

/// `value` is a template and may reference secrets: `Bearer {{ secret.SHOP_TOKEN }}`. Their values are inserted when
/// the request is sent and are stored nowhere else.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Header {
    pub name: String,
    pub value: String,
}

/// One field of a JSON response.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Keep {
    /// A JSON pointer: `/order/status`.
    pub pointer: String,
    pub variable: String,
}

/// Lets the language model answer until it has finished.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// A template that is appended to the tenant's own instructions.
    #[serde(default)]
    pub instructions: String,
    /// Names of the tenant's tools that the model may call in this step.
    #[serde(default)]
    pub tools: Vec<String>,
    /// The path taken if the model fails or none is set up; empty escalates.
    #[serde(default)]
    pub on_failure: Block,
}

/// The *Human Handoff* step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HandoffStep {
    /// `None` is the tenant's default team.
    #[serde(default)]
    pub team: Option<TeamId>,
    /// Templates: the reason in one line, and a note for the agent.
    #[serde(default)]
    pub reason: String,
    #[serde(default)]
    pub note: String,
    /// The text the customer receives; empty uses the tenant's notice.
    #[serde(default)]
    pub notice: String,
}

/// Ends the conversation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Close {
    /// A template of the closing text; empty sends none.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_start_conditions_collide_if_they_match_the_same_messages() {
        let phrase = |phrase: &str, matching| Start::Phrase { phrase: phrase.into(), matching };
        let button = |payload: &str| Start::Button { payload: payload.into() };
        let ad = |contains: &str| Start::Ad { contains: contains.into() };
        let same = [
            (Start::NewConversation, Start::NewConversation),
            (phrase("Órder!", Matching::Whole), phrase("order", Matching::Contains)),
            (button("a"), button("a")),
            (ad("Sommer"), ad("sommer ")),
        ];
        for (one, other) in same {
            assert!(one.is_as(&other), "{one:?} {other:?}");
        }
        let different = [
            (phrase("order", Matching::Whole), phrase("orders", Matching::Whole)),
            (button("a"), button("A")),
            (ad(""), ad("sommer")),
            (Start::NewConversation, ad("")),
            (phrase("a", Matching::Whole), button("a")),
        ];
        for (one, other) in different {
            assert!(!one.is_as(&other) && !other.is_as(&one), "{one:?} {other:?}");
        }
    }

    #[test]
    fn only_a_choice_has_options() {
        let options = vec![Choice { id: "a".into(), ..Choice::default() }];
        assert_eq!(Expect::Choice { options: options.clone() }.options(), options);
        assert_eq!(Expect::Text.options(), []);
        assert_eq!(StepId::from("ask").to_string(), "ask");
    }

    #[test]
    fn a_question_without_a_time_of_its_own_waits_as_long_as_others() {
        let expiry = |span| Flow { question_expiry: span, ..Flow::default() }.question_expiry();
        assert_eq!((expiry(None), expiry(Some(Span(0)))), (QUESTION_EXPIRY, QUESTION_EXPIRY));
        assert_eq!(expiry(Some(Span(1))), Span(1));
    }
}
