//! Bot messages other than text: they reach the phone unchanged and in order, and taps come back.

use handoff::{
    domain::{
        bot::{BotAction, TurnOutcome},
        desk::RowState,
        message::{
            Content, Delivery,
            interactive::{InteractiveMessage, ReplyOption},
            outgoing::{FileKind, OutgoingMessage},
            reply::ReplyKind,
        },
        settings::TextName,
    },
    server::{
        simulator::{Extras, InboundContent as Says, InboundMessage, ThreadAuthor as By, ThreadLine},
        workers::{JobKind, Selection},
    },
};
use serde_json::{Value, json};

use super::*;

const CUSTOMER: &str = "c2";

/// The customer writes, and the bot's turn answers with `said`. Nothing is sent yet.
async fn turn(app: &TestApp, agent: &Agent, words: &str, said: Vec<OutgoingMessage>) -> ConversationId {
    app.meta.customer_says(CUSTOMER, words).expect("a customer");
    app.meta.settled().await;
    app.services.projector.run_once().await.expect("projects");
    let job = app
        .services
        .jobs
        .take(JobKind::Turn, Selection::Any, Span::seconds(60), 1)
        .await
        .expect("takes")
        .pop()
        .expect("a turn is due");
    let row = app.only_row(agent).await;
    let turn = app.services.bot.turn(&app.tenant, &row.id, &job.payload.as_str().into()).await.expect("looks");
    let turn = turn.expect("the bot has it");
    app.services.bot.settle_turn(&turn, &job, said_by_bot(said)).await.expect("settles");
    row.id
}

fn said_by_bot(said: Vec<OutgoingMessage>) -> TurnOutcome {
    TurnOutcome { actions: said.into_iter().map(BotAction::Say).collect(), ..TurnOutcome::default() }
}

fn conversation_of<'a>(app: &'a TestApp, agent: &Agent, id: ConversationId) -> TestConversation<'a> {
    TestConversation { app, agent: agent.clone(), customer: CUSTOMER.to_owned(), id, replies: std::cell::Cell::new(0) }
}

fn pick(payload: &str, title: &str, description: &str) -> ReplyOption {
    let description = description.to_owned();
    ReplyOption { payload: payload.to_owned(), title: title.to_owned(), description, ..ReplyOption::default() }
}

fn media(file: FileKind, name: &str, caption: &str) -> OutgoingMessage {
    OutgoingMessage::media(file, format!("https://acme.test/{name}"), caption.to_owned())
}

fn interactive(message: InteractiveMessage) -> OutgoingMessage {
    OutgoingMessage::Interactive(message)
}

