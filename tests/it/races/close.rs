//! A message and a close at the same time. Each one starts at every possible point of the other.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

use futures::future::join;

use super::*;

/// The result of a message that met a close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// The close was refused.
    SeenFirst,
    /// The message started a new conversation.
    NewConversation,
}

#[derive(Clone, Copy)]
enum First {
    Close,
    Message,
}

on_both!(a_message_during_a_close_refuses_it_or_starts_a_new_conversation, async |app| {
    let (ana, _) = app.agent("Ana").await;
    app.keyword("agent").await;
    let mut outcomes = Vec::new();
    let mut customers = 0..;
    for first in [First::Close, First::Message] {
        // Until the first one is complete before the second one starts.
        for steps in 0.. {
            let phone = format!("4915551{:04}", customers.next().expect("has no end"));
            let (outcome, is_over) = meet(app, &ana, &phone, first, steps).await;
            outcomes.push(outcome);
            if is_over {
                let expected = match first {
                    First::Close => Outcome::NewConversation,
                    First::Message => Outcome::SeenFirst,
                };
                assert_eq!(outcome, expected, "after {steps} steps");
                break;
            }
        }
    }
    assert!(outcomes.contains(&Outcome::SeenFirst) && outcomes.contains(&Outcome::NewConversation), "{outcomes:?}");
    app.settle().await;
});

/// One customer's message and a close of their conversation. Returns whether the first one completed before the second
/// one started.
async fn meet(app: &TestApp, ana: &Agent, phone: &str, first: First, steps: usize) -> (Outcome, bool) {
    let says = async |wamid: String, words: &str| {
        let body = meta::text(phone, &wamid, app.now(), words);
        assert_eq!(app.webhook(&body).await, StatusCode::OK);
    };
    says(format!("wamid.{phone}.1"), "An agent, please").await;
    // No status of the previous round may arrive in this one.
    app.settle().await;
    let row = of(app, ana, phone).await.pop().expect("on the desk");
    let conversations = &app.services.conversations;
    conversations.claim(ana, &row.id).await.expect("claims");
    let seen = of(app, ana, phone).await.pop().expect("on the desk").last_turn;
    says(format!("wamid.{phone}.2"), "Wait").await;

    let close = conversations.close(ana, &row.id, seen);
    let message = app.services.projector.run_once();
    let (closed, projected, is_over) = match first {
        First::Close => one_ahead(close, message, steps).await,
        First::Message => {
            let (projected, closed, is_over) = one_ahead(message, close, steps).await;
            (closed, projected, is_over)
        }
    };
    assert_eq!(projected.expect("projects"), 1);

    let rows = of(app, ana, phone).await;
    let home: Vec<&Row> = rows.iter().filter(|row| row.preview == "Wait").collect();
    assert_eq!(home.len(), 1, "the message is in one conversation: {rows:#?}");
    let outcome = match closed {
        Ok(()) => {
            assert_eq!(rows.len(), 2, "the archive keeps what was closed");
            assert_ne!(home[0].id, row.id, "the message starts a new conversation");
            assert_eq!(home[0].state, RowState::Bot);
            Outcome::NewConversation
        }
        Err(ConversationError::Refused(Refusal::CustomerJustWrote)) => {
            assert_eq!(rows.len(), 1);
            assert_eq!(home[0].state, RowState::Claimed { agent: ana.id().clone(), name: "Ana".to_owned() });
            Outcome::SeenFirst
        }
        Err(other) => panic!("{other}"),
    };
    (outcome, is_over)
}

/// A customer's conversations on the desk.
async fn of(app: &TestApp, agent: &Agent, phone: &str) -> Vec<Row> {
    let phone = format!("+{phone}");
    app.rows(agent).await.into_iter().filter(|row| row.phone.as_ref() == Some(&phone)).collect()
}

/// Polls `first` `steps` times, then runs both to completion. Returns whether `first` completed before `second`
/// started.
async fn one_ahead<A, B>(
    first: impl Future<Output = A>,
    second: impl Future<Output = B>,
    steps: usize,
) -> (A, B, bool) {
    let mut first = pin!(first);
    let mut left = steps;
    let over = poll_fn(|context| {
        while left > 0 {
            left -= 1;
            match first.as_mut().poll(context) {
                Poll::Ready(done) => return Poll::Ready(Some(done)),
                Poll::Pending if left > 0 => return Poll::Pending,
                Poll::Pending => {}
            }
        }
        Poll::Ready(None)
    });
    match over.await {
        Some(done) => (done, second.await, true),
        None => {
            let (first, second) = join(first, second).await;
            (first, second, false)
        }
    }
}
