//! Customers who wait while their reply window closes are asked to keep it open: by themselves only if an admin says so, once
//! in each window, and nobody who waits for nothing.

use handoff::{
    domain::{
        automation::AutomationBounds,
        block::BlockReason,
        conversation::{EndingKind, EndingPress, Goodbye},
        desk::{ItemBody, Row, RowState},
        event::Initiator,
        ids::ConversationId,
        message::{Author, Content},
        time::{Span, Timestamp},
        window::keep_open::{AskBefore, PAYLOAD, words},
    },
    server::{
        accounts::Agent,
        store::jobs::{self, JobKind},
    },
};
use http::StatusCode;
use serde_json::json;

use crate::{
    app::{TestApp, on_both},
    meta,
};

const MARIA: &str = "4915550001";
/// Just before half an hour is left of a window. Meta's times have whole seconds.
const ALMOST: Span = Span(23 * 3_600_000 + 29 * 60_000 + 58_000);
/// Just after that.
const JUST_AFTER: Span = Span(ALMOST.0 + 3_000);

async fn ask_before(app: &TestApp, before: AskBefore) {
    app.services.settings.keep_open_save(&app.tenant, Initiator::SYSTEM, before).await.expect("a time");
}

/// Ana has Maria's conversation, and Maria waits for a reply.
async fn waiting(app: &TestApp, ana: &Agent) -> Row {
    let id = app.waiting(ana).await.id;
    app.services.conversations.claim(ana, &id).await.expect("claims");
    app.settle().await;
    app.only_row(ana).await
}

async fn passes(app: &TestApp, span: Span) {
    app.turn(span);
    app.settle().await;
}

/// How many requests Meta has accepted.
fn asked(app: &TestApp) -> usize {
    let (text, _) = words(Some("en"));
    app.meta.sent().iter().filter(|request| request.body["interactive"]["body"]["text"] == text).count()
}

/// Maria taps the button of the request.
async fn taps(app: &TestApp, wamid: &str) {
    app.turn(Span::seconds(1));
    let (_, title) = words(Some("en"));
    let reply = json!({"type": "button_reply", "button_reply": {"id": PAYLOAD, "title": title}});
    let body = meta::message(MARIA, wamid, app.now(), json!({"type": "interactive", "interactive": reply}));
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
    app.settle().await;
}

async fn is_looked_after(app: &TestApp, id: &ConversationId) -> bool {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    jobs::is_queued(&mut tx, JobKind::WindowEnd, id.as_str()).await.expect("reads")
}

on_both!(a_customer_who_waits_is_asked_once_before_the_window_closes, async |app| {
    let (ana, _) = app.agent("Ana").await;
    ask_before(app, AskBefore::Minutes30).await;
    let row = waiting(app, &ana).await;
    // when less than half an hour is left, then the customer is asked, automatically and with the reason
    passes(app, ALMOST).await;
    assert_eq!(asked(app), 0);
    passes(app, Span::seconds(3)).await;
    assert_eq!(asked(app), 1);
    let thread = app.thread(&ana, &row.id).await;
    let message = thread.items.iter().rev().find_map(|item| match &item.body {
        ItemBody::Message(message) => Some(message),
        ItemBody::Line(_) | ItemBody::Note(_) => None,
    });
    let message = message.expect("a message");
    assert_eq!(message.author, Author::System);
    assert!(matches!(message.content, Content::InteractiveSent(_)), "{message:?}");
    let told = app.thread_lines(&ana, &row.id).await;
    assert!(told.iter().any(|line| line.starts_with("Sent automatically: the customer waits")), "{told:?}");
    // and still waits for Ana, who is asked for nothing else
    let after = app.only_row(&ana).await;
    assert_eq!((&after.state, after.reply, &after.preview), (&row.state, row.reply, &row.preview));
    passes(app, Span::minutes(10)).await;
    assert_eq!(asked(app), 1);
    // when the customer taps, then that is a message which opens the window, and the wait goes on
    taps(app, "wamid.tap").await;
    let after = app.only_row(&ana).await;
    assert_eq!((after.state, after.reply, after.unread), (row.state, row.reply, row.unread + 1));
    let second = |at: Option<Timestamp>| at.map(|at| at.0 / 1_000);
    assert_eq!(second(after.window_closes), second(Some(app.now().plus(Span::hours(24)))));
    // and the customer is asked again in the window that it opened
    passes(app, ALMOST).await;
    assert_eq!(asked(app), 1);
    passes(app, Span::seconds(3)).await;
    assert_eq!(asked(app), 2);
});

