//! Reasons that hold a message back: the 24-hour window, the pair limit, the order per conversation, a stopped number.

use handoff::{
    contract::audit::AuditFilter,
    domain::{desk::Tone, message::Delivery, time::Span},
    server::simulator::{Effect, Fault},
};

use super::{conversation, desk, new_conversation, text, words};
use crate::app::on_both;

on_both!(outside_the_window_a_reply_is_refused_and_the_closing_message_is_skipped, threads = 4, async |app| {
    let ana = desk(app).await;
    let luca = conversation(app, &ana, "c2").await;
    let before = luca.sent().len();
    app.turn(Span::hours(24));

    let refused = words(luca.try_reply("Are you still there?", None).await);
    assert!(refused.contains("24-hour reply window is closed"), "{refused}");
    let seen = luca.row().await.last_turn;
    app.services.conversations.close(&ana, &luca.id, seen).await.expect("closes all the same");
    app.settle().await;

    assert_eq!(luca.sent().len(), before, "nothing was sent");
    assert_eq!(luca.messages().await.iter().filter(|message| message.delivery == Some(Delivery::Queued)).count(), 0);
    let line = luca.lines().await.into_iter().find(|line| line.tone == Tone::Warning).expect("a warning line");
    assert_eq!(line.text, "Closing message not sent: reply window closed");
});

on_both!(the_window_is_checked_again_right_before_the_request, threads = 4, async |app| {
    let ana = desk(app).await;
    let luca = conversation(app, &ana, "c2").await;
    app.meta.inject("c2", Fault::once(Effect::Http { code: 190 }));
    luca.reply("On my way").await;
    app.drain().await;

    // When the number is repaired only after the window has closed.
    app.turn(Span::hours(24));
    app.services.conversations.channel_up(&app.tenant, &app.channel).await.expect("repaired");
    app.settle().await;

    assert_eq!(luca.times_sent("On my way"), 0);
    let message = luca.said("On my way").await;
    assert_eq!(message.delivery, Some(Delivery::Failed));
    let told = message.fault.expect("words").detail;
    assert!(told.contains("24-hour reply window is closed"), "{told}");
});

on_both!(a_new_customer_message_opens_a_window_that_meta_closed, threads = 4, async |app| {
    let ana = desk(app).await;
    let luca = conversation(app, &ana, "c2").await;
    app.meta.inject("c2", Fault::once(Effect::Http { code: 131_047 }));
    luca.reply("Hello?").await;
    app.settle().await;
    let refused = words(luca.try_reply("Hello again?", None).await);
    assert!(refused.contains("24-hour reply window is closed"), "{refused}");

    app.turn(Span::minutes(1));
    app.meta.customer_says("c2", "I am back").expect("writes");
    app.settle().await;
    luca.reply("Welcome back").await;
    app.settle().await;

    assert_eq!(luca.delivery("Welcome back").await, Some(Delivery::Delivered));
});

on_both!(a_waiting_reply_keeps_its_place_while_others_are_sent, threads = 4, async |app| {
    let ana = desk(app).await;
    let maria = new_conversation(app, &ana, "Maria").await;
    let luca = new_conversation(app, &ana, "Luca").await;
    app.meta.inject(&maria.customer, Fault::once(Effect::Http { code: 131_000 }));

    for words in ["one", "two", "three"] {
        maria.reply(words).await;
        luca.reply(words).await;
    }
    app.settle().await;

    assert_eq!(luca.phone()[1..], ["one", "two", "three"]);
    assert_eq!(maria.phone().len(), 1, "only the notice; the first reply waits for its retry");
    app.turn(Span::seconds(3));
    app.settle().await;
    assert_eq!(maria.phone()[1..], ["one", "two", "three"], "in order, each once");
});

