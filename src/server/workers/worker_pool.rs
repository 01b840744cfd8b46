//! The loop of every worker: poll for due work while there is capacity, run it concurrently, and wait for a wake-up,
//! the timer or the stop. The caller decides what is due and what to do with it.

use std::{convert::Infallible, fmt::Display, future::Future};

use tokio::{
    sync::Notify,
    task::{JoinError, JoinSet},
};
use tokio_util::sync::CancellationToken;

use crate::{
    domain::time::Span,
    server::clock::{Clock, Entropy},
};

/// The usual poll interval, which bounds the cost of a lost wake-up.
const POLL_INTERVAL: Span = Span::seconds(1);
/// A poll comes earlier by up to this much, so that nodes that started together do not always poll at the same moment.
const JITTER: Span = Span::of_millis(250);
/// The wait after a failed poll.
const BACKOFF: Span = Span::seconds(2);

/// What happens to running tasks when the pool is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtStop {
    /// They are finished, because their result would be lost.
    Finish,
    /// They are aborted. Their leases show it to the next worker.
    Abort,
}

pub struct WorkerPool<'a> {
    name: &'static str,
    wakeup: &'a Notify,
    clock: &'a Clock,
    entropy: &'a Entropy,
    stop: &'a CancellationToken,
    max_concurrent: usize,
    poll_interval: Span,
    wake_delay: Span,
    max_backoff: Span,
    at_stop: AtStop,
}

impl<'a> WorkerPool<'a> {
    /// One task at a time, polled at once when woken. `name` is for the log; `wakeup` is notified when work may be due.
    pub const fn new(
        name: &'static str,
        wakeup: &'a Notify,
        clock: &'a Clock,
        entropy: &'a Entropy,
        stop: &'a CancellationToken,
    ) -> Self {
        let at_stop = AtStop::Finish;
        Self {
            name,
            wakeup,
            clock,
            entropy,
            stop,
            max_concurrent: 1,
            poll_interval: POLL_INTERVAL,
            wake_delay: Span(0),
            max_backoff: BACKOFF,
            at_stop,
        }
    }

    /// Up to `max_concurrent` tasks at once.
    #[must_use]
    pub const fn max_concurrent(self, max_concurrent: usize) -> Self {
        Self { max_concurrent, ..self }
    }

    /// Polls after this long without a wake-up, where a look for work is not cheap.
    #[must_use]
    pub const fn poll_interval(self, poll_interval: Span) -> Self {
        Self { poll_interval, ..self }
    }

    /// Waits this long after a wake-up before it polls, because new work is not due earlier.
    #[must_use]
    pub const fn wake_delay(self, wake_delay: Span) -> Self {
        Self { wake_delay, ..self }
    }

    /// The longest wait after failed polls; the wait doubles with each failure.
    #[must_use]
    pub const fn max_backoff(self, max_backoff: Span) -> Self {
        Self { max_backoff, ..self }
    }

    #[must_use]
    pub const fn at_stop(self, at_stop: AtStop) -> Self {
        Self { at_stop, ..self }
    }

    /// Runs until the pool is stopped. `take` gets the free capacity; each returned job becomes a task.
    pub async fn run<J, E, T, W>(&self, take: impl Fn(usize) -> T, work: impl Fn(J) -> W)
    where
        E: Display,
        T: Future<Output = Result<Vec<J>, E>>,
        W: Future<Output = ()> + Send + 'static,
    {
        let take = |capacity| {
            let taken = take(capacity);
            async move { taken.await.map(|jobs| (jobs.len(), jobs)) }
        };
        self.run_loop(take, work).await;
    }

    /// As [`Self::run`], for work that is done within the poll. `round` returns how much it found; after 0 it waits.
    pub async fn run_rounds<E, T>(&self, round: impl Fn() -> T)
    where
        E: Display,
        T: Future<Output = Result<usize, E>>,
    {
        let take = |_| {
            // On the heap, as each poll below, for the reason that `catch_panic` gives.
            let found = Box::pin(round());
            async move { found.await.map(|count| (count, Vec::new())) }
        };
        self.run_loop(take, |never: Infallible| async move { match never {} }).await;
    }

