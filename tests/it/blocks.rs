//! Blocked customers: nobody and nothing is woken by them, and Meta is asked to block them too.

use handoff::{
    contract::conversation::CustomerDetails,
    domain::{
        block::{BlockReason, BlockState, CustomerBlock},
        desk::{ItemBody, RowState},
        ids::ConversationId,
        time::Span,
    },
    server::{
        accounts::Agent,
        simulator::{Effect, Fault},
    },
};
use http::StatusCode;
use serde_json::json;

use crate::{
    app::{TestApp, on_both},
    meta,
};

const MARIA: &str = "4915550001";

async fn writes(app: &TestApp, wamid: &str, words: &str) {
    app.turn(Span::seconds(1));
    assert_eq!(app.webhook(&meta::text(MARIA, wamid, app.now(), words)).await, StatusCode::OK);
    app.settle().await;
}

async fn customer(app: &TestApp, agent: &Agent, id: &ConversationId) -> CustomerDetails {
    app.thread(agent, id).await.customer
}

async fn shown(app: &TestApp, agent: &Agent, id: &ConversationId) -> CustomerBlock {
    customer(app, agent, id).await.block.expect("a block")
}

/// The lines of the thread, in order.
async fn lines(app: &TestApp, agent: &Agent, id: &ConversationId) -> Vec<String> {
    let line = |body| if let ItemBody::Line(line) = body { Some(line.text) } else { None };
    app.thread(agent, id).await.items.into_iter().filter_map(|item| line(item.body)).collect()
}

on_both!(a_blocked_customer_wakes_nobody_until_unblocked, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = app.closed(&ana).await;
    let blocks = &app.services.conversations;
    // given a closed conversation whose customer is blocked
    blocks.block(&ana, &row.id, BlockReason::Spam).await.expect("blocks");
    app.settle().await;
    assert_eq!(app.meta.blocked(), [MARIA]);
    let sent = app.meta.sent().len();
    // when the customer writes, with a keyword, and late
    writes(app, "wamid.1", "I need an agent now").await;
    let late = app.now().minus(Span::hours(2));
    assert_eq!(app.webhook(&meta::text(MARIA, "wamid.2", late, "agent!")).await, StatusCode::OK);
    let poll = json!({"type": "unsupported", "errors": [{"code": 131_051, "title": "Unsupported"}]});
    assert_eq!(app.webhook(&meta::message(MARIA, "wamid.3", app.now(), poll)).await, StatusCode::OK);
    app.settle().await;
    // then it is stored where it was, unread by nobody, and nothing is sent
    let after = app.only_row(&ana).await;
    assert!(matches!(after.state, RowState::Closed { .. }));
    assert_eq!((after.id.clone(), after.unread, app.meta.sent().len()), (row.id.clone(), 0, sent));
    assert!(customer(app, &ana, &row.id).await.blocked);
    // when an agent unblocks them, then they are answered again
    blocks.unblock(&ana, &row.id).await.expect("unblocks");
    app.settle().await;
    assert_eq!((app.meta.blocked(), customer(app, &ana, &row.id).await.block), (vec![], None));
    writes(app, "wamid.4", "I need an agent").await;
    assert!(app.rows(&ana).await.iter().any(|row| row.state == RowState::Waiting));
    // and the thread tells who did what, and what WhatsApp answered
    let told = lines(app, &ana, &row.id).await;
    let expected = [
        "blocked the customer · Spam",
        "WhatsApp confirmed the block",
        "unblocked the customer",
        "WhatsApp confirmed the unblock",
    ];
    assert!(told.ends_with(&expected.map(str::to_owned)), "{told:?}");
});

