//! What an agent can make of the text in the composer.
//!
//! To add a kind: a variant with its arms here. The composer, the server function and the service take it from here.

use serde::{Deserialize, Serialize};

use super::{interactive::InteractiveMessage, limits::BODY, outgoing::OutgoingMessage};

/// How an agent's text is sent. Its words are part of `/api/reply`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyKind {
    #[default]
    Text,
    /// The text with a button that sends the customer's place.
    LocationRequest,
}

impl ReplyKind {
    /// What the composer offers beside *Send*, in its order.
    pub const OTHERS: [Self; 1] = [Self::LocationRequest];

    /// The most characters. A longer text than WhatsApp takes goes out as several messages.
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

    /// What is sent when the agent typed nothing; `None` where they have to.
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
