//! Fills in the templates of a step and applies WhatsApp's limits.
//!
//! Bodies, captions and labels that become too long are cut with an ellipsis. A required text that is blank after
//! filling in is a fault, because WhatsApp refuses it.

use super::{
    day,
    definition::{Choice, Expect, Http, Model, Step, StepKind},
    limits,
    run::{Facts, HttpCall, Task},
};
use crate::{
    customer_name::first_name,
    interpolation::{Form, InterpolationFault, NamePolicy, Scope, expression_values, is_lone_expression, render},
    message::{
        interactive::{InteractiveMessage, ReplyOption},
        outgoing::OutgoingMessage,
    },
    text::{clip, one_line},
};

/// Built-in names, which are not variables of the flow.
pub(super) const BUILT_IN: [&str; 10] = [
    "customer.name",
    "customer.first_name",
    "customer.phone",
    "customer.language",
    "tenant.name",
    "conversation.channel",
    "conversation.ad",
    "message",
    "today",
    "now",
];

/// Built-in names that may have no value: a number may be private, and few customers come from an ad.
pub(super) const OPTIONAL_NAMES: [&str; 3] = ["customer.phone", "customer.language", "conversation.ad"];

pub(super) fn scope(facts: &Facts) -> Scope {
    let local_time = day::local_time(facts);
    let (today, now) = (local_time.map(day::day_of), local_time.map(day::minute_of));
    // As the other values: conditions fold it once for each word that they look for.
    let message = clip(&facts.last_words, limits::VALUE);
    let built_in = [
        ("customer.name", facts.customer_name.as_str()),
        ("customer.first_name", first_name(&facts.customer_name)),
        ("customer.phone", &facts.customer_phone),
        ("customer.language", &facts.customer_language),
        ("tenant.name", &facts.tenant_name),
        ("conversation.channel", &facts.channel),
        ("conversation.ad", &facts.ad),
        ("message", &message),
        ("today", today.as_deref().unwrap_or_default()),
        ("now", now.as_deref().unwrap_or_default()),
    ];
    let known = built_in.into_iter().filter(|(name, value)| !value.is_empty() || !OPTIONAL_NAMES.contains(name));
    let variables = facts.variables.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    Scope::new(NamePolicy::Open, variables.chain(known))
}

/// A text of at most `limit` characters, never blank.
pub(super) fn required(text: &str, scope: &Scope, limit: usize) -> Result<String, InterpolationFault> {
    let filled = optional(text, scope, limit)?;
    if filled.trim().is_empty() {
        return Err(InterpolationFault { detail: "The text is empty once its variables are filled in.".to_owned() });
    }
    Ok(filled)
}

/// Like [`required`], but the text may be blank.
pub(super) fn optional(text: &str, scope: &Scope, limit: usize) -> Result<String, InterpolationFault> {
    Ok(clip(&render(text, scope, Form::Clipped)?, limit))
}

/// A title or label: a single line.
pub(super) fn label(text: &str, scope: &Scope, limit: usize) -> Result<String, InterpolationFault> {
    Ok(clip(&one_line(&required(text, scope, limits::TEXT)?), limit))
}

/// A web address for the customer's phone or for Meta. If the template is a single variable (`{{ tracking_link }}`),
/// its value is used as the whole address; otherwise values are parts of the address and are encoded.
pub(super) fn shown_address(url: &str, scope: &Scope) -> Result<String, InterpolationFault> {
    if !is_lone_expression(url) {
        return address(url, scope);
    }
    let whole = render(url, scope, Form::Text)?.trim().to_owned();
    let is_web = whole.starts_with("https://") || whole.starts_with("http://");
    if !is_web || whole.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(InterpolationFault {
            detail: "This isn't a web address once its variable is filled in.".to_owned(),
        });
    }
    Ok(whole)
}

fn address(url: &str, scope: &Scope) -> Result<String, InterpolationFault> {
    Ok(render(url, scope, Form::Url)?.trim().to_owned())
}

fn non_empty(picks: Vec<ReplyOption>) -> Result<Vec<ReplyOption>, InterpolationFault> {
    if picks.is_empty() {
        return Err(InterpolationFault { detail: "There are no options to choose from.".to_owned() });
    }
    Ok(picks)
}

