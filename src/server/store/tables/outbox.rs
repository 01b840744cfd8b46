//! Messages to send to customers. A row is written in the transaction of its cause (promise 6).

mod read;
mod row;

use std::collections::HashSet;

use sqlx::QueryBuilder;

use super::{
    Result, RowId, Tx,
    db::{on, slices},
    lease::{Lease, Leased},
};
use crate::domain::{
    ids::{ConversationId, MessageId, NodeId, OutboxId, Seq, TenantId, Wamid},
    time::Timestamp,
};

use self::row::{COLUMNS, RawOutbox, TABLE};
pub use self::{
    read::{Attempt, attempts, awaiting_status, has_open, oldest_due, open_of_message, unfinished_of},
    row::{AttemptOutcome, OutboxRow, OutboxState, Sender},
};

pub async fn insert(tx: &mut Tx, rows: &[OutboxRow]) -> Result<()> {
    for slice in slices(rows) {
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                "INSERT INTO outbox (id, tenant_id, channel_id, conversation_id, message_id, ord, author, epoch, body, state,
                    due_at, attempts, created_at) ");
            query.push_values(slice, |mut fields, row| {
                fields.push_bind(row.id.as_str()).push_bind(row.tenant_id.as_str()).push_bind(row.channel_id.as_str())
                    .push_bind(row.conversation_id.as_str()).push_bind(row.message_id.as_str()).push_bind(row.ord)
                    .push_bind(row.author.as_str()).push_bind(row.epoch).push_bind(row.body.as_str())
                    .push_bind(row.state.as_str()).push_bind(row.due_at).push_bind(row.attempts)
                    .push_bind(row.created_at);
            });
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// The tenants with due rows on numbers that are not stopped, by id, and how many rows each has taken. Found like
/// [`super::jobs::due_tenants`].
pub async fn due_tenants(tx: &mut Tx, now: Timestamp) -> Result<Vec<(TenantId, i64)>> {
    let found: Vec<(String, i64)> = on!(tx, c => sqlx::query_as(
        "WITH RECURSIVE tenants_of(tenant_id) AS (
           SELECT MIN(tenant_id) FROM outbox WHERE state <> 'done'
           UNION ALL
           SELECT (SELECT MIN(later.tenant_id) FROM outbox later
                   WHERE later.state <> 'done' AND later.tenant_id > tenants_of.tenant_id)
           FROM tenants_of WHERE tenants_of.tenant_id IS NOT NULL)
         SELECT tenants_of.tenant_id,
           (SELECT COUNT(*) FROM outbox held WHERE held.tenant_id = tenants_of.tenant_id AND held.lease_until > $1)
         FROM tenants_of
         WHERE tenants_of.tenant_id IS NOT NULL AND (SELECT 1 FROM outbox due
           WHERE due.state <> 'done' AND due.tenant_id = tenants_of.tenant_id AND due.due_at <= $1
             AND (due.lease_until IS NULL OR due.lease_until <= $1)
             AND NOT EXISTS (SELECT 1 FROM channels h WHERE h.id = due.channel_id
               AND (h.down_code IS NOT NULL OR h.slow_until > $1)) LIMIT 1) = 1
         ORDER BY tenants_of.tenant_id")
        .bind(now.0).fetch_all(c).await)?;
    Ok(found.into_iter().map(|(tenant, held)| (tenant.into(), held)).collect())
}

/// Takes up to `limit` of a tenant's due rows, each the first unfinished one of its conversation, on numbers that are not
/// stopped. A row with an expired lease is taken again; the caller must treat its outcome as unknown.
pub async fn take(
    tx: &mut Tx,
    tenant: &TenantId,
    now: Timestamp,
    lease: &Lease,
    lease_until: Timestamp,
    limit: i64,
) -> Result<Vec<(Leased<OutboxRow>, Resumption)>> {
    let skip_locked = tx.skip_locked();
    let rows: Vec<RawOutbox> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM outbox o WHERE state <> 'done' AND tenant_id = $3 AND due_at <= $1
            AND (lease_until IS NULL OR lease_until <= $1)
            AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.conversation_id = o.conversation_id AND e.state <> 'done'
                AND e.ord < o.ord)
            AND NOT EXISTS (SELECT 1 FROM channels h WHERE h.id = o.channel_id
                AND (h.down_code IS NOT NULL OR h.slow_until > $1))
         ORDER BY due_at, ord LIMIT $2 {skip_locked}")))
        .bind(now.0).bind(limit).bind(tenant.as_str()).fetch_all(c).await)?;
    let rows = rows.into_iter().map(OutboxRow::try_from).collect::<Result<Vec<_>>>()?;
    let ids: Vec<&OutboxId> = rows.iter().map(|row| &row.id).collect();
    let mut held: HashSet<OutboxId> = HashSet::with_capacity(ids.len());
    for slice in slices(&ids) {
        let updated: Vec<String> = on!(tx, c => {
            let mut query = QueryBuilder::new("UPDATE outbox SET state = 'sending', lease_until = ");
            query.push_bind(lease_until.0).push(", lease_token = ").push_bind(lease.token.as_str());
            query.push(", lease_owner = ").push_bind(lease.owner.as_str());
            query.push(" WHERE state IN ('queued', 'sending', 'unknown') AND (lease_until IS NULL OR lease_until <= ");
            query.push_bind(now.0).push(") AND id IN (");
            let mut list = query.separated(", ");
            for id in slice {
                list.push_bind(id.as_str());
            }
            query.push(") RETURNING id");
            query.build_query_scalar().fetch_all(c).await
        })?;
        held.extend(updated.into_iter().map(OutboxId::from));
    }
    let mut taken = Vec::with_capacity(rows.len());
    for row in rows {
        let resumption = match row.state {
            OutboxState::Queued => Resumption::Fresh,
            OutboxState::Sending => Resumption::AfterCrash,
            OutboxState::Unknown => Resumption::AfterNoResponse,
            // The query excludes these.
            OutboxState::Done => continue,
        };
        if held.contains(&row.id) {
            taken.push((Leased { row, lease: lease.clone() }, resumption));
        }
    }
    Ok(taken)
}

