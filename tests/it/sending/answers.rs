//! What answers a customer who waits: a person's message that was sent. One that is queued, refused or fails afterwards
//! answers nothing, and the list shows it.

use handoff::{
    domain::{
        desk::Row,
        event::{Event, EventKind},
        ids::Seq,
        message::Delivery,
        time::{Span, Timestamp},
    },
    server::{
        simulator::{Effect, Fault},
        store::entries,
    },
};

use super::{TestConversation, desk, new_conversation};
use crate::app::{TestApp, on_both};

/// Whether the handoff counts as answered, since when the customer waits for a reply, and how far the last message got.
fn facts(row: &Row) -> (bool, Option<Timestamp>, Option<Delivery>) {
    (row.wait.is_some_and(|wait| wait.answered), row.reply.map(|wait| wait.since), row.last_delivery)
}

/// The customer writes, and nothing is sent meanwhile.
async fn writes(app: &TestApp, conversation: &TestConversation<'_>, words: &str) {
    app.meta.customer_says(&conversation.customer, words).expect("writes");
    app.meta.settled().await;
    while app.services.projector.run_once().await.expect("projects") > 0 {}
}

async fn answers(conversation: &TestConversation<'_>) -> Vec<Event> {
    let (app, id) = (conversation.app, &conversation.id);
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let mut log = Vec::new();
    for kind in [EventKind::Answered, EventKind::FirstReplySent, EventKind::AnswerFailed] {
        log.extend(entries::of_kind(&mut tx, &app.tenant, id, kind, Seq(0)).await.expect("reads"));
    }
    log.sort_by_key(|entry| entry.seq);
    log.into_iter().map(|entry| entry.event).collect()
}

on_both!(a_reply_answers_once_it_is_sent, threads = 4, async |app| {
    let ana = desk(app).await;
    let luca = new_conversation(app, &ana, "Luca").await;
    let asked = luca.row().await.requested_at;
    assert_eq!(facts(&luca.row().await), (false, asked, None), "the customer wrote last");
    // when the reply is queued, then nothing is answered
    app.turn(Span::minutes(1));
    luca.reply("Good morning").await;
    assert_eq!(facts(&luca.row().await), (false, asked, Some(Delivery::Queued)));
    // when it is sent, then the handoff is answered, and nobody waits
    app.turn(Span::minutes(1));
    app.settle().await;
    let row = luca.row().await;
    assert_eq!(facts(&row), (true, None, Some(Delivery::Delivered)));
    assert_eq!(row.wait.and_then(|wait| wait.until), Some(app.now()), "when it was sent, not when it was queued");
    let log = answers(&luca).await;
    let waited = Span::minutes(2);
    assert!(matches!(log[0], Event::Answered { waited: by, .. } if by == waited), "{log:?}");
    assert!(matches!(log[1], Event::FirstReplySent { after, .. } if after == waited), "{log:?}");
    assert_eq!(log.len(), 2, "{log:?}");
});

on_both!(a_reply_that_cannot_be_sent_answers_nothing, threads = 4, async |app| {
    let ana = desk(app).await;
    // The call is refused, or it is accepted and the failure is reported afterwards.
    for effect in [Effect::Http { code: 131_026 }, Effect::Status { code: 131_026 }] {
        let luca = new_conversation(app, &ana, "Luca").await;
        let asked = luca.row().await.requested_at;
        app.meta.inject(&luca.customer, Fault::once(effect.clone()));
        app.turn(Span::minutes(1));
        luca.reply("Good morning").await;
        app.settle().await;
        assert_eq!(facts(&luca.row().await), (false, asked, Some(Delivery::Failed)), "{effect:?}");
        // when it is sent again and arrives, then it answers
        app.turn(Span::minutes(4));
        let message = luca.said("Good morning").await.id;
        app.services.conversations.retry(&ana, &luca.id, &message).await.expect("is tried again");
        assert_eq!(luca.row().await.last_delivery, Some(Delivery::Queued), "{effect:?}");
        app.settle().await;
        let row = luca.row().await;
        assert_eq!(facts(&row), (true, None, Some(Delivery::Delivered)), "{effect:?}");
        assert_eq!(row.wait.map(|wait| wait.length(app.now())), Some(Span::minutes(5)), "{effect:?}");
    }
});

