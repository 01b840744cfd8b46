//! The search index: a row per message, note and customer with its tokens, which `domain::search` makes.
//!
//! The only statements that the engines do not share are here and in `search/`: SQLite finds tokens by FTS5, PostgreSQL
//! by a GIN index. Every token begins with a key of its tenant, so that what other tenants have written costs a search
//! nothing; the tenant's column decides. `search/read.rs` finds, `search/condition.rs` writes the conditions.
//!
//! Rows are added in the transaction of what they are about. Triggers remove them when it is changed or erased.

mod condition;
mod read;

use sqlx::{FromRow, QueryBuilder};

use super::{
    Result, RowId, Tx,
    customers::CustomerRow,
    db::{Dialect, on, slices},
    messages::MessageRow,
};
use crate::domain::{
    ids::{ConversationId, CustomerId, MessageId, NoteId, Seq, TenantId},
    message::Content,
    note,
    search::{customer_tokens, text_tokens},
    time::Timestamp,
    variant_names::variant_names,
};

pub use self::read::{Candidate, FoundText, Scan, Walk, Writer, indexed, of_conversations, texts, walk};

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    Message,
    Note,
    Customer,
}

variant_names!(DocumentKind {
    Message => "message",
    Note => "note",
    Customer => "customer",
});

impl DocumentKind {
    /// The end of a tenant's key: tokens of the kinds are kept apart.
    const fn key_end(self) -> char {
        match self {
            Self::Message => 'm',
            Self::Note => 'n',
            Self::Customer => 'c',
        }
    }
}

/// The bits of an id below its milliseconds.
const SLOT_BITS: u32 = 20;
const SLOTS: i64 = 1 << SLOT_BITS;
/// The latest milliseconds that an id can begin with, in the year 2248. What claims to be later has this time.
const LATEST: i64 = i64::MAX / SLOTS - 1;

/// A message, a note or a customer as it is searched.
#[derive(Clone, Debug)]
pub struct Document {
    kind: DocumentKind,
    subject: String,
    conversation: Option<ConversationId>,
    at: Timestamp,
    /// Distinguishes documents of one millisecond.
    slot: i64,
    tokens: Vec<String>,
}

impl Document {
    /// `None` if the message has nothing that can be found.
    pub fn of_message(record: &MessageRow) -> Option<Self> {
        if record.hidden || record.revoked {
            return None;
        }
        Self::of_text(&record.id, &record.conversation, &record.content, record.at, record.seq)
    }

    fn of_text(
        id: &MessageId,
        conversation: &ConversationId,
        content: &Content,
        at: Timestamp,
        seq: Seq,
    ) -> Option<Self> {
        Self::of_item(DocumentKind::Message, id.as_str(), conversation, &content.search_text(), (at, seq))
    }

    /// `None` if the note has nothing that can be found. `body` is its stored text.
    pub fn of_note(
        id: &NoteId,
        conversation: &ConversationId,
        body: &str,
        (at, seq): (Timestamp, Seq),
    ) -> Option<Self> {
        Self::of_item(DocumentKind::Note, id.as_str(), conversation, &note::words(body), (at, seq))
    }

    fn of_item(
        kind: DocumentKind,
        subject: &str,
        conversation: &ConversationId,
        text: &str,
        (at, seq): (Timestamp, Seq),
    ) -> Option<Self> {
        let tokens = text_tokens(text);
        let (subject, conversation) = (subject.to_owned(), Some(conversation.clone()));
        (!tokens.is_empty()).then_some(Self { kind, subject, conversation, at, slot: seq.0, tokens })
    }

    pub fn of_customer(customer: &CustomerRow) -> Self {
        Self {
            kind: DocumentKind::Customer,
            subject: customer.id.as_str().to_owned(),
            conversation: None,
            at: Timestamp(customer.created_at),
            slot: i64::from(hash(customer.id.as_str())),
            tokens: customer_tokens(&customer.name, customer.username.as_deref(), customer.wa_id.as_deref()),
        }
    }

