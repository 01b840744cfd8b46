//! The origin of a message decides what it triggers: imported history triggers nothing, another responder's messages
//! are only shown, and a staff reply from the phone takes over.

use handoff::{
    domain::{
        bot::TurnOutcome,
        desk::{Filter, RowState},
        event::{CloseReason, Event},
        message::{Author, Delivery, File},
        time::{Span, Timestamp},
    },
    server::{
        store::media,
        workers::{JobKind, Selection},
    },
};
use http::StatusCode;
use serde_json::{Value, json};

use super::{MARIA, log, messages, project, words, written};
use crate::{
    app::{Leftover, TestApp, on_both},
    meta::{self, contact, envelope_of},
};

/// The business's own number, as in `meta::envelope`.
const OWN: &str = "15550100000";

fn text(from: &str, to: Option<&str>, wamid: &str, at: Timestamp, words: &str) -> Value {
    let mut item = json!({"from": from, "id": wamid, "timestamp": (at.0 / 1_000).to_string(), "type": "text",
        "text": {"body": words}});
    if let Some(to) = to {
        item["to"] = json!(to);
    }
    item
}

/// A part of the number's history: both sides of a conversation with one customer.
fn past(customer: &str, chunk: i64, items: Vec<Value>) -> Value {
    envelope_of(
        "history",
        json!({"history": [{"metadata": {"phase": 0, "chunk_order": chunk, "progress": 50},
            "threads": [{"id": customer, "messages": items}]}]}),
    )
}

async fn arrives(app: &TestApp, body: &Value) {
    assert_eq!(app.webhook(body).await, StatusCode::OK);
}

async fn logged(app: &TestApp, name: &str) -> usize {
    log(app).await.iter().filter(|entry| entry.event.name() == name).count()
}

on_both!(an_imported_history_is_archived_and_triggers_nothing, async |app| {
    let (ana, _) = app.agent("Ana").await;
    app.keyword("agent").await;
    let day = |day: i64| app.now().minus(Span::days(30 - day));
    let first = past(
        MARIA,
        1,
        vec![
            text(MARIA, None, "wamid.h1", day(1), "I need an agent"),
            text(OWN, Some(MARIA), "wamid.h2", day(2), "Here I am"),
        ],
    );
    let second = past(
        MARIA,
        2,
        vec![
            text(OWN, Some(MARIA), "wamid.h3", day(3), "Did it work?"),
            text(MARIA, None, "wamid.h4", day(4), "It did"),
        ],
    );
    for body in [&first, &second, &first] {
        arrives(app, body).await;
    }
    app.settle().await;
    let row = app.only_row(&ana).await;
    assert!(matches!(row.state, RowState::Closed { .. }), "{:?}", row.state);
    assert_eq!((row.unread, row.trigger.as_ref(), row.preview.as_str()), (0, None, "It did"));
    let thread = messages(app, &ana, &row.id).await;
    let talk: Vec<_> = thread.iter().map(|message| (message.author.clone(), words(message))).collect();
    let expected = [
        (Author::Customer, "I need an agent"),
        (Author::Phone, "Here I am"),
        (Author::Phone, "Did it work?"),
        (Author::Customer, "It did"),
    ];
    assert_eq!(talk, expected.map(|(author, words)| (author, words.to_owned())));
    assert_eq!(thread[0].at.0 / 1_000, day(1).0 / 1_000, "each message keeps its own time");
    assert_eq!(logged(app, "handed_off").await, 0, "no handoff is created");
    assert_eq!(app.meta.sent().len(), 0, "nobody is answered");
    let reasons = log(app).await.into_iter().filter_map(|entry| match entry.event {
        Event::Closed { reason, .. } => Some(reason),
        _ => None,
    });
    assert_eq!(reasons.collect::<Vec<_>>(), [CloseReason::Imported]);
    let counts = app.desk(&ana).await.counts;
    assert_eq!((counts.closed, counts.bot, counts.waiting, counts.phone), (1, 0, 0, 0), "{counts:?}");

    // A customer who writes today starts a new conversation, linked to the imported one.
    arrives(app, &meta::text(MARIA, "wamid.today", app.now(), "Hello again")).await;
    app.settle().await;
    let rows = app.rows(&ana).await;
    let today = rows.iter().find(|other| other.id != row.id).expect("a new one");
    assert_eq!(today.state, RowState::Bot);
    assert_eq!(app.thread(&ana, &today.id).await.earlier[0].id, row.id);
});

