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
    SECTION_TITLE, TEXT,
};
use crate::number::grouped;

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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyOption {
    pub payload: String,
    pub title: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The heading over the row. Rows with the same one stand together; a list without headings has one section.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub section: String,
}

/// The rows of a list below their headings, in order. The heading is empty in a list without any.
pub fn sections(rows: &[ReplyOption]) -> impl Iterator<Item = (&str, &[ReplyOption])> {
    rows.chunk_by(|one, next| one.section == next.section)
        .filter_map(|rows| rows.first().map(|first| (first.section.as_str(), rows)))
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

    /// The same with another text above the buttons.
    #[must_use]
    pub fn with_body(self, body: String) -> Self {
        match self {
            Self::Buttons { buttons, .. } => Self::Buttons { body, buttons },
            Self::List { open, rows, .. } => Self::List { body, open, rows },
            Self::LinkButton { label, url, .. } => Self::LinkButton { body, label, url },
            Self::LocationRequest { .. } => Self::LocationRequest { body },
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
                length("list button", open, LIST_OPEN)
                    .or_else(|| limits.violation("row", rows))
                    .or_else(|| {
                        rows.iter().find_map(|row| {
                            at_most("row description", &row.description, ROW_DESCRIPTION)
                                .or_else(|| at_most("section title", &row.section, SECTION_TITLE))
                        })
                    })
                    .or_else(|| {
                        let untitled = sections(rows).filter(|(title, _)| title.trim().is_empty()).count();
                        (untitled > 0 && sections(rows).count() > 1).then(|| "a section has no title".to_owned())
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
    (count > limit)
        .then(|| format!("the {what} has {} characters, and the limit is {}", grouped(count), grouped(limit)))
}

/// Only checks that it is a web address; whether WhatsApp can open or fetch it is unknown.
pub(crate) fn address(what: &str, url: &str) -> Option<String> {
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
                .is_some_and(|what| what.contains("1,025 characters, and the limit is 1,024"))
        );
        assert!(ask(" ".to_owned()).violation().is_some_and(|what| what.contains("empty")));
    }

    fn option(payload: &str, title: &str) -> ReplyOption {
        ReplyOption { payload: payload.into(), title: title.into(), ..ReplyOption::default() }
    }

    fn buttons(body: &str, buttons: Vec<ReplyOption>) -> InteractiveMessage {
        InteractiveMessage::Buttons { body: body.into(), buttons }
    }

    fn list(body: &str, open: &str, rows: Vec<ReplyOption>) -> InteractiveMessage {
        InteractiveMessage::List { body: body.into(), open: open.into(), rows }
    }

    fn link(body: &str, label: &str, url: &str) -> InteractiveMessage {
        InteractiveMessage::LinkButton { body: body.into(), label: label.into(), url: url.into() }
    }

    #[test]
    fn every_kind_has_its_name_its_body_and_its_limit() {
        let table = [
            (buttons("Body", vec![]), "buttons", 1_024),
            (list("Body", "", vec![]), "list", 4_096),
            (link("Body", "", ""), "link_button", 1_024),
            (InteractiveMessage::LocationRequest { body: "Body".into() }, "location_request", 1_024),
        ];
        for (message, kind, limit) in table {
            assert_eq!((message.kind(), message.body(), message.body_limit()), (kind, "Body", limit));
        }
    }

    #[test]
    fn a_message_at_its_limits_is_accepted_and_one_beyond_is_not() {
        let text = |length: usize| "é".repeat(length);
        let many = |count: usize| (0..count).map(|n| option(&n.to_string(), &n.to_string())).collect::<Vec<_>>();
        let row = |description: usize| ReplyOption { description: text(description), ..option("a", "A") };
        let below = |section: &str, payload: &str| ReplyOption { section: section.into(), ..option(payload, "A") };
        let headed = |length: usize| vec![below(&text(length), "a"), below("Other", "b")];
        let web = "https://a.example";
        let (yes, row_of) =
            (|| vec![option("a", "A")], |title: usize, payload: usize| vec![option(&text(payload), &text(title))]);
        // accepted, then refused with these words
        let table = [
            (buttons(&text(1_024), yes()), buttons(&text(1_025), yes()), "the text has 1,025 characters"),
            (buttons("B", many(3)), buttons("B", many(4)), "it has 4 buttons, and 1 to 3 are allowed"),
            (buttons("B", yes()), buttons("B", vec![]), "it has 0 buttons"),
            (buttons("B", row_of(20, 1)), buttons("B", row_of(21, 1)), "the button title has 21"),
            (buttons("B", row_of(1, 256)), buttons("B", row_of(1, 257)), "the button payload has 257"),
            (buttons("B", yes()), buttons("B", vec![option("a", " ")]), "the button title is empty"),
            (list(&text(4_096), "O", yes()), list(&text(4_097), "O", yes()), "the text has 4,097"),
            (list("B", &text(20), yes()), list("B", &text(21), yes()), "the list button has 21"),
            (list("B", "O", yes()), list("B", " ", yes()), "the list button is empty"),
            (list("B", "O", many(10)), list("B", "O", many(11)), "it has 11 rows, and 1 to 10 are allowed"),
            (list("B", "O", row_of(24, 1)), list("B", "O", row_of(25, 1)), "the row title has 25"),
            (list("B", "O", row_of(1, 200)), list("B", "O", row_of(1, 201)), "the row payload has 201"),
            (list("B", "O", vec![row(72)]), list("B", "O", vec![row(73)]), "the row description has 73"),
            (list("B", "O", headed(24)), list("B", "O", headed(25)), "the section title has 25"),
            (list("B", "O", headed(1)), list("B", "O", headed(0)), "a section has no title"),
            (link("B", &text(20), web), link("B", &text(21), web), "the link label has 21"),
            (link("B", "L", "http://a"), link("B", "L", "https:///a"), "the link address isn't a web address"),
            (link("B", "L", web), link("B", "L", "https://a b"), "the link address isn't a web address"),
            (link("B", "L", web), link("B", "L", "a.example"), "the link address isn't a web address"),
        ];
        for (accepted, refused, words) in table {
            assert_eq!(accepted.violation(), None);
            let violation = refused.violation().unwrap_or_default();
            assert!(violation.starts_with(words), "{violation} starts with {words}");
        }
    }

    #[test]
    fn rows_with_the_same_heading_stand_together() {
        let row = |section: &str| ReplyOption { section: section.into(), ..ReplyOption::default() };
        let count = |rows: &[ReplyOption]| -> Vec<(String, usize)> {
            sections(rows).map(|(title, rows)| (title.to_owned(), rows.len())).collect()
        };
        assert_eq!(count(&[]), []);
        assert_eq!(count(&[row(""), row("")]), [(String::new(), 2)]);
        assert_eq!(count(&[row("A"), row("A"), row("B")]), [("A".to_owned(), 2), ("B".to_owned(), 1)]);
    }
}
