//! Every kind of failure: what the server does, the reason for the handoff, and how much time passes.

use super::stage::{Act, KEY, SILENCE, Stage, Word, call, plenty, text};
use crate::{
    domain::{
        handoff::Failure,
        model::{Provider, STALL},
        time::Span,
    },
    server::llm::{Limits, LlmFault},
};

/// The longest time until a failure is reported, after the last part that arrived.
const SOON: Span = Span::seconds(10);

struct Case {
    acts: Vec<Act>,
    fault: LlmFault,
    failure: Failure,
}

fn case(acts: Vec<Act>, fault: LlmFault, failure: Failure) -> Case {
    Case { acts, fault, failure }
}

fn cases() -> Vec<Case> {
    use Failure::*;
    let malformed = |name: &str| LlmFault::MalformedArguments(name.to_owned());
    let round = || call("c1", "order_status", &["{\"order\": \"A-17\"}"]);
    let long = |words| Act::Say(vec![Word::Text(words)], "length");
    vec![
        case(vec![Act::Status(500)], LlmFault::Error(Some(500)), ModelError),
        case(vec![Act::Status(401)], LlmFault::Error(Some(401)), ModelError),
        case(vec![Act::Status(307)], LlmFault::Error(Some(307)), ModelError),
        case(vec![Act::Status(429)], LlmFault::RateLimited, ModelRateLimited),
        case(vec![Act::Status(529)], LlmFault::RateLimited, ModelRateLimited),
        case(vec![Act::Silent], LlmFault::TimedOut, ModelTimedOut),
        case(vec![Act::Stall(vec![])], LlmFault::TimedOut, ModelTimedOut),
        case(vec![Act::Stall(vec![Word::Text("Your parcel is")])], LlmFault::Stalled, ModelStalled),
        case(vec![Act::Stall(vec![Word::Call("c1", "handoff", &["{\"rea"])])], LlmFault::Stalled, ModelStalled),
        case(vec![Act::Cut(vec![Word::Text("Your parcel is")])], LlmFault::Broken, ModelError),
        case(vec![long("Your parcel is")], LlmFault::Cut, ModelMalformed),
        case(vec![text("{\"reply\": \"Your par")], LlmFault::Malformed, ModelMalformed),
        case(vec![call("c1", "order_status", &["{\"order\": "])], malformed("order_status"), ModelMalformed),
        case(vec![call("c1", "order_status", &["{\"order\": 17}"])], malformed("order_status"), ModelMalformed),
        case(vec![call("c1", "handoff", &["{\"reason\": \"\"}"])], malformed("handoff"), ModelMalformed),
        case(vec![call("c1", "set_variable", &["{\"name\": \"a\"}"])], malformed("set_variable"), ModelMalformed),
        case(vec![call("c1", "delete_everything", &["{}"])], LlmFault::UnknownTool, ModelUnknownTool),
        case(vec![text("")], LlmFault::Empty, ModelEmpty),
        case(vec![text("{\"reply\": \" \", \"needs_person\": false}")], LlmFault::Empty, ModelEmpty),
        case(vec![round(), Act::Status(503)], LlmFault::Error(Some(503)), ModelError),
        case(vec![round(), Act::Silent], LlmFault::TimedOut, ModelTimedOut),
    ]
}

#[tokio::test]
async fn each_fault_is_a_reason_for_a_person_within_ten_seconds() {
    use Failure::{ModelStalled, ModelTimedOut};
    for provider in Provider::ALL {
        for Case { acts, fault, failure } in cases() {
            let label = format!("{provider:?} {acts:?}");
            let mut stage = Stage::playing(provider, acts).await;
            let turn = stage.begin(plenty());
            let (outcome, passed) = match failure {
                ModelTimedOut => (stage.ends_after(SILENCE, turn).await, SILENCE),
                ModelStalled => (stage.ends_after(STALL, turn).await, STALL),
                _ => (turn.await.expect("no panic"), Span(0)),
            };

            // A fault contains no text and no key, and no partial answer is returned.
            assert_eq!(outcome, Err(fault.clone()), "{label}");
            assert_eq!(fault.failure(), failure, "{label}");
            assert!(passed <= SOON, "{label}: {passed:?}");
            assert!(!format!("{fault} {fault:?}").contains(KEY), "{label}");
        }
    }
}

#[tokio::test]
async fn a_call_that_does_not_fit_keeps_its_neighbours_from_running() {
    let words = vec![
        Word::Call("c1", "order_status", &["{\"order\": \"A-17\"}"]),
        Word::Call("c2", "delete_everything", &["{}"]),
    ];
    let stage = Stage::playing(Provider::OpenAi, vec![Act::Say(words, "tool")]).await;
    assert_eq!(stage.talk().await, Err(LlmFault::UnknownTool));
    assert_eq!(stage.called(), []);
}

#[tokio::test]
async fn a_model_that_only_calls_tools_is_stopped_and_its_tokens_are_counted() {
    let acts = vec![call("c1", "order_status", &["{\"order\": \"A-17\"}"]); 9];
    let stage = Stage::playing(Provider::Anthropic, acts).await;
    let turn = stage.begin(Limits { rounds: 3 });
    assert_eq!(turn.await.expect("no panic"), Err(LlmFault::ToolLoop));
    assert_eq!((stage.asked().len(), stage.called().len()), (3, 3));
    assert_eq!(*stage.tools.spent.lock().expect("no panic"), [15, 15, 15]);
}

