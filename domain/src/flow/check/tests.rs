//! Each fault is inserted into a valid flow and must be found at its step, and nothing else.

use serde_json::{Value, json};

use super::*;

fn known() -> Known {
    Known {
        secrets: ["SHOP_TOKEN".to_owned()].into(),
        tools: ["order_status".to_owned()].into(),
        teams: [TeamId::from("tem_1")].into(),
        has_model: true,
        others: vec![("Other".to_owned(), vec![Start::Button { payload: "taken".to_owned() }])],
    }
}

/// A valid flow that contains every kind of step.
fn valid_flow() -> Value {
    json!({
        "name": "Everything",
        "starts": [{ "by": "new_conversation" }, { "by": "words", "phrase": "order", "matching": "contains" },
            { "by": "button", "payload": "go" }, { "by": "ad" }],
        "resume": "choose",
        "steps": [
            { "id": "hello", "act": { "kind": "message", "say": "text", "text": "Hello {{ customer.name }}" } },
            { "id": "file", "act": { "kind": "message", "say": "media", "file": "image", "link": "https://a.example/x.png" } },
            { "id": "link", "act": { "kind": "message", "say": "link", "text": "See", "label": "Open", "url": "http://a.example" } },
            { "id": "buttons", "act": { "kind": "message", "say": "buttons", "text": "Tap", "buttons": [
                { "payload": "a", "title": "A" }, { "payload": "b", "title": "B" }] } },
            { "id": "list", "act": { "kind": "message", "say": "list", "text": "Pick", "open": "Open", "rows": [
                { "payload": "a", "title": "A", "description": "First" }, { "payload": "b", "title": "B" }] } },
            { "id": "choose", "act": { "kind": "question", "text": "Which?", "variable": "topic", "on_failure": [
                { "id": "person", "act": { "kind": "handoff", "team": "tem_1", "reason": "{{ topic | default('none') }}" } }],
                "expect": { "expect": "choice", "options": [
                    { "id": "a", "title": "Orders" },
                    { "id": "b", "title": "Else", "steps": [{ "id": "bye", "act": { "kind": "close", "text": "Bye" } }] }] } } },
            { "id": "number", "act": { "kind": "question", "text": "Number?", "variable": "order_number", "expect": {
                "expect": "pattern", "pattern": "[0-9]{4}", "example": "1234" } } },
            { "id": "fetch", "act": { "kind": "http", "url": "https://a.example/{{ order_number }}", "time_out": 3000,
                "headers": [{ "name": "Authorization", "value": "Bearer {{ secret.SHOP_TOKEN }}" }],
                "body": "{\"n\": {{ order_number }}, \"in\": {\"t\": \"{{ topic }}\"}}",
                "keep": [{ "pointer": "/total", "variable": "order_total" }] } },
            { "id": "keep", "act": { "kind": "set", "variable": "greeting", "value": "{{ order_total }} for {{ message }}" } },
            { "id": "branch", "act": { "kind": "condition", "branches": [
                { "when": "order_total > 100 and tenant.name == \"Acme\"", "steps": [
                    { "id": "again", "act": { "kind": "jump", "to": "choose" } }] }] } },
            { "id": "hours", "act": { "kind": "hours", "closed": [
                { "id": "closed", "act": { "kind": "message", "say": "text", "text": "Closed. {{ greeting }}" } }] } },
            { "id": "model", "act": { "kind": "model", "instructions": "Help with {{ topic }}", "tools": ["order_status"] } },
            { "id": "end", "act": { "kind": "handoff", "note": "{{ order_number }}" } },
        ],
    })
}

fn faults(flow: Value) -> Vec<FlowFault> {
    check(&serde_json::from_value(flow).expect("a flow"), &known())
}

/// Formats faults as `step field severity`, with an empty part for `None`.
fn places(faults: &[FlowFault]) -> Vec<String> {
    let place = |fault: &FlowFault| {
        let step = fault.step.as_ref().map_or("", |id| &id.0);
        let severity = if fault.severity == Severity::Blocks { "blocks" } else { "warns" };
        format!("{step} {} {severity}", fault.field.as_deref().unwrap_or_default())
    };
    faults.iter().map(place).collect()
}

#[test]
fn a_sound_flow_has_no_faults() {
    // When an agent returns the conversation, some values may be missing; that is a warning and does not block.
    let mut flow = valid_flow();
    flow["resume"] = json!("hello");
    assert_eq!(faults(flow), []);
}

