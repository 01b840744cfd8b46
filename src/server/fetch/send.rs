//! Sends one request, from the first check to the last byte, with limits on time and size.

use std::future::Future;

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

use super::{
    Fetch, FetchFault, address,
    redirect::{Hop, MAX_REDIRECTS},
    verb,
};
use crate::domain::{
    model::Method,
    time::{Span, Timestamp},
};

/// The longest time for a request, including redirects and body.
pub const TIME_LIMIT: Span = Span::seconds(5);
/// The largest body that is read, in bytes.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// A request. Its headers contain decrypted secrets, so it must not be logged and does not implement `Debug`.
#[derive(Clone, Default)]
pub struct Request {
    pub method: Method,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<Vec<u8>>,
    /// At most [`TIME_LIMIT`]; zero means that limit.
    pub time_out: Span,
}

/// The response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    /// As the server declared it, or empty.
    pub content_type: String,
    pub body: Vec<u8>,
    /// From the first check to the last byte.
    pub took: Span,
}

impl Fetch {
    /// Sends a request to a server that a tenant configured. A response with any status is `Ok`.
    ///
    /// # Errors
    /// [`FetchFault`], which contains no path, query or header.
    pub async fn send(&self, request: Request) -> Result<Response, FetchFault> {
        let begun = self.clock.now();
        let limit = if request.time_out > Span(0) { request.time_out.min(TIME_LIMIT) } else { TIME_LIMIT };
        let until = begun.plus(limit);
        let mut hop = self.first(request)?;
        for _ in 0..=MAX_REDIRECTS {
            let mut answer = self.before(until, self.ask(&hop)).await?;
            let status = answer.status().as_u16();
            if let Some(next) = hop.follow(status, answer.headers(), &self.policy)? {
                hop = next;
                continue;
            }
            let content_type = answer.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
            let content_type = content_type.unwrap_or_default().to_owned();
            let body = self.before(until, read(&mut answer, hop.url.host_str().unwrap_or_default())).await?;
            return Ok(Response { status, content_type, body, took: self.clock.now().since(begun) });
        }
        Err(FetchFault::TooManyRedirects)
    }

    fn first(&self, request: Request) -> Result<Hop, FetchFault> {
        let url = address::check(&request.url, &self.policy)?;
        let mut headers = HeaderMap::new();
        for (name, value) in request.headers {
            let is_ours = crate::domain::model::tool::is_reserved_header(&name);
            let parsed = HeaderName::from_bytes(name.as_bytes()).ok().zip(HeaderValue::from_str(&value).ok());
            let Some((known, mut value)) = parsed.filter(|_| !is_ours) else {
                return Err(FetchFault::BadHeader(crate::domain::text::clip(&name, 80)));
            };
            value.set_sensitive(true);
            headers.append(known, value);
        }
        Ok(Hop { method: verb(request.method), url, headers, body: request.body.map(Bytes::from) })
    }

    async fn ask(&self, hop: &Hop) -> Result<reqwest::Response, FetchFault> {
        let mut request = self.client.request(hop.method.clone(), hop.url.clone()).headers(hop.headers.clone());
        if let Some(body) = &hop.body {
            request = request.body(body.clone());
        }
        let host = hop.url.host_str().unwrap_or_default();
        request.send().await.map_err(|error| FetchFault::of(&error, host))
    }

    /// Runs `work` until the time limit. On a timeout it is dropped, which closes its connection.
    async fn before<T>(
        &self,
        until: Timestamp,
        work: impl Future<Output = Result<T, FetchFault>>,
    ) -> Result<T, FetchFault> {
        tokio::select! {
            biased;
            done = work => done,
            () = self.clock.sleep_until(until) => Err(FetchFault::TimedOut),
        }
    }
}

async fn read(answer: &mut reqwest::Response, host: &str) -> Result<Vec<u8>, FetchFault> {
    let promised = answer.content_length().unwrap_or(0);
    if promised > BODY_LIMIT as u64 {
        return Err(FetchFault::TooLarge);
    }
    let mut body = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(|error| FetchFault::of(&error, host))? {
        if body.len() + piece.len() > BODY_LIMIT {
            return Err(FetchFault::TooLarge);
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}