on_both!(the_forty_sixth_message_to_one_customer_waits, threads = 4, async |app| {
    let ana = desk(app).await;
    let maria = new_conversation(app, &ana, "Maria").await;
    let luca = new_conversation(app, &ana, "Luca").await;
    let mut settings = app.meta.settings();
    settings.pair_limit = true;
    app.meta.set_settings(settings);
    // The notice was the first of 45.
    for n in 1..=45 {
        maria.reply(&format!("line {n}")).await;
    }
    app.settle().await;
    assert_eq!(maria.sent().len(), 45);
    assert_eq!(maria.delivery("line 45").await, Some(Delivery::Queued), "delayed, not rejected");
    luca.reply("not held back").await;
    app.settle().await;
    assert_eq!(luca.times_sent("not held back"), 1);

    app.turn(Span::seconds(7));
    app.settle().await;
    assert_eq!(maria.sent().len(), 46);
    assert_eq!(maria.sent().last().map(text), Some("line 45"));
});

on_both!(a_number_that_sends_too_fast_slows_down_as_a_whole, threads = 4, async |app| {
    let ana = desk(app).await;
    let maria = new_conversation(app, &ana, "Maria").await;
    let luca = new_conversation(app, &ana, "Luca").await;
    app.meta.inject(&maria.customer, Fault::once(Effect::Http { code: 130_429 }));
    maria.reply("too fast").await;
    luca.reply("at the same time").await;
    luca.reply("right after").await;

    // When one run of the outbox sends the first message of each, and Meta refuses Maria's.
    app.services.outbox.run_once().await.expect("sends");
    app.drain().await;

    // Then the message behind it is held back too, although it is for another customer.
    assert_eq!(luca.times_sent("at the same time"), 1);
    assert_eq!((maria.times_sent("too fast"), luca.times_sent("right after")), (0, 0));
    // And so is a new message to a customer who was not involved.
    let noor = new_conversation(app, &ana, "Noor").await;
    noor.reply("a minute ago nothing was slow").await;
    app.drain().await;
    assert_eq!(noor.sent().len(), 0, "not even the notice");
    app.turn(Span::seconds(3));
    app.settle().await;
    assert_eq!((maria.times_sent("too fast"), luca.times_sent("right after")), (1, 1));
    assert_eq!(noor.sent().len(), 2);
});

on_both!(a_stopped_number_loses_nothing_and_sends_everything_once_when_repaired, threads = 4, async |app| {
    let ana = desk(app).await;
    let maria = new_conversation(app, &ana, "Maria").await;
    let luca = new_conversation(app, &ana, "Luca").await;
    app.meta.inject("*", Fault::always(Effect::Http { code: 190 }));
    for words in ["one", "two"] {
        maria.reply(words).await;
        luca.reply(words).await;
    }
    app.drain().await;
    app.turn(Span::hours(3));
    app.drain().await;
    for conversation in [&maria, &luca] {
        assert_eq!(conversation.sent().len(), 1, "only the notice");
        assert_eq!(conversation.delivery("one").await, Some(Delivery::Queued));
    }
    let audit = app.services.settings.read_audit(&app.tenant, &AuditFilter::default(), None).await.expect("reads");
    let told = audit.lines.iter().filter(|line| line.what.contains("problem with a number (code 190)")).count();
    assert_eq!(told, 1, "reported once, not once per attempt");

    // While the fault persists, releasing the number stops it again and loses nothing.
    app.services.conversations.channel_up(&app.tenant, &app.channel).await.expect("tried");
    app.settle().await;
    assert_eq!((maria.sent().len(), luca.sent().len()), (1, 1));
    app.meta.clear_faults(None);
    app.services.conversations.channel_up(&app.tenant, &app.channel).await.expect("repaired");
    app.settle().await;
    for conversation in [&maria, &luca] {
        assert_eq!(conversation.phone()[1..], ["one", "two"], "in order, each once");
        assert_eq!(conversation.delivery("two").await, Some(Delivery::Delivered));
    }
});
