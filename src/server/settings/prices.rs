//! The price list of WhatsApp's messages. It is saved as a whole, by whoever has seen its newest revision.

use crate::{
    contract::prices::Prices,
    domain::{
        event::{Actor, Change, Initiator, Setting},
        ids::{AgentId, TenantId},
        prices::PriceList,
    },
    server::store::{
        agents,
        prices::{self, PriceListRow},
    },
};

use super::{Result, Settings, SettingsError, configured};

impl Settings {
    pub async fn read_prices(&self, tenant: &TenantId) -> Result<Prices> {
        let mut tx = self.db.begin_read().await?;
        let PriceListRow { list, revision, .. } = prices::read(&mut tx, tenant).await?;
        Ok(Prices { list, revision })
    }

    /// Replaces the list of `revision`, and returns the revision that it has now. Reports of months that are over use the
    /// new prices as well.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] if the currency, a calling code or a price is none; [`SettingsError::Stale`] if the list
    /// was saved since `revision`. Nothing is saved then.
    pub async fn prices_save(
        &self,
        tenant: &TenantId,
        initiator: Initiator,
        revision: i64,
        list: PriceList,
    ) -> Result<i64> {
        let list = list.normalized();
        if let Some(detail) = list.fault() {
            return Err(SettingsError::Invalid(detail));
        }
        let (mut tx, _) = self.begin(tenant).await?;
        let was = prices::read(&mut tx, tenant).await?;
        if was.revision != revision {
            let who = match &was.by {
                Some(by) => agents::names(&mut tx, tenant).await?.of(by),
                None => "Handoff".to_owned(),
            };
            let detail = format!("{who} saved the prices while you were editing. See what changed, then save again.");
            return Err(SettingsError::Stale(detail));
        }
        if was.list == list {
            tx.rollback().await?;
            return Ok(revision);
        }
        let change = match (was.list.is_empty(), list.is_empty()) {
            (true, false) => Change::Added,
            (false, true) => Change::Removed,
            (true, true) | (false, false) => Change::Changed,
        };
        let row = PriceListRow { list, revision: revision + 1, by: saved_by(&initiator.actor) };
        prices::save(&mut tx, tenant, &row).await?;
        let changes = vec![configured(Setting::Prices, None, change)];
        self.commit(tx, tenant, self.clock.now(), initiator, changes).await?;
        Ok(row.revision)
    }
}

/// `None` is the operator.
fn saved_by(actor: &Actor) -> Option<AgentId> {
    match actor {
        Actor::Agent(agent) => Some(agent.clone()),
        Actor::Customer | Actor::Bot | Actor::System | Actor::Meta => None,
    }
}
