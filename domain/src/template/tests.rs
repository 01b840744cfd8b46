use proptest::prelude::*;

use super::{
    field::{FieldKey, TemplateFieldKind, TemplateValues},
    message::{ButtonParameter, ButtonValue, HeaderParameter, TextParameter},
    preview::{PreviewButtonKind, PreviewHeader},
    value_source::KnownValues,
    *,
};
use crate::{
    access::Role,
    message::file::{FileKind, FileSource},
};

#[path = "words_tests.rs"]
mod words_tests;

fn text(text: &str) -> String {
    text.to_owned()
}

fn template(definition: TemplateDefinition) -> MessageTemplate {
    MessageTemplate {
        name: text("order_update"),
        language: text("en_US"),
        category: TemplateCategory::Utility,
        status: TemplateStatus::Approved,
        quality: TemplateQuality::Unknown,
        definition,
    }
}

fn body(body: &str) -> TemplateDefinition {
    TemplateDefinition { body: text(body), ..TemplateDefinition::default() }
}

/// Every component that needs a value.
fn full() -> TemplateDefinition {
    TemplateDefinition {
        header: Some(TemplateHeader::Text { text: text("Order {{1}}") }),
        body: text("Hi {{2}}, order {{1}} is on its way. Bye {{2}}"),
        footer: Some(text("Acme")),
        buttons: vec![
            TemplateButton::QuickReply { text: text("Stop") },
            TemplateButton::Url { text: text("Track"), url: text("https://acme.example/t/{{1}}") },
            TemplateButton::Url { text: text("Shop"), url: text("https://acme.example") },
            TemplateButton::Phone { text: text("Call"), number: text("+4930123") },
            TemplateButton::CopyCode { text: text("Copy code") },
            TemplateButton::Flow { text: text("Rate us") },
        ],
        ..TemplateDefinition::default()
    }
}

fn carousel() -> TemplateDefinition {
    let card = |title: &str| TemplateCard {
        file: FileKind::Image,
        body: format!("{title} for {{{{1}}}}"),
        buttons: vec![TemplateButton::Url { text: text("Buy"), url: text("https://acme.example/{{1}}") }],
    };
    TemplateDefinition { cards: vec![card("Shoes"), card("Hats")], ..body("New in") }
}

fn values(of: &[(&str, &str)]) -> TemplateValues {
    let key = |name: &str| serde_json::from_value(serde_json::json!(name)).expect("a key");
    of.iter().map(|(name, value)| (key(name), text(value))).collect()
}

fn all_of_full() -> TemplateValues {
    values(&[
        ("header.text.1", "77"),
        ("body.1", "77"),
        ("body.2", " Mina "),
        ("button.1", "77?a=b"),
        ("button.4", "SAVE20"),
    ])
}

fn keys(definition: &TemplateDefinition) -> Vec<String> {
    definition.fields().into_iter().map(|field| text(field.key.as_str())).collect()
}

#[test]
fn every_parameter_is_a_field_in_the_order_of_the_message() {
    assert_eq!(keys(&full()), ["header.text.1", "body.1", "body.2", "button.1", "button.4"]);
    let of_cards = ["card.0.header.file", "card.0.body.1", "card.0.button.0"].map(text).into_iter();
    let of_cards: Vec<String> =
        of_cards.chain(["card.1.header.file", "card.1.body.1", "card.1.button.0"].map(text)).collect();
    assert_eq!(keys(&carousel()), of_cards);
    let place = TemplateDefinition { header: Some(TemplateHeader::Location), ..body("Here") };
    let expected =
        ["header.location.latitude", "header.location.longitude", "header.location.name", "header.location.address"];
    assert_eq!(keys(&place), expected);
    let file = TemplateDefinition { header: Some(TemplateHeader::File { file: FileKind::Document }), ..body("Hi") };
    assert_eq!(keys(&file), ["header.file"]);
    assert_eq!(file.fields()[0].kind, TemplateFieldKind::File(FileKind::Document));
    assert!(keys(&body("No {{ open")).is_empty());
}

