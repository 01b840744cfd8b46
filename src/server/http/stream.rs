//! `GET /live?after=N`: server-sent events, all named `frame`, whose id is the log's sequence number.

use std::convert::Infallible;

use axum::{
    extract::{FromRef, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode},
    response::{IntoResponse, Response, sse::Sse},
};
use futures::StreamExt;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use super::Callers;
use crate::{
    domain::ids::Seq,
    server::{accounts::Agent, live::Live},
};

/// State of the endpoint.
#[derive(Clone, FromRef)]
pub struct Streams {
    pub callers: Callers,
    pub live: Live,
    /// Cancelled to end every stream.
    pub stop: CancellationToken,
}

#[derive(Deserialize)]
pub struct Cursor {
    after: Option<i64>,
}

/// Opens a stream for a signed-in agent. Otherwise 401, after which browsers do not retry.
pub async fn stream(
    agent: Agent,
    State(streams): State<Streams>,
    Query(cursor): Query<Cursor>,
    headers: HeaderMap,
) -> Response {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
    // The log begins at 1, so a cursor below it asks for the whole log.
    let after = last.or(cursor.after).map(|after: i64| Seq(after.max(0)));
    match streams.live.events(agent, after, streams.stop).await {
        Ok(events) => {
            let mut response = Sse::new(events.map(Ok::<_, Infallible>)).into_response();
            // Tells proxies not to buffer frames.
            response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
            response
        }
        Err(error) => {
            tracing::error!(%error, "http: opening stream failed");
            (StatusCode::SERVICE_UNAVAILABLE, "Try again in a moment.").into_response()
        }
    }
}
