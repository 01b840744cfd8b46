//! A message that WhatsApp does not forward is not a customer's turn, but it still prevents a close until it was seen.

use handoff::{
    domain::{conversation::Refusal, desk::RowState, time::Span},
    server::conversations::ConversationError,
};
use http::StatusCode;
use serde_json::json;

use crate::{app::on_both, meta};

const MARIA: &str = "4915550001";

on_both!(an_unseen_poll_prevents_a_close, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = app.waiting(&ana).await;
    app.services.conversations.claim(&ana, &row.id).await.expect("claims");
    app.look(&ana, &row.id).await;
    // given a poll that arrives after what Ana saw
    app.turn(Span::seconds(5));
    let poll = json!({"type": "unsupported", "unsupported": {"type": "poll_creation"}});
    assert_eq!(app.webhook(&meta::message(MARIA, "wamid.poll", app.now(), poll)).await, StatusCode::OK);
    app.drain().await;
    // when she closes with the older screen, then the close is refused
    let close = || app.services.conversations.close(&ana, &row.id, row.last_turn.clone());
    assert!(matches!(close().await, Err(ConversationError::Refused(Refusal::CustomerJustWrote))));
    // when she has seen it, then the conversation closes
    app.look(&ana, &row.id).await;
    close().await.expect("closes");
    assert!(matches!(app.only_row(&ana).await.state, RowState::Closed { .. }));
    app.settle().await;
});
