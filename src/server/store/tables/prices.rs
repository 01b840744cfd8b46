//! The tenants' price lists, each with a revision that every save increases.

use sqlx::{FromRow, QueryBuilder};

use super::{
    Result, Tx,
    db::{on, slices},
};
use crate::domain::{
    ids::{AgentId, TenantId},
    prices::{Amount, MarketPrices, PriceList},
};

/// A price list with its revision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PriceListRow {
    pub list: PriceList,
    /// 0 before the first save.
    pub revision: i64,
    /// Who saved it last; `None` is the operator, or nobody yet.
    pub by: Option<AgentId>,
}

#[derive(FromRow)]
struct RawList {
    currency: String,
    revision: i64,
    saved_by: Option<String>,
}

#[derive(FromRow)]
struct RawPrices {
    calling_code: String,
    marketing: Option<i64>,
    utility: Option<i64>,
    authentication: Option<i64>,
    service: Option<i64>,
}

impl From<RawPrices> for MarketPrices {
    fn from(row: RawPrices) -> Self {
        Self {
            calling_code: row.calling_code,
            marketing: row.marketing.map(Amount),
            utility: row.utility.map(Amount),
            authentication: row.authentication.map(Amount),
            service: row.service.map(Amount),
        }
    }
}

/// The price list of a tenant; an empty one before the first save.
pub async fn read(tx: &mut Tx, tenant: &TenantId) -> Result<PriceListRow> {
    let found: Option<RawList> = on!(tx, c => sqlx::query_as(
        "SELECT currency, revision, saved_by FROM price_lists WHERE tenant_id = $1")
        .bind(tenant.as_str()).fetch_optional(c).await)?;
    let Some(RawList { currency, revision, saved_by }) = found else { return Ok(PriceListRow::default()) };
    let rows: Vec<RawPrices> = on!(tx, c => sqlx::query_as(
        "SELECT calling_code, marketing, utility, authentication, service FROM prices WHERE tenant_id = $1")
        .bind(tenant.as_str()).fetch_all(c).await)?;
    let markets = rows.into_iter().map(MarketPrices::from).collect();
    let list = PriceList { currency, markets }.normalized();
    Ok(PriceListRow { list, revision, by: saved_by.map(Into::into) })
}

/// Replaces the price list.
pub async fn save(tx: &mut Tx, tenant: &TenantId, row: &PriceListRow) -> Result<()> {
    let by = row.by.as_ref().map(|by| by.as_str());
    on!(tx, c => sqlx::query(
        "INSERT INTO price_lists (tenant_id, currency, revision, saved_by) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id) DO UPDATE
         SET currency = excluded.currency, revision = excluded.revision, saved_by = excluded.saved_by")
        .bind(tenant.as_str()).bind(row.list.currency.as_str()).bind(row.revision).bind(by)
        .execute(c).await.map(|_| ()))?;
    on!(tx, c => sqlx::query("DELETE FROM prices WHERE tenant_id = $1")
        .bind(tenant.as_str()).execute(c).await.map(|_| ()))?;
    let price = |amount: Option<Amount>| amount.map(|amount| amount.0);
    for slice in slices(&row.list.markets) {
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                "INSERT INTO prices (tenant_id, calling_code, marketing, utility, authentication, service) ");
            query.push_values(slice, |mut values, market| {
                values.push_bind(tenant.as_str()).push_bind(market.calling_code.as_str())
                    .push_bind(price(market.marketing)).push_bind(price(market.utility))
                    .push_bind(price(market.authentication)).push_bind(price(market.service));
            });
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}
