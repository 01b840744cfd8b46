//! The differences between two versions of a flow, as lines that an admin can read before publishing.
//!
//! Steps are matched by id. Their fields are compared in JSON, so a field added later is included without a change
//! here; `field_words` only gives it a readable name.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    definition::{Flow, Step, StepId},
    edit::{self, BlockAt},
    words,
};

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The step that changed; `None` for the flow itself.
    pub step: Option<StepId>,
    /// The step's number and label, in the newer version if the step still exists. Several steps may have one label.
    pub label: String,
    pub what: ChangeKind,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum ChangeKind {
    Added,
    Removed,
    /// Moved to another branch, or to another position in its block; `to` describes the new place.
    Moved {
        to: String,
    },
    /// An empty `from` or `to` means that the field was, or is, empty.
    Changed {
        field: String,
        from: String,
        to: String,
    },
}

/// The differences from `old` to `new`: the flow itself first, then the steps of `new` in order, then removed steps.
pub fn diff(old: &Flow, new: &Flow) -> Vec<Difference> {
    let mut lines = about_itself(old, new);
    let (before, after) = (old.all(), new.all());
    let known: HashMap<&StepId, &Step> = before.iter().map(|step| (&step.id, *step)).collect();
    let moved = moved(old, new);
    for step in &after {
        let line = |what| Difference { step: Some(step.id.clone()), label: new.numbered_label(step), what };
        let Some(was) = known.get(&step.id) else {
            lines.push(line(ChangeKind::Added));
            continue;
        };
        if moved.contains(&step.id) {
            lines.push(line(ChangeKind::Moved { to: place_words(new, &step.id) }));
        }
        lines.extend(fields(was, step).into_iter().map(line));
    }
    let kept: HashSet<&StepId> = after.iter().map(|step| &step.id).collect();
    for step in before.into_iter().filter(|step| !kept.contains(&step.id)) {
        lines.push(Difference {
            step: Some(step.id.clone()),
            label: old.numbered_label(step),
            what: ChangeKind::Removed,
        });
    }
    lines
}

/// Name, start conditions, and where it resumes.
fn about_itself(old: &Flow, new: &Flow) -> Vec<Difference> {
    let resume = |flow: &Flow| {
        let step = flow.resume.as_ref().and_then(|id| flow.find(id));
        step.map_or_else(|| "the start, at the next message".to_owned(), |step| flow.numbered_label(step))
    };
    // Compared by id: the number changes with the steps above it.
    let resumed = if old.resume == new.resume { Default::default() } else { (resume(old), resume(new)) };
    let starts = |flow: &Flow| flow.starts.iter().map(words::start).collect::<Vec<_>>().join(", ");
    let table = [
        ("name", old.name.clone(), new.name.clone()),
        ("triggers", starts(old), starts(new)),
        ("resumes after a handoff at", resumed.0, resumed.1),
        ("questions wait for", old.question_expiry().approximate(), new.question_expiry().approximate()),
    ];
    let changed = table.into_iter().filter(|(_, from, to)| from != to);
    changed
        .map(|(field, from, to)| Difference {
            step: None,
            label: "The flow".to_owned(),
            what: ChangeKind::Changed { field: field.to_owned(), from, to },
        })
        .collect()
}

/// Steps that are in another block than before, and a minimal set of steps whose order within a block changed.
fn moved(old: &Flow, new: &Flow) -> HashSet<StepId> {
    let (before, after) = (places(old), places(new));
    let mut moved = HashSet::new();
    let mut blocks: BTreeMap<&str, Vec<(usize, usize, &StepId)>> = BTreeMap::new();
    for (id, (block, index)) in &after {
        match before.get(id) {
            None => {}
            Some((was, _)) if was != block => {
                moved.insert(id.clone());
            }
            Some((_, was)) => blocks.entry(block).or_default().push((*index, *was, id)),
        }
    }
    for mut steps in blocks.into_values() {
        steps.sort_unstable();
        let stayed = longest_rising(&steps.iter().map(|(_, was, _)| *was).collect::<Vec<_>>());
        let left = steps.iter().enumerate().filter(|(at, _)| !stayed.contains(at));
        moved.extend(left.map(|(_, (_, _, id))| (*id).clone()));
    }
    moved
}

/// Each step's block, with a name that stays the same when options are reordered, and its index there.
fn places(flow: &Flow) -> HashMap<StepId, (String, usize)> {
    fn walk(name: &str, block: &[Step], into: &mut HashMap<StepId, (String, usize)>) {
        for (index, step) in block.iter().enumerate() {
            into.insert(step.id.clone(), (name.to_owned(), index));
            let keys = branch_keys(step);
            for ((_, inner), key) in step.branches().into_iter().zip(keys) {
                walk(&format!("{}/{key}", step.id), inner, into);
            }
        }
    }
    let mut places = HashMap::new();
    walk("", &flow.steps, &mut places);
    places
}

