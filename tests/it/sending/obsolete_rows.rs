//! Outbox rows that become obsolete while a worker holds them: an agent took over, a status arrived first, the worker
//! died.

use handoff::{
    domain::{
        message::{Author, Delivery, Message},
        time::Span,
    },
    server::{
        accounts::Agent,
        conversations::delivery::sending::{Check, SendOutcome},
        store::{
            Leased,
            outbox::{self, OutboxRow, Resumption},
        },
    },
};

use super::{TestConversation, desk, new_conversation};
use crate::app::{TestApp, on_both};

/// Takes the due rows, like a worker that is slow to send them.
async fn take(app: &TestApp) -> Vec<(Leased<OutboxRow>, Resumption)> {
    let now = app.now();
    let mut tx = app.services.db.begin_write().await.expect("begins");
    let lease = app.services.jobs.lease();
    let taken = outbox::take(&mut tx, &app.tenant, now, &lease, now.plus(Span::seconds(90)), 10).await.expect("takes");
    tx.commit().await.expect("commits");
    taken
}

/// A customer writes; the bot's greeting is queued.
async fn greeted<'a>(app: &'a TestApp, agent: &Agent) -> TestConversation<'a> {
    app.meta.customer_says("c2", "Good morning").expect("writes");
    app.meta.settled().await;
    app.services.projector.run_once().await.expect("projects");
    app.services.bot.run_once().await.expect("turns");
    let id = app.only_row(agent).await.id;
    TestConversation { app, agent: agent.clone(), customer: "c2".to_owned(), id, replies: 0.into() }
}

async fn greeting(conversation: &TestConversation<'_>) -> Message {
    conversation.messages().await.into_iter().find(|message| message.author == Author::Bot).expect("the greeting")
}

on_both!(a_takeover_between_lease_and_request_cancels_the_message, threads = 4, async |app| {
    let ana = desk(app).await;
    let conversation = greeted(app, &ana).await;
    let (row, how) = take(app).await.pop().expect("the greeting is due");
    assert_eq!(how, Resumption::Fresh);

    app.services.conversations.take_over(&ana, &conversation.id).await.expect("takes over");
    let check = app.services.conversations.check_send(&row).await.expect("looks again");

    assert!(matches!(check, Check::Settled));
    assert_eq!(greeting(&conversation).await.delivery, Some(Delivery::Cancelled));
    app.turn(Span::minutes(10));
    app.settle().await;
    assert_eq!(conversation.sent().len(), 0);
});

on_both!(a_row_whose_worker_died_is_unknown_and_then_sent_once_more, threads = 4, async |app| {
    let ana = desk(app).await;
    let conversation = greeted(app, &ana).await;
    take(app).await.pop().expect("the greeting is due");

    // When no response is recorded.
    app.turn(Span::seconds(89));
    app.drain().await;
    assert_eq!(greeting(&conversation).await.delivery, Some(Delivery::Queued), "the lease has not expired");
    app.turn(Span::seconds(1));
    app.drain().await;

    // Then it may have been sent: its status is awaited for a minute, and then it is sent once more, marked.
    assert_eq!(greeting(&conversation).await.delivery, Some(Delivery::Unknown));
    app.turn(Span::seconds(60));
    app.settle().await;
    let greeting = greeting(&conversation).await;
    assert_eq!((greeting.delivery, greeting.resent), (Some(Delivery::Delivered), true));
    assert_eq!(conversation.sent().len(), 1);
});

on_both!(a_worker_that_lost_its_lease_changes_nothing, threads = 4, async |app| {
    let ana = desk(app).await;
    let conversation = greeted(app, &ana).await;
    let (row, _) = take(app).await.pop().expect("the greeting is due");
    app.turn(Span::seconds(90));
    app.drain().await;

    let late = SendOutcome::Accepted { wamid: handoff::domain::ids::Wamid("wamid.late".to_owned()) };
    app.services.conversations.settle_send(&row, late).await.expect("is ignored");

    assert_eq!(greeting(&conversation).await.delivery, Some(Delivery::Unknown));
});

on_both!(a_message_that_a_status_failed_meanwhile_is_not_sent, threads = 4, async |app| {
    let ana = desk(app).await;
    let conversation = new_conversation(app, &ana, "Maria").await;
    conversation.reply("On my way").await;
    let (row, _) = take(app).await.pop().expect("the reply is due");
    let id = conversation.said("On my way").await.id;
    let mut told = crate::meta::status("15550000000", "wamid.quick", app.now(), "failed");
    let status = &mut told["entry"][0]["changes"][0]["value"]["statuses"][0];
    status["errors"] = serde_json::json!([{"code": 131_026, "title": "Message undeliverable"}]);
    status["biz_opaque_callback_data"] = id.as_str().into();
    assert_eq!(app.webhook(&told).await, http::StatusCode::OK);
    app.services.projector.run_once().await.expect("projects");

    let check = app.services.conversations.check_send(&row).await.expect("looks again");

    assert!(matches!(check, Check::Settled));
    app.turn(Span::minutes(10));
    app.settle().await;
    assert_eq!(conversation.times_sent("On my way"), 0);
    assert_eq!(conversation.delivery("On my way").await, Some(Delivery::Failed));
});

on_both!(an_erased_message_is_dropped_and_blocks_nothing, threads = 4, async |app| {
    let ana = desk(app).await;
    let conversation = new_conversation(app, &ana, "Maria").await;
    conversation.reply("To be forgotten").await;
    app.erase("messages").await;
    conversation.reply("And on we go").await;

    app.settle().await;

    assert_eq!(conversation.phone()[1..], ["And on we go"]);
    app.turn(Span::minutes(10));
    assert_eq!(take(app).await.len(), 0, "nothing is left to try");
});
