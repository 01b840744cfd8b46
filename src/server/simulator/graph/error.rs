//! Errors in Meta's format.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::super::{Simulator, codes, ids};

/// The Graph API's code for an unknown path. It is not one of WhatsApp's.
const UNKNOWN_PATH: u32 = 2500;

/// An error: a code and a text for people. Clients decide by the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct GraphError {
    pub(super) code: u32,
    pub(super) details: String,
    pub(super) kind: &'static str,
    pub(super) subcode: Option<u32>,
    /// The HTTP status, if it is not the usual one of the code.
    pub(super) status: Option<u16>,
    /// Whether the error passes by itself, if it says so.
    pub(super) is_transient: Option<bool>,
}

impl GraphError {
    /// An error about the content of a call.
    pub(super) fn new(code: u32, details: impl Into<String>) -> Self {
        Self { code, details: details.into(), kind: "OAuthException", subcode: None, status: None, is_transient: None }
    }

    /// A required parameter is missing.
    pub(super) fn missing(name: &str) -> Self {
        Self::new(131_008, format!("The parameter {name} is required."))
    }

    /// A parameter has an invalid value.
    pub(super) fn invalid(name: &str, why: &str) -> Self {
        Self::new(131_009, format!("{name} {why}"))
    }

    /// A parameter is too long.
    pub(super) fn too_long(name: &str, limit: usize) -> Self {
        Self::invalid(name, &format!("must be at most {limit} characters long."))
    }

    /// The body has the wrong shape.
    pub(super) fn shape(details: impl Into<String>) -> Self {
        Self::new(100, details)
    }

    /// The path names no object that this token can access.
    pub(super) fn no_object(id: &str) -> Self {
        let details = format!(
            "Unsupported request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, \
            or does not support this operation."
        );
        Self { kind: "GraphMethodException", subcode: Some(33), ..Self::new(100, details) }
    }

    /// The path has an edge that the node does not have.
    pub(super) fn unknown_path(edge: &str) -> Self {
        Self::new(UNKNOWN_PATH, format!("Unknown path components: /{edge}"))
    }

    /// The node does not support the method.
    pub(super) fn unsupported(method: &str, node: &str) -> Self {
        let no_object = Self::no_object(node);
        let named = format!("Unsupported {} request.", method.to_ascii_lowercase());
        Self { details: no_object.details.replacen("Unsupported request.", &named, 1), ..no_object }
    }

    /// The `appsecret_proof` is missing or wrong.
    pub(super) fn proof(details: &str) -> Self {
        Self { kind: "GraphMethodException", ..Self::new(100, details) }
    }

    fn body(&self, trace: String) -> Value {
        let title = codes::find(self.code).title;
        // A Graph error that does not come from WhatsApp has no details besides its message.
        let graph = self.kind == "GraphMethodException" || matches!(self.code, 0 | 190 | UNKNOWN_PATH);
        let message = if graph { &self.details } else { title };
        let mut error = json!({"message": format!("(#{}) {message}", self.code), "type": self.kind,
            "code": self.code, "fbtrace_id": trace});
        if graph {
            error["message"] = self.details.as_str().into();
        } else {
            error["error_data"] = json!({"messaging_product": "whatsapp", "details": self.details});
        }
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = subcode.into();
        }
        if let Some(is_transient) = self.is_transient {
            error["is_transient"] = is_transient.into();
        }
        json!({"error": error})
    }

    /// The HTTP response.
    pub(super) fn answer(&self, simulator: &Simulator) -> Response {
        let trace = ids::trace(&mut simulator.inner.world().rng);
        let status = self.status.unwrap_or(codes::find(self.code).http);
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        (status, Json(self.body(trace))).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::GraphError;

    #[test]
    fn the_shape_is_metas() {
        let body = GraphError::new(131_056, "Too many to one customer.").body("A1".to_owned());
        assert_eq!(body["error"]["code"], 131_056);
        assert_eq!(body["error"]["type"], "OAuthException");
        assert_eq!(body["error"]["error_data"]["messaging_product"], "whatsapp");
        assert_eq!(body["error"]["error_data"]["details"], "Too many to one customer.");
        let missing = GraphError::no_object("77").body("A2".to_owned());
        assert_eq!(missing["error"]["error_subcode"], 33);
        assert!(missing["error"].get("error_data").is_none());
    }
}
