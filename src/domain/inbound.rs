//! What Meta told us, as plain values: the reading of one webhook body, before anything is done about it.
//!
//! Items that are no messages have no id of Meta's. They carry a `mark` instead, a print of what they say and when, by
//! which the same news is known when it comes again.
//!
//! Meta's shapes never come here (they end in `server/webhook/read.rs`), nor does anything of ours but [`Content`]: no
//! tenant, no customer record, no decision. To add a kind of news: a struct and an [`UpdateBody`] variant here, its
//! reading in `server/webhook/read.rs`, a row in that file's tables.

use super::{
    event::NewIdentity,
    ids::Wamid,
    message::{Author, Content, Delivery, Forwarded, Product, Referral},
    time::Timestamp,
};

/// Meta's id of a business number: what a channel is found by. Opaque.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumberId(pub String);

/// Meta's id of a WhatsApp business account. One has many numbers, so it finds a tenant, not a channel. Opaque.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WabaId(pub String);

/// Everything one webhook body said, in the order it said it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    pub updates: Vec<Update>,
    pub faults: Vec<Fault>,
}

/// One item that could not be understood. It costs nobody else anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// JSON pointer into the body (RFC 6901): `/entry/0/changes/0/value/messages/2`.
    pub path: String,
    pub why: String,
    /// The item as JSON text, without NUL, so that it can be kept and read again after a repair.
    pub raw: String,
}

/// One piece of news and where it belongs.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    /// JSON pointer of the item in the body, for the day its projection fails.
    pub path: String,
    pub waba: Option<WabaId>,
    /// `None` for news about the account; then `display_phone` may narrow it down.
    pub channel: Option<PhoneNumberId>,
    /// The business number in digits. Meta spells it differently from payload to payload: a hint, never a key.
    pub display_phone: Option<String>,
    pub body: UpdateBody,
}

#[derive(Clone, Debug, PartialEq)]
pub enum UpdateBody {
    Message(Box<Incoming>),
    Status(Box<StatusNews>),
    Echo(Box<Echo>),
    IdentityChanged(Box<IdentityChange>),
    Handover(Box<Handover>),
    Preference(Box<Preference>),
    CallReceived(Box<CallReceived>),
    ChannelAlert(ChannelAlert),
    IgnoredEvent(IgnoredEvent),
}

impl UpdateBody {
    /// A stable name, for logs and counters.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Message(_) => "message",
            Self::Status(_) => "status",
            Self::Echo(_) => "echo",
            Self::IdentityChanged(_) => "identity_changed",
            Self::Handover(_) => "handover",
            Self::Preference(_) => "preference",
            Self::CallReceived(_) => "called",
            Self::ChannelAlert(_) => "trouble",
            Self::IgnoredEvent(_) => "foreign",
        }
    }
}

/// Who a customer is, as far as Meta says. Either id may be missing; `user_id` is the lasting one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Business-scoped user id (`US.1349..`), kept whole.
    pub user_id: Option<String>,
    /// The id shared by linked business portfolios.
    pub parent_user_id: Option<String>,
    /// Digits without `+`. Absent when the customer hides the number behind a username.
    pub wa_id: Option<String>,
    pub name: Option<String>,
    pub username: Option<String>,
}

impl Identity {
    /// Whether there is an id at all: a name alone finds nobody.
    pub fn is_known(&self) -> bool {
        self.user_id.is_some() || self.wa_id.is_some()
    }
}

/// By which road news came, and so what it may set off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// Addressed to us: may be answered.
    #[default]
    Live,
    /// Imported from the number's past: archived, wakes nothing.
    History,
    /// A copy of another responder's traffic: must not be answered.
    Standby,
}

/// A file at Meta's: its id lives 7 days, its address 5 minutes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteMedia {
    pub id: String,
    pub url: Option<String>,
    /// Base64, as Meta sends it.
    pub sha256: Option<String>,
    pub mime: Option<String>,
}

