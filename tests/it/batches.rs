//! What arrives or is sent together is read and written together, with the same results as one after the other.
//!
//! `batches/sends.rs` tests sends and their statuses, `batches/locks.rs` two transactions at once. This file contains the
//! common helpers.

mod lag;
mod locks;
mod sends;

use handoff::{
    domain::{
        desk::{ItemBody, Row, RowState},
        ids::{ConversationId, Seq},
        message::Message,
        time::Span,
    },
    server::{
        accounts::Agent,
        channels::NewNumber,
        secret::Secret,
        store::{channels, entries, journal},
    },
};
use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    app::{Leftover, TestApp, WABA, on_both},
    meta,
};

const MARIA: &str = "4915550001";
const LUCA: &str = "4915550002";
const ZOE: &str = "4915550003";

/// A customer's text, without its envelope.
fn text(app: &TestApp, phone: &str, wamid: &str, words: &str) -> Value {
    json!({"from": phone, "from_user_id": format!("DE.{phone}"), "id": wamid, "type": "text",
        "timestamp": (app.now().0 / 1_000).to_string(), "text": {"body": words}})
}

/// One body with a change for each of these values, in order.
fn body(values: Vec<Value>) -> Value {
    let mut changes = Vec::new();
    for value in values {
        changes.push(meta::envelope(value)["entry"][0]["changes"][0].clone());
    }
    json!({"object": "whatsapp_business_account", "entry": [{"id": WABA, "changes": changes}]})
}

/// One body with these messages.
fn messages_of(messages: Vec<Value>) -> Value {
    meta::envelope(json!({"messages": messages}))
}

async fn post(app: &TestApp, body: &Value) {
    assert_eq!(app.webhook(body).await, StatusCode::OK);
}

async fn project(app: &TestApp) {
    while app.services.projector.run_once().await.expect("projects") > 0 {}
}

/// Customers who have written once, each in a body of its own.
async fn known(app: &TestApp, phones: &[&str]) {
    for phone in phones {
        post(app, &messages_of(vec![text(app, phone, &format!("wamid.known.{phone}"), "Hello")])).await;
        project(app).await;
    }
}

async fn row_of(app: &TestApp, agent: &Agent, phone: &str) -> Row {
    let rows = app.rows(agent).await;
    rows.into_iter().find(|row| row.phone == Some(format!("+{phone}"))).expect("on the desk")
}

async fn messages(app: &TestApp, agent: &Agent, id: &ConversationId) -> Vec<Message> {
    let items = app.thread(agent, id).await.items;
    let message = |body| match body {
        ItemBody::Message(message) => Some(*message),
        ItemBody::Line(_) | ItemBody::Note(_) => None,
    };
    items.into_iter().filter_map(|item| message(item.body)).collect()
}

/// The customer's texts in a conversation, oldest first.
async fn written(app: &TestApp, agent: &Agent, id: &ConversationId) -> Vec<String> {
    let said = messages(app, agent, id).await.into_iter().filter(|message| message.author.is_customer());
    said.map(|message| message.content.text().unwrap_or_default().to_owned()).collect()
}

/// The length of the log.
async fn entries_of(app: &TestApp) -> usize {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    entries::since(&mut tx, &app.tenant, Seq(0), 10_000).await.expect("reads").len()
}

async fn backlog(app: &TestApp) -> (i64, i64) {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    journal::backlog(&mut tx).await.expect("counts")
}

