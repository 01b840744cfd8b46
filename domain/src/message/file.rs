//! The files of outgoing messages: their kinds, and where they come from.

use serde::{Deserialize, Serialize};

use crate::{ids::MediaId, variant_names::variant_names};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    Image,
    Video,
    Audio,
    Document,
    Sticker,
    /// Sound that phones show as spoken into the chat: Opus in Ogg.
    Voice,
}

variant_names!(FileKind {
    Image => "image",
    Video => "video",
    Audio => "audio",
    Document => "document",
    Sticker => "sticker",
    Voice => "voice",
});

/// Where the file of a message comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileSource {
    /// WhatsApp fetches it from this address.
    Link(String),
    /// An agent uploaded it to us, and we upload it to WhatsApp.
    Uploaded(MediaId),
}

impl FileSource {
    /// The address or our id.
    pub fn name(&self) -> &str {
        match self {
            Self::Link(link) => link,
            Self::Uploaded(id) => id.as_str(),
        }
    }
}
