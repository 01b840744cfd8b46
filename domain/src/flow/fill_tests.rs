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

fn flow(steps: serde_json::Value) -> Flow {
    serde_json::from_value(json!({ "name": "test", "steps": steps })).expect("a flow")
}

fn begin(flow: &Flow, facts: &Facts) -> StepOutcome {
    step(flow, &Position::Start, &Input::Begin, facts)
}

/// The note of the handoff that a text with a fault leads to.
fn fault(stepped: StepOutcome) -> String {
    match stepped.rest {
        Continuation::Handoff(handoff) if handoff.cause == Cause::BadTemplate => handoff.note,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_empty_name_has_a_value_unless_it_is_optional() {
    // A customer without a name is an empty text; a private number is a missing value.
    let known = Facts { customer_phone: "+49151".into(), customer_language: "de".into(), ..Facts::default() };
    let stepped = begin(&saying("[{{ customer.name }}] {{ customer.phone }} {{ customer.language }}"), &known);
    assert_eq!(said(&stepped), "[] +49151 de");
    let missing = fault(begin(&saying("{{ customer.language }}"), &Facts::default()));
    assert!(missing.contains("`{{ customer.language }}` has no value"), "{missing}");
    assert_eq!(
        fault(begin(&saying("{{ customer.name }} "), &Facts::default())),
        "The text is empty once its variables are filled in."
    );
}

#[test]
fn two_buttons_with_the_same_title_are_a_fault() {
    let offering = |second: &str| {
        flow(json!([
            { "id": "a", "act": { "kind": "message", "say": "buttons", "text": "Which?", "buttons": [
                { "payload": "a", "title": "One" }, { "payload": "b", "title": second } ] } },
            { "id": "z", "act": { "kind": "close" } },
        ]))
    };
    let known = Facts { customer_name: "One".into(), ..Facts::default() };
    let words = "Two buttons have the same title once their variables are filled in.";
    assert_eq!(fault(begin(&offering("{{ customer.name }}"), &known)), words);
    assert!(matches!(begin(&offering("Two"), &known).rest, Continuation::Close { .. }));
}

#[test]
fn a_question_offers_buttons_only_for_a_few_short_options_without_descriptions() {
    let asks = |options: serde_json::Value| {
        let flow = flow(json!([{ "id": "q", "act": { "kind": "question", "text": "Well?", "variable": "x",
            "expect": { "expect": "choice", "options": options } } }]));
        match begin(&flow, &Facts::default()).effects.as_slice() {
            [StepEffect::Say { message: OutgoingMessage::Interactive(offered), .. }] => match offered {
                InteractiveMessage::List { rows, open, .. } => format!("{} rows below {open}", rows.len()),
                other => other.kind().to_owned(),
            },
            [StepEffect::Say { message: OutgoingMessage::Text { text }, .. }] => text.clone(),
            other => panic!("{other:?}"),
        }
    };
    let option = |title: &str, description: &str| json!({ "id": title, "title": title, "description": description });
    let many = |count: usize| json!((0..count).map(|n| option(&n.to_string(), "")).collect::<Vec<_>>());
    assert_eq!(asks(many(3)), "buttons");
    assert_eq!(asks(many(4)), "4 rows below Options");
    assert_eq!(asks(many(11)), "10 rows below Options");
    assert_eq!(asks(json!([option("Yes", "Really")])), "1 rows below Options");
    assert_eq!(asks(json!([option("Yes", " ")])), "buttons");
    // Options without a title are left out; without any option it is a text.
    assert_eq!(asks(json!([option("Yes", ""), option(" ", "")])), "buttons");
    assert_eq!(asks(json!([option(" ", "")])), "Well?");
}

#[test]
fn a_request_has_a_body_and_a_time_limit_only_within_bounds() {
    let called = |body: &str, time_out: Option<i64>| {
        let act = json!({ "kind": "http", "url": " https://a.example ", "body": body, "time_out": time_out });
        match begin(&flow(json!([{ "id": "h", "act": act }])), &Facts::default()).rest {
            Continuation::Fetch { call, .. } => (call.url, call.body, call.time_out),
            other => panic!("{other:?}"),
        }
    };
    let url = || "https://a.example".to_owned();
    assert_eq!(called(" ", None), (url(), None, Span::seconds(5)));
    assert_eq!(called("{}", Some(1_500)), (url(), Some("{}".into()), Span(1_500)));
    for (time_out, expected) in [(0, 5_000), (-1, 5_000), (1, 1), (5_000, 5_000), (5_001, 5_000)] {
        assert_eq!(called("", Some(time_out)).2, Span(expected), "{time_out}");
    }
}

#[test]
fn a_repeated_question_uses_its_own_text_if_it_has_one() {
    let asked = |retry_text: &str, tries| {
        let flow = flow(json!([{ "id": "q", "act": { "kind": "question", "text": "First", "variable": "x",
            "retries": 3, "retry_text": retry_text, "expect": { "expect": "number" } } }]));
        let input = if tries == 0 { Input::Begin } else { Input::NonText };
        let position = if tries == 0 { Position::Start } else { Position::Waiting { step: "q".into(), tries: 0 } };
        said(&step(&flow, &position, &input, &Facts::default())).to_owned()
    };
    assert_eq!((asked("Again", 0), asked("Again", 1), asked(" ", 1)), ("First".into(), "Again".into(), "First".into()));
}
