//! What WhatsApp charges: told by several statuses of a message, recorded once.

use handoff::{
    domain::{
        event::Event,
        message::Delivery,
        report::facts::{MessageFact, MessageSender},
    },
    server::accounts::Agent,
};
use serde_json::{Value, json};

use super::*;

/// A status of a message that tells its price or does not.
fn status(app: &TestApp, wamid: &str, word: &str, tells: bool) -> Value {
    let mut body = meta::status("4915550001", wamid, app.now(), word);
    let status = &mut body["entry"][0]["changes"][0]["value"]["statuses"][0];
    if tells {
        status["pricing"] = json!({"billable": true, "pricing_model": "PMP", "type": "regular", "category": "utility"});
    }
    if word == "failed" {
        status["errors"] = json!([{"code": 131_026, "title": "Message undeliverable"}]);
    }
    body
}

/// Ana's message is sent, and its statuses arrive one by one: the word, and whether it tells the price.
async fn told(app: &TestApp, ana: &Agent, id: &ConversationId, words: &str, statuses: &[(&str, bool)]) -> MessageFact {
    app.services.conversations.reply(ana, id, words, words, None).await.expect("replies");
    app.drain().await;
    let sent = app.meta.sent().pop().expect("it is sent");
    for (word, tells) in statuses {
        assert_eq!(app.webhook(&status(app, &sent.wamid, word, *tells)).await, StatusCode::OK);
        app.drain().await;
    }
    add(&app.services).await;
    let message: MessageId = sent.body["biz_opaque_callback_data"].as_str().expect("our id").into();
    stored(app, &app.tenant).await.messages.remove(&(message, 0)).expect("its fact")
}

/// The statuses with which prices are recorded.
async fn recorded(app: &TestApp) -> Vec<Delivery> {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let log = entries::since(&mut tx, &app.tenant, Seq(0), 10_000).await.expect("reads");
    let priced = |event: Event| match event {
        Event::Delivered { status, pricing: Some(_), .. } => Some(status),
        _ => None,
    };
    log.into_iter().filter_map(|entry| priced(entry.event)).collect()
}

on_both!(a_price_is_recorded_once_however_often_it_is_told, async |app| {
    app.hold_back_statuses();
    let (ana, _) = app.agent("Ana").await;
    let id = app.waiting(&ana).await.id;
    app.services.conversations.claim(&ana, &id).await.expect("claims");

    let each = [("sent", true), ("delivered", true), ("delivered", true), ("read", true)];
    let fact = told(app, &ana, &id, "One", &each).await;
    assert_eq!(recorded(app).await, [Delivery::Delivered]);
    let (at, pricing) = fact.priced.expect("a price");
    assert_eq!((at, pricing.category.as_str(), pricing.kind.as_deref()), (app.now(), "utility", Some("regular")));
    assert_eq!((pricing.billable, fact.sender), (Some(true), MessageSender::Agent(ana.id().clone())));

    // The status that tells it moves nothing forward.
    let fact = told(app, &ana, &id, "Two", &[("read", false), ("delivered", true), ("sent", true)]).await;
    assert_eq!(recorded(app).await, [Delivery::Delivered, Delivery::Read]);
    assert!(fact.priced.is_some());

    // What is not delivered costs nothing.
    let fact = told(app, &ana, &id, "Three", &[("sent", true), ("failed", false), ("delivered", true)]).await;
    assert_eq!(recorded(app).await.len(), 2);
    assert!(fact.priced.is_none() && fact.failed.is_some());
});

on_both!(each_piece_of_a_long_message_has_a_price, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let id = app.waiting(&ana).await.id;
    app.services.conversations.claim(&ana, &id).await.expect("claims");
    let long = (0..1_500).map(|n| format!("w{n:04}")).collect::<Vec<_>>().join(" ");
    app.services.conversations.reply(&ana, &id, "long", &long, None).await.expect("replies");
    app.settle().await;
    app.settle().await;
    add(&app.services).await;
    let facts = stored(app, &app.tenant).await;
    let ours = facts.messages.values().filter(|fact| fact.sender == MessageSender::Agent(ana.id().clone()));
    let pieces: Vec<(i64, bool)> = ours.map(|fact| (fact.piece, fact.priced.is_some())).collect();
    assert_eq!(pieces, [(0, true), (1, true), (2, true)]);
});
