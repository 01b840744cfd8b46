//! What an agent can make of the text in the composer.
//!
//! To add a kind: a variant with its arms here. The composer, the server function and the service take it from here.

use serde::{Deserialize, Serialize};

use super::outgoing::OutgoingMessage;

/// How an agent's text is sent. Its words are part of `/api/reply`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyKind {
    #[default]
    Text,
}

impl ReplyKind {
    /// What the composer offers beside *Send*, in its order.
    pub const OTHERS: [Self; 0] = [];

    /// The most characters. A longer text than WhatsApp takes goes out as several messages.
    pub fn text_limit(self) -> usize {
        match self {
            Self::Text => 20_000,
        }
    }

    /// The button's label.
    pub fn label(self) -> &'static str {
        match self {
            Self::Text => "Send",
        }
    }

    /// The button's icon.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Text => "send",
        }
    }

    /// What is sent when the agent typed nothing; `None` where they have to.
    pub fn default_text(self) -> Option<&'static str> {
        match self {
            Self::Text => None,
        }
    }

    pub fn message(self, text: String) -> OutgoingMessage {
        match self {
            Self::Text => OutgoingMessage::Text { text },
        }
    }
}
