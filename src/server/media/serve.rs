//! Serves a stored file to agents of its tenant. No file may run as a script in our origin.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use object_store::{GetOptions, GetRange, ObjectStore};

use super::{
    Media, kind, place,
    range::{Wanted, wanted},
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
    pub async fn serve(&self, tenant: &TenantId, id: &MediaId, asked: &HeaderMap) -> Response {
        let (row, size) = match self.kept(tenant, id).await {
            Ok(Some(kept)) => kept,
            Ok(None) => return refusal(StatusCode::NOT_FOUND),
            Err(error) => return broken(&error),
        };
        // The bytes of an id never change, so the id is the ETag.
        let tag = format!("\"{id}\"");
        let says = |name: HeaderName| asked.get(name).and_then(|value| value.to_str().ok());
        if says(header::IF_NONE_MATCH).is_some_and(|tags| tags.split(',').any(|known| known.trim() == tag)) {
            return dressed(StatusCode::NOT_MODIFIED, Body::empty(), vec![(header::ETAG, tag)]);
        }
        let whole_if_changed = says(header::IF_RANGE).is_none_or(|known| known.trim() == tag);
        let range = says(header::RANGE).filter(|_| whole_if_changed);
        let (status, range) = match wanted(range, size) {
            Wanted::Whole => (StatusCode::OK, None),
            Wanted::Part(range) => (StatusCode::PARTIAL_CONTENT, Some(range)),
            Wanted::Nothing => {
                let said = vec![(header::CONTENT_RANGE, format!("bytes */{size}"))];
                return dressed(StatusCode::RANGE_NOT_SATISFIABLE, Body::empty(), said);
            }
        };
        let options = GetOptions { range: range.clone().map(GetRange::Bounded), ..GetOptions::default() };
        let file = match self.store.get_opts(&place(tenant, id), options).await {
            Ok(file) => file,
            Err(object_store::Error::NotFound { .. }) => {
                tracing::error!(media = %id, "media: stored file missing");
                return refusal(StatusCode::NOT_FOUND);
            }
            Err(error) => return broken(&error),
        };
        let (mime, showing) = kind::serve_as(row.mime.as_deref());
        let length = file.range.end.saturating_sub(file.range.start);
        let mut said = vec![
            (header::CONTENT_TYPE, mime),
            (header::CONTENT_LENGTH, length.to_string()),
            (header::CONTENT_DISPOSITION, kind::disposition(showing, row.filename.as_deref())),
            (header::ACCEPT_RANGES, "bytes".to_owned()),
            (header::ETAG, tag),
        ];
        if let Some(range) = range {
            let last = range.end.saturating_sub(1);
            said.push((header::CONTENT_RANGE, format!("bytes {}-{last}/{size}", range.start)));
        }
        dressed(status, Body::from_stream(file.into_stream()), said)
    }

    /// The row of a stored file of this tenant, and its size in bytes.
    async fn kept(&self, tenant: &TenantId, id: &MediaId) -> store::Result<Option<(media::MediaRow, u64)>> {
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

/// A response with the headers that every file needs, and the headers `said`.
fn dressed(status: StatusCode, body: Body, said: Vec<(HeaderName, String)>) -> Response {
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(CACHE));
    for (name, value) in said {
        match HeaderValue::try_from(value) {
            Ok(value) => {
                headers.insert(name, value);
            }
            Err(_) => return refusal(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }
    response
}

fn refusal(status: StatusCode) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")]).into_response()
}

fn broken(error: &dyn std::fmt::Display) -> Response {
    tracing::error!(%error, "media: serving file failed");
    refusal(StatusCode::INTERNAL_SERVER_ERROR)
}
