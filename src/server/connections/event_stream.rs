//! Writes the response of a stream of events to its connection, without hyper.
//!
//! hyper keeps two buffers of 8 KB for a connection, and the headers of its last response for the next one: most of the
//! memory of a stream, which needs none of it. Each event is written as it comes, and a stream is the last response of its
//! connection: its end is the end of the body, for HTTP/1.0 and 1.1 alike. Which responses are streams is decided in the
//! parent.
//!
//! While an event is written, the body is not asked for the next one, so a slow reader costs one event. A body that is not
//! asked cannot notice that its session has ended, so a reader has a limited time for each event.
//!
//! Requests behind that of a stream get no answer, as HTTP allows before a close. A client that asks for a stream before it
//! has read the response before loses the rest of that one, which hyper still holds: browsers and proxies read it first.

use std::io;

use axum::response::Response;
use futures::StreamExt;
use http::{header, response::Parts};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, tcp::WriteHalf},
};
use tokio_util::sync::CancellationToken;

use super::AtWork;
use crate::{
    domain::time::{Span, Timestamp},
    server::clock::Clock,
};

/// How long a reader may take to make room for an event. The page opens a new stream where this one ended.
const WRITE_TIME: Span = Span::seconds(60);

/// The response of a stream, whose connection is at work until it has ended.
pub(super) struct EventStream {
    pub response: Response,
    pub at_work: AtWork,
}

/// Writes until the body or the connection ends. A stop of the server ends the body; `stopping` ends a write that waits for
/// its reader.
///
/// # Errors
/// The connection or the body failed, the reader took too long, or it did not read when the server stopped.
pub(super) async fn write(
    mut stream: TcpStream,
    events: EventStream,
    clock: &Clock,
    stopping: &CancellationToken,
) -> io::Result<()> {
    let EventStream { response, at_work: _at_work } = events;
    let (parts, body) = response.into_parts();
    let head = head(&parts, clock.now());
    drop(parts);
    // An event leaves at once, also while the one before is not acknowledged.
    stream.set_nodelay(true)?;
    let (mut reader, mut writer) = stream.split();
    send(&mut writer, &head, clock, stopping).await?;
    drop(head);
    let mut pieces = body.into_data_stream();
    let (mut unexpected, mut is_listening) = ([0_u8; 16], true);
    loop {
        tokio::select! {
            piece = pieces.next() => match piece {
                Some(Ok(piece)) => send(&mut writer, &piece, clock, stopping).await?,
                Some(Err(error)) => return Err(io::Error::other(error)),
                None => return Ok(()),
            },
            // Only the end is of interest. Whoever sends something meanwhile is not read any more, so that it costs nothing;
            // their end is noticed with the next event.
            count = reader.read(&mut unexpected), if is_listening => match count? {
                0 => return Ok(()),
                _more => is_listening = false,
            },
        }
    }
}

async fn send(writer: &mut WriteHalf<'_>, bytes: &[u8], clock: &Clock, stopping: &CancellationToken) -> io::Result<()> {
    tokio::select! {
        // The write first: one for which there is room needs no timer.
        biased;
        written = writer.write_all(bytes) => written,
        () = async { clock.sleep(WRITE_TIME).await } => Err(io::ErrorKind::TimedOut.into()),
        () = stopping.cancelled() => Err(io::ErrorKind::ConnectionAborted.into()),
    }
}

/// The status line and the headers.
fn head(parts: &Parts, now: Timestamp) -> Vec<u8> {
    let mut head = Vec::with_capacity(1_024);
    let reason = parts.status.canonical_reason().unwrap_or_default();
    head.extend_from_slice(format!("HTTP/1.1 {} {reason}\r\n", parts.status.as_str()).as_bytes());
    let framing = [header::CONNECTION, header::CONTENT_LENGTH, header::TRANSFER_ENCODING];
    for (name, value) in parts.headers.iter().filter(|(name, _)| !framing.contains(name)) {
        line(&mut head, name.as_str(), value.as_bytes());
    }
    if let Some(date) = http_date(now).filter(|_| !parts.headers.contains_key(header::DATE)) {
        line(&mut head, header::DATE.as_str(), date.as_bytes());
    }
    line(&mut head, header::CONNECTION.as_str(), b"close");
    head.extend_from_slice(b"\r\n");
    head
}

fn line(head: &mut Vec<u8>, name: &str, value: &[u8]) {
    for part in [name.as_bytes(), b": ", value, b"\r\n"] {
        head.extend_from_slice(part);
    }
}

/// `None` for times that the format cannot express.
fn http_date(now: Timestamp) -> Option<String> {
    let moment = jiff::Timestamp::from_millisecond(now.0).ok()?;
    jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&moment).ok()
}

#[cfg(test)]
mod tests {
    use std::{convert::Infallible, sync::Arc};

    use axum::body::{Body, Bytes};
    use futures::{channel::mpsc, stream};
    use http::StatusCode;
    use tokio::{net::TcpListener, task::JoinHandle};

