//! HTTP requests of flows: recorded before they are sent, sent once, and refused once an agent has taken over.

use handoff::{
    domain::flow::definition::{Close, Http, Jump, Keep, Say, Start, Step, StepKind},
    server::{
        store::{self, jobs::JobRow},
        workers::{JobKind, Leased, Selection},
    },
};
use serde_json::json;
use tokio::task::JoinSet;

use super::*;

on_both!(a_takeover_during_a_request_discards_the_flows_answer, async |app| {
    let shop = order_status(app).await;
    let (ana, _) = app.agent("Ana").await;
    says(app, "wamid.1", "Hello").await;
    app.turn(Span::seconds(2));
    arrives(app, "wamid.2", "9001").await;
    app.services.bot.turns_once().await.expect("turns");
    let id = row(app, &ana).await.id;
    let bot = app.services.bot.clone();
    let call = tokio::spawn(async move { bot.calls_once().await });
    shop.shop.heard().await;

    app.services.conversations.take_over(&ana, &id).await.expect("takes over");
    shop.shop.answer();
    assert_eq!(call.await.expect("ends").expect("settles"), 1);
    app.settle().await;

    assert_eq!(calls(app, &id).await[0].status, CallStatus::Answered, "what came back is kept for the person");
    assert_eq!(told(app, &ana, &id).await.len(), 1, "only the question from before");
    assert_eq!(variables(app, &id).await, pairs(&[("order_number", "9001")]));
});

on_both!(a_request_interrupted_by_a_crash_is_never_repeated, async |app| {
    let shop = order_status(app).await;
    let (ana, _) = app.agent("Ana").await;
    says(app, "wamid.1", "Hello").await;
    app.turn(Span::seconds(2));
    arrives(app, "wamid.2", "10042").await;
    app.services.bot.turns_once().await.expect("turns");
    // The server takes the job and is killed.
    let jobs = &app.services.jobs;
    let taken = jobs.take(JobKind::Call, Selection::Any, Span::seconds(30), 1).await.expect("takes");
    assert_eq!(taken.len(), 1);

    let _next = app.killed_and_restarted().await;
    app.settle().await;

    assert_eq!(shop.shop.asked(), []);
    let id = row(app, &ana).await.id;
    assert_eq!(handoff(app, &id).await.0, Trigger::Failure { failure: Failure::Interrupted });
    assert_eq!(calls(app, &id).await[0].status, CallStatus::Interrupted);
    assert_eq!(app.now().since(row(app, &ana).await.last_at), Span(0), "at once after the start");
});

on_both!(a_response_without_the_field_is_a_failure, async |app| {
    let _shop = order_status(app).await;
    let (ana, _) = app.agent("Ana").await;
    says(app, "wamid.1", "Hello").await;
    says(app, "wamid.2", "10044").await;
    let id = row(app, &ana).await.id;
    let (_, brief) = handoff(app, &id).await;
    assert_eq!(brief.reason, "Couldn't look up order 10044");
});

on_both!(a_message_during_a_request_answers_no_question, async |app| {
    let shop = order_status(app).await;
    let (ana, _) = app.agent("Ana").await;
    says(app, "wamid.1", "Hello").await;
    app.turn(Span::seconds(2));
    arrives(app, "wamid.2", "9001").await;
    app.services.bot.turns_once().await.expect("turns");
    let bot = app.services.bot.clone();
    let call = tokio::spawn(async move { bot.calls_once().await });
    shop.shop.heard().await;
    arrives(app, "wamid.3", "hello?").await;
    app.services.bot.turns_once().await.expect("turns");
    shop.shop.answer();
    call.await.expect("ends").expect("settles");
    app.settle().await;

    let row = row(app, &ana).await;
    assert_eq!(row.state, RowState::Bot);
    let told = told(app, &ana, &row.id).await;
    assert_eq!(told.last().map(String::as_str), Some("Anything else I can help with?"), "{told:#?}");
    assert_eq!(shop.shop.asked().len(), 1);
});

on_both!(a_flow_that_loops_by_requests_alone_escalates, async |app| {
    let shop = Open::new().await;
    let http = Http { url: format!("{}/10042", shop.orders()), ..Http::default() };
    let step = |id: &str, act| Step { id: id.into(), name: String::new(), act };
    let flow = Flow {
        name: "Round".into(),
        starts: vec![Start::NewConversation],
        steps: vec![step("ask", StepKind::Http(http)), step("again", StepKind::Jump(Jump { to: "ask".into() }))],
        ..Flow::default()
    };
    live(app, "flw_round", &flow).await;
    let (ana, _) = app.agent("Ana").await;
    says(app, "wamid.1", "Hello").await;

    let id = row(app, &ana).await.id;
    let (trigger, brief) = handoff(app, &id).await;
    assert_eq!(trigger, Trigger::Failure { failure: Failure::FlowBroken });
    assert!(brief.reason.contains("20 API calls for one message"), "{brief:?}");
    assert_eq!(shop.shop.asked().len(), 20);
    assert!(calls(app, &id).await.iter().all(|call| call.status == CallStatus::Answered));
});

