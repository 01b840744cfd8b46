//! Testing the model: the answer is shown, tools are not called, tokens are counted, and the stored key is sent to no
//! other server.

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, http::HeaderMap, response::IntoResponse, routing::post as on_post};
use handoff::{contract::bot::ModelTrial, domain::model::ModelSettings};
use http::{StatusCode, header};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinSet};

use super::{KEY, bot, call, model, tool};
use crate::app::{TestApp, on_both};

/// A model's server that gives one answer, and records the keys it received.
struct Server {
    address: String,
    keys: Arc<Mutex<Vec<String>>>,
    _tasks: JoinSet<()>,
}

impl Server {
    /// `delta` is its answer; `None` refuses every request.
    async fn saying(delta: Option<Value>) -> Self {
        let keys: Arc<Mutex<Vec<String>>> = Arc::default();
        let seen = keys.clone();
        let answer = move |headers: HeaderMap, _body: Bytes| {
            let key = headers.get(header::AUTHORIZATION).and_then(|key| key.to_str().ok()).unwrap_or_default();
            seen.lock().expect("not poisoned").push(key.to_owned());
            let delta = delta.clone();
            async move {
                let Some(delta) = delta else {
                    return (StatusCode::UNAUTHORIZED, "{\"error\": {\"message\": \"no\"}}").into_response();
                };
                let is_call = delta.get("tool_calls").is_some();
                let reason = if is_call { "tool_calls" } else { "stop" };
                let frames = [
                    json!({"choices": [{"index": 0, "delta": delta}]}),
                    json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}),
                    json!({"choices": [], "usage": {"prompt_tokens": 11, "completion_tokens": 4, "total_tokens": 15}}),
                ];
                let mut body: String = frames.iter().map(|frame| format!("data: {frame}\n\n")).collect();
                body.push_str("data: [DONE]\n\n");
                ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}/v1", listener.local_addr().expect("bound"));
        let router = Router::new().route("/v1/chat/completions", on_post(answer));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, router).await.expect("serves") });
        Self { address, keys, _tasks: tasks }
    }

    fn model(&self) -> ModelSettings {
        ModelSettings { address: self.address.clone(), ..model() }
    }

    fn keys(&self) -> Vec<String> {
        self.keys.lock().expect("not poisoned").clone()
    }
}

async fn tried(app: &TestApp, cookie: &str, model: &ModelSettings, key: Option<&str>) -> ModelTrial {
    let arguments = json!({"model": model, "key": key, "question": "Where is order A-17?"});
    let (status, body) = call(app, cookie, "model_try", &arguments).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert!(!body.contains(KEY), "the key came out");
    serde_json::from_str(&body).expect("a trial")
}

on_both!(an_answer_is_shown_and_its_tokens_count, threads = 4, async |app| {
    let (_, cookie) = app.admin().await;
    let server =
        Server::saying(Some(json!({"content": "{\"reply\": \"It is on its way.\", \"needs_person\": false}"}))).await;
    let said = tried(app, &cookie, &server.model(), Some(KEY)).await;
    assert_eq!(said.answer.as_deref(), Some("It is on its way."));
    assert_eq!((said.then, said.fault, said.tokens), (None, None, 15));
    assert_eq!(server.keys(), [format!("Bearer {KEY}")]);
    assert_eq!(bot(app, &cookie).await.used_today, 15);
});

on_both!(a_tool_call_is_shown_and_not_made, threads = 4, async |app| {
    let (_, cookie) = app.admin().await;
    let (status, body) = call(app, &cookie, "tool_save", &json!({"was": null, "tool": tool()})).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let asks = json!({"tool_calls": [{"index": 0, "id": "c1", "type": "function",
        "function": {"name": "order_status", "arguments": "{\"order\": \"A-17\"}"}}]});
    let server = Server::saying(Some(asks)).await;
    let said = tried(app, &cookie, &server.model(), None).await;
    assert_eq!(said.calls.len(), 1, "{said:?}");
    assert_eq!(said.calls[0].name, "order_status");
    assert!(said.calls[0].arguments.contains("A-17"));
    assert!(said.then.is_some_and(|words| words.contains("Nothing is sent")));
    assert_eq!(server.keys().len(), 1, "the model gets no result for a call that was not made");
});

on_both!(a_refused_key_is_reported_as_a_sentence, threads = 4, async |app| {
    let (_, cookie) = app.admin().await;
    let server = Server::saying(None).await;
    let said = tried(app, &cookie, &server.model(), Some(KEY)).await;
    assert_eq!(said.answer, None);
    assert!(said.fault.as_deref().is_some_and(|words| words.contains("rejected the key (status 401)")), "{said:?}");
});

on_both!(the_saved_key_goes_to_its_own_server_only, threads = 4, async |app| {
    // given a key that was set for one server
    let (_, cookie) = app.admin().await;
    let (_, body) = call(app, &cookie, "model_save", &json!({"model": model(), "key": KEY})).await;
    assert!(!body.contains("error"), "{body}");
    let other = Server::saying(None).await;

    // when someone sets the model to another server, to test it or to save it
    let aimed = json!({"model": other.model(), "key": null, "question": "hello"});
    let (_, refused) = call(app, &cookie, "model_try", &aimed).await;
    let (_, unsaved) = call(app, &cookie, "model_save", &json!({"model": other.model(), "key": null})).await;

    // then both are refused with a sentence, and the other server never received the key
    for body in [refused, unsaved] {
        assert!(body.contains("belongs to another server"), "{body}");
    }
    assert_eq!(other.keys(), Vec::<String>::new());
    assert_eq!(bot(app, &cookie).await.model, model());
    // and with a key of its own it is accepted
    let (status, body) = call(app, &cookie, "model_save", &json!({"model": other.model(), "key": "another-key"})).await;
    assert_eq!(status, StatusCode::OK, "{body}");
});