on_both!(history_that_claims_to_be_of_the_future_is_of_now, async |app| {
    let (ana, _) = app.agent("Ana").await;
    // given milliseconds where Meta sends seconds, and the largest number there is
    let milliseconds = Timestamp(app.now().0 * 1_000);
    let items = vec![
        text(MARIA, None, "wamid.h1", milliseconds, "The zebrafish"),
        text(OWN, Some(MARIA), "wamid.h2", Timestamp(i64::MAX), "Another zebrafish"),
    ];
    arrives(app, &past(MARIA, 1, items)).await;
    app.settle().await;
    // then it is stored, and found
    let row = app.only_row(&ana).await;
    assert!(messages(app, &ana, &row.id).await.iter().all(|message| message.at <= app.now()));
    let filter = Filter { search: Some("zebrafish".to_owned()), ..Filter::default() };
    let found = app.services.live.search(&ana, &filter, None, None).await.expect("results");
    assert_eq!(found.messages.len(), 1);
    // and it can be erased
    app.erase("messages").await;
    let found = app.services.live.search(&ana, &filter, None, None).await.expect("results");
    assert_eq!(found.messages.len(), 0);
});

on_both!(imported_and_live_messages_in_one_body_are_kept_apart, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let old = app.now().minus(Span::days(3));
    let mut body = past(MARIA, 1, vec![text(MARIA, None, "wamid.h1", old, "Long ago")]);
    let live = meta::text(MARIA, "wamid.live", app.now(), "Now");
    body["entry"].as_array_mut().expect("entries").push(live["entry"][0].clone());
    arrives(app, &body).await;
    project(app).await;
    let rows = app.rows(&ana).await;
    assert_eq!(rows.len(), 2);
    let live = rows.iter().find(|row| row.state == RowState::Bot).expect("the live conversation");
    assert_eq!(written(app, &ana, &live.id).await, ["Now"]);
    assert_eq!(
        written(app, &ana, &rows.iter().find(|row| row.id != live.id).expect("the past").id).await,
        ["Long ago"]
    );
    app.settle().await;
});

on_both!(an_import_during_a_bot_turn_does_not_discard_its_answer, async |app| {
    let (ana, _) = app.agent("Ana").await;
    arrives(app, &meta::text(MARIA, "wamid.live", app.now(), "Hello")).await;
    project(app).await;
    let row = app.only_row(&ana).await;
    let job = app
        .services
        .jobs
        .take(JobKind::Turn, Selection::Any, Span::seconds(60), 1)
        .await
        .expect("takes")
        .pop()
        .expect("a turn");
    let turn = app.services.bot.turn(&app.tenant, &row.id, &job.payload.as_str().into()).await.expect("looks");
    let old = app.now().minus(Span::days(3));
    arrives(app, &past(MARIA, 1, vec![text(OWN, Some(MARIA), "wamid.h1", old, "Long ago")])).await;
    project(app).await;
    let answer = TurnOutcome::say("Hello, I am the bot");
    app.services.bot.settle_turn(&turn.expect("the bot has it"), &job, answer).await.expect("settles");
    app.settle().await;
    assert_eq!(app.meta.sent().len(), 1, "the customer is answered");
    let row = app.only_row(&ana).await;
    assert_eq!((&row.state, row.preview.as_str()), (&RowState::Bot, "Hello, I am the bot"));
    let talk: Vec<_> = messages(app, &ana, &row.id).await.iter().map(words).collect();
    assert_eq!(talk, ["Long ago", "Hello", "Hello, I am the bot"]);
});

on_both!(the_history_of_a_customer_with_a_closed_conversation_is_one_archive, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = app.waiting(&ana).await;
    app.services.conversations.claim(&ana, &row.id).await.expect("claims");
    app.services.conversations.close(&ana, &row.id, row.last_turn.clone()).await.expect("closes");
    let old = app.now().minus(Span::days(3));
    for chunk in 0..2 {
        let items = (0..3)
            .map(|number| {
                let at = old.plus(Span::minutes(chunk * 3 + number));
                text(MARIA, None, &format!("wamid.h{chunk}{number}"), at, &format!("old {chunk}{number}"))
            })
            .collect();
        arrives(app, &past(MARIA, chunk, items)).await;
        project(app).await;
    }
    let rows = app.rows(&ana).await;
    assert_eq!(rows.len(), 2, "the closed conversation and one archive: {rows:#?}");
    let archive = rows.iter().find(|other| other.id != row.id).expect("the archive");
    assert_eq!(written(app, &ana, &archive.id).await, ["old 00", "old 01", "old 02", "old 10", "old 11", "old 12"]);
    app.settle().await;
});

on_both!(messages_of_another_responder_are_shown_and_not_answered, async |app| {
    let (ana, _) = app.agent("Ana").await;
    app.keyword("agent").await;
    let item = text(MARIA, None, "wamid.s1", app.now(), "I need an agent");
    let theirs = json!({"id": "wamid.s2", "timestamp": (app.now().0 / 1_000).to_string(),
        "message": {"to": format!("+{MARIA}"), "type": "text", "text": {"body": "I am the other bot"}}});
    let body = envelope_of(
        "standby",
        json!({"standby": {"contacts": [contact(MARIA)], "messages": [item], "message_echoes": [theirs]}}),
    );
    arrives(app, &body).await;
    arrives(app, &body).await;
    app.settle().await;
    let row = app.only_row(&ana).await;
    assert_eq!((&row.state, app.unread(&row.id).await), (&RowState::Bot, 1));
    assert_eq!(row.window_closes, None, "a message to another responder opens no reply window");
    let talk: Vec<_> = messages(app, &ana, &row.id).await.iter().map(|it| (it.author.clone(), words(it))).collect();
    let expected = [(Author::Customer, "I need an agent"), (Author::Partner, "I am the other bot")];
    assert_eq!(talk, expected.map(|(author, words)| (author, words.to_owned())));
    assert_eq!(app.meta.sent().len(), 0, "we answer nothing");
    assert_eq!(logged(app, "handed_off").await, 0);
});

