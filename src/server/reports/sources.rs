//! Counts what a source has in a period: packed days where there are any, rows of tables everywhere else. Reports and lists
//! count through it.

use std::{collections::BTreeSet, mem, sync::Arc};

use super::{
    Result,
    counting::{MOST_VALUES, aside},
    packed::{DayCache, PlannedDays},
    reader::{HandoffMarks, Rows, over_after, times},
};
use crate::{
    domain::{
        ids::TenantId,
        report::{
            list::ListTally,
            measure::FactSource,
            packed::{PackedRows, RowKind, StaleRows, UtcDay},
            period::Bounds,
            query::ReportFilters,
            rows::{ReportRow, RowKey, RowKeyId},
            tally::Tally,
        },
    },
    server::store::{self, Tx, report_packed_days::PackedHead, reports},
};

/// Packed days that are in memory at once for counting.
const DAYS_AT_ONCE: usize = 32;
/// Changed rows that are in memory at once.
const CHANGED_AT_ONCE: usize = 1_024;
/// So many rows of packed days are counted in a millisecond or two, which an async worker can spare.
const COUNTED_HERE: i64 = 4_000;

/// What counts rows.
pub trait RowCounter: Send + 'static {
    fn add_rows(&mut self, source: FactSource, rows: Vec<ReportRow>);
    fn add_packed(&mut self, source: FactSource, rows: &PackedRows);
    /// How many values are kept in memory.
    fn kept(&self) -> usize;
}

impl RowCounter for Tally {
    fn add_rows(&mut self, source: FactSource, rows: Vec<ReportRow>) {
        rows.iter().for_each(|row| self.add(source, row));
    }

    fn add_packed(&mut self, source: FactSource, rows: &PackedRows) {
        Self::add_packed(self, source, rows);
    }

    fn kept(&self) -> usize {
        Self::kept(self)
    }
}

impl RowCounter for ListTally {
    fn add_rows(&mut self, _: FactSource, rows: Vec<ReportRow>) {
        rows.into_iter().for_each(|row| self.add(row));
    }

    fn add_packed(&mut self, _: FactSource, rows: &PackedRows) {
        Self::add_packed(self, rows);
    }

    fn kept(&self) -> usize {
        Self::kept(self)
    }
}

/// Packed days that could not be read.
pub type UnreadableDays = Vec<(RowKind, PackedHead)>;

/// Reads the sources of a tenant.
pub struct SourceReader<'a> {
    pub tenant: &'a TenantId,
    /// Those of what counts.
    pub filters: &'a ReportFilters,
    pub marks: HandoffMarks,
    /// `None`: everything is read from the tables.
    pub cache: Option<&'a DayCache>,
    /// The most rows of a source that are read from the tables.
    pub most_rows: usize,
    pub unreadable: UnreadableDays,
}

/// A source of a period, whose days may be packed.
#[derive(Clone, Copy)]
struct PackedSource {
    source: FactSource,
    kind: RowKind,
    period: Bounds,
}

impl PackedSource {
    fn times(self) -> Bounds {
        times(self.source, self.period)
    }
}

