//! Invented webhook bodies for the parser's tests, one of every kind.

use serde_json::{Value, json};

use super::read::read;
use crate::domain::{
    ids::Wamid,
    inbound::*,
    message::{Attachment, ContactCard, Content, OrderItem},
    time::Timestamp,
};

pub(super) const ARRIVED: Timestamp = Timestamp(1_790_000_000_000);
pub(super) const SENT: &str = "1789990000";
pub(super) const SENT_AT: Timestamp = Timestamp(1_789_990_000_000);

pub(super) fn envelope(field: &str, value: Value) -> Value {
    json!({"object": "whatsapp_business_account", "entry": [{"id": "88001", "changes": [{"field": field,
        "value": value}]}]})
}

pub(super) fn value(parts: Value) -> Value {
    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "+49 30 5550 100", "phone_number_id": "77001"},
        "contacts": [
            {"profile": {"name": "Other"}, "wa_id": "4915550009", "user_id": "DE.900"},
            {"profile": {"name": "Mina", "username": "mina.k"}, "wa_id": "4915550001", "user_id": "DE.100"},
        ],
    });
    merge(&mut value, parts);
    value
}

pub(super) fn merge(into: &mut Value, parts: Value) {
    let (Some(into), Value::Object(parts)) = (into.as_object_mut(), parts) else { return };
    into.extend(parts);
}

pub(super) fn message(parts: Value) -> Value {
    let mut message = json!({"from": "4915550001", "id": "wamid.A1", "timestamp": SENT});
    merge(&mut message, parts);
    message
}

pub(super) fn parse(body: &Value) -> Batch {
    read(body.to_string().as_bytes(), ARRIVED).expect("an envelope")
}

pub(super) fn bodies(field: &str, value: Value) -> Vec<UpdateBody> {
    let batch = parse(&envelope(field, value));
    assert_eq!(batch.faults, []);
    batch.updates.into_iter().map(|update| update.body).collect()
}

pub(super) fn only(field: &str, value: Value) -> UpdateBody {
    let mut bodies = bodies(field, value);
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    bodies.remove(0)
}

pub(super) fn incoming(value: Value) -> Incoming {
    match only("messages", value) {
        UpdateBody::Message(message) => *message,
        other => panic!("a message, not {other:?}"),
    }
}

pub(super) fn one_message(parts: Value) -> Incoming {
    incoming(value(json!({"messages": [message(parts)]})))
}

pub(super) fn text(body: &str) -> Content {
    Content::Text { body: body.to_owned() }
}

pub(super) fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

pub(super) fn file(mime: &str, caption: Option<&str>) -> Attachment {
    Attachment { mime: some(mime), caption: caption.map(str::to_owned), ..Attachment::default() }
}

pub(super) fn unsupported(inner: Option<&str>, code: Option<i64>, details: Option<&str>) -> Content {
    Content::Unsupported { inner: inner.map(str::to_owned), code, details: details.map(str::to_owned) }
}