    /// The row's id, if no other document has it.
    fn id(&self, tenant: &TenantId) -> i64 {
        // Two tenants often write the same position of their logs in one millisecond, for example both their first.
        let slot = self.slot.wrapping_add(i64::from(hash(tenant.as_str()))).rem_euclid(SLOTS);
        first_id(self.at) + slot
    }

    /// The tokens with the tenant's key, as the engine stores them.
    fn stored_tokens(&self, tenant: &TenantId, dialect: Dialect) -> String {
        let key = key(tenant, self.kind);
        let mut stored = String::with_capacity(self.tokens.len() * 16);
        for token in &self.tokens {
            match dialect {
                Dialect::Sqlite => stored.extend([" ", key.as_str(), token.as_str()]),
                // Tokens contain neither quotation marks nor backslashes, because folding removes punctuation.
                Dialect::Postgres => stored.extend([" '", key.as_str(), token.as_str(), "'"]),
            }
        }
        if dialect == Dialect::Sqlite {
            stored.push(' ');
        }
        stored
    }
}

/// The smallest id of a moment.
pub fn first_id(at: Timestamp) -> i64 {
    at.0.clamp(-LATEST, LATEST) * SLOTS
}

/// FNV-1a: the same in every version, because rows contain what is made of it.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// What every token of a tenant begins with. Two tenants may share a key: then a search of one passes over rows of the
/// other.
fn key(tenant: &TenantId, kind: DocumentKind) -> String {
    let mut rest = hash(tenant.as_str());
    let mut key = String::with_capacity(8);
    for _ in 0..7 {
        key.extend(char::from_digit(rest % 36, 36));
        rest /= 36;
    }
    key.push(kind.key_end());
    key
}

/// Adds documents. One that is there already is left as it is.
pub async fn add(tx: &mut Tx, tenant: &TenantId, mut documents: Vec<Document>) -> Result<()> {
    documents.retain(|document| !document.tokens.is_empty());
    // Ascending ids keep the pages of the table full.
    documents.sort_by_cached_key(|document| document.id(tenant));
    for slice in slices(&documents) {
        if insert(tx, tenant, slice, 0).await? == slice.len() {
            continue;
        }
        for document in slice {
            place(tx, tenant, document).await?;
        }
    }
    Ok(())
}

/// Inserts the documents whose ids, moved by `shift`, are free. Returns how many those were.
async fn insert(tx: &mut Tx, tenant: &TenantId, documents: &[Document], shift: i64) -> Result<usize> {
    let dialect = tx.dialect();
    let rows: Vec<(&Document, i64, String)> = documents
        .iter()
        .map(|document| {
            let first = first_id(document.at);
            let id = first + (document.id(tenant) - first + shift) % SLOTS;
            (document, id, document.stored_tokens(tenant, dialect))
        })
        .collect();
    let inserted = on!(tx, c => {
        let mut query = QueryBuilder::new(
            "INSERT INTO search_documents (id, tenant_id, kind, subject_id, conversation_id, tokens) ");
        query.push_values(&rows, |mut row, (document, id, tokens)| {
            row.push_bind(*id).push_bind(tenant.as_str()).push_bind(document.kind.as_str())
                .push_bind(document.subject.as_str())
                .push_bind(document.conversation.as_ref().map(|id| id.as_str()));
            match dialect {
                Dialect::Sqlite => row.push_bind(tokens.as_str()),
                Dialect::Postgres => {
                    row.push("CAST(").push_bind_unseparated(tokens.as_str()).push_unseparated(" AS TSVECTOR)")
                }
            };
        });
        query.push(" ON CONFLICT DO NOTHING");
        query.build().execute(c).await.map(|done| done.rows_affected())
    })?;
    Ok(usize::try_from(inserted).unwrap_or_default())
}

