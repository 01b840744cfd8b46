//! The origin of a request: the checks that it is for our site and comes from our pages, and the client address behind
//! trusted proxies.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, FromRequestParts, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, StatusCode, header, request::Parts};

use super::limits::ForwardedLimits;
use crate::server::proxies::TrustedProxies;

/// What counts as our own site: the configured public URL. `Host` decides nothing: it is what a stranger's page claims.
#[derive(Clone)]
pub struct Origins {
    /// Scheme, host and port, as browsers write them.
    own: Arc<[String]>,
    /// Names in the `Host` header, without ports.
    hosts: Arc<[String]>,
}

/// The names of this machine. An attacker cannot point them elsewhere, and a proxy may use them for its requests.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// For the operator of a proxy that puts its own name there, as nginx does unless it is configured.
const MISDIRECTED: &str = "This server doesn't serve this address. Open it by its public URL; a proxy must pass the \
                           original Host header.";

impl Origins {
    /// With a public URL on loopback, as the demo's, every loopback name is our own.
    pub fn of(public_url: &str) -> Self {
        let Ok(url) = url::Url::parse(public_url) else { return Self { own: Arc::default(), hosts: Arc::default() } };
        let host = url.host_str().unwrap_or_default();
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let is_loopback = LOOPBACK.contains(&host) || host.ends_with(".localhost") || host.starts_with("127.");
        let origins = std::iter::once(host).chain(LOOPBACK.into_iter().filter(|_| is_loopback));
        let own = origins.map(|name| format!("{}://{name}{port}", url.scheme())).collect();
        let hosts = std::iter::once(host).chain(LOOPBACK).map(str::to_owned).collect();
        Self { own, hosts }
    }

    /// Whether a request is for this site. A page of another name that resolves to this address must not read ours.
    fn serves(&self, headers: &HeaderMap) -> bool {
        let Some(host) = headers.get(header::HOST) else { return true };
        let Ok(host) = host.to_str() else { return false };
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => name,
            _ => host,
        };
        let name = name.strip_suffix('.').unwrap_or(name);
        self.hosts.iter().any(|known| known.eq_ignore_ascii_case(name))
    }

    fn is_own(&self, headers: &HeaderMap) -> bool {
        let origin = headers.get(header::ORIGIN).and_then(|value| value.to_str().ok());
        origin.is_some_and(|origin| self.own.iter().any(|own| own == origin))
    }
}

/// Rejects requests for another site, and requests that are not reads unless their headers show that they come from our
/// own pages (CSRF).
pub async fn same_origin(State(origins): State<Origins>, request: Request, next: Next) -> Response {
    if !origins.serves(request.headers()) {
        return (StatusCode::MISDIRECTED_REQUEST, MISDIRECTED).into_response();
    }
    if matches!(*request.method(), Method::GET | Method::HEAD) || origins.is_own(request.headers()) {
        return next.run(request).await;
    }
    (StatusCode::FORBIDDEN, "This request didn't come from this site.").into_response()
}

/// The trusted proxies, and the limits of those who come through them.
#[derive(Clone)]
pub struct Proxies {
    pub trusted: TrustedProxies,
    pub limits: ForwardedLimits,
}

/// For a request from a trusted proxy, sets the client address to the last one that no trusted proxy added, and limits
/// that address's requests. Direct connections are limited where they are accepted.
pub async fn behind_proxies(State(proxies): State<Proxies>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
    let Some((peer, caller)) = peer
        .filter(|peer| proxies.trusted.contains(peer.ip()))
        .and_then(|peer| Some((peer, forwarded(request.headers(), &proxies.trusted)?)))
    else {
        return next.run(request).await;
    };
    request.extensions_mut().insert(ConnectInfo(SocketAddr::new(caller, peer.port())));
    match proxies.limits.take(caller) {
        Some(_share) => next.run(request).await,
        None => (StatusCode::TOO_MANY_REQUESTS, "Too many requests from your network. Try again in a moment.")
            .into_response(),
    }
}

/// The client address of a request, behind trusted proxies too. `None` only where no connection was accepted.
pub fn client_address(parts: &Parts) -> Option<IpAddr> {
    parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical())
}

/// [`client_address`] as an argument of an endpoint.
pub struct ClientAddress(pub Option<IpAddr>);

impl<S: Send + Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(client_address(parts)))
    }
}

/// Reads all `X-Forwarded-For` headers from the end, because everything before the proxies' own entries is the client's
/// claim. An entry that is not an address ends the search without a result.
fn forwarded(headers: &HeaderMap, trusted: &TrustedProxies) -> Option<IpAddr> {
    let lines: Vec<&str> =
        headers.get_all("x-forwarded-for").iter().map(|value| value.to_str().unwrap_or_default()).collect();
    for part in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        match address_of(part.trim()) {
            Some(address) if trusted.contains(address) => {}
            address => return address,
        }
    }
    None
}

