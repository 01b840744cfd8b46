//! Group commit of webhook bodies: one task writes them all, and bodies that arrive during a commit share the next one.
//!
//! Handlers use [`Journal`]; [`JournalWriter`] is the task. Bodies are not parsed here, so one that cannot be parsed is
//! stored as durably as any other.

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::outage::Outage;
use crate::{
    domain::{
        ids::{AppId, JournalId},
        time::{Span, Timestamp},
    },
    server::{
        bus::Bus,
        clock::{Clock, Entropy},
        store::{
            self, Db, Tx,
            journal::{self, JournalRow},
        },
    },
};

/// Bodies that may be queued for the task. When the queue is full, handlers wait, and Meta times out at last.
const QUEUE_LIMIT: usize = 1024;
/// The most bodies in one commit.
const GROUP_LIMIT: usize = 64;
/// The most bytes in one commit, except that its first body may have any size.
const GROUP_BYTE_LIMIT: usize = 8 * 1024 * 1024;
/// How long a handler waits for its commit before it answers 503, after which Meta sends the body again. The body may
/// still be written; a duplicate does no harm, because items are recognised by their ids.
const COMMIT_TIMEOUT: Span = Span::seconds(10);
/// How often the database is probed during an outage. `/health` sends callers elsewhere then, so no webhook would
/// arrive to show that it is over.
pub const PROBE_INTERVAL: Span = Span::seconds(2);

/// The body is not known to be on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the webhook journal couldn't be written")]
pub struct NotWritten;

/// The handlers' side of the journal. Cheap to clone.
#[derive(Clone)]
pub struct Journal {
    requests: mpsc::Sender<WriteRequest>,
    outage: Outage,
    clock: Clock,
}

struct WriteRequest {
    app: AppId,
    received_at: Timestamp,
    body: Vec<u8>,
    written: oneshot::Sender<Result<(), NotWritten>>,
}

impl Journal {
    /// Returns the handlers' side, and the task that `Services::start` must run.
    pub fn new(db: Db, clock: Clock, entropy: Entropy, bus: Bus) -> (Self, JournalWriter) {
        let (requests, received) = mpsc::channel(QUEUE_LIMIT);
        let outage = Outage::default();
        let ids = IdSequence { entropy, last: Timestamp(0), count: 0 };
        let journal_writer = JournalWriter {
            requests: received,
            deferred: None,
            db,
            bus,
            ids,
            outage: outage.clone(),
            clock: clock.clone(),
        };
        (Self { requests, outage, clock: clock.clone() }, journal_writer)
    }

    /// Returns when the body is on disk.
    ///
    /// # Errors
    /// [`NotWritten`]: the database failed, the task has ended, or 10 s have passed.
    pub async fn write(&self, app: AppId, body: Vec<u8>) -> Result<(), NotWritten> {
        let (written, answer) = oneshot::channel();
        let request = WriteRequest { app, received_at: self.clock.now(), body, written };
        let commit = async {
            self.requests.send(request).await.map_err(|_| NotWritten)?;
            answer.await.map_err(|_| NotWritten)?
        };
        tokio::select! {
            outcome = commit => outcome,
            () = self.clock.sleep(COMMIT_TIMEOUT) => {
                self.outage.start(&"no commit in 10 s");
                Err(NotWritten)
            }
        }
    }

    pub(super) fn outage(&self) -> &Outage {
        &self.outage
    }
}

/// The task that writes the journal.
pub struct JournalWriter {
    requests: mpsc::Receiver<WriteRequest>,
    /// The request that did not fit into the last group.
    deferred: Option<WriteRequest>,
    db: Db,
    bus: Bus,
    ids: IdSequence,
    outage: Outage,
    clock: Clock,
}

