use serde_json::json;

use super::{
    tests::{NOW, model, run, text, turn, waiting},
    walk::{advance, begin, facts},
    *,
};
use crate::{
    flow::run::{Answered, Input},
    handoff::{Failure, Trigger},
    time::{Span, Timestamp},
};

fn live(steps: serde_json::Value) -> LiveFlow {
    let flow: Flow = serde_json::from_value(json!({ "name": "Orders", "steps": steps })).expect("a flow");
    LiveFlow::new("flw_1".into(), 3, Arc::new(flow))
}

fn message(id: &str, text: &str) -> serde_json::Value {
    json!({ "id": id, "act": { "kind": "message", "say": "text", "text": text } })
}

fn question(more: serde_json::Value) -> serde_json::Value {
    let mut act = json!({ "kind": "question", "text": "Number?", "variable": "order",
        "expect": { "expect": "number" } });
    if let (Some(act), Some(more)) = (act.as_object_mut(), more.as_object()) {
        act.extend(more.clone());
    }
    json!({ "id": "ask", "name": "Ask", "act": act })
}

/// The outcome of `input` at `position`.
fn outcome(live: &LiveFlow, position: Position, input: &Input, model: Option<Arc<ModelSettings>>) -> TurnOutcome {
    let run = run(live, position).expect("a run");
    advance(&Turn { model, ..turn(text("hi")) }, &run, input, NOW)
}

fn escalation(outcome: TurnOutcome) -> Escalation {
    match outcome.next {
        NextAction::HandOff(escalation) => escalation,
        other => panic!("{other:?}"),
    }
}

fn said(text: &str) -> Input {
    Input::Said { text: text.into(), payload: None }
}

#[test]
fn a_flow_begins_at_the_version_that_is_live() {
    let flow = live(json!([question(json!({ "patience": 60000 }))]));
    let outcome = begin(&turn(text("hi")), &flow, NOW);
    let FlowChange::Begin { flow, version, position } = outcome.flow else { panic!("{:?}", outcome.flow) };
    assert_eq!((flow.as_str(), version, position), ("flw_1", 3, waiting()));
    assert!(matches!(outcome.next, NextAction::WaitFor(Span(60_000))), "{:?}", outcome.next);
}

#[test]
fn a_question_without_a_limit_waits_without_one() {
    let flow = live(json!([question(json!({}))]));
    let outcome = outcome(&flow, Position::Start, &Input::Begin, None);
    let FlowChange::Move { flow, version, position } = outcome.flow else { panic!("{:?}", outcome.flow) };
    assert_eq!((flow.as_str(), version, position), ("flw_1", 3, waiting()));
    assert!(matches!(outcome.next, NextAction::Wait), "{:?}", outcome.next);
}

#[test]
fn a_value_is_an_answer_only_if_a_question_asked_for_it() {
    let flow = live(json!([
        question(json!({})),
        { "id": "copy", "name": "Copy", "act": { "kind": "set", "variable": "copy", "value": "{{ order }}!" } },
        message("done", "{{ copy }}"),
        { "id": "end", "act": { "kind": "close", "text": "" } },
    ]));
    let outcome = outcome(&flow, waiting(), &said("12"), None);
    let actions: Vec<_> = outcome
        .actions
        .iter()
        .map(|action| match action {
            BotAction::Say(message) => format!("says {}", Content::from(message.clone()).preview()),
            BotAction::Set { step, label, name, value, source } => {
                let step = step.as_ref().map(|step| step.0.as_str());
                format!("{name}={value} by {} ({label}) as {source:?}", step.unwrap_or_default())
            }
        })
        .collect();
    assert_eq!(actions, ["order=12 by ask (Ask) as Answer", "copy=12! by copy (Copy) as Step", "says 12!"]);
    assert!(matches!((outcome.flow, outcome.next), (FlowChange::End, NextAction::Close)));
}

#[test]
fn a_request_is_sent_by_the_step_that_waits_for_it() {
    let flow = live(json!([
        { "id": "get", "name": "Shop", "act": { "kind": "http", "url": "https://a.example" } },
    ]));
    let outcome = outcome(&flow, Position::Start, &Input::Begin, None);
    let NextAction::Ask { step, label, call } = outcome.next else { panic!("{:?}", outcome.next) };
    assert_eq!((step.0.as_str(), label.as_str(), call.url.as_str()), ("get", "Shop", "https://a.example"));
    let FlowChange::Move { position, .. } = outcome.flow else { panic!("{:?}", outcome.flow) };
    assert_eq!(position, Position::Fetching { step: "get".into() });
}

