//! Flows: what the bot does step by step, as an admin built it. Definition, faults, and one pure step at a time.
//!
//! What lives here decides; it never sends, fetches or asks a model, it only says that this is to be done next
//! ([`run::Continuation`]). To add a kind of message: `say.rs`. To add a step kind: a variant of [`definition::StepKind`], its arms in `outline` and `step`, its faults in
//! [`check`], its card in the editor; ARCHITECTURE.md walks through it.

mod answer;
pub mod check;
mod day;
pub mod definition;
pub mod diff;
pub mod edit;
mod fill;
pub mod limits;
mod outline;
mod path;
pub mod run;
pub mod samples;
pub mod say;
pub mod step;
pub mod words;

#[cfg(test)]
mod random_tests;
