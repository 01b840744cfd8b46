//! The forecast of the next week, last week's forecast beside what happened, and how far earlier ones were off.

use jiff::{ToSpan, civil::Date};
use leptos::prelude::*;

use super::words::{percent, tenths};
use crate::{
    domain::{
        staffing::{
            forecast::Forecast,
            forecast_check::{BackTest, ForecastCheck, ForecastError},
        },
        week::{WeekHour, Weekday},
    },
    ui::{
        format::date_words,
        kit::chart::{ChartColumn, ChartTable, Columns, HeatMap, HeatMapCell, HeatMapRow, TableCell, heat_level},
        number::{counted, grouped},
    },
};

/// The forecast for the seven days from `until` on.
#[component]
pub fn NextWeekCard(forecast: Forecast, until: Date) -> impl IntoView {
    let content = if forecast.weeks == 0 {
        view! { <p class="hint">"There were no handoffs to make a forecast from."</p> }.into_any()
    } else {
        view! { <NextWeek forecast until/> }.into_any()
    };
    view! {
        <section class="card pad report-card" aria-labelledby="staffing-next">
            <h2 id="staffing-next">"Next week"</h2>
            {content}
        </section>
    }
}

#[component]
fn NextWeek(forecast: Forecast, until: Date) -> impl IntoView {
    let total = format!(
        "{} handoffs are expected in the seven days from {} on, according to {}.",
        tenths(forecast.total()),
        date_words(until),
        if forecast.weeks == 1 { "one week".to_owned() } else { format!("the last {} weeks", forecast.weeks) }
    );
    let most = forecast.expected.iter().flatten().map(|expected| in_tenths(*expected)).max().unwrap_or(0);
    let mut rows: Vec<HeatMapRow> = Vec::new();
    let mut table: Vec<Vec<TableCell>> = Vec::new();
    for weekday in Weekday::ALL {
        let expected = forecast.expected[weekday.index()];
        let cell = |(hour, expected): (u8, f64)| HeatMapCell {
            level: heat_level(in_tenths(expected), most),
            text: short(expected),
            dots: Vec::new(),
            words: format!("{}: {} expected", super::words::hour(WeekHour { weekday, hour }), tenths(expected)),
            href: None,
        };
        rows.push(HeatMapRow { name: name(weekday), cells: (0..).zip(expected).map(cell).collect() });
        let values = expected.into_iter().map(|expected| TableCell::text(tenths(expected)));
        let of_day = TableCell::text(tenths(forecast.of_day(weekday)));
        table.push([TableCell::text(weekday.to_string()), of_day].into_iter().chain(values).collect());
    }
    let hours = || (0..24).map(|hour| format!("{hour:02}"));
    let heads = ["Day".to_owned(), "In all".to_owned()].into_iter().chain(hours()).collect();
    let title = "Expected handoffs by weekday and hour".to_owned();
    view! {
        <p class="hint">{total}</p>
        <HeatMap id="forecast" title=title.clone() heads=hours().collect() rows/>
        <p class="hint">
            "Each day is the median of its weekday, spread over the hours as they were on average, so that a single day of
            trouble counts for little."
        </p>
        <ChartTable caption=title heads rows=table/>
    }
}

/// Last week's forecast, and the test of those before.
#[component]
pub fn LastWeekCard(last_week: Option<ForecastCheck>, back_test: Option<BackTest>) -> impl IntoView {
    let content = match last_week {
        Some(check) => view! { <LastWeek check/> }.into_any(),
        None => view! {
            <p class="hint">"There is nothing to compare yet: a forecast needs a week with handoffs before the last one."</p>
        }
        .into_any(),
    };
    view! {
        <section class="card pad report-card" aria-labelledby="staffing-last">
            <h2 id="staffing-last">"Last week, and its forecast"</h2>
            {content}
            {back_test.map(|test| view! { <TestedWeeks test/> })}
        </section>
    }
}

#[component]
fn LastWeek(check: ForecastCheck) -> impl IntoView {
    let ForecastCheck { forecast, actual, by_hour, by_day } = check;
    let mut columns: Vec<ChartColumn> = Vec::new();
    let mut rows: Vec<Vec<TableCell>> = Vec::new();
    for date in week_from(actual.first_day) {
        let weekday = Weekday::of(date);
        let (expected, came) = (forecast.of_day(weekday), actual.of_day(weekday));
        let day = format!("{weekday}, {}", date_words(date));
        columns.push(ChartColumn {
            label: name(weekday),
            words: format!("{day}: {} came, {} expected", grouped(came), tenths(expected)),
            value: i64::from(came),
            line_tenths: Some(in_tenths(expected)),
            href: None,
            class: "",
        });
        rows.push([day, tenths(expected), grouped(came)].map(TableCell::text).into());
    }
    let title = "Handoffs of last week by day, and how many were expected".to_owned();
    let heads: Vec<String> = ["Day", "Expected", "Came"].map(str::to_owned).into();
    view! {
        <p class="hint">
            {format!(
                "{} were expected and {} came. {}",
                tenths(by_day.expected),
                counted(by_day.actual, "handoff"),
                off_words(&by_day, &by_hour)
            )}
        </p>
        <Columns id="last-week" title=title.clone() columns line_before=None/>
        <p class="hint">"Columns are what came, the line is the forecast."</p>
        <ChartTable caption=title heads rows/>
    }
}

