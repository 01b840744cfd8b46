//! A person's own second factor: set up, replaced, removed, and its recovery codes.

use std::net::IpAddr;

use super::{FactorError, totp};
use crate::{
    contract::second_factor::{NewFactor, OwnFactor, RecoveryCodes},
    domain::{
        event::{Event, FactorChange},
        second_factor::{FactorRule, SETUP_LIFETIME, TypedCode},
        time::Timestamp,
    },
    server::{
        accounts::{Accounts, Agent, ConfirmedOwner, FactorOwner, login::AttemptScope},
        seal::SealedField,
        secret::Secret,
        store::{
            self, agents, recovery_codes,
            second_factors::{self, FactorRow},
            tenants,
        },
    },
};

const WRONG: &str = "Wrong code. Enter the six digits that your app shows now.";

impl Accounts {
    /// The proof that the person entered the password a short while ago; `None` if it was longer ago.
    pub fn confirmed_owner(&self, owner: FactorOwner, address: Option<IpAddr>) -> Option<ConfirmedOwner> {
        ConfirmedOwner::of(owner, address, self.clock.now())
    }

    /// The agent's own factor, as the account page shows it.
    pub async fn second_factor(&self, agent: &Agent) -> store::Result<OwnFactor> {
        let mut tx = self.db.begin_read().await?;
        let (tenant, id) = (agent.tenant(), agent.id());
        let factor = second_factors::confirmed(&mut tx, tenant, id).await?;
        let since = tenants::second_factor_since(&mut tx, tenant).await?;
        Ok(OwnFactor {
            set_up: factor.and_then(|factor| factor.confirmed_at).map(Timestamp),
            recovery_codes: recovery_codes::left(&mut tx, tenant, id).await?,
            rule: rule(since),
        })
    }

    /// Makes a new secret, which replaces the one of before once its first code is entered.
    pub async fn second_factor_begin(&self, by: ConfirmedOwner) -> Result<NewFactor, FactorError> {
        let agent = by.agent();
        let secret = totp::new_secret(self.entropy.bytes());
        let now = self.clock.now();
        let id = self.entropy.id(now);
        let field = SealedField::SecondFactor(agent.tenant(), &id);
        let sealed = self.seal.seal(&self.entropy, field, secret.expose())?;
        let row = &FactorRow {
            id,
            tenant_id: agent.tenant().clone(),
            agent_id: agent.id().clone(),
            secret: sealed,
            created_at: now.0,
            confirmed_at: None,
        };
        let saved: Result<(), FactorError> = self
            .db
            .transact(move |mut tx| async move {
                agents::lock(&mut tx, &row.tenant_id, &row.agent_id).await?.ok_or(FactorError::NotFound)?;
                second_factors::save_pending(&mut tx, row).await?;
                Ok(tx.commit().await?)
            })
            .await;
        saved?;
        let picture = totp::picture(&secret, agent.email());
        Ok(NewFactor { secret: secret.expose().to_owned(), picture })
    }

    /// Takes the first code of the secret that was made last. Returns recovery codes; those of before are invalid.
    /// Attempts are counted for this session: whoever stole it must not guess the code and get the recovery codes.
    ///
    /// # Errors
    /// [`FactorError::Invalid`] for a wrong code, or if the secret was made too long ago;
    /// [`FactorError::TooManyAttempts`].
    pub async fn second_factor_confirm(
        &self,
        owner: &FactorOwner,
        address: Option<IpAddr>,
        typed: &str,
    ) -> Result<RecoveryCodes, FactorError> {
        let Some(TypedCode::App(code)) = TypedCode::parse(typed) else { return Err(FactorError::invalid(WRONG)) };
        let (agent, code) = (owner.agent(), &code);
        let (tenant, id) = (agent.tenant(), agent.id());
        let scopes = [AttemptScope::Session(agent.session().to_owned())];
        self.limiter.take(&scopes).map_err(|wait| FactorError::TooManyAttempts(wait.0))?;
        let confirmed: Result<RecoveryCodes, FactorError> = self
            .db
            .transact(move |mut tx| async move {
                let now = self.clock.now();
                agents::lock(&mut tx, tenant, id).await?.ok_or(FactorError::NotFound)?;
                let pending = second_factors::pending(&mut tx, tenant, id).await?;
                let pending = pending.filter(|row| now.since(Timestamp(row.created_at)) < SETUP_LIFETIME);
                let pending = pending.ok_or_else(|| FactorError::invalid("This took too long. Start again."))?;
                let secret = self.seal.open(SealedField::SecondFactor(tenant, &pending.id), &pending.secret)?;
                let step = totp::matching_step(&secret, code, now)?.ok_or_else(|| FactorError::invalid(WRONG))?;
                let change = match second_factors::remove_confirmed(&mut tx, tenant, id).await? {
                    true => FactorChange::Replaced,
                    false => FactorChange::Added,
                };
                second_factors::confirm(&mut tx, tenant, &pending.id, step, now).await?;
                let codes = self.renew_codes(&mut tx, tenant, id).await?;
                let event = Event::SecondFactorChanged { agent: id.clone(), change };
                self.log.commit(tx, tenant, now, agent.initiator(address), event).await?;
                Ok(RecoveryCodes(codes))
            })
            .await;
        if confirmed.is_ok() {
            self.limiter.give_back(&scopes);
        }
        confirmed
    }

