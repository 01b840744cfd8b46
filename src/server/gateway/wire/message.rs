//! A message as Meta writes it: a customer's, an echo (the same shape with `to`), or the body of a send request that a
//! standby echo contains. All kinds are in one struct, because `type` may come after the object that it names.

use serde::Deserialize;

use super::{
    event::WireMetaError,
    interactive::{Template, WireInteractive},
    lenient,
};

/// A message of any kind.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WireMessage {
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub from: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub from_user_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub from_parent_user_id: Option<String>,
    /// In echoes only: the customer.
    #[serde(deserialize_with = "lenient::text")]
    pub to: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub to_user_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub to_parent_user_id: Option<String>,
    /// In send requests only: the customer's user id, in place of `to`.
    #[serde(deserialize_with = "lenient::text")]
    pub recipient: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub recipient_type: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub group_id: Option<String>,
    #[serde(deserialize_with = "lenient::int")]
    pub timestamp: Option<i64>,
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    #[serde(deserialize_with = "lenient::part")]
    pub context: Option<WireContext>,
    #[serde(deserialize_with = "lenient::part")]
    pub referral: Option<WireReferral>,
    #[serde(deserialize_with = "lenient::list")]
    pub errors: Vec<WireMetaError>,
    #[serde(deserialize_with = "lenient::part")]
    pub text: Option<WireText>,
    #[serde(deserialize_with = "lenient::part")]
    pub image: Option<WireMedia>,
    #[serde(deserialize_with = "lenient::part")]
    pub video: Option<WireMedia>,
    #[serde(deserialize_with = "lenient::part")]
    pub audio: Option<WireMedia>,
    /// Only in the former On-Premises API.
    #[serde(deserialize_with = "lenient::part")]
    pub voice: Option<WireMedia>,
    #[serde(deserialize_with = "lenient::part")]
    pub document: Option<WireMedia>,
    #[serde(deserialize_with = "lenient::part")]
    pub sticker: Option<WireMedia>,
    #[serde(deserialize_with = "lenient::part")]
    pub location: Option<Location>,
    #[serde(deserialize_with = "lenient::list")]
    pub contacts: Vec<Card>,
    #[serde(deserialize_with = "lenient::part")]
    pub interactive: Option<WireInteractive>,
    #[serde(deserialize_with = "lenient::part")]
    pub button: Option<WireButton>,
    #[serde(deserialize_with = "lenient::part")]
    pub reaction: Option<WireReaction>,
    #[serde(deserialize_with = "lenient::part")]
    pub order: Option<Order>,
    #[serde(deserialize_with = "lenient::part")]
    pub system: Option<System>,
    #[serde(deserialize_with = "lenient::part")]
    pub unsupported: Option<Unsupported>,
    #[serde(deserialize_with = "lenient::part")]
    pub edit: Option<Edit>,
    #[serde(deserialize_with = "lenient::part")]
    pub revoke: Option<Revoke>,
    #[serde(deserialize_with = "lenient::part")]
    pub template: Option<Template>,
    /// In imported history only.
    #[serde(deserialize_with = "lenient::part")]
    pub history_context: Option<HistoryContext>,
}

/// How far an imported message got before the import.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct HistoryContext {
    #[serde(deserialize_with = "lenient::text")]
    pub status: Option<String>,
}

/// The message that this one refers to. A forwarded message has neither id.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WireContext {
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// The same id, as send requests name it.
    #[serde(deserialize_with = "lenient::text")]
    pub message_id: Option<String>,
    #[serde(deserialize_with = "lenient::flag")]
    pub forwarded: bool,
    #[serde(deserialize_with = "lenient::flag")]
    pub frequently_forwarded: bool,
    /// Present if the customer asks about a product of the catalogue.
    #[serde(deserialize_with = "lenient::part")]
    pub referred_product: Option<ReferredProduct>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ReferredProduct {
    #[serde(deserialize_with = "lenient::text")]
    pub catalog_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub product_retailer_id: Option<String>,
}