on_both!(a_response_field_is_stored_without_its_nul_byte, async |app| {
    let _shop = order_status(app).await;
    let (ana, _) = app.agent("Ana").await;
    says(app, "wamid.1", "Hello").await;
    says(app, "wamid.2", "10045").await;
    let row = row(app, &ana).await;
    assert_eq!(row.state, RowState::Bot);
    assert!(variables(app, &row.id).await.contains(&("order_status".to_owned(), "shipped".to_owned())));
});

on_both!(a_request_after_a_takeover_is_not_sent_and_recorded_as_such, async |app| {
    let shop = order_status(app).await;
    let (ana, _) = app.agent("Ana").await;
    says(app, "wamid.1", "Hello").await;
    app.turn(Span::seconds(2));
    arrives(app, "wamid.2", "10042").await;
    app.services.bot.turns_once().await.expect("turns");
    let id = row(app, &ana).await.id;
    app.services.conversations.take_over(&ana, &id).await.expect("takes over");
    app.settle().await;

    assert_eq!(shop.shop.asked(), []);
    let call = calls(app, &id).await.remove(0);
    assert_eq!(
        (call.status.as_str(), call.output.as_deref()),
        ("failed", Some("An agent took over before the call was sent."))
    );
});

on_both!(a_response_after_another_flow_started_is_discarded, async |app| {
    let shop = order_status(app).await;
    let keep = vec![Keep { pointer: "/status".into(), variable: "other_status".into() }];
    let http = Http { url: format!("{}/9002", shop.orders()), keep, ..Http::default() };
    let step = |id: &str, act| Step { id: id.into(), name: String::new(), act };
    let say = Say::Text { text: "The other is {{ other_status }}.".into() };
    let other = Flow {
        name: "Other".into(),
        starts: vec![Start::Button { payload: "other".into() }],
        // The same step id as in the first flow: the two must not be confused.
        steps: vec![
            step("look_up", StepKind::Http(http)),
            step("say", StepKind::Message(say)),
            step("end", StepKind::Close(Close::default())),
        ],
        ..Flow::default()
    };
    live(app, "flw_other", &other).await;
    let (ana, _) = app.agent("Ana").await;
    says(app, "wamid.1", "Hello").await;
    app.turn(Span::seconds(2));
    arrives(app, "wamid.2", "9001").await;
    let call = async || {
        app.services.bot.turns_once().await.expect("turns");
        let bot = app.services.bot.clone();
        let mut calls = JoinSet::new();
        calls.spawn(async move { bot.calls_once().await });
        shop.shop.heard().await;
        calls
    };
    let first = call().await;
    let tap = json!({"type": "interactive", "interactive": {"type": "button_reply",
        "button_reply": {"id": "other", "title": "Other"}}});
    assert_eq!(app.webhook(&meta::message(MARIA, "wamid.3", app.now(), tap)).await, StatusCode::OK);
    while app.services.projector.run_once().await.expect("projects") > 0 {}
    let second = call().await;

    shop.shop.answer();
    first.join_all().await.remove(0).expect("settles");
    let id = row(app, &ana).await.id;
    assert_eq!(told(app, &ana, &id).await.len(), 1, "nothing but the question from before");
    shop.shop.answer();
    second.join_all().await.remove(0).expect("settles");
    app.settle().await;

    assert_eq!(told(app, &ana, &id).await.last().map(String::as_str), Some("The other is shipped."));
    let expected = pairs(&[("order_number", "9001"), ("other_status", "shipped")]);
    assert_eq!(variables(app, &id).await, expected);
    let statuses: Vec<_> = calls(app, &id).await.into_iter().map(|call| call.status).collect();
    assert_eq!(statuses, [CallStatus::Interrupted, CallStatus::Answered]);
});

on_both!(a_tenant_has_no_more_concurrent_calls_than_its_share, async |app| {
    let jobs = &app.services.jobs;
    let owed = ["a", "b", "c"].map(|id| JobRow {
        id: id.into(),
        tenant_id: app.tenant.clone(),
        kind: JobKind::Call,
        key: id.to_owned(),
        payload: String::new(),
        due_at: app.now().0,
        attempts: 0,
    });
    let mut tx = app.services.db.begin_write().await.expect("a transaction");
    store::jobs::insert(&mut tx, &owed, app.now()).await.expect("inserts");
    tx.commit().await.expect("commits");
    let take = async || jobs.take(JobKind::Call, Selection::FairShare(2), Span::seconds(30), 10).await.expect("takes");
    let ids = |taken: &[Leased<JobRow>]| taken.iter().map(|job| job.id.as_str().to_owned()).collect::<Vec<_>>();
    let first = take().await;
    assert_eq!(ids(&first), ["a", "b"]);
    assert_eq!(ids(&take().await), [""; 0], "the share is used up");
    jobs.finish(&first[0]).await.expect("finishes");
    assert_eq!(ids(&take().await), ["c"]);
});
