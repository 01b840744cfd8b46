//! A message that a flow's step sends: its fields, their checks, its summary, and how it is filled in.
//!
//! To add a kind of message: a variant of [`Say`] and of [`SayKind`], with their arms below. Its JSON is part of flows;
//! published versions are stored permanently, so nothing is ever renamed.

use serde::{Deserialize, Serialize};

use super::{
    check::texts::{Need, Text},
    fill::{self, with_buttons, with_rows},
    limits,
    words::file_word,
};
use crate::{
    interpolation::{InterpolationFault, Scope},
    message::{
        interactive::{InteractiveMessage, ReplyOption},
        outgoing::{FileKind, OutgoingMessage},
    },
    text::one_line,
};

/// A message to send. All texts are templates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "snake_case")]
pub enum Say {
    Text {
        text: String,
    },
    /// A file that Meta fetches from a public https address.
    Media {
        file: FileKind,
        link: String,
        #[serde(default)]
        caption: String,
    },
    /// Up to three reply buttons. A tap may start a flow while no question waits for it.
    Buttons {
        text: String,
        buttons: Vec<Button>,
    },
    /// A list of up to ten rows.
    List {
        text: String,
        /// The label of the button that opens the list.
        open: String,
        rows: Vec<ListRow>,
    },
    /// A button that opens a web address.
    Link {
        text: String,
        label: String,
        url: String,
    },
    /// A button that sends the customer's location. The answer is an ordinary location message.
    LocationRequest {
        text: String,
    },
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Button {
    pub payload: String,
    pub title: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ListRow {
    pub payload: String,
    pub title: String,
    #[serde(default)]
    pub description: String,
}

/// A kind of message that a step can send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SayKind {
    Text,
    Media,
    Buttons,
    List,
    Link,
    LocationRequest,
}

impl SayKind {
    /// In the order of the editor's menu.
    pub const ALL: [Self; 6] = [Self::Text, Self::Media, Self::Buttons, Self::List, Self::Link, Self::LocationRequest];

    /// Its name in the JSON of a flow.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Media => "media",
            Self::Buttons => "buttons",
            Self::List => "list",
            Self::Link => "link",
            Self::LocationRequest => "location_request",
        }
    }

    /// Its label in the editor's menu.
    pub fn label(self) -> &'static str {
        match self {
            Self::Text => "Text",
            Self::Media => "Picture, video, audio or document",
            Self::Buttons => "Text with reply buttons",
            Self::List => "Text with a list",
            Self::Link => "Text with a link button",
            Self::LocationRequest => "Text that asks for the location",
        }
    }

    /// The limit of its text or caption, in characters.
    pub fn text_limit(self) -> usize {
        match self {
            Self::Text | Self::List => limits::TEXT,
            Self::Media => limits::CAPTION,
            Self::Buttons | Self::Link | Self::LocationRequest => limits::BODY,
        }
    }

    /// A message of this kind with `text` and otherwise empty fields. `payload` generates unused ids.
    pub fn with_text(self, text: String, payload: impl Fn() -> String) -> Say {
        match self {
            Self::Text => Say::Text { text },
            Self::Media => Say::Media { file: FileKind::Image, link: String::new(), caption: text },
            Self::Buttons => Say::Buttons { text, buttons: vec![Button { payload: payload(), title: String::new() }] },
            Self::List => Say::List {
                text,
                open: "Choose".to_owned(),
                rows: vec![ListRow { payload: payload(), ..ListRow::default() }],
            },
            Self::Link => Say::Link { text, label: String::new(), url: String::new() },
            Self::LocationRequest => Say::LocationRequest { text },
        }
    }
}

/// The options of a message, with what is needed to check them uniformly.
pub(super) struct Options<'a> {
    /// The JSON field that holds them.
    pub field: &'static str,
    /// What one option is called in messages.
    pub one: &'static str,
    pub most: usize,
    pub payload_limit: usize,
    pub payloads: Vec<&'a str>,
    pub titles: Vec<&'a str>,
}

impl Say {
    pub fn kind(&self) -> SayKind {
        match self {
            Self::Text { .. } => SayKind::Text,
            Self::Media { .. } => SayKind::Media,
            Self::Buttons { .. } => SayKind::Buttons,
            Self::List { .. } => SayKind::List,
            Self::Link { .. } => SayKind::Link,
            Self::LocationRequest { .. } => SayKind::LocationRequest,
        }
    }

