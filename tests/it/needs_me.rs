//! The groups of an agent's own conversations: who waits for a reply, whose turn it is, and what is put aside. A row
//! moves between them with what happens, in snapshots, pages, counts and live frames alike.

use handoff::{
    domain::{
        conversation::{Refusal, Snooze, SnoozeKind, SnoozeUntil},
        desk::{Desk, Filter, Group, Status},
        ids::ConversationId,
        time::Span,
    },
    server::{accounts::Agent, conversations::ConversationError, store::jobs, workers::JobKind},
};
use http::StatusCode;

use crate::{
    app::{TestApp, on_both},
    desk_law::stream::Stream,
    meta,
};

async fn writes(app: &TestApp, phone: &str, wamid: &str, words: &str) {
    assert_eq!(app.webhook(&meta::text(phone, wamid, app.now(), words)).await, StatusCode::OK);
    while app.services.projector.run_once().await.expect("projects") > 0 {}
}

/// The groups with rows, and how many each has.
fn shown(desk: &Desk) -> Vec<(Group, usize)> {
    let filled = desk.groups.iter().filter(|(_, range)| !range.rows.is_empty());
    filled.map(|(group, range)| (*group, range.rows.len())).collect()
}

/// The only group with rows, which the counts must agree with.
async fn group(app: &TestApp, agent: &Agent) -> Group {
    let desk = app.desk(agent).await;
    for group in Group::ALL {
        let rows = desk.groups[&group].rows.len();
        assert_eq!(desk.count(group).n, i64::try_from(rows).expect("few"), "{group:?}");
    }
    let groups = shown(&desk);
    assert_eq!(groups.len(), 1, "{groups:?}");
    groups[0].0
}

/// Applies the frames of an open page, and compares it with a fresh one.
async fn follow(app: &TestApp, agent: &Agent, cookie: &str, desk: &mut Desk, stream: &mut Stream) {
    let fresh = app.desk(agent).await;
    while desk.seq < fresh.seq {
        match stream.next().await {
            Some(frame) => desk.apply(&frame),
            // A stream ends after some minutes, and browsers open another one.
            None => *stream = Stream::open(app, cookie, desk.seq).await,
        }
    }
    assert_eq!(*desk, fresh);
}

on_both!(a_conversation_moves_between_the_groups_of_its_owner, async |app| {
    let (ana, cookie) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let row = app.waiting(&ana).await;
    let conversations = &app.services.conversations;
    let mut desk = app.desk(&ana).await;
    let mut stream = Stream::open(app, &cookie, desk.seq).await;
    assert_eq!((group(app, &ana).await, group(app, &ben).await), (Group::Unassigned, Group::Unassigned));
    // when Ana claims it, then the customer waits for her; for Ben it is one of the others
    conversations.claim(&ana, &row.id).await.expect("claims");
    assert_eq!((group(app, &ana).await, group(app, &ben).await), (Group::ReplyNow, Group::Others));
    // when her reply is queued, then the customer still waits; when it is sent, then it is the customer's turn
    conversations.reply(&ana, &row.id, "c1", "Hello", None).await.expect("replies");
    assert_eq!(group(app, &ana).await, Group::ReplyNow);
    app.settle().await;
    assert_eq!((group(app, &ana).await, group(app, &ben).await), (Group::CustomersTurn, Group::Others));
    // when the customer writes, then she has to reply
    app.turn(Span::seconds(5));
    writes(app, "4915550001", "wamid.2", "And now?").await;
    assert_eq!((group(app, &ana).await, group(app, &ben).await), (Group::ReplyNow, Group::Others));
    // when Ben takes over, then he has
    conversations.take_over(&ben, &row.id).await.expect("takes over");
    assert_eq!((group(app, &ana).await, group(app, &ben).await), (Group::Others, Group::ReplyNow));
    conversations.return_to_bot(&ben, &row.id).await.expect("returns");
    assert_eq!((group(app, &ana).await, group(app, &ben).await), (Group::Bot, Group::Bot));
    app.settle().await;
    // and a page that was open all the time shows the same as a fresh one
    follow(app, &ana, &cookie, &mut desk, &mut stream).await;
});

