//! Reports: what is counted, from which facts.
//!
//! [`facts`] derives plain facts from the log. What a number means is defined in `handoff::metrics`; reading, storing and
//! drawing belong to the server and the page.
//!
//! [`query`] says what a report is about, in days of the tenant's zone ([`period`]). Lists and numbers take the same rows.

pub mod csv;
pub mod facts;
pub mod fields;
pub mod period;
pub mod query;
pub mod rows;
pub mod summary;
