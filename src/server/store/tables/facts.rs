//! Facts: the variables that the bot set, and its API calls. Their content can be erased; the log contains only the
//! ids.

use sqlx::{FromRow, QueryBuilder};

use super::{
    Result, RowId, StoreError, Tx,
    db::{on, slices},
};
use crate::domain::{
    dossier::{CallKind, CallStatus},
    event::CallOutcome,
    ids::{CallId, ConversationId, MessageId, Seq, TenantId, VariableId},
    time::{Span, Timestamp},
};

/// A variable as it was set. The newest row of a name counts.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct VariableRow {
    #[sqlx(try_from = "String")]
    pub id: VariableId,
    pub name: String,
    pub label: String,
    pub step: Option<String>,
    pub value: String,
    pub message_id: Option<String>,
    pub at: i64,
    /// Assigned with its entry.
    pub seq: i64,
}

/// An API call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallRow {
    pub id: CallId,
    pub kind: CallKind,
    pub label: String,
    pub step: Option<String>,
    /// Revision of the flow run that waits for the response.
    pub revision: i64,
    pub request: String,
    pub input: String,
    pub output: Option<String>,
    pub status: CallStatus,
    pub took: Option<i64>,
    pub message_id: Option<String>,
    pub at: i64,
    pub seq: i64,
}

#[derive(FromRow)]
struct RawCall {
    id: String,
    kind: String,
    label: String,
    step: Option<String>,
    revision: i64,
    request: String,
    input: String,
    output: Option<String>,
    status: String,
    took: Option<i64>,
    message_id: Option<String>,
    at: i64,
    seq: i64,
}

impl TryFrom<RawCall> for CallRow {
    type Error = StoreError;
    fn try_from(row: RawCall) -> Result<Self> {
        let this = RowId::new("calls", &row.id);
        Ok(Self {
            kind: this.variant("kind", &row.kind)?,
            status: this.variant("status", &row.status)?,
            id: row.id.into(),
            label: row.label,
            step: row.step,
            revision: row.revision,
            request: row.request,
            input: row.input,
            output: row.output,
            took: row.took,
            message_id: row.message_id,
            at: row.at,
            seq: row.seq,
        })
    }
}

/// A fact without its sequence number yet.
#[derive(Clone, Debug)]
pub enum FactRow {
    Variable(VariableRow),
    Call(CallRow),
}

impl FactRow {
    pub fn at_seq(&mut self, seq: Seq) {
        match self {
            Self::Variable(row) => row.seq = seq.0,
            Self::Call(row) => row.seq = seq.0,
        }
    }
}

pub async fn insert(tx: &mut Tx, tenant: &TenantId, facts: &[(ConversationId, FactRow)]) -> Result<()> {
    let mut variables = Vec::new();
    let mut calls = Vec::new();
    for (conversation, fact) in facts {
        match fact {
            FactRow::Variable(row) => variables.push((conversation, row)),
            FactRow::Call(row) => calls.push((conversation, row)),
        }
    }
    for slice in slices(&variables) {
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                "INSERT INTO variables (id, tenant_id, conversation_id, name, label, step, value, message_id, at, seq) ");
            query.push_values(slice, |mut fields, (conversation, row)| {
                fields.push_bind(row.id.as_str()).push_bind(tenant.as_str()).push_bind(conversation.as_str())
                    .push_bind(row.name.as_str()).push_bind(row.label.as_str()).push_bind(row.step.as_deref())
                    .push_bind(row.value.as_str()).push_bind(row.message_id.as_deref()).push_bind(row.at)
                    .push_bind(row.seq);
            });
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    for slice in slices(&calls) {
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                "INSERT INTO calls (id, tenant_id, conversation_id, kind, label, step, revision, request, input, output,
                    status, took, message_id, at, seq) ");
            query.push_values(slice, |mut fields, (conversation, row)| {
                fields.push_bind(row.id.as_str()).push_bind(tenant.as_str()).push_bind(conversation.as_str())
                    .push_bind(row.kind.as_str()).push_bind(row.label.as_str()).push_bind(row.step.as_deref())
                    .push_bind(row.revision).push_bind(row.request.as_str()).push_bind(row.input.as_str()).push_bind(row.output.as_deref())
                    .push_bind(row.status.as_str()).push_bind(row.took).push_bind(row.message_id.as_deref())
                    .push_bind(row.at).push_bind(row.seq);
            });
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

const VARIABLE: &str = "SELECT id, name, label, step, value, message_id, at, seq FROM variables";

pub async fn variable(tx: &mut Tx, tenant: &TenantId, id: &VariableId) -> Result<Option<VariableRow>> {
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!("{VARIABLE} WHERE tenant_id = $1 AND id = $2")))
        .bind(tenant.as_str()).bind(id.as_str()).fetch_optional(c).await)?)
}

/// A variable, and the conversation in which it was set.
#[derive(FromRow)]
struct RawVariable {
    conversation_id: String,
    #[sqlx(flatten)]
    variable: VariableRow,
}

/// All variables of several conversations in the order in which they were set.
pub async fn variables_of_all(
    tx: &mut Tx,
    tenant: &TenantId,
    conversations: &[&ConversationId],
) -> Result<Vec<(ConversationId, VariableRow)>> {
    let mut found = Vec::new();
    for slice in slices(conversations) {
        let rows: Vec<RawVariable> = on!(tx, c => {
            let mut query = QueryBuilder::new(
                "SELECT conversation_id, id, name, label, step, value, message_id, at, seq FROM variables
                 WHERE tenant_id = ");
            query.push_bind(tenant.as_str()).push(" AND conversation_id IN (");
            let mut list = query.separated(", ");
            for id in slice {
                list.push_bind(id.as_str());
            }
            query.push(") ORDER BY seq");
            query.build_query_as().fetch_all(c).await
        })?;
        found.extend(rows.into_iter().map(|row| (row.conversation_id.into(), row.variable)));
    }
    Ok(found)
}

/// All variables of a conversation in the order in which they were set.
pub async fn variables(tx: &mut Tx, tenant: &TenantId, conversation: &ConversationId) -> Result<Vec<VariableRow>> {
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{VARIABLE} WHERE tenant_id = $1 AND conversation_id = $2 ORDER BY seq")))
        .bind(tenant.as_str()).bind(conversation.as_str()).fetch_all(c).await)?)
}

