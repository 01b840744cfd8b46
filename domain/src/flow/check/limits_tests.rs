//! Each field at its limit, and one beyond it.

use serde_json::{Value, json};

use super::*;
use crate::time::Span;

/// The blocking faults of one step's own fields, as `field: text`.
fn faults(act: Value) -> Vec<String> {
    let step = json!({ "id": "s", "act": act });
    let flow: Flow = serde_json::from_value(json!({ "name": "f", "steps": [step] })).expect("a flow");
    let mut found = Found::default();
    fields::check(&flow.steps[0], &Known { has_model: true, ..Known::default() }, &mut found.at(&flow.steps[0]));
    let line = |fault: &FlowFault| format!("{}: {}", fault.field.as_deref().unwrap_or_default(), fault.detail);
    found.faults.iter().map(line).collect()
}

fn question(more: Value) -> Value {
    let mut act = json!({ "kind": "question", "text": "Well?", "variable": "x", "expect": { "expect": "text" } });
    if let (Some(act), Some(more)) = (act.as_object_mut(), more.as_object()) {
        act.extend(more.clone());
    }
    act
}

fn choice(options: &[Value]) -> Value {
    question(json!({ "expect": { "expect": "choice", "options": options } }))
}

fn option(id: &str, title: &str, description: &str) -> Value {
    json!({ "id": id, "title": title, "description": description })
}

fn long(length: usize) -> String {
    "é".repeat(length)
}

#[test]
fn a_variable_is_a_lower_case_word_of_up_to_forty_characters() {
    let named = |name: &str| faults(question(json!({ "variable": name })));
    for name in ["a", "order_number", "a1_b2", &"a".repeat(40)] {
        assert_eq!(named(name), Vec::<String>::new(), "{name}");
    }
    assert_eq!(named(""), ["variable: Enter a name for the variable, for example order_number."]);
    for name in ["1a", "_a", "A", "aB", "a-b", "a b", "é", &"a".repeat(41)] {
        let found = named(name);
        assert!(found.len() == 1 && found[0].starts_with("variable: Use lowercase letters"), "{name}: {found:?}");
    }
}

#[test]
fn the_wait_for_an_answer_is_ten_seconds_to_twenty_three_hours() {
    let waits = |patience: i64| faults(question(json!({ "patience": patience }))).len();
    let hours = 23 * 3_600_000;
    assert_eq!([9_999, 10_000, hours, hours + 1].map(waits), [1, 0, 0, 1]);
}

#[test]
fn a_range_may_have_one_value() {
    let range =
        |min: f64, max: f64| faults(question(json!({ "expect": { "expect": "number", "min": min, "max": max } })));
    assert_eq!((range(1.0, 2.0).len(), range(2.0, 2.0).len(), range(2.1, 2.0).len()), (0, 0, 1));
}

#[test]
fn a_choice_has_one_to_ten_options() {
    let many = |count: usize| {
        let options: Vec<Value> = (0..count).map(|n| option(&n.to_string(), &format!("Option {n}"), "")).collect();
        faults(choice(&options))
    };
    assert_eq!((many(1), many(10)), (vec![], vec![]));
    assert_eq!(many(0), ["expect.options: Add at least one option."]);
    let words = "expect.options: WhatsApp shows up to 10 options; you have 11. Remove some.";
    assert_eq!(many(11), [words]);
}