pub(super) fn kinds() -> Vec<(Value, Content)> {
    let wamid = |id: &str| Wamid(id.to_owned());
    vec![
        (json!({"type": "text", "text": {"body": "Grüße 👋"}}), text("Grüße 👋")),
        (json!({"type": "text", "text": {"body": "a\u{0}b"}}), text("ab")),
        (json!({"text": {"body": "no type"}}), text("no type")),
        (
            json!({"type": "image", "image": {"id": "5001", "mime_type": "image/png", "sha256": "q0==",
                "caption": "Leak"}}),
            Content::Image { media: file("image/png", Some("Leak")) },
        ),
        (
            json!({"type": "video", "video": {"id": 5002, "mime_type": "video/mp4"}}),
            Content::Video { media: file("video/mp4", None) },
        ),
        (
            json!({"type": "audio", "audio": {"id": "5003", "mime_type": "audio/ogg; codecs=opus", "voice": true}}),
            Content::Audio { media: file("audio/ogg; codecs=opus", None), voice: true },
        ),
        (
            json!({"type": "audio", "audio": {"id": "5004", "mime_type": "audio/mpeg"}}),
            Content::Audio { media: file("audio/mpeg", None), voice: false },
        ),
        (
            json!({"type": "document", "document": {"id": "5005", "mime_type": "application/pdf",
                "filename": "../bill.pdf"}}),
            Content::Document { media: file("application/pdf", None), filename: some("../bill.pdf") },
        ),
        (
            json!({"type": "sticker", "sticker": {"id": "5006", "mime_type": "image/webp", "animated": true}}),
            Content::Sticker { media: file("image/webp", None), animated: true },
        ),
        (
            json!({"type": "location", "location": {"latitude": 0.0, "longitude": -3.5, "name": "Buoy"}}),
            Content::Location { latitude: 0.0, longitude: -3.5, name: some("Buoy"), address: None, url: None },
        ),
        (
            json!({"type": "contacts", "contacts": [
                {"name": {"first_name": "Ana", "last_name": "Ruiz"}, "phones": [{"wa_id": "3460000"}],
                    "origin": "contact_request"},
                {"emails": [{"email": "b@example.org"}], "org": {"company": "Bell"}},
            ]}),
            Content::Contacts {
                cards: vec![
                    ContactCard {
                        name: some("Ana Ruiz"),
                        phones: vec!["+3460000".into()],
                        requested: true,
                        ..ContactCard::default()
                    },
                    ContactCard {
                        emails: vec!["b@example.org".into()],
                        organisation: some("Bell"),
                        ..ContactCard::default()
                    },
                ],
            },
        ),
        (
            json!({"type": "contacts", "contacts": [
                {"name": {"formatted_name": " "}, "phones": [{"wa_id": "US.15551234567"}], "vcard": "FN:Bo Li"}]}),
            Content::Contacts { cards: vec![ContactCard { name: some("Bo Li"), ..ContactCard::default() }] },
        ),
        (
            json!({"type": "contacts", "contacts": [{"name": {},
                "vcard": "BEGIN:VCARD\nVERSION:3.0\nFN:Ana Ruiz\nTEL;waid=3460000:+34 600 00\nEND:VCARD"}]}),
            Content::Contacts {
                cards: vec![ContactCard {
                    name: some("Ana Ruiz"),
                    phones: vec!["+34 600 00".into()],
                    ..ContactCard::default()
                }],
            },
        ),
        (
            json!({"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"id": "yes",
                "title": "Yes"}}}),
            Content::ButtonReply { id: "yes".into(), title: "Yes".into() },
        ),
        (
            json!({"type": "interactive", "interactive": {"type": "list_reply", "list_reply": {"id": "r2",
                "title": "Two"}}}),
            Content::ListReply { id: "r2".into(), title: "Two".into(), description: None },
        ),
        (
            json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"name": "flow",
                "response_json": "[1]"}}}),
            Content::FormReply { name: some("flow"), body: None, fields: "[1]".into() },
        ),
        (
            json!({"type": "interactive", "interactive": {"type": "nfm_reply",
                "nfm_reply": {"response_json": {"a": 1}}}}),
            Content::FormReply { name: None, body: None, fields: "{\"a\":1}".into() },
        ),
        (
            json!({"type": "interactive", "interactive": {"type": "call_permission_reply",
                "call_permission_reply": {"response": "accept"}}}),
            Content::CallPermission { answer: some("accept") },
        ),
        (json!({"type": "interactive"}), Content::InteractiveMissing),
        (
            json!({"type": "button", "button": {"payload": "STOP", "text": "Stop"}}),
            Content::TemplateButton { payload: some("STOP"), text: "Stop".into() },
        ),
        (
            json!({"type": "reaction", "reaction": {"message_id": "wamid.Z", "emoji": "🎉"}}),
            Content::Reaction { target: wamid("wamid.Z"), emoji: some("🎉") },
        ),
        (
            json!({"type": "reaction", "reaction": {"message_id": "wamid.Z", "emoji": ""}}),
            Content::Reaction { target: wamid("wamid.Z"), emoji: None },
        ),
        (
            json!({"type": "reaction", "reaction": {"message_id": "wamid.Z"}}),
            Content::Reaction { target: wamid("wamid.Z"), emoji: None },
        ),
        (
            json!({"type": "order", "order": {"catalog_id": "61", "text": "", "product_items": [
                {"product_retailer_id": "TEA", "quantity": "2", "item_price": 4.5, "currency": "EUR"}]}}),
            Content::Order {
                catalog: some("61"),
                text: None,
                items: vec![OrderItem { product: "TEA".into(), quantity: 2, price: 4.5, currency: some("EUR") }],
            },
        ),
        (
            json!({"type": "unsupported", "unsupported": {"type": "poll_creation"}, "errors": [
                {"code": 131051, "title": "Unknown", "error_data": {"details": "A poll"}}]}),
            unsupported(Some("poll_creation"), Some(131_051), Some("A poll")),
        ),
        (
            json!({"type": "unsupported", "unsupported": {"type": "unknown", "raw_type": "unknown"}}),
            unsupported(None, None, None),
        ),
        (
            json!({"type": "unknown", "errors": [{"code": "501", "details": "Old shape", "title": "Unknown"}]}),
            unsupported(None, Some(501), Some("Old shape")),
        ),
        (json!({"type": "hologram", "hologram": {"id": 1}}), unsupported(Some("hologram"), None, None)),
        (json!({"type": "text"}), unsupported(Some("text"), None, None)),
        (
            json!({"type": "image", "errors": [{"code": 131052, "title": "Too large"}]}),
            unsupported(Some("image"), Some(131_052), Some("Too large")),
        ),
        (
            json!({"type": "edit", "edit": {"original_message_id": "wamid.Z", "message": {"type": "text",
                "text": {"body": "new"}}}}),
            Content::Edit { target: wamid("wamid.Z"), content: Box::new(text("new")) },
        ),
        (
            json!({"type": "revoke", "revoke": {"original_message_id": "wamid.Z"}}),
            Content::Revoke { target: wamid("wamid.Z") },
        ),
        (json!({"type": "request_welcome"}), Content::RequestWelcome),
        (
            json!({"type": "system", "system": {"type": "moved_to_mars"}}),
            unsupported(Some("moved_to_mars"), None, None),
        ),
    ]
}

/// All kinds in one body, over all four levels.
pub(super) fn everything() -> Value {
    let messages: Vec<Value> = kinds().into_iter().map(|(parts, _)| message(parts)).collect();
    let (first, second) = messages.split_at(messages.len() / 2);
    let statuses = ["sent", "delivered", "read"]
        .map(|word| json!({"id": "wamid.S", "status": word, "timestamp": SENT, "recipient_id": "4915550001"}));
    json!({"object": "whatsapp_business_account", "entry": [
        {"id": "88001", "changes": [
            {"field": "messages", "value": value(json!({"messages": first, "statuses": statuses}))},
            {"field": "made_up", "value": {"anything": [1, 2]}},
        ]},
        {"id": "88002", "changes": [{"field": "messages", "value": value(json!({"messages": second}))}]},
    ]})
}