on_both!(a_reply_that_a_stopped_number_holds_answers_nothing, threads = 4, async |app| {
    let ana = desk(app).await;
    let luca = new_conversation(app, &ana, "Luca").await;
    let asked = luca.row().await.requested_at;
    app.meta.inject("*", Fault::always(Effect::Http { code: 190 }));
    luca.reply("Good morning").await;
    app.drain().await;
    assert_eq!(facts(&luca.row().await), (false, asked, Some(Delivery::Queued)));
    app.turn(Span::hours(1));
    app.meta.clear_faults(None);
    app.services.conversations.channel_up(&app.tenant, &app.channel).await.expect("repaired");
    app.settle().await;
    assert_eq!(facts(&luca.row().await), (true, None, Some(Delivery::Delivered)));
});

on_both!(the_clock_runs_from_the_first_message_that_no_sent_reply_has_answered, threads = 4, async |app| {
    let ana = desk(app).await;
    let luca = new_conversation(app, &ana, "Luca").await;
    luca.reply("Good morning").await;
    app.settle().await;
    let reply = async || luca.row().await.reply;
    // Meta's times have whole seconds.
    let second = |at: Timestamp| Timestamp(at.0 / 1_000 * 1_000);
    // given two messages, then the wait runs from the first
    app.turn(Span::minutes(1));
    let first = second(app.now());
    writes(app, &luca, "Where is it?").await;
    app.turn(Span::minutes(1));
    writes(app, &luca, "Hello?").await;
    let wait = reply().await.expect("waits");
    assert_eq!((wait.since, wait.target, wait.until), (first, Span::minutes(5), None));
    // given a reply that is queued, and a message that comes before it is sent, then that message is still unanswered
    luca.reply("I look it up").await;
    app.turn(Span::minutes(1));
    let third = second(app.now());
    writes(app, &luca, "It was the blue one").await;
    assert_eq!(reply().await.map(|wait| wait.since), Some(first));
    app.settle().await;
    assert_eq!(reply().await.map(|wait| wait.since), Some(third));
    // when that is answered, then nobody waits
    luca.reply("It comes tomorrow").await;
    app.settle().await;
    assert_eq!(reply().await, None);
});

on_both!(a_later_reply_that_arrived_answers_even_if_an_earlier_one_fails, threads = 4, async |app| {
    let ana = desk(app).await;
    let luca = new_conversation(app, &ana, "Luca").await;
    // given two replies, of which the first fails after it was accepted
    app.meta.inject(&luca.customer, Fault::once(Effect::Status { code: 131_026 }));
    luca.reply("one").await;
    luca.reply("two").await;
    app.drain().await;
    app.settle().await;
    assert_eq!(luca.delivery("one").await, Some(Delivery::Failed));
    assert_eq!(facts(&luca.row().await), (true, None, Some(Delivery::Delivered)));
    // given a customer who cannot be reached at all, when both fail, then nothing is answered
    let noor = new_conversation(app, &ana, "Noor").await;
    let noor_asked = noor.row().await.requested_at;
    app.meta.inject(&noor.customer, Fault::always(Effect::Status { code: 131_026 }));
    noor.reply("one").await;
    noor.reply("two").await;
    app.drain().await;
    app.settle().await;
    assert_eq!(facts(&noor.row().await), (false, noor_asked, Some(Delivery::Failed)));
});

on_both!(a_reply_that_is_sent_after_the_close_answered_its_handoff, threads = 4, async |app| {
    let ana = desk(app).await;
    let luca = new_conversation(app, &ana, "Luca").await;
    // given a reply that is queued when the conversation closes
    luca.reply("It is on its way. Bye!").await;
    let seen = luca.row().await.last_turn;
    app.services.conversations.close(&ana, &luca.id, seen).await.expect("closes");
    assert!(luca.row().await.wait.is_some_and(|wait| !wait.answered));
    // when it is sent, then its handoff was answered
    app.settle().await;
    let row = luca.row().await;
    assert_eq!((row.wait.map(|wait| wait.answered), row.reply), (Some(true), None));
});
