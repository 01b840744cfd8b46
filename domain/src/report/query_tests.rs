use proptest::prelude::*;

use super::*;
use crate::handoff::TriggerKind;

fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

fn today() -> Date {
    date("2026-03-18")
}

fn read(query: &str) -> Corrected<ReportQuery> {
    ReportQuery::parse(query, today())
}

fn days(from: &str, to: &str) -> Period {
    Period::Days(DayRange { from: date(from), to: date(to) })
}

#[test]
fn an_address_without_fields_is_the_last_seven_days() {
    for query in ["", "?", "agent=&number=&period="] {
        assert_eq!(read(query), Corrected::default(), "{query}");
    }
    assert_eq!(ReportQuery::default().query(), "");
}

#[test]
fn a_form_and_an_address_say_the_same() {
    let text = "from=2026-03-02&to=2026-03-04&number=chn_1&trigger=failure%3Ano_answer&agent=agt_1&language=de\
                &outcome=none&clock=opening&map=online";
    let Corrected { value, notes } = read(text);
    assert_eq!(notes, [""; 0]);
    assert_eq!(value.period, days("2026-03-02", "2026-03-04"));
    let trigger = TriggerFilter { kind: TriggerKind::Failure, detail: Some("no_answer".to_owned()) };
    let expected = ReportFilters {
        channel: Some("chn_1".into()),
        trigger: Some(trigger),
        agent: Some("agt_1".into()),
        language: Some("de".to_owned()),
        outcome: Some(OutcomeFilter::Missing),
    };
    assert_eq!((&value.filters, value.clock, value.map), (&expected, ReportClock::Opening, HeatValue::Online));
    assert_eq!(value.query(), text);
    assert!(value.is_narrowing() && !ReportQuery::default().is_narrowing());
}

#[test]
fn every_preset_has_an_address() {
    for preset in Preset::ALL {
        let query = ReportQuery { period: Period::Preset(preset), ..ReportQuery::default() };
        assert_eq!(read(&query.query()), Corrected { value: query, notes: Vec::new() });
    }
}

#[test]
fn what_cannot_be_followed_is_replaced_with_a_word() {
    let table = [
        ("period=sometime", Period::default(), "“sometime” isn't a period. Showing the last 7 days."),
        ("from=2026-13-01&to=2026-03-04", Period::default(), "“2026-13-01” isn't a date. Showing the last 7 days."),
        (
            "from=2026-03-04&to=2026-03-02",
            days("2026-03-02", "2026-03-04"),
            "The start date was after the end date, so they were swapped.",
        ),
        (
            "from=2026-03-10&to=2026-04-01",
            days("2026-03-10", "2026-03-18"),
            "The end date is in the future. Showing the days up to today.",
        ),
        ("from=2031-01-01&to=2031-02-01", Period::default(), "These dates are in the future. Showing the last 7 days."),
        ("from=1970-01-01&to=1970-02-01", Period::default(), "These dates are too long ago. Showing the last 7 days."),
        (
            "from=1000-01-01&to=2026-03-18",
            days("2025-03-18", "2026-03-18"),
            "A report covers up to 366 days. Showing 18 Mar 2025 – 18 Mar 2026.",
        ),
        ("trigger=magic", Period::default(), "“magic” isn't a trigger. Showing all triggers."),
        ("clock=sundial", Period::default(), "“sundial” isn't a clock. Counting all hours."),
        ("map=treasure", Period::default(), "“treasure” isn't a map. Showing arrivals."),
        ("language=<b>", Period::default(), "“<b>” isn't a language. Showing all languages."),
        ("colour=red", Period::default(), "“colour” isn't a filter, so it was ignored."),
    ];
    for (query, period, note) in table {
        let read = read(query);
        assert_eq!((read.value.period, read.notes), (period, vec![note.to_owned()]), "{query}");
        assert_eq!(read.value.filters, ReportFilters::default());
    }
}

#[test]
fn one_date_alone_is_a_beginning_or_a_day() {
    assert_eq!(read("from=2026-03-10").value.period, days("2026-03-10", "2026-03-18"));
    assert_eq!(read("to=2026-03-10").value.period, days("2026-03-10", "2026-03-10"));
    // Dates win over the name of a period.
    assert_eq!(read("period=today&from=2026-03-10&to=2026-03-10").value.period, days("2026-03-10", "2026-03-10"));
}

#[test]
fn filters_that_name_nothing_are_removed_with_a_word() {
    let mut query = read("number=chn_9&agent=agt_9&outcome=otc_9&trigger=keyword").value;
    let known = KnownFilters { channels: &["chn_1".into()], agents: &["agt_1".into()], outcomes: &[] };
    let notes = query.keep_known(&known);
    assert_eq!(notes.len(), 3, "{notes:?}");
    assert_eq!(query, read("trigger=keyword").value);
    let mut query = read("number=chn_1&agent=agt_1&language=de&outcome=none").value;
    let before = query.clone();
    assert_eq!((query.keep_known(&known), &query), (Vec::new(), &before));
}

#[test]
fn the_days_of_a_report_have_bounds() {
    let said = |from: Date, to: Date| {
        let mut notes = Vec::new();
        let period = days_within(from, to, today(), &mut notes);
        (period, notes.len())
    };
    let day = |from: Date, to: Date| Period::Days(DayRange { from, to });
    let (today, last) = (today(), moved(today(), 1 - MOST_DAYS));
    assert_eq!(said(today, today), (day(today, today), 0));
    assert_eq!(said(last, today), (day(last, today), 0), "as many days as there may be");
    for earlier in [moved(last, -1), moved(last, -5)] {
        assert_eq!(said(earlier, today), (day(last, today), 1));
    }
    assert_eq!(said(EARLIEST, EARLIEST), (day(EARLIEST, EARLIEST), 0));
    let before = moved(EARLIEST, -1);
    assert_eq!(said(before, before), (Period::default(), 1));
    assert_eq!(said(before, EARLIEST), (day(moved(EARLIEST, 1 - MOST_DAYS), EARLIEST), 1));
}

#[test]
fn clocks_and_values_of_the_heat_map_have_labels() {
    assert_eq!(ReportClock::ALL.map(ReportClock::label), ["All hours", "Opening hours only"]);
    assert_eq!(HeatValue::ALL.map(HeatValue::label), ["Arrivals", "Waiting time", "People online"]);
}

proptest! {
    #[test]
    fn any_text_is_a_query_that_its_own_address_repeats(raw in "(period|from|to|trigger|clock|agent|x)?=?\\PC{0,30}") {
        let Corrected { value, .. } = read(&raw);
        let again = read(&value.query());
        prop_assert_eq!(again.value, value);
        prop_assert_eq!(again.notes, Vec::<String>::new());
    }
}
