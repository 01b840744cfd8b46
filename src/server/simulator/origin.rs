//! Keeps other sites in the browser away from the simulator, which has no sign-in.
//!
//! Programs send no `Origin` header and are not affected. A browser sends one with every request that can change
//! something.

use axum::{
    extract::Request,
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// The names of this machine. Any other name in `Host` belongs to a site that was made to resolve to it.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Rejects requests for other names than loopback's, and requests that are not reads and come from another site's page.
pub(super) async fn own_pages_only(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let host = text(headers, header::HOST);
    if host.is_some_and(|host| !LOOPBACK.contains(&name(host))) {
        return (StatusCode::MISDIRECTED_REQUEST, "The simulator serves loopback addresses only.").into_response();
    }
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let is_own = || {
        headers.get(header::ORIGIN).is_none()
            || text(headers, header::ORIGIN)
                .and_then(|origin| origin.strip_prefix("http://"))
                .is_some_and(|origin| Some(origin) == host)
    };
    if is_read || is_own() {
        return next.run(request).await;
    }
    (StatusCode::FORBIDDEN, "This request didn't come from the simulator's own page.").into_response()
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// A host without its port.
fn name(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, middleware, routing::get};
    use tower::ServiceExt;

    use super::*;

    async fn status(method: Method, host: &str, origin: Option<&str>) -> StatusCode {
        let router = Router::new()
            .route("/sim/upload", get(|| async {}).post(|| async {}))
            .layer(middleware::from_fn(own_pages_only));
        let mut request = Request::builder().method(method).uri("/sim/upload").header(header::HOST, host);
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        router.oneshot(request.body(Body::empty()).expect("a request")).await.expect("answers").status()
    }

    #[tokio::test]
    async fn other_sites_pages_change_nothing() {
        let own = "127.0.0.1:3001";
        for origin in [None, Some("http://127.0.0.1:3001")] {
            assert_eq!(status(Method::POST, own, origin).await, StatusCode::OK, "{origin:?}");
        }
        assert_eq!(status(Method::POST, "localhost:3001", Some("http://localhost:3001")).await, StatusCode::OK);
        for origin in
            ["http://evil.test", "null", "https://127.0.0.1:3001", "http://127.0.0.1:3000", "http://localhost:3001"]
        {
            assert_eq!(status(Method::POST, own, Some(origin)).await, StatusCode::FORBIDDEN, "{origin}");
        }
        assert_eq!(
            status(Method::GET, own, Some("http://evil.test")).await,
            StatusCode::OK,
            "it cannot read the answer"
        );
        for host in ["evil.test:3001", "127.0.0.1.evil.test"] {
            let origin = format!("http://{host}");
            assert_eq!(status(Method::POST, host, Some(&origin)).await, StatusCode::MISDIRECTED_REQUEST, "{host}");
            assert_eq!(status(Method::GET, host, None).await, StatusCode::MISDIRECTED_REQUEST, "{host}");
        }
    }
}
