//! The simulator against third-party clients of the Cloud API (PyPI's pywa, kapso and heyoo, npm's whatsapp-api-js;
//! `end2end/peers/whatsapp`): it accepts, refuses and answers their requests like Meta, and pywa and kapso can verify and
//! parse its webhooks. This ensures that gateway and webhook are not only tested against our own understanding of Meta.

mod clients;

use std::{
    io::Write,
    process::{Command, Output, Stdio},
    sync::{Arc, Mutex},
};

use axum::{Router, body::Bytes, http::HeaderMap, routing::post};
use handoff::server::simulator::{
    AppSecretProof, Effect, Fault, InboundMessage, Reads, SentRequest, Simulator, SimulatorConfig, SimulatorSettings,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use self::clients::{CLIENTS, FAULTS};

const SECRET: &str = "secret";
const CUSTOMER: &str = "+919876543210";
const USER_ID: &str = "IN.48120093176620551834";
const NUMBER: &str = "+1 555 010 0200";
const NUMBER_ID: &str = "100200300400500";
const WABA_ID: &str = "200";
const TOKEN: &str = "token";
/// Who is blocked and unblocked.
const NUISANCE: &str = "+4915550007";

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
            phone_number_id: NUMBER_ID.to_owned(),
            waba_id: WABA_ID.to_owned(),
            display_phone_number: NUMBER.to_owned(),
            access_token: TOKEN.to_owned(),
            // No client can send `appsecret_proof`.
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
        lines(python(), &["receive", SECRET], input).await
    }

    /// Every call of every client, as it printed them.
    async fn calls(&self) -> Vec<Value> {
        for (to, code) in FAULTS {
            self.simulator.inject(to, Fault::always(Effect::Http { code }));
        }
        let faults: Value = FAULTS.iter().map(|(to, code)| ((*to).to_owned(), json!(code))).collect();
        let wamid = self.simulator.customer_says("c1", "Hello").expect("a customer");
        let stage = json!({"base": self.base, "token": TOKEN, "phone_number_id": NUMBER_ID, "waba_id": WABA_ID,
            "own": NUMBER, "to": CUSTOMER, "user_id": USER_ID, "nuisance": NUISANCE, "wamid": wamid, "faults": faults});
        let stage = stage.to_string();
        let args = ["send", stage.as_str()];
        let mut calls = lines(python(), &args, Vec::new()).await;
        calls.extend(lines(node(), &args, Vec::new()).await);
        calls
    }
}

/// The clients of PyPI.
fn python() -> Command {
    let python = std::env::var("HANDOFF_TEST_PYTHON").expect(
        "HANDOFF_TEST_PYTHON names a Python with end2end/peers/requirements.txt; `cargo xtask test-server` makes one",
    );
    let mut command = Command::new(python);
    // No compiled files beside the sources.
    command.arg("-B").arg(concat!(env!("CARGO_MANIFEST_DIR"), "/end2end/peers/whatsapp"));
    command
}

/// The client of npm. `cargo xtask test-server` installs Node and the packages of `end2end`.
fn node() -> Command {
    let mut command = Command::new("node");
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/end2end/peers/whatsapp/calls.mjs"));
    command
}

/// Runs clients and parses the lines they print.
async fn lines(mut command: Command, args: &[&str], input: Vec<u8>) -> Vec<Value> {
    command.args(args);
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
async fn every_call_of_third_party_clients_is_answered_as_by_meta() {
    // Given a simulator that is not configured for these clients
    let stage = Stage::new().await;
    // When each client makes every call that it can make
    let calls = stage.calls().await;
    // Then each call is accepted,
    let of = |client: &'static str| calls.iter().filter(move |call| call["client"] == client);
    for client in &CLIENTS {
        let accepted = of(client.name).filter(|call| call["id"].is_string());
        assert_eq!(accepted.count(), client.accepted, "{}: {calls:#?}", client.name);
        // or refused with the code that its client can read.
        let refused: Vec<_> = of(client.name).filter(|call| call["id"].is_null()).collect();
        let expected: Vec<_> = (client.refused.iter().map(|(call, code)| ((*call).to_owned(), *code)))
            .chain(FAULTS.map(|(_, code)| (format!("fault {code}"), i64::from(code))))
            .collect();
        let found: Vec<_> = (refused.iter())
            .map(|call| {
                (call["call"].as_str().unwrap_or_default().to_owned(), call["code"].as_i64().unwrap_or_default())
            })
            .collect();
        assert_eq!(found, expected, "{}", client.name);
    }
    let made: usize = CLIENTS.iter().map(|client| client.accepted + client.refused.len() + FAULTS.len()).sum();
    assert_eq!(calls.len(), made);

    // The accepted messages arrived,
    let sent = stage.simulator.sent();
    let ids = calls.iter().filter_map(|call| call["id"].as_str()).filter(|id| id.starts_with("wamid.")).count();
    assert_eq!(sent.len(), ids);
    assert!(stage.simulator.blocked().is_empty(), "blocked and unblocked");
    // texts and lists among them,
    let of_kind = |kind: &'static str| sent.iter().filter(move |sent| sent.body["type"] == kind);
    for contact in of_kind("contacts") {
        assert_eq!(contact.body["contacts"][0]["name"]["formatted_name"], "Ada Example", "{contact:?}");
    }
    assert_eq!(of_kind("contacts").count(), CLIENTS.len());
    let row = |sent: &&SentRequest| sent.body["biz_opaque_callback_data"] == r#"{"row":1}"#;
    assert_eq!(of_kind("text").filter(row).count(), 3, "heyoo cannot send it");
    // and each has the statuses of a message that was read. Reactions have fewer.
    let statuses: Vec<String> = (stage.understood().await.iter())
        .flat_map(|post| words(&post["kapso"]["statuses"]).into_iter().map(ToOwned::to_owned).collect::<Vec<_>>())
        .collect();
    let least = ids - of_kind("reaction").count();
    for outcome in ["sent", "delivered", "read"] {
        let count = statuses.iter().filter(|status| *status == outcome).count();
        assert!((least..=ids).contains(&count), "{outcome}: {count} of {ids}");
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
