//! A thank-you after a close goes to the closed conversation and wakes nobody. Everything else gets an answer or a
//! person (promise 4).

use handoff::{
    domain::{
        conversation::{EndingKind, EndingPress, Goodbye, UNDO_TIME},
        desk::{ItemBody, Row, RowState},
        event::Initiator,
        ids::ConversationId,
        message::Content,
        time::{Span, Timestamp},
    },
    server::{accounts::Agent, settings::targets::Targets},
};
use http::StatusCode;
use serde_json::json;

use crate::{
    app::{TestApp, on_both},
    desk_law::stream::Stream,
    meta,
};

const MARIA: &str = "4915550001";

async fn writes(app: &TestApp, phone: &str, wamid: &str, words: &str) {
    app.turn(Span::seconds(1));
    assert_eq!(app.webhook(&meta::text(phone, wamid, app.now(), words)).await, StatusCode::OK);
    app.settle().await;
}

async fn grace_time(app: &TestApp, grace: Span) {
    let targets = Targets { grace_time: Some(grace), ..Targets::default() };
    app.services.settings.targets_save(&app.tenant, Initiator::SYSTEM, targets).await.expect("saves");
}

/// The texts of the thread, in order.
async fn texts(app: &TestApp, agent: &Agent, id: &ConversationId) -> Vec<String> {
    let text = |body| match body {
        ItemBody::Message(message) => match message.content {
            Content::Text { body } => Some(body),
            other => Some(other.preview()),
        },
        ItemBody::Line(_) | ItemBody::Note(_) => None,
    };
    app.thread(agent, id).await.items.into_iter().filter_map(|item| text(item.body)).collect()
}

on_both!(a_thank_you_after_a_close_is_received_quietly, async |app| {
    let (ana, cookie) = app.agent("Ana").await;
    // given a closed conversation, and a page that shows it
    let row = app.closed(&ana).await;
    let sent = app.meta.sent().len();
    let mut desk = app.desk(&ana).await;
    let mut stream = Stream::open(app, &cookie, desk.seq).await;
    // when the customer says thanks, in several ways
    for (nth, words) in ["Thank you so much!", "👍", "5", "Gracias 🙏"].into_iter().enumerate() {
        writes(app, MARIA, &format!("wamid.thanks.{nth}"), words).await;
    }
    // then the conversation shows it, stays closed and unread by nobody, and the bot says nothing
    let after = app.only_row(&ana).await;
    assert_eq!((&after.id, &after.state, after.unread), (&row.id, &row.state, 0));
    assert_eq!((after.preview.as_str(), app.meta.sent().len()), ("Gracias 🙏", sent));
    let shown = texts(app, &ana, &row.id).await;
    assert_eq!(shown[shown.len() - 4..], ["Thank you so much!", "👍", "5", "Gracias 🙏"]);
    // and the window counts from it, as at WhatsApp
    let second = |at: Option<Timestamp>| at.map(|at| at.0 / 1_000);
    assert_eq!(second(after.window_closes), second(Some(app.now().plus(Span::hours(24)))));
    // and an open page shows the same as a fresh one
    let fresh = app.desk(&ana).await;
    while desk.seq < fresh.seq {
        desk.apply(&stream.next().await.expect("the stream goes on"));
    }
    assert_eq!(desk, fresh);
});

on_both!(what_is_not_quiet_gets_an_answer_or_a_person, async |app| {
    let (ana, _) = app.agent("Ana").await;
    app.closed(&ana).await;
    let messages = [
        "Thanks, but it still does not work",
        "Thanks?",
        "Thank you Ana",
        "4711",
        "ok",
        "Danke, wann kommt das Paket",
        "谢谢，但是还是不行",
        "thanks agent",
        "SOS 🆘",
        "...",
    ];
    for (nth, words) in messages.into_iter().enumerate() {
        // given another customer whose conversation was closed
        let phone = format!("49155510{nth:02}");
        writes(app, &phone, &format!("wamid.first.{nth}"), "agent").await;
        let waiting = app.rows(&ana).await.into_iter().find(|row| row.state == RowState::Waiting).expect("waits");
        app.services.conversations.claim(&ana, &waiting.id).await.expect("claims");
        app.services.conversations.close(&ana, &waiting.id, waiting.last_turn.clone()).await.expect("closes");
        app.settle().await;
        let sent = app.meta.sent().len();
        // when they write this, then somebody answers
        writes(app, &phone, &format!("wamid.more.{nth}"), words).await;
        let open: Vec<Row> =
            app.rows(&ana).await.into_iter().filter(|row| !matches!(row.state, RowState::Closed { .. })).collect();
        assert_eq!(open.len(), 1, "{words}");
        assert_ne!(open[0].id, waiting.id, "{words}");
        let answered = app.meta.sent().len() > sent;
        assert!(answered || open[0].state == RowState::Waiting, "{words}");
        app.services.conversations.take_over(&ana, &open[0].id).await.expect("takes over");
        app.services.conversations.close(&ana, &open[0].id, open[0].last_turn.clone()).await.expect("closes");
        app.settle().await;
    }
});

on_both!(keywords_come_before_a_thank_you, async |app| {
    let (ana, _) = app.agent("Ana").await;
    app.closed(&ana).await;
    app.keyword("thanks").await;
    writes(app, MARIA, "wamid.thanks", "Thanks!").await;
    let waiting = app.rows(&ana).await.into_iter().filter(|row| row.state == RowState::Waiting).count();
    assert_eq!(waiting, 1);
});

