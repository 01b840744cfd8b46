//! Messages that wait before they are sent: what happens at their time, what takes them back, and when they ask. Texts that
//! join are in `scheduled/joined.rs`.

mod joined;

use handoff::{
    domain::{
        conversation::{EndingKind, EndingPress, Goodbye},
        desk::{Frame, ItemBody, Row},
        event::{Event, ScheduledAct},
        ids::{ConversationId, MessageId, Seq},
        message::{
            Author,
            composed::{ComposedMessage, ComposedPlace},
            reply::ReplyKind,
        },
        scheduled::{ScheduledMessage, ScheduledState, SendChoice, SendDoubt, SendWait},
        time::Span,
    },
    server::{
        accounts::Agent,
        conversations::{ConversationError, agent::NewReply},
        store::{entries, jobs},
        workers::JobKind,
    },
};
use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    app::{TestApp, on_both},
    desk_law::stream::Stream,
    meta,
};

const MARIA: &str = "4915550001";
const DELAY: i64 = 10;

/// A conversation that Ana has claimed, who may take back what she sends for ten seconds.
async fn claimed(app: &TestApp, ana: &Agent) -> Row {
    app.services.accounts.set_send_delay(ana, DELAY).await.expect("saves");
    let row = app.waiting(ana).await;
    app.services.conversations.claim(ana, &row.id).await.expect("claims");
    app.settle().await;
    app.only_row(ana).await
}

fn reply(body: &str) -> NewReply<'_> {
    NewReply { client_id: body, kind: ReplyKind::Text, body, quote: None, draft: None, file: None }
}

async fn schedules(
    app: &TestApp,
    agent: &Agent,
    id: &ConversationId,
    body: &str,
    choice: SendChoice,
) -> ScheduledMessage {
    let done = app.services.conversations.schedule_reply(agent, id, reply(body), choice).await;
    done.expect("is allowed").expect("waits")
}

async fn states(app: &TestApp, agent: &Agent, id: &ConversationId) -> Vec<ScheduledState> {
    app.thread(agent, id).await.scheduled.into_iter().map(|message| message.state).collect()
}

/// The texts that Meta accepted, in order.
fn sent(app: &TestApp) -> Vec<String> {
    let text = |body: &Value| body["text"]["body"].as_str().unwrap_or_default().to_owned();
    app.meta.sent().iter().map(|request| text(&request.body)).collect()
}

async fn acts(app: &TestApp) -> Vec<(ScheduledAct, Option<SendDoubt>)> {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let log = entries::since(&mut tx, &app.tenant, Seq(0), 10_000).await.expect("reads");
    let steps = log.into_iter().filter_map(|entry| match entry.event {
        Event::Scheduled(step) => Some((step.act, step.doubt)),
        _ => None,
    });
    steps.collect()
}

async fn has_job(app: &TestApp, message: &ScheduledMessage) -> bool {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    jobs::is_queued(&mut tx, JobKind::Scheduled, message.id.as_str()).await.expect("reads")
}

async fn writes(app: &TestApp, wamid: &str, words: &str) {
    assert_eq!(app.webhook(&meta::text(MARIA, wamid, app.now(), words)).await, StatusCode::OK);
}

on_both!(a_message_leaves_when_it_can_no_longer_be_taken_back, async |app| {
    let (ana, cookie) = app.agent("Ana").await;
    let row = claimed(app, &ana).await;
    let before = sent(app).len();
    let mut stream = Stream::open(app, &cookie, app.desk(&ana).await.seq).await;
    // given two messages that Ana has sent, one of them by a press that the page repeats
    let one = schedules(app, &ana, &row.id, "One", SendChoice::AfterUndo).await;
    let due = app.now().plus(Span::seconds(DELAY));
    assert_eq!(one.state, ScheduledState::Waiting(SendWait::Undo(due)));
    assert_eq!(schedules(app, &ana, &row.id, "One", SendChoice::AfterUndo).await, one);
    app.turn(Span::seconds(1));
    schedules(app, &ana, &row.id, "Two", SendChoice::AfterUndo).await;
    // then the thread shows them, the stream tells of them, and nothing is sent before their time
    let shown = app.thread(&ana, &row.id).await.scheduled;
    let texts: Vec<_> = shown.iter().map(|it| (it.body.as_str(), it.author_name.as_str())).collect();
    assert_eq!(texts, [("One", "Ana"), ("Two", "Ana")]);
    let changes = loop {
        match stream.next().await.expect("the stream goes on") {
            Frame::Changes(changes) => break changes,
            Frame::Heartbeat { .. } | Frame::Reset { .. } | Frame::Presence { .. } | Frame::Activity { .. } => {}
        }
    };
    assert!(!changes.scheduled.is_empty());
    assert!(changes.scheduled.iter().all(|(of, step)| *of == row.id && step.act == ScheduledAct::Written));
    app.turn(Span::seconds(DELAY - 2));
    app.settle().await;
    assert_eq!(sent(app).len(), before);
    // when their time has come, then both are sent once, in order, by Ana, and nothing is left of them
    app.turn(Span::seconds(2));
    app.settle().await;
    assert_eq!(sent(app).split_off(before), ["One", "Two"]);
    assert!(states(app, &ana, &row.id).await.is_empty() && !has_job(app, &one).await);
    let by_ana = app.thread(&ana, &row.id).await.items.into_iter().filter(|item| match &item.body {
        ItemBody::Message(message) => message.author == Author::Agent(ana.id().clone()),
        ItemBody::Line(_) | ItemBody::Note(_) => false,
    });
    assert_eq!(by_ana.count(), 2);
    let again = app.services.conversations.schedule_reply(&ana, &row.id, reply("One"), SendChoice::AfterUndo).await;
    assert_eq!(again.expect("is known"), None, "the press is known after it was sent");
});

