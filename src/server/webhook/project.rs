//! The projector: passes journalled bodies on to the conversations at least once and in order. A failing item does not
//! affect other items.
//!
//! A body is marked done after its updates were processed. After a crash in between they are processed again; the
//! conversations recognise items by their ids. Only an unavailable database stops the queue; an item that can never be
//! processed is quarantined with its JSON.

use std::{
    collections::{BTreeSet, HashMap},
    future::Future,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
};

use futures::FutureExt;
use tokio_util::sync::CancellationToken;

use super::{
    project_plan::{Plan, PlannedItem, QuarantineEntry},
    read,
};
use crate::{
    domain::{
        ids::{ChannelId, JournalId, Noun, TenantId},
        time::{Span, Timestamp},
    },
    server::{
        bus::Bus,
        clock::{Clock, Entropy},
        conversations::{ConversationError, Conversations, receive::ChannelUpdate},
        store::{
            Db, StoreError,
            journal::{self, JournalRow, JournalState},
            pending_updates,
        },
        workers::WorkerPool,
    },
};

/// Most bodies of one run.
const MAX_ROWS: i64 = 256;
/// Most bytes of one run. A body may have 4 MB, and its parsed form takes several times as much.
const MAX_BYTES: i64 = 16 * 1024 * 1024;
/// Most items of one transaction. An import brings thousands, and other writers must not wait for all of them.
const MAX_ITEMS: usize = 500;
/// Failures after which an item is quarantined. Only failures while the database accepts other writes count.
const MAX_FAILURES: u32 = 5;
/// The longest wait between two attempts while the database is unavailable.
const MAX_BACKOFF: Span = Span::seconds(30);
/// How long processed bodies are kept.
pub const RETENTION: Span = Span::days(30);
const SWEEP_INTERVAL: Span = Span::hours(1);
const SWEEP_ROWS: i64 = 500;

/// Id type of quarantine rows. Nothing refers to them.
enum Quarantine {}
impl Noun for Quarantine {
    const PREFIX: &'static str = "qrn";
}

/// Identifies an item. The channel is part of it, because one update of an account concerns several channels.
type Key = (JournalId, String, ChannelId);

/// The service. Run one per database: a second would process the same bodies again, which is harmless but useless.
#[derive(Clone)]
pub struct Projector {
    db: Db,
    clock: Clock,
    entropy: Entropy,
    bus: Bus,
    conversations: Conversations,
    failures: Arc<Mutex<HashMap<Key, u32>>>,
}

/// Result of processing one item.
enum ItemOutcome {
    Done,
    Poison(String),
    /// The database refused this item but accepts other writes. It will be tried again.
    Failed(StoreError),
}

impl Projector {
    pub fn new(db: Db, clock: Clock, entropy: Entropy, bus: Bus, conversations: Conversations) -> Self {
        Self { db, clock, entropy, bus, conversations, failures: Arc::default() }
    }

    /// Processes up to 256 unread bodies, at most 16 MB, and returns how many are settled.
    ///
    /// # Errors
    /// The database is unavailable. What was not settled stays unread.
    pub async fn run_once(&self) -> Result<usize, StoreError> {
        let mut tx = self.db.begin_read().await?;
        let rows = journal::unread(&mut tx, MAX_ROWS, MAX_BYTES).await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let plan = Plan::make(&mut tx, &rows).await?;
        tx.rollback().await?;
        self.execute(&rows, plan).await
    }

    async fn execute(&self, rows: &[JournalRow], mut plan: Plan) -> Result<usize, StoreError> {
        let mut to_retry = Vec::new();
        for (tenant, items) in std::mem::take(&mut plan.updates) {
            for chunk in items.chunks(MAX_ITEMS) {
                self.process(&tenant, chunk, rows, &mut plan.quarantine, &mut to_retry).await?;
            }
        }
        self.settle(rows, &plan, &to_retry).await
    }