    use super::{
        super::tests::{address, connections},
        *,
    };
    use crate::server::clock::ManualClock;

    const NOW: Timestamp = Timestamp(1_772_445_600_000);
    /// More than the system keeps for a connection that nobody reads.
    const LARGE: usize = 32 * 1024 * 1024;

    /// Both ends of a connection, and what counts it.
    async fn pair() -> (TcpStream, TcpStream, AtWork) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let client = TcpStream::connect(listener.local_addr().expect("bound")).await.expect("connects");
        let (server, _) = listener.accept().await.expect("accepts");
        let connection = connections(1, 1, "").admit(address(1)).expect("within the limit");
        (client, server, AtWork(Arc::new(connection)))
    }

    fn response(body: Body) -> Response {
        let mut response = Response::new(body);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, "text/event-stream".parse().expect("a value"));
        headers.insert(header::TRANSFER_ENCODING, "chunked".parse().expect("a value"));
        response
    }

    /// A stream that is written, and what turns its time and stops its server.
    struct Writing {
        task: JoinHandle<io::Result<()>>,
        manual_clock: ManualClock,
        stopping: CancellationToken,
    }

    impl Writing {
        fn begin(server: TcpStream, body: Body, at_work: AtWork) -> Self {
            let (manual_clock, stopping) = (ManualClock::at(NOW), CancellationToken::new());
            let (clock, stop) = (Clock::manual(manual_clock.clone()), stopping.clone());
            let events = EventStream { response: response(body), at_work };
            let task = tokio::spawn(async move { write(server, events, &clock, &stop).await });
            Self { task, manual_clock, stopping }
        }

        async fn ended(self) -> io::Result<()> {
            self.task.await.expect("runs")
        }
    }

    #[tokio::test]
    async fn events_leave_as_they_come_and_the_end_of_the_body_closes_the_connection() {
        let (mut client, server, at_work) = pair().await;
        let (events, body) = mpsc::unbounded::<Result<Bytes, Infallible>>();
        let writing = Writing::begin(server, Body::from_stream(body), at_work);
        let expected = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ndate: Mon, 02 Mar 2026 10:00:00 GMT\r\n\
             connection: close\r\n\r\n";
        let mut head = vec![0; expected.len()];
        client.read_exact(&mut head).await.expect("a head");
        assert_eq!(String::from_utf8(head).expect("text"), expected);
        for event in ["data: 1\n\n", "data: 2\n\n"] {
            events.unbounded_send(Ok(Bytes::from(event))).expect("is read");
            let mut read = vec![0; event.len()];
            client.read_exact(&mut read).await.expect("an event");
            assert_eq!(read, event.as_bytes());
        }
        drop(events);
        let mut rest = Vec::new();
        assert_eq!(client.read_to_end(&mut rest).await.expect("ends"), 0);
        writing.ended().await.expect("writes");
    }

    #[tokio::test]
    async fn a_client_that_leaves_ends_the_stream_before_the_next_event() {
        let (client, server, at_work) = pair().await;
        let body = Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
        let writing = Writing::begin(server, body, at_work);
        drop(client);
        // The body never ends. A reset is an end, too.
        let _ended = writing.ended().await;
    }

    /// A stream whose client reads the beginning of a large event and nothing more. The body after it never ends.
    async fn stalled() -> (TcpStream, Writing) {
        let (mut client, server, at_work) = pair().await;
        let event = stream::iter([Ok::<_, Infallible>(Bytes::from(vec![b'#'; LARGE]))]);
        let writing = Writing::begin(server, Body::from_stream(event.chain(stream::pending())), at_work);
        // The head has none of these.
        while client.read_u8().await.expect("reads") != b'#' {}
        writing.manual_clock.waited_for(WRITE_TIME).await;
        (client, writing)
    }

    #[tokio::test]
    async fn a_client_that_does_not_read_loses_the_stream_after_a_while() {
        let (_client, writing) = stalled().await;
        writing.manual_clock.advance(WRITE_TIME);
        let error = writing.ended().await.expect_err("gives up");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_client_that_does_not_read_does_not_delay_a_stop() {
        let (_client, writing) = stalled().await;
        writing.stopping.cancel();
        let error = writing.ended().await.expect_err("gives up");
        assert_eq!(error.kind(), io::ErrorKind::ConnectionAborted);
    }

    #[tokio::test]
    async fn the_task_of_a_stream_is_small() {
        let (_client, server, at_work) = pair().await;
        let response = Response::builder().status(StatusCode::OK).body(Body::empty()).expect("a response");
        let (clock, stopping) = (Clock::manual(ManualClock::at(NOW)), CancellationToken::new());
        let writing = write(server, EventStream { response, at_work }, &clock, &stopping);
        assert!(size_of_val(&writing) <= 1_024, "{} bytes", size_of_val(&writing));
    }
}
