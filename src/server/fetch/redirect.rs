//! Follows one redirect: its target, and which parts of the request are sent there (RFC 9110, 15.4).

use reqwest::{
    Method, Url,
    header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, HeaderMap, HeaderName, LOCATION},
};

use super::{FetchFault, Policy, address};

/// Most redirects of one request.
pub(super) const MAX_REDIRECTS: usize = 3;

/// Headers that are also sent to another server. Any other header may contain a secret.
const SAFE_HEADERS: [HeaderName; 3] = [ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE];

/// A request before or between redirects.
#[derive(Clone, Debug)]
pub(super) struct Hop {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<bytes::Bytes>,
}

impl Hop {
    /// The next request, or `None` if the response is no redirect.
    ///
    /// # Errors
    /// [`FetchFault::BadRedirect`], or [`FetchFault::Refused`] if it leads into a closed network.
    pub(super) fn follow(&self, status: u16, answer: &HeaderMap, policy: &Policy) -> Result<Option<Self>, FetchFault> {
        if !matches!(status, 301 | 302 | 303 | 307 | 308) {
            return Ok(None);
        }
        let Some(location) = answer.get(LOCATION) else { return Ok(None) };
        let location = location.to_str().map_err(|_| FetchFault::BadRedirect("it isn't text"))?;
        let url = self.url.join(location).map_err(|_| FetchFault::BadRedirect("it isn't a web address"))?;
        address::check_url(&url, policy).map_err(|fault| match fault {
            FetchFault::BadAddress(why) => FetchFault::BadRedirect(why),
            other => other,
        })?;
        if self.url.scheme() == "https" && url.scheme() == "http" {
            return Err(FetchFault::BadRedirect("it leaves HTTPS"));
        }
        let mut next = Self { url, ..self.clone() };
        // 303 asks for a GET. For 301 and 302 clients have long done the same with POST, and the RFC allows it.
        let becomes_get = (status == 303 && self.method != Method::HEAD)
            || (matches!(status, 301 | 302) && self.method == Method::POST);
        if becomes_get {
            next.method = Method::GET;
            next.body = None;
            next.headers.remove(CONTENT_TYPE);
        }
        if next.url.origin() != self.url.origin() {
            next.headers = self
                .headers
                .iter()
                .filter(|(name, _)| SAFE_HEADERS.contains(name) && next.headers.contains_key(*name))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
        }
        Ok(Some(next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hop(method: Method) -> Hop {
        let mut headers = HeaderMap::new();
        for (name, value) in
            [("authorization", "Bearer s"), ("x-api-key", "s"), ("content-type", "text/plain"), ("accept", "*/*")]
        {
            headers.insert(name, value.parse().expect("a value"));
        }
        let url = Url::parse("https://shop.example/a").expect("an address");
        Hop { method, url, headers, body: Some("b".into()) }
    }

    fn follow(method: Method, status: u16, to: &str) -> Result<Option<Hop>, FetchFault> {
        let mut answer = HeaderMap::new();
        answer.insert(LOCATION, to.parse().expect("a value"));
        hop(method).follow(status, &answer, &Policy::default())
    }

    #[test]
    fn another_origin_gets_safe_headers_only() {
        let names = |to: &str| {
            let next = follow(Method::PUT, 307, to).expect("allowed").expect("a redirect");
            let mut names: Vec<String> = next.headers.keys().map(ToString::to_string).collect();
            names.sort();
            names
        };
        assert_eq!(names("/b"), ["accept", "authorization", "content-type", "x-api-key"]);
        for other in ["https://other.example/", "https://shop.example:8443/", "//evil.example/"] {
            assert_eq!(names(other), ["accept", "content-type"], "{other}");
        }
    }

    #[test]
    fn method_and_body_follow_the_rfc() {
        for (method, status, expected, body) in [
            (Method::POST, 301, Method::GET, false),
            (Method::POST, 302, Method::GET, false),
            (Method::PUT, 302, Method::PUT, true),
            (Method::PUT, 303, Method::GET, false),
            (Method::POST, 307, Method::POST, true),
            (Method::DELETE, 308, Method::DELETE, true),
        ] {
            let next = follow(method.clone(), status, "/b").expect("allowed").expect("a redirect");
            assert_eq!((next.method, next.body.is_some()), (expected, body), "{method} {status}");
        }
        assert!(follow(Method::GET, 304, "/b").expect("no fault").is_none());
        assert!(follow(Method::GET, 200, "/b").expect("no fault").is_none());
    }

    #[test]
    fn a_redirect_to_a_blocked_address_is_refused() {
        for to in ["http://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/", "//10.0.0.1/", "https://0x7f.1/"]
        {
            let found = follow(Method::GET, 302, to).map(|_| ());
            assert!(matches!(found, Err(FetchFault::Refused(_))), "{to}: {found:?}");
        }
        for to in
            ["file:///etc/passwd", "http://shop.example/", "gopher://x/", "https://a:b@shop.example/", "https://["]
        {
            let found = follow(Method::GET, 302, to).map(|_| ());
            assert!(matches!(found, Err(FetchFault::BadRedirect(_))), "{to}: {found:?}");
        }
    }
}
