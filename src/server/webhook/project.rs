//! The projector: passes journalled bodies on to the conversations at least once and in order. A failing item does not
//! affect other items, and a busy tenant does not delay the others.
//!
//! Each round reads bodies (`project_load.rs`), plans what to do with them (`project_plan.rs`), and processes one slice of
//! every tenant's items (`project_backlog.rs`), a transaction each. A body is marked
//! done after its updates were processed. After a crash in between they are processed again; the conversations
//! recognise items by their ids. Only an unavailable database stops the queue; an item that can never be processed is
//! quarantined with its JSON.

use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

use super::{
    project_backlog::{Backlog, OpenBody},
    project_plan::PlannedItem,
};
use crate::{
    domain::{
        ids::{AppId, JournalId, Noun, TenantId},
        time::{Span, Timestamp},
    },
    server::{
        bus::Bus,
        clock::{Clock, Entropy},
        conversations::{ConversationError, Conversations, receive::ChannelUpdate},
        store::{
            Db, StoreError, WriteLane,
            journal::{self, JournalState},
            pending_updates,
        },
        workers::{WorkerPool, catch_panic},
    },
};

/// Failures after which an item is quarantined. Only failures while the database accepts other writes count.
const MAX_FAILURES: u32 = 5;
/// Most transactions of one slice, after which the other tenants have their turn.
const MAX_TRANSACTIONS: usize = 32;
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