on_both!(what_is_taken_back_is_never_sent, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let row = claimed(app, &ana).await;
    let before = sent(app).len();
    let conversations = &app.services.conversations;
    // given an answer to a message, then the thread names it, so that it can be restored
    let question = MessageId::from("msg_question");
    let helo = NewReply { quote: Some(&question), ..reply("Helo") };
    let typo = conversations.schedule_reply(&ana, &row.id, helo, SendChoice::AfterUndo).await;
    let typo = typo.expect("is allowed").expect("waits");
    assert_eq!(typo.quote, Some(question));
    assert_eq!(app.thread(&ana, &row.id).await.scheduled, std::slice::from_ref(&typo));
    // given a colleague, then only its author takes it back
    let refused = conversations.cancel_scheduled(&ben, &row.id, &typo.id).await;
    assert!(matches!(refused, Err(ConversationError::Invalid(_))), "{refused:?}");
    let refused = conversations.send_scheduled_now(&ben, &row.id, &typo.id).await;
    assert!(matches!(refused, Err(ConversationError::Invalid(_))), "{refused:?}");
    conversations.cancel_scheduled(&ana, &row.id, &typo.id).await.expect("takes it back");
    assert!(!has_job(app, &typo).await, "no job is left");
    app.turn(Span::seconds(DELAY + 1));
    app.settle().await;
    assert_eq!(sent(app).len(), before);
    let late = conversations.cancel_scheduled(&ana, &row.id, &typo.id).await;
    assert!(matches!(late, Err(ConversationError::NotFound)), "{late:?}");
    // and an erased one is not sent either
    schedules(app, &ana, &row.id, "Secret", SendChoice::AfterUndo).await;
    app.erase("scheduled_messages").await;
    app.turn(Span::seconds(DELAY + 1));
    app.settle().await;
    assert_eq!(sent(app).len(), before);
    assert_eq!(acts(app).await.len(), 3, "written, cancelled, written");
});

on_both!(ending_a_conversation_sends_what_could_still_be_taken_back, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = claimed(app, &ana).await;
    let before = sent(app).len();
    schedules(app, &ana, &row.id, "Goodbye then", SendChoice::AfterUndo).await;
    // when Ana closes before it has left, then it leaves at once, and the close takes effect
    let seen = app.only_row(&ana).await.last_turn;
    let goodbye = Goodbye::default();
    let press = EndingPress { kind: EndingKind::Close, seen, goodbye, outcome: None, undo_time: None };
    app.services.conversations.schedule_ending(&ana, &row.id, &press).await.expect("is allowed").expect("is pending");
    app.settle().await;
    assert_eq!(sent(app).split_off(before)[0], "Goodbye then");
    app.turn(Span::seconds(9));
    app.settle().await;
    assert_eq!(app.desk(&ana).await.counts.closed, 1);
    assert_eq!(acts(app).await, [(ScheduledAct::Written, None), (ScheduledAct::Sent, None)]);
});

on_both!(a_form_is_sent_after_what_was_typed_before_it, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = claimed(app, &ana).await;
    let before = app.meta.sent().len();
    let typed = schedules(app, &ana, &row.id, "Come here:", SendChoice::AfterUndo).await;
    let later = schedules(app, &ana, &row.id, "Did it help?", SendChoice::TomorrowMorning).await;
    let form = ComposedMessage::Location(ComposedPlace { place: "52.52, 13.405".into(), ..ComposedPlace::default() });
    app.services.conversations.send_composed(&ana, &row.id, "form", &form, None).await.expect("sends");
    app.settle().await;
    let requests = app.meta.sent();
    let kinds: Vec<_> = requests.iter().skip(before).map(|request| request.body["type"].clone()).collect();
    assert_eq!(kinds, ["text", "location"]);
    assert_eq!(states(app, &ana, &row.id).await, [later.state]);
    assert!(!has_job(app, &typed).await && has_job(app, &later).await);
});

