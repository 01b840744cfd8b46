//! Webhook bodies as Meta sends them, and their signatures.

use handoff::domain::time::Timestamp;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::app::{NUMBER, WABA};

/// `sha256=<hex>` over the raw bytes.
pub fn signature(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key length");
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

/// One change of field `messages` with this `value`; product and metadata are filled in.
pub fn envelope(value: Value) -> Value {
    envelope_of("messages", value)
}

pub fn envelope_of(field: &str, mut value: Value) -> Value {
    value["messaging_product"] = json!("whatsapp");
    value["metadata"] = json!({"display_phone_number": "15550100000", "phone_number_id": NUMBER});
    json!({"object": "whatsapp_business_account", "entry": [{"id": WABA, "changes": [{"field": field, "value": value}]}]})
}

/// The contact of a customer with a known phone and user id.
pub fn contact(phone: &str) -> Value {
    json!({"profile": {"name": "Maria Costa"}, "wa_id": phone, "user_id": format!("DE.{phone}")})
}

/// A customer's message. `body` contains `type` and the object with that name.
pub fn message(phone: &str, wamid: &str, at: Timestamp, mut body: Value) -> Value {
    body["from"] = json!(phone);
    body["from_user_id"] = json!(format!("DE.{phone}"));
    body["id"] = json!(wamid);
    body["timestamp"] = json!((at.0 / 1_000).to_string());
    envelope(json!({"contacts": [contact(phone)], "messages": [body]}))
}

pub fn text(phone: &str, wamid: &str, at: Timestamp, words: &str) -> Value {
    message(phone, wamid, at, json!({"type": "text", "text": {"body": words}}))
}

/// A delivery status of one of our messages.
pub fn status(phone: &str, wamid: &str, at: Timestamp, status: &str) -> Value {
    envelope(json!({"statuses": [{
        "id": wamid, "status": status, "timestamp": (at.0 / 1_000).to_string(),
        "recipient_id": phone, "recipient_user_id": format!("DE.{phone}")
    }]}))
}
