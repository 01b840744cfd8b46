//! `GET /media/{id}`: a stored file, for agents of its tenant only.

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

/// State of the endpoint.
#[derive(Clone, FromRef)]
pub struct Files {
    pub callers: Callers,
    pub media: Media,
}

/// 401 signed out; 403 for roles that may not work on conversations; 404 if the file does not exist, belongs to another
/// tenant, or is not stored (yet).
pub async fn file(agent: Agent, State(media): State<Media>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    media.serve(agent.tenant(), &MediaId::from(id), &headers).await
}
