//! The client against a local test server: the requests that it sends, and the error for each kind of failure.

#[path = "kinds_tests.rs"]
mod kinds;
#[path = "template_tests.rs"]
mod templates;
#[path = "transient_tests.rs"]
mod transient;

use std::{
    future::{pending, ready},
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

use super::{Credentials, Gateway, MediaError, Secret, Send, SendError, Timeouts, Typing};
use crate::domain::{
    codes::{Backoff, Class},
    ids::Wamid,
    message::outgoing::{OutgoingMessage, Recipient},
};

/// `printf EAAB-token-7 | openssl dgst -sha256 -hmac orchid-secret`
const PROOF: &str = "dda60da3f169aac4563b2e648c1b111678dd1441f03de47d131152de627047e4";

#[derive(Clone, Debug)]
struct Seen {
    path: String,
    query: String,
    authorization: String,
    agent: String,
    body: Value,
}

type Reply = Arc<dyn Fn() -> Option<Response> + std::marker::Send + Sync>;

#[derive(Clone)]
struct Stage {
    seen: Arc<Mutex<Vec<Seen>>>,
    /// Never answers if it returns `None`.
    reply: Reply,
}

struct Server {
    base: String,
    stage: Stage,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    async fn answering(reply: impl Fn() -> Option<Response> + std::marker::Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}/v26.0", listener.local_addr().expect("an address"));
        let stage = Stage { seen: Arc::default(), reply: Arc::new(reply) };
        let router = Router::new().fallback(take).with_state(stage.clone());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.expect("served") });
        Self { base, stage, task }
    }

    fn last(&self) -> Seen {
        self.stage.seen.lock().expect("no panic").last().cloned().expect("a call")
    }
}

async fn take(State(stage): State<Stage>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, 1 << 20).await.expect("a body");
    let header =
        |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let seen = Seen {
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        authorization: header("authorization"),
        agent: header("user-agent"),
        body: serde_json::from_slice(&bytes).unwrap_or_default(),
    };
    stage.seen.lock().expect("no panic").push(seen);
    match (stage.reply)() {
        Some(response) => response,
        None => pending().await,
    }
}

fn json_reply(status: u16, body: Value) -> impl Fn() -> Option<Response> {
    move || Some((StatusCode::from_u16(status).expect("a status"), body.to_string()).into_response())
}

fn accepted() -> Value {
    json!({"messaging_product": "whatsapp", "contacts": [{"input": "+5511900", "wa_id": "551190"}],
        "messages": [{"id": "wamid.NEW", "message_status": "accepted"}]})
}

fn gateway(base: &str, total: Duration) -> Gateway {
    let timeouts = Timeouts { total, ..Timeouts::default() };
    let client = reqwest::Client::builder()
        .no_proxy()
        .timeout(timeouts.total)
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client");
    Gateway::new(client, base, timeouts).expect("a base")
}

fn patient(server: &Server) -> Gateway {
    gateway(&server.base, Duration::from_secs(20))
}

fn credentials() -> Credentials {
    Credentials {
        phone_number_id: "77001".to_owned(),
        token: Secret::new("EAAB-token-7"),
        app_secret: Secret::new("orchid-secret"),
    }
}

fn text(to: Recipient, quote: Option<&str>) -> Send {
    Send {
        to,
        quote: quote.map(|wamid| Wamid(wamid.to_owned())),
        callback: "msg_01".to_owned(),
        message: OutgoingMessage::text("Hi 👋"),
        remote_file: None,
    }
}

fn phone() -> Recipient {
    Recipient::Phone("55 11 900".to_owned())
}

#[tokio::test]
async fn a_text_to_a_phone_has_the_documented_body() {
    let server = Server::answering(json_reply(200, accepted())).await;
    let accepted = patient(&server).send(&credentials(), &text(phone(), None)).await.expect("accepted");
    assert_eq!((accepted.wamid.0.as_str(), accepted.wa_id.as_deref()), ("wamid.NEW", Some("551190")));
    assert_eq!((accepted.user_id, accepted.held), (None, None));
    let seen = server.last();
    assert_eq!(seen.path, "/v26.0/77001/messages");
    assert_eq!(seen.authorization, "Bearer EAAB-token-7");
    assert_eq!(seen.query, format!("appsecret_proof={PROOF}"));
    let expected = json!({"messaging_product": "whatsapp", "recipient_type": "individual", "to": "+5511900",
        "biz_opaque_callback_data": "msg_01", "type": "text", "text": {"body": "Hi 👋", "preview_url": false}});
    assert_eq!(seen.body, expected);
}