on_both!(a_message_asks_at_its_time_if_it_does_not_fit_any_more, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let row = claimed(app, &ana).await;
    let conversations = &app.services.conversations;
    let before = sent(app).len();
    // given a message for tomorrow, after the reply window
    let tomorrow = app.now().plus(Span::hours(25));
    let late = schedules(app, &ana, &row.id, "Tomorrow", SendChoice::At(tomorrow)).await;
    app.turn(Span::seconds(1));
    // and one for later, before a colleague takes the conversation over
    let later = schedules(app, &ana, &row.id, "Later", SendChoice::At(app.now().plus(Span::hours(1)))).await;
    conversations.release(&ana, &row.id).await.expect("releases");
    conversations.claim(&ben, &row.id).await.expect("claims");
    app.turn(Span::hours(2));
    app.settle().await;
    conversations.release(&ben, &row.id).await.expect("releases");
    conversations.claim(&ana, &row.id).await.expect("claims");
    app.turn(Span::hours(24));
    app.settle().await;
    // then neither is sent, both are kept and say why
    assert_eq!(sent(app).len(), before);
    let asking = ScheduledState::Asking;
    let kept = states(app, &ana, &row.id).await;
    assert_eq!(kept, [asking(SendDoubt::WindowClosed), asking(SendDoubt::NotYours)]);
    assert!(!has_job(app, &late).await && !has_job(app, &later).await);
    // and the list marks the conversation for their author alone
    for (agent, marked) in [(&ana, vec![row.id.clone()]), (&ben, Vec::new())] {
        assert_eq!(app.services.live.calls(agent).await.expect("reads").drafts, marked);
    }
    let refused = conversations.send_scheduled_now(&ana, &row.id, &later.id).await;
    assert!(matches!(refused, Err(ConversationError::Invalid(_))), "the window is closed: {refused:?}");
    // when the customer is back and Ana confirms, then it is sent
    writes(app, "wamid.back", "Hello again").await;
    app.settle().await;
    conversations.send_scheduled_now(&ana, &row.id, &later.id).await.expect("sends");
    app.settle().await;
    assert_eq!(sent(app).split_off(before), ["Later"]);
    assert_eq!(states(app, &ana, &row.id).await, [asking(SendDoubt::WindowClosed)]);
});

on_both!(the_customer_who_writes_first_stops_what_was_timed_and_releases_what_waited_for_them, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = claimed(app, &ana).await;
    let before = sent(app).len();
    let timed = schedules(app, &ana, &row.id, "Timed", SendChoice::At(app.now().plus(Span::hours(3)))).await;
    schedules(app, &ana, &row.id, "Welcome back", SendChoice::CustomerBack).await;
    app.turn(Span::hours(1));
    app.settle().await;
    assert_eq!(sent(app).len(), before);
    // when the customer writes, then one is sent, and the other asks
    writes(app, "wamid.back", "It works now").await;
    app.settle().await;
    assert_eq!(sent(app).split_off(before), ["Welcome back"]);
    assert_eq!(states(app, &ana, &row.id).await, [ScheduledState::Asking(SendDoubt::CustomerWrote)]);
    assert!(!has_job(app, &timed).await);
    app.turn(Span::hours(3));
    app.settle().await;
    assert_eq!(sent(app).len(), before + 1, "nothing is sent without a confirmation");
    // given one that waits for a customer whose conversation ends, then it asks
    schedules(app, &ana, &row.id, "And?", SendChoice::CustomerBack).await;
    let seen = app.only_row(&ana).await.last_turn;
    app.services.conversations.close(&ana, &row.id, seen).await.expect("closes");
    assert_eq!(states(app, &ana, &row.id).await[1], ScheduledState::Asking(SendDoubt::Closed));
    app.settle().await;
});

on_both!(a_message_in_the_journal_counts_as_written_first, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = claimed(app, &ana).await;
    let before = sent(app).len();
    schedules(app, &ana, &row.id, "Timed", SendChoice::At(app.now().plus(Span::hours(1)))).await;
    app.turn(Span::hours(1));
    writes(app, "wamid.unread", "Wait").await;
    // when it is due, then it waits for what the journal holds
    assert!(app.services.endings.run_once().await.expect("runs") > 0);
    assert!(matches!(states(app, &ana, &row.id).await[..], [ScheduledState::Waiting(_)]));
    app.settle().await;
    assert_eq!(sent(app).len(), before);
    assert_eq!(states(app, &ana, &row.id).await, [ScheduledState::Asking(SendDoubt::CustomerWrote)]);
});

