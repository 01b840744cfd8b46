//! The simulated customers: their identities in WhatsApp (number, user id, or both), and the six that every simulator
//! has.

use serde::{Deserialize, Serialize};

/// A customer as the business can see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PhoneUser {
    /// The simulator's id. It stays when number and user id change.
    pub id: String,
    /// The profile's name.
    pub name: String,
    /// The public username, if they have one.
    pub username: Option<String>,
    /// The `wa_id`: digits without `+`. `None` for a person who hides it.
    pub phone: Option<String>,
    /// The business-scoped user id. `None` simulates payloads from before these ids existed.
    pub user_id: Option<String>,
    /// Whether the phone sends `read`.
    pub read_receipts: bool,
}

impl PhoneUser {
    /// The customer's part of message ids.
    pub(super) fn party(&self) -> &str {
        self.phone.as_deref().or(self.user_id.as_deref()).unwrap_or(&self.id)
    }

    /// Whether the business wrote to a number that this simulator did not know. `name` is the number then, and the
    /// profile's name is unknown.
    pub(super) fn is_known_by_number_alone(&self) -> bool {
        self.user_id.is_none() && self.phone.is_some() && self.phone.as_deref() == self.name.strip_prefix('+')
    }
}

/// Which ids a new customer has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityKind {
    /// Number and user id, the usual case since 2026.
    #[default]
    Both,
    /// User id and username only, because the number is hidden.
    HiddenPhone,
    /// Number only, as in webhooks before user ids.
    PhoneOnly,
}

/// The properties of a new customer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewCustomer {
    /// The profile's name.
    pub name: String,
    /// The number in any format. Generated if it is absent and needed.
    #[serde(default)]
    pub phone: Option<String>,
    /// Which ids the business sees.
    #[serde(default)]
    pub identity: IdentityKind,
    /// A fixed user id. Generated if it is absent and needed.
    #[serde(default)]
    pub user_id: Option<String>,
    /// The public username. Derived from the name if the number is hidden.
    #[serde(default)]
    pub username: Option<String>,
}

impl NewCustomer {
    /// A customer with both ids.
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), phone: None, identity: IdentityKind::Both, user_id: None, username: None }
    }
}

/// The six built-in customers. Their ids are fixed, because the demo must have the same customers after a restart of
/// the simulator.
pub(super) fn shipped() -> Vec<PhoneUser> {
    let person = |id: &str, name: &str, phone: Option<&str>, user_id: Option<&str>, username: Option<&str>| PhoneUser {
        id: id.to_owned(),
        name: name.to_owned(),
        username: username.map(str::to_owned),
        phone: phone.map(str::to_owned),
        user_id: user_id.map(str::to_owned),
        read_receipts: true,
    };
    vec![
        person("c1", "Priya Sharma", Some("919876543210"), Some("IN.48120093176620551834"), None),
        person("c2", "Luca Marino", Some("393475550182"), Some("IT.70331845520916620047"), Some("luca.marino")),
        // The number has Brazil's mobile 9, the wa_id does not: 5511987654321 reaches this customer too.
        person("c3", "Maria Costa", Some("551187654321"), Some("BR.11958240377716604298"), None),
        person("c4", "ليلى حداد", Some("962791234567"), Some("JO.62009174835561047722"), None),
        person("c5", "Noor de Vries", None, Some("NL.35518820647190372266"), Some("noor.dv")),
        // A customer whose payloads have no user id.
        person("c6", "Thomas Becker", Some("4915112345678"), None, None),
    ]
}