impl SourceReader<'_> {
    /// Counts all rows of these sources. `None`: there are too many.
    pub async fn count<C: RowCounter>(
        &mut self,
        tx: &mut Tx,
        sources: &[FactSource],
        period: Bounds,
        mut counter: C,
    ) -> Result<Option<C>> {
        for source in sources.iter().copied() {
            let mut unpacked = vec![times(source, period)];
            let mut left = self.most_rows;
            // Packed days hold no reasons of the language model.
            let cache = self.cache.filter(|_| !self.filters.need_reasons());
            if let (Some(kind), Some(cache)) = (source.kind(), cache) {
                let packed = PackedSource { source, kind, period };
                let mut plan = PlannedDays::read(tx, self.tenant, kind, packed.times()).await?;
                counter = self.count_packed(tx, packed, &mut plan, cache, counter).await?;
                let stale: usize = plan.stale.values().map(Vec::len).sum();
                let Some(rest) = left.checked_sub(stale) else { return Ok(None) };
                left = rest;
                counter = self.count_stale(tx, packed, &plan, counter).await?;
                unpacked = plan.unpacked;
            }
            for part in unpacked {
                let rows = Rows::within(self.tenant.clone(), self.marks.clone(), source, period, part);
                let mut rows = rows.for_filters(self.filters);
                while let Some(page) = rows.next(tx).await? {
                    let Some(rest) = left.checked_sub(page.len()) else { return Ok(None) };
                    left = rest;
                    counter.add_rows(source, page);
                }
            }
            if counter.kept() > MOST_VALUES {
                return Ok(None);
            }
        }
        Ok(Some(counter))
    }

    /// Counts the packed days of a plan. Those that cannot be read are read from the tables.
    async fn count_packed<C: RowCounter>(
        &mut self,
        tx: &mut Tx,
        packed: PackedSource,
        plan: &mut PlannedDays,
        cache: &DayCache,
        mut counter: C,
    ) -> Result<C> {
        let PackedSource { source, kind, period } = packed;
        let within = packed.times();
        for heads in mem::take(&mut plan.packed).chunks(DAYS_AT_ONCE) {
            let days = plan.load(tx, self.tenant, cache, heads).await?;
            let mut parts = Vec::with_capacity(heads.len());
            for head in heads {
                let Some(day) = days.get(&head.day) else {
                    self.unreadable.push((kind, *head));
                    plan.read_from_tables(head.day, within);
                    continue;
                };
                let stale = plan.stale.get(&head.day).map(|ids| StaleRows::of(day, ids)).unwrap_or_default();
                let reasons = Arc::clone(&self.marks.reasons);
                let over_after = over_after(source, period);
                parts.push(PackedRows { day: Arc::clone(day), within, over_after, stale, reasons });
            }
            let count = move |mut counter: C| {
                parts.iter().for_each(|part| counter.add_packed(source, part));
                counter
            };
            let is_short = heads.iter().map(|head| head.rows).sum::<i64>() <= COUNTED_HERE;
            counter = if is_short { count(counter) } else { aside(move || count(counter)).await? };
            if counter.kept() > MOST_VALUES {
                break;
            }
        }
        Ok(counter)
    }

    /// Counts the rows that packed days do not hold as they are.
    async fn count_stale<C: RowCounter>(
        &self,
        tx: &mut Tx,
        packed: PackedSource,
        plan: &PlannedDays,
        mut counter: C,
    ) -> Result<C> {
        // A row whose time has changed may be stale on two days.
        let ids: BTreeSet<&String> = plan.stale.values().flatten().collect();
        let ids: Vec<String> = ids.into_iter().cloned().collect();
        let (within, until) = (packed.times(), over_after(packed.source, packed.period));
        // It is read for its own day alone: another one may hold it as it is.
        let is_stale = |key: &RowKey| {
            let ids = plan.stale.get(&UtcDay::of(key.at));
            ids.is_some_and(|ids| ids.binary_search(&id_text(key)).is_ok())
        };
        for ids in ids.chunks(CHANGED_AT_ONCE) {
            let mut rows = self.rows_of(tx, packed.kind, ids).await?;
            rows.retain(|row| {
                let key = row.key();
                within.contains(key.at) && !until.is_some_and(|at| row.is_over(at)) && is_stale(&key)
            });
            counter.add_rows(packed.source, rows);
        }
        Ok(counter)
    }

    /// Rows by the ids of their facts, from the tables.
    pub async fn rows_of(&self, tx: &mut Tx, kind: RowKind, ids: &[String]) -> store::Result<Vec<ReportRow>> {
        let mut rows = reports::by_ids(tx, self.tenant, kind, ids).await?;
        self.marks.apply(&mut rows);
        Ok(rows)
    }
}

/// The id of a fact as tables of any kind hold it.
pub fn id_text(key: &RowKey) -> String {
    match &key.id {
        RowKeyId::Text(id) => id.clone(),
        RowKeyId::Seq(seq) => seq.to_string(),
    }
}
