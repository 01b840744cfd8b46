//! Collects the bodies of pages and calls before anything else reads them, within a size, a time and a memory for all
//! that are arriving, and rejects those that contain a zero byte. PostgreSQL's text cannot hold it and returns an error, while
//! SQLite's would store it. Because of this one check, no other code has to handle it in ids, names or search texts.

use axum::{
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode};
use leptos::server_fn::error::SERVER_FN_ERROR_HEADER;
use serde::de::IgnoredAny;

use crate::{
    contract::ApiError,
    domain::time::Span,
    server::{clock::Clock, webhook::body::BodyMemory},
};

/// The largest body of a server function, in bytes. The longest reply fits many times.
pub const API_BODY: usize = 256 * 1024;

/// The memory for all bodies that are arriving, in bytes. Without it every connection could hold as much as one body may.
const MEMORY: usize = 64 * 1024 * 1024;

/// How long a body may take to arrive. A deadline of the whole body, on our clock. `RequestBodyTimeoutLayer` begins
/// anew with every piece, so one byte every few seconds would hold a connection for days.
pub const BODY_TIMEOUT: Span = Span::seconds(10);

/// What collecting the bodies of pages and calls needs.
#[derive(Clone)]
pub struct Bodies {
    clock: Clock,
    memory: BodyMemory,
}

impl Bodies {
    pub fn new(clock: Clock) -> Self {
        Self { clock, memory: BodyMemory::new(API_BODY, MEMORY) }
    }
}

/// A body that is too slow is answered with 408, one that is too large with 413, and one that had to make room with 503.
/// A path with a zero byte is answered with 404, a query or body with 422 and an error text.
pub async fn without_zero_bytes(State(bodies): State<Bodies>, request: Request, next: Next) -> Response {
    if is_escaped(request.uri().path().as_bytes()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    if request.uri().query().is_some_and(|query| is_escaped(query.as_bytes())) {
        return refusal(request.uri().path());
    }
    if request.method().is_safe() {
        return next.run(request).await;
    }
    let (head, body) = request.into_parts();
    let collected = tokio::select! {
        // Poll the body first: one that is complete never waits for the timer.
        biased;
        collected = bodies.memory.collect(&head.headers, body) => collected,
        () = bodies.clock.sleep(BODY_TIMEOUT) => Err(StatusCode::REQUEST_TIMEOUT),
    };
    // The memory is free again before the request is answered: otherwise slow requests of one tenant would keep the bodies
    // of all others out.
    let bytes = match collected.map(|collected| collected.bytes) {
        Ok(bytes) => bytes,
        Err(status) => return status.into_response(),
    };
    if holds_zero(&bytes) {
        return refusal(head.uri.path());
    }
    next.run(Request::from_parts(head, Body::from(bytes))).await
}

/// The response that the server function itself would have given.
fn refusal(path: &str) -> Response {
    let error =
        ApiError::Invalid("The text contains a character that can't be stored. Remove it and try again.".to_owned());
    let body = serde_json::to_string(&error).unwrap_or_default();
    let mut response = (StatusCode::UNPROCESSABLE_ENTITY, body).into_response();
    if let Ok(path) = HeaderValue::from_str(path) {
        response.headers_mut().insert(SERVER_FN_ERROR_HEADER, path);
    }
    response
}

fn holds_zero(body: &[u8]) -> bool {
    // The content type is not trusted to say how the body will be parsed. JSON is parsed only if an escape was found.
    let (form, json) = (is_escaped(body), is_escaped_in_json(body));
    body.contains(&0)
        || match (form || json) && serde_json::from_slice::<IgnoredAny>(body).is_ok() {
            true => json,
            false => form,
        }
}

/// `%00`: in URLs and forms a percent sign always begins an escape.
fn is_escaped(text: &[u8]) -> bool {
    text.windows(3).any(|three| three == b"%00")
}

/// `\u0000`, unless its backslash is escaped itself.
fn is_escaped_in_json(text: &[u8]) -> bool {
    text.windows(6).enumerate().any(|(at, six)| {
        six == b"\\u0000" && text[..at].iter().rev().take_while(|byte| **byte == b'\\').count().is_multiple_of(2)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_bytes_are_distinguished_from_escaped_text() {
        assert!(is_escaped(b"email=ana%00@acme.test") && is_escaped(b"%00"));
        assert!(!is_escaped(b"rate=100%2500") && !is_escaped(b"100%25"));
        assert!(is_escaped_in_json(br#"{"name":"a\u0000b"}"#) && is_escaped_in_json(br#"["\\\u0000"]"#));
        assert!(!is_escaped_in_json(br#"{"name":"say \\u0000"}"#));
        assert!(holds_zero(br#"{"name":"\u0000"}"#) && holds_zero(b"name=%00&x=1") && holds_zero(b"name=\0"));
        assert!(!holds_zero(br#"{"name":"100%00"}"#) && !holds_zero(br"name=\u0000"));
    }
}
