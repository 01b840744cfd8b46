//! Signing in and out: checks the password, rotates the session, and logs both. Whoever may not even try is told the same
//! whether the account exists or not. A person with a second factor enters its code afterwards: `factor/sign_in.rs`.

use std::net::IpAddr;

use super::{
    Accounts, Agent, FactorOwner,
    device::CallerDevice,
    factor::FactorPassed,
    login,
    password::{self, HashError, HashQueue, LONGEST_WAIT},
    session,
};
use crate::{
    domain::{
        event::{Actor, Event, Initiator, SignInRefusal},
        password::{MAX_LENGTH, is_short},
        time::Span,
    },
    server::{
        secret::Secret,
        store::{self, StoreError, agents, sessions},
    },
};

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The same sentence for a wrong email and a wrong password.
    #[error("Wrong email or password.")]
    Wrong,
    /// Milliseconds until the next attempt is accepted.
    #[error("Too many attempts. Wait {} and try again.", seconds(*.0))]
    TooManyAttempts(i64),
    /// The password was right, and the person has a second factor. The token is for the cookie of the pending sign-in.
    #[error("Enter the code of your authenticator app.")]
    CodeNeeded(Secret),
    #[error(transparent)]
    Hash(#[from] HashError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SignInError {
    /// When it is worth trying again, for an error that time heals.
    pub fn retry_after(&self) -> Option<Span> {
        match self {
            Self::TooManyAttempts(wait) => Some(Span(*wait)),
            Self::Hash(HashError::Busy) => Some(LONGEST_WAIT),
            Self::Wrong | Self::CodeNeeded(_) | Self::Hash(HashError::Failed(_)) | Self::Store(_) => None,
        }
    }
}

/// The tokens for the cookies of a new session and of its device.
#[derive(Clone, Debug)]
pub struct NewSession {
    pub token: String,
    pub device: String,
}

impl Accounts {
    /// `old_token` is that of the session before, which ends.
    pub async fn sign_in(
        &self,
        email: &str,
        password: String,
        from: &CallerDevice,
        old_token: Option<&str>,
    ) -> Result<NewSession, SignInError> {
        let email = email.trim().to_lowercase();
        if email.contains('\0') || email.len() > 254 || password.len() > MAX_LENGTH {
            return Err(SignInError::Wrong);
        }
        let known = self.known_device(&email, from).await?;
        let scopes = login::scopes(&email, from.address, known.as_deref());
        if let Some(wait) = self.limiter.wait(&scopes) {
            return Err(self.too_many(&email, from, wait));
        }
        let queue = if known.is_some() { HashQueue::Known } else { HashQueue::Stranger };
        let slot = self.hasher.slot(queue).await.inspect_err(|error| match error {
            HashError::Busy => self.record_refusal(&email, from, SignInRefusal::Busy),
            HashError::Failed(_) => {}
        })?;
        self.limiter.take(&scopes).map_err(|wait| self.too_many(&email, from, wait))?;
        let mut tx = self.db.begin_read().await?;
        let found = agents::by_email(&mut tx, &email).await?;
        drop(tx);
        let why = match &found {
            Some(record) if !record.active => SignInRefusal::Inactive,
            Some(_) | None => SignInRefusal::Password,
        };
        let record = found.filter(|record| record.active);
        let hash = record.as_ref().map_or(password::DUMMY_HASH, |record| &record.password_hash).to_owned();
        let short_password = is_short(&password);
        let matches = self.hasher.verify(slot, password, hash).await?;
        let Some(record) = record.filter(|_| matches) else {
            self.record_refusal(&email, from, why);
            return Err(SignInError::Wrong);
        };
        self.limiter.give_back(&scopes);
        let (record, known) = (&record, from.token.as_deref().filter(|_| known.is_some()));
        self.db
            .transact(move |mut tx| async move {
                let now = self.clock.now();
                // The account may have changed while the password was verified. Then its sessions were ended, and none
                // may follow.
                let current = agents::hold(&mut tx, &record.tenant, &record.id).await?;
                if current.is_none_or(|current| !current.active || current.password_hash != record.password_hash) {
                    return Err(SignInError::Wrong);
                }
                let Some(passed) = FactorPassed::without_one(&mut tx, &record.tenant, &record.id).await? else {
                    let token = self.await_code(&mut tx, record, short_password, now).await?;
                    tx.commit().await?;
                    return Err(SignInError::CodeNeeded(token));
                };
                if let Some(old) = old_token {
                    sessions::remove(&mut tx, &session::hash(old)).await?;
                }
                let row = sessions::SessionRow { short_password, ..self.session_of(record, from, now) };
                let token = self.open(&mut tx, &row, passed, now).await?;
                let device = self.remember_device(&mut tx, record, known, now).await?;
                let event = Event::SignedIn { agent: record.id.clone() };
                let initiator = Initiator { actor: Actor::Agent(record.id.clone()), address: from.address };
                self.log.commit(tx, &record.tenant, now, initiator, event).await?;
                Ok(NewSession { token, device })
            })
            .await
    }

    fn too_many(&self, email: &str, from: &CallerDevice, wait: Span) -> SignInError {
        self.record_refusal(email, from, SignInRefusal::TooManyAttempts);
        SignInError::TooManyAttempts(wait.0)
    }

    /// As [`Self::sign_out`], also for a person who owes a second factor.
    pub async fn sign_out_owner(&self, owner: &FactorOwner, address: Option<IpAddr>) -> store::Result<()> {
        self.sign_out(owner.agent(), address).await
    }

    pub async fn sign_out(&self, agent: &Agent, address: Option<IpAddr>) -> store::Result<()> {
        self.db
            .transact(move |mut tx| async move {
                sessions::remove(&mut tx, agent.session()).await?;
                let event = Event::SignedOut { agent: agent.id().clone() };
                self.log.commit(tx, agent.tenant(), self.clock.now(), agent.initiator(address), event).await?;
                self.presence.leave(agent.tenant(), agent.id());
                Ok(())
            })
            .await
    }
}

pub(super) fn seconds(millis: i64) -> String {
    let seconds = (millis + 999) / 1_000;
    if seconds == 1 { "a second".to_owned() } else { format!("{seconds} seconds") }
}
