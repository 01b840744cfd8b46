//! Parsing statuses, echoes, identity changes and the fields other than `messages`: one row per shape.

use serde_json::{Value, json};

use super::read_samples::*;
use crate::domain::{
    event::NewIdentity,
    ids::Wamid,
    inbound::*,
    message::{Author, Content, Delivery},
    pricing::Pricing,
};

#[test]
fn identity_changes_are_parsed() {
    let system = |message: Value| match only(
        "messages",
        json!({"metadata": {"phone_number_id": "77001"}, "messages": [message]}),
    ) {
        UpdateBody::IdentityChanged(change) => *change,
        other => panic!("a change, not {other:?}"),
    };
    let number = system(message(json!({"type": "system", "system": {"type": "user_changed_number", "body": "A to B",
        "wa_id": "4915550077", "user_id": "DE.2", "previous_user_id": "DE.1"}})));
    assert_eq!((number.previous_user_id.as_deref(), number.new_user_id.as_deref()), (Some("DE.1"), Some("DE.2")));
    assert_eq!(
        (number.previous_wa_id.as_deref(), number.new_wa_id.as_deref()),
        (Some("4915550001"), Some("4915550077"))
    );
    assert_eq!((number.what, number.mark.0.as_str()), (NewIdentity::Number, "wamid.A1"));
    let id = system(json!({"id": "wamid.A1", "timestamp": SENT, "type": "system",
        "system": {"type": "user_changed_user_id", "user_id": "DE.2", "previous_user_id": "DE.1"}}));
    assert_eq!((id.previous_wa_id, id.new_wa_id, id.new_user_id), (None, None, some("DE.2")));
    assert_eq!(id.what, NewIdentity::UserId);
    let keys = system(message(json!({"type": "system", "identity": {"hash": "h"},
        "system": {"type": "customer_identity_changed", "body": "New keys"}})));
    assert_eq!((keys.what, keys.new_wa_id), (NewIdentity::Keys, None));
    let old = system(message(
        json!({"type": "system", "system": {"type": "customer_changed_number", "new_wa_id": "4915550078"}}),
    ));
    assert_eq!(old.new_wa_id.as_deref(), Some("4915550078"));
    let retired = only(
        "user_id_update",
        json!({"user_id_update": [
        {"wa_id": "4915550001", "user_id": {"previous": "DE.1", "current": "DE.2"}, "timestamp": SENT}]}),
    );
    assert!(
        matches!(retired, UpdateBody::IdentityChanged(change) if change.what == NewIdentity::UserId && change.at == SENT_AT)
    );
}

#[test]
fn a_change_to_or_from_a_user_id_never_makes_a_number_of_it() {
    let system = json!({"type": "system", "from": "DE.1", "id": "wamid.A1", "timestamp": SENT,
        "system": {"type": "user_changed_number", "wa_id": "DE.2"}});
    let UpdateBody::IdentityChanged(change) = only("messages", json!({"messages": [system]})) else {
        panic!("a change")
    };
    assert_eq!((change.previous_user_id.as_deref(), change.new_user_id.as_deref()), (Some("DE.1"), Some("DE.2")));
    assert_eq!((change.previous_wa_id, change.new_wa_id), (None, None));
    let echo = json!({"from": "49305550100", "to": "US.15551234567", "id": "wamid.E", "timestamp": SENT,
        "type": "text", "text": {"body": "Hi"}});
    let UpdateBody::Echo(echo) = only("smb_message_echoes", json!({"message_echoes": [echo]})) else {
        panic!("an echo")
    };
    assert_eq!((echo.identity.user_id.as_deref(), echo.identity.wa_id), (Some("US.15551234567"), None));
}

#[test]
fn a_username_is_cleaned() {
    let contact = json!([{"user_id": "US.1", "profile": {"name": "K", "username": " @kfisher"}}]);
    let message = json!({"from_user_id": "US.1", "id": "wamid.A1", "timestamp": SENT, "text": {"body": "x"}});
    let identity = incoming(json!({"contacts": contact, "messages": [message]})).identity;
    assert_eq!(identity.username.as_deref(), Some("kfisher"));
}

