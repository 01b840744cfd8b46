use super::*;

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).expect("a zone")
}

fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

/// A time in UTC.
fn at(text: &str) -> Timestamp {
    Timestamp(text.parse::<jiff::Timestamp>().expect("a time").as_millisecond())
}

fn days(from: &str, to: &str) -> DayRange {
    DayRange { from: date(from), to: date(to) }
}

#[test]
fn each_preset_has_its_days_and_those_before() {
    // A Wednesday.
    let today = date("2026-03-18");
    let table = [
        (Preset::Today, days("2026-03-18", "2026-03-18"), days("2026-03-17", "2026-03-17")),
        (Preset::Yesterday, days("2026-03-17", "2026-03-17"), days("2026-03-16", "2026-03-16")),
        (Preset::ThisWeek, days("2026-03-16", "2026-03-18"), days("2026-03-09", "2026-03-11")),
        (Preset::Last7Days, days("2026-03-12", "2026-03-18"), days("2026-03-05", "2026-03-11")),
        (Preset::Last30Days, days("2026-02-17", "2026-03-18"), days("2026-01-18", "2026-02-16")),
        (Preset::ThisMonth, days("2026-03-01", "2026-03-18"), days("2026-02-01", "2026-02-18")),
        (Preset::LastMonth, days("2026-02-01", "2026-02-28"), days("2026-01-01", "2026-01-31")),
    ];
    for (preset, expected, before) in table {
        let period = Period::Preset(preset);
        assert_eq!((period.days(today), period.days_before(today)), (expected, before), "{preset:?}");
    }
    let custom = Period::Days(days("2026-03-02", "2026-03-04"));
    assert_eq!(custom.days_before(today), days("2026-02-27", "2026-03-01"));
}

#[test]
fn the_end_of_a_long_month_is_compared_with_a_whole_short_one() {
    let period = Period::Preset(Preset::ThisMonth);
    assert_eq!(period.days_before(date("2026-03-31")), days("2026-02-01", "2026-02-28"));
    assert_eq!(Period::Preset(Preset::LastMonth).days(date("2026-01-31")), days("2025-12-01", "2025-12-31"));
}

#[test]
fn a_monday_is_the_whole_week_so_far() {
    let period = Period::Preset(Preset::ThisWeek);
    assert_eq!(period.days(date("2026-03-16")), days("2026-03-16", "2026-03-16"));
    assert_eq!(period.days(date("2026-03-22")), days("2026-03-16", "2026-03-22"));
}

#[test]
fn a_day_has_the_hours_of_its_clock() {
    let berlin = zone("Europe/Berlin");
    let hours = |day: &str| {
        let bounds = days(day, day).bounds(&berlin);
        (bounds.to.0 - bounds.from.0) / 3_600_000
    };
    assert_eq!(hours("2026-03-29"), 23, "the clocks go forward");
    assert_eq!(hours("2026-10-25"), 25, "the clocks go back");
    assert_eq!(hours("2026-06-01"), 24);
    assert_eq!(days("2026-03-29", "2026-03-29").bounds(&berlin).from, at("2026-03-28T23:00:00Z"));
}

#[test]
fn a_day_without_a_midnight_begins_at_its_first_instant() {
    // At midnight of that day the clocks of Santiago went to 01:00.
    let santiago = zone("America/Santiago");
    let bounds = days("2026-09-06", "2026-09-06").bounds(&santiago);
    assert_eq!(bounds.from, at("2026-09-06T04:00:00Z"));
    assert_eq!(date_in(&santiago, bounds.from), date("2026-09-06"));
    assert_eq!(date_in(&santiago, Timestamp(bounds.from.0 - 1)), date("2026-09-05"));
}

#[test]
fn days_in_a_row_have_no_gap_and_no_overlap() {
    for name in ["Europe/Berlin", "America/Santiago", "Asia/Kolkata", "Africa/Casablanca", "UTC"] {
        let zone = zone(name);
        let year = days("2026-01-01", "2026-12-31");
        assert_eq!(year.count(), 365);
        let ends: Vec<Bounds> = year.each().map(|day| DayRange { from: day, to: day }.bounds(&zone)).collect();
        assert!(ends.windows(2).all(|pair| pair[0].to == pair[1].from), "{name}");
        let whole = year.bounds(&zone);
        assert_eq!((ends[0].from, ends[364].to), (whole.from, whole.to), "{name}");
    }
}

#[test]
fn a_running_period_is_compared_up_to_the_same_time_of_day() {
    let berlin = zone("Europe/Berlin");
    // Wednesday the 18th, 10:30 in Berlin.
    let now = at("2026-03-18T09:30:00Z");
    let before = |preset| Period::Preset(preset).bounds_before(&berlin, now);
    assert_eq!(before(Preset::Today), Bounds { from: at("2026-03-16T23:00:00Z"), to: at("2026-03-17T09:30:00Z") });
    assert_eq!(before(Preset::ThisWeek).to, at("2026-03-11T09:30:00Z"));
    assert_eq!(before(Preset::ThisMonth).to, at("2026-02-18T09:30:00Z"));
    // What is over is compared with a whole.
    let whole = Bounds { from: at("2026-03-15T23:00:00Z"), to: at("2026-03-16T23:00:00Z") };
    assert_eq!(before(Preset::Yesterday), whole);
    let custom = Period::Days(days("2026-03-16", "2026-03-17"));
    assert_eq!(custom.bounds_before(&berlin, now).to, at("2026-03-15T23:00:00Z"));
}

#[test]
fn the_same_time_of_day_is_one_by_the_clock() {
    let berlin = zone("Europe/Berlin");
    // A week after the clocks went forward, 10:30 in Berlin; the week before, 10:30 was an hour later in UTC.
    let now = at("2026-03-30T08:30:00Z");
    let before = Period::Preset(Preset::Last7Days).bounds_before(&berlin, now);
    assert_eq!(before.to, at("2026-03-23T09:30:00Z"));
}

#[test]
fn an_interval_has_its_beginning_and_not_its_end() {
    let bounds = Bounds { from: Timestamp(10), to: Timestamp(20) };
    let inside = [9, 10, 19, 20].map(|at| bounds.contains(Timestamp(at)));
    assert_eq!(inside, [false, true, true, false]);
}

#[test]
fn days_are_written_without_what_repeats() {
    assert_eq!(days("2026-03-02", "2026-03-02").to_string(), "2 Mar 2026");
    assert_eq!(days("2026-02-27", "2026-03-02").to_string(), "27 Feb – 2 Mar 2026");
    assert_eq!(days("2025-12-31", "2026-01-01").to_string(), "31 Dec 2025 – 1 Jan 2026");
    assert_eq!(iso_date(date("2026-03-02")), "2026-03-02");
    assert_eq!(moment_in(&zone("Asia/Kolkata"), at("2026-03-01T22:37:59Z")), "2 Mar 2026, 04:07");
    assert_eq!(Period::default().label(), "Last 7 days");
}

#[test]
fn the_time_of_a_period_is_that_of_its_days() {
    let utc = TimeZone::UTC;
    let week = days("2026-03-02", "2026-03-08");
    let bounds = Period::Days(week).bounds(&utc, at("2026-03-20T12:00:00Z"));
    assert_eq!((bounds.from, bounds.to), (at("2026-03-02T00:00:00Z"), at("2026-03-09T00:00:00Z")));
}
