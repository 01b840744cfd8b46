//! The content of one webhook body as plain values, after parsing and before anything is done about it.
//!
//! Items that are not messages have no id from Meta. They carry a `mark` instead, a hash of their content and time,
//! which identifies a repeated delivery of the same item.
//!
//! Meta's wire types do not occur here (they end in `server/webhook/read.rs`), and of our own types only [`Content`]:
//! no tenant, no customer record, no decision. To add a kind of update: a struct and an [`UpdateBody`] variant here,
//! its parsing in `server/webhook/read.rs`, and a row in the tables of its tests.

use super::{
    event::NewIdentity,
    ids::Wamid,
    message::{Author, CUT, Content, Delivery, Forwarded, Product, Referral},
    pricing::Pricing,
    template::TemplateStatus,
    time::Timestamp,
};

/// Meta's id of a business number, which identifies a channel. Opaque.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumberId(pub String);

/// Meta's id of a WhatsApp business account. An account has many numbers, so it identifies a tenant, not a channel.
/// Opaque.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WabaId(pub String);

/// All items of one webhook body, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    pub updates: Vec<Update>,
    pub faults: Vec<ReadFault>,
}

/// An item that could not be parsed. The other items of the body are not affected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadFault {
    /// JSON pointer into the body (RFC 6901): `/entry/0/changes/0/value/messages/2`.
    pub path: String,
    pub why: String,
    /// The item as JSON text, without NUL bytes, so that it can be stored and parsed again after a fix.
    pub raw: String,
}

/// One update and the channel it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    /// JSON pointer of the item in the body, used if its projection fails.
    pub path: String,
    pub waba: Option<WabaId>,
    /// `None` for updates about the account; then `display_phone` may identify the number.
    pub channel: Option<PhoneNumberId>,
    /// The business number in digits. Meta formats it differently from payload to payload, so it is a hint, never a
    /// key.
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
    /// A template of the account was reviewed, changed, rated or paused. What is known of its templates is out of date.
    TemplatesChanged(TemplateNews),
    IgnoredEvent(IgnoredEvent),
}

impl UpdateBody {
    /// A stable name, used in logs and counters.
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
            Self::TemplatesChanged(_) => "templates_changed",
            Self::IgnoredEvent(_) => "foreign",
        }
    }
}

/// A customer's identity as given by Meta. Either id may be missing; `user_id` is the permanent one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Business-scoped user id (`US.1349..`), stored unchanged.
    pub user_id: Option<String>,
    /// The id shared by linked business portfolios.
    pub parent_user_id: Option<String>,
    /// Digits without `+`. Missing if the customer hides the number behind a username.
    pub wa_id: Option<String>,
    pub name: Option<String>,
    pub username: Option<String>,
}

impl Identity {
    /// Whether there is an id: a name alone cannot identify a customer.
    pub fn is_known(&self) -> bool {
        self.user_id.is_some() || self.wa_id.is_some()
    }
}

/// How an update reached us, which decides what it may trigger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InboundOrigin {
    /// Addressed to us: may be answered.
    #[default]
    Live,
    /// Imported from the number's history: stored, triggers nothing.
    History,
    /// A copy of another responder's traffic: must not be answered.
    Standby,
}

/// A file on Meta's servers: its id is valid for 7 days, its address for 5 minutes.
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
    /// Meta's time, or the time of arrival if Meta's is unreadable.
    pub at: Timestamp,
    pub content: Content,
    pub media: Option<RemoteMedia>,
    pub quote: Option<Wamid>,
    pub forwarded: Forwarded,
    pub referral: Option<Referral>,
    pub product: Option<Product>,
    /// The group it was written in. A reply to the sender would not reach the group.
    pub group: Option<String>,
    pub origin: InboundOrigin,
    /// Meta's generated summary of the conversation before the thread was passed to us: display only, never parse it.
    pub summary: Option<String>,
    /// Why a part of the message is missing.
    pub errors: Vec<MetaError>,
}

