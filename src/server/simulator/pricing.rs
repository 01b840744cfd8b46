//! What Meta charges for a message, as the statuses tell it.
//!
//! Nothing costs within 72 hours of an answer to a customer who came from an ad, nor does a utility template while the
//! customer's window is open. Since October 2026 Meta charges for free-form messages inside the window, too. That 1,000 of
//! a number are free each month no status says, so they are not counted here.

use serde_json::{Value, json};

use super::{statuses::SentStatus, thread::Phone};

/// How long after a customer came from an ad an answer makes everything free.
pub(super) const ANSWER_MS: i64 = 24 * 60 * 60 * 1000;
/// For how long everything is free then.
pub(super) const FREE_ENTRY_MS: i64 = 72 * 60 * 60 * 1000;

/// The time in which a customer who came from an ad costs nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FreeEntry {
    /// Meta's id of the conversation.
    pub(super) id: String,
    /// Until when (epoch ms).
    pub(super) until: i64,
}

/// The price of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Price {
    category: String,
    kind: PriceKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum PriceKind {
    Regular,
    FreeCustomerService,
    FreeEntryPoint(FreeEntry),
}

impl Price {
    /// Of a message of this category to this phone at `now`.
    pub(super) fn of(category: String, phone: &Phone, now: i64) -> Self {
        let kind = match &phone.free_entry {
            Some(entry) if now < entry.until => PriceKind::FreeEntryPoint(entry.clone()),
            Some(_) | None if category == "utility" && phone.window_open(now) => PriceKind::FreeCustomerService,
            Some(_) | None => PriceKind::Regular,
        };
        Self { category, kind }
    }

    /// The object `pricing` of a status.
    pub(super) fn pricing(&self) -> Value {
        let kind = match self.kind {
            PriceKind::Regular => "regular",
            PriceKind::FreeCustomerService => "free_customer_service",
            PriceKind::FreeEntryPoint(_) => "free_entry_point",
        };
        let billable = self.kind == PriceKind::Regular;
        json!({"billable": billable, "pricing_model": "PMP", "type": kind, "category": self.category})
    }

    /// The object `conversation` of a status. Since version 24 only conversations that came from an ad have one.
    pub(super) fn conversation(&self, status: SentStatus) -> Option<Value> {
        let PriceKind::FreeEntryPoint(entry) = &self.kind else { return None };
        let mut conversation = json!({"id": entry.id, "origin": {"type": "referral_conversion"}});
        if status == SentStatus::Sent {
            conversation["expiration_timestamp"] = (entry.until / 1000).to_string().into();
        }
        Some(conversation)
    }
}
