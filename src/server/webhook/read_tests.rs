//! Parsing messages: each kind alone, all kinds in one body, and bodies with a fault at any position.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    read::{items, read},
    read_samples::*,
};
use crate::domain::{
    ids::Wamid,
    inbound::*,
    message::{Content, Forwarded},
};

#[test]
fn each_kind_is_parsed_alone() {
    for (parts, expected) in kinds() {
        let read = one_message(parts.clone());
        assert_eq!(read.content, expected, "{parts}");
        assert_eq!((read.wamid, read.at, read.origin), (Wamid("wamid.A1".into()), SENT_AT, InboundOrigin::Live));
        assert_eq!(read.identity.user_id.as_deref(), Some("DE.100"));
        assert_eq!(read.identity.username.as_deref(), Some("mina.k"));
    }
}

#[test]
fn all_kinds_are_parsed_in_one_batch() {
    let batch = parse(&everything());
    assert_eq!(batch.faults, []);
    let contents: Vec<Content> = batch
        .updates
        .iter()
        .filter_map(|update| match &update.body {
            UpdateBody::Message(message) => Some(message.content.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(contents, kinds().into_iter().map(|(_, content)| content).collect::<Vec<_>>());
    assert_eq!(batch.updates.len(), contents.len() + 4);
    let last = batch.updates.last().expect("updates");
    assert_eq!(last.waba, Some(WabaId("88002".into())));
    assert_eq!(last.channel, Some(PhoneNumberId("77001".into())));
    assert_eq!(last.display_phone.as_deref(), Some("49305550100"));
}

#[test]
fn one_invalid_item_does_not_affect_the_others() {
    let good = message(json!({"type": "text", "text": {"body": "ok"}}));
    let without_sender = json!({"id": "wamid.B", "timestamp": SENT, "type": "text", "text": {"body": "who?"}});
    let body = envelope("messages", value(json!({"messages": [7, without_sender, {"from": "4915550001"}, good]})));
    let batch = parse(&body);
    assert_eq!(batch.updates.len(), 1);
    let paths: Vec<&str> = batch.faults.iter().map(|fault| fault.path.as_str()).collect();
    let list = "/entry/0/changes/0/value/messages";
    assert_eq!(paths, [format!("{list}/0"), format!("{list}/1"), format!("{list}/2")]);
    assert!(batch.faults[1].raw.contains("who?"));
    let bytes = body.to_string();
    let found = items(bytes.as_bytes(), &[paths[1].to_owned(), batch.updates[0].path.clone()]);
    assert_eq!(found[0], batch.faults[1].raw);
    assert!(found[1].contains("\"ok\""));
}

#[test]
fn invalid_entries_and_changes_become_faults() {
    let body = json!({"entry": [3, {"id": "1"}, {"id": "2", "changes": [null, {"field": "messages"}]}]});
    let faults = parse(&body).faults;
    assert_eq!(faults.len(), 4);
    let odd = parse(&json!({"entry": [{"changes": [{"field": "messages", "value": ["kept"]}]}]})).faults;
    assert!(odd[0].raw.contains("kept"), "{odd:?}");
}

#[test]
fn an_invalid_timestamp_is_replaced_by_the_arrival_time() {
    for (given, expected) in [
        (json!("1789990000"), SENT_AT),
        (json!(1_789_990_000), SENT_AT),
        (json!("soon"), ARRIVED),
        (json!(null), ARRIVED),
        (json!(-4), ARRIVED),
    ] {
        assert_eq!(one_message(json!({"timestamp": given, "type": "text", "text": {"body": "x"}})).at, expected);
    }
}

#[test]
fn contacts_are_matched_by_id_and_not_by_position() {
    let body = json!({"type": "text", "text": {"body": "x"}});
    for (contacts, ids, expected) in [
        (
            json!([{"user_id": "US.2", "wa_id": "12"}, {"user_id": "US.1", "profile": {"name": "One"}}]),
            json!({"from_user_id": "US.1"}),
            (Some("US.1"), None, Some("One")),
        ),
        (
            json!([{"user_id": "US.2", "wa_id": "12"}, {"user_id": "US.1", "wa_id": "11"}]),
            json!({"from": "11"}),
            (Some("US.1"), Some("11"), None),
        ),
        // A hidden number: no `from`, no `wa_id`.
        (json!([{"user_id": "US.1", "profile": {"name": "One"}}]), json!({}), (Some("US.1"), None, Some("One"))),
        // The only contact is another person's.
        (
            json!([{"user_id": "US.2", "profile": {"name": "Two"}}]),
            json!({"from_user_id": "US.1"}),
            (Some("US.1"), None, None),
        ),
        (json!([{"wa_id": "12", "profile": {"name": "Two"}}]), json!({"from": "+1 1"}), (None, Some("11"), None)),
        (json!(null), json!({"from": 4_915_550_001_i64}), (None, Some("4915550001"), None)),
        // A user id in place of the number is a user id.
        (
            json!([{"wa_id": "US.15551234567", "profile": {"name": "One"}}]),
            json!({"from": "US.15551234567"}),
            (Some("US.15551234567"), None, Some("One")),
        ),
        (
            json!([{"wa_id": "US.15551234567", "profile": {"name": "One"}}]),
            json!({"from": "15557654321"}),
            (Some("US.15551234567"), Some("15557654321"), Some("One")),
        ),
        (json!(null), json!({"from": "US.2", "from_user_id": "US.1"}), (Some("US.1"), None, None)),
        // The contact spells the number without Brazil's ninth digit.
        (
            json!([{"wa_id": "4915550001"}, {"wa_id": "551187654321", "profile": {"name": "One"}}]),
            json!({"from": "5511987654321"}),
            (None, Some("5511987654321"), Some("One")),
        ),
    ] {
        let mut message = json!({"id": "wamid.A1", "timestamp": SENT});
        merge(&mut message, body.clone());
        merge(&mut message, ids.clone());
        let identity = incoming(value(json!({"contacts": contacts, "messages": [message]}))).identity;
        let found = (identity.user_id.as_deref(), identity.wa_id.as_deref(), identity.name.as_deref());
        assert_eq!(found, expected, "{ids}");
    }
}

#[test]
fn quote_referral_media_summary_and_errors_are_parsed() {
    let body = json!({"type": "text", "text": {"body": "x"}});
    let with = |parts: Value| {
        let mut all = body.clone();
        merge(&mut all, parts);
        one_message(all)
    };
    let reply = with(json!({"context": {"from": "77001", "id": "wamid.Q"}, "group_id": "G1"}));
    assert_eq!((reply.quote, reply.group), (Some(Wamid("wamid.Q".into())), some("G1")));
    assert_eq!(with(json!({"context": {"forwarded": true}})).forwarded, Forwarded::Once);
    assert_eq!(with(json!({"context": {"frequently_forwarded": true}})).forwarded, Forwarded::Often);
    let ad = with(json!({"referral": {"source_type": "ad", "headline": "Sale"}})).referral.expect("a referral");
    assert_eq!(ad.headline.as_deref(), Some("Sale"));
    let image =
        one_message(json!({"type": "image", "image": {"id": "9", "url": "https://x.fbsbx.com/9", "sha256": "aa="}}));
    let media = image.media.expect("a file");
    assert_eq!((media.id.as_str(), media.url.as_deref()), ("9", Some("https://x.fbsbx.com/9")));
    let summary = json!({"type": "summary", "summary": {"text": "Wants a refund"}});
    let first = incoming(value(json!({"messages": [message(body.clone())], "conversation_context": summary})));
    assert_eq!(first.summary.as_deref(), Some("Wants a refund"));
    let error = json!([{"code": 131000, "title": "Something"}]);
    let missing = incoming(value(json!({"messages": [message(json!({"type": "interactive"}))], "errors": error})));
    assert_eq!(missing.errors[0].code, Some(131_000));
}

#[test]
fn a_message_longer_than_whatsapp_sends_is_cut_and_marked() {
    let long = one_message(json!({"type": "text", "text": {"body": "a".repeat(1_000_000)}}));
    let Content::Text { body } = &long.content else { panic!("a text: {:?}", long.content) };
    assert!(body.len() < 70_000 && body.ends_with('…'), "{}", body.len());
    assert!(long.errors.iter().any(MetaError::is_cut));
    let longest = one_message(json!({"type": "text", "text": {"body": "😀".repeat(4_096)}}));
    assert_eq!((longest.content.text().map(|text| text.chars().count()), longest.errors.len()), (Some(4_096), 0));
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec![
            "text",
            "system",
            "edit",
            "failed",
            "control_taken",
            "standby",
            "",
            "-1",
            "é",
            "\u{0}"
        ])
        .prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    let key = prop::sample::select(vec![
        "id", "from", "type", "text", "body", "edit", "message", "system", "contacts", "messages", "standby",
        "metadata", "errors", "code",
    ]);
    leaf.prop_recursive(4, 48, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..5)
                .prop_map(|members| members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        ]
    })
}

