//! The whole simulator with a test callback, a manual clock, and waits that end at once.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicI64, AtomicUsize, Ordering},
};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::post};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use super::*;

mod faults;
mod partner;
mod pricing;
mod strangers;
mod templates;

const NOON: i64 = 1_790_000_000_000;

/// A body and its signature.
type Post = (Vec<u8>, String);

/// What the callback received, and how many more webhooks it refuses.
#[derive(Clone, Default)]
struct Callback {
    bodies: Arc<Mutex<Vec<Post>>>,
    refusals: Arc<AtomicUsize>,
}

impl Callback {
    fn bodies(&self) -> Vec<Post> {
        self.bodies.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// All `messages[]` or `statuses[]` items that arrived.
    fn items(&self, list: &str) -> Vec<Value> {
        let mut items = Vec::new();
        for (body, _) in self.bodies() {
            let body: Value = serde_json::from_slice(&body).expect("JSON");
            for entry in body["entry"].as_array().into_iter().flatten() {
                for change in entry["changes"].as_array().into_iter().flatten() {
                    items.extend(change["value"][list].as_array().into_iter().flatten().cloned());
                }
            }
        }
        items
    }
}

async fn receive(State(callback): State<Callback>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let refuse = callback.refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
    if refuse.is_ok() {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    let signature = headers.get("x-hub-signature-256").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut bodies = callback.bodies.lock().unwrap_or_else(PoisonError::into_inner);
    bodies.push((body.to_vec(), signature.to_owned()));
    StatusCode::OK
}

struct Fixture {
    simulator: Simulator,
    callback: Callback,
    clock: Arc<AtomicI64>,
    http: reqwest::Client,
    base: String,
    stop: CancellationToken,
    served: Option<JoinHandle<Result<(), Error>>>,
}

impl Drop for Fixture {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Fixture {
    async fn new() -> Self {
        let callback = Callback::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let app = Router::new().route("/hook", post(receive)).with_state(callback.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        let clock = Arc::new(AtomicI64::new(NOON));
        let hands = Arc::clone(&clock);
        let simulator = Simulator::new(SimulatorConfig {
            callback: format!("http://{address}/hook"),
            app_secret: "secret".to_owned(),
            phone_number_id: "100".to_owned(),
            waba_id: "200".to_owned(),
            display_phone_number: "+1 555 010 0200".to_owned(),
            access_token: "token".to_owned(),
            app_secret_proof: AppSecretProof::Optional,
            now: Arc::new(move || hands.load(Ordering::SeqCst)),
            sleep: Arc::new(|_| Box::pin(std::future::ready(()))),
            seed: 1,
        })
        .expect("a simulator");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("bound"));
        let stop = CancellationToken::new();
        let served = Some(tokio::spawn(simulator.serve(listener, stop.clone())));
        Self { simulator, callback, clock, http: reqwest::Client::new(), base, stop, served }
    }

    async fn send(&self, mut body: Value) -> reqwest::Result<(u16, Value)> {
        body["messaging_product"] = "whatsapp".into();
        let request = self.http.post(format!("{}/v26.0/100/messages", self.base)).bearer_auth("token").json(&body);
        let answer = request.send().await?;
        Ok((answer.status().as_u16(), answer.json().await?))
    }

    async fn text(&self, to: &str) -> reqwest::Result<(u16, Value)> {
        self.send(json!({"to": to, "type": "text", "text": {"body": "Hello"}})).await
    }
}

fn words(statuses: &[Value]) -> Vec<&str> {
    statuses.iter().filter_map(|status| status["status"].as_str()).collect()
}

#[tokio::test]
async fn a_send_leads_to_signed_statuses() {
    let fixture = Fixture::new().await;
    fixture.simulator.set_settings(SimulatorSettings { reads: Reads::Auto, ..SimulatorSettings::default() });
    let body =
        json!({"to": "+919876543210", "type": "text", "text": {"body": "Hi"}, "biz_opaque_callback_data": "row-1"});
    let (status, answer) = fixture.send(body).await.expect("an answer");
    assert_eq!((status, &answer["contacts"][0]["wa_id"]), (200, &json!("919876543210")));
    fixture.simulator.settled().await;
    let statuses = fixture.callback.items("statuses");
    assert_eq!(words(&statuses), ["sent", "delivered", "read"]);
    for status in &statuses {
        assert_eq!(status["id"], answer["messages"][0]["id"]);
        assert_eq!(status["biz_opaque_callback_data"], "row-1");
        assert_eq!(status["recipient_user_id"], "IN.48120093176620551834");
        assert!(status["timestamp"].is_string());
    }
    for (body, signature) in fixture.callback.bodies() {
        assert_eq!(signature, fixture.simulator.signature(&body));
    }
}

#[tokio::test]
async fn hidden_ids_are_absent_in_webhooks() {
    let fixture = Fixture::new().await;
    let (_, answer) = fixture
        .send(json!({"recipient": "NL.35518820647190372266", "type": "text", "text": {"body": "Hi"}}))
        .await
        .expect("an answer");
    assert!(answer["contacts"][0].get("wa_id").is_none());
    fixture.simulator.inject("919876543210", Fault::once(Effect::Status { code: 131_026 }));
    fixture.text("+919876543210").await.expect("an answer");
    fixture.simulator.customer_says("c6", "From before user ids").expect("a customer");
    fixture.simulator.settled().await;
    let statuses = fixture.callback.items("statuses");
    let hidden = statuses.iter().find(|status| status["recipient_user_id"] == "NL.35518820647190372266");
    assert!(hidden.is_some_and(|status| status.get("recipient_id").is_none()));
    let failed = statuses.iter().find(|status| status["status"] == "failed").expect("a failed status");
    assert_eq!(failed["errors"][0]["code"], 131_026);
    assert!(failed.get("recipient_user_id").is_none());
    let old = fixture.callback.items("messages");
    assert!(old[0].get("from_user_id").is_none() && old[0]["from"] == "4915112345678");
}

#[tokio::test]
async fn metas_limits_are_enforced_in_characters() {
    let fixture = Fixture::new().await;
    let buttons = |count: usize, title: &str| {
        let buttons: Vec<Value> = (0..count)
            .map(|index| json!({"type": "reply", "reply": {"id": index.to_string(), "title": format!("{title}{index}")}}))
            .collect();
        json!({"type": "interactive", "interactive": {"type": "button", "body": {"text": "?"}, "action": {"buttons": buttons}}})
    };
    let list = |rows: usize| {
        let rows: Vec<Value> = (0..rows).map(|index| json!({"id": index.to_string(), "title": "Row"})).collect();
        json!({"type": "interactive", "interactive": {"type": "list", "body": {"text": "?"},
            "action": {"button": "Open", "sections": [{"title": "All", "rows": rows}]}}})
    };
    let location_request = |text: &str, name: &str| {
        json!({"type": "interactive", "interactive": {"type": "location_request_message",
            "body": {"text": text}, "action": {"name": name}}})
    };
    let template = |name: &str, parameters: &[&str]| {
        let parameters: Vec<Value> = parameters.iter().map(|text| json!({"type": "text", "text": text})).collect();
        json!({"type": "template", "template": {"name": name, "language": {"code": "en-US"},
            "components": [{"type": "body", "parameters": parameters}]}})
    };
    let image = |image: Value| json!({"type": "image", "image": image});
    let table = [
        (json!({"type": "text", "text": {"body": "ä".repeat(4096)}}), 0),
        (json!({"type": "text", "text": {"body": "ä".repeat(4097)}}), 131_009),
        (json!({"type": "text"}), 131_008),
        (json!({"type": "song"}), 100),
        (buttons(3, "ÄÖÜ"), 0),
        (buttons(4, "A"), 131_009),
        (buttons(1, "more than nineteen characters"), 131_009),
        (list(10), 0),
        (list(11), 131_009),
        (location_request(&"ä".repeat(1024), "send_location"), 0),
        (location_request(&"ä".repeat(1025), "send_location"), 131_009),
        (location_request("", "send_location"), 131_008),
        (location_request("Where?", "cta_url"), 131_009),
        (image(json!({"link": "https://example.com/a.png", "caption": "c".repeat(1025)})), 131_009),
        (image(json!({"id": "1", "link": "https://example.com/a.png"})), 131_009),
        (image(json!({"id": "unknown"})), 131_009),
        (json!({"type": "location", "location": {"latitude": 0.0, "longitude": 0}}), 0),
        (template("order_update", &["Ada", "4711"]), 0),
        (template("order_update", &["Ada"]), 132_000),
        (template("spring_sale", &[]), 132_001),
        (template("nobody_knows", &[]), 132_001),
    ];
    for (mut body, code) in table {
        body["to"] = "+919876543210".into();
        let (status, answer) = fixture.send(body.clone()).await.expect("an answer");
        assert_eq!(answer["error"]["code"].as_u64().unwrap_or(0), code, "{body} -> {answer}");
        assert_eq!(status == 200, code == 0);
    }
}

#[tokio::test]
async fn a_message_to_an_unknown_number_creates_a_customer() {
    let fixture = Fixture::new().await;
    let (_, answer) = fixture.text("919876543210").await.expect("an answer");
    assert_eq!(answer["contacts"][0]["wa_id"], "1919876543210");
    let (_, answer) = fixture.text("+55 11 98765-4321").await.expect("an answer");
    assert_eq!(answer["contacts"][0]["wa_id"], "551187654321");
}

#[tokio::test]
async fn responses_can_be_lost_before_or_after_acceptance() {
    let fixture = Fixture::new().await;
    for (effect, taken) in [
        (Effect::Drop { moment: Moment::Before }, 0),
        (Effect::Drop { moment: Moment::After }, 1),
        (Effect::Garbage { moment: Moment::Before }, 1),
        (Effect::Garbage { moment: Moment::After }, 2),
    ] {
        fixture.simulator.inject("c1", Fault::once(effect.clone()));
        let error = fixture.text("+919876543210").await.expect_err("the answer is lost");
        assert_eq!(error.is_decode(), matches!(effect, Effect::Garbage { .. }));
        assert_eq!(fixture.simulator.sent().len(), taken);
    }
    fixture.text("+919876543210").await.expect("the faults are used up");
}

#[tokio::test]
async fn webhooks_are_retried_and_finally_given_up() {
    let fixture = Fixture::new().await;
    fixture.callback.refusals.store(3, Ordering::SeqCst);
    let wamid = fixture.simulator.customer_says("c1", "Hello").expect("a customer");
    fixture.simulator.settled().await;
    assert_eq!(fixture.callback.items("messages").len(), 1);
    let lines = fixture.simulator.thread("c1").expect("a customer");
    assert_eq!((lines[0].id.as_str(), lines[0].tick), (wamid.as_str(), Tick::Delivered));
    fixture.callback.refusals.store(7, Ordering::SeqCst);
    fixture.simulator.customer_says("c1", "Lost").expect("a customer");
    fixture.simulator.settled().await;
    assert_eq!(fixture.simulator.traffic().undelivered, 1);
    assert_eq!(fixture.simulator.redeliver(), 1);
    fixture.simulator.settled().await;
    assert_eq!(fixture.simulator.traffic(), Traffic { pending: 0, delivered: 2, undelivered: 0 });
}

#[tokio::test]
async fn each_kind_of_message_has_its_body() {
    let fixture = Fixture::new().await;
    let simulator = &fixture.simulator;
    let first = simulator.customer_says("c1", "Hello").expect("a customer");
    for kind in ["image", "video", "audio", "voice", "document", "sticker", "contacts", "order", "unsupported"] {
        let say: InboundMessage = serde_json::from_value(json!({"kind": kind})).expect("a kind");
        simulator.say("c1", say).expect(kind);
    }
    for say in [
        json!({"kind": "location", "latitude": 0.0, "longitude": 0.0}),
        json!({"kind": "button_reply", "id": "a", "title": "A", "reply_to": first}),
        json!({"kind": "list_reply", "id": "a", "title": "A"}),
        json!({"kind": "template_button", "payload": "a", "text": "A"}),
        json!({"kind": "flow_reply", "response_json": "[]"}),
        json!({"kind": "reaction", "message_id": first}),
        json!({"kind": "edit", "message_id": first, "text": "Hello!"}),
        json!({"kind": "revoke", "message_id": first}),
        json!({"kind": "text", "text": "again", "forwarded": "often"}),
    ] {
        simulator.say("c1", serde_json::from_value(say).expect("a kind")).expect("said");
    }
    simulator.settled().await;
    let messages = fixture.callback.items("messages");
    assert_eq!(messages.len(), 19);
    for message in &messages {
        let kind = message["type"].as_str().expect("a type");
        assert!(!message[kind].is_null(), "{message}");
    }
    let reaction = messages.iter().find(|message| message["type"] == "reaction").expect("the reaction");
    assert!(reaction["reaction"].get("emoji").is_none());
    assert_eq!(messages.last().map(|last| &last["context"]), Some(&json!({"frequently_forwarded": true})));
}

#[tokio::test]
async fn a_changed_number_changes_the_user_id() {
    let fixture = Fixture::new().await;
    let change = InboundContent::NumberChange { phone: "+49 160 5550199".to_owned() };
    fixture.simulator.say("c1", change.into()).expect("a customer");
    fixture.simulator.settled().await;
    let system = &fixture.callback.items("messages")[0];
    assert_eq!((&system["from"], &system["system"]["wa_id"]), (&json!("919876543210"), &json!("491605550199")));
    assert_eq!(system["system"]["previous_user_id"], "IN.48120093176620551834");
    let moved = fixture.simulator.customers().into_iter().next().and_then(|customer| customer.user_id);
    assert_eq!(system["system"]["user_id"].as_str().map(str::to_owned), moved);
}

#[tokio::test]
async fn download_urls_expire_after_five_minutes() {
    let fixture = Fixture::new().await;
    fixture.simulator.say("c1", InboundContent::Image { media: None, caption: None }.into()).expect("a customer");
    fixture.simulator.settled().await;
    let message = &fixture.callback.items("messages")[0];
    let url = message["image"]["url"].as_str().expect("an address").to_owned();
    let fetch = |token: &'static str| fixture.http.get(&url).bearer_auth(token).send();
    assert_eq!(fetch("token").await.expect("an answer").status(), 200);
    assert_eq!(fetch("other").await.expect("an answer").status(), 401);
    fixture.clock.fetch_add(5 * 60 * 1000, Ordering::SeqCst);
    assert_eq!(fetch("token").await.expect("an answer").status(), 404);
    let id = message["image"]["id"].as_str().expect("an id");
    let again = fixture.http.get(format!("{}/v26.0/{id}", fixture.base)).bearer_auth("token").send();
    let facts: Value = again.await.expect("an answer").json().await.expect("JSON");
    assert_ne!(facts["url"].as_str(), Some(url.as_str()));
    fixture.clock.fetch_add(7 * 24 * 60 * 60 * 1000, Ordering::SeqCst);
    let gone = fixture.http.get(format!("{}/v26.0/{id}", fixture.base)).bearer_auth("token").send();
    assert_eq!(gone.await.expect("an answer").status(), 400);
}

#[tokio::test]
async fn the_reply_window_closes_as_configured() {
    let fixture = Fixture::new().await;
    fixture.simulator.set_settings(SimulatorSettings { window: WindowAnswer::Http, ..SimulatorSettings::default() });
    let (_, refused) = fixture.text("+919876543210").await.expect("an answer");
    assert_eq!(refused["error"]["code"], 131_047);
    fixture.simulator.customer_says("c1", "Hello").expect("a customer");
    assert_eq!(fixture.text("+919876543210").await.expect("an answer").0, 200);
    fixture.clock.fetch_add(24 * 60 * 60 * 1000, Ordering::SeqCst);
    assert_eq!(fixture.text("+919876543210").await.expect("an answer").1["error"]["code"], 131_047);
}

#[tokio::test]
async fn stop_ends_pending_responses_and_open_streams() {
    let mut fixture = Fixture::new().await;
    fixture.simulator.inject("*", Fault::always(Effect::Hang { moment: Moment::After }));
    let mut changes = fixture.simulator.inner.revision.subscribe();
    let stream = fixture.http.get(format!("{}/sim/events", fixture.base)).send().await.expect("a stream");
    let call = fixture.http.post(format!("{}/v26.0/100/messages", fixture.base)).bearer_auth("token");
    let body = json!({"messaging_product": "whatsapp", "to": "+919876543210", "type": "text", "text": {"body": "Hi"}});
    let hanging = tokio::spawn(call.json(&body).send());
    while fixture.simulator.sent().is_empty() {
        changes.changed().await.expect("the simulator lives");
    }
    fixture.stop.cancel();
    let served = fixture.served.take().expect("served once").await.expect("no panic");
    assert!(served.is_ok());
    assert_eq!(hanging.await.expect("no panic").expect("an answer").status(), 503);
    drop(stream);
}

#[tokio::test]
async fn batches_and_duplicates_are_delivered() {
    let fixture = Fixture::new().await;
    let paused = WebhookSettings { batch: 4, copies: 2, paused: true, ..WebhookSettings::default() };
    fixture.simulator.set_settings(SimulatorSettings { webhook: paused.clone(), ..SimulatorSettings::default() });
    for index in 0..8 {
        fixture.simulator.customer_says("c1", &format!("Line {index}")).expect("a customer");
    }
    assert!(fixture.callback.bodies().is_empty());
    let going = WebhookSettings { paused: false, ..paused };
    fixture.simulator.set_settings(SimulatorSettings { webhook: going, ..SimulatorSettings::default() });
    fixture.simulator.settled().await;
    let messages = fixture.callback.items("messages");
    let ids: std::collections::HashSet<&str> = messages.iter().filter_map(|message| message["id"].as_str()).collect();
    assert_eq!((messages.len(), ids.len()), (16, 8));
}
