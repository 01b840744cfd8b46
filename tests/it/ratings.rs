//! The question for a rating after a close by an agent: when it is asked, and in which message. `ratings/answers.rs` tests
//! the answers.

mod answers;

use handoff::{
    contract::audit::AuditFilter,
    domain::{
        conversation::{EndingKind, EndingPress, Goodbye, UNDO_TIME},
        desk::{Row, RowState},
        event::{Entry, Event, Initiator},
        ids::{ConversationId, Seq},
        rating::{RatingRule, RatingSettings},
        settings::{SilenceTimes, TextName},
        time::Span,
    },
    server::{accounts::Agent, settings::SettingsError, store::entries},
};
use serde_json::{Value, json};

use crate::app::{TestApp, on_both};

/// The closing text that is set at first, for Maria.
const GOODBYE: &str = "Thank you, Maria. If anything else comes up, just write again.";
const QUESTION: &str = "How was our help?";
/// A moment after an ending is due.
const PAST_DUE: Span = Span(UNDO_TIME.0 + 1_000);

async fn save(app: &TestApp, rating: RatingSettings) -> Result<(), SettingsError> {
    app.services.settings.rating_save(&app.tenant, Initiator::SYSTEM, rating).await
}

async fn switch_on(app: &TestApp) {
    save(app, RatingSettings { rule: RatingRule::AfterClose, ..RatingSettings::default() }).await.expect("saves");
}

async fn closing_text(app: &TestApp, text: &str) {
    let saved =
        app.services.settings.text_save(&app.tenant, Initiator::SYSTEM, TextName::Closing, text.to_owned()).await;
    saved.expect("saves");
}

async fn replies(app: &TestApp, agent: &Agent, id: &ConversationId, words: &str) {
    app.turn(Span::seconds(1));
    app.services.conversations.reply(agent, id, words, words, None).await.expect("replies");
    app.settle().await;
}

/// Ana has claimed Maria's conversation and has answered.
async fn answered(app: &TestApp, ana: &Agent) -> Row {
    let row = app.waiting(ana).await;
    app.services.conversations.claim(ana, &row.id).await.expect("claims");
    replies(app, ana, &row.id, "Hello, how can I help?").await;
    app.only_row(ana).await
}

async fn closes(app: &TestApp, agent: &Agent, row: &Row) {
    app.services.conversations.close(agent, &row.id, row.last_turn.clone()).await.expect("closes");
    app.settle().await;
}

/// Ana has answered and closed, and Maria was asked.
async fn asked(app: &TestApp, ana: &Agent) -> Row {
    switch_on(app).await;
    let row = answered(app, ana).await;
    closes(app, ana, &row).await;
    app.only_row(ana).await
}

/// Ana presses *Close*, and the time to undo is over.
async fn ends(app: &TestApp, ana: &Agent, row: &Row, goodbye: Goodbye) {
    let (kind, seen) = (EndingKind::Close, row.last_turn.clone());
    let press = EndingPress { kind, seen, goodbye, outcome: None, undo_time: None };
    app.services.conversations.schedule_ending(ana, &row.id, &press).await.expect("is allowed").expect("is pending");
    app.turn(PAST_DUE);
    app.settle().await;
}

async fn log(app: &TestApp) -> Vec<Entry> {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    entries::since(&mut tx, &app.tenant, Seq(0), 10_000).await.expect("reads")
}

/// How often customers were asked.
async fn questions(app: &TestApp) -> usize {
    log(app).await.iter().filter(|entry| matches!(entry.event, Event::RatingAsked { .. })).count()
}

/// The requests that Meta accepted after the first `before`.
fn sent_since(app: &TestApp, before: usize) -> Vec<Value> {
    app.meta.sent().into_iter().skip(before).map(|sent| sent.body).collect()
}

/// The text of a message with buttons.
fn question(request: &Value) -> &str {
    request["interactive"]["body"]["text"].as_str().unwrap_or_default()
}

