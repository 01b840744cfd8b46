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

#[test]
fn a_fault_is_shown_with_its_day() {
    let calendar = shop();
    let sentence = |day| CalendarFault { day, detail: "Wrong.".into() }.sentence(&calendar);
    assert_eq!(sentence(CalendarDay::Weekday(0)), "Monday: Wrong.");
    assert_eq!(sentence(CalendarDay::Weekday(6)), "Sunday: Wrong.");
    assert_eq!(sentence(CalendarDay::Holiday(1)), "2026-12-31: Wrong.");
    for unknown in [CalendarDay::Weekday(7), CalendarDay::Holiday(2)] {
        assert_eq!(sentence(unknown), "Wrong.");
    }
}

#[test]
fn hours_that_touch_are_no_fault() {
    let mut calendar = Calendar::default();
    // Sunday's hours end on Monday at two.
    calendar.weekly[6] = vec![hours("22:00", "02:00")];
    calendar.weekly[0] = vec![hours("02:00", "10:00"), hours("10:00", "12:00"), hours("22:00", "24:00")];
    calendar.weekly[1] = vec![hours("00:00", "24:00")];
    calendar.weekly[2] = vec![hours("20:00", "00:00")];
    calendar.weekly[3] = vec![hours("00:00", "01:00")];
    assert_eq!(calendar.faults(), []);
    calendar.weekly[0][0].from = 119;
    let faults = calendar.faults();
    assert_eq!(faults.iter().map(|fault| fault.day).collect::<Vec<_>>(), [CalendarDay::Weekday(0)]);
    assert_eq!(faults[0].detail, "01:59–10:00 overlaps the previous day's hours, which run past midnight.");
}

#[test]
fn a_holiday_does_not_inherit_the_previous_days_night() {
    let mut calendar = shop();
    // 29 November 2026 is the Sunday after the Saturday night.
    let intervals = vec![hours("01:00", "04:00")];
    calendar.holidays.push(Holiday { date: jiff::civil::date(2026, 11, 29), name: String::new(), intervals });
    assert_eq!(calendar.faults(), []);
}

#[test]
fn a_calendar_is_accepted_up_to_its_limits() {
    let holiday = |days: i32, name: &str| Holiday {
        date: jiff::civil::date(2027, 1, 1).checked_add(days.days()).expect("a date"),
        name: name.into(),
        intervals: Vec::new(),
    };
    let faults = |holidays: Vec<Holiday>| {
        let faults = Calendar { holidays, ..Calendar::default() }.faults();
        faults.into_iter().map(|fault| (fault.day, fault.detail)).collect::<Vec<_>>()
    };
    let many = |count: i32| (0..count).map(|day| holiday(day, "")).collect();
    assert_eq!(faults(many(200)), []);
    let words = "You can list up to 200 dates. Remove past dates first.".to_owned();
    assert_eq!(faults(many(201)), [(CalendarDay::Holiday(200), words)]);
    // A name is one line of at most 80 characters.
    let words = "Keep the name to 80 characters, on one line.".to_owned();
    assert_eq!(faults(vec![holiday(0, &"ü".repeat(80))]), []);
    for name in ["ü".repeat(81), "two\nlines".to_owned()] {
        assert_eq!(faults(vec![holiday(0, ""), holiday(1, &name)]), [(CalendarDay::Holiday(1), words.clone())]);
    }
    // A day has at most eight intervals.
    let day = |count: u16| {
        let mut calendar = Calendar::default();
        calendar.weekly[0] = (0..count).map(|at| Interval { from: at * 60, to: at * 60 + 30 }).collect();
        calendar.faults().into_iter().map(|fault| fault.detail).collect::<Vec<_>>()
    };
    assert_eq!(day(8), Vec::<String>::new());
    assert_eq!(day(9), ["A day can have up to 8 time ranges. Remove one."]);
}

#[test]
fn times_outside_of_the_day_are_faults() {
    let faults = |from, to| {
        let mut calendar = Calendar::default();
        calendar.weekly[0] = vec![Interval { from, to }];
        calendar.faults().into_iter().map(|fault| fault.detail).collect::<Vec<_>>()
    };
    assert_eq!(faults(0, DAY), Vec::<String>::new());
    assert_eq!(faults(DAY - 1, DAY), Vec::<String>::new());
    for (from, to) in [(DAY, 60), (0, DAY + 1), (DAY, DAY)] {
        assert_eq!(faults(from, to), ["Enter a time between 00:00 and 24:00."], "{from} {to}");
    }
}

