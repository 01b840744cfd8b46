//! Setting up a second factor, on the account page and on the page of those who owe one: the new secret with the field
//! for its first code, and the recovery codes.
//!
//! Each is shown once: the server keeps neither a readable secret nor the codes. Nothing here needs a session that may do
//! more.

mod new_factor;
mod recovery;

use crate::contract::second_factor::{NewFactor, RecoveryCodes};

pub use self::{new_factor::NewFactorForm, recovery::RecoveryCodesList};

/// How far a set-up is.
#[derive(Clone, Debug)]
pub enum FactorStage {
    /// It has not begun, or has ended.
    Overview,
    New(NewFactor),
    Codes(RecoveryCodes),
}
