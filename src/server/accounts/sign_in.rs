//! Signing in and out: checks the password, rotates the session, and logs both.

use super::{
    Accounts, Agent,
    password::{self, HashError},
    session,
};
use crate::{
    domain::event::{Actor, Event},
    server::store::{self, StoreError, agents, sessions},
};

/// Why a sign-in failed.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The same sentence for a wrong email and a wrong password.
    #[error("Wrong email or password.")]
    Wrong,
    /// Milliseconds until the next attempt is accepted.
    #[error("Too many attempts. Wait {} and try again.", seconds(*.0))]
    TooManyAttempts(i64),
    #[error(transparent)]
    Hash(#[from] HashError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Accounts {
    /// Returns the token of a new session.
    pub async fn sign_in(
        &self,
        email: &str,
        password: String,
        address: &str,
        old_token: Option<&str>,
    ) -> Result<String, SignInError> {
        let email = email.trim().to_lowercase();
        if email.contains('\0') || email.len() > 254 || password.len() > password::MAX_LENGTH {
            return Err(SignInError::Wrong);
        }
        self.limiter.check_rate(&email, address).map_err(|wait| SignInError::TooManyAttempts(wait.0))?;
        let mut tx = self.db.begin_read().await?;
        let record = agents::by_email(&mut tx, &email).await?.filter(|record| record.active);
        drop(tx);
        let hash = record.as_ref().map_or(password::DUMMY_HASH, |record| &record.password_hash).to_owned();
        let matches = self.hasher.verify(password, hash).await?;
        let Some(record) = record.filter(|_| matches) else {
            return Err(SignInError::Wrong);
        };
        let now = self.clock.now();
        let mut tx = self.db.begin_write().await?;
        // The account may have changed while the password was verified. Then its sessions were ended, and none may follow.
        let current = agents::hold(&mut tx, &record.tenant, &record.id).await?;
        if current.is_none_or(|current| !current.active || current.password_hash != record.password_hash) {
            return Err(SignInError::Wrong);
        }
        if let Some(old) = old_token {
            sessions::remove(&mut tx, &session::hash(old)).await?;
        }
        let token = self.open(&mut tx, &record, now).await?;
        let event = Event::SignedIn { agent: record.id.clone() };
        self.log.commit(tx, &record.tenant, now, Actor::Agent(record.id.clone()), event).await?;
        Ok(token)
    }

    pub async fn sign_out(&self, agent: &Agent) -> store::Result<()> {
        let now = self.clock.now();
        let mut tx = self.db.begin_write().await?;
        sessions::remove(&mut tx, agent.session()).await?;
        let event = Event::SignedOut { agent: agent.id().clone() };
        self.log.commit(tx, agent.tenant(), now, agent.actor(), event).await?;
        self.presence.leave(agent.tenant(), agent.id());
        Ok(())
    }
}

fn seconds(millis: i64) -> String {
    let seconds = (millis + 999) / 1_000;
    if seconds == 1 { "a second".to_owned() } else { format!("{seconds} seconds") }
}
