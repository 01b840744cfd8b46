//! What we post that can be tapped: `interactive` of type `button`, `list` and `cta_url`. To add one: a variant, its
//! `action`, its arm in [`Body::of`], and its golden request in `gateway/kinds_tests.rs`.

use serde::Serialize;

use super::request::{Body, FileBody, TextBody};
use crate::{
    domain::flow::{definition::FileKind, run::ReplyOption},
    server::gateway::{Outgoing, Preview},
};

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Interactive<'a> {
    Button { body: Words<'a>, action: Buttons<'a> },
    List { body: Words<'a>, action: List<'a> },
    CtaUrl { body: Words<'a>, action: Link<'a> },
}

#[derive(Debug, Serialize)]
pub struct Words<'a> {
    pub text: &'a str,
}

#[derive(Debug, Serialize)]
pub struct Buttons<'a> {
    pub buttons: Vec<Button<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Button<'a> {
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
    pub sections: [Section<'a>; 1],
}

/// Meta marks the title as required, though older texts ask for it with several sections only.
#[derive(Debug, Serialize)]
pub struct Section<'a> {
    pub title: &'a str,
    pub rows: Vec<Row<'a>>,
}

#[derive(Debug, Serialize)]
pub struct Row<'a> {
    pub id: &'a str,
    pub title: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub description: &'a str,
}

#[derive(Debug, Serialize)]
pub struct Link<'a> {
    pub name: &'static str,
    pub parameters: LinkParameters<'a>,
}

#[derive(Debug, Serialize)]
pub struct LinkParameters<'a> {
    pub display_text: &'a str,
    pub url: &'a str,
}

impl<'a> Body<'a> {
    /// The `type` and its object for what is to be said.
    pub fn of(said: &'a Outgoing) -> Self {
        match said {
            Outgoing::Text { body, preview } => {
                Self::Text { text: TextBody { body, preview_url: *preview == Preview::Show } }
            }
            Outgoing::File { kind, link, caption, filename } => {
                let plain = FileBody { link, caption: None, filename: None };
                let captioned = FileBody { caption: caption.as_deref(), ..plain };
                match kind {
                    FileKind::Image => Self::Image { image: captioned },
                    FileKind::Video => Self::Video { video: captioned },
                    FileKind::Audio => Self::Audio { audio: FileBody { caption: None, ..captioned } },
                    FileKind::Document => {
                        Self::Document { document: FileBody { filename: filename.as_deref(), ..captioned } }
                    }
                }
            }
            Outgoing::Buttons { body, buttons } => {
                let buttons = buttons
                    .iter()
                    .map(|ReplyOption { payload, title, .. }| Button::Reply { reply: Reply { id: payload, title } });
                let action = Buttons { buttons: buttons.collect() };
                Self::Interactive { interactive: Interactive::Button { body: Words { text: body }, action } }
            }
            Outgoing::List { body, open, rows } => {
                let rows = rows.iter().map(|ReplyOption { payload, title, description }| Row {
                    id: payload,
                    title,
                    description,
                });
                let action = List { button: open, sections: [Section { title: open, rows: rows.collect() }] };
                Self::Interactive { interactive: Interactive::List { body: Words { text: body }, action } }
            }
            Outgoing::Link { body, label, url } => {
                let action = Link { name: "cta_url", parameters: LinkParameters { display_text: label, url } };
                Self::Interactive { interactive: Interactive::CtaUrl { body: Words { text: body }, action } }
            }
        }
    }
}
