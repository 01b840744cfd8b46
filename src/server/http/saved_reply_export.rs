//! `GET /saved-replies/export`: what the caller may insert as a CSV file, which can be imported again.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::server::{accounts::Agent, settings::Settings};

/// 401 signed out.
pub async fn export(agent: Agent, State(settings): State<Settings>) -> Response {
    match settings.saved_replies_export(&agent).await {
        Ok(file) => {
            let headers = [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"saved-replies.csv\""),
                (header::CACHE_CONTROL, "no-store"),
            ];
            (headers, file).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "http: export of saved replies failed");
            (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side. Try again.").into_response()
        }
    }
}
