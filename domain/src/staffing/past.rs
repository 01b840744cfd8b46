//! What a replay is made of: the handoffs of the past as facts tell them, and how many whole weeks of them there are.
//!
//! Which handoffs count is defined in `handoff::metrics`. What facts do not hold is said here, where it is decided.

use jiff::{ToSpan, civil::Date, tz::TimeZone};

use super::replay::{HandlingClock, PastHandoff};
use crate::{
    calendar::{Calendar, start_of},
    handoff::{
        HandoffEnd, TriggerKind,
        metrics::{is_demand, is_undone},
    },
    report::facts::{BegunBy, Lasted},
    time::{Span, Timestamp},
    window,
};

/// A handoff as facts tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordedHandoff {
    /// Of its conversation.
    pub begun_by: BegunBy,
    pub trigger: TriggerKind,
    pub requested_at: Timestamp,
    pub target: Span,
    pub claimed_at: Option<Timestamp>,
    pub first_reply_at: Option<Timestamp>,
    /// `None` while it is open.
    pub end: Option<HandoffEnd>,
    /// `None` while it is open, and if nobody claimed it.
    pub handling: Option<Lasted>,
}

/// Handoffs to replay, and the clock of their handling times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastHandoffs {
    pub clock: HandlingClock,
    /// In the order of the recorded ones.
    pub handoffs: Vec<PastHandoff>,
}

impl RecordedHandoff {
    /// Whether it is replayed: it needed somebody of the roster.
    pub fn is_replayed(&self) -> bool {
        is_demand(self.begun_by, self.trigger) && !is_undone(self.trigger, self.claimed_at, self.end)
    }

    /// When the customer's window closes. Facts hold no windows. A customer who begins a conversation has just written;
    /// of one whom another app transferred, nothing is known.
    fn window_end(&self) -> Option<Timestamp> {
        match self.begun_by {
            BegunBy::Customer => Some(self.requested_at.plus(window::LENGTH)),
            BegunBy::Partner | BegunBy::Business | BegunBy::Import => None,
        }
    }
}

impl PastHandoffs {
    /// Of those that are replayed. Their handling times are those in opening hours if the tenant has any now and each
    /// time was measured in them; otherwise all are those of the wall clock, because the two cannot be mixed.
    pub fn new(recorded: &[RecordedHandoff], calendar: &Calendar) -> Self {
        let replayed = || recorded.iter().filter(|handoff| handoff.is_replayed());
        let is_measured = replayed().filter_map(|handoff| handoff.handling).all(|handling| handling.open.is_some());
        let clock = if calendar.is_set() && is_measured { HandlingClock::OpeningHours } else { HandlingClock::Wall };
        let handling = |lasted: Lasted| match clock {
            HandlingClock::Wall => Some(lasted.raw),
            HandlingClock::OpeningHours => lasted.open,
        };
        let past = |handoff: &RecordedHandoff| PastHandoff {
            requested_at: handoff.requested_at,
            handling: handoff.handling.and_then(handling),
            reply_after: handoff.first_reply_at.zip(handoff.claimed_at).map(|(reply, claim)| reply.since(claim)),
            target: handoff.target,
            window_end: handoff.window_end(),
        };
        Self { clock, handoffs: replayed().map(past).collect() }
    }
}

/// How many weeks before `until` are read completely if everything after `reached` was read; at most `wanted`.
pub fn whole_weeks(zone: &TimeZone, until: Date, wanted: u16, reached: Timestamp) -> u16 {
    let is_read = |weeks: &u16| start_of(zone, weeks_earlier(until, *weeks)) > reached;
    (1..=wanted).take_while(is_read).last().unwrap_or(0)
}

