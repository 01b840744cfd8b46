//! Whether webhooks are refused because the database is unavailable. Begin and end of an outage are logged once each.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::Notify;

#[derive(Clone, Default)]
pub(super) struct Outage(Arc<State>);

#[derive(Default)]
struct State {
    is_active: AtomicBool,
    started: Notify,
}

impl Outage {
    pub(super) fn start(&self, error: &dyn std::fmt::Display) {
        if !self.0.is_active.swap(true, Ordering::Relaxed) {
            tracing::error!(%error, "webhook: journal unavailable, answering 503");
            self.0.started.notify_one();
        }
    }

    pub(super) fn end(&self) {
        if self.0.is_active.swap(false, Ordering::Relaxed) {
            tracing::info!("webhook: journal available, accepting again");
        }
    }

    pub(super) fn is_active(&self) -> bool {
        self.0.is_active.load(Ordering::Relaxed)
    }

    /// Completes when the next outage begins. Supports one listener.
    pub(super) async fn wait_for_start(&self) {
        self.0.started.notified().await;
    }
}
