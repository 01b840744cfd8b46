//! The log: append and read, without update or delete. From where its acts came is in a table of its own, whose rows can
//! be erased.

use std::{collections::HashMap, net::IpAddr, sync::LazyLock};

use sqlx::{FromRow, QueryBuilder};

use super::{
    Result, RowId, StoreError, Tx, customers,
    db::{on, slices},
    to_json,
};
use crate::domain::{
    event::{Actor, AuditKind, Entry, Event, EventKind, Wish},
    ids::{ConversationId, CustomerId, Seq, TenantId},
    template::TemplateCategory,
    time::Timestamp,
};

#[derive(FromRow)]
struct RawEntry {
    tenant_id: String,
    seq: i64,
    at: i64,
    actor: String,
    conversation_id: Option<String>,
    event: String,
}

impl TryFrom<RawEntry> for Entry {
    type Error = StoreError;
    fn try_from(row: RawEntry) -> Result<Self> {
        let id = format!("{}/{}", row.tenant_id, row.seq);
        let this = RowId::new("entries", &id);
        Ok(Self {
            seq: Seq(row.seq),
            at: Timestamp(row.at),
            actor: this.json("actor", &row.actor)?,
            conversation: row.conversation_id.map(ConversationId::from),
            event: this.json("event", &row.event)?,
        })
    }
}

