//! The second half of a sign-in: the code, after the right password. Between the two there is a record, not a session; a
//! cookie binds it to the browser, a few minutes and a few wrong codes end it.
//!
//! A code is taken while its account is locked, so that of two sign-ins with the same code one succeeds. Attempts are
//! counted before the code is looked at (`login::code_scopes`), not for the sign-in: a person may have any number of them.

use super::{FactorPassed, code_hash, totp};
use crate::{
    domain::{
        event::{Actor, Event, FactorChange, Initiator, SignInRefusal},
        second_factor::{MOST_WRONG_CODES, SIGN_IN_LIFETIME, TypedCode},
        time::{Span, Timestamp},
    },
    server::{
        accounts::{
            Accounts, CallerDevice,
            login::code_scopes,
            refusal::log_refusal,
            session,
            sign_in::{NewSession, seconds},
        },
        seal::{SealError, SealedField},
        secret::Secret,
        store::{
            self, StoreError, Tx,
            agents::{self, AgentRow},
            pending_sign_ins::{self, PendingSignInRow},
            recovery_codes, second_factors,
            sessions::{self, SessionRow},
        },
    },
};

/// Why a code signed nobody in.
#[derive(Debug, thiserror::Error)]
pub enum CodeError {
    #[error("Wrong code. Enter the newest one that your app shows, or a recovery code.")]
    Wrong,
    /// It, or a later one, was accepted before.
    #[error("This code was used already. Wait until your app shows the next one.")]
    Used,
    /// There is no such pending sign-in any more.
    #[error("This sign-in has ended. Start again with your password.")]
    Ended,
    /// Milliseconds until the next attempt is accepted.
    #[error("Too many wrong codes. Wait {} and try again.", seconds(*.0))]
    TooManyAttempts(i64),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CodeError {
    /// When it is worth trying again, for an error that time heals.
    pub fn retry_after(&self) -> Option<Span> {
        match self {
            Self::TooManyAttempts(wait) => Some(Span(*wait)),
            Self::Wrong | Self::Used | Self::Ended | Self::Seal(_) | Self::Store(_) => None,
        }
    }
}

/// What became of a code.
enum CodeCheck {
    OfApp(FactorPassed),
    Recovery(FactorPassed),
    Wrong,
    Used,
}

impl Accounts {
    /// Begins to wait for the code of a person whose password was right. Returns the token for the browser's cookie.
    pub(in crate::server::accounts) async fn await_code(
        &self,
        tx: &mut Tx,
        record: &AgentRow,
        short_password: bool,
        now: Timestamp,
    ) -> store::Result<Secret> {
        let token = hex::encode(self.entropy.bytes::<32>());
        let row = PendingSignInRow {
            tenant_id: record.tenant.clone(),
            agent_id: record.id.clone(),
            password_digest: session::hash(&record.password_hash),
            short_password,
            expires_at: now.plus(SIGN_IN_LIFETIME).0,
        };
        pending_sign_ins::sweep(tx, now).await?;
        pending_sign_ins::insert(tx, &session::hash(&token), &row).await?;
        Ok(Secret::new(token))
    }

    /// Takes the code of the pending sign-in that `token` belongs to, and begins a session in its place. `old_token` is
    /// that of the browser's session before, which ends.
    pub async fn sign_in_code(
        &self,
        token: &str,
        typed: &str,
        from: &CallerDevice,
        old_token: Option<&str>,
    ) -> Result<NewSession, CodeError> {
        let pending = session::hash(token);
        let record = self.awaited(&pending).await?;
        let known = self.known_device(&record.email, from).await?;
        let scopes = code_scopes(&record.id, from.address, known.as_deref());
        self.limiter.take(&scopes).map_err(|wait| {
            self.record_refusal(&record.email, from, SignInRefusal::TooManyAttempts);
            CodeError::TooManyAttempts(wait.0)
        })?;
        let (record, pending) = (&record, pending.as_str());
        let known = from.token.as_deref().filter(|_| known.is_some());
        let ended: Result<NewSession, CodeError> = self
            .db
            .transact(move |mut tx| async move {
                let now = self.clock.now();
                let Some((record, row)) = locked(&mut tx, record, pending, now).await? else {
                    return Err(CodeError::Ended);
                };
                let (passed, recovery_code_used) = match self.check_code(&mut tx, &record, typed, now).await? {
                    CodeCheck::OfApp(passed) => (passed, false),
                    CodeCheck::Recovery(passed) => (passed, true),
                    CodeCheck::Wrong => return self.refuse_code(tx, &record, pending, from, CodeError::Wrong).await,
                    CodeCheck::Used => return self.refuse_code(tx, &record, pending, from, CodeError::Used).await,
                };
                if !pending_sign_ins::take(&mut tx, pending).await? {
                    return Err(CodeError::Ended);
                }
                if let Some(old) = old_token {
                    sessions::remove(&mut tx, &session::hash(old)).await?;
                }
                let short_password = row.short_password;
                let row = SessionRow { short_password, recovery_code_used, ..self.session_of(&record, from, now) };
                let token = self.open(&mut tx, &row, passed, now).await?;
                let device = self.remember_device(&mut tx, &record, known, now).await?;
                let mut events = Vec::new();
                if recovery_code_used {
                    events
                        .push(Event::SecondFactorChanged { agent: record.id.clone(), change: FactorChange::CodeUsed });
                }
                events.push(Event::SignedIn { agent: record.id.clone() });
                let initiator = Initiator { actor: Actor::Agent(record.id), address: from.address };
                self.log.commit_all(tx, &record.tenant, now, initiator, events).await?;
                Ok(NewSession { token, device })
            })
            .await;
        match &ended {
            // No code was looked at, or the right one.
            Ok(_) | Err(CodeError::Ended) => self.limiter.give_back(&scopes),
            Err(
                CodeError::Wrong
                | CodeError::Used
                | CodeError::TooManyAttempts(_)
                | CodeError::Seal(_)
                | CodeError::Store(_),
            ) => {}
        }
        ended
    }