#[test]
fn an_option_is_checked_at_its_own_fields() {
    let one = |id: &str, title: &str, description: &str| faults(choice(&[option(id, title, description)]));
    assert_eq!(one(&long(200), &long(24), &long(72)), Vec::<String>::new());
    let table = [
        (one(&long(201), "A", ""), "expect.options.0.id: An ID can have up to 200 characters; this one has 201."),
        (one(" ", "A", ""), "expect.options.0.id: Enter an ID."),
        (one("a", &long(25), ""), "expect.options.0.title: Enter up to 24 characters; this has 25."),
        (one("a", " ", ""), "expect.options.0.title: Enter the text of this option."),
        (one("a", "A", &long(73)), "expect.options.0.description: Enter up to 72 characters; this has 73."),
        (one("a", "{{ x }}", ""), "expect.options.0.title: Options can't contain variables."),
        (one("a", "A", "{{ x }}"), "expect.options.0.description: Options can't contain variables."),
    ];
    for (found, words) in table {
        assert!(found.len() == 1 && found[0].starts_with(words), "{found:?} says {words}");
    }
    let twice = |other: Value| faults(choice(&[option("a", "Yes", ""), other]));
    assert_eq!(twice(option("b", "No", "")), Vec::<String>::new());
    assert_eq!(twice(option("a", "No", "")), ["expect.options.1.id: The ID “a” is used twice. Change one of them."]);
    let words = "expect.options.1.title: “YES!” is used twice. Change one of them.";
    assert_eq!(twice(option("b", " YES!", "")), [words]);
    // Titles without letters are compared as they are.
    let faces = |other: &str| faults(choice(&[option("a", "👍", ""), option("b", other, "")])).len();
    assert_eq!((faces("👎"), faces("👍")), (0, 1));
}

#[test]
fn the_text_above_buttons_is_shorter_than_the_one_above_a_list() {
    let asked = |length: usize, options: &[Value]| {
        let expect = json!({ "expect": "choice", "options": options });
        let found = faults(question(json!({ "text": long(length), "expect": expect })));
        found.into_iter().filter(|fault| fault.contains("with buttons")).count()
    };
    let options = |count: usize, title: &str, description: &str| -> Vec<Value> {
        (0..count).map(|n| option(&n.to_string(), &format!("{title}{n}"), description)).collect()
    };
    let buttons = options(3, "A", "");
    assert_eq!((asked(1_024, &buttons), asked(1_025, &buttons), asked(4_096, &buttons)), (0, 1, 1));
    assert_eq!(asked(4_097, &buttons), 0, "a text beyond every limit has a fault of its own");
    // Four options, a long title or a description make it a list.
    for list in [options(4, "A", ""), options(3, &long(20), ""), options(3, "A", "More")] {
        assert_eq!(asked(1_025, &list), 0, "{list:?}");
    }
    assert_eq!(asked(1_025, &options(3, &long(19), " ")), 1);
}

#[test]
fn an_example_is_checked_only_if_there_is_one() {
    let example = |pattern: &str, example: &str| {
        faults(question(json!({ "expect": { "expect": "pattern", "pattern": pattern, "example": example } })))
    };
    assert_eq!((example("[0-9]", " "), example("[0-9]", " 7 ")), (vec![], vec![]));
    assert_eq!(example("[0-9]", "x"), ["expect.example: The example doesn't match the pattern."]);
    assert_eq!(example(" ", "x"), ["expect.pattern: Enter a pattern, for example [A-Z]{2}[0-9]{4}."]);
}

#[test]
fn a_request_is_checked_at_its_own_fields() {
    let request = |more: Value| {
        let mut act = json!({ "kind": "http", "url": "https://a.example" });
        if let (Some(act), Some(more)) = (act.as_object_mut(), more.as_object()) {
            act.extend(more.clone());
        }
        faults(act)
    };
    let time_out = |millis: i64| request(json!({ "time_out": millis })).len();
    assert_eq!([-1, 0, 1, 5_000, 5_001].map(time_out), [1, 1, 0, 0, 1]);
    let keep = |pointer: &str| request(json!({ "keep": [{ "pointer": pointer, "variable": "x" }] }));
    assert_eq!((keep(""), keep("/a")), (vec![], vec![]));
    let words = "keep.0.pointer: Start the field's path with a slash, for example /order/status.";
    assert_eq!(keep("a"), [words]);
    let header = request(json!({ "headers": [{ "name": " X-A ", "value": "" }, { "name": "Host", "value": "v" }] }));
    assert_eq!(
        header,
        [
            "headers.0.value: Enter the header's value, or remove the header.",
            "headers.1.name: The header Host is set by the server. Remove it.",
        ]
    );
    let secret = request(json!({ "headers": [{ "name": "X-A", "value": "{{ secret.KEY }}" }] }));
    assert_eq!(secret, ["headers.0.value: There is no secret “KEY”. Add it in Admin, or choose another one."]);
}

