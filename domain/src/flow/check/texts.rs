//! The texts of a step, and the faults of each text by itself.

use super::{
    super::{
        definition::{Step, StepKind},
        limits,
    },
    At,
};
use crate::{
    interpolation::{Form, is_lone_expression, literal_length, try_out},
    number::grouped,
};

/// A template of a step.
pub(in crate::flow) struct Text<'a> {
    pub field: String,
    pub text: &'a str,
    pub form: Form,
    /// The limit in characters.
    pub limit: usize,
    pub need: Need,
}

/// What a text is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::flow) enum Need {
    NotBlank,
    Optional,
    /// A web address from which Meta fetches a file.
    File,
    /// A web address that opens on the customer's phone.
    Page,
    /// The address of an HTTP request; its host must not depend on a variable.
    Request,
}

impl<'a> Text<'a> {
    pub fn new(field: impl Into<String>, text: &'a str, limit: usize) -> Self {
        Self { field: field.into(), text, form: Form::Clipped, limit, need: Need::NotBlank }
    }

    pub fn may_be_empty(self) -> Self {
        Self { need: Need::Optional, ..self }
    }

    pub fn address(field: &str, text: &'a str, need: Need) -> Self {
        Self { field: field.to_owned(), text, form: Form::Url, limit: 2_000, need }
    }
}

/// All templates of a step.
pub(super) fn of(step: &Step) -> Vec<Text<'_>> {
    match &step.act {
        StepKind::Message(say) => say.texts(),
        StepKind::Question(question) => {
            vec![
                Text::new("text", &question.text, limits::TEXT),
                Text::new("retry_text", &question.retry_text, limits::TEXT).may_be_empty(),
            ]
        }
        StepKind::Set(set) => vec![Text::new("value", &set.value, limits::VALUE).may_be_empty()],
        StepKind::Http(http) => {
            let mut texts = vec![Text::address("url", &http.url, Need::Request)];
            texts.extend(http.headers.iter().enumerate().map(|(at, header)| Text {
                form: Form::Header,
                ..Text::new(format!("headers.{at}.value"), &header.value, limits::TEXT)
            }));
            texts.push(Text { form: Form::Json, ..Text::new("body", &http.body, 32_768).may_be_empty() });
            texts
        }
        StepKind::Model(model) => vec![Text::new("instructions", &model.instructions, limits::TEXT).may_be_empty()],
        StepKind::Handoff(person) => vec![
            Text::new("reason", &person.reason, limits::REASON).may_be_empty(),
            Text::new("note", &person.note, limits::NOTE).may_be_empty(),
            Text::new("notice", &person.notice, limits::TEXT).may_be_empty(),
        ],
        StepKind::Close(close) => vec![Text::new("text", &close.text, limits::TEXT).may_be_empty()],
        StepKind::Condition(_) | StepKind::Jump(_) | StepKind::Hours(_) => Vec::new(),
    }
}

/// Checks a text independently of the rest of the flow.
pub(super) fn check(text: &Text<'_>, at: &mut At<'_>) {
    let field = &text.field;
    if text.text.trim().is_empty() {
        match text.need {
            Need::NotBlank if text.form == Form::Header => {
                at.blocks(field, "Enter the header's value, or remove the header.");
            }
            Need::NotBlank => at.blocks(field, "Enter a text. WhatsApp doesn't accept empty messages."),
            Need::File | Need::Page | Need::Request => at.blocks(field, "Enter a web address."),
            Need::Optional => {}
        }
        return;
    }
    match try_out(text.text, text.form) {
        Err(fault) => at.blocks(field, fault.detail),
        // A single variable can hold a whole address, which is unknown before the flow runs.
        Ok(_) if matches!(text.need, Need::File | Need::Page) && is_lone_expression(text.text) => {}
        Ok(filled) => match text.need {
            Need::File => address(&filled, text.text, &["https://"], field, at),
            Need::Page | Need::Request => address(&filled, text.text, &["https://", "http://"], field, at),
            Need::NotBlank | Need::Optional => {}
        },
    }
    let length = literal_length(text.text, text.form);
    if length > text.limit {
        at.blocks(field, format!("Enter up to {} characters; this has {}.", grouped(text.limit), grouped(length)));
    }
}

/// `filled` contains sample values. The host of a request must not depend on a variable, so it is checked in the
/// template.
fn address(filled: &str, text: &str, schemes: &[&str], field: &str, at: &mut At<'_>) {
    let text = text.trim();
    let Some(rest) = schemes.iter().find_map(|scheme| text.strip_prefix(scheme)) else {
        at.blocks(field, format!("Enter a web address that starts with {}.", schemes.join(" or ")));
        return;
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.contains("{{") {
        at.blocks(field, "Enter the server name as text. It can't be a variable.");
    } else if host.is_empty() || host.contains('@') || filled.contains(char::is_whitespace) {
        at.blocks(
            field,
            "This isn't a valid web address. Enter one like https://example.com/orders/{{ order_number }}.",
        );
    }
}
