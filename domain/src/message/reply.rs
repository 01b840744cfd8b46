//! How the text of a reply is sent. What agents fill in a form for is in `composed`.

use serde::{Deserialize, Serialize};

use super::{interactive::InteractiveMessage, limits::BODY, outgoing::OutgoingMessage};

/// How an agent's text is sent. Its names are part of `/api/reply`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyKind {
    #[default]
    Text,
    /// The text with a button that sends the customer's location. Pages sent it before it had a form
    /// (`composed::ComposedKind::LocationRequest`), and one that is still open may.
    LocationRequest,
}

impl ReplyKind {
    /// The longest text, in characters. A text longer than WhatsApp's limit is sent as several messages.
    pub fn text_limit(self) -> usize {
        match self {
            Self::Text => 20_000,
            Self::LocationRequest => BODY,
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
    fn every_kind_of_reply_has_its_limit_and_its_message() {
        assert_eq!(ReplyKind::Text.text_limit(), 20_000);
        assert_eq!(ReplyKind::Text.message("hi".into()), OutgoingMessage::text("hi"));
        assert_eq!(ReplyKind::LocationRequest.text_limit(), 1_024);
        let request = InteractiveMessage::LocationRequest { body: "Where?".into() };
        assert_eq!(ReplyKind::LocationRequest.message("Where?".into()), OutgoingMessage::Interactive(request));
    }
}
