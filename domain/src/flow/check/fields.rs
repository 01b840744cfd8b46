//! Checks the fields of a single step: limits, empty fields, names, patterns, and references to what the tenant lacks.

use std::collections::BTreeSet;

use super::{
    super::{
        answer,
        definition::{Choice, Condition, Expect, Http, Model, Question, Say, Step, StepKind},
        limits,
    },
    At, Known, texts,
};
use crate::{
    interpolation::{Form, names, try_out_condition},
    model::tool,
    number::grouped,
    text::{folded, one_line},
    time::Span,
};

/// Names that variables cannot have, because they are built in or are keywords of expressions.
const RESERVED: [&str; 23] = [
    "customer",
    "tenant",
    "conversation",
    "message",
    "today",
    "now",
    "secret",
    "agent",
    "true",
    "false",
    "none",
    "and",
    "or",
    "not",
    "in",
    "is",
    "if",
    "else",
    "elif",
    "for",
    "loop",
    "self",
    "defined",
];

pub(super) fn check(step: &Step, known: &Known, at: &mut At<'_>) {
    if step.id.0.trim().is_empty() {
        at.blocks("", "This step has no ID. Give it a unique one.");
    }
    for text in texts::of(step) {
        texts::check(&text, at);
    }
    match &step.act {
        StepKind::Message(say) => message(say, at),
        StepKind::Question(asked) => question(asked, at),
        StepKind::Condition(condition) => conditions(condition, at),
        StepKind::Set(set) => variable("variable", &set.variable, at),
        StepKind::Http(http) => request(http, known, at),
        StepKind::Model(model) => {
            if !known.has_model {
                at.warn("", "No language model is set up: this step always continues in “If it fails”.");
            }
            tools(model, known, at);
        }
        StepKind::Handoff(person) => {
            if person.team.as_ref().is_some_and(|team| !known.teams.contains(team)) {
                at.blocks("team", "This team no longer exists. Choose another one.");
            }
        }
        StepKind::Close(_) | StepKind::Jump(_) | StepKind::Hours(_) => {}
    }
}

/// Reports why a name cannot be a variable's name.
fn variable(field: &str, name: &str, at: &mut At<'_>) {
    let mut letters = name.chars();
    let begins = letters.next().is_some_and(|c| c.is_ascii_lowercase());
    if name.is_empty() {
        at.blocks(field, "Enter a name for the variable, for example order_number.");
    } else if !begins
        || !letters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        || name.len() > limits::NAME
    {
        at.blocks(
            field,
            format!(
                "Use lowercase letters, digits and underscores, starting with a letter, up to {} characters, for \
                 example order_number.",
                limits::NAME
            ),
        );
    } else if RESERVED.contains(&name) {
        at.blocks(field, format!("“{name}” is a reserved name. Choose another one."));
    }
}

fn message(say: &Say, at: &mut At<'_>) {
    if let Some(options) = say.options() {
        count(options.field, options.payloads.len(), options.most, options.one, at);
        ids(options.field, "payload", options.payloads.into_iter(), options.payload_limit, at);
        titles(options.field, options.titles.into_iter(), at);
    }
}

fn count(field: &str, number: usize, limit: usize, word: &str, at: &mut At<'_>) {
    if number == 0 {
        at.blocks(field, format!("Add at least one {word}."));
    } else if number > limit {
        at.blocks(field, format!("WhatsApp shows up to {limit} {word}s; you have {number}. Remove some."));
    }
}

/// Ids must be present, unique, and within WhatsApp's length limit.
fn ids<'a>(list: &str, field: &str, ids: impl Iterator<Item = &'a str>, limit: usize, at: &mut At<'_>) {
    let mut seen = BTreeSet::new();
    for (nth, id) in ids.enumerate() {
        let field = format!("{list}.{nth}.{field}");
        if id.trim().is_empty() {
            at.blocks(&field, "Enter an ID.");
        } else if !seen.insert(id) {
            at.blocks(&field, format!("The ID “{id}” is used twice. Change one of them."));
        }
        let length = id.chars().count();
        if length > limit {
            at.blocks(&field, format!("An ID can have up to {limit} characters; this one has {length}. Shorten it."));
        }
    }
}

fn titles<'a>(list: &str, titles: impl Iterator<Item = &'a str>, at: &mut At<'_>) {
    let mut seen = BTreeSet::new();
    for (nth, title) in titles.enumerate() {
        let plain = folded(title);
        if !title.trim().is_empty() && !seen.insert(if plain.is_empty() { title.to_owned() } else { plain }) {
            at.blocks(&format!("{list}.{nth}.title"), format!("“{}” is used twice. Change one of them.", title.trim()));
        }
    }
}

fn question(question: &Question, at: &mut At<'_>) {
    variable("variable", &question.variable, at);
    if question.patience.is_some_and(|span| span < Span::seconds(10) || span > limits::PATIENCE) {
        at.blocks(
            "patience",
            "Enter a wait between 10 seconds and 23 hours. After 24 hours without a customer message, WhatsApp \
             accepts no replies.",
        );
    }
    match &question.expect {
        Expect::Choice { options } => choice(question, options, at),
        Expect::Pattern { pattern, example } => patterned(pattern, example, at),
        Expect::Number { min, max } => {
            if min.zip(*max).is_some_and(|(min, max)| min > max) {
                at.blocks("expect.min", "The minimum is larger than the maximum, so no answer is valid.");
            }
        }
        Expect::Text | Expect::Email | Expect::Phone | Expect::Date => {}
    }
}

