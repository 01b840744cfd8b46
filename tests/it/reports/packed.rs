//! Packed days: reports and lists that are counted from them equal those of the rows, whatever has changed since.

use handoff::{
    domain::{
        event::Initiator,
        ids::Seq,
        report::{
            list::ListQuery,
            measure::Measure,
            packed::{RowKind, UtcDay, changes::RowChange},
        },
        time::Span,
    },
    server::{
        accounts::Agent,
        store::{
            report_packed_days::{self, PackedHead},
            report_unpacked_rows,
        },
    },
};

use super::{list, morning, report, says};
use crate::{
    app::{START, TestApp, on_both},
    report_facts::add,
};

/// One for each kind of rows, and what is counted apart.
const SOME: [Measure; 8] = [
    Measure::Handoffs,
    Measure::LeftOut,
    Measure::Queue,
    Measure::NextReply,
    Measure::Escalated,
    Measure::Reopened,
    Measure::Messages,
    Measure::Stints,
];

/// The report of an address, and the lists of some measures, from packed days and from rows.
pub async fn equal_those_of_rows(app: &TestApp, viewer: &Agent, query: &str, measures: &[Measure]) {
    let by_rows = app.services.reports.clone().without_packed_days();
    let page = report(app, viewer, query).await;
    assert_eq!(page, by_rows.read_report(viewer, query).await.expect("a report"), "{query}");
    for measure in measures {
        let query = ListQuery::of(page.query.clone(), *measure).query();
        let found = app.services.reports.read_list(viewer, &query).await.expect("a list");
        assert_eq!(found, by_rows.read_list(viewer, &query).await.expect("a list"), "{query}");
    }
}

/// The kinds whose first day of the test is packed.
async fn packed(app: &TestApp) -> Vec<RowKind> {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let (mut found, day) = (Vec::new(), UtcDay::of(START));
    for kind in RowKind::ALL {
        let heads = report_packed_days::heads(&mut tx, &app.tenant, kind, day, day).await.expect("reads");
        found.extend(heads.iter().map(|_| kind));
    }
    found
}

on_both!(what_changes_after_a_day_was_packed_counts_at_once, async |app| {
    let ((ana, _), (ada, _)) = (app.agent("Ana").await, app.admin().await);
    morning(app, &ana).await;
    let before = report(app, &ada, "from=2026-03-02&to=2026-03-02").await;
    // given: the day is packed once it is over, and once only
    assert_eq!(app.services.day_packer.run_once().await.expect("packs"), 0);
    app.turn(Span::days(1));
    assert_eq!(app.services.day_packer.run_once().await.expect("packs"), RowKind::ALL.len());
    assert_eq!(packed(app).await, RowKind::ALL);
    assert_eq!(app.services.day_packer.run_once().await.expect("packs"), 0);
    let days = "from=2026-03-01&to=2026-03-02";
    equal_those_of_rows(app, &ada, days, &Measure::ALL).await;
    let page = report(app, &ada, days).await;
    assert_eq!((page.agents, page.triggers), (before.agents, before.triggers));

    // when Otto's handoff is claimed and closed, and Maria comes back
    let conversations = &app.services.conversations;
    let rows = app.rows(&ana).await;
    let otto = rows.iter().find(|row| row.phone.as_deref() == Some("+4915550002")).expect("Otto").clone();
    conversations.claim(&ana, &otto.id).await.expect("claims");
    conversations.close(&ana, &otto.id, otto.last_turn).await.expect("closes");
    app.settle().await;
    says(app, "4915550001", "wamid.back", "It did not come").await;
    add(&app.services).await;
    // then both days count it
    for query in [days, "period=last_7_days", "period=today&trigger=keyword&outcome=none"] {
        equal_those_of_rows(app, &ada, query, &SOME).await;
    }
    let reopened = ListQuery::of(report(app, &ada, days).await.query, Measure::Reopened);
    assert_eq!(list(app, &ada, &reopened).await.measured.n, 1, "Maria's close is one of the day before");

    // when a handoff is left out, counts again, and everything is derived again
    let reports = &app.services.reports;
    let handoffs = ListQuery::of(page.query.clone(), Measure::Waiting);
    let handoff = list(app, &ada, &handoffs).await.rows[0].handoff.clone().expect("a handoff");
    reports.leave_out(&ada, Initiator::SYSTEM, &handoff, "A test").await.expect("leaves out");
    equal_those_of_rows(app, &ada, days, &SOME).await;
    add(&app.services).await;
    let day = UtcDay::of(START);
    for kind in RowKind::ALL {
        assert!(app.services.day_packer.pack(&app.tenant, kind, day).await.expect("packs"));
    }
    equal_those_of_rows(app, &ada, days, &SOME).await;
    reports.count_again(&ada, Initiator::SYSTEM, &handoff).await.expect("counts again");
    equal_those_of_rows(app, &ada, days, &SOME).await;
    app.services.report_facts.rebuild(&app.tenant).await.expect("requests it");
    assert!(!app.services.day_packer.pack(&app.tenant, RowKind::Waits, day).await.expect("waits for the facts"));
    add(&app.services).await;
    assert_eq!(packed(app).await, [], "nothing outlives its facts");
    equal_those_of_rows(app, &ada, days, &[]).await;
});

