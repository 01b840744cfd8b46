//! Staffing: what a roster would have done with the handoffs of the last weeks, and how many to expect.
//!
//! [`replay`] lets the real arrivals and handling times of the past meet a roster. The model, and what it leaves out:
//!
//! - Handoffs are begun in the order in which they arrived. One is begun as soon as a person on duty has a free slot,
//!   and keeps the slot for its recorded handling time.
//! - A person has as many slots as the team's people held conversations at once ([`concurrency`]). A recorded handling
//!   time was measured while its agent had others open as well, so with that many slots no work is counted twice.
//! - Who leaves passes on what they have: it takes slots of those who are on duty, who begin nothing new until one of
//!   their slots is free.
//! - Patience is unknown: nobody gives up. Handoffs that ended unanswered count like all others.
//!
//! Formulas such as Erlang C do not belong here: they assume one conversation at a time, even arrivals and people
//! around the clock. A test compares the replay with Erlang C where both apply. Randomness is a seed. To add a figure:
//! its field in [`prediction::PredictedOutcome`], and a row in the tests of the replay.

pub mod concurrency;
mod draws;
mod duty;
pub mod forecast;
pub mod forecast_check;
pub mod observed_roster;
pub mod opening_clock;
pub mod past;
pub mod prediction;
pub mod replay;
pub mod roster;
mod roster_text;
pub mod waits;

#[cfg(test)]
mod erlang_tests;
#[cfg(test)]
mod monotone_tests;
#[cfg(test)]
mod replay_tests;
