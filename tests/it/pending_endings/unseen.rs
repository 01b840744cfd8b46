//! A press over what the agent has not seen: nothing is scheduled.

use super::*;

async fn read_journal(app: &TestApp) {
    while app.services.projector.run_once().await.expect("projects") > 0 {}
}

/// Ana presses close and return; both are refused.
async fn is_refused(app: &TestApp, ana: &Agent, row: &Row) {
    for kind in EndingKind::ALL {
        let early = app.services.conversations.schedule_ending(ana, &row.id, &press(kind, row)).await;
        assert_eq!(refusal(early), Refusal::CustomerJustWrote, "{kind:?}");
    }
}

on_both!(a_press_over_a_message_that_was_not_seen_schedules_nothing, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let on_screen = claimed(app, &ana).await;
    // given a message that is not on Ana's screen, then a press is refused with a sentence that says what to do
    writes(app, "wamid.more", "One more thing").await;
    read_journal(app).await;
    is_refused(app, &ana, &on_screen).await;
    let conversations = &app.services.conversations;
    let told = conversations.describe(&app.tenant, &on_screen.id, &Refusal::CustomerJustWrote).await;
    assert_eq!(told.expect("reads"), "The customer just wrote. Read the message, then try again.");
    // given one that WhatsApp does not pass on, which is no turn of the customer's
    let shown = app.thread(&ana, &on_screen.id).await.seq;
    conversations.see(&ana, &on_screen.id, shown).await.expect("looks");
    let on_screen = app.only_row(&ana).await;
    let poll = json!({"type": "unsupported", "unsupported": {"type": "poll_creation"}});
    assert_eq!(app.webhook(&meta::message(MARIA, "wamid.poll", app.now(), poll)).await, StatusCode::OK);
    read_journal(app).await;
    is_refused(app, &ana, &on_screen).await;
    assert!(log(app).await.iter().all(|entry| entry.event.name() != "ending_scheduled"));
    // when all is seen, then the close takes effect
    let shown = app.thread(&ana, &on_screen.id).await.seq;
    conversations.see(&ana, &on_screen.id, shown).await.expect("looks");
    pressed(app, &ana, EndingKind::Close, &app.only_row(&ana).await).await;
    app.turn(PAST_DUE);
    app.settle().await;
    assert!(matches!(app.only_row(&ana).await.state, RowState::Closed { .. }));
});
