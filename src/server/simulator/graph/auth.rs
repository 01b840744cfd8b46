//! Authenticates calls by the bearer token and `appsecret_proof`, which shows that the caller knows the app's secret.

use std::collections::HashMap;

use axum::http::{HeaderMap, header};

use super::{
    super::{AppSecretProof, Simulator},
    error::GraphError,
};

/// Accepts a call with our token and, if a proof is given or required, the proof for that token.
pub(super) fn check(
    simulator: &Simulator,
    headers: &HeaderMap,
    query: &HashMap<String, String>,
) -> Result<(), GraphError> {
    let config = &simulator.inner.config;
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token =
        bearer.and_then(|value| value.strip_prefix("Bearer ")).or(query.get("access_token").map(String::as_str));
    match token {
        None => return Err(GraphError::new(190, "An access token is required to request this resource.")),
        Some(token) if token != config.access_token => {
            return Err(GraphError::new(190, "Invalid OAuth access token - Cannot parse access token"));
        }
        Some(_) => {}
    }
    match (query.get("appsecret_proof"), config.app_secret_proof) {
        (None, AppSecretProof::Optional) => Ok(()),
        (None, AppSecretProof::Required) => {
            Err(GraphError::proof("API calls from the server require an appsecret_proof argument"))
        }
        (Some(proof), _) if simulator.inner.signer.proves(&config.access_token, proof) => Ok(()),
        (Some(_), _) => Err(GraphError::proof("Invalid appsecret_proof provided in the API argument")),
    }
}
