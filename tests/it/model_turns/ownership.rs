//! Changes of owner around the model's turn: an agent who takes over wins, and a returned conversation has a marker.

use super::*;

on_both!(a_takeover_during_a_turn_discards_its_answer, async |app| {
    let stage = Stage::new(app).await;
    stage.provider.play([hold(reply("It is on its way."))]);
    stage.arrives("wamid.1", "Where is my parcel?").await;
    let turn = stage.start_turn();
    stage.provider.waits().await;
    let id = stage.id().await;
    stage.app.services.conversations.take_over(&stage.ana, &id).await.expect("takes over");
    stage.provider.answer();
    stage.finish_turn(turn).await;
    stage.goes_on().await;

    assert!(stage.answers().await.is_empty());
    assert_eq!(stage.logged(|event| matches!(event, Event::BotRefused)).await, 1);
    assert!(matches!(stage.state().await, RowState::Claimed { .. }));
    assert!(stage.app.meta.sent().iter().all(|sent| sent.body["text"]["body"] != json!("It is on its way.")));
});

on_both!(no_tool_is_called_after_a_takeover, async |app| {
    let stage = Stage::new(app).await;
    stage.provider.play([hold(call("order_status", json!({"order": "10042"}))), reply("It is on its way.")]);
    stage.arrives("wamid.1", "Where is 10042?").await;
    let turn = stage.start_turn();
    stage.provider.waits().await;
    let id = stage.id().await;
    stage.app.services.conversations.take_over(&stage.ana, &id).await.expect("takes over");
    stage.provider.answer();
    stage.finish_turn(turn).await;
    stage.goes_on().await;

    assert!(stage.shop.shop.asked().is_empty() && stage.calls().await.is_empty());
    assert!(stage.answers().await.is_empty());
});

on_both!(a_takeover_before_a_turn_prevents_the_model_call, async |app| {
    let stage = Stage::new(app).await;
    stage.arrives("wamid.1", "Where is my parcel?").await;
    let id = stage.id().await;
    stage.app.services.conversations.take_over(&stage.ana, &id).await.expect("takes over");
    stage.goes_on().await;
    assert!(stage.provider.asked().is_empty() && stage.answers().await.is_empty());
});

on_both!(after_a_return_the_model_is_told_that_the_handoff_is_over, async |app| {
    let stage = Stage::new(app).await;
    let asked = json!({"reason": "wants a refund", "summary": "s", "urgency": "normal"});
    stage.provider.play([call("handoff", asked), reply("Is there anything else?")]);
    stage.says("wamid.1", "I want my money back").await;
    let id = stage.id().await;
    stage.app.services.conversations.claim(&stage.ana, &id).await.expect("claims");
    stage.app.turn(Span::seconds(5));
    stage.app.services.conversations.return_to_bot(&stage.ana, &id).await.expect("returns");
    stage.goes_on().await;
    assert!(stage.answers().await.is_empty(), "the bot only answers messages");

    stage.says("wamid.2", "Thanks!").await;
    assert_eq!(stage.answers().await, ["Is there anything else?"]);
    let told = messages(&stage.provider.asked()[1]);
    assert!(told.contains("gave the conversation back to you") && told.contains("wants a refund"), "{told}");
    let (marker, words) = (told.find("gave the conversation back"), told.find("Thanks!"));
    assert!(marker < words, "in the order it happened");
    assert_eq!(stage.handoffs().await.len(), 1);
});

on_both!(the_next_conversation_does_not_contain_the_previous_one, async |app| {
    let stage = Stage::new(app).await;
    stage.provider.play([Act::Call(String::new(), vec![("close".into(), "{}".into())]), reply("Hello again!")]);
    stage.says("wamid.1", "My pin is 4711").await;
    stage.says("wamid.2", "Hi").await;
    assert_eq!(stage.answers().await, ["Hello again!"]);
    assert!(!messages(&stage.provider.asked()[1]).contains("4711"));
});

on_both!(after_a_close_the_model_is_told_how_the_last_handoff_ended, async |app| {
    let stage = Stage::new(app).await;
    let asked = json!({"reason": "wants a refund", "summary": "s", "urgency": "normal"});
    let end = Act::Call(String::new(), vec![("close".into(), "{}".into())]);
    stage.provider.play([call("handoff", asked), end, reply("What can I do for you?")]);
    stage.says("wamid.1", "I want my money back").await;
    let id = stage.id().await;
    stage.app.services.conversations.claim(&stage.ana, &id).await.expect("claims");
    let seen = stage.app.thread(&stage.ana, &id).await.row.last_turn;
    stage.app.services.conversations.close(&stage.ana, &id, seen).await.expect("closes");

    // In the next conversation, and in the one after a conversation without an agent.
    stage.says("wamid.2", "That was all").await;
    stage.says("wamid.3", "Hi again").await;
    for question in &stage.provider.asked()[1..] {
        let told = messages(question);
        for part in ["wants a refund", "and closed the conversation, on Monday, 2026-03-02"] {
            assert_eq!(told.matches(part).count(), 1, "{part} in {told}");
        }
        assert!(!told.contains("my money back"), "the note does not repeat the message");
    }
    assert_eq!(stage.answers().await, ["What can I do for you?"]);
});

on_both!(a_tool_call_interrupted_by_a_crash_ends_under_an_agent, async |app| {
    let stage = Stage::new(app).await;
    stage.provider.play([call("order_status", json!({"order": "9001"}))]);
    stage.arrives("wamid.1", "Where is 9001?").await;
    let turn = stage.start_turn();
    stage.shop.shop.heard().await;
    turn.abort();
    assert!(turn.await.expect_err("cut off").is_cancelled());
    let id = stage.id().await;
    stage.app.services.conversations.take_over(&stage.ana, &id).await.expect("takes over");

    let _next = stage.app.killed_and_restarted().await;
    stage.goes_on().await;

    assert_eq!(stage.calls().await[0].status, CallStatus::Interrupted);
    assert!(stage.told().await.iter().all(|(author, _)| *author != Author::Bot));
});
