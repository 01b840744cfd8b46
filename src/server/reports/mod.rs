//! Reports: the facts beneath them, which a worker derives from the log.
//!
//! What a fact is, and which numbers are made of facts, is decided in `domain::report` and `domain::handoff::metrics`.

pub mod facts;
