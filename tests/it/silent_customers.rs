//! Silent customers: who does not answer an agent is reminded once, and the conversation closes by itself. Never of a
//! customer who waits for a reply, and never outside of WhatsApp's window.

use handoff::{
    domain::{
        conversation::SnoozeUntil,
        desk::RowState,
        event::Initiator,
        ids::ConversationId,
        message::draft::ReplyDraft,
        settings::{SilenceTimes, TextName},
        time::Span,
    },
    server::{
        accounts::Agent,
        simulator::{Effect, Fault},
        store::jobs,
        workers::JobKind,
    },
};
use http::StatusCode;

use crate::{
    app::{TestApp, on_both},
    desk_law::stream::Stream,
    meta,
};

const MARIA: &str = "4915550001";
const OFF: Span = Span(0);
const HALF_AN_HOUR: Span = Span::minutes(30);
const TWO_HOURS: Span = Span::hours(2);
const REMINDER: &str = "Still there?";
const GOODBYE: &str = "Bye.";

/// What an admin has set: two texts that no other message has, and the times.
async fn silence(app: &TestApp, remind_after: Span, close_after: Span) {
    let settings = &app.services.settings;
    for (name, text) in [(TextName::Reminder, REMINDER), (TextName::Closing, GOODBYE)] {
        settings.text_save(&app.tenant, Initiator::SYSTEM, name, text.to_owned()).await.expect("a text");
    }
    times(app, remind_after, close_after).await;
}

async fn times(app: &TestApp, remind_after: Span, close_after: Span) {
    let times = SilenceTimes { remind_after, close_after };
    app.services.settings.silence_save(&app.tenant, Initiator::SYSTEM, times).await.expect("times");
}

/// Ana has claimed Maria's conversation.
async fn claimed(app: &TestApp, ana: &Agent) -> ConversationId {
    let id = app.waiting(ana).await.id;
    app.services.conversations.claim(ana, &id).await.expect("claims");
    app.settle().await;
    id
}

/// Ana replies, and has read everything.
async fn replies(app: &TestApp, ana: &Agent, id: &ConversationId, words: &str) {
    app.services.conversations.reply(ana, id, words, words, None).await.expect("replies");
    app.settle().await;
    app.look(ana, id).await;
}

async fn writes(app: &TestApp, wamid: &str, words: &str) {
    app.turn(Span::seconds(1));
    assert_eq!(app.webhook(&meta::text(MARIA, wamid, app.now(), words)).await, StatusCode::OK);
    app.settle().await;
}

async fn passes(app: &TestApp, span: Span) {
    app.turn(span);
    app.settle().await;
}

/// The reminders and goodbyes that Meta accepted, in order.
fn sent(app: &TestApp) -> Vec<String> {
    let sent = app.meta.sent();
    let texts = sent.iter().filter_map(|request| request.body["text"]["body"].as_str().map(str::to_owned));
    texts.filter(|text| text == REMINDER || text == GOODBYE).collect()
}

async fn is_mine(app: &TestApp, ana: &Agent) -> bool {
    matches!(app.only_row(ana).await.state, RowState::Claimed { .. })
}

on_both!(a_silent_customer_is_reminded_once_and_then_the_conversation_closes, async |app| {
    let (ana, _) = app.agent("Ana").await;
    silence(app, HALF_AN_HOUR, TWO_HOURS).await;
    let id = claimed(app, &ana).await;
    // given two replies, the second within the time of the first
    replies(app, &ana, &id, "one").await;
    passes(app, Span::minutes(20)).await;
    replies(app, &ana, &id, "two").await;
    // when half an hour has passed after the second, then the customer is reminded
    passes(app, Span::minutes(29)).await;
    assert_eq!(sent(app), Vec::<String>::new());
    passes(app, Span::minutes(1)).await;
    assert_eq!(sent(app), [REMINDER]);
    // when two hours have passed, then the conversation closes, with the goodbye, and says why
    passes(app, Span::minutes(89)).await;
    assert!(is_mine(app, &ana).await);
    passes(app, Span::minutes(1)).await;
    assert!(matches!(app.only_row(&ana).await.state, RowState::Closed { .. }));
    assert_eq!(sent(app), [REMINDER, GOODBYE]);
    let told = app.thread_lines(&ana, &id).await;
    assert!(told.contains(&"Closed automatically: the customer did not reply".to_owned()), "{told:?}");
    // and what the customer writes later is answered
    writes(app, "wamid.later", "Are you there?").await;
    assert_eq!(app.rows(&ana).await.len(), 2);
});