#[test]
fn a_time_has_one_or_two_digits_for_hours_and_minutes() {
    assert_eq!(Interval::parse(" 9:5 ", "09:30"), Some(Interval { from: 545, to: 570 }));
    assert_eq!(Interval::parse("23:59", "00:00"), Some(Interval { from: 1_439, to: 0 }));
    for time in ["", ":", "9:", ":30", "009:00", "9:000", "9.30", "ab:cd", "25:00", "-1:00"] {
        assert_eq!(Interval::parse(time, "10:00"), None, "{time:?}");
        assert_eq!(Interval::parse("00:00", time), None, "{time:?}");
    }
    assert_eq!(Interval { from: 65, to: 1_439 }.to_string(), "01:05–23:59");
}

#[test]
fn the_date_of_a_moment_depends_on_the_zone() {
    let moment = at("2026-11-23T23:30:00Z");
    assert_eq!(date("Europe/Berlin", moment), "2026-11-24");
    assert_eq!(date("America/New_York", moment), "2026-11-23");
    assert_eq!(date("Nowhere", moment), "2026-11-23", "an unknown zone counts as UTC");
    assert_eq!(offset(&zone("Europe/Berlin"), Timestamp(i64::MAX)), Span(0), "no zone has such a moment");
}

#[test]
fn the_night_before_ends_on_a_day_with_hours_of_its_own() {
    let utc = TimeZone::UTC;
    let mut calendar = Calendar::default();
    // Monday 22:00 to Tuesday 02:00, and Tuesday from nine; 23 November 2026 is a Monday.
    calendar.weekly[0] = vec![hours("22:00", "02:00")];
    calendar.weekly[1] = vec![hours("09:00", "10:00")];
    let open = |moment| calendar.is_open(&utc, at(moment));
    assert!(!open("2026-11-23T01:00:00Z"), "Sunday had no hours");
    assert!(open("2026-11-23T22:00:00Z") && open("2026-11-24T01:59:00Z"));
    assert!(!open("2026-11-24T02:00:00Z") && !open("2026-11-24T08:59:00Z"));
    assert!(!open("2026-11-24T22:30:00Z"), "the night is Monday's");
    assert_eq!(calendar.next_closing(&utc, at("2026-11-24T01:00:00Z")), Some(at("2026-11-24T02:00:00Z")));
    assert_eq!(calendar.next_opening(&utc, at("2026-11-24T02:00:00Z")), Some(at("2026-11-24T09:00:00Z")));
}

#[test]
fn the_first_of_several_openings_and_closings_counts_in_any_order_of_the_list() {
    let utc = TimeZone::UTC;
    let mut calendar = Calendar::default();
    calendar.weekly[0] = vec![hours("15:00", "16:00"), hours("09:00", "10:00")];
    let next = |moment| (calendar.next_opening(&utc, at(moment)), calendar.next_closing(&utc, at(moment)));
    let (nine, ten) = (at("2026-11-23T09:00:00Z"), at("2026-11-23T10:00:00Z"));
    let (three, four) = (at("2026-11-23T15:00:00Z"), at("2026-11-23T16:00:00Z"));
    assert_eq!(next("2026-11-23T08:00:00Z"), (Some(nine), None));
    assert_eq!(next("2026-11-23T09:00:00Z"), (Some(nine), Some(ten)));
    assert_eq!(next("2026-11-23T10:00:00Z"), (Some(three), None));
    assert_eq!(next("2026-11-23T15:30:00Z"), (Some(at("2026-11-23T15:30:00Z")), Some(four)));
    assert_eq!(next("2026-11-23T16:00:00Z"), (Some(at("2026-11-30T09:00:00Z")), None));
}

