//! Reports: the facts beneath them, which a worker derives from the log, and what messages cost.
//!
//! What a fact is, and which numbers are made of facts, is decided in `domain::report` and `domain::handoff::metrics`.

pub mod cost;
pub mod facts;
