//! Collects bodies that nobody has vouched for yet, in a bounded memory: the raw ones of webhooks, and those of pages
//! and calls (`http/zero_bytes.rs`).
//!
//! Meta and browsers send a body at once. When the memory is full, the body that has been arriving longest makes room,
//! so that slow senders delay each other and nobody else.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    body::Body,
    http::{HeaderMap, StatusCode, header},
};
use futures::StreamExt;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::sync::CancellationToken;

/// The largest body of a webhook, in bytes. Meta documents 3 MB.
pub const BODY_LIMIT: usize = 4 * 1024 * 1024;
/// The memory for all bodies of webhooks together, in bytes.
pub(super) const MEMORY: usize = 128 * 1024 * 1024;
/// What memory is counted in.
const UNIT: usize = 64 * 1024;

/// The memory for bodies that arrive. Cheap to clone.
#[derive(Clone)]
pub(in crate::server) struct BodyMemory {
    /// The largest body.
    limit: usize,
    free: Arc<Semaphore>,
    arriving: Arc<Mutex<Arriving>>,
}

#[derive(Default)]
struct Arriving {
    next: u64,
    /// The oldest first.
    bodies: BTreeMap<u64, CancellationToken>,
}

/// A complete body, with the memory that it takes.
pub(in crate::server) struct Collected<'m> {
    pub bytes: Vec<u8>,
    _memory: Vec<SemaphorePermit<'m>>,
}

impl BodyMemory {
    /// For bodies of up to `limit` bytes, and `memory` bytes in all.
    pub fn new(limit: usize, memory: usize) -> Self {
        Self { limit, free: Arc::new(Semaphore::new(memory / UNIT)), arriving: Arc::default() }
    }

    /// Reads the raw bytes, which the signature of a webhook covers.
    ///
    /// # Errors
    /// 413 for a body that is too large, 400 for one that ends early, 503 for one that had to make room.
    pub async fn collect(&self, headers: &HeaderMap, body: Body) -> Result<Collected<'_>, StatusCode> {
        let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if length.is_some_and(|length| length > self.limit) {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        let place = self.enter();
        tokio::select! {
            biased;
            collected = self.read(&place, length.unwrap_or(0), body) => collected,
            () = place.gives_way.cancelled() => Err(StatusCode::SERVICE_UNAVAILABLE),
        }
    }

    async fn read(&self, place: &Place, length: usize, body: Body) -> Result<Collected<'_>, StatusCode> {
        let mut bytes = Vec::with_capacity(length.min(UNIT));
        let mut held = Vec::new();
        let mut pieces = body.into_data_stream();
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|_| StatusCode::BAD_REQUEST)?;
            if bytes.len() + piece.len() > self.limit {
                return Err(StatusCode::PAYLOAD_TOO_LARGE);
            }
            while held.len() * UNIT < bytes.len() + piece.len() {
                held.push(self.unit(place).await?);
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(Collected { bytes, _memory: held })
    }

    async fn unit(&self, place: &Place) -> Result<SemaphorePermit<'_>, StatusCode> {
        if let Ok(unit) = self.free.try_acquire() {
            return Ok(unit);
        }
        self.make_room(place.id);
        self.free.acquire().await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)
    }

    /// Ends the oldest body. If it is the one that asks, it waits: younger ones do not give way to it.
    fn make_room(&self, asking: u64) {
        let mut arriving = lock(&self.arriving);
        if let Some(oldest) = arriving.bodies.first_entry().filter(|oldest| *oldest.key() != asking) {
            oldest.remove().cancel();
        }
    }

    fn enter(&self) -> Place {
        let mut arriving = lock(&self.arriving);
        arriving.next += 1;
        let (id, gives_way) = (arriving.next, CancellationToken::new());
        arriving.bodies.insert(id, gives_way.clone());
        Place { id, gives_way, arriving: self.arriving.clone() }
    }
}

fn lock(arriving: &Mutex<Arriving>) -> MutexGuard<'_, Arriving> {
    arriving.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A body that arrives, until it is dropped.
struct Place {
    id: u64,
    gives_way: CancellationToken,
    arriving: Arc<Mutex<Arriving>>,
}

impl Drop for Place {
    fn drop(&mut self) {
        lock(&self.arriving).bodies.remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use futures::stream;

    use super::*;

    /// A body whose first piece arrives, and whose end never does.
    fn endless(bytes: usize) -> Body {
        let first = stream::iter([Ok::<_, std::io::Error>(vec![b' '; bytes])]);
        Body::from_stream(first.chain(stream::pending()))
    }

    #[tokio::test]
    async fn the_oldest_slow_body_makes_room_for_a_new_one() {
        // given slow bodies that hold all memory
        let (memory, headers) = (BodyMemory::new(BODY_LIMIT, 4 * UNIT), HeaderMap::new());
        let slow: Vec<_> = (0..2).map(|_| Box::pin(memory.collect(&headers, endless(2 * UNIT)))).collect();
        let [mut first, mut second]: [_; 2] = slow.try_into().unwrap_or_else(|_| unreachable!("two"));
        assert!(futures::poll!(&mut first).is_pending() && futures::poll!(&mut second).is_pending());
        assert_eq!(memory.free.available_permits(), 0);
        // when one arrives at once
        let mut quick = Box::pin(memory.collect(&headers, Body::from("{}")));
        assert!(futures::poll!(&mut quick).is_pending(), "until the oldest has gone");
        // then the oldest ends, and only that one
        assert_eq!(first.await.map(|_| ()), Err(StatusCode::SERVICE_UNAVAILABLE));
        assert_eq!(quick.await.map(|collected| collected.bytes), Ok(b"{}".to_vec()));
        assert!(futures::poll!(&mut second).is_pending());
        drop(second);
        assert_eq!(memory.free.available_permits(), 4);
        assert!(lock(&memory.arriving).bodies.is_empty());
    }

    #[tokio::test]
    async fn a_body_alone_never_gives_way_to_itself() {
        let (memory, headers) = (BodyMemory::new(BODY_LIMIT, UNIT), HeaderMap::new());
        let mut large = Box::pin(memory.collect(&headers, endless(2 * UNIT)));
        assert!(futures::poll!(&mut large).is_pending());
        assert_eq!(lock(&memory.arriving).bodies.len(), 1);
    }
}
