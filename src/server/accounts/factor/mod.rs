//! Second factors of people: a secret that their authenticator app has, too, and recovery codes for when the phone is not
//! at hand. Set up and managed by the person (`own`), required and removed by admins (`team`), entered after the password
//! (`sign_in`). Secrets are encrypted; a secret and recovery codes leave the server once, in the answer that makes them.
//!
//! What a code looks like and how often it may be wrong is decided in `domain::second_factor`; cookies belong to `http`.
//! To add something that a person does with their factor: a method in `own.rs` that takes a `ConfirmedOwner`.

mod own;
mod sign_in;
mod team;
mod totp;

use super::{Accounts, Agent, session, sign_in::seconds};
use crate::{
    domain::{
        ids::{AgentId, TenantId},
        second_factor::{RECOVERY_CODES, recovery_code},
    },
    server::{
        seal::SealError,
        store::{self, StoreError, Tx, recovery_codes, second_factors},
    },
};

pub use own::shown_again;
pub use sign_in::CodeError;

/// Why a second factor was not changed.
#[derive(Debug, thiserror::Error)]
pub enum FactorError {
    /// There is no such member, or they belong to another tenant.
    #[error("not found")]
    NotFound,
    /// The admin is none any more.
    #[error("only admins can do this")]
    NotAdmin,
    /// The sentence is for the person who tried.
    #[error("{0}")]
    Invalid(String),
    /// Milliseconds until the next attempt is accepted.
    #[error("Too many wrong codes. Wait {} and try again.", seconds(*.0))]
    TooManyAttempts(i64),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl FactorError {
    fn invalid(detail: &str) -> Self {
        Self::Invalid(detail.to_owned())
    }
}

/// Proof that no code is missing for a session: the person has no second factor, entered its code, or is signed in
/// already. A new way to begin a session does not compile without it.
#[derive(Debug)]
pub(super) struct FactorPassed(());

impl FactorPassed {
    /// `None` if the person has a second factor, whose code is missing.
    pub async fn without_one(tx: &mut Tx, tenant: &TenantId, agent: &AgentId) -> store::Result<Option<Self>> {
        let factor = second_factors::confirmed(tx, tenant, agent).await?;
        Ok(factor.is_none().then_some(Self(())))
    }

    /// A session takes the place of the agent's own.
    pub fn by_session(_agent: &Agent) -> Self {
        Self(())
    }
}

impl Accounts {
    /// Replaces the recovery codes of an agent, and returns the new ones.
    async fn renew_codes(&self, tx: &mut Tx, tenant: &TenantId, agent: &AgentId) -> store::Result<Vec<String>> {
        let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| recovery_code(self.entropy.bytes())).collect();
        let hashes: Vec<String> = codes.iter().map(|code| code_hash(agent, &code.replace('-', ""))).collect();
        recovery_codes::replace(tx, tenant, agent, &hashes).await?;
        Ok(codes)
    }
}

/// What is stored of a recovery code without its hyphens. It has 80 random bits, which nobody guesses from a stolen
/// database, so one round of SHA-256 is enough. Ten of argon2 per sign-in would be a way to keep the server busy.
fn code_hash(agent: &AgentId, code: &str) -> String {
    session::hash(&format!("{agent}\0{code}"))
}
