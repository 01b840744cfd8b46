//! Finds candidates: documents that have the tokens of a query, newest first.
//!
//! Words that stand in many messages are found by walking over the newest documents, rare ones by the full-text index:
//! each way is slow for the other kind. The caller begins with [`walk`], which shows how rare the words are.

use std::collections::BTreeMap;

use sqlx::{FromRow, QueryBuilder};

use super::{
    DocumentKind, LATEST, SLOTS,
    condition::{Part, Statement, matching, on_row},
    first_id,
};
use crate::{
    domain::{
        ids::{AgentId, ConversationId, TenantId},
        message::Content,
        search::Query,
        time::Timestamp,
    },
    server::store::{
        Result, RowId, Tx,
        db::{Dialect, TENANT_BESIDE_IDS, on, push_ids},
    },
};

/// A statement as a query of either engine.
macro_rules! built {
    ($statement:expr) => {{
        let mut query = QueryBuilder::new("");
        for part in &$statement.0 {
            match part {
                Part::Sql(sql) => query.push(sql.as_str()),
                Part::Text(text) => query.push_bind(text.as_str()),
                Part::Number(number) => query.push_bind(*number),
            };
        }
        query
    }};
}

/// Where a search looks.
#[derive(Clone, Copy, Debug)]
pub struct Scan<'q> {
    pub kind: DocumentKind,
    pub query: &'q Query,
    pub from: Option<Timestamp>,
    /// Exclusive.
    pub to: Option<Timestamp>,
    /// The document after which the search continues.
    pub after: Option<i64>,
}

impl Scan<'_> {
    /// `AND` conditions on the id column.
    fn range(&self, column: &str) -> Statement {
        let mut statement = Statement::default();
        if let Some(from) = self.from {
            statement = statement.sql(format!(" AND {column} >= ")).number(first_id(from));
        }
        let to = self.to.map_or(i64::MAX, first_id);
        let end = self.after.map_or(to, |after| after.min(to));
        statement.sql(format!(" AND {column} < ")).number(end)
    }
}

/// A document that may be a hit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub id: i64,
    /// The message, note or customer.
    pub subject: String,
    /// The conversation of a message or note.
    pub conversation: Option<ConversationId>,
}

#[derive(FromRow)]
struct RawCandidate {
    id: i64,
    subject_id: String,
    conversation_id: Option<String>,
}

impl From<RawCandidate> for Candidate {
    fn from(row: RawCandidate) -> Self {
        Self { id: row.id, subject: row.subject_id, conversation: row.conversation_id.map(Into::into) }
    }
}

/// The result of looking at the newest documents.
#[derive(Clone, Debug, Default)]
pub struct Walk {
    pub found: Vec<Candidate>,
    /// How many documents were looked at.
    pub seen: usize,
    /// The last of them; `None` if there were no more.
    pub reached: Option<i64>,
}

impl Walk {
    /// What the full-text index has found, of which at most `limit` were wanted.
    fn indexed(found: Vec<Candidate>, limit: i64) -> Self {
        let is_full = i64::try_from(found.len()).is_ok_and(|found| found >= limit);
        let reached = found.last().filter(|_| is_full).map(|last| last.id);
        Self { seen: found.len(), reached, found }
    }
}

/// For each candidate that is wanted, PostgreSQL sorts at most so many matches, or looks at so many documents.
const EFFORT: i64 = 10;

/// Looks at the newest `limit` documents of a scan.
pub async fn walk(tx: &mut Tx, tenant: &TenantId, scan: Scan<'_>, limit: i64) -> Result<Walk> {
    let newest = |columns: &str| {
        Statement::of(format!("SELECT {columns} FROM search_documents WHERE tenant_id = "))
            .text(tenant.as_str())
            .sql(" AND kind = ")
            .text(scan.kind.as_str())
            .then(scan.range("id"))
            .sql(" ORDER BY id DESC LIMIT ")
            .number(limit)
    };
    let end = Statement::of("SELECT COUNT(*), MIN(id) FROM (").then(newest("id")).sql(") AS doc");
    let (seen, last): (i64, Option<i64>) = on!(tx, c => {
        let mut query = built!(end);
        query.build_query_as().fetch_one(c).await
    })?;
    let statement = Statement::of("SELECT doc.id, doc.subject_id, doc.conversation_id FROM (")
        .then(newest("id, subject_id, conversation_id, tokens"))
        .sql(") AS doc WHERE ")
        .then(on_row(tx.dialect(), tenant, scan.kind, scan.query))
        .sql(" ORDER BY doc.id DESC");
    let found = candidates(tx, &statement).await?;
    Ok(Walk { found, seen: usize::try_from(seen).unwrap_or_default(), reached: last.filter(|_| seen == limit) })
}

