//! The model's tools: request an agent, set variables, close, and call the tenant's own tools; and the fallbacks if it
//! does not call them.

use handoff::domain::handoff::Urgency;

use super::*;

on_both!(a_handoff_call_has_its_reason_and_the_customer_is_always_notified, async |app| {
    let stage = Stage::new(app).await;
    let asked = json!({"reason": "wants a refund", "summary": "Parcel 10042 came broken.", "urgency": "high"});
    stage.provider.play([call("handoff", asked.clone())]);
    stage.says("wamid.1", "It is broken!").await;
    let past = stage.handoff().await;
    assert_eq!(past.handoff.trigger, Trigger::Model);
    assert_eq!(past.brief.reason, "wants a refund");
    assert_eq!(past.brief.summary, "Parcel 10042 came broken.");
    assert_eq!(past.brief.urgency, Urgency::High);
    let notice = stage.notice().await;
    assert_eq!(stage.told().await, [(Author::System, notice.clone())]);

    stage.next_customer();
    let words = json!({"reply": "I am sorry.", "needs_person": false}).to_string();
    stage.provider.play([Act::Call(words, vec![("handoff".into(), asked.to_string())])]);
    stage.says("wamid.2", "Mine too!").await;
    assert_eq!(stage.told().await, [(Author::Bot, "I am sorry.".to_owned()), (Author::System, notice)]);
    assert_eq!(stage.app.meta.sent().len(), 3, "all of it reached the phones");
});

on_both!(an_agent_promised_without_a_call_is_requested, async |app| {
    let stage = Stage::new(app).await;
    for (nth, words) in [
        json!({"reply": "Sure.", "needs_person": true}).to_string(),
        json!({"reply": "I am connecting you to an agent.", "needs_person": false}).to_string(),
        "Ich verbinde Sie mit einem Kollegen.".to_owned(),
        json!({"reply": "", "needs_person": true}).to_string(),
    ]
    .into_iter()
    .enumerate()
    {
        stage.provider.play([Act::Say(words.clone())]);
        stage.says(&format!("wamid.{nth}"), "Can you help me?").await;
        assert_eq!(stage.handoff().await.handoff.trigger, Trigger::Model, "{words}");
        assert!(matches!(stage.state().await, RowState::Waiting), "{words}");
        assert_eq!(stage.notices().await, [stage.notice().await], "{words}");
        stage.next_customer();
    }
});

on_both!(an_agent_promised_before_a_close_is_requested, async |app| {
    let stage = Stage::new(app).await;
    for (nth, words) in
        [json!({"reply": "Sure.", "needs_person": true}).to_string(), "I am connecting you to an agent.".to_owned()]
            .into_iter()
            .enumerate()
    {
        stage.provider.play([Act::Call(words.clone(), vec![("close".into(), "{}".into())])]);
        stage.says(&format!("wamid.{nth}"), "Can I talk to somebody?").await;
        assert_eq!(stage.handoff().await.handoff.trigger, Trigger::Model, "{words}");
        assert!(matches!(stage.state().await, RowState::Waiting), "{words}");
        stage.next_customer();
    }
});

on_both!(pictures_are_passed_as_placeholders_and_an_album_is_refused_once, async |app| {
    let stage = Stage::with(app, |settings| settings.unreadable = "Please write it.".to_owned()).await;
    let photo = |id: u32, caption: &str| {
        let caption = (!caption.is_empty()).then_some(caption);
        json!({"type": "image", "image": {"id": id.to_string(), "mime_type": "image/jpeg", "caption": caption}})
    };
    for nth in 0..5 {
        stage.store_message(&format!("wamid.{nth}"), photo(900 + nth, "")).await;
    }
    stage.goes_on().await;
    assert_eq!(stage.answers().await, ["Please write it."]);

    stage.provider.play([reply("I cannot see it. Which part is it?")]);
    stage.comes("wamid.caption", photo(910, "Is this the right part?")).await;
    stage.goes_on().await;
    let told = messages(&stage.provider.asked()[0]);
    assert!(told.contains("[Photo] Is this the right part?"), "{told}");

    // A customer who wrote text in between gets the text again.
    stage.comes("wamid.more", photo(911, "")).await;
    stage.goes_on().await;
    assert_eq!(stage.answers().await.iter().filter(|words| *words == "Please write it.").count(), 2);
});

