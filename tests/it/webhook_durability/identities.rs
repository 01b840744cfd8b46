//! A customer's identity: known by number, by user id or by both, and one customer in the end (promise 1).

use handoff::domain::{
    desk::{ItemBody, Row, RowState},
    event::{CloseReason, Event},
    message::reply::ReplyKind,
    scheduled::SendChoice,
    time::{Span, Timestamp},
};
use handoff::server::{accounts::Agent, conversations::agent::NewReply};
use http::StatusCode;
use serde_json::{Value, json};

use super::{log, project, state_of, written};
use crate::{
    app::{TestApp, on_both},
    meta::envelope,
};

const PHONE: &str = "4915550001";
const NEW_PHONE: &str = "4915550077";
const USER: &str = "DE.100";
const NEW_USER: &str = "DE.200";

/// The ids of a sender. Either may be missing.
#[derive(Clone, Copy)]
struct Ids {
    phone: Option<&'static str>,
    user: Option<&'static str>,
}

const BY_PHONE: Ids = Ids { phone: Some(PHONE), user: None };
const BY_USER: Ids = Ids { phone: None, user: Some(USER) };
const BY_BOTH: Ids = Ids { phone: Some(PHONE), user: Some(USER) };

fn item(ids: Ids, wamid: &str, at: Timestamp, mut body: Value) -> Value {
    body["id"] = json!(wamid);
    body["timestamp"] = json!((at.0 / 1_000).to_string());
    if let Some(phone) = ids.phone {
        body["from"] = json!(phone);
    }
    if let Some(user) = ids.user {
        body["from_user_id"] = json!(user);
    }
    body
}

async fn says(app: &TestApp, ids: Ids, words: &str) {
    let mut contact = json!({"profile": {"name": "Maria Costa"}});
    if let Some(phone) = ids.phone {
        contact["wa_id"] = json!(phone);
    }
    if let Some(user) = ids.user {
        contact["user_id"] = json!(user);
    }
    let message = item(ids, &format!("wamid.{words}"), app.now(), json!({"type": "text", "text": {"body": words}}));
    let body = envelope(json!({"contacts": [contact], "messages": [message]}));
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
    project(app).await;
    // Two records of the same millisecond have no defined order.
    app.turn(Span::seconds(1));
}

async fn changes(app: &TestApp, ids: Ids, wamid: &str, system: Value) {
    let message = item(ids, wamid, app.now(), json!({"type": "system", "system": system}));
    assert_eq!(app.webhook(&envelope(json!({"messages": [message]}))).await, StatusCode::OK);
    project(app).await;
    app.turn(Span::seconds(1));
}

/// The only open conversation.
async fn open(app: &TestApp, agent: &Agent) -> Row {
    let mut rows = app.rows(agent).await;
    rows.retain(|row| !matches!(row.state, RowState::Closed { .. }));
    assert_eq!(rows.len(), 1, "one open conversation: {rows:#?}");
    rows.remove(0)
}

on_both!(a_customer_known_by_one_id_is_recognised_with_both, async |app| {
    let (ana, _) = app.agent("Ana").await;
    for (first, second) in [(BY_PHONE, BY_USER), (BY_USER, BY_PHONE)] {
        // Another customer for the second order.
        let before = app.rows(&ana).await.len();
        let tag = if first.phone.is_some() { "a" } else { "b" };
        let own = |ids: Ids| Ids {
            phone: ids.phone.map(|phone| if tag == "a" { phone } else { "4915550002" }),
            user: ids.user.map(|user| if tag == "a" { user } else { "DE.102" }),
        };
        says(app, own(first), &format!("{tag}1")).await;
        says(app, own(BY_BOTH), &format!("{tag}2")).await;
        says(app, own(second), &format!("{tag}3")).await;
        let rows = app.rows(&ana).await;
        assert_eq!(rows.len(), before + 1, "one person, one conversation");
        let row = rows.iter().find(|row| row.preview == format!("{tag}3")).expect("on the desk");
        assert_eq!(written(app, &ana, &row.id).await, [1, 2, 3].map(|number| format!("{tag}{number}")));
        assert_eq!(row.phone, own(BY_BOTH).phone.map(|phone| format!("+{phone}")));
    }
    assert!(!log(app).await.iter().any(|entry| entry.event.name() == "merged"), "nothing had to be merged");
    app.settle().await;
});

