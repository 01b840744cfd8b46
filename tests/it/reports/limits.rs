//! How much one report counts.

use handoff::{
    domain::report::{list::ListQuery, measure::Measure},
    server::reports::ReportError,
};

use super::{morning, number, report};
use crate::app::on_both;

on_both!(a_period_with_too_many_rows_says_so_and_shows_no_numbers, async |app| {
    let ((ana, _), (ada, _)) = (app.agent("Ana").await, app.admin().await);
    morning(app, &ana).await;
    // given a server that counts one handoff, and a day with two
    let reports = app.services.reports.clone().with_most_rows(1);
    let page = reports.read_report(&ada, "period=today").await.expect("a report");
    assert!(page.too_many && page.agents.is_empty(), "{:?}", page.agents);
    let query = ListQuery::of(page.query.clone(), Measure::Handoffs).query();
    let refused = reports.read_list(&ada, &query).await;
    assert!(matches!(&refused, Err(ReportError::Invalid(why)) if why.contains("Choose fewer days")), "{refused:?}");
    // then the day before has its numbers, and so has this one where more are counted
    assert!(!reports.read_report(&ada, "period=yesterday").await.expect("a report").too_many);
    let whole = report(app, &ada, "period=today").await;
    assert_eq!((whole.too_many, number(&whole, Measure::Handoffs).0), (false, 2));
});
