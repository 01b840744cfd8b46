//! Sending: messages of agents, bot and tenant reach the phone once and in order, and their statuses arrive.
//!
//! `sending/answers.rs` tests what answers a customer, `sending/codes.rs` Meta's error codes, `sending/both_ways.rs`
//! failures that are reported twice, `sending/unclear.rs` lost responses, `sending/pieces.rs` long messages,
//! `sending/files.rs` files of agents, `sending/saved_files.rs` those of saved replies, `sending/composed.rs` what agents fill in, `sending/reactions.rs` their reactions,
//! `sending/templates.rs` templates, `sending/closed_windows.rs` those in the place of automatic messages,
//! `sending/held_templates.rs` those that go again later, `sending/obsolete_rows.rs` rows that became obsolete, `sending/workers.rs` requests
//! that hang, `sending/limits.rs` the window, the pair limit and a stopped number. This file contains their common helpers.

mod answers;
mod both_ways;
mod closed_windows;
mod codes;
mod composed;
mod files;
mod held_templates;
mod kinds;
mod limits;
mod obsolete_rows;
mod pieces;
mod reactions;
mod saved_files;
mod templates;
mod unclear;
mod workers;

use handoff::{
    domain::{
        desk::{ItemBody, Line, Row},
        event::Initiator,
        ids::{ConversationId, MessageId},
        message::{Author, Delivery, Message},
        settings::{ReadPolicy, TextName},
        time::Span,
    },
    server::{
        accounts::Agent,
        conversations::ConversationError,
        settings::targets::Targets,
        simulator::{NewCustomer, Reads, SentRequest, StatusOrder, ThreadAuthor as By, Tick},
    },
};

use crate::app::{TestApp, on_both};

/// A customer who requested an agent, and the agent who claimed the conversation.
struct TestConversation<'a> {
    app: &'a TestApp,
    agent: Agent,
    /// The simulator's name for the customer.
    customer: String,
    id: ConversationId,
    replies: std::cell::Cell<u32>,
}

/// Ana is online; the keyword "agent" is set.
async fn desk(app: &TestApp) -> Agent {
    app.keyword("agent").await;
    app.agent("Ana").await.0
}

/// A customer requests an agent, and `agent` claims. All resulting messages have been delivered.
async fn conversation<'a>(app: &'a TestApp, agent: &Agent, customer: &str) -> TestConversation<'a> {
    let known: Vec<ConversationId> = app.rows(agent).await.into_iter().map(|row| row.id).collect();
    app.meta.customer_says(customer, "I need an agent").expect("a customer");
    app.meta.settled().await;
    app.settle().await;
    let row = app.rows(agent).await.into_iter().find(|row| !known.contains(&row.id)).expect("a new conversation");
    app.services.conversations.claim(agent, &row.id).await.expect("claims");
    TestConversation {
        app,
        agent: agent.clone(),
        customer: customer.to_owned(),
        id: row.id,
        replies: std::cell::Cell::new(0),
    }
}

/// A conversation with a new customer.
async fn new_conversation<'a>(app: &'a TestApp, agent: &Agent, name: &str) -> TestConversation<'a> {
    let customer = app.meta.add_customer(NewCustomer::named(name)).id;
    conversation(app, agent, &customer).await
}