on_both!(nobody_is_asked_unless_an_admin_says_when, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = waiting(app, &ana).await;
    assert!(!is_looked_after(app, &row.id).await);
    passes(app, Span::minutes(24 * 60 - 5)).await;
    assert_eq!(asked(app), 0);
    // given that it is switched off again while a customer waits
    ask_before(app, AskBefore::Minutes15).await;
    taps(app, "wamid.more").await;
    assert!(is_looked_after(app, &row.id).await);
    ask_before(app, AskBefore::Never).await;
    passes(app, Span::minutes(24 * 60 - 5)).await;
    assert_eq!(asked(app), 0);
});

on_both!(an_unassigned_customer_is_asked_too, async |app| {
    let (ana, _) = app.agent("Ana").await;
    ask_before(app, AskBefore::Minutes30).await;
    let row = app.waiting(&ana).await;
    passes(app, JUST_AFTER).await;
    assert_eq!((app.only_row(&ana).await.state, asked(app)), (RowState::Waiting, 1));
    assert_eq!(app.only_row(&ana).await.id, row.id);
});

on_both!(whoever_was_answered_or_waits_for_no_person_is_not_asked, async |app| {
    let (ana, _) = app.agent("Ana").await;
    ask_before(app, AskBefore::Minutes60).await;
    let row = waiting(app, &ana).await;
    let conversations = &app.services.conversations;
    assert!(is_looked_after(app, &row.id).await);
    // when the reply is sent, then nobody looks after the window any more
    conversations.reply(&ana, &row.id, "c1", "Here it is", None).await.expect("replies");
    app.settle().await;
    assert!(!is_looked_after(app, &row.id).await);
    // given that the customer writes again, and the bot gets the conversation
    taps(app, "wamid.2").await;
    assert!(is_looked_after(app, &row.id).await);
    conversations.return_to_bot(&ana, &row.id).await.expect("returns");
    app.settle().await;
    assert!(!is_looked_after(app, &row.id).await);
    // or that it is closed
    assert_eq!(app.webhook(&meta::text(MARIA, "wamid.3", app.now(), "agent please")).await, StatusCode::OK);
    app.settle().await;
    conversations.claim(&ana, &row.id).await.expect("claims");
    assert!(is_looked_after(app, &row.id).await);
    conversations.close(&ana, &row.id, app.only_row(&ana).await.last_turn).await.expect("closes");
    app.settle().await;
    assert!(!is_looked_after(app, &row.id).await);
    passes(app, Span::hours(25)).await;
    assert_eq!(asked(app), 0);
});

on_both!(blocked_customers_and_those_who_opted_out_are_not_asked, async |app| {
    let (ana, _) = app.agent("Ana").await;
    ask_before(app, AskBefore::Minutes30).await;
    let row = waiting(app, &ana).await;
    let wish = async |value: &str| {
        let preference = json!({"wa_id": MARIA, "user_id": format!("DE.{MARIA}"), "category": "marketing_messages",
            "value": value, "detail": "", "timestamp": app.now().0 / 1_000});
        let body = meta::envelope_of(
            "user_preferences",
            json!({"contacts": [meta::contact(MARIA)], "user_preferences": [preference]}),
        );
        assert_eq!(app.webhook(&body).await, StatusCode::OK);
        app.settle().await;
    };
    wish("stop").await;
    passes(app, JUST_AFTER).await;
    assert_eq!(asked(app), 0);
    // given the next window, whose customer wants messages again, and is blocked
    taps(app, "wamid.2").await;
    wish("resume").await;
    app.services.conversations.block(&ana, &row.id, BlockReason::Spam).await.expect("blocks");
    passes(app, JUST_AFTER).await;
    assert_eq!(asked(app), 0);
});

