use jiff::civil::date;

use super::*;
use crate::staffing::{
    draws::Draws,
    forecast_check::{BackTest, ForecastCheck},
};

/// A Monday.
const END: Date = date(2026, 3, 30);

fn at(text: &str) -> Timestamp {
    Timestamp(text.parse::<jiff::Timestamp>().expect("a time").as_millisecond())
}

/// A week with so many arrivals on Monday at nine, Monday at ten and Friday at nine.
fn week(counts: [u32; 3]) -> WeekOfArrivals {
    let mut arrivals = [[0; 24]; 7];
    (arrivals[0][9], arrivals[0][10], arrivals[4][9]) = (counts[0], counts[1], counts[2]);
    WeekOfArrivals { first_day: END, arrivals }
}

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9, "{found} instead of {expected}");
}

#[test]
fn weeks_are_seven_days_of_the_zone() {
    let berlin = TimeZone::get("Europe/Berlin").expect("a zone");
    let requests = [
        // After the last week, and its last second.
        "2026-03-29T22:00:00Z",
        "2026-03-29T21:59:59Z",
        // The first second of the last week: Monday, 23 March, and an hour by summer time on Sunday.
        "2026-03-22T23:00:00Z",
        "2026-03-29T08:30:00Z",
        // The week before.
        "2026-03-22T22:59:59Z",
    ];
    let weeks = weeks_before(END, 4, &berlin, &requests.map(at));
    let found: Vec<_> = weeks.iter().map(|week| (week.first_day, week.total())).collect();
    // Two weeks without anything come before the first handoff.
    assert_eq!(found, [(date(2026, 3, 16), 1), (date(2026, 3, 23), 3)]);
    let [before, last] = weeks.as_slice() else { panic!("two weeks") };
    assert_eq!(before.arrivals[6][23], 1);
    assert_eq!((last.arrivals[0][0], last.arrivals[6][10], last.arrivals[6][23]), (1, 1, 1));
    assert_eq!((last.of_day(Weekday::Monday), last.of_day(Weekday::Sunday)), (1, 2));
}

#[test]
fn quiet_weeks_between_busy_ones_count() {
    let requests = ["2026-03-10T10:00:00Z", "2026-03-24T10:00:00Z"].map(at);
    let totals: Vec<u32> = weeks_before(END, 9, &TimeZone::UTC, &requests).iter().map(WeekOfArrivals::total).collect();
    assert_eq!(totals, [1, 0, 1]);
    assert_eq!(weeks_before(END, 9, &TimeZone::UTC, &[]), []);
}

#[test]
fn a_day_is_the_median_of_its_weekday() {
    let weeks = [week([6, 2, 1]), week([90, 30, 0]), week([2, 2, 3])];
    let forecast = Forecast::new(&weeks);
    assert_eq!(forecast.weeks, 3);
    // Mondays had 8, 120 and 4 handoffs: 3/4, 3/4 and 1/2 of them at nine.
    close(forecast.of_day(Weekday::Monday), 8.0);
    close(forecast.expected[0][9], 8.0 * 2.0 / 3.0);
    close(forecast.expected[0][10], 8.0 / 3.0);
    close(forecast.of_day(Weekday::Friday), 1.0);
    close(forecast.of_day(Weekday::Sunday), 0.0);
    close(forecast.total(), 9.0);
}

#[test]
fn an_even_number_of_weeks_has_a_middle_too() {
    close(Forecast::new(&[week([1, 0, 0]), week([4, 0, 0])]).expected[0][9], 2.5);
    close(Forecast::new(&[]).total(), 0.0);
}

#[test]
fn rare_handoffs_are_not_forecast_as_none() {
    // One a Monday, at nine or at ten. By medians of each hour, ten would have none.
    let weeks = [week([1, 0, 0]), week([0, 1, 0]), week([1, 0, 0])];
    let forecast = Forecast::new(&weeks);
    close(forecast.expected[0][9], 2.0 / 3.0);
    close(forecast.expected[0][10], 1.0 / 3.0);
}

