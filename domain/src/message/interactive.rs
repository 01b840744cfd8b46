//! Outgoing messages that the customer can tap, which WhatsApp calls interactive.
//!
//! Their JSON is stored in the database: variants and fields may be added, never renamed.
//!
//! To add a kind: a variant here with its arms below, its request in `server/gateway/wire/interactive_request.rs`, its
//! views in `ui/conversations/thread/interactive.rs` and `ui/flow_editor/trial/bubble.rs`, and a row in the table of
//! `tests/it/sending/kinds.rs`. A kind that a flow's step can send is also a variant of
//! [`crate::flow::say::Say`].

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::limits::{
    BODY, BUTTON_PAYLOAD, BUTTON_TITLE, BUTTONS, LINK_LABEL, LIST_OPEN, ROW_DESCRIPTION, ROW_PAYLOAD, ROW_TITLE, ROWS,
    TEXT,
};

/// An interactive message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InteractiveMessage {
    /// Reply buttons: at most three, with titles of at most 20 characters. A tap returns
    /// [`super::Content::ButtonReply`] with the button's payload.
    Buttons { body: String, buttons: Vec<ReplyOption> },
    /// A button labelled `open` that shows at most ten rows. A choice returns [`super::Content::ListReply`].
    List { body: String, open: String, rows: Vec<ReplyOption> },
    /// A button that opens a web address. WhatsApp does not report whether it was tapped.
    LinkButton { body: String, label: String, url: String },
    /// A button that sends the customer's location. The reply is a [`super::Content::Location`] that quotes this
    /// message.
    LocationRequest { body: String },
}

/// A button or a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyOption {
    pub payload: String,
    pub title: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

impl InteractiveMessage {
    /// The kind's stable name, used in the log, in filters and in tests.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Buttons { .. } => "buttons",
            Self::List { .. } => "list",
            Self::LinkButton { .. } => "link_button",
            Self::LocationRequest { .. } => "location_request",
        }
    }

    /// The text above the buttons.
    pub fn body(&self) -> &str {
        match self {
            Self::Buttons { body, .. }
            | Self::List { body, .. }
            | Self::LinkButton { body, .. }
            | Self::LocationRequest { body } => body,
        }
    }

    /// The longest body, in characters.
    pub fn body_limit(&self) -> usize {
        match self {
            Self::List { .. } => TEXT,
            Self::Buttons { .. } | Self::LinkButton { .. } | Self::LocationRequest { .. } => BODY,
        }
    }

    /// Why WhatsApp would refuse the message; `None` if it would accept it.
    pub(super) fn violation(&self) -> Option<String> {
        length("text", self.body(), self.body_limit()).or_else(|| match self {
            Self::Buttons { buttons, .. } => {
                let limits =
                    Limits { most: BUTTONS, title: BUTTON_TITLE, payload: BUTTON_PAYLOAD, titles: Titles::Unique };
                limits.violation("button", buttons)
            }
            Self::List { open, rows, .. } => {
                let limits = Limits { most: ROWS, title: ROW_TITLE, payload: ROW_PAYLOAD, titles: Titles::Free };
                length("list button", open, LIST_OPEN).or_else(|| limits.violation("row", rows)).or_else(|| {
                    rows.iter().find_map(|row| at_most("row description", &row.description, ROW_DESCRIPTION))
                })
            }
            Self::LinkButton { label, url, .. } => {
                length("link label", label, LINK_LABEL).or_else(|| address("link address", url))
            }
            Self::LocationRequest { .. } => None,
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Titles {
    Unique,
    Free,
}

/// The limits of buttons or rows.
struct Limits {
    most: usize,
    title: usize,
    payload: usize,
    titles: Titles,
}

impl Limits {
    fn violation(&self, one: &str, options: &[ReplyOption]) -> Option<String> {
        if options.is_empty() || options.len() > self.most {
            return Some(format!("it has {} {one}s, and 1 to {} are allowed", options.len(), self.most));
        }
        let (mut payloads, mut titles) = (BTreeSet::new(), BTreeSet::new());
        for option in options {
            let wrong = length(&format!("{one} title"), &option.title, self.title)
                .or_else(|| length(&format!("{one} payload"), &option.payload, self.payload));
            if wrong.is_some() {
                return wrong;
            }
            if !payloads.insert(&option.payload) {
                return Some(format!("two {one}s have the same payload"));
            }
            if !titles.insert(&option.title) && self.titles == Titles::Unique {
                return Some(format!("two {one}s have the same title"));
            }
        }
        None
    }
}

fn length(what: &str, text: &str, limit: usize) -> Option<String> {
    if text.trim().is_empty() { Some(format!("the {what} is empty")) } else { at_most(what, text, limit) }
}

fn at_most(what: &str, text: &str, limit: usize) -> Option<String> {
    let count = text.chars().count();
    (count > limit).then(|| format!("the {what} has {count} characters, and the limit is {limit}"))
}

/// Only checks that it is a web address; whether WhatsApp can open or fetch it is unknown.
pub(super) fn address(what: &str, url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let is_web =
        rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && !url.contains(char::is_whitespace));
    (!is_web).then(|| format!("the {what} isn't a web address"))
}

#[cfg(test)]
mod tests {
    use super::{super::Content, *};

    #[test]
    fn a_location_request_is_stored_by_its_name_and_kept_within_the_limit() {
        let ask = |body: String| InteractiveMessage::LocationRequest { body };
        let line = r#"{"location_request":{"body":"Where are you?"}}"#;
        let content = Content::InteractiveSent(ask("Where are you?".to_owned()));
        assert_eq!(serde_json::to_string(&content).expect("JSON"), line);
        assert_eq!(serde_json::from_str::<Content>(line).expect("a message"), content);
        assert_eq!((content.kind(), content.preview().as_str()), ("location_request", "Where are you?"));
        assert_eq!(ask("é".repeat(1_024)).violation(), None);
        assert!(
            ask("é".repeat(1_025))
                .violation()
                .is_some_and(|what| what.contains("1025 characters, and the limit is 1024"))
        );
        assert!(ask(" ".to_owned()).violation().is_some_and(|what| what.contains("empty")));
    }
}
