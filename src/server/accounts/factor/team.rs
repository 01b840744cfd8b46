//! The second factors of a team: who has one, whether everyone needs one, and removing that of somebody whose phone is
//! lost.

use super::{FactorError, own::rule};
use crate::{
    contract::second_factor::{MemberFactor, TeamFactors},
    domain::{
        access::{Action, may},
        event::{Change, Event, FactorChange, Initiator, Setting},
        ids::{AgentId, TenantId},
        second_factor::FactorRule,
    },
    server::{
        accounts::{Accounts, Admin, Reauthenticated},
        store::{
            self, Tx,
            agents::{self, AgentRow},
            pending_sign_ins, recovery_codes, second_factors, sessions, tenants,
        },
    },
};

impl Accounts {
    pub async fn team_factors(&self, tenant: &TenantId) -> store::Result<TeamFactors> {
        let mut tx = self.db.begin_read().await?;
        let people = agents::list(&mut tx, tenant).await?;
        let with_factor = second_factors::agents_with(&mut tx, tenant).await?;
        let since = tenants::second_factor_since(&mut tx, tenant).await?;
        let members = people.into_iter().filter(|person| person.active).map(|person| MemberFactor {
            has_factor: with_factor.contains(&person.id),
            agent: person.id,
            name: person.name,
            email: person.email,
        });
        Ok(TeamFactors { rule: rule(since), members: members.collect() })
    }

    /// Sets whether every member needs a second factor. It is asked for at the next sign-in of each; sessions that have
    /// begun go on.
    ///
    /// # Errors
    /// [`FactorError::Invalid`] if the admin has none themself, [`FactorError::NotAdmin`] if they are no admin any more.
    pub async fn factor_rule_save(
        &self,
        admin: &Admin,
        by: Reauthenticated,
        wanted: FactorRule,
    ) -> Result<(), FactorError> {
        let (tenant, id) = (admin.agent().tenant(), admin.agent().id());
        let by = &by.into_initiator();
        self.db
            .transact(move |mut tx| async move {
                let now = self.clock.now();
                let own = agents::lock(&mut tx, tenant, id).await?;
                check_admin(own.as_ref())?;
                tenants::lock(&mut tx, tenant).await?.ok_or(FactorError::NotFound)?;
                let is_now = rule(tenants::second_factor_since(&mut tx, tenant).await?);
                if is_now == wanted {
                    return Ok(tx.rollback().await?);
                }
                let (since, change) = match wanted {
                    FactorRule::Required => {
                        if second_factors::confirmed(&mut tx, tenant, id).await?.is_none() {
                            let detail = "Set up a second factor for yourself first, on your account page.";
                            return Err(FactorError::invalid(detail));
                        }
                        (Some(now), Change::Added)
                    }
                    FactorRule::Optional => (None, Change::Removed),
                };
                tenants::set_second_factor_since(&mut tx, tenant, since).await?;
                let event = Event::Configured { what: Setting::SecondFactor, subject: None, change };
                self.log.commit(tx, tenant, now, by.clone(), event).await?;
                Ok(())
            })
            .await
    }

    /// Removes the second factor of another member, whose sessions end.
    ///
    /// # Errors
    /// [`FactorError::NotFound`] for a member of another tenant; [`FactorError::Invalid`] if the member has none, or is
    /// the admin; [`FactorError::NotAdmin`] if the admin is none any more.
    pub async fn member_factor_remove(
        &self,
        admin: &Admin,
        by: Reauthenticated,
        member: &AgentId,
    ) -> Result<(), FactorError> {
        let (tenant, own) = (admin.agent().tenant(), admin.agent().id());
        if member == own {
            return Err(FactorError::invalid("Your own second factor is on your account page."));
        }
        let by = &by.into_initiator();
        self.db
            .transact(move |mut tx| async move {
                let (own, member) = lock_both(&mut tx, tenant, own, member).await?;
                check_admin(own.as_ref())?;
                let member = member.ok_or(FactorError::NotFound)?;
                self.remove_factor(tx, &member, by.clone()).await
            })
            .await
    }

    /// As [`Self::member_factor_remove`], by the operator on the command line. Returns the person's name.
    ///
    /// # Errors
    /// [`FactorError::Invalid`] if nobody has this email, or the person has no second factor.
    pub async fn remove_second_factor(&self, email: &str) -> Result<String, FactorError> {
        let email = &email.trim().to_lowercase();
        self.db
            .transact(move |mut tx| async move {
                let Some(found) = agents::by_email(&mut tx, email).await? else {
                    return Err(FactorError::Invalid(format!("there is no user with the email {email}")));
                };
                let member = agents::lock(&mut tx, &found.tenant, &found.id).await?.ok_or(FactorError::NotFound)?;
                self.remove_factor(tx, &member, Initiator::SYSTEM).await?;
                Ok(member.name)
            })
            .await
    }

    /// Removes the factor of a person whose account is locked.
    async fn remove_factor(&self, mut tx: Tx, member: &AgentRow, by: Initiator) -> Result<(), FactorError> {
        let (tenant, id) = (&member.tenant, &member.id);
        if !second_factors::remove_confirmed(&mut tx, tenant, id).await? {
            return Err(FactorError::Invalid(format!("{} has no second factor.", member.name)));
        }
        recovery_codes::remove_of(&mut tx, tenant, id).await?;
        pending_sign_ins::remove_of(&mut tx, tenant, id).await?;
        sessions::remove_of(&mut tx, id).await?;
        let event = Event::SecondFactorChanged { agent: id.clone(), change: FactorChange::Removed };
        self.log.commit(tx, tenant, self.clock.now(), by, event).await?;
        self.presence.leave(tenant, id);
        Ok(())
    }
}

/// Whether a person, as the account is now, is an active admin.
fn check_admin(person: Option<&AgentRow>) -> Result<(), FactorError> {
    let is_admin = person.is_some_and(|person| person.active && may(person.role, Action::Administer));
    if is_admin { Ok(()) } else { Err(FactorError::NotAdmin) }
}

/// Locks two accounts in the order of their ids, so that two admins who act on each other do not wait for each other.
async fn lock_both(
    tx: &mut Tx,
    tenant: &TenantId,
    one: &AgentId,
    other: &AgentId,
) -> store::Result<(Option<AgentRow>, Option<AgentRow>)> {
    if one <= other {
        let one = agents::lock(tx, tenant, one).await?;
        Ok((one, agents::lock(tx, tenant, other).await?))
    } else {
        let other = agents::lock(tx, tenant, other).await?;
        Ok((agents::lock(tx, tenant, one).await?, other))
    }
}
