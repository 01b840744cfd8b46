//! Two pools, messages and read marks, so that a slow call delays its own conversation only.

use tokio_util::sync::CancellationToken;

use super::Outbox;
use crate::server::workers::WorkerPool;

/// Most messages sent at once. A tenant gets half of what is free, so that its slow calls do not delay the others.
const MAX_SENDS: usize = 256;
/// Most read marks sent at once, shared as messages are.
const MAX_MARKS: usize = 64;

impl Outbox {
    /// Runs until `stop` is cancelled, then finishes the calls in progress.
    pub async fn run(self, stop: CancellationToken) {
        let wakeups = self.bus.wakeups();
        let pool = |name, wakeup| WorkerPool::new(name, wakeup, &self.clock, &self.entropy, &stop);
        let sends = pool("messages", &wakeups.outbox).max_concurrent(MAX_SENDS);
        let marks = pool("marks", &wakeups.marks).max_concurrent(MAX_MARKS);
        let send = |row| {
            let outbox = self.clone();
            async move { outbox.send(row).await }
        };
        let mark = |mark| {
            let outbox = self.clone();
            async move { outbox.mark(mark).await }
        };
        tokio::join!(
            sends.run(|capacity| self.take(capacity), send),
            marks.run(|capacity| self.take_marks(capacity), mark)
        );
    }
}
