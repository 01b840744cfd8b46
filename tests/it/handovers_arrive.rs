//! Meta's own handoff between the responders of a number: what happens to queued bot messages, and to webhooks that
//! arrive twice or late.

use handoff::domain::{
    desk::{ItemBody, RowState},
    message::{Author, Delivery},
    time::{Span, Timestamp},
};
use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    app::{NUMBER, TestApp, WABA, on_both},
    meta,
};

const MARIA: &str = "4915550001";

fn handover(kind: &str, at: Timestamp) -> Value {
    let value = json!({"messaging_product": "whatsapp", "sender": {"phone_number": MARIA},
        "recipient": {"phone_number_id": NUMBER, "display_phone_number": "15550100000"}, "type": kind,
        "timestamp": (at.0 / 1_000).to_string(), kind: {"metadata": "as agreed"}});
    json!({"object": "whatsapp_business_account",
        "entry": [{"id": WABA, "changes": [{"field": "messaging_handovers", "value": value}]}]})
}

async fn arrives(app: &TestApp, body: &Value) {
    assert_eq!(app.webhook(body).await, StatusCode::OK);
    app.services.projector.run_once().await.expect("projects");
}

on_both!(a_taken_thread_stops_the_bot_and_a_returned_one_is_answered, async |app| {
    let (ana, _) = app.agent("Ana").await;
    // given a bot answer that is queued and not sent
    arrives(app, &meta::text(MARIA, "wamid.1", app.now(), "Hello")).await;
    app.services.bot.run_once().await.expect("turns");
    // and a second message whose turn has not run
    arrives(app, &meta::text(MARIA, "wamid.2", app.now(), "Anybody?")).await;
    // when another responder takes the thread
    arrives(app, &handover("control_taken", app.now())).await;
    app.drain().await;
    // then nothing is sent, and the thread shows why
    assert!(app.meta.sent().is_empty(), "{:?}", app.meta.sent());
    let row = app.only_row(&ana).await;
    assert_eq!(row.state, RowState::Bot, "no handoff is created");
    let mut answers = Vec::new();
    for item in app.thread(&ana, &row.id).await.items {
        if let ItemBody::Message(message) = item.body
            && message.author == Author::Bot
        {
            answers.push(message.delivery);
        }
    }
    assert_eq!(answers, [Some(Delivery::Cancelled)]);
    let told = app.thread_lines(&ana, &app.only_row(&ana).await.id).await;
    assert!(told.iter().any(|words| words.starts_with("Another app on this number took")), "{told:?}");
    assert!(told.contains(&"1 bot message not sent: an agent took over".to_owned()), "{told:?}");
    // when the customer's messages are sent to us again, then the bot answers
    app.turn(Span::seconds(5));
    arrives(app, &meta::text(MARIA, "wamid.3", app.now(), "Back again")).await;
    app.drain().await;
    assert_eq!(app.meta.sent().len(), 1);
    app.settle().await;
});

on_both!(a_repeated_or_late_pass_reopens_no_closed_conversation, async |app| {
    let (ana, _) = app.agent("Ana").await;
    arrives(app, &meta::text(MARIA, "wamid.1", app.now(), "Hello")).await;
    let passed_at = app.now();
    let passed = handover("control_passed", passed_at);
    arrives(app, &passed).await;
    let row = app.only_row(&ana).await;
    assert_eq!(row.state, RowState::Waiting);
    app.turn(Span::minutes(1));
    app.services.conversations.take_over(&ana, &row.id).await.expect("claims");
    app.services.conversations.close(&ana, &row.id, row.last_turn.clone()).await.expect("closes");
    // when the same pass is delivered again, and an earlier one arrives late
    arrives(app, &passed).await;
    arrives(app, &handover("control_passed", passed_at.minus(Span::seconds(30)))).await;
    // then no conversation is started
    let row = app.only_row(&ana).await;
    assert!(matches!(row.state, RowState::Closed { .. }), "{:?}", row.state);
    // A current pass is a new one.
    app.turn(Span::minutes(1));
    arrives(app, &handover("control_passed", app.now())).await;
    assert_eq!(app.rows(&ana).await.len(), 2);
    app.settle().await;
});
