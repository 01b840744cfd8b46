//! The simulator against third-party clients of the Cloud API (PyPI's pywa and kapso, `end2end/peers/whatsapp.py`): it
//! accepts and answers their requests like Meta, and they can verify and parse its webhooks. This ensures that gateway
//! and webhook are not only tested against our own understanding of Meta.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
    sync::{Arc, Mutex},
};

use axum::{Router, body::Bytes, http::HeaderMap, routing::post};
use handoff::server::simulator::{
    AppSecretProof, InboundMessage, Reads, Simulator, SimulatorConfig, SimulatorSettings,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

const SECRET: &str = "secret";
const CUSTOMER: &str = "+919876543210";
const USER_ID: &str = "IN.48120093176620551834";

/// Delivered webhooks: signature and body.
type Posts = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// A listening simulator, and the webhooks it delivered: signature and body.
struct Stage {
    simulator: Simulator,
    base: String,
    posts: Posts,
    _stop: DropGuard,
}

impl Stage {
    async fn new() -> Self {
        let posts = Posts::default();
        let hook = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = hook.local_addr().expect("bound");
        let kept = posts.clone();
        let receive = post(move |headers: HeaderMap, body: Bytes| async move {
            let signature = headers["x-hub-signature-256"].to_str().expect("text").to_owned();
            kept.lock().expect("not poisoned").push((signature, body.to_vec()));
        });
        tokio::spawn(async move { axum::serve(hook, Router::new().route("/hook", receive)).await });
        let simulator = Simulator::new(SimulatorConfig {
            callback: format!("http://{address}/hook"),
            app_secret: SECRET.to_owned(),
            phone_number_id: "100200300400500".to_owned(),
            waba_id: "200".to_owned(),
            display_phone_number: "+1 555 010 0200".to_owned(),
            access_token: "token".to_owned(),
            // Neither client can send `appsecret_proof`.
            app_secret_proof: AppSecretProof::Optional,
            now: Arc::new(|| 1_790_000_000_000),
            sleep: Arc::new(|_| Box::pin(std::future::ready(()))),
            seed: 1,
        })
        .expect("a simulator");
        simulator.set_settings(SimulatorSettings { reads: Reads::Auto, ..SimulatorSettings::default() });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("bound"));
        let stop = CancellationToken::new();
        tokio::spawn(simulator.serve(listener, stop.clone()));
        Self { simulator, base, posts, _stop: stop.drop_guard() }
    }

    /// The webhooks delivered since the last call, as the clients parsed them.
    async fn understood(&self) -> Vec<Value> {
        self.simulator.settled().await;
        let mut input = Vec::new();
        for (signature, body) in self.posts.lock().expect("not poisoned").drain(..) {
            input.extend([signature.as_bytes(), b" ", &body, b"\n"].concat());
        }
        clients(&["receive", SECRET], input).await
    }
}