#[test]
fn an_imported_message_keeps_its_status() {
    let metadata = json!({"phone_number_id": "77001", "display_phone_number": "49305550100"});
    for (status, expected) in [
        (json!("READ"), Some(Delivery::Read)),
        (json!("ERROR"), Some(Delivery::Failed)),
        (json!("delivered"), Some(Delivery::Delivered)),
        (json!("PENDING"), None),
        (json!(null), None),
    ] {
        let ours = json!({"from": "49305550100", "to": "4915550001", "id": "wamid.H", "timestamp": SENT,
            "type": "media_placeholder", "history_context": {"status": status}});
        let thread = json!({"id": "4915550001", "messages": [ours]});
        let past = only("history", json!({"metadata": metadata, "history": [{"threads": [thread]}]}));
        let UpdateBody::Echo(echo) = past else { panic!("an echo") };
        assert_eq!(echo.delivery, expected, "{status}");
        assert!(echo.content.is_placeholder());
    }
}

#[test]
fn statuses_are_parsed() {
    let status = |parts: Value| {
        let mut status = json!({"id": "wamid.S", "timestamp": SENT, "recipient_id": "4915550001"});
        merge(&mut status, parts);
        only("messages", value(json!({"statuses": [status]})))
    };
    for (word, expected) in [
        ("sent", Delivery::Sent),
        ("delivered", Delivery::Delivered),
        ("read", Delivery::Read),
        ("played", Delivery::Played),
        ("failed", Delivery::Failed),
    ] {
        let UpdateBody::Status(news) = status(json!({"status": word, "biz_opaque_callback_data": "msg_1"})) else {
            panic!("{word} is a status")
        };
        assert_eq!((news.status, news.at, news.callback.as_deref()), (expected, SENT_AT, Some("msg_1")));
        assert_eq!(news.identity.user_id.as_deref(), Some("DE.100"));
    }
    for word in [json!("deleted"), json!("queued"), json!("cancelled"), json!(null)] {
        assert_eq!(status(json!({"status": word})).kind(), "foreign", "{word}");
    }
    let errors =
        json!([{"code": 131047, "title": "Re-engagement", "error_data": {"details": "24 hours"}}, {"code": "x"}]);
    let UpdateBody::Status(failed) = status(json!({"status": "failed", "errors": errors})) else { panic!("a status") };
    assert_eq!(
        failed.errors[0],
        MetaError { code: Some(131_047), title: some("Re-engagement"), details: some("24 hours") }
    );
    let UpdateBody::Status(group) = status(json!({"status": "read", "recipient_type": "group", "recipient_id": "G1",
        "participant_recipient_id": "4915550009"}))
    else {
        panic!("a status")
    };
    assert_eq!((group.group.as_deref(), group.identity.is_known()), (Some("G1"), false));
    assert_eq!(group.participant.and_then(|member| member.user_id).as_deref(), Some("DE.900"));
}

#[test]
fn the_price_of_a_message_is_parsed() {
    let pmp = json!({"billable": "true", "pricing_model": "PMP", "type": "regular", "category": "utility"});
    let cbp = json!({"billable": false, "pricing_model": "CBP", "category": "service"});
    for (given, expected) in [
        (pmp, Pricing::read(Some("PMP"), Some("utility"), Some("regular"), Some(true))),
        (cbp, Pricing::read(Some("CBP"), Some("service"), None, Some(false))),
        (json!({"billable": true, "pricing_model": "PMP"}), None),
        (json!("free"), None),
        (json!(null), None),
    ] {
        let status = json!({"id": "wamid.S", "timestamp": SENT, "status": "delivered", "pricing": given});
        let parsed = only("messages", value(json!({"statuses": [status]})));
        let UpdateBody::Status(news) = parsed else { panic!("a status") };
        assert_eq!(news.pricing, expected);
    }
}

