//! All SQL of the project: `db` contains the two engines, `tables` has a file per table.

pub mod db;
mod lease;
mod row;
mod tables;

pub use db::{Db, FileLock, Result, StoreError, TransactionError, Tx, WriteLane};
pub use lease::{Lease, Leased};
pub(crate) use row::{RowId, to_json};
pub use tables::*;
