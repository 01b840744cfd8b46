//! The Graph API as one business sees it. Paths accept any version (`v26.0`, `v23.0`).
//!
//! To add an endpoint: a route here, and its handler in the file of its noun.

mod account;
mod auth;
mod block;
mod body;
mod check;
mod error;
mod interactive;
mod media;
mod messages;
mod template;
mod thread_control;
mod unknown;

use axum::{
    Router,
    routing::{any, get, post},
};

use super::Simulator;

/// Meta accepts documents of 100 MB; the multipart form needs a little more.
pub(super) const MAX_BODY: usize = 101 * 1024 * 1024;

pub(super) fn routes() -> Router<Simulator> {
    let subscriptions = get(account::subscriptions).post(account::subscribe);
    let blocks = get(block::list).post(block::change).delete(block::change);
    Router::new()
        .route("/{version}/{node}/messages", post(messages::post).fallback(unknown::answer))
        .route("/{version}/{node}/media", post(media::upload).fallback(unknown::answer))
        .route("/{version}/{node}/block_users", blocks.fallback(unknown::answer))
        .route("/{version}/{node}/thread_control", post(thread_control::post).fallback(unknown::answer))
        .route("/{version}/{node}/register", post(account::register).fallback(unknown::answer))
        .route("/{version}/{node}/subscribed_apps", subscriptions.fallback(unknown::answer))
        .route("/{version}/{node}/message_templates", get(account::templates).fallback(unknown::answer))
        .route("/{version}/{node}", get(account::node).delete(media::delete).fallback(unknown::answer))
        // No fallback of the router, because the demo merges it with another one.
        .route("/{version}", any(unknown::answer))
        .route("/{version}/{node}/", any(unknown::answer))
        .route("/{version}/{node}/{edge}", any(unknown::answer))
        .route("/{version}/{node}/{edge}/{item}", any(unknown::answer))
        .route("/whatsapp_business/attachments/", get(media::download))
}