on_both!(it_is_off_unless_an_admin_sets_a_time, async |app| {
    let (ana, _) = app.agent("Ana").await;
    silence(app, OFF, OFF).await;
    let id = claimed(app, &ana).await;
    replies(app, &ana, &id, "one").await;
    let mut tx = app.services.db.begin_read().await.expect("a view");
    assert!(!jobs::is_queued(&mut tx, JobKind::Silence, id.as_str()).await.expect("reads"));
    drop(tx);
    passes(app, Span::hours(12)).await;
    assert!(is_mine(app, &ana).await);
    assert_eq!(sent(app), Vec::<String>::new());
});

on_both!(a_customer_who_waits_for_a_reply_is_never_silent, async |app| {
    let (ana, _) = app.agent("Ana").await;
    silence(app, HALF_AN_HOUR, TWO_HOURS).await;
    let id = claimed(app, &ana).await;
    // given a customer who has no reply at all, and then one who writes after it
    passes(app, Span::hours(3)).await;
    replies(app, &ana, &id, "one").await;
    writes(app, "wamid.more", "And now?").await;
    app.look(&ana, &id).await;
    passes(app, Span::hours(3)).await;
    assert!(is_mine(app, &ana).await);
    assert_eq!(sent(app), Vec::<String>::new());
    // when they are answered, then the time runs from that reply
    replies(app, &ana, &id, "two").await;
    passes(app, HALF_AN_HOUR).await;
    assert_eq!(sent(app), [REMINDER]);
    // when they answer the reminder, then nothing closes
    writes(app, "wamid.still", "Yes!").await;
    app.look(&ana, &id).await;
    passes(app, Span::hours(3)).await;
    assert!(is_mine(app, &ana).await);
    assert_eq!(sent(app), [REMINDER]);
});

on_both!(a_reply_that_did_not_arrive_leaves_the_conversation_to_its_agent, async |app| {
    let (ana, _) = app.agent("Ana").await;
    silence(app, HALF_AN_HOUR, TWO_HOURS).await;
    let id = claimed(app, &ana).await;
    replies(app, &ana, &id, "one").await;
    // The read mark of Ana's look is not the request that fails.
    app.settle().await;
    // given a second reply that fails, at once or after it was accepted
    app.meta.inject("*", Fault::once(Effect::Http { code: 131_026 }));
    replies(app, &ana, &id, "two").await;
    passes(app, Span::hours(3)).await;
    app.meta.inject("*", Fault::once(Effect::Status { code: 131_026 }));
    replies(app, &ana, &id, "three").await;
    passes(app, Span::hours(3)).await;
    // then nobody is reminded, and nothing closes
    assert!(is_mine(app, &ana).await);
    assert_eq!(sent(app), Vec::<String>::new());
});

on_both!(what_the_owner_has_not_read_or_puts_aside_stays_open, async |app| {
    let (ana, _) = app.agent("Ana").await;
    silence(app, OFF, TWO_HOURS).await;
    let id = claimed(app, &ana).await;
    let conversations = &app.services.conversations;
    conversations.reply(&ana, &id, "c1", "Unread", None).await.expect("replies");
    app.settle().await;
    passes(app, Span::hours(3)).await;
    assert!(is_mine(app, &ana).await, "the customer's message is unread");
    let draft = |version, body: &str| ReplyDraft { version, body: body.to_owned() };
    replies(app, &ana, &id, "half").await;
    conversations.save_draft(&ana, &id, draft(1, "And one more")).await.expect("keeps it");
    passes(app, Span::hours(3)).await;
    assert!(is_mine(app, &ana).await, "Ana is writing");
    conversations.save_draft(&ana, &id, draft(2, "")).await.expect("keeps it");
    replies(app, &ana, &id, "one").await;
    let until = app.now().plus(Span::hours(8));
    conversations.snooze(&ana, &id, SnoozeUntil::Time(until)).await.expect("snoozes");
    passes(app, Span::hours(3)).await;
    assert!(is_mine(app, &ana).await, "Ana comes back to it");
    // until the customer writes is what silence means
    replies(app, &ana, &id, "two").await;
    conversations.snooze(&ana, &id, SnoozeUntil::Reply).await.expect("snoozes");
    passes(app, TWO_HOURS).await;
    assert!(!is_mine(app, &ana).await);
});

