use serde_json::json;

use super::*;
use crate::flow::definition::StepId;

fn flow(steps: serde_json::Value) -> Flow {
    serde_json::from_value(json!({ "name": "test", "steps": steps })).expect("a flow")
}

fn set(id: &str, variable: &str, value: &str) -> serde_json::Value {
    json!({ "id": id, "act": { "kind": "set", "variable": variable, "value": value } })
}

fn http(keep: serde_json::Value) -> Flow {
    flow(json!([
        { "id": "h", "name": "Shop", "act": { "kind": "http", "url": "https://a.example", "keep": keep } },
        { "id": "z", "act": { "kind": "close" } },
    ]))
}

fn answered(flow: &Flow, status: u16, body: &str) -> StepOutcome {
    let input = Input::Fetched(Ok(Answered { status, body: body.into() }));
    step(flow, &Position::Fetching { step: "h".into() }, &input, &Facts::default())
}

fn begin(flow: &Flow) -> StepOutcome {
    step(flow, &Position::Start, &Input::Begin, &Facts::default())
}

fn handoff(outcome: StepOutcome) -> FlowHandoff {
    match outcome.rest {
        Continuation::Handoff(handoff) => handoff,
        other => panic!("{other:?}"),
    }
}

fn is_closed(outcome: &StepOutcome) -> bool {
    matches!(outcome.rest, Continuation::Close { .. })
}

#[test]
fn one_call_runs_a_hundred_steps_and_no_more() {
    let with_steps = |count: usize| {
        let steps: Vec<_> = (1..count).map(|at| set(&format!("s{at}"), "x", "1")).collect();
        let last = json!({ "id": "z", "act": { "kind": "close" } });
        begin(&flow(json!(steps.into_iter().chain([last]).collect::<Vec<_>>())))
    };
    assert!(is_closed(&with_steps(limits::STEPS)));
    let beyond = with_steps(limits::STEPS + 1);
    assert_eq!(beyond.effects.len(), limits::STEPS);
    let handoff = handoff(beyond);
    assert_eq!((handoff.cause, handoff.step), (Cause::Loop, Some(StepId::from("z"))));
}

#[test]
fn a_status_of_four_hundred_or_more_is_a_failure() {
    let flow = http(json!([]));
    for status in [100, 200, 204, 399] {
        assert!(is_closed(&answered(&flow, status, "")), "{status}");
    }
    for status in [400, 401, 500] {
        let handoff = handoff(answered(&flow, status, ""));
        assert_eq!((handoff.cause, handoff.note), (Cause::HttpFailed, format!("The response had status {status}.")));
        assert_eq!(handoff.reason, "An API call failed at “Shop”");
    }
}

