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