#[test]
fn named_fields_read_as_words_and_show_their_examples() {
    let mut definition =
        TemplateDefinition { placeholders: PlaceholderStyle::Named, ..body("{{b_name}} {{a}} {{b_name}}") };
    definition.examples.insert(FieldKey::body("a"), text("7"));
    let fields = definition.fields();
    let read: Vec<(&str, Option<&str>)> =
        fields.iter().map(|field| (field.label.as_str(), field.example.as_deref())).collect();
    assert_eq!(read, [("B name", None), ("A", Some("7"))]);
}

#[test]
fn ten_positions_are_sent_in_the_order_of_their_numbers() {
    let definition = body("{{10}} {{2}} {{1}} {{3}} {{4}} {{5}} {{6}} {{7}} {{8}} {{9}}");
    let all: TemplateValues = (1..=10).map(|n| (FieldKey::body(&n.to_string()), n.to_string())).collect();
    let message = template(definition).fill(&all).expect("filled");
    let sent: Vec<&str> = message.parameters.body.iter().map(|it| it.text.as_str()).collect();
    assert_eq!(sent, ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]);
}

#[test]
fn a_filled_template_holds_its_parameters_and_reads_as_the_customer_sees_it() {
    let message = template(full()).fill(&all_of_full()).expect("filled");
    let plain = |value: &str| TextParameter { name: None, text: text(value) };
    assert_eq!(message.parameters.header, Some(HeaderParameter::Text(plain("77"))));
    assert_eq!(message.parameters.body, [plain("77"), plain("Mina")]);
    let button = |index, value| ButtonParameter { index, value };
    assert_eq!(
        message.parameters.buttons,
        [
            button(0, ButtonValue::Payload(text("Stop"))),
            button(1, ButtonValue::UrlEnd(text("77?a=b"))),
            button(4, ButtonValue::CouponCode(text("SAVE20"))),
            button(5, ButtonValue::FlowToken(text("unused"))),
        ]
    );
    assert_eq!(message.preview.header, Some(PreviewHeader::Text(text("Order 77"))));
    assert_eq!(message.preview.body, "Hi Mina, order 77 is on its way. Bye Mina");
    assert_eq!(message.preview.footer.as_deref(), Some("Acme"));
    let drawn: Vec<(PreviewButtonKind, Option<&str>)> =
        message.preview.buttons.iter().map(|button| (button.kind, button.target.as_deref())).collect();
    assert_eq!(
        drawn,
        [
            (PreviewButtonKind::QuickReply, None),
            (PreviewButtonKind::Url, Some("https://acme.example/t/77?a=b")),
            (PreviewButtonKind::Url, Some("https://acme.example")),
            (PreviewButtonKind::Phone, Some("+4930123")),
            (PreviewButtonKind::CopyCode, Some("SAVE20")),
            (PreviewButtonKind::Flow, None),
        ]
    );
}

#[test]
fn named_parameters_keep_their_names() {
    let definition = TemplateDefinition { placeholders: PlaceholderStyle::Named, ..body("Hi {{who}}") };
    let message = template(definition).fill(&values(&[("body.who", "{{who}}")])).expect("filled");
    assert_eq!(message.parameters.body, [TextParameter { name: Some(text("who")), text: text("{{who}}") }]);
    assert_eq!(message.preview.body, "Hi {{who}}");
}

#[test]
fn cards_have_a_file_their_texts_and_their_buttons() {
    let all = values(&[
        ("card.0.header.file", "https://acme.example/a.jpg"),
        ("card.0.body.1", "Mina"),
        ("card.0.button.0", "a"),
        ("card.1.header.file", "https://acme.example/b.jpg"),
        ("card.1.body.1", "you"),
        ("card.1.button.0", "b"),
    ]);
    let message = template(carousel()).fill(&all).expect("filled");
    let [first, second] = message.parameters.cards.as_slice() else { panic!("two cards") };
    assert_eq!((first.link.as_str(), first.body[0].text.as_str()), ("https://acme.example/a.jpg", "Mina"));
    assert_eq!(second.buttons, [ButtonParameter { index: 0, value: ButtonValue::UrlEnd(text("b")) }]);
    assert_eq!(message.preview.cards[1].body, "Hats for you");
}

