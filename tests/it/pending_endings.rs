//! A close or a return to the bot that can be undone: what happens until it is due, when it is due, and what cancels it.

mod cancelled;
mod due;
mod preferences;
mod restarts;
mod shown;
mod undo;
mod unseen;

use handoff::{
    domain::{
        conversation::{EndingKind, EndingPress, Goodbye, Refusal, UNDO_TIME},
        desk::{EndingMark, Frame, Row, RowState},
        event::{Entry, Event, Initiator},
        ids::{ConversationId, Seq},
        settings::TextName,
        time::Span,
    },
    server::{
        accounts::Agent,
        conversations::ConversationError,
        store::entries,
        workers::{JobKind, Selection},
    },
};
use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    app::{TestApp, on_both},
    desk_law::stream::Stream,
    meta,
};

const MARIA: &str = "4915550001";
/// A moment after an ending is due: a status that arrives then was not received before.
const PAST_DUE: Span = Span(UNDO_TIME.0 + 1_000);

fn press(kind: EndingKind, row: &Row) -> EndingPress {
    EndingPress { kind, seen: row.last_turn.clone(), goodbye: Goodbye::default(), outcome: None, undo_time: None }
}

/// A conversation that Ana has claimed; nothing of it is in the outbox.
async fn claimed(app: &TestApp, ana: &Agent) -> Row {
    let row = app.waiting(ana).await;
    app.services.conversations.claim(ana, &row.id).await.expect("claims");
    app.settle().await;
    app.only_row(ana).await
}

/// Ana presses.
async fn pressed(app: &TestApp, ana: &Agent, kind: EndingKind, row: &Row) -> EndingMark {
    let scheduled = app.services.conversations.schedule_ending(ana, &row.id, &press(kind, row)).await;
    scheduled.expect("is allowed").expect("is pending")
}

async fn closing_text(app: &TestApp, text: &str) {
    let saved =
        app.services.settings.text_save(&app.tenant, Initiator::SYSTEM, TextName::Closing, text.to_owned()).await;
    saved.expect("saves");
}

async fn writes(app: &TestApp, wamid: &str, words: &str) {
    let body = meta::text(MARIA, wamid, app.now(), words);
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
}

async fn log(app: &TestApp) -> Vec<Entry> {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    entries::since(&mut tx, &app.tenant, Seq(0), 10_000).await.expect("reads")
}

/// Why endings were cancelled, in order.
async fn causes(app: &TestApp) -> Vec<&'static str> {
    let causes = log(app).await.into_iter().filter_map(|entry| match entry.event {
        Event::EndingCancelled { cause, .. } => Some(cause.as_str()),
        _ => None,
    });
    causes.collect()
}

/// The texts that Meta accepted, in order.
fn sent(app: &TestApp) -> Vec<String> {
    let text = |body: &Value| body["text"]["body"].as_str().unwrap_or_default().to_owned();
    app.meta.sent().iter().map(|request| text(&request.body)).collect()
}

fn refusal<T: std::fmt::Debug>(done: Result<T, ConversationError>) -> Refusal {
    match done {
        Err(ConversationError::Refused(refusal)) => refusal,
        other => panic!("refused, not {other:?}"),
    }
}

on_both!(until_it_is_due_an_ending_changes_and_sends_nothing, async |app| {
    closing_text(app, "Bye").await;
    let (ana, cookie) = app.agent("Ana").await;
    let row = claimed(app, &ana).await;
    let before = sent(app);
    let mut desk = app.desk(&ana).await;
    let mut stream = Stream::open(app, &cookie, desk.seq).await;

    let mark = pressed(app, &ana, EndingKind::Close, &row).await;
    assert_eq!((mark.due_at, mark.name.as_str()), (app.now().plus(UNDO_TIME), "Ana"));
    app.turn(Span::seconds(7));
    app.settle().await;

    let pending = app.only_row(&ana).await;
    assert_eq!(pending.ending, Some(mark));
    assert_eq!(pending.state, row.state, "it stays with Ana");
    assert_eq!(sent(app), before);
    let fresh = app.desk(&ana).await;
    while desk.seq < fresh.seq {
        desk.apply(&stream.next().await.expect("the stream goes on"));
    }
    assert_eq!(desk, fresh, "the frame carries the mark");

    app.turn(Span::seconds(2));
    app.settle().await;
    let closed = app.only_row(&ana).await;
    assert_eq!(
        (closed.state, closed.ending),
        (RowState::Closed { at: app.now() }, None),
        "it ended when it took effect"
    );
    assert_eq!(sent(app).last().map(String::as_str), Some("Bye"));
    assert_eq!(causes(app).await, [""; 0]);
});

