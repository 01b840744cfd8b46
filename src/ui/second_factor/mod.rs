//! Setting up a second factor, on the account page and on the page of those who owe one: the new secret with the field
//! for its first code, and the recovery codes.
//!
//! `contract::second_factor::FactorStage` says how far a set-up is. Each is shown once: the server keeps neither a readable
//! secret nor the codes. Nothing here needs a session that may do more.

mod new_factor;
mod recovery;

pub use self::{new_factor::NewFactorForm, recovery::RecoveryCodesList};
