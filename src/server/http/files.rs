//! `GET /media/{id}`: a stored file, for the people of its tenant only.

use axum::{
    extract::{FromRef, Path, State},
    http::HeaderMap,
    response::Response,
};

use super::Callers;
use crate::{
    domain::ids::MediaId,
    server::{accounts::Agent, media::Media},
};

/// What the endpoint works with.
#[derive(Clone, FromRef)]
pub struct Files {
    pub callers: Callers,
    pub media: Media,
}

/// 401 signed out, 403 for roles without a desk, 404 for a file that does not exist, belongs to another tenant, or is not
/// stored (yet).
pub async fn file(agent: Agent, State(media): State<Media>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    media.serve(agent.tenant(), &MediaId::from(id), &headers).await
}
