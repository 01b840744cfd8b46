//! Updates of messages that are not stored yet, because Meta sent a status before its response or an edit before the
//! original. Also the ids of processed items that create no message.
//!
//! An update may name its message by another id than the one under which the message is stored later, so updates are
//! found by what both ids end with ([`Wamid::token`]).

use std::collections::{BTreeSet, HashSet};

use sqlx::QueryBuilder;

use super::{
    Result, Tx,
    db::{on, push_asked, slices},
};
use crate::domain::{
    ids::{ChannelId, Wamid},
    time::Timestamp,
};

/// What names the message in all of its ids.
fn name(wamid: &Wamid) -> String {
    wamid.token().unwrap_or_else(|| wamid.0.clone())
}

/// Stores an update. `ord` distinguishes the updates of a message; of two with the same `ord` the later is kept.
pub async fn keep(tx: &mut Tx, channel: &ChannelId, wamid: &Wamid, ord: &str, body: &str, at: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO pending_updates (channel_id, wamid, ord, body, at, name) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (channel_id, wamid, ord) DO UPDATE SET body = excluded.body, at = excluded.at")
        .bind(channel.as_str()).bind(wamid.0.as_str()).bind(ord).bind(body).bind(at.0).bind(name(wamid))
        .execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Removes and returns the updates of a message, in the order of arrival.
pub async fn take(tx: &mut Tx, channel: &ChannelId, wamid: &Wamid) -> Result<Vec<String>> {
    let mut rows: Vec<(i64, String, String)> = on!(tx, c => sqlx::query_as(
        "DELETE FROM pending_updates WHERE channel_id = $1 AND name IN ($2, $3) AND ord <> 'seen'
         RETURNING at, ord, body")
        .bind(channel.as_str()).bind(name(wamid)).bind(wamid.0.as_str()).fetch_all(c).await)?;
    rows.sort();
    Ok(rows.into_iter().map(|(_, _, body)| body).collect())
}

/// Which of `wamids` have pending updates.
pub async fn waiting(tx: &mut Tx, wamids: &[(&ChannelId, &Wamid)]) -> Result<HashSet<(ChannelId, Wamid)>> {
    let names = wamids.iter().flat_map(|(channel, wamid)| [(*channel, name(wamid)), (*channel, wamid.0.clone())]);
    let names: BTreeSet<(&ChannelId, String)> = names.collect();
    let names: Vec<(&ChannelId, &str)> = names.iter().map(|(channel, name)| (*channel, name.as_str())).collect();
    let found = having(tx, "name", &names, "ord <> 'seen'").await?;
    let has = |channel: &ChannelId, name: String| found.contains(&(channel.clone(), name));
    let has_some = |(channel, wamid): &&(&ChannelId, &Wamid)| {
        !found.is_empty() && (has(channel, name(wamid)) || has(channel, wamid.0.clone()))
    };
    Ok(wamids.iter().filter(has_some).map(|(channel, wamid)| ((*channel).clone(), (*wamid).clone())).collect())
}

/// Which of the values a column has on these numbers, in rows that meet a condition.
async fn having(
    tx: &mut Tx,
    column: &'static str,
    values: &[(&ChannelId, &str)],
    condition: &'static str,
) -> Result<HashSet<(ChannelId, String)>> {
    let mut found = HashSet::new();
    for slice in slices(values) {
        let rows: Vec<(String, String)> = on!(tx, c => {
            let mut query = QueryBuilder::new("");
            push_asked(&mut query, slice.iter().copied());
            query.push("SELECT channel_id, ").push(column).push(" FROM asked CROSS JOIN pending_updates WHERE ");
            query.push(condition).push(" AND channel_id = asked.number AND ").push(column).push(" = asked.value");
            query.build_query_as().fetch_all(c).await
        })?;
        found.extend(rows.into_iter().map(|(channel, value)| (ChannelId::from(channel), value)));
    }
    Ok(found)
}

/// Records an item that creates no message (a reaction, a system notice). Returns `false` if it was recorded before.
pub async fn mark(tx: &mut Tx, channel: &ChannelId, wamid: &Wamid, at: Timestamp) -> Result<bool> {
    let fresh = on!(tx, c => sqlx::query(
        "INSERT INTO pending_updates (channel_id, wamid, ord, body, at) VALUES ($1, $2, 'seen', '', $3)
         ON CONFLICT DO NOTHING")
        .bind(channel.as_str()).bind(wamid.0.as_str()).bind(at.0).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(fresh == 1)
}

/// Whether an item was recorded by [`mark`].
pub async fn is_marked(tx: &mut Tx, channel: &ChannelId, wamid: &Wamid) -> Result<bool> {
    Ok(!marked(tx, &[(channel, wamid)]).await?.is_empty())
}

/// Which of `wamids` were recorded by [`mark`].
pub async fn marked(tx: &mut Tx, wamids: &[(&ChannelId, &Wamid)]) -> Result<HashSet<(ChannelId, Wamid)>> {
    let ids: Vec<(&ChannelId, &str)> = wamids.iter().map(|(channel, wamid)| (*channel, wamid.0.as_str())).collect();
    let found = having(tx, "wamid", &ids, "ord = 'seen'").await?;
    Ok(found.into_iter().map(|(channel, wamid)| (channel, Wamid(wamid))).collect())
}

/// Deletes updates and marks older than `before`. Meta repeats nothing for longer than a week.
pub async fn sweep(tx: &mut Tx, before: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM pending_updates WHERE at < $1")
        .bind(before.0).execute(c).await.map(|_| ()))?;
    Ok(())
}
