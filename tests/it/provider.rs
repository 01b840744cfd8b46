//! A language model server on the loopback network, in OpenAI's format: it gives scripted answers, question by
//! question, and records every question.

use std::{
    collections::VecDeque,
    convert::Infallible,
    future::pending,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{
        HeaderName, StatusCode,
        header::{CONNECTION, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use futures::{StreamExt, stream};
use handoff::{
    domain::model::ModelSettings,
    server::{
        clock::Entropy,
        seal::{KeySetting, Seal, SealedField},
        secret::Secret,
        store::models,
    },
};
use serde_json::{Value, json};
use tokio::{
    net::TcpListener,
    sync::{Notify, mpsc, watch},
    task::JoinSet,
};

use crate::app::{SECRET_KEY, TestApp};

/// The API key in the tenant's settings.
pub const KEY: &str = "sk-key-of-acme";

/// Encrypts a secret as the test's server stores it.
pub fn sealed(field: SealedField<'_>, plain: &str) -> Vec<u8> {
    let key = KeySetting::new(Secret::new(SECRET_KEY));
    Seal::new(&key, &[]).expect("a key").seal(&Entropy::seeded(3), field, plain).expect("seals")
}

/// Each question uses its own connection, so that they can be counted.
const LAST: [(HeaderName, &str); 1] = [(CONNECTION, "close")];

/// How one question is answered.
#[derive(Clone, Debug)]
pub enum Act {
    /// The text, unchanged.
    Say(String),
    /// A text, then calls: names and arguments as JSON text.
    Call(String, Vec<(String, String)>),
    /// Parts as the server would stream them, and the reason for which the answer ends.
    Deltas(Vec<Value>, &'static str),
    /// The first part of an answer, and then nothing more.
    Stall(String),
    /// The first part of an answer, and then the connection closes.
    Cut(String),
    /// The first part of an answer, and then the token limit is reached.
    Limit(String),
    Status(u16),
    /// No response at all, not even headers.
    Silent,
    /// The inner act, but only after [`Provider::answer`].
    Hold(Box<Act>),
}

/// A reply in the requested JSON form.
pub fn reply(words: &str) -> Act {
    Act::Say(json!({"reply": words, "needs_person": false}).to_string())
}

/// One call without text.
pub fn call(name: &str, arguments: Value) -> Act {
    Act::Call(String::new(), vec![(name.to_owned(), arguments.to_string())])
}

pub fn hold(act: Act) -> Act {
    Act::Hold(Box::new(act))
}

#[derive(Clone)]
struct Play {
    acts: Arc<Mutex<VecDeque<Act>>>,
    asked: watch::Sender<Vec<Value>>,
    let_go: Arc<Notify>,
    /// Receives a message when a question has arrived and no more will be sent for now.
    waits: mpsc::UnboundedSender<()>,
}

pub struct Provider {
    pub address: SocketAddr,
    play: Play,
    waiting: tokio::sync::Mutex<mpsc::UnboundedReceiver<()>>,
    _server: JoinSet<()>,
}

impl Provider {
    /// On an address of the loopback network, any free port.
    pub async fn at(ip: &str) -> Self {
        let ip: IpAddr = ip.parse().expect("an address");
        let listener = TcpListener::bind((ip, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let (waits, waiting) = mpsc::unbounded_channel();
        let play = Play { acts: Arc::default(), asked: watch::Sender::default(), let_go: Arc::default(), waits };
        let router = Router::new().fallback(answer).with_state(play.clone());
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.expect("serves") });
        Self { address, play, waiting: tokio::sync::Mutex::new(waiting), _server: server }
    }

    /// Settings of a tenant that use this server. Nothing is retried, nothing is random.
    pub fn settings(&self) -> ModelSettings {
        ModelSettings {
            enabled: true,
            address: format!("http://{}/v1", self.address),
            model: "scripted".to_owned(),
            ..ModelSettings::default()
        }
    }

    /// Makes it the model of the test's tenant.
    pub async fn serves(&self, app: &TestApp, settings: &ModelSettings) {
        let mut tx = app.services.db.begin_write().await.expect("a transaction");
        models::save_settings(&mut tx, &app.tenant, settings).await.expect("saves");
        models::save_key(&mut tx, &app.tenant, Some(&sealed(SealedField::ModelKey(&app.tenant), KEY)), app.now())
            .await
            .expect("saves");
        tx.commit().await.expect("commits");
    }

    /// Adds answers after those that are scripted already.
    pub fn play(&self, acts: impl IntoIterator<Item = Act>) {
        self.play.acts.lock().expect("not poisoned").extend(acts);
    }

    /// Removes scripted answers that were not used. Returns their number.
    pub fn clear(&self) -> usize {
        self.play.acts.lock().expect("not poisoned").drain(..).count()
    }

    /// Every question so far.
    pub fn asked(&self) -> Vec<Value> {
        self.play.asked.borrow().clone()
    }

    /// Waits for this many questions.
    pub async fn has_been_asked(&self, times: usize) {
        self.play.asked.subscribe().wait_for(|asked| asked.len() >= times).await.expect("a running server");
    }

    /// Waits until a question is pending: silent, stalled or held.
    pub async fn waits(&self) {
        self.waiting.lock().await.recv().await.expect("a running server");
    }

    /// Releases a held answer.
    pub fn answer(&self) {
        self.play.let_go.notify_one();
    }
}

async fn answer(State(play): State<Play>, request: Request) -> Response {
    let bytes = axum::body::to_bytes(request.into_body(), 4 << 20).await.expect("a body");
    let question = serde_json::from_slice(&bytes).expect("JSON");
    play.asked.send_modify(|asked| asked.push(question));
    let act = play.acts.lock().expect("not poisoned").pop_front();
    let mut act = act.unwrap_or(Act::Status(500));
    if let Act::Hold(inner) = act {
        play.waits.send(()).expect("a test that listens");
        play.let_go.notified().await;
        act = *inner;
    }
    match act {
        Act::Say(words) => streamed(whole(text(&words), "stop")),
        Act::Limit(words) => streamed(whole(text(&words), "length")),
        Act::Call(words, calls) => {
            let mut frames = text(&words);
            frames.extend(calls.iter().enumerate().flat_map(|(at, (name, arguments))| called(at, name, arguments)));
            streamed(whole(frames, "tool_calls"))
        }
        Act::Deltas(deltas, reason) => streamed(whole(deltas.iter().map(frame).collect(), reason)),
        Act::Stall(words) => {
            let told = play.waits;
            let quiet = stream::once(async move {
                told.send(()).expect("a test that listens");
                pending::<Result<Bytes, Infallible>>().await
            });
            body(stream::iter(text(&words)).map(|frame| Ok(Bytes::from(frame))).chain(quiet))
        }
        Act::Cut(words) => {
            let said = stream::iter(text(&words)).map(|frame| Ok(Bytes::from(frame)));
            body(said.chain(stream::once(async { Err(std::io::Error::other("hung up")) })))
        }
        Act::Status(status) => {
            let status = StatusCode::from_u16(status).expect("a status");
            (status, LAST, json!({"error": {"message": "no"}}).to_string()).into_response()
        }
        Act::Silent | Act::Hold(_) => {
            play.waits.send(()).expect("a test that listens");
            pending().await
        }
    }
}

fn frame(delta: &Value) -> String {
    format!("data: {}\n\n", json!({"choices": [{"index": 0, "delta": delta}]}))
}

/// In two parts, as it would stream.
fn text(words: &str) -> Vec<String> {
    if words.is_empty() {
        return Vec::new();
    }
    let (head, tail) = words.split_at(words.floor_char_boundary(words.len() / 2));
    vec![frame(&json!({"role": "assistant", "content": head})), frame(&json!({"content": tail}))]
}

fn called(at: usize, name: &str, arguments: &str) -> Vec<String> {
    let id = format!("c{at}");
    let head = json!({"index": at, "id": id, "type": "function", "function": {"name": name, "arguments": ""}});
    let (one, two) = arguments.split_at(arguments.floor_char_boundary(arguments.len() / 2));
    let piece = |words: &str| json!({"index": at, "function": {"arguments": words}});
    [head, piece(one), piece(two)].map(|call| frame(&json!({"tool_calls": [call]}))).to_vec()
}

fn whole(mut frames: Vec<String>, reason: &str) -> Vec<String> {
    frames.push(format!("data: {}\n\n", json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})));
    let usage = json!({"prompt_tokens": 11, "completion_tokens": 4, "total_tokens": 15});
    frames.push(format!("data: {}\n\n", json!({"choices": [], "usage": usage})));
    frames.push("data: [DONE]\n\n".to_owned());
    frames
}

fn streamed(frames: Vec<String>) -> Response {
    body(stream::iter(frames).map(|frame| Ok::<_, Infallible>(Bytes::from(frame))))
}

fn body<E: std::error::Error + Send + Sync + 'static>(
    frames: impl futures::Stream<Item = Result<Bytes, E>> + Send + 'static,
) -> Response {
    (LAST, [(CONTENT_TYPE, "text/event-stream")], Body::from_stream(frames)).into_response()
}
