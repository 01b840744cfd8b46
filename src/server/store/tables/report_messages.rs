//! Facts of messages to customers and their prices, for reports. They are derived from the log by `domain::report`, and can
//! be deleted at any time.

use sqlx::{FromRow, QueryBuilder};

use super::{
    Result, RowId, StoreError, Tx,
    db::{on, slices},
};
use crate::domain::{
    ids::{AgentId, MessageId, TenantId},
    pricing::Pricing,
    report::facts::{MessageFact, MessageSender, NoticeKind},
    time::Timestamp,
    variant_names::UnknownName,
};

#[derive(FromRow)]
pub(super) struct RawFact {
    message_id: String,
    piece: i64,
    conversation_id: String,
    channel_id: String,
    handoff_id: Option<String>,
    author: String,
    agent_id: Option<String>,
    flow_id: Option<String>,
    notice: Option<String>,
    market: Option<String>,
    kind: String,
    queued_at: i64,
    sent_at: Option<i64>,
    failed_at: Option<i64>,
    fault_code: Option<i64>,
    priced_at: Option<i64>,
    pricing_model: Option<String>,
    category: Option<String>,
    pricing_type: Option<String>,
    billable: Option<bool>,
}

pub(super) fn sender_columns(sender: &MessageSender) -> (&'static str, Option<&str>) {
    match sender {
        MessageSender::Bot => ("bot", None),
        MessageSender::System => ("system", None),
        MessageSender::Agent(agent) => ("agent", Some(agent.as_str())),
        MessageSender::Phone => ("phone", None),
    }
}

pub(super) fn sender(this: RowId<'_>, word: &str, agent: Option<&str>) -> Result<MessageSender> {
    Ok(match word {
        "bot" => MessageSender::Bot,
        "system" => MessageSender::System,
        "agent" => MessageSender::Agent(AgentId::from(this.present("agent_id", agent)?)),
        "phone" => MessageSender::Phone,
        unknown => return Err(this.unreadable("author", UnknownName(unknown.to_owned()))),
    })
}

impl TryFrom<RawFact> for MessageFact {
    type Error = StoreError;
    fn try_from(row: RawFact) -> Result<Self> {
        let this = RowId::new("report_messages", &row.message_id);
        let priced = match row.priced_at {
            Some(at) => {
                let pricing = Pricing {
                    model: this.present("pricing_model", row.pricing_model)?,
                    category: this.present("category", row.category)?,
                    kind: row.pricing_type,
                    billable: row.billable,
                    piece: row.piece,
                };
                Some((Timestamp(at), pricing))
            }
            None => None,
        };
        Ok(Self {
            sender: sender(this, &row.author, row.agent_id.as_deref())?,
            notice: this.variant_if("notice", row.notice.as_deref())?,
            market: row.market,
            priced,
            message: row.message_id.into(),
            piece: row.piece,
            conversation: row.conversation_id.into(),
            channel: row.channel_id.into(),
            handoff: row.handoff_id.map(Into::into),
            flow: row.flow_id.map(Into::into),
            kind: row.kind,
            queued_at: Timestamp(row.queued_at),
            sent_at: row.sent_at.map(Timestamp),
            failed: row.failed_at.map(|at| (Timestamp(at), row.fault_code)),
        })
    }
}

/// The columns of [`RawFact`], of all messages.
pub(super) const COLUMNS: &str = "SELECT message_id, piece, conversation_id, channel_id, handoff_id, author, agent_id, flow_id, notice, \
     market, kind, queued_at, sent_at, failed_at, fault_code, priced_at, pricing_model, category, pricing_type, billable \
     FROM report_messages";

/// The facts of these messages and their pieces. Unknown ones are left out.
pub async fn by_ids(tx: &mut Tx, tenant: &TenantId, ids: &[&MessageId]) -> Result<Vec<MessageFact>> {
    let mut found = Vec::with_capacity(ids.len());
    for slice in slices(ids) {
        let rows: Vec<RawFact> = on!(tx, c => {
            let mut query = QueryBuilder::new(COLUMNS);
            query.push(" WHERE tenant_id = ").push_bind(tenant.as_str()).push(" AND message_id IN (");
            let mut list = query.separated(", ");
            for id in slice {
                list.push_bind(id.as_str());
            }
            query.push(")");
            query.build_query_as().fetch_all(c).await
        })?;
        for row in rows {
            found.push(MessageFact::try_from(row)?);
        }
    }
    Ok(found)
}

/// Inserts facts, or updates what became of their messages.
pub async fn save(tx: &mut Tx, tenant: &TenantId, facts: &[&MessageFact]) -> Result<()> {
    for slice in slices(facts) {
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                "INSERT INTO report_messages (tenant_id, message_id, piece, conversation_id, channel_id, handoff_id, author,
                    agent_id, flow_id, notice, market, kind, queued_at, sent_at, failed_at, fault_code, priced_at,
                    pricing_model, category, pricing_type, billable) ");
            query.push_values(slice, |mut row, fact| {
                let (author, agent) = sender_columns(&fact.sender);
                let (priced_at, pricing) = match &fact.priced {
                    Some((at, pricing)) => (Some(at.0), Some(pricing)),
                    None => (None, None),
                };
                row.push_bind(tenant.as_str()).push_bind(fact.message.as_str()).push_bind(fact.piece)
                    .push_bind(fact.conversation.as_str()).push_bind(fact.channel.as_str())
                    .push_bind(fact.handoff.as_ref().map(|handoff| handoff.as_str())).push_bind(author).push_bind(agent)
                    .push_bind(fact.flow.as_ref().map(|flow| flow.as_str()))
                    .push_bind(fact.notice.map(NoticeKind::as_str)).push_bind(fact.market.as_deref())
                    .push_bind(fact.kind.as_str())
                    .push_bind(fact.queued_at.0).push_bind(fact.sent_at.map(|at| at.0))
                    .push_bind(fact.failed.map(|(at, _)| at.0)).push_bind(fact.failed.and_then(|(_, code)| code))
                    .push_bind(priced_at).push_bind(pricing.map(|pricing| pricing.model.as_str()))
                    .push_bind(pricing.map(|pricing| pricing.category.as_str()))
                    .push_bind(pricing.and_then(|pricing| pricing.kind.as_deref()))
                    .push_bind(pricing.and_then(|pricing| pricing.billable));
            });
            query.push(
                " ON CONFLICT (tenant_id, message_id, piece) DO UPDATE SET sent_at = excluded.sent_at,
                    failed_at = excluded.failed_at, fault_code = excluded.fault_code, priced_at = excluded.priced_at,
                    pricing_model = excluded.pricing_model, category = excluded.category,
                    pricing_type = excluded.pricing_type, billable = excluded.billable");
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// Deletes the facts of up to `limit` messages of a tenant. Returns how many facts.
pub async fn delete_some(tx: &mut Tx, tenant: &TenantId, limit: i64) -> Result<u64> {
    Ok(on!(tx, c => sqlx::query(
        "DELETE FROM report_messages WHERE tenant_id = $1 AND message_id IN (
            SELECT message_id FROM report_messages WHERE tenant_id = $1 ORDER BY message_id LIMIT $2)")
        .bind(tenant.as_str()).bind(limit).execute(c).await.map(|done| done.rows_affected()))?)
}
