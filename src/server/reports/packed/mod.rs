//! Packed days: what reports count instead of rows. See `domain::report::packed`.
//!
//! For each tenant, kind of facts and UTC day there may be a packed day, and the ids of rows that it does not hold as they
//! are. Both are read in one view with the facts, so a report is exact at any moment: it takes the packed day without those
//! rows, and those rows from the tables (`days`). [`changed`] records them with every change of a fact; [`DayPacker`] packs days
//! again in the background before there are many of them.

mod cache;
pub mod changed;
mod days;
mod pack;

pub use self::{cache::DayCache, days::PlannedDays, pack::DayPacker};