on_both!(messages_are_sent_in_the_order_in_which_they_were_written, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = claimed(app, &ana).await;
    let before = sent(app).len();
    let conversations = &app.services.conversations;
    // given a message that Ana can still take back, then what she sends at once goes after it
    schedules(app, &ana, &row.id, "One", SendChoice::AfterUndo).await;
    app.services.accounts.set_send_delay(&ana, 0).await.expect("saves");
    conversations.reply(&ana, &row.id, "two", "Two", None).await.expect("replies");
    app.settle().await;
    assert_eq!(sent(app).split_off(before), ["One", "Two"]);
    app.services.accounts.set_send_delay(&ana, DELAY).await.expect("saves");
    // and so does one with a shorter time
    schedules(app, &ana, &row.id, "Three", SendChoice::AfterUndo).await;
    app.services.accounts.set_send_delay(&ana, 5).await.expect("saves");
    app.turn(Span::seconds(1));
    schedules(app, &ana, &row.id, "Four", SendChoice::AfterUndo).await;
    app.turn(Span::seconds(5));
    app.settle().await;
    assert_eq!(sent(app).split_off(before + 2), ["Three", "Four"]);
    // and one that waited for the customer, when Ana sends it at once
    let later = schedules(app, &ana, &row.id, "Six", SendChoice::CustomerBack).await;
    schedules(app, &ana, &row.id, "Five", SendChoice::AfterUndo).await;
    conversations.send_scheduled_now(&ana, &row.id, &later.id).await.expect("sends");
    app.settle().await;
    assert_eq!(sent(app).split_off(before + 4), ["Five", "Six"]);
    // given several for the same time, and several for the customer, whose jobs are due at once
    let at = SendChoice::At(app.now().plus(Span::hours(1)));
    let (timed, back) = (["t1", "t2", "t3", "t4"], ["b1", "b2", "b3", "b4"]);
    for (choice, bodies) in [(at, timed), (SendChoice::CustomerBack, back)] {
        for body in bodies {
            app.turn(Span::seconds(1));
            schedules(app, &ana, &row.id, body, choice).await;
        }
    }
    app.turn(Span::hours(1));
    app.settle().await;
    assert_eq!(sent(app).split_off(before + 6), timed);
    writes(app, "wamid.back", "It works now").await;
    app.settle().await;
    assert_eq!(sent(app).split_off(before + 10), back);
});

on_both!(what_waits_for_a_customer_asks_when_the_bot_gets_the_conversation, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let says = async |wamid: &str, contact: Value, from: Value| {
        let mut message = json!({"id": wamid, "timestamp": (app.now().0 / 1_000).to_string(), "type": "text",
            "text": {"body": "Hello"}});
        for (key, value) in from.as_object().expect("fields") {
            message[key.as_str()] = value.clone();
        }
        let body = meta::envelope(json!({"contacts": [contact], "messages": [message]}));
        assert_eq!(app.webhook(&body).await, StatusCode::OK);
        while app.services.projector.run_once().await.expect("projects") > 0 {}
        // Two records of the same millisecond have no defined order.
        app.turn(Span::seconds(1));
    };
    let profile = json!({"name": "Maria Costa"});
    says("wamid.1", json!({"profile": profile, "wa_id": MARIA}), json!({"from": MARIA})).await;
    says("wamid.2", json!({"profile": profile, "user_id": "DE.100"}), json!({"from_user_id": "DE.100"})).await;
    let mut rows = app.rows(&ana).await;
    rows.sort_by(|one, other| one.id.cmp(&other.id));
    let [older, younger] = rows.as_slice() else { panic!("two records, not {}", rows.len()) };
    let asks = [ScheduledState::Asking(SendDoubt::WithBot)];
    // when Ana takes a conversation over and undoes that, then what she has written meanwhile asks
    let conversations = &app.services.conversations;
    let epoch = conversations.take_over(&ana, &younger.id).await.expect("takes over");
    let first = schedules(app, &ana, &younger.id, "Back?", SendChoice::CustomerBack).await;
    conversations.undo_take_over(&ana, &younger.id, epoch).await.expect("undoes");
    assert_eq!(states(app, &ana, &younger.id).await, asks);
    conversations.cancel_scheduled(&ana, &younger.id, &first.id).await.expect("takes it back");
    // when the record turns out to be that of a customer whom the bot answers, then it moves there and asks
    conversations.take_over(&ana, &younger.id).await.expect("takes over");
    schedules(app, &ana, &younger.id, "Still there?", SendChoice::CustomerBack).await;
    let both = json!({"from": MARIA, "from_user_id": "DE.100"});
    says("wamid.3", json!({"profile": profile, "wa_id": MARIA, "user_id": "DE.100"}), both).await;
    assert_eq!(states(app, &ana, &older.id).await, asks);
    assert!(states(app, &ana, &younger.id).await.is_empty());
    app.settle().await;
});
