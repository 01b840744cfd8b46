//! Templates: golden requests, and what is read of a listing.

use super::*;
use crate::domain::{
    message::outgoing::{FileKind, FileSource},
    template::{
        MessageTemplate, PlaceholderStyle, TemplateButton, TemplateCategory, TemplateHeader, TemplateQuality,
        TemplateStatus,
        field::{FieldKey, TemplateFieldKind},
        message::{
            ButtonParameter, ButtonValue, CardParameters, HeaderParameter, TemplateMessage, TemplateParameters,
            TextParameter,
        },
        preview::TemplatePreview,
    },
};

fn plain(text: &str) -> TextParameter {
    TextParameter { name: None, text: text.to_owned() }
}

fn template(parameters: TemplateParameters) -> OutgoingMessage {
    OutgoingMessage::Template(Box::new(TemplateMessage {
        name: "order_update".into(),
        language: "en_US".into(),
        category: TemplateCategory::Utility,
        parameters,
        preview: TemplatePreview::default(),
    }))
}

#[tokio::test]
async fn each_component_is_sent_as_in_the_reference() {
    let server = Server::answering(json_reply(200, accepted())).await;
    let gateway = patient(&server);
    let named = TextParameter { name: Some("first_name".into()), text: "Pablo".into() };
    let file = |source| HeaderParameter::File { file: FileKind::Document, source, filename: Some("a.pdf".into()) };
    let button = |index, value| ButtonParameter { index, value };
    let none = TemplateParameters::default;
    let card = CardParameters {
        file: FileKind::Image,
        link: "https://acme.test/a.jpg".into(),
        body: vec![plain("Shoes")],
        buttons: vec![button(0, ButtonValue::UrlEnd("shoes".into()))],
    };
    let cases = [
        (none(), None),
        (
            TemplateParameters { header: Some(HeaderParameter::Text(plain("77"))), body: vec![named], ..none() },
            Some(json!([
                {"type": "header", "parameters": [{"type": "text", "text": "77"}]},
                {"type": "body", "parameters": [{"type": "text", "parameter_name": "first_name", "text": "Pablo"}]}])),
        ),
        (
            TemplateParameters { header: Some(file(FileSource::Link("https://acme.test/a".into()))), ..none() },
            Some(json!([{"type": "header", "parameters": [{"type": "document",
                "document": {"link": "https://acme.test/a", "filename": "a.pdf"}}]}])),
        ),
        (
            TemplateParameters { header: Some(file(FileSource::Uploaded("med_1".into()))), ..none() },
            Some(json!([{"type": "header", "parameters": [{"type": "document",
                "document": {"id": "1037", "filename": "a.pdf"}}]}])),
        ),
        (
            TemplateParameters {
                header: Some(HeaderParameter::Location {
                    latitude: "52.52".into(),
                    longitude: "13.405".into(),
                    name: "Office".into(),
                    address: "Street 1".into(),
                }),
                ..none()
            },
            Some(json!([{"type": "header", "parameters": [{"type": "location", "location": {"latitude": "52.52",
                "longitude": "13.405", "name": "Office", "address": "Street 1"}}]}])),
        ),
        (
            TemplateParameters {
                buttons: vec![
                    button(0, ButtonValue::Payload("Stop".into())),
                    button(1, ButtonValue::UrlEnd("77?a=b".into())),
                    button(3, ButtonValue::CouponCode("SAVE20".into())),
                    button(4, ButtonValue::FlowToken("unused".into())),
                ],
                ..none()
            },
            Some(json!([
                {"type": "button", "sub_type": "quick_reply", "index": "0",
                    "parameters": [{"type": "payload", "payload": "Stop"}]},
                {"type": "button", "sub_type": "url", "index": "1", "parameters": [{"type": "text", "text": "77?a=b"}]},
                {"type": "button", "sub_type": "copy_code", "index": "3",
                    "parameters": [{"type": "coupon_code", "coupon_code": "SAVE20"}]},
                {"type": "button", "sub_type": "flow", "index": "4",
                    "parameters": [{"type": "action", "action": {"flow_token": "unused"}}]}])),
        ),
        (
            TemplateParameters { cards: vec![card], ..none() },
            Some(json!([{"type": "carousel", "cards": [{"card_index": 0, "components": [
                {"type": "header", "parameters": [{"type": "image", "image": {"link": "https://acme.test/a.jpg"}}]},
                {"type": "body", "parameters": [{"type": "text", "text": "Shoes"}]},
                {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "shoes"}]}
            ]}]}])),
        ),
    ];
    for (parameters, components) in cases {
        let send = Send { message: template(parameters), remote_file: Some("1037".into()), ..text(phone(), None) };
        gateway.send(&credentials(), &send).await.expect("accepted");
        let mut expected = json!({"name": "order_update", "language": {"code": "en_US"}});
        if let Some(components) = components {
            expected["components"] = components;
        }
        let body = server.last().body;
        assert_eq!((body["type"].as_str(), &body["template"]), (Some("template"), &expected));
    }
}

