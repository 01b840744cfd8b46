//! Serves a stored file to agents of its tenant. No file may run as a script in our origin.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use object_store::path::Path;

use super::{
    Media, kind, path_of,
    range::{RequestedRange, requested_range},
};
use crate::{
    domain::ids::{MediaId, TenantId},
    server::store::{self, media},
};

/// Browsers may cache a file, shared caches may not.
const CACHE: &str = "private, max-age=3600";
const POLICY: &str = "sandbox; default-src 'none'";

impl Media {
    /// The response for a tenant's file: the whole file, or the one range that is asked for.
    pub async fn serve(&self, tenant: &TenantId, id: &MediaId, request_headers: &HeaderMap) -> Response {
        let (row, size) = match self.stored_file(tenant, id).await {
            Ok(Some(stored_file)) => stored_file,
            Ok(None) => return refusal(StatusCode::NOT_FOUND),
            Err(error) => return server_error(&error),
        };
        // The bytes of an id never change, so the id is the ETag.
        let tag = format!("\"{id}\"");
        let request_header = |name: HeaderName| request_headers.get(name).and_then(|value| value.to_str().ok());
        if request_header(header::IF_NONE_MATCH).is_some_and(|tags| tags.split(',').any(|known| known.trim() == tag)) {
            return file_response(StatusCode::NOT_MODIFIED, Body::empty(), vec![(header::ETAG, tag)]);
        }
        let whole_if_changed = request_header(header::IF_RANGE).is_none_or(|known| known.trim() == tag);
        let range = request_header(header::RANGE).filter(|_| whole_if_changed);
        let (status, range) = match requested_range(range, size) {
            RequestedRange::Whole => (StatusCode::OK, None),
            RequestedRange::Part(range) => (StatusCode::PARTIAL_CONTENT, Some(range)),
            RequestedRange::Unsatisfiable => {
                let headers = vec![(header::CONTENT_RANGE, format!("bytes */{size}"))];
                return file_response(StatusCode::RANGE_NOT_SATISFIABLE, Body::empty(), headers);
            }
        };
        // Uploaded files have the path of their content.
        let stored = row.path.as_deref().and_then(|path| Path::parse(path).ok());
        let path = stored.unwrap_or_else(|| path_of(tenant, id));
        let file = match self.store.read(&path, range.clone()).await {
            Ok(file) => file,
            Err(object_store::Error::NotFound { .. }) => {
                tracing::error!(media = %id, "media: stored file missing");
                return refusal(StatusCode::NOT_FOUND);
            }
            Err(error) => return server_error(&error),
        };
        let (mime, disposition) = kind::serve_as(row.mime.as_deref());
        let length = file.range.end.saturating_sub(file.range.start);
        let mut headers = vec![
            (header::CONTENT_TYPE, mime),
            (header::CONTENT_LENGTH, length.to_string()),
            (header::CONTENT_DISPOSITION, kind::disposition(disposition, row.filename.as_deref())),
            (header::ACCEPT_RANGES, "bytes".to_owned()),
            (header::ETAG, tag),
        ];
        if let Some(range) = range {
            let last = range.end.saturating_sub(1);
            headers.push((header::CONTENT_RANGE, format!("bytes {}-{last}/{size}", range.start)));
        }
        file_response(status, Body::from_stream(file.into_stream()), headers)
    }

    /// The row of a stored file of this tenant, and its size in bytes.
    pub(super) async fn stored_file(
        &self,
        tenant: &TenantId,
        id: &MediaId,
    ) -> store::Result<Option<(media::MediaRow, u64)>> {
        // PostgreSQL accepts no NUL in text, and no id contains one.
        if id.as_str().contains('\0') {
            return Ok(None);
        }
        let mut tx = self.db.begin_read().await?;
        let row = media::find(&mut tx, tenant, id).await?.filter(|row| row.state == media::MediaState::Kept);
        Ok(row.map(|row| {
            let size = row.size.and_then(|size| u64::try_from(size).ok()).unwrap_or_default();
            (row, size)
        }))
    }
}

/// A response with the headers that every file needs, and `extra_headers`.
pub(super) fn file_response(status: StatusCode, body: Body, extra_headers: Vec<(HeaderName, String)>) -> Response {
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(CACHE));
    for (name, value) in extra_headers {
        match HeaderValue::try_from(value) {
            Ok(value) => {
                headers.insert(name, value);
            }
            Err(_) => return refusal(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }
    response
}

pub(super) fn refusal(status: StatusCode) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")]).into_response()
}

pub(super) fn server_error(error: &dyn std::fmt::Display) -> Response {
    tracing::error!(%error, "media: serving file failed");
    refusal(StatusCode::INTERNAL_SERVER_ERROR)
}
