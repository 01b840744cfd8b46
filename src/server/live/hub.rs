//! One log reader and one ring buffer of frames per tenant: the log is read once per notification, and each frame is
//! encoded once for all streams.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::{Semaphore, watch};

use super::{Live, changes};
use crate::{
    domain::{
        desk::Frame,
        ids::{Seq, TenantId},
        time::Span,
    },
    server::store::{self, tenants},
};

/// Most frames in the ring, for streams that are briefly behind.
const RING: usize = 256;

/// Most replays of the log at once: of one tenant, and in all. A replay reads up to two thousand entries.
const REPLAYS_PER_TENANT: usize = 2;
pub(super) const REPLAYS: usize = 4;

/// A frame as it is sent.
#[derive(Clone)]
pub(super) struct Encoded {
    pub seq: Seq,
    pub json: Arc<str>,
    pub recheck: bool,
}

pub(super) struct Hub {
    /// What its streams need of the service. Each has the hub, so none needs a copy of its own.
    pub live: Live,
    ring: Mutex<Ring>,
    head: watch::Sender<Seq>,
    /// For streams of this tenant that read the log at once.
    pub replays: Semaphore,
}

struct Ring {
    /// Sequence number before the first frame of the ring.
    base: Seq,
    frames: VecDeque<Encoded>,
}

/// What follows a stream's cursor.
pub(super) enum NextFrame {
    Frame(Encoded),
    /// No new frame: wait.
    Nothing,
    /// The cursor is not in the ring: read the log.
    TooOld,
}

impl Hub {
    pub fn next(&self, after: Seq) -> NextFrame {
        let ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        // A cursor after the newest frame was read from the log before the hub did, or belongs to another database. The
        // log shows which.
        let newest = ring.frames.back().map_or(ring.base, |frame| frame.seq);
        if after < ring.base || after > newest {
            return NextFrame::TooOld;
        }
        let at = ring.frames.partition_point(|frame| frame.seq <= after);
        ring.frames.get(at).cloned().map_or(NextFrame::Nothing, NextFrame::Frame)
    }

    pub fn watch(&self) -> watch::Receiver<Seq> {
        self.head.subscribe()
    }

    fn push(&self, frame: Encoded) {
        let seq = frame.seq;
        {
            let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
            ring.frames.push_back(frame);
            if ring.frames.len() > RING
                && let Some(old) = ring.frames.pop_front()
            {
                ring.base = old.seq;
            }
        }
        self.head.send_replace(seq);
    }
}

impl Live {
    /// The tenant's hub, started if there is none. It ends when no stream holds it.
    pub(super) async fn hub(&self, tenant: &TenantId) -> store::Result<Arc<Hub>> {
        if let Some(hub) = self.running(tenant) {
            return Ok(hub);
        }
        let mut tx = self.db.begin_read().await?;
        let head = tenants::head(&mut tx, tenant).await?;
        drop(tx);
        let hub = Arc::new(Hub {
            live: self.clone(),
            ring: Mutex::new(Ring { base: head, frames: VecDeque::new() }),
            head: watch::Sender::new(head),
            replays: Semaphore::new(REPLAYS_PER_TENANT),
        });
        {
            let mut hubs = self.hubs.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(other) = hubs.get(tenant).and_then(Weak::upgrade) {
                return Ok(other);
            }
            hubs.retain(|_, hub| hub.strong_count() > 0);
            hubs.insert(tenant.clone(), Arc::downgrade(&hub));
        }
        tokio::spawn(self.clone().feed(tenant.clone(), Arc::downgrade(&hub), head));
        Ok(hub)
    }

    fn running(&self, tenant: &TenantId) -> Option<Arc<Hub>> {
        self.hubs.lock().unwrap_or_else(PoisonError::into_inner).get(tenant).and_then(Weak::upgrade)
    }

    /// The tenants that have streams now.
    pub(super) fn watched(&self) -> Vec<TenantId> {
        let hubs = self.hubs.lock().unwrap_or_else(PoisonError::into_inner);
        hubs.iter().filter(|(_, hub)| hub.strong_count() > 0).map(|(tenant, _)| tenant.clone()).collect()
    }

    /// Reads the log for one hub until no stream holds it.
    async fn feed(self, tenant: TenantId, hub: Weak<Hub>, mut cursor: Seq) {
        let mut told = self.bus.watch(&tenant);
        loop {
            match changes::since(&self.db, &tenant, cursor).await {
                Ok(Some(batch)) => {
                    let Some(hub) = hub.upgrade() else { return };
                    cursor = batch.changes.seq;
                    hub.push(encode(batch));
                    continue;
                }
                Ok(None) => {}
                Err(error) => {
                    tracing::error!(%error, %tenant, "live: event log read failed, will retry");
                    self.clock.sleep(Span::seconds(1)).await;
                    if hub.strong_count() == 0 {
                        return;
                    }
                    continue;
                }
            }
            // A hub without streams ends at the next notification or timeout.
            tokio::select! {
                heard = told.changed() => if heard.is_err() { return },
                () = self.clock.sleep(Span::seconds(5)) => {}
            }
            if hub.strong_count() == 0 {
                return;
            }
        }
    }
}

pub(super) fn encode(batch: changes::ChangeBatch) -> Encoded {
    let seq = batch.changes.seq;
    let frame = Frame::Changes(batch.changes);
    Encoded { seq, json: json(&frame, seq).into(), recheck: batch.recheck }
}

/// A frame as JSON. If it cannot be serialised, the result is a reset, which any page can handle.
pub(super) fn json(frame: &Frame, seq: Seq) -> String {
    serde_json::to_string(frame).unwrap_or_else(|error| {
        tracing::error!(%error, seq = seq.0, "live: frame serialization failed, clients reset");
        reset(seq)
    })
}

fn reset(seq: Seq) -> String {
    format!("{{\"reset\":{{\"seq\":{}}}}}", seq.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_that_cannot_be_serialised_becomes_a_reset() {
        assert_eq!(reset(Seq(7)), json(&Frame::Reset { seq: Seq(7) }, Seq(7)));
    }
}
