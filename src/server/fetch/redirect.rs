//! Follows one redirect: its target, and which parts of the request are sent there (RFC 9110, 15.4).

use reqwest::{
    Method, Url,
    header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, HeaderMap, HeaderName, LOCATION},
};

use super::{FetchFault, Policy, address};

/// Most redirects of one request.
pub(super) const HOPS: usize = 3;

/// Headers that are also sent to another server. Any other header may contain a secret.
const HARMLESS: [HeaderName; 3] = [ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE];

/// A request before or between redirects.
#[derive(Clone, Debug)]
pub(super) struct Leg {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<bytes::Bytes>,
}

impl Leg {
    /// The next request, or `None` if the response is no redirect.
    ///
    /// # Errors
    /// [`FetchFault::BadRedirect`], or [`FetchFault::Refused`] if it leads into a closed network.
    pub(super) fn after(&self, status: u16, answer: &HeaderMap, policy: &Policy) -> Result<Option<Self>, FetchFault> {
        if !matches!(status, 301 | 302 | 303 | 307 | 308) {
            return Ok(None);
        }
        let Some(location) = answer.get(LOCATION) else { return Ok(None) };
        let location = location.to_str().map_err(|_| FetchFault::BadRedirect("it isn't text"))?;
        let url = self.url.join(location).map_err(|_| FetchFault::BadRedirect("it isn't a web address"))?;
        address::fit(&url, policy).map_err(|fault| match fault {
            FetchFault::BadAddress(why) => FetchFault::BadRedirect(why),
            other => other,
        })?;
        if self.url.scheme() == "https" && url.scheme() == "http" {
            return Err(FetchFault::BadRedirect("it leaves HTTPS"));
        }
        let mut next = Self { url, ..self.clone() };
        // 303 asks for a GET. For 301 and 302 clients have long done the same with POST, and the RFC allows it.
        let looks = (status == 303 && self.method != Method::HEAD)
            || (matches!(status, 301 | 302) && self.method == Method::POST);
        if looks {
            next.method = Method::GET;
            next.body = None;
            next.headers.remove(CONTENT_TYPE);
        }
        if next.url.origin() != self.url.origin() {
            next.headers = self
                .headers
                .iter()
                .filter(|(name, _)| HARMLESS.contains(name) && next.headers.contains_key(*name))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
        }
        Ok(Some(next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leg(method: Method) -> Leg {
        let mut headers = HeaderMap::new();
        for (name, value) in
            [("authorization", "Bearer s"), ("x-api-key", "s"), ("content-type", "text/plain"), ("accept", "*/*")]
        {
            headers.insert(name, value.parse().expect("a value"));
        }
        let url = Url::parse("https://shop.example/a").expect("an address");
        Leg { method, url, headers, body: Some("b".into()) }
    }

    fn follow(method: Method, status: u16, to: &str) -> Result<Option<Leg>, FetchFault> {
        let mut answer = HeaderMap::new();
        answer.insert(LOCATION, to.parse().expect("a value"));
        leg(method).after(status, &answer, &Policy::default())
    }

    #[test]
    fn another_origin_is_told_no_secret() {
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
    fn a_redirect_leads_nowhere_a_request_may_not_go() {
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
