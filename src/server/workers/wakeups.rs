//! Hints of one node that there may be work of a kind. One that nobody waits for is kept; one that is lost costs a poll.

use tokio::sync::Notify;

#[derive(Default)]
pub struct Wakeups {
    pub journal: Notify,
    pub turns: Notify,
    pub calls: Notify,
    pub models: Notify,
    pub outbox: Notify,
    pub marks: Notify,
    pub media: Notify,
}

impl Wakeups {
    /// Wakes whoever takes rows under a lease: some became free.
    pub fn wake_lease_takers(&self) {
        for wakeup in [&self.turns, &self.calls, &self.models, &self.outbox, &self.marks, &self.media] {
            wakeup.notify_one();
        }
    }
}
