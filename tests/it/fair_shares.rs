//! One tenant's backlog does not delay another tenant's message. Delays are counted in rounds of the queues.

use axum::body::Body;
use handoff::{
    domain::{
        ids::{TenantId, Wamid},
        time::Span,
    },
    server::{
        store::{
            jobs::{self, JobRow},
            journal, messages,
            outbox::{self, Sender},
        },
        workers::{JobKind, Selection},
    },
};
use http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::{
    app::{Leftover, TestApp, on_both},
    meta,
};

/// A customer writes to the number of [`TestApp::other_tenant`].
pub async fn writes_to_other_tenant(app: &TestApp, phone: &str, wamid: &str, words: &str) {
    writes_to_other_tenant_as(app, phone, wamid, json!({"type": "text", "text": {"body": words}})).await;
}

/// As [`writes_to_other_tenant`], with a message of any type.
pub async fn writes_to_other_tenant_as(app: &TestApp, phone: &str, wamid: &str, message: Value) {
    let mut body = meta::message(phone, wamid, app.now(), message);
    let entry = &mut body["entry"][0];
    entry["id"] = json!("800700600500400");
    entry["changes"][0]["value"]["metadata"]["phone_number_id"] = json!("900800700600500");
    let body = body.to_string().into_bytes();
    let request = Request::post("/webhooks/whatsapp/globex-app")
        .header("x-hub-signature-256", meta::signature("globex-app-secret", &body))
        .body(Body::from(body))
        .expect("a request");
    assert_eq!(app.send(request).await.status(), StatusCode::OK);
}

/// One body with messages of so many customers, `each` of one customer.
fn batch(app: &TestApp, customers: usize, each: usize) -> Value {
    let phone = |nth: usize| format!("4915551{nth:04}");
    let contacts: Vec<Value> = (0..customers).map(|nth| meta::contact(&phone(nth))).collect();
    let messages: Vec<Value> = (0..customers * each)
        .map(|nth| {
            let phone = phone(nth % customers);
            json!({"from": phone, "from_user_id": format!("DE.{phone}"), "id": format!("wamid.a{nth}"), "type": "text",
                "timestamp": (app.now().0 / 1_000).to_string(), "text": {"body": "Hello"}})
        })
        .collect();
    meta::envelope(json!({"contacts": contacts, "messages": messages}))
}

/// The tenants with due jobs of a kind.
async fn with_jobs(app: &TestApp, kind: JobKind) -> Vec<TenantId> {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let due = jobs::due_tenants(&mut tx, kind, app.now()).await.expect("reads");
    due.into_iter().map(|(tenant, _)| tenant).collect()
}

/// The tenants with due messages in the outbox.
async fn with_messages(app: &TestApp) -> Vec<TenantId> {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let due = outbox::due_tenants(&mut tx, app.now()).await.expect("reads");
    due.into_iter().map(|(tenant, _)| tenant).collect()
}

async fn insert(app: &TestApp, owed: &[JobRow]) {
    let mut tx = app.services.db.begin_write().await.expect("a transaction");
    jobs::insert(&mut tx, owed, app.now()).await.expect("inserts");
    tx.commit().await.expect("commits");
}

fn job(tenant: &TenantId, kind: JobKind, id: &str, due_at: i64) -> JobRow {
    let (tenant_id, key) = (tenant.clone(), id.to_owned());
    JobRow { id: id.into(), tenant_id, kind, key, payload: String::new(), due_at, attempts: 0 }
}

on_both!(a_body_of_8000_messages_does_not_delay_another_tenants_message, async |app| {
    let (globex, channel) = app.other_tenant().await;
    // given a body of 8,000 messages, of which the first slice is carried
    assert_eq!(app.webhook(&batch(app, 8, 1_000)).await, StatusCode::OK);
    let is_begun = async || {
        let mut tx = app.services.db.begin_read().await.expect("a view");
        let first = messages::by_wamid(&mut tx, &app.tenant, &app.channel, &Wamid("wamid.a0".to_owned())).await;
        first.expect("reads").is_some()
    };
    while !is_begun().await {
        assert_eq!(app.services.projector.run_once().await.expect("projects"), 1, "there is more");
    }
    // when another tenant's customer writes
    writes_to_other_tenant(app, "4915550009", "wamid.b", "Hello").await;
    app.services.projector.run_once().await.expect("projects");
    // then the message is carried within one round, while the large body waits
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let carried = messages::by_wamid(&mut tx, &globex, &channel, &Wamid("wamid.b".to_owned())).await.expect("reads");
    assert!(carried.is_some());
    assert_eq!(journal::backlog(&mut tx).await.expect("reads"), (1, 0));
    app.leaves(Leftover::Journal, "the rest of the large body takes minutes");
    app.leaves(Leftover::Job, "the bot was not started");
});

on_both!(what_a_restart_interrupts_is_carried_once, async |app| {
    // given a body of which only a slice is carried when the server is killed
    assert_eq!(app.webhook(&batch(app, 4, 100)).await, StatusCode::OK);
    assert_eq!(app.services.projector.run_once().await.expect("projects"), 1);
    // when the next one starts
    let next = app.another(8).await;
    while next.projector.run_once().await.expect("projects") > 0 {}
    // then every message is there once
    let (ana, _) = app.agent("Ana").await;
    let mut unread = Vec::new();
    for row in app.rows(&ana).await {
        unread.push(app.unread(&row.id).await);
    }
    assert_eq!(unread, [100; 4]);
    app.leaves(Leftover::Job, "the bot was not started");
});

