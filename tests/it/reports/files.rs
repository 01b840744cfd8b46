//! Files of reports, and handoffs that are left out.

use std::collections::BTreeMap;

use handoff::{
    contract::audit::AuditFilter,
    domain::{
        event::Initiator,
        report::{list::ListQuery, measure::Measure},
    },
    server::reports::ReportError,
};
use http::StatusCode;
use serde_json::Value;

use super::{get, list, morning, number, report, tile};
use crate::app::on_both;

/// The rows of a file without quoted cells, by the names of their columns.
fn rows(file: &str) -> Vec<BTreeMap<String, String>> {
    let mut lines = file.strip_prefix('\u{feff}').expect("the mark of UTF-8").split_terminator("\r\n");
    let head: Vec<&str> = lines.next().expect("a head").split(',').collect();
    let row = |line: &str| head.iter().map(|name| (*name).to_owned()).zip(line.split(',').map(str::to_owned)).collect();
    lines.map(row).collect()
}

on_both!(all_handoffs_are_a_file_with_their_times, async |app| {
    let ((ana, _), (_, cookie)) = (app.agent("Ana").await, app.admin().await);
    let maria = morning(app, &ana).await;
    let (status, file) = get(app, &cookie, "/reports/export/handoffs.csv?period=today").await;
    assert_eq!(status, StatusCode::OK);
    let rows = rows(&file);
    assert_eq!(rows.len(), 2, "{file}");
    // Newest first: Otto's is open.
    assert_eq!((rows[0]["claimed_at"].as_str(), rows[0]["target_met"].as_str()), ("", "false"));
    let expected = [
        ("conversation_id", maria.as_str()),
        ("number", "Acme Store"),
        ("begun_by", "customer"),
        ("trigger", "keyword"),
        ("trigger_label", "Keyword “agent”"),
        ("requested_at", "2026-03-02T10:00:00.000+00:00"),
        ("claimed_at", "2026-03-02T10:03:00.000+00:00"),
        ("claimed_by", "Ana"),
        ("first_reply_at", "2026-03-02T10:04:00.000+00:00"),
        ("first_reply_by", "Ana"),
        ("ended_at", "2026-03-02T10:07:00.000+00:00"),
        ("end", "closed"),
        ("ended_by", "Ana"),
        ("outcome", ""),
        ("waiting_seconds", "180.000"),
        ("waiting_open_seconds", ""),
        ("response_seconds", "240.000"),
        ("handling_seconds", "240.000"),
        ("resolution_seconds", "420.000"),
        ("target_seconds", "300.000"),
        ("target_met", "true"),
        ("lost", "false"),
        ("left_out", ""),
    ];
    for (column, value) in expected {
        assert_eq!(rows[1][column], value, "{column}");
    }
    // The same rows as JSON, and a list.
    let (_, file) = get(app, &cookie, "/reports/export/handoffs.json?period=today").await;
    let json: Vec<Value> = serde_json::from_str(&file).expect("JSON");
    assert_eq!((json.len(), &json[1]["waiting_seconds"], &json[1]["outcome"]), (2, &180.0.into(), &Value::Null));
    let (_, file) = get(app, &cookie, "/reports/export/list.json?period=today&of=response_time").await;
    let json: Vec<Value> = serde_json::from_str(&file).expect("JSON");
    assert_eq!((json.len(), &json[0]["seconds"], &json[0]["agent"]), (1, &240.0.into(), &"Ana".into()));
    let (_, empty) = get(app, &cookie, "/reports/export/list.json?period=yesterday").await;
    assert_eq!(serde_json::from_str::<Vec<Value>>(&empty).expect("JSON"), [] as [Value; 0]);
    // That somebody took a file is logged.
    let audit = app.services.settings.read_audit(&app.tenant, &AuditFilter::default(), None).await.expect("reads");
    assert_eq!(audit.lines.iter().filter(|line| line.what == "Exported a report").count(), 4);
});

on_both!(a_handoff_that_is_left_out_counts_nowhere_until_it_counts_again, async |app| {
    let ((ana, _), (ada, cookie)) = (app.agent("Ana").await, app.admin().await);
    morning(app, &ana).await;
    let reports = &app.services.reports;
    let before = report(app, &ada, "period=today").await;
    let waiting = ListQuery::of(before.query.clone(), Measure::Waiting);
    let handoff = list(app, &ada, &waiting).await.rows[0].handoff.clone().expect("a handoff");
    // given: only those who see all numbers may
    let refused = reports.leave_out(&ana, Initiator::SYSTEM, &handoff, "A test").await;
    assert!(matches!(refused, Err(ReportError::Forbidden)), "{refused:?}");
    let nameless = reports.leave_out(&ada, Initiator::SYSTEM, &handoff, "  ").await;
    assert!(matches!(nameless, Err(ReportError::Invalid(_))), "{nameless:?}");
    let unknown = reports.leave_out(&ada, Initiator::SYSTEM, &"hof_none".into(), "A test").await;
    assert!(matches!(unknown, Err(ReportError::NotFound)), "{unknown:?}");
    // when
    reports.leave_out(&ada, ada.initiator(None), &handoff, "=a prank").await.expect("leaves out");
    reports.leave_out(&ada, ada.initiator(None), &handoff, "twice").await.expect("it is left out");
    // then
    let page = report(app, &ada, "period=today").await;
    let n = |measure| number(&page, measure).0;
    assert_eq!((n(Measure::Handoffs), n(Measure::Waiting), n(Measure::NextReply)), (1, 0, 0));
    assert_eq!(number(&page, Measure::Escalated), (1, None, Some(1)));
    assert_eq!(tile(&page, Measure::Handoffs).beside, [(Measure::LeftOut, 1)]);
    let out = list(app, &ada, &ListQuery::of(page.query.clone(), Measure::LeftOut)).await;
    let why = out.rows[0].left_out.as_ref().expect("why");
    assert_eq!((why.reason.as_str(), why.by.as_str()), ("=a prank", "Ada"));
    // A file says it, too, and no spreadsheet runs it.
    let (_, file) = get(app, &cookie, "/reports/export/handoffs.csv?period=today").await;
    assert!(file.contains("\"'=a prank\""), "{file}");
    let audit = app.services.settings.read_audit(&app.tenant, &AuditFilter::default(), None).await.expect("reads");
    let line = audit.lines.iter().find(|line| line.what == "Left a handoff out of the reports").expect("logged");
    assert_eq!((line.who.as_str(), line.about.is_some()), ("Ada", true));
    assert!(!format!("{line:?}").contains("prank"), "the log holds no texts");
    // and it counts again
    reports.count_again(&ada, ada.initiator(None), &handoff).await.expect("counts again");
    let again = report(app, &ada, "period=today").await;
    assert_eq!(again.tiles, before.tiles);
    let twice = reports.count_again(&ada, ada.initiator(None), &handoff).await;
    assert!(matches!(twice, Err(ReportError::NotFound)), "{twice:?}");
});