/// One message of each kind, with what the phone receives.
fn each_kind() -> Vec<(OutgoingMessage, Vec<(&'static str, Value)>)> {
    let days = vec![pick("mon", "Monday", "from 9"), pick("tue", "Tuesday", "")];
    let list = json!({"type": "list", "body": {"text": "When?"}, "action": {"button": "Days", "sections": [
        {"title": "Days", "rows": [{"id": "mon", "title": "Monday", "description": "from 9"},
            {"id": "tue", "title": "Tuesday"}]}]}});
    let link = json!({"type": "cta_url", "body": {"text": "Pay here"}, "action": {"name": "cta_url",
        "parameters": {"display_text": "Pay", "url": "https://acme.test/pay"}}});
    vec![
        (
            media(FileKind::Image, "a.png", "The shop"),
            vec![("image", json!({"link": "https://acme.test/a.png", "caption": "The shop"}))],
        ),
        (media(FileKind::Video, "a.mp4", ""), vec![("video", json!({"link": "https://acme.test/a.mp4"}))]),
        (
            media(FileKind::Audio, "a.mp3", "Listen"),
            vec![
                ("audio", json!({"link": "https://acme.test/a.mp3"})),
                ("text", json!({"body": "Listen", "preview_url": false})),
            ],
        ),
        (
            media(FileKind::Document, "a.pdf", "Terms"),
            vec![("document", json!({"link": "https://acme.test/a.pdf", "caption": "Terms", "filename": "a.pdf"}))],
        ),
        (
            interactive(InteractiveMessage::List { body: "When?".into(), open: "Days".into(), rows: days }),
            vec![("interactive", list)],
        ),
        (
            interactive(InteractiveMessage::LinkButton {
                body: "Pay here".into(),
                label: "Pay".into(),
                url: "https://acme.test/pay".into(),
            }),
            vec![("interactive", link)],
        ),
        (
            interactive(InteractiveMessage::LocationRequest { body: "Where are you?".into() }),
            vec![(
                "interactive",
                json!({"type": "location_request_message", "body": {"text": "Where are you?"},
                    "action": {"name": "send_location"}}),
            )],
        ),
        (OutgoingMessage::text("That is all"), vec![("text", json!({"body": "That is all", "preview_url": false}))]),
    ]
}

fn from_business(app: &TestApp) -> Vec<ThreadLine> {
    let lines = app.meta.thread(CUSTOMER).expect("a phone");
    lines.into_iter().filter(|line| line.author == By::Business).collect()
}

on_both!(each_kind_reaches_the_phone_in_order_and_is_in_the_thread, threads = 4, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let said: Vec<OutgoingMessage> = each_kind().into_iter().map(|(message, _)| message).collect();

    let id = turn(app, &ana, "Hello", said.clone()).await;
    app.settle().await;

    let wanted: Vec<(String, Value)> =
        each_kind().into_iter().flat_map(|(_, lines)| lines).map(|(kind, body)| (kind.to_owned(), body)).collect();
    let got: Vec<_> = from_business(app).into_iter().map(|line| (line.kind, line.body)).collect();
    assert_eq!(got, wanted);
    let shown = conversation_of(app, &ana, id).messages().await;
    let ours: Vec<_> = shown.into_iter().filter(|message| message.author == Author::Bot).collect();
    assert!(ours.iter().all(|message| message.delivery == Some(Delivery::Delivered)), "{ours:#?}");
    assert_eq!(
        ours.into_iter().map(|message| message.content).collect::<Vec<_>>(),
        said.into_iter().map(Content::from).collect::<Vec<_>>()
    );
});

on_both!(a_tap_returns_its_payload_and_quotes_the_message, threads = 4, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let fallback = "I did not get that".to_owned();
    app.services
        .settings
        .text_save(&app.tenant, Initiator::SYSTEM, TextName::Fallback, fallback)
        .await
        .expect("a text");
    let buttons = vec![pick("track", "Track my order", ""), pick("other", "Something else", "")];
    let offer = interactive(InteractiveMessage::Buttons { body: "What is it?".into(), buttons });
    let id = turn(app, &ana, "Hello", vec![offer]).await;
    app.settle().await;
    let offered = from_business(app).pop().expect("the buttons");

    let tap = Says::ButtonReply { id: "track".into(), title: "Track my order".into() };
    let extras = Extras { reply_to: Some(offered.id.clone()), ..Extras::default() };
    app.meta.say(CUSTOMER, InboundMessage { content: tap, extras }).expect("taps");
    app.settle().await;

    let messages = conversation_of(app, &ana, id).messages().await;
    let tapped = messages.iter().find(|message| matches!(message.content, Content::ButtonReply { .. }));
    let tapped = tapped.expect("the tap is in the thread");
    assert_eq!(tapped.content, Content::ButtonReply { id: "track".into(), title: "Track my order".into() });
    let quote = tapped.quote.as_ref().expect("it quotes");
    assert_eq!((quote.wamid.0.as_str(), quote.preview.as_deref()), (offered.id.as_str(), Some("What is it?")));
    app.settle().await;
});

