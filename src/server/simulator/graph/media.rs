//! Files: upload, describe, download, delete. Media ids expire after days and download URLs after five minutes.
//! Downloads need the token again.

use std::collections::HashMap;

use axum::{
    extract::{
        Multipart, Path, Query, State,
        multipart::{Field, MultipartRejection},
    },
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    super::{Simulator, fault::MEDIA, world::UPLOAD_LIFE_MS},
    At,
    account::reply,
    auth,
    error::GraphError,
    faults::{self, Course},
};

type Params = Query<HashMap<String, String>>;

const MB: usize = 1024 * 1024;

/// What can be uploaded: MIME type and largest size in bytes.
const TYPES: [(&str, usize); 18] = [
    ("audio/aac", 16 * MB),
    ("audio/amr", 16 * MB),
    ("audio/mpeg", 16 * MB),
    ("audio/mp4", 16 * MB),
    ("audio/ogg", 16 * MB),
    ("image/jpeg", 5 * MB),
    ("image/png", 5 * MB),
    ("image/webp", 500 * 1024),
    ("video/mp4", 16 * MB),
    ("video/3gpp", 16 * MB),
    ("text/plain", 100 * MB),
    ("application/pdf", 100 * MB),
    ("application/msword", 100 * MB),
    ("application/vnd.ms-excel", 100 * MB),
    ("application/vnd.ms-powerpoint", 100 * MB),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", 100 * MB),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", 100 * MB),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", 100 * MB),
];

/// `POST /{version}/{phone_number_id}/media`.
pub(super) async fn upload(
    State(simulator): State<Simulator>,
    Path(At { node, .. }): Path<At>,
    Query(query): Params,
    headers: HeaderMap,
    connection: faults::CallConnection,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    if let Err(refusal) = auth::check(&simulator, &headers, &query) {
        return refusal.answer(&simulator);
    }
    if node != simulator.inner.config.phone_number_id {
        return GraphError::no_object(&node).answer(&simulator);
    }
    // The whole body is read first: an answer that comes before its end can be lost with the connection.
    let file = match form {
        Ok(form) => receive(form).await,
        Err(rejection) => Err(GraphError::shape(rejection.body_text())),
    };
    let effect = match faults::before(&simulator, &[MEDIA], &connection).await {
        Course::On(effect) => effect,
        Course::Ends(response) => return response,
    };
    let answer = file.map(|file| file.or_in(query)).and_then(|file| keep(&simulator, file));
    faults::after(&simulator, effect, &connection, reply(&simulator, answer)).await
}

#[derive(Default)]
struct Upload {
    product: Option<String>,
    mime: Option<String>,
    file: Option<(Option<String>, Option<String>, Bytes)>,
}

impl Upload {
    /// Parameters that are not in the form may be in the query.
    fn or_in(mut self, mut query: HashMap<String, String>) -> Self {
        self.product = self.product.or_else(|| query.remove("messaging_product"));
        self.mime = self.mime.or_else(|| query.remove("type"));
        self
    }
}

async fn receive(mut form: Multipart) -> Result<Upload, GraphError> {
    let broken = |error: axum::extract::multipart::MultipartError| GraphError::shape(error.body_text());
    let mut upload = Upload::default();
    while let Some(field) = form.next_field().await.map_err(broken)? {
        match field.name().unwrap_or_default() {
            "messaging_product" => upload.product = Some(field.text().await.map_err(broken)?),
            "type" => upload.mime = Some(field.text().await.map_err(broken)?),
            "file" => {
                let (name, mime) = (field.file_name().map(str::to_owned), field.content_type().map(str::to_owned));
                upload.file = Some((name, mime, content(field).await?));
            }
            _ => {}
        }
    }
    Ok(upload)
}

async fn content(field: Field<'_>) -> Result<Bytes, GraphError> {
    field.bytes().await.map_err(|error| GraphError::new(131_053, error.body_text()))
}