#[test]
fn echoes_from_the_phone_and_from_partners_are_parsed() {
    let echo = |body: UpdateBody| match body {
        UpdateBody::Echo(echo) => *echo,
        other => panic!("an echo, not {other:?}"),
    };
    let phone = json!({"from": "49305550100", "to": "4915550001", "id": "wamid.E", "timestamp": SENT, "type": "text",
        "text": {"body": "from the phone"}});
    let phone = echo(only("smb_message_echoes", value(json!({"message_echoes": [phone]}))));
    assert_eq!(
        (phone.author, phone.content, phone.origin),
        (Author::Phone, text("from the phone"), InboundOrigin::Live)
    );
    assert_eq!(phone.identity.user_id.as_deref(), Some("DE.100"));
    let standby = |request: Value| {
        let item = json!({"id": "wamid.E", "timestamp": SENT, "message": request});
        let metadata = json!({"phone_number_id": "77001"});
        echo(only("standby", json!({"metadata": metadata, "standby": {"message_echoes": [item]}})))
    };
    let partner = standby(
        json!({"to": "+4915550001", "type": "text", "text": {"body": "shipped"}, "context": {"message_id": "wamid.Q"}}),
    );
    assert_eq!((partner.author, partner.origin), (Author::Partner, InboundOrigin::Standby));
    assert_eq!((partner.identity.wa_id.as_deref(), partner.quote), (Some("4915550001"), Some(Wamid("wamid.Q".into()))));
    let template = standby(
        json!({"recipient": "DE.100", "type": "template", "template": {"name": "hello", "language": {"code": "en-US"},
        "components": [{"type": "body", "parameters": [{"type": "text", "text": "Mina"}]}]}}),
    );
    assert_eq!(template.identity.user_id.as_deref(), Some("DE.100"));
    assert_eq!(
        template.content,
        Content::Template { name: "hello".into(), language: some("en_US"), body: some("Mina") }
    );
    let item = json!({"id": "wamid.E", "timestamp": SENT, "message": {"to": "1", "type": "template",
        "template": {"name": "hello", "components": [{"type": "body", "parameters": [{"text": "Mina"}]}]}},
        "template": {"language": "en-US", "components": [{"type": "HEADER", "format": "TEXT", "text": "Acme"},
            {"type": "BODY", "text": "Hi {{1}}"}, {"type": "FOOTER", "text": "Reply STOP to end"}]}});
    let whole = json!({"metadata": {"phone_number_id": "77001"}, "standby": {"message_echoes": [item]}});
    let body = some("Acme\nHi Mina\nReply STOP to end");
    assert_eq!(
        echo(only("standby", whole)).content,
        Content::Template { name: "hello".into(), language: some("en_US"), body }
    );
    let buttons =
        standby(json!({"to": "1", "type": "interactive", "interactive": {"type": "button", "body": {"text": "Sure?"},
        "action": {"buttons": [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]}}}));
    assert_eq!(buttons.content, Content::Interactive { body: "Sure?".into(), options: vec!["Yes".into()] });
}

#[test]
fn standby_and_history_items_have_their_origin() {
    let parts = json!({"type": "text", "text": {"body": "x"}});
    let inner = json!({"contacts": [{"wa_id": "4915550001", "profile": {"name": "Mina"}}],
        "messages": [message(parts.clone())],
        "statuses": [{"id": "wamid.S", "status": "sent"}]});
    let metadata = json!({"phone_number_id": "77001", "display_phone_number": "49305550100"});
    let copies = bodies("standby", json!({"metadata": metadata, "standby": inner}));
    assert!(matches!(&copies[0], UpdateBody::Message(m)
            if m.origin == InboundOrigin::Standby && m.identity.name.as_deref() == Some("Mina")));
    assert!(matches!(&copies[1], UpdateBody::Status(s) if s.origin == InboundOrigin::Standby));
    let ours = json!({"from": "49305550100", "to": "4915550001", "id": "wamid.H", "timestamp": SENT, "type": "text",
        "text": {"body": "y"}});
    let thread = json!({"id": "4915550001", "messages": [message(parts), ours]});
    let past = bodies(
        "history",
        json!({"metadata": metadata,
        "history": [{"metadata": {"phase": 1, "chunk_order": 2, "progress": 40}, "threads": [thread]}]}),
    );
    assert!(matches!(&past[0], UpdateBody::IgnoredEvent(news) if news.summary == "phase 1, chunk 2, 40 %"));
    assert!(matches!(&past[1], UpdateBody::Message(m) if m.origin == InboundOrigin::History));
    assert!(matches!(&past[2], UpdateBody::Echo(e)
            if e.origin == InboundOrigin::History && e.identity.wa_id.as_deref() == Some("4915550001")));
    let declined = only(
        "history",
        json!({"metadata": metadata, "history": [{"errors": [{"code": 2593109, "title": "Declined"}]}]}),
    );
    assert!(matches!(declined, UpdateBody::ChannelAlert(trouble) if trouble.code == Some(2_593_109)));
}