/// All positions in a body, as JSON pointers.
fn pointers(value: &Value, path: &str, into: &mut Vec<String>) {
    into.push(path.to_owned());
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| pointers(item, &format!("{path}/{at}"), into))
        }
        Value::Object(members) => members.iter().for_each(|(key, item)| pointers(item, &format!("{path}/{key}"), into)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_mutation_panics(changes in prop::collection::vec((any::<prop::sample::Index>(), any_json()), 1..6)) {
        let mut body = everything();
        for (index, value) in changes {
            let mut paths = Vec::new();
            pointers(&body, "", &mut paths);
            if let Some(slot) = body.pointer_mut(index.get::<String>(&paths)) {
                *slot = value;
            }
        }
        if let Ok(batch) = read(body.to_string().as_bytes(), ARRIVED) {
            for update in &batch.updates {
                let _ = update.body.kind();
            }
        }
    }

    #[test]
    fn a_random_item_does_not_affect_the_others(at in 0usize..32, junk in any_json()) {
        let mut messages: Vec<Value> = (0..32)
            .map(|n| message(json!({"id": format!("wamid.{n}"), "type": "text", "text": {"body": "x"}})))
            .collect();
        messages[at] = junk;
        let batch = parse(&envelope("messages", value(json!({"messages": messages}))));
        let kept = batch.updates.iter().filter(|update| !update.path.ends_with(&format!("/messages/{at}"))).count();
        prop_assert_eq!(kept, 31);
        prop_assert_eq!(batch.updates.len() + batch.faults.len(), 32);
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), cut in any::<prop::sample::Index>()) {
        let _ = read(&bytes, ARRIVED);
        let whole = everything().to_string();
        let _ = read(&whole.as_bytes()[..cut.index(whole.len())], ARRIVED);
    }
}
