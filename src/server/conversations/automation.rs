//! Counts the automatic messages to each customer, in the transaction that queues them, and stores what the bot and the
//! customer exchanged. What follows from it is decided in `domain::automation`. A day is one in the tenant's time zone,
//! as it is for the model's budget.

use std::collections::BTreeMap;

use crate::{
    domain::{
        automation::Exchanges,
        calendar,
        ids::{ConversationId, CustomerId},
        message::Author,
    },
    server::store::{
        automation::{self, AutomationChange, AutomationRow},
        messages::MessageRow,
    },
};

use super::{Result, UnitOfWork};

/// What a unit of work knows and changes.
#[derive(Default)]
pub struct Automatic {
    /// The rows that were read. A customer without a row has a default one.
    known: BTreeMap<CustomerId, AutomationRow>,
    changed: BTreeMap<CustomerId, AutomationChange>,
}

impl Automatic {
    /// Counts a message that is queued now, if nobody typed it.
    pub(super) fn count(&mut self, customer: &CustomerId, record: Option<&MessageRow>) {
        let is_automatic = record.is_some_and(|record| match record.author {
            Author::Bot | Author::System => true,
            Author::Customer | Author::Agent(_) | Author::Phone | Author::Partner => false,
        });
        if is_automatic {
            self.change(customer).sent += 1;
        }
    }

    fn change(&mut self, customer: &CustomerId) -> &mut AutomationChange {
        let new = || AutomationChange { customer: customer.clone(), sent: 0, exchanges: None };
        self.changed.entry(customer.clone()).or_insert_with(new)
    }
}

impl UnitOfWork {
    /// Today in the tenant's time zone.
    pub fn today(&self) -> String {
        calendar::date(&self.tenant.settings.zone, self.now)
    }

    /// Reads the rows of these locked conversations' customers, in one statement.
    pub async fn load_automation<'a>(&mut self, ids: impl Iterator<Item = &'a ConversationId>) -> Result<()> {
        let customers = ids.filter_map(|id| self.get(id)).map(|it| it.customer.clone());
        let mut unknown: Vec<CustomerId> = customers.filter(|id| !self.automatic.known.contains_key(id)).collect();
        unknown.sort();
        unknown.dedup();
        if unknown.is_empty() || self.tenant.settings.automation.is_off() {
            return Ok(());
        }
        let tenant = self.tenant_id();
        let mut found = automation::of(&mut self.tx, &tenant, &unknown).await?;
        for customer in unknown {
            let row = found.remove(&customer).unwrap_or_default();
            self.automatic.known.insert(customer, row);
        }
        Ok(())
    }

    /// The row of a customer that [`Self::load_automation`] has read.
    pub fn automation(&mut self, customer: &CustomerId) -> &mut AutomationRow {
        self.automatic.known.entry(customer.clone()).or_default()
    }

    /// The customer's automatic messages of today, with those of this unit of work.
    pub fn sent_today(&mut self, customer: &CustomerId) -> i64 {
        let today = self.today();
        let queued = self.automatic.changed.get(customer).map_or(0, |change| change.sent);
        self.automation(customer).sent_on(&today) + queued
    }

    /// The customer's automatic messages that are left today after `more`; negative if there are fewer than that. Never negative
    /// without a bound. [`Self::load_automation`] has read the row.
    pub fn left_today(&mut self, customer: &CustomerId, more: usize) -> i64 {
        let bound = i64::from(self.tenant.settings.automation.daily_messages);
        let more = i64::try_from(more).unwrap_or(i64::MAX);
        if bound == 0 { 0 } else { bound.saturating_sub(self.sent_today(customer)).saturating_sub(more) }
    }

    /// Whether the customer of a locked conversation may get one more automatic message today.
    pub async fn may_notify(&mut self, id: &ConversationId) -> Result<bool> {
        if self.tenant.settings.automation.daily_messages == 0 {
            return Ok(true);
        }
        let Some(customer) = self.get(id).map(|it| it.customer.clone()) else { return Ok(false) };
        self.load_automation(std::iter::once(id)).await?;
        Ok(self.left_today(&customer, 1) >= 0)
    }

    pub fn set_exchanges(&mut self, customer: &CustomerId, exchanges: Exchanges) {
        self.automation(customer).exchanges = exchanges.clone();
        self.automatic.change(customer).exchanges = Some(exchanges);
    }

    pub(super) async fn save_automation(&mut self) -> Result<()> {
        if self.automatic.changed.is_empty() || self.tenant.settings.automation.is_off() {
            return Ok(());
        }
        let (tenant, today) = (self.tenant_id(), self.today());
        let changes: Vec<AutomationChange> = std::mem::take(&mut self.automatic.changed).into_values().collect();
        Ok(automation::add(&mut self.tx, &tenant, &today, self.now, &changes).await?)
    }
}