#[tokio::test]
async fn a_message_to_a_user_id_contains_the_quote() {
    let answer = json!({"contacts": [{"input": "BR.9", "user_id": "BR.9"}], "messages": [{"id": "wamid.NEW"}]});
    let server = Server::answering(json_reply(200, answer)).await;
    let send = text(Recipient::UserId("BR.9".to_owned()), Some("wamid.Q"));
    let accepted = patient(&server).send(&credentials(), &send).await.expect("accepted");
    assert_eq!((accepted.wa_id, accepted.user_id.as_deref()), (None, Some("BR.9")));
    let body = server.last().body;
    assert_eq!((&body["recipient"], &body["context"]), (&json!("BR.9"), &json!({"message_id": "wamid.Q"})));
    assert!(body.get("to").is_none());
}

#[tokio::test]
async fn an_error_is_classified_by_its_code_and_not_by_the_status() {
    let error = json!({"error": {"message": "(#130429) Rate limit hit", "type": "OAuthException", "code": 130429,
        "error_subcode": 2494055, "error_data": {"details": "Too many"}, "fbtrace_id": "x"}});
    for status in [200, 400, 429, 500] {
        let server = Server::answering(json_reply(status, error.clone())).await;
        let refused = patient(&server).send(&credentials(), &text(phone(), None)).await;
        let Err(SendError::Refused { code, subcode, class, detail: words, details }) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!((code, subcode, details.as_deref()), (130_429, Some(2_494_055), Some("Too many")), "{status}");
        assert_eq!(class, Class::Transient(Backoff::Throughput));
        assert!(!words.is_empty());
    }
}

#[tokio::test]
async fn an_unreadable_response_leaves_the_outcome_unknown() {
    for (status, body) in [
        (502, "<html>Bad gateway</html>".to_owned()),
        (200, "<html>Sign in to the hotel's network</html>".to_owned()),
        (503, "{}".to_owned()),
        (200, "{\"messages\":[]}".to_owned()),
        (200, "x".repeat(300 * 1024)),
        (307, String::new()),
    ] {
        let reply = body.clone();
        let code = StatusCode::from_u16(status).expect("a status");
        let server = Server::answering(move || Some((code, reply.clone()).into_response())).await;
        let outcome = patient(&server).send(&credentials(), &text(phone(), None)).await;
        assert!(matches!(outcome, Err(SendError::Ambiguous(_))), "{status}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_response_timeout_leaves_the_outcome_unknown() {
    let server = Server::answering(|| None).await;
    let gateway = gateway(&server.base, Duration::from_millis(300));
    let outcome = gateway.send(&credentials(), &text(phone(), None)).await;
    let Err(SendError::Ambiguous(words)) = outcome else { panic!("{outcome:?}") };
    assert!(words.starts_with("response timed out"), "{words}");
    assert!(!words.contains("77001") && !words.contains(PROOF), "{words}");
}

#[tokio::test]
async fn a_refused_connection_means_that_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}/v26.0", listener.local_addr().expect("an address"));
    drop(listener);
    let outcome = gateway(&base, Duration::from_secs(5)).send(&credentials(), &text(phone(), None)).await;
    assert!(matches!(outcome, Err(SendError::Unreachable(_))), "{outcome:?}");
}

#[tokio::test]
async fn an_invalid_token_stops_the_channel() {
    let server = Server::answering(json_reply(200, accepted())).await;
    let credentials = Credentials { token: Secret::new("EAAB\n"), ..credentials() };
    let outcome = patient(&server).send(&credentials, &text(phone(), None)).await;
    assert!(matches!(outcome, Err(SendError::Refused { class: Class::ChannelDown, .. })), "{outcome:?}");
    assert!(server.stage.seen.lock().expect("no panic").is_empty());
}

#[tokio::test]
async fn read_marks_are_sent_with_or_without_typing() {
    let server = Server::answering(json_reply(200, json!({"success": true}))).await;
    let gateway = patient(&server);
    let wamid = Wamid("wamid.IN".to_owned());
    gateway.mark_read(&credentials(), &wamid, Typing::Show).await.expect("done");
    let body = server.last().body;
    assert_eq!(body["typing_indicator"], json!({"type": "text"}));
    assert_eq!((&body["status"], &body["message_id"]), (&json!("read"), &json!("wamid.IN")));
    gateway.mark_read(&credentials(), &wamid, Typing::No).await.expect("done");
    assert!(server.last().body.get("typing_indicator").is_none());
}