    /// Passes a tenant's items on in one transaction, or one by one if that fails.
    async fn process(
        &self,
        tenant: &TenantId,
        items: &[PlannedItem],
        rows: &[JournalRow],
        quarantine: &mut Vec<QuarantineEntry>,
        to_retry: &mut Vec<PlannedItem>,
    ) -> Result<(), StoreError> {
        let batch: Vec<ChannelUpdate> = items.iter().map(|item| item.update.clone()).collect();
        match catch_panic(self.conversations.receive(tenant, &batch)).await {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(ConversationError::Store(error))) if error.is_outage() => return Err(error),
            Ok(Err(error)) => {
                tracing::warn!(%tenant, items = items.len(), %error, "webhook: batch failed, retrying individually");
            }
            Err(panic) => {
                tracing::error!(%tenant, items = items.len(), %panic, "webhook: batch panicked, retrying individually")
            }
        }
        for item in items {
            match self.process_one(tenant, item).await? {
                ItemOutcome::Done => {}
                ItemOutcome::Poison(why) => quarantine.push(quarantine_entry(item, rows, why)),
                ItemOutcome::Failed(error) if self.failures_of(item, rows) + 1 >= MAX_FAILURES => {
                    quarantine.push(quarantine_entry(item, rows, error.to_string()));
                }
                ItemOutcome::Failed(error) => {
                    tracing::warn!(%tenant, path = %item.path, %error, "webhook: item failed, will retry");
                    to_retry.push(item.clone());
                }
            }
        }
        Ok(())
    }

    async fn process_one(&self, tenant: &TenantId, item: &PlannedItem) -> Result<ItemOutcome, StoreError> {
        match catch_panic(self.conversations.receive(tenant, std::slice::from_ref(&item.update))).await {
            Ok(Ok(())) => Ok(ItemOutcome::Done),
            Ok(Err(ConversationError::Store(error))) if error.is_outage() => Err(error),
            Ok(Err(ConversationError::Store(error))) => Ok(ItemOutcome::Failed(error)),
            Ok(Err(error)) => Ok(ItemOutcome::Poison(error.to_string())),
            Err(panic) => Ok(ItemOutcome::Poison(panic.to_string())),
        }
    }

    /// Settles every body whose items have all been processed or quarantined. Quarantine rows are in the same
    /// transaction.
    async fn settle(&self, rows: &[JournalRow], plan: &Plan, to_retry: &[PlannedItem]) -> Result<usize, StoreError> {
        let unfinished: BTreeSet<usize> = to_retry.iter().map(|item| item.row).collect();
        let ids = |wanted: &dyn Fn(usize) -> bool| -> Vec<JournalId> {
            rows.iter().enumerate().filter(|(row, _)| wanted(*row)).map(|(_, row)| row.id.clone()).collect()
        };
        let retried = ids(&|row| unfinished.contains(&row));
        let unreadable = ids(&|row| plan.unreadable.contains(&row));
        let done = ids(&|row| !unfinished.contains(&row) && !plan.unreadable.contains(&row));
        let now = self.clock.now();
        let mut tx = self.db.begin_write().await?;
        for entry in plan.quarantine.iter().filter(|entry| !unfinished.contains(&entry.row)) {
            let Some(body) = rows.get(entry.row) else { continue };
            let id = self.entropy.id::<Quarantine>(now);
            tracing::error!(journal = %body.id, path = %entry.path, why = %entry.why, "webhook: item quarantined");
            journal::quarantine(&mut tx, id.as_str(), &body.id, now, &entry.path, &entry.why, &entry.raw).await?;
        }
        journal::settle(&mut tx, &done, JournalState::Done).await?;
        journal::settle(&mut tx, &unreadable, JournalState::Quarantined).await?;
        // This changes nothing, but proves that the database accepts writes. Only then does a failure count against an
        // item.
        journal::settle(&mut tx, &retried, JournalState::New).await?;
        tx.commit().await?;
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.retain(|(journal, _, _), _| retried.contains(journal));
        for item in to_retry {
            if let Some(key) = key(item, rows) {
                *failures.entry(key).or_default() += 1;
            }
        }
        Ok(done.len() + unreadable.len())
    }

    fn failures_of(&self, item: &PlannedItem, rows: &[JournalRow]) -> u32 {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        key(item, rows).and_then(|key| failures.get(&key).copied()).unwrap_or_default()
    }

    /// Deletes bodies that were processed over 30 days ago, and pending updates whose message never arrived. Returns
    /// how many.
    pub async fn sweep(&self) -> Result<u64, StoreError> {
        let before = u64::try_from(self.clock.now().minus(RETENTION).0).unwrap_or(0);
        let before = JournalId::from_tail(ulid::Ulid::from_parts(before, 0));
        let mut tx = self.db.begin_write().await?;
        pending_updates::sweep(&mut tx, self.clock.now().minus(RETENTION)).await?;
        tx.commit().await?;
        let mut deleted = 0;
        loop {
            let mut tx = self.db.begin_write().await?;
            let batch = journal::sweep(&mut tx, &before, SWEEP_ROWS).await?;
            tx.commit().await?;
            deleted += batch;
            if batch < SWEEP_ROWS.unsigned_abs() {
                return Ok(deleted);
            }
        }
    }

    /// Runs until `stop` is cancelled. A run in progress is finished first.
    pub async fn run(self, stop: CancellationToken) {
        let pool = WorkerPool::new("projector", &self.bus.wakeups().journal, &self.clock, &self.entropy, &stop)
            .max_backoff(MAX_BACKOFF);
        let swept = Mutex::new(None);
        pool.run_rounds(|| self.round(&swept)).await;
    }

    async fn round(&self, swept: &Mutex<Option<Timestamp>>) -> Result<usize, StoreError> {
        let settled = self.run_once().await?;
        let now = self.clock.now();
        let last = *swept.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_none_or(|last| now.since(last) >= SWEEP_INTERVAL) {
            self.sweep().await?;
            *swept.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
        }
        Ok(settled)
    }
}

