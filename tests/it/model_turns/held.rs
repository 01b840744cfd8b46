//! The model's turn meets an agent's close that can still be undone: its answer is not sent, and no tool is called twice.

use handoff::domain::{
    conversation::{EndingKind, EndingPress, Goodbye},
    ids::EndingId,
};

use super::*;

/// Ana closes what the bot has.
async fn press(stage: &Stage<'_>) -> EndingId {
    let row = stage.app.thread(&stage.ana, &stage.id().await).await.row;
    let (seen, goodbye) = (row.last_turn, Goodbye::Off);
    let press = EndingPress { kind: EndingKind::Close, seen, goodbye, outcome: None, undo_time: None };
    let mark = stage.app.services.conversations.schedule_ending(&stage.ana, &row.id, &press).await;
    mark.expect("is allowed").expect("is pending").id
}

async fn undo(stage: &Stage<'_>, ending: &EndingId) {
    let id = stage.id().await;
    stage.app.services.conversations.undo_ending(&stage.ana, &id, ending).await.expect("undoes");
}

on_both!(an_answer_during_a_pending_close_is_asked_for_again_when_that_is_undone, async |app| {
    let stage = Stage::new(app).await;
    stage.provider.play([hold(reply("It is on its way.")), reply("It arrives today.")]);
    stage.arrives("wamid.1", "Where is my parcel?").await;
    let turn = stage.start_turn();
    stage.provider.waits().await;
    let close = press(&stage).await;
    stage.provider.answer();
    stage.finish_turn(turn).await;
    stage.goes_on().await;
    assert!(stage.answers().await.is_empty(), "nothing is sent while the close is pending");

    undo(&stage, &close).await;
    stage.goes_on().await;
    assert_eq!(stage.answers().await, ["It arrives today."]);
    assert!(stage.handoffs().await.is_empty());
});

on_both!(a_turn_that_called_a_tool_before_a_close_ends_under_an_agent_when_that_is_undone, async |app| {
    let stage = Stage::new(app).await;
    stage.provider.play([call("order_status", json!({"order": "10042"})), hold(reply("It is on its way."))]);
    stage.arrives("wamid.1", "Where is 10042?").await;
    let turn = stage.start_turn();
    stage.provider.waits().await;
    let close = press(&stage).await;
    stage.provider.answer();
    stage.finish_turn(turn).await;
    stage.goes_on().await;
    assert!(stage.answers().await.is_empty() && stage.handoffs().await.is_empty());

    undo(&stage, &close).await;
    stage.goes_on().await;
    assert_eq!(stage.failure().await, Some(Failure::ModelInterrupted));
    assert_eq!((stage.shop.shop.asked().len(), stage.calls().await.len()), (1, 1), "the tool is called once");
});

on_both!(no_model_is_asked_while_a_close_is_pending, async |app| {
    let stage = Stage::new(app).await;
    stage.provider.play([reply("It arrives today.")]);
    stage.arrives("wamid.1", "Where is my parcel?").await;
    let close = press(&stage).await;
    stage.goes_on().await;
    assert!(stage.provider.asked().is_empty());
    undo(&stage, &close).await;
    stage.goes_on().await;
    assert_eq!(stage.answers().await, ["It arrives today."]);
});