#[test]
fn a_model_step_takes_its_failure_path_while_no_model_is_set_up() {
    let flow = live(json!([
        message("hi", "Hi"),
        { "id": "m", "name": "Chat", "act": { "kind": "model", "on_failure": [message("sorry", "Sorry")] } },
        { "id": "h", "name": "Agent", "act": { "kind": "handoff", "reason": "Orders" } },
    ]));
    let said = |outcome: &TurnOutcome| outcome.actions.len();
    let with_model = outcome(&flow, Position::Start, &Input::Begin, Some(model()));
    assert!(matches!(with_model.next, NextAction::Model), "{:?}", with_model.next);
    assert_eq!(said(&with_model), 1);
    let without = outcome(&flow, Position::Start, &Input::Begin, None);
    assert_eq!(said(&without), 2);
    let escalation = escalation(without);
    assert_eq!(escalation.trigger, Trigger::Flow { flow: "Orders".into(), step: "Agent".into() });
    // Without a failure path an agent is requested.
    let bare = live(json!([{ "id": "m", "name": "Chat", "act": { "kind": "model" } }]));
    let escalation = self::escalation(outcome(&bare, Position::Start, &Input::Begin, None));
    assert_eq!(escalation.trigger, Trigger::Failure { failure: Failure::ModelError });
    assert_eq!(escalation.brief.note, "No language model is set up.");
}

#[test]
fn a_flow_that_returns_to_its_model_step_without_end_escalates() {
    let flow = live(json!([
        message("s", "One moment."),
        { "id": "m", "act": { "kind": "model", "on_failure": [{ "id": "j", "act": { "kind": "jump", "to": "m" } }] } },
    ]));
    let outcome = outcome(&flow, Position::Start, &Input::Begin, None);
    assert!(matches!(outcome.flow, FlowChange::End));
    assert!(matches!(&outcome.actions[..], [BotAction::Say(_)]), "what was said before is sent");
    let escalation = escalation(outcome);
    assert_eq!(escalation.trigger, Trigger::Failure { failure: Failure::FlowBroken });
    assert_eq!(escalation.brief.reason, "Flow “Orders” loops without end.");
}

#[test]
fn a_version_that_cannot_be_read_ends_the_flow() {
    let flow = live(json!([]));
    let run = FlowRun { flow: None, ..run(&flow, waiting()).expect("a run") };
    let outcome = advance(&turn(text("hi")), &run, &said("12"), NOW);
    assert!(matches!(outcome.flow, FlowChange::End));
    let escalation = escalation(outcome);
    assert_eq!(escalation.trigger, Trigger::Failure { failure: Failure::FlowBroken });
    assert_eq!(escalation.brief.reason, "The flow version this conversation started with is missing or unreadable.");
    assert_eq!(escalation.message, Some("msg_1".into()));
}

#[test]
fn an_escalation_of_a_flow_names_its_failure_and_its_place() {
    let asks = live(json!([question(json!({}))]));
    let gets = live(json!([{ "id": "get", "name": "Shop", "act": { "kind": "http", "url": "https://a.example" } }]));
    let getting = || Position::Fetching { step: "get".into() };
    let failed = Input::Fetched(Ok(Answered { status: 500, body: String::new() }));
    let talks = live(json!([{ "id": "m", "name": "Chat", "act": { "kind": "model" } }]));
    let empty = live(json!([]));
    let ends = live(json!([message("last", "Hi")]));
    let jumps = live(json!([{ "id": "j", "name": "Loop", "act": { "kind": "jump", "to": "j" } }]));
    let fills = live(json!([message("fill", "{{ nothing }}")]));
    let gone = Position::Waiting { step: "gone".into(), tries: 0 };
    let table = [
        (&asks, waiting(), said("many"), Failure::NoMatch, "step “Ask”: No valid answer at “Ask”"),
        (&asks, waiting(), Input::TimedOut, Failure::TooLong, "step “Ask”: The customer didn't answer in time"),
        (&gets, getting(), failed, Failure::HttpFailed, "step “Shop”: An API call failed at “Shop”"),
        (&talks, Position::Start, Input::Begin, Failure::ModelError, "step “Chat”: The language model failed"),
        (&asks, gone, said("1"), Failure::FlowBroken, "Flow “Orders”: The flow is at a step that doesn't exist"),
        (&empty, Position::Start, Input::Begin, Failure::FlowBroken, "Flow “Orders”: The flow reached a dead end"),
        (&ends, Position::Start, Input::Begin, Failure::FlowBroken, "The flow reached a dead end at"),
        (&jumps, Position::Start, Input::Begin, Failure::FlowBroken, "step “Loop”: The flow is stuck in a loop"),
        (&fills, Position::Start, Input::Begin, Failure::FlowBroken, "A text in the flow couldn't be filled in"),
    ];
    for (flow, position, input, failure, reason) in table {
        let escalation = escalation(outcome(flow, position, &input, None));
        assert_eq!(escalation.trigger, Trigger::Failure { failure });
        assert!(escalation.brief.reason.starts_with("Flow “Orders”"), "{}", escalation.brief.reason);
        assert!(escalation.brief.reason.contains(reason), "{} has {reason}", escalation.brief.reason);
    }
}

