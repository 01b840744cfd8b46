//! The journal: raw webhook bodies, on disk before Meta gets 200. Also the quarantine for items that cannot be
//! processed.

use std::collections::BTreeSet;

use sqlx::{FromRow, QueryBuilder};

use super::{
    Result, Tx,
    db::{on, slices},
};
use crate::domain::{
    ids::{AppId, JournalId},
    time::Timestamp,
    variant_names::variant_names,
};

/// The state of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JournalState {
    /// Not processed yet.
    New,
    Done,
    /// Not a webhook. Kept for inspection.
    Quarantined,
}

variant_names!(JournalState {
    New => "new",
    Done => "done",
    Quarantined => "quarantined",
});

#[derive(Clone, Debug, FromRow)]
pub struct JournalRow {
    #[sqlx(try_from = "String")]
    pub id: JournalId,
    #[sqlx(try_from = "String")]
    pub app_id: AppId,
    pub received_at: i64,
    pub body: Vec<u8>,
}

impl JournalRow {
    /// The bytes of the body.
    pub fn size(&self) -> i64 {
        i64::try_from(self.body.len()).unwrap_or(i64::MAX)
    }
}

/// The unread bodies of an app.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UnreadBodies {
    pub bodies: i64,
    pub bytes: i64,
    /// When the oldest was received.
    pub oldest: Option<Timestamp>,
}

/// Inserts a group of bodies in one statement.
pub async fn insert(tx: &mut Tx, rows: &[JournalRow]) -> Result<()> {
    on!(tx, c => {
        let mut query = QueryBuilder::new("INSERT INTO journal (id, app_id, received_at, body, state) ");
        query.push_values(rows, |mut row, item| {
            row.push_bind(item.id.as_str()).push_bind(item.app_id.as_str()).push_bind(item.received_at)
                .push_bind(item.body.as_slice()).push_bind(JournalState::New.as_str());
        });
        query.build().execute(c).await.map(|_| ())
    })?;
    Ok(())
}

/// The apps with unread bodies, by id, found like [`super::jobs::due_tenants`].
pub async fn unread_apps(tx: &mut Tx) -> Result<Vec<AppId>> {
    let apps: Vec<String> = on!(tx, c => sqlx::query_scalar(
        "WITH RECURSIVE apps_of(app_id) AS (
           SELECT MIN(app_id) FROM journal WHERE state = 'new'
           UNION ALL
           SELECT (SELECT MIN(later.app_id) FROM journal later
                   WHERE later.state = 'new' AND later.app_id > apps_of.app_id)
           FROM apps_of WHERE apps_of.app_id IS NOT NULL)
         SELECT apps_of.app_id FROM apps_of WHERE apps_of.app_id IS NOT NULL ORDER BY apps_of.app_id")
        .fetch_all(c).await)?;
    Ok(apps.into_iter().map(AppId::from).collect())
}

/// Up to `limit` unread bodies of an app that are not among `known`, oldest first, with at most `bytes` in total. The
/// first is returned whatever its size.
pub async fn unread(
    tx: &mut Tx,
    app: &AppId,
    known: &BTreeSet<JournalId>,
    limit: usize,
    bytes: i64,
) -> Result<Vec<JournalRow>> {
    let looked_at = i64::try_from(known.len() + limit).unwrap_or(i64::MAX);
    let sizes: Vec<(String, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT id, CAST(LENGTH(body) AS BIGINT) FROM journal WHERE state = 'new' AND app_id = $1 ORDER BY id LIMIT $2")
        .bind(app.as_str()).bind(looked_at).fetch_all(c).await)?;
    let mut sum = 0;
    let unknown = sizes.into_iter().map(|(id, size)| (JournalId::from(id), size)).filter(|(id, _)| !known.contains(id));
    let ids: Vec<JournalId> = unknown
        .take(limit)
        .enumerate()
        .take_while(|(place, (_, size))| {
            sum += size;
            *place == 0 || sum <= bytes
        })
        .map(|(_, (id, _))| id)
        .collect();
    let mut rows: Vec<JournalRow> = Vec::with_capacity(ids.len());
    for chunk in slices(&ids) {
        let found: Vec<JournalRow> = on!(tx, c => {
            let mut query = QueryBuilder::new("SELECT id, app_id, received_at, body FROM journal WHERE id IN (");
            let mut list = query.separated(", ");
            for id in chunk {
                list.push_bind(id.as_str());
            }
            query.push(")");
            query.build_query_as().fetch_all(c).await
        })?;
        rows.extend(found);
    }
    rows.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(rows)
}