on_both!(an_agent_asks_for_the_location_once_and_gets_it_as_an_answer, threads = 4, async |app| {
    let ana = desk(app).await;
    let luca = conversation(app, &ana, "c2").await;
    let (conversations, kind) = (&app.services.conversations, ReplyKind::LocationRequest);
    for _press in 0..2 {
        conversations.reply_as(&ana, &luca.id, "ask-1", kind, " Where are you? ", None).await.expect("asks");
    }
    app.settle().await;

    let asked = from_business(app).pop().expect("the question is on the phone");
    let wanted = json!({"type": "location_request_message", "body": {"text": "Where are you?"},
        "action": {"name": "send_location"}});
    assert_eq!((asked.kind.as_str(), &asked.body), ("interactive", &wanted));
    let ours: Vec<_> =
        luca.messages().await.into_iter().filter(|one| one.content.kind() == "location_request").collect();
    assert_eq!(ours.len(), 1, "the same press twice is one message");
    assert_eq!((&ours[0].author, ours[0].delivery), (&Author::Agent(ana.id().clone()), Some(Delivery::Delivered)));

    let place = Says::Location { latitude: 45.5, longitude: 9.25, name: None, address: None };
    let extras = Extras { reply_to: Some(asked.id.clone()), ..Extras::default() };
    app.meta.say(CUSTOMER, InboundMessage { content: place, extras }).expect("taps");
    app.settle().await;
    let messages = luca.messages().await;
    let answer = messages.iter().find(|message| message.content.kind() == "location").expect("the answer");
    let quote = answer.quote.as_ref().expect("it quotes the question");
    assert_eq!((quote.wamid.0.as_str(), quote.preview.as_deref()), (asked.id.as_str(), Some("Where are you?")));
});

on_both!(a_location_request_follows_the_rules_of_a_reply, threads = 4, async |app| {
    let ana = desk(app).await;
    let (ben, _) = app.agent("Ben").await;
    let luca = conversation(app, &ana, "c2").await;
    let sent = luca.sent().len();
    let (conversations, kind) = (&app.services.conversations, ReplyKind::LocationRequest);
    let ask =
        async |agent: &Agent, text: &str| words(conversations.reply_as(agent, &luca.id, "ask", kind, text, None).await);

    let long = ask(&ana, &"é".repeat(1_025)).await;
    assert!(long.contains("up to 1,024 characters; this one has 1,025"), "{long}");
    assert!(ask(&ana, " ").await.contains("Enter a message first"));
    conversations.reply_as(&ben, &luca.id, "ask", kind, "Where?", None).await.expect_err("it is Ana's conversation");
    app.turn(Span::hours(24));
    let late = ask(&ana, "Where are you?").await;
    assert!(late.contains("24-hour reply window is closed"), "{late}");
    app.settle().await;
    assert_eq!(luca.sent().len(), sent, "nothing was sent");
});

on_both!(a_message_that_whatsapp_would_refuse_is_not_sent_and_escalates, threads = 4, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let rows = (0..11).map(|n| pick(&n.to_string(), "Row", "")).collect();
    let list = interactive(InteractiveMessage::List { body: "Choose".into(), open: "Days".into(), rows });
    let after = OutgoingMessage::text("After it");

    let id = turn(app, &ana, "Hello", vec![list, after]).await;
    app.settle().await;

    assert_eq!(from_business(app).len(), 0, "later messages of the turn are not sent");
    let conversation = conversation_of(app, &ana, id);
    assert_eq!(conversation.row().await.state, RowState::Waiting, "the customer waits for an agent");
    let failed = conversation.messages().await.into_iter().find(|message| message.delivery == Some(Delivery::Failed));
    let fault = failed.and_then(|message| message.fault).expect("the list failed");
    assert_eq!(fault.code, None, "Meta was never asked");
    assert!(fault.detail.contains("it has 11 rows, and 1 to 10 are allowed"), "{}", fault.detail);
});

on_both!(queued_options_are_cancelled_by_a_takeover, threads = 4, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let said: Vec<OutgoingMessage> = each_kind().into_iter().map(|(message, _)| message).collect();
    let id = turn(app, &ana, "Hello", said).await;

    app.services.conversations.take_over(&ana, &id).await.expect("takes over");
    app.settle().await;

    assert_eq!(from_business(app).len(), 0, "nothing of it is sent");
    let messages = conversation_of(app, &ana, id).messages().await;
    let ours = messages.iter().filter(|message| message.author == Author::Bot);
    assert!(ours.map(|message| message.delivery).all(|delivery| delivery == Some(Delivery::Cancelled)));
});