/// The condition in which a row was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resumption {
    Fresh,
    /// Its worker failed between the call and its response.
    AfterCrash,
    /// Neither the response of the call nor a status came in time.
    AfterNoResponse,
}

/// Keeps a taken row until then, for a call before the send that takes longer than a lease. Meanwhile the row is queued: if
/// its worker fails, nothing was sent, and the attempt stays counted. Returns `false` if the lease was lost.
pub async fn hold(tx: &mut Tx, row: &Leased<OutboxRow>, until: Timestamp) -> Result<bool> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE outbox SET state = 'queued', lease_until = $3, attempts = attempts + 1
         WHERE id = $1 AND lease_token = $2 AND state = 'sending'")
        .bind(row.id.as_str()).bind(row.lease.token.as_str()).bind(until.0)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Goes on with a row that was held: from now on it may have been sent, and the attempt is counted by its outcome. Returns `false` if the lease was lost, or the row
/// was ended meanwhile.
pub async fn resume(tx: &mut Tx, row: &Leased<OutboxRow>, until: Timestamp) -> Result<bool> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE outbox SET state = 'sending', lease_until = $3, attempts = attempts - 1
         WHERE id = $1 AND lease_token = $2 AND state = 'queued'")
        .bind(row.id.as_str()).bind(row.lease.token.as_str()).bind(until.0)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// How the call of a row ended that Meta did not accept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendEnd {
    /// Unknown, and the wait is over.
    Unclear,
    /// It was not sent.
    Unsent,
}