    async fn run_loop<J, E, T, W>(&self, take: impl Fn(usize) -> T, work: impl Fn(J) -> W)
    where
        E: Display,
        T: Future<Output = Result<(usize, Vec<J>), E>>,
        W: Future<Output = ()> + Send + 'static,
    {
        let mut running = JoinSet::new();
        let mut poll_at = self.clock.now();
        let mut backoff = None;
        while !self.stop.is_cancelled() {
            while let Some(ended) = running.try_join_next() {
                self.report(ended);
            }
            let capacity = self.max_concurrent.saturating_sub(running.len());
            if capacity > 0 && poll_at <= self.clock.now() {
                let pause = match Box::pin(take(capacity)).await {
                    Ok((found, jobs)) => {
                        if backoff.take().is_some() {
                            tracing::info!(worker = self.name, "worker: polling recovered");
                        }
                        for job in jobs {
                            running.spawn(work(job));
                        }
                        if found > 0 {
                            continue;
                        }
                        self.poll()
                    }
                    Err(error) => {
                        let pause = match backoff {
                            None => {
                                tracing::error!(%error, worker = self.name, "worker: polling failed");
                                BACKOFF
                            }
                            Some(Span(last)) => Span((last * 2).min(self.max_backoff.0)),
                        };
                        backoff = Some(pause);
                        pause
                    }
                };
                poll_at = self.clock.now().plus(pause);
            }
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = self.wakeup.notified() => poll_at = poll_at.min(self.clock.now().plus(self.wake_delay)),
                Some(ended) = running.join_next() => {
                    self.report(ended);
                    // Work that waited for this task may be due.
                    poll_at = self.clock.now();
                }
                () = self.clock.sleep_until(poll_at), if capacity > 0 => {}
            }
        }
        if self.at_stop == AtStop::Abort {
            running.abort_all();
        }
        while let Some(ended) = running.join_next().await {
            self.report(ended);
        }
    }

    fn poll(&self) -> Span {
        let jitter = i64::from(u16::from_be_bytes(self.entropy.bytes())) % JITTER.0;
        Span(self.poll_interval.0 - jitter)
    }

    fn report(&self, ended: Result<(), JoinError>) {
        if let Err(error) = ended
            && error.is_panic()
        {
            tracing::error!(%error, worker = self.name, "worker: task panicked");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use super::*;
    use crate::{domain::time::Timestamp, server::clock::ManualClock};

    struct Fixture {
        manual_clock: ManualClock,
        clock: Clock,
        entropy: Entropy,
        wakeup: Notify,
        stop: CancellationToken,
        polls: Arc<AtomicUsize>,
    }

    impl Fixture {
        fn new() -> Self {
            let manual_clock = ManualClock::at(Timestamp(0));
            let clock = Clock::manual(manual_clock.clone());
            let (wakeup, stop, polls) = (Notify::new(), CancellationToken::new(), Arc::default());
            Self { manual_clock, clock, entropy: Entropy::seeded(1), wakeup, stop, polls }
        }

        fn pool(&self) -> WorkerPool<'_> {
            WorkerPool::new("test", &self.wakeup, &self.clock, &self.entropy, &self.stop)
        }

        fn polls(&self) -> usize {
            self.polls.load(Ordering::Relaxed)
        }
    }

    #[tokio::test]
    async fn polls_come_within_a_second_with_jitter() {
        let fixture = Fixture::new();
        let pool = fixture.pool();
        let polls: Vec<i64> = (0..20).map(|_| pool.poll().0).collect();
        assert!(polls.iter().all(|poll| (751..=1000).contains(poll)), "{polls:?}");
        assert!(polls.iter().any(|poll| *poll != polls[0]), "{polls:?}");
        let slow = fixture.pool().poll_interval(Span::seconds(10)).poll().0;
        assert!((9_751..=10_000).contains(&slow), "{slow}");

        let round = || async {
            fixture.polls.fetch_add(1, Ordering::Relaxed);
            Ok::<_, String>(0)
        };
        let mut running = std::pin::pin!(pool.run_rounds(round));
        assert!(futures::poll!(&mut running).is_pending());
        assert_eq!(fixture.polls(), 1);
        fixture.manual_clock.advance(Span::seconds(1));
        assert!(futures::poll!(&mut running).is_pending());
        assert_eq!(fixture.polls(), 2);
        fixture.stop.cancel();
        running.await;
    }

    #[tokio::test]
    async fn a_wake_up_leads_to_a_poll_after_the_delay() {
        let fixture = Fixture::new();
        let pool = fixture.pool().wake_delay(Span::of_millis(100));
        let round = || async {
            fixture.polls.fetch_add(1, Ordering::Relaxed);
            Ok::<_, String>(0)
        };
        let mut running = std::pin::pin!(pool.run_rounds(round));
        assert!(futures::poll!(&mut running).is_pending());
        fixture.wakeup.notify_one();
        assert!(futures::poll!(&mut running).is_pending());
        assert_eq!(fixture.polls(), 1);
        fixture.manual_clock.advance(Span::of_millis(100));
        assert!(futures::poll!(&mut running).is_pending());
        assert_eq!(fixture.polls(), 2);
    }

    #[tokio::test]
    async fn failed_polls_back_off() {
        let fixture = Fixture::new();
        let pool = fixture.pool().max_backoff(Span::seconds(5));
        let round = || async {
            fixture.polls.fetch_add(1, Ordering::Relaxed);
            Err::<usize, _>("out of service")
        };
        let mut running = std::pin::pin!(pool.run_rounds(round));
        for (seconds, polls) in [(0, 1), (1, 1), (1, 2), (4, 3), (4, 3), (1, 4), (5, 5)] {
            fixture.manual_clock.advance(Span::seconds(seconds));
            assert!(futures::poll!(&mut running).is_pending());
            assert_eq!(fixture.polls(), polls);
        }
    }

    #[tokio::test]
    async fn tasks_are_limited_and_finished_or_aborted_at_stop() {
        for at_stop in [AtStop::Finish, AtStop::Abort] {
            let fixture = Fixture::new();
            let (gate, ended) = (Arc::new(Notify::new()), Arc::new(AtomicUsize::new(0)));
            let pool = fixture.pool().max_concurrent(2).at_stop(at_stop);
            let take = async |capacity: usize| {
                fixture.polls.fetch_add(capacity, Ordering::Relaxed);
                Ok::<_, String>(vec![(); capacity])
            };
            let work = |()| {
                let (gate, ended) = (Arc::clone(&gate), Arc::clone(&ended));
                async move {
                    gate.notified().await;
                    ended.fetch_add(1, Ordering::Relaxed);
                }
            };
            let mut running = std::pin::pin!(pool.run(take, work));
            assert!(futures::poll!(&mut running).is_pending());
            tokio::task::yield_now().await;
            assert_eq!(fixture.polls(), 2, "and no more while both are under way");
            fixture.stop.cancel();
            if at_stop == AtStop::Finish {
                assert!(futures::poll!(&mut running).is_pending());
                gate.notify_waiters();
            }
            running.await;
            assert_eq!(ended.load(Ordering::Relaxed), if at_stop == AtStop::Finish { 2 } else { 0 });
        }
    }
}
