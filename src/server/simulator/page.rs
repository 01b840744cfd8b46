//! The phone's page: the `phone*` files beside this one, served as they are with a strict content security policy,
//! without inline scripts or styles. Images, audio and video may come from any host, because a business can send them
//! by URL.

use axum::{
    Router,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};

use super::Simulator;

const SCRIPT: &str = "text/javascript; charset=utf-8";
const POLICY: &str = "default-src 'self'; img-src 'self' https: http:; media-src 'self' https: http:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

pub(super) fn routes() -> Router<Simulator> {
    Router::new()
        .route("/", get(html))
        .route("/phone", get(html))
        .route("/phone.css", get(|| async { file("text/css; charset=utf-8", include_str!("phone.css")) }))
        .route("/phone.js", get(|| async { file(SCRIPT, include_str!("phone.js")) }))
        .route("/phone-kit.js", get(|| async { file(SCRIPT, include_str!("phone-kit.js")) }))
        .route("/phone-chat.js", get(|| async { file(SCRIPT, include_str!("phone-chat.js")) }))
        .route("/phone-say.js", get(|| async { file(SCRIPT, include_str!("phone-say.js")) }))
        .route("/phone-tools.js", get(|| async { file(SCRIPT, include_str!("phone-tools.js")) }))
        .route("/phone.svg", get(|| async { file("image/svg+xml", include_str!("phone.svg")) }))
}

async fn html() -> Response {
    file("text/html; charset=utf-8", include_str!("phone.html"))
}

fn file(mime: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, mime),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, text).into_response()
}
