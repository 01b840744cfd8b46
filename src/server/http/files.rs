//! `GET /media/{id}`: a stored file, for agents of its tenant only. `?as=webm`: a voice note for browsers that do not play
//! Ogg.

use axum::{
    extract::{FromRef, Path, Query, State},
    http::HeaderMap,
    response::Response,
};
use serde::Deserialize;

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

/// In which container a file is wanted.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Container {
    Webm,
}

#[derive(Deserialize)]
pub struct FileQuery {
    /// `None`: in its own.
    #[serde(default, rename = "as")]
    container: Option<Container>,
}

/// 401 signed out; 403 for roles that may not work on conversations; 404 if the file does not exist, belongs to another
/// tenant, is not stored (yet), or is no voice note where one is wanted in another container.
pub async fn file(
    agent: Agent,
    State(media): State<Media>,
    Path(id): Path<String>,
    Query(query): Query<FileQuery>,
    headers: HeaderMap,
) -> Response {
    let id = MediaId::from(id);
    match query.container {
        None => media.serve(agent.tenant(), &id, &headers).await,
        Some(Container::Webm) => media.serve_webm(agent.tenant(), &id, &headers).await,
    }
}