/// WhatsApp refuses buttons with equal titles.
pub(super) fn with_buttons(body: String, buttons: Vec<ReplyOption>) -> Result<OutgoingMessage, InterpolationFault> {
    let buttons = non_empty(buttons)?;
    let twice =
        buttons.iter().enumerate().any(|(at, pick)| buttons[..at].iter().any(|other| other.title == pick.title));
    if twice {
        return Err(InterpolationFault {
            detail: "Two buttons have the same title once their variables are filled in.".to_owned(),
        });
    }
    Ok(OutgoingMessage::Interactive(InteractiveMessage::Buttons { body, buttons }))
}

pub(super) fn with_rows(
    body: String,
    open: String,
    rows: Vec<ReplyOption>,
) -> Result<OutgoingMessage, InterpolationFault> {
    let rows = non_empty(rows)?;
    Ok(OutgoingMessage::Interactive(InteractiveMessage::List { body, open, rows }))
}

/// A question with options: as buttons if there are at most three short options, else as a list.
pub(super) fn choice(text: &str, options: &[Choice], scope: &Scope) -> Result<OutgoingMessage, InterpolationFault> {
    let pick = |option: &Choice| ReplyOption {
        payload: option.id.clone(),
        title: clip(&one_line(&option.title), limits::ROW_TITLE),
        description: clip(&one_line(&option.description), limits::ROW_DESCRIPTION),
        section: String::new(),
    };
    let picks: Vec<ReplyOption> = options.iter().filter(|option| !option.title.trim().is_empty()).map(pick).collect();
    let is_short = |option: &Choice| {
        one_line(&option.title).chars().count() <= limits::BUTTON_TITLE && option.description.trim().is_empty()
    };
    if picks.is_empty() {
        return Ok(OutgoingMessage::text(required(text, scope, limits::TEXT)?));
    }
    if picks.len() <= limits::BUTTONS && options.iter().all(is_short) {
        return with_buttons(required(text, scope, limits::BODY)?, picks);
    }
    let rows = picks.into_iter().take(limits::ROWS).collect();
    let (body, open) = (required(text, scope, limits::TEXT)?, limits::CHOICE_OPEN.to_owned());
    with_rows(body, open, rows)
}

/// The HTTP request, with secrets not yet inserted.
pub(super) fn call(http: &Http, scope: &Scope) -> Result<HttpCall, InterpolationFault> {
    let header = |header: &super::definition::Header| {
        Ok((header.name.trim().to_owned(), render(&header.value, scope, Form::Header)?.trim().to_owned()))
    };
    let body = render(&http.body, scope, Form::Json)?;
    let time_out = http.time_out.filter(|span| span.millis() > 0).unwrap_or(limits::TIME_OUT);
    Ok(HttpCall {
        method: http.method,
        url: address(&http.url, scope)?,
        headers: http.headers.iter().map(header).collect::<Result<_, InterpolationFault>>()?,
        body: (!body.trim().is_empty()).then_some(body),
        time_out: time_out.min(limits::TIME_OUT),
    })
}

/// The model's instructions, with the values listed separately.
pub(super) fn task(model: &Model, scope: &Scope) -> Result<Task, InterpolationFault> {
    Ok(Task {
        instructions: clip(&model.instructions, limits::TEXT),
        values: expression_values(&model.instructions, scope)?,
        tools: model.tools.clone(),
    })
}

/// The question of a step, for the first try or a repetition.
pub(super) fn question(step: &Step, scope: &Scope, tries: u8) -> Result<Option<OutgoingMessage>, InterpolationFault> {
    let StepKind::Question(question) = &step.act else { return Ok(None) };
    let again = tries > 0 && !question.retry_text.trim().is_empty();
    let text = if again { &question.retry_text } else { &question.text };
    Ok(Some(match &question.expect {
        Expect::Choice { options } => choice(text, options, scope)?,
        Expect::Text
        | Expect::Number { .. }
        | Expect::Email
        | Expect::Phone
        | Expect::Date
        | Expect::Pattern { .. } => OutgoingMessage::text(required(text, scope, limits::TEXT)?),
    }))
}

#[cfg(test)]
#[path = "fill_tests.rs"]
mod tests;
