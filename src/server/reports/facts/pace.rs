//! Rests between the transactions of the worker: facts are for later, and what customers wait for comes first.
//!
//! While others write, the worker works a twentieth of the time, so it slows them by no more than that, whatever is behind
//! and however slow the disk is. While nobody writes, it works half of the time. How much one transaction adds does not belong
//! here.

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{
    domain::time::{Span, Timestamp},
    server::clock::Clock,
};

/// How many times as long as the work a rest is.
const WHILE_OTHERS_WRITE: i64 = 19;
/// Work that waited for a slow disk says little about the work after it.
const LONGEST: Span = Span::seconds(5);

pub(super) struct Pace<'a> {
    pub clock: &'a Clock,
    /// Notified when a log goes on.
    pub written: &'a Notify,
    pub stop: &'a CancellationToken,
}

impl Pace<'_> {
    pub fn is_stopped(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Rests after work that began at `began`, until the stop at most.
    pub async fn rest(&self, began: Timestamp) {
        let now = self.clock.now();
        let took = now.since(began);
        tokio::select! {
            biased;
            () = self.stop.cancelled() => return,
            () = self.written.notified() => {}
            () = self.clock.sleep_until(now.plus(took.min(LONGEST))) => return,
        }
        let rest = Span(took.0.saturating_mul(WHILE_OTHERS_WRITE)).min(LONGEST);
        tokio::select! {
            () = self.stop.cancelled() => {}
            () = self.clock.sleep_until(now.plus(rest)) => {}
        }
        // What was written has to be read, too.
        self.written.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures::poll;

    use super::*;
    use crate::server::clock::ManualClock;

    struct Fixture {
        manual_clock: ManualClock,
        clock: Clock,
        written: Notify,
        stop: CancellationToken,
    }

    impl Fixture {
        fn new() -> Self {
            let manual_clock = ManualClock::at(Timestamp(0));
            let clock = Clock::manual(manual_clock.clone());
            Self { manual_clock, clock, written: Notify::new(), stop: CancellationToken::new() }
        }

        fn pace(&self) -> Pace<'_> {
            Pace { clock: &self.clock, written: &self.written, stop: &self.stop }
        }
    }

    #[tokio::test]
    async fn while_nobody_writes_it_rests_as_long_as_it_worked() {
        let fixture = Fixture::new();
        let pace = fixture.pace();
        fixture.manual_clock.advance(Span(10));
        let mut rest = pin!(pace.rest(Timestamp(0)));
        assert!(poll!(&mut rest).is_pending());
        fixture.manual_clock.advance(Span(9));
        assert!(poll!(&mut rest).is_pending());
        fixture.manual_clock.advance(Span(1));
        assert!(poll!(&mut rest).is_ready());
    }

    #[tokio::test]
    async fn while_others_write_it_works_a_twentieth_of_the_time() {
        let fixture = Fixture::new();
        let pace = fixture.pace();
        // given something that was written during the work, or during the rest
        for during_work in [true, false] {
            let began = fixture.clock.now();
            fixture.manual_clock.advance(Span(10));
            if during_work {
                fixture.written.notify_one();
            }
            let mut rest = pin!(pace.rest(began));
            assert!(poll!(&mut rest).is_pending());
            if !during_work {
                fixture.written.notify_one();
            }
            fixture.manual_clock.advance(Span(189));
            assert!(poll!(&mut rest).is_pending());
            fixture.manual_clock.advance(Span(1));
            assert!(poll!(&mut rest).is_ready());
            // and the worker is woken for it
            assert!(poll!(pin!(fixture.written.notified())).is_ready());
        }
    }

    #[tokio::test]
    async fn a_rest_is_bounded_and_ends_with_the_stop() {
        let fixture = Fixture::new();
        let pace = fixture.pace();
        fixture.manual_clock.advance(Span::minutes(1));
        fixture.written.notify_one();
        let mut rest = pin!(pace.rest(Timestamp(0)));
        assert!(poll!(&mut rest).is_pending());
        fixture.manual_clock.advance(LONGEST);
        assert!(poll!(&mut rest).is_ready());
        let mut rest = pin!(pace.rest(Timestamp(0)));
        fixture.stop.cancel();
        assert!(poll!(&mut rest).is_ready());
        assert!(pace.is_stopped());
    }
}
