//! Which of given conversations a view shows, for results of a search.

use sqlx::QueryBuilder;

use super::{
    SELECT,
    conditions::{Conditions, DeskScope, Part, parts},
    fetch,
};
use crate::{
    domain::{
        desk::{Group, Row, Status},
        ids::{AgentId, ConversationId, CustomerId, TenantId},
    },
    server::store::{Result, Tx, db::on},
};

/// The rows of `ids` that a view with this status and scope shows, in no particular order.
pub async fn matching(
    tx: &mut Tx,
    tenant: &TenantId,
    viewer: &AgentId,
    ids: &[ConversationId],
    (status, scope): (Option<Status>, &DeskScope),
) -> Result<Vec<Row>> {
    let groups = Group::ALL.into_iter().filter(|group| status.is_some_and(|status| status.includes(*group)));
    let mut wanted: Vec<Option<(Group, Part)>> =
        groups.flat_map(|group| parts(group).iter().map(move |part| Some((group, *part)))).collect();
    if status.is_none() {
        wanted.push(None);
    }
    let mut found = Vec::new();
    for chunk in ids.chunks(200) {
        for part in &wanted {
            let mut conditions = Conditions::beside_ids(tenant);
            conditions.and_in("c.id", chunk.iter().map(|id| id.as_str()));
            if let Some((group, part)) = part {
                conditions.part(*group, *part, viewer);
            }
            conditions.scope(scope);
            let sql = format!("{SELECT}{}", conditions.sql);
            found.extend(fetch(tx, tenant, sql, conditions.values).await?);
        }
    }
    Ok(found)
}

/// Up to `limit` conversations of customers, the newest first.
pub async fn newest_of_customers(
    tx: &mut Tx,
    tenant: &TenantId,
    customers: &[&CustomerId],
    limit: i64,
) -> Result<Vec<ConversationId>> {
    if customers.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<String> = on!(tx, c => {
        let mut query = QueryBuilder::new("SELECT id FROM conversations WHERE tenant_id = ");
        query.push_bind(tenant.as_str()).push(" AND customer_id IN (");
        let mut list = query.separated(", ");
        for customer in customers {
            list.push_bind(customer.as_str());
        }
        query.push(") ORDER BY last_at DESC, id LIMIT ").push_bind(limit);
        query.build_query_scalar().fetch_all(c).await
    })?;
    Ok(ids.into_iter().map(ConversationId::from).collect())
}
