//! Acme's order system: what the demo's order-status flow asks. It stands for a system of the tenant's own, so it listens
//! beside the phone, outside of the server.

use axum::{
    Json, Router,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;

/// Where it answers, below the simulator's address.
pub const ORDERS: &str = "/shop/orders";

/// Orders by number. One of them always breaks, so that a failed look-up can be seen.
const KNOWN: [(&str, &str); 3] = [("10042", "shipped"), ("10043", "delivered"), ("10044", "being packed")];
const BROKEN: &str = "10050";

pub fn routes() -> Router {
    Router::new().route(&format!("{ORDERS}/{{number}}"), get(order))
}

async fn order(Path(number): Path<String>) -> Response {
    let number = number.trim_start_matches('#');
    if number == BROKEN {
        return (StatusCode::SERVICE_UNAVAILABLE, Json(json!({"error": "the warehouse isn't responding"})))
            .into_response();
    }
    match KNOWN.iter().find(|(known, _)| *known == number) {
        Some((number, status)) => Json(json!({"number": number, "status": status})).into_response(),
        None => (StatusCode::NOT_FOUND, Json(json!({"error": "no such order"}))).into_response(),
    }
}
