//! What counts as an answer to the question that waits: taps, figures, marks and digits, albums, time.

use handoff::domain::flow::definition::{Choice, Expect, Http, Keep, Question, Say, Start, Step, StepKind};
use serde_json::{Value, json};

use super::*;

fn step(id: &str, act: StepKind) -> Step {
    Step { id: id.into(), name: String::new(), act }
}

fn ask(id: &str, text: &str, expect: Expect, retries: u8) -> Step {
    let question = Question {
        text: text.into(),
        variable: id.into(),
        expect,
        retries,
        retry_text: String::new(),
        patience: None,
        on_failure: Vec::new(),
    };
    step(id, StepKind::Question(question))
}

fn choices(titles: &[&str]) -> Expect {
    let choice =
        |(nth, title): (usize, &&str)| Choice { id: format!("o{nth}"), title: (*title).into(), ..Choice::default() };
    Expect::Choice { options: titles.iter().enumerate().map(choice).collect() }
}

fn digits() -> Expect {
    Expect::Pattern { pattern: "[0-9]{5}".into(), example: "10042".into() }
}

/// A flow that asks these questions, then one more, so that the conversation stays with it.
fn asking(steps: Vec<Step>) -> Flow {
    let mut steps = steps;
    steps.push(ask("rest", "Anything else?", Expect::Text, 0));
    Flow { name: "Asks".into(), starts: vec![Start::NewConversation], steps, ..Flow::default() }
}

async fn comes(app: &TestApp, wamid: &str, body: Value) {
    let body = meta::message(MARIA, wamid, app.now(), body);
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
    app.settle().await;
}

/// A tap on the button with this payload, below the message that was sent `nth`.
async fn taps(app: &TestApp, wamid: &str, nth: usize, payload: &str, title: &str) {
    app.turn(Span::seconds(2));
    let sent = app.meta.sent();
    let context = json!({"from": "15550100000", "id": sent[nth].wamid.as_str()});
    let reply = json!({"type": "button_reply", "button_reply": {"id": payload, "title": title}});
    comes(app, wamid, json!({"type": "interactive", "interactive": reply, "context": context})).await;
}

on_both!(a_tap_answers_only_the_question_it_belongs_to, async |app| {
    // Given two questions with the same buttons, of which the second waits
    let flow = asking(vec![
        ask("news", "Do you want our newsletter?", choices(&["Yes", "No"]), 1),
        ask("cancel", "Shall we cancel the order?", choices(&["Yes", "No"]), 1),
        ask("name", "What is your name?", Expect::Text, 1),
    ]);
    live(app, "flw_asks", &flow).await;
    let (ana, _) = app.agent("Ana").await;
    says(app, "wamid.1", "Hello").await;
    taps(app, "wamid.2", 0, "o1", "No").await;

    // When a button of the first is tapped
    taps(app, "wamid.3", 0, "o0", "Yes").await;

    // Then the second is asked again, and nothing is cancelled
    let id = row(app, &ana).await.id;
    assert_eq!(variables(app, &id).await, pairs(&[("news", "No")]));
    assert_eq!(told(app, &ana, &id).await.last().map(String::as_str), Some("Shall we cancel the order?"));
    // And its own button answers it, on each copy of it.
    taps(app, "wamid.4", 1, "o1", "No").await;
    assert_eq!(variables(app, &id).await, pairs(&[("news", "No"), ("cancel", "No")]));
    // A tap is no name.
    taps(app, "wamid.5", 1, "o1", "No").await;
    assert_eq!(variables(app, &id).await.len(), 2);
    says(app, "wamid.6", "Maria").await;
    assert_eq!(variables(app, &id).await.last(), Some(&("name".to_owned(), "Maria".to_owned())));
});

on_both!(a_typed_figure_picks_the_title_that_holds_it, async |app| {
    live(app, "flw_asks", &asking(vec![ask("stay", "How long?", choices(&["2 nights", "3 nights", "5 nights"]), 3)]))
        .await;
    let (ana, _) = app.agent("Ana").await;
    says(app, "wamid.1", "Hello").await;
    // Neither a figure that no title holds nor a negation is an answer.
    for (nth, words) in ["4", "not 3 nights"].into_iter().enumerate() {
        says(app, &format!("wamid.x{nth}"), words).await;
        assert!(variables(app, &row(app, &ana).await.id).await.is_empty(), "{words}");
    }
    says(app, "wamid.2", "2").await;
    assert_eq!(variables(app, &row(app, &ana).await.id).await, pairs(&[("stay", "2 nights")]));
});