/// `203.0.113.7`, `203.0.113.7:4711`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:4711`. A server that listens on
/// `[::]` sees IPv4 addresses as IPv6; they are returned as IPv4.
fn address_of(entry: &str) -> Option<IpAddr> {
    let bare = entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(entry);
    let address = bare.parse::<IpAddr>().or_else(|_| entry.parse::<SocketAddr>().map(|with_port| with_port.ip()));
    address.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, middleware, routing::get};
    use tower::ServiceExt;

    use super::*;
    use crate::{
        domain::time::Timestamp,
        server::clock::{Clock, ManualClock},
    };

    /// The address that the request's handler sees.
    async fn seen_from(trusted: &str, peer: &str, forwarded_for: &str) -> String {
        let limits = ForwardedLimits::new(Clock::manual(ManualClock::at(Timestamp(1_000_000))));
        let proxies = Proxies { trusted: TrustedProxies::parse(trusted).expect("proxies"), limits };
        let handler = |ConnectInfo(seen): ConnectInfo<SocketAddr>| async move { seen.ip().to_string() };
        let router =
            Router::new().route("/", get(handler)).layer(middleware::from_fn_with_state(proxies, behind_proxies));
        let mut request = Request::get("/").header("x-forwarded-for", forwarded_for);
        let peer = SocketAddr::new(peer.parse().expect("an address"), 4711);
        request.extensions_mut().expect("a valid request").insert(ConnectInfo(peer));
        let response = router.oneshot(request.body(Body::empty()).expect("a request")).await.expect("answers");
        let body = axum::body::to_bytes(response.into_body(), 1_024).await.expect("a body");
        String::from_utf8_lossy(&body).into_owned()
    }

    #[tokio::test]
    async fn a_proxy_is_known_whether_the_server_listens_on_ipv4_or_on_both() {
        for trusted in ["10.0.0.1", "10.0.0.0/31", "::ffff:10.0.0.1", "192.0.2.0/24, fd00::/8, 10.0.0.0/31"] {
            for peer in ["10.0.0.1", "::ffff:10.0.0.1"] {
                assert_eq!(seen_from(trusted, peer, "203.0.113.7").await, "203.0.113.7", "{trusted} {peer}");
            }
            assert_eq!(seen_from(trusted, "10.0.0.2", "203.0.113.7").await, "10.0.0.2", "{trusted}: no proxy of ours");
        }
        assert_eq!(seen_from("fd00::/8", "fd00::7", "198.51.100.1, 203.0.113.7, fd00::8").await, "203.0.113.7");
        assert_eq!(seen_from("fd00::/8", "fe00::7", "203.0.113.7").await, "fe00::7");
    }

    fn headers(name: http::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().expect("a header"))])
    }

    #[test]
    fn our_own_origin_is_the_public_url_with_its_scheme() {
        let own = |public_url: &str, origin: &str| Origins::of(public_url).is_own(&headers(header::ORIGIN, origin));
        assert!(own("https://desk.test", "https://desk.test"));
        for foreign in
            ["http://desk.test", "https://desk.test:444", "https://evil.test", "null", "https://desk.test.evil"]
        {
            assert!(!own("https://desk.test", foreign), "{foreign}");
        }
        assert!(!own("https://desk.test", "https://localhost"));
        for loopback in ["http://127.0.0.1:3000", "http://localhost:3000", "http://[::1]:3000"] {
            assert!(own("http://127.0.0.1:3000", loopback), "{loopback}");
            assert!(!own("http://127.0.0.1:3001", loopback), "another port: {loopback}");
        }
        assert!(!Origins::of("https://desk.test").is_own(&HeaderMap::new()));
    }

    #[test]
    fn another_name_for_our_address_is_not_served() {
        let serves = |host: &str| Origins::of("https://desk.test").serves(&headers(header::HOST, host));
        for ours in ["desk.test", "DESK.test:443", "desk.test.", "127.0.0.1:3000", "localhost", "[::1]:3000"] {
            assert!(serves(ours), "{ours}");
        }
        for foreign in ["evil.test", "evil.test:4500", "desk.test.evil.test", "127.0.0.1.evil.test", ""] {
            assert!(!serves(foreign), "{foreign}");
        }
        assert!(Origins::of("https://desk.test").serves(&HeaderMap::new()), "HTTP/1.0 has no Host");
    }

    #[test]
    fn the_client_address_comes_from_trusted_proxies_only() {
        let proxies = TrustedProxies::parse("10.0.0.1, 10.0.0.2").expect("proxies");
        let caller = |lines: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", line.parse().expect("a header"));
            }
            forwarded(&headers, &proxies).map(|address| address.to_string())
        };
        assert_eq!(caller(&["203.0.113.7"]).as_deref(), Some("203.0.113.7"));
        assert_eq!(caller(&["198.51.100.1, 203.0.113.7, 10.0.0.2"]).as_deref(), Some("203.0.113.7"));
        // A proxy that appends a header of its own instead of extending the client's.
        assert_eq!(caller(&["198.51.100.1", "203.0.113.7"]).as_deref(), Some("203.0.113.7"));
        assert_eq!(caller(&["198.51.100.1, 203.0.113.7:4711"]).as_deref(), Some("203.0.113.7"));
        assert_eq!(caller(&["2001:db8::1, ::ffff:10.0.0.2"]).as_deref(), Some("2001:db8::1"));
        for entry in ["[2001:db8::1]", "[2001:db8::1]:4711"] {
            assert_eq!(caller(&[entry]).as_deref(), Some("2001:db8::1"), "{entry}");
        }
        assert_eq!(caller(&["::ffff:203.0.113.7"]).as_deref(), Some("203.0.113.7"));
        assert_eq!(caller(&["198.51.100.1, unknown"]), None, "what stands before it is only said");
        assert_eq!(caller(&["10.0.0.2"]), None);
        assert_eq!(caller(&[]), None);
    }
}
