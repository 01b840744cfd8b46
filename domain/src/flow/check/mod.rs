//! Checks a flow and reports all faults at once, each at its step.
//!
//! A blocking fault keeps a flow from going live, because customers would be affected: a text that cannot be sent, a
//! variable without a value, a path that does not end, a loop without a question. A warning is only shown. `fields.rs`
//! checks the fields of a step and `texts.rs` its texts; `paths.rs` checks the connections between steps, using the
//! graph in `graph.rs`. To add a fault: put it into the matching file, with a text that says what to do, and add a row
//! to the table in `check/tests.rs`.

mod fields;
mod graph;
mod paths;
pub(super) mod texts;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    definition::{Flow, Start, Step, StepId},
    limits,
};
use crate::{ids::TeamId, keyword::phrase_fault};

/// A fault of a flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowFault {
    /// The step with the fault; `None` for the flow as a whole.
    pub step: Option<StepId>,
    /// The field of the step, as a path in its JSON: `text`, `buttons.1.title`, `expect.options.0.title`; for the flow
    /// itself `name`, `starts.0`, `resume`, `question_expiry`. `None` for the step as a whole.
    pub field: Option<String>,
    /// What is wrong and what to do, written for the admin.
    pub detail: String,
    pub severity: Severity,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Keeps the flow from going live.
    Blocks,
    Warns,
}

/// What the tenant has that flows may refer to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    pub secrets: BTreeSet<String>,
    pub tools: BTreeSet<String>,
    pub teams: BTreeSet<TeamId>,
    /// Whether a language model is set up and on.
    pub has_model: bool,
    /// Names and start conditions of the other live flows.
    pub others: Vec<(String, Vec<Start>)>,
}

/// All faults: those of the flow itself first, then in the order of the outline.
pub fn check(flow: &Flow, known: &Known) -> Vec<FlowFault> {
    let mut found = Found::default();
    check_flow(flow, known, &mut found);
    let mut patterns = 0;
    for step in flow.all() {
        patterns += usize::from(fields::has_pattern(step));
        if patterns > limits::PATTERNS && fields::has_pattern(step) {
            // Compiling one takes milliseconds.
            let most = limits::PATTERNS;
            let words = format!("A flow can have up to {most} patterns. Accept another kind of answer here.");
            found.at(step).blocks("expect", words);
            continue;
        }
        fields::check(step, known, &mut found.at(step));
    }
    paths::check(flow, &mut found);
    found.sorted(flow)
}

/// Whether no fault blocks the flow from going live.
pub fn may_go_live(faults: &[FlowFault]) -> bool {
    faults.iter().all(|fault| fault.severity == Severity::Warns)
}

fn check_flow(flow: &Flow, known: &Known, found: &mut Found) {
    if flow.name.trim().is_empty() {
        found.push(None, "name", "Enter a name for the flow.", Severity::Blocks);
    }
    if flow.steps.is_empty() {
        found.push(None, "", "Add at least one step.", Severity::Blocks);
    }
    if flow.starts.is_empty() {
        found.push(None, "starts", "Nothing starts this flow yet. Add a trigger.", Severity::Warns);
    }
    if flow.starts.len() > limits::STARTS {
        let (most, count) = (limits::STARTS, flow.starts.len());
        let words = format!("A flow can have up to {most} triggers; this one has {count}. Remove some.");
        found.push(None, "starts", &words, Severity::Blocks);
    }
    // Each is compared with those of all other flows.
    for (at, start) in flow.starts.iter().enumerate().take(limits::STARTS) {
        let field = format!("starts.{at}");
        match start {
            Start::Phrase { phrase, .. } => {
                if let Some(words) = phrase_fault(phrase) {
                    found.push(None, &field, &words, Severity::Blocks);
                }
            }
            Start::Button { payload } if payload.trim().is_empty() => {
                found.push(None, &field, "Enter the payload of the button that starts the flow.", Severity::Blocks);
            }
            Start::NewConversation | Start::Button { .. } | Start::Ad { .. } => {}
        }
        if flow.starts[..at].contains(start) {
            found.push(None, &field, "This trigger is listed twice.", Severity::Warns);
        }
        if let Some((other, _)) = known.others.iter().find(|(_, starts)| starts.iter().any(|other| other.is_as(start)))
        {
            let words = format!("“{other}” has the same trigger. The flow that is higher in the list is started.");
            found.push(None, &field, &words, Severity::Warns);
        }
    }
    if let Some(resume) = &flow.resume
        && flow.find(resume).is_none()
    {
        let words = "The step where the flow resumes after an agent returns the conversation no longer exists. Choose \
                     another one.";
        found.push(None, "resume", words, Severity::Blocks);
    }
    if flow.question_expiry.is_some_and(|span| span < limits::SHORTEST_EXPIRY || span > limits::LONGEST_EXPIRY) {
        let words = "Questions can stay open for 1 minute to 30 days. Choose another time.";
        found.push(None, "question_expiry", words, Severity::Blocks);
    }
}

/// Collects the faults.
#[derive(Default)]
struct Found {
    faults: Vec<FlowFault>,
}

impl Found {
    /// An empty `field` means the whole step.
    fn push(&mut self, step: Option<&StepId>, field: &str, words: &str, severity: Severity) {
        let field = (!field.is_empty()).then(|| field.to_owned());
        let fault = FlowFault { step: step.cloned(), field, detail: words.to_owned(), severity };
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    fn at<'a>(&'a mut self, step: &'a Step) -> At<'a> {
        At { found: self, step }
    }

    fn sorted(mut self, flow: &Flow) -> Vec<FlowFault> {
        let mut order: BTreeMap<StepId, usize> = BTreeMap::new();
        for (at, step) in flow.all().into_iter().enumerate() {
            order.entry(step.id.clone()).or_insert(at);
        }
        self.faults.sort_by_key(|fault| fault.step.as_ref().and_then(|id| order.get(id).copied()));
        self.faults
    }
}

/// Collects the faults of one step.
struct At<'a> {
    found: &'a mut Found,
    step: &'a Step,
}

impl At<'_> {
    /// Adds a blocking fault.
    fn blocks(&mut self, field: &str, words: impl AsRef<str>) {
        self.found.push(Some(&self.step.id), field, words.as_ref(), Severity::Blocks);
    }

    fn warn(&mut self, field: &str, words: impl AsRef<str>) {
        self.found.push(Some(&self.step.id), field, words.as_ref(), Severity::Warns);
    }
}

#[cfg(test)]
mod limits_tests;
#[cfg(test)]
mod tests;