on_both!(after_the_grace_time_everything_starts_as_before, async |app| {
    let (ana, _) = app.agent("Ana").await;
    app.closed(&ana).await;
    app.turn(Span::minutes(30));
    writes(app, MARIA, "wamid.late", "Thanks!").await;
    assert_eq!(app.rows(&ana).await.into_iter().filter(|row| row.state == RowState::Bot).count(), 1);
});

on_both!(without_a_grace_time_nothing_is_quiet, async |app| {
    let (ana, _) = app.agent("Ana").await;
    grace_time(app, Span(0)).await;
    app.closed(&ana).await;
    writes(app, MARIA, "wamid.thanks", "Thanks!").await;
    assert_eq!(app.rows(&ana).await.into_iter().filter(|row| row.state == RowState::Bot).count(), 1);
});

on_both!(a_late_or_forwarded_thank_you_is_not_quiet, async |app| {
    let (ana, _) = app.agent("Ana").await;
    app.closed(&ana).await;
    let late = meta::text(MARIA, "wamid.late", app.now().minus(Span::minutes(11)), "Thanks!");
    assert_eq!(app.webhook(&late).await, StatusCode::OK);
    app.settle().await;
    let open = app.rows(&ana).await.into_iter().find(|row| row.state == RowState::Waiting).expect("waits");
    app.services.conversations.claim(&ana, &open.id).await.expect("claims");
    app.services.conversations.close(&ana, &open.id, open.last_turn.clone()).await.expect("closes");
    let forwarded = json!({"type": "text", "text": {"body": "Thanks!"}, "context": {"forwarded": true}});
    assert_eq!(app.webhook(&meta::message(MARIA, "wamid.fwd", app.now(), forwarded)).await, StatusCode::OK);
    app.settle().await;
    assert_eq!(app.rows(&ana).await.into_iter().filter(|row| row.state == RowState::Bot).count(), 1);
});

/// Ana presses, the customer says thanks, and the time to undo ends.
async fn ends_over_thanks(app: &TestApp, ana: &Agent, kind: EndingKind) -> Row {
    let row = app.waiting(ana).await;
    app.services.conversations.claim(ana, &row.id).await.expect("claims");
    app.settle().await;
    let before = app.only_row(ana).await;
    let sent = app.meta.sent().len();
    let press = EndingPress { kind, seen: row.last_turn, goodbye: Goodbye::Off, outcome: None, undo_time: None };
    let mark = app.services.conversations.schedule_ending(ana, &row.id, &press).await.expect("is allowed");
    writes(app, MARIA, "wamid.thanks", "Thank you so much!").await;
    let pending = app.only_row(ana).await;
    assert!(mark.is_some() && pending.ending == mark, "it goes on");
    assert_eq!((pending.reply, pending.unread, &pending.last_turn), (before.reply, before.unread, &before.last_turn));
    app.turn(UNDO_TIME);
    app.settle().await;
    assert_eq!(app.meta.sent().len(), sent, "nobody answers a thank-you");
    app.only_row(ana).await
}

on_both!(a_thank_you_does_not_stop_a_close, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let ended = ends_over_thanks(app, &ana, EndingKind::Close).await;
    assert!(matches!(ended.state, RowState::Closed { .. }));
});

on_both!(a_thank_you_does_not_stop_a_return_to_the_bot, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let ended = ends_over_thanks(app, &ana, EndingKind::ReturnToBot).await;
    assert_eq!(ended.state, RowState::Bot);
});

on_both!(a_thank_you_that_is_edited_into_a_question_is_answered, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = app.closed(&ana).await;
    writes(app, MARIA, "wamid.thanks", "Thanks!").await;
    let sent = app.meta.sent().len();
    // when the edit still needs no answer, then nobody is told
    let edit = |text: &str| {
        json!({"type": "edit", "edit": {"original_message_id": "wamid.thanks",
            "message": {"type": "text", "text": {"body": text}}}})
    };
    assert_eq!(app.webhook(&meta::message(MARIA, "wamid.e1", app.now(), edit("Thank you!"))).await, StatusCode::OK);
    app.settle().await;
    assert_eq!(app.only_row(&ana).await.id, row.id);
    // when it is a question, then it is a message of a new conversation
    let question = "Thanks! And when do you open?";
    let body = meta::message(MARIA, "wamid.e2", app.now(), edit(question));
    for _ in 0..2 {
        assert_eq!(app.webhook(&body).await, StatusCode::OK);
        app.settle().await;
    }
    let open: Vec<Row> = app.rows(&ana).await.into_iter().filter(|row| row.state == RowState::Bot).collect();
    assert_eq!(open.len(), 1);
    assert_eq!(texts(app, &ana, &open[0].id).await.first().map(String::as_str), Some(question));
    assert_eq!(app.meta.sent().len(), sent + 1, "the bot answers once");
});

on_both!(a_thank_you_before_a_return_to_the_bot_that_is_edited_into_a_question_is_answered, async |app| {
    let (ana, _) = app.agent("Ana").await;
    // given that the bot got a conversation back whose last message was a thank-you
    let row = ends_over_thanks(app, &ana, EndingKind::ReturnToBot).await;
    let sent = app.meta.sent().len();
    // when the customer makes a question of it
    let question = "Thanks! And when do you open?";
    let edit = json!({"type": "edit", "edit": {"original_message_id": "wamid.thanks",
        "message": {"type": "text", "text": {"body": question}}}});
    assert_eq!(app.webhook(&meta::message(MARIA, "wamid.edit", app.now(), edit)).await, StatusCode::OK);
    app.settle().await;
    // then the bot answers it, in the same conversation
    let open = app.only_row(&ana).await;
    assert_eq!((&open.id, &open.state), (&row.id, &RowState::Bot));
    assert_eq!(app.meta.sent().len(), sent + 1);
});
