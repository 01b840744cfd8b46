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
    lasts: AtomicBool,
    begins: Notify,
}

impl Outage {
    pub(super) fn met(&self, error: &dyn std::fmt::Display) {
        if !self.0.lasts.swap(true, Ordering::Relaxed) {
            tracing::error!(%error, "webhook: journal unavailable, answering 503");
            self.0.begins.notify_one();
        }
    }

    pub(super) fn over(&self) {
        if self.0.lasts.swap(false, Ordering::Relaxed) {
            tracing::info!("webhook: journal available, accepting again");
        }
    }

    pub(super) fn lasts(&self) -> bool {
        self.0.lasts.load(Ordering::Relaxed)
    }

    /// Completes when the next outage begins. Supports one listener.
    pub(super) async fn begins(&self) {
        self.0.begins.notified().await;
    }
}
