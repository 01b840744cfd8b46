//! Connections over real sockets: deadlines of heads, limits per address and in all, streams.

use std::time::Duration;

use handoff::server::{
    connections::{self, ConnectionLimits},
    proxies::TrustedProxies,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

use crate::{
    app::{TestApp, on_sqlite},
    meta,
};

struct Server {
    address: std::net::SocketAddr,
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

const LIMITS: ConnectionLimits =
    ConnectionLimits { in_all: 6, per_address: 3, head_timeout: Duration::from_secs(3_600) };

impl Server {
    async fn start(app: &TestApp, limits: ConnectionLimits, trusted: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let stop = CancellationToken::new();
        let (router, trusted) = (app.router.clone(), TrustedProxies::parse(trusted).expect("proxies"));
        let mut tasks = JoinSet::new();
        let (clock, until) = (app.services.clock.clone(), stop.clone().cancelled_owned());
        tasks.spawn(connections::serve(listener, router, limits, trusted, clock, until));
        Self { address, stop, tasks }
    }

    /// A connection that has sent half of a request's head.
    async fn half_a_head(&self) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.expect("connects");
        stream.write_all(b"GET /health HTTP/1.1\r\nhost: ").await.expect("sends");
        stream
    }

    async fn health(&self) -> String {
        let mut stream = TcpStream::connect(self.address).await.expect("connects");
        let request = format!("GET /health HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", self.address);
        stream.write_all(request.as_bytes()).await.expect("sends");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("answers");
        answer
    }

    async fn stop(mut self) {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

/// Reads until `text` has come, and returns what came.
async fn until(stream: &mut TcpStream, text: &str) -> String {
    let mut read = Vec::new();
    while !String::from_utf8_lossy(&read).contains(text) {
        assert_ne!(stream.read_buf(&mut read).await.expect("reads"), 0, "{}", String::from_utf8_lossy(&read));
    }
    String::from_utf8(read).expect("text")
}

/// Returns when the server has closed the connection.
async fn closed(stream: &mut TcpStream) {
    let mut answer = Vec::new();
    // A reset is an end, too.
    let _ended = stream.read_to_end(&mut answer).await;
}

on_sqlite!(half_sent_heads_keep_nobody_out, threads = 4, async |app| {
    let server = Server::start(app, LIMITS, "").await;
    // given many more half requests of one address than it may have connections
    let mut half = Vec::new();
    for _ in 0..20 {
        half.push(server.half_a_head().await);
    }
    // when somebody asks from the same address, then there is an answer, and the oldest are closed
    assert!(server.health().await.starts_with("HTTP/1.1 200"));
    for stream in &mut half[..17] {
        closed(stream).await;
    }
    // and the rest does not delay the end
    server.stop().await;
});

on_sqlite!(a_head_without_end_is_not_kept, threads = 4, async |app| {
    let server = Server::start(app, LIMITS, "").await;
    // given a head as long as a browser's may be, then it is read
    let mut stream = TcpStream::connect(server.address).await.expect("connects");
    let head = |length: usize| format!("GET /health HTTP/1.1\r\nhost: desk\r\ncookie: {}", "c".repeat(length));
    stream.write_all((head(16 * 1024) + "\r\nconnection: close\r\n\r\n").as_bytes()).await.expect("sends");
    assert!(until(&mut stream, "\r\n").await.starts_with("HTTP/1.1 200"));
    // when one goes on, then its connection is closed and nothing was answered but that
    let mut stream = TcpStream::connect(server.address).await.expect("connects");
    let _refused = stream.write_all(head(256 * 1024).as_bytes()).await;
    closed(&mut stream).await;
    assert!(server.health().await.starts_with("HTTP/1.1 200"));
    server.stop().await;
});

on_sqlite!(connections_of_trusted_proxies_count_in_all_only, threads = 4, async |app| {
    let server = Server::start(app, LIMITS, "127.0.0.0/8").await;
    let mut half = Vec::new();
    for _ in 0..6 {
        half.push(server.half_a_head().await);
    }
    assert!(server.health().await.starts_with("HTTP/1.1 200"), "in the place of the oldest");
    closed(&mut half[0]).await;
    // The others can still finish their requests.
    let second = &mut half[1];
    second.write_all(b"desk\r\nconnection: close\r\n\r\n").await.expect("sends");
    let mut answer = String::new();
    second.read_to_string(&mut answer).await.expect("answers");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    server.stop().await;
});

on_sqlite!(a_stream_is_the_last_response_of_its_connection_and_never_closed_for_another, threads = 4, async |app| {
    let (_, cookie) = app.agent("Ana").await;
    let server = Server::start(app, LIMITS, "").await;
    let mut stream = TcpStream::connect(server.address).await.expect("connects");
    // given a connection whose second request opens a stream, with another behind it
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nhost: {}\r\ncookie: {cookie}\r\n\r\n", app.address);
    stream.write_all(get("/health").as_bytes()).await.expect("sends");
    until(&mut stream, "apps with webhooks refused").await;
    stream.write_all((get("/live") + &get("/health")).as_bytes()).await.expect("sends");
    // then the response ends with the connection, and its first event comes at once
    let answer = until(&mut stream, "heartbeat").await;
    let (head, _) = answer.split_once("\r\n\r\n").expect("a head");
    let (status, headers) = head.split_once("\r\n").expect("headers");
    assert!(status.ends_with("HTTP/1.1 200 OK"), "{answer}");
    for expected in ["content-type: text/event-stream", "connection: close", "date: ", "x-accel-buffering: no"] {
        assert!(headers.contains(expected), "{headers}");
    }
    assert!(!headers.contains("transfer-encoding") && !headers.contains("content-length"), "{headers}");
    // when others want the connections of its address, then it is at work, and gets what happens
    let mut half = Vec::new();
    for _ in 0..10 {
        half.push(server.half_a_head().await);
    }
    assert!(server.health().await.starts_with("HTTP/1.1 200"));
    let text = meta::text("4915550001", "wamid.1", app.now(), "Hello, stream");
    assert_eq!(app.webhook(&text).await, http::StatusCode::OK);
    app.settle().await;
    let events = until(&mut stream, "Hello, stream").await;
    assert!(!events.contains("HTTP/1.1"), "the request behind it has no answer: {events}");
    // and when the page is closed, then the stream does not delay the end
    drop(stream);
    server.stop().await;
});

on_sqlite!(a_refused_stream_leaves_its_connection_to_the_next_request, threads = 4, async |app| {
    let (_, cookie) = app.agent("Ana").await;
    let server = Server::start(app, LIMITS, "").await;
    let mut stream = TcpStream::connect(server.address).await.expect("connects");
    // when somebody who is not signed in asks for a stream
    let ask = |line: &str, cookie: &str| format!("{line}\r\nhost: {}\r\ncookie: {cookie}\r\n\r\n", app.address);
    stream.write_all(ask("GET /live HTTP/1.1", "").as_bytes()).await.expect("sends");
    let refused = until(&mut stream, "\r\n\r\n").await;
    // then the connection goes on
    assert!(refused.starts_with("HTTP/1.1 401") && !refused.contains("connection: close"), "{refused}");
    stream.write_all(ask("GET /health HTTP/1.1", "").as_bytes()).await.expect("sends");
    until(&mut stream, "apps with webhooks refused").await;
    // and who only asks for the headers of a stream gets them, and its end
    stream.write_all(ask("HEAD /live HTTP/1.0", &cookie).as_bytes()).await.expect("sends");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("ends");
    assert!(
        answer.contains("HTTP/1.1 200 OK\r\n") && answer.contains("content-type: text/event-stream\r\n"),
        "{answer}"
    );
    assert!(answer.ends_with("connection: close\r\n\r\n"), "{answer}");
    server.stop().await;
});

on_sqlite!(a_head_that_never_ends_times_out, threads = 4, async |app| {
    let limits = ConnectionLimits { head_timeout: Duration::from_millis(50), ..LIMITS };
    let server = Server::start(app, limits, "").await;
    closed(&mut server.half_a_head().await).await;
    server.stop().await;
});
