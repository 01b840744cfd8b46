//! Outcomes: what agents pick when they close. The list is small, so each change saves the rows that differ. None is
//! removed, only archived, because the log holds their ids.

use crate::{
    contract::{flow::MoveDirection, outcomes::Outcomes},
    domain::{
        event::{Change, Initiator, Setting},
        ids::{OutcomeId, TenantId},
        outcome::{MAX_ACTIVE, Outcome, OutcomeChoice, OutcomeRule, is_same, name_fault},
        settings::TenantSettings,
    },
    server::store::{Tx, outcomes, tenants},
};

use super::{Result, Settings, SettingsError, configured};

impl Settings {
    pub async fn read_outcomes(&self, tenant: &TenantId) -> Result<Outcomes> {
        let mut tx = self.db.begin_read().await?;
        let record = tenants::find(&mut tx, tenant).await?.ok_or(SettingsError::NotFound)?;
        let all = outcomes::list(&mut tx, tenant).await?;
        let archived = all.iter().filter(|outcome| outcome.archived).map(|outcome| outcome.name.clone()).collect();
        Ok(Outcomes { choice: OutcomeChoice::of(&all, record.settings.outcome_rule), archived })
    }

    /// Adds an outcome at the end. One of that name that is archived can be picked again.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] for a name that is invalid or in use, or if there are as many as there are keys.
    pub async fn outcome_add(&self, tenant: &TenantId, initiator: Initiator, name: &str) -> Result<OutcomeId> {
        let now = self.clock.now();
        let (mut tx, _) = self.begin(tenant).await?;
        let mut all = outcomes::list(&mut tx, tenant).await?;
        if let Some(detail) = name_fault(name, all.iter().filter(|outcome| !outcome.archived)) {
            return Err(SettingsError::Invalid(detail));
        }
        if all.iter().filter(|outcome| !outcome.archived).count() >= MAX_ACTIVE {
            let detail = format!("You can have up to {MAX_ACTIVE} outcomes. Remove one first.");
            return Err(SettingsError::Invalid(detail));
        }
        let before = all.clone();
        let id = match all.iter().position(|outcome| is_same(&outcome.name, name)) {
            Some(at) => all.remove(at).id,
            None => self.entropy.id(now),
        };
        all.push(Outcome { id: id.clone(), name: name.trim().to_owned(), archived: false });
        save(&mut tx, tenant, &before, &all).await?;
        let change = configured(Setting::Outcome, Some(id.as_str()), Change::Added);
        self.commit(tx, tenant, now, initiator, vec![change]).await?;
        Ok(id)
    }

    /// Renames an outcome that was called `seen` on the person's screen, also in conversations that were closed with it.
    ///
    /// # Errors
    /// [`SettingsError::NotFound`] for one that is not there or archived, [`SettingsError::Stale`] if somebody else has
    /// renamed it meanwhile, and as [`Settings::outcome_add`].
    pub async fn outcome_rename(
        &self,
        tenant: &TenantId,
        initiator: Initiator,
        id: &OutcomeId,
        seen: &str,
        name: &str,
    ) -> Result<()> {
        self.change_outcomes(tenant, initiator, id, Change::Changed, |all, at| {
            if all[at].name != seen && all[at].name != name.trim() {
                let detail = format!("It was renamed to “{}” meanwhile. Save again to replace that.", all[at].name);
                return Err(SettingsError::Stale(detail));
            }
            let others = all.iter().filter(|outcome| !outcome.archived && outcome.id != *id);
            if let Some(detail) = name_fault(name, others) {
                return Err(SettingsError::Invalid(detail));
            }
            all[at].name = name.trim().to_owned();
            Ok(())
        })
        .await
    }

    /// Moves an outcome, whose place is its key. At the end of the list nothing happens.
    pub async fn outcome_move(
        &self,
        tenant: &TenantId,
        initiator: Initiator,
        id: &OutcomeId,
        way: MoveDirection,
    ) -> Result<()> {
        self.change_outcomes(tenant, initiator, id, Change::Changed, |all, at| {
            let is_active = |at: &usize| !all[*at].archived;
            let other = match way {
                MoveDirection::Up => (0..at).rev().find(is_active),
                MoveDirection::Down => (at + 1..all.len()).find(is_active),
            };
            if let Some(other) = other {
                all.swap(at, other);
            }
            Ok(())
        })
        .await
    }

    /// Archives an outcome: it cannot be picked any more, and closed conversations keep it.
    pub async fn outcome_archive(&self, tenant: &TenantId, initiator: Initiator, id: &OutcomeId) -> Result<()> {
        self.change_outcomes(tenant, initiator, id, Change::Removed, |all, at| {
            all[at].archived = true;
            Ok(())
        })
        .await
    }

    pub async fn outcome_rule_save(&self, tenant: &TenantId, initiator: Initiator, rule: OutcomeRule) -> Result<()> {
        let (mut tx, record) = self.begin(tenant).await?;
        if record.settings.outcome_rule == rule {
            return Ok(tx.rollback().await?);
        }
        let values = TenantSettings { outcome_rule: rule, ..record.settings };
        tenants::save_settings(&mut tx, tenant, &values).await?;
        let changes = vec![configured(Setting::OutcomeRule, None, Change::Changed)];
        self.commit(tx, tenant, self.clock.now(), initiator, changes).await
    }

    /// Changes the list at the place of one outcome that can be picked.
    async fn change_outcomes(
        &self,
        tenant: &TenantId,
        initiator: Initiator,
        id: &OutcomeId,
        change: Change,
        apply: impl FnOnce(&mut Vec<Outcome>, usize) -> Result<()> + Send,
    ) -> Result<()> {
        let (mut tx, _) = self.begin(tenant).await?;
        let before = outcomes::list(&mut tx, tenant).await?;
        let at = before.iter().position(|outcome| outcome.id == *id && !outcome.archived);
        let at = at.ok_or(SettingsError::NotFound)?;
        let mut after = before.clone();
        apply(&mut after, at)?;
        if after == before {
            return Ok(tx.rollback().await?);
        }
        save(&mut tx, tenant, &before, &after).await?;
        let changes = vec![configured(Setting::Outcome, Some(id.as_str()), change)];
        self.commit(tx, tenant, self.clock.now(), initiator, changes).await
    }
}

/// Saves what differs. An outcome's position is its place in the list.
async fn save(tx: &mut Tx, tenant: &TenantId, before: &[Outcome], after: &[Outcome]) -> Result<()> {
    for (position, outcome) in (0_i64..).zip(after) {
        let is_known = usize::try_from(position).is_ok_and(|at| before.get(at) == Some(outcome));
        if !is_known {
            outcomes::save(tx, tenant, outcome, position).await?;
        }
    }
    Ok(())
}
