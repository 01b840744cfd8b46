//! A tenant's handoff keywords, in the order in which they are checked.

use sqlx::FromRow;

use super::{Result, RowId, StoreError, Tx, db::on};
use crate::domain::{
    ids::{KeywordId, TenantId},
    keyword::Keyword,
    text,
    time::Timestamp,
};

#[derive(FromRow)]
struct RawKeyword {
    id: String,
    phrase: String,
    matching: String,
    language: Option<String>,
    channel_id: Option<String>,
    enabled: bool,
}

impl TryFrom<RawKeyword> for Keyword {
    type Error = StoreError;
    fn try_from(row: RawKeyword) -> Result<Self> {
        let matching = RowId::new("keywords", &row.id).variant("matching", &row.matching)?;
        Ok(Self {
            id: row.id.into(),
            phrase: row.phrase,
            matching,
            language: row.language,
            channel: row.channel_id.map(Into::into),
            enabled: row.enabled,
        })
    }
}

pub async fn list(tx: &mut Tx, tenant: &TenantId) -> Result<Vec<Keyword>> {
    let rows: Vec<RawKeyword> = on!(tx, c => sqlx::query_as(
        "SELECT id, phrase, matching, language, channel_id, enabled FROM keywords WHERE tenant_id = $1 ORDER BY position, id")
        .bind(tenant.as_str()).fetch_all(c).await)?;
    rows.into_iter().map(Keyword::try_from).collect()
}

pub async fn insert(tx: &mut Tx, tenant: &TenantId, rule: &Keyword) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO keywords (id, tenant_id, position, phrase, phrase_folded, matching, language, channel_id, enabled)
         VALUES ($1, $2, (SELECT COALESCE(MAX(position), 0) + 1 FROM keywords WHERE tenant_id = $2), $3, $4, $5, $6, $7, $8)")
        .bind(rule.id.as_str()).bind(tenant.as_str()).bind(rule.phrase.as_str()).bind(text::folded(&rule.phrase))
        .bind(rule.matching.as_str()).bind(rule.language.as_deref())
        .bind(rule.channel.as_ref().map(|channel| channel.as_str())).bind(rule.enabled)
        .execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Returns whether the rule existed.
pub async fn update(tx: &mut Tx, tenant: &TenantId, rule: &Keyword) -> Result<bool> {
    let changed = on!(tx, c => sqlx::query(
        "UPDATE keywords SET phrase = $3, phrase_folded = $4, matching = $5, language = $6, channel_id = $7, enabled = $8
         WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str()).bind(rule.id.as_str()).bind(rule.phrase.as_str()).bind(text::folded(&rule.phrase))
        .bind(rule.matching.as_str()).bind(rule.language.as_deref())
        .bind(rule.channel.as_ref().map(|channel| channel.as_str())).bind(rule.enabled)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(changed > 0)
}

pub async fn remove(tx: &mut Tx, tenant: &TenantId, id: &KeywordId) -> Result<bool> {
    let changed = on!(tx, c => sqlx::query("DELETE FROM keywords WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str()).bind(id.as_str()).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(changed > 0)
}

/// How many handoffs each keyword has caused since `since`.
pub async fn fired(tx: &mut Tx, tenant: &TenantId, since: Timestamp) -> Result<Vec<(KeywordId, i64)>> {
    let rows: Vec<(String, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT keyword_id, COUNT(*) FROM handoffs
         WHERE tenant_id = $1 AND keyword_id IS NOT NULL AND requested_at >= $2 GROUP BY keyword_id")
        .bind(tenant.as_str()).bind(since.0).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id, n)| (id.into(), n)).collect())
}