/// The newest `limit` candidates of a scan, by the full-text index.
///
/// GIN returns matches in no order, so PostgreSQL sorts all of them. If there are too many, the word is frequent among
/// older documents, and the next of those are looked at one by one instead.
pub async fn indexed(tx: &mut Tx, tenant: &TenantId, scan: Scan<'_>, limit: i64) -> Result<Walk> {
    let dialect = tx.dialect();
    let wanted = matching(dialect, tenant, scan.kind, scan.query);
    let of_tenant = |tenant_column: &str, kind_column: &str| {
        Statement::of(format!("{tenant_column} = "))
            .text(tenant.as_str())
            .sql(format!(" AND {kind_column} = "))
            .text(scan.kind.as_str())
    };
    if dialect == Dialect::Postgres {
        let most = limit.saturating_mul(EFFORT);
        if count_matches(tx, &wanted, most.saturating_add(1)).await? > most {
            return walk(tx, tenant, scan, most).await;
        }
        // Materialized, because the planner may otherwise walk over all documents of the tenant in their order.
        let statement = Statement::of(
            "WITH found AS MATERIALIZED (SELECT id, tenant_id, kind, subject_id, conversation_id FROM search_documents \
             WHERE tokens @@ CAST(",
        )
        .text(wanted)
        .sql(" AS TSQUERY)) SELECT id, subject_id, conversation_id FROM found WHERE ")
        .then(of_tenant("tenant_id", "kind"))
        .then(scan.range("id"))
        .sql(" ORDER BY id DESC LIMIT ")
        .number(limit);
        return Ok(Walk::indexed(candidates(tx, &statement).await?, limit));
    }
    // CROSS JOIN keeps the order of the tables: the index first, and the rows by their ids.
    let select = "SELECT doc.id, doc.subject_id, doc.conversation_id FROM";
    let merged = Statement::of(format!(
        "{select} search_index i CROSS JOIN search_documents doc ON doc.id = i.rowid WHERE i.search_index MATCH "
    ))
    .text(wanted)
    .then(scan.range("i.rowid"))
    .sql(" AND ")
    .then(of_tenant("doc.tenant_id", "doc.kind"))
    .sql(" ORDER BY i.rowid DESC LIMIT ")
    .number(limit);
    let pending = Statement::of(format!(
        "{select} search_pending CROSS JOIN search_documents doc ON doc.id = search_pending.id WHERE "
    ))
    .then(of_tenant("doc.tenant_id", "doc.kind"))
    .then(scan.range("search_pending.id"))
    .sql(" AND ")
    .then(on_row(dialect, tenant, scan.kind, scan.query))
    .sql(" ORDER BY search_pending.id DESC LIMIT ")
    .number(limit);
    let mut found = candidates(tx, &merged).await?;
    found.extend(candidates(tx, &pending).await?);
    found.sort_by_key(|candidate| std::cmp::Reverse(candidate.id));
    found.truncate(usize::try_from(limit).unwrap_or_default());
    Ok(Walk::indexed(found, limit))
}

/// How many documents match, at most `limit`, on PostgreSQL. It stops reading at the limit.
async fn count_matches(tx: &mut Tx, wanted: &str, limit: i64) -> Result<i64> {
    let statement = Statement::of("SELECT COUNT(*) FROM (SELECT 1 FROM search_documents WHERE tokens @@ CAST(")
        .text(wanted)
        .sql(" AS TSQUERY) LIMIT ")
        .number(limit)
        .sql(") AS found");
    Ok(on!(tx, c => {
        let mut query = built!(statement);
        query.build_query_scalar().fetch_one(c).await
    })?)
}

