//! What a customer's new identity and choices are called in threads and in the audit log.

use crate::{
    desk::Tone,
    event::{NewIdentity, Wish},
};

/// Describes the change of a customer's identity.
pub(super) fn renamed(what: NewIdentity) -> &'static str {
    match what {
        NewIdentity::Unknown => "The customer's WhatsApp number or identity changed",
        NewIdentity::Number => "The customer has a new phone number",
        NewIdentity::UserId => "WhatsApp gave the customer a new ID. It is the same person.",
        NewIdentity::Keys => {
            "The customer's security code changed. They may have reinstalled WhatsApp or have a new phone."
        }
        NewIdentity::Replaced => "This customer's number now belongs to another WhatsApp user. It may be someone else.",
    }
}

/// A change that may mean another person is shown as a warning.
pub(super) fn tone_of(what: NewIdentity) -> Tone {
    match what {
        NewIdentity::Keys | NewIdentity::Replaced => Tone::Warning,
        NewIdentity::Unknown | NewIdentity::Number | NewIdentity::UserId => Tone::Plain,
    }
}

pub(super) fn wished(wish: Wish) -> &'static str {
    match wish {
        Wish::Stop => "The customer opted out of marketing messages",
        Wish::Resume => "The customer opted back in to marketing messages",
        Wish::Signup => "The customer signed up for marketing messages",
    }
}
