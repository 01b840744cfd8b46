//! The bodies that the projector has read and not settled yet, and their items by tenant. In memory only: what is lost
//! with it is read from the journal again.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{
    project_load::LargeBodies,
    project_plan::{Plan, PlannedItem, QuarantineEntry},
    read,
};
use crate::{
    domain::ids::{AppId, JournalId, TenantId},
    server::store::journal::JournalRow,
};

/// Most items of one transaction, which are those of one tenant. Other writers wait for it.
const SLICE: usize = 256;
/// Most items of all slices of a round that several tenants share, and the fewest of one of these slices.
const SHARED_ROUND: usize = 128;
const MIN_SLICE: usize = 32;
/// Most items of a slice while one of the tenants has few items waiting: its next message waits for the slices of the
/// others. With shorter ones, most of the time would be that of the commits.
const SHORT_SLICE: usize = 16;
/// So many items are few: a tenant that has them is served within a second.
const FEW: usize = 128;
/// For so many rounds a tenant counts among those that share them: what it writes next is not to wait for a large slice
/// of another one.
const ROUNDS: u64 = 500;
/// Most items of a body that are quarantined one by one. If there are more, the body itself is kept.
pub(super) const MAX_QUARANTINED: usize = 100;

#[derive(Default)]
pub(super) struct Backlog {
    bodies: BTreeMap<JournalId, OpenBody>,
    items: BTreeMap<TenantId, VecDeque<PlannedItem>>,
    /// Bodies that are not read yet.
    pub(super) large: LargeBodies,
    round: u64,
    /// The last rounds in which tenants had items.
    seen: BTreeMap<TenantId, u64>,
}

pub(super) struct OpenBody {
    pub(super) row: JournalRow,
    /// Items that are neither processed nor quarantined.
    open: usize,
    pub(super) quarantine: Vec<QuarantineEntry>,
    is_unreadable: bool,
}

impl OpenBody {
    /// Whether the body is kept as it is, instead of being deleted with those that were processed.
    pub(super) fn is_kept(&self) -> bool {
        self.is_unreadable || self.quarantine.len() > MAX_QUARANTINED
    }

    /// What is written to the quarantine, with the JSON of each item. The body is parsed once for all of them.
    pub(super) fn quarantined(&self) -> Vec<QuarantineEntry> {
        let mut entries: Vec<QuarantineEntry> = self.quarantine.iter().take(MAX_QUARANTINED).cloned().collect();
        let missing = || self.quarantine.iter().take(MAX_QUARANTINED).filter(|entry| entry.raw.is_none());
        let paths: Vec<String> = missing().map(|entry| entry.path.clone()).collect();
        if !paths.is_empty() {
            let found = read::items(&self.row.body, &paths);
            for (entry, raw) in entries.iter_mut().filter(|entry| entry.raw.is_none()).zip(found) {
                entry.raw = Some(raw);
            }
        }
        let more = self.quarantine.len().saturating_sub(MAX_QUARANTINED);
        if more > 0 {
            let why = format!("{more} more items of this body could not be processed; the body is kept");
            let raw = Some(String::new());
            entries.push(QuarantineEntry { journal: self.row.id.clone(), path: String::new(), why, raw });
        }
        entries
    }
}

/// What is in memory of one app.
#[derive(Default)]
pub(super) struct Loaded {
    pub(super) bodies: BTreeSet<JournalId>,
    pub(super) bytes: i64,
}

impl Backlog {
    pub(super) fn is_empty(&self) -> bool {
        self.bodies.is_empty()
    }

    pub(super) fn loaded(&self) -> BTreeMap<AppId, Loaded> {
        let mut loaded: BTreeMap<AppId, Loaded> = BTreeMap::new();
        let read = self.bodies.values().map(|body| (&body.row.id, &body.row.app_id, body.row.size()));
        for (id, app, bytes) in read.chain(self.large.loaded()) {
            let of_app = loaded.entry(app.clone()).or_default();
            of_app.bodies.insert(id.clone());
            of_app.bytes += bytes;
        }
        loaded
    }

    /// Adds bodies, and what is to be done with them.
    pub(super) fn add(&mut self, rows: Vec<JournalRow>, plan: Plan) {
        for row in rows {
            let is_unreadable = plan.unreadable.contains(&row.id);
            let body = OpenBody { open: 0, quarantine: Vec::new(), is_unreadable, row };
            self.bodies.insert(body.row.id.clone(), body);
        }
        for entry in plan.quarantine {
            if let Some(body) = self.bodies.get_mut(&entry.journal) {
                body.quarantine.push(entry);
            }
        }
        for (tenant, items) in plan.updates {
            for item in &items {
                if let Some(body) = self.bodies.get_mut(&item.journal) {
                    body.open += 1;
                }
            }
            self.items.entry(tenant).or_default().extend(items);
        }
    }

