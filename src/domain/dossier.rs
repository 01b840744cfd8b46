//! The dossier: what an agent sees beside a conversation. Why an agent was requested, what happened so far, what the bot
//! collected, and which APIs and tools it called.
//!
//! Each fact is anchored in the thread, at a message or an event line. Values only; storage and permissions are the
//! server's. To add a kind of fact: a variant of [`Fact`] with its words here, its reading
//! in `server/live/dossier.rs`, its line in `ui/conversations/thread/fact.rs` and its section in `ui/conversations/dossier/`.

use serde::{Deserialize, Serialize};

use super::{
    frame::{Item, ItemBody, Line, Tone, line_key},
    handoff::{HandoffEnd, TriggerKind, Urgency},
    ids::{CallId, MessageId, Seq, VariableId},
    text,
    time::{Span, Timestamp},
    variant_names::variant_names,
};

/// Everything but the customer and their earlier conversations, which the page has anyway.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Dossier {
    /// Why an agent was requested, newest first.
    pub whys: Vec<Why>,
    /// What happened before the newest call.
    pub summary: Option<Summary>,
    /// In the order they were set; a name may come again.
    pub variables: Vec<VariableFact>,
    pub calls: Vec<CallFact>,
}

/// One request for an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// The trigger's stable name, as `Trigger::kind` says it.
    pub trigger: TriggerKind,
    pub sentence: String,
    /// In the words of the flow or the model; may be empty.
    #[serde(default)]
    pub reason: String,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub urgency: Urgency,
    /// The customer's words that called, or their last ones before it. The fact links to this message.
    pub message: Option<MessageId>,
    /// The entry that called, which is a line of the thread: the fact's place when no message is.
    #[serde(default)]
    pub line: Option<Seq>,
    pub customer_text: Option<String>,
    pub requested_at: Timestamp,
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
    /// WhatsApp or another responder of the number, with the customer whom they passed on.
    Partner,
    /// Put together by [`super::summary`].
    Facts,
}

/// Something with a line of its own in the thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    Variable(VariableFact),
    Call(CallFact),
}

/// A value that the bot collected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VariableFact {
    pub id: VariableId,
    pub name: String,
    pub value: String,
    /// The step's or the tool's own word; may be empty.
    pub label: String,
    pub origin: Origin,
    /// The customer's message that it came from.
    pub message: Option<MessageId>,
    pub at: Timestamp,
    pub seq: Seq,
}

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A step of a flow.
    Flow,
    /// The language model.
    Model,
}

/// A question to another system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallFact {
    pub id: CallId,
    pub kind: CallKind,
    /// The step's or the tool's name.
    pub label: String,
    pub input: String,
    /// Once it ended: the answer, or what went wrong.
    pub output: Option<String>,
    pub status: CallStatus,
    pub took: Option<Span>,
    /// The customer's message whose turn asked.
    pub message: Option<MessageId>,
    pub at: Timestamp,
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
    /// The server stopped before the response came. The call is never repeated.
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

/// Characters of a value in a line; the rest is behind it.
const SHORT: usize = 120;

impl VariableFact {
    /// The name as people say it: `order_number` is *order number*.
    pub fn spoken(&self) -> String {
        self.name.replace('_', " ")
    }

    /// Where it stands in the thread: the customer's words, else its own line.
    pub fn anchor(&self) -> String {
        self.message.as_ref().map_or_else(|| line_key(self.seq), |message| message.as_str().to_owned())
    }

    /// The words before its name in the thread's line.
    pub fn verb(&self) -> &'static str {
        match (self.origin, &self.message) {
            (Origin::Flow, Some(_)) => "Bot collected",
            (Origin::Flow, None) | (Origin::Model, _) => "Bot saved",
        }
    }

    pub fn short(&self) -> String {
        text::clip(&text::one_line(&self.value), SHORT)
    }
}

impl CallFact {
    pub fn anchor(&self) -> String {
        line_key(self.seq)
    }

    /// What came of it, in a few words.
    pub fn short(&self) -> String {
        let said = self.output.as_deref().map(|output| text::clip(&text::one_line(output), SHORT));
        match (self.status, said.filter(|said| !said.is_empty())) {
            (CallStatus::Requested, _) => "waiting for a response".to_owned(),
            (CallStatus::Interrupted, _) => "interrupted, outcome unknown".to_owned(),
            (CallStatus::Answered | CallStatus::Failed, Some(said)) => said,
            (CallStatus::Answered, None) => "empty response".to_owned(),
            (CallStatus::Failed, None) => "failed".to_owned(),
        }
    }
}

impl Fact {
    fn place(&self) -> (Timestamp, Seq) {
        match self {
            Self::Variable(fact) => (fact.at, fact.seq),
            Self::Call(fact) => (fact.at, fact.seq),
        }
    }

    /// Its line in the thread.
    pub fn item(self) -> Item {
        let (at, seq) = self.place();
        let words = match &self {
            Self::Variable(fact) => format!("{} {}: {}", fact.verb(), fact.spoken(), fact.short()),
            Self::Call(fact) => format!("{} {} → {}", fact.kind.label(), fact.label, fact.short()),
        };
        let line = Line { tone: Tone::Plain, agent: None, text: words, fact: Some(Box::new(self)) };
        Item { at, seq, body: ItemBody::Line(line) }
    }
}

impl Dossier {
    /// Puts a fact in its place, or its newer self over it.
    pub fn place(&mut self, fact: Fact) {
        match fact {
            Fact::Variable(fact) => place(&mut self.variables, fact, |fact| (fact.seq, fact.id.clone())),
            Fact::Call(fact) => {
                // A frame may be older than what was read.
                let ended = |known: &CallFact| known.id == fact.id && known.status != CallStatus::Requested;
                if fact.status != CallStatus::Requested || !self.calls.iter().any(ended) {
                    place(&mut self.calls, fact, |fact| (fact.seq, fact.id.clone()));
                }
            }
        }
    }
}

fn place<T, K: Ord>(facts: &mut Vec<T>, fact: T, key: impl Fn(&T) -> K) {
    match facts.binary_search_by_key(&key(&fact), &key) {
        Ok(known) => facts[known] = fact,
        Err(place) => facts.insert(place, fact),
    }
}

/// The newest value of each name, in the order the names first came.
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