/// Inserts a document under the next free id of its millisecond, unless it is there already.
async fn place(tx: &mut Tx, tenant: &TenantId, document: &Document) -> Result<()> {
    let first = first_id(document.at);
    let known: Option<i64> = on!(tx, c => sqlx::query_scalar(
        "SELECT id FROM search_documents WHERE tenant_id = $1 AND kind = $2 AND id >= $3 AND id < $4 AND subject_id = $5")
        .bind(tenant.as_str()).bind(document.kind.as_str()).bind(first).bind(first.saturating_add(SLOTS))
        .bind(document.subject.as_str()).fetch_optional(c).await)?;
    if known.is_some() {
        return Ok(());
    }
    for shift in 0..SLOTS {
        if insert(tx, tenant, std::slice::from_ref(document), shift).await? == 1 {
            return Ok(());
        }
    }
    tracing::error!(subject = document.subject, "search: no free id, document not indexed");
    Ok(())
}

/// Moves up to `limit` waiting documents into SQLite's full-text index. Returns how many there were. PostgreSQL keeps a
/// list of its own.
pub async fn merge_pending(tx: &mut Tx, limit: i64) -> Result<usize> {
    if tx.dialect() == Dialect::Postgres {
        return Ok(0);
    }
    // Ascending, because FTS5 writes a part of the index for every descending step.
    on!(tx, c => sqlx::query(
        "INSERT INTO search_index (rowid, tokens) SELECT doc.id, doc.tokens
         FROM search_pending CROSS JOIN search_documents doc ON doc.id = search_pending.id
         ORDER BY search_pending.id LIMIT $1")
        .bind(limit).execute(c).await.map(|_| ()))?;
    let moved = on!(tx, c => sqlx::query(
        "DELETE FROM search_pending WHERE id IN (SELECT id FROM search_pending ORDER BY id LIMIT $1)")
        .bind(limit).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(usize::try_from(moved).unwrap_or_default())
}

/// Whether at least `count` documents wait for the full-text index.
pub async fn has_pending(tx: &mut Tx, count: i64) -> Result<bool> {
    if tx.dialect() == Dialect::Postgres {
        return Ok(false);
    }
    let found: Option<i64> = on!(tx, c => sqlx::query_scalar(
        "SELECT id FROM search_pending ORDER BY id LIMIT 1 OFFSET $1").bind(count - 1).fetch_optional(c).await)?;
    Ok(found.is_some())
}

#[derive(FromRow)]
struct RawText {
    id: String,
    tenant_id: String,
    conversation_id: String,
    content: String,
    at: i64,
    seq: i64,
    hidden: bool,
    revoked: bool,
}

/// A part of what was written before there was an index.
#[derive(Debug, Default)]
pub struct DocumentBatch {
    /// By tenant.
    pub documents: Vec<(TenantId, Document)>,
    /// The last one that was read, and when it was written; `None` at the end.
    pub reached: Option<(String, Timestamp)>,
}

/// Up to `limit` messages of all tenants before the id `before`, newest first. They are locked against changes: an edit
/// that commits before the old text is added would not remove it.
pub async fn messages_before(tx: &mut Tx, before: Option<&str>, limit: i64) -> Result<DocumentBatch> {
    // Ids begin with a noun, so every id is less than this.
    let before = before.unwrap_or("~");
    let for_share = tx.for_share();
    let rows: Vec<RawText> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT id, tenant_id, conversation_id, content, at, seq, hidden, revoked FROM messages
         WHERE id < $1 ORDER BY id DESC LIMIT $2 {for_share}"))).bind(before).bind(limit).fetch_all(c).await)?;
    let mut batch = DocumentBatch { documents: Vec::with_capacity(rows.len()), reached: None };
    for row in rows {
        batch.reached = Some((row.id.clone(), Timestamp(row.at)));
        if row.hidden || row.revoked {
            continue;
        }
        let content = match RowId::new("messages", &row.id).json("content", &row.content) {
            Ok(content) => content,
            // One damaged row must not keep all older messages from being found.
            Err(error) => {
                tracing::error!(%error, "search: message not added");
                continue;
            }
        };
        let (id, conversation) = (MessageId::from(row.id), ConversationId::from(row.conversation_id));
        let document = Document::of_text(&id, &conversation, &content, Timestamp(row.at), Seq(row.seq));
        batch.documents.extend(document.map(|document| (TenantId::from(row.tenant_id), document)));
    }
    Ok(batch)
}

#[derive(FromRow)]
struct RawNote {
    id: String,
    tenant_id: String,
    conversation_id: String,
    body: Option<String>,
    at: i64,
    seq: i64,
}

/// Up to `limit` notes of all tenants before the id `before`, newest first, locked as in [`messages_before`].
pub async fn notes_before(tx: &mut Tx, before: Option<&str>, limit: i64) -> Result<DocumentBatch> {
    let before = before.unwrap_or("~");
    let for_share = tx.for_share();
    let rows: Vec<RawNote> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT id, tenant_id, conversation_id, body, at, seq FROM notes
         WHERE id < $1 ORDER BY id DESC LIMIT $2 {for_share}"))).bind(before).bind(limit).fetch_all(c).await)?;
    let mut batch = DocumentBatch { documents: Vec::with_capacity(rows.len()), reached: None };
    for row in rows {
        batch.reached = Some((row.id.clone(), Timestamp(row.at)));
        let (id, conversation) = (NoteId::from(row.id), ConversationId::from(row.conversation_id));
        let place = (Timestamp(row.at), Seq(row.seq));
        let document = row.body.and_then(|body| Document::of_note(&id, &conversation, &body, place));
        batch.documents.extend(document.map(|document| (TenantId::from(row.tenant_id), document)));
    }
    Ok(batch)
}

#[derive(FromRow)]
struct RawCustomer {
    tenant_id: String,
    #[sqlx(flatten)]
    customer: CustomerRow,
}

/// Up to `limit` customers of all tenants before the id `before`, newest first, locked as in [`messages_before`].
pub async fn customers_before(tx: &mut Tx, before: Option<&CustomerId>, limit: i64) -> Result<DocumentBatch> {
    let before = before.map_or("~", |before| before.as_str());
    let for_share = tx.for_share();
    let rows: Vec<RawCustomer> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT tenant_id, id, user_id, wa_id, name, username, language, created_at, blocked FROM customers
         WHERE id < $1 AND merged_into IS NULL ORDER BY id DESC LIMIT $2 {for_share}")))
        .bind(before).bind(limit).fetch_all(c).await)?;
    let mut batch = DocumentBatch { documents: Vec::with_capacity(rows.len()), reached: None };
    for RawCustomer { tenant_id, customer } in rows {
        batch.reached = Some((customer.id.as_str().to_owned(), Timestamp(customer.created_at)));
        batch.documents.push((tenant_id.into(), Document::of_customer(&customer)));
    }
    Ok(batch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_ids_stay_as_rows_contain_them() {
        let tenant = TenantId::from("tnt_1");
        assert_eq!(key(&tenant, DocumentKind::Message).len(), 8);
        assert_ne!(key(&tenant, DocumentKind::Message), key(&tenant, DocumentKind::Customer));
        assert_ne!(key(&tenant, DocumentKind::Message), key(&tenant, DocumentKind::Note));
        assert_ne!(key(&tenant, DocumentKind::Message), key(&"tnt_2".into(), DocumentKind::Message));
        assert_eq!(hash("tnt_1"), hash("tnt_1"));
        assert_eq!(hash(""), 0x811c_9dc5);
        assert_eq!(first_id(Timestamp(5)), 5 * 1_048_576, "the migrations compute it too");
    }

    #[test]
    fn any_time_has_an_id_and_room_for_all_of_its_millisecond() {
        for at in [i64::MIN, -1, 0, i64::MAX / 1_000, i64::MAX] {
            let first = first_id(Timestamp(at));
            assert!(first.checked_add(SLOTS).is_some(), "{at}");
        }
        assert!(first_id(Timestamp(i64::MIN)) < first_id(Timestamp(0)));
        assert!(first_id(Timestamp(0)) < first_id(Timestamp(i64::MAX)));
    }
}