    /// Takes out the next items of every tenant. The fewest come first: they do not wait for a busy tenant's slice.
    pub(super) fn next_slices(&mut self) -> Vec<(TenantId, Vec<PlannedItem>)> {
        self.round += 1;
        let round = self.round;
        self.seen.extend(self.items.keys().map(|tenant| (tenant.clone(), round)));
        self.seen.retain(|_, seen| round - *seen < ROUNDS);
        let few = |tenant| self.items.get(tenant).is_none_or(|items| items.len() <= FEW);
        let slice = match self.seen.len() {
            0 | 1 => SLICE,
            _ if self.seen.keys().any(few) => SHORT_SLICE,
            tenants => (SHARED_ROUND / tenants).max(MIN_SLICE),
        };
        let mut slices = Vec::with_capacity(self.items.len());
        for (tenant, queue) in &mut self.items {
            let count = slice.min(queue.len());
            slices.push((tenant.clone(), queue.drain(..count).collect()));
        }
        self.items.retain(|_, queue| !queue.is_empty());
        slices.sort_by_key(|(_, items): &(TenantId, Vec<PlannedItem>)| items.len());
        slices
    }

    pub(super) fn done(&mut self, item: &PlannedItem) {
        if let Some(body) = self.bodies.get_mut(&item.journal) {
            body.open = body.open.saturating_sub(1);
        }
    }

    /// An item that can never be processed.
    pub(super) fn set_aside(&mut self, item: &PlannedItem, why: String) {
        self.done(item);
        if let Some(body) = self.bodies.get_mut(&item.journal) {
            let (journal, path) = (item.journal.clone(), item.path.clone());
            body.quarantine.push(QuarantineEntry { journal, path, why, raw: None });
        }
    }

    /// Items of a slice that were not tried. They are the tenant's next ones.
    pub(super) fn put_back(&mut self, tenant: &TenantId, items: Vec<PlannedItem>) {
        if items.is_empty() {
            return;
        }
        let queue = self.items.entry(tenant.clone()).or_default();
        for item in items.into_iter().rev() {
            queue.push_front(item);
        }
    }

    /// An item that failed is tried again after the other items of its tenant.
    pub(super) fn retry(&mut self, tenant: &TenantId, item: PlannedItem) {
        let item = PlannedItem { failures: item.failures + 1, ..item };
        self.items.entry(tenant.clone()).or_default().push_back(item);
    }

