//! Message templates: texts with placeholders that WhatsApp has approved, the only messages that reach a customer whose
//! 24-hour window is closed.
//!
//! A template is read from WhatsApp and never edited here. `field` derives what a person fills in, so that no parameter can
//! be forgotten; `fill` checks the values and makes the message; `preview` draws it; `prefill` fills in what is known (`value_source`);
//! `rank` which is offered first,
//! `refusal` says why one cannot be sent, `pacing` why one that was sent waits, `held` when one that was held back
//! goes again, `resend` whether one that failed may be sent
//! again. To add a component: its variant here, its fields, its arm in `fill`, `preview` and `resend`, its request in
//! `server/gateway/wire/template_request.rs` and its reading in `server/gateway/wire/template_list.rs`.

pub mod field;
pub mod fill;
pub mod held;
pub mod message;
pub mod pacing;
mod placeholder;
mod prefill;
pub mod preview;
pub mod rank;
pub mod refusal;
mod resend;
pub mod value_source;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::field::FieldKey;
use super::{message::file::FileKind, prices::PriceCategory, variant_names::variant_names};

/// The longest texts with their values filled in, in characters (Meta).
pub const BODY_LIMIT: usize = 1_024;
pub const HEADER_LIMIT: usize = 60;
/// The longest coupon code, in characters (Meta).
pub const CODE_LIMIT: usize = 15;
/// The longest web address, in characters (Meta).
pub const URL_LIMIT: usize = 2_000;

/// A template in one language, as WhatsApp last reported it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageTemplate {
    /// Lower case with underscores, the same in every language.
    pub name: String,
    /// As WhatsApp writes it in sends: `en_US`.
    pub language: String,
    pub category: TemplateCategory,
    pub status: TemplateStatus,
    pub quality: TemplateQuality,
    pub definition: TemplateDefinition,
}

/// The components of a template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TemplateDefinition {
    pub header: Option<TemplateHeader>,
    /// With placeholders: `{{1}}` or `{{first_name}}`.
    pub body: String,
    pub footer: Option<String>,
    pub buttons: Vec<TemplateButton>,
    /// The cards of a carousel.
    pub cards: Vec<TemplateCard>,
    pub placeholders: PlaceholderStyle,
    /// The values that WhatsApp was shown for its approval.
    pub examples: BTreeMap<FieldKey, String>,
    /// The first component that Handoff cannot fill in, by WhatsApp's name.
    pub unsupported: Option<String>,
}

/// How placeholders are named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceholderStyle {
    /// `{{1}}`: the order of the parameters counts.
    #[default]
    Positional,
    /// `{{first_name}}`: every parameter is sent with its name.
    Named,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateHeader {
    /// With at most one placeholder.
    Text {
        text: String,
    },
    /// A photo, a video or a document.
    File {
        file: FileKind,
    },
    Location,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateButton {
    /// A tap sends the text to us.
    QuickReply {
        text: String,
    },
    /// Opens an address. If it ends in a placeholder, the end is filled in.
    Url {
        text: String,
        url: String,
    },
    Phone {
        text: String,
        number: String,
    },
    /// Copies a code.
    CopyCode {
        text: String,
    },
    /// Opens a form (WhatsApp Flow).
    Flow {
        text: String,
    },
    /// A kind without parameters that Handoff only draws.
    Other {
        text: String,
    },
}

impl TemplateButton {
    pub fn text(&self) -> &str {
        match self {
            Self::QuickReply { text }
            | Self::Url { text, .. }
            | Self::Phone { text, .. }
            | Self::CopyCode { text }
            | Self::Flow { text }
            | Self::Other { text } => text,
        }
    }
}

/// A card of a carousel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateCard {
    /// A photo or a video.
    pub file: FileKind,
    pub body: String,
    pub buttons: Vec<TemplateButton>,
}

/// What a template is for, which decides about its price and to whom it may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateCategory {
    Marketing,
    Utility,
    Authentication,
    /// One that Handoff does not know.
    Other,
}

variant_names!(TemplateCategory {
    Marketing => "marketing",
    Utility => "utility",
    Authentication => "authentication",
    Other => "other",
});

impl TemplateCategory {
    /// From WhatsApp's name, in any case.
    pub fn from_meta(name: &str) -> Self {
        name.trim().to_ascii_lowercase().parse().unwrap_or(Self::Other)
    }

    /// What WhatsApp charges for. `None`: nobody knows.
    pub fn priced(self) -> Option<PriceCategory> {
        match self {
            Self::Marketing => Some(PriceCategory::Marketing),
            Self::Utility => Some(PriceCategory::Utility),
            Self::Authentication => Some(PriceCategory::Authentication),
            Self::Other => None,
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Marketing => "Marketing",
            Self::Utility => "Utility",
            Self::Authentication => "Authentication",
            Self::Other => "Other",
        }
    }
}

/// Where a template is in WhatsApp's review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateStatus {
    Approved,
    Pending,
    Rejected,
    Paused,
    Disabled,
    InAppeal,
    PendingDeletion,
    Archived,
    LimitExceeded,
    /// One that Handoff does not know.
    Other,
}

variant_names!(TemplateStatus {
    Approved => "approved",
    Pending => "pending",
    Rejected => "rejected",
    Paused => "paused",
    Disabled => "disabled",
    InAppeal => "in_appeal",
    PendingDeletion => "pending_deletion",
    Archived => "archived",
    LimitExceeded => "limit_exceeded",
    Other => "other",
});

impl TemplateStatus {
    /// From WhatsApp's name, in any case.
    pub fn from_meta(name: &str) -> Self {
        name.trim().to_ascii_lowercase().parse().unwrap_or(Self::Other)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Approved => "Approved",
            Self::Pending => "In review",
            Self::Rejected => "Rejected",
            Self::Paused => "Paused",
            Self::Disabled => "Disabled",
            Self::InAppeal => "In appeal",
            Self::PendingDeletion => "Being deleted",
            Self::Archived => "Archived",
            Self::LimitExceeded => "Over the limit",
            Self::Other => "Not available",
        }
    }
}

/// How customers react to a template, as WhatsApp rates it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateQuality {
    High,
    Medium,
    Low,
    /// Not rated yet.
    #[default]
    Unknown,
}

variant_names!(TemplateQuality {
    High => "high",
    Medium => "medium",
    Low => "low",
    Unknown => "unknown",
});

impl TemplateQuality {
    /// From WhatsApp's color, in any case.
    pub fn from_meta(color: &str) -> Self {
        match color.trim().to_ascii_lowercase().as_str() {
            "green" => Self::High,
            "yellow" => Self::Medium,
            "red" => Self::Low,
            _ => Self::Unknown,
        }
    }

    /// `None` if there is nothing to say.
    pub fn label(self) -> Option<&'static str> {
        match self {
            Self::High => Some("High quality"),
            Self::Medium => Some("Medium quality"),
            Self::Low => Some("Low quality"),
            Self::Unknown => None,
        }
    }
}
