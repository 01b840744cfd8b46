//! Finds the rows that have their traits from a conversation or one of its handoffs. Each statement has an index of its own.

use sqlx::QueryBuilder;

use crate::{
    domain::{
        ids::{ConversationId, HandoffId, TenantId},
        report::packed::{RowKind, changes::RelatedRow},
        time::Timestamp,
    },
    server::store::{
        Result, Tx,
        db::{on, slices},
    },
};

/// The waits, closes, messages and times with an agent of these conversations.
pub async fn of_conversations(
    tx: &mut Tx,
    tenant: &TenantId,
    conversations: &[&ConversationId],
) -> Result<Vec<RelatedRow>> {
    let mut found = Vec::new();
    for slice in slices(conversations) {
        for (kind, columns, table) in [
            (RowKind::Waits, "seq, ended_at, conversation_id, handoff_id", "report_waits"),
            (RowKind::Closings, "seq, at, conversation_id, handoff_id", "report_closings"),
            (RowKind::Stints, "seq, began_at, conversation_id, handoff_id", "report_stints"),
        ] {
            let rows: Vec<(i64, i64, String, Option<String>)> = on!(tx, c => {
                let mut query = QueryBuilder::new(format!("SELECT {columns} FROM {table} WHERE tenant_id = "));
                query.push_bind(tenant.as_str()).push(" AND conversation_id IN (");
                let mut list = query.separated(", ");
                for id in slice {
                    list.push_bind(id.as_str());
                }
                query.push(")");
                query.build_query_as().fetch_all(c).await
            })?;
            let numbered = |(seq, at, of, handoff): (i64, i64, String, Option<String>)| {
                related(kind, at, seq.to_string(), of, handoff)
            };
            found.extend(rows.into_iter().map(numbered));
        }
        let rows: Vec<(String, i64, String, Option<String>)> = on!(tx, c => {
            let mut query = QueryBuilder::new(
                "SELECT message_id, sent_at, conversation_id, handoff_id FROM report_messages
                 WHERE author = 'agent' AND piece = 0 AND sent_at IS NOT NULL AND tenant_id = ");
            query.push_bind(tenant.as_str()).push(" AND conversation_id IN (");
            let mut list = query.separated(", ");
            for id in slice {
                list.push_bind(id.as_str());
            }
            query.push(")");
            query.build_query_as().fetch_all(c).await
        })?;
        let messages = rows
            .into_iter()
            .map(|(id, at, conversation, handoff)| related(RowKind::Messages, at, id, conversation, handoff));
        found.extend(messages);
    }
    Ok(found)
}

fn related(kind: RowKind, at: i64, row: String, conversation: String, handoff: Option<String>) -> RelatedRow {
    RelatedRow {
        kind,
        at: Timestamp(at),
        row,
        conversation: conversation.into(),
        handoff: handoff.map(HandoffId::from),
    }
}