#[test]
fn a_value_that_whatsapp_refuses_is_named_with_the_way_out() {
    let with_file = |file| TemplateDefinition { header: Some(TemplateHeader::File { file }), ..body("Hi") };
    let place = TemplateDefinition { header: Some(TemplateHeader::Location), ..body("Here") };
    let located = |latitude: &str| {
        values(&[
            ("header.location.latitude", latitude),
            ("header.location.longitude", "13.4"),
            ("header.location.name", "Office"),
            ("header.location.address", "Street 1"),
        ])
    };
    let long = "a".repeat(1_000);
    let table: [(TemplateDefinition, TemplateValues, &str, &str); 12] = [
        (body("Hi {{1}}"), values(&[("body.1", "  ")]), "body.1", "Enter a value."),
        (body("Hi {{1}}"), values(&[("body.1", "a\nb")]), "body.1", "no line breaks"),
        (body("Hi {{1}}"), values(&[("body.1", "a     b")]), "body.1", "at most 4 spaces"),
        (body("Hi {{1}}"), values(&[("body.1", &"a".repeat(1_022))]), "body.1", "up to 1,021 characters; it has 1,022"),
        (
            body("{{1}} {{2}}"),
            values(&[("body.1", &long), ("body.2", "abcdefghijklmnopqrstuvwx")]),
            "body.1",
            "has 1,025",
        ),
        (with_file(FileKind::Image), values(&[]), "header.file", "begins with a photo"),
        (with_file(FileKind::Image), values(&[("header.file", "ftp://a")]), "header.file", "begins with https://"),
        (place.clone(), located("91"), "header.location.latitude", "from -90 to 90"),
        (place, located("north"), "header.location.latitude", "for example 52.52"),
        (carousel(), values(&[]), "card.0.header.file", "web address of the photo"),
        (full(), values(&[("button.1", "a b")]), "button.1", "can't have spaces"),
        (full(), values(&[("button.4", "SAVE-20")]), "button.4", "letters A to Z"),
    ];
    for (definition, typed, key, detail) in table {
        let faults = template(definition).fill(&typed).expect_err("a fault");
        let fault = faults.iter().find(|fault| fault.key.as_str() == key).expect("the field");
        assert!(fault.detail.contains(detail), "{key}: {}", fault.detail);
    }
}

#[test]
fn a_file_is_a_web_address_or_an_upload() {
    let definition =
        TemplateDefinition { header: Some(TemplateHeader::File { file: FileKind::Document }), ..body("Hi") };
    let filled = |value| template(definition.clone()).fill(&values(&[("header.file", value)])).expect("filled");
    let upload = FileSource::Uploaded("med_1".into());
    let sent = filled("med_1").with_filename(text("a.pdf"));
    assert_eq!(sent.file(), Some((FileKind::Document, &upload)));
    let filename = Some(text("a.pdf"));
    assert_eq!(
        sent.parameters.header,
        Some(HeaderParameter::File { file: FileKind::Document, source: upload, filename })
    );
    let link = FileSource::Link(text("https://acme.example/a.pdf"));
    assert_eq!(filled("https://acme.example/a.pdf").file(), Some((FileKind::Document, &link)));
}

