//! Sends without a response (promise 12): held for a minute, resolved by a status, sent again once, or left to the
//! agent.

use handoff::{
    domain::{
        message::{Author, Delivery, Message},
        time::Span,
    },
    server::{
        accounts::Agent,
        simulator::{Effect, Fault, Moment, NewCustomer},
    },
};

use super::{TestConversation, desk, new_conversation, text, words};
use crate::app::{TestApp, on_both};

/// The ways to learn nothing from a response that need no waiting.
fn losses(moment: Moment) -> Vec<Effect> {
    let mut losses = vec![Effect::Garbage { moment }, Effect::Drop { moment }];
    if moment == Moment::Before {
        losses.push(Effect::Error { status: 503, code: Some(999_999), is_transient: None });
    }
    losses
}

fn lose(conversation: &TestConversation<'_>, effect: Effect, times: u32) {
    conversation.app.meta.inject(&conversation.customer, Fault { effect, times: Some(times) });
}

/// Pauses or resumes the delivery of statuses from Meta to us.
fn hold_statuses(app: &TestApp, paused: bool) {
    let mut settings = app.meta.settings();
    settings.webhook.paused = paused;
    app.meta.set_settings(settings);
}

on_both!(an_unknown_send_blocks_its_conversation_until_a_status_arrives, threads = 4, async |app| {
    let ana = desk(app).await;
    for effect in losses(Moment::After) {
        let maria = new_conversation(app, &ana, "Maria").await;
        let luca = new_conversation(app, &ana, "Luca").await;
        hold_statuses(app, true);
        lose(&maria, effect.clone(), 1);

        // When the response to the first reply is lost.
        maria.reply("first").await;
        maria.reply("second").await;
        luca.reply("elsewhere").await;
        app.drain().await;

        // Then it is unknown, the next one waits, and other conversations continue.
        assert_eq!(maria.delivery("first").await, Some(Delivery::Unknown), "{effect:?}");
        assert_eq!(maria.delivery("second").await, Some(Delivery::Queued), "{effect:?}");
        assert_eq!(luca.delivery("elsewhere").await, Some(Delivery::Sent), "{effect:?}");
        app.turn(Span::seconds(59));
        app.drain().await;
        assert_eq!(maria.times_sent("second"), 0, "{effect:?}: the minute is not over");

        // And a status resolves it without another send.
        hold_statuses(app, false);
        app.settle().await;
        app.settle().await;
        assert_eq!(maria.delivery("first").await, Some(Delivery::Delivered), "{effect:?}");
        assert_eq!(maria.delivery("second").await, Some(Delivery::Delivered), "{effect:?}");
        app.turn(Span::minutes(5));
        app.settle().await;
        assert_eq!((maria.times_sent("first"), maria.times_sent("second")), (1, 1), "{effect:?}");
        assert!(!maria.said("first").await.resent, "{effect:?}");
    }
});

on_both!(after_a_minute_without_a_status_a_bot_message_is_resent_and_marked, threads = 4, async |app| {
    let ana = desk(app).await;
    for effect in losses(Moment::Before) {
        let known: Vec<_> = app.rows(&ana).await.into_iter().map(|row| row.id).collect();
        let customer = app.meta.add_customer(NewCustomer::named("Maria")).id;
        app.meta.inject(&customer, Fault { effect: effect.clone(), times: Some(1) });
        app.meta.customer_says(&customer, "Good morning").expect("writes");
        app.meta.settled().await;
        app.drain().await;
        let row = app.rows(&ana).await.into_iter().find(|row| !known.contains(&row.id)).expect("a row");
        let bot = TestConversation { app, agent: ana.clone(), customer, id: row.id, replies: 0.into() };
        let said = || async {
            bot.messages().await.into_iter().find(|message| message.author == Author::Bot).expect("the greeting")
        };
        assert_eq!(said().await.delivery, Some(Delivery::Unknown), "{effect:?}");

        app.turn(Span(59_999));
        app.drain().await;
        assert_eq!(bot.sent().len(), 0, "{effect:?}: not yet");
        app.turn(Span(1));
        app.settle().await;

        assert_eq!(bot.sent().len(), 1, "{effect:?}");
        let greeting = said().await;
        assert_eq!((greeting.delivery, greeting.resent), (Some(Delivery::Delivered), true), "{effect:?}");
        assert_eq!(greeting.content.text(), Some(text(&bot.sent()[0])));
    }
});

