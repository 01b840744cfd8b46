//! A flow step that lets the model answer, and the flow's continuation after it.

use handoff::domain::{
    flow::definition::{self, Block, Close, Say, Start, Step, StepKind as Does},
    keyword::Matching,
};

use super::*;

pub fn step(id: &str, act: Does) -> Step {
    Step { id: id.into(), name: String::new(), act }
}

pub fn say(id: &str, words: &str) -> Step {
    step(id, Does::Message(Say::Text { text: words.to_owned() }))
}

/// A flow that sends one text and closes.
pub fn one_line(words: &str, phrase: &str) -> Flow {
    Flow {
        name: "One line".into(),
        starts: vec![Start::Phrase { phrase: phrase.to_owned(), matching: Matching::Contains }],
        steps: vec![say("say", words), step("end", Does::Close(Close::default()))],
        ..Flow::default()
    }
}

/// The model determines the order number; then the flow continues.
fn with_model(on_failure: Block) -> Flow {
    let model = definition::Model {
        instructions: "Find out which order {{ customer.name }} means.".into(),
        tools: vec!["order_status".into()],
        on_failure,
    };
    Flow {
        name: "Helper".into(),
        starts: vec![Start::NewConversation],
        steps: vec![
            step("talk", Does::Model(model)),
            say("done", "Order {{ order_number }} is noted."),
            step("end", Does::Close(Close::default())),
        ],
        ..Flow::default()
    }
}

async fn add_refund(stage: &Stage<'_>) {
    let refund = ToolDefinition {
        name: "refund".into(),
        description: "Pays an order back.".into(),
        url: format!("{}/refund", stage.shop.orders()),
        ..ToolDefinition::default()
    };
    let mut tx = stage.app.services.db.begin_write().await.expect("a transaction");
    tool_store::save(&mut tx, &stage.app.tenant, &refund).await.expect("saves");
    tx.commit().await.expect("commits");
}

on_both!(a_flow_continues_when_its_model_step_is_done, async |app| {
    let stage = Stage::new(app).await;
    add_refund(&stage).await;
    stage.publish(&with_model(Vec::new())).await;
    let kept = ("set_variable".to_owned(), json!({"name": "order_number", "value": "10042"}).to_string());
    let finish = Act::Call(String::new(), vec![kept, ("finish".to_owned(), "{}".to_owned())]);
    stage.provider.play([reply("Which order do you mean?"), finish]);
    stage.says("wamid.1", "Hello").await;
    stage.says("wamid.2", "the one with 10042").await;

    assert_eq!(stage.answers().await, ["Which order do you mean?", "Order 10042 is noted."]);
    assert!(matches!(stage.state().await, RowState::Closed { .. }));
    assert_eq!(stage.variables().await, [("order_number".to_owned(), "10042".to_owned())]);
    let asked = stage.provider.asked();
    assert_eq!(offered(&asked[0]), ["close", "finish", "handoff", "order_status", "set_variable"]);
    // The customer's name is data, not part of the task.
    assert!(system(&asked[0]).contains("Find out which order {{ customer.name }} means."), "{}", system(&asked[0]));
    assert!(!system(&asked[0]).contains("Maria") && messages(&asked[0]).contains("Maria Costa"));
    assert_eq!(stage.logged(|event| matches!(event, Event::HandedOff { .. })).await, 0);
});

on_both!(neither_the_model_nor_a_flow_reads_a_note, async |app| {
    let stage = Stage::new(app).await;
    stage.publish(&with_model(Vec::new())).await;
    stage.provider.play([reply("Which order do you mean?"), reply("And the other one?")]);
    stage.says("wamid.1", "Hello").await;
    // given a note between two turns
    let id = stage.id().await;
    app.services.conversations.write_note(&stage.ana, &id, "one", "She is Secret4711").await.expect("a note");
    stage.says("wamid.2", "the one with 10042").await;
    // then no question to the model, no answer and no variable holds it
    let asked = stage.provider.asked();
    assert_eq!(asked.len(), 2);
    assert!(asked.iter().all(|question| !question.to_string().contains("Secret4711")));
    assert_eq!(stage.answers().await, ["Which order do you mean?", "And the other one?"]);
    assert!(stage.variables().await.is_empty());
});