#[test]
fn what_is_known_is_filled_in_and_nothing_is_guessed() {
    let known = KnownValues {
        customer_name: Some(text("Mina Park")),
        agent_name: Some(text("Ben")),
        tenant_name: Some(text("Acme")),
        number: Some(text("+49 30 123")),
        collected: [(text("order"), text("4711")), (text("2"), text("7"))].into(),
    };
    let filled = |definition: TemplateDefinition| {
        let values = definition.prefill(&known);
        values.iter().map(|(key, value)| (text(key.as_str()), text(value))).collect::<Vec<_>>()
    };
    assert_eq!(filled(body("Hi {{1}}, order {{2}}")), [(text("body.1"), text("Mina"))]);
    assert!(filled(body("Order {{1}} is ready")).is_empty());
    let named = |body_text: &str| TemplateDefinition { placeholders: PlaceholderStyle::Named, ..body(body_text) };
    let all = filled(named("{{customer_name}} {{agent}} {{order}} {{company}} {{business_phone}}"));
    let values: Vec<&str> = all.iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!(values, ["Ben", "+49 30 123", "Acme", "Mina Park", "4711"]);
    assert!(body("Hi {{1}}").prefill(&KnownValues::default()).iter().next().is_none());
}

#[test]
fn a_refusal_says_why_and_what_to_do() {
    let of = |category, status| MessageTemplate { category, status, ..template(body("Hi")) };
    let utility = of(TemplateCategory::Utility, TemplateStatus::Approved);
    assert_eq!(utility.refusal(Role::Agent, Some("12025550123"), None), None);
    let marketing = of(TemplateCategory::Marketing, TemplateStatus::Approved);
    let said = |role, phone, user| marketing.refusal(role, phone, user).unwrap_or_default();
    assert!(said(Role::Agent, Some("4915550001"), None).contains("leads and admins"));
    assert_eq!(said(Role::Lead, Some("4915550001"), None), "");
    assert!(said(Role::Lead, Some("12025550123"), None).contains("United States"));
    assert!(said(Role::Admin, None, Some("US.1")).contains("United States"));
    // Toronto, and Santo Domingo.
    for phone in ["14165550123", "18095550123"] {
        assert_eq!(said(Role::Admin, Some(phone), Some("US.1")), "");
    }
    let code = of(TemplateCategory::Authentication, TemplateStatus::Approved);
    assert!(code.refusal(Role::Admin, None, None).is_some_and(|said| said.contains("codes")));
    let unknown = TemplateDefinition { unsupported: Some(text("LIMITED_TIME_OFFER")), ..body("Hi") };
    let said = template(unknown).refusal(Role::Admin, None, None).unwrap_or_default();
    assert!(said.contains("limited time offer"), "{said}");
    for status in TemplateStatus::ALL {
        let refusal = of(TemplateCategory::Utility, status).refusal(Role::Admin, None, None);
        assert_eq!(refusal.is_none(), status == TemplateStatus::Approved, "{status:?}");
    }
}

#[test]
fn what_may_fail_is_said_before() {
    let of =
        |category, quality| MessageTemplate { category, quality, ..template(body("Hi")) }.warning().unwrap_or_default();
    assert!(of(TemplateCategory::Marketing, TemplateQuality::High).contains("turn them off"));
    assert!(of(TemplateCategory::Utility, TemplateQuality::Low).contains("may pause it"));
    assert_eq!(of(TemplateCategory::Utility, TemplateQuality::Unknown), "");
}

#[test]
fn whatsapps_words_are_read_in_any_case_and_unknown_ones_are_other() {
    assert_eq!(TemplateStatus::from_meta("PENDING_DELETION"), TemplateStatus::PendingDeletion);
    assert_eq!(TemplateStatus::from_meta("NEW_STATUS"), TemplateStatus::Other);
    assert_eq!(TemplateCategory::from_meta("MARKETING"), TemplateCategory::Marketing);
    assert_eq!(TemplateCategory::from_meta("FREE"), TemplateCategory::Other);
    for (color, quality) in [("GREEN", "high"), ("YELLOW", "medium"), ("red", "low"), ("UNKNOWN", "unknown")] {
        assert_eq!(TemplateQuality::from_meta(color).as_str(), quality);
    }
}