on_both!(nobody_is_asked_while_a_close_can_be_undone, async |app| {
    let (ana, _) = app.agent("Ana").await;
    ask_before(app, AskBefore::Minutes30).await;
    let row = waiting(app, &ana).await;
    app.look(&ana, &row.id).await;
    passes(app, ALMOST).await;
    let press = EndingPress {
        kind: EndingKind::Close,
        seen: row.last_turn,
        goodbye: Goodbye::Off,
        outcome: None,
        undo_time: None,
    };
    let conversations = &app.services.conversations;
    let mark = conversations.schedule_ending(&ana, &row.id, &press).await.expect("is allowed").expect("is pending");
    passes(app, Span::seconds(4)).await;
    assert_eq!(asked(app), 0);
    // when it is undone, then the customer still waits and is asked
    conversations.undo_ending(&ana, &row.id, &mark.id).await.expect("undoes");
    passes(app, Span::seconds(15)).await;
    assert_eq!(asked(app), 1);
});

on_both!(it_counts_toward_the_messages_of_the_day, async |app| {
    let (ana, _) = app.agent("Ana").await;
    ask_before(app, AskBefore::Minutes30).await;
    let bounds = AutomationBounds { daily_messages: 1, repeats: 0 };
    app.services.settings.automation_save(&app.tenant, Initiator::SYSTEM, bounds).await.expect("bounds");
    // given a message of yesterday that arrives late
    let written = app.now().minus(Span::hours(23));
    assert_eq!(app.webhook(&meta::text(MARIA, "wamid.late", written, "Hello?")).await, StatusCode::OK);
    app.settle().await;
    let row = app.only_row(&ana).await;
    assert_eq!((&row.state, app.meta.sent().len()), (&RowState::Waiting, 0));
    // and whose conversation was closed with the message of the day, reopened and left to others
    let conversations = &app.services.conversations;
    conversations.claim(&ana, &row.id).await.expect("claims");
    conversations.close(&ana, &row.id, row.last_turn).await.expect("closes");
    app.settle().await;
    conversations.reopen(&ana, &row.id).await.expect("reopens");
    conversations.release(&ana, &row.id).await.expect("releases");
    app.settle().await;
    assert_eq!(app.meta.sent().len(), 1);
    passes(app, Span::minutes(31)).await;
    assert_eq!((asked(app), app.meta.sent().len()), (0, 1));
    let told = app.thread_lines(&ana, &row.id).await;
    let why = "Request to keep the reply window open not sent: the customer's automatic messages of today are used up";
    assert!(told.iter().any(|line| line == why), "{told:?}");
});

on_both!(a_tap_after_the_close_is_received_quietly, async |app| {
    let (ana, _) = app.agent("Ana").await;
    ask_before(app, AskBefore::Minutes30).await;
    let row = waiting(app, &ana).await;
    passes(app, JUST_AFTER).await;
    let conversations = &app.services.conversations;
    conversations.reply(&ana, &row.id, "c1", "Here it is", None).await.expect("replies");
    app.settle().await;
    conversations.close(&ana, &row.id, row.last_turn).await.expect("closes");
    app.settle().await;
    let sent = app.meta.sent().len();
    // when the customer answers the request of before, then the bot says nothing, and the window is open
    taps(app, "wamid.tap").await;
    let after = app.only_row(&ana).await;
    assert!(matches!(after.state, RowState::Closed { .. }), "{after:?}");
    assert_eq!((after.unread, app.meta.sent().len()), (0, sent));
    assert!(after.window_closes.is_some_and(|closes| closes > app.now().plus(Span::hours(23))));
});
