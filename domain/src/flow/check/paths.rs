//! Checks the connections between steps: unreachable steps, dead ends, loops, and variables without a value.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{
    super::{
        definition::{Block, Flow, Step, StepKind},
        fill::{BUILT_IN, OPTIONAL_NAMES},
        limits,
    },
    Found, Severity,
    graph::{Graph, To},
    texts,
};
use crate::interpolation::{Name, names, names_of_condition};

pub(super) fn check(flow: &Flow, found: &mut Found) {
    let graph = Graph::of(flow);
    if graph.steps.is_empty() {
        return;
    }
    let resume = flow.resume.as_ref().and_then(|id| graph.find(id));
    let reached = graph.reached(std::iter::once(0).chain(resume), |_| true);
    duplicate_ids(&graph, found);
    targets(&graph, found);
    unreached(&flow.steps, &graph, &reached, found);
    dead_ends(&graph, &reached, found);
    loops_without_waiting(&graph, &reached, found);
    too_long(&graph, found);
    values(&graph, resume, found);
}

fn duplicate_ids(graph: &Graph<'_>, found: &mut Found) {
    let mut seen = BTreeSet::new();
    for step in &graph.steps {
        if !seen.insert(&step.id) {
            found.at(step).blocks("", format!("Two steps have the ID “{}”. Delete one and add it again.", step.id));
        }
    }
}

fn targets(graph: &Graph<'_>, found: &mut Found) {
    for step in &graph.steps {
        if let StepKind::Jump(jump) = &step.act
            && graph.find(&jump.to).is_none()
        {
            found.at(step).blocks("to", "The target step doesn't exist. Choose another one.");
        }
    }
}

/// Reports each unreachable sequence of steps once, at its first step.
fn unreached(block: &Block, graph: &Graph<'_>, reached: &[bool], found: &mut Found) {
    let is_reached =
        |step: &Step| graph.steps.iter().position(|other| std::ptr::eq(*other, step)).is_some_and(|at| reached[at]);
    let mut before = true;
    for step in block {
        let here = is_reached(step);
        if !here && before {
            found.at(step).warn("", "No path leads here. Remove this step, or jump to it.");
        }
        if here {
            for (_, inner) in step.branches() {
                unreached(inner, graph, reached, found);
            }
        }
        before = here;
    }
}

fn dead_ends(graph: &Graph<'_>, reached: &[bool], found: &mut Found) {
    for (at, step) in graph.steps.iter().enumerate().filter(|(at, _)| reached[*at]) {
        for edge in graph.edges[at].iter().filter(|edge| edge.to == To::End) {
            let which = if edge.branch.is_empty() { "The path ends" } else { "A path ends" };
            let branch =
                if edge.branch.is_empty() { String::new() } else { format!(" after “{}”", edge.branch.trim()) };
            let words = format!("{which} here{branch}. Add a handoff, a close or a jump.");
            found.at(step).blocks("", words);
        }
    }
}

/// Only a jump can lead back, so each loop is reported at its jump. A loop through an HTTP request counts, because no
/// customer message stops it.
fn loops_without_waiting(graph: &Graph<'_>, reached: &[bool], found: &mut Found) {
    for (at, step) in graph.steps.iter().enumerate().filter(|(at, _)| reached[*at]) {
        let (StepKind::Jump(_), Some(edge)) = (&step.act, graph.edges[at].first()) else { continue };
        if let To::Step(to) = edge.to
            && graph.reached([to], |edge| !edge.waits)[at]
        {
            found.at(step).blocks(
                "to",
                "This loop runs without waiting for the customer. Add a question to it, with no wait limit.",
            );
        }
    }
}

/// A run that takes too many steps without waiting is treated as a loop and stopped.
fn too_long(graph: &Graph<'_>, found: &mut Found) {
    if let Some(at) = graph.longer_than(limits::STEPS) {
        let words = format!("More than {} steps follow without a question. Add one in between.", limits::STEPS);
        found.at(graph.steps[at]).blocks("", words);
    }
}

