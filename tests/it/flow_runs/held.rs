//! An API call of a flow meets an agent's close that can still be undone: the call is sent once, and its response is kept.

use handoff::domain::{
    conversation::{EndingKind, EndingPress, Goodbye, UNDO_TIME},
    ids::EndingId,
};

use super::*;

/// A call is in progress when Ana closes, and it ends while the close is pending. Returns the conversation and the close.
async fn answered_while_pending(app: &TestApp, shop: &Open, ana: &Agent) -> (Row, EndingId) {
    says(app, "wamid.1", "Hello").await;
    app.turn(Span::seconds(2));
    arrives(app, "wamid.2", "9001").await;
    app.services.bot.turns_once().await.expect("turns");
    let bot = app.services.bot.clone();
    let call = tokio::spawn(async move { bot.calls_once().await });
    shop.shop.heard().await;
    let row = row(app, ana).await;
    let (seen, goodbye) = (row.last_turn.clone(), Goodbye::Off);
    let press = EndingPress { kind: EndingKind::Close, seen, goodbye, outcome: None, undo_time: None };
    let mark = app.services.conversations.schedule_ending(ana, &row.id, &press).await.expect("is allowed");
    shop.shop.answer();
    assert_eq!(call.await.expect("ends").expect("settles"), 1);
    app.settle().await;
    assert_eq!(told(app, ana, &row.id).await.len(), 1, "only the question from before");
    assert_eq!(calls(app, &row.id).await[0].status, CallStatus::Requested, "it is recorded with its turn");
    (row, mark.expect("is pending").id)
}

on_both!(a_response_during_a_pending_close_goes_on_when_that_is_undone, async |app| {
    let shop = order_status(app).await;
    let (ana, _) = app.agent("Ana").await;
    let (row, close) = answered_while_pending(app, &shop, &ana).await;
    app.services.conversations.undo_ending(&ana, &row.id, &close).await.expect("undoes");
    app.settle().await;
    assert_eq!(calls(app, &row.id).await[0].status, CallStatus::Answered);
    assert_eq!(shop.shop.asked().len(), 1, "it is not sent again");
    assert!(told(app, &ana, &row.id).await.len() > 1, "the flow continues with the response");
    assert_eq!(logged(app, "handed_off").await, 0);
});

on_both!(a_response_during_a_pending_close_is_kept_when_that_takes_effect, async |app| {
    let shop = order_status(app).await;
    let (ana, _) = app.agent("Ana").await;
    let (row, _) = answered_while_pending(app, &shop, &ana).await;
    app.turn(Span(UNDO_TIME.0 + 1_000));
    app.settle().await;
    assert!(matches!(app.only_row(&ana).await.state, RowState::Closed { .. }));
    assert_eq!(calls(app, &row.id).await[0].status, CallStatus::Answered);
    assert_eq!((shop.shop.asked().len(), told(app, &ana, &row.id).await.len()), (1, 1));
});
