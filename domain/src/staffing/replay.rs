//! The replay: handoffs of the past meet a roster.
//!
//! Time moves from one event to the next (an arrival, an end, a change of the roster), so that the work grows with the
//! number of handoffs and not with the length of the period. The model is described in [`super`].

use std::{cmp::Reverse, collections::BinaryHeap};

use jiff::{ToSpan, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{
    concurrency::Concurrency,
    draws::Draws,
    duty::{Stretch, stretches},
    prediction::Prediction,
    roster::Roster,
    waits::PredictedWait,
};
use crate::{
    calendar::start_of,
    time::{Span, Timestamp},
};

/// How many days before the period are replayed without being counted, so that its first morning has a queue.
pub const WARM_UP_DAYS: i32 = 7;
/// How many days the roster goes on after the period: each of its shifts once. Nothing arrives in them, which changes
/// no wait, because later handoffs are begun later.
pub const DRAIN_DAYS: i32 = 7;

/// A handoff of the past, answered or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastHandoff {
    pub requested_at: Timestamp,
    /// Claimed until ended; `None` if it is still open or was never claimed. Then one of the known times is drawn.
    pub handling: Option<Span>,
    /// Claimed until a person's first message; `None` if there was none. Then one of the known times is drawn.
    pub reply_after: Option<Span>,
    /// For the first reply, from the request on.
    pub target: Span,
    /// When the customer's 24-hour window closes; `None` if it was not open at the request.
    pub window_end: Option<Timestamp>,
}

/// The clock on which the handling times were measured, and on which they run in the replay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandlingClock {
    /// The wall clock: the times contain the nights.
    Wall,
    /// Opening hours: in the replay they pass while anybody is on duty.
    OpeningHours,
}

/// What is replayed, and against what.
#[derive(Clone, Copy, Debug)]
pub struct Replay<'a> {
    pub roster: &'a Roster,
    pub zone: &'a TimeZone,
    /// The first day whose handoffs count.
    pub from: Date,
    /// The day after the last one.
    pub until: Date,
    pub concurrency: Concurrency,
    pub clock: HandlingClock,
    /// Decides which handling times are drawn. With the same seed they are the same for every roster.
    pub seed: u64,
}

/// Why nothing can be predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    #[error("No handoff has ended yet, so there is no handling time to calculate with. Choose more weeks.")]
    NoHandlingTime,
}

/// A handoff that was replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ReplayedHandoff {
    pub past: PastHandoff,
    pub wait: PredictedWait,
    /// From its begin until the first reply.
    pub reply_after: Span,
    /// The index of the slot in which it arrived, in the roster's week.
    pub slot: usize,
}

impl Replay<'_> {
    /// What the roster would have done.
    ///
    /// # Errors
    /// [`ReplayError::NoHandlingTime`] if a handling time has to be drawn and none is known.
    pub fn predict(&self, handoffs: &[PastHandoff]) -> Result<Prediction, ReplayError> {
        let replayed = self.run(handoffs)?;
        Ok(Prediction::new(self.roster, self.zone, &replayed))
    }

    /// The handoffs that count, in the order of their arrival.
    pub(super) fn run(&self, handoffs: &[PastHandoff]) -> Result<Vec<ReplayedHandoff>, ReplayError> {
        let first = self.from.saturating_sub(WARM_UP_DAYS.days());
        let end = self.until.saturating_add(DRAIN_DAYS.days());
        let duty = stretches(&self.roster.week(), self.zone, first, end);
        let (begin, counted_from) = (start_of(self.zone, first), start_of(self.zone, self.from));
        let (arrivals_end, replay_end) = (start_of(self.zone, self.until), start_of(self.zone, end));

        let mut order: Vec<&PastHandoff> =
            handoffs.iter().filter(|it| begin <= it.requested_at && it.requested_at < arrivals_end).collect();
        order.sort_by_key(|handoff| handoff.requested_at);
        let handlings = sorted(order.iter().filter_map(|past| past.handling).collect());
        let replies = sorted(order.iter().filter_map(|past| past.reply_after).collect());
        let mut draws = Draws::new(self.seed);

        let mut queue = Queue { duty: &duty, at: 0, now: begin, ends: BinaryHeap::new() };
        let mut arrived_in = 0;
        let mut replayed = Vec::with_capacity(order.len());
        for past in order {
            let handling = past.handling.or_else(|| draws.one_of(&handlings)).ok_or(ReplayError::NoHandlingTime)?;
            let reply_after = past.reply_after.or_else(|| draws.one_of(&replies)).unwrap_or_default();
            let begun_at = queue.begin(past.requested_at, handling, self);
            if past.requested_at < counted_from {
                continue;
            }
            while duty.get(arrived_in).is_some_and(|stretch| stretch.until <= past.requested_at) {
                arrived_in += 1;
            }
            let Some(arrival) = duty.get(arrived_in) else { break };
            let wait = match begun_at {
                Some(at) => PredictedWait::Exactly(at.since(past.requested_at)),
                None => PredictedWait::AtLeast(replay_end.since(past.requested_at)),
            };
            replayed.push(ReplayedHandoff { past: *past, wait, reply_after, slot: arrival.slot });
        }
        Ok(replayed)
    }
}

/// So that what is drawn does not depend on the order of the handoffs.
fn sorted(mut times: Vec<Span>) -> Vec<Span> {
    times.sort_unstable();
    times
}

/// The people on duty and what they have, at a time that moves forward.
struct Queue<'a> {
    duty: &'a [Stretch],
    /// The index of the stretch of `now`.
    at: usize,
    now: Timestamp,
    /// When each handoff that is begun ends, on the clock of the handling times.
    ends: BinaryHeap<Reverse<i64>>,
}

impl Queue<'_> {
    /// When a handoff is begun that arrived after all others; `None` if it is not begun before the last stretch ends.
    fn begin(&mut self, arrived: Timestamp, handling: Span, replay: &Replay<'_>) -> Option<Timestamp> {
        self.now = self.now.max(arrived);
        loop {
            while self.duty.get(self.at)?.until <= self.now {
                self.at += 1;
            }
            let stretch = self.duty[self.at];
            let clock = stretch.reading(replay.clock, self.now);
            while self.ends.peek().is_some_and(|Reverse(end)| *end <= clock) {
                self.ends.pop();
            }
            let slots = replay.concurrency.slots(stretch.people);
            if self.ends.len() < slots {
                self.ends.push(Reverse(clock.saturating_add(handling.0.max(0))));
                return Some(self.now);
            }
            // Without people only a change of the roster helps, and the clock may stand still.
            let next_end = match self.ends.peek() {
                Some(Reverse(end)) if slots > 0 => self.now.plus(Span(end.saturating_sub(clock))),
                _ => stretch.until,
            };
            self.now = next_end.min(stretch.until);
        }
    }
}
