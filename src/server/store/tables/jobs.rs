//! Durable jobs other than sends: enqueued in the caller's transaction, taken with a lease, fenced by its token.

use sqlx::{FromRow, QueryBuilder};

use super::{
    Result, Tx,
    db::{on, slices},
    lease::{Lease, Leased},
};
use crate::domain::{
    ids::{ChannelId, JobId, NodeId, TenantId},
    time::{Span, Timestamp},
    variant_names::variant_names,
};

/// The kind of a job, which defines the meaning of its key and payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobKind {
    /// A turn of the bot. Key: the conversation. Payload: the message.
    Turn,
    /// Keywords are looked for in a message that the bot does not answer: an edited one, or one before the newest. Key
    /// and payload as [`Self::Turn`].
    Reread,
    /// A turn of the language model. Key: the conversation.
    Model,
    /// An API call of a flow. Key: the conversation. Payload: the call, with its response while its turn has to wait.
    Call,
    /// The timeout of a question. Key: the conversation. Payload: the flow run's revision.
    QuestionTimeout,
    /// A flow resumes after an agent returned the conversation to the bot. Key and payload as [`Self::QuestionTimeout`].
    Resume,
    /// The download of a file. Key: the file.
    Fetch,
    /// A read mark. Key: the conversation. Payload: the message's wamid.
    Read,
    /// A typing indicator. Key and payload as [`Self::Read`], because Meta shows no indicator without a read mark.
    Typing,
    /// A block or unblock at Meta. Key: the customer. Payload: when it was pressed, in milliseconds.
    Block,
    /// A customer is taken from another app of the number, or given to it. Key: the conversation. Payload: when that was
    /// decided, and how often Meta was asked.
    ThreadControl,
    /// A close or return to the bot takes effect. Key: the conversation. Payload: the pending ending.
    Ending,
    /// A message that waits to be sent is due. Key: the message.
    Scheduled,
    /// A snooze ends. Key: the conversation. Payload: when, in milliseconds.
    Snooze,
    /// A silent customer is reminded, or their conversation closes. Key: the conversation. Payload: the silence.
    Silence,
    /// A customer who waits for an agent who is gone. Key: the conversation. Payload: the wait.
    Unattended,
    /// A customer who waits while their reply window closes. Key: the conversation. Payload: the wait.
    WindowEnd,
    /// What was written before there was a search index is added to it. One for all tenants. Payload: how far it got.
    Index,
    /// Ids of customers of earlier versions are corrected. One for all tenants. Payload: the last customer.
    CustomerIds,
}

variant_names!(JobKind {
    Turn => "turn",
    Reread => "reread",
    Model => "model",
    Call => "call",
    QuestionTimeout => "patience",
    Resume => "resume",
    Fetch => "fetch",
    Read => "read",
    Typing => "typing",
    Block => "block",
    ThreadControl => "thread_control",
    Ending => "ending",
    Scheduled => "scheduled",
    Snooze => "snooze",
    Silence => "silence",
    Unattended => "unattended",
    WindowEnd => "window_end",
    Index => "index",
    CustomerIds => "customer_ids",
});

#[derive(Clone, Debug)]
pub struct JobRow {
    pub id: JobId,
    pub tenant_id: TenantId,
    pub kind: JobKind,
    pub key: String,
    pub payload: String,
    pub due_at: i64,
    pub attempts: i64,
}

/// A taken job as it is read: its kind is known.
#[derive(FromRow)]
struct RawJob {
    id: String,
    tenant_id: String,
    key: String,
    payload: String,
    due_at: i64,
    attempts: i64,
}

impl RawJob {
    fn taken(self, kind: JobKind, lease: &Lease) -> Leased<JobRow> {
        let row = JobRow {
            id: self.id.into(),
            tenant_id: self.tenant_id.into(),
            kind,
            key: self.key,
            payload: self.payload,
            due_at: self.due_at,
            attempts: self.attempts,
        };
        Leased { row, lease: lease.clone() }
    }
}

