//! `POST /uploads/{id}?name=..&as=..`: the body is a file that an agent attaches to the conversation.
//! `POST /saved-replies/files?name=..&as=..`: one for a saved reply. `DELETE /media/{id}`: one that is not sent or saved after
//! all.
//!
//! The body passes through to the store and is never collected: the limits of other bodies (`zero_bytes.rs`) do not
//! apply. It is a raw body, not a form, which has buffers of its own: a file of 100 MB would be in memory. What else
//! there is to say about the file is in the query.

use axum::{
    Json,
    body::Body,
    extract::{FromRef, Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{Callers, limits::Shares};
use crate::{
    contract::ApiError,
    domain::{
        ids::{AgentId, ConversationId, MediaId},
        time::Span,
        upload::SendAs,
    },
    server::{
        accounts::Agent,
        clock::Clock,
        conversations::ConversationError,
        media::{
            Media,
            receive::{NewUpload, UploadError},
        },
    },
};

/// How long a file may take to arrive: 100 MB at 2 Mbit/s, twice.
const TIMEOUT: Span = Span::minutes(14);

/// Most files that one agent uploads at the same time.
const AT_ONCE: usize = 10;

/// Most recordings of one agent, which are held in memory while they arrive.
const RECORDINGS_AT_ONCE: usize = 2;

/// State of the endpoint.
#[derive(Clone, FromRef)]
pub struct Uploads {
    pub callers: Callers,
    pub media: Media,
    pub limits: UploadLimits,
}

/// How many files arrive at the same time, and for how long.
#[derive(Clone)]
pub struct UploadLimits {
    clock: Clock,
    arriving: Shares<AgentId>,
    recordings: Shares<AgentId>,
}

impl UploadLimits {
    pub fn new(clock: Clock) -> Self {
        Self { clock, arriving: Shares::default(), recordings: Shares::default() }
    }
}

#[derive(Deserialize)]
pub struct UploadQuery {
    #[serde(default)]
    name: String,
    #[serde(default, rename = "as")]
    send_as: SendAs,
}

/// 401 signed out; 404 for a conversation of another tenant; 408 for a file that takes too long; 422 with the reason for
/// one that WhatsApp would not accept; 429 for too many at once.
pub async fn upload(
    agent: Agent,
    State(media): State<Media>,
    State(limits): State<UploadLimits>,
    Path(id): Path<String>,
    Query(query): Query<UploadQuery>,
    body: Body,
) -> Response {
    if has_zero(&id) {
        return StatusCode::NOT_FOUND.into_response();
    }
    receive(&agent, &media, &limits, Some(&ConversationId::from(id)), &query, body).await
}

/// As [`upload`], without a conversation.
pub async fn upload_for_reply(
    agent: Agent,
    State(media): State<Media>,
    State(limits): State<UploadLimits>,
    Query(query): Query<UploadQuery>,
    body: Body,
) -> Response {
    receive(&agent, &media, &limits, None, &query, body).await
}

async fn receive(
    agent: &Agent,
    media: &Media,
    limits: &UploadLimits,
    conversation: Option<&ConversationId>,
    query: &UploadQuery,
    body: Body,
) -> Response {
    let (shares, most) = match query.send_as {
        SendAs::Itself | SendAs::Document => (&limits.arriving, AT_ONCE),
        SendAs::Voice => (&limits.recordings, RECORDINGS_AT_ONCE),
    };
    let Some(_share) = shares.take(agent.id().clone(), most) else {
        let detail = "Too many files are being uploaded. This one follows when another is done.";
        return answer(StatusCode::TOO_MANY_REQUESTS, ApiError::Throttled(detail.to_owned()));
    };
    let (tenant, name, send_as) = (agent.tenant(), &query.name, query.send_as);
    let new = NewUpload { tenant, agent: agent.id(), conversation, name, send_as };
    let received = tokio::select! {
        // A file that is complete never waits for the timer.
        biased;
        received = media.receive(new, body.into_data_stream()) => received,
        () = limits.clock.sleep(TIMEOUT) => return StatusCode::REQUEST_TIMEOUT.into_response(),
    };
    match received {
        Ok(file) => Json(file).into_response(),
        Err(error) => refusal(error),
    }
}

/// 401 signed out; 404 for a file that was sent, is a customer's, or is another agent's.
pub async fn discard(agent: Agent, State(media): State<Media>, Path(id): Path<String>) -> Response {
    if has_zero(&id) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match media.discard(agent.tenant(), agent.id(), &MediaId::from(id)).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => refusal(error.into()),
    }
}

/// PostgreSQL accepts no NUL in text, and no id contains one. Other endpoints are behind `zero_bytes.rs`.
fn has_zero(id: &str) -> bool {
    id.contains('\0')
}

fn refusal(error: UploadError) -> Response {
    match error {
        UploadError::Refused(refusal) => answer(StatusCode::UNPROCESSABLE_ENTITY, ApiError::Invalid(refusal.words())),
        UploadError::Interrupted(reason) => {
            tracing::info!(reason, "http: upload ended early");
            StatusCode::BAD_REQUEST.into_response()
        }
        UploadError::Conversation(ConversationError::NotFound) => answer(StatusCode::NOT_FOUND, ApiError::NotFound),
        UploadError::Conversation(ConversationError::Invalid(detail)) => {
            answer(StatusCode::UNPROCESSABLE_ENTITY, ApiError::Invalid(detail))
        }
        UploadError::Conversation(error) => internal(&error),
        UploadError::Store(error) => internal(&error),
    }
}

fn internal(error: &dyn std::fmt::Display) -> Response {
    tracing::error!(%error, "http: upload failed");
    answer(StatusCode::INTERNAL_SERVER_ERROR, ApiError::Internal)
}

fn answer(status: StatusCode, error: ApiError) -> Response {
    (status, Json(error)).into_response()
}
