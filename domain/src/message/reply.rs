//! What an agent can send from the composer.
//!
//! To add a kind: a variant with its arms here. The composer, the server function and the service use it from here.

use serde::{Deserialize, Serialize};

use super::{interactive::InteractiveMessage, limits::BODY, outgoing::OutgoingMessage};

/// How an agent's text is sent. Its names are part of `/api/reply`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyKind {
    #[default]
    Text,
    /// The text with a button that sends the customer's location.
    LocationRequest,
}

impl ReplyKind {
    /// The kinds that the composer offers besides *Send*, in order.
    pub const OTHERS: [Self; 1] = [Self::LocationRequest];

    /// The longest text, in characters. A text longer than WhatsApp's limit is sent as several messages.
    pub fn text_limit(self) -> usize {
        match self {
            Self::Text => 20_000,
            Self::LocationRequest => BODY,
        }
    }

    /// The button's label.
    pub fn label(self) -> &'static str {
        match self {
            Self::Text => "Send",
            Self::LocationRequest => "Ask for location",
        }
    }

    /// The button's icon.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Text => "send",
            Self::LocationRequest => "pin",
        }
    }

    /// The text that is sent if the agent typed nothing; `None` if a text is required.
    pub fn default_text(self) -> Option<&'static str> {
        match self {
            Self::Text => None,
            Self::LocationRequest => Some("Please share your location."),
        }
    }

    pub fn message(self, text: String) -> OutgoingMessage {
        match self {
            Self::Text => OutgoingMessage::Text { text },
            Self::LocationRequest => OutgoingMessage::Interactive(InteractiveMessage::LocationRequest { body: text }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_reply_has_its_texts_its_limit_and_its_message() {
        let text = ReplyKind::Text;
        assert_eq!((text.label(), text.icon(), text.default_text(), text.text_limit()), ("Send", "send", None, 20_000));
        assert_eq!(text.message("hi".into()), OutgoingMessage::text("hi"));
        let location = ReplyKind::LocationRequest;
        let facts = (location.label(), location.icon(), location.default_text(), location.text_limit());
        assert_eq!(facts, ("Ask for location", "pin", Some("Please share your location."), 1_024));
        let request = InteractiveMessage::LocationRequest { body: "Where?".into() };
        assert_eq!(location.message("Where?".into()), OutgoingMessage::Interactive(request));
    }
}