const CALL: &str =
    "SELECT id, kind, label, step, revision, request, input, output, status, took, message_id, at, seq FROM calls";

/// All API calls of a conversation in order.
pub async fn calls(tx: &mut Tx, tenant: &TenantId, conversation: &ConversationId) -> Result<Vec<CallRow>> {
    let rows: Vec<RawCall> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{CALL} WHERE tenant_id = $1 AND conversation_id = $2 ORDER BY seq")))
        .bind(tenant.as_str()).bind(conversation.as_str()).fetch_all(c).await)?;
    rows.into_iter().map(CallRow::try_from).collect()
}

pub async fn call(tx: &mut Tx, tenant: &TenantId, id: &CallId) -> Result<Option<CallRow>> {
    let row: Option<RawCall> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!("{CALL} WHERE tenant_id = $1 AND id = $2")))
        .bind(tenant.as_str()).bind(id.as_str()).fetch_optional(c).await)?;
    row.map(CallRow::try_from).transpose()
}

/// A call without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallHead {
    pub conversation: ConversationId,
    pub label: String,
    pub status: CallStatus,
    pub message: Option<MessageId>,
    pub at: Timestamp,
}

#[derive(FromRow)]
struct RawCallHead {
    id: String,
    conversation_id: String,
    label: String,
    status: String,
    message_id: Option<String>,
    at: i64,
}

impl TryFrom<RawCallHead> for CallHead {
    type Error = StoreError;
    fn try_from(row: RawCallHead) -> Result<Self> {
        Ok(Self {
            status: RowId::new("calls", &row.id).variant("status", &row.status)?,
            conversation: row.conversation_id.into(),
            label: row.label,
            message: row.message_id.map(Into::into),
            at: Timestamp(row.at),
        })
    }
}

/// The calls of several conversations since a time, in the order in which they were made.
pub async fn calls_since(
    tx: &mut Tx,
    tenant: &TenantId,
    conversations: &[ConversationId],
    since: Timestamp,
) -> Result<Vec<CallHead>> {
    let mut found = Vec::new();
    for slice in slices(conversations) {
        let rows: Vec<RawCallHead> = on!(tx, c => {
            let mut query =
                QueryBuilder::new("SELECT id, conversation_id, label, status, message_id, at FROM calls WHERE tenant_id = ");
            query.push_bind(tenant.as_str()).push(" AND at >= ").push_bind(since.0).push(" AND conversation_id IN (");
            let mut list = query.separated(", ");
            for id in slice {
                list.push_bind(id.as_str());
            }
            query.push(") ORDER BY seq");
            query.build_query_as().fetch_all(c).await
        })?;
        for row in rows {
            found.push(CallHead::try_from(row)?);
        }
    }
    Ok(found)
}

/// How many API calls of flows one message has led to.
pub async fn calls_about(
    tx: &mut Tx,
    tenant: &TenantId,
    conversation: &ConversationId,
    message: Option<&MessageId>,
) -> Result<i64> {
    let message = message.map_or("", MessageId::as_str);
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM calls
         WHERE tenant_id = $1 AND conversation_id = $2 AND kind = 'http' AND COALESCE(message_id, '') = $3")
        .bind(tenant.as_str()).bind(conversation.as_str()).bind(message).fetch_one(c).await)?)
}

/// Records the outcome of a call. Returns `false` if it had ended before.
pub async fn end_call(
    tx: &mut Tx,
    tenant: &TenantId,
    id: &CallId,
    outcome: CallOutcome,
    output: &str,
    took: Span,
) -> Result<bool> {
    let status = match outcome {
        CallOutcome::Answered => CallStatus::Answered,
        CallOutcome::Failed => CallStatus::Failed,
        CallOutcome::Interrupted => CallStatus::Interrupted,
    };
    let done = on!(tx, c => sqlx::query(
        "UPDATE calls SET status = $3, output = $4, took = $5 WHERE tenant_id = $1 AND id = $2 AND status = 'requested'")
        .bind(tenant.as_str()).bind(id.as_str()).bind(status.as_str()).bind(output).bind(took.0)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// The calls of a conversation that have no outcome yet.
pub async fn open_calls(tx: &mut Tx, tenant: &TenantId, conversation: &ConversationId) -> Result<Vec<CallId>> {
    let ids: Vec<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT id FROM calls WHERE tenant_id = $1 AND conversation_id = $2 AND status = 'requested' ORDER BY seq")
        .bind(tenant.as_str()).bind(conversation.as_str()).fetch_all(c).await)?;
    Ok(ids.into_iter().map(Into::into).collect())
}

impl VariableRow {
    /// A new row: without a step, and before it has a sequence number.
    pub fn new(
        id: VariableId,
        name: &str,
        label: &str,
        value: &str,
        message: Option<&MessageId>,
        at: Timestamp,
    ) -> Self {
        Self {
            id,
            name: name.to_owned(),
            label: label.to_owned(),
            step: None,
            value: value.to_owned(),
            message_id: message.map(|message| message.as_str().to_owned()),
            at: at.0,
            seq: 0,
        }
    }
}