/// What an app has unread, counted up to `most` bodies, oldest first.
pub async fn unread_of(tx: &mut Tx, app: &AppId, most: i64) -> Result<UnreadBodies> {
    let (bodies, bytes, oldest): (i64, Option<i64>, Option<i64>) = on!(tx, c => sqlx::query_as(
        "SELECT COUNT(*), CAST(SUM(v.size) AS BIGINT), MIN(v.received_at) FROM
            (SELECT LENGTH(body) AS size, received_at FROM journal WHERE state = 'new' AND app_id = $1
             ORDER BY id LIMIT $2) AS v")
        .bind(app.as_str()).bind(most).fetch_one(c).await)?;
    Ok(UnreadBodies { bodies, bytes: bytes.unwrap_or(0), oldest: oldest.map(Timestamp) })
}

/// Whether a body that an app received up to `at` is unread.
pub async fn has_unread(tx: &mut Tx, app: &AppId, at: Timestamp) -> Result<bool> {
    let found: Option<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT id FROM journal WHERE state = 'new' AND app_id = $1 AND received_at <= $2 LIMIT 1")
        .bind(app.as_str()).bind(at.0).fetch_optional(c).await)?;
    Ok(found.is_some())
}

pub async fn settle(tx: &mut Tx, ids: &[JournalId], state: JournalState) -> Result<()> {
    for chunk in slices(ids) {
        on!(tx, c => {
            let mut query = QueryBuilder::new("UPDATE journal SET state = ");
            query.push_bind(state.as_str()).push(" WHERE id IN (");
            let mut list = query.separated(", ");
            for id in chunk {
                list.push_bind(id.as_str());
            }
            query.push(")");
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

pub async fn quarantine(
    tx: &mut Tx,
    id: &str,
    journal: &JournalId,
    at: Timestamp,
    path: &str,
    why: &str,
    raw: &str,
) -> Result<()> {
    on!(tx, c => sqlx::query("INSERT INTO quarantine (id, journal_id, at, path, why, raw) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(id).bind(journal.as_str()).bind(at.0).bind(path).bind(why).bind(raw).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The numbers of unread bodies and of quarantined items, for `/health` and tests.
pub async fn backlog(tx: &mut Tx) -> Result<(i64, i64)> {
    let unread =
        on!(tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM journal WHERE state = 'new'").fetch_one(c).await)?;
    let held = on!(tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM quarantine").fetch_one(c).await)?;
    Ok((unread, held))
}

/// When the oldest unread body was received; `None` if all are read. Found like [`unread_apps`].
pub async fn oldest_unread(tx: &mut Tx) -> Result<Option<Timestamp>> {
    let oldest: Vec<Option<i64>> = on!(tx, c => sqlx::query_scalar(
        "WITH RECURSIVE apps_of(app_id) AS (
           SELECT MIN(app_id) FROM journal WHERE state = 'new'
           UNION ALL
           SELECT (SELECT MIN(later.app_id) FROM journal later
                   WHERE later.state = 'new' AND later.app_id > apps_of.app_id)
           FROM apps_of WHERE apps_of.app_id IS NOT NULL)
         SELECT (SELECT due.received_at FROM journal due
           WHERE due.state = 'new' AND due.app_id = apps_of.app_id ORDER BY due.id LIMIT 1)
         FROM apps_of WHERE apps_of.app_id IS NOT NULL")
        .fetch_all(c).await)?;
    Ok(oldest.into_iter().flatten().min().map(Timestamp))
}

/// Deletes up to `limit` processed bodies whose id sorts before `before`. Quarantined ones stay. Returns how many.
pub async fn sweep(tx: &mut Tx, before: &JournalId, limit: i64) -> Result<u64> {
    Ok(on!(tx, c => sqlx::query(
        "DELETE FROM journal WHERE id IN
            (SELECT id FROM journal WHERE state = 'done' AND id < $1 ORDER BY id LIMIT $2)")
        .bind(before.as_str()).bind(limit).execute(c).await.map(|done| done.rows_affected()))?)
}

/// Inserts and deletes a test row, to check whether the database accepts webhooks.
pub async fn probe(tx: &mut Tx, id: &JournalId, at: Timestamp) -> Result<()> {
    // As large as a webhook of a busy hour: a full disk may still have space for a few bytes.
    let body = vec![0u8; 64 * 1024];
    on!(tx, c => sqlx::query(
        "INSERT INTO journal (id, app_id, received_at, body, state) VALUES ($1, 'probe', $2, $3, 'done')")
        .bind(id.as_str()).bind(at.0).bind(body).execute(c).await.map(|_| ()))?;
    on!(tx, c => sqlx::query("DELETE FROM journal WHERE id = $1").bind(id.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}
