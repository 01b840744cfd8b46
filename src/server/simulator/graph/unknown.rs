//! Answers to calls that the simulator does not know: errors in Meta's format, because clients parse them.

use std::collections::HashMap;

use axum::{
    extract::{Query, State},
    http::{HeaderMap, Method, Uri},
    response::Response,
};

use super::{super::Simulator, auth, error::GraphError};

/// Any call without a handler of its own: an edge that the simulator does not have, or another method.
pub(super) async fn answer(
    State(simulator): State<Simulator>,
    method: Method,
    uri: Uri,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let refusal = match auth::check(&simulator, &headers, &query) {
        Err(refusal) => refusal,
        Ok(()) => refusal(&method, uri.path()),
    };
    refusal.answer(&simulator)
}

/// As at Meta, an unknown edge and an unsupported method of a node have different errors.
fn refusal(method: &Method, path: &str) -> GraphError {
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let is_version =
        |part: &str| part.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let first = parts.next().unwrap_or_default();
    let node = if is_version(first) { parts.next().unwrap_or_default() } else { first };
    match parts.next() {
        Some(edge) => GraphError::unknown_path(edge),
        None => GraphError::unsupported(method.as_str(), node),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_and_a_method_have_different_errors() {
        for (path, code, told) in [
            ("/v26.0/100/groups", 2500, "groups"),
            ("/100/calls", 2500, "calls"),
            ("/v26.0/100/message_qrdls/AB", 2500, "message_qrdls"),
            ("/v26.0/100", 100, "'100'"),
            ("/v26.0/100/", 100, "'100'"),
            ("/100", 100, "'100'"),
            ("/", 100, "''"),
        ] {
            let refusal = refusal(&Method::POST, path);
            assert_eq!(refusal.code, code, "{path}");
            assert!(refusal.details.contains(told), "{path}: {}", refusal.details);
        }
    }
}
