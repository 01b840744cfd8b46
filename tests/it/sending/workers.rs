//! The running outbox: a request that hangs blocks nothing else, and a stop takes effect.

use handoff::{
    domain::{desk::RowState, message::Delivery, time::Span},
    server::{
        serve::{STOP_TIME, serve_on},
        simulator::{Effect, Fault, Moment},
        store::outbox,
        workers::{JobKind, Selection},
    },
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{TestConversation, desk, new_conversation};
use crate::app::{Leftover, on_both};

const HANG: Effect = Effect::Hang { moment: Moment::Before };

/// Waits until a message has this status.
async fn until(conversation: &TestConversation<'_>, words: &str, delivery: Delivery) {
    let mut head = conversation.app.services.bus.watch(&conversation.app.tenant);
    while conversation.delivery(words).await != Some(delivery) {
        head.changed().await.expect("the bus lives");
    }
}

on_both!(a_send_that_hangs_blocks_only_its_conversation, threads = 4, async |app| {
    let ana = desk(app).await;
    let maria = new_conversation(app, &ana, "Maria").await;
    let luca = new_conversation(app, &ana, "Luca").await;
    app.meta.inject(&maria.customer, Fault::once(HANG));
    maria.reply("hangs").await;
    for words in ["one", "two", "three"] {
        luca.reply(words).await;
    }

    let running = tokio::spawn(app.services.outbox.clone().run(CancellationToken::new()));
    until(&luca, "three", Delivery::Sent).await;

    assert_eq!(maria.delivery("hangs").await, Some(Delivery::Queued), "the hanging request is still pending");
    assert_eq!(luca.phone()[1..], ["one", "two", "three"]);
    running.abort();
});

on_both!(a_read_mark_that_hangs_blocks_no_message, threads = 4, async |app| {
    let ana = desk(app).await;
    let maria = new_conversation(app, &ana, "Maria").await;
    let luca = new_conversation(app, &ana, "Luca").await;
    app.meta.customer_says(&maria.customer, "Are you there?").expect("writes");
    app.settle().await;
    app.look(&ana, &maria.id).await;
    // Read marks contain no recipient, so they match the faults for everybody; Luca's customer has its own fault.
    app.meta.inject(&luca.customer, Fault::always(Effect::Silent));
    app.meta.inject("*", Fault::always(HANG));
    luca.reply("at once").await;

    let running = tokio::spawn(app.services.outbox.clone().run(CancellationToken::new()));
    until(&luca, "at once", Delivery::Sent).await;

    // The mark is still being sent: after a failure it would be due again by now.
    app.turn(Span::seconds(6));
    let taken = app.services.jobs.take(JobKind::Read, Selection::Any, Span::seconds(1), 9).await.expect("takes");
    assert!(taken.is_empty());
    running.abort();
});

on_both!(a_stop_takes_effect_during_a_backlog, threads = 4, async |app| {
    let ana = desk(app).await;
    let maria = new_conversation(app, &ana, "Maria").await;
    for n in 0..3 {
        maria.reply(&format!("line {n}")).await;
    }
    app.meta.customer_says("c2", "Good morning").expect("writes");
    app.meta.settled().await;
    app.services.projector.run_once().await.expect("projects");
    let stop = CancellationToken::new();
    stop.cancel();

    app.services.outbox.clone().run(stop.clone()).await;
    app.services.bot.clone().run(stop).await;

    assert_eq!(maria.phone().len(), 1, "only the notice: the rest is the next start's");
    assert_eq!(app.services.bot.run_once().await.expect("turns"), 1, "and so is the bot's turn");
    app.leaves(Leftover::Outbox, "the server was stopped in the middle of them");
});

on_both!(a_stop_ends_in_time_while_a_send_hangs, threads = 4, async |app| {
    // given a server with a send that has no answer
    let ana = desk(app).await;
    let maria = new_conversation(app, &ana, "Maria").await;
    app.meta.inject(&maria.customer, Fault::once(HANG));
    maria.reply("hangs").await;
    let next = app.another(8).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let stop = CancellationToken::new();
    let serving = serve_on(next, &app.config, listener, stop.clone().cancelled_owned());
    let stopping = async {
        let is_due = async || {
            let mut tx = app.services.db.begin_read().await.expect("a view");
            !outbox::due_tenants(&mut tx, app.now()).await.expect("reads").is_empty()
        };
        while is_due().await {
            tokio::task::yield_now().await;
        }
        // when it is asked to stop
        stop.cancel();
        app.clock.waited_for(STOP_TIME).await;
        app.turn(STOP_TIME);
    };
    let (served, ()) = tokio::join!(serving, stopping);
    // then it ends without the answer, and the next start finds the message
    served.expect("ends");
    app.leaves(Leftover::Outbox, "the server was stopped while it was sent");
});

on_both!(a_bot_without_a_working_number_escalates, threads = 4, async |app| {
    let ana = desk(app).await;
    app.meta.inject("*", Fault::always(Effect::Http { code: 190 }));
    // The first message finds out that the number is down, the second one arrives afterwards.
    for customer in ["c1", "c2"] {
        app.meta.customer_says(customer, "Good morning").expect("writes");
        app.meta.settled().await;
        app.drain().await;
    }

    let rows = app.rows(&ana).await;
    let waiting = rows.iter().filter(|row| row.state == RowState::Waiting).count();
    assert_eq!((rows.len(), waiting), (2, 2), "the customers wait for an agent");

    // The bot's messages are not sent afterwards, when agents own the conversations.
    app.meta.clear_faults(None);
    app.services.conversations.channel_up(&app.tenant, &app.channel).await.expect("repaired");
    app.settle().await;
    assert_eq!(app.meta.sent().len(), 0);
});
