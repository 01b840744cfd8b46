//! Some entries of a tenant and the facts that they concern: read, folded, and written where they changed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;

use crate::{
    domain::{
        event::Entry,
        ids::{ConversationId, HandoffId, Seq, TenantId},
        report::{
            facts::{FactContext, FactKeys, FactSet},
            packed::{RowKind, changes::RowChanges},
        },
    },
    server::{
        reports::packed::changed,
        store::{
            self, Tx, customers, report_closings, report_conversations, report_handoffs, report_messages,
            report_progress::{self, RecordedKind},
            report_ratings, report_stints, report_waits, tenants,
        },
    },
};

/// The stored facts that some entries concern.
pub(super) struct Batch {
    stored: FactSet,
    context: FactContext,
}

/// The facts after the entries, and before them.
pub(super) struct FoldedBatch {
    before: FactSet,
    after: FactSet,
}

impl Batch {
    pub(super) async fn load(tx: &mut Tx, tenant: &TenantId, entries: &[Entry]) -> store::Result<Self> {
        let keys = FactKeys::of(entries);
        let mut stored = FactSet::default();
        let ids: Vec<&ConversationId> = keys.conversations.iter().collect();
        for fact in report_conversations::by_ids(tx, tenant, &ids).await? {
            stored.conversations.insert(fact.conversation.clone(), fact);
        }
        let known = || stored.conversations.values();
        let newest: BTreeSet<&HandoffId> = known().filter_map(|fact| fact.handoff.as_ref()).collect();
        let handoffs: Vec<&HandoffId> = keys.handoffs.iter().collect::<BTreeSet<_>>().union(&newest).copied().collect();
        let closings: Vec<Seq> = known().filter_map(|fact| fact.closing).collect();
        let stints: Vec<Seq> = known().filter_map(|fact| fact.stint).collect();
        for fact in report_handoffs::by_ids(tx, tenant, &handoffs).await? {
            stored.handoffs.insert(fact.handoff.clone(), fact);
        }
        for fact in report_closings::by_seqs(tx, tenant, &closings).await? {
            stored.closings.insert(fact.seq, fact);
        }
        for fact in report_stints::by_seqs(tx, tenant, &stints).await? {
            stored.stints.insert(fact.seq, fact);
        }
        let rated: Vec<_> = keys.ratings.iter().collect();
        for fact in report_ratings::by_ids(tx, tenant, &rated).await? {
            stored.ratings.insert(fact.handoff.clone(), fact);
        }
        let messages: Vec<_> = keys.messages.iter().collect();
        for fact in report_messages::by_ids(tx, tenant, &messages).await? {
            stored.messages.insert((fact.message.clone(), fact.piece), fact);
        }
        let context = context(tx, tenant, &ids).await?;
        Ok(Self { stored, context })
    }

    pub(super) fn fold(self, entries: &[Entry]) -> FoldedBatch {
        let mut after = self.stored.clone();
        for entry in entries {
            after.fold(entry, &self.context);
        }
        FoldedBatch { before: self.stored, after }
    }
}

async fn context(tx: &mut Tx, tenant: &TenantId, conversations: &[&ConversationId]) -> store::Result<FactContext> {
    let settings = tenants::find(tx, tenant).await?.map(|tenant| tenant.settings);
    let hours = settings.filter(|settings| settings.calendar.is_set()).map(|settings| {
        let zone = TimeZone::get(&settings.zone).unwrap_or(TimeZone::UTC);
        (settings.calendar, zone)
    });
    let languages = customers::languages(tx, tenant, conversations).await?;
    let markets = customers::markets(tx, tenant, conversations).await?;
    Ok(FactContext { hours, languages, markets })
}

impl FoldedBatch {
    /// Writes the facts that changed, and that packed days do not hold them as they are any more. `reached` is the newest of
    /// the entries.
    pub(super) async fn save(&self, tx: &mut Tx, tenant: &TenantId, reached: Seq) -> store::Result<()> {
        let Self { before, after } = self;
        let conversations = differing(&before.conversations, &after.conversations);
        report_conversations::save(tx, tenant, &conversations).await?;
        report_handoffs::save(tx, tenant, &differing(&before.handoffs, &after.handoffs)).await?;
        // What was withdrawn may have been answered again since.
        let withdrawn = report_waits::withdraw(tx, tenant, &after.withdrawn.iter().collect::<Vec<_>>()).await?;
        report_waits::save(tx, tenant, &differing(&before.waits, &after.waits)).await?;
        report_stints::save(tx, tenant, &differing(&before.stints, &after.stints)).await?;
        report_closings::save(tx, tenant, &differing(&before.closings, &after.closings)).await?;
        report_ratings::save(tx, tenant, &differing(&before.ratings, &after.ratings)).await?;
        report_messages::save(tx, tenant, &differing(&before.messages, &after.messages)).await?;
        let mut changes = RowChanges::between(before, after);
        for (Seq(seq), ended_at) in withdrawn {
            changes.add(RowKind::Waits, ended_at, seq.to_string());
        }
        changed::record(tx, tenant, reached, changes).await?;
        if let Some(at) = after.unsent_reply_at {
            report_progress::record_later(tx, tenant, RecordedKind::SentReplies, at).await?;
        }
        Ok(())
    }
}

/// The facts that are new or differ.
fn differing<'a, K: Ord, V: PartialEq>(before: &BTreeMap<K, V>, after: &'a BTreeMap<K, V>) -> Vec<&'a V> {
    after.iter().filter(|(key, fact)| before.get(*key) != Some(*fact)).map(|(_, fact)| fact).collect()
}
