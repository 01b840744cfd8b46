//! Packs the days of facts: those that are over, and those with so many changes that reading them would slow reports down.
//!
//! It reads in a view of its own and writes one row. After each day and each look for days it rests, so that it works a
//! twentieth of the time. Changed facts wake it.

use std::{collections::BTreeMap, sync::Arc};

use tokio_util::sync::CancellationToken;

use crate::{
    domain::{
        ids::{Seq, TenantId},
        report::packed::{DayBuilder, DayPhase, RowKind, UtcDay, is_due},
        time::{Span, Timestamp},
    },
    server::{
        bus::Bus,
        clock::{Clock, Entropy},
        reports::reader::{HandoffMarks, Rows},
        store::{
            self, Db, Tx, report_left_out,
            report_packed_days::{self, PackedHead},
            report_progress,
            report_unpacked_rows::{self, UnpackedDay},
            tenants,
        },
        workers::{WorkerPool, catch_panic, on_blocking_thread},
    },
};

/// How long after the last look it looks for days without a wake-up: time alone ends a day.
const EVERY: Span = Span::seconds(10);
/// What changes meanwhile is packed together.
const WAKE_DELAY: Span = Span::seconds(5);
/// The longest wait after something could not be packed.
const RETRY: Span = Span::minutes(1);
/// Days of one look: those that are not over change meanwhile.
const AT_ONCE: usize = 64;
/// How many times as long as the work a rest is, and how long at most.
const REST: i64 = 19;
const LONGEST_REST: Span = Span::minutes(1);
/// Entries that facts may lack in ordinary work. Only then a day that is not over is packed: a rebuild passes through it.
const FEW_ENTRIES: i64 = 1_000;

/// The worker. Cheap to clone.
#[derive(Clone)]
pub struct DayPacker {
    db: Db,
    bus: Bus,
    clock: Clock,
    entropy: Entropy,
}

/// How far the facts of a tenant have come.
#[derive(Clone, Copy)]
struct FactsReach {
    /// Days before this time are over.
    until: Timestamp,
    is_current: bool,
}

impl DayPacker {
    pub fn new(db: Db, bus: Bus, clock: Clock, entropy: Entropy) -> Self {
        Self { db, bus, clock, entropy }
    }

    /// Runs until `stop` is cancelled.
    pub async fn run(self, stop: CancellationToken) {
        let wakeup = &self.bus.wakeups().packing;
        let pool = WorkerPool::new("packer", wakeup, &self.clock, &self.entropy, &stop)
            .poll_interval(EVERY)
            .wake_delay(WAKE_DELAY)
            .max_backoff(RETRY);
        pool.run_rounds(|| self.pack_due(Some(&stop))).await;
    }

    /// Packs every day that is due. Returns how many were packed.
    pub async fn run_once(&self) -> store::Result<usize> {
        self.pack_due(None).await
    }

    /// As [`Self::run_once`], with rests if there is a stop. A day that cannot be packed does not keep the others waiting.
    async fn pack_due(&self, stop: Option<&CancellationToken>) -> store::Result<usize> {
        let (mut packed, mut failed) = (0, None);
        let began = self.clock.now();
        let due = self.due().await?;
        self.rest(began, stop).await;
        let most = if stop.is_some() { AT_ONCE } else { due.len() };
        for day in due.into_iter().take(most) {
            if stop.is_some_and(CancellationToken::is_cancelled) {
                break;
            }
            let began = self.clock.now();
            match catch_panic(self.pack(&day.tenant, day.kind, day.day)).await {
                Ok(Ok(is_done)) => packed += usize::from(is_done),
                Ok(Err(error)) => failed = Some(error),
                Err(panicked) => tracing::error!(tenant = %day.tenant, %panicked, "reports: day not packed"),
            }
            self.rest(began, stop).await;
        }
        failed.map_or(Ok(packed), Err)
    }

    /// After work that began at `began`, if there is a stop, and until then at most.
    async fn rest(&self, began: Timestamp, stop: Option<&CancellationToken>) {
        let Some(stop) = stop else { return };
        let took = self.clock.now().since(began);
        let rest = Span(took.0.saturating_mul(REST)).min(LONGEST_REST);
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.clock.sleep(rest) => {}
        }
    }

    /// The newest ones first: they are looked at most.
    async fn due(&self) -> store::Result<Vec<UnpackedDay>> {
        let mut view = self.db.begin_read().await?;
        let mut reached: BTreeMap<TenantId, Option<FactsReach>> = BTreeMap::new();
        let mut due = Vec::new();
        for day in report_unpacked_rows::days(&mut view).await? {
            let known = reached.get(&day.tenant).copied();
            let reach = match known {
                Some(reach) => reach,
                None => self.reach(&mut view, &day.tenant).await?,
            };
            reached.insert(day.tenant.clone(), reach);
            let Some(reach) = reach else { continue };
            let phase = if day.day.bounds().to <= reach.until { DayPhase::Over } else { DayPhase::Running };
            if (phase == DayPhase::Over || reach.is_current) && is_due(day.changes, day.packed, phase) {
                due.push(day);
            }
        }
        Ok(due)
    }

    /// `None` while facts are deleted.
    async fn reach(&self, tx: &mut Tx, tenant: &TenantId) -> store::Result<Option<FactsReach>> {
        let Seq(head) = tenants::head(tx, tenant).await?;
        let progress = report_progress::read(tx, tenant).await?;
        if progress.clearing {
            return Ok(None);
        }
        let left = head - progress.reached.0;
        let until = if left > 0 { progress.at.unwrap_or_default() } else { self.clock.now() };
        Ok(Some(FactsReach { until, is_current: left <= FEW_ENTRIES }))
    }

    /// Packs a day, whether it is due or not. Returns `false` if somebody else has packed it meanwhile, or a rebuild began.
    pub async fn pack(&self, tenant: &TenantId, kind: RowKind, day: UtcDay) -> store::Result<bool> {
        let mut view = self.db.begin_read().await?;
        let known = report_progress::read(&mut view, tenant).await?;
        if known.clearing {
            return Ok(false);
        }
        let left_out = report_left_out::list(&mut view, tenant).await?;
        let left_out = Arc::new(left_out.into_iter().map(|row| row.handoff).collect());
        let marks = HandoffMarks { left_out, ..HandoffMarks::default() };
        let mut rows = Rows::of_day(tenant.clone(), marks, kind, day);
        let mut builder = DayBuilder::new(kind, day);
        while let Some(page) = rows.next(&mut view).await? {
            page.iter().for_each(|row| builder.add(row));
        }
        drop(view);
        let packing = on_blocking_thread(move || {
            let packed = builder.finish();
            (packed.rows(), packed.to_bytes())
        });
        let (count, data) = packing.await;
        let revision = i64::from_be_bytes(self.entropy.bytes());
        let head = PackedHead { day, seq: known.reached, revision, rows: i64::try_from(count).unwrap_or(i64::MAX) };

        let mut tx = self.db.begin_write().await?;
        let current = report_progress::lock(&mut tx, tenant).await?;
        let stored = report_packed_days::heads(&mut tx, tenant, kind, day, day).await?;
        let is_older = stored.iter().any(|stored| stored.seq > head.seq);
        if current.clearing || current.rebuilds != known.rebuilds || is_older {
            tx.rollback().await?;
            return Ok(false);
        }
        report_packed_days::save(&mut tx, tenant, kind, head, &data).await?;
        report_unpacked_rows::remove_packed(&mut tx, tenant, kind, day, head.seq).await?;
        tx.commit().await?;
        Ok(true)
    }
}