#[test]
fn a_field_that_is_missing_null_or_blank_is_a_failure() {
    let flow = http(json!([{ "pointer": "/a", "variable": "x" }]));
    let note = |body: &str| handoff(answered(&flow, 200, body)).note;
    assert_eq!(note("{}"), "The response has no field /a.");
    assert_eq!(note(r#"{"a":null}"#), "The response has no field /a.");
    assert_eq!(note(r#"{"a":" \n"}"#), "The response's field /a is empty.");
    assert_eq!(note("<html>"), "The response isn't valid JSON.");
    let deep = format!("{{\"a\": {}1{}}}", "[".repeat(64), "]".repeat(64));
    assert_eq!(note(&deep), "The response is nested more than 64 levels deep.");
    let wide = format!("{{\"a\": [{}]}}", vec!["1"; 50_001].join(","));
    assert_eq!(note(&wide), "The response has more than 50,000 values.");
    let value = |body: &str| match answered(&flow, 200, body).effects.as_slice() {
        [StepEffect::Set { value, label, .. }] => (value.clone(), label.clone()),
        other => panic!("{other:?}"),
    };
    assert_eq!(value(r#"{"a":" ok\u0000\n"}"#), (" ok\n".into(), "Shop".into()));
    assert_eq!(value(r#"{"a":false}"#).0, "false");
    assert_eq!(value(r#"{"a":[]}"#).0, "[]");
}

#[test]
fn a_value_is_cut_and_one_without_a_name_is_not_stored() {
    let named = begin(&flow(json!([set("a", "x", &"é".repeat(limits::VALUE + 1))])));
    let [StepEffect::Set { value, .. }] = named.effects.as_slice() else { panic!("{named:?}") };
    assert_eq!(value.chars().count(), limits::VALUE);
    assert_eq!(begin(&flow(json!([set("a", "", "1")]))).effects, []);
}

#[test]
fn a_close_without_text_sends_nothing() {
    let close = |text: &str| begin(&flow(json!([{ "id": "z", "act": { "kind": "close", "text": text } }])));
    assert_eq!(close(" ").effects, []);
    let message = OutgoingMessage::Text { text: "Bye".into() };
    assert_eq!(close("Bye").effects, [StepEffect::Say { step: "z".into(), message }]);
    assert!(is_closed(&close("")) && is_closed(&close("Bye")));
}

#[test]
fn an_answer_that_does_not_match_is_noted_for_the_agent() {
    let asks = flow(json!([
        { "id": "q", "act": { "kind": "question", "text": "?", "variable": "x", "expect": { "expect": "number" } } },
    ]));
    let at = |tries, input: Input| {
        handoff(step(&asks, &Position::Waiting { step: "q".into(), tries }, &input, &Facts::default())).note
    };
    let said = |text: &str| Input::Said { text: text.into(), payload: None };
    assert_eq!(at(0, said("many")), "The last answer was “many”.");
    assert_eq!(at(0, Input::NonText), "The last answer wasn't text.");
    // More tries than the question allows, as after a change of the flow, end it too.
    assert_eq!(at(9, said("many")), "The last answer was “many”.");
    assert_eq!(at(0, Input::TimedOut), "");
}

#[test]
fn an_interrupted_request_is_not_sent_again() {
    let flow = http(json!([]));
    let outcome = step(&flow, &Position::Fetching { step: "h".into() }, &Input::Begin, &Facts::default());
    assert_eq!(handoff(outcome).note, "The server stopped before the response arrived.");
}

#[test]
fn a_question_that_begins_again_forgets_its_tries() {
    let asks = flow(json!([
        { "id": "q", "act": { "kind": "question", "text": "How many?", "variable": "x", "retries": 3,
            "retry_text": "Again?", "expect": { "expect": "number" } } },
    ]));
    let outcome = step(&asks, &Position::Waiting { step: "q".into(), tries: 2 }, &Input::Begin, &Facts::default());
    let waiting = Position::Waiting { step: "q".into(), tries: 0 };
    assert_eq!(outcome.rest, Continuation::Wait { position: waiting, patience: None });
    let message = OutgoingMessage::Text { text: "How many?".into() };
    assert_eq!(outcome.effects, [StepEffect::Say { step: "q".into(), message }]);
}

#[test]
fn every_cause_has_its_own_label() {
    let causes = [
        (Cause::Step, "The flow requested an agent"),
        (Cause::NoMatch, "No valid answer"),
        (Cause::TooLong, "The customer didn't answer in time"),
        (Cause::HttpFailed, "An API call failed"),
        (Cause::ModelFailed, "The language model failed"),
        (Cause::MissingStep, "The flow is at a step that doesn't exist"),
        (Cause::DeadEnd, "The flow reached a dead end"),
        (Cause::Loop, "The flow is stuck in a loop"),
        (Cause::BadTemplate, "A text in the flow couldn't be filled in"),
    ];
    for (cause, label) in causes {
        assert_eq!(cause.label(), label);
        assert_eq!(broken(None, cause, "").reason, label, "a flow without a step names no place");
    }
}
