//! Every number of a report equals the list behind it: the same rows, the same median, the same total.

use handoff::{
    contract::report::ReportPage,
    domain::{
        report::{
            count::Slice,
            list::{ListQuery, Side},
            measure::Measure,
            query::{ReportFilters, ReportQuery},
            tally::Measured,
        },
        time::Span,
        week::WeekHour,
    },
    server::accounts::Agent,
};

use super::{list, morning, report, tile};
use crate::app::{TestApp, on_both};

/// Compares a list with the number that opens it.
async fn equals(app: &TestApp, viewer: &Agent, query: &ListQuery, expected: &Measured) {
    let found = list(app, viewer, query).await;
    assert_eq!(found.notes, [""; 0], "{}", query.query());
    assert_eq!(found.measured, *expected, "{}", query.query());
    assert_eq!(i64::try_from(found.rows.len()).expect("few"), expected.n, "all on one page: {}", query.query());
    for row in &found.rows {
        let is_explained = row.conversation.is_some() || query.measure == Measure::Online;
        assert!(is_explained, "{row:?}");
    }
}

/// As [`equals`], for a number of rows alone.
async fn counts(app: &TestApp, viewer: &Agent, query: &ListQuery, n: i64) {
    let found = list(app, viewer, query).await;
    assert_eq!(found.measured.n, n, "{}", query.query());
}

fn narrowed(page: &ReportPage, narrow: impl FnOnce(&mut ReportFilters)) -> ReportQuery {
    let mut query = page.query.clone();
    narrow(&mut query.filters);
    query
}

on_both!(every_number_equals_the_list_behind_it, async |app| {
    let ((ana, _), (ada, _)) = (app.agent("Ana").await, app.admin().await);
    morning(app, &ana).await;
    let page = report(app, &ada, "period=today").await;
    let of = |measure| ListQuery::of(page.query.clone(), measure);
    for tile in &page.tiles {
        let number = tile.now.as_ref().expect("everybody's");
        equals(app, &ada, &of(tile.measure), &number.measured).await;
        if let (Some(whole), Some(n)) = (tile.measure.whole(), number.whole) {
            counts(app, &ada, &of(whole), n).await;
        }
        for (beside, n) in &tile.beside {
            counts(app, &ada, &of(*beside), *n).await;
        }
        if let Some(before) = &tile.before {
            let query = ListQuery { side: Side::Before, ..of(tile.measure) };
            equals(app, &ada, &query, &before.measured).await;
        }
    }
    for line in &page.agents {
        let own = narrowed(&page, |filters| filters.agent = Some(line.agent.clone()));
        for (measure, measured) in &line.measures {
            equals(app, &ada, &ListQuery::of(own.clone(), *measure), measured).await;
        }
        let held = list(app, &ada, &ListQuery::of(own, Measure::Stints)).await;
        assert_eq!(held.concurrency, line.concurrency);
    }
    for line in &page.triggers {
        let own = narrowed(&page, |filters| filters.trigger = Some(line.trigger.clone()));
        counts(app, &ada, &ListQuery::of(own.clone(), Measure::Handoffs), line.handoffs).await;
        counts(app, &ada, &ListQuery::of(own.clone(), Measure::Escalated), line.escalated).await;
        // What a trigger is a part of is not narrowed by it, and its list does not say so.
        let whole = list(app, &ada, &ListQuery::of(own.clone(), Measure::BotConversations)).await;
        assert_eq!((whole.measured.n, whole.filters.len()), (2, 0));
        equals(app, &ada, &ListQuery::of(own.clone(), Measure::Response), &line.response).await;
        equals(app, &ada, &ListQuery::of(own, Measure::Handling), &line.handling).await;
    }
    for line in &page.outcomes {
        let own = narrowed(&page, |filters| filters.outcome = Some(line.outcome.clone()));
        counts(app, &ada, &ListQuery::of(own, Measure::Closed), line.n).await;
    }
    for (hour, cell) in WeekHour::all().zip(&page.heat).filter(|(_, cell)| cell.arrivals > 0) {
        let slice = Slice { hour: Some(hour), ..Slice::default() };
        counts(app, &ada, &ListQuery { slice, ..of(Measure::Handoffs) }, cell.arrivals).await;
        let waits = list(app, &ada, &ListQuery { slice, ..of(Measure::Waiting) }).await;
        assert_eq!(waits.measured.summary, cell.waits);
    }
    for bar in &page.responses.bars {
        let slice = Slice { at_least: Some(bar.from), below: bar.to, ..Slice::default() };
        counts(app, &ada, &ListQuery { slice, ..of(Measure::Response) }, bar.n).await;
    }
    for hour in page.queue.iter().filter(|hour| hour.at.is_some()) {
        let slice = Slice { moment: hour.at, ..Slice::default() };
        let query = ListQuery { slice, ..of(Measure::Queue) };
        counts(app, &ada, &query, hour.most).await;
        assert_eq!(list(app, &ada, &query).await.filters, ["at 2 Mar 2026, 10:00"]);
    }
    assert_eq!(page.responses.target, Span::minutes(5));
    assert!(tile(&page, Measure::Handoffs).now.is_some());
});

on_both!(a_row_says_what_happened_and_leads_there, async |app| {
    let ((ana, _), (ada, _)) = (app.agent("Ana").await, app.admin().await);
    let maria = morning(app, &ana).await;
    let page = report(app, &ada, "period=today").await;
    let of = |measure| ListQuery::of(page.query.clone(), measure);
    let thread = app.thread(&ada, &maria).await;
    let items: Vec<String> = thread.items.iter().map(|item| item.key()).collect();
    for measure in [Measure::Waiting, Measure::Response, Measure::NextReply, Measure::Handling, Measure::Closed] {
        let found = list(app, &ada, &of(measure)).await;
        let [row] = &found.rows[..] else { panic!("one row of {measure:?}: {:?}", found.rows) };
        assert_eq!((row.who.as_deref(), row.conversation.as_ref()), (Some("Ana"), Some(&maria)), "{measure:?}");
        assert_eq!(row.why.as_deref(), Some("Keyword “agent”"));
        assert!(row.when.starts_with("2 Mar 2026, 10:0"), "{}", row.when);
        let anchor = row.anchor.as_ref().expect("a place in the thread");
        assert!(items.contains(anchor), "{measure:?}: {anchor} is none of {items:?}");
    }
});
