//! The dossier that an agent sees beside a conversation: why an agent was requested, what happened so far, what the bot
//! collected, and which APIs and tools it called.
//!
//! Each fact links to a message or an event line of the thread. Storage and permissions belong to the server. To add a
//! kind of fact: a variant of [`Fact`] with its texts here, its reading in `server/live/dossier.rs`, its view in
//! `ui/conversations/thread/fact.rs` and its section in `ui/conversations/dossier/`.

use serde::{Deserialize, Serialize};

use super::{
    handoff::{HandoffEnd, TriggerKind, Urgency},
    ids::{CallId, HandoffId, MessageId, Seq, VariableId, line_key},
    json_words::in_words,
    rating::Score,
    text,
    time::{Span, Timestamp},
    variant_names::variant_names,
};

/// The dossier without the customer and their earlier conversations, which the thread already contains.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Dossier {
    /// The requests for an agent, newest first.
    #[serde(rename = "whys")]
    pub handoff_requests: Vec<HandoffRequest>,
    /// What happened before the newest request.
    pub summary: Option<Summary>,
    /// In the order in which they were set; a name may occur more than once.
    pub variables: Vec<VariableFact>,
    pub calls: Vec<CallFact>,
    /// How the customer rated handoffs, oldest first: the newest answer about each.
    pub ratings: Vec<HandoffRating>,
}

/// One request for an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoffRequest {
    /// The trigger's stable name, as in `Trigger::kind`.
    pub trigger: TriggerKind,
    pub sentence: String,
    /// The reason given by the flow or the model; may be empty.
    #[serde(default)]
    pub reason: String,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub urgency: Urgency,
    /// The customer's message that triggered the request, or else their last one before it. The fact links to it.
    pub message: Option<MessageId>,
    /// The log entry of the request, whose line in the thread is the link target if there is no message.
    #[serde(default)]
    pub line: Option<Seq>,
    pub customer_text: Option<String>,
    pub requested_at: Timestamp,
    /// Who claimed it, “you” for the viewer, and when.
    pub claimed: Option<(String, Timestamp)>,
    pub first_reply_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    #[serde(default)]
    pub end: Option<HandoffEnd>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    pub text: String,
    pub by: SummaryBy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SummaryBy {
    Model,
    /// WhatsApp or another responder of the number sent it when it passed the customer on.
    Partner,
    /// Composed by [`super::summary`].
    Facts,
}

/// A fact that has its own line in the thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    Variable(VariableFact),
    Call(CallFact),
    Rating(HandoffRating),
}

/// A value that the bot collected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VariableFact {
    pub id: VariableId,
    pub name: String,
    pub value: String,
    /// The label of the step or tool; may be empty.
    pub label: String,
    pub origin: FactOrigin,
    /// The customer's message that the value came from.
    pub message: Option<MessageId>,
    pub at: Timestamp,
    pub seq: Seq,
}

/// What set the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactOrigin {
    /// A step of a flow.
    Flow,
    /// The language model.
    Model,
}

/// A call of another system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallFact {
    pub id: CallId,
    pub kind: CallKind,
    /// The name of the step or tool.
    pub label: String,
    pub input: String,
    /// The response or the error, once the call has ended.
    pub output: Option<String>,
    pub status: CallStatus,
    pub took: Option<Span>,
    /// The customer's message whose turn made the call.
    pub message: Option<MessageId>,
    pub at: Timestamp,
    pub seq: Seq,
}

/// A customer's rating of a handoff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoffRating {
    pub handoff: HandoffId,
    /// The name of who had it at the close; `None` if nobody had.
    pub agent: Option<String>,
    pub score: Score,
    pub at: Timestamp,
    /// Its entry, whose line in the thread is the anchor.
    pub seq: Seq,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallKind {
    /// A flow's HTTP request.
    Http,
    /// A tool of the language model.
    Tool,
}

variant_names!(CallKind {
    Http => "http",
    Tool => "tool",
});