impl JournalWriter {
    /// Runs until `stop` is cancelled, and then writes the requests that are already queued.
    pub async fn run(mut self, stop: CancellationToken) {
        loop {
            let first = match self.deferred.take() {
                Some(deferred) => Some(deferred),
                None => tokio::select! {
                    biased;
                    request = self.requests.recv() => request,
                    () = stop.cancelled(), if !self.requests.is_closed() => {
                        // Requests that are queued already are still written; only new ones are refused.
                        self.requests.close();
                        continue;
                    }
                    () = self.outage.wait_for_start() => continue,
                    () = self.clock.sleep(PROBE_INTERVAL), if self.outage.is_active() => {
                        self.probe().await;
                        continue;
                    }
                },
            };
            let Some(first) = first else { return };
            self.commit(first).await;
        }
    }

    /// Takes the requests that are queued now, up to the limits of a group.
    fn take_group(&mut self, first: WriteRequest) -> Vec<WriteRequest> {
        let mut bytes = first.body.len();
        let mut group = vec![first];
        while group.len() < GROUP_LIMIT
            && let Ok(request) = self.requests.try_recv()
        {
            bytes += request.body.len();
            if bytes > GROUP_BYTE_LIMIT {
                self.deferred = Some(request);
                break;
            }
            group.push(request);
        }
        group
    }

    async fn commit(&mut self, first: WriteRequest) {
        let begun = self.db.begin_urgent().await;
        // Gather after the lock is held: requests that arrived while another transaction held the writer join this
        // commit.
        let group = self.take_group(first);
        let (rows, waiting): (Vec<_>, Vec<_>) = group
            .into_iter()
            .map(|request| {
                let id = self.ids.next(request.received_at);
                let row =
                    JournalRow { id, app_id: request.app, received_at: request.received_at.0, body: request.body };
                (row, request.written)
            })
            .unzip();
        let outcome = match insert(begun, &rows).await {
            Ok(()) => {
                self.outage.end();
                self.bus.wakeups().journal.notify_one();
                Ok(())
            }
            Err(error) => {
                self.outage.start(&error);
                Err(NotWritten)
            }
        };
        for written in waiting {
            // The handler may be gone because Meta hung up. Its body is kept.
            let _gone = written.send(outcome);
        }
    }

    async fn probe(&mut self) {
        let now = self.clock.now();
        let id = self.ids.next(now);
        let probed = async {
            let mut tx = self.db.begin_urgent().await?;
            journal::probe(&mut tx, &id, now).await?;
            tx.commit().await
        };
        match probed.await {
            Ok(()) => self.outage.end(),
            Err(error) => self.outage.start(&error),
        }
    }
}

async fn insert(begun: store::Result<Tx>, rows: &[JournalRow]) -> store::Result<()> {
    let mut tx = begun?;
    journal::insert(&mut tx, rows).await?;
    tx.commit().await
}

/// Ids that sort by arrival. A counter precedes the random bits, for several ids in a millisecond and for a clock that
/// goes back.
struct IdSequence {
    entropy: Entropy,
    last: Timestamp,
    count: u16,
}

impl IdSequence {
    fn next(&mut self, at: Timestamp) -> JournalId {
        if at > self.last {
            (self.last, self.count) = (at, 0);
        } else {
            match self.count.checked_add(1) {
                Some(count) => self.count = count,
                None => (self.last, self.count) = (self.last.plus(Span(1)), 0),
            }
        }
        let random = u64::from_be_bytes(self.entropy.bytes::<8>());
        let millis = u64::try_from(self.last.0).unwrap_or(0);
        JournalId::from_tail(ulid::Ulid::from_parts(millis, u128::from(self.count) << 64 | u128::from(random)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_arrival_when_the_clock_stops_or_goes_back() {
        let mut ids = IdSequence { entropy: Entropy::seeded(7), last: Timestamp(0), count: 0 };
        let times = (0..70_000).map(|_| 5_000).chain([4_000, 5_001, 9_000]);
        let ids: Vec<_> = times.map(|at| ids.next(Timestamp(at))).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