/// Sets `value` at `pointer` and expects exactly this fault.
fn assert_fault(pointer: &str, value: Value, place: &str, words: &str) {
    let mut flow = valid_flow();
    flow["resume"] = Value::Null;
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
    let parent = flow.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer} is not there"));
    match key.parse::<usize>() {
        Ok(at) if at == parent.as_array().map_or(0, Vec::len) => parent.as_array_mut().expect("a list").push(value),
        Ok(at) => parent[at] = value,
        Err(_) => parent[key] = value,
    }
    let found = faults(flow);
    assert_eq!(places(&found), [place], "{pointer}: {found:?}");
    assert!(found[0].detail.contains(words), "{pointer}: {:?}", found[0].detail);
}

#[test]
fn the_flow_itself() {
    assert_fault("/name", json!(" "), " name blocks", "a name");
    assert_fault("/starts", json!([]), " starts warns", "Add a trigger");
    assert_fault("/starts/1/phrase", json!("!"), " starts.1 blocks", "letter");
    assert_fault("/starts/2/payload", json!(""), " starts.2 blocks", "button");
    assert_fault("/starts/2/payload", json!("taken"), " starts.2 warns", "“Other” has the same trigger");
    assert_fault("/starts/4", json!({ "by": "new_conversation" }), " starts.4 warns", "twice");
    assert_fault("/resume", json!("gone"), " resume blocks", "no longer exists");
    let empty = faults(json!({ "name": "x", "starts": [{ "by": "ad" }] }));
    assert_eq!(places(&empty), ["  blocks"]);
}

#[test]
fn texts_and_their_limits_in_characters() {
    let long = |length: usize| json!("é".repeat(length));
    let text = "/steps/0/act/text";
    assert_fault(text, json!(" \n"), "hello text blocks", "empty");
    assert_fault(text, long(4_097), "hello text blocks", "Enter up to 4,096 characters; this has 4,097.");
    assert_fault(text, json!("{{ customer.name"), "hello text blocks", "never closed");
    assert_fault(text, json!("{{ customer.name | shout }}"), "hello text blocks", "filter");
    assert_fault(text, json!("{{ secret.SHOP_TOKEN }}"), "hello text blocks", "header values");
    assert_fault("/steps/1/act/caption", long(1_025), "file caption blocks", "1,024");
    assert_fault("/steps/2/act/text", long(1_025), "link text blocks", "1,024");
    assert_fault("/steps/2/act/label", long(21), "link label blocks", "20");
    assert_fault("/steps/3/act/text", long(1_025), "buttons text blocks", "1,024");
    assert_fault("/steps/3/act/buttons/1/title", long(21), "buttons buttons.1.title blocks", "this has 21");
    assert_fault("/steps/3/act/buttons/1/title", json!(""), "buttons buttons.1.title blocks", "empty");
    assert_fault("/steps/4/act/open", long(21), "list open blocks", "20");
    assert_fault("/steps/4/act/rows/0/title", long(25), "list rows.0.title blocks", "24");
    assert_fault("/steps/4/act/rows/0/description", long(73), "list rows.0.description blocks", "72");
    assert_fault("/steps/5/act/text", long(1_025), "choose text blocks", "A message with buttons");
    assert_fault("/steps/12/act/reason", long(201), "end reason blocks", "200");
    // Exactly as many as allowed is no fault.
    let mut flow = valid_flow();
    flow["resume"] = Value::Null;
    flow["steps"][0]["act"]["text"] = long(4_096);
    flow["steps"][3]["act"]["buttons"][1]["title"] = long(20);
    flow["steps"][4]["act"]["rows"][0]["title"] = long(24);
    assert_eq!(faults(flow), []);
}

#[test]
fn addresses() {
    for (bad, words) in [
        ("", "Enter a web address"),
        ("http://a.example/x.png", "starts with https://"),
        ("https://", "isn't a valid web address"),
        ("https://{{ customer.name }}/x", "server name as text"),
        ("https://user@a.example", "isn't a valid web address"),
        ("https://a.example/a b", "isn't a valid web address"),
        ("https://a.example/../x", "`..`"),
    ] {
        assert_fault("/steps/1/act/link", json!(bad), "file link blocks", words);
    }
    let request = json!({ "id": "h", "act": { "kind": "http", "url": "{{ message }}" } });
    assert_fault("/steps/10/act/open", json!([request]), "h url blocks", "starts with");
    let mut flow = valid_flow();
    flow["resume"] = Value::Null;
    flow["steps"][1]["act"]["link"] = json!("{{ message }}");
    assert_eq!(faults(flow), []);
    assert_fault("/steps/2/act/url", json!("ftp://a.example"), "link url blocks", "https:// or http://");
}

