//! The groups of an agent's own conversations: who waits for a reply, whose turn it is, and what is put aside. A row
//! moves between them with what happens, in snapshots, pages, counts and live frames alike.

use handoff::{
    domain::{
        desk::{Desk, Filter, Group, Status},
        ids::ConversationId,
        time::Span,
    },
    server::accounts::Agent,
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
    let fresh = app.desk(&ana).await;
    while desk.seq < fresh.seq {
        desk.apply(&stream.next().await.expect("the stream goes on"));
    }
    assert_eq!(desk, fresh);
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