pub async fn append(tx: &mut Tx, tenant: &TenantId, entries: &[Entry]) -> Result<()> {
    for chunk in slices(entries) {
        let mut rows = Vec::with_capacity(chunk.len());
        for entry in chunk {
            rows.push((entry, to_json(&entry.actor)?, to_json(&entry.event)?));
        }
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                "INSERT INTO entries (tenant_id, seq, at, actor, conversation_id, name, event) ");
            query.push_values(&rows, |mut row, (entry, actor, event)| {
                row.push_bind(tenant.as_str()).push_bind(entry.seq.0).push_bind(entry.at.0).push_bind(actor.as_str())
                    .push_bind(entry.conversation.as_ref().map(|id| id.as_str()))
                    .push_bind(entry.event.name()).push_bind(event.as_str());
            });
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// Keeps the address from which the acts of these entries came.
pub async fn keep_address(tx: &mut Tx, tenant: &TenantId, seqs: &[Seq], address: IpAddr) -> Result<()> {
    let address = address.to_canonical().to_string();
    for chunk in slices(seqs) {
        on!(tx, c => {
            let mut query = QueryBuilder::new("INSERT INTO entry_addresses (tenant_id, seq, address) ");
            query.push_values(chunk, |mut row, seq| {
                row.push_bind(tenant.as_str()).push_bind(seq.0).push_bind(address.as_str());
            });
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// The addresses from which the acts of these entries came, where they are known.
pub async fn addresses(tx: &mut Tx, tenant: &TenantId, seqs: &[Seq]) -> Result<HashMap<Seq, String>> {
    let mut found = HashMap::with_capacity(seqs.len());
    for chunk in slices(seqs) {
        let rows: Vec<(i64, String)> = on!(tx, c => {
            let mut query = QueryBuilder::new("SELECT seq, address FROM entry_addresses WHERE tenant_id = ");
            query.push_bind(tenant.as_str()).push(" AND seq IN (");
            let mut list = query.separated(", ");
            for seq in chunk {
                list.push_bind(seq.0);
            }
            query.push(")");
            query.build_query_as().fetch_all(c).await
        })?;
        found.extend(rows.into_iter().map(|(seq, address)| (Seq(seq), address)));
    }
    Ok(found)
}

/// Up to `limit` entries after `after`, in order.
pub async fn since(tx: &mut Tx, tenant: &TenantId, after: Seq, limit: i64) -> Result<Vec<Entry>> {
    let rows: Vec<RawEntry> = on!(tx, c => sqlx::query_as(
        "SELECT tenant_id, seq, at, actor, conversation_id, event FROM entries WHERE tenant_id = $1 AND seq > $2 ORDER BY seq LIMIT $3")
        .bind(tenant.as_str()).bind(after.0).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(Entry::try_from).collect()
}

/// These entries.
pub async fn by_seqs(tx: &mut Tx, tenant: &TenantId, seqs: &[Seq]) -> Result<HashMap<Seq, Entry>> {
    let mut found = HashMap::with_capacity(seqs.len());
    for chunk in slices(seqs) {
        let rows: Vec<RawEntry> = on!(tx, c => {
            let mut query = QueryBuilder::new(
                "SELECT tenant_id, seq, at, actor, conversation_id, event FROM entries WHERE tenant_id = ");
            query.push_bind(tenant.as_str()).push(" AND seq IN (");
            let mut list = query.separated(", ");
            for seq in chunk {
                list.push_bind(seq.0);
            }
            query.push(")");
            query.build_query_as().fetch_all(c).await
        })?;
        for row in rows {
            let entry = Entry::try_from(row)?;
            found.insert(entry.seq, entry);
        }
    }
    Ok(found)
}

/// A SQL list of the names of all event kinds for which `belongs` holds.
fn names(belongs: fn(EventKind) -> bool) -> String {
    let names = EventKind::ALL.into_iter().filter(|kind| belongs(*kind)).map(|kind| format!("'{}'", kind.as_str()));
    format!("({})", names.collect::<Vec<_>>().join(","))
}

static LINES: LazyLock<String> = LazyLock::new(|| names(EventKind::is_thread_line));
static AUDITED: LazyLock<String> = LazyLock::new(|| names(EventKind::is_audited));

/// Up to `limit` entries of a conversation's thread before the position `(at, seq)`, newest first.
pub async fn lines(
    tx: &mut Tx,
    tenant: &TenantId,
    conversation: &ConversationId,
    before: Option<(Timestamp, Seq)>,
    limit: i64,
) -> Result<Vec<Entry>> {
    let (at, seq) = before.unwrap_or((Timestamp(i64::MAX), Seq(i64::MAX)));
    let rows: Vec<RawEntry> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT tenant_id, seq, at, actor, conversation_id, event FROM entries
         WHERE tenant_id = $1 AND conversation_id = $2 AND name IN {} AND (at < $3 OR (at = $3 AND seq < $4))
         ORDER BY seq DESC LIMIT $5", *LINES)))
        .bind(tenant.as_str()).bind(conversation.as_str()).bind(at.0).bind(seq.0).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(Entry::try_from).collect()
}

/// A conversation's entries of one kind after `after`, oldest first.
pub async fn of_kind(
    tx: &mut Tx,
    tenant: &TenantId,
    conversation: &ConversationId,
    kind: EventKind,
    after: Seq,
) -> Result<Vec<Entry>> {
    // The name is an expression, because SQLite without statistics would read the tenant's entries of this kind instead
    // of the conversation's entries.
    let rows: Vec<RawEntry> = on!(tx, c => sqlx::query_as(
        "SELECT tenant_id, seq, at, actor, conversation_id, event FROM entries
         WHERE tenant_id = $1 AND conversation_id = $2 AND name || '' = $3 AND seq > $4 ORDER BY seq")
        .bind(tenant.as_str()).bind(conversation.as_str()).bind(kind.as_str()).bind(after.0).fetch_all(c).await)?;
    rows.into_iter().map(Entry::try_from).collect()
}

/// Whether the customer has opted out of messages of this category: their last word about marketing, which alone a person
/// turns off at WhatsApp, is that they want none, however long ago and under whichever of their ids.
pub async fn has_opted_out(
    tx: &mut Tx,
    tenant: &TenantId,
    customer: &CustomerId,
    category: TemplateCategory,
) -> Result<bool> {
    if category != TemplateCategory::Marketing {
        return Ok(false);
    }
    let mut said: Vec<(i64, Wish)> = Vec::new();
    for customer in customers::ids_of(tx, tenant, customer).await? {
        for wish in Wish::ALL {
            // The whole text of the entry is looked up: an index has it, and SQL need not look into it.
            let event = to_json(&Event::Preferred { customer: customer.clone(), wish })?;
            let seq: Option<i64> = on!(tx, c => sqlx::query_scalar(
                "SELECT MAX(seq) FROM entries WHERE tenant_id = $1 AND name = 'preferred' AND event = $2")
                .bind(tenant.as_str()).bind(event.as_str()).fetch_one(c).await)?;
            said.extend(seq.map(|seq| (seq, wish)));
        }
    }
    let last = said.into_iter().max_by_key(|(seq, _)| *seq);
    Ok(last.is_some_and(|(_, wish)| wish == Wish::Stop))
}

/// Most entries in which news are counted.
const NEWS_LIMIT: i64 = 2_000;

/// How many news of a conversation came after `seen`. If there are too many entries to tell, no look that old counts.
pub async fn news_after(tx: &mut Tx, tenant: &TenantId, conversation: &ConversationId, seen: Seq) -> Result<i64> {
    let rows: Vec<RawEntry> = on!(tx, c => sqlx::query_as(
        "SELECT tenant_id, seq, at, actor, conversation_id, event FROM entries
         WHERE tenant_id = $1 AND conversation_id = $2 AND seq > $3 AND name IN ($4, $5) ORDER BY seq LIMIT $6")
        .bind(tenant.as_str()).bind(conversation.as_str()).bind(seen.0).bind(EventKind::CustomerWrote.as_str())
        .bind(EventKind::Amended.as_str()).bind(NEWS_LIMIT).fetch_all(c).await)?;
    let mut news = 0;
    let is_bounded = i64::try_from(rows.len()).is_ok_and(|rows| rows < NEWS_LIMIT);
    for row in rows {
        let entry = Entry::try_from(row)?;
        news += i64::from(entry.event.is_news(&entry.actor));
    }
    Ok(if is_bounded { news } else { i64::MAX })
}

/// Which audited entries are read.
#[derive(Clone, Debug, Default)]
pub struct AuditScope {
    pub kind: Option<AuditKind>,
    pub actor: Option<Actor>,
    pub from: Option<Timestamp>,
    /// Exclusive.
    pub to: Option<Timestamp>,
}

/// Up to `limit` audited entries before `before`, newest first. The index is asked once per kind of event: a query over
/// all kinds would walk over the log's messages, which are most of it.
pub async fn audited(
    tx: &mut Tx,
    tenant: &TenantId,
    scope: &AuditScope,
    before: Option<Seq>,
    limit: i64,
) -> Result<Vec<Entry>> {
    let before = before.unwrap_or(Seq(i64::MAX));
    let AuditScope { kind, actor, from, to } = scope;
    let is_all = kind.is_none() && actor.is_none() && from.is_none() && to.is_none();
    if is_all {
        let rows: Vec<RawEntry> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT tenant_id, seq, at, actor, conversation_id, event FROM entries
             WHERE tenant_id = $1 AND seq < $2 AND name IN {} ORDER BY seq DESC LIMIT $3", *AUDITED)))
            .bind(tenant.as_str()).bind(before.0).bind(limit).fetch_all(c).await)?;
        return rows.into_iter().map(Entry::try_from).collect();
    }
    let actor = actor.as_ref().map(to_json).transpose()?.unwrap_or_default();
    let (from, to) = (from.map_or(i64::MIN, |at| at.0), to.map_or(i64::MAX, |at| at.0));
    let mut found = Vec::new();
    // A query per name reads the index of names from its newest entry on. One for all names would walk over the messages
    // of the log.
    for name in EventKind::ALL {
        if name.audit_kind().is_none_or(|own| kind.is_some_and(|wanted| wanted != own)) {
            continue;
        }
        let rows: Vec<RawEntry> = on!(tx, c => sqlx::query_as(
            "SELECT tenant_id, seq, at, actor, conversation_id, event FROM entries
             WHERE tenant_id = $1 AND name = $2 AND seq < $3 AND at >= $4 AND at < $5 AND ($6 = '' OR actor = $6)
             ORDER BY seq DESC LIMIT $7")
            .bind(tenant.as_str()).bind(name.as_str()).bind(before.0).bind(from).bind(to).bind(actor.as_str())
            .bind(limit).fetch_all(c).await)?;
        for row in rows {
            found.push(Entry::try_from(row)?);
        }
    }
    found.sort_by_key(|entry| std::cmp::Reverse(entry.seq));
    found.truncate(usize::try_from(limit).unwrap_or_default());
    Ok(found)
}
