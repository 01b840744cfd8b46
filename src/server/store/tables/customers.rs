//! Customers, identified by WhatsApp's user id, by phone number, or by both. Two records of one person are merged. What
//! is written here is added to the search index; what is changed or merged is removed from it by the database.

use std::collections::BTreeMap;

use sqlx::{FromRow, QueryBuilder};

use super::{
    Result, Tx,
    db::{on, push_ids, slices},
    search::{self, Document},
};
use crate::domain::{
    ids::{ConversationId, CustomerId, TenantId},
    market::market_of,
    phone_number::spellings,
};

#[derive(Clone, Debug, FromRow)]
pub struct CustomerRow {
    #[sqlx(try_from = "String")]
    pub id: CustomerId,
    pub user_id: Option<String>,
    /// Digits without `+`.
    pub wa_id: Option<String>,
    pub name: String,
    pub username: Option<String>,
    pub language: Option<String>,
    pub created_at: i64,
    /// Messages of the customer wake nobody. Written by [`set_blocked`] only.
    pub blocked: bool,
}

/// The column `search`, which only versions before the search index read.
const UNUSED: &str = "";

const COLUMNS: &str = "SELECT id, user_id, wa_id, name, username, language, created_at, blocked FROM customers";

pub async fn by_user_id(tx: &mut Tx, tenant: &TenantId, user_id: &str) -> Result<Option<CustomerRow>> {
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE tenant_id = $1 AND user_id = $2 AND merged_into IS NULL")))
        .bind(tenant.as_str()).bind(user_id).fetch_optional(c).await)?)
}

pub async fn by_phone(tx: &mut Tx, tenant: &TenantId, wa_id: &str) -> Result<Option<CustomerRow>> {
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE tenant_id = $1 AND wa_id = $2 AND merged_into IS NULL")))
        .bind(tenant.as_str()).bind(wa_id).fetch_optional(c).await)?)
}

/// The customers with one of these spellings of a number, oldest first. Rows of earlier versions may be several.
pub async fn by_spellings(tx: &mut Tx, tenant: &TenantId, wa_id: &str) -> Result<Vec<CustomerRow>> {
    let spellings = spellings(wa_id);
    let names: Vec<&str> = spellings.iter().map(String::as_str).collect();
    let mut found = named(tx, tenant, &[], &names).await?;
    found.sort_by(|one, other| (one.created_at, &one.id).cmp(&(other.created_at, &other.id)));
    Ok(found)
}

pub async fn find(tx: &mut Tx, tenant: &TenantId, id: &CustomerId) -> Result<Option<CustomerRow>> {
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE tenant_id = $1 AND id = $2")))
        .bind(tenant.as_str()).bind(id.as_str()).fetch_optional(c).await)?)
}

/// As [`find`], unless the record was merged into another.
pub async fn current(tx: &mut Tx, tenant: &TenantId, id: &CustomerId) -> Result<Option<CustomerRow>> {
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE tenant_id = $1 AND id = $2 AND merged_into IS NULL")))
        .bind(tenant.as_str()).bind(id.as_str()).fetch_optional(c).await)?)
}

/// The customers with these ids.
pub async fn by_ids(tx: &mut Tx, tenant: &TenantId, ids: &[&str]) -> Result<Vec<CustomerRow>> {
    let mut found = Vec::with_capacity(ids.len());
    for slice in slices(ids) {
        let rows: Vec<CustomerRow> = on!(tx, c => {
            let mut query = QueryBuilder::new(COLUMNS);
            push_ids(query.push(" WHERE "), tenant, "id", slice.iter().copied());
            query.build_query_as().fetch_all(c).await
        })?;
        found.extend(rows);
    }
    Ok(found)
}

/// The languages of the customers of these conversations, where they are known.
pub async fn languages(
    tx: &mut Tx,
    tenant: &TenantId,
    conversations: &[&ConversationId],
) -> Result<BTreeMap<ConversationId, String>> {
    let mut found = BTreeMap::new();
    for slice in slices(conversations) {
        let rows: Vec<(String, String)> = on!(tx, c => {
            let mut query = QueryBuilder::new(
                "SELECT t.id, u.language FROM (SELECT id, customer_id FROM conversations WHERE ");
            push_ids(&mut query, tenant, "id", slice.iter().map(|id| id.as_str()));
            query.push(") AS t JOIN customers u ON u.id = t.customer_id WHERE u.language IS NOT NULL");
            query.build_query_as().fetch_all(c).await
        })?;
        found.extend(rows.into_iter().map(|(id, language)| (id.into(), language)));
    }
    Ok(found)
}