    /// Bodies of items that will be tried again.
    pub(super) fn failing(&self) -> Vec<JournalId> {
        let failing = self.items.values().flatten().filter(|item| item.failures > 0);
        failing.map(|item| item.journal.clone()).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Whether items wait that were not tried yet.
    pub(super) fn is_waiting(&self) -> bool {
        self.items.values().flatten().any(|item| item.failures == 0)
    }

    /// Whether nothing can be done before the next attempt of what failed.
    pub(super) fn is_idle(&self) -> bool {
        !self.is_waiting() && self.bodies.values().all(|body| body.open > 0)
    }

    /// Takes out the bodies whose items have all been processed or quarantined.
    pub(super) fn take_finished(&mut self) -> Vec<OpenBody> {
        let finished: Vec<JournalId> =
            self.bodies.values().filter(|body| body.open == 0).map(|body| body.row.id.clone()).collect();
        finished.iter().filter_map(|id| self.bodies.remove(id)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            ids::ChannelId,
            inbound::{IgnoredEvent, UpdateBody},
        },
        server::conversations::receive::ChannelUpdate,
    };

    fn row(id: &str) -> JournalRow {
        JournalRow { id: id.into(), app_id: "app_1".into(), received_at: 0, body: b"{}".to_vec() }
    }

    fn item(journal: &str, nth: usize) -> PlannedItem {
        let body = UpdateBody::IgnoredEvent(IgnoredEvent { field: "test".to_owned(), summary: nth.to_string() });
        let update = ChannelUpdate { channel: ChannelId::from("chn_1"), body };
        PlannedItem { journal: journal.into(), path: format!("/{nth}"), update, failures: 0 }
    }

    /// A backlog with a body of so many items for each tenant.
    fn backlog(tenants: &[(&str, usize)]) -> Backlog {
        let mut backlog = Backlog::default();
        for (tenant, count) in tenants {
            let items = (0..*count).map(|nth| item(tenant, nth)).collect();
            let plan = Plan { updates: BTreeMap::from([(TenantId::from(*tenant), items)]), ..Plan::default() };
            backlog.add(vec![row(tenant)], plan);
        }
        backlog
    }

    fn sizes(backlog: &mut Backlog) -> Vec<(String, usize)> {
        let slices = backlog.next_slices();
        let done = slices.iter().flat_map(|(_, items)| items);
        done.for_each(|item| backlog.done(item));
        slices.into_iter().map(|(tenant, items)| (tenant.as_str().to_owned(), items.len())).collect()
    }

    #[test]
    fn a_large_body_is_processed_in_slices_with_other_tenants_between() {
        // given a body of 16,000 items
        let mut backlog = backlog(&[("a", 16_000)]);
        assert_eq!(sizes(&mut backlog), [("a".to_owned(), SLICE)]);
        // when another tenant's message arrives
        let plan = Plan { updates: BTreeMap::from([("b".into(), vec![item("b", 0)])]), ..Plan::default() };
        backlog.add(vec![row("b")], plan);
        // then it is processed first in the next round, and a smaller slice follows
        assert_eq!(sizes(&mut backlog), [("b".to_owned(), 1), ("a".to_owned(), SHORT_SLICE)]);
        let finished: Vec<_> = backlog.take_finished().into_iter().map(|body| body.row.id).collect();
        assert_eq!(finished, [JournalId::from("b")]);
        assert!(backlog.is_waiting() && !backlog.is_empty());
        // and the next slices are small, too, until that tenant has been silent for a while
        for _ in 1..ROUNDS {
            assert_eq!(sizes(&mut backlog), [("a".to_owned(), SHORT_SLICE)]);
        }
        assert_eq!(sizes(&mut backlog), [("a".to_owned(), SLICE)]);
    }

    #[test]
    fn tenants_that_all_have_much_share_a_larger_round() {
        assert_eq!(
            sizes(&mut backlog(&[("a", 500), ("b", 500)])),
            [("a".to_owned(), SHARED_ROUND / 2), ("b".to_owned(), SHARED_ROUND / 2)]
        );
    }

    #[test]
    fn many_tenants_get_slices_of_a_useful_size() {
        let tenants: Vec<String> = (0..40).map(|nth| format!("t{nth:02}")).collect();
        let tenants: Vec<(&str, usize)> = tenants.iter().map(|tenant| (tenant.as_str(), 200)).collect();
        assert!(sizes(&mut backlog(&tenants)).iter().all(|(_, count)| *count == MIN_SLICE));
    }

    #[test]
    fn a_tenant_with_few_items_waits_for_no_slice_of_a_round() {
        let mut backlog = backlog(&[("a", 500), ("b", 3), ("c", 500), ("d", 10), ("e", 1)]);
        let order: Vec<String> = sizes(&mut backlog).into_iter().map(|(tenant, _)| tenant).collect();
        assert_eq!(order, ["e", "b", "d", "a", "c"]);
    }

    #[test]
    fn items_that_were_put_back_come_next_in_their_order() {
        let mut backlog = backlog(&[("a", SLICE + 1)]);
        let (tenant, items) = backlog.next_slices().remove(0);
        backlog.put_back(&tenant, items[2..].to_vec());
        let paths: Vec<String> = backlog.next_slices().remove(0).1.into_iter().map(|item| item.path).collect();
        assert_eq!(paths, (2..=SLICE).map(|nth| format!("/{nth}")).collect::<Vec<_>>());
    }

    #[test]
    fn a_body_with_too_much_to_quarantine_is_kept_whole() {
        let mut backlog = backlog(&[("a", MAX_QUARANTINED + 5)]);
        for (_, items) in backlog.next_slices() {
            items.iter().for_each(|item| backlog.set_aside(item, "broken".to_owned()));
        }
        let body = backlog.take_finished().remove(0);
        assert!(body.is_kept());
        let entries = body.quarantined();
        assert_eq!(entries.len(), MAX_QUARANTINED + 1);
        assert!(entries.last().expect("some").why.starts_with("5 more items"));
    }

    #[test]
    fn an_item_that_failed_waits_behind_the_others() {
        let mut backlog = backlog(&[("a", SLICE + 1)]);
        let (tenant, mut items) = backlog.next_slices().remove(0);
        let failed = items.remove(0);
        items.iter().for_each(|item| backlog.done(item));
        backlog.retry(&tenant, failed);
        assert_eq!(backlog.failing(), [JournalId::from("a")]);
        let paths: Vec<String> = backlog.next_slices().remove(0).1.into_iter().map(|item| item.path).collect();
        assert_eq!(paths, [format!("/{SLICE}"), "/0".to_owned()]);
    }
}