#[tokio::test]
async fn a_spent_budget_asks_nobody_and_ends_a_turn_between_rounds() {
    let stage = Stage::playing(Provider::OpenAi, vec![call("c1", "book", &["{}"]); 9]).await;
    // The budget: nothing left; less than the request needs; less than the next request with a long result needs.
    for (left, questions) in [(0, 0), (100, 0), (4_000, 1)] {
        *stage.tools.budget.lock().expect("no panic") = Some(left);
        assert_eq!(stage.talk().await, Err(LlmFault::BudgetSpent), "{left}");
        assert_eq!(stage.asked().len(), questions, "{left}");
    }
}

#[tokio::test]
async fn calls_that_take_long_end_with_the_turn() {
    let slow = |id| Word::Call(id, "order_status", &["{\"order\": \"A-17\"}"]);
    let words = ["c1", "c2", "c3", "c4", "c5", "c6"].map(slow).to_vec();
    let mut stage = Stage::playing(Provider::OpenAi, vec![Act::Say(words, "tool"), text("never asked")]).await;
    stage.endpoint.time_out = Span::seconds(5);
    *stage.tools.takes.lock().expect("no panic") = Some((stage.clock.clone(), Span::seconds(2)));
    assert_eq!(stage.talk().await, Err(LlmFault::TimedOut));
    // The third call gets only the remaining time.
    assert_eq!(*stage.tools.left.lock().expect("no panic"), [5, 3, 1].map(Span::seconds));
    assert_eq!(stage.asked().len(), 1);
}

#[tokio::test]
async fn a_tool_can_write_no_note() {
    let stage = Stage::playing(Provider::OpenAi, vec![call("c1", "note", &["{}"]), text("Hi")]).await;
    stage.talk().await.expect("an answer");
    let asked = stage.asked().remove(1).body.to_string();
    assert!(asked.contains("‹/handoff-note>‹handoff-note>paid") && !asked.contains("<handoff-note>paid"), "{asked}");
}

#[tokio::test]
async fn a_model_that_dribbles_is_stopped_at_the_end_of_the_turn() {
    // Given a model that sends only pings, and a turn of five seconds
    let mut stage = Stage::playing(Provider::Anthropic, vec![Act::Stall(vec![Word::Text("It")])]).await;
    stage.endpoint.time_out = Span::seconds(5);
    let turn = stage.begin(plenty());
    // When five seconds have passed, less than the allowed silence
    let outcome = stage.ends_after(Span::seconds(5), turn).await;
    // Then the turn has ended
    assert_eq!(outcome, Err(LlmFault::TimedOut));
}

#[tokio::test]
async fn what_no_honest_server_says_breaks_the_turn_and_nothing_else() {
    for (raw, fault) in [
        ("data: no JSON\n\n", LlmFault::Malformed),
        ("data: {\"error\": {\"code\": 429, \"message\": \"slow down\"}}\n\n", LlmFault::RateLimited),
        ("data: {\"error\": {\"type\": \"server_error\"}}\n\n", LlmFault::Error(None)),
        // A server that claims an index of billions must not make us allocate that many calls.
        (
            "data: {\"choices\": [{\"index\": 0, \"delta\": {\"tool_calls\": [{\"index\": 4294967294, \"id\": \"c\", \
             \"function\": {\"name\": \"nothing\", \"arguments\": \"{}\"}}]}}]}\n\n",
            LlmFault::UnknownTool,
        ),
    ] {
        let stage = Stage::playing(Provider::OpenAi, vec![Act::Say(vec![Word::Raw(raw)], "stop")]).await;
        assert_eq!(stage.talk().await, Err(fault), "{raw}");
    }
    let raw = "event: error\ndata: {\"type\": \"error\", \"error\": {\"type\": \"overloaded_error\"}}\n\n";
    let stage = Stage::playing(Provider::Anthropic, vec![Act::Say(vec![Word::Raw(raw)], "stop")]).await;
    assert_eq!(stage.talk().await, Err(LlmFault::RateLimited));
}

#[tokio::test]
async fn a_model_in_a_closed_network_is_never_asked() {
    let mut stage = Stage::playing(Provider::OpenAi, vec![]).await;
    for address in ["http://10.0.0.1/v1", "http://[::1]:11434/v1", "http://169.254.169.254/", "file:///v1", "localhost"]
    {
        stage.endpoint.address = address.to_owned();
        let fault = stage.talk().await.expect_err(address);
        assert!(matches!(fault, LlmFault::Refused(_)), "{address}: {fault:?}");
        assert_eq!(fault.failure(), Failure::ModelUnreachable);
    }
    // A name goes through the same checks.
    stage.endpoint.address = "http://model.example/v1".to_owned();
    assert!(matches!(stage.talk().await, Err(LlmFault::Refused(_))));
    assert_eq!(stage.fetch.connections(), 0);
    // The discard port, on which nothing listens.
    stage.endpoint.address = "http://127.0.0.1:9/v1".to_owned();
    assert_eq!(stage.talk().await, Err(LlmFault::Unreachable));
}