#[test]
fn a_handoff_step_passes_its_texts_and_its_team_on() {
    let flow = live(json!([{ "id": "h", "name": "Agent", "act": {
        "kind": "handoff", "team": "tem_2", "reason": "Broken parcel", "note": "Look at the photo",
        "notice": "One moment",
    } }]));
    let outcome = outcome(&flow, Position::Start, &Input::Begin, None);
    let FlowChange::Move { position, .. } = &outcome.flow else { panic!("{:?}", outcome.flow) };
    assert_eq!(*position, Position::Start, "the flow starts anew after the agent");
    let escalation = escalation(outcome);
    assert_eq!(escalation.trigger, Trigger::Flow { flow: "Orders".into(), step: "Agent".into() });
    assert_eq!(escalation.team, Some("tem_2".into()));
    let brief = &escalation.brief;
    assert_eq!((brief.reason.as_str(), brief.note.as_str()), ("Broken parcel", "Look at the photo"));
    assert_eq!((escalation.notice.as_str(), escalation.message), ("One moment", Some("msg_1".into())));
}

#[test]
fn a_flow_knows_its_customer_and_the_tenants_hours() {
    let mut turn = Turn {
        ad: "Summer".into(),
        customer: TurnCustomer { name: "Ana".into(), phone: "+49151".into(), language: Some("de".into()) },
        variables: [("order".to_owned(), "12".to_owned())].into(),
        ..turn(text("hi"))
    };
    turn.settings.zone = "Europe/Berlin".into();
    // 23 November 2026, 12:00 UTC.
    let now = Timestamp(1_795_435_200_000);
    let known = facts(&turn, now);
    assert_eq!((known.now, known.offset, known.open), (now, Span::hours(1), true));
    let customer = (known.customer_name, known.customer_phone, known.customer_language);
    assert_eq!(customer, ("Ana".into(), "+49151".into(), "de".into()));
    let place = (known.tenant_name, known.channel, known.ad, known.last_words);
    assert_eq!(place, ("Acme".into(), "Shop".into(), "Summer".into(), "hi".into()));
    assert_eq!(known.variables, turn.variables);
    // Open on Tuesdays only: a Monday is closed. An unknown zone counts as UTC.
    turn.settings.calendar.weekly[1] = vec![crate::calendar::Interval { from: 0, to: 1_440 }];
    turn.settings.zone = "Nowhere".into();
    let known = facts(&turn, now);
    assert_eq!((known.offset, known.open), (Span(0), false));
}

#[test]
fn what_the_customer_wrote_before_a_model_step_is_read_there() {
    let flow = live(json!([{ "id": "m", "act": { "kind": "model" } }, message("s", "Hi!")]));
    let led = |step: &str| {
        let run = run(&flow, Position::Before { step: step.into() });
        let turn = Turn { run, model: Some(model()), ..turn(text("hi")) };
        let outcome = respond(&turn, NOW);
        matches!(outcome.next, NextAction::Model) && matches!(outcome.flow, FlowChange::Move { .. })
    };
    assert!(led("m"), "the model reads the message at its step");
    assert!(!led("s"), "another step would pass over it");
}