#[test]
fn a_check_has_its_error_by_hour_and_by_day() {
    let weeks = [week([50, 0, 0]), week([4, 0, 0]), week([4, 0, 0]), week([2, 2, 1])];
    let check = ForecastCheck::last(&weeks, 2).expect("weeks before");
    assert_eq!((check.forecast.weeks, check.by_hour.n, check.by_day.n), (2, 168, 7));
    // Expected are 4 at nine on Monday: off by 2, 2 and 1.
    close(check.by_hour.absolute, 5.0 / 168.0);
    close(check.by_hour.relative.expect("arrivals"), (2.0 / 2.0 + 2.0 / 2.0 + 1.0) / 3.0);
    assert_eq!((check.by_hour.relative_n, check.by_hour.actual), (3, 5));
    close(check.by_hour.expected, 4.0);
    // By day Monday is right and Friday is off by all of it.
    close(check.by_day.absolute, 1.0 / 7.0);
    close(check.by_day.relative.expect("arrivals"), 0.5);
    assert_eq!(check.by_day.relative_n, 2);
    assert_eq!(ForecastCheck::last(&weeks[..1], 2), None);
    assert_eq!(ForecastCheck::last(&[], 2), None);
}

#[test]
fn a_week_without_arrivals_has_no_relative_error() {
    let check = ForecastCheck::last(&[week([4, 0, 0]), week([0, 0, 0])], 8).expect("a week before");
    assert_eq!((check.by_day.relative, check.by_day.relative_n), (None, 0));
    close(check.by_day.absolute, 4.0 / 7.0);
}

#[test]
fn a_back_test_forecasts_each_week_from_those_before_it() {
    let counts = [9, 1, 2, 3, 4, 10];
    let weeks: Vec<WeekOfArrivals> = counts.iter().map(|count| week([*count, 0, 0])).collect();
    let test = BackTest::new(&weeks, 2).expect("weeks");
    let pairs: Vec<_> = test.weeks.iter().map(|check| (check.forecast.total(), check.actual.total())).collect();
    // The medians of 9 and 1, 1 and 2, 2 and 3, 3 and 4.
    assert_eq!(pairs, [(5.0, 2), (1.5, 3), (2.5, 4), (3.5, 10)]);
    close(test.by_day.absolute, (3.0 + 1.5 + 1.5 + 6.5) / 28.0);
    close(test.by_day.relative.expect("arrivals"), (1.5 + 0.5 + 0.375 + 0.65) / 4.0);
    assert_eq!((test.by_day.n, test.by_hour.n, test.by_day.relative_n), (28, 672, 4));
    // With less history fewer weeks are tested.
    assert_eq!(BackTest::new(&weeks[..3], 2).map(|test| test.weeks.len()), Some(2));
    assert_eq!(BackTest::new(&weeks[..1], 2), None);
}

#[test]
fn a_steady_company_is_forecast_within_its_own_scatter() {
    // Sixteen weeks of independent handoffs, from nine to five on weekdays: 30 an hour.
    let mut draws = Draws::new(11);
    let mut requests = Vec::new();
    let days = 16 * 7_i32;
    let begin = END.saturating_sub(days.days());
    for day in (0..days).filter(|day| day % 7 < 5) {
        let open = start_of(&TimeZone::UTC, begin.saturating_add(day.days())).0 + 9 * 3_600_000;
        let mut elapsed = draws.exponential(120_000.0);
        while elapsed < 8.0 * 3_600_000.0 {
            requests.push(Timestamp(open + elapsed as i64));
            elapsed += draws.exponential(120_000.0);
        }
    }
    let weeks = weeks_before(END, 16, &TimeZone::UTC, &requests);
    assert_eq!(weeks.len(), 16);
    let test = BackTest::new(&weeks, 8).expect("weeks");
    // A count of 240 scatters by 15.5, which is 5.2 % of it on average.
    let by_day = test.by_day.relative.expect("arrivals");
    assert!(by_day < 0.08, "{by_day}");
    let by_hour = test.by_hour.relative.expect("arrivals");
    assert!(by_hour < 0.2, "{by_hour}");
    close(f64::from(test.by_hour.actual), f64::from(test.by_day.actual));
    assert!((test.by_day.expected / f64::from(test.by_day.actual) - 1.0).abs() < 0.04);
}
