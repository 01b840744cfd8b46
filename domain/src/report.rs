//! Reports: what is counted, from which facts.
//!
//! [`facts`] derives plain facts from the log. What a number means is defined in `handoff::metrics` and said in
//! [`definition`]; reading, storing and drawing belong to the server and the page.
//!
//! [`query`] says what a report is about, in days of the tenant's zone ([`period`]). [`count`] decides which row counts for
//! which measure; [`tally`] adds up a report, and [`list`] the rows behind one of its numbers, by the same decision.
//! [`packed`] holds the rows of a day in few bytes.
//! [`cost`] says what messages cost.

pub mod cost;
pub mod count;
pub mod definition;
pub mod distribution;
pub mod export;
pub mod facts;
pub mod fields;
pub mod list;
pub mod measure;
pub mod packed;
pub mod period;
pub mod query;
pub mod reason;
pub mod rows;
pub mod summary;
pub mod tally;

#[cfg(test)]
mod samples;