#[test]
fn options_of_buttons_lists_and_questions() {
    let buttons = |n: usize| {
        json!((0..n).map(|at| json!({ "payload": format!("p{at}"), "title": format!("t{at}") })).collect::<Vec<_>>())
    };
    assert_fault("/steps/3/act/buttons", buttons(4), "buttons buttons blocks", "up to 3");
    assert_fault("/steps/3/act/buttons", buttons(0), "buttons buttons blocks", "at least one");
    assert_fault("/steps/4/act/rows", buttons(11), "list rows blocks", "up to 10");
    assert_fault("/steps/3/act/buttons/1/payload", json!("a"), "buttons buttons.1.payload blocks", "twice");
    assert_fault("/steps/3/act/buttons/1/payload", json!(""), "buttons buttons.1.payload blocks", "Enter an ID");
    assert_fault("/steps/3/act/buttons/1/payload", json!("x".repeat(257)), "buttons buttons.1.payload blocks", "256");
    assert_fault("/steps/3/act/buttons/1/title", json!("á"), "buttons buttons.1.title blocks", "twice");
    let options = "/steps/5/act/expect/options";
    assert_fault(&format!("{options}/0/id"), json!("b"), "choose expect.options.1.id blocks", "twice");
    assert_fault(&format!("{options}/0/title"), json!("else!"), "choose expect.options.1.title blocks", "twice");
    assert_fault(&format!("{options}/0/title"), json!(" "), "choose expect.options.0.title blocks", "Enter the text");
    assert_fault(
        &format!("{options}/0/title"),
        json!("{{ message }}"),
        "choose expect.options.0.title blocks",
        "can't contain variables",
    );
    assert_fault(
        &format!("{options}/0/description"),
        json!("{{ x"),
        "choose expect.options.0.description blocks",
        "can't contain variables",
    );
    assert_fault(&format!("{options}/0/title"), json!("x".repeat(25)), "choose expect.options.0.title blocks", "24");
    assert_fault(
        &format!("{options}/0/description"),
        json!("x".repeat(73)),
        "choose expect.options.0.description blocks",
        "72",
    );
}

#[test]
fn a_choice_without_options_is_a_fault() {
    let mut flow = valid_flow();
    flow["steps"] = json!([{ "id": "q", "act": { "kind": "question", "text": "?", "variable": "v",
        "expect": { "expect": "choice", "options": [] } } }]);
    flow["resume"] = Value::Null;
    assert_eq!(places(&faults(flow)), ["q expect.options blocks"]);
}

#[test]
fn questions_conditions_and_requests() {
    let pattern = "/steps/6/act/expect/pattern";
    assert_fault(pattern, json!("["), "number expect.pattern blocks", "valid regular expression");
    assert_fault(pattern, json!("(a{999}){999}"), "number expect.pattern blocks", "too large");
    assert_fault(pattern, json!(""), "number expect.pattern blocks", "Enter a pattern");
    assert_fault(pattern, json!("[a-z]+"), "number expect.example warns", "doesn't match");
    assert_fault(
        "/steps/6/act/expect",
        json!({ "expect": "number", "min": 2.0, "max": 1.0 }),
        "number expect.min blocks",
        "no answer is valid",
    );
    assert_fault("/steps/6/act/patience", json!(1_000), "number patience blocks", "10 seconds");
    assert_fault("/steps/6/act/patience", json!(86_400_000), "number patience blocks", "23 hours");
    let when = "/steps/9/act/branches/0/when";
    assert_fault(when, json!(""), "branch branches.0.when blocks", "Enter a condition");
    assert_fault(when, json!("order_total >"), "branch branches.0.when blocks", "isn't valid");
    assert_fault(when, json!("order_total is odd"), "branch branches.0.when blocks", "After `is`");
    assert_fault("/steps/7/act/headers/0/name", json!("A b"), "fetch headers.0.name blocks", "header's name");
    assert_fault("/steps/7/act/headers/0/name", json!("host"), "fetch headers.0.name blocks", "set by the server");
    assert_fault(
        "/steps/7/act/headers/0/value",
        json!("{{ secret.GONE }}"),
        "fetch headers.0.value blocks",
        "no secret “GONE”",
    );
    assert_fault("/steps/7/act/body", json!("{\"a\": }"), "fetch body blocks", "isn't valid JSON");
    assert_fault("/steps/7/act/time_out", json!(5_001), "fetch time_out blocks", "5 seconds");
    assert_fault("/steps/7/act/keep/0/pointer", json!("total"), "fetch keep.0.pointer blocks", "slash");
    assert_fault("/steps/11/act/tools/0", json!("gone"), "model tools.0 blocks", "no tool “gone”");
    assert_fault("/steps/12/act/team", json!("tem_2"), "end team blocks", "team");
}

