//! What WhatsApp does not pass on is no turn of the customer's, and is not closed over unseen all the same.

use handoff::{
    domain::{conversation::Refusal, desk::RowState, time::Span},
    server::conversations::ConversationError,
};
use http::StatusCode;
use serde_json::json;

use crate::{app::on_both, meta};

const MARIA: &str = "4915550001";

on_both!(a_poll_that_nobody_has_looked_at_is_not_closed_over, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = app.waiting(&ana).await;
    app.services.conversations.claim(&ana, &row.id).await.expect("claims");
    app.services.conversations.see(&ana, &row.id).await.expect("looks");
    // given a poll that comes after what Ana saw
    app.turn(Span::seconds(5));
    let poll = json!({"type": "unsupported", "unsupported": {"type": "poll_creation"}});
    assert_eq!(app.webhook(&meta::message(MARIA, "wamid.poll", app.now(), poll)).await, StatusCode::OK);
    app.drain().await;
    // when she closes with the screen of before, then she is told
    let close = || app.services.conversations.close(&ana, &row.id, row.last_turn.clone());
    assert!(matches!(close().await, Err(ConversationError::Refused(Refusal::CustomerJustWrote))));
    // when she has looked, then it closes
    app.services.conversations.see(&ana, &row.id).await.expect("looks");
    close().await.expect("closes");
    assert!(matches!(app.only_row(&ana).await.state, RowState::Closed { .. }));
    app.settle().await;
});