/// Something a customer sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Incoming {
    pub identity: Identity,
    pub wamid: Wamid,
    /// Meta's time; the time of arrival where Meta's could not be read.
    pub at: Timestamp,
    pub content: Content,
    pub media: Option<RemoteMedia>,
    pub quote: Option<Wamid>,
    pub forwarded: Forwarded,
    pub referral: Option<Referral>,
    pub product: Option<Product>,
    /// The group it was written in: an answer to the sender would go to another place.
    pub group: Option<String>,
    pub origin: Origin,
    /// Meta's machine-made summary of what was said before we took the thread over: to be shown, never parsed.
    pub summary: Option<String>,
    /// Why a part of it is missing.
    pub errors: Vec<MetaError>,
}

/// How far a message of ours got.
#[derive(Clone, Debug, PartialEq)]
pub struct StatusNews {
    pub wamid: Wamid,
    /// Sent, Delivered, Read, Played or Failed; other words become [`IgnoredEvent`].
    pub status: Delivery,
    pub at: Timestamp,
    /// What we sent along as `biz_opaque_callback_data`: our own id.
    pub callback: Option<String>,
    /// Only with Failed.
    pub errors: Vec<MetaError>,
    /// Who it was for; unknown for groups.
    pub identity: Identity,
    pub group: Option<String>,
    /// The member of a group that this status is about.
    pub participant: Option<Identity>,
    /// History or Standby: a message that we never sent.
    pub origin: Origin,
}

/// A message the business sent by another way than ours.
#[derive(Clone, Debug, PartialEq)]
pub struct Echo {
    /// The customer it went to. Standby echoes may name only one id.
    pub identity: Identity,
    pub wamid: Wamid,
    pub at: Timestamp,
    pub content: Content,
    pub media: Option<RemoteMedia>,
    pub quote: Option<Wamid>,
    /// [`Author::Phone`] or [`Author::Partner`].
    pub author: Author,
    pub group: Option<String>,
    pub origin: Origin,
}

/// A customer got a new number, a new id or new keys. The customer is found by the `previous` ids; a `new` id that is
/// `None` did not change.
#[derive(Clone, Debug, PartialEq)]
pub struct IdentityChange {
    pub previous_user_id: Option<String>,
    pub new_user_id: Option<String>,
    pub previous_wa_id: Option<String>,
    pub new_wa_id: Option<String>,
    /// The message's id, or the print of what was no message (the withdrawn field `user_id_update`).
    pub mark: Wamid,
    pub at: Timestamp,
    pub what: NewIdentity,
}

/// Meta's own handoff between the responders of a shared number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handover {
    pub identity: Identity,
    pub control: Control,
    pub previous_role: Option<String>,
    pub new_role: Option<String>,
    /// What the responder that acted wrote along.
    pub note: Option<String>,
    pub summary: Option<String>,
    pub at: Timestamp,
    pub mark: Wamid,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// The thread is ours now: answer.
    Passed,
    /// The thread was taken from us: stop.
    Taken,
}

/// A customer's word on marketing messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preference {
    pub identity: Identity,
    /// `marketing_messages`.
    pub category: Option<String>,
    /// `stop`, `resume` or `signup`.
    pub value: String,
    pub at: Timestamp,
    pub mark: Wamid,
}

/// A customer called the business on WhatsApp: as good as a message to the service window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallReceived {
    pub identity: Identity,
    pub at: Timestamp,
    pub mark: Wamid,
}

/// Something is wrong with the number or the account. For admins and operators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelAlert {
    pub field: String,
    pub code: Option<i64>,
    /// Meta's word or title for it.
    pub title: String,
    /// Meta's words for how, never prose: they stand in the log.
    pub details: Option<String>,
    pub mark: Wamid,
}

/// News that changes nothing here: noted and left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IgnoredEvent {
    pub field: String,
    /// One line without personal data: it may be logged.
    pub summary: String,
}

/// One of Meta's errors. Decide on `code` only: titles change and repeat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetaError {
    pub code: Option<i64>,
    pub title: Option<String>,
    pub details: Option<String>,
}