/// A delivery status of one of our messages.
#[derive(Clone, Debug, PartialEq)]
pub struct StatusNews {
    pub wamid: Wamid,
    /// Sent, Delivered, Read, Played or Failed; other statuses become [`IgnoredEvent`].
    pub status: Delivery,
    pub at: Timestamp,
    /// Our own id, which we sent as `biz_opaque_callback_data`.
    pub callback: Option<String>,
    /// Only for Failed.
    pub errors: Vec<MetaError>,
    /// On sent, and on one of delivered and read.
    pub pricing: Option<Pricing>,
    /// The recipient; unknown for groups.
    pub identity: Identity,
    pub group: Option<String>,
    /// The member of a group that this status is about.
    pub participant: Option<Identity>,
    /// With History or Standby, the message was not sent by us.
    pub origin: InboundOrigin,
}

/// A message that the business sent outside of Handoff.
#[derive(Clone, Debug, PartialEq)]
pub struct Echo {
    /// The customer who received it. Standby echoes may contain only one id.
    pub identity: Identity,
    pub wamid: Wamid,
    pub at: Timestamp,
    pub content: Content,
    pub media: Option<RemoteMedia>,
    pub quote: Option<Wamid>,
    /// [`Author::Phone`] or [`Author::Partner`].
    pub author: Author,
    pub group: Option<String>,
    pub origin: InboundOrigin,
    /// How far the message got, if an import says so. Statuses of live messages come by themselves.
    pub delivery: Option<Delivery>,
}

/// A customer got a new number, a new id or new keys. The `previous` ids identify the customer; a `new` id that is
/// `None` did not change.
#[derive(Clone, Debug, PartialEq)]
pub struct IdentityChange {
    pub previous_user_id: Option<String>,
    pub new_user_id: Option<String>,
    pub previous_wa_id: Option<String>,
    pub new_wa_id: Option<String>,
    /// The message's id, or a hash for an update that was not a message (the withdrawn field `user_id_update`).
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
    /// The note of the responder that acted.
    pub note: Option<String>,
    pub summary: Option<String>,
    pub at: Timestamp,
    pub mark: Wamid,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// We own the thread now and may answer.
    Passed,
    /// The thread was taken from us: stop answering.
    Taken,
}

/// A customer's choice about marketing messages.
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

/// A customer called the business on WhatsApp, which opens the service window like a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallReceived {
    pub identity: Identity,
    pub at: Timestamp,
    pub mark: Wamid,
}

/// A problem with the number or the account, for admins and operators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelAlert {
    pub field: String,
    pub code: Option<i64>,
    /// Meta's name or title of the problem.
    pub title: String,
    /// Meta's details, without free text, because they are stored in the log.
    pub details: Option<String>,
    pub mark: Wamid,
}

/// An update that has no effect here: it is only counted and logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IgnoredEvent {
    pub field: String,
    /// One line without personal data, so it may be logged.
    pub summary: String,
}

/// What Meta says about one template. Its components are not in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateNews {
    pub name: String,
    /// As WhatsApp writes it in sends.
    pub language: String,
    pub change: TemplateChange,
    /// For the operator's log.
    pub event: IgnoredEvent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplateChange {
    /// WhatsApp sends it no more.
    Stopped(TemplateStatus),
    /// It may read otherwise, or need other values.
    Components,
    Other,
}

impl TemplateChange {
    /// From the field of the webhook and its event.
    pub fn read(field: &str, event: &str) -> Self {
        if field == "message_template_components_update" {
            return Self::Components;
        }
        let status = match event.to_ascii_uppercase().as_str() {
            "DELETED" => TemplateStatus::PendingDeletion,
            other => TemplateStatus::from_meta(other),
        };
        match status {
            TemplateStatus::Pending
            | TemplateStatus::Rejected
            | TemplateStatus::Paused
            | TemplateStatus::Disabled
            | TemplateStatus::InAppeal
            | TemplateStatus::PendingDeletion
            | TemplateStatus::Archived
            | TemplateStatus::LimitExceeded => Self::Stopped(status),
            // One that is sent again is read first: it may have changed meanwhile.
            TemplateStatus::Approved | TemplateStatus::Other => Self::Other,
        }
    }
}

/// One of Meta's errors. Decide on `code` only: titles change and are not unique.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetaError {
    pub code: Option<i64>,
    pub title: Option<String>,
    pub details: Option<String>,
}

impl MetaError {
    /// Our own remark that a message was cut.
    pub fn cut() -> Self {
        Self { title: Some(CUT.to_owned()), ..Self::default() }
    }

    pub fn is_cut(&self) -> bool {
        *self == Self::cut()
    }
}

#[cfg(test)]
#[path = "inbound_tests.rs"]
mod tests;
