//! Tests of filling in texts and of storing answers.

use serde_json::json;

use super::super::{
    definition::Flow,
    limits,
    run::{Answered, Cause, Continuation, Facts, Input, Position, StepEffect, StepOutcome},
    samples,
    step::step,
};
use crate::{
    message::{interactive::InteractiveMessage, outgoing::OutgoingMessage},
    time::{Span, Timestamp},
};

fn saying(words: &str) -> Flow {
    let steps = json!([
        { "id": "a", "act": { "kind": "message", "say": "text", "text": words } },
        { "id": "z", "act": { "kind": "close" } },
    ]);
    serde_json::from_value(json!({ "name": "test", "steps": steps })).expect("a flow")
}

fn said(stepped: &StepOutcome) -> &str {
    match &stepped.effects[0] {
        StepEffect::Say { message: OutgoingMessage::Text { text }, .. } => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn texts_use_date_channel_and_ad_and_never_a_missing_value() {
    // 23:30 UTC is already the next day in Berlin.
    let known = Facts {
        now: Timestamp(1_795_908_600_000),
        offset: Span::hours(1),
        channel: "Shop".into(),
        ad: "Summer sale".into(),
        customer_name: "Rosa Lind".into(),
        ..Facts::default()
    };
    let filled =
        saying("{{ today }}, {{ now }}, {{ conversation.channel }}, {{ conversation.ad }}, {{ customer.first_name }}");
    let stepped = step(&filled, &Position::Start, &Input::Begin, &known);
    assert_eq!(said(&stepped), "2026-11-29, 2026-11-29 00:30, Shop, Summer sale, Rosa");
    for name in ["customer.phone", "conversation.ad"] {
        let stepped = step(&saying(&format!("{{{{ {name} }}}}")), &Position::Start, &Input::Begin, &Facts::default());
        let Continuation::Handoff(handoff) = stepped.rest else { panic!("a blank was sent") };
        assert_eq!(handoff.cause, Cause::BadTemplate, "{name}");
        let guarded = saying(&format!("{{{{ {name} | default('none') }}}}"));
        assert_eq!(said(&step(&guarded, &Position::Start, &Input::Begin, &Facts::default())), "none");
    }
}

#[test]
fn a_blank_field_counts_as_missing() {
    let flow = samples::Sample::OrderStatus.flow();
    let known = Facts { variables: [("order_number".to_owned(), "10042".to_owned())].into(), ..Facts::default() };
    let fetching = Position::Fetching { step: "look_up".into() };
    let fetched = Input::Fetched(Ok(Answered { status: 200, body: "{\"status\": \" \"}".into() }));
    let Continuation::Handoff(handoff) = step(&flow, &fetching, &fetched, &known).rest else { panic!("it was told") };
    assert_eq!(handoff.reason, "Couldn't look up order 10042");
}

#[test]
fn a_filled_in_text_that_is_too_long_is_cut_for_whatsapp() {
    let steps = json!([
        { "id": "a", "act": { "kind": "message", "say": "buttons", "text": "{{ message }}",
            "buttons": [{ "payload": "p", "title": "{{ message }}" }] } },
        { "id": "b", "act": { "kind": "message", "say": "text", "text": "{{ message }}{{ message }}" } },
        { "id": "z", "act": { "kind": "close" } },
    ]);
    let flow: Flow = serde_json::from_value(json!({ "name": "test", "steps": steps })).expect("a flow");
    let words = Input::Said { text: "é\n".repeat(2_000), payload: None };
    let stepped = step(&flow, &Position::Start, &words, &Facts::default());
    let StepEffect::Say { message: OutgoingMessage::Interactive(offered), .. } = &stepped.effects[0] else {
        panic!("none")
    };
    let InteractiveMessage::Buttons { body, buttons } = offered else { panic!("no buttons: {offered:?}") };
    assert_eq!((body.chars().count(), buttons[0].title.chars().count()), (limits::BODY, limits::BUTTON_TITLE));
    assert!(!buttons[0].title.contains('\n'));
    let StepEffect::Say { message: OutgoingMessage::Text { text }, .. } = &stepped.effects[1] else {
        panic!("no text")
    };
    assert_eq!(text.chars().count(), limits::TEXT);
}