/// The date so many weeks before another one.
pub fn weeks_earlier(date: Date, weeks: u16) -> Date {
    date.saturating_sub(i32::from(weeks).weeks())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::calendar::Interval;

    fn at(minutes: i64) -> Timestamp {
        Timestamp(0).plus(Span::minutes(minutes))
    }

    /// Requested after an hour, claimed 5 minutes later, answered after 2 more, and ended.
    fn recorded(begun_by: BegunBy, raw: i64, open: Option<i64>) -> RecordedHandoff {
        RecordedHandoff {
            begun_by,
            trigger: TriggerKind::Keyword,
            requested_at: at(60),
            target: Span::minutes(5),
            claimed_at: Some(at(65)),
            first_reply_at: Some(at(67)),
            end: Some(HandoffEnd::Closed),
            handling: Some(Lasted { raw: Span::minutes(raw), open: open.map(Span::minutes) }),
        }
    }

    fn hours() -> Calendar {
        let day = vec![Interval { from: 540, to: 1_020 }];
        Calendar { weekly: std::array::from_fn(|_| day.clone()), ..Calendar::default() }
    }

    fn handlings(recorded: &[RecordedHandoff], calendar: &Calendar) -> (HandlingClock, Vec<Option<Span>>) {
        let PastHandoffs { clock, handoffs } = PastHandoffs::new(recorded, calendar);
        (clock, handoffs.into_iter().map(|handoff| handoff.handling).collect())
    }

    #[test]
    fn a_handoff_is_replayed_with_what_facts_tell() {
        let past = PastHandoffs::new(&[recorded(BegunBy::Customer, 30, None)], &Calendar::default());
        let expected = PastHandoff {
            requested_at: at(60),
            handling: Some(Span::minutes(30)),
            reply_after: Some(Span::minutes(2)),
            target: Span::minutes(5),
            window_end: Some(at(60 + 24 * 60)),
        };
        assert_eq!(past, PastHandoffs { clock: HandlingClock::Wall, handoffs: vec![expected] });
        // Nobody claimed it; somebody answered on the phone.
        let unclaimed = RecordedHandoff { claimed_at: None, handling: None, ..recorded(BegunBy::Partner, 0, None) };
        let past = PastHandoffs::new(&[unclaimed], &Calendar::default());
        let expected = PastHandoff { handling: None, reply_after: None, window_end: None, ..expected };
        assert_eq!(past.handoffs, [expected]);
    }

    #[test]
    fn what_needed_nobody_of_the_roster_is_not_replayed() {
        let replayed = |all: &[RecordedHandoff]| PastHandoffs::new(all, &Calendar::default()).handoffs.len();
        // What the business began and what was imported is not, and neither is what staff answered on the phone.
        assert_eq!(replayed(&BegunBy::ALL.map(|begun_by| recorded(begun_by, 30, None))), 2);
        let of = |trigger| RecordedHandoff { trigger, ..recorded(BegunBy::Customer, 30, None) };
        assert_eq!(replayed(&TriggerKind::ALL.map(of)), TriggerKind::ALL.len() - 2);
        assert_eq!(replayed(&[of(TriggerKind::Phone), of(TriggerKind::Outbound)]), 0);
        // An agent who stepped in and undid that; one who stepped in and returned the conversation later.
        let returned = RecordedHandoff { end: Some(HandoffEnd::ReturnedToBot), ..of(TriggerKind::Agent) };
        let undone = RecordedHandoff { claimed_at: None, handling: None, ..returned };
        assert_eq!((replayed(&[undone]), replayed(&[returned])), (0, 1));
    }

    #[test]
    fn handling_times_are_all_on_one_clock() {
        let measured = recorded(BegunBy::Customer, 30, Some(20));
        let raw = recorded(BegunBy::Customer, 40, None);
        let open = RecordedHandoff { handling: None, ..measured };
        let minutes = |minutes| Some(Span::minutes(minutes));
        assert_eq!(handlings(&[measured, open], &hours()), (HandlingClock::OpeningHours, vec![minutes(20), None]));
        assert_eq!(handlings(&[measured, raw], &hours()), (HandlingClock::Wall, vec![minutes(30), minutes(40)]));
        // The opening hours were removed since.
        assert_eq!(handlings(&[measured], &Calendar::default()), (HandlingClock::Wall, vec![minutes(30)]));
        // One that is not replayed does not count.
        let imported = recorded(BegunBy::Import, 40, None);
        assert_eq!(handlings(&[measured, imported], &hours()), (HandlingClock::OpeningHours, vec![minutes(20)]));
    }

    #[test]
    fn a_week_that_was_read_in_part_is_no_whole_week() {
        let monday = date(2026, 3, 2);
        let start = |weeks| start_of(&TimeZone::UTC, weeks_earlier(monday, weeks));
        let whole = |reached| whole_weeks(&TimeZone::UTC, monday, 4, reached);
        assert_eq!(whole(start(2).plus(Span::days(3))), 1);
        assert_eq!(whole(start(2)), 1, "more at the same time may be missing");
        assert_eq!(whole(start(2).minus(Span(1))), 2);
        assert_eq!((whole(Timestamp(0)), whole(start(0))), (4, 0));
    }
}
