//! Records which rows their packed days do not hold as they are any more, in the transaction that changes them.

use crate::{
    domain::{
        ids::{HandoffId, Seq, TenantId},
        report::packed::{RowKind, changes::RowChanges},
    },
    server::store::{self, Tx, report_conversations, report_handoffs, report_progress, report_unpacked_rows, reports},
};

/// Records changed rows, and those that change with them. `seq` is the newest entry that changed them.
pub async fn record(tx: &mut Tx, tenant: &TenantId, seq: Seq, mut changes: RowChanges) -> store::Result<()> {
    let related = reports::of_conversations(tx, tenant, &changes.related_conversations()).await?;
    changes.add_related(related);
    report_unpacked_rows::insert(tx, tenant, seq, &changes.into_rows()).await
}

/// Records all rows of a handoff. `seq` is the entry that tells why.
pub async fn record_handoff(tx: &mut Tx, tenant: &TenantId, seq: Seq, handoff: &HandoffId) -> store::Result<()> {
    // Nobody packs or adds facts meanwhile.
    report_progress::lock(tx, tenant).await?;
    // Without facts there is nothing that could be packed.
    let Some(fact) = report_handoffs::by_ids(tx, tenant, &[handoff]).await?.pop() else { return Ok(()) };
    let mut changes = RowChanges::default();
    changes.add(RowKind::Handoffs, fact.requested_at, handoff.to_string());
    changes.add_handoff(handoff, &fact.conversation);
    for conversation in report_conversations::by_ids(tx, tenant, &[&fact.conversation]).await? {
        if conversation.first_handoff.as_ref().is_some_and(|(first, _)| first == handoff) {
            changes.add(RowKind::Conversations, conversation.started_at, conversation.conversation.to_string());
        }
    }
    record(tx, tenant, seq, changes).await
}