#[test]
fn handovers_are_parsed_with_few_fields() {
    let recipient = json!({"phone_number_id": "77001", "display_phone_number": "49305550100"});
    let full = json!({"recipient": recipient, "sender": {"phone_number": "4915550001"}, "type": "control_passed",
        "timestamp": SENT,
        "control_passed": {"previous_owner_role": "ai_agent", "new_owner_role": "escalation",
            "metadata": "asked for a person",
            "conversation_context": {"summary": {"text": "A refund"}}}});
    let batch = parse(&envelope("messaging_handovers", full));
    assert_eq!(batch.updates[0].channel, Some(PhoneNumberId("77001".into())));
    let UpdateBody::Handover(passed) = &batch.updates[0].body else { panic!("a handover") };
    assert_eq!((passed.control, passed.at, passed.summary.as_deref()), (Control::Passed, SENT_AT, Some("A refund")));
    assert_eq!(passed.identity.wa_id.as_deref(), Some("4915550001"));
    let bare = only("messaging_handovers", json!({"type": "control_taken", "control_taken": {"metadata": "m"}}));
    assert!(matches!(bare, UpdateBody::Handover(taken)
            if taken.control == Control::Taken && taken.note.as_deref() == Some("m")));
    assert_eq!(only("messaging_handovers", json!({"type": "control_juggled"})).kind(), "foreign");
}

#[test]
fn updates_without_an_id_are_deduplicated_by_content_and_time() {
    let mark = |body: &Value| match parse(body).updates.remove(0).body {
        UpdateBody::Handover(handover) => handover.mark,
        UpdateBody::ChannelAlert(trouble) => trouble.mark,
        other => panic!("news without an id, not {other:?}"),
    };
    let pass = |at: &str| {
        envelope(
            "messaging_handovers",
            json!({"recipient": {"phone_number_id": "77001"}, "timestamp": at,
            "sender": {"phone_number": "4915550001"}, "type": "control_passed", "control_passed": {"metadata": "m"}}),
        )
    };
    assert_eq!(mark(&pass(SENT)), mark(&pass(SENT)));
    assert_ne!(mark(&pass(SENT)), mark(&pass("1789990001")));
    let flagged = |time: i64| {
        let mut body = envelope("phone_number_quality_update", json!({"event": "FLAGGED"}));
        body["entry"][0]["time"] = json!(time);
        body
    };
    assert_eq!(mark(&flagged(1)), mark(&flagged(1)));
    assert_ne!(mark(&flagged(1)), mark(&flagged(2)), "the same again another day is news");
}