impl TestConversation<'_> {
    async fn try_reply(&self, body: &str, quote: Option<&MessageId>) -> Result<(), ConversationError> {
        self.replies.set(self.replies.get() + 1);
        let client_id = format!("{}-{}", self.id, self.replies.get());
        self.app.services.conversations.reply(&self.agent, &self.id, &client_id, body, quote).await
    }

    async fn reply(&self, body: &str) {
        self.try_reply(body, None).await.expect("a reply is taken");
    }

    async fn row(&self) -> Row {
        self.app.thread(&self.agent, &self.id).await.row
    }

    async fn messages(&self) -> Vec<Message> {
        let items = self.app.thread(&self.agent, &self.id).await.items;
        let message = |body| match body {
            ItemBody::Message(message) => Some(*message),
            ItemBody::Line(_) | ItemBody::Note(_) => None,
        };
        items.into_iter().filter_map(|item| message(item.body)).collect()
    }

    async fn lines(&self) -> Vec<Line> {
        let items = self.app.thread(&self.agent, &self.id).await.items;
        let line = |body| match body {
            ItemBody::Line(line) => Some(line),
            ItemBody::Message(_) | ItemBody::Note(_) => None,
        };
        items.into_iter().filter_map(|item| line(item.body)).collect()
    }

    /// The message with this text.
    async fn said(&self, words: &str) -> Message {
        let found = self.messages().await.into_iter().find(|message| message.content.text() == Some(words));
        found.unwrap_or_else(|| panic!("the thread has “{words}”"))
    }

    async fn delivery(&self, words: &str) -> Option<Delivery> {
        self.said(words).await.delivery
    }

    /// The requests that Meta accepted for this customer, oldest first.
    fn sent(&self) -> Vec<SentRequest> {
        self.app.meta.sent().into_iter().filter(|sent| sent.customer == self.customer).collect()
    }

    /// How often Meta accepted a message with this text for this customer.
    fn times_sent(&self, words: &str) -> usize {
        self.sent().iter().filter(|sent| text(sent) == words).count()
    }

    /// The business's texts on the customer's phone.
    fn phone(&self) -> Vec<String> {
        let lines = self.app.meta.thread(&self.customer).expect("a phone");
        let texts = lines.iter().filter(|line| line.author == By::Business);
        texts.map(|line| line.body["body"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

fn text(sent: &SentRequest) -> &str {
    sent.body["text"]["body"].as_str().unwrap_or_default()
}

/// The sentence of a refusal.
fn words(refused: Result<(), ConversationError>) -> String {
    refused.expect_err("is refused").to_string()
}

on_both!(a_handoff_runs_from_keyword_to_read_status_and_closing_message, threads = 4, async |app| {
    let ana = desk(app).await;
    let mut settings = app.meta.settings();
    settings.reads = Reads::Auto;
    app.meta.set_settings(settings);
    let closing = "Bye {{ customer.name }}, says {{ agent.name }} of {{ tenant.name }}.".to_owned();
    let admin = Initiator::SYSTEM;
    app.services.settings.text_save(&app.tenant, admin, TextName::Closing, closing).await.expect("a text");

    // Given a customer whose keyword requested an agent: the notice was sent automatically.
    let luca = conversation(app, &ana, "c2").await;
    let notice = luca.sent().remove(0);
    assert!(text(&notice).contains("We're away right now"), "{notice:?}");
    assert_eq!(notice.body["to"], "+393475550182", "always with the plus: a bare number can reach a stranger");
    let told = luca.said(text(&notice)).await;
    assert_eq!((told.author, told.delivery), (Author::System, Some(Delivery::Read)));

    // When Ana replies.
    luca.reply("Good morning, Luca").await;
    assert_eq!(luca.delivery("Good morning, Luca").await, Some(Delivery::Queued));
    app.drain().await;
    let sent = luca.sent().pop().expect("was sent");
    let reply = luca.said("Good morning, Luca").await;
    assert_eq!(text(&sent), "Good morning, Luca");
    assert_eq!(sent.body["biz_opaque_callback_data"], reply.id.as_str(), "the send carries our id");
    assert_eq!((reply.author, reply.author_name), (Author::Agent(ana.id().clone()), Some("Ana".to_owned())));

    // Then its statuses arrive.
    app.settle().await;
    assert_eq!(luca.delivery("Good morning, Luca").await, Some(Delivery::Read));

    // And when she closes, the customer receives the closing message with its variables filled in.
    let seen = luca.row().await.last_turn;
    app.services.conversations.close(&ana, &luca.id, seen).await.expect("closes");
    app.settle().await;
    assert_eq!(luca.phone().last().map(String::as_str), Some("Bye Luca Marino, says Ana of Acme."));
    assert_eq!(luca.delivery("Bye Luca Marino, says Ana of Acme.").await, Some(Delivery::Read));
    assert_eq!(luca.sent().len(), 3, "notice, reply and closing, each once");
});

on_both!(statuses_in_any_order_end_at_the_furthest_one, threads = 4, async |app| {
    let ana = desk(app).await;
    let luca = conversation(app, &ana, "c2").await;
    let mut settings = app.meta.settings();
    settings.reads = Reads::Auto;
    settings.status.before_answer = true;
    settings.status.copies = 2;
    settings.status.order = StatusOrder::Shuffled;
    app.meta.set_settings(settings);

    luca.reply("Here it is").await;
    app.settle().await;

    assert_eq!(luca.delivery("Here it is").await, Some(Delivery::Read));
    assert_eq!(luca.times_sent("Here it is"), 1);
});

on_both!(a_customer_without_a_number_is_reached_by_their_id, threads = 4, async |app| {
    let ana = desk(app).await;
    let noor = conversation(app, &ana, "c5").await;

    noor.reply("Hello Noor").await;
    app.settle().await;

    let sent = noor.sent().pop().expect("was sent");
    assert_eq!(sent.body["recipient"], "NL.35518820647190372266");
    assert!(sent.body.get("to").is_none(), "{}", sent.body);
    assert_eq!(noor.delivery("Hello Noor").await, Some(Delivery::Delivered));
    assert_eq!(noor.row().await.phone, None);
});

on_both!(a_quote_is_sent_as_context, threads = 4, async |app| {
    let ana = desk(app).await;
    let luca = conversation(app, &ana, "c2").await;
    let wamid = app.meta.customer_says("c2", "Do you have it in red?").expect("writes");
    app.settle().await;
    let question = luca.said("Do you have it in red?").await.id;

    luca.try_reply("Yes, in red", Some(&question)).await.expect("is taken");
    luca.reply("And in blue").await;
    app.settle().await;

    let sent = luca.sent();
    let of = |words: &str| sent.iter().find(|sent| text(sent) == words).expect("was sent").body.clone();
    assert_eq!(of("Yes, in red")["context"]["message_id"], wamid.as_str());
    assert!(of("And in blue").get("context").is_none());
    let quote = luca.said("Yes, in red").await.quote.expect("the thread shows it");
    assert_eq!((quote.message, quote.preview.as_deref()), (Some(question), Some("Do you have it in red?")));
});

on_both!(nine_thousand_characters_arrive_in_order, threads = 4, async |app| {
    let ana = desk(app).await;
    let luca = conversation(app, &ana, "c2").await;
    let long: Vec<String> = (0..1_500).map(|n| format!("w{n:04}")).collect();
    let long = long.join(" ");
    assert_eq!(long.chars().count(), 8_999);

    luca.reply(&long).await;
    luca.reply("That was all").await;
    app.settle().await;

    let sent = luca.sent();
    let pieces: Vec<&str> = sent.iter().skip(1).map(text).collect();
    assert_eq!(pieces.len(), 4, "three pieces and the next reply");
    assert!(pieces.iter().all(|piece| piece.chars().count() <= 4_096));
    assert_eq!(pieces[..3].join(" "), long, "in order, nothing lost");
    assert_eq!(pieces[3], "That was all");
    let id = luca.said(&long).await.id;
    let marks: Vec<&str> =
        sent[1..4].iter().filter_map(|sent| sent.body["biz_opaque_callback_data"].as_str()).collect();
    assert_eq!(marks, [format!("{id}/1/3"), format!("{id}/2/3"), format!("{id}/3/3")]);
    assert_eq!(luca.delivery(&long).await, Some(Delivery::Delivered));
});

on_both!(blue_ticks_follow_the_policy, threads = 4, async |app| {
    let ana = desk(app).await;
    // Policy, and whether the customer sees ticks after Ana opened the thread and after she replied.
    let table =
        [(ReadPolicy::OnOpen, true, true), (ReadPolicy::OnReply, false, true), (ReadPolicy::Never, false, false)];
    for (policy, after_open, after_reply) in table {
        let targets = Targets { read_policy: Some(policy), ..Targets::default() };
        app.services.settings.targets_save(&app.tenant, Initiator::SYSTEM, targets).await.expect("a policy");
        let conversation = new_conversation(app, &ana, "Maria").await;
        let wamid = app.meta.customer_says(&conversation.customer, "Are you there?").expect("writes");
        app.settle().await;
        let blue = || {
            let lines = app.meta.thread(&conversation.customer).expect("a phone");
            lines.iter().find(|line| line.id == wamid).expect("the line").tick == Tick::Read
        };
        assert!(conversation.row().await.unread > 0);

        app.look(&ana, &conversation.id).await;
        app.drain().await;
        assert_eq!((conversation.row().await.unread, blue()), (0, after_open), "{policy:?}: opened");

        conversation.reply("Yes").await;
        app.settle().await;
        assert_eq!(blue(), after_reply, "{policy:?}: answered");
    }
});
