//! The account's templates: one for each shape of components, and some that may not be used.

use serde_json::{Value, json};

/// The account's templates.
pub(super) fn shipped() -> Vec<Value> {
    let template = |id: &str, name: &str, status: &str, category: &str, format: &str, components: Value| {
        let quality = if status == "PAUSED" { "RED" } else { "GREEN" };
        json!({"id": id, "name": name, "language": "en_US", "status": status, "category": category,
            "quality_score": {"score": quality, "date": 1_771_000_000}, "parameter_format": format, "components": components})
    };
    let card = |what: &str| {
        json!({"components": [
            {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["https://acme.example/shoes.jpg"]}},
            {"type": "BODY", "text": format!("{what} for {{{{1}}}}"), "example": {"body_text": [["Ada"]]}},
            {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Buy", "url": "https://acme.example/buy/{{1}}",
                "example": ["https://acme.example/buy/4711"]}]}
        ]})
    };
    vec![
        template(
            "810000000000001",
            "we_are_back",
            "APPROVED",
            "UTILITY",
            "POSITIONAL",
            json!([
                {"type": "BODY", "text": "We have an answer to your question. Reply here to go on."},
                {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Go on"}]}
            ]),
        ),
        template(
            "810000000000002",
            "order_update",
            "APPROVED",
            "UTILITY",
            "POSITIONAL",
            json!([
                {"type": "HEADER", "format": "TEXT", "text": "Your order"},
                {"type": "BODY", "text": "Hi {{1}}, order {{2}} is on its way.", "example": {"body_text": [["Ada", "4711"]]}},
                {"type": "FOOTER", "text": "Acme"}
            ]),
        ),
        template(
            "810000000000003",
            "appointment",
            "APPROVED",
            "UTILITY",
            "NAMED",
            json!([
                {"type": "BODY", "text": "Hello {{first_name}}, see you on {{day}}.", "example": {"body_text_named_params": [
                    {"param_name": "first_name", "example": "Ada"}, {"param_name": "day", "example": "Friday"}]}}
            ]),
        ),
        template(
            "810000000000004",
            "spring_sale",
            "PENDING",
            "MARKETING",
            "POSITIONAL",
            json!([
                {"type": "BODY", "text": "Everything must go."}
            ]),
        ),
        template(
            "810000000000005",
            "delivery_photo",
            "APPROVED",
            "UTILITY",
            "POSITIONAL",
            json!([
                {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["https://acme.example/parcel.jpg"]}},
                {"type": "BODY", "text": "Hi {{1}}, your parcel {{2}} is waiting at the door.",
                    "example": {"body_text": [["Ada", "4711"]]}},
                {"type": "FOOTER", "text": "Acme"},
                {"type": "BUTTONS", "buttons": [
                    {"type": "URL", "text": "Track it", "url": "https://acme.example/track/{{1}}",
                        "example": ["https://acme.example/track/4711"]},
                    {"type": "QUICK_REPLY", "text": "Call me"}
                ]}
            ]),
        ),
        template(
            "810000000000006",
            "visit_us",
            "APPROVED",
            "UTILITY",
            "NAMED",
            json!([
                {"type": "HEADER", "format": "LOCATION"},
                {"type": "BODY", "text": "Hello {{customer_name}}, this is where {{agent_name}} meets you.",
                    "example": {"body_text_named_params": [{"param_name": "customer_name", "example": "Ada"},
                        {"param_name": "agent_name", "example": "Ben"}]}},
                {"type": "BUTTONS", "buttons": [{"type": "PHONE_NUMBER", "text": "Call us", "phone_number": "+15550783881"}]}
            ]),
        ),
        template(
            "810000000000007",
            "welcome_code",
            "APPROVED",
            "MARKETING",
            "POSITIONAL",
            json!([
                {"type": "BODY", "text": "Dear {{1}}, here is your code.", "example": {"body_text": [["Ada"]]}},
                {"type": "BUTTONS", "buttons": [
                    {"type": "COPY_CODE", "example": "WELCOME20"},
                    {"type": "QUICK_REPLY", "text": "Stop promotions"}
                ]}
            ]),
        ),
        template(
            "810000000000008",
            "new_shoes",
            "APPROVED",
            "MARKETING",
            "POSITIONAL",
            json!([
                {"type": "BODY", "text": "New this week:"},
                {"type": "CAROUSEL", "cards": [card("Sneakers"), card("Boots")]}
            ]),
        ),
        template(
            "810000000000009",
            "order_cancelled",
            "PAUSED",
            "UTILITY",
            "POSITIONAL",
            json!([
                {"type": "BODY", "text": "Order {{1}} was cancelled.", "example": {"body_text": [["4711"]]}}
            ]),
        ),
    ]
}
