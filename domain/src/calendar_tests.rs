use super::*;

/// Needs the time zone database, which test builds contain.
fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).expect("a zone")
}

fn at(text: &str) -> Timestamp {
    Timestamp(text.parse::<jiff::Timestamp>().expect("a moment").as_millisecond())
}

fn hours(from: &str, to: &str) -> Interval {
    Interval::parse(from, to).expect("hours")
}

/// Monday to Friday nine to five with a break on Friday; Saturday night; Christmas closed, New Year's Eve short.
fn shop() -> Calendar {
    let day = vec![hours("09:00", "17:00")];
    let friday = vec![hours("09:00", "12:00"), hours("13:00", "17:00")];
    Calendar {
        weekly: [day.clone(), day.clone(), day.clone(), day, friday, vec![hours("22:00", "02:00")], vec![]],
        holidays: vec![
            Holiday { date: jiff::civil::date(2026, 12, 25), name: "Christmas".into(), intervals: vec![] },
            Holiday {
                date: jiff::civil::date(2026, 12, 31),
                name: String::new(),
                intervals: vec![hours("10:00", "12:00")],
            },
        ],
    }
}

#[test]
fn hours_are_those_of_the_wall_clock() {
    let berlin = zone("Europe/Berlin");
    // 23 November 2026 is a Monday; Berlin is at UTC+1.
    let table = [
        ("2026-11-23T07:59:59Z", false),
        ("2026-11-23T08:00:00Z", true),
        ("2026-11-23T15:59:59Z", true),
        ("2026-11-23T16:00:00Z", false),
        ("2026-11-27T11:30:00Z", false),
        ("2026-11-28T20:59:00Z", false),
        ("2026-11-28T21:00:00Z", true),
        ("2026-11-29T00:59:00Z", true),
        ("2026-11-29T01:00:00Z", false),
        ("2026-12-25T10:00:00Z", false),
        ("2026-12-31T09:30:00Z", true),
        ("2026-12-31T13:00:00Z", false),
        // Summer: UTC+2.
        ("2026-07-06T07:00:00Z", true),
        ("2026-07-06T15:00:00Z", false),
    ];
    for (moment, expected) in table {
        assert_eq!(shop().is_open(&berlin, at(moment)), expected, "{moment}");
    }
}

#[test]
fn the_next_opening_is_found_across_nights_weekends_and_holidays() {
    let berlin = zone("Europe/Berlin");
    let table = [
        ("2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z"),
        ("2026-11-23T16:00:00Z", "2026-11-24T08:00:00Z"),
        ("2026-11-27T11:30:00Z", "2026-11-27T12:00:00Z"),
        ("2026-11-27T20:00:00Z", "2026-11-28T21:00:00Z"),
        ("2026-11-29T01:00:00Z", "2026-11-30T08:00:00Z"),
        ("2026-12-24T20:00:00Z", "2026-12-26T21:00:00Z"),
    ];
    for (moment, expected) in table {
        assert_eq!(shop().next_opening(&berlin, at(moment)), Some(at(expected)), "{moment}");
    }
}

#[test]
fn days_on_which_clocks_change_follow_the_clock() {
    let berlin = zone("Europe/Berlin");
    let mut calendar = Calendar::default();
    calendar.weekly[6] = vec![hours("02:30", "05:00")];
    // 29 March 2026: at 02:00 (01:00 UTC) the clock jumps to 03:00, which is within the hours.
    assert_eq!(calendar.next_opening(&berlin, at("2026-03-28T12:00:00Z")), Some(at("2026-03-29T01:00:00Z")));
    assert!(calendar.is_open(&berlin, at("2026-03-29T02:59:00Z")));
    assert!(!calendar.is_open(&berlin, at("2026-03-29T03:00:00Z")));
    // 25 October 2026: the hour from 02:00 to 03:00 occurs twice.
    assert!(calendar.is_open(&berlin, at("2026-10-25T00:30:00Z")));
    assert!(!calendar.is_open(&berlin, at("2026-10-25T01:29:00Z")));
    assert!(calendar.is_open(&berlin, at("2026-10-25T01:30:00Z")));
    assert_eq!(calendar.next_opening(&berlin, at("2026-10-25T01:00:00Z")), Some(at("2026-10-25T01:30:00Z")));
}

#[test]
fn a_calendar_without_hours_is_always_open_but_on_holidays() {
    let mut calendar = Calendar::default();
    assert!(calendar.is_open(&TimeZone::UTC, at("2026-12-25T03:00:00Z")));
    calendar.holidays = shop().holidays;
    assert!(!calendar.is_open(&TimeZone::UTC, at("2026-12-25T03:00:00Z")));
    assert_eq!(calendar.next_opening(&TimeZone::UTC, at("2026-12-25T03:00:00Z")), Some(at("2026-12-26T00:00:00Z")));
}