/// A panic in our code while an item was processed. The panic message was written to standard error.
#[derive(Debug, thiserror::Error)]
#[error("processing panicked")]
struct Panicked;

/// Turns a panic into an error, so that the item is quarantined and others continue. Dropping the transaction rolls it
/// back.
async fn catch_panic<T>(work: impl Future<Output = T>) -> Result<T, Panicked> {
    AssertUnwindSafe(work).catch_unwind().await.map_err(|_| Panicked)
}

fn key(item: &PlannedItem, rows: &[JournalRow]) -> Option<Key> {
    rows.get(item.row).map(|row| (row.id.clone(), item.path.clone(), item.update.channel.clone()))
}

fn quarantine_entry(item: &PlannedItem, rows: &[JournalRow], why: String) -> QuarantineEntry {
    let raw = rows.get(item.row).and_then(|row| read::item(&row.body, &item.path)).unwrap_or_default();
    QuarantineEntry { row: item.row, path: item.path.clone(), why, raw }
}

#[cfg(test)]
mod tests {
    use super::{
        super::fixture::{Fixture, body, text},
        *,
    };

    #[tokio::test]
    async fn a_run_loads_bodies_up_to_the_byte_limit() {
        let fixture = Fixture::new().await;
        for size in [10, 10, 60, 5] {
            fixture.post("app_1", vec![b' '; size]).await;
        }
        let sizes = async |bytes: i64| -> Vec<usize> {
            let mut tx = fixture.db.begin_read().await.expect("begins");
            let rows = journal::unread(&mut tx, MAX_ROWS, bytes).await.expect("reads");
            rows.iter().map(|row| row.body.len()).collect()
        };
        assert_eq!(sizes(25).await, [10, 10]);
        assert_eq!(sizes(1_000).await, [10, 10, 60, 5]);
        assert_eq!(sizes(1).await, [10], "the first is loaded whatever its size");
    }

    #[tokio::test]
    async fn a_panic_becomes_an_error_of_its_item() {
        catch_panic::<()>(async { panic!("an unexpected item") }).await.expect_err("caught");
        assert_eq!(catch_panic(async { 1 }).await.expect("no panic"), 1);
    }

    #[tokio::test]
    async fn an_item_is_quarantined_after_five_failures_and_blocks_no_other() {
        let fixture = Fixture::new().await;
        fixture.post("app_1", body("77001", vec![text("77001", "wamid.1"), text("77001", "wamid.2")])).await;
        fixture.post("app_1", body("77001", vec![text("77001", "wamid.3")])).await;
        for run in 1..=MAX_FAILURES {
            let mut tx = fixture.db.begin_read().await.expect("begins");
            let rows = journal::unread(&mut tx, MAX_ROWS, MAX_BYTES).await.expect("reads");
            let mut plan = Plan::make(&mut tx, &rows).await.expect("plans");
            tx.rollback().await.expect("rolls back");
            // A channel that does not exist: the database refuses the conversation every time.
            plan.updates.get_mut(&fixture.tenant).expect("updates")[0].update.channel = ChannelId::from("chn_gone");
            let settled = fixture.projector.execute(&rows, plan).await.expect("runs");
            assert!(fixture.has("wamid.2").await && fixture.has("wamid.3").await && !fixture.has("wamid.1").await);
            let (first, last) = (run == 1, run == MAX_FAILURES);
            assert_eq!(settled, usize::from(first || last), "run {run}");
            assert_eq!(fixture.backlog().await, if last { (0, 1) } else { (1, 0) }, "run {run}");
        }
    }
}