#[test]
fn names_of_variables() {
    let table = [
        ("", "Enter a name for the variable"),
        ("Total", "lowercase letters"),
        ("1x", "lowercase letters"),
        ("a-b", "lowercase letters"),
        ("über", "lowercase letters"),
        (&*"x".repeat(41), "lowercase letters"),
        ("customer", "reserved"),
        ("today", "reserved"),
        ("and", "reserved"),
    ];
    for (bad, words) in table {
        let set = json!({ "id": "s", "act": { "kind": "set", "variable": bad, "value": "" } });
        assert_fault("/steps/10/act/open", json!([set]), "s variable blocks", words);
    }
    let question = json!({ "id": "q", "act": { "kind": "question", "text": "?", "variable": "X", "expect": { "expect": "text" } } });
    assert_fault("/steps/10/act/open", json!([question]), "q variable blocks", "lowercase letters");
    let keep = json!([{ "pointer": "/total", "variable": "order_total" }, { "pointer": "/x", "variable": "in" }]);
    assert_fault("/steps/7/act/keep", keep, "fetch keep.1.variable blocks", "reserved");
}

#[test]
fn variables_without_a_value() {
    assert_fault("/steps/0/act/text", json!("{{ topc }}"), "hello text blocks", "Did you mean `topic`?");
    assert_fault(
        "/steps/0/act/text",
        json!("{{ customer.nmae }}"),
        "hello text blocks",
        "Did you mean `customer.name`?",
    );
    assert_fault("/steps/0/act/text", json!("{{ topic }}"), "hello text blocks", "On some paths");
    let unsure = ["customer.phone", "customer.language", "conversation.ad"];
    for name in unsure {
        let text = json!(format!("{{{{ {name} }}}}"));
        assert_fault("/steps/0/act/text", text, "hello text blocks", &format!("{{{{ {name} | default(\"…\") }}}}"));
    }
    let when = json!("customer.language == \"de\"");
    assert_fault(
        "/steps/9/act/branches/0/when",
        when,
        "branch branches.0.when blocks",
        "`customer.language | default(\"…\")`",
    );
    let mut flow = valid_flow();
    flow["resume"] = Value::Null;
    flow["steps"][0]["act"]["text"] =
        json!("{{ conversation.ad | default('no ad') }} {{ conversation.channel }} {{ today }} {{ now }}");
    assert_eq!(faults(flow), []);
    let mut known = known();
    known.has_model = false;
    let mut flow = valid_flow();
    flow["resume"] = Value::Null;
    let found = check(&serde_json::from_value(flow).expect("a flow"), &known);
    assert_eq!(places(&found), ["model  warns"]);
    assert_fault("/steps/5/act/text", json!("{{ order_number }}"), "choose text blocks", "On some paths");
    assert_fault("/steps/5/act/on_failure/0/act/reason", json!("{{ topic }}"), "person reason blocks", "On some paths");
    // A failure path that continues has not set the variables.
    let mut flow = valid_flow();
    flow["resume"] = Value::Null;
    let sorry = json!({ "id": "sorry", "act": { "kind": "message", "say": "text", "text": "Sorry" } });
    flow["steps"][7]["act"]["on_failure"] = json!([sorry]);
    assert_eq!(places(&faults(flow)), ["keep value blocks", "branch branches.0.when blocks"]);
    // With a model step, a variable that nothing else sets is accepted; without one it is a warning.
    let guarded = json!("{{ mood | default('fine') }}");
    let mut flow = valid_flow();
    flow["resume"] = Value::Null;
    flow["steps"][0]["act"]["text"] = guarded.clone();
    assert_eq!(faults(flow.clone()), []);
    flow["steps"][11] = json!({ "id": "no_model", "act": { "kind": "message", "say": "text", "text": "x" } });
    assert_eq!(places(&faults(flow)), ["hello text warns"]);
    let mut flow = valid_flow();
    flow["resume"] = json!("fetch");
    assert_eq!(
        places(&faults(flow)),
        ["fetch url warns", "fetch body warns", "fetch body warns", "model instructions warns", "end note warns"]
    );
}