#[component]
fn TestedWeeks(test: BackTest) -> impl IntoView {
    let BackTest { weeks, by_hour, by_day } = test;
    let count = weeks.len();
    let lines = weeks
        .into_iter()
        .map(|check| {
            let ForecastCheck { actual, by_day, by_hour, forecast: _ } = check;
            view! {
                <tr>
                    <th scope="row">{date_words(actual.first_day)}</th>
                    <td class="num">{tenths(by_day.expected)}</td>
                    <td class="num">{grouped(by_day.actual)}</td>
                    <td class="num">{tenths(by_day.absolute)}</td>
                    <td class="num">{percent(by_day.relative)}</td>
                    <td class="num">{tenths(by_hour.absolute)}</td>
                </tr>
            }
        })
        .collect_view();
    let tested =
        if count == 1 { "the last week was".to_owned() } else { format!("each of the last {count} weeks was") };
    view! {
        <h3 id="staffing-test">"How far forecasts were off"</h3>
        <p class="hint">
            {format!("As a test, {tested} forecast from the weeks right before it. {}", off_words(&by_day, &by_hour))}
        </p>
        // It scrolls on a phone, and holds nothing that has the focus.
        <div class="wide" role="region" aria-labelledby="staffing-test" tabindex="0">
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Week from"</th>
                        <th scope="col" class="num">"Expected"</th>
                        <th scope="col" class="num">"Came"</th>
                        <th scope="col" class="num">"Off by day"</th>
                        <th scope="col" class="num">"Off by day, in %"</th>
                        <th scope="col" class="num">"Off by hour"</th>
                    </tr>
                </thead>
                <tbody>{lines}</tbody>
            </table>
        </div>
    }
}

/// How far forecasts were off, and of how many days and hours that is the mean.
fn off_words(by_day: &ForecastError, by_hour: &ForecastError) -> String {
    let share = match by_day.relative {
        Some(_) => {
            let days = counted(by_day.relative_n, "day");
            format!(", or {} of what came (mean of {days} with handoffs)", percent(by_day.relative))
        }
        None => String::new(),
    };
    format!(
        "On average a day was off by {}{share}, and an hour by {} (mean of {}).",
        tenths(by_day.absolute),
        tenths(by_hour.absolute),
        counted(by_hour.n, "hour")
    )
}

/// The seven days from `first` on.
fn week_from(first: Date) -> Vec<Date> {
    first.series(1.day()).take(7).collect()
}

/// `Mon`.
fn name(weekday: Weekday) -> String {
    weekday.to_string().chars().take(3).collect()
}

/// In a cell, which has little room: whole numbers, from one on.
fn short(expected: f64) -> String {
    let whole = expected.round();
    if whole < 1.0 { String::new() } else { format!("{whole:.0}") }
}

/// Forecasts are far below where a float loses tenths.
fn in_tenths(expected: f64) -> i64 {
    (expected * 10.0).round() as i64
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_week_has_seven_days_from_any_day_on() {
        let week = week_from(date(2026, 2, 26));
        assert_eq!((week.len(), week[0], week[6]), (7, date(2026, 2, 26), date(2026, 3, 4)));
    }

    #[test]
    fn an_error_says_what_it_is_the_mean_of() {
        let by_day =
            ForecastError { n: 7, absolute: 1.76, relative: Some(0.124), relative_n: 5, expected: 40.0, actual: 42 };
        let by_hour = ForecastError { n: 168, absolute: 0.31, relative: None, relative_n: 0, ..by_day };
        assert_eq!(
            off_words(&by_day, &by_hour),
            "On average a day was off by 1.8, or 12% of what came (mean of 5 days with handoffs), and an hour by 0.3 (mean \
             of 168 hours)."
        );
        let nothing_came = ForecastError { relative: None, ..by_day };
        assert!(off_words(&nothing_came, &by_hour).starts_with("On average a day was off by 1.8, and an hour"));
    }

    #[test]
    fn a_cell_shows_whole_numbers_only() {
        assert_eq!([0.4, 0.6, 2.6].map(short), ["", "1", "3"]);
        assert_eq!((in_tenths(2.25), name(Weekday::Wednesday)), (23, "Wed".to_owned()));
    }
}
