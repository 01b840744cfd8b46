//! What models write besides their answer: thoughts, tokens, calls in their text, Markdown. None of it reaches a
//! customer.

use super::*;

fn say(words: &str) -> Act {
    Act::Say(words.to_owned())
}

/// A call in a part of the stream, as servers send it that leave something out.
fn delta(calls: Value) -> Value {
    json!({"tool_calls": calls})
}

on_both!(only_the_answer_of_a_model_reaches_the_customer, async |app| {
    let stage = Stage::new(app).await;
    for (nth, (words, expected)) in [
        ("The customer is angry.</think>Hello", "Hello"),
        ("<thinking>hm</thinking>{\"reply\": \"Hello\", \"needs_person\": false}", "Hello"),
        (
            "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>Hello<|return|>",
            "Hello",
        ),
        ("[INST] Hi [/INST] Hello</s>", "Hello"),
        ("<p>Hello <b>Ana</b></p>", "Hello *Ana*"),
        (
            "### Sizes\n**S** or [all](https://shop.example): 2 * 3 * 4, snake_case",
            "*Sizes*\n*S* or all (https://shop.example): 2 * 3 * 4, snake_case",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        // Given a model that writes more than its answer
        stage.provider.play([say(words)]);
        // When a customer asks
        stage.says(&format!("wamid.{nth}"), "Hello").await;
        // Then they receive the answer only
        let sent = app.meta.sent();
        assert_eq!(sent.last().expect("a message").body["text"]["body"], json!(expected), "{words}");
        assert_eq!(stage.answers().await.len(), 1, "{words}");
        assert!(stage.handoffs().await.is_empty(), "{words}");
        stage.next_customer();
    }
});

on_both!(a_call_in_the_text_is_carried_out, async |app| {
    let stage = Stage::new(app).await;
    let arguments = json!({"reason": "angry", "summary": "The parcel is lost.", "urgency": "high"});
    for (nth, words) in [
        format!("<tool_call>{{\"name\": \"handoff\", \"arguments\": {arguments}}}</tool_call>"),
        format!("<function=handoff>{arguments}</function>"),
        format!("[TOOL_CALLS][{{\"name\": \"handoff\", \"arguments\": {arguments}}}]"),
        format!("```json\n{{\"name\": \"handoff\", \"parameters\": {arguments}}}\n```"),
    ]
    .into_iter()
    .enumerate()
    {
        stage.provider.play([Act::Say(words.clone())]);
        stage.says(&format!("wamid.{nth}"), "Where is my parcel?").await;

        let past = stage.handoff().await;
        assert_eq!(past.handoff.trigger, Trigger::Model, "{words}");
        assert_eq!(past.brief.reason, "angry", "{words}");
        assert!(stage.answers().await.is_empty(), "{words}: the call is not shown");
        stage.next_customer();
    }
    // A tool's result goes back to the model, as after a call of the protocol.
    stage.provider.play([
        say("<tool_call>{\"name\": \"order_status\", \"arguments\": {\"order\": \"10042\"}}</tool_call>"),
        reply("On its way."),
    ]);
    stage.says("wamid.tool", "Where is 10042?").await;
    assert_eq!(stage.answers().await, ["On its way."]);
    assert_eq!(stage.calls().await.len(), 1);
});

on_both!(a_promise_beside_a_call_that_cannot_be_read_calls_a_person, async |app| {
    let stage = Stage::new(app).await;
    let promise = "One moment please.";
    for (nth, act) in [
        say(&format!("{promise} <tool_call>{{\"name\": \"handoff\", \"arguments\": {{</tool_call>")),
        say(&format!("{promise} <|python_tag|>import handoff")),
        // The server says that there is a call, and sends none.
        Act::Deltas(vec![json!({"content": promise})], "tool_calls"),
        Act::Deltas(vec![json!({"content": promise}), delta(json!([{"function": 7}]))], "tool_calls"),
    ]
    .into_iter()
    .enumerate()
    {
        let shown = format!("{act:?}");
        stage.provider.play([act]);
        stage.says(&format!("wamid.{nth}"), "Where is my parcel?").await;

        assert_eq!(stage.failure().await, Some(Failure::ModelMalformed), "{shown}");
        assert!(stage.answers().await.is_empty(), "{shown}");
        stage.next_customer();
    }
});

on_both!(a_call_without_index_or_id_is_a_call, async |app| {
    let stage = Stage::new(app).await;
    let arguments = json!({"reason": "angry", "summary": "Lost.", "urgency": "high"}).to_string();
    let handoff = json!({"name": "handoff", "arguments": arguments});
    for (nth, call) in [
        json!([{"id": "c1", "type": "function", "function": handoff}]),
        json!([{"index": 0, "id": "", "function": handoff}]),
        json!([{"index": null, "id": null, "function": handoff}]),
        json!({"function": handoff}),
    ]
    .into_iter()
    .enumerate()
    {
        stage
            .provider
            .play([Act::Deltas(vec![json!({"content": "One moment please."}), delta(call.clone())], "tool_calls")]);
        stage.says(&format!("wamid.{nth}"), "I want a person!").await;
        assert_eq!(stage.handoff().await.handoff.trigger, Trigger::Model, "{call}");
        stage.next_customer();
    }

    // Two calls without ids, whose results the model can tell apart.
    let look_up = |order: &str| json!({"id": "", "function": {"name": "order_status", "arguments": json!({"order": order}).to_string()}});
    stage.provider.play([
        Act::Deltas(vec![delta(json!([look_up("10042"), look_up("10043")]))], "tool_calls"),
        reply("Both are on their way."),
    ]);
    stage.says("wamid.two", "Where are 10042 and 10043?").await;

    assert_eq!(stage.answers().await, ["Both are on their way."]);
    assert_eq!(stage.calls().await.len(), 2);
    let asked = stage.provider.asked();
    let told = asked.last().and_then(|question| question["messages"].as_array()).expect("messages");
    let ids: Vec<_> = told.iter().filter_map(|message| message["tool_call_id"].as_str()).collect();
    assert_eq!(ids.len(), 2, "{told:?}");
    assert!(ids[0] != ids[1] && !ids[0].is_empty(), "{ids:?}");
});
