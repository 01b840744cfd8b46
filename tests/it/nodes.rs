//! Several servers on one database, and a server that starts after another one was killed.

use handoff::{
    domain::{
        message::{Author, Delivery},
        time::Span,
    },
    server::{
        store::{self, Leased, jobs::JobRow, outbox},
        workers::{JobKind, PRESENCE, Selection},
    },
};

use crate::app::{Engine, Leftover, TestApp, on_both, on_postgres};

async fn customer_writes(app: &TestApp) {
    app.meta.customer_says("c2", "Good morning").expect("writes");
    app.meta.settled().await;
    while app.services.projector.run_once().await.expect("projects") > 0 {}
}

on_both!(a_restart_after_a_kill_sends_at_once, async |app| {
    customer_writes(app).await;
    let killed = app.another(8).await;
    killed.node.join().await.expect("joins");
    let turns = killed.jobs.take(JobKind::Turn, Selection::Any, Span::minutes(5), 9).await.expect("takes");
    assert_eq!(turns.len(), 1);
    // As when a process is killed: the operating system closes its files, and its presence is not ended.
    drop(killed);
    if app.engine == Engine::Postgres {
        app.turn(PRESENCE);
    }

    let started = app.now();
    let mut next = app.another(9).await;
    let mut head = next.bus.watch(&app.tenant);
    let workers = next.start().await.expect("starts");
    while app.meta.sent().is_empty() {
        head.changed().await.expect("the server runs");
    }

    assert!(app.now().since(started) <= Span::seconds(1));
    next.stop.cancel();
    workers.join_all().await;
    assert_eq!(app.meta.sent().len(), 1);
    app.settle().await;
});

on_both!(a_message_being_sent_at_a_kill_is_unknown_at_once_and_sent_once_more, async |app| {
    let (ana, _) = app.agent("Ana").await;
    customer_writes(app).await;
    app.services.bot.run_once().await.expect("turns");
    let killed = app.another(8).await;
    killed.node.join().await.expect("joins");
    let mut tx = killed.db.begin_write().await.expect("begins");
    let (lease, until) = (killed.jobs.lease(), app.now().plus(Span::seconds(90)));
    assert_eq!(outbox::take(&mut tx, &app.tenant, app.now(), &lease, until, 9).await.expect("takes").len(), 1);
    tx.commit().await.expect("commits");
    drop(killed);
    if app.engine == Engine::Postgres {
        app.turn(PRESENCE);
    }

    let next = app.another(9).await;
    next.node.join().await.expect("joins");
    next.outbox.run_once().await.expect("sends");
    let delivery = async || {
        let messages = crate::races::messages(app, &ana, &app.only_row(&ana).await.id).await;
        messages.into_iter().find(|message| message.author == Author::Bot).expect("the greeting").delivery
    };
    assert_eq!(delivery().await, Some(Delivery::Unknown), "the message may have been sent");
    assert_eq!(app.meta.sent().len(), 0);
    app.turn(Span::minutes(1));
    app.settle().await;
    assert_eq!(delivery().await, Some(Delivery::Delivered));
    assert_eq!(app.meta.sent().len(), 1);
});

on_both!(a_server_that_stops_releases_its_leases, async |app| {
    customer_writes(app).await;
    let first = app.another(8).await;
    first.node.join().await.expect("joins");
    assert_eq!(first.jobs.take(JobKind::Turn, Selection::Any, Span::minutes(5), 9).await.expect("takes").len(), 1);
    first.node.leave().await.expect("leaves");
    assert_eq!(app.services.bot.turns_once().await.expect("turns"), 1);
    app.settle().await;
});

on_both!(one_server_at_a_time_uses_a_sqlite_file, async |app| {
    app.services.node.join().await.expect("joins");
    let second = app.another(8).await;
    match (app.engine, second.node.join().await) {
        (Engine::Postgres, joined) => joined.expect("joins"),
        (Engine::Sqlite, joined) => {
            let refused = joined.expect_err("the file is taken").to_string();
            assert!(refused.contains("another Handoff works on"), "{refused}");
            app.services.node.leave().await.expect("leaves");
            second.node.join().await.expect("joins now");
        }
    }
});

// SQLite has one writer at a time.
on_postgres!(a_worker_skips_rows_that_another_server_is_taking, async |app| {
    let owed = ["a", "b"].map(|id| JobRow {
        id: id.into(),
        tenant_id: app.tenant.clone(),
        kind: JobKind::Call,
        key: id.to_owned(),
        payload: String::new(),
        due_at: app.now().0,
        attempts: 0,
    });
    let mut tx = app.services.db.begin_write().await.expect("begins");
    store::jobs::insert(&mut tx, &owed, app.now()).await.expect("inserts");
    tx.commit().await.expect("commits");
    let (jobs, tenant, now) = (&app.services.jobs, &app.tenant, app.now());
    for due in [Selection::Any, Selection::OnePerKey] {
        let mut one = app.services.db.begin_write().await.expect("begins");
        let mut other = app.services.db.begin_write().await.expect("begins");
        let until = now.plus(Span::minutes(1));
        let ids =
            |taken: Vec<Leased<JobRow>>| taken.into_iter().map(|job| job.id.as_str().to_owned()).collect::<Vec<_>>();
        let taken = store::jobs::take(&mut one, JobKind::Call, due, tenant, now, &jobs.lease(), until, 1).await;
        assert_eq!(ids(taken.expect("takes")), ["a"], "{due:?}");
        let taken = store::jobs::take(&mut other, JobKind::Call, due, tenant, now, &jobs.lease(), until, 9).await;
        assert_eq!(ids(taken.expect("takes without waiting")), ["b"], "{due:?}");
        one.rollback().await.expect("lets go");
        other.rollback().await.expect("lets go");
    }
    app.leaves(Leftover::Job, "they are of no conversation");
});
