//! Flow versions that can no longer be read, and flows that loop: a broken version only affects the conversations that
//! run it, and those are escalated.

use handoff::{
    domain::{
        dossier::CallKind,
        flow::{
            definition::{Hours, Jump, Say, Start, Step, StepKind},
            edit::Kind,
            run::Position,
        },
    },
    server::store::{
        facts::FactRow,
        flow_runs::{self, FlowRunRow},
        jobs::{self, JobKind, JobRow},
    },
};

use super::*;

fn step(id: &str, act: StepKind) -> Step {
    Step { id: id.into(), name: String::new(), act }
}

/// Nested so deeply that it can be written as JSON but not parsed again.
fn unreadable() -> Flow {
    let mut steps = vec![step("end", Kind::Close.blank())];
    for depth in 0..100 {
        steps = vec![step(&format!("s{depth}"), StepKind::Hours(Hours { open: steps, closed: Vec::new() }))];
    }
    Flow { name: "Deep".into(), starts: vec![Start::NewConversation], steps, ..Flow::default() }
}

/// Puts a conversation into a flow at any position.
async fn stands(app: &TestApp, id: &ConversationId, flow: &FlowId, position: Position) {
    let mut tx = app.services.db.begin_write().await.expect("a transaction");
    let run = FlowRunRow { flow: flow.clone(), version: 1, position, revision: 1, auto_steps: 0, moved_at: app.now() };
    flow_runs::save(&mut tx, &app.tenant, id, &run).await.expect("saves");
    tx.commit().await.expect("commits");
}

on_both!(an_unreadable_version_starts_nothing_and_affects_no_other_flow, async |app| {
    live(app, "flw_a", &unreadable()).await;
    let _shop = order_status(app).await;
    let (ana, _) = app.agent("Ana").await;
    says(app, "wamid.1", "Hello").await;

    let row = row(app, &ana).await;
    assert_eq!(row.state, RowState::Bot);
    let told = told(app, &ana, &row.id).await;
    assert!(told[0].contains("What is your order number?"), "{told:#?}");
});

/// A conversation runs a flow that can no longer be read, and its customer writes.
async fn gets_a_person(app: &TestApp, position: Position) {
    let (ana, _) = app.agent("Ana").await;
    says(app, "wamid.1", "Hello").await;
    let id = row(app, &ana).await.id;
    let deep = live(app, "flw_a", &unreadable()).await;
    stands(app, &id, &deep, position.clone()).await;

    says(app, "wamid.2", "10042").await;

    let (trigger, brief) = handoff(app, &id).await;
    assert_eq!(trigger, Trigger::Failure { failure: Failure::FlowBroken }, "{position:?}");
    assert!(brief.reason.contains("unreadable"), "{brief:?}");
    // And the agent can return it to the bot.
    app.services.conversations.claim(&ana, &id).await.expect("claims");
    app.services.conversations.return_to_bot(&ana, &id).await.expect("returns");
}

on_both!(a_question_of_an_unreadable_version_escalates_at_once, async |app| {
    gets_a_person(app, Position::Waiting { step: "s1".into(), tries: 0 }).await;
});

on_both!(a_request_of_an_unreadable_version_escalates_at_once, async |app| {
    gets_a_person(app, Position::Fetching { step: "s1".into() }).await;
});

on_both!(a_model_step_of_an_unreadable_version_escalates_at_once, async |app| {
    gets_a_person(app, Position::Modelling { step: "s1".into() }).await;
});

on_both!(a_start_of_an_unreadable_version_escalates_at_once, async |app| {
    gets_a_person(app, Position::Start).await;
});

on_both!(a_job_that_always_fails_escalates, async |app| {
    let (ana, _) = app.agent("Ana").await;
    says(app, "wamid.1", "Hello").await;
    let row_before = row(app, &ana).await;
    // A request that this build cannot read.
    let call = CallRow {
        id: "cal_1".into(),
        kind: CallKind::Http,
        label: "Look up".to_owned(),
        step: None,
        revision: 0,
        request: "{".to_owned(),
        input: "GET".to_owned(),
        output: None,
        status: CallStatus::Requested,
        took: None,
        message_id: None,
        at: app.now().0,
        seq: 0,
    };
    let id = row_before.id;
    let job = JobRow {
        id: "job_broken".into(),
        tenant_id: app.tenant.clone(),
        kind: JobKind::Call,
        key: id.as_str().to_owned(),
        payload: "cal_1".to_owned(),
        due_at: app.now().0,
        attempts: 0,
    };
    let mut tx = app.services.db.begin_write().await.expect("a transaction");
    facts::insert(&mut tx, &app.tenant, &[(id.clone(), FactRow::Call(call))]).await.expect("inserts");
    jobs::insert(&mut tx, &[job], app.now()).await.expect("inserts");
    tx.commit().await.expect("commits");

    for _ in 0..4 {
        app.settle().await;
        app.turn(Span::seconds(2));
    }

    assert_eq!(handoff(app, &id).await.0, Trigger::Failure { failure: Failure::Error });
    assert_eq!(calls(app, &id).await[0].status, CallStatus::Interrupted);
    assert_eq!(row(app, &ana).await.state, RowState::Waiting);
});

on_both!(a_flow_that_loops_by_timeouts_alone_escalates, async |app| {
    let mut question = Kind::Question.blank();
    if let StepKind::Question(question) = &mut question {
        question.text = "Still there?".to_owned();
        question.variable = "there".to_owned();
        question.patience = Some(Span::seconds(10));
        question.on_failure = vec![step("again", StepKind::Jump(Jump { to: "ask".into() }))];
    }
    let flow = Flow {
        name: "Round".into(),
        starts: vec![Start::NewConversation],
        steps: vec![
            step("hello", StepKind::Message(Say::Text { text: "Hello".into() })),
            step("ask", question),
            step("end", Kind::Close.blank()),
        ],
        ..Flow::default()
    };
    live(app, "flw_round", &flow).await;
    let (ana, _) = app.agent("Ana").await;
    says(app, "wamid.1", "Hello").await;
    for _ in 0..40 {
        app.turn(Span::seconds(11));
        app.settle().await;
    }

    let id = row(app, &ana).await.id;
    let (trigger, brief) = handoff(app, &id).await;
    assert_eq!(trigger, Trigger::Failure { failure: Failure::FlowBroken });
    assert!(brief.reason.contains("30 times without a message"), "{brief:?}");
    let asked = told(app, &ana, &id).await.iter().filter(|words| *words == "Still there?").count();
    assert_eq!(asked, 31, "once for the customer's message and thirty times on its own");
});
