//! Downloads files that customers sent: first the file's URL, then its bytes. The caller checks hash and type.
//!
//! The download carries the access token, so URLs are fetched only if their host is Meta's or the configured one.

use bytes::Bytes;
use futures::{Stream, StreamExt};
use reqwest::{Response, Url, header};

use super::{
    Credentials, Gateway,
    call::{self, CallFailure},
    send::SendError,
    wire::answer::MediaAnswer,
};

/// Most redirects of one download.
const MAX_REDIRECTS: usize = 4;
/// Suffixes of Meta's hosts for files.
const META_HOSTS: [&str; 3] = [".fbsbx.com", ".fbcdn.net", ".whatsapp.net"];

/// Where a file can be downloaded. The URL is valid for 5 minutes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaInfo {
    pub url: String,
    pub mime: Option<String>,
    /// As Meta sends it: base64 in webhooks, hex in some responses.
    pub sha256: Option<String>,
    /// In bytes.
    pub size: Option<u64>,
}

/// Why a file could not be downloaded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    /// The URL or the file has expired (media ids are valid for 7 days). Ask [`Gateway::media_info`] for a new URL
    /// once.
    #[error("the file is no longer at this address")]
    Gone,
    /// The token must not be sent to this URL. A retry never helps.
    #[error("the file's address isn't on a Meta host")]
    ForeignHost,
    #[error("the file is larger than {limit} bytes")]
    TooLarge { limit: u64 },
    /// Meta returned an error.
    #[error(transparent)]
    Call(SendError),
    /// Can be retried, because a download changes nothing.
    #[error("downloading the file failed: {0}")]
    Broken(String),
}

impl From<CallFailure> for MediaError {
    fn from(failure: CallFailure) -> Self {
        match failure {
            CallFailure::InvalidToken => Self::Call(CallFailure::InvalidToken.into()),
            CallFailure::NotSent(words) | CallFailure::ResponseLost(words) => Self::Broken(words),
        }
    }
}

/// A download in progress.
pub struct Download {
    /// The declared MIME type. The first bytes of the file are more reliable.
    pub mime: Option<String>,
    /// The declared length in bytes.
    pub length: Option<u64>,
    response: Response,
    limit: u64,
}

impl Download {
    /// The bytes as they arrive. Ends with an error as soon as they exceed the limit.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, MediaError>> + std::marker::Send {
        let limit = self.limit;
        self.response.bytes_stream().scan(Some(0u64), move |read, piece| {
            // An earlier item was an error; the stream has ended.
            let Some(so_far) = *read else { return std::future::ready(None) };
            let item = match piece {
                Ok(piece) if so_far.saturating_add(piece.len() as u64) > limit => Err(MediaError::TooLarge { limit }),
                Ok(piece) => Ok(piece),
                Err(error) => Err(call::call_failure(error).into()),
            };
            *read = item.as_ref().ok().map(|piece| so_far.saturating_add(piece.len() as u64));
            std::future::ready(Some(item))
        })
    }
}

impl Gateway {
    /// Asks Meta for a file's URL.
    pub async fn media_info(&self, credentials: &Credentials, media_id: &str) -> Result<MediaInfo, MediaError> {
        let mut url = call::address(&self.base, &[media_id], credentials)?;
        url.query_pairs_mut().append_pair("phone_number_id", &credentials.phone_number_id);
        let raw = call::make(self.client.get(url).bearer_auth(credentials.token.expose())).await?;
        let broken = || match raw.status {
            404 => MediaError::Gone,
            status => MediaError::Broken(format!("HTTP {status} without a response from Meta")),
        };
        let answer: MediaAnswer = serde_json::from_slice(&raw.body).map_err(|_| broken())?;
        if let Some(refusal) = answer.error {
            return Err(SendError::refused(refusal, raw.status).map_or_else(broken, MediaError::Call));
        }
        let url = answer.url.ok_or_else(broken)?;
        let size = answer.file_size.and_then(|size| u64::try_from(size).ok());
        Ok(MediaInfo { url, mime: answer.mime_type, sha256: answer.sha256, size })
    }

    /// Starts the download of a file of at most `limit` bytes. Redirects are followed by hand, because the token may go
    /// only where the first URL may be.
    pub async fn download(&self, credentials: &Credentials, url: &str, limit: u64) -> Result<Download, MediaError> {
        let mut url = Url::parse(url).map_err(|_| MediaError::ForeignHost)?;
        let mut redirects = 0;
        let response = loop {
            if !self.may_have_the_token(&url) {
                return Err(MediaError::ForeignHost);
            }
            let request = self.client.get(url.clone()).bearer_auth(credentials.token.expose()).timeout(self.download);
            let response = request.send().await.map_err(call::call_failure)?;
            let Some(next) = redirected(&url, &response) else { break response };
            redirects += 1;
            if redirects > MAX_REDIRECTS {
                return Err(MediaError::Broken("too many redirects".to_owned()));
            }
            url = next;
        };
        match response.status().as_u16() {
            200 => {}
            404 | 410 => return Err(MediaError::Gone),
            status => return Err(MediaError::Broken(format!("HTTP {status}"))),
        }
        let length = response.content_length();
        if length.is_some_and(|length| length > limit) {
            return Err(MediaError::TooLarge { limit });
        }
        let mime = response.headers().get(header::CONTENT_TYPE).and_then(|mime| mime.to_str().ok()).map(str::to_owned);
        Ok(Download { mime, length, response, limit })
    }

    /// Whether the URL is on the configured server, or on a host of Meta's over TLS at the default port.
    fn may_have_the_token(&self, url: &Url) -> bool {
        if url.origin() == self.base.origin() {
            return true;
        }
        let metas = url.host_str().is_some_and(|host| META_HOSTS.iter().any(|end| host.ends_with(end)));
        metas && url.scheme() == "https" && url.port().is_none() && url.username().is_empty()
    }
}

/// Where a redirect leads.
fn redirected(from: &Url, response: &Response) -> Option<Url> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    from.join(response.headers().get(header::LOCATION)?.to_str().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::super::{Gateway, Timeouts, client};

    #[test]
    fn the_token_is_sent_to_meta_and_the_configured_server_only() {
        let timeouts = Timeouts::default();
        let client = client(timeouts).expect("a client");
        let gateway = Gateway::new(client, "http://127.0.0.1:4010/v26.0", timeouts).expect("a base");
        for (url, may) in [
            ("https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1", true),
            ("https://scontent.xx.fbcdn.net/v/1.jpg", true),
            ("https://media-fra3-1.cdn.whatsapp.net/v/1.jpg", true),
            ("https://whatsapp.net.example.net/v/1.jpg", false),
            ("http://127.0.0.1:4010/media/1", true),
            ("http://127.0.0.1:4011/media/1", false),
            ("https://127.0.0.1:4010/media/1", false),
            ("http://lookaside.fbsbx.com/x", false),
            ("https://lookaside.fbsbx.com:8443/x", false),
            ("https://fbsbx.com.example.net/x", false),
            ("https://evilfbsbx.com/x", false),
            ("https://lookaside.fbsbx.com@example.net/x", false),
            ("https://example.net/?.fbsbx.com", false),
        ] {
            let url = reqwest::Url::parse(url).expect("a URL");
            assert_eq!(gateway.may_have_the_token(&url), may, "{url}");
        }
    }
}
