//! Runs flows step by step, both hand-written and random ones.

use serde_json::json;

use super::{super::samples, *};
use crate::{
    flow::definition::StepId,
    message::interactive::{InteractiveMessage, ReplyOption},
    time::Span,
};

fn facts() -> Facts {
    Facts { customer_name: "Ana".into(), customer_language: "de".into(), open: true, ..Facts::default() }
}

fn flow(steps: serde_json::Value) -> Flow {
    serde_json::from_value(json!({ "name": "test", "steps": steps })).expect("a flow")
}

fn said(text: &str) -> Input {
    Input::Said { text: text.into(), payload: None }
}

fn tapped(payload: &str) -> Input {
    Input::Said { text: "x".into(), payload: Some(payload.into()) }
}

fn waiting(step: &str, tries: u8) -> Position {
    Position::Waiting { step: step.into(), tries }
}

fn begin(flow: &Flow) -> StepOutcome {
    step(flow, &Position::Start, &Input::Begin, &facts())
}

/// Formats the messages and variables of an outcome, one per line.
fn outputs(stepped: &StepOutcome) -> Vec<String> {
    let line = |effect: &StepEffect| match effect {
        StepEffect::Say { message, .. } => match message {
            OutgoingMessage::Text { text } => text.clone(),
            OutgoingMessage::Media { source, caption, .. } => format!("{} {caption}", source.name()),
            OutgoingMessage::Interactive(message) => tappable(message),
            OutgoingMessage::Location { .. } | OutgoingMessage::Contacts { .. } | OutgoingMessage::Reaction { .. } => {
                panic!("no step sends it")
            }
            OutgoingMessage::Template(message) => message.preview.body.clone(),
        },
        StepEffect::Set { variable, value, .. } => format!("{variable}={value}"),
    };
    stepped.effects.iter().map(line).collect()
}

fn tappable(message: &InteractiveMessage) -> String {
    if let InteractiveMessage::Buttons { body, buttons } = message {
        format!("{body} [{}]", titles(buttons))
    } else if let InteractiveMessage::List { body, open, rows } = message {
        format!("{body} <{open}: {}>", titles(rows))
    } else if let InteractiveMessage::LinkButton { body, label, url } = message {
        format!("{body} {label} {url}")
    } else {
        message.body().to_owned()
    }
}

fn titles(picks: &[ReplyOption]) -> String {
    picks.iter().map(|pick| pick.title.as_str()).collect::<Vec<_>>().join("|")
}

fn cause(stepped: &StepOutcome) -> Option<Cause> {
    match &stepped.rest {
        Continuation::Handoff(handoff) => Some(handoff.cause),
        _ => None,
    }
}

fn position(stepped: &StepOutcome) -> Position {
    match &stepped.rest {
        Continuation::Wait { position, .. }
        | Continuation::Fetch { position, .. }
        | Continuation::Model { position, .. } => position.clone(),
        other => panic!("no position: {other:?}"),
    }
}

fn text(id: &str, text: &str) -> serde_json::Value {
    json!({ "id": id, "act": { "kind": "message", "say": "text", "text": text } })
}

fn jump(id: &str, to: &str) -> serde_json::Value {
    json!({ "id": id, "act": { "kind": "jump", "to": to } })
}

fn close(id: &str) -> serde_json::Value {
    json!({ "id": id, "act": { "kind": "close", "text": "Bye {{ customer.name }}" } })
}

fn question(id: &str, expect: serde_json::Value, more: serde_json::Value) -> serde_json::Value {
    let mut act = json!({ "kind": "question", "text": "Well?", "variable": "answer", "expect": expect });
    if let (Some(act), Some(more)) = (act.as_object_mut(), more.as_object()) {
        act.extend(more.clone());
    }
    json!({ "id": id, "act": act })
}

#[test]
fn a_variable_is_known_to_later_steps() {
    let flow = flow(json!([
        { "id": "a", "act": { "kind": "set", "variable": "x", "value": "1{{ customer.name }}" } },
        { "id": "b", "act": { "kind": "set", "variable": "y", "value": "{{ x }}2" } },
        text("c", "{{ y }}"),
        close("d"),
    ]));
    let stepped = begin(&flow);
    assert_eq!(outputs(&stepped), ["x=1Ana", "y=1Ana2", "1Ana2", "Bye Ana"]);
    assert_eq!(stepped.rest, Continuation::Close { step: "d".into() });
}