on_both!(marks_and_digits_of_other_scripts_do_not_leave, async |app| {
    let shop = Open::new().await;
    let keep = vec![Keep { pointer: "/total".into(), variable: "total".into() }];
    let http = Http { url: format!("{}/{{{{ order }}}}", shop.orders()), keep, ..Http::default() };
    let say = Say::Text { text: "That is {{ total }}.".into() };
    let flow = asking(vec![
        ask("order", "Your order number?", digits(), 0),
        step("look_up", StepKind::Http(http)),
        step("say", StepKind::Message(say)),
    ]);
    live(app, "flw_asks", &flow).await;
    let (ana, _) = app.agent("Ana").await;
    says(app, "wamid.1", "Hello").await;
    says(app, "wamid.2", "\u{202a}\u{661}\u{660}\u{660}\u{664}\u{662}\u{202c}\u{200b}").await;

    assert_eq!(shop.shop.asked()[0].order, "10042");
    let id = row(app, &ana).await.id;
    assert_eq!(variables(app, &id).await[0], ("order".to_owned(), "10042".to_owned()));
    // The number is told with the digits that the shop sent.
    assert!(told(app, &ana, &id).await.contains(&"That is 120.5.".to_owned()));
});

on_both!(an_album_is_one_try, async |app| {
    live(app, "flw_asks", &asking(vec![ask("order", "Your order number?", digits(), 2)])).await;
    let (ana, _) = app.agent("Ana").await;
    says(app, "wamid.1", "Hello").await;
    app.turn(Span::seconds(5));
    for nth in 0..3 {
        let photo =
            json!({"type": "image", "image": {"id": format!("media{nth}"), "mime_type": "image/jpeg", "sha256": "x"}});
        comes(app, &format!("wamid.photo{nth}"), photo).await;
    }
    let row = row(app, &ana).await;
    assert_eq!(row.state, RowState::Bot);
    assert_eq!(told(app, &ana, &row.id).await.len(), 2, "the question, and once again");
    says(app, "wamid.2", "10042").await;
    assert_eq!(variables(app, &row.id).await, pairs(&[("order", "10042")]));
});

on_both!(a_thought_in_several_messages_is_one_try, async |app| {
    live(app, "flw_asks", &asking(vec![ask("order", "Your order number?", digits(), 1)])).await;
    let (ana, _) = app.agent("Ana").await;
    says(app, "wamid.1", "Hello").await;
    app.turn(Span::seconds(5));
    for (nth, words) in ["I don't have it", "it was a blue one", "from Monday"].into_iter().enumerate() {
        arrives(app, &format!("wamid.part{nth}"), words).await;
    }
    app.settle().await;
    let row = row(app, &ana).await;
    assert_eq!(row.state, RowState::Bot);
    assert_eq!(told(app, &ana, &row.id).await.len(), 2, "the question, and once again");
});

on_both!(what_was_sent_before_the_question_and_arrives_after_it_gets_a_reply, async |app| {
    live(app, "flw_asks", &asking(vec![ask("order", "Your order number?", digits(), 0)])).await;
    let (ana, _) = app.agent("Ana").await;
    says(app, "wamid.1", "Hello").await;
    // Given two messages that WhatsApp delivers late
    for (wamid, ago, words) in [("wamid.2", 40, "My parcel is broken"), ("wamid.3", 30, "All of it")] {
        let body = meta::text(MARIA, wamid, app.now().minus(Span::seconds(ago)), words);
        assert_eq!(app.webhook(&body).await, StatusCode::OK);
        while app.services.projector.run_once().await.expect("projects") > 0 {}
    }
    app.settle().await;
    // Then the question comes again, once, and neither is a wrong answer.
    let row = row(app, &ana).await;
    assert_eq!(row.state, RowState::Bot);
    assert_eq!(told(app, &ana, &row.id).await, ["Your order number?", "Your order number?"]);
});

on_both!(an_open_question_expires, async |app| {
    let mut flow = asking(vec![ask("order", "Your order number?", digits(), 0)]);
    flow.question_expiry = Some(Span::hours(2));
    live(app, "flw_asks", &flow).await;
    let (ana, _) = app.agent("Ana").await;
    says(app, "wamid.1", "Hello").await;
    app.turn(Span::hours(3));

    says(app, "wamid.2", "Hello, are you there?").await;

    let row = row(app, &ana).await;
    assert_eq!(row.state, RowState::Bot, "no wrong answer");
    assert_eq!(told(app, &ana, &row.id).await, ["Your order number?", "Your order number?"]);
});

on_both!(greetings_and_words_of_other_flows_are_no_wrong_answers, async |app| {
    live(app, "flw_asks", &asking(vec![ask("order", "Your order number?", digits(), 0)])).await;
    let hours =
        Start::Phrase { phrase: "opening hours".into(), matching: handoff::domain::keyword::Matching::Contains };
    let other = Flow { starts: vec![hours], ..asking(vec![ask("day", "Which day?", Expect::Date, 0)]) };
    live(app, "flw_hours", &other).await;
    let (ana, _) = app.agent("Ana").await;
    says(app, "wamid.1", "Good morning").await;
    says(app, "wamid.2", "Hello?").await;
    let id = row(app, &ana).await.id;
    assert_eq!(told(app, &ana, &id).await, ["Your order number?", "Your order number?"]);

    says(app, "wamid.3", "What are your opening hours?").await;
    assert_eq!(told(app, &ana, &id).await.last().map(String::as_str), Some("Which day?"));
});