on_both!(a_backlog_of_turns_and_sends_does_not_delay_another_tenants_answer, async |app| {
    let (globex, _) = app.other_tenant().await;
    assert!(app.other_meta().sent().is_empty());
    // given 80 customers who wait for the bot, and a second later one of another tenant
    assert_eq!(app.webhook(&batch(app, 80, 1)).await, StatusCode::OK);
    while app.services.projector.run_once().await.expect("projects") > 0 {}
    app.turn(Span::seconds(1));
    writes_to_other_tenant(app, "4915550009", "wamid.b", "Hello").await;
    while app.services.projector.run_once().await.expect("projects") > 0 {}
    let (tenant, due) = (&app.tenant, with_jobs(app, JobKind::Turn).await);
    assert!(due.contains(tenant) && due.contains(&globex));
    // when the bot takes one round of turns
    app.services.bot.turns_once().await.expect("turns");
    // then the other tenant's customer is answered, while some of the first wait
    assert_eq!(with_jobs(app, JobKind::Turn).await, std::slice::from_ref(tenant));
    let due = with_messages(app).await;
    assert!(due.contains(tenant) && due.contains(&globex));
    // and the answer is sent in the first round of sends
    app.services.outbox.run_once().await.expect("sends");
    assert!(with_messages(app).await.contains(tenant));
    assert_eq!(app.other_meta().sent().len(), 1);
    let mut tx = app.services.db.begin_write().await.expect("a transaction");
    let (lease, now) = (app.services.jobs.lease(), app.now());
    let left = outbox::take(&mut tx, &globex, now, &lease, now, 9).await.expect("takes");
    tx.rollback().await.expect("rolls back");
    assert!(left.iter().all(|(row, _)| row.author != Sender::Bot), "{left:?}");
    app.leaves(Leftover::Job, "one round only");
    app.leaves(Leftover::Outbox, "one round only");
});

/// How many due jobs of these kinds a tenant has that are not taken.
async fn due(app: &TestApp, tenant: &TenantId, kinds: &[JobKind]) -> usize {
    let (lease, now) = (app.services.jobs.lease(), app.now());
    let mut tx = app.services.db.begin_write().await.expect("a transaction");
    let mut count = 0;
    for kind in kinds {
        let taken = jobs::take(&mut tx, *kind, Selection::Any, tenant, now, &lease, now, 10_000).await;
        count += taken.expect("takes").len();
    }
    tx.rollback().await.expect("rolls back");
    count
}

on_both!(waits_that_end_together_do_not_delay_another_tenants_turn, async |app| {
    let (globex, _) = app.other_tenant().await;
    let now = app.now().0;
    // given hundreds of questions of one tenant whose time is over, flows that resume, and messages to be read again
    let kinds = [JobKind::QuestionTimeout, JobKind::Resume, JobKind::Reread];
    let mut owed = Vec::new();
    for kind in kinds {
        owed.extend((0..200).map(|nth| job(&app.tenant, kind, &format!("{}{nth:03}", kind.as_str()), now)));
    }
    insert(app, &owed).await;
    // when a customer of another tenant writes
    writes_to_other_tenant(app, "4915550009", "wamid.b", "Hello").await;
    while app.services.projector.run_once().await.expect("projects") > 0 {}
    assert_eq!(with_jobs(app, JobKind::Turn).await, [globex]);
    app.services.bot.turns_once().await.expect("turns");
    // then they are answered in the same round, of which the others got a small part
    assert!(with_jobs(app, JobKind::Turn).await.is_empty());
    let done = 600 - due(app, &app.tenant, &kinds).await;
    assert!((3..=48).contains(&done), "{done} transactions of the first tenant");
    app.leaves(Leftover::Job, "they are of no conversation");
    app.leaves(Leftover::Outbox, "nothing is sent");
});

on_both!(a_thousand_hanging_model_turns_leave_places_for_another_tenant, async |app| {
    let (globex, _) = app.other_tenant().await;
    let now = app.now().0;
    let many: Vec<JobRow> =
        (0..1_500).map(|nth| job(&app.tenant, JobKind::Model, &format!("a{nth:04}"), now)).collect();
    insert(app, &many).await;
    // given turns that never end, as many as are taken
    let mut free = 1_024;
    let take = async |free: usize| {
        let taken = app.services.jobs.take_places(JobKind::Model, Selection::OnePerKey, Span::minutes(5), free).await;
        taken.expect("takes").into_iter().map(|job| job.row.id.into_string()).collect::<Vec<_>>()
    };
    loop {
        let taken = take(free).await;
        if taken.is_empty() {
            break;
        }
        free -= taken.len();
    }
    assert_eq!(free, 512);
    // when a customer of another tenant writes
    insert(app, &[job(&globex, JobKind::Model, "b", now)]).await;
    // then that turn is taken next
    assert_eq!(take(free).await, ["b"]);
    app.leaves(Leftover::Job, "they are of no conversation");
});

on_both!(a_single_place_goes_to_each_tenant_in_turn, async |app| {
    let (globex, _) = app.other_tenant().await;
    let now = app.now().0;
    let mut owed: Vec<JobRow> = ["a1", "a2", "a3"].map(|id| job(&app.tenant, JobKind::Fetch, id, now)).into();
    owed.push(job(&globex, JobKind::Fetch, "b1", now + 1));
    insert(app, &owed).await;
    app.turn(Span::seconds(1));
    let mut order = Vec::new();
    for _ in 0..4 {
        let taken = app.services.jobs.take(JobKind::Fetch, Selection::Any, Span::minutes(5), 1).await;
        order.extend(taken.expect("takes").into_iter().map(|job| job.row.id.into_string()));
    }
    let place = order.iter().position(|id| id == "b1").expect("taken");
    assert!(place < 2, "{order:?}");
    order.retain(|id| id != "b1");
    assert_eq!(order, ["a1", "a2", "a3"], "and those of one tenant in order");
});