on_both!(a_tool_that_the_step_does_not_name_cannot_be_called, async |app| {
    let stage = Stage::new(app).await;
    add_refund(&stage).await;
    stage.publish(&with_model(Vec::new())).await;
    stage.provider.play([call("refund", json!({}))]);
    stage.says("wamid.1", "Give me my money back").await;
    assert_eq!(stage.failure().await, Some(Failure::ModelUnknownTool));
    assert!(stage.shop.shop.asked().is_empty() && stage.calls().await.is_empty());
});

on_both!(a_failing_model_takes_the_failure_path_of_its_step, async |app| {
    let stage = Stage::new(app).await;
    stage.publish(&with_model(vec![say("sorry", "Please call us."), step("bye", Does::Close(Close::default()))])).await;
    stage.provider.play([Act::Status(429)]);
    stage.says("wamid.1", "Hello").await;
    assert_eq!(stage.answers().await, ["Please call us."]);
    assert!(matches!(stage.state().await, RowState::Closed { .. }));
    assert!(stage.handoffs().await.is_empty());
});

on_both!(a_failing_model_without_a_failure_path_escalates, async |app| {
    let stage = Stage::new(app).await;
    stage.publish(&with_model(Vec::new())).await;
    stage.provider.play([Act::Status(429)]);
    stage.says("wamid.1", "Hello").await;
    assert_eq!(stage.failure().await, Some(Failure::ModelRateLimited));
    assert!(stage.handoff().await.brief.reason.contains("Helper"), "it says in which flow");
    assert_eq!(stage.told().await, [(Author::System, stage.notice().await)]);
});

on_both!(a_model_that_was_turned_off_is_a_failure_of_the_step, async |app| {
    let stage = Stage::new(app).await;
    stage.publish(&with_model(vec![say("sorry", "Please call us."), step("bye", Does::Close(Close::default()))])).await;
    stage.provider.play([reply("Which order?")]);
    stage.says("wamid.1", "Hello").await;
    let off = ModelSettings { enabled: false, ..stage.provider.settings() };
    stage.provider.serves(stage.app, &off).await;
    stage.says("wamid.2", "10042").await;
    assert_eq!(stage.answers().await, ["Which order?", "Please call us."]);
    assert_eq!(stage.provider.asked().len(), 1);
});

on_both!(a_step_whose_task_has_no_value_escalates, async |app| {
    let stage = Stage::new(app).await;
    let mut flow = with_model(Vec::new());
    let keep = definition::Set { variable: "order".into(), value: "10042".into() };
    flow.steps.insert(0, step("keep", Does::Set(keep)));
    let Does::Model(model) = &mut flow.steps[1].act else { panic!("the model's step") };
    model.instructions = "Find out where {{ order }} is.".into();
    stage.publish(&flow).await;
    stage.arrives("wamid.1", "Hello").await;
    stage.app.erase("variables").await;
    stage.goes_on().await;

    assert_eq!(stage.failure().await, Some(Failure::FlowBroken));
    assert!(stage.provider.asked().is_empty());
    assert_eq!(stage.told().await, [(Author::System, stage.notice().await)]);
});

on_both!(a_step_whose_model_requests_an_agent_escalates, async |app| {
    let stage = Stage::new(app).await;
    stage.publish(&with_model(Vec::new())).await;
    stage.provider.play([call("handoff", json!({"reason": "angry", "summary": "s", "urgency": "high"}))]);
    stage.says("wamid.1", "Hello").await;
    let past = stage.handoff().await;
    assert_eq!((past.handoff.trigger, past.brief.reason.as_str()), (Trigger::Model, "angry"));
});