on_both!(many_messages_of_one_known_customer_in_one_body_are_one_conversation_in_order, async |app| {
    app.without_bounds().await;
    let (ana, _) = app.agent("Ana").await;
    known(app, &[MARIA]).await;
    // given thirty messages of a customer who has an open conversation, in one body
    let said: Vec<String> = (0..30).map(|nth| format!("words {nth}")).collect();
    let texts = said.iter().enumerate().map(|(nth, words)| text(app, MARIA, &format!("wamid.{nth}"), words));
    post(app, &messages_of(texts.collect())).await;
    // when they are carried
    project(app).await;
    // then they follow the first one
    let row = app.only_row(&ana).await;
    assert_eq!(written(app, &ana, &row.id).await[1..], said);
    assert_eq!((app.unread(&row.id).await, row.preview.as_str()), (31, "words 29"));
    // and the bot answers each once, in order
    app.settle().await;
    let thread = messages(app, &ana, &row.id).await;
    assert_eq!(thread.iter().filter(|message| !message.author.is_customer()).count(), 31);
});

on_both!(two_numbers_of_one_customer_in_one_body_keep_their_conversations, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let channel = channels::find(&mut tx, &app.tenant, &app.channel).await.expect("reads").expect("the number");
    drop(tx);
    let number = NewNumber {
        app: channel.app_id,
        phone_number_id: "100200300400501".to_owned(),
        waba_id: WABA.to_owned(),
        display_phone: "+1 555 010 0001".to_owned(),
        name: "Acme Service".to_owned(),
        token: Secret::new("acme-token"),
    };
    app.services.channels.add_number(&app.tenant, number).await.expect("a number");
    for round in 0..2 {
        // when a customer writes to both numbers in turn, first as a new one and then as a known one
        let mut values = Vec::new();
        for nth in 0..4 {
            let said = text(app, MARIA, &format!("wamid.{round}.{nth}"), &format!("{round}{nth}"));
            values.push(json!({"messages": [said]}));
        }
        let mut posted = body(values);
        for nth in [1_usize, 3] {
            posted["entry"][0]["changes"][nth]["value"]["metadata"]["phone_number_id"] = json!("100200300400501");
        }
        post(app, &posted).await;
        project(app).await;
    }
    // then each number has one conversation
    let mut texts = Vec::new();
    for row in app.rows(&ana).await {
        texts.push(written(app, &ana, &row.id).await);
    }
    texts.sort();
    assert_eq!(texts, [["00", "02", "10", "12"], ["01", "03", "11", "13"]]);
    app.leaves(Leftover::Job, "the simulator has one number only");
});

on_both!(a_conversation_that_cannot_be_read_holds_up_no_neighbour, async |app| {
    let (ana, _) = app.agent("Ana").await;
    known(app, &[MARIA, LUCA, ZOE]).await;
    let broken = row_of(app, &ana, LUCA).await.id;
    let stage = async |stage: &str| {
        app.run(&format!("UPDATE conversations SET stage = '{stage}' WHERE id = '{broken}'")).await;
    };
    // given a row that this build cannot read, of the customer in the middle
    stage("odd").await;
    let writers = [(MARIA, "one"), (LUCA, "two"), (ZOE, "three"), (MARIA, "four")];
    let texts = writers.iter().map(|(phone, words)| text(app, phone, &format!("wamid.{words}"), words));
    post(app, &messages_of(texts.collect())).await;
    // when the body is carried
    project(app).await;
    // then the others have their messages, and the body waits
    assert_eq!(backlog(app).await, (1, 0));
    stage("bot").await;
    let mut before = Vec::new();
    for phone in [MARIA, LUCA, ZOE] {
        before.push(written(app, &ana, &row_of(app, &ana, phone).await.id).await);
    }
    assert_eq!(before, [vec!["Hello", "one", "four"], vec!["Hello"], vec!["Hello", "three"]]);
    // and when the row is repaired, the one in the middle follows
    project(app).await;
    assert_eq!(backlog(app).await, (0, 0));
    assert_eq!(written(app, &ana, &row_of(app, &ana, LUCA).await.id).await, ["Hello", "two"]);
    app.settle().await;
});

