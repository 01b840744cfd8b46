//! The Graph API as one business sees it. Paths accept any version (`v26.0`, `v23.0`).
//!
//! To add an endpoint: a route here, and its handler in the file of its noun.

mod account;
mod auth;
mod check;
mod error;
mod interactive;
mod media;
mod messages;
mod template;

use axum::{
    Router,
    routing::{get, post},
};

use super::Simulator;

/// Meta accepts documents of 100 MB; the multipart form needs a little more.
pub(super) const MAX_BODY: usize = 101 * 1024 * 1024;

pub(super) fn routes() -> Router<Simulator> {
    Router::new()
        .route("/{version}/{node}/messages", post(messages::post))
        .route("/{version}/{node}/media", post(media::upload))
        .route("/{version}/{node}/register", post(account::register))
        .route("/{version}/{node}/subscribed_apps", get(account::subscriptions).post(account::subscribe))
        .route("/{version}/{node}/message_templates", get(account::templates))
        .route("/{version}/{node}", get(account::node).delete(media::delete))
        .route("/whatsapp_business/attachments/", get(media::download))
}
