//! The bot closes too early: a message that arrives meanwhile is answered, not lost.

use handoff::domain::flow::definition::{Http, StepKind as Does};

use super::{
    steps::{one_line, step},
    *,
};

fn goodbye() -> Act {
    let words = json!({"reply": "Bye!", "needs_person": false}).to_string();
    Act::Call(words, vec![("close".to_owned(), "{}".to_owned())])
}

on_both!(a_message_during_the_models_close_is_answered, async |app| {
    let stage = Stage::new(app).await;
    stage.provider.play([Act::Stall("{".into()), hold(goodbye()), reply("Of course.")]);
    stage.arrives("wamid.1", "Thanks").await;
    let turn = stage.start_turn();
    stage.provider.waits().await;
    stage.arrives("wamid.2", "that is all").await;
    stage.provider.waits().await;
    stage.arrives("wamid.3", "wait, one more thing").await;
    stage.provider.answer();
    stage.finish_turn(turn).await;
    assert_eq!((stage.answers().await, stage.state().await), (vec!["Bye!".to_owned()], RowState::Bot));
    stage.goes_on().await;

    assert_eq!(stage.answers().await, ["Bye!", "Of course."]);
    assert!(messages(&stage.provider.asked()[2]).contains("one more thing"));
    assert_eq!(stage.state().await, RowState::Bot);
});

on_both!(the_closing_text_of_a_refused_close_is_not_sent_after_a_takeover, async |app| {
    let stage = Stage::new(app).await;
    stage.provider.play([Act::Stall("{".into()), hold(goodbye())]);
    stage.arrives("wamid.1", "Thanks").await;
    let turn = stage.start_turn();
    stage.provider.waits().await;
    stage.arrives("wamid.2", "that is all").await;
    stage.provider.waits().await;
    stage.arrives("wamid.3", "wait, one more thing").await;
    stage.provider.answer();
    stage.finish_turn(turn).await;
    let id = stage.id().await;
    stage.app.services.conversations.take_over(&stage.ana, &id).await.expect("takes over");
    stage.goes_on().await;
    assert!(stage.app.meta.sent().iter().all(|sent| sent.body["text"]["body"] != json!("Bye!")));
});

on_both!(an_unseen_request_for_an_agent_prevents_the_models_close, async |app| {
    let stage = Stage::new(app).await;
    stage.app.keyword("agent").await;
    stage.provider.play([goodbye()]);
    stage.arrives("wamid.1", "Thanks").await;
    // The model reads it before the keyword rules do.
    stage.store_message("wamid.2", text("no, an agent please")).await;
    let turn = stage.start_turn();
    stage.finish_turn(turn).await;
    stage.goes_on().await;
    assert!(matches!(stage.handoff().await.handoff.trigger, Trigger::Keyword { .. }));
});

on_both!(a_message_that_the_model_read_before_it_was_decided_is_answered_once, async |app| {
    let stage = Stage::new(app).await;
    stage.provider.play([reply("Both it is."), reply("Never asked.")]);
    stage.arrives("wamid.1", "Tea").await;
    stage.store_message("wamid.2", text("and coffee")).await;
    let turn = stage.start_turn();
    stage.finish_turn(turn).await;
    stage.goes_on().await;
    stage.goes_on().await;
    assert_eq!(stage.answers().await, ["Both it is."]);
    assert_eq!(stage.provider.asked().len(), 1);
});

on_both!(a_message_after_a_flows_closing_text_is_answered, async |app| {
    let stage = Stage::new(app).await;
    stage.publish(&one_line("We open at nine.", "opening hours")).await;
    stage.provider.play([reply("It is on its way.")]);
    stage.store_message("wamid.1", text("What are your opening hours?")).await;
    stage.store_message("wamid.2", text("And where is my parcel?")).await;
    stage.goes_on().await;
    assert_eq!(stage.answers().await, ["We open at nine.", "It is on its way."]);
    assert_eq!(stage.state().await, RowState::Bot);
});

on_both!(a_message_during_a_flows_request_prevents_its_close, async |app| {
    let stage = Stage::new(app).await;
    let http = Http { url: format!("{}/9001", stage.shop.orders()), ..Http::default() };
    let mut flow = one_line("It was delivered.", "order");
    flow.steps.insert(0, step("ask", Does::Http(http)));
    stage.publish(&flow).await;
    stage.provider.play([reply("At nine.")]);
    stage.arrives("wamid.1", "My order").await;
    let bot = stage.bot().clone();
    let call = tokio::spawn(async move { bot.calls_once().await });
    stage.shop.shop.heard().await;
    stage.arrives("wamid.2", "And when do you open?").await;
    stage.shop.shop.answer();
    assert_eq!(call.await.expect("ends").expect("settles"), 1);
    stage.goes_on().await;
    assert_eq!(stage.answers().await, ["It was delivered.", "At nine."]);
    assert_eq!(stage.state().await, RowState::Bot);
});