#[tokio::test]
async fn a_listing_is_read_with_its_components_and_what_cannot_be_filled_in_is_named() {
    let listing = json!({"data": [
        {"id": "1", "name": "order", "language": "en-US", "status": "APPROVED", "category": "UTILITY",
            "parameter_format": "NAMED", "quality_score": {"score": "GREEN"}, "components": [
            {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["https://acme.test/x"]}},
            {"type": "BODY", "text": "Hi {{who}}",
                "example": {"body_text_named_params": [{"param_name": "who", "example": "Ada"}]}},
            {"type": "FOOTER", "text": "Acme"},
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Stop"},
                {"type": "URL", "text": "Open", "url": "https://acme.test/{{1}}"},
                {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+4930"},
                {"type": "COPY_CODE", "example": "SAVE"}]}]},
        {"id": "2", "name": "sale", "language": "de", "status": "PAUSED", "category": "MARKETING", "components": [
            {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Soon"}},
            {"type": "BODY", "text": "{{1}} {{2}}", "example": {"body_text": [["a", "b"]]}},
            {"type": "CAROUSEL", "cards": [{"components": [{"type": "HEADER", "format": "VIDEO"},
                {"type": "BODY", "text": "Card {{1}}", "example": {"body_text": [["c"]]}}]}]}]},
        {"id": "3", "language": "de", "status": "APPROVED"}, "no template"],
        "paging": {"cursors": {"after": "MQ"}}});
    let server = Server::answering(json_reply(200, listing)).await;
    let found = patient(&server).templates(&credentials(), "88001").await.expect("a listing");
    let seen = server.last();
    assert_eq!(seen.path, "/v26.0/88001/message_templates");
    assert!(seen.query.contains("limit=100") && !seen.query.contains("after"), "{}", seen.query);
    let [order, sale] = found.as_slice() else { panic!("two templates, not {found:?}") };
    let MessageTemplate { language, status, category, quality, definition, .. } = order;
    assert_eq!(language, "en_US");
    assert_eq!((*status, *category), (TemplateStatus::Approved, TemplateCategory::Utility));
    assert_eq!((*quality, definition.placeholders), (TemplateQuality::High, PlaceholderStyle::Named));
    assert_eq!(definition.header, Some(TemplateHeader::File { file: FileKind::Image }));
    assert_eq!(definition.examples.get(&FieldKey::body("who")).map(String::as_str), Some("Ada"));
    let kinds: Vec<TemplateFieldKind> = definition.fields().into_iter().map(|field| field.kind).collect();
    let base = "https://acme.test/".to_owned();
    assert_eq!(
        kinds,
        [
            TemplateFieldKind::File(FileKind::Image),
            TemplateFieldKind::Text,
            TemplateFieldKind::UrlEnd { base },
            TemplateFieldKind::CouponCode
        ]
    );
    assert_eq!(definition.buttons[2], TemplateButton::Phone { text: "Call".into(), number: "+4930".into() });
    assert_eq!(definition.unsupported, None);
    assert_eq!((sale.status, sale.definition.cards.len()), (TemplateStatus::Paused, 1));
    assert_eq!(sale.definition.cards[0].file, FileKind::Video);
    assert_eq!(sale.definition.unsupported.as_deref(), Some("LIMITED_TIME_OFFER"));
    let examples: Vec<&str> = sale.definition.examples.values().map(String::as_str).collect();
    assert_eq!(examples, ["a", "b", "c"]);
}

#[tokio::test]
async fn a_refused_listing_says_the_code() {
    let refused = json!({"error": {"code": 190, "message": "expired", "type": "OAuthException"}});
    let server = Server::answering(json_reply(401, refused)).await;
    let error = patient(&server).templates(&credentials(), "88001").await.expect_err("refused");
    assert!(matches!(error, SendError::Refused { code: 190, .. }), "{error:?}");
}