/// Runs the clients and parses the lines they print.
async fn clients(args: &[&str], input: Vec<u8>) -> Vec<Value> {
    let python = std::env::var("HANDOFF_TEST_PYTHON").expect(
        "HANDOFF_TEST_PYTHON names a Python with end2end/peers/requirements.txt; `cargo xtask test-server` makes one",
    );
    let mut command = Command::new(python);
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/end2end/peers/whatsapp.py")).args(args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let run = move || -> std::io::Result<Output> {
        let mut process = command.spawn()?;
        let mut pipe = process.stdin.take().expect("a pipe");
        // In parallel with reading: with both pipes full, each side would wait for the other.
        let writing = std::thread::spawn(move || pipe.write_all(&input));
        let output = process.wait_with_output();
        writing.join().expect("no panic")?;
        output
    };
    let output = tokio::task::spawn_blocking(run).await.expect("no panic").expect("the clients run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told = String::from_utf8(output.stdout).expect("UTF-8");
    told.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn words(value: &Value) -> Vec<&str> {
    value.as_array().expect("a list").iter().filter_map(Value::as_str).collect()
}

#[tokio::test]
async fn requests_of_third_party_clients_are_accepted() {
    // Given a simulator that is not configured for these clients
    let stage = Stage::new().await;
    // When each client sends every kind of message
    let calls = clients(&["send", &stage.base, "100200300400500", "token", CUSTOMER, USER_ID], Vec::new()).await;
    // Then every call was answered,
    let made = |client: &str| calls.iter().filter(|call| call["client"] == client && call["id"].is_string()).count();
    assert_eq!((made("pywa"), made("kapso")), (22, 9), "{calls:#?}");
    // the messages arrived unchanged,
    let sent = stage.simulator.sent();
    let ids: Vec<&str> =
        calls.iter().filter_map(|call| call["id"].as_str()).filter(|id| id.starts_with("wamid.")).collect();
    assert_eq!(sent.len(), ids.len());
    // and each has the statuses of a message that was read.
    let statuses: Vec<String> = (stage.understood().await.iter())
        .flat_map(|post| words(&post["kapso"]["statuses"]).into_iter().map(ToOwned::to_owned).collect::<Vec<_>>())
        .collect();
    for outcome in ["sent", "delivered", "read"] {
        let count = statuses.iter().filter(|status| *status == outcome).count();
        // Reactions have no statuses.
        assert!(count >= ids.len() - 3, "{outcome}: {count} of {}", ids.len());
    }
}

#[tokio::test]
async fn webhooks_are_signed_and_parsed_by_third_party_clients() {
    let stage = Stage::new().await;
    let first = stage.simulator.customer_says("c1", "Hello").expect("a customer");
    // The kind, and its name in the two clients.
    let table = [
        (json!({"kind": "image"}), "Message", "image"),
        (json!({"kind": "video"}), "Message", "video"),
        (json!({"kind": "voice"}), "Message", "audio"),
        (json!({"kind": "document"}), "Message", "document"),
        (json!({"kind": "sticker"}), "Message", "sticker"),
        (json!({"kind": "contacts"}), "Message", "contacts"),
        (json!({"kind": "order"}), "Message", "order"),
        (json!({"kind": "unsupported"}), "Message", "unsupported"),
        (json!({"kind": "location", "latitude": 1.0, "longitude": 2.0}), "Message", "location"),
        (json!({"kind": "button_reply", "id": "a", "title": "A", "reply_to": first}), "CallbackButton", "interactive"),
        (json!({"kind": "list_reply", "id": "a", "title": "A", "reply_to": first}), "CallbackSelection", "interactive"),
        (
            json!({"kind": "template_button", "payload": "a", "text": "A", "reply_to": first}),
            "CallbackButton",
            "button",
        ),
        (json!({"kind": "reaction", "message_id": first, "emoji": "👍"}), "Message", "reaction"),
        (json!({"kind": "edit", "message_id": first, "text": "Hello!"}), "EditedMessage", "edit"),
        (json!({"kind": "revoke", "message_id": first}), "DeletedMessage", "revoke"),
        (json!({"kind": "number_change", "phone": "+49 160 5550199"}), "PhoneNumberChange", "system"),
    ];
    let text = stage.understood().await;
    assert_eq!((&text[0]["pywa"][0]["is"], &text[0]["kapso"]["messages"][0]), (&json!("Message"), &json!("text")));
    for (say, pywa, kapso) in table {
        // When the customer sends it
        let said: InboundMessage = serde_json::from_value(say.clone()).expect("a kind");
        stage.simulator.say("c1", said).expect("said");
        // Then one webhook arrives, with a signature that the clients accept for this body only,
        let posts = stage.understood().await;
        assert_eq!(posts.len(), 1, "{say}: {posts:?}");
        assert_eq!((&posts[0]["signed"], &posts[0]["forged"]), (&json!(true), &json!(false)), "{say}");
        // and both clients recognise its kind.
        assert_eq!(posts[0]["pywa"][0]["is"], pywa, "{say}: {posts:?}");
        assert_eq!(words(&posts[0]["kapso"]["messages"]), [kapso], "{say}");
    }
}