/// Ends a row, keeping an outcome that a status reported since. Returns `false` if the lease was lost; nothing is
/// written then. Rows that Meta accepted are ended by [`finish_sent`].
pub async fn finish(tx: &mut Tx, row: &Leased<OutboxRow>, end: SendEnd) -> Result<bool> {
    let outcome = match end {
        SendEnd::Unclear => Some(AttemptOutcome::Unclear),
        SendEnd::Unsent => None,
    };
    let done = on!(tx, c => sqlx::query(
        "UPDATE outbox SET state = 'done', lease_until = NULL, outcome = COALESCE(outcome, $3)
         WHERE id = $1 AND lease_token = $2 AND state = 'sending'")
        .bind(row.id.as_str()).bind(row.lease.token.as_str()).bind(outcome.map(AttemptOutcome::as_str))
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Ends rows that Meta accepted under these ids, in one statement. A failure that a status reported for the same id since
/// stays. Returns the rows whose lease was held; nothing is written for the others.
pub async fn finish_sent(tx: &mut Tx, sent: &[(&Leased<OutboxRow>, &Wamid)]) -> Result<HashSet<OutboxId>> {
    let mut held = HashSet::with_capacity(sent.len());
    for slice in slices(sent) {
        let ended: Vec<String> = on!(tx, c => {
            let mut query = QueryBuilder::new(
                "UPDATE outbox SET state = 'done', lease_until = NULL, wamid = v.column3,
                    outcome = CASE WHEN outbox.outcome = 'failed' AND outbox.wamid = v.column3 THEN outbox.outcome
                        ELSE 'sent' END
                 FROM (");
            query.push_values(slice, |mut fields, (row, wamid)| {
                fields.push_bind(row.id.as_str()).push_bind(row.lease.token.as_str()).push_bind(wamid.0.as_str());
            });
            query.push(
                ") AS v WHERE outbox.id = v.column1 AND outbox.lease_token = v.column2 AND outbox.state = 'sending'
                 RETURNING id");
            query.build_query_scalar().fetch_all(c).await
        })?;
        held.extend(ended.into_iter().map(OutboxId::from));
    }
    Ok(held)
}

/// Result of putting a row back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RescheduleOutcome {
    Waiting,
    /// A status reported the outcome during the call, so there is nothing to retry.
    Done,
    /// The lease was lost.
    Lost,
}

/// Puts a row back: `state` is queued for a retry, or unknown while a status may still report the outcome.
pub async fn reschedule(
    tx: &mut Tx,
    row: &Leased<OutboxRow>,
    state: OutboxState,
    due: Timestamp,
    attempts: i64,
) -> Result<RescheduleOutcome> {
    let now: Option<String> = on!(tx, c => sqlx::query_scalar(
        "UPDATE outbox SET state = CASE WHEN outcome IS NULL THEN $3 ELSE 'done' END, due_at = $4, attempts = $5,
            lease_until = NULL
         WHERE id = $1 AND lease_token = $2 AND state = 'sending' RETURNING state")
        .bind(row.id.as_str()).bind(row.lease.token.as_str()).bind(state.as_str()).bind(due.0).bind(attempts).fetch_optional(c).await)?;
    let now = RowId::new(TABLE, row.id.as_str()).variant_if("state", now.as_deref())?;
    Ok(match now {
        None => RescheduleOutcome::Lost,
        Some(OutboxState::Done) => RescheduleOutcome::Done,
        Some(OutboxState::Queued | OutboxState::Sending | OutboxState::Unknown) => RescheduleOutcome::Waiting,
    })
}

/// The call that a status is about: by Meta's id, or by the part that our callback names.
#[derive(Clone, Copy, Debug)]
pub struct PieceRef<'a> {
    pub message: &'a MessageId,
    pub piece: Option<usize>,
    pub wamid: &'a Wamid,
}

impl PieceRef<'_> {
    fn ord(self) -> i64 {
        self.piece.and_then(|piece| i64::try_from(piece).ok()).unwrap_or(-1)
    }
}

/// Meta has the message: rows that wait for a status or a retry are done. Returns whether this was new.
pub async fn arrived(tx: &mut Tx, tenant: &TenantId, piece_ref: PieceRef<'_>) -> Result<bool> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE outbox SET outcome = 'sent', wamid = $4, state = CASE WHEN state = 'sending' THEN state ELSE 'done' END
         WHERE tenant_id = $1 AND message_id = $2 AND (wamid = $4 OR ord % 64 = $3)
            AND (state <> 'done' OR outcome = 'unclear')")
        .bind(tenant.as_str()).bind(piece_ref.message.as_str()).bind(piece_ref.ord()).bind(piece_ref.wamid.0.as_str())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Meta reports a failure. Returns whether this was new. A later attempt of the same part is another call.
pub async fn failed(tx: &mut Tx, tenant: &TenantId, piece_ref: PieceRef<'_>) -> Result<bool> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE outbox SET outcome = 'failed', wamid = $4, state = CASE WHEN state = 'sending' THEN state ELSE 'done' END
         WHERE tenant_id = $1 AND message_id = $2 AND ((wamid = $4 AND outcome = 'sent')
            OR ((wamid = $4 OR ord % 64 = $3) AND (state <> 'done' OR outcome = 'unclear')))")
        .bind(tenant.as_str()).bind(piece_ref.message.as_str()).bind(piece_ref.ord()).bind(piece_ref.wamid.0.as_str())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Ends all unfinished rows of a message, because it is given up or sent again as a whole.
///
/// Here and in other statements about unfinished rows of a message or conversation, the tenant is matched by an
/// expression: SQLite would otherwise read all unfinished rows of the tenant.
pub async fn finish_message(tx: &mut Tx, tenant: &TenantId, message: &MessageId) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE outbox SET outcome = CASE WHEN state = 'unknown' THEN 'unclear' ELSE outcome END, state = 'done',
            lease_until = NULL
         WHERE tenant_id || '' = $1 AND message_id = $2 AND state <> 'done'")
        .bind(tenant.as_str()).bind(message.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Ends the unfinished rows of a message that no worker has taken. A call in progress is still settled.
pub async fn give_up(tx: &mut Tx, tenant: &TenantId, message: &MessageId) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE outbox SET outcome = CASE WHEN state = 'unknown' THEN 'unclear' ELSE outcome END, state = 'done'
         WHERE tenant_id = $1 AND message_id = $2 AND state IN ('queued', 'unknown')")
        .bind(tenant.as_str()).bind(message.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Cancels the bot's unsent rows of a conversation and returns their messages (promise 3).
///
/// Here and in [`unsent_overdue`], `state <> 'done'` is redundant, but SQLite uses the partial indexes of unfinished
/// rows only with it. Without it, it scans all rows ever sent.
pub async fn cancel_bot(tx: &mut Tx, tenant: &TenantId, conversation: &ConversationId) -> Result<Vec<MessageId>> {
    let ids: Vec<String> = on!(tx, c => sqlx::query_scalar(
        "UPDATE outbox SET state = 'done' WHERE tenant_id || '' = $1 AND conversation_id = $2 AND author = 'bot'
            AND state = 'queued' AND state <> 'done' RETURNING message_id")
        .bind(tenant.as_str()).bind(conversation.as_str()).fetch_all(c).await)?;
    Ok(ids.into_iter().map(Into::into).collect())
}

/// Rows of the bot that wait on a stopped number while the bot has their conversation, so that no agent would notice. Of
/// the tenants in turn.
pub async fn unsent_overdue(tx: &mut Tx, limit: i64) -> Result<Vec<OutboxRow>> {
    let down: Option<i64> = on!(tx, c => sqlx::query_scalar("SELECT down_code FROM channels WHERE down_code IS NOT NULL LIMIT 1")
        .fetch_optional(c).await)?;
    if down.is_none() {
        return Ok(Vec::new());
    }
    let rows: Vec<RawOutbox> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM outbox o WHERE state = 'queued' AND state <> 'done' AND author = 'bot'
            AND EXISTS (SELECT 1 FROM channels h WHERE h.id = o.channel_id AND h.down_code IS NOT NULL)
            AND EXISTS (SELECT 1 FROM conversations t WHERE t.id = o.conversation_id AND t.stage = 'bot')
            AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.conversation_id = o.conversation_id AND e.state <> 'done'
                AND e.ord < o.ord)
         ORDER BY ROW_NUMBER() OVER (PARTITION BY tenant_id ORDER BY ord), ord LIMIT $1")))
        .bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(OutboxRow::try_from).collect()
}

/// As [`super::jobs::absent_owners`]. `state <> 'done'` is needed for the index, as in [`cancel_bot`].
pub async fn absent_owners(tx: &mut Tx, now: Timestamp) -> Result<Vec<Option<NodeId>>> {
    let owners: Vec<Option<String>> = on!(tx, c => sqlx::query_scalar(
        "SELECT DISTINCT lease_owner FROM outbox WHERE state <> 'done' AND lease_until IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM nodes n WHERE n.id = outbox.lease_owner AND n.expires_at > $1)")
        .bind(now.0).fetch_all(c).await)?;
    Ok(owners.into_iter().map(|owner| owner.map(NodeId::from)).collect())
}

/// Frees the leases of an owner. The next worker takes these rows as [`Resumption::AfterCrash`].
pub async fn free(tx: &mut Tx, owner: Option<&NodeId>) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE outbox SET lease_until = NULL
         WHERE state <> 'done' AND lease_until IS NOT NULL AND COALESCE(lease_owner, '') = $1")
        .bind(owner.map_or("", |owner| owner.as_str())).execute(c).await.map(|_| ()))?;
    Ok(())
}

pub fn order(seq: Seq, piece: usize) -> i64 {
    // A message has far fewer than 64 parts, so the order of parts fits below its sequence number.
    seq.0 * 64 + i64::try_from(piece).unwrap_or(63).min(63)
}