#[test]
fn paths() {
    let message = |id: &str| json!({ "id": id, "act": { "kind": "message", "say": "text", "text": "x" } });
    let jump = |id: &str, to: &str| json!({ "id": id, "act": { "kind": "jump", "to": to } });
    assert_fault("/steps/12", message("end"), "end  blocks", "Add a handoff, a close or a jump");
    assert_fault("/steps/13", message("after"), "after  warns", "No path leads here");
    assert_fault("/steps/9/act/branches/0/steps/0/act/to", json!("gone"), "again to blocks", "doesn't exist");
    assert_fault("/steps/10/act/closed/0", jump("loop", "hours"), "loop to blocks", "without waiting for the customer");
    assert_fault("/steps/0/id", json!("end"), "end  blocks", "Two steps");
    assert_fault("/steps/0/id", json!(""), "  blocks", "no ID");
    let flow = |steps: Value| faults(json!({ "name": "x", "starts": [{ "by": "ad" }], "steps": steps }));
    // A loop through a request does not wait for the customer; a loop through a question does.
    let request = json!({ "id": "h", "act": { "kind": "http", "url": "https://a.example" } });
    assert_eq!(places(&flow(json!([request, jump("j", "h")]))), ["j to blocks"]);
    let question = json!({ "id": "q", "act": { "kind": "question", "text": "?", "variable": "v", "expect": { "expect": "text" } } });
    assert_eq!(flow(json!([question, jump("j", "q")])), []);
    // A model that fails at once returns to itself without a customer's message.
    let model = json!({ "id": "m", "act": { "kind": "model", "on_failure": [jump("j", "m")] } });
    assert_eq!(places(&flow(json!([model, jump("k", "m")]))), ["j to blocks", "k to blocks"]);
    // So does a question with a wait limit, unless another question waits on the way.
    let mut asks = question.clone();
    asks["act"]["patience"] = json!(10_000);
    asks["act"]["on_failure"] = json!([jump("j", "q")]);
    assert_eq!(places(&flow(json!([asks.clone(), { "id": "c", "act": { "kind": "close" } }]))), ["j to blocks"]);
    let mut waits = question.clone();
    waits["id"] = json!("w");
    asks["act"]["on_failure"] = json!([waits, jump("j", "q")]);
    assert_eq!(flow(json!([asks, { "id": "c", "act": { "kind": "close" } }])), []);
    // Exactly as many steps as allowed in one run is no fault.
    let long = |length: usize| {
        let mut steps: Vec<_> = (1..length).map(|nth| message(&format!("m{nth}"))).collect();
        steps.push(json!({ "id": "c", "act": { "kind": "close" } }));
        places(&flow(json!(steps)))
    };
    assert_eq!(long(100), [""; 0]);
    assert_eq!(long(101), ["m1  blocks"]);
    // An unreachable sequence is reported at its first step; a branch that ends is reported with its name.
    let stretch =
        json!([{ "id": "a", "act": { "kind": "close" } }, message("b"), { "id": "c", "act": { "kind": "close" } }]);
    assert_eq!(places(&flow(stretch)), ["b  warns"]);
    let hours =
        flow(json!([{ "id": "o", "act": { "kind": "hours", "open": [{ "id": "c", "act": { "kind": "close" } }] } }]));
    assert_eq!(places(&hours), ["o  blocks"]);
    assert!(hours[0].detail.contains("“Closed”"));
}

#[test]
fn all_faults_come_at_once_in_the_order_of_the_outline() {
    let mut flow = valid_flow();
    flow["name"] = json!("");
    flow["resume"] = Value::Null;
    flow["steps"][12]["act"]["team"] = json!("tem_2");
    flow["steps"][0]["act"]["text"] = json!("");
    flow["steps"][5]["act"]["on_failure"][0]["act"]["team"] = json!("tem_2");
    let found = faults(flow);
    assert_eq!(places(&found), [" name blocks", "hello text blocks", "person team blocks", "end team blocks"]);
    assert!(!may_go_live(&found));
    assert!(may_go_live(&[]));
}