#[test]
fn hours_that_never_open_end_the_search() {
    let mut calendar = Calendar::default();
    calendar.weekly[0] = vec![Interval { from: 2_000, to: 2_100 }];
    assert_eq!(calendar.next_opening(&TimeZone::UTC, at("2026-12-25T03:00:00Z")), None);
    assert_eq!(calendar.next_opening(&TimeZone::UTC, Timestamp(i64::MAX)), None);
    assert!(!calendar.is_open(&TimeZone::UTC, Timestamp(i64::MIN)));
}

/// A change, the day with the expected fault, and a part of its text.
type Planted = (&'static dyn Fn(&mut Calendar), CalendarDay, &'static str);

#[test]
fn faults_name_their_day() {
    let told = |change: &dyn Fn(&mut Calendar)| {
        let mut calendar = shop();
        change(&mut calendar);
        calendar.faults()
    };
    assert_eq!(told(&|_| ()), []);
    let table: [Planted; 6] = [
        (&|c| c.weekly[0].push(hours("16:00", "18:00")), CalendarDay::Weekday(0), "overlap"),
        (
            &|c| c.weekly[1] = vec![Interval { from: 60, to: 60 }],
            CalendarDay::Weekday(1),
            "starts and ends at the same time",
        ),
        (&|c| c.weekly[2] = vec![Interval { from: 60, to: 1_441 }], CalendarDay::Weekday(2), "between 00:00 and 24:00"),
        (&|c| c.weekly[6].push(hours("01:00", "04:00")), CalendarDay::Weekday(6), "past midnight"),
        (&|c| c.weekly[3] = vec![hours("09:00", "10:00"); 9], CalendarDay::Weekday(3), "up to"),
        (&|c| c.holidays.push(c.holidays[0].clone()), CalendarDay::Holiday(2), "twice"),
    ];
    for (change, day, words) in table {
        let faults = told(change);
        assert!(faults.iter().all(|fault| fault.day == day), "{faults:?}");
        assert!(faults.iter().any(|fault| fault.detail.contains(words)), "{words}: {faults:?}");
    }
}

#[test]
fn times_are_read_as_people_write_them() {
    assert_eq!(Interval::parse("9:00", "24:00"), Some(Interval { from: 540, to: 1_440 }));
    assert_eq!(hours("22:00", "02:00").to_string(), "22:00–02:00");
    for (from, to) in [("24:00", "01:00"), ("9", "10:00"), ("09:60", "10:00"), ("+9:00", "10:00"), ("09:00", "24:01")] {
        assert_eq!(Interval::parse(from, to), None, "{from} {to}");
    }
}

#[test]
fn the_offset_is_that_of_the_moment() {
    assert_eq!(offset(&zone("Europe/Berlin"), at("2026-07-01T00:00:00Z")), Span::hours(2));
    assert_eq!(offset(&zone("America/New_York"), at("2026-12-01T00:00:00Z")), Span::hours(-5));
}

proptest::proptest! {
    #[test]
    fn any_calendar_is_safe(raw in proptest::collection::vec((0..7_usize, 0..2_000_u16, 0..2_000_u16), 0..12), now in proptest::prelude::any::<i64>()) {
        let mut calendar = Calendar::default();
        for (day, from, to) in raw {
            calendar.weekly[day].push(Interval { from, to });
        }
        let _ = calendar.faults();
        for now in [Timestamp(now), Timestamp(now % 4_000_000_000_000)] {
            if let Some(opens) = calendar.next_opening(&TimeZone::UTC, now) {
                proptest::prop_assert!(opens >= now && calendar.is_open(&TimeZone::UTC, opens));
            }
        }
    }
}

#[test]
fn opening_hours_close_at_their_end() {
    let berlin = zone("Europe/Berlin");
    let table = [
        // Monday morning, before the evening; Friday's break; Saturday night past midnight.
        ("2026-11-23T09:00:00Z", Some("2026-11-23T16:00:00Z")),
        ("2026-11-27T10:00:00Z", Some("2026-11-27T11:00:00Z")),
        ("2026-11-28T23:30:00Z", Some("2026-11-29T01:00:00Z")),
        // Closed already.
        ("2026-11-23T05:00:00Z", None),
    ];
    for (now, closing) in table {
        assert_eq!(shop().next_closing(&berlin, at(now)), closing.map(at), "{now}");
    }
}

#[test]
fn permanent_hours_close_only_for_a_holiday() {
    let utc = TimeZone::UTC;
    let mut calendar = Calendar::default();
    let now = at("2026-11-23T09:00:00Z");
    assert_eq!(calendar.next_closing(&utc, now), None);
    calendar.holidays = vec![Holiday { date: jiff::civil::date(2026, 12, 25), name: String::new(), intervals: vec![] }];
    assert_eq!(calendar.next_closing(&utc, now), Some(at("2026-12-25T00:00:00Z")));
    // Adjacent days are one opening.
    calendar.weekly = std::array::from_fn(|_| vec![Interval { from: 0, to: DAY }]);
    assert_eq!(calendar.next_closing(&utc, now), Some(at("2026-12-25T00:00:00Z")));
}
