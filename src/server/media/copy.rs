//! Serves a voice note as WebM, for browsers that do not play Ogg. The copy is made for each request: few browsers ask, and
//! nothing has to be removed with the note.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::Response,
};
use object_store::path::Path;

use super::{
    Media, kind, path_of,
    range::{RequestedRange, requested_range},
    serve::{file_response, refusal, server_error},
};
use crate::domain::{
    ids::{MediaId, TenantId},
    voice::webm_copy,
};

/// The largest note of which a copy is made, in bytes: half an hour. Note and copy are held in memory.
const LARGEST: u64 = 4 * 1024 * 1024;

impl Media {
    /// The response for a tenant's voice note as WebM: all of it, or the range that is asked for, as some browsers do
    /// before they play. 404 for any other file.
    pub async fn serve_webm(&self, tenant: &TenantId, id: &MediaId, request_headers: &HeaderMap) -> Response {
        let (row, size) = match self.stored_file(tenant, id).await {
            Ok(Some(stored_file)) => stored_file,
            Ok(None) => return refusal(StatusCode::NOT_FOUND),
            Err(error) => return server_error(&error),
        };
        let (mime, _) = kind::serve_as(row.mime.as_deref());
        if mime != "audio/ogg" || size > LARGEST {
            return refusal(StatusCode::NOT_FOUND);
        }
        let stored = row.path.as_deref().and_then(|path| Path::parse(path).ok());
        let path = stored.unwrap_or_else(|| path_of(tenant, id));
        let note = match self.store.read(&path, None).await {
            Ok(file) => file.bytes().await,
            Err(error) => Err(error),
        };
        let note = match note {
            Ok(note) => note,
            Err(object_store::Error::NotFound { .. }) => {
                tracing::error!(media = %id, "media: stored file missing");
                return refusal(StatusCode::NOT_FOUND);
            }
            Err(error) => return server_error(&error),
        };
        let Ok(copy) = webm_copy(&note) else {
            tracing::info!(media = %id, "media: no Opus to copy");
            return refusal(StatusCode::NOT_FOUND);
        };
        let asked = request_headers.get(header::RANGE).and_then(|value| value.to_str().ok());
        let size = copy.len() as u64;
        let mut headers: Vec<(HeaderName, String)> = vec![
            (header::CONTENT_TYPE, "audio/webm".to_owned()),
            (header::CONTENT_DISPOSITION, "inline".to_owned()),
            (header::ACCEPT_RANGES, "bytes".to_owned()),
        ];
        let (status, part) = match requested_range(asked, size) {
            RequestedRange::Whole => (StatusCode::OK, copy),
            RequestedRange::Part(range) => {
                let last = range.end.saturating_sub(1);
                headers.push((header::CONTENT_RANGE, format!("bytes {}-{last}/{size}", range.start)));
                let place = |at: u64| usize::try_from(at).unwrap_or(copy.len()).min(copy.len());
                (StatusCode::PARTIAL_CONTENT, copy[place(range.start)..place(range.end)].to_vec())
            }
            RequestedRange::Unsatisfiable => {
                headers.push((header::CONTENT_RANGE, format!("bytes */{size}")));
                (StatusCode::RANGE_NOT_SATISFIABLE, Vec::new())
            }
        };
        headers.push((header::CONTENT_LENGTH, part.len().to_string()));
        file_response(status, Body::from(part), headers)
    }
}