#[test]
fn what_was_sent_is_sent_again_as_long_as_its_template_reads_the_same() {
    const CHANGES: [fn(&mut TemplateDefinition); 4] = [
        |it: &mut TemplateDefinition| it.body.push('!'),
        |it: &mut TemplateDefinition| it.footer = Some(text("Another")),
        |it: &mut TemplateDefinition| it.buttons.push(TemplateButton::QuickReply { text: text("Why?") }),
        |it: &mut TemplateDefinition| it.cards.clear(),
    ];
    let of_cards = [
        ("card.0.header.file", "https://acme.example/1.png"),
        ("card.0.body.1", "Mina"),
        ("card.0.button.0", "shoes"),
        ("card.1.header.file", "https://acme.example/2.png"),
        ("card.1.body.1", "Mina"),
        ("card.1.button.0", "hats"),
    ];
    let of_place = [
        ("header.location.latitude", "52.52"),
        ("header.location.longitude", "13.405"),
        ("header.location.name", "Shop"),
        ("header.location.address", "Main Street 1"),
    ];
    let place = TemplateDefinition { header: Some(TemplateHeader::Location), ..body("Here") };
    let file = TemplateDefinition { header: Some(TemplateHeader::File { file: FileKind::Document }), ..body("Hi") };
    let named = TemplateDefinition { placeholders: PlaceholderStyle::Named, ..body("{{name}}: {{at}}") };
    for (definition, values) in [
        (full(), all_of_full()),
        (carousel(), values(&of_cards)),
        (place, values(&of_place)),
        (file, values(&[("header.file", "med_1")])),
        (named, values(&[("body.name", "Mina"), ("body.at", "9:00")])),
    ] {
        let it = template(definition);
        let sent = it.fill(&values).expect("filled").with_filename(text("invoice.pdf"));
        // given the template as it was, also with another status or quality, then it is the same message
        assert!(it.still_makes(&sent), "{sent:?}");
        assert!(MessageTemplate { quality: TemplateQuality::Low, ..it.clone() }.still_makes(&sent));
        // given another text around the values, or another part, then it is not
        for change in CHANGES {
            let mut changed = it.clone();
            change(&mut changed.definition);
            assert_eq!(changed.still_makes(&sent), changed == it, "{changed:?}");
        }
    }
    // given placeholders that have changed their places or their names
    let sent = |definition, of| template(definition).fill(&values(of)).expect("filled");
    let of_numbers: &[(&str, &str)] = &[("body.1", "Mina"), ("body.2", "77")];
    let of_names: &[(&str, &str)] = &[("body.name", "Mina"), ("body.order", "77")];
    let by_name = |words| TemplateDefinition { placeholders: PlaceholderStyle::Named, ..body(words) };
    for (sent, now) in [
        (sent(body("{{1}}: {{2}}"), of_numbers), body("{{2}}: {{1}}")),
        (sent(body("{{1}}: {{2}}"), of_numbers), body("{{1}}: 77")),
        (sent(body("{{1}}: {{2}}"), of_numbers), by_name("{{name}}: {{order}}")),
        (sent(by_name("{{name}}: {{order}}"), of_names), by_name("{{name}}: {{order_number}}")),
    ] {
        assert!(!template(now).still_makes(&sent), "{sent:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_placeholder_is_forgotten_or_left(
        places in proptest::collection::vec(1_usize..12, 0..8),
        between in "[a-z }]{0,6}",
    ) {
        let text: String = places.iter().map(|place| format!("{between}x{{{{{place}}}}}")).collect();
        let template = template(body(&text));
        let keys = template.definition.fields().into_iter().map(|field| field.key);
        let values: TemplateValues = keys.map(|key| (key, "7".to_owned())).collect();
        let message = template.fill(&values).expect("filled");
        prop_assert_eq!(message.parameters.body.len(), template.definition.fields().len());
        for place in &places {
            let left = format!("{{{{{place}}}}}");
            prop_assert!(!message.preview.body.contains(&left), "{}", message.preview.body);
        }
    }
}