on_both!(a_goodbye_is_sent_as_it_was_edited_or_left_out, async |app| {
    closing_text(app, "Bye, {{ customer.first_name }}").await;
    let (ana, _) = app.agent("Ana").await;
    let mut expected = Vec::new();
    for (nth, goodbye, text) in [
        (1, Goodbye::Standard, Some("Bye, Maria")),
        (2, Goodbye::Edited(" See you {{ soon }} ".to_owned()), Some("See you {{ soon }}")),
        (3, Goodbye::Off, None),
    ] {
        writes(app, &format!("wamid.{nth}"), "Hello").await;
        while app.services.projector.run_once().await.expect("projects") > 0 {}
        let row = app.rows(&ana).await.into_iter().find(|row| row.state == RowState::Bot).expect("with the bot");
        let conversations = &app.services.conversations;
        conversations.take_over(&ana, &row.id).await.expect("takes over");
        let press = EndingPress { goodbye, ..press(EndingKind::Close, &row) };
        conversations.schedule_ending(&ana, &row.id, &press).await.expect("is allowed");
        app.turn(PAST_DUE);
        app.settle().await;
        expected.extend(text.map(str::to_owned));
        assert_eq!(sent(app), expected);
    }
    let row = app.rows(&ana).await.remove(0);
    let endless = EndingPress { goodbye: Goodbye::Edited("x".repeat(5_000)), ..press(EndingKind::Close, &row) };
    let refused = app.services.conversations.schedule_ending(&ana, &row.id, &endless).await;
    assert!(matches!(refused, Err(ConversationError::Invalid(_))), "{refused:?}");
});

on_both!(a_return_to_the_bot_takes_effect_when_it_is_due, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = claimed(app, &ana).await;
    pressed(app, &ana, EndingKind::ReturnToBot, &row).await;
    app.turn(PAST_DUE);
    app.settle().await;
    let returned = app.only_row(&ana).await;
    assert_eq!((returned.state, returned.ending), (RowState::Bot, None));
});

on_both!(an_ending_outlives_a_crash_before_it_is_due, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = claimed(app, &ana).await;
    pressed(app, &ana, EndingKind::Close, &row).await;
    let next = app.killed_and_restarted().await;
    assert_eq!(next.endings.run_once().await.expect("runs"), 0, "it can still be undone");
    assert!(app.only_row(&ana).await.ending.is_some());
    app.turn(PAST_DUE);
    assert_eq!(next.endings.run_once().await.expect("runs"), 1);
    assert!(matches!(app.only_row(&ana).await.state, RowState::Closed { .. }));
    app.settle().await;
});

on_both!(an_ending_outlives_a_crash_while_it_is_carried_out, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = claimed(app, &ana).await;
    pressed(app, &ana, EndingKind::Close, &row).await;
    app.turn(PAST_DUE);
    let taken = app.services.jobs.take(JobKind::Ending, Selection::Any, Span::seconds(60), 9).await.expect("takes");
    assert_eq!(taken.len(), 1);
    let next = app.killed_and_restarted().await;
    assert_eq!(next.endings.run_once().await.expect("runs"), 1, "the lease of a dead server is freed");
    assert!(matches!(app.only_row(&ana).await.state, RowState::Closed { .. }));
    // When the killed worker comes back, nothing happens twice.
    app.services.conversations.carry_out_ending(&taken[0]).await.expect("its lease is lost");
    assert_eq!(log(app).await.iter().filter(|entry| entry.event.name() == "closed").count(), 1);
    app.settle().await;
});

on_both!(a_message_in_the_journal_counts_before_the_ending, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = claimed(app, &ana).await;
    pressed(app, &ana, EndingKind::Close, &row).await;
    app.turn(Span::seconds(7));
    writes(app, "wamid.wait", "Wait, one more thing").await;
    app.turn(Span::seconds(2));
    // The ending is due, and the message is not read yet.
    assert_eq!(app.services.endings.run_once().await.expect("runs"), 1);
    assert!(app.only_row(&ana).await.ending.is_some(), "it waits");
    app.turn(Span::seconds(1));
    app.settle().await;
    let row = app.only_row(&ana).await;
    assert_eq!((row.ending, row.preview.as_str()), (None, "Wait, one more thing"), "the same conversation");
    assert_eq!(causes(app).await, ["customer_wrote"]);
});

on_both!(a_refused_ending_is_cancelled_and_its_agent_is_told, async |app| {
    let (ana, cookie) = app.agent("Ana").await;
    let row = claimed(app, &ana).await;
    pressed(app, &ana, EndingKind::Close, &row).await;
    // What no operation does: another agent has it, and the ending stays.
    let (ben, _) = app.agent("Ben").await;
    app.run(&format!("UPDATE conversations SET agent_id = '{}'", ben.id())).await;
    let mut stream = Stream::open(app, &cookie, app.desk(&ana).await.seq).await;
    app.turn(PAST_DUE);
    app.settle().await;

    let open = app.only_row(&ana).await;
    let bens = RowState::Claimed { agent: ben.id().clone(), name: "Ben".to_owned() };
    assert_eq!((open.state, open.ending), (bens, None));
    let Frame::Changes(changes) = stream.news().await.expect("a frame") else { panic!("a frame with changes") };
    assert_eq!(changes.cancelled.len(), 1);
    let told = &changes.cancelled[0];
    assert_eq!((&told.agent, &told.conversation), (ana.id(), &row.id));
    assert_eq!(told.detail, "Not closed: another agent took over");
    assert!(app.thread_lines(&ana, &row.id).await.iter().any(|line| line.contains("didn't finish closing this")));
});
