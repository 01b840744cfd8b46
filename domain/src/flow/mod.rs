//! Flows: what the bot does step by step, as configured by an admin. Definition, checks, and a pure step function.
//!
//! Code here only decides. It never sends, makes requests or calls a model; it returns what is to be done next
//! ([`run::Continuation`]). To add a kind of message: `say.rs`. To add a kind of step: a variant of
//! [`definition::StepKind`], its arms in `outline` and `step`, its checks in [`check`], and its card in the editor;
//! ARCHITECTURE.md lists the steps.

mod answer;
pub mod check;
mod choose;
mod day;
pub mod definition;
pub mod diff;
pub mod edit;
mod extract;
mod fill;
mod fits;
pub mod limits;
mod negations;
mod outline;
mod path;
pub mod run;
pub mod samples;
pub mod say;
pub mod step;
pub mod words;

pub use fits::{answers, bodies};

#[cfg(test)]
mod random_tests;