/// The service. Run one per database: a second would process the same bodies again, which is harmless but useless.
#[derive(Clone)]
pub struct Projector {
    pub(super) db: Db,
    clock: Clock,
    entropy: Entropy,
    bus: Bus,
    conversations: Conversations,
    backlog: Arc<tokio::sync::Mutex<Backlog>>,
    /// The app whose bodies were read last, so that the next round begins behind it.
    pub(super) last_app: Arc<Mutex<Option<AppId>>>,
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
        let (backlog, last_app) = (Arc::default(), Arc::default());
        Self { db, clock, entropy, bus, conversations, backlog, last_app }
    }

    /// Processes the next items of every tenant. Returns how many bodies are settled, and one more if items are left
    /// that were not tried yet.
    ///
    /// # Errors
    /// The database is unavailable. What was not settled stays unread.
    pub async fn run_once(&self) -> Result<usize, StoreError> {
        let mut kept = self.backlog.lock().await;
        // Taken out: after an error, a panic or an abort the next round begins with what the journal holds.
        let mut backlog = std::mem::take(&mut *kept);
        self.load(&mut backlog).await?;
        if backlog.is_idle() && backlog.large.is_reading() {
            // Nothing else is to be done until a large body is read, or something new arrives.
            tokio::select! {
                () = backlog.large.wait() => {}
                () = self.bus.wakeups().journal.notified() => {}
            }
            *kept = backlog;
            return Ok(1);
        }
        if backlog.is_empty() {
            return Ok(0);
        }
        let settled = self.process_slices(&mut backlog).await?;
        let is_waiting = backlog.is_waiting();
        *kept = backlog;
        Ok(settled + usize::from(is_waiting))
    }

    /// Processes one slice of every tenant, and settles the bodies that are finished. Returns how many.
    async fn process_slices(&self, backlog: &mut Backlog) -> Result<usize, StoreError> {
        for (tenant, items) in backlog.next_slices() {
            self.process(&tenant, items, backlog).await?;
        }
        let finished = backlog.take_finished();
        self.settle(&finished, &backlog.failing()).await?;
        Ok(finished.len())
    }

    /// Passes a tenant's items on in one transaction. If that fails, it is halved until the items that fail are alone,
    /// which takes fewer transactions than trying all of them. What is left after [`MAX_TRANSACTIONS`] comes next.
    async fn process(
        &self,
        tenant: &TenantId,
        items: Vec<PlannedItem>,
        backlog: &mut Backlog,
    ) -> Result<(), StoreError> {
        // The next one is the last.
        let mut parts = vec![items];
        for _ in 0..MAX_TRANSACTIONS {
            let Some(mut part) = parts.pop() else { return Ok(()) };
            if part.len() == 1 {
                for item in part {
                    self.process_alone(tenant, item, backlog).await?;
                }
            } else if self.process_together(tenant, &part).await? {
                part.iter().for_each(|item| backlog.done(item));
            } else {
                let second_half = part.split_off(part.len() / 2);
                parts.extend([second_half, part]);
            }
        }
        backlog.put_back(tenant, parts.into_iter().rev().flatten().collect());
        Ok(())
    }

    /// Returns whether the items were processed: all or none.
    async fn process_together(&self, tenant: &TenantId, items: &[PlannedItem]) -> Result<bool, StoreError> {
        let batch: Vec<ChannelUpdate> = items.iter().map(|item| item.update.clone()).collect();
        match catch_panic(self.conversations.receive(tenant, &batch)).await {
            Ok(Ok(())) => return Ok(true),
            Ok(Err(ConversationError::Store(error))) if error.is_outage() => return Err(error),
            Ok(Err(error)) => {
                tracing::warn!(%tenant, items = items.len(), %error, "webhook: batch failed, retrying individually");
            }
            Err(panic) => {
                tracing::error!(%tenant, items = items.len(), %panic, "webhook: batch panicked, retrying individually")
            }
        }
        Ok(false)
    }

    async fn process_alone(
        &self,
        tenant: &TenantId,
        item: PlannedItem,
        backlog: &mut Backlog,
    ) -> Result<(), StoreError> {
        match self.process_one(tenant, &item).await? {
            ItemOutcome::Done => backlog.done(&item),
            ItemOutcome::Poison(why) => backlog.set_aside(&item, why),
            ItemOutcome::Failed(error) if item.failures + 1 >= MAX_FAILURES => {
                backlog.set_aside(&item, error.to_string());
            }
            ItemOutcome::Failed(error) => {
                tracing::warn!(%tenant, path = %item.path, %error, "webhook: item failed, will retry");
                backlog.retry(tenant, item);
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

    /// Marks bodies whose items have all been processed or quarantined. Quarantine rows are in the same transaction.
    async fn settle(&self, finished: &[OpenBody], failing: &[JournalId]) -> Result<(), StoreError> {
        if finished.is_empty() && failing.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        let mut tx = self.db.begin_write_in(WriteLane::Arrivals).await?;
        for body in finished.iter().filter(|body| !body.quarantine.is_empty()) {
            for entry in body.quarantined() {
                let id = self.entropy.id::<Quarantine>(now);
                let (journal, path, why) = (&entry.journal, &entry.path, &entry.why);
                tracing::error!(%journal, %path, %why, "webhook: item quarantined");
                let raw = entry.raw.as_deref().unwrap_or_default();
                journal::quarantine(&mut tx, id.as_str(), journal, now, path, why, raw).await?;
            }
        }
        let (kept, done): (Vec<&OpenBody>, Vec<&OpenBody>) = finished.iter().partition(|body| body.is_kept());
        let ids =
            |bodies: Vec<&OpenBody>| -> Vec<JournalId> { bodies.into_iter().map(|body| body.row.id.clone()).collect() };
        journal::settle(&mut tx, &ids(done), JournalState::Done).await?;
        journal::settle(&mut tx, &ids(kept), JournalState::Quarantined).await?;
        // This changes nothing, but proves that the database accepts writes. Only then does a failure count against an
        // item: after an error the round is forgotten.
        journal::settle(&mut tx, failing, JournalState::New).await?;
        tx.commit().await
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

#[cfg(test)]
mod tests {
    use super::{
        super::{
            fixture::{Fixture, body, text},
            project_load::{MAX_BYTES, MAX_ROWS},
            project_plan::{Plan, ReadBody},
        },
        *,
    };
    use crate::domain::ids::ChannelId;

    /// What is unread, with the items `breaks` picks for a channel that does not exist: the database refuses their
    /// conversation every time.
    async fn with_broken(fixture: &Fixture, breaks: impl Fn(usize) -> bool) -> Backlog {
        let mut tx = fixture.db.begin_read().await.expect("begins");
        let known = Default::default();
        let rows = journal::unread(&mut tx, &"app_1".into(), &known, MAX_ROWS, MAX_BYTES).await.expect("reads");
        let bodies = rows.into_iter().map(ReadBody::of).collect();
        let (rows, mut plan) = Plan::make(&mut tx, bodies).await.expect("plans");
        tx.rollback().await.expect("rolls back");
        let items = plan.updates.get_mut(&fixture.tenant).expect("updates");
        for (_, item) in items.iter_mut().enumerate().filter(|(nth, _)| breaks(*nth)) {
            item.update.channel = ChannelId::from("chn_gone");
        }
        let mut backlog = Backlog::default();
        backlog.add(rows, plan);
        backlog
    }

    fn texts(count: usize) -> String {
        body("77001", (0..count).map(|nth| text("77001", &format!("wamid.{nth}"))).collect())
    }

    #[tokio::test]
    async fn an_item_that_fails_costs_its_slice_a_few_transactions() {
        let fixture = Fixture::new().await;
        fixture.post("app_1", texts(200)).await;
        let mut backlog = with_broken(&fixture, |nth| nth == 77).await;
        fixture.projector.process_slices(&mut backlog).await.expect("runs");
        assert!(!backlog.is_waiting(), "the neighbours were processed within one slice");
        assert!(fixture.has("wamid.76").await && fixture.has("wamid.78").await && fixture.has("wamid.199").await);
    }

    #[tokio::test]
    async fn a_slice_whose_items_all_fail_leaves_the_rest_for_the_next_rounds() {
        let fixture = Fixture::new().await;
        fixture.post("app_1", texts(24)).await;
        let mut backlog = with_broken(&fixture, |_| true).await;
        fixture.projector.process_slices(&mut backlog).await.expect("runs");
        assert!(backlog.is_waiting(), "other tenants have their turn before all were tried");
        for _ in 0..40 {
            fixture.projector.process_slices(&mut backlog).await.expect("runs");
        }
        assert!(backlog.is_empty());
        assert_eq!(fixture.backlog().await, (0, 24));
    }

    #[tokio::test]
    async fn an_item_is_quarantined_after_five_failures_and_blocks_no_other() {
        let fixture = Fixture::new().await;
        fixture.post("app_1", body("77001", vec![text("77001", "wamid.1"), text("77001", "wamid.2")])).await;
        fixture.post("app_1", body("77001", vec![text("77001", "wamid.3")])).await;
        let mut backlog = with_broken(&fixture, |nth| nth == 0).await;
        for run in 1..=MAX_FAILURES {
            let settled = fixture.projector.process_slices(&mut backlog).await.expect("runs");
            assert!(fixture.has("wamid.2").await && fixture.has("wamid.3").await && !fixture.has("wamid.1").await);
            let (first, last) = (run == 1, run == MAX_FAILURES);
            assert_eq!(settled, usize::from(first || last), "run {run}");
            assert_eq!(fixture.backlog().await, if last { (0, 1) } else { (1, 0) }, "run {run}");
            assert!(!backlog.is_waiting(), "the next run comes with the poll");
        }
        assert!(backlog.is_empty());
    }
}