/// Two records with two open conversations, and then a message that contains both ids.
async fn two_become_one(app: &TestApp, first: Ids, second: Ids) {
    let (ana, _) = app.agent("Ana").await;
    says(app, first, "older").await;
    let older = open(app, &ana).await;
    says(app, second, "younger").await;
    let rows = app.rows(&ana).await;
    assert_eq!(rows.len(), 2, "the customers are not linked yet");
    let younger = rows.iter().find(|row| row.id != older.id).expect("the second").clone();

    says(app, BY_BOTH, "both").await;

    let survivor = open(app, &ana).await;
    assert_eq!(survivor.id, older.id, "the older one survives");
    assert_eq!(written(app, &ana, &older.id).await, ["older", "both"]);
    assert_eq!(written(app, &ana, &younger.id).await, ["younger"], "the other one stays readable");
    let rows = app.rows(&ana).await;
    assert_eq!(rows.len(), 2);
    assert!(matches!(state_of(&rows, &younger.id), RowState::Closed { .. }));
    let why: Vec<_> = log(app)
        .await
        .into_iter()
        .filter(|entry| entry.conversation.as_ref() == Some(&younger.id))
        .filter_map(|entry| match entry.event {
            Event::Closed { reason, .. } => Some(reason),
            _ => None,
        })
        .collect();
    assert_eq!(why, [CloseReason::Merged]);
    let told = app.thread_lines(&ana, &younger.id).await;
    assert!(told.iter().any(|words| words.contains("this customer's other conversation")), "{told:?}");
    let earlier = app.thread(&ana, &older.id).await.earlier;
    assert!(earlier.iter().any(|past| past.id == younger.id), "it is linked from the open conversation");
    let counts = app.desk(&ana).await.counts;
    assert_eq!((counts.bot, counts.closed), (1, 1), "{counts:?}");
    // From here on either id identifies the same customer.
    says(app, BY_PHONE, "by phone").await;
    says(app, BY_USER, "by user").await;
    assert_eq!(written(app, &ana, &older.id).await, ["older", "both", "by phone", "by user"]);
}

on_both!(a_number_and_then_a_user_id_are_merged_into_one_customer, async |app| {
    two_become_one(app, BY_PHONE, BY_USER).await;
    app.settle().await;
});

on_both!(a_user_id_and_then_a_number_are_merged_into_one_customer, async |app| {
    two_become_one(app, BY_USER, BY_PHONE).await;
    app.settle().await;
});

on_both!(a_merged_claimed_conversation_ends_its_handoff_and_keeps_the_counts, async |app| {
    let (ana, _) = app.agent("Ana").await;
    says(app, BY_PHONE, "older").await;
    let older = open(app, &ana).await;
    says(app, BY_USER, "younger").await;
    let younger = app.rows(&ana).await.into_iter().find(|row| row.id != older.id).expect("the second");
    app.services.conversations.take_over(&ana, &younger.id).await.expect("takes over");
    app.services.conversations.write_note(&ana, &younger.id, "one", "Maria again").await.expect("a note");
    let reply =
        NewReply { client_id: "two", kind: ReplyKind::Text, body: "Tomorrow", quote: None, draft: None, file: None };
    let tomorrow = SendChoice::At(app.now().plus(Span::hours(20)));
    app.services.conversations.schedule_reply(&ana, &younger.id, reply, tomorrow).await.expect("waits");
    says(app, BY_BOTH, "both").await;
    assert_eq!(open(app, &ana).await.id, older.id);
    // A note follows its customer, so that an erasure finds it.
    app.run("DELETE FROM notes WHERE customer_id NOT IN (SELECT customer_id FROM conversations)").await;
    // So does a message that waits, which is shown where the customer goes on.
    app.run("DELETE FROM scheduled_messages WHERE customer_id NOT IN (SELECT customer_id FROM conversations)").await;
    assert_eq!(app.thread(&ana, &older.id).await.scheduled.len(), 1);
    let thread = app.thread(&ana, &younger.id).await;
    assert!(thread.items.iter().any(|item| matches!(item.body, ItemBody::Note(_))), "its note is there");
    assert!(thread.dossier.handoff_requests[0].ended_at.is_some(), "a closed conversation has no waiting customer");
    let counts = app.desk(&ana).await.counts;
    assert_eq!((counts.bot, counts.closed, counts.claimed.len()), (1, 1, 0), "{counts:?}");
    app.settle().await;
    app.settle().await;
    app.settle().await;
});

