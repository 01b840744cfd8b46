//! Every kind of failure: what the server does, the reason for the handoff, and how much time passes.

use super::fixture::{FIRST_PART_TIMEOUT, Fixture, KEY, ServerReply, StreamPart, call, default_limits, text};
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
    replies: Vec<ServerReply>,
    fault: LlmFault,
    failure: Failure,
}

fn case(replies: Vec<ServerReply>, fault: LlmFault, failure: Failure) -> Case {
    Case { replies, fault, failure }
}

fn cases() -> Vec<Case> {
    use Failure::*;
    let malformed = |name: &str| LlmFault::MalformedArguments(name.to_owned());
    let round = || call("c1", "order_status", &["{\"order\": \"A-17\"}"]);
    let long = |parts| ServerReply::Say(vec![StreamPart::Text(parts)], "length");
    vec![
        case(vec![ServerReply::Status(500)], LlmFault::Error(Some(500)), ModelError),
        case(vec![ServerReply::Status(401)], LlmFault::Error(Some(401)), ModelError),
        case(vec![ServerReply::Status(307)], LlmFault::Error(Some(307)), ModelError),
        case(vec![ServerReply::Status(429)], LlmFault::RateLimited, ModelRateLimited),
        case(vec![ServerReply::Status(529)], LlmFault::RateLimited, ModelRateLimited),
        case(vec![ServerReply::Silent], LlmFault::TimedOut, ModelTimedOut),
        case(vec![ServerReply::Stall(vec![])], LlmFault::TimedOut, ModelTimedOut),
        case(vec![ServerReply::Stall(vec![StreamPart::Text("Your parcel is")])], LlmFault::Stalled, ModelStalled),
        case(
            vec![ServerReply::Stall(vec![StreamPart::Call("c1", "handoff", &["{\"rea"])])],
            LlmFault::Stalled,
            ModelStalled,
        ),
        case(vec![ServerReply::Cut(vec![StreamPart::Text("Your parcel is")])], LlmFault::Broken, ModelError),
        case(vec![long("Your parcel is")], LlmFault::Cut, ModelMalformed),
        case(vec![text("{\"reply\": \"Your par")], LlmFault::Malformed, ModelMalformed),
        case(vec![call("c1", "order_status", &["{\"order\": "])], malformed("order_status"), ModelMalformed),
        case(vec![call("c1", "order_status", &["{\"order\": 17}"])], malformed("order_status"), ModelMalformed),
        case(vec![call("c1", "handoff", &["{\"reason\": \"\"}"])], malformed("handoff"), ModelMalformed),
        case(vec![call("c1", "set_variable", &["{\"name\": \"a\"}"])], malformed("set_variable"), ModelMalformed),
        case(vec![call("c1", "delete_everything", &["{}"])], LlmFault::UnknownTool, ModelUnknownTool),
        case(vec![text("")], LlmFault::Empty, ModelEmpty),
        case(vec![text("{\"reply\": \" \", \"needs_person\": false}")], LlmFault::Empty, ModelEmpty),
        case(vec![round(), ServerReply::Status(503)], LlmFault::Error(Some(503)), ModelError),
        case(vec![round(), ServerReply::Silent], LlmFault::TimedOut, ModelTimedOut),
    ]
}