#[tokio::test]
async fn a_file_is_located_and_downloaded() {
    let place = json!({"url": "https://lookaside.fbsbx.com/x?mid=5", "mime_type": "image/png", "sha256": "ab",
        "file_size": "12", "id": "5"});
    let server = Server::answering(json_reply(200, place)).await;
    let info = patient(&server).media_info(&credentials(), "5/../6").await.expect("found");
    assert_eq!((info.url.as_str(), info.size), ("https://lookaside.fbsbx.com/x?mid=5", Some(12)));
    assert_eq!(server.last().path, "/v26.0/5%2F..%2F6");
    assert_eq!(server.last().query, format!("appsecret_proof={PROOF}&phone_number_id=77001"));

    let server = Server::answering(|| Some(([("content-type", "image/png")], "0123456789").into_response())).await;
    let url = format!("{}/file", server.base);
    let download = patient(&server).download(&credentials(), &url, 10).await.expect("started");
    assert_eq!((download.mime.as_deref(), download.length), (Some("image/png"), Some(10)));
    let bytes: Vec<u8> = download.into_stream().map_ok(|piece| piece.to_vec()).try_concat().await.expect("fetched");
    assert_eq!(bytes, b"0123456789");
    assert_eq!(server.last().authorization, "Bearer EAAB-token-7");
}

#[tokio::test]
async fn a_file_over_the_limit_is_refused() {
    let server = Server::answering(|| Some("0123456789".into_response())).await;
    let url = format!("{}/file", server.base);
    let announced = patient(&server).download(&credentials(), &url, 9).await;
    assert!(matches!(announced, Err(MediaError::TooLarge { limit: 9 })));

    // Without a declared length, the stream itself must stop at the limit.
    let server = Server::answering(|| {
        let pieces =
            stream::iter(["01234", "56789", "never asked for"]).then(|piece| ready(Ok::<_, std::io::Error>(piece)));
        Some(Body::from_stream(pieces).into_response())
    })
    .await;
    let url = format!("{}/file", server.base);
    let download = patient(&server).download(&credentials(), &url, 9).await.expect("started");
    let pieces: Vec<_> = download.into_stream().collect().await;
    assert_eq!(pieces.last(), Some(&Err(MediaError::TooLarge { limit: 9 })));
}

#[tokio::test]
async fn files_on_other_hosts_are_refused() {
    let server = Server::answering(json_reply(404, json!(null))).await;
    let gateway = patient(&server);
    let gone = gateway.download(&credentials(), &format!("{}/file", server.base), 10).await;
    assert!(matches!(gone, Err(MediaError::Gone)));
    assert_eq!(gateway.media_info(&credentials(), "5").await, Err(MediaError::Gone));
    let calls = server.stage.seen.lock().expect("no panic").len();
    for url in ["https://example.net/x", "http://127.0.0.1:1/x", "not a url", "file:///etc/passwd"] {
        let foreign = gateway.download(&credentials(), url, 10).await;
        assert!(matches!(foreign, Err(MediaError::ForeignHost)), "{url}");
    }
    assert_eq!(server.stage.seen.lock().expect("no panic").len(), calls);
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_the_token() {
    let server =
        Server::answering(|| Some((StatusCode::FOUND, [("location", "http://example.net/steal")]).into_response()))
            .await;
    let moved = patient(&server).download(&credentials(), &format!("{}/file", server.base), 10).await;
    assert!(matches!(moved, Err(MediaError::ForeignHost)));
    assert_eq!(server.stage.seen.lock().expect("no panic").len(), 1);
}

#[test]
fn an_invalid_base_url_is_refused() {
    let timeouts = Timeouts::default();
    for (base, fits) in [
        (super::DEFAULT_BASE, true),
        ("http://127.0.0.1:4010/v26.0/", true),
        ("graph.facebook.com/v26.0", false),
        ("ftp://graph.facebook.com", false),
        ("", false),
    ] {
        let client = super::client(timeouts).expect("a client");
        assert_eq!(Gateway::new(client, base, timeouts).is_ok(), fits, "{base}");
    }
}

#[test]
fn credentials_do_not_print_their_secrets() {
    let printed = format!("{:?}", credentials());
    assert!(!printed.contains("EAAB") && !printed.contains("orchid"), "{printed}");
}
