//! Start conditions of flows, and their precedence.

use handoff::domain::{
    flow::definition::{Question, Say, Start, Step, StepKind},
    keyword::Matching,
};
use serde_json::json;

use super::*;

pub fn question_of(flow: &mut Flow) -> &mut Question {
    match &mut flow.steps[0].act {
        StepKind::Question(question) => question,
        other => panic!("the flow begins with a question, not {other:?}"),
    }
}

/// A flow that sends one text and closes.
fn one_line(words: &str, start: Start) -> Flow {
    let say = StepKind::Message(Say::Text { text: words.to_owned() });
    let close = StepKind::Close(handoff::domain::flow::definition::Close::default());
    let steps = [("say", say), ("end", close)]
        .into_iter()
        .map(|(id, act)| Step { id: id.into(), name: String::new(), act })
        .collect();
    Flow { name: words.to_owned(), starts: vec![start], steps, ..Flow::default() }
}

async fn four_flows(app: &TestApp) {
    live(app, "flw_1", &one_line("any", Start::NewConversation)).await;
    let words = Start::Phrase { phrase: "opening hours".into(), matching: Matching::Contains };
    live(app, "flw_2", &one_line("words", words)).await;
    live(app, "flw_3", &one_line("ad", Start::Ad { contains: "summer sale".into() })).await;
    live(app, "flw_4", &one_line("button", Start::Button { payload: "hours".into() })).await;
}

on_both!(the_most_specific_start_condition_wins, async |app| {
    four_flows(app).await;
    let (ana, _) = app.agent("Ana").await;
    let ad = json!({"source_type": "ad", "source_url": "https://fb.me/x", "headline": "Our SUMMER SALE", "body": "b"});
    let cases = [
        ("a", json!({"type": "text", "text": {"body": "Hi"}}), "any"),
        ("b", json!({"type": "text", "text": {"body": "What are your opening hours?"}}), "words"),
        ("c", json!({"type": "text", "text": {"body": "opening hours"}, "referral": ad}), "ad"),
        (
            "d",
            json!({"type": "interactive", "interactive": {"type": "button_reply",
                "button_reply": {"id": "hours", "title": "Hours"}}}),
            "button",
        ),
    ];
    for (nth, (wamid, body, expected)) in cases.into_iter().enumerate() {
        app.turn(Span::seconds(1));
        let phone = format!("49155510{nth:02}");
        let body = meta::message(&phone, &format!("wamid.{wamid}"), app.now(), body);
        assert_eq!(app.webhook(&body).await, StatusCode::OK);
        app.settle().await;
        let row = app.rows(&ana).await.into_iter().max_by_key(|row| row.id.clone()).expect("a row");
        assert_eq!(told(app, &ana, &row.id).await, [expected], "{wamid}");
    }
});

on_both!(an_offline_flow_does_not_start, async |app| {
    four_flows(app).await;
    let (ana, _) = app.agent("Ana").await;
    let mut tx = app.services.db.begin_write().await.expect("a transaction");
    flows::go_live(&mut tx, &app.tenant, &"flw_1".into(), None).await.expect("goes offline");
    tx.commit().await.expect("commits");
    says(app, "wamid.1", "Hello").await;
    let row = row(app, &ana).await;
    assert_eq!(row.state, RowState::Bot);
    assert!(told(app, &ana, &row.id).await[0].starts_with("Hi! I'm the virtual assistant"), "the tenant's own text");
});
