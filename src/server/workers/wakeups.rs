//! Wake-ups within one node: there may be work of a kind. A wake-up is kept until a worker waits for it; a lost one
//! costs a poll.

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
    pub endings: Notify,
    pub index: Notify,
    /// A log goes on: there are facts to derive.
    pub facts: Notify,
    /// Facts changed: days may have to be packed.
    pub packing: Notify,
}

impl Wakeups {
    /// Wakes all workers that take rows under a lease, because leases were freed.
    pub fn wake_lease_takers(&self) {
        let lease_takers = [&self.turns, &self.calls, &self.models, &self.outbox, &self.marks, &self.media];
        for wakeup in lease_takers.into_iter().chain([&self.endings, &self.index]) {
            wakeup.notify_one();
        }
    }
}