    /// Its text or caption.
    pub fn text(&self) -> &str {
        match self {
            Self::Text { text }
            | Self::Buttons { text, .. }
            | Self::List { text, .. }
            | Self::Link { text, .. }
            | Self::LocationRequest { text } => text,
            Self::Media { caption, .. } => caption,
        }
    }

    pub fn text_mut(&mut self) -> &mut String {
        match self {
            Self::Text { text }
            | Self::Buttons { text, .. }
            | Self::List { text, .. }
            | Self::Link { text, .. }
            | Self::LocationRequest { text } => text,
            Self::Media { caption, .. } => caption,
        }
    }

    /// A one-line summary.
    pub(super) fn summary(&self) -> String {
        match self {
            Self::Text { text } => text.clone(),
            Self::Media { file, caption, link } => {
                format!("{}: {}", file_word(*file), if caption.is_empty() { link } else { caption })
            }
            Self::Buttons { text, buttons } => {
                let titles: Vec<&str> = buttons.iter().map(|button| button.title.as_str()).collect();
                format!("{text} [{}]", titles.join("] ["))
            }
            Self::List { text, open, .. } => format!("{text} [{open}]"),
            Self::Link { text, label, .. } => format!("{text} [{label}]"),
            Self::LocationRequest { text } => format!("{text} [Location]"),
        }
    }

