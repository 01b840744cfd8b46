//! An agent returns a conversation to the bot: whatever the customer wrote since the last answer is the bot's turn
//! (promise 4).

use handoff::{
    domain::{
        conversation::{EndingKind, EndingPress, Goodbye, UNDO_TIME},
        desk::{Row, RowState},
        event::{Event, Initiator},
        ids::{MessageId, Seq},
        settings::TextName,
        time::Span,
    },
    server::{accounts::Agent, store::entries},
};
use http::StatusCode;
use serde_json::Value;

use crate::{
    app::{TestApp, on_both},
    meta,
};

const MARIA: &str = "4915550001";
const FALLBACK: &str = "The fallback";
/// A moment after an ending is due.
const PAST_DUE: Span = Span(UNDO_TIME.0 + 1_000);

/// Ana has a conversation that the keyword "agent" requested, and has answered it.
async fn answered(app: &TestApp, ana: &Agent) -> Row {
    let saved =
        app.services.settings.text_save(&app.tenant, Initiator::SYSTEM, TextName::Fallback, FALLBACK.to_owned());
    saved.await.expect("saves");
    let row = app.waiting(ana).await;
    app.services.conversations.claim(ana, &row.id).await.expect("claims");
    app.turn(Span::seconds(1));
    app.services.conversations.reply(ana, &row.id, "c1", "How can I help?", None).await.expect("answers");
    app.settle().await;
    app.only_row(ana).await
}

async fn writes(app: &TestApp, wamid: &str, words: &str) {
    app.turn(Span::seconds(1));
    assert_eq!(app.webhook(&meta::text(MARIA, wamid, app.now(), words)).await, StatusCode::OK);
    while app.services.projector.run_once().await.expect("projects") > 0 {}
}

async fn returns(app: &TestApp, agent: &Agent, row: &Row) {
    app.turn(Span::seconds(1));
    app.services.conversations.return_to_bot(agent, &row.id).await.expect("returns");
    app.settle().await;
}

/// Presses *Return to bot*; it takes effect later.
async fn schedules(app: &TestApp, agent: &Agent, row: &Row) {
    let (kind, seen, goodbye) = (EndingKind::ReturnToBot, row.last_turn.clone(), Goodbye::default());
    let press = EndingPress { kind, seen, goodbye, outcome: None, undo_time: None };
    let mark = app.services.conversations.schedule_ending(agent, &row.id, &press).await.expect("is allowed");
    assert!(mark.is_some(), "is pending");
}

/// The texts that Meta accepted, in order.
fn sent(app: &TestApp) -> Vec<String> {
    let text = |body: &Value| body["text"]["body"].as_str().unwrap_or_default().to_owned();
    app.meta.sent().iter().map(|request| text(&request.body)).collect()
}

/// The messages that requested an agent, in order.
async fn requests(app: &TestApp) -> Vec<Option<MessageId>> {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let log = entries::since(&mut tx, &app.tenant, Seq(0), 10_000).await.expect("reads");
    let request = |event| match event {
        Event::HandedOff { message, .. } => Some(message),
        _ => None,
    };
    log.into_iter().filter_map(|entry| request(entry.event)).collect()
}

on_both!(a_question_without_an_answer_is_the_bots_turn, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = answered(app, &ana).await;
    writes(app, "wamid.2", "And when do you open?").await;
    returns(app, &ana, &row).await;
    assert_eq!(app.only_row(&ana).await.state, RowState::Bot);
    assert_eq!(sent(app).last().map(String::as_str), Some(FALLBACK));
    assert_eq!(sent(app).iter().filter(|text| *text == FALLBACK).count(), 1);
});

on_both!(a_question_with_an_answer_is_not_answered_again, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = answered(app, &ana).await;
    writes(app, "wamid.2", "And when do you open?").await;
    app.turn(Span::seconds(1));
    app.services.conversations.reply(&ana, &row.id, "c2", "At nine.", None).await.expect("answers");
    app.settle().await;
    returns(app, &ana, &row).await;
    assert_eq!(app.only_row(&ana).await.state, RowState::Bot);
    assert_eq!(sent(app).last().map(String::as_str), Some("At nine."));
});

on_both!(a_keyword_without_an_answer_requests_an_agent, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = answered(app, &ana).await;
    // A later message does not hide the request.
    writes(app, "wamid.2", "I want agents who know it").await;
    let asked = app.only_row(&ana).await.last_turn;
    writes(app, "wamid.3", "Hello?").await;
    returns(app, &ana, &row).await;
    assert_eq!(app.only_row(&ana).await.state, RowState::Waiting);
    assert_eq!(requests(app).await[1..], [asked]);
    assert!(!sent(app).contains(&FALLBACK.to_owned()), "the bot does not answer too");
});

on_both!(a_message_that_requested_the_agent_is_not_heard_again, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = app.waiting(&ana).await;
    app.services.conversations.claim(&ana, &row.id).await.expect("claims");
    returns(app, &ana, &row).await;
    assert_eq!(app.only_row(&ana).await.state, RowState::Bot);
    assert_eq!(requests(app).await.len(), 1);
});

on_both!(what_arrives_while_a_return_is_pending_is_the_bots_turn_after_the_next_one, async |app| {
    let (ana, _) = app.agent("Ana").await;
    for (nth, words, state) in [(1, "And when do you open?", RowState::Bot), (2, "an agent", RowState::Waiting)] {
        // given a pending return, which the customer's message cancels
        let row = match nth {
            1 => answered(app, &ana).await,
            _ => {
                let row = app.only_row(&ana).await;
                app.services.conversations.take_over(&ana, &row.id).await.expect("takes over");
                app.only_row(&ana).await
            }
        };
        schedules(app, &ana, &row).await;
        writes(app, &format!("wamid.late.{nth}"), words).await;
        let row = app.only_row(&ana).await;
        assert_eq!(row.ending, None);
        // when the agent presses again
        schedules(app, &ana, &row).await;
        app.turn(PAST_DUE);
        app.settle().await;
        // then it is answered, or calls an agent
        assert_eq!(app.only_row(&ana).await.state, state, "{words}");
        assert_eq!(sent(app).iter().filter(|text| *text == FALLBACK).count(), 1, "{words}");
    }
});