#[test]
fn the_end_of_a_branch_goes_on_after_the_step_that_branched() {
    let flow = flow(json!([
        { "id": "a", "act": { "kind": "condition", "branches": [
            { "when": "customer.name == 'Bo'", "steps": [text("b", "no")] },
            { "when": "customer.language == 'DE'", "steps": [
                { "id": "c", "act": { "kind": "hours", "open": [text("d", "open")], "closed": [text("e", "closed")] } },
                text("f", "after the hours"),
            ] },
        ], "otherwise": [text("g", "no")] } },
        text("h", "after the condition"),
        close("i"),
    ]));
    assert_eq!(outputs(&begin(&flow)), ["open", "after the hours", "after the condition", "Bye Ana"]);
    let closed = step(&flow, &Position::Before { step: "c".into() }, &Input::Begin, &Facts { open: false, ..facts() });
    assert_eq!(outputs(&closed), ["closed", "after the hours", "after the condition", "Bye Ana"]);
}

#[test]
fn a_question_asks_again_and_then_fails_over() {
    let with_path = flow(json!([
        question(
            "q",
            json!({ "expect": "number" }),
            json!({ "retries": 2, "retry_text": "A number, please.", "patience": 60000,
            "on_failure": [text("f", "Too bad.")] })
        ),
        close("z"),
    ]));
    let first = begin(&with_path);
    assert_eq!(outputs(&first), ["Well?"]);
    assert_eq!(first.rest, Continuation::Wait { position: waiting("q", 0), patience: Some(Span::minutes(1)) });
    let second = step(&with_path, &waiting("q", 0), &said("many"), &facts());
    assert_eq!((outputs(&second), position(&second)), (vec!["A number, please.".to_owned()], waiting("q", 1)));
    let third = step(&with_path, &waiting("q", 1), &Input::NonText, &facts());
    assert_eq!(position(&third), waiting("q", 2));
    let last = step(&with_path, &waiting("q", 2), &said("lots"), &facts());
    assert_eq!(outputs(&last), ["Too bad.", "Bye Ana"]);
    let late = step(&with_path, &waiting("q", 0), &Input::TimedOut, &facts());
    assert_eq!(outputs(&late), ["Too bad.", "Bye Ana"]);
    let good = step(&with_path, &waiting("q", 2), &said("1.000,5"), &facts());
    assert_eq!(outputs(&good), ["answer=1000.5", "Bye Ana"]);
}

#[test]
fn a_failure_without_a_path_of_its_own_calls_a_person_with_its_cause() {
    let asks = flow(json!([question("q", json!({ "expect": "email" }), json!({})), close("z")]));
    assert_eq!(cause(&step(&asks, &waiting("q", 0), &said("no"), &facts())), Some(Cause::NoMatch));
    assert_eq!(cause(&step(&asks, &waiting("q", 0), &Input::TimedOut, &facts())), Some(Cause::TooLong));
    let fetches = flow(json!([
        { "id": "h", "name": "Shop", "act": { "kind": "http", "url": "https://a.example/{{ message }}",
            "keep": [{ "pointer": "/a/0", "variable": "x" }] } },
        text("t", "x is {{ x }}"),
        close("z"),
    ]));
    let here = Position::Fetching { step: "h".into() };
    let answers = |input: Input| step(&fetches, &here, &input, &facts());
    let body = |status, body: &str| Input::Fetched(Ok(Answered { status, body: body.into() }));
    let faults = [
        Input::Fetched(Err("timed out".into())),
        body(404, "{\"a\":[1]}"),
        body(500, ""),
        body(200, "no json"),
        body(200, "{\"a\":[]}"),
        body(200, "{\"a\":[null]}"),
        Input::Begin,
    ];
    for fault in faults {
        let stepped = answers(fault.clone());
        assert_eq!(cause(&stepped), Some(Cause::HttpFailed), "{fault:?}");
        let Continuation::Handoff(handoff) = stepped.rest else { continue };
        assert_eq!((handoff.label.as_str(), handoff.note.is_empty()), ("Shop", false), "{fault:?}");
    }
    for (json, value) in [
        ("{\"a\":[\"v\"]}", "v"),
        ("{\"a\":[1.50]}", "1.50"),
        ("{\"a\":[true]}", "true"),
        ("{\"a\":[{\"b\":1}]}", "{\"b\":1}"),
    ] {
        let lines = outputs(&answers(body(201, json)));
        assert_eq!(lines, [format!("x={value}"), format!("x is {value}"), "Bye Ana".to_owned()]);
    }
    let talks = flow(json!([{ "id": "m", "act": { "kind": "model" } }, close("z")]));
    let here = Position::Modelling { step: "m".into() };
    let failed = step(&talks, &here, &Input::ModelDone(ModelResult::Failed("429".into())), &facts());
    assert_eq!(cause(&failed), Some(Cause::ModelFailed));
    assert_eq!(outputs(&step(&talks, &here, &Input::ModelDone(ModelResult::Finished), &facts())), ["Bye Ana"]);
}

