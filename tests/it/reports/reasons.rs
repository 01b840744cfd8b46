//! Why agents were requested: keywords that are gone.

use handoff::domain::{
    event::Initiator,
    report::{list::ListQuery, measure::Measure},
};

use super::{get, list, morning, report};
use crate::app::on_both;

on_both!(a_removed_keyword_keeps_its_phrase, async |app| {
    let ((ana, _), (ada, cookie)) = (app.agent("Ana").await, app.admin().await);
    morning(app, &ana).await;
    // given a keyword that requested agents and was removed afterwards
    let settings = &app.services.settings;
    let rule = settings.read_keywords(&app.tenant).await.expect("keywords").rules.remove(0).rule;
    settings.keyword_remove(&app.tenant, Initiator::SYSTEM, &rule.id).await.expect("removes");
    // then the report, its list and its file name the phrase
    let page = report(app, &ada, "period=today").await;
    let labels: Vec<_> = page.triggers.iter().map(|line| line.label.as_str()).collect();
    assert_eq!(labels, ["Keyword “agent” (removed)"]);
    let rows = list(app, &ada, &ListQuery::of(page.query.clone(), Measure::Handoffs)).await.rows;
    assert!(rows.iter().all(|row| row.why.as_deref() == Some(labels[0])), "{rows:?}");
    let (_, file) = get(app, &cookie, "/reports/export/handoffs.csv?period=today").await;
    assert_eq!(file.matches(labels[0]).count(), 2, "{file}");
});