on_both!(a_busy_journal_does_not_keep_a_conversation_open, async |app| {
    let (ana, _) = app.agent("Ana").await;
    silence(app, OFF, TWO_HOURS).await;
    let id = claimed(app, &ana).await;
    replies(app, &ana, &id, "one").await;
    app.turn(TWO_HOURS);
    let arrives = async |wamid: &str| {
        let body = meta::text("4915550002", wamid, app.now(), "Hello");
        assert_eq!(app.webhook(&body).await, StatusCode::OK);
    };
    let state = async || {
        let row = app.rows(&ana).await.into_iter().find(|row| row.id == id);
        row.expect("is in the list").state
    };
    // given a body that is unread when the close is due, then it is awaited
    arrives("wamid.1").await;
    app.services.endings.run_once().await.expect("carries out");
    assert!(matches!(state().await, RowState::Claimed { .. }));
    // when it is read and another one has arrived, then no more is awaited
    app.services.projector.run_once().await.expect("reads");
    app.turn(Span::seconds(5));
    arrives("wamid.2").await;
    app.services.endings.run_once().await.expect("carries out");
    assert!(matches!(state().await, RowState::Closed { .. }));
    app.settle().await;
});

on_both!(nothing_is_sent_or_closed_outside_the_window, async |app| {
    let (ana, _) = app.agent("Ana").await;
    silence(app, Span::hours(22), Span::hours(23)).await;
    let id = claimed(app, &ana).await;
    passes(app, Span::hours(3)).await;
    replies(app, &ana, &id, "one").await;
    for _ in 0..4 {
        passes(app, Span::hours(12)).await;
    }
    assert!(is_mine(app, &ana).await);
    assert_eq!(sent(app), Vec::<String>::new());
});

on_both!(the_times_that_are_set_when_it_is_due_count, async |app| {
    let (ana, _) = app.agent("Ana").await;
    silence(app, HALF_AN_HOUR, OFF).await;
    let id = claimed(app, &ana).await;
    replies(app, &ana, &id, "one").await;
    // given a longer time, set meanwhile
    times(app, Span::hours(1), OFF).await;
    passes(app, HALF_AN_HOUR).await;
    assert_eq!(sent(app), Vec::<String>::new());
    passes(app, HALF_AN_HOUR).await;
    assert_eq!(sent(app), [REMINDER]);
    // given that it is switched off, then nothing comes after a reply
    replies(app, &ana, &id, "two").await;
    times(app, OFF, OFF).await;
    passes(app, Span::hours(2)).await;
    assert_eq!(sent(app), [REMINDER]);
});

on_both!(a_silence_that_is_over_leaves_open_pages_as_they_are, async |app| {
    let (ana, cookie) = app.agent("Ana").await;
    silence(app, HALF_AN_HOUR, TWO_HOURS).await;
    let id = claimed(app, &ana).await;
    replies(app, &ana, &id, "one").await;
    writes(app, "wamid.more", "And now?").await;
    let mut desk = app.desk(&ana).await;
    let before = app.only_row(&ana).await;
    // when the job finds that the customer has answered
    passes(app, HALF_AN_HOUR).await;
    // then the row is as it was, for an open page and for a fresh one
    assert_eq!(app.only_row(&ana).await, before);
    app.look(&ana, &id).await;
    let fresh = app.desk(&ana).await;
    // A stream does not outlive half an hour on the turned clock: the page reconnects where it was.
    let mut stream = Stream::open(app, &cookie, desk.seq).await;
    while desk.seq < fresh.seq {
        desk.apply(&stream.next().await.expect("the stream goes on"));
    }
    assert_eq!(desk, fresh);
    // The read mark of the look.
    app.settle().await;
});
