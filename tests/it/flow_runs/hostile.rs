//! A flow's request meets a malicious server: whatever it does, the customer is answered within ten seconds of the test
//! clock, by the step's failure path or by an escalation.

use std::net::SocketAddr;

use handoff::domain::{
    flow::{
        definition::{Close, Http, Question, Say, Start, Step, StepKind},
        edit::Kind,
    },
    keyword::Matching,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    task::JoinSet,
};

use super::*;

/// A server whose behaviour is selected by the path.
struct Hostile {
    address: SocketAddr,
    /// Receives a message for each request that will never be answered.
    kept_waiting: mpsc::UnboundedReceiver<()>,
    _server: JoinSet<()>,
}

impl Hostile {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let (tell, kept_waiting) = mpsc::unbounded_channel();
        let mut server = JoinSet::new();
        server.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                open.spawn(answer(stream, tell.clone()));
            }
        });
        Self { address, kept_waiting, _server: server }
    }
}

async fn answer(mut stream: TcpStream, kept_waiting: mpsc::UnboundedSender<()>) {
    let mut asked = Vec::new();
    while !asked.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => asked.push(byte),
            Err(_) => return,
        }
    }
    let asked = String::from_utf8_lossy(&asked).into_owned();
    let path = asked.split(' ').nth(1).unwrap_or_default().trim_start_matches('/');
    let whole = |body: &str| format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let said = match path {
        "slow" => {
            let _ = kept_waiting.send(());
            return std::future::pending().await;
        }
        // Without a length, and too large.
        "huge" => format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}", "x".repeat(2_000_000)),
        "cut" => "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"status\": \"ship".to_owned(),
        "nonsense" => "I am no web server\r\n\r\n".to_owned(),
        "closing" => return,
        "hops0" => whole("{}"),
        hops => match hops.strip_prefix("hops").and_then(|left| left.parse::<u8>().ok()) {
            Some(left) => format!(
                "HTTP/1.1 302 Found\r\nLocation: /hops{}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                left - 1
            ),
            None => whole(""),
        },
    };
    // The client may close the connection in the middle.
    let _ = stream.write_all(said.as_bytes()).await;
}

/// Asks the customer for a path, requests it, and reports success; `on_failure` is the request's failure path.
fn asking(at: SocketAddr, start: &str, on_failure: Vec<Step>) -> Flow {
    let step = |id: &str, act| Step { id: id.into(), name: String::new(), act };
    let mut question = Kind::Question.blank();
    if let StepKind::Question(Question { text, variable, .. }) = &mut question {
        (*text, *variable) = ("What?".to_owned(), "what".to_owned());
    }
    let http = Http { url: format!("http://{at}/{{{{ what }}}}"), on_failure, ..Http::default() };
    let say = StepKind::Message(Say::Text { text: "It went well.".to_owned() });
    Flow {
        name: start.to_owned(),
        starts: vec![Start::Phrase { phrase: start.to_owned(), matching: Matching::Close }],
        steps: vec![
            step("what", question),
            Step { name: "Ask them".to_owned(), ..step("ask", StepKind::Http(http)) },
            step("say", say),
            step("end", StepKind::Close(Close::default())),
        ],
        ..Flow::default()
    }
}

fn sorry() -> Vec<Step> {
    let act = StepKind::Close(Close { text: "Sorry, not today.".to_owned() });
    vec![Step { id: "sorry".into(), name: String::new(), act }]
}

/// The server's behaviour, and a part of the error in the dossier.
const CASES: [(&str, &str); 6] =
    [("slow", "in time"), ("huge", "1 MB"), ("hops4", "redirect"), ("closing", ""), ("cut", ""), ("nonsense", "")];

/// A new customer starts the flow and names the path. Returns their conversation.
async fn asks(
    app: &TestApp,
    agent: &Agent,
    server: &mut Hostile,
    start: &str,
    what: &str,
    nth: usize,
) -> ConversationId {
    let phone = format!("49155520{nth:02}");
    let write = async |wamid: String, words: &str| {
        let body = meta::text(&phone, &wamid, app.now(), words);
        assert_eq!(app.webhook(&body).await, StatusCode::OK);
        while app.services.projector.run_once().await.expect("projects") > 0 {}
    };
    app.turn(Span::seconds(2));
    write(format!("wamid.{nth}a"), start).await;
    app.settle().await;
    app.turn(Span::seconds(2));
    write(format!("wamid.{nth}b"), what).await;
    app.services.bot.turns_once().await.expect("turns");
    let bot = app.services.bot.clone();
    let call = tokio::spawn(async move { bot.calls_once().await });
    if what == "slow" {
        server.kept_waiting.recv().await.expect("it was asked");
        app.turn(Span::seconds(5));
    }
    assert_eq!(call.await.expect("ends").expect("settles"), 1, "{what}");
    app.settle().await;
    let newest = app.rows(agent).await.into_iter().max_by_key(|row| row.id.clone()).expect("a row");
    newest.id
}

/// The call failed and is recorded with its reason, within five seconds of the test clock.
async fn failed(app: &TestApp, id: &ConversationId, what: &str, words: &str) {
    let calls = calls(app, id).await;
    assert_eq!(calls.len(), 1, "{what}: asked once");
    assert_eq!(calls[0].status, CallStatus::Failed, "{what}");
    let output = calls[0].output.clone().unwrap_or_default();
    assert!(!output.is_empty() && output.contains(words), "{what}: {output}");
    assert_eq!(calls[0].took, Some(if what == "slow" { 5_000 } else { 0 }), "{what}");
}

on_both!(whatever_the_server_does_the_failure_path_is_taken, async |app| {
    let mut server = Hostile::new().await;
    live(app, "flw_kind", &asking(server.address, "kindly", sorry())).await;
    let (ana, _) = app.agent("Ana").await;
    for (nth, (what, words)) in CASES.into_iter().enumerate() {
        let id = asks(app, &ana, &mut server, "kindly", what, nth).await;
        failed(app, &id, what, words).await;
        assert_eq!(told(app, &ana, &id).await.last().map(String::as_str), Some("Sorry, not today."), "{what}");
    }
    assert_eq!(logged(app, "handed_off").await, 0);
    // The maximum number of redirects is no failure.
    let id = asks(app, &ana, &mut server, "kindly", "hops3", CASES.len()).await;
    assert!(told(app, &ana, &id).await.contains(&"It went well.".to_owned()));
});

on_both!(without_a_failure_path_whatever_the_server_does_escalates, async |app| {
    let mut server = Hostile::new().await;
    live(app, "flw_bare", &asking(server.address, "barely", Vec::new())).await;
    let (ana, _) = app.agent("Ana").await;
    for (nth, (what, words)) in CASES.into_iter().enumerate() {
        let id = asks(app, &ana, &mut server, "barely", what, nth).await;
        failed(app, &id, what, words).await;
        let (trigger, brief) = handoff(app, &id).await;
        assert_eq!(trigger, Trigger::Failure { failure: Failure::HttpFailed }, "{what}");
        assert!(brief.reason.contains("Ask them"), "{what}: it says at which step: {brief:?}");
        assert_eq!(told(app, &ana, &id).await.len(), 2, "{what}: the question, and the notice");
    }
});
