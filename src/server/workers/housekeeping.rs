//! Restarts workers that panic. The jobs that a worker had taken are leased and found again.

use std::future::Future;

use tokio_util::sync::CancellationToken;

use super::panics::catch_panic;
use crate::{domain::time::Span, server::clock::Clock};

/// The wait before a restart, so that a worker that panics at once does not keep a core busy.
const REST: Span = Span::seconds(1);

/// Runs `work`, again and again, until `stop` is cancelled.
pub async fn keep_running<F>(name: &'static str, clock: Clock, stop: CancellationToken, work: impl Fn() -> F)
where
    F: Future<Output = ()>,
{
    while !stop.is_cancelled() {
        // The panic message was written to standard error already.
        match catch_panic(work()).await {
            Ok(()) if stop.is_cancelled() => return,
            Ok(()) => tracing::error!(worker = name, "worker: ended unexpectedly, restarting"),
            Err(_) => tracing::error!(worker = name, "worker: panicked, restarting"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = clock.sleep(REST) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    use super::*;
    use crate::{domain::time::Timestamp, server::clock::ManualClock};

    #[tokio::test]
    async fn a_panicked_worker_restarts_unless_stopped() {
        let manual_clock = ManualClock::at(Timestamp(0));
        let (stop, begun) = (CancellationToken::new(), Arc::new(AtomicU32::new(0)));
        let (ends, count) = (stop.clone(), begun.clone());
        let kept = keep_running("test", Clock::manual(manual_clock.clone()), stop, move || {
            let (ends, count) = (ends.clone(), count.clone());
            async move {
                assert!(count.fetch_add(1, Ordering::Relaxed) > 0, "the first time it breaks");
                ends.cancel();
            }
        });
        tokio::pin!(kept);
        assert!(futures::poll!(&mut kept).is_pending(), "it rests a moment");
        assert_eq!(begun.load(Ordering::Relaxed), 1);
        manual_clock.advance(REST);
        kept.await;
        assert_eq!(begun.load(Ordering::Relaxed), 2);
    }
}
