//! Turns against a scripted server in both wire formats: requests, results, and every kind of failure.

mod faults;
mod fixture;

use serde_json::json;

use self::fixture::{Fixture, KEY, ServerReply, StreamPart, call, default_limits, text};
use super::{End, HandoffArguments, LlmFault, TurnResult, UrgencyArgument};
use crate::domain::model::Provider;

fn answered(answer: &str, tokens: u64) -> Result<TurnResult, LlmFault> {
    Ok(TurnResult { answer: Some(answer.to_owned()), end: None, needs_person: false, tokens })
}

#[tokio::test]
async fn a_streamed_answer_is_assembled_and_its_tokens_reported() {
    for provider in Provider::ALL {
        let fixture =
            Fixture::with_script(provider, vec![text(r#"{"reply": "Tomorrow — ñ", "needs_person": false}"#)]).await;
        assert_eq!(fixture.run_turn().await, answered("Tomorrow — ñ", 15), "{provider:?}");
        assert_eq!(*fixture.tools.spent.lock().expect("no panic"), [15]);
    }
}

#[tokio::test]
async fn the_request_contains_the_prompt_and_the_key_only_in_its_header() {
    for (provider, path, header) in [
        (Provider::OpenAi, "/v1/chat/completions", format!("\"authorization\": \"Bearer {KEY}\"")),
        (Provider::Anthropic, "/v1/messages", format!("\"x-api-key\": \"{KEY}\"")),
    ] {
        let fixture = Fixture::with_script(provider, vec![text("Hi")]).await;
        fixture.run_turn().await.expect("an answer");

        let request = fixture.requests().remove(0);
        assert_eq!(request.path, path);
        assert!(request.headers.contains(&header), "{}", request.headers);
        let body = request.body.to_string();
        assert!(!body.contains(KEY) && !format!("{:?}", fixture.endpoint).contains(KEY));
        // A model name that ends like an effort stays as it is, and no effort is sent.
        assert_eq!((&request.body["model"], &request.body["stream"]), (&json!("qwen-max"), &json!(true)));
        assert!(!body.contains("reasoning_effort") && !body.contains("thinking"), "{body}");
        assert_eq!(request.body["max_tokens"], json!(1000));
        assert!(body.contains("needs_person") && body.contains("You are the shop's bot."));
        let messages = request.body["messages"].as_array().expect("messages");
        let last = messages.last().expect("a message").to_string();
        assert!(last.contains("<handoff-note>An earlier handoff ended: closed by a person.</handoff-note>"), "{last}");
        assert!(last.contains("Where is A-17?") && last.contains("\"user\""), "{last}");
        assert_eq!(request.body["tools"].as_array().map(Vec::len), Some(7));
        let form = match provider {
            Provider::OpenAi => &request.body["response_format"]["json_schema"]["schema"],
            Provider::Anthropic => &request.body["output_config"]["format"]["schema"],
        };
        assert_eq!(form["properties"]["needs_person"]["type"], json!("boolean"));
    }
}

#[tokio::test]
async fn a_tool_result_is_sent_to_the_model() {
    for provider in Provider::ALL {
        let both = vec![
            StreamPart::Call("c1", "order_status", &["{\"or", "der\": \"A-17\"}"]),
            StreamPart::Call("c2", "set_variable", &["{\"name\": \"order\", \"value\": \"A-17\"}"]),
        ];
        let fixture = Fixture::with_script(provider, vec![ServerReply::Say(both, "tool"), text("On its way")]).await;

        assert_eq!(fixture.run_turn().await, answered("On its way", 30), "{provider:?}");

        let expected = [
            ("order_status".to_owned(), json!({"order": "A-17"})),
            ("set_variable".to_owned(), json!({"name": "order", "value": "A-17"})),
        ];
        assert_eq!(fixture.called(), expected);
        let request = fixture.requests().remove(1).body;
        let messages = request["messages"].as_array().expect("messages");
        let told = messages[messages.len() - 2..].iter().map(ToString::to_string).collect::<String>();
        for parts in ["result of order_status", "result of set_variable", "c1", "c2"] {
            assert!(told.contains(parts), "{parts} in {told}");
        }
    }
}

#[tokio::test]
async fn a_handoff_call_ends_the_turn() {
    for provider in Provider::ALL {
        let parts = vec![
            StreamPart::Text("One moment."),
            StreamPart::Call(
                "c1",
                "handoff",
                &["{\"reason\": \"angry\", ", "\"summary\": \"parcel lost\", \"urgency\": \"high\"}"],
            ),
            StreamPart::Call("c2", "order_status", &["{\"order\": \"A-17\"}"]),
        ];
        let fixture = Fixture::with_script(provider, vec![ServerReply::Say(parts, "tool"), text("never asked")]).await;
        let ended = fixture.run_turn().await.expect("an end");
        let handoff =
            HandoffArguments { reason: "angry".into(), summary: "parcel lost".into(), urgency: UrgencyArgument::High };
        assert_eq!(ended.end, Some(End::Handoff(handoff)), "{provider:?}");
        assert_eq!(ended.answer.as_deref(), Some("One moment."));
        assert_eq!((fixture.requests().len(), fixture.called().len()), (1, 0), "nothing after the end is carried out");
    }
}

#[tokio::test]
async fn close_and_finish_calls_end_the_turn_with_their_text() {
    for (name, end) in [("close", End::Close), ("finish", End::Finish)] {
        let parts =
            vec![StreamPart::Text("{\"reply\": \"Bye!\", \"needs_person\": false}"), StreamPart::Call("c1", name, &[])];
        let fixture = Fixture::with_script(Provider::OpenAi, vec![ServerReply::Say(parts, "tool")]).await;
        let ended = fixture.run_turn().await.expect("an end");
        assert_eq!((ended.end, ended.answer.as_deref()), (Some(end), Some("Bye!")));
    }
}

#[tokio::test]
async fn a_promised_agent_without_a_handoff_call_is_detected() {
    for (parts, reply) in [
        (r#"{"reply": "Sure.", "needs_person": true}"#, Some("Sure.")),
        (r#"{"reply": "", "needs_person": true}"#, None),
        (
            r#"{"reply": "I am connecting you to an agent.", "needs_person": false}"#,
            Some("I am connecting you to an agent."),
        ),
        ("Ich verbinde Sie mit einem Kollegen.", Some("Ich verbinde Sie mit einem Kollegen.")),
    ] {
        let fixture = Fixture::with_script(Provider::OpenAi, vec![text(parts)]).await;
        let ended = fixture.run_turn().await.expect("an answer");
        assert_eq!((ended.needs_person, ended.answer.as_deref(), ended.end), (true, reply, None), "{parts}");
    }
}

#[tokio::test]
async fn a_server_that_rejects_the_schema_gets_requests_without_it() {
    let fixture =
        Fixture::with_script(Provider::OpenAi, vec![ServerReply::Status(400), text("One"), text("Two")]).await;
    assert_eq!(fixture.run_turn().await, answered("One", 15));
    assert_eq!(fixture.run_turn().await, answered("Two", 15));
    let forms: Vec<bool> =
        fixture.requests().iter().map(|request| request.body.get("response_format").is_some()).collect();
    assert_eq!(forms, [true, false, false]);
}

#[tokio::test]
async fn a_cancelled_turn_returns_no_answer_and_repeats_no_tool() {
    // Given a turn whose tool was called and whose answer has begun
    let replies = vec![
        call("c1", "order_status", &["{\"order\": \"A-17\"}"]),
        ServerReply::Stall(vec![StreamPart::Text("It is")]),
    ];
    let mut fixture = Fixture::with_script(Provider::OpenAi, replies).await;
    let turn = fixture.begin(default_limits());
    fixture.stalls().await;

    // When it is cancelled
    fixture.cancel.cancel();

    // Then there is no answer, and the tool ran once
    assert_eq!(turn.await.expect("no panic"), Err(LlmFault::Cancelled));
    assert_eq!(fixture.called().len(), 1);
    // And a turn that is cancelled before it begins sends no request.
    assert_eq!(fixture.run_turn().await, Err(LlmFault::Cancelled));
    assert_eq!(fixture.requests().len(), 2);
}

#[tokio::test]
async fn the_remaining_daily_tokens_limit_the_answer() {
    let fixture = Fixture::with_script(Provider::OpenAi, vec![text("Hi")]).await;
    let budget = 1_200;
    *fixture.tools.budget.lock().expect("no panic") = Some(budget);
    fixture.run_turn().await.expect("an answer");
    let request = fixture.requests().remove(0).body;
    // The tokens of the request count too.
    let most = request["max_tokens"].as_u64().expect("a limit");
    let parts = request["messages"].to_string().len() as u64;
    assert!(most > 0 && most < 1_000 && most + parts / 5 < budget, "{most} after {parts} bytes");
}
