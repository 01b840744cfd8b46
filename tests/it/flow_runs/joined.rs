//! What the bot says in one turn is one message, with the question or the handoff message that follows.

use handoff::domain::{
    event::Initiator,
    flow::definition::{Choice, Expect, HandoffStep, Question, Say, Start, Step, StepKind},
    settings::BotTexts,
};
use serde_json::{Value, json};

use super::*;

fn step(id: &str, act: StepKind) -> Step {
    Step { id: id.into(), name: String::new(), act }
}

fn text(id: &str, words: &str) -> Step {
    step(id, StepKind::Message(Say::Text { text: words.to_owned() }))
}

/// Two texts, then a question with two buttons; the answer leads to a text and an agent.
fn greeting() -> Flow {
    let option = |id: &str, title: &str| Choice { id: id.into(), title: title.into(), ..Choice::default() };
    let question = Question {
        text: "May I pass you on?".into(),
        variable: "answer".into(),
        expect: Expect::Choice { options: vec![option("yes", "Yes"), option("no", "No")] },
        retries: 1,
        retry_text: "Please tap a button.".into(),
        patience: None,
        on_failure: Vec::new(),
    };
    let person = HandoffStep { notice: "One moment, please.".into(), ..HandoffStep::default() };
    let steps = vec![
        text("hello", "Welcome to Acme."),
        text("bot", "I am a bot."),
        step("question", StepKind::Question(question)),
        text("thanks", "Thank you."),
        step("person", StepKind::Handoff(person)),
    ];
    Flow { name: "Greets".into(), starts: vec![Start::NewConversation], steps, ..Flow::default() }
}

async fn bot_texts(app: &TestApp, texts: BotTexts) {
    let settings = &app.services.settings;
    settings.joined_texts_save(&app.tenant, Initiator::SYSTEM, Span(0), texts).await.expect("saves");
}

/// What Meta accepted: the texts, and the bodies of questions in brackets.
fn sent(app: &TestApp) -> Vec<String> {
    let one = |body: &Value| match body["interactive"]["body"]["text"].as_str() {
        Some(question) => format!("[{question}]"),
        None => body["text"]["body"].as_str().unwrap_or_default().to_owned(),
    };
    app.meta.sent().iter().map(|request| one(&request.body)).collect()
}

/// Maria taps the first button of the first message.
async fn taps(app: &TestApp, wamid: &str) {
    app.turn(Span::seconds(2));
    let context = json!({"from": "15550100000", "id": app.meta.sent()[0].wamid.as_str()});
    let reply = json!({"type": "button_reply", "button_reply": {"id": "yes", "title": "Yes"}});
    let tap = json!({"type": "interactive", "interactive": reply, "context": context});
    let body = meta::message(MARIA, wamid, app.now(), tap);
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
    app.settle().await;
}

on_both!(texts_of_a_turn_are_one_message_with_the_question_and_the_notice, async |app| {
    let (ana, _) = app.agent("Ana").await;
    live(app, "flw_greeting", &greeting()).await;
    bot_texts(app, BotTexts::Joined).await;
    says(app, "wamid.1", "Hello").await;
    assert_eq!(sent(app), ["[Welcome to Acme.\n\nI am a bot.\n\nMay I pass you on?]"]);
    // given a wrong answer, which repeats the question, then the button of the first message still answers it
    says(app, "wamid.2", "What?").await;
    taps(app, "wamid.3").await;
    let expected = "Thank you.\n\nOne moment, please.";
    assert_eq!(sent(app).last().map(String::as_str), Some(expected));
    assert_eq!(sent(app).len(), 3);
    // and the notice is the company's, which an agent's arrival does not stop, and one message in the thread
    let row = row(app, &ana).await;
    assert_eq!(row.state, RowState::Waiting);
    let said = messages(app, &ana, &row.id).await;
    let authors: Vec<_> = said.iter().filter(|it| !it.author.is_customer()).map(|it| it.author.clone()).collect();
    assert_eq!(authors, [Author::Bot, Author::Bot, Author::System]);
});

on_both!(each_text_is_a_message_if_an_admin_wants_that, async |app| {
    live(app, "flw_greeting", &greeting()).await;
    bot_texts(app, BotTexts::Separate).await;
    says(app, "wamid.1", "Hello").await;
    assert_eq!(sent(app), ["Welcome to Acme.", "I am a bot.", "[May I pass you on?]"]);
});

on_both!(a_new_company_sends_few_messages, async |app| {
    let tenant = app.services.channels.create_tenant("Initech").await.expect("a tenant");
    let settings = app.services.settings.tenant(&tenant).await.expect("a tenant").settings;
    assert_eq!(settings.bot_texts, BotTexts::Joined);
});
