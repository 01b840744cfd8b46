//! Updates of messages that are not stored yet, because Meta sent a status before its response or an edit before the
//! original. Also the ids of processed items that create no message.

use sqlx::QueryBuilder;

use super::{
    Result, Tx,
    db::{on, slices},
};
use crate::domain::{
    ids::{ChannelId, Wamid},
    time::Timestamp,
};

/// Stores an update. `ord` distinguishes the updates of a message; of two with the same `ord` the later is kept.
pub async fn keep(tx: &mut Tx, channel: &ChannelId, wamid: &Wamid, ord: &str, body: &str, at: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO pending_updates (channel_id, wamid, ord, body, at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (channel_id, wamid, ord) DO UPDATE SET body = excluded.body, at = excluded.at")
        .bind(channel.as_str()).bind(wamid.0.as_str()).bind(ord).bind(body).bind(at.0).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Removes and returns the updates of a message, in the order of arrival.
pub async fn take(tx: &mut Tx, channel: &ChannelId, wamid: &Wamid) -> Result<Vec<String>> {
    let mut rows: Vec<(i64, String, String)> = on!(tx, c => sqlx::query_as(
        "DELETE FROM pending_updates WHERE channel_id = $1 AND wamid = $2 AND ord <> 'seen' RETURNING at, ord, body")
        .bind(channel.as_str()).bind(wamid.0.as_str()).fetch_all(c).await)?;
    rows.sort();
    Ok(rows.into_iter().map(|(_, _, body)| body).collect())
}

/// Which of `wamids` have pending updates.
pub async fn waiting(tx: &mut Tx, channel: &ChannelId, wamids: &[&Wamid]) -> Result<Vec<Wamid>> {
    having(tx, channel, wamids, "ord <> 'seen'").await
}

/// Which of `wamids` have rows that meet a condition.
async fn having(tx: &mut Tx, channel: &ChannelId, wamids: &[&Wamid], condition: &'static str) -> Result<Vec<Wamid>> {
    let mut found = Vec::new();
    for slice in slices(wamids) {
        let rows: Vec<String> = on!(tx, c => {
            let mut query = QueryBuilder::new("SELECT wamid FROM pending_updates WHERE ");
            query.push(condition).push(" AND channel_id = ").push_bind(channel.as_str()).push(" AND wamid IN (");
            let mut list = query.separated(", ");
            for wamid in slice {
                list.push_bind(wamid.0.as_str());
            }
            query.push(")");
            query.build_query_scalar().fetch_all(c).await
        })?;
        found.extend(rows.into_iter().map(Wamid));
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
    Ok(!marked(tx, channel, &[wamid]).await?.is_empty())
}

/// Which of `wamids` were recorded by [`mark`].
pub async fn marked(tx: &mut Tx, channel: &ChannelId, wamids: &[&Wamid]) -> Result<Vec<Wamid>> {
    having(tx, channel, wamids, "ord = 'seen'").await
}

/// Deletes updates and marks older than `before`. Meta repeats nothing for longer than a week.
pub async fn sweep(tx: &mut Tx, before: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM pending_updates WHERE at < $1")
        .bind(before.0).execute(c).await.map(|_| ()))?;
    Ok(())
}
