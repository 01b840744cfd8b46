//! One HTTP call to the Graph API: URL, token, `appsecret_proof`, and the three ways in which it can fail.

use hmac::{Hmac, KeyInit, Mac};
use reqwest::{RequestBuilder, Url};
use sha2::Sha256;

use super::{Credentials, Secret};

/// The longest response that is read, in bytes. Meta's have a few hundred, but a proxy's error page can have any size.
const ANSWER_LIMIT: usize = 256 * 1024;

/// How a call failed before Meta's response could be read. The texts contain no URL, because it holds ids and the
/// proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CallFailure {
    /// The request could not be built, because the token is not a valid header value.
    InvalidToken,
    /// The request was not sent: no connection.
    NotSent(String),
    /// The request may have been sent.
    ResponseLost(String),
}

/// A response as it arrived.
pub(super) struct Raw {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

/// HMAC-SHA256 of the token, keyed by the app's secret, in lowercase hex. HMAC accepts keys of any length, so this is
/// always `Some`.
pub(super) fn proof(app_secret: &Secret, token: &Secret) -> Option<String> {
    let signer = Hmac::<Sha256>::new_from_slice(app_secret.expose().as_bytes()).ok()?;
    Some(hex::encode(signer.chain_update(token.expose().as_bytes()).finalize().into_bytes()))
}

/// `base/segments..?appsecret_proof=..`. Segments are escaped, because ids are opaque and may contain any character.
pub(super) fn address(base: &Url, segments: &[&str], credentials: &Credentials) -> Result<Url, CallFailure> {
    let mut url = base.clone();
    url.path_segments_mut().map_err(|()| CallFailure::InvalidToken)?.pop_if_empty().extend(segments);
    let proof = proof(&credentials.app_secret, &credentials.token).ok_or(CallFailure::InvalidToken)?;
    url.query_pairs_mut().append_pair("appsecret_proof", &proof);
    Ok(url)
}

/// Makes the call and reads the response.
pub(super) async fn make(request: RequestBuilder) -> Result<Raw, CallFailure> {
    make_within(request, ANSWER_LIMIT).await
}

/// As [`make`], with a response of at most `limit` bytes.
pub(super) async fn make_within(request: RequestBuilder, limit: usize) -> Result<Raw, CallFailure> {
    let mut response = request.send().await.map_err(call_failure)?;
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(call_failure)? {
        if body.len() + piece.len() > limit {
            return Err(CallFailure::ResponseLost(format!("HTTP {status} with an oversized response")));
        }
        body.extend_from_slice(&piece);
    }
    Ok(Raw { status, body })
}

/// Only an error while connecting proves that nothing was sent.
pub(super) fn call_failure(error: reqwest::Error) -> CallFailure {
    if error.is_builder() {
        return CallFailure::InvalidToken;
    }
    let (connected, late) = (!error.is_connect(), error.is_timeout());
    let cause_text = match (connected, late) {
        (false, true) => "connection timed out",
        (false, false) => "no connection",
        (true, true) => "response timed out",
        (true, false) => "connection lost",
    };
    let cause_text = root(&error).map_or_else(|| cause_text.to_owned(), |cause| format!("{cause_text}: {cause}"));
    if connected { CallFailure::ResponseLost(cause_text) } else { CallFailure::NotSent(cause_text) }
}

/// The innermost cause, because reqwest's own text contains the URL.
fn root(error: &reqwest::Error) -> Option<String> {
    let mut cause = std::error::Error::source(error)?;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    Some(cause.to_string())
}