on_both!(those_who_wait_longest_come_first_page_by_page, async |app| {
    let (ana, _) = app.agent("Ana").await;
    app.keyword("agent").await;
    // given forty conversations that Ana claims in some other order than they came
    for customer in 0..40 {
        writes(app, &format!("49155500{customer:02}"), &format!("wamid.{customer}"), "agent").await;
        app.drain().await;
        app.turn(Span::seconds(1));
    }
    app.settle().await;
    let mut waiting: Vec<ConversationId> = Vec::new();
    let live = &app.services.live;
    let mut range = app.desk(&ana).await.groups[&Group::Unassigned].clone();
    loop {
        waiting.extend(range.rows.iter().map(|row| row.id.clone()));
        let Some(last) = range.rows.last().filter(|_| range.more) else { break };
        let after = last.key(Group::Unassigned);
        range = live.more(&ana, Filter::default(), Group::Unassigned, &after, None).await.expect("a page");
    }
    assert_eq!(waiting.len(), 40);
    for id in waiting.iter().rev() {
        app.services.conversations.claim(&ana, id).await.expect("claims");
    }
    // then the view of what is hers has them in the order in which they wait
    let mine = Filter { status: Some(Status::Mine), ..Filter::default() };
    let desk = live.desk(&ana, mine.clone(), None).await.expect("a desk");
    assert_eq!(
        desk.groups.keys().copied().collect::<Vec<_>>(),
        [Group::ReplyNow, Group::CustomersTurn, Group::Snoozed]
    );
    let mut range = desk.groups[&Group::ReplyNow].clone();
    let mut rows = range.rows.clone();
    while range.more {
        let after = rows.last().expect("a row").key(Group::ReplyNow);
        range = live.more(&ana, mine.clone(), Group::ReplyNow, &after, None).await.expect("a page");
        rows.extend(range.rows.clone());
    }
    assert_eq!(rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>(), waiting);
    assert_eq!((desk.count(Group::ReplyNow).n, desk.counts.claimed.get(ana.id())), (40, Some(&40)));
});

/// A moment after Ana's first reply, with the customer to write next.
async fn replied(app: &TestApp, ana: &Agent) -> ConversationId {
    let id = app.waiting(ana).await.id;
    app.services.conversations.claim(ana, &id).await.expect("claims");
    app.services.conversations.reply(ana, &id, "c1", "Hello", None).await.expect("replies");
    app.settle().await;
    app.turn(Span::seconds(5));
    id
}

on_both!(a_snooze_ends_with_its_time_and_a_replaced_one_does_not_wake_it, async |app| {
    let (ana, cookie) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let id = replied(app, &ana).await;
    let conversations = &app.services.conversations;
    let mut desk = app.desk(&ana).await;
    let mut stream = Stream::open(app, &cookie, desk.seq).await;
    // given a snooze that is replaced by a later one
    let (soon, later) = (app.now().plus(Span::minutes(10)), app.now().plus(Span::minutes(30)));
    conversations.snooze(&ana, &id, SnoozeUntil::Time(soon)).await.expect("snoozes");
    conversations.snooze(&ana, &id, SnoozeUntil::Time(later)).await.expect("snoozes");
    assert_eq!((group(app, &ana).await, group(app, &ben).await), (Group::Snoozed, Group::Others));
    let snooze = app.only_row(&ana).await.snooze;
    assert_eq!(snooze, Some(Snooze { kind: SnoozeKind::Time, until: Some(later) }));
    // then only the later time wakes it, for a page that is open, too
    app.turn(Span::minutes(11));
    app.settle().await;
    assert_eq!(group(app, &ana).await, Group::Snoozed);
    app.turn(Span::minutes(20));
    app.settle().await;
    assert_eq!(group(app, &ana).await, Group::CustomersTurn);
    follow(app, &ana, &cookie, &mut desk, &mut stream).await;
    // A time that is past or too far is refused with words.
    for until in [app.now(), app.now().plus(Span::days(400))] {
        let refused = conversations.snooze(&ana, &id, SnoozeUntil::Time(until)).await;
        assert!(matches!(&refused, Err(ConversationError::Invalid(_))), "{refused:?}");
    }
});

