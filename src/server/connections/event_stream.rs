//! Writes the response of a stream of events to its connection, without hyper.
//!
//! hyper keeps two buffers of 8 KB for a connection, and the headers of its last response for the next one: most of the
//! memory of a stream, which needs none of it. Each event is written as it comes, and a stream is the last response of its
//! connection: its end is the end of the body, for HTTP/1.0 and 1.1 alike. Which responses are streams is decided in the
//! parent.

use std::io;

use axum::response::Response;
use futures::StreamExt;
use http::{header, response::Parts};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::AtWork;
use crate::domain::time::Timestamp;

/// The response of a stream, whose connection is at work until it has ended.
pub(super) struct EventStream {
    pub response: Response,
    pub at_work: AtWork,
}

/// Writes until the body or the connection ends. `now` is the time of the response.
///
/// # Errors
/// The connection or the body failed.
pub(super) async fn write(mut stream: TcpStream, events: EventStream, now: Timestamp) -> io::Result<()> {
    let EventStream { response, at_work: _at_work } = events;
    let (parts, body) = response.into_parts();
    let head = head(&parts, now);
    drop(parts);
    // An event leaves at once, also while the one before is not acknowledged.
    stream.set_nodelay(true)?;
    stream.write_all(&head).await?;
    drop(head);
    let mut pieces = body.into_data_stream();
    let (mut reader, mut writer) = stream.split();
    let (mut unexpected, mut is_listening) = ([0_u8; 16], true);
    loop {
        tokio::select! {
            piece = pieces.next() => match piece {
                Some(Ok(piece)) => writer.write_all(&piece).await?,
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
    use futures::channel::mpsc;
    use http::StatusCode;
    use tokio::net::TcpListener;

    use super::{
        super::tests::{address, connections},
        *,
    };

    const NOW: Timestamp = Timestamp(1_772_445_600_000);

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

    #[tokio::test]
    async fn events_leave_as_they_come_and_the_end_of_the_body_closes_the_connection() {
        let (mut client, server, at_work) = pair().await;
        let (events, body) = mpsc::unbounded::<Result<Bytes, Infallible>>();
        let events_of = EventStream { response: response(Body::from_stream(body)), at_work };
        let writing = tokio::spawn(write(server, events_of, NOW));
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
        writing.await.expect("runs").expect("writes");
    }

    #[tokio::test]
    async fn a_client_that_leaves_ends_the_stream_before_the_next_event() {
        let (client, server, at_work) = pair().await;
        let response = response(Body::from_stream(futures::stream::pending::<Result<Bytes, Infallible>>()));
        let writing = tokio::spawn(write(server, EventStream { response, at_work }, NOW));
        drop(client);
        // The body never ends. A reset is an end, too.
        let _ended = writing.await.expect("runs");
    }

    #[tokio::test]
    async fn the_task_of_a_stream_is_small() {
        let (_client, server, at_work) = pair().await;
        let response = Response::builder().status(StatusCode::OK).body(Body::empty()).expect("a response");
        let writing = write(server, EventStream { response, at_work }, NOW);
        assert!(size_of_val(&writing) <= 1_024, "{} bytes", size_of_val(&writing));
    }
}
