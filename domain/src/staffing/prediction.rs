//! What a replay predicts for each slot of the week and in all. A handoff belongs to the slot in which it arrives.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{
    replay::ReplayedHandoff,
    roster::{Roster, WeekSlot},
    waits::WaitSummary,
};
use crate::{number::counted, time::Span, week::WeekHour};

/// The prediction for a roster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prediction {
    /// The whole week from Monday on, also where nothing arrived.
    pub slots: Vec<PredictedSlot>,
    pub all: PredictedOutcome,
    /// How many handling times were drawn, because they are not known.
    pub drawn: usize,
}

/// A slot of the week, over all weeks of the replay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PredictedSlot {
    pub slot: WeekSlot,
    pub outcome: PredictedOutcome,
}

/// What becomes of some handoffs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PredictedOutcome {
    pub waits: WaitSummary,
    /// How many get their first reply after the target, or none.
    pub missed_targets: usize,
    /// For how many the 24-hour window closes before the first reply.
    pub missed_windows: usize,
    /// How many are not begun by the end of the replay, a week after the last day.
    pub still_waiting: usize,
    /// The hour with most arrivals; the first of several, `None` without handoffs.
    pub busiest: Option<BusiestHour>,
}

/// An hour of the week, and how many handoffs arrived in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusiestHour {
    pub hour: WeekHour,
    /// In all weeks together.
    pub arrivals: usize,
}

impl Prediction {
    pub(super) fn new(roster: &Roster, zone: &TimeZone, replayed: &[ReplayedHandoff]) -> Self {
        let week = roster.week();
        let mut by_slot: Vec<Vec<ReplayedHandoff>> = vec![Vec::new(); week.len()];
        for handoff in replayed {
            if let Some(slot) = by_slot.get_mut(handoff.slot) {
                slot.push(*handoff);
            }
        }
        let slots = week.into_iter().zip(by_slot);
        Self {
            slots: slots
                .map(|(slot, its)| PredictedSlot { slot, outcome: PredictedOutcome::new(zone, &its) })
                .collect(),
            all: PredictedOutcome::new(zone, replayed),
            drawn: replayed.iter().filter(|handoff| handoff.past.handling.is_none()).count(),
        }
    }

    /// A sentence for a roster that leaves handoffs waiting.
    pub fn warning(&self) -> Option<String> {
        let (n, waiting) = (self.all.waits.n, self.all.still_waiting);
        let handoffs = |count| counted(count, "handoff");
        if waiting == 0 {
            None
        } else if self.slots.iter().all(|it| it.slot.people == 0) {
            Some(format!("Nobody is on this roster. {} would never be answered.", handoffs(n)))
        } else {
            Some(format!(
                "This roster can't keep up: {waiting} of {} would still be waiting a week after the last day. Waits grow \
                 from week to week.",
                handoffs(n)
            ))
        }
    }
}

impl PredictedOutcome {
    fn new(zone: &TimeZone, replayed: &[ReplayedHandoff]) -> Self {
        let mut arrivals: BTreeMap<WeekHour, usize> = BTreeMap::new();
        for handoff in replayed {
            *arrivals.entry(WeekHour::of(zone, handoff.past.requested_at)).or_default() += 1;
        }
        // `max_by_key` returns the last of several.
        let busiest = arrivals.into_iter().rev().max_by_key(|(_, arrivals)| *arrivals);
        Self {
            waits: WaitSummary::new(replayed.iter().map(|it| it.wait).collect()),
            missed_targets: replayed.iter().filter(|it| response(it) > it.past.target).count(),
            missed_windows: replayed.iter().filter(|it| misses_window(it)).count(),
            still_waiting: replayed.iter().filter(|it| !it.wait.is_over()).count(),
            busiest: busiest.map(|(hour, arrivals)| BusiestHour { hour, arrivals }),
        }
    }
}

/// From the request until the first reply. A handoff that is never begun has no less.
fn response(handoff: &ReplayedHandoff) -> Span {
    Span(handoff.wait.span().0.saturating_add(handoff.reply_after.0))
}

/// Whether the customer's window closes before the first reply.
fn misses_window(handoff: &ReplayedHandoff) -> bool {
    let replied_at = handoff.past.requested_at.plus(response(handoff));
    handoff.past.window_end.is_some_and(|end| end <= replied_at)
}
