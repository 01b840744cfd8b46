//! Acme's order system, which the demo's order-status flow calls. It stands for the tenant's own system, so it is
//! served beside the simulator, outside of the server.

use axum::{
    Json, Router,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;

/// Its path below the simulator's URL.
pub const ORDERS: &str = "/shop/orders";

/// Orders by number. One order always fails, to show a failed lookup.
pub const KNOWN: [(&str, &str); 3] = [("10042", "shipped"), ("10043", "delivered"), ("10044", "being packed")];
pub const BROKEN: &str = "10050";

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
