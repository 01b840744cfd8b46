//! `GET /health`: for load balancers, and counts for the operator that contain no personal data.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;

use crate::server::{
    store::{self, Db, journal},
    webhook::Webhook,
};

/// 200 while the database responds and accepts webhooks, else 503.
pub async fn health(State((db, webhook)): State<(Db, Webhook)>) -> Response {
    if webhook.is_refusing() {
        return (StatusCode::SERVICE_UNAVAILABLE, "Webhooks are rejected: the database doesn't accept writes.")
            .into_response();
    }
    match backlog(&db).await {
        Ok((unread, quarantined)) => {
            format!("ok\nunprocessed webhooks: {unread}\nquarantined items: {quarantined}\n").into_response()
        }
        Err(error) => {
            tracing::error!(%error, "health: database not responding");
            (StatusCode::SERVICE_UNAVAILABLE, "The database doesn't respond.").into_response()
        }
    }
}

async fn backlog(db: &Db) -> store::Result<(i64, i64)> {
    db.still_there()?;
    journal::backlog(&mut db.begin_read().await?).await
}
