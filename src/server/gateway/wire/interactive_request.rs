//! Requests for interactive messages: `interactive` of type `button`, `list`, `cta_url` and `location_request_message`.
//! To add one: a variant, its `action`, its arm in [`InteractiveRequest::of`], and its golden request in
//! `gateway/kinds_tests.rs`.

use serde::Serialize;

use crate::domain::message::interactive::{InteractiveMessage, ReplyOption, sections};

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum InteractiveRequest<'a> {
    Button { body: Words<'a>, action: Buttons<'a> },
    List { body: Words<'a>, action: List<'a> },
    CtaUrl { body: Words<'a>, action: RequestLink<'a> },
    LocationRequestMessage { body: Words<'a>, action: Named },
}

#[derive(Debug, Serialize)]
pub struct Words<'a> {
    pub text: &'a str,
}

#[derive(Debug, Serialize)]
pub struct Buttons<'a> {
    pub buttons: Vec<RequestButton<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RequestButton<'a> {
    Reply { reply: Reply<'a> },
}

#[derive(Debug, Serialize)]
pub struct Reply<'a> {
    pub id: &'a str,
    pub title: &'a str,
}

#[derive(Debug, Serialize)]
pub struct List<'a> {
    pub button: &'a str,
    pub sections: Vec<Section<'a>>,
}

/// Meta's reference marks the title as required, although older pages require it for several sections only.
#[derive(Debug, Serialize)]
pub struct Section<'a> {
    pub title: &'a str,
    pub rows: Vec<RequestRow<'a>>,
}

#[derive(Debug, Serialize)]
pub struct RequestRow<'a> {
    pub id: &'a str,
    pub title: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub description: &'a str,
}

#[derive(Debug, Serialize)]
pub struct RequestLink<'a> {
    pub name: &'static str,
    pub parameters: LinkParameters<'a>,
}

/// An action that consists of its name.
#[derive(Debug, Serialize)]
pub struct Named {
    pub name: &'static str,
}

#[derive(Debug, Serialize)]
pub struct LinkParameters<'a> {
    pub display_text: &'a str,
    pub url: &'a str,
}

impl<'a> InteractiveRequest<'a> {
    pub fn of(message: &'a InteractiveMessage) -> Self {
        let body = Words { text: message.body() };
        match message {
            InteractiveMessage::Buttons { buttons, .. } => {
                let buttons = buttons.iter().map(|ReplyOption { payload, title, .. }| RequestButton::Reply {
                    reply: Reply { id: payload, title },
                });
                Self::Button { body, action: Buttons { buttons: buttons.collect() } }
            }
            InteractiveMessage::List { open, rows, .. } => {
                let row = |ReplyOption { payload, title, description, .. }: &'a ReplyOption| RequestRow {
                    id: payload,
                    title,
                    description,
                };
                let section = |(title, rows): (&'a str, &'a [ReplyOption])| Section {
                    title: if title.is_empty() { open.as_str() } else { title },
                    rows: rows.iter().map(row).collect(),
                };
                let sections = sections(rows).map(section).collect();
                Self::List { body, action: List { button: open, sections } }
            }
            InteractiveMessage::LinkButton { label, url, .. } => {
                let parameters = LinkParameters { display_text: label, url };
                Self::CtaUrl { body, action: RequestLink { name: "cta_url", parameters } }
            }
            InteractiveMessage::LocationRequest { .. } => {
                Self::LocationRequestMessage { body, action: Named { name: "send_location" } }
            }
        }
    }
}