    /// The account of a pending sign-in.
    async fn awaited(&self, pending: &str) -> Result<AgentRow, CodeError> {
        let mut tx = self.db.begin_read().await?;
        let row = pending_sign_ins::find(&mut tx, pending, self.clock.now()).await?.ok_or(CodeError::Ended)?;
        agents::find(&mut tx, &row.tenant_id, &row.agent_id).await?.ok_or(CodeError::Ended)
    }

    /// Looks at a code, and uses it up if it is right. The account is locked.
    async fn check_code(
        &self,
        tx: &mut Tx,
        record: &AgentRow,
        typed: &str,
        now: Timestamp,
    ) -> Result<CodeCheck, CodeError> {
        let (tenant, agent) = (&record.tenant, &record.id);
        match TypedCode::parse(typed) {
            Some(TypedCode::App(code)) => {
                let factor = second_factors::confirmed(tx, tenant, agent).await?.ok_or(CodeError::Ended)?;
                let secret = self.seal.open(SealedField::SecondFactor(tenant, &factor.id), &factor.secret)?;
                let Some(step) = totp::matching_step(&secret, &code, now)? else { return Ok(CodeCheck::Wrong) };
                Ok(match second_factors::use_step(tx, tenant, &factor.id, step).await? {
                    true => CodeCheck::OfApp(FactorPassed(())),
                    false => CodeCheck::Used,
                })
            }
            Some(TypedCode::Recovery(code)) => {
                Ok(match recovery_codes::consume(tx, tenant, agent, &code_hash(agent, &code), now).await? {
                    true => CodeCheck::Recovery(FactorPassed(())),
                    false => CodeCheck::Wrong,
                })
            }
            None => Ok(CodeCheck::Wrong),
        }
    }

    /// Counts and records a wrong code, and commits.
    async fn refuse_code(
        &self,
        mut tx: Tx,
        record: &AgentRow,
        pending: &str,
        from: &CallerDevice,
        refusal: CodeError,
    ) -> Result<NewSession, CodeError> {
        let why = SignInRefusal::Code;
        pending_sign_ins::count_failure(&mut tx, pending, MOST_WRONG_CODES).await?;
        let initiator = Initiator { actor: Actor::System, address: from.address };
        let event = Event::SignInRefused { agent: record.id.clone(), why };
        self.log.commit(tx, &record.tenant, self.clock.now(), initiator, event).await?;
        log_refusal(&record.email, from.address, why);
        Err(refusal)
    }
}

/// Locks the account of a pending sign-in. `None` if the sign-in has ended, or the account is not what it was when the
/// password was entered.
async fn locked(
    tx: &mut Tx,
    record: &AgentRow,
    pending: &str,
    now: Timestamp,
) -> store::Result<Option<(AgentRow, PendingSignInRow)>> {
    let Some(record) = agents::lock(tx, &record.tenant, &record.id).await? else { return Ok(None) };
    let Some(row) = pending_sign_ins::find(tx, pending, now).await? else { return Ok(None) };
    let is_same = record.active && row.password_digest == session::hash(&record.password_hash);
    Ok(is_same.then_some((record, row)))
}