on_both!(two_sends_without_a_status_fail_and_escalate, threads = 4, async |app| {
    let ana = desk(app).await;
    let bot = bot_conversation(app, &ana, Effect::Garbage { moment: Moment::Before }, 2).await;
    for _ in 0..2 {
        app.turn(Span::seconds(60));
        app.settle().await;
    }

    let row = app.only_row(&ana).await;
    assert_eq!(row.state, handoff::domain::desk::RowState::Waiting, "the conversation is escalated");
    let greeting = bot_said(&bot).await;
    assert_eq!(greeting.delivery, Some(Delivery::Failed));
    let told = greeting.fault.expect("words").detail;
    assert!(told.contains("twice"), "{told}");
});

on_both!(an_agents_message_without_a_status_fails_and_waits_for_their_retry, threads = 4, async |app| {
    let ana = desk(app).await;
    for effect in losses(Moment::Before) {
        let maria = new_conversation(app, &ana, "Maria").await;
        lose(&maria, effect.clone(), 1);
        maria.reply("Shall I order it?").await;
        maria.reply("Just say yes").await;
        app.drain().await;
        let message = maria.said("Shall I order it?").await;
        assert_eq!(message.delivery, Some(Delivery::Unknown), "{effect:?}");

        // When a minute passes without a status: it failed, and the messages behind it are sent.
        app.turn(Span::seconds(60));
        app.settle().await;
        let message = maria.said("Shall I order it?").await;
        assert_eq!((message.delivery, message.resent), (Some(Delivery::Failed), false), "{effect:?}");
        let told = message.fault.expect("words").detail;
        assert!(told.contains("may or may not have arrived"), "{told}");
        assert_eq!((maria.times_sent("Shall I order it?"), maria.times_sent("Just say yes")), (0, 1), "{effect:?}");

        // And Retry sends it, once.
        app.services.conversations.retry(&ana, &maria.id, &message.id).await.expect("again");
        let twice = words(app.services.conversations.retry(&ana, &maria.id, &message.id).await);
        assert!(twice.contains("didn't fail"), "{twice}");
        app.settle().await;
        assert_eq!(maria.times_sent("Shall I order it?"), 1, "{effect:?}");
        let message = maria.said("Shall I order it?").await;
        assert_eq!((message.delivery, message.fault), (Some(Delivery::Delivered), None), "{effect:?}");
        assert!(message.resent, "{effect:?}: nobody knows whether the customer has it twice");
    }
});

on_both!(an_agent_need_not_wait_out_the_minute, threads = 4, async |app| {
    let ana = desk(app).await;
    for effect in losses(Moment::Before) {
        let maria = new_conversation(app, &ana, "Maria").await;
        lose(&maria, effect.clone(), 1);
        maria.reply("Shall I order it?").await;
        maria.reply("Just say yes").await;
        app.drain().await;
        let message = maria.said("Shall I order it?").await;
        assert_eq!(message.delivery, Some(Delivery::Unknown), "{effect:?}");

        // When Ana retries at once, twice by accident.
        app.services.conversations.retry(&ana, &maria.id, &message.id).await.expect("again");
        let twice = words(app.services.conversations.retry(&ana, &maria.id, &message.id).await);
        assert!(twice.contains("didn't fail"), "{twice}");
        app.settle().await;

        // Then it is sent once, before the messages behind it, and is marked.
        let message = maria.said("Shall I order it?").await;
        assert_eq!((message.delivery, message.resent), (Some(Delivery::Delivered), true), "{effect:?}");
        assert_eq!(maria.phone()[1..], ["Shall I order it?", "Just say yes"], "{effect:?}");
        app.turn(Span::minutes(5));
        app.settle().await;
        assert_eq!(maria.times_sent("Shall I order it?"), 1, "{effect:?}: the lost attempt is over");
    }
});

on_both!(a_status_of_the_lost_attempt_cancels_the_retry, threads = 4, async |app| {
    let ana = desk(app).await;
    let maria = new_conversation(app, &ana, "Maria").await;
    hold_statuses(app, true);
    lose(&maria, Effect::Garbage { moment: Moment::After }, 1);
    maria.reply("It is here").await;
    app.drain().await;
    let message = maria.said("It is here").await;
    app.services.conversations.retry(&ana, &maria.id, &message.id).await.expect("again");

    // When the status of the first attempt arrives before the second one is sent.
    hold_statuses(app, false);
    app.meta.settled().await;
    app.services.projector.run_once().await.expect("projects");
    app.settle().await;

    assert_eq!(maria.times_sent("It is here"), 1);
    assert_eq!(maria.delivery("It is here").await, Some(Delivery::Delivered));
});