fn keep(simulator: &Simulator, upload: Upload) -> Result<Value, GraphError> {
    if upload.product.as_deref() != Some("whatsapp") {
        return Err(GraphError::shape("The parameter messaging_product is required."));
    }
    let (name, part_mime, bytes) = upload.file.ok_or_else(|| GraphError::shape("The parameter file is required."))?;
    let mime = upload.mime.or(part_mime).ok_or_else(|| GraphError::shape("The parameter type is required."))?;
    let plain = mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let Some((_, limit)) = TYPES.iter().find(|(known, _)| *known == plain) else {
        let known: Vec<&str> = TYPES.iter().map(|(known, _)| *known).collect();
        let known = known.join(", ");
        return Err(GraphError::shape(format!("Param file must be a file with one of the following types: {known}.")));
    };
    if bytes.is_empty() {
        return Err(GraphError::shape("Param file must not be empty."));
    }
    if bytes.len() > *limit {
        return Err(GraphError::new(131_053, format!("{plain} may have at most {limit} bytes.")));
    }
    if plain.starts_with("video/")
        && let Some(codec) = refused_codec(&bytes)
    {
        return Err(GraphError::new(131_053, format!("Videos with the codec {codec} are not supported.")));
    }
    if plain == "audio/ogg" && channels(&bytes).is_some_and(|channels| channels != 1) {
        return Err(GraphError::new(131_053, "Audio files with the OPUS codec must have one channel."));
    }
    let now = simulator.inner.now();
    Ok(json!({"id": simulator.inner.world().keep_media(&mime, name, bytes, now, UPLOAD_LIFE_MS)}))
}

/// The first codec of a video that phones do not play. A sample description (`stsd`) names it after its version, the
/// number of entries and the length of the first one.
fn refused_codec(video: &[u8]) -> Option<String> {
    const PLAYED: [&[u8]; 3] = [b"avc1", b"avc3", b"mp4a"];
    let descriptions = video.windows(4).enumerate().filter(|(_, four)| **four == *b"stsd");
    let mut codecs = descriptions.filter_map(|(at, _)| video.get(at + 16..at + 20));
    codecs.find(|codec| !PLAYED.contains(codec)).map(|codec| String::from_utf8_lossy(codec).into_owned())
}

/// The channels of Opus in Ogg. The number stands after the name and the version.
fn channels(sound: &[u8]) -> Option<u8> {
    let head = &sound[..sound.len().min(64)];
    let at = head.windows(8).position(|eight| eight == b"OpusHead")?;
    head.get(at + 9).copied()
}

/// `GET /{version}/{media_id}`: the file's properties and a new download URL.
pub(super) fn describe(simulator: &Simulator, id: &str, headers: &HeaderMap) -> Result<Value, GraphError> {
    let now = simulator.inner.now();
    let mut world = simulator.inner.world();
    let media = world.media(id, now).cloned().ok_or_else(|| GraphError::no_object(id))?;
    let path = world.link(id, now);
    // The URL uses the caller's `Host`, because that is an address which the caller can reach.
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).map(|host| format!("http://{host}"));
    let base = host.or_else(|| simulator.base_url().map(str::to_owned)).unwrap_or_default();
    Ok(json!({"messaging_product": "whatsapp", "url": format!("{base}{path}"), "mime_type": media.mime,
        "sha256": hex::encode(Sha256::digest(&media.bytes)), "file_size": media.bytes.len().to_string(), "id": id}))
}

/// The URL that [`describe`] returned. 401 without the token, 404 after five minutes.
pub(super) async fn download(State(simulator): State<Simulator>, Query(query): Params, headers: HeaderMap) -> Response {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if bearer.and_then(|value| value.strip_prefix("Bearer ")) != Some(&simulator.inner.config.access_token) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    // The file host knows none of the Graph API's errors.
    if faults::take(&simulator, &[MEDIA]).await.is_some() {
        return StatusCode::NOT_FOUND.into_response();
    }
    let now = simulator.inner.now();
    let world = simulator.inner.world();
    let word = query.get("hash").map(String::as_str).unwrap_or_default();
    let link = world.links.get(word).filter(|link| now < link.expires && query.get("mid") == Some(&link.media));
    match link.and_then(|link| world.media(&link.media, now)) {
        Some(media) => ([(header::CONTENT_TYPE, media.mime.clone())], media.bytes.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// `DELETE /{version}/{media_id}`.
pub(super) async fn delete(
    State(simulator): State<Simulator>,
    Path(At { node, .. }): Path<At>,
    Query(query): Params,
    headers: HeaderMap,
) -> Response {
    let answer = auth::check(&simulator, &headers, &query).and_then(|()| {
        let gone = simulator.inner.world().media.remove(&node);
        gone.map(|_| json!({"success": true})).ok_or_else(|| GraphError::no_object(&node))
    });
    reply(&simulator, answer)
}
