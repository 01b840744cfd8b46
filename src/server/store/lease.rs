//! The right to work on a row.

use std::ops::Deref;

use crate::domain::ids::NodeId;

/// Who works on a row. Every taking makes a new token, which fences out a worker whose lease was lost; the owner tells
/// whose leases can be freed when a node is gone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lease {
    pub owner: NodeId,
    pub token: String,
}

/// A row that was taken, and its lease. It reads as the row.
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
