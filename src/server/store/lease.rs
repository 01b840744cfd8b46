//! Leases: the exclusive right to work on a row for a limited time.

use std::ops::Deref;

use crate::domain::ids::NodeId;

/// The holder of a row. Every lease has a new token, which fences out a worker whose lease was lost. The owner shows
/// whose leases can be freed when a node is gone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lease {
    pub owner: NodeId,
    pub token: String,
}

/// A taken row and its lease. It dereferences to the row.
#[derive(Clone, Debug)]
pub struct Leased<R> {
    pub row: R,
    pub lease: Lease,
}

impl<R> Deref for Leased<R> {
    type Target = R;

    fn deref(&self) -> &R {
        &self.row
    }
}