/// Variables that are used where no path, or not every path, has set them.
fn values(graph: &Graph<'_>, resume: Option<usize>, found: &mut Found) {
    let assigned: BTreeSet<&str> = graph
        .edges
        .iter()
        .flatten()
        .flat_map(|edge| edge.sets.iter().copied())
        .filter(|name| !name.is_empty())
        .collect();
    let has_model = graph.steps.iter().any(|step| matches!(step.act, StepKind::Model(_)));
    let begun = always_set(graph, 0);
    let resumed = resume.map(|at| always_set(graph, at));
    for (at, step) in graph.steps.iter().enumerate() {
        for (field, name) in used(step) {
            let is_built_in = BUILT_IN.contains(&name.name.as_str()) || name.name.starts_with("secret.");
            if is_built_in {
                if OPTIONAL_NAMES.contains(&name.name.as_str()) && !name.guarded {
                    let words =
                        format!("Not every customer has a `{}`. Use `{}`.", name.name, instead(step, &name.name));
                    found.push(Some(&step.id), &field, &words, Severity::Blocks);
                }
                continue;
            }
            if !assigned.contains(name.name.as_str()) {
                // The model may set variables of its own choice, so only a guarded use is accepted.
                let is_expected = name.guarded && has_model && !name.name.contains('.');
                let severity = if name.guarded { Severity::Warns } else { Severity::Blocks };
                if !is_expected {
                    found.push(Some(&step.id), &field, &unknown(&name.name, &assigned), severity);
                }
                continue;
            }
            if name.guarded {
                continue;
            }
            let lacks = |always_set: &Option<BTreeSet<&str>>| {
                always_set.as_ref().is_some_and(|always_set| !always_set.contains(name.name.as_str()))
            };
            let instead = instead(step, &name.name);
            if lacks(&begun[at]) {
                let words =
                    format!("On some paths `{}` has no value here. Set it earlier, or use `{instead}`.", name.name);
                found.push(Some(&step.id), &field, &words, Severity::Blocks);
            } else if resumed.as_ref().is_some_and(|resumed| lacks(&resumed[at])) {
                let words = format!(
                    "When an agent returns the conversation, `{}` may have no value here. Use `{instead}`.",
                    name.name
                );
                found.push(Some(&step.id), &field, &words, Severity::Warns);
            }
        }
    }
}

/// The expression with a default that the fault suggests.
fn instead(step: &Step, name: &str) -> String {
    let guarded = format!("{name} | default(\"…\")");
    if matches!(step.act, StepKind::Condition(_)) { guarded } else { format!("{{{{ {guarded} }}}}") }
}

/// For each step, the variables that are set on every path from `root`; `None` if the step is unreachable.
fn always_set<'a>(graph: &Graph<'a>, root: usize) -> Vec<Option<BTreeSet<&'a str>>> {
    let mut before: Vec<Option<BTreeSet<&str>>> = vec![None; graph.steps.len()];
    before[root] = Some(BTreeSet::new());
    let mut open = VecDeque::from([root]);
    let mut visits = VISITS * graph.steps.len();
    while let Some(at) = open.pop_front().filter(|_| visits > 0) {
        visits -= 1;
        let Some(here) = before[at].clone() else { continue };
        for edge in &graph.edges[at] {
            let To::Step(to) = edge.to else { continue };
            let after: BTreeSet<&str> = here.iter().copied().chain(edge.sets.iter().copied()).collect();
            // The sets only shrink, so the loop terminates.
            let merged = match &before[to] {
                Some(known) => known.intersection(&after).copied().collect(),
                None => after,
            };
            if before[to].as_ref() != Some(&merged) {
                before[to] = Some(merged);
                open.push_back(to);
            }
        }
    }
    before
}

/// How often each step is visited on average at most. Ordinary flows need a few visits, and a draft that is built to need
/// thousands must not keep the server busy: what it lacks shows when it runs.
const VISITS: usize = 50;

/// The variables in a step's texts and conditions, with their fields. Texts that cannot be parsed are reported
/// elsewhere.
fn used(step: &Step) -> Vec<(String, Name)> {
    let mut used = Vec::new();
    for text in texts::of(step) {
        let found = names(text.text, text.form).unwrap_or_default();
        used.extend(found.into_iter().map(|name| (text.field.clone(), name)));
    }
    if let StepKind::Condition(condition) = &step.act {
        for (nth, branch) in condition.branches.iter().enumerate() {
            let found = names_of_condition(&branch.when).unwrap_or_default();
            used.extend(found.into_iter().map(|name| (format!("branches.{nth}.when"), name)));
        }
    }
    used
}

/// The fault for a name that nothing sets, suggesting the most similar known name.
fn unknown(name: &str, assigned: &BTreeSet<&str>) -> String {
    let near: BTreeMap<usize, &str> = assigned
        .iter()
        .copied()
        .chain(BUILT_IN)
        .map(|other| (strsim::damerau_levenshtein(name, other), other))
        .filter(|(distance, _)| *distance <= 3)
        .collect();
    match near.values().next() {
        Some(other) => format!("Nothing in this flow sets `{name}`. Did you mean `{other}`?"),
        None => format!("Nothing in this flow sets `{name}`. Ask for it or set it first."),
    }
}
