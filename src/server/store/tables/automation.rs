//! The automatic messages of each customer: how many today, and what was exchanged lately.

use std::collections::BTreeMap;

use sqlx::{FromRow, QueryBuilder};

use super::{
    Result, RowId, Tx,
    db::{on, push_ids, slices},
    to_json,
};
use crate::domain::{
    automation::Exchanges,
    ids::{CustomerId, TenantId},
    time::Timestamp,
};

#[derive(Clone, Debug, Default)]
pub struct AutomationRow {
    /// The day that `sent` counts, in the tenant's time zone.
    pub day: String,
    pub sent: i64,
    pub last_sent_at: Option<Timestamp>,
    pub exchanges: Exchanges,
}

impl AutomationRow {
    /// The messages of this day.
    pub fn sent_on(&self, day: &str) -> i64 {
        if self.day == day { self.sent } else { 0 }
    }
}

/// What is added to a customer's row.
#[derive(Clone, Debug)]
pub struct AutomationChange {
    pub customer: CustomerId,
    /// Messages that were queued.
    pub sent: i64,
    /// `None` keeps what is stored.
    pub exchanges: Option<Exchanges>,
}

#[derive(FromRow)]
struct RawAutomation {
    customer_id: String,
    day: String,
    sent: i64,
    last_sent_at: Option<i64>,
    exchanges: Option<String>,
}

/// The rows of these customers. A customer without one has had no automatic message.
pub async fn of(
    tx: &mut Tx,
    tenant: &TenantId,
    customers: &[CustomerId],
) -> Result<BTreeMap<CustomerId, AutomationRow>> {
    let mut found = BTreeMap::new();
    for slice in slices(customers) {
        let rows: Vec<RawAutomation> = on!(tx, c => {
            let mut query =
                QueryBuilder::new("SELECT customer_id, day, sent, last_sent_at, exchanges FROM automation WHERE ");
            push_ids(&mut query, tenant, "customer_id", slice.iter().map(|id| id.as_str()));
            query.build_query_as().fetch_all(c).await
        })?;
        for row in rows {
            let exchanges =
                RowId::new("automation", &row.customer_id).json_if("exchanges", row.exchanges.as_deref())?;
            let (id, last_sent_at) = (row.customer_id.into(), row.last_sent_at.map(Timestamp));
            let exchanges = exchanges.unwrap_or_default();
            found.insert(id, AutomationRow { day: row.day, sent: row.sent, last_sent_at, exchanges });
        }
    }
    Ok(found)
}

/// Adds the changes of one transaction, in the order of customers. Another day begins with its own messages.
pub async fn add(
    tx: &mut Tx,
    tenant: &TenantId,
    day: &str,
    now: Timestamp,
    changes: &[AutomationChange],
) -> Result<()> {
    for slice in slices(changes) {
        let mut rows = Vec::with_capacity(slice.len());
        for change in slice {
            let exchanges = change.exchanges.as_ref().map(to_json).transpose()?;
            rows.push((change, (change.sent > 0).then_some(now.0), exchanges));
        }
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                "INSERT INTO automation (tenant_id, customer_id, day, sent, last_sent_at, exchanges) ");
            query.push_values(&rows, |mut row, (change, sent_at, exchanges)| {
                row.push_bind(tenant.as_str()).push_bind(change.customer.as_str()).push_bind(day)
                    .push_bind(change.sent).push_bind(*sent_at).push_bind(exchanges.as_deref());
            });
            query.push(
                " ON CONFLICT (customer_id) DO UPDATE SET
                    sent = CASE WHEN automation.day = excluded.day
                        THEN automation.sent + excluded.sent ELSE excluded.sent END,
                    day = excluded.day,
                    last_sent_at = COALESCE(excluded.last_sent_at, automation.last_sent_at),
                    exchanges = COALESCE(excluded.exchanges, automation.exchanges)");
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}
