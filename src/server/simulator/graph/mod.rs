//! The Graph API as one business sees it. Paths accept any version (`v26.0`, `v23.0`), and paths of edges also none, as
//! some clients call them.
//!
//! To add an endpoint: a route here, and its handler in the file of its noun.

mod account;
mod auth;
mod block;
mod body;
mod check;
mod error;
mod faults;
mod interactive;
mod media;
mod messages;
mod template;
mod thread_control;
mod unknown;

use axum::{
    Router,
    routing::{MethodRouter, any, get, post},
};
use serde::Deserialize;

use super::Simulator;

/// Meta accepts documents of 100 MB; the multipart form needs a little more.
pub(super) const MAX_BODY: usize = 101 * 1024 * 1024;

/// What a path names.
#[derive(Deserialize)]
struct At {
    /// Absent in a path that begins with the node.
    #[serde(default)]
    version: Option<String>,
    node: String,
}

pub(super) fn routes() -> Router<Simulator> {
    let edges: [(&str, MethodRouter<Simulator>); 7] = [
        ("messages", post(messages::post)),
        ("media", post(media::upload)),
        ("block_users", get(block::list).post(block::change).delete(block::change)),
        ("thread_control", post(thread_control::post)),
        ("register", post(account::register)),
        ("subscribed_apps", get(account::subscriptions).post(account::subscribe)),
        ("message_templates", get(account::templates)),
    ];
    let routes = edges.into_iter().fold(Router::<Simulator>::new(), |routes, (edge, methods)| {
        let methods = methods.fallback(unknown::answer);
        let (with_version, without) = (format!("/{{version}}/{{node}}/{edge}"), format!("/{{node}}/{edge}"));
        routes.route(&with_version, methods.clone()).route(&without, methods)
    });
    routes
        .route("/{version}/{node}", get(account::node).delete(media::delete).fallback(unknown::answer))
        // No fallback of the router, because the demo merges it with another one.
        .route("/{version}", any(unknown::answer))
        .route("/{version}/{node}/", any(unknown::answer))
        .route("/{version}/{node}/{edge}", any(unknown::answer))
        .route("/{version}/{node}/{edge}/", any(unknown::answer))
        .route("/{version}/{node}/{edge}/{*rest}", any(unknown::answer))
        .route("/whatsapp_business/attachments/", get(media::download))
}
