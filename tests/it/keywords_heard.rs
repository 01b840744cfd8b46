//! Keywords in everyday sentences and in edited messages, through the webhook.

use handoff::{
    domain::{
        desk::RowState,
        event::{Entry, Event},
        ids::Seq,
        time::Span,
    },
    server::{accounts::Agent, store::entries},
};
use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    app::{TestApp, on_both},
    meta,
};

const MARIA: &str = "4915550001";

async fn says(app: &TestApp, phone: &str, wamid: &str, words: &str) {
    app.turn(Span::seconds(1));
    assert_eq!(app.webhook(&meta::text(phone, wamid, app.now(), words)).await, StatusCode::OK);
    app.settle().await;
}

/// Maria edits her first message.
async fn edits(app: &TestApp, wamid: &str, words: &str) {
    app.turn(Span::seconds(1));
    let edit = json!({"type": "edit", "edit": {"original_message_id": "wamid.1",
        "message": {"type": "text", "text": {"body": words}}}});
    assert_eq!(app.webhook(&meta::message(MARIA, wamid, app.now(), edit)).await, StatusCode::OK);
    app.settle().await;
}

/// How often an agent was requested.
async fn handoffs(app: &TestApp) -> usize {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let log: Vec<Entry> = entries::since(&mut tx, &app.tenant, Seq(0), 10_000).await.expect("reads");
    log.iter().filter(|entry| matches!(entry.event, Event::HandedOff { .. })).count()
}

/// The texts that Meta accepted, in order.
fn sent(app: &TestApp) -> Vec<String> {
    let text = |body: &Value| body["text"]["body"].as_str().unwrap_or_default().to_owned();
    app.meta.sent().iter().map(|request| text(&request.body)).collect()
}

async fn state(app: &TestApp, agent: &Agent) -> RowState {
    app.only_row(agent).await.state
}

on_both!(everyday_forms_of_a_keyword_request_an_agent, async |app| {
    let (ana, _) = app.agent("Ana").await;
    for phrase in ["상담원", "נציג", "موظف", "پشتيباني", "temsilci", "speak to agent"] {
        app.keyword(phrase).await;
    }
    let sentences = [
        "상담원과 통화하고 싶습니다",
        "אני רוצה לדבר עם הנציג",
        "حولني للموظف",
        "پشتیبانی",
        "temsilciye bağla",
        "can I speak to an agent",
    ];
    for (nth, words) in sentences.into_iter().enumerate() {
        let phone = format!("491555001{nth}");
        says(app, &phone, &format!("wamid.{nth}"), words).await;
        let row = app.rows(&ana).await.into_iter().find(|row| row.phone == Some(format!("+{phone}"))).expect("a row");
        assert_eq!(row.state, RowState::Waiting, "{words}");
    }
    // A word within another word requests nobody.
    says(app, "4915550020", "wamid.other", "מנצח, وظيفة, temsilcilik, 상담실").await;
    let row = app.rows(&ana).await.into_iter().find(|row| row.phone.as_deref() == Some("+4915550020")).expect("a row");
    assert_eq!(row.state, RowState::Bot);
});

on_both!(a_changed_rule_is_heard_with_the_next_message, async |app| {
    let (ana, _) = app.agent("Ana").await;
    says(app, MARIA, "wamid.1", "operators").await;
    assert_eq!(state(app, &ana).await, RowState::Bot);
    app.keyword("operator").await;
    says(app, MARIA, "wamid.2", "operators").await;
    assert_eq!(state(app, &ana).await, RowState::Waiting);
});

on_both!(a_message_that_is_edited_into_a_keyword_requests_an_agent_once, async |app| {
    let (ana, _) = app.agent("Ana").await;
    app.keyword("agent").await;
    // given a misspelt request, which the bot has answered
    says(app, MARIA, "wamid.1", "I want an aegnt").await;
    assert_eq!((state(app, &ana).await, sent(app).len()), (RowState::Bot, 1));
    // when it is edited without the keyword, then nothing is answered twice
    edits(app, "wamid.edit.1", "I want an aegnt!").await;
    assert_eq!((state(app, &ana).await, sent(app).len()), (RowState::Bot, 1));
    // when it is edited into the keyword, then an agent is requested
    edits(app, "wamid.edit.2", "I want an agent").await;
    assert_eq!((state(app, &ana).await, handoffs(app).await), (RowState::Waiting, 1));
    // when the agent has returned it, then the same rule is not heard again in that message, but another rule is
    let id = app.only_row(&ana).await.id;
    app.services.conversations.claim(&ana, &id).await.expect("claims");
    app.services.conversations.return_to_bot(&ana, &id).await.expect("returns");
    edits(app, "wamid.edit.3", "I want an agent, please").await;
    assert_eq!((state(app, &ana).await, handoffs(app).await), (RowState::Bot, 1));
    app.keyword("manager").await;
    edits(app, "wamid.edit.4", "I want an agent or a manager").await;
    assert_eq!((state(app, &ana).await, handoffs(app).await), (RowState::Waiting, 2));
});

on_both!(an_edit_before_the_bots_turn_is_heard_once, async |app| {
    let (ana, _) = app.agent("Ana").await;
    app.keyword("agent").await;
    app.turn(Span::seconds(1));
    assert_eq!(app.webhook(&meta::text(MARIA, "wamid.1", app.now(), "an aegnt")).await, StatusCode::OK);
    while app.services.projector.run_once().await.expect("projects") > 0 {}
    edits(app, "wamid.edit", "an agent").await;
    assert_eq!((state(app, &ana).await, handoffs(app).await), (RowState::Waiting, 1));
});

on_both!(an_edit_while_an_agent_has_the_conversation_requests_nobody, async |app| {
    let (ana, _) = app.agent("Ana").await;
    app.keyword("agent").await;
    says(app, MARIA, "wamid.1", "Hello").await;
    let id = app.only_row(&ana).await.id;
    app.services.conversations.take_over(&ana, &id).await.expect("takes over");
    let before = handoffs(app).await;
    edits(app, "wamid.edit", "an agent").await;
    assert_eq!(handoffs(app).await, before);
    assert!(matches!(state(app, &ana).await, RowState::Claimed { .. }));
});