pub async fn insert(tx: &mut Tx, owed: &[JobRow], now: Timestamp) -> Result<()> {
    for slice in slices(owed) {
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                "INSERT INTO jobs (id, tenant_id, kind, key, payload, due_at, attempts, created_at) ");
            query.push_values(slice, |mut row, job| {
                row.push_bind(job.id.as_str()).push_bind(job.tenant_id.as_str()).push_bind(job.kind.as_str())
                    .push_bind(job.key.as_str()).push_bind(job.payload.as_str()).push_bind(job.due_at)
                    .push_bind(job.attempts).push_bind(now.0);
            });
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// Which of a tenant's due jobs may be taken.
#[derive(Clone, Copy, Debug)]
pub enum Selection {
    /// All, oldest first.
    Any,
    /// At most one per key: the first due of each key, and none while another job of the key is taken.
    OnePerKey,
    /// All, oldest first, and at most this many of one tenant at a time, taken ones included. [`take`] does not count:
    /// its caller does.
    FairShare(i64),
}

impl Selection {
    /// A query for up to `$6` free jobs of kind `$1` and tenant `$7` that are due at `$2`.
    fn free(self, skip_locked: &str) -> String {
        match self {
            Self::Any | Self::FairShare(_) => format!(
                "SELECT id FROM jobs WHERE kind = $1 AND tenant_id = $7 AND due_at <= $2
                   AND (lease_until IS NULL OR lease_until <= $2)
                 ORDER BY due_at, id LIMIT $6 {skip_locked}"
            ),
            Self::OnePerKey => format!(
                "SELECT due.id FROM jobs due
                 WHERE due.kind = $1 AND due.tenant_id = $7 AND due.due_at <= $2
                   AND (due.lease_until IS NULL OR due.lease_until <= $2)
                   AND NOT EXISTS (SELECT 1 FROM jobs other
                     WHERE other.kind = due.kind AND other.key = due.key AND other.id <> due.id
                       AND (other.lease_until > $2 OR other.due_at < due.due_at
                         OR (other.due_at = due.due_at AND other.id < due.id)))
                 ORDER BY due.due_at, due.id LIMIT $6 {skip_locked}"
            ),
        }
    }
}

/// The tenants with due jobs of a kind that are not taken, by id, and how many jobs of the kind each has taken.
///
/// The tenants are found by one seek in the index each, so that the due jobs of a busy tenant are not read. A scalar
/// subquery instead of `EXISTS`, because PostgreSQL makes a join of that, which reads them all.
pub async fn due_tenants(tx: &mut Tx, kind: JobKind, now: Timestamp) -> Result<Vec<(TenantId, i64)>> {
    let found: Vec<(String, i64)> = on!(tx, c => sqlx::query_as(
        "WITH RECURSIVE tenants_of(tenant_id) AS (
           SELECT MIN(tenant_id) FROM jobs WHERE kind = $1
           UNION ALL
           SELECT (SELECT MIN(later.tenant_id) FROM jobs later
                   WHERE later.kind = $1 AND later.tenant_id > tenants_of.tenant_id)
           FROM tenants_of WHERE tenants_of.tenant_id IS NOT NULL)
         SELECT tenants_of.tenant_id,
           (SELECT COUNT(*) FROM jobs held
            WHERE held.kind = $1 AND held.tenant_id = tenants_of.tenant_id AND held.lease_until > $2)
         FROM tenants_of
         WHERE tenants_of.tenant_id IS NOT NULL AND (SELECT 1 FROM jobs due
           WHERE due.kind = $1 AND due.tenant_id = tenants_of.tenant_id AND due.due_at <= $2
             AND (due.lease_until IS NULL OR due.lease_until <= $2) LIMIT 1) = 1
         ORDER BY tenants_of.tenant_id")
        .bind(kind.as_str()).bind(now.0).fetch_all(c).await)?;
    Ok(found.into_iter().map(|(tenant, held)| (tenant.into(), held)).collect())
}

/// Since when the oldest job of a kind that is not taken is due, of any tenant; `None` if none waits. Found like
/// [`due_tenants`].
pub async fn oldest_due(tx: &mut Tx, kind: JobKind, now: Timestamp) -> Result<Option<Timestamp>> {
    // A job whose lease was freed is due before all others: it has waited since its creation at most.
    let oldest: Vec<Option<i64>> = on!(tx, c => sqlx::query_scalar(
        "WITH RECURSIVE tenants_of(tenant_id) AS (
           SELECT MIN(tenant_id) FROM jobs WHERE kind = $1
           UNION ALL
           SELECT (SELECT MIN(later.tenant_id) FROM jobs later
                   WHERE later.kind = $1 AND later.tenant_id > tenants_of.tenant_id)
           FROM tenants_of WHERE tenants_of.tenant_id IS NOT NULL)
         SELECT (SELECT CASE WHEN due.due_at > due.created_at THEN due.due_at ELSE due.created_at END FROM jobs due
           WHERE due.kind = $1 AND due.tenant_id = tenants_of.tenant_id AND due.due_at <= $2
             AND (due.lease_until IS NULL OR due.lease_until <= $2)
           ORDER BY due.due_at, due.id LIMIT 1)
         FROM tenants_of WHERE tenants_of.tenant_id IS NOT NULL")
        .bind(kind.as_str()).bind(now.0).fetch_all(c).await)?;
    Ok(oldest.into_iter().flatten().min().map(Timestamp))
}

/// Takes up to `limit` of a tenant's due jobs of a kind, oldest first. `attempts` says how often each was taken before.
#[expect(clippy::too_many_arguments, reason = "what is taken, for how long, and under which lease")]
pub async fn take(
    tx: &mut Tx,
    kind: JobKind,
    due: Selection,
    tenant: &TenantId,
    now: Timestamp,
    lease: &Lease,
    lease_until: Timestamp,
    limit: i64,
) -> Result<Vec<Leased<JobRow>>> {
    let free = due.free(tx.skip_locked());
    let taken: Vec<RawJob> = on!(tx, c => {
        // Materialized, because PostgreSQL may run the subquery of `IN` more than once, and each run would lock other
        // rows.
        sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "WITH free AS MATERIALIZED ({free})
             UPDATE jobs SET lease_until = $3, lease_token = $4, lease_owner = $5, attempts = attempts + 1
             WHERE id IN (SELECT id FROM free)
             RETURNING id, tenant_id, key, payload, due_at, attempts - 1 AS attempts")))
            .bind(kind.as_str()).bind(now.0).bind(lease_until.0).bind(lease.token.as_str())
            .bind(lease.owner.as_str()).bind(limit).bind(tenant.as_str()).fetch_all(c).await
    })?;
    let mut taken: Vec<Leased<JobRow>> = taken.into_iter().map(|job| job.taken(kind, lease)).collect();
    // Neither engine guarantees the order of returned rows.
    taken.sort_by(|one, other| (one.due_at, &one.id).cmp(&(other.due_at, &other.id)));
    Ok(taken)
}

/// Ends a job in the transaction of its result. `false`: the lease was lost, and the result must be discarded.
pub async fn finish(tx: &mut Tx, job: &Leased<JobRow>) -> Result<bool> {
    let done = on!(tx, c => sqlx::query("DELETE FROM jobs WHERE id = $1 AND lease_token = $2")
        .bind(job.id.as_str()).bind(job.lease.token.as_str()).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// As [`finish`], for several under one lease in one statement. Returns those whose lease was held.
pub async fn finish_all(tx: &mut Tx, ids: &[&JobId], lease: &Lease) -> Result<Vec<JobId>> {
    let mut done = Vec::with_capacity(ids.len());
    for slice in slices(ids) {
        let ended: Vec<String> = on!(tx, c => {
            let mut query = QueryBuilder::new("DELETE FROM jobs WHERE lease_token = ");
            query.push_bind(lease.token.as_str()).push(" AND id IN (");
            let mut list = query.separated(", ");
            for id in slice {
                list.push_bind(id.as_str());
            }
            query.push(") RETURNING id");
            query.build_query_scalar().fetch_all(c).await
        })?;
        done.extend(ended.into_iter().map(JobId::from));
    }
    Ok(done)
}

pub async fn reschedule(tx: &mut Tx, job: &Leased<JobRow>, due: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE jobs SET due_at = $3, lease_until = NULL WHERE id = $1 AND lease_token = $2")
        .bind(job.id.as_str()).bind(job.lease.token.as_str()).bind(due.0).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Puts a job back as if it had never been taken, because its result was outdated.
pub async fn release(tx: &mut Tx, job: &Leased<JobRow>, due: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE jobs SET due_at = $3, lease_until = NULL, attempts = attempts - 1 WHERE id = $1 AND lease_token = $2")
        .bind(job.id.as_str()).bind(job.lease.token.as_str()).bind(due.0).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// As [`release`], with a payload that holds what the worker has learnt.
pub async fn hold(tx: &mut Tx, job: &Leased<JobRow>, payload: &str, due: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE jobs SET payload = $4, due_at = $3, lease_until = NULL, attempts = attempts - 1
         WHERE id = $1 AND lease_token = $2")
        .bind(job.id.as_str()).bind(job.lease.token.as_str()).bind(due.0).bind(payload)
        .execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Makes the bot's waiting jobs of a conversation due at once, because what they waited for is over. A question's
/// timeout keeps its time. The tenant is matched by an expression, so that SQLite searches by the key.
pub async fn resume_bot(tx: &mut Tx, tenant: &TenantId, key: &str, now: Timestamp) -> Result<()> {
    for kind in [JobKind::Turn, JobKind::Reread, JobKind::Model, JobKind::Call, JobKind::Resume] {
        on!(tx, c => sqlx::query(
            "UPDATE jobs SET due_at = $4 WHERE kind = $2 AND due_at > $4 AND key = $3 AND tenant_id || '' = $1
                AND lease_until IS NULL")
            .bind(tenant.as_str()).bind(kind.as_str()).bind(key).bind(now.0).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}

/// Makes the pending downloads of a number due at once, because the cause of their delay is fixed. The key of a
/// download job is the file's id.
pub async fn reschedule_media(tx: &mut Tx, tenant: &TenantId, channel: &ChannelId, now: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE jobs SET due_at = $3 WHERE tenant_id = $1 AND lease_until IS NULL AND due_at > $3
            AND key IN (SELECT id FROM media WHERE tenant_id = $1 AND channel_id = $2 AND state = 'pending')")
        .bind(tenant.as_str()).bind(channel.as_str()).bind(now.0).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Moves a key's waiting job to `due`, but to `at_most` after its creation at the latest. Returns `false` if no job
/// waits.
pub async fn postpone(tx: &mut Tx, kind: JobKind, key: &str, due: Timestamp, at_most: Span) -> Result<bool> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE jobs SET due_at = CASE WHEN created_at + $4 < $3 THEN created_at + $4 ELSE $3 END
         WHERE kind = $1 AND key = $2 AND lease_until IS NULL AND attempts = 0")
        .bind(kind.as_str()).bind(key).bind(due.0).bind(at_most.0).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Makes a key's waiting jobs due before those that are added at `now`.
pub async fn hasten(tx: &mut Tx, kind: JobKind, key: &str, now: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE jobs SET due_at = $3 WHERE kind = $1 AND key = $2 AND due_at > $3 AND lease_until IS NULL")
        .bind(kind.as_str()).bind(key).bind(now.0 - 1).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Whether a job of a kind exists for a key, taken or not.
pub async fn is_queued(tx: &mut Tx, kind: JobKind, key: &str) -> Result<bool> {
    let found: Option<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT id FROM jobs WHERE kind = $1 AND key = $2 LIMIT 1").bind(kind.as_str()).bind(key).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// The payload of the oldest job of a kind, taken or not.
pub async fn payload_of(tx: &mut Tx, kind: JobKind) -> Result<Option<String>> {
    Ok(on!(tx, c => sqlx::query_scalar("SELECT payload FROM jobs WHERE kind = $1 ORDER BY due_at LIMIT 1")
        .bind(kind.as_str()).fetch_optional(c).await)?)
}

/// Whether a job with this payload waits for a key and is not taken.
pub async fn is_waiting_for(tx: &mut Tx, kind: JobKind, key: &str, payload: &str) -> Result<bool> {
    let found: Option<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT id FROM jobs WHERE kind = $1 AND key = $2 AND payload = $3 AND lease_until IS NULL LIMIT 1")
        .bind(kind.as_str()).bind(key).bind(payload).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// Removes a key's jobs that are not taken.
pub async fn drop_waiting(tx: &mut Tx, kind: JobKind, key: &str) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM jobs WHERE kind = $1 AND key = $2 AND lease_until IS NULL")
        .bind(kind.as_str()).bind(key).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Removes all jobs of a key. Workers that have taken one find their lease lost.
pub async fn drop_all(tx: &mut Tx, kind: JobKind, key: &str) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM jobs WHERE kind = $1 AND key = $2")
        .bind(kind.as_str()).bind(key).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Owners of leases that are not present. `None` stands for leases from before leases had an owner.
pub async fn absent_owners(tx: &mut Tx, now: Timestamp) -> Result<Vec<Option<NodeId>>> {
    let owners: Vec<Option<String>> = on!(tx, c => sqlx::query_scalar(
        "SELECT DISTINCT lease_owner FROM jobs WHERE lease_until IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM nodes n WHERE n.id = jobs.lease_owner AND n.expires_at > $1)")
        .bind(now.0).fetch_all(c).await)?;
    Ok(owners.into_iter().map(|owner| owner.map(NodeId::from)).collect())
}

/// Frees the leases of an owner. The jobs are due at once, ahead of all others.
pub async fn free(tx: &mut Tx, owner: Option<&NodeId>) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE jobs SET lease_until = NULL, due_at = 0 WHERE lease_until IS NOT NULL AND COALESCE(lease_owner, '') = $1")
        .bind(owner.map_or("", |owner| owner.as_str())).execute(c).await.map(|_| ()))?;
    Ok(())
}