    /// Makes new recovery codes. Those of before are invalid.
    ///
    /// # Errors
    /// [`FactorError::Invalid`] without a second factor.
    pub async fn recovery_codes_renew(&self, by: ConfirmedOwner) -> Result<RecoveryCodes, FactorError> {
        let (tenant, id, by) = (by.agent().tenant(), by.agent().id(), &by);
        self.db
            .transact(move |mut tx| async move {
                agents::lock(&mut tx, tenant, id).await?.ok_or(FactorError::NotFound)?;
                if second_factors::confirmed(&mut tx, tenant, id).await?.is_none() {
                    return Err(FactorError::invalid("Set up a second factor first."));
                }
                let codes = self.renew_codes(&mut tx, tenant, id).await?;
                let event = Event::SecondFactorChanged { agent: id.clone(), change: FactorChange::CodesRenewed };
                self.log.commit(tx, tenant, self.clock.now(), by.initiator(), event).await?;
                Ok(RecoveryCodes(codes))
            })
            .await
    }

    /// Removes the person's own factor. Without one, nothing changes.
    ///
    /// # Errors
    /// [`FactorError::Invalid`] while the tenant requires one.
    pub async fn second_factor_remove(&self, by: ConfirmedOwner) -> Result<(), FactorError> {
        let (tenant, id, by) = (by.agent().tenant(), by.agent().id(), &by);
        self.db
            .transact(move |mut tx| async move {
                agents::lock(&mut tx, tenant, id).await?.ok_or(FactorError::NotFound)?;
                // The rule may change at the same time.
                tenants::lock(&mut tx, tenant).await?.ok_or(FactorError::NotFound)?;
                if tenants::second_factor_since(&mut tx, tenant).await?.is_some() {
                    return Err(FactorError::invalid("Your company requires a second factor. Replace it instead."));
                }
                if !second_factors::remove_confirmed(&mut tx, tenant, id).await? {
                    return Ok(tx.rollback().await?);
                }
                recovery_codes::remove_of(&mut tx, tenant, id).await?;
                let event = Event::SecondFactorChanged { agent: id.clone(), change: FactorChange::Removed };
                self.log.commit(tx, tenant, self.clock.now(), by.initiator(), event).await?;
                Ok(())
            })
            .await
    }
}

/// A secret that the person's page shows already, with its picture: for a form without scripts that is drawn again. It
/// comes from that form and not from the store, where it may be one that another session has made meanwhile. `None` for a
/// text that is no secret.
pub fn shown_again(owner: &FactorOwner, secret: &str) -> Option<NewFactor> {
    if !totp::is_secret(secret) {
        return None;
    }
    let picture = totp::picture(&Secret::new(secret), owner.agent().email());
    Some(NewFactor { secret: secret.to_owned(), picture })
}

/// What a tenant requires, by since when.
pub(super) fn rule(since: Option<Timestamp>) -> FactorRule {
    match since {
        Some(_) => FactorRule::Required,
        None => FactorRule::Optional,
    }
}