on_both!(a_new_number_keeps_the_conversation, async |app| {
    let (ana, _) = app.agent("Ana").await;
    says(app, BY_BOTH, "before").await;
    let row = open(app, &ana).await;
    let moved = json!({"type": "user_changed_number", "body": "Maria Costa changed", "wa_id": NEW_PHONE,
        "user_id": NEW_USER, "previous_user_id": USER});
    changes(app, BY_BOTH, "wamid.moved", moved.clone()).await;
    changes(app, BY_BOTH, "wamid.moved", moved).await;
    let known = open(app, &ana).await;
    assert_eq!((known.id, known.phone), (row.id.clone(), Some(format!("+{NEW_PHONE}"))));
    assert_eq!(app.unread(&row.id).await, 1, "no message of the customer's");
    let told = app.thread_lines(&ana, &row.id).await;
    assert_eq!(told.iter().filter(|words| words.contains("new phone number")).count(), 1, "{told:?}");
    says(app, Ids { phone: Some(NEW_PHONE), user: Some(NEW_USER) }, "after").await;
    assert_eq!(written(app, &ana, &row.id).await, ["before", "after"]);
    // The old number is free: whoever uses it now is another customer.
    says(app, BY_PHONE, "a stranger").await;
    assert_eq!(app.rows(&ana).await.len(), 2);
    app.settle().await;
});

on_both!(a_new_user_id_keeps_the_conversation, async |app| {
    let (ana, _) = app.agent("Ana").await;
    says(app, BY_USER, "before").await;
    let row = open(app, &ana).await;
    let renewed = json!({"type": "user_changed_user_id", "user_id": NEW_USER, "previous_user_id": USER});
    changes(app, Ids { phone: None, user: None }, "wamid.renewed", renewed).await;
    says(app, Ids { phone: None, user: Some(NEW_USER) }, "after").await;
    assert_eq!(written(app, &ana, &row.id).await, ["before", "after"]);
    open(app, &ana).await;
    app.settle().await;
});

on_both!(a_number_that_moves_to_a_known_customer_merges_them_with_all_ids, async |app| {
    let (ana, _) = app.agent("Ana").await;
    says(app, BY_PHONE, "old number").await;
    let older = open(app, &ana).await;
    // The new number has written already, with a user id that the change does not mention.
    says(app, Ids { phone: Some(NEW_PHONE), user: Some(NEW_USER) }, "new number").await;
    changes(app, BY_PHONE, "wamid.moved", json!({"type": "customer_changed_number", "new_wa_id": NEW_PHONE})).await;
    assert_eq!(open(app, &ana).await.id, older.id);
    says(app, Ids { phone: Some(NEW_PHONE), user: None }, "by number").await;
    says(app, Ids { phone: None, user: Some(NEW_USER) }, "by user").await;
    assert_eq!(written(app, &ana, &older.id).await, ["old number", "by number", "by user"]);
    assert_eq!(app.rows(&ana).await.len(), 2);
    app.settle().await;
});