on_both!(a_late_status_withdraws_a_failure_concluded_from_silence, threads = 4, async |app| {
    let ana = desk(app).await;
    let maria = new_conversation(app, &ana, "Maria").await;
    hold_statuses(app, true);
    lose(&maria, Effect::Garbage { moment: Moment::After }, 1);
    maria.reply("It is here").await;
    app.drain().await;
    app.turn(Span::seconds(60));
    app.drain().await;
    assert_eq!(maria.delivery("It is here").await, Some(Delivery::Failed));

    hold_statuses(app, false);
    app.settle().await;

    let message = maria.said("It is here").await;
    assert_eq!((message.delivery, message.fault), (Some(Delivery::Delivered), None));
    let nothing = words(app.services.conversations.retry(&ana, &maria.id, &message.id).await);
    assert!(nothing.contains("didn't fail"), "{nothing}");
});

on_both!(an_unknown_bot_message_is_not_resent_after_a_takeover, threads = 4, async |app| {
    let ana = desk(app).await;
    let bot = bot_conversation(app, &ana, Effect::Garbage { moment: Moment::Before }, 1).await;
    app.services.conversations.take_over(&ana, &bot.id).await.expect("takes over");
    bot.reply("Ana here").await;

    app.turn(Span::seconds(60));
    app.settle().await;

    let greeting = bot_said(&bot).await;
    assert_eq!((greeting.delivery, greeting.resent), (Some(Delivery::Failed), false));
    let told = greeting.fault.expect("words").detail;
    assert!(told.contains("an agent took over"), "{told}");
    assert_eq!(bot.phone(), ["Ana here"]);
    let again = bot.lines().await;
    assert!(again.iter().all(|line| !line.text.contains("again")), "{again:#?}");
});

/// A customer writes, and the bot's greeting meets `effect`.
async fn bot_conversation<'a>(app: &'a TestApp, agent: &Agent, effect: Effect, times: u32) -> TestConversation<'a> {
    let customer = app.meta.add_customer(NewCustomer::named("Maria")).id;
    app.meta.inject(&customer, Fault { effect, times: Some(times) });
    app.meta.customer_says(&customer, "Good morning").expect("writes");
    app.meta.settled().await;
    app.drain().await;
    let row = app.only_row(agent).await;
    TestConversation { app, agent: agent.clone(), customer, id: row.id, replies: 0.into() }
}

async fn bot_said(bot: &TestConversation<'_>) -> Message {
    bot.messages().await.into_iter().find(|message| message.author == Author::Bot).expect("the greeting")
}

on_both!(a_failed_reply_is_resent_once_and_old_statuses_do_not_affect_it, threads = 4, async |app| {
    let ana = desk(app).await;
    let maria = new_conversation(app, &ana, "Maria").await;
    lose(&maria, Effect::Status { code: 131_026 }, 1);
    maria.reply("It is here").await;
    app.settle().await;
    let message = maria.said("It is here").await;
    assert_eq!(message.delivery, Some(Delivery::Failed));

    // When Ana presses Retry twice, and Meta delivers the old failure again before the new attempt is sent.
    let again = [
        maria.app.services.conversations.retry(&ana, &maria.id, &message.id),
        app.services.conversations.retry(&ana, &maria.id, &message.id),
    ];
    let taken = futures::future::join_all(again).await.into_iter().filter(Result::is_ok).count();
    assert_eq!(taken, 1, "a double press sends once");
    let mut told = crate::meta::status("15550000000", &maria.sent()[1].wamid, app.now(), "failed");
    let status = &mut told["entry"][0]["changes"][0]["value"]["statuses"][0];
    status["errors"] = serde_json::json!([{"code": 131_026, "title": "Message undeliverable"}]);
    status["biz_opaque_callback_data"] = message.id.as_str().into();
    assert_eq!(app.webhook(&told).await, http::StatusCode::OK);
    app.services.projector.run_once().await.expect("projects");
    assert_eq!(
        maria.delivery("It is here").await,
        Some(Delivery::Queued),
        "the status of the earlier attempt is ignored"
    );

    // Then the new attempt is sent once, and its own statuses arrive.
    app.settle().await;
    assert_eq!(maria.times_sent("It is here"), 2, "the failed attempt and the new one");
    let message = maria.said("It is here").await;
    assert_eq!((message.delivery, message.fault), (Some(Delivery::Delivered), None));
});