on_both!(a_keyword_escalates_whatever_the_model_would_answer, async |app| {
    let stage = Stage::new(app).await;
    stage.app.keyword("agent").await;
    stage.provider.play([reply("I can do that myself!"), reply("Never asked.")]);
    stage.says("wamid.1", "I want an agent").await;
    assert!(matches!(stage.handoff().await.handoff.trigger, Trigger::Keyword { .. }));
    assert!(stage.provider.asked().is_empty());

    // Also while the model is answering.
    stage.next_customer();
    stage.provider.clear();
    stage.provider.play([hold(reply("I can do that myself!"))]);
    stage.arrives("wamid.2", "Hello").await;
    let turn = stage.start_turn();
    stage.provider.waits().await;
    stage.arrives("wamid.3", "agent, please").await;
    stage.provider.answer();
    stage.finish_turn(turn).await;
    stage.goes_on().await;
    assert!(matches!(stage.handoff().await.handoff.trigger, Trigger::Keyword { .. }));
    assert!(stage.answers().await.is_empty());
});

on_both!(variables_are_stored_and_passed_to_the_next_turn, async |app| {
    let stage = Stage::new(app).await;
    let kept = |value: &str| call("set_variable", json!({"name": "Order Number", "value": value}));
    stage.provider.play([kept("1"), kept("10042"), reply("Noted."), reply("It is 10042.")]);
    stage.says("wamid.1", "My order is 10042").await;
    assert_eq!(stage.variables().await, [("order_number".to_owned(), "10042".to_owned())]);
    stage.says("wamid.2", "Which was it?").await;
    let asked = stage.provider.asked();
    assert!(messages(&asked[3]).contains("order_number"), "{}", messages(&asked[3]));
    assert_eq!(stage.answers().await, ["Noted.", "It is 10042."]);
});

on_both!(a_close_call_sends_the_text_and_closes, async |app| {
    let stage = Stage::new(app).await;
    let words = json!({"reply": "Bye!", "needs_person": false}).to_string();
    stage.provider.play([Act::Call(words, vec![("close".into(), "{}".into())])]);
    stage.says("wamid.1", "Thanks, that is all").await;
    assert_eq!(stage.answers().await, ["Bye!"]);
    assert!(matches!(stage.state().await, RowState::Closed { .. }));
});

on_both!(a_tool_is_called_with_its_secret_and_its_result_is_stored, async |app| {
    let stage = Stage::new(app).await;
    stage.provider.play([call("order_status", json!({"order": "10042"})), reply("It was shipped.")]);
    stage.says("wamid.1", "Where is 10042?").await;
    let shop = stage.shop.shop.asked();
    assert_eq!(shop.len(), 1);
    assert_eq!(shop[0].authorization.as_deref(), Some(format!("Bearer {SECRET}").as_str()));
    let call = stage.calls().await.remove(0);
    assert_eq!((call.kind.as_str(), call.label.as_str(), call.status.as_str()), ("tool", "order_status", "answered"));
    assert!(call.input.contains("10042") && call.output.is_some_and(|output| output.contains("shipped")));
    let asked = stage.provider.asked();
    assert!(messages(&asked[1]).contains("shipped"));
    for question in asked {
        let question = question.to_string();
        assert!(!question.contains(SECRET) && !question.contains(KEY) && !question.contains("secret.SHOP"));
    }
});

