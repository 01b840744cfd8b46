//! Turns against a scripted server in both wire formats: requests, results, and every kind of failure.

mod faults;
mod stage;

use serde_json::json;

use self::stage::{Act, KEY, Stage, Word, call, plenty, text};
use super::{End, Ended, Handoff, LlmFault, Urgency};
use crate::domain::model::Provider;

fn answered(answer: &str, tokens: u64) -> Result<Ended, LlmFault> {
    Ok(Ended { answer: Some(answer.to_owned()), end: None, needs_person: false, tokens })
}

#[tokio::test]
async fn an_answer_is_put_together_and_its_price_told() {
    for provider in Provider::ALL {
        let stage = Stage::playing(provider, vec![text(r#"{"reply": "Tomorrow — ñ", "needs_person": false}"#)]).await;
        assert_eq!(stage.talk().await, answered("Tomorrow — ñ", 15), "{provider:?}");
        assert_eq!(*stage.tools.spent.lock().expect("no panic"), [15]);
    }
}

#[tokio::test]
async fn the_question_holds_the_talk_and_the_key_stands_in_its_header_only() {
    for (provider, path, header) in [
        (Provider::OpenAi, "/v1/chat/completions", format!("\"authorization\": \"Bearer {KEY}\"")),
        (Provider::Anthropic, "/v1/messages", format!("\"x-api-key\": \"{KEY}\"")),
    ] {
        let stage = Stage::playing(provider, vec![text("Hi")]).await;
        stage.talk().await.expect("an answer");

        let asked = stage.asked().remove(0);
        assert_eq!(asked.path, path);
        assert!(asked.headers.contains(&header), "{}", asked.headers);
        let body = asked.body.to_string();
        assert!(!body.contains(KEY) && !format!("{:?}", stage.endpoint).contains(KEY));
        // A model name that ends like an effort stays as it is, and no effort is sent.
        assert_eq!((&asked.body["model"], &asked.body["stream"]), (&json!("qwen-max"), &json!(true)));
        assert!(!body.contains("reasoning_effort") && !body.contains("thinking"), "{body}");
        assert_eq!(asked.body["max_tokens"], json!(1000));
        assert!(body.contains("needs_person") && body.contains("You are the shop's bot."));
        let messages = asked.body["messages"].as_array().expect("messages");
        let last = messages.last().expect("a message").to_string();
        assert!(last.contains("<handoff-note>An earlier handoff ended: closed by a person.</handoff-note>"), "{last}");
        assert!(last.contains("Where is A-17?") && last.contains("\"user\""), "{last}");
        assert_eq!(asked.body["tools"].as_array().map(Vec::len), Some(7));
        let form = match provider {
            Provider::OpenAi => &asked.body["response_format"]["json_schema"]["schema"],
            Provider::Anthropic => &asked.body["output_config"]["format"]["schema"],
        };
        assert_eq!(form["properties"]["needs_person"]["type"], json!("boolean"));
    }
}

#[tokio::test]
async fn a_tools_result_goes_back_to_the_model() {
    for provider in Provider::ALL {
        let both = vec![
            Word::Call("c1", "order_status", &["{\"or", "der\": \"A-17\"}"]),
            Word::Call("c2", "set_variable", &["{\"name\": \"order\", \"value\": \"A-17\"}"]),
        ];
        let stage = Stage::playing(provider, vec![Act::Say(both, "tool"), text("On its way")]).await;

        assert_eq!(stage.talk().await, answered("On its way", 30), "{provider:?}");

        let expected = [
            ("order_status".to_owned(), json!({"order": "A-17"})),
            ("set_variable".to_owned(), json!({"name": "order", "value": "A-17"})),
        ];
        assert_eq!(stage.called(), expected);
        let asked = stage.asked().remove(1).body;
        let messages = asked["messages"].as_array().expect("messages");
        let told = messages[messages.len() - 2..].iter().map(ToString::to_string).collect::<String>();
        for words in ["result of order_status", "result of set_variable", "c1", "c2"] {
            assert!(told.contains(words), "{words} in {told}");
        }
    }
}

#[tokio::test]
async fn a_call_for_a_person_ends_the_turn_at_once() {
    for provider in Provider::ALL {
        let words = vec![
            Word::Text("One moment."),
            Word::Call(
                "c1",
                "handoff",
                &["{\"reason\": \"angry\", ", "\"summary\": \"parcel lost\", \"urgency\": \"high\"}"],
            ),
            Word::Call("c2", "order_status", &["{\"order\": \"A-17\"}"]),
        ];
        let stage = Stage::playing(provider, vec![Act::Say(words, "tool"), text("never asked")]).await;
        let ended = stage.talk().await.expect("an end");
        let handoff = Handoff { reason: "angry".into(), summary: "parcel lost".into(), urgency: Urgency::High };
        assert_eq!(ended.end, Some(End::Handoff(handoff)), "{provider:?}");
        assert_eq!(ended.answer.as_deref(), Some("One moment."));
        assert_eq!((stage.asked().len(), stage.called().len()), (1, 0), "nothing after the end is carried out");
    }
}

#[tokio::test]
async fn closing_and_finishing_end_the_turn_with_what_was_said() {
    for (name, end) in [("close", End::Close), ("finish", End::Finish)] {
        let words = vec![Word::Text("{\"reply\": \"Bye!\", \"needs_person\": false}"), Word::Call("c1", name, &[])];
        let stage = Stage::playing(Provider::OpenAi, vec![Act::Say(words, "tool")]).await;
        let ended = stage.talk().await.expect("an end");
        assert_eq!((ended.end, ended.answer.as_deref()), (Some(end), Some("Bye!")));
    }
}

#[tokio::test]
async fn a_person_promised_without_a_call_is_noticed() {
    for (words, reply) in [
        (r#"{"reply": "Sure.", "needs_person": true}"#, Some("Sure.")),
        (r#"{"reply": "", "needs_person": true}"#, None),
        (
            r#"{"reply": "I am connecting you to an agent.", "needs_person": false}"#,
            Some("I am connecting you to an agent."),
        ),
        ("Ich verbinde Sie mit einem Kollegen.", Some("Ich verbinde Sie mit einem Kollegen.")),
    ] {
        let stage = Stage::playing(Provider::OpenAi, vec![text(words)]).await;
        let ended = stage.talk().await.expect("an answer");
        assert_eq!((ended.needs_person, ended.answer.as_deref(), ended.end), (true, reply, None), "{words}");
    }
}

#[tokio::test]
async fn a_server_that_refuses_the_form_is_asked_in_words_from_then_on() {
    let stage = Stage::playing(Provider::OpenAi, vec![Act::Status(400), text("One"), text("Two")]).await;
    assert_eq!(stage.talk().await, answered("One", 15));
    assert_eq!(stage.talk().await, answered("Two", 15));
    let forms: Vec<bool> = stage.asked().iter().map(|asked| asked.body.get("response_format").is_some()).collect();
    assert_eq!(forms, [true, false, false]);
}

#[tokio::test]
async fn a_restart_cancels_the_turn_and_no_tool_runs_twice() {
    // Given a turn whose tool was called and whose answer has begun
    let acts = vec![call("c1", "order_status", &["{\"order\": \"A-17\"}"]), Act::Stall(vec![Word::Text("It is")])];
    let mut stage = Stage::playing(Provider::OpenAi, acts).await;
    let turn = stage.begin(plenty());
    stage.stalls().await;

    // When it is cancelled
    stage.cancel.cancel();

    // Then there is no answer, and the tool ran once
    assert_eq!(turn.await.expect("no panic"), Err(LlmFault::Cancelled));
    assert_eq!(stage.called().len(), 1);
    // And a turn that is cancelled before it begins sends no request.
    assert_eq!(stage.talk().await, Err(LlmFault::Cancelled));
    assert_eq!(stage.asked().len(), 2);
}

#[tokio::test]
async fn the_last_tokens_of_the_day_bound_the_answer() {
    let stage = Stage::playing(Provider::OpenAi, vec![text("Hi")]).await;
    let budget = 1_200;
    *stage.tools.budget.lock().expect("no panic") = Some(budget);
    stage.talk().await.expect("an answer");
    let asked = stage.asked().remove(0).body;
    // The tokens of the request count too.
    let most = asked["max_tokens"].as_u64().expect("a limit");
    let words = asked["messages"].to_string().len() as u64;
    assert!(most > 0 && most < 1_000 && most + words / 5 < budget, "{most} after {words} bytes");
}
