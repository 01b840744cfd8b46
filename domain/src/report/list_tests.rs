use proptest::prelude::*;

use super::*;
use crate::report::{
    query::ReportFilters,
    samples::{self, answered, at, stint, waiting, week},
};

fn read(query: &str) -> Corrected<ListQuery> {
    ListQuery::parse(query, "2026-03-08".parse().expect("a date"))
}

#[test]
fn a_list_has_the_address_of_its_number() {
    let text = "period=this_week&agent=agt_1&of=waiting_time&cell=1-09&at_least=60&below=120&before=1&after=5.hof_1";
    let Corrected { value, notes } = read(text);
    assert_eq!((value.query(), notes), (text.to_owned(), Vec::new()));
    assert_eq!(value.part(), ["Mon 09:00–10:00", "at least 1:00", "less than 2:00", "the period before"]);
    assert_eq!(read("").value, ListQuery::default());
    for measure in Measure::ALL {
        let (moment, score) = (Some(at(5)), Some(Score::ALL[2]));
        let slice = Slice { moment, score, ..Slice::default() };
        let query = ListQuery { slice, ..ListQuery::of(ReportQuery::default(), measure) };
        assert_eq!(read(&query.query()), Corrected { value: query, notes: Vec::new() });
    }
}

#[test]
fn what_a_list_cannot_show_is_said() {
    let table = [
        ("of=magic", "“magic” isn't a list. Showing all handoffs."),
        ("of=queue", "Pick an hour of the queue to see who waited. Showing all handoffs."),
        ("below=soon", "“soon” isn't a number, so “below” was ignored."),
        ("at_least=-5", "“-5” isn't a number, so “at_least” was ignored."),
        ("cell=9-99", "“9-99” isn't an hour of the week. Showing all hours."),
        ("score=4", "“4” isn't a score. Showing all ratings."),
        ("trigger=model%3Aangry", "“model:angry” isn't a trigger. Showing all triggers."),
        ("colour=red", "“colour” isn't a filter, so it was ignored."),
    ];
    for (query, note) in table {
        assert_eq!(read(query), Corrected { value: ListQuery::default(), notes: vec![note.to_owned()] }, "{query}");
    }
}

/// A waiting time of as many minutes, requested in this minute.
fn row(id: &str, requested: i64, minutes: i64) -> ReportRow {
    let claimed = requested + minutes;
    samples::row(answered(id, requested, "agt_ana", claimed, claimed))
}

fn tally(query: &ListQuery, rows: impl IntoIterator<Item = ReportRow>) -> ListFigures {
    let context = week();
    let mut tally = ListTally::new(query, &context);
    rows.into_iter().for_each(|row| tally.add(row));
    tally.finish()
}

#[test]
fn every_page_has_the_number_of_the_whole_list() {
    let rows = || (0..120).rev().map(|minute| row(&format!("hof_{minute:03}"), minute, minute));
    let mut query = ListQuery::of(ReportQuery::default(), Measure::Waiting);
    let mut seen = Vec::new();
    loop {
        let page = tally(&query, rows());
        assert_eq!((page.measured.n, page.measured.summary.median), (120, Some(Span::minutes(59))));
        seen.extend(page.rows.iter().map(ReportRow::key));
        let Some(next) = page.next else { break };
        assert_eq!(page.rows.len(), LIST_PAGE);
        query.after = Some(next);
    }
    let all: Vec<RowKey> = rows().map(|row| row.key()).collect();
    assert_eq!(seen, all, "each row once, newest first");
}

#[test]
fn a_list_holds_what_counts_and_nothing_else() {
    let rows = [row("hof_3", 30, 4), samples::row(waiting("hof_2", 20)), row("hof_1", 10, 2)];
    let query = ListQuery::of(ReportQuery::default(), Measure::Waiting);
    let found = tally(&query, rows.clone());
    assert_eq!((found.measured.n, found.measured.total, found.rows.len()), (2, Span::minutes(6), 2));
    let filters = ReportFilters { agent: Some("agt_ben".into()), ..ReportFilters::default() };
    let theirs = ListQuery { report: ReportQuery { filters, ..ReportQuery::default() }, ..query };
    assert_eq!(tally(&theirs, rows), ListFigures::default());
}

#[test]
fn times_that_are_held_say_how_many_at_once() {
    let rows = [stint(2, "agt_ana", 0, Some(30)), stint(1, "agt_ana", 0, Some(60))];
    let found = tally(&ListQuery::of(ReportQuery::default(), Measure::Stints), rows);
    assert_eq!((found.measured.total, found.concurrency), (Span::minutes(90), Some(15)));
}

proptest! {
    #[test]
    fn any_text_is_a_list_that_its_own_address_repeats(raw in "(of|at|below|cell|after|before)?=?\\PC{0,30}") {
        let Corrected { value, .. } = read(&raw);
        prop_assert_eq!(read(&value.query()), Corrected { value, notes: Vec::new() });
    }
}