#[test]
fn a_request_is_filled_in_but_for_its_secrets() {
    let flow = flow(json!([
        { "id": "h", "act": { "kind": "http", "method": "POST", "url": "https://a.example/{{ message }}?n=1", "time_out": 60000,
            "headers": [{ "name": "Authorization", "value": "Bearer {{secret.KEY}}" }],
            "body": "{\"q\": {\"m\": \"{{ message }}\"}}" } },
    ]));
    let Continuation::Fetch { position, call, .. } = step(&flow, &Position::Start, &said("a/\"b"), &facts()).rest
    else {
        panic!("no request")
    };
    assert_eq!(position, Position::Fetching { step: "h".into() });
    assert_eq!(call.url, "https://a.example/a%2F%22b?n=1");
    assert_eq!(call.headers, [("Authorization".to_owned(), "Bearer {{ secret.KEY }}".to_owned())]);
    assert_eq!(call.body.as_deref(), Some("{\"q\": {\"m\": \"a/\\\"b\"}}"));
    assert_eq!(call.time_out, Span::seconds(5));
}

#[test]
fn a_variable_may_hold_a_whole_address() {
    let flow = flow(json!([
        { "id": "a", "act": { "kind": "message", "say": "link", "text": "See", "label": "Open", "url": "{{ message }}" } },
        close("z"),
    ]));
    let filled = |words: &str| step(&flow, &Position::Start, &said(words), &facts());
    assert_eq!(outputs(&filled("https://a.example/b?c=d"))[0], "See Open https://a.example/b?c=d");
    for bad in ["javascript:alert(1)", "https://a.example/b c", "b"] {
        assert_eq!(cause(&filled(bad)), Some(Cause::BadTemplate), "{bad}");
    }
}

#[test]
fn a_model_answers_every_message_until_it_is_done() {
    let flow = flow(json!([
        { "id": "m", "act": { "kind": "model", "instructions": "Help {{ customer.name }}: {{ message }}", "tools": ["t"] } },
        close("z"),
    ]));
    for (here, input) in [
        (Position::Start, said("hi")),
        (Position::Modelling { step: "m".into() }, said("hi")),
        (Position::Before { step: "m".into() }, said("hi")),
    ] {
        let Continuation::Model { position, task, .. } = step(&flow, &here, &input, &facts()).rest else {
            panic!("no model")
        };
        assert_eq!(position, Position::Modelling { step: "m".into() });
        // The customer's text is never part of the instructions.
        assert_eq!(task.instructions, "Help {{ customer.name }}: {{ message }}");
        let values = [("customer.name", "Ana"), ("message", "hi")].map(|(name, value)| (name.into(), value.into()));
        assert_eq!((task.values, task.tools), (values.to_vec(), vec!["t".to_owned()]));
    }
}

#[test]
fn an_input_that_is_not_waited_for_changes_nothing() {
    let flow = flow(json!([
        { "id": "h", "act": { "kind": "http", "url": "https://a.example" } },
        { "id": "m", "act": { "kind": "model" } },
        question("q", json!({ "expect": "text" }), json!({ "patience": 60000 })),
        close("z"),
    ]));
    let fetched = Input::Fetched(Ok(Answered { status: 200, body: String::new() }));
    let table = [
        (
            Position::Fetching { step: "h".into() },
            vec![said("?"), Input::NonText, Input::TimedOut, Input::ModelDone(ModelResult::Finished)],
        ),
        (Position::Modelling { step: "m".into() }, vec![Input::TimedOut, fetched.clone()]),
        (waiting("q", 1), vec![fetched.clone(), Input::ModelDone(ModelResult::Finished)]),
        (Position::Start, vec![Input::TimedOut, fetched.clone()]),
        (Position::Before { step: "q".into() }, vec![Input::TimedOut, fetched]),
    ];
    for (here, inputs) in table {
        for input in inputs {
            let stepped = step(&flow, &here, &input, &facts());
            assert_eq!((stepped.effects.len(), position(&stepped)), (0, here.clone()), "{input:?}");
        }
    }
    assert_eq!(
        step(&flow, &waiting("q", 1), &Input::ModelDone(ModelResult::Finished), &facts()).rest,
        Continuation::Wait { position: waiting("q", 1), patience: Some(Span::minutes(1)) }
    );
}

