//! `GET /live?after=N`: server-sent events, all named `frame`, whose id is the log's sequence number.

use std::convert::Infallible;

use axum::{
    extract::{FromRef, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode},
    response::{
        IntoResponse, Response,
        sse::{Event, Sse},
    },
};
use futures::StreamExt;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use super::{Callers, limits::Shares};
use crate::{
    domain::ids::{Seq, TenantId},
    server::{accounts::Agent, live::Live},
};

/// The most streams of one session: browsers open one per tab.
pub const PER_SESSION: usize = 10;

/// State of the endpoint.
#[derive(Clone, FromRef)]
pub struct Streams {
    pub callers: Callers,
    pub live: Live,
    /// Cancelled to end every stream.
    pub stop: CancellationToken,
    pub open: OpenStreams,
}

/// The streams that are open, by session and by tenant. Cheap to clone.
#[derive(Clone)]
pub struct OpenStreams {
    sessions: Shares<String>,
    tenants: Shares<TenantId>,
    per_tenant: usize,
}

impl OpenStreams {
    pub fn new(per_tenant: usize) -> Self {
        Self { sessions: Shares::default(), tenants: Shares::default(), per_tenant }
    }
}

#[derive(Deserialize)]
pub struct Cursor {
    after: Option<i64>,
}

/// Opens a stream for a signed-in agent. Otherwise 401, or 429 with too many open streams, after which browsers do not
/// retry.
pub async fn stream(
    agent: Agent,
    State(streams): State<Streams>,
    Query(cursor): Query<Cursor>,
    headers: HeaderMap,
) -> Response {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
    // The log begins at 1, so a cursor below it asks for the whole log.
    let after = last.or(cursor.after).map(|after: i64| Seq(after.max(0)));
    let open = &streams.open;
    let Some(session) = open.sessions.take(agent.session().to_owned(), PER_SESSION) else {
        return (StatusCode::TOO_MANY_REQUESTS, "Too many tabs are open. Close some of them.").into_response();
    };
    let Some(tenant) = open.tenants.take(agent.tenant().clone(), open.per_tenant) else {
        tracing::warn!(tenant = %agent.tenant(), most = open.per_tenant, "http: too many streams of a tenant");
        return (StatusCode::TOO_MANY_REQUESTS, "Too many pages of your company are open. Close some of them.")
            .into_response();
    };
    match streams.live.frames(agent, after, streams.stop).await {
        Ok(frames) => {
            let shares = (session, tenant);
            let events = frames.map(move |frame| {
                // Held as long as the stream.
                let _ = &shares;
                let event = Event::default().event("frame").id(frame.cursor.0.to_string());
                Ok::<_, Infallible>(event.data(&*frame.json))
            });
            let mut response = Sse::new(events).into_response();
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