/// Title and payload of each button.
fn buttons(request: &Value) -> Vec<(String, String)> {
    let buttons = request["interactive"]["action"]["buttons"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    buttons.iter().map(|button| (text(&button["reply"]["title"]), text(&button["reply"]["id"]))).collect()
}

on_both!(the_question_is_part_of_the_closing_message, async |app| {
    let (ana, _) = app.agent("Ana").await;
    switch_on(app).await;
    let row = answered(app, &ana).await;
    assert_eq!(app.thread(&ana, &row.id).await.rating_question.as_deref(), Some(QUESTION));
    let before = app.meta.sent().len();
    // when Ana closes
    closes(app, &ana, &row).await;
    // then the customer gets one message with both, and is asked once
    let sent = sent_since(app, before);
    assert_eq!(sent.len(), 1, "{sent:#?}");
    assert_eq!(question(&sent[0]), format!("{GOODBYE}\n\n{QUESTION}"));
    let titles: Vec<String> = buttons(&sent[0]).into_iter().map(|(title, _)| title).collect();
    assert_eq!((titles, questions(app).await), (["Great", "So-so", "Not good"].map(str::to_owned).to_vec(), 1));
    // and after the close there is nothing to announce
    assert_eq!(app.thread(&ana, &row.id).await.rating_question, None);
});

on_both!(without_a_closing_message_the_question_is_sent_alone, async |app| {
    let (ana, _) = app.agent("Ana").await;
    closing_text(app, "").await;
    switch_on(app).await;
    let row = answered(app, &ana).await;
    let before = app.meta.sent().len();
    ends(app, &ana, &row, Goodbye::Standard).await;
    let sent = sent_since(app, before);
    assert_eq!((sent.len(), question(&sent[0])), (1, QUESTION));
});

on_both!(the_agents_goodbye_is_the_beginning_and_may_be_off, async |app| {
    let (ana, _) = app.agent("Ana").await;
    switch_on(app).await;
    let mut row = answered(app, &ana).await;
    let edited = |text: &str| Goodbye::Edited(text.to_owned());
    let long = "é".repeat(1_024);
    // given closes of one conversation, which is reopened and answered in between
    for (goodbye, expected) in [
        (edited("See you, {{ Maria }}"), Some(format!("See you, {{{{ Maria }}}}\n\n{QUESTION}"))),
        (Goodbye::Off, Some(QUESTION.to_owned())),
        // A goodbye that leaves no room goes alone: a second message would cost as much again.
        (edited(&long), None),
    ] {
        let (before, asked) = (app.meta.sent().len(), questions(app).await);
        ends(app, &ana, &row, goodbye).await;
        // then there is one message each time
        let sent = sent_since(app, before);
        assert_eq!(sent.len(), 1, "{sent:#?}");
        match &expected {
            Some(expected) => assert_eq!(question(&sent[0]), expected),
            None => assert_eq!(sent[0]["text"]["body"], long.as_str()),
        }
        assert_eq!(questions(app).await, asked + usize::from(expected.is_some()));
        app.services.conversations.reopen(&ana, &row.id).await.expect("reopens");
        replies(app, &ana, &row.id, &format!("One more thing after {before}")).await;
        row = app.only_row(&ana).await;
    }
});

on_both!(an_undone_close_asks_nothing, async |app| {
    let (ana, _) = app.agent("Ana").await;
    switch_on(app).await;
    let row = answered(app, &ana).await;
    let before = app.meta.sent().len();
    let (kind, seen) = (EndingKind::Close, row.last_turn.clone());
    let press = EndingPress { kind, seen, goodbye: Goodbye::Standard, outcome: None, undo_time: None };
    let conversations = &app.services.conversations;
    let mark = conversations.schedule_ending(&ana, &row.id, &press).await.expect("is allowed").expect("is pending");
    conversations.undo_ending(&ana, &row.id, &mark.id).await.expect("undoes");
    app.turn(PAST_DUE);
    app.settle().await;
    assert_eq!((sent_since(app, before), questions(app).await), (Vec::new(), 0));
    // and the close after it asks once
    closes(app, &ana, &row).await;
    assert_eq!((sent_since(app, before).len(), questions(app).await), (1, 1));
});

on_both!(a_close_without_a_persons_answer_asks_nothing, async |app| {
    let (ana, _) = app.agent("Ana").await;
    switch_on(app).await;
    let row = app.waiting(&ana).await;
    app.services.conversations.claim(&ana, &row.id).await.expect("claims");
    app.settle().await;
    let before = app.meta.sent().len();
    closes(app, &ana, &row).await;
    let sent = sent_since(app, before);
    assert_eq!((sent.len(), &sent[0]["text"]["body"], questions(app).await), (1, &json!(GOODBYE), 0));
});

on_both!(nothing_is_asked_outside_the_window, async |app| {
    let (ana, _) = app.agent("Ana").await;
    switch_on(app).await;
    let row = answered(app, &ana).await;
    let before = app.meta.sent().len();
    app.turn(Span::hours(24));
    assert_eq!(app.thread(&ana, &row.id).await.rating_question, None);
    closes(app, &ana, &row).await;
    assert_eq!((sent_since(app, before), questions(app).await), (Vec::new(), 0));
    let told = app.thread_lines(&ana, &row.id).await;
    assert!(told.iter().any(|line| line == "Closing message not sent: reply window closed"), "{told:?}");
});

on_both!(the_close_of_a_silent_customer_asks_nothing, async |app| {
    let (ana, _) = app.agent("Ana").await;
    switch_on(app).await;
    let times = SilenceTimes { remind_after: Span(0), close_after: Span::hours(1) };
    app.services.settings.silence_save(&app.tenant, Initiator::SYSTEM, times).await.expect("times");
    let row = answered(app, &ana).await;
    app.look(&ana, &row.id).await;
    let before = app.meta.sent().len();
    app.turn(Span::hours(1));
    app.settle().await;
    assert!(matches!(app.only_row(&ana).await.state, RowState::Closed { .. }));
    let sent = sent_since(app, before);
    assert_eq!((sent.len(), &sent[0]["text"]["body"], questions(app).await), (1, &json!(GOODBYE), 0));
});

on_both!(the_question_is_off_until_an_admin_switches_it_on, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = answered(app, &ana).await;
    assert_eq!(app.thread(&ana, &row.id).await.rating_question, None);
    let before = app.meta.sent().len();
    closes(app, &ana, &row).await;
    let sent = sent_since(app, before);
    assert_eq!((sent.len(), &sent[0]["text"]["body"], questions(app).await), (1, &json!(GOODBYE), 0));
});

on_both!(the_question_is_saved_with_its_audit_entry, async |app| {
    let on = || RatingSettings { rule: RatingRule::AfterClose, ..RatingSettings::default() };
    for wrong in [
        RatingSettings { question: String::new(), ..on() },
        RatingSettings { question: "How was {{ it }}?".to_owned(), ..on() },
        RatingSettings { worst: "GREAT!".to_owned(), ..on() },
        RatingSettings { best: "x".repeat(21), ..on() },
    ] {
        let refused = save(app, wrong).await;
        assert!(matches!(refused, Err(SettingsError::Invalid(_))), "{refused:?}");
    }
    save(app, RatingSettings::default()).await.expect("nothing differs");
    let question = " {{ customer.first_name }}, how was it? ".to_owned();
    save(app, RatingSettings { question, ..on() }).await.expect("saves");
    let saved = app.services.settings.tenant(&app.tenant).await.expect("a tenant").settings.rating;
    assert_eq!(saved.question, "{{ customer.first_name }}, how was it?");
    let audit = app.services.settings.read_audit(&app.tenant, &AuditFilter::default(), None).await.expect("reads");
    let told = audit.lines.iter().filter(|line| line.what == "Changed the question for a rating").count();
    assert_eq!(told, 1);
});
