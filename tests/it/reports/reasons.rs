//! Why agents were requested: keywords that are gone, and the reasons of the language model.

use handoff::domain::{
    event::Initiator,
    report::{
        list::ListQuery,
        measure::Measure,
        packed::{RowKind, UtcDay},
        query::TriggerFilter,
    },
    time::Span,
};
use serde_json::{Value, json};

use super::{get, list, morning, number, packed::equal_those_of_rows, report, says};
use crate::{
    app::{START, on_both},
    provider::{Provider, call},
    report_facts::add,
};

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

on_both!(equal_reasons_of_the_model_are_one_line_with_its_list, async |app| {
    let ((ana, _), (ada, cookie)) = (app.agent("Ana").await, app.admin().await);
    let provider = Provider::at("127.0.0.1").await;
    provider.serves(app, &provider.settings()).await;
    // given three customers for whom the model asks for an agent
    for (nth, reason) in ["Wants a refund", "wants a REFUND.", "Is angry"].into_iter().enumerate() {
        provider.play([call("handoff", json!({"reason": reason, "summary": "It broke.", "urgency": "normal"}))]);
        says(app, &format!("49155500{nth:02}"), &format!("wamid.{nth}"), "It came broken").await;
        // The model waits for the rest of a burst.
        app.turn(Span::seconds(2));
        app.settle().await;
    }
    add(&app.services).await;
    for kind in RowKind::ALL {
        assert!(app.services.day_packer.pack(&app.tenant, kind, UtcDay::of(START)).await.expect("packs"));
    }
    // then equal reasons are one line, and its list has these handoffs
    equal_those_of_rows(app, &ada, "period=today", &[Measure::Handoffs]).await;
    let page = report(app, &ada, "period=today").await;
    let lines: Vec<_> = page.reasons.iter().map(|line| (line.text.as_str(), line.n)).collect();
    assert_eq!(lines, [("wants a REFUND.", 2), ("Is angry", 1)]);
    for line in &page.reasons {
        let mut narrowed = page.query.clone();
        narrowed.filters.trigger = Some(TriggerFilter::of_reason(line.key));
        assert!(page.choices.triggers.iter().any(|(filter, _)| narrowed.filters.trigger.as_ref() == Some(filter)));
        let query = ListQuery::of(narrowed, Measure::Handoffs);
        let found = list(app, &ada, &query).await;
        assert_eq!((found.measured.n, found.notes.len()), (line.n, 0));
        // The whole report is narrowed, and what is compared with it is not.
        let own = report(app, &ada, &query.report.query()).await;
        assert_eq!((number(&own, Measure::Handoffs).0, own.reasons.len()), (line.n, 1));
        assert_eq!(number(&own, Measure::Escalated), (line.n, None, Some(3)));
        assert_eq!(found.filters, [format!("Reason “{}”", line.text)]);
        let (_, file) = get(app, &cookie, &format!("/reports/export/list.json?{}", query.query())).await;
        let rows: Vec<Value> = serde_json::from_str(&file).expect("JSON");
        assert_eq!(i64::try_from(rows.len()).expect("few"), line.n, "{file}");
        equal_those_of_rows(app, &ada, &query.report.query(), &[Measure::Handoffs, Measure::Escalated]).await;
    }
    // and an agent has those of their own handoffs
    assert_eq!(report(app, &ana, "period=today").await.reasons, []);
    // and what is erased has no reason
    app.run("UPDATE handoffs SET reason = ''").await;
    assert_eq!(report(app, &ada, "period=today").await.reasons, []);
});