on_both!(a_reply_from_the_phone_app_is_a_takeover, async |app| {
    let (ana, _) = app.agent("Ana").await;
    arrives(app, &meta::text(MARIA, "wamid.1", app.now(), "Hello")).await;
    project(app).await;
    assert_eq!(app.services.bot.run_once().await.expect("turns"), 1, "the bot's answer waits to be sent");
    app.turn(Span::seconds(5));
    let echo = text(OWN, Some(MARIA), "wamid.echo", app.now(), "I do this from my phone");
    let body = envelope_of("smb_message_echoes", json!({"message_echoes": [echo]}));
    arrives(app, &body).await;
    arrives(app, &body).await;
    app.settle().await;
    let row = app.only_row(&ana).await;
    assert_eq!((&row.state, row.preview.as_str()), (&RowState::Phone, "I do this from my phone"));
    assert_eq!(row.trigger.as_ref().map(|(kind, _)| kind.as_str()), Some("phone"));
    assert_eq!(app.meta.sent().len(), 0, "the bot's words are taken back, the echo is not sent again");
    assert_eq!((logged(app, "echoed").await, logged(app, "bot_silenced").await), (1, 1));
    let wait = row.wait.expect("it was answered");
    assert!(wait.until.is_some(), "a person on the phone stops the customer's wait");

    arrives(app, &meta::text(MARIA, "wamid.2", app.now(), "Thank you")).await;
    app.settle().await;
    assert_eq!(app.meta.sent().len(), 0, "the bot sends nothing while a staff member replies from the phone");
    app.services.conversations.claim(&ana, &row.id).await.expect("any agent may claim it");
    let claimed = app.only_row(&ana).await;
    assert_eq!(claimed.state, RowState::Claimed { agent: ana.id().clone(), name: "Ana".to_owned() });
});

on_both!(a_placeholder_of_the_history_is_filled_by_its_file_and_keeps_its_status, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let old = app.now().minus(Span::days(3));
    let at = (old.0 / 1_000).to_string();
    // given history whose files are placeholders
    let theirs = json!({"from": MARIA, "id": "wamid.theirs", "timestamp": at, "type": "media_placeholder"});
    let ours = |wamid: &str, status: &str| {
        json!({"from": OWN, "to": MARIA, "id": wamid, "timestamp": at, "type": "media_placeholder",
            "history_context": {"status": status}})
    };
    arrives(app, &past(MARIA, 1, vec![theirs, ours("wamid.read", "READ"), ours("wamid.failed", "ERROR")])).await;
    project(app).await;
    // when their files come under the same ids, and once more
    let image = |wamid: &str| {
        json!({"from": MARIA, "id": wamid, "timestamp": at, "type": "image",
            "image": {"id": "4711", "mime_type": "image/png", "caption": "The leak"}})
    };
    let own = json!({"from": OWN, "to": MARIA, "id": "wamid.read", "timestamp": at, "type": "image",
        "image": {"id": "4712", "mime_type": "image/png", "caption": "Your plan"}});
    let files = envelope_of("history", json!({"messages": [image("wamid.theirs"), own]}));
    for body in [&files, &files] {
        arrives(app, body).await;
        project(app).await;
    }
    // then each placeholder is its file, and the statuses are kept
    let row = app.only_row(&ana).await;
    let thread = messages(app, &ana, &row.id).await;
    let captions: Vec<_> = thread.iter().map(|message| message.content.text().unwrap_or("–")).collect();
    assert_eq!(captions, ["The leak", "Your plan", "–"]);
    let statuses: Vec<_> = thread.iter().map(|message| message.delivery).collect();
    assert_eq!(statuses, [None, Some(Delivery::Read), Some(Delivery::Failed)]);
    // and each file is fetched once
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let files = thread.iter().filter_map(|message| message.content.attachment()?.media.clone());
    for id in files.collect::<Vec<_>>() {
        assert!(media::find(&mut tx, &app.tenant, &id).await.expect("reads").is_some());
    }
    drop(tx);
    assert_eq!(thread.iter().filter(|message| message.file == Some(File::Pending)).count(), 2);
    assert!(matches!(row.state, RowState::Closed { .. }));
    app.leaves(Leftover::Job, "the files do not exist");
});