#[test]
fn only_a_warning_lets_a_flow_go_live() {
    let fault = |severity| FlowFault { step: None, field: None, detail: String::new(), severity };
    assert!(may_go_live(&[]) && may_go_live(&[fault(Severity::Warns)]));
    assert!(!may_go_live(&[fault(Severity::Warns), fault(Severity::Blocks)]));
}

#[test]
fn faults_are_listed_once_in_the_order_of_the_outline() {
    let flow: Flow = serde_json::from_value(json!({ "name": "f", "steps": [
        { "id": "a", "act": { "kind": "close" } }, { "id": "b", "act": { "kind": "close" } },
    ] }))
    .expect("a flow");
    let mut found = Found::default();
    for step in ["b", "a", "b"] {
        found.push(Some(&step.into()), "", "Wrong.", Severity::Blocks);
    }
    found.push(None, "name", "Wrong.", Severity::Blocks);
    let places: Vec<_> = found
        .sorted(&flow)
        .into_iter()
        .map(|fault| (fault.step.map_or_else(String::new, |step| step.0), fault.field))
        .collect();
    assert_eq!(places, [(String::new(), Some("name".into())), ("a".into(), None), ("b".into(), None)]);
}

#[test]
fn questions_stay_open_within_bounds() {
    let blocked = |span: Span| {
        let flow = Flow { question_expiry: Some(span), ..Flow::default() };
        check(&flow, &Known::default()).iter().any(|fault| fault.field.as_deref() == Some("question_expiry"))
    };
    for (span, expected) in [
        (Span::seconds(59), true),
        (Span::minutes(1), false),
        (Span::hours(720), false),
        (Span::hours(721), true),
        (Span(-1), true),
    ] {
        assert_eq!(blocked(span), expected, "{span:?}");
    }
    // Flows that were stored before it are read, and written as they were.
    let stored = r#"{"name":"Old","starts":[],"steps":[],"resume":null}"#;
    let flow: Flow = serde_json::from_str(stored).expect("a flow");
    assert_eq!((flow.question_expiry, flow.question_expiry()), (None, Span::hours(24)));
    assert_eq!(serde_json::to_string(&flow).as_deref().ok(), Some(stored));
}

#[test]
fn a_request_keeps_up_to_fifty_fields() {
    let keeping = |count: usize| {
        let keep: Vec<Value> =
            (0..count).map(|nth| json!({ "pointer": format!("/f{nth}"), "variable": format!("v{nth}") })).collect();
        let found = faults(json!({ "kind": "http", "url": "https://a.example", "keep": keep }));
        found.into_iter().filter(|fault| fault.starts_with("keep:")).count()
    };
    assert_eq!((keeping(50), keeping(51)), (0, 1));
}

#[test]
fn a_flow_has_up_to_fifty_patterns() {
    let asking = |count: usize| {
        let expect = json!({ "expect": "pattern", "pattern": "[0-9]{5}" });
        let steps: Vec<Value> = (0..count)
            .map(|nth| json!({ "id": format!("s{nth}"), "act": question(json!({ "expect": expect.clone() })) }))
            .collect();
        let flow: Flow = serde_json::from_value(json!({ "name": "f", "steps": steps })).expect("a flow");
        let found = check(&flow, &Known::default());
        found.into_iter().filter(|fault| fault.field.as_deref() == Some("expect")).count()
    };
    assert_eq!((asking(50), asking(51), asking(60)), (0, 1, 10));
}

#[test]
fn a_flow_has_up_to_twenty_triggers() {
    let starting = |count: usize| {
        let starts = (0..count).map(|nth| Start::Button { payload: format!("b{nth}") }).collect();
        let found = check(&Flow { starts, ..Flow::default() }, &Known::default());
        found.into_iter().filter(|fault| fault.field.as_deref() == Some("starts")).count()
    };
    assert_eq!((starting(20), starting(21), starting(10_000)), (0, 1, 1));
}
