//! Thoughts and turns that a model sets apart by words at the beginning of a line instead of tags: `Final Answer:`.

use super::{marks::is_private, tokens::begins};

/// The longest label, in bytes.
const LONGEST: usize = 60;

/// Labels of thoughts.
const THOUGHTS: [&str; 14] = [
    "thought",
    "thoughts",
    "thinking",
    "reasoning",
    "internal thought",
    "internal monologue",
    "chain of thought",
    "thought process",
    "thinking process",
    "my reasoning",
    "here is my thought process",
    "here's my thought process",
    "here are my reasoning steps",
    "here is my reasoning",
];
/// Labels behind which the answer stands, whatever was before.
const ANSWERS: [&str; 7] = [
    "final answer",
    "final response",
    "final reply",
    "here is my response",
    "here's my response",
    "here is my answer",
    "grounded answer",
];
/// Labels behind which it stands after thoughts.
const ANSWERS_OF_THINKERS: [&str; 6] = ["answer", "response", "reply", "message", "assistant", "message to customer"];
/// Lines after which it stands.
const BOUNDARIES: [&str; 3] = ["[begin final response]", "...done thinking.", "…done thinking."];
const END: &str = "[END FINAL RESPONSE]";

/// Whose turn a label says it is.
const OTHERS: [&str; 3] = ["human", "user", "customer"];
const MODELS: [&str; 3] = ["assistant", "ai", "bot"];
/// Labels that stand before an answer and say nothing.
const NAMES: [&str; 4] = ["assistant", "ai", "response", "reply"];

/// The label of a line in lower case, and what stands behind it.
pub(super) fn label(line: &str) -> Option<(String, &str)> {
    let is_mark = |c: char| c.is_whitespace() || matches!(c, '*' | '_' | '#' | '`' | '>' | '-') || is_private(c);
    let end = line.bytes().take(LONGEST).position(|byte| byte == b':')?;
    let head = line[..end].trim_matches(is_mark).to_lowercase();
    let said = line[end + 1..].trim_start_matches(|c: char| matches!(c, '*' | '_' | ' ') || is_private(c));
    (!head.is_empty()).then_some((head, said))
}

/// The lines of a text, each with where it begins.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start, line))
    })
}

fn is_labelled(line: &str, labels: &[&str]) -> bool {
    label(line).is_some_and(|(head, _)| labels.contains(&head.as_str()))
}

/// Whether a text begins with a label of thoughts.
pub(super) fn is_thought(text: &str) -> bool {
    let text = text.trim_start();
    text.lines().next().is_some_and(|line| is_labelled(line, &THOUGHTS))
        || begins(text, "thinking...\n")
        || begins(text, "thinking…\n")
}

/// What the model says to the customer itself, in its own turn.
pub(super) fn answer(text: &str) -> &str {
    own_turn(without_thoughts(text))
}

fn without_thoughts(text: &str) -> &str {
    let thinks = is_thought(text);
    let text = text.find(END).map_or(text, |end| &text[..end]);
    for (start, line) in lines(text) {
        let behind = start + line.len();
        let lower = line.to_ascii_lowercase();
        if let Some(end) = BOUNDARIES.iter().find_map(|one| lower.find(one).map(|at| at + one.len())) {
            return &text[start + end..];
        }
        let is_answer = is_labelled(line, &ANSWERS) || thinks && is_labelled(line, &ANSWERS_OF_THINKERS);
        if let Some((_, said)) = label(line).filter(|_| is_answer) {
            return &text[behind - said.len()..];
        }
    }
    text
}

/// The text up to where the model goes on with words of somebody else.
fn own_turn(text: &str) -> &str {
    let mut text = text.trim_start();
    let first = text.lines().next().unwrap_or("");
    if is_labelled(first, &OTHERS)
        && let Some((start, line)) = lines(text).find(|(_, line)| is_labelled(line, &MODELS))
    {
        text = &text[start..];
        text = label(line).map_or(text, |(_, said)| &text[line.len() - said.len()..]);
    } else if let Some((_, said)) = label(first).filter(|_| is_labelled(first, &NAMES)) {
        text = &text[first.len() - said.len()..];
    }
    let last_own = lines(text).filter(|(_, line)| is_labelled(line, &MODELS)).map(|(start, _)| start).last();
    let other = lines(text).skip(1).find(|(start, line)| {
        let is_heading = line.starts_with('#') && is_labelled(line, &["user", "human", "instruction", "input"]);
        is_heading
            || line.starts_with("Human:")
            || is_labelled(line, &OTHERS) && last_own.is_some_and(|last| last > *start)
    });
    other.map_or(text, |(start, _)| &text[..start])
}