on_both!(a_failed_tool_is_reported_to_the_model_and_in_the_dossier, async |app| {
    let stage = Stage::new(app).await;
    stage.provider.play([call("order_status", json!({"order": "10050"})), reply("The shop does not answer.")]);
    stage.says("wamid.1", "Where is 10050?").await;
    assert_eq!(stage.calls().await[0].status, CallStatus::Failed);
    assert_eq!(stage.answers().await, ["The shop does not answer."]);
    assert!(messages(&stage.provider.asked()[1]).contains("500"));
});

on_both!(a_long_answer_is_split_into_messages_that_whatsapp_accepts, async |app| {
    let stage = Stage::new(app).await;
    let words = format!("{}\n\n{}", "a".repeat(3_000), "b".repeat(3_000));
    stage.provider.play([reply(&words)]);
    stage.says("wamid.1", "Tell me everything").await;
    let sent: Vec<_> = stage.app.meta.sent().iter().map(|sent| sent.body["text"]["body"].clone()).collect();
    assert_eq!(sent, [json!("a".repeat(3_000)), json!("b".repeat(3_000))]);
});

fn voice() -> Value {
    json!({"type": "audio", "audio": {"id": "900", "mime_type": "audio/ogg; codecs=opus", "voice": true}})
}

on_both!(what_the_model_cannot_read_is_answered_with_the_tenants_text, async |app| {
    let stage = Stage::with(app, |settings| settings.unreadable = "Please write it.".to_owned()).await;
    stage.comes("wamid.1", voice()).await;
    stage.goes_on().await;
    assert_eq!(stage.answers().await, ["Please write it."]);
    assert_eq!(stage.state().await, RowState::Bot);
});

on_both!(what_the_model_cannot_read_escalates_without_such_a_text, async |app| {
    let stage = Stage::with(app, |settings| settings.unreadable = " ".to_owned()).await;
    stage.comes("wamid.1", voice()).await;
    stage.goes_on().await;
    assert_eq!(stage.failure().await, Some(Failure::Unreadable));
    assert!(stage.handoff().await.brief.reason.contains("Voice"), "{:?}", stage.handoff().await.brief);
    assert_eq!(stage.told().await, [(Author::System, stage.notice().await)]);
    assert!(stage.provider.asked().is_empty());
});

on_both!(control_characters_are_removed_from_a_reason, async |app| {
    let stage = Stage::new(app).await;
    let asked = json!({"reason": "re\u{0}fund", "summary": "bro\u{0}ken", "urgency": "low"});
    stage.provider.play([call("handoff", asked)]);
    stage.says("wamid.1", "It is broken!").await;
    let past = stage.handoff().await;
    assert_eq!(past.handoff.trigger, Trigger::Model);
    assert_eq!((past.brief.reason.as_str(), past.brief.summary.as_str()), ("refund", "broken"));
});

on_both!(a_stored_schema_beyond_the_limits_ends_the_turn_with_a_person, async |app| {
    let stage = Stage::new(app).await;
    // given a tool that was saved before schemas were counted
    let next = json!({"$ref": "#/$defs/b"});
    let tool = ToolDefinition {
        name: "wide".to_owned(),
        description: "Anything.".to_owned(),
        schema: json!({"type": "object", "properties": {"a": {"$ref": "#/$defs/a"}},
            "$defs": {"a": {"anyOf": vec![next; 100]}, "b": {"enum": vec![1; 100]}}}),
        url: stage.shop.orders(),
        ..ToolDefinition::default()
    };
    let mut tx = app.services.db.begin_write().await.expect("a transaction");
    tool_store::save(&mut tx, &app.tenant, &tool).await.expect("saves");
    tx.commit().await.expect("commits");
    // when the model calls it
    stage.provider.play([call("wide", json!({"a": 1}))]);
    stage.says("wamid.1", "Hello").await;
    // then it is never compiled
    assert_eq!(stage.failure().await, Some(Failure::ModelMalformed));
    assert_eq!(stage.calls().await.len(), 0);
});