on_both!(a_block_in_the_middle_ends_the_bots_turns, async |app| {
    let (ana, _) = app.agent("Ana").await;
    writes(app, "wamid.1", "hello").await;
    let row = app.only_row(&ana).await;
    // given a message whose turn is still to come
    app.turn(Span::seconds(1));
    assert_eq!(app.webhook(&meta::text(MARIA, "wamid.2", app.now(), "more")).await, StatusCode::OK);
    app.services.projector.run_once().await.expect("projects");
    let sent = app.meta.sent().len();
    // when the customer is blocked
    app.services.conversations.block(&ana, &row.id, BlockReason::Machine).await.expect("blocks");
    app.settle().await;
    writes(app, "wamid.3", "and more").await;
    // then nothing is sent
    assert_eq!((app.meta.sent().len(), app.only_row(&ana).await.state), (sent, RowState::Bot));
});

on_both!(what_meta_refuses_is_shown_and_can_be_tried_again, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = app.waiting(&ana).await;
    let blocks = &app.services.conversations;
    // given that Meta refuses
    app.meta.inject("*", Fault::once(Effect::Http { code: 131_047 }));
    blocks.block(&ana, &row.id, BlockReason::Abuse).await.expect("blocks");
    assert_eq!(shown(app, &ana, &row.id).await.state, BlockState::Pending);
    app.settle().await;
    // then the block holds here, and says why it does not there
    let block = shown(app, &ana, &row.id).await;
    assert_eq!((block.state, block.by.as_str(), block.reason), (BlockState::Refused, "Ana", BlockReason::Abuse));
    assert!(block.answer().contains("within the last 24 hours"), "{}", block.answer());
    assert!(customer(app, &ana, &row.id).await.blocked && app.meta.blocked().is_empty());
    // when it is pressed again, then Meta is asked again
    app.turn(Span::seconds(1));
    blocks.block(&ana, &row.id, BlockReason::Abuse).await.expect("blocks");
    app.settle().await;
    assert_eq!((shown(app, &ana, &row.id).await.state, app.meta.blocked().len()), (BlockState::Done, 1));
});

on_both!(a_block_without_an_answer_is_retried, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = app.waiting(&ana).await;
    app.settle().await;
    app.meta.inject("*", Fault { effect: Effect::Http { code: 131_016 }, times: Some(2) });
    app.services.conversations.block(&ana, &row.id, BlockReason::Fraud).await.expect("blocks");
    for wait in [Span(0), Span::seconds(5)] {
        app.turn(wait);
        app.settle().await;
        assert_eq!(shown(app, &ana, &row.id).await.state, BlockState::Pending);
    }
    app.turn(Span::seconds(10));
    app.settle().await;
    assert_eq!(shown(app, &ana, &row.id).await.state, BlockState::Done);
});

on_both!(a_later_press_replaces_an_earlier_one, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = app.waiting(&ana).await;
    app.settle().await;
    let blocks = &app.services.conversations;
    blocks.block(&ana, &row.id, BlockReason::Other).await.expect("blocks");
    app.turn(Span::seconds(1));
    blocks.unblock(&ana, &row.id).await.expect("unblocks");
    app.settle().await;
    assert_eq!((app.meta.blocked(), customer(app, &ana, &row.id).await.block), (vec![], None));
    // A second press changes nothing.
    let told = lines(app, &ana, &row.id).await;
    blocks.unblock(&ana, &row.id).await.expect("nothing to do");
    app.settle().await;
    assert_eq!(lines(app, &ana, &row.id).await, told);
});

on_both!(nothing_is_sent_to_a_blocked_customer_with_a_close, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = app.waiting(&ana).await;
    app.settle().await;
    app.services.conversations.claim(&ana, &row.id).await.expect("claims");
    app.services.conversations.block(&ana, &row.id, BlockReason::Abuse).await.expect("blocks");
    app.settle().await;
    let sent = app.meta.sent().len();
    assert_eq!(app.thread(&ana, &row.id).await.goodbye, None);
    app.services.conversations.close(&ana, &row.id, row.last_turn.clone()).await.expect("closes");
    app.settle().await;
    assert_eq!(app.meta.sent().len(), sent);
});
