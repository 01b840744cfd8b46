//! The same failure as the response to a send, as a `failed` status, as both, and repeated: it counts once.

use handoff::{
    contract::desk::Asides,
    domain::{
        desk::RowState,
        message::{Author, Delivery},
        time::Span,
    },
    server::simulator::{Effect, Fault, NewCustomer},
};
use serde_json::{Value, json};

use super::{TestConversation, desk, new_conversation};
use crate::app::{TestApp, on_both};

const WORDS: &str = "Your parcel is on its way";

fn refuse(conversation: &TestConversation<'_>, effect: Effect, times: u32) {
    conversation.app.meta.inject(&conversation.customer, Fault { effect, times: Some(times) });
}

/// A `failed` status of an attempt, with our own id as Meta returns it.
fn failed(app: &TestApp, wamid: &str, callback: &str, code: u32) -> Value {
    let mut told = crate::meta::status("15550000000", wamid, app.now(), "failed");
    let status = &mut told["entry"][0]["changes"][0]["value"]["statuses"][0];
    status["errors"] = json!([{"code": code, "title": "Refused"}]);
    status["biz_opaque_callback_data"] = callback.into();
    told
}

async fn post(app: &TestApp, body: &Value) {
    assert_eq!(app.webhook(body).await, http::StatusCode::OK);
    app.services.projector.run_once().await.expect("projects");
}

on_both!(a_failure_that_is_reported_repeatedly_is_one_failure, threads = 4, async |app| {
    let ana = desk(app).await;
    let conversation = new_conversation(app, &ana, "Maria").await;
    refuse(&conversation, Effect::Status { code: 131_026 }, 1);
    let mut settings = app.meta.settings();
    settings.status.copies = 3;
    app.meta.set_settings(settings);

    conversation.reply(WORDS).await;
    app.settle().await;
    let before = app.thread(&ana, &conversation.id).await;
    let sent = conversation.sent().pop().expect("was sent");
    let status = crate::meta::status("15550000000", &sent.wamid, app.now(), "delivered");
    assert_eq!(app.webhook(&status).await, http::StatusCode::OK);
    app.settle().await;

    assert_eq!(app.thread(&ana, &conversation.id).await, before, "only a resend changes a failed message");
});

on_both!(a_failure_in_response_and_status_is_final_and_later_messages_are_sent, threads = 4, async |app| {
    let ana = desk(app).await;
    // A failure that is retried, one that stops the number, one that is final.
    for code in [131_000, 190, 131_026] {
        app.turn(Span::minutes(1));
        let conversation = new_conversation(app, &ana, "Maria").await;
        refuse(&conversation, Effect::Http { code }, 1);
        conversation.reply(WORDS).await;
        conversation.reply("And one more").await;
        app.services.outbox.run_once().await.expect("sends");
        let id = conversation.said(WORDS).await.id;

        // When the status follows the response, twice.
        for _ in 0..2 {
            post(app, &failed(app, &format!("wamid.{code}"), id.as_str(), code)).await;
        }

        // Then it failed once, and the messages behind it are sent.
        let message = conversation.said(WORDS).await;
        assert_eq!(message.delivery, Some(Delivery::Failed), "{code}");
        assert_eq!(message.fault.expect("words").again, None, "{code}: nobody tries again");
        app.services.conversations.channel_up(&app.tenant, &app.channel).await.expect("repaired");
        app.settle().await;
        app.turn(Span::hours(2));
        app.settle().await;
        assert_eq!(conversation.times_sent(WORDS), 0, "{code}: what failed is not sent by itself");
        assert_eq!(conversation.delivery("And one more").await, Some(Delivery::Delivered), "{code}");
        // And the agent's retry is one attempt.
        app.services.conversations.retry(&ana, &conversation.id, &id).await.expect("again");
        app.settle().await;
        assert_eq!(conversation.times_sent(WORDS), 1, "{code}");
        assert_eq!(conversation.delivery(WORDS).await, Some(Delivery::Delivered), "{code}");
    }
});

on_both!(a_bot_message_that_failed_in_response_and_status_escalates_and_stays_unsent, threads = 4, async |app| {
    let ana = desk(app).await;
    let customer = app.meta.add_customer(NewCustomer::named("Maria")).id;
    app.meta.inject(&customer, Fault::once(Effect::Http { code: 131_000 }));
    app.meta.customer_says(&customer, "Good morning").expect("writes");
    app.meta.settled().await;
    app.drain().await;
    let id = app.only_row(&ana).await.id;
    let bot = TestConversation { app, agent: ana.clone(), customer, id, replies: 0.into() };
    let greeting = bot.messages().await.into_iter().find(|it| it.author == Author::Bot).expect("the greeting");
    assert_eq!(greeting.delivery, Some(Delivery::Queued), "a retry is scheduled");

    post(app, &failed(app, "wamid.1", greeting.id.as_str(), 131_000)).await;
    app.turn(Span::minutes(10));
    app.settle().await;

    assert_eq!(bot.row().await.state, RowState::Waiting, "the customer waits for an agent");
    assert_eq!(bot.times_sent(greeting.content.text().expect("a text")), 0);
});

on_both!(a_status_from_before_the_repair_does_not_stop_the_number_again, threads = 4, async |app| {
    let ana = desk(app).await;
    let conversation = new_conversation(app, &ana, "Maria").await;
    conversation.reply(WORDS).await;
    app.drain().await;
    let sent = conversation.sent().pop().expect("was sent");
    let late = failed(app, &sent.wamid, "", 190);

    app.turn(Span::minutes(11));
    post(app, &late).await;

    let calls = app.services.live.calls(&ana).await.expect("reads");
    assert_eq!(Asides::read(&calls.asides).stopped, [], "a late status raises no alert");
});