#[tokio::test]
async fn each_fault_maps_to_a_handoff_reason_within_ten_seconds() {
    use Failure::{ModelStalled, ModelTimedOut};
    for provider in Provider::ALL {
        for Case { replies, fault, failure } in cases() {
            let label = format!("{provider:?} {replies:?}");
            let mut fixture = Fixture::with_script(provider, replies).await;
            let turn = fixture.begin(default_limits());
            let (outcome, passed) = match failure {
                ModelTimedOut => (fixture.ends_after(FIRST_PART_TIMEOUT, turn).await, FIRST_PART_TIMEOUT),
                ModelStalled => (fixture.ends_after(STALL, turn).await, STALL),
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
async fn an_invalid_call_prevents_all_calls_of_its_answer() {
    let parts = vec![
        StreamPart::Call("c1", "order_status", &["{\"order\": \"A-17\"}"]),
        StreamPart::Call("c2", "delete_everything", &["{}"]),
    ];
    let fixture = Fixture::with_script(Provider::OpenAi, vec![ServerReply::Say(parts, "tool")]).await;
    assert_eq!(fixture.run_turn().await, Err(LlmFault::UnknownTool));
    assert_eq!(fixture.called(), []);
}

#[tokio::test]
async fn a_tool_loop_is_stopped_and_its_tokens_are_counted() {
    let replies = vec![call("c1", "order_status", &["{\"order\": \"A-17\"}"]); 9];
    let fixture = Fixture::with_script(Provider::Anthropic, replies).await;
    let turn = fixture.begin(Limits { rounds: 3 });
    assert_eq!(turn.await.expect("no panic"), Err(LlmFault::ToolLoop));
    assert_eq!((fixture.requests().len(), fixture.called().len()), (3, 3));
    assert_eq!(*fixture.tools.spent.lock().expect("no panic"), [15, 15, 15]);
}

#[tokio::test]
async fn a_spent_budget_prevents_the_next_request() {
    let fixture = Fixture::with_script(Provider::OpenAi, vec![call("c1", "book", &["{}"]); 9]).await;
    // The budget: nothing left; less than the request needs; less than the next request with a long result needs.
    for (left, questions) in [(0, 0), (100, 0), (4_000, 1)] {
        *fixture.tools.budget.lock().expect("no panic") = Some(left);
        assert_eq!(fixture.run_turn().await, Err(LlmFault::BudgetSpent), "{left}");
        assert_eq!(fixture.requests().len(), questions, "{left}");
    }
}

#[tokio::test]
async fn slow_tool_calls_end_with_the_turn_timeout() {
    let slow = |id| StreamPart::Call(id, "order_status", &["{\"order\": \"A-17\"}"]);
    let parts = ["c1", "c2", "c3", "c4", "c5", "c6"].map(slow).to_vec();
    let mut fixture =
        Fixture::with_script(Provider::OpenAi, vec![ServerReply::Say(parts, "tool"), text("never asked")]).await;
    fixture.endpoint.time_out = Span::seconds(5);
    *fixture.tools.takes.lock().expect("no panic") = Some((fixture.clock.clone(), Span::seconds(2)));
    assert_eq!(fixture.run_turn().await, Err(LlmFault::TimedOut));
    // The third call gets only the remaining time.
    assert_eq!(*fixture.tools.left.lock().expect("no panic"), [5, 3, 1].map(Span::seconds));
    assert_eq!(fixture.requests().len(), 1);
}

#[tokio::test]
async fn a_tool_result_cannot_contain_a_note() {
    let fixture = Fixture::with_script(Provider::OpenAi, vec![call("c1", "note", &["{}"]), text("Hi")]).await;
    fixture.run_turn().await.expect("an answer");
    let asked = fixture.requests().remove(1).body.to_string();
    assert!(asked.contains("‹/handoff-note>‹handoff-note>paid") && !asked.contains("<handoff-note>paid"), "{asked}");
}

#[tokio::test]
async fn a_slow_stream_is_stopped_at_the_turn_timeout() {
    // Given a model that sends only pings, and a turn of five seconds
    let mut fixture =
        Fixture::with_script(Provider::Anthropic, vec![ServerReply::Stall(vec![StreamPart::Text("It")])]).await;
    fixture.endpoint.time_out = Span::seconds(5);
    let turn = fixture.begin(default_limits());
    // When five seconds have passed, less than the allowed silence
    let outcome = fixture.ends_after(Span::seconds(5), turn).await;
    // Then the turn has ended
    assert_eq!(outcome, Err(LlmFault::TimedOut));
}

#[tokio::test]
async fn malformed_streams_fail_the_turn_only() {
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
        let fixture =
            Fixture::with_script(Provider::OpenAi, vec![ServerReply::Say(vec![StreamPart::Raw(raw)], "stop")]).await;
        assert_eq!(fixture.run_turn().await, Err(fault), "{raw}");
    }
    let raw = "event: error\ndata: {\"type\": \"error\", \"error\": {\"type\": \"overloaded_error\"}}\n\n";
    let fixture =
        Fixture::with_script(Provider::Anthropic, vec![ServerReply::Say(vec![StreamPart::Raw(raw)], "stop")]).await;
    assert_eq!(fixture.run_turn().await, Err(LlmFault::RateLimited));
}

#[tokio::test]
async fn a_model_in_a_blocked_network_gets_no_request() {
    let mut fixture = Fixture::with_script(Provider::OpenAi, vec![]).await;
    for address in ["http://10.0.0.1/v1", "http://[::1]:11434/v1", "http://169.254.169.254/", "file:///v1", "localhost"]
    {
        fixture.endpoint.address = address.to_owned();
        let fault = fixture.run_turn().await.expect_err(address);
        assert!(matches!(fault, LlmFault::Refused(_)), "{address}: {fault:?}");
        assert_eq!(fault.failure(), Failure::ModelUnreachable);
    }
    // A name goes through the same checks.
    fixture.endpoint.address = "http://model.example/v1".to_owned();
    assert!(matches!(fixture.run_turn().await, Err(LlmFault::Refused(_))));
    assert_eq!(fixture.fetch.connections(), 0);
    // The discard port, on which nothing listens.
    fixture.endpoint.address = "http://127.0.0.1:9/v1".to_owned();
    assert_eq!(fixture.run_turn().await, Err(LlmFault::Unreachable));
}