on_both!(a_day_that_cannot_be_read_is_read_from_its_rows_and_packed_again, async |app| {
    let ((ana, _), (ada, _)) = (app.agent("Ana").await, app.admin().await);
    morning(app, &ana).await;
    app.turn(Span::days(1));
    app.services.day_packer.run_once().await.expect("packs");
    // given a day that another version has packed
    let day = UtcDay::of(START);
    let head = PackedHead { day, seq: Seq(1), revision: 7, rows: 2 };
    let mut tx = app.services.db.begin_write().await.expect("begins");
    report_packed_days::save(&mut tx, &app.tenant, RowKind::Handoffs, head, &[99]).await.expect("stores");
    tx.commit().await.expect("commits");
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let read = report_packed_days::read(&mut tx, &app.tenant, RowKind::Handoffs, &[day]).await.expect("reads");
    drop(tx);
    let [(_, Err(error))] = &read[..] else { panic!("one that cannot be read: {read:?}") };
    let expected = format!(
        "unreadable row {}/handoffs/{} of the table report_packed_days: data: version 99 is not known",
        app.tenant, day.0
    );
    assert_eq!(error.to_string(), expected);
    // then its rows are counted, and it is packed again
    equal_those_of_rows(app, &ada, "period=yesterday", &[Measure::Handoffs]).await;
    assert!(!packed(app).await.contains(&RowKind::Handoffs));
    assert_eq!(app.services.day_packer.run_once().await.expect("packs"), 1);
    equal_those_of_rows(app, &ada, "period=yesterday", &[Measure::Handoffs]).await;
    assert_eq!(packed(app).await, RowKind::ALL);
    // and what changed while a day was packed stays to be read from its row, until it is packed with that change
    let (mut tx, kind) = (app.services.db.begin_write().await.expect("begins"), RowKind::Waits);
    assert_eq!(report_unpacked_rows::days(&mut tx).await.expect("reads"), []);
    let change = |row: &str| RowChange { kind, day, row: row.to_owned() };
    report_unpacked_rows::insert(&mut tx, &app.tenant, Seq(8), &[change("1"), change("2")]).await.expect("stores");
    report_unpacked_rows::insert(&mut tx, &app.tenant, Seq(9), &[change("2")]).await.expect("stores");
    for (packed, expected) in [(7, vec!["1", "2"]), (8, vec!["2"]), (9, vec![])] {
        report_unpacked_rows::remove_packed(&mut tx, &app.tenant, kind, day, Seq(packed)).await.expect("removes");
        let rows = report_unpacked_rows::within(&mut tx, &app.tenant, kind, day, day).await.expect("reads");
        assert_eq!(rows.iter().map(|(_, row)| row.as_str()).collect::<Vec<_>>(), expected, "packed at {packed}");
    }
    tx.rollback().await.expect("rolls back");
});
