//! What all workers share: the loop that polls for due work, leases, wake-ups, and this node's presence.
//!
//! A worker takes rows through [`Jobs`] (or its own table) under a [`Lease`], of all tenants in turn
//! ([`TenantShares`]), and runs in a [`WorkerPool`]. The composition root runs it with [`keep_running`], after
//! [`Node::join`].

mod housekeeping;
mod jobs;
mod node;
mod panics;
mod tenant_shares;
mod wakeups;
mod worker_pool;

pub use self::{
    housekeeping::keep_running,
    jobs::{Jobs, retry_after},
    node::{Node, PRESENCE},
    panics::{Panicked, catch_panic, on_blocking_thread},
    tenant_shares::{NextShare, Rotation, ShareLimit, TenantShares},
    wakeups::Wakeups,
    worker_pool::{AtStop, WorkerPool},
};
pub use crate::server::store::{
    Lease, Leased,
    jobs::{JobKind, Selection},
};
