//! The only SQL in the project: `db` holds the two engines, `tables` a file per table.

pub mod db;
mod row;
mod tables;

pub use db::{Db, Result, StoreError, Tx};
pub(crate) use row::{RowId, to_json};
pub use tables::*;