/// Keys of a step's branches, in order: an option's id, else a number, with `last` for the last branch, because failure
/// and otherwise always come last.
fn branch_keys(step: &Step) -> Vec<String> {
    use super::definition::StepKind;
    let options = if let StepKind::Question(question) = &step.act { question.expect.options() } else { &[] };
    let options: Vec<String> = options.iter().map(|option| format!("option {}", option.id)).collect();
    let count = step.branches().len();
    let rest = (options.len()..count).map(|n| if n + 1 == count { "last".to_owned() } else { n.to_string() });
    options.iter().cloned().chain(rest).collect()
}

/// The positions of a longest increasing subsequence.
fn longest_rising(numbers: &[usize]) -> BTreeSet<usize> {
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(numbers.len());
    for (at, number) in numbers.iter().enumerate() {
        let before = (0..at).filter(|&earlier| numbers[earlier] < *number).max_by_key(|&earlier| best[earlier].0);
        best.push((before.map_or(1, |earlier| best[earlier].0 + 1), before));
    }
    let mut run = BTreeSet::new();
    let mut at = (0..best.len()).max_by_key(|&at| best[at].0);
    while let Some(here) = at {
        run.insert(here);
        at = best[here].1;
    }
    run
}

fn place_words(flow: &Flow, id: &StepId) -> String {
    let Some(place) = edit::position(flow, id) else { return String::new() };
    let before = place
        .index
        .checked_sub(1)
        .and_then(|index| edit::block(flow, &place.block)?.get(index))
        .map(|step| format!("below {}", flow.numbered_label(step)));
    match (&place.block, before) {
        (_, Some(before)) => before,
        (BlockAt::Top, None) => "the start".to_owned(),
        (block, None) => format!("the start of {}", words::block(block, flow)),
    }
}

/// The fields in which two versions of a step differ.
fn fields(old: &Step, new: &Step) -> Vec<ChangeKind> {
    let (before, after) = (leaf_values(old), leaf_values(new));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut lines = Vec::new();
    for name in names {
        let (from, to) = (before.get(name), after.get(name));
        if from != to {
            let words = |value: Option<&String>| value.cloned().unwrap_or_default();
            lines.push(ChangeKind::Changed { field: field_words(name), from: words(from), to: words(to) });
        }
    }
    lines
}

/// A step's own values by their JSON path: `act.buttons.1.title`.
fn leaf_values(step: &Step) -> BTreeMap<String, String> {
    fn walk(path: String, value: &Value, into: &mut BTreeMap<String, String>) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    walk(format!("{path}.{name}"), value, into);
                }
            }
            Value::Array(values) => {
                for (n, value) in values.iter().enumerate() {
                    walk(format!("{path}.{:02}", n + 1), value, into);
                }
            }
            Value::Null => {}
            Value::String(text) if text.is_empty() => {}
            Value::String(text) => {
                into.insert(path, text.clone());
            }
            other => {
                let told = match other.as_i64() {
                    Some(millis) if is_span(&path) => format!("{} s", millis / 1_000),
                    _ => other.to_string(),
                };
                into.insert(path, told);
            }
        }
    }
    let mut leaves = BTreeMap::new();
    let alone = edit::alone(step);
    // A step is plain data, so serialising it cannot fail.
    let value = serde_json::to_value(&alone).unwrap_or_default();
    walk(String::new(), &value, &mut leaves);
    leaves.remove(".id");
    leaves
}

/// Whether the number at this path is a duration.
fn is_span(path: &str) -> bool {
    path.ends_with(".patience") || path.ends_with(".time_out")
}

/// A readable name of a path: `.act.buttons.02.title` becomes `button 2, title`.
fn field_words(path: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for part in path.split('.').filter(|part| !matches!(*part, "" | "act" | "expect")) {
        match part.parse::<usize>() {
            Ok(n) => {
                if let Some(list) = words.last_mut() {
                    *list = format!("{} {n}", list.strip_suffix('s').unwrap_or(list));
                }
            }
            Err(_) => words.push(match part {
                "on_failure" => "failure path".to_owned(),
                "when" => "expression".to_owned(),
                "retry_text" => "retry message".to_owned(),
                "time_out" => "timeout".to_owned(),
                "open" => "button that opens the list".to_owned(),
                "branches" => "branch".to_owned(),
                other => other.replace('_', " "),
            }),
        }
    }
    if words.is_empty() { "expected answer".to_owned() } else { words.join(", ") }
}

#[cfg(test)]
#[path = "diff_tests.rs"]
mod tests;