/// The ad or post from which the customer came.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WireReferral {
    #[serde(deserialize_with = "lenient::text")]
    pub source_type: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub source_url: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub headline: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub body: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WireText {
    #[serde(deserialize_with = "lenient::text")]
    pub body: Option<String>,
}

/// A file of any kind. `link` is in send requests only.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WireMedia {
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub mime_type: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub sha256: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub url: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub caption: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub filename: Option<String>,
    #[serde(deserialize_with = "lenient::flag")]
    pub voice: bool,
    #[serde(deserialize_with = "lenient::flag")]
    pub animated: bool,
}

/// A coordinate of 0.0 is valid; an absent one is not.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Location {
    #[serde(deserialize_with = "lenient::float")]
    pub latitude: Option<f64>,
    #[serde(deserialize_with = "lenient::float")]
    pub longitude: Option<f64>,
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub address: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub url: Option<String>,
}

/// A contact card.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Card {
    #[serde(deserialize_with = "lenient::part")]
    pub name: Option<CardName>,
    #[serde(deserialize_with = "lenient::list")]
    pub phones: Vec<CardPhone>,
    #[serde(deserialize_with = "lenient::list")]
    pub emails: Vec<CardEmail>,
    #[serde(deserialize_with = "lenient::part")]
    pub org: Option<CardOrg>,
    #[serde(deserialize_with = "lenient::list")]
    pub addresses: Vec<CardAddress>,
    #[serde(deserialize_with = "lenient::list")]
    pub urls: Vec<CardUrl>,
    #[serde(deserialize_with = "lenient::text")]
    pub birthday: Option<String>,
    /// `contact_request` if the card answers our request for the phone number.
    #[serde(deserialize_with = "lenient::text")]
    pub origin: Option<String>,
    /// The card as text (RFC 6350). It may hold what the other fields leave out.
    #[serde(deserialize_with = "lenient::text")]
    pub vcard: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct CardName {
    #[serde(deserialize_with = "lenient::text")]
    pub formatted_name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub first_name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub last_name: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct CardPhone {
    #[serde(deserialize_with = "lenient::text")]
    pub phone: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub wa_id: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct CardEmail {
    #[serde(deserialize_with = "lenient::text")]
    pub email: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct CardOrg {
    #[serde(deserialize_with = "lenient::text")]
    pub company: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub department: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub title: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct CardAddress {
    #[serde(deserialize_with = "lenient::text")]
    pub street: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub city: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub state: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub zip: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub country: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct CardUrl {
    #[serde(deserialize_with = "lenient::text")]
    pub url: Option<String>,
}

/// A tap on a template's quick reply.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WireButton {
    #[serde(deserialize_with = "lenient::text")]
    pub payload: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub text: Option<String>,
}

/// Without an emoji, the reaction is removed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WireReaction {
    #[serde(deserialize_with = "lenient::text")]
    pub message_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub emoji: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Order {
    #[serde(deserialize_with = "lenient::text")]
    pub catalog_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub text: Option<String>,
    #[serde(deserialize_with = "lenient::list")]
    pub product_items: Vec<WireOrderItem>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WireOrderItem {
    #[serde(deserialize_with = "lenient::text")]
    pub product_retailer_id: Option<String>,
    #[serde(deserialize_with = "lenient::int")]
    pub quantity: Option<i64>,
    #[serde(deserialize_with = "lenient::float")]
    pub item_price: Option<f64>,
    #[serde(deserialize_with = "lenient::text")]
    pub currency: Option<String>,
}

/// A change of the sender. `new_wa_id` and `identity` come from the older API.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct System {
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub body: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub wa_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub new_wa_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub user_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub previous_user_id: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Unsupported {
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub raw_type: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Edit {
    #[serde(deserialize_with = "lenient::text")]
    pub original_message_id: Option<String>,
    #[serde(deserialize_with = "lenient::part")]
    pub message: Option<Box<WireMessage>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Revoke {
    #[serde(deserialize_with = "lenient::text")]
    pub original_message_id: Option<String>,
}
