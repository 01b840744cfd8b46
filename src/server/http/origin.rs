//! The origin of a request: the check that it comes from our pages, and the client address behind trusted proxies.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, Method, StatusCode, header};

#[derive(Clone)]
pub struct Origins {
    public: Option<String>,
}

impl Origins {
    pub fn of(public_url: &str) -> Self {
        Self { public: url::Url::parse(public_url).ok().map(|url| url.origin().ascii_serialization()) }
    }
}

/// Rejects requests that are not reads unless their headers show that they come from our own pages (CSRF).
pub async fn same_origin(State(origins): State<Origins>, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) || is_own(&origins, &request) {
        return next.run(request).await;
    }
    (StatusCode::FORBIDDEN, "This request didn't come from this site.").into_response()
}

fn is_own(origins: &Origins, request: &Request) -> bool {
    let text = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let Some(origin) = text(header::ORIGIN) else { return false };
    let own_host = text(header::HOST).is_some_and(|host| {
        url::Url::parse(origin).is_ok_and(|url| {
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            url.host_str().is_some_and(|name| format!("{name}{port}").eq_ignore_ascii_case(host))
        })
    });
    own_host || origins.public.as_deref() == Some(origin)
}

/// For a request from a trusted proxy, sets the client address to the last one that no trusted proxy added.
pub async fn behind_proxies(State(trusted): State<Arc<[IpAddr]>>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
    if let Some(peer) = peer.filter(|peer| trusted.contains(&peer.ip()))
        && let Some(caller) = forwarded(request.headers(), &trusted)
    {
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(caller, peer.port())));
    }
    next.run(request).await
}

/// Reads all `X-Forwarded-For` headers from the end, because everything before the proxies' own entries is the client's
/// claim. An entry that is not an address ends the search without a result.
fn forwarded(headers: &HeaderMap, trusted: &[IpAddr]) -> Option<IpAddr> {
    let lines: Vec<&str> =
        headers.get_all("x-forwarded-for").iter().map(|value| value.to_str().unwrap_or_default()).collect();
    for part in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        let part = part.trim();
        let address = part.parse::<IpAddr>().or_else(|_| part.parse::<SocketAddr>().map(|with_port| with_port.ip()));
        match address {
            Ok(address) if trusted.contains(&address) => {}
            Ok(address) => return Some(address),
            Err(_) => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_address_comes_from_trusted_proxies_only() {
        let proxies: Vec<IpAddr> = ["10.0.0.1", "10.0.0.2"].iter().map(|proxy| proxy.parse().expect("ip")).collect();
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
        assert_eq!(caller(&["198.51.100.1, unknown"]), None, "what stands before it is only said");
        assert_eq!(caller(&["10.0.0.2"]), None);
        assert_eq!(caller(&[]), None);
    }
}
