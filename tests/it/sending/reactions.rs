//! Reactions of agents: they reach the phone, can be taken back, and are no answer.

use handoff::{
    domain::{
        event::Event,
        ids::Seq,
        message::{Reaction, reaction::ReactionState},
    },
    server::{
        simulator::{Effect, Fault},
        store::entries,
    },
};

use super::*;

impl TestConversation<'_> {
    /// The customer's first message.
    async fn asked(&self) -> Message {
        self.messages().await.into_iter().find(|message| message.author.is_customer()).expect("the customer wrote")
    }

    /// What the phone shows of the business on the customer's first message.
    fn on_phone(&self) -> Option<String> {
        let lines = self.app.meta.thread(&self.customer).expect("a phone");
        let first = lines.into_iter().find(|line| line.author == By::Customer);
        first.expect("the customer wrote").business_reaction
    }

    fn reactions_sent(&self) -> usize {
        self.sent().iter().filter(|sent| sent.body["type"] == "reaction").count()
    }
}

on_both!(a_reaction_reaches_the_phone_once_is_taken_back_and_ends_no_wait, threads = 4, async |app| {
    let ana = desk(app).await;
    let luca = new_conversation(app, &ana, "Luca").await;
    let (asked, before) = (luca.asked().await, luca.row().await);
    let react = async |emoji: Option<&str>| {
        app.services.conversations.react(&ana, &luca.id, &asked.id, emoji).await.expect("reacts");
    };

    react(Some("👍")).await;
    react(Some(" 👍 ")).await;
    let shown = luca.asked().await.reactions;
    let mine =
        Reaction { author_name: Some("Ana".to_owned()), ..Reaction::new(Author::Agent(ana.id().clone()), "👍") };
    assert_eq!(shown, [Reaction { state: ReactionState::Sending, ..mine.clone() }]);
    app.settle().await;
    assert_eq!((luca.on_phone().as_deref(), luca.reactions_sent()), (Some("👍"), 1));
    assert_eq!(luca.asked().await.reactions, [mine]);

    // then the customer still waits, and nothing else in the conversation has changed
    let row = luca.row().await;
    assert_eq!((row.reply, row.wait, row.unread), (before.reply, before.wait, before.unread));
    assert_eq!((row.preview, row.last_delivery), (before.preview, before.last_delivery));

    react(None).await;
    app.settle().await;
    assert_eq!((luca.on_phone(), luca.asked().await.reactions), (None, Vec::new()));
});

on_both!(a_reaction_that_cannot_be_says_why, threads = 4, async |app| {
    let ana = desk(app).await;
    let (ben, _) = app.agent("Ben").await;
    let luca = new_conversation(app, &ana, "Luca").await;
    luca.reply("Hello").await;
    app.settle().await;
    let (asked, own) = (luca.asked().await.id, luca.said("Hello").await.id);
    let refused = async |agent: &Agent, message: &MessageId, emoji: &str| {
        words(app.services.conversations.react(agent, &luca.id, message, Some(emoji)).await)
    };
    assert!(refused(&ana, &asked, "ok").await.contains("one emoji"));
    assert!(refused(&ana, &own, "👍").await.contains("messages of the customer"));
    refused(&ben, &asked, "👍").await;

    // when WhatsApp refuses it, then it stays with the reason
    app.meta.inject(&luca.customer, Fault::once(Effect::Http { code: 131_026 }));
    app.services.conversations.react(&ana, &luca.id, &asked, Some("👍")).await.expect("is taken");
    app.settle().await;
    let shown = luca.asked().await.reactions;
    assert!(matches!(&shown[..], [Reaction { state: ReactionState::Failed { detail }, .. }] if !detail.is_empty()));
    assert_eq!(luca.on_phone(), None);
    // and the hidden message that carried it is none that is sent again
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let log = entries::since(&mut tx, &app.tenant, Seq(0), 10_000).await.expect("reads");
    drop(tx);
    let carried = log.into_iter().find_map(|entry| match entry.event {
        Event::Delivered { message, status: Delivery::Failed, .. } => Some(message),
        _ => None,
    });
    let again = app.services.conversations.retry(&ana, &luca.id, &carried.expect("it failed")).await;
    assert!(matches!(again, Err(ConversationError::NotFound)), "{again:?}");

    app.turn(Span::hours(24));
    assert!(refused(&ana, &asked, "👍").await.contains("24-hour reply window is closed"));
});