#[test]
fn a_broken_flow_escalates() {
    let table = [
        (json!([]), Cause::DeadEnd),
        (json!([text("a", "hi")]), Cause::DeadEnd),
        (json!([jump("a", "nowhere")]), Cause::MissingStep),
        (json!([jump("a", "a")]), Cause::Loop),
        (json!([text("a", "hi"), jump("b", "a")]), Cause::Loop),
        (json!([text("a", "{{ nothing }}")]), Cause::BadTemplate),
        (json!([text("a", "  ")]), Cause::BadTemplate),
        (json!([{ "id": "a", "act": { "kind": "condition", "branches": [{ "when": "1 +" }] } }]), Cause::BadTemplate),
        (json!([{ "id": "a", "act": { "kind": "close", "text": "{{ x }}" } }]), Cause::BadTemplate),
        (json!([{ "id": "a", "act": { "kind": "handoff", "reason": "{{ x }}" } }]), Cause::BadTemplate),
        (
            json!([{ "id": "a", "act": { "kind": "message", "say": "buttons", "text": "x", "buttons": [] } }]),
            Cause::BadTemplate,
        ),
        (json!([{ "id": "a", "act": { "kind": "handoff" } }]), Cause::Step),
    ];
    for (steps, expected) in table {
        assert_eq!(cause(&begin(&flow(steps.clone()))), Some(expected), "{steps}");
    }
    let short = flow(json!([text("a", "hi"), close("b")]));
    for here in [
        waiting("gone", 0),
        waiting("a", 0),
        Position::Fetching { step: "a".into() },
        Position::Before { step: "gone".into() },
    ] {
        assert_eq!(cause(&step(&short, &here, &Input::Begin, &facts())), Some(Cause::MissingStep), "{here:?}");
    }
}

#[test]
fn a_handoff_keeps_its_team_when_its_texts_cannot_be_filled_in() {
    let flow = flow(json!([{ "id": "a", "act": { "kind": "handoff", "team": "tem_1", "note": "{{ x }}" } }]));
    let Continuation::Handoff(handoff) = begin(&flow).rest else { panic!("no handoff") };
    assert_eq!(handoff.team, Some("tem_1".into()));
    assert!(handoff.note.contains("`{{ x }}` has no value"));
}

#[test]
fn options_become_buttons_or_a_list() {
    let ask = |titles: &[&str]| {
        let options: Vec<_> =
            titles.iter().enumerate().map(|(at, title)| json!({ "id": at.to_string(), "title": title })).collect();
        outputs(&begin(&flow(json!([question("q", json!({ "expect": "choice", "options": options }), json!({}))]))))
            .join("")
    };
    assert_eq!(ask(&["Yes", "No"]), "Well? [Yes|No]");
    assert_eq!(ask(&["A", "B", "C", "D"]), "Well? <Options: A|B|C|D>");
    assert_eq!(ask(&["Exactly twenty chars", "No"]), "Well? [Exactly twenty chars|No]");
    assert_eq!(ask(&["Twenty-one characters", "No"]), "Well? <Options: Twenty-one characters|No>");
    assert_eq!(ask(&["This is far more than twenty-four"]), "Well? <Options: This is far more than t…>");
    assert_eq!(ask(&[]), "Well?");
}

#[test]
fn an_option_leads_into_its_branch() {
    let flow = flow(json!([
        question(
            "q",
            json!({ "expect": "choice", "options": [
            { "id": "a", "title": "One", "steps": [text("b", "Branch of {{ answer }}")] },
            { "id": "c", "title": "Two" },
        ] }),
            json!({})
        ),
        close("z"),
    ]));
    assert_eq!(
        outputs(&step(&flow, &waiting("q", 0), &tapped("a"), &facts())),
        ["answer=One", "Branch of One", "Bye Ana"]
    );
    assert_eq!(outputs(&step(&flow, &waiting("q", 0), &said("2"), &facts())), ["answer=Two", "Bye Ana"]);
}

#[test]
fn the_order_flow_reports_the_status() {
    let flow = samples::Sample::OrderStatus.flow();
    let first = begin(&flow);
    assert_eq!(position(&first), waiting("ask_number", 0));
    let asked = step(&flow, &position(&first), &said("10042"), &facts());
    assert_eq!(outputs(&asked), ["order_number=10042"]);
    let known = Facts { variables: [("order_number".to_owned(), "10042".to_owned())].into(), ..facts() };
    let fetched = Input::Fetched(Ok(Answered { status: 200, body: "{\"status\": \"shipped\"}".into() }));
    let answer = step(&flow, &position(&asked), &fetched, &known);
    assert_eq!(
        outputs(&answer),
        [
            "order_status=shipped",
            "Order 10042 is on its way to you. 🚚",
            "Anything else I can help with? [No, thanks|Another order|Something else]",
        ]
    );
    let failed = step(&flow, &position(&asked), &Input::Fetched(Err("timed out".into())), &known);
    let Continuation::Handoff(handoff) = failed.rest else { panic!("no handoff") };
    assert_eq!((handoff.cause, handoff.reason.as_str()), (Cause::Step, "Couldn't look up order 10042"));
    let again = step(&flow, &waiting("ask_more", 0), &tapped("another"), &known);
    assert_eq!(position(&again), waiting("ask_number", 0));
    assert_eq!(flow.resume, Some(StepId::from("ask_more")));
}
