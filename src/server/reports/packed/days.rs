//! Which part of a period is read from packed days, and which from tables.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::DayCache;
use crate::{
    domain::{
        ids::TenantId,
        report::{
            packed::{PackedDay, RowKind, UtcDay},
            period::Bounds,
        },
    },
    server::store::{
        self, StoreError, Tx,
        report_packed_days::{self, PackedHead},
        report_unpacked_rows,
    },
};

/// Days of one statement.
const AT_ONCE: usize = 8;

/// The days of a time.
pub struct PlannedDays {
    kind: RowKind,
    /// Those that are packed, oldest first.
    pub packed: Vec<PackedHead>,
    /// By day, the rows that a packed day does not hold as they are.
    pub stale: BTreeMap<UtcDay, Vec<String>>,
    /// The times of the other days.
    pub unpacked: Vec<Bounds>,
}

impl PlannedDays {
    pub async fn read(tx: &mut Tx, tenant: &TenantId, kind: RowKind, times: Bounds) -> store::Result<Self> {
        let mut plan = Self { kind, packed: Vec::new(), stale: BTreeMap::new(), unpacked: Vec::new() };
        let Some((first, last)) = UtcDay::touched_by(times) else { return Ok(plan) };
        plan.packed = report_packed_days::heads(tx, tenant, kind, first, last).await?;
        if plan.packed.is_empty() {
            plan.unpacked.push(times);
            return Ok(plan);
        }
        let packed: BTreeSet<UtcDay> = plan.packed.iter().map(|head| head.day).collect();
        for (day, id) in report_unpacked_rows::within(tx, tenant, kind, first, last).await? {
            if packed.contains(&day) {
                plan.stale.entry(day).or_default().push(id);
            }
        }
        plan.unpacked = gaps(&packed, times);
        Ok(plan)
    }

    /// Reads the part of a day within a time from the tables instead.
    pub fn read_from_tables(&mut self, day: UtcDay, within: Bounds) {
        self.stale.remove(&day);
        let Bounds { from, to } = day.bounds();
        self.unpacked.push(Bounds { from: from.max(within.from), to: to.min(within.to) });
    }

    /// These days. Those that cannot be read are left out; the error is logged.
    pub async fn load(
        &self,
        tx: &mut Tx,
        tenant: &TenantId,
        cache: &DayCache,
        heads: &[PackedHead],
    ) -> store::Result<BTreeMap<UtcDay, Arc<PackedDay>>> {
        let kind = self.kind;
        let cached = heads.iter().filter_map(|head| Some((head.day, cache.get(tenant, kind, head)?)));
        let mut found: BTreeMap<UtcDay, Arc<PackedDay>> = cached.collect();
        let missing: Vec<PackedHead> = heads.iter().filter(|head| !found.contains_key(&head.day)).copied().collect();
        for heads in missing.chunks(AT_ONCE) {
            let days: Vec<UtcDay> = heads.iter().map(|head| head.day).collect();
            for (day, read) in report_packed_days::read(tx, tenant, kind, &days).await? {
                let head = heads.iter().find(|head| head.day == day);
                let (Some(head), Some(packed)) = (head, readable(read)?) else { continue };
                let packed = Arc::new(packed);
                cache.put(tenant, kind, head, &packed);
                found.insert(day, packed);
            }
        }
        Ok(found)
    }
}

/// `None` for a day that this version cannot read: its rows are read from the tables instead.
fn readable(read: store::Result<PackedDay>) -> store::Result<Option<PackedDay>> {
    match read {
        Ok(packed) => Ok(Some(packed)),
        Err(error @ StoreError::Unreadable { .. }) => {
            tracing::error!(%error, "reports: a packed day cannot be read, it will be packed again");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// The parts of a time outside of these days.
fn gaps(days: &BTreeSet<UtcDay>, times: Bounds) -> Vec<Bounds> {
    let mut gaps = Vec::new();
    let mut from = times.from;
    for day in days {
        let Bounds { from: begin, to: end } = day.bounds();
        if from < begin {
            gaps.push(Bounds { from, to: begin.min(times.to) });
        }
        from = from.max(end);
    }
    if from < times.to {
        gaps.push(Bounds { from, to: times.to });
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::{Span, Timestamp};

    #[test]
    fn the_days_that_are_not_packed_are_read_together() {
        let at = |hours: i64| Timestamp(Span::hours(hours).0);
        let times = Bounds { from: at(6), to: at(5 * 24 + 6) };
        let of = |days: &[i64]| {
            let days = days.iter().copied().map(UtcDay).collect();
            gaps(&days, times).into_iter().map(|gap| (gap.from, gap.to)).collect::<Vec<_>>()
        };
        assert_eq!(of(&[0, 1, 2, 3, 4, 5]), []);
        assert_eq!(of(&[0, 1, 4]), [(at(48), at(96)), (at(120), at(126))]);
        assert_eq!(of(&[2, 5]), [(at(6), at(48)), (at(72), at(120))]);
    }
}