#[test]
fn other_fields_become_alerts_or_ignored_events() {
    let preference = json!({"user_preferences": [{"wa_id": "4915550001", "category": "marketing_messages",
        "value": "stop", "timestamp": 1_789_990_000}]});
    assert!(matches!(only("user_preferences", value(preference)), UpdateBody::Preference(p)
            if p.value == "stop" && p.at == SENT_AT));
    for (field, value, expected) in [
        ("messages", json!({"errors": [{"code": 130429, "title": "Rate limit hit"}]}), "alert: Rate limit hit"),
        ("messages", json!({}), "ignored: empty"),
        (
            "account_update",
            json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": [{"restriction_type": "A"},
                {"restriction_type": "B"}]}),
            "alert: ACCOUNT_RESTRICTION (A, B)",
        ),
        (
            "account_update",
            json!({"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}}),
            "alert: DISABLED_UPDATE (DISABLE)",
        ),
        // What is in an update decides, whatever its event is called.
        (
            "account_update",
            json!({"event": "ACCOUNT_RESTRICTION", "ban_info": {"waba_ban_state": ["REINSTATE"],
                "waba_ban_date": "2026-03-02"}}),
            "alert: DISABLED_UPDATE (REINSTATE, 2026-03-02)",
        ),
        (
            "account_update",
            json!({"event": "ACCOUNT_RESTRICTION", "ban_info": {"waba_ban_state": "SCHEDULE_FOR_DISABLE",
                "waba_ban_date": "DATE"}}),
            "alert: DISABLED_UPDATE (SCHEDULE_FOR_DISABLE)",
        ),
        (
            "account_update",
            json!({"event": "ACCOUNT_RESTRICTION", "violation_info": {"violation_type": "ADULT"}}),
            "alert: ACCOUNT_VIOLATION (ADULT)",
        ),
        (
            "account_update",
            json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": [{"restriction_type": "A",
                "expiration": 1_772_900_000}, {"restriction_type": "B", "expiration": "1772000000"}]}),
            "alert: ACCOUNT_RESTRICTION (A, B, until 2026-03-07)",
        ),
        (
            "account_update",
            json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": []}),
            "alert: ACCOUNT_RESTRICTION",
        ),
        ("account_update", json!({"event": "ACCOUNT_RECONNECTED"}), "alert: ACCOUNT_RECONNECTED"),
        ("account_update", json!({"event": "PARTNER_ADDED"}), "ignored: PARTNER_ADDED"),
        ("account_review_update", json!({"decision": "REJECTED"}), "alert: REJECTED"),
        ("account_review_update", json!({"decision": "APPROVED"}), "ignored: APPROVED"),
        (
            "phone_number_quality_update",
            json!({"event": "FLAGGED", "current_limit": "TIER_1K"}),
            "alert: FLAGGED (TIER_1K)",
        ),
        ("phone_number_quality_update", json!({"event": "UNFLAGGED"}), "alert: UNFLAGGED"),
        ("phone_number_quality_update", json!({"event": "UPGRADE"}), "ignored: UPGRADE"),
        ("phone_number_name_update", json!({"decision": "REJECTED"}), "alert: REJECTED"),
        ("security", json!({"event": "PIN_CHANGED"}), "alert: PIN_CHANGED"),
        ("account_alerts", json!({"alert_severity": "CRITICAL", "alert_type": "OBA_REJECTED"}), "alert: OBA_REJECTED"),
        (
            "account_alerts",
            json!({"alert_info": {"alert_severity": "INFORMATIONAL", "alert_type": "OBA_OK"}}),
            "ignored: Oba ok",
        ),
        (
            "message_template_status_update",
            json!({"event": "PAUSED", "message_template_id": 12_345_678_901_i64, "message_template_name": "spring",
            "message_template_language": "en-US", "reason": null}),
            "templates: spring en_US PAUSED",
        ),
        (
            "message_template_quality_update",
            json!({"message_template_name": "spring", "message_template_language": "de", "new_quality_score": "RED"}),
            "templates: spring de RED",
        ),
        (
            "smb_app_state_sync",
            json!({"state_sync": [{"contact": {"full_name": "Secret Name"}}]}),
            "ignored: state_sync",
        ),
        ("calls", json!({"calls": []}), "ignored: empty"),
        ("calls", json!({"calls": [{"id": "c", "event": "terminate", "from": "1"}]}), "ignored: terminate"),
        (
            "calls",
            json!({"calls": [{"id": "c", "event": "terminate", "from": "1"}], "errors": [{"code": 138_007}]}),
            "ignored: terminate, code 138007",
        ),
        (
            "calls",
            json!({"calls": [{"id": "c", "event": "terminate", "errors": [{"code": 138_007, "title": "Timeout"}]}]}),
            "ignored: terminate, code 138007",
        ),
        ("calls", json!({"errors": [{"code": 138_007}]}), "ignored: empty"),
        ("tomorrow", json!({"new": 1}), "ignored: new"),
    ] {
        let read = match only(field, value) {
            UpdateBody::ChannelAlert(ChannelAlert { title, details: None, .. }) => format!("alert: {title}"),
            UpdateBody::ChannelAlert(ChannelAlert { title, details: Some(details), .. }) => {
                format!("alert: {title} ({details})")
            }
            UpdateBody::IgnoredEvent(IgnoredEvent { summary, .. }) => format!("ignored: {summary}"),
            UpdateBody::TemplatesChanged(news) => format!("templates: {}", news.event.summary),
            other => panic!("{field}: {other:?}"),
        };
        assert_eq!(read, expected, "{field}");
    }
}

#[test]
fn an_update_that_names_its_account_is_of_that_account() {
    let partner = envelope(
        "account_update",
        json!({"event": "PARTNER_REMOVED", "waba_info": {"waba_id": "88009", "owner_business_id": "5"}}),
    );
    assert_eq!(parse(&partner).updates[0].waba, Some(WabaId("88009".into())));
    let plain = envelope("account_update", json!({"event": "ACCOUNT_DELETED", "waba_info": null}));
    assert_eq!(parse(&plain).updates[0].waba, Some(WabaId("88001".into())));
}