impl CallKind {
    pub fn label(self) -> &'static str {
        match self {
            Self::Http => "API call",
            Self::Tool => "Tool",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallStatus {
    Requested,
    Answered,
    Failed,
    /// The server stopped before the response arrived. The call is never repeated.
    Interrupted,
}

variant_names!(CallStatus {
    Requested => "requested",
    Answered => "answered",
    Failed => "failed",
    Interrupted => "interrupted",
});

impl CallStatus {
    pub fn label(self) -> &'static str {
        match self {
            Self::Requested => "Waiting",
            Self::Answered => "Answered",
            Self::Failed => "Failed",
            Self::Interrupted => "Interrupted",
        }
    }
}

/// The most characters of a value in a thread line; the dossier shows the rest.
const SHORT: usize = 120;

impl VariableFact {
    /// The name for display: `order_number` becomes *order number*.
    pub fn display_name(&self) -> String {
        self.name.replace('_', " ")
    }

    /// The thread anchor: the customer's message, or else the fact's own line.
    pub fn anchor(&self) -> String {
        self.message.as_ref().map_or_else(|| line_key(self.seq), |message| message.as_str().to_owned())
    }

    /// The verb before the name in the thread line.
    pub fn verb(&self) -> &'static str {
        match (self.origin, &self.message) {
            (FactOrigin::Flow, Some(_)) => "Bot collected",
            (FactOrigin::Flow, None) | (FactOrigin::Model, _) => "Bot saved",
        }
    }

    pub fn short(&self) -> String {
        text::clip(&text::one_line(&in_words(&self.value)), SHORT)
    }
}

impl CallFact {
    pub fn anchor(&self) -> String {
        line_key(self.seq)
    }

    /// The result in a few words.
    pub fn short(&self) -> String {
        let said = self.output.as_deref().map(|output| text::clip(&text::one_line(&in_words(output)), SHORT));
        match (self.status, said.filter(|said| !said.is_empty())) {
            (CallStatus::Requested, _) => "waiting for a response".to_owned(),
            (CallStatus::Interrupted, _) => "interrupted, outcome unknown".to_owned(),
            (CallStatus::Answered | CallStatus::Failed, Some(said)) => said,
            (CallStatus::Answered, None) => "empty response".to_owned(),
            (CallStatus::Failed, None) => "failed".to_owned(),
        }
    }
}

impl HandoffRating {
    pub fn anchor(&self) -> String {
        line_key(self.seq)
    }

    /// What was rated: `Ana's help`.
    pub fn subject(&self) -> String {
        self.agent.as_ref().map_or_else(|| "the help".to_owned(), |agent| format!("{agent}'s help"))
    }
}

impl Fact {
    pub(super) fn sort_key(&self) -> (Timestamp, Seq) {
        match self {
            Self::Variable(fact) => (fact.at, fact.seq),
            Self::Call(fact) => (fact.at, fact.seq),
            Self::Rating(fact) => (fact.at, fact.seq),
        }
    }
}

impl Dossier {
    /// Inserts a fact, or replaces its older version.
    pub fn upsert(&mut self, fact: Fact) {
        match fact {
            Fact::Variable(fact) => upsert(&mut self.variables, fact, |fact| (fact.seq, fact.id.clone())),
            Fact::Call(fact) => {
                // A frame may be older than the data that was read.
                let ended = |known: &CallFact| known.id == fact.id && known.status != CallStatus::Requested;
                if fact.status != CallStatus::Requested || !self.calls.iter().any(ended) {
                    upsert(&mut self.calls, fact, |fact| (fact.seq, fact.id.clone()));
                }
            }
            Fact::Rating(fact) => {
                let is_later = |known: &HandoffRating| known.handoff == fact.handoff && known.seq > fact.seq;
                if !self.ratings.iter().any(is_later) {
                    self.ratings.retain(|known| known.handoff != fact.handoff);
                    upsert(&mut self.ratings, fact, |fact| fact.seq);
                }
            }
        }
    }
}

fn upsert<T, K: Ord>(facts: &mut Vec<T>, fact: T, key: impl Fn(&T) -> K) {
    match facts.binary_search_by_key(&key(&fact), &key) {
        Ok(known) => facts[known] = fact,
        Err(at) => facts.insert(at, fact),
    }
}

/// The newest value of each name, ordered by the first occurrence of the names.
pub fn current(variables: &[VariableFact]) -> Vec<&VariableFact> {
    let mut newest: Vec<&VariableFact> = Vec::new();
    for fact in variables {
        match newest.iter_mut().find(|known| known.name == fact.name) {
            Some(known) => *known = fact,
            None => newest.push(fact),
        }
    }
    newest
}

#[cfg(test)]
#[path = "dossier_tests.rs"]
pub(crate) mod tests;
