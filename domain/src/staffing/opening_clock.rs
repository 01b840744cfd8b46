//! A clock that stands still while the tenant is closed. It brings the times at which agents had conversations onto the
//! clock of handling times in opening hours, so that the observed concurrency contains no nights.
//!
//! The openings of a period are looked up once: asking the calendar for each of thousands of times would take seconds.

use jiff::tz::TimeZone;

use crate::{
    calendar::Calendar,
    time::{Span, Timestamp},
};

/// The opening hours of a period, as a clock that shows 0 at its beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpeningClock {
    openings: Vec<Opening>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Opening {
    from: Timestamp,
    until: Timestamp,
    /// What the clock shows at `from`.
    before: Span,
}

impl OpeningClock {
    pub fn new(calendar: &Calendar, zone: &TimeZone, from: Timestamp, until: Timestamp) -> Self {
        let (mut openings, mut at, mut before) = (Vec::new(), from, Span(0));
        while at < until {
            let Some(from) = calendar.next_opening(zone, at).filter(|opening| *opening < until) else { break };
            let closing = calendar.next_closing(zone, from).map_or(until, |closing| closing.min(until));
            openings.push(Opening { from, until: closing, before });
            before = Span(before.0.saturating_add(closing.since(from).0));
            at = closing;
        }
        Self { openings }
    }

    /// What the clock shows at `at`: milliseconds of opening hours since the beginning, none before it.
    pub fn reading(&self, at: Timestamp) -> Timestamp {
        let begun = self.openings.partition_point(|opening| opening.from <= at);
        let last = begun.checked_sub(1).and_then(|last| self.openings.get(last));
        last.map_or(Timestamp(0), |last| Timestamp(last.before.0.saturating_add(at.min(last.until).since(last.from).0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        calendar::Interval,
        staffing::concurrency::{Concurrency, HeldConversation},
    };

    fn at(text: &str) -> Timestamp {
        Timestamp(text.parse::<jiff::Timestamp>().expect("a time").as_millisecond())
    }

    /// Monday to Friday from nine to five in Berlin, in the two weeks from 23 March 2026 on.
    fn clock() -> OpeningClock {
        let day = vec![Interval::parse("09:00", "17:00").expect("hours")];
        let weekly = [day.clone(), day.clone(), day.clone(), day.clone(), day, vec![], vec![]];
        let calendar = Calendar { weekly, ..Calendar::default() };
        let berlin = TimeZone::get("Europe/Berlin").expect("a zone");
        OpeningClock::new(&calendar, &berlin, at("2026-03-22T23:00:00Z"), at("2026-04-05T22:00:00Z"))
    }

    #[test]
    fn it_stands_still_while_the_tenant_is_closed() {
        let clock = clock();
        let minutes = |text| clock.reading(at(text)).0 / 60_000;
        let table = [
            ("2026-03-01T12:00:00Z", 0),
            ("2026-03-23T07:59:00Z", 0),
            ("2026-03-23T09:00:00Z", 60),
            ("2026-03-23T16:00:00Z", 480),
            ("2026-03-24T03:00:00Z", 480),
            ("2026-03-27T15:50:00Z", 5 * 480 - 10),
            // After the weekend in which the clocks changed.
            ("2026-03-30T07:10:00Z", 5 * 480 + 10),
            ("2026-12-01T00:00:00Z", 10 * 480),
        ];
        for (text, expected) in table {
            assert_eq!(minutes(text), expected, "{text}");
        }
    }

    #[test]
    fn a_conversation_over_the_weekend_is_no_weekend_of_concurrency() {
        let clock = clock();
        let held = |from, until| HeldConversation {
            agent: "agt_ana".into(),
            from: clock.reading(at(from)),
            until: clock.reading(at(until)),
        };
        // 20 minutes over the weekend, and 10 of another one at the same time.
        let held = [
            held("2026-03-27T15:50:00Z", "2026-03-30T07:10:00Z"),
            held("2026-03-30T07:00:00Z", "2026-03-30T07:10:00Z"),
        ];
        assert_eq!(Concurrency::observed(&held).map(|it| it.to_string()), Some("1.5".to_owned()));
    }

    #[test]
    fn a_tenant_that_never_closes_has_a_clock_that_never_stops() {
        let (from, until) = (at("2026-03-01T00:00:00Z"), at("2026-03-08T00:00:00Z"));
        let clock = OpeningClock::new(&Calendar::default(), &TimeZone::UTC, from, until);
        assert_eq!(clock.reading(at("2026-03-02T03:00:00Z")), Timestamp(Span::hours(27).0));
        assert_eq!(clock.reading(at("2026-03-09T00:00:00Z")), Timestamp(Span::days(7).0));
        assert_eq!(OpeningClock::new(&Calendar::default(), &TimeZone::UTC, until, from).reading(until), Timestamp(0));
    }
}