    /// Its templates, each with its purpose and limit.
    pub(super) fn texts(&self) -> Vec<Text<'_>> {
        let limit = self.kind().text_limit();
        match self {
            Self::Text { text } | Self::LocationRequest { text } => vec![Text::new("text", text, limit)],
            Self::Media { link, caption, .. } => {
                vec![Text::address("link", link, Need::File), Text::new("caption", caption, limit).may_be_empty()]
            }
            Self::Buttons { text, buttons } => {
                let titles = buttons
                    .iter()
                    .enumerate()
                    .map(|(at, button)| Text::new(format!("buttons.{at}.title"), &button.title, limits::BUTTON_TITLE));
                std::iter::once(Text::new("text", text, limit)).chain(titles).collect()
            }
            Self::List { text, open, rows } => {
                let mut texts = vec![Text::new("text", text, limit), Text::new("open", open, limits::LIST_OPEN)];
                for (at, row) in rows.iter().enumerate() {
                    texts.push(Text::new(format!("rows.{at}.title"), &row.title, limits::ROW_TITLE));
                    let description = format!("rows.{at}.description");
                    texts.push(Text::new(description, &row.description, limits::ROW_DESCRIPTION).may_be_empty());
                }
                texts
            }
            Self::Link { text, label, url } => vec![
                Text::new("text", text, limit),
                Text::new("label", label, limits::LINK_LABEL),
                Text::address("url", url, Need::Page),
            ],
        }
    }

    /// The options offered to the customer, if any.
    pub(super) fn options(&self) -> Option<Options<'_>> {
        match self {
            Self::Buttons { buttons, .. } => Some(Options {
                field: "buttons",
                one: "button",
                most: limits::BUTTONS,
                payload_limit: limits::BUTTON_PAYLOAD,
                payloads: buttons.iter().map(|button| button.payload.as_str()).collect(),
                titles: buttons.iter().map(|button| button.title.as_str()).collect(),
            }),
            Self::List { rows, .. } => Some(Options {
                field: "rows",
                one: "row",
                most: limits::ROWS,
                payload_limit: limits::ROW_PAYLOAD,
                payloads: rows.iter().map(|row| row.payload.as_str()).collect(),
                titles: rows.iter().map(|row| row.title.as_str()).collect(),
            }),
            Self::Text { .. } | Self::Media { .. } | Self::Link { .. } | Self::LocationRequest { .. } => None,
        }
    }

    /// Fills in the message's templates and cuts them to WhatsApp's limits.
    pub(super) fn fill(&self, scope: &Scope) -> Result<OutgoingMessage, InterpolationFault> {
        let limit = self.kind().text_limit();
        let body = |text: &str| fill::required(text, scope, limit);
        Ok(match self {
            Self::Text { text } => OutgoingMessage::Text { text: body(text)? },
            Self::Media { file, link, caption } => {
                let link = fill::shown_address(link, scope)?;
                OutgoingMessage::media(*file, link, fill::optional(caption, scope, limit)?)
            }
            Self::Buttons { text, buttons } => {
                let buttons = buttons.iter().take(limits::BUTTONS).map(|button| {
                    let title = fill::label(&button.title, scope, limits::BUTTON_TITLE)?;
                    Ok(ReplyOption { payload: button.payload.clone(), title, ..ReplyOption::default() })
                });
                with_buttons(body(text)?, buttons.collect::<Result<_, InterpolationFault>>()?)?
            }
            Self::List { text, open, rows } => {
                let rows = rows.iter().take(limits::ROWS).map(|row| {
                    Ok(ReplyOption {
                        payload: row.payload.clone(),
                        title: fill::label(&row.title, scope, limits::ROW_TITLE)?,
                        description: one_line(&fill::optional(&row.description, scope, limits::ROW_DESCRIPTION)?),
                        section: String::new(),
                    })
                });
                let (body, open) = (body(text)?, fill::label(open, scope, limits::LIST_OPEN)?);
                with_rows(body, open, rows.collect::<Result<_, InterpolationFault>>()?)?
            }
            Self::Link { text, label, url } => OutgoingMessage::Interactive(InteractiveMessage::LinkButton {
                body: body(text)?,
                label: fill::label(label, scope, limits::LINK_LABEL)?,
                url: fill::shown_address(url, scope)?,
            }),
            Self::LocationRequest { text } => {
                OutgoingMessage::Interactive(InteractiveMessage::LocationRequest { body: body(text)? })
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::flow::{
        definition::Flow,
        run::{Continuation, Facts, Input, Position, StepEffect},
        step::step,
    };

    #[test]
    fn each_kind_is_named_in_json_as_it_is_named_here_and_keeps_its_text() {
        for kind in SayKind::ALL {
            let mut say = kind.with_text("Hello".to_owned(), || "p".to_owned());
            assert_eq!((say.kind(), say.text()), (kind, "Hello"));
            let json = serde_json::to_value(&say).expect("JSON");
            assert_eq!(json["say"], kind.as_str());
            assert_eq!(serde_json::from_value::<Say>(json).expect("a message"), say);
            say.text_mut().push('!');
            assert_eq!(say.text(), "Hello!");
        }
    }

    #[test]
    fn a_step_asks_for_the_location_and_the_flow_goes_on() {
        let flow: Flow = serde_json::from_value(json!({ "name": "delivery", "steps": [
            { "id": "where", "act": { "kind": "message", "say": "location_request", "text": "Where are you, {{ message }}?" } },
            { "id": "end", "act": { "kind": "close" } },
        ] }))
        .expect("a flow");
        let long = Input::Said { text: "é".repeat(2_000), payload: None };
        let walked = step(&flow, &Position::Start, &long, &Facts::default());
        let StepEffect::Say { message: OutgoingMessage::Interactive(asked), .. } = &walked.effects[0] else {
            panic!("nothing was asked: {walked:?}")
        };
        assert_eq!((asked.kind(), asked.body().chars().count()), ("location_request", limits::BODY));
        assert!(asked.body().starts_with("Where are you, é"));
        assert_eq!(walked.rest, Continuation::Close { step: "end".into() });
    }

    #[test]
    fn a_button_is_sent_with_its_payload() {
        let flow: Flow = serde_json::from_value(json!({ "name": "menu", "steps": [
            { "id": "m", "act": { "kind": "message", "say": "buttons", "text": "Hi",
                "buttons": [{ "payload": "p1", "title": "Yes" }, { "payload": "p2", "title": "No" }] } },
            { "id": "z", "act": { "kind": "close" } },
        ] }))
        .expect("a flow");
        let stepped = step(&flow, &Position::Start, &Input::Begin, &Facts::default());
        let Some(StepEffect::Say {
            message: OutgoingMessage::Interactive(InteractiveMessage::Buttons { buttons, .. }),
            ..
        }) = stepped.effects.first()
        else {
            panic!("no buttons: {stepped:?}")
        };
        let sent: Vec<_> = buttons.iter().map(|button| (button.payload.as_str(), button.title.as_str())).collect();
        assert_eq!(sent, [("p1", "Yes"), ("p2", "No")]);
    }

    #[test]
    fn every_kind_has_a_label() {
        let labels: std::collections::BTreeSet<_> = SayKind::ALL.into_iter().map(SayKind::label).collect();
        assert_eq!(labels.len(), SayKind::ALL.len());
        assert!(!labels.contains(""));
    }
}
