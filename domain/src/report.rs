//! Reports: what is counted, from which facts.
//!
//! [`facts`] derives plain facts from the log, and [`cost`] says what messages cost. What a number means is defined in
//! `handoff::metrics`; reading, storing and drawing belong to the server and the page.

pub mod cost;
pub mod facts;
