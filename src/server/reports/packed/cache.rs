//! Packed days in memory, within a bound. The table is the truth: a day is used only with the revision that it has there.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    domain::{
        ids::TenantId,
        report::packed::{PackedDay, RowKind, UtcDay},
    },
    server::store::report_packed_days::PackedHead,
};

/// Most bytes of all days together. A company with a million conversations a month needs half of it.
const ROOM: usize = 256 << 20;

type Key = (TenantId, RowKind, UtcDay);

/// Cheap to clone.
#[derive(Clone)]
pub struct DayCache {
    room: usize,
    kept: Arc<Mutex<KeptDays>>,
}

#[derive(Default)]
struct KeptDays {
    days: HashMap<Key, KeptDay>,
    /// By their last use: small companies have many small days.
    by_use: BTreeMap<u64, Key>,
    weight: usize,
    /// Increases with every use.
    uses: u64,
}

struct KeptDay {
    revision: i64,
    day: Arc<PackedDay>,
    last_use: u64,
}

impl Default for DayCache {
    fn default() -> Self {
        Self::with_room(ROOM)
    }
}

impl DayCache {
    fn with_room(room: usize) -> Self {
        Self { room, kept: Arc::default() }
    }

    pub fn get(&self, tenant: &TenantId, kind: RowKind, head: &PackedHead) -> Option<Arc<PackedDay>> {
        let kept = &mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (tenant.clone(), kind, head.day);
        let found = kept.days.get_mut(&key)?;
        kept.uses += 1;
        kept.by_use.remove(&found.last_use);
        kept.by_use.insert(kept.uses, key);
        found.last_use = kept.uses;
        (found.revision == head.revision).then(|| Arc::clone(&found.day))
    }

    /// Keeps a day in the place of an older one, and forgets those that were not used for longest.
    pub fn put(&self, tenant: &TenantId, kind: RowKind, head: &PackedHead, day: &Arc<PackedDay>) {
        let kept = &mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (tenant.clone(), kind, head.day);
        kept.uses += 1;
        kept.by_use.insert(kept.uses, key.clone());
        let new = KeptDay { revision: head.revision, day: Arc::clone(day), last_use: kept.uses };
        kept.weight += day.weight();
        if let Some(old) = kept.days.insert(key, new) {
            kept.by_use.remove(&old.last_use);
            kept.weight -= old.day.weight();
        }
        while kept.weight > self.room {
            let Some((_, key)) = kept.by_use.pop_first() else { return };
            let Some(old) = kept.days.remove(&key) else { continue };
            kept.weight -= old.day.weight();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ids::Seq, report::packed::DayBuilder};

    fn head(day: i64, revision: i64) -> PackedHead {
        PackedHead { day: UtcDay(day), seq: Seq(1), revision, rows: 0 }
    }

    fn day(day: i64) -> Arc<PackedDay> {
        Arc::new(DayBuilder::new(RowKind::Waits, UtcDay(day)).finish())
    }

    #[test]
    fn a_day_is_used_with_its_revision_only() {
        let (cache, kind) = (DayCache::default(), RowKind::Waits);
        let (one, other) = (TenantId::from("tnt_1"), TenantId::from("tnt_2"));
        cache.put(&one, kind, &head(1, 7), &day(1));
        assert!(cache.get(&one, kind, &head(1, 7)).is_some());
        assert!(cache.get(&one, kind, &head(1, 8)).is_none(), "it was packed again");
        assert!(cache.get(&other, kind, &head(1, 7)).is_none(), "another tenant's");
        assert!(cache.get(&one, RowKind::Stints, &head(1, 7)).is_none());
        cache.put(&one, kind, &head(1, 8), &day(1));
        assert!(cache.get(&one, kind, &head(1, 8)).is_some());
    }

    #[test]
    fn the_days_that_were_not_used_for_longest_are_forgotten() {
        let (tenant, kind) = (TenantId::from("tnt_1"), RowKind::Waits);
        let cache = DayCache::with_room(2 * day(1).weight());
        for nth in [1, 2] {
            cache.put(&tenant, kind, &head(nth, 1), &day(nth));
        }
        // given a day that is used again, another revision of it, and one day more
        assert!(cache.get(&tenant, kind, &head(1, 1)).is_some());
        cache.put(&tenant, kind, &head(1, 2), &day(1));
        cache.put(&tenant, kind, &head(3, 1), &day(3));
        let is_kept = |nth: i64, revision: i64| cache.get(&tenant, kind, &head(nth, revision)).is_some();
        assert_eq!([is_kept(1, 2), is_kept(2, 1), is_kept(3, 1)], [true, false, true]);
    }
}