on_both!(the_customer_ends_every_snooze, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let id = replied(app, &ana).await;
    let conversations = &app.services.conversations;
    let in_two_hours = app.now().plus(Span::hours(2));
    let choices = [
        (SnoozeUntil::Reply, SnoozeKind::Reply),
        (SnoozeUntil::WindowEnd, SnoozeKind::Window),
        (SnoozeUntil::Time(in_two_hours), SnoozeKind::Time),
    ];
    for (nth, (choice, kind)) in choices.into_iter().enumerate() {
        // given a conversation that is put aside while nobody waits
        conversations.snooze(&ana, &id, choice).await.expect("snoozes");
        let row = app.only_row(&ana).await;
        let until = match kind {
            SnoozeKind::Time => Some(in_two_hours),
            SnoozeKind::Reply => None,
            SnoozeKind::Window => row.window_closes.map(|end| end.minus(Span::hours(1))),
        };
        assert_eq!(row.snooze, Some(Snooze { kind, until }));
        assert_eq!(group(app, &ana).await, Group::Snoozed);
        // when the customer writes, then it asks for a reply, and no job is left
        writes(app, "4915550001", &format!("wamid.s{nth}"), "Hello?").await;
        assert_eq!(group(app, &ana).await, Group::ReplyNow);
        let mut tx = app.services.db.begin_read().await.expect("a view");
        assert!(!jobs::is_queued(&mut tx, JobKind::Snooze, id.as_str()).await.expect("reads"));
        drop(tx);
        conversations.reply(&ana, &id, &format!("s{nth}"), "Yes", None).await.expect("replies");
        app.settle().await;
        assert_eq!(group(app, &ana).await, Group::CustomersTurn);
    }
    // The window's end has moved with the customer's messages.
    conversations.snooze(&ana, &id, SnoozeUntil::WindowEnd).await.expect("snoozes");
    app.turn(Span::hours(24));
    app.settle().await;
    assert_eq!(group(app, &ana).await, Group::CustomersTurn);
    let refused = conversations.snooze(&ana, &id, SnoozeUntil::WindowEnd).await;
    assert!(matches!(&refused, Err(ConversationError::Invalid(_))), "{refused:?}");
});

on_both!(a_snooze_belongs_to_its_owner, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let id = replied(app, &ana).await;
    let conversations = &app.services.conversations;
    // A colleague neither puts it aside nor ends it.
    let refused = conversations.snooze(&ben, &id, SnoozeUntil::Reply).await;
    assert!(matches!(&refused, Err(ConversationError::Refused(Refusal::OwnedBy(_)))), "{refused:?}");
    conversations.snooze(&ana, &id, SnoozeUntil::Reply).await.expect("snoozes");
    assert!(conversations.unsnooze(&ben, &id).await.is_err());
    conversations.unsnooze(&ana, &id).await.expect("ends it");
    assert_eq!(group(app, &ana).await, Group::CustomersTurn);
    // when a colleague takes over, then it is not put aside for them
    conversations.snooze(&ana, &id, SnoozeUntil::Reply).await.expect("snoozes");
    conversations.take_over(&ben, &id).await.expect("takes over");
    assert_eq!((group(app, &ana).await, group(app, &ben).await), (Group::Others, Group::CustomersTurn));
    app.settle().await;
});
