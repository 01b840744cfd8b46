//! Reads rows of reports by the ids of their facts.

use sqlx::{Database, Encode, QueryBuilder, Type};

use super::{
    super::report_handoffs,
    raw::{self, RawClosing, RawConversation, RawMessage, RawStint, RawWait},
};
use crate::{
    domain::{
        ids::{HandoffId, TenantId},
        report::{
            packed::RowKind,
            rows::{ReportHandoff, ReportRow},
        },
    },
    server::store::{
        Result, Tx,
        db::{TENANT_BESIDE_IDS, on, slices},
    },
};

/// The rows of a kind with these ids. Those that are not there, or no rows of reports, are left out.
pub async fn by_ids(tx: &mut Tx, tenant: &TenantId, kind: RowKind, ids: &[String]) -> Result<Vec<ReportRow>> {
    let mut found = Vec::with_capacity(ids.len());
    match kind {
        RowKind::Handoffs => {
            let ids: Vec<HandoffId> = ids.iter().map(|id| HandoffId::from(id.as_str())).collect();
            let facts = report_handoffs::by_ids(tx, tenant, &ids.iter().collect::<Vec<_>>()).await?;
            found.extend(
                facts.into_iter().map(|fact| ReportRow::Handoff(ReportHandoff { fact, left_out: false, reason: None })),
            );
        }
        RowKind::Conversations => {
            for slice in slices(ids) {
                let rows: Vec<RawConversation> = on!(tx, c => {
                    let mut query = QueryBuilder::new(raw::conversations());
                    query.push(" WHERE k.").push(TENANT_BESIDE_IDS).push(" = ").push_bind(tenant.as_str());
                    push_list(&mut query, "k.conversation_id", slice.iter().map(String::as_str));
                    query.build_query_as().fetch_all(c).await
                })?;
                for row in rows {
                    found.push(ReportRow::Conversation(raw::read_conversation(row)?));
                }
            }
        }
        RowKind::Messages => {
            for slice in slices(ids) {
                let rows: Vec<RawMessage> = on!(tx, c => {
                    let mut query = QueryBuilder::new(raw::messages());
                    query.push(" AND x.tenant_id = ").push_bind(tenant.as_str());
                    push_list(&mut query, "x.message_id", slice.iter().map(String::as_str));
                    query.build_query_as().fetch_all(c).await
                })?;
                for row in rows {
                    found.push(ReportRow::Message(raw::read_message(row)?));
                }
            }
        }
        RowKind::Waits => {
            for slice in slices(&numbers(ids)) {
                let rows: Vec<RawWait> = on!(tx, c => {
                    let mut query = QueryBuilder::new(raw::waits());
                    query.push(" AND x.tenant_id = ").push_bind(tenant.as_str());
                    push_list(&mut query, "x.seq", slice.iter().copied());
                    query.build_query_as().fetch_all(c).await
                })?;
                for row in rows {
                    found.push(ReportRow::Wait(raw::read_wait(row)?));
                }
            }
        }
        RowKind::Closings => {
            for slice in slices(&numbers(ids)) {
                let rows: Vec<RawClosing> = on!(tx, c => {
                    let mut query = QueryBuilder::new(raw::closings());
                    query.push(" AND x.tenant_id = ").push_bind(tenant.as_str());
                    push_list(&mut query, "x.seq", slice.iter().copied());
                    query.build_query_as().fetch_all(c).await
                })?;
                for row in rows {
                    found.push(ReportRow::Closing(raw::read_closing(row)?));
                }
            }
        }
        RowKind::Stints => {
            for slice in slices(&numbers(ids)) {
                let rows: Vec<RawStint> = on!(tx, c => {
                    let mut query = QueryBuilder::new(raw::stints());
                    query.push(" AND x.tenant_id = ").push_bind(tenant.as_str());
                    push_list(&mut query, "x.seq", slice.iter().copied());
                    query.build_query_as().fetch_all(c).await
                })?;
                for row in rows {
                    found.push(ReportRow::Stint(raw::read_stint(row)?));
                }
            }
        }
    }
    Ok(found)
}

/// The numbers of entries. What is no number is no row of a kind with numbers.
fn numbers(ids: &[String]) -> Vec<i64> {
    ids.iter().filter_map(|id| id.parse().ok()).collect()
}

/// Adds the condition that a column is one of these ids, of which there is at least one.
fn push_list<'a, DB, T>(query: &mut QueryBuilder<DB>, column: &str, ids: impl Iterator<Item = T>)
where
    DB: Database,
    T: Encode<'a, DB> + Type<DB>,
{
    query.push(" AND ").push(column).push(" IN (");
    let mut list = query.separated(", ");
    for id in ids {
        list.push_bind(id);
    }
    query.push(")");
}
