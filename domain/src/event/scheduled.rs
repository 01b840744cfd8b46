//! Messages that wait to be sent, as events name them: what happened to one, and why one asks its author. The names are
//! permanent.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{AgentId, ScheduledId},
    variant_names::variant_names,
};

/// What happened to a message that waits to be sent. Its text is in a content table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduledStep {
    pub scheduled: ScheduledId,
    /// Its author.
    pub agent: AgentId,
    pub act: ScheduledAct,
    /// Why it asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<SendDoubt>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScheduledAct {
    Written,
    /// It was not sent and asks its author what to do.
    Asked,
    /// It went to the outbox.
    Sent,
    /// Its author took it back.
    Cancelled,
}

/// Why a message that waited was not sent and asks its author.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendDoubt {
    /// The customer wrote before its time.
    CustomerWrote,
    /// A colleague, or nobody, has the conversation.
    NotYours,
    WithBot,
    Closed,
    WindowClosed,
    /// WhatsApp has not handed the customer over from another app of the number.
    WithOtherApp,
    /// Its author's account was deactivated.
    AuthorGone,
    /// Its file is no longer there.
    FileGone,
    /// Its template has changed, or cannot go to this customer.
    TemplateRefused,
    /// It could not be sent, whatever was tried.
    Failed,
}

variant_names!(SendDoubt {
    CustomerWrote => "customer_wrote",
    NotYours => "not_yours",
    WithBot => "with_bot",
    Closed => "closed",
    WindowClosed => "window_closed",
    WithOtherApp => "with_other_app",
    AuthorGone => "author_gone",
    FileGone => "file_gone",
    TemplateRefused => "template_refused",
    Failed => "failed",
});