/// The markets of the customers of conversations. Unknown ones are left out.
pub async fn markets(
    tx: &mut Tx,
    tenant: &TenantId,
    conversations: &[&ConversationId],
) -> Result<BTreeMap<ConversationId, String>> {
    let mut found = BTreeMap::new();
    for slice in slices(conversations) {
        let rows: Vec<(String, Option<String>, Option<String>)> = on!(tx, c => {
            let mut query = QueryBuilder::new(
                "SELECT t.id, u.wa_id, u.user_id FROM (SELECT id, customer_id FROM conversations WHERE ");
            push_ids(&mut query, tenant, "id", slice.iter().map(|id| id.as_str()));
            query.push(") AS t JOIN customers u ON u.id = t.customer_id");
            query.build_query_as().fetch_all(c).await
        })?;
        let known = rows.into_iter().filter_map(|(id, phone, user)| {
            let market = market_of(phone.as_deref(), user.as_deref())?;
            Some((id.into(), market))
        });
        found.extend(known);
    }
    Ok(found)
}

/// All customers with one of these user ids or phone numbers.
pub async fn named(tx: &mut Tx, tenant: &TenantId, user_ids: &[&str], wa_ids: &[&str]) -> Result<Vec<CustomerRow>> {
    let mut found = Vec::new();
    for (column, names) in [("user_id", user_ids), ("wa_id", wa_ids)] {
        for slice in slices(names) {
            let rows: Vec<CustomerRow> = on!(tx, c => {
                let mut query = QueryBuilder::new(COLUMNS);
                query.push(" WHERE merged_into IS NULL AND tenant_id = ").push_bind(tenant.as_str());
                query.push(" AND ").push(column).push(" IN (");
                let mut list = query.separated(", ");
                for name in slice {
                    list.push_bind(*name);
                }
                query.push(")");
                query.build_query_as().fetch_all(c).await
            })?;
            found.extend(rows);
        }
    }
    Ok(found)
}

/// A customer with a number, of any tenant.
#[derive(Clone, Debug, FromRow)]
pub struct NumberedCustomer {
    #[sqlx(try_from = "String")]
    pub tenant_id: TenantId,
    #[sqlx(try_from = "String")]
    pub id: CustomerId,
    pub wa_id: String,
}

/// Up to `limit` customers with a number, of all tenants, after the id `after`.
pub async fn numbered_after(tx: &mut Tx, after: &str, limit: i64) -> Result<Vec<NumberedCustomer>> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT tenant_id, id, wa_id FROM customers
         WHERE id > $1 AND wa_id IS NOT NULL AND merged_into IS NULL ORDER BY id LIMIT $2")
        .bind(after).bind(limit).fetch_all(c).await)?)
}

pub async fn insert(tx: &mut Tx, tenant: &TenantId, fresh: &[CustomerRow]) -> Result<()> {
    for slice in slices(fresh) {
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                "INSERT INTO customers (id, tenant_id, user_id, wa_id, name, username, language, search, created_at) ");
            query.push_values(slice, |mut row, customer| {
                row.push_bind(customer.id.as_str()).push_bind(tenant.as_str()).push_bind(customer.user_id.as_deref())
                    .push_bind(customer.wa_id.as_deref()).push_bind(customer.name.as_str())
                    .push_bind(customer.username.as_deref()).push_bind(customer.language.as_deref())
                    .push_bind(UNUSED).push_bind(customer.created_at);
            });
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    search::add(tx, tenant, fresh.iter().map(Document::of_customer).collect()).await
}

pub async fn update(tx: &mut Tx, tenant: &TenantId, customer: &CustomerRow) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE customers SET user_id = $3, wa_id = $4, name = $5, username = $6, language = $7
         WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str()).bind(customer.id.as_str()).bind(customer.user_id.as_deref())
        .bind(customer.wa_id.as_deref()).bind(customer.name.as_str()).bind(customer.username.as_deref())
        .bind(customer.language.as_deref())
        .execute(c).await.map(|_| ()))?;
    search::add(tx, tenant, vec![Document::of_customer(customer)]).await
}

pub async fn set_blocked(tx: &mut Tx, tenant: &TenantId, customer: &CustomerRow) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE customers SET blocked = $3 WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str()).bind(customer.id.as_str()).bind(customer.blocked).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The ids of a customer: its own, and those of the records that were merged into it.
pub async fn ids_of(tx: &mut Tx, tenant: &TenantId, id: &CustomerId) -> Result<Vec<CustomerId>> {
    let mut ids = vec![id.clone()];
    let mut asked = 0;
    // What was merged may have had others merged into it before.
    while let Some(into) = ids.get(asked).cloned() {
        let merged: Vec<String> = on!(tx, c => sqlx::query_scalar(
            "SELECT id FROM customers WHERE tenant_id = $1 AND merged_into = $2")
            .bind(tenant.as_str()).bind(into.as_str()).fetch_all(c).await)?;
        ids.extend(merged.into_iter().map(CustomerId::from));
        asked += 1;
    }
    Ok(ids)
}

/// Marks a record as merged into another. The caller moves its conversations.
pub async fn merge(tx: &mut Tx, tenant: &TenantId, from: &CustomerId, into: &CustomerId) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE customers SET merged_into = $3 WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str()).bind(from.as_str()).bind(into.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}