fn choice(question: &Question, options: &[Choice], at: &mut At<'_>) {
    const LIST: &str = "expect.options";
    count(LIST, options.len(), limits::ROWS, "option", at);
    ids(LIST, "id", options.iter().map(|option| option.id.as_str()), limits::ROW_PAYLOAD, at);
    titles(LIST, options.iter().map(|option| option.title.as_str()), at);
    for (nth, option) in options.iter().enumerate() {
        for (part, text) in [("title", &option.title), ("description", &option.description)] {
            if text.contains("{{") {
                let words = "Options can't contain variables. Enter plain text.";
                at.blocks(&format!("{LIST}.{nth}.{part}"), words);
            }
        }
        let title = one_line(&option.title).chars().count();
        if title == 0 {
            at.blocks(&format!("{LIST}.{nth}.title"), "Enter the text of this option.");
        } else if title > limits::ROW_TITLE {
            let words = format!("Enter up to {} characters; this has {title}.", limits::ROW_TITLE);
            at.blocks(&format!("{LIST}.{nth}.title"), words);
        }
        let description = one_line(&option.description).chars().count();
        if description > limits::ROW_DESCRIPTION {
            let words = format!("Enter up to {} characters; this has {description}.", limits::ROW_DESCRIPTION);
            at.blocks(&format!("{LIST}.{nth}.description"), words);
        }
    }
    let on_buttons = options.len() <= limits::BUTTONS
        && options.iter().all(|option| {
            one_line(&option.title).chars().count() <= limits::BUTTON_TITLE && option.description.trim().is_empty()
        });
    for (field, text) in [("text", &question.text), ("retry_text", &question.retry_text)] {
        let length = crate::interpolation::literal_length(text, Form::Clipped);
        if on_buttons && length > limits::BODY && length <= limits::TEXT {
            at.blocks(
                field,
                format!(
                    "A message with buttons can have up to {} characters; this has {}.",
                    grouped(limits::BODY),
                    grouped(length)
                ),
            );
        }
    }
}

/// Whether the answers of a step are compared with a pattern.
pub(super) fn has_pattern(step: &Step) -> bool {
    matches!(&step.act, StepKind::Question(question) if matches!(question.expect, Expect::Pattern { .. }))
}

fn patterned(pattern: &str, example: &str, at: &mut At<'_>) {
    if pattern.trim().is_empty() {
        at.blocks("expect.pattern", "Enter a pattern, for example [A-Z]{2}[0-9]{4}.");
        return;
    }
    match answer::anchored(pattern) {
        Err(words) => at.blocks("expect.pattern", words),
        Ok(regex) if !example.trim().is_empty() && !regex.is_match(example.trim()) => {
            at.warn("expect.example", "The example doesn't match the pattern.");
        }
        Ok(_) => {}
    }
}

fn conditions(condition: &Condition, at: &mut At<'_>) {
    if condition.branches.is_empty() {
        at.warn("branches", "Without a branch, this condition always takes “Otherwise”.");
    }
    for (nth, branch) in condition.branches.iter().enumerate() {
        let field = format!("branches.{nth}.when");
        if branch.when.trim().is_empty() {
            at.blocks(&field, "Enter a condition, for example order_total > 100.");
        } else if let Err(fault) = try_out_condition(&branch.when) {
            at.blocks(&field, fault.detail);
        }
    }
}

fn request(http: &Http, known: &Known, at: &mut At<'_>) {
    for (nth, header) in http.headers.iter().enumerate() {
        let name = tool::ToolHeader { name: header.name.trim().to_owned(), value: String::new() };
        if let Some(words) = tool::header_fault(&name) {
            at.blocks(&format!("headers.{nth}.name"), words);
        }
        for used in names(&header.value, Form::Header).unwrap_or_default() {
            if let Some(secret) = used.name.strip_prefix("secret.")
                && !known.secrets.contains(secret)
            {
                at.blocks(
                    &format!("headers.{nth}.value"),
                    format!("There is no secret “{secret}”. Add it in Admin, or choose another one."),
                );
            }
        }
    }
    if http.time_out.is_some_and(|span| span <= Span(0) || span > limits::TIME_OUT) {
        at.blocks("time_out", "Enter a time limit of up to 5 seconds.");
    }
    if http.keep.len() > limits::KEEPS {
        let (most, count) = (limits::KEEPS, http.keep.len());
        at.blocks("keep", format!("A request can keep up to {most} fields; this one has {count}. Remove some."));
    }
    for (nth, keep) in http.keep.iter().enumerate() {
        variable(&format!("keep.{nth}.variable"), &keep.variable, at);
        if !keep.pointer.is_empty() && !keep.pointer.starts_with('/') {
            at.blocks(
                &format!("keep.{nth}.pointer"),
                "Start the field's path with a slash, for example /order/status.",
            );
        }
    }
}

fn tools(model: &Model, known: &Known, at: &mut At<'_>) {
    for (nth, tool) in model.tools.iter().enumerate() {
        if !known.tools.contains(tool) {
            at.blocks(
                &format!("tools.{nth}"),
                format!("There is no tool “{tool}”. Add it in Admin, or remove it here."),
            );
        }
    }
}
