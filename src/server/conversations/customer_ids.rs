//! Corrects the ids of customers that earlier versions stored: a number that is none becomes the user id that it is,
//! and records of one number in two spellings are merged. One job does it for all tenants after an upgrade.
//!
//! It notifies nobody: no message arrives, no turn is enqueued, and no handoff begins.

use crate::{
    domain::{
        customer_name::UNNAMED,
        ids::TenantId,
        phone_number::{is_digits, spellings},
    },
    server::store::{
        Leased, Tx,
        customers::{self, CustomerRow, NumberedCustomer},
        jobs::{self, JobRow},
    },
};

use super::{ConversationError, Conversations, Result, UnitOfWork};

/// Customers that are looked at before the progress is saved.
const BATCH: i64 = 200;

impl Conversations {
    /// Corrects the next customers and saves the progress, or ends the job. Corrected customers stay as they are if it
    /// is interrupted and runs again.
    pub async fn correct_customer_ids(&self, job: &Leased<JobRow>) -> Result<()> {
        let mut look = self.db.begin_read().await?;
        let rows = customers::numbered_after(&mut look, &job.payload, BATCH).await?;
        let mut outdated = Vec::new();
        for row in &rows {
            if is_outdated(&mut look, row).await? {
                outdated.push(row);
            }
        }
        drop(look);
        for row in outdated {
            match self.correct_customer(&row.tenant_id, &row.wa_id).await {
                Err(ConversationError::Store(error)) if error.is_outage() => return Err(error.into()),
                // One record must not stop the others. The customer's next message merges it.
                Err(error) => tracing::error!(customer = %row.id, %error, "conversations: customer ids not corrected"),
                Ok(()) => {}
            }
        }
        let mut tx = self.db.begin_write().await?;
        match rows.last() {
            Some(last) => jobs::hold(&mut tx, job, last.id.as_str(), self.clock.now()).await?,
            None => {
                jobs::finish(&mut tx, job).await?;
            }
        }
        Ok(tx.commit().await?)
    }

    async fn correct_customer(&self, tenant: &TenantId, wa_id: &str) -> Result<()> {
        self.transact(tenant, move |mut work| async move {
            work.correct_customer(wa_id).await?;
            work.done()
        })
        .await
    }
}

async fn is_outdated(tx: &mut Tx, row: &NumberedCustomer) -> Result<bool> {
    if !is_digits(&row.wa_id) {
        return Ok(true);
    }
    let is_alone = spellings(&row.wa_id).len() < 2;
    Ok(!is_alone && customers::by_spellings(tx, &row.tenant_id, &row.wa_id).await?.len() > 1)
}

impl UnitOfWork {
    /// Corrects the record that has this `wa_id`, if there still is one.
    async fn correct_customer(&mut self, wa_id: &str) -> Result<()> {
        let tenant = self.tenant_id();
        if is_digits(wa_id) {
            let mut others = customers::by_spellings(&mut self.tx, &tenant, wa_id).await?.into_iter();
            let Some(mut merged) = others.next() else { return Ok(()) };
            for other in others {
                // Two accounts, which have had the number one after the other or are two people. The next message under
                // the number merges them, and the thread then says that the account is another one.
                if merged.user_id.is_some() && other.user_id.is_some() {
                    continue;
                }
                merged = self.merge(merged, other).await?;
            }
            return Ok(());
        }
        let Some(known) = customers::by_phone(&mut self.tx, &tenant, wa_id).await? else { return Ok(()) };
        let user_id = known.user_id.clone().unwrap_or_else(|| wa_id.to_owned());
        let holder = customers::by_user_id(&mut self.tx, &tenant, &user_id).await?;
        let corrected = CustomerRow { name: corrected_name(&known), wa_id: None, ..known };
        match holder.filter(|holder| holder.id != corrected.id) {
            Some(holder) => {
                self.merge(corrected, holder).await?;
            }
            None => {
                let corrected = CustomerRow { user_id: Some(user_id), ..corrected };
                customers::update(&mut self.tx, &tenant, &corrected).await?;
            }
        }
        Ok(())
    }
}

/// The name without an id that was shown as a number.
fn corrected_name(known: &CustomerRow) -> String {
    let shown = known.wa_id.as_ref().map(|wa_id| format!("+{wa_id}"));
    match &known.username {
        _ if shown.as_deref() != Some(known.name.as_str()) => known.name.clone(),
        Some(username) => format!("@{username}"),
        None => UNNAMED.to_owned(),
    }
}