#[test]
fn a_closing_that_the_clock_skips_happens_at_the_change() {
    let berlin = zone("Europe/Berlin");
    let mut calendar = Calendar::default();
    calendar.weekly[6] = vec![hours("01:00", "02:30")];
    // 29 March 2026: at 02:00 (01:00 UTC) the clock jumps to 03:00, which is after the hours.
    assert_eq!(calendar.next_closing(&berlin, at("2026-03-29T00:30:00Z")), Some(at("2026-03-29T01:00:00Z")));
    assert!(!calendar.is_open(&berlin, at("2026-03-29T01:00:00Z")));
    // 25 October 2026: the half hour from 02:00 to 02:30 occurs twice, with a closing after each.
    assert_eq!(calendar.next_closing(&berlin, at("2026-10-25T00:10:00Z")), Some(at("2026-10-25T00:30:00Z")));
    assert_eq!(calendar.next_closing(&berlin, at("2026-10-25T01:10:00Z")), Some(at("2026-10-25T01:30:00Z")));
}

#[test]
fn on_the_day_before_a_clock_change_the_next_day_opens_and_closes_by_its_hours() {
    let berlin = zone("Europe/Berlin");
    // Sunday 29 March 2026: the clock changes at 01:00 UTC.
    let mut calendar = Calendar::default();
    calendar.weekly[6] = vec![hours("01:00", "05:00")];
    assert_eq!(calendar.next_opening(&berlin, at("2026-03-28T12:00:00Z")), Some(at("2026-03-29T00:00:00Z")));
    calendar.weekly[5] = vec![hours("00:00", "24:00")];
    calendar.weekly[6] = vec![hours("00:00", "01:00")];
    assert_eq!(calendar.next_closing(&berlin, at("2026-03-28T12:00:00Z")), Some(at("2026-03-29T00:00:00Z")));
}

#[test]
fn open_time_leaves_out_breaks_nights_and_holidays() {
    let berlin = zone("Europe/Berlin");
    let open = |from: &str, to: &str| shop().open_time(&berlin, at(from), at(to));
    assert_eq!(open("2026-11-27T10:00:00Z", "2026-11-27T15:00:00Z"), Span::hours(4), "Friday has a break");
    assert_eq!(open("2026-11-23T18:00:00Z", "2026-11-24T07:00:00Z"), Span(0), "a night");
    assert_eq!(open("2026-12-24T15:00:00Z", "2026-12-28T09:00:00Z"), Span::hours(6), "Christmas and a Saturday night");
    assert_eq!(open("2026-11-23T08:00:30Z", "2026-11-23T08:01:00Z"), Span::seconds(30));
    assert_eq!(open("2026-11-23T09:00:00Z", "2026-11-23T08:00:00Z"), Span(0), "nothing lies between");
    let always = Calendar::default().open_time(&berlin, at("2026-11-23T09:00:00Z"), at("2026-11-25T09:00:00Z"));
    assert_eq!(always, Span::days(2));
    assert!(shop().is_set() && !Calendar::default().is_set());
}

#[test]
fn open_time_is_what_passes_and_not_what_the_clock_shows() {
    let berlin = zone("Europe/Berlin");
    let mut calendar = Calendar::default();
    // Saturday night from 20:00 to 06:00: nine hours in March, eleven in October.
    calendar.weekly[5] = vec![hours("20:00", "06:00")];
    let open = |from: &str, to: &str| calendar.open_time(&berlin, at(from), at(to));
    assert_eq!(open("2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z"), Span::hours(9));
    assert_eq!(open("2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z"), Span::hours(11));
}

#[test]
fn open_time_is_the_sum_of_what_is_open() {
    let berlin = zone("Europe/Berlin");
    let always = Calendar { weekly: std::array::from_fn(|_| vec![hours("00:00", "24:00")]), holidays: vec![] };
    for calendar in [shop(), always] {
        for begin in ["2026-12-23T13:00:00Z", "2026-03-27T22:45:00Z", "2026-10-23T22:00:00Z"] {
            for quarters in [1, 9, 95, 97, 400] {
                let moment = |nth: i64| at(begin).plus(Span::minutes(15 * nth));
                let open = (0..quarters).filter(|nth| calendar.is_open(&berlin, moment(*nth))).count();
                let expected = Span::minutes(15 * i64::try_from(open).expect("few"));
                assert_eq!(calendar.open_time(&berlin, at(begin), moment(quarters)), expected, "{begin}, {quarters}");
            }
        }
    }
}