on_both!(what_is_carried_again_after_a_crash_changes_nothing, async |app| {
    let (ana, _) = app.agent("Ana").await;
    known(app, &[MARIA, LUCA]).await;
    app.settle().await;
    let sent = app.meta.sent();
    let statuses: Vec<Value> = sent
        .iter()
        .flat_map(|request| ["sent", "delivered", "read"].map(|word| (request.wamid.clone(), word)))
        .map(|(wamid, word)| {
            json!({"id": wamid, "status": word, "timestamp": (app.now().0 / 1_000).to_string(), "recipient_id": MARIA})
        })
        .collect();
    let new = [(MARIA, "wamid.a"), (LUCA, "wamid.b"), (ZOE, "wamid.c")];
    let texts: Vec<Value> = new.iter().map(|(phone, wamid)| text(app, phone, wamid, "More")).collect();
    let posted = body(vec![json!({"statuses": statuses}), json!({"messages": texts})]);
    post(app, &posted).await;
    project(app).await;
    let (rows, entries) = (app.rows(&ana).await, entries_of(app).await);
    assert_eq!(rows.len(), 3);
    // given a server that was killed after the conversations were committed and before the journal was
    app.run("UPDATE journal SET state = 'new'").await;
    // when the next one carries everything again
    project(app).await;
    // then no row and no entry is different
    assert_eq!((app.rows(&ana).await, entries_of(app).await), (rows, entries));
    app.settle().await;
});

on_both!(an_item_that_changes_nothing_leaves_the_row_as_it_was, async |app| {
    let (ana, _) = app.agent("Ana").await;
    known(app, &[MARIA, LUCA]).await;
    let before = row_of(app, &ana, MARIA).await;
    // given a body whose item of a known customer says nothing
    let welcome = json!({"from": MARIA, "from_user_id": format!("DE.{MARIA}"), "id": "wamid.welcome",
        "type": "request_welcome", "timestamp": (app.now().0 / 1_000).to_string()});
    post(app, &messages_of(vec![welcome, text(app, LUCA, "wamid.luca", "Hello again")])).await;
    // when it is carried
    project(app).await;
    // then their row is the same, its version included, and the other one is not
    assert_eq!(row_of(app, &ana, MARIA).await, before);
    assert_eq!(row_of(app, &ana, LUCA).await.preview, "Hello again");
    app.settle().await;
});

on_both!(two_records_that_turn_out_to_be_one_person_are_merged_within_a_body, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let seconds = (app.now().0 / 1_000).to_string();
    let by = |phone: Option<&str>, user: Option<&str>, words: &str| {
        let mut item = json!({"id": format!("wamid.{words}"), "timestamp": seconds, "type": "text",
            "text": {"body": words}});
        for (name, id) in [("from", phone), ("from_user_id", user)] {
            if let Some(id) = id {
                item[name] = json!(id);
            }
        }
        item
    };
    let (phone, user) = (Some(MARIA), Some("DE.100"));
    // given two records of one person, each with an open conversation
    post(app, &messages_of(vec![by(phone, None, "older")])).await;
    project(app).await;
    app.turn(Span::seconds(1));
    post(app, &messages_of(vec![by(None, user, "younger")])).await;
    project(app).await;
    let older = row_of(app, &ana, MARIA).await.id;
    // when one body has messages under each id, under both, and under each again
    let items = vec![
        by(phone, None, "one"),
        by(None, user, "two"),
        by(phone, user, "three"),
        by(None, user, "four"),
        by(phone, None, "five"),
    ];
    post(app, &messages_of(items)).await;
    project(app).await;
    // then the older conversation goes on, and the younger one keeps what it had
    assert_eq!(written(app, &ana, &older).await, ["older", "one", "three", "four", "five"]);
    let rows = app.rows(&ana).await;
    let younger = rows.iter().find(|row| row.id != older).expect("the second");
    assert!(matches!(younger.state, RowState::Closed { .. }), "{:?}", younger.state);
    assert_eq!(written(app, &ana, &younger.id).await, ["younger", "two"]);
    let counts = app.desk(&ana).await.counts;
    assert_eq!((counts.bot, counts.closed), (1, 1), "{counts:?}");
    app.settle().await;
});