/// The newest `limit` candidates among the messages or notes of `conversations`.
pub async fn of_conversations(
    tx: &mut Tx,
    tenant: &TenantId,
    scan: Scan<'_>,
    conversations: &[ConversationId],
    limit: i64,
) -> Result<Vec<Candidate>> {
    let table = match scan.kind {
        DocumentKind::Message => "messages",
        DocumentKind::Note => "notes",
        DocumentKind::Customer => return Ok(Vec::new()),
    };
    if conversations.is_empty() {
        return Ok(Vec::new());
    }
    // As `first_id`: PostgreSQL refuses a product that overflows.
    let first = format!("CASE WHEN m.at > {LATEST} THEN {LATEST} ELSE m.at END * {SLOTS}");
    let kind = scan.kind.as_str();
    let mut statement = Statement::of(format!(
        "SELECT doc.id, doc.subject_id, doc.conversation_id FROM {table} m CROSS JOIN search_documents doc \
         WHERE doc.tenant_id = m.tenant_id AND doc.kind = '{kind}' AND doc.id >= {first} \
         AND doc.id < {first} + {SLOTS} AND doc.subject_id = m.id AND m.{TENANT_BESIDE_IDS} = "
    ))
    .text(tenant.as_str())
    .sql(" AND m.conversation_id IN (");
    for (nth, id) in conversations.iter().enumerate() {
        statement = statement.sql(if nth == 0 { "" } else { ", " }).text(id.as_str());
    }
    let statement = statement
        .sql(")")
        .then(scan.range("doc.id"))
        .sql(" AND ")
        .then(on_row(tx.dialect(), tenant, scan.kind, scan.query))
        .sql(" ORDER BY doc.id DESC LIMIT ")
        .number(limit);
    candidates(tx, &statement).await
}

async fn candidates(tx: &mut Tx, statement: &Statement) -> Result<Vec<Candidate>> {
    let rows: Vec<RawCandidate> = on!(tx, c => {
        let mut query = built!(statement);
        query.build_query_as().fetch_all(c).await
    })?;
    Ok(rows.into_iter().map(Candidate::from).collect())
}

/// A text, to compare it with a query.
#[derive(Clone, Debug)]
pub struct FoundText {
    /// A note's as it is stored, with the ids of those whom it mentions.
    pub text: String,
    pub at: Timestamp,
    pub by: Writer,
}

/// Who wrote a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Writer {
    Customer,
    /// It was sent to the customer.
    Business,
    /// It is a note.
    Agent(AgentId),
}

/// The texts of candidates of a kind, by their ids. Those that are deleted, hidden or of another tenant are left out, and
/// customers have none.
pub async fn texts(
    tx: &mut Tx,
    tenant: &TenantId,
    kind: DocumentKind,
    ids: &[&str],
) -> Result<BTreeMap<String, FoundText>> {
    match kind {
        DocumentKind::Message => of_messages(tx, tenant, ids).await,
        DocumentKind::Note => of_notes(tx, tenant, ids).await,
        DocumentKind::Customer => Ok(BTreeMap::new()),
    }
}

async fn of_messages(tx: &mut Tx, tenant: &TenantId, ids: &[&str]) -> Result<BTreeMap<String, FoundText>> {
    let mut found = BTreeMap::new();
    for slice in super::slices(ids) {
        let rows: Vec<(String, String, i64, String)> = on!(tx, c => {
            let mut query = QueryBuilder::new("SELECT id, content, at, author FROM messages WHERE ");
            push_ids(&mut query, tenant, "id", slice.iter().copied());
            query.push(" AND NOT hidden AND NOT revoked");
            query.build_query_as().fetch_all(c).await
        })?;
        for (id, content, at, author) in rows {
            let content: Content = RowId::new("messages", &id).json("content", &content)?;
            let by = if author == "customer" { Writer::Customer } else { Writer::Business };
            found.insert(id, FoundText { text: content.search_text(), at: Timestamp(at), by });
        }
    }
    Ok(found)
}

async fn of_notes(tx: &mut Tx, tenant: &TenantId, ids: &[&str]) -> Result<BTreeMap<String, FoundText>> {
    let mut found = BTreeMap::new();
    for slice in super::slices(ids) {
        let rows: Vec<(String, String, i64, String)> = on!(tx, c => {
            let mut query = QueryBuilder::new("SELECT id, body, at, author_id FROM notes WHERE ");
            push_ids(&mut query, tenant, "id", slice.iter().copied());
            query.push(" AND body IS NOT NULL");
            query.build_query_as().fetch_all(c).await
        })?;
        for (id, text, at, author) in rows {
            found.insert(id, FoundText { text, at: Timestamp(at), by: Writer::Agent(author.into()) });
        }
    }
    Ok(found)
}
