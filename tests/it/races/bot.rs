//! The bot against an agent: when an agent takes over, unsent bot messages are not sent (promise 3).

use handoff::{
    domain::{
        bot::{Turn, TurnOutcome},
        conversation::Command,
        desk::RowState,
        event::{Event, Initiator},
        message::{Author, Delivery},
        settings::TextName,
        time::Span,
    },
    server::{
        accounts::Agent,
        store::jobs::JobRow,
        workers::{JobKind, Leased, Selection},
    },
};

use super::{customer_writes, log, logged, messages, sent};
use crate::app::{TestApp, on_both};

const GREETING: &str = "The greeting";
const FALLBACK: &str = "The fallback";
const NOTICE: &str = "A colleague comes";

async fn speaking_bot(app: &TestApp) {
    let texts = [
        (TextName::Greeting, GREETING),
        (TextName::Fallback, FALLBACK),
        (TextName::NoticeOnline, NOTICE),
        (TextName::NoticeOffline, NOTICE),
    ];
    for (name, text) in texts {
        let saved = app.services.settings.text_save(&app.tenant, Initiator::SYSTEM, name, text.to_owned()).await;
        saved.expect("saves");
    }
}

/// Starts the due turn, like a worker that is slow to finish it.
async fn slow_turn(app: &TestApp, agent: &Agent) -> (Turn, Leased<JobRow>) {
    let mut taken = app.services.jobs.take(JobKind::Turn, Selection::Any, Span::seconds(60), 1).await.expect("takes");
    let job = taken.pop().expect("a turn is due");
    let row = app.only_row(agent).await;
    let turn = app.services.bot.turn(&app.tenant, &row.id, &job.payload.as_str().into()).await.expect("looks");
    (turn.expect("the bot has it"), job)
}

on_both!(a_bot_answer_after_a_takeover_is_refused_and_never_sent, async |app| {
    speaking_bot(app).await;
    let (ana, _) = app.agent("Ana").await;
    customer_writes(app, "wamid.1", "Hello").await;
    let (turn, job) = slow_turn(app, &ana).await;
    app.services.conversations.take_over(&ana, &turn.conversation).await.expect("takes over");

    app.services.bot.settle_turn(&turn, &job, TurnOutcome::say("Too late")).await.expect("settles");

    assert_eq!(logged(app, "bot_refused").await, 1, "the log keeps that it was refused");
    assert_eq!(logged(app, "queued").await, 0, "no job is queued");
    app.settle().await;
    assert_eq!(sent(app), [""; 0]);
    assert_eq!(messages(app, &ana, &turn.conversation).await.len(), 1, "the customer's own");
    // The turn is finished: its job does not run again.
    app.turn(Span::minutes(10));
    assert_eq!(app.services.bot.run_once().await.expect("turns"), 0);
});

on_both!(a_bot_answer_from_before_a_return_to_the_bot_is_refused_too, async |app| {
    speaking_bot(app).await;
    let (ana, _) = app.agent("Ana").await;
    customer_writes(app, "wamid.1", "Hello").await;
    let (turn, job) = slow_turn(app, &ana).await;
    let conversations = &app.services.conversations;
    conversations.take_over(&ana, &turn.conversation).await.expect("takes over");
    let back = Command::ReturnToBot { agent: ana.id().clone() };
    conversations.command(&ana, &turn.conversation, back).await.expect("returns it");
    assert_eq!(app.only_row(&ana).await.state, RowState::Bot);

    app.services.bot.settle_turn(&turn, &job, TurnOutcome::say("Too late")).await.expect("settles");

    assert_eq!(logged(app, "bot_refused").await, 1);
    app.settle().await;
    assert_eq!(sent(app), [""; 0]);
    // From here on the bot answers again.
    customer_writes(app, "wamid.2", "Still there?").await;
    app.settle().await;
    assert_eq!(sent(app), [FALLBACK]);
});

on_both!(a_turn_whose_lease_another_worker_took_changes_nothing, async |app| {
    speaking_bot(app).await;
    let (ana, _) = app.agent("Ana").await;
    customer_writes(app, "wamid.1", "Hello").await;
    let (turn, job) = slow_turn(app, &ana).await;
    app.turn(Span::seconds(61));
    assert_eq!(app.services.bot.run_once().await.expect("turns"), 1, "another worker takes it");
    app.services.bot.settle_turn(&turn, &job, TurnOutcome::say("Twice")).await.expect("settles");
    app.settle().await;
    assert_eq!(sent(app), [GREETING]);
});

on_both!(a_queued_bot_answer_is_cancelled_by_a_takeover, async |app| {
    speaking_bot(app).await;
    let (ana, _) = app.agent("Ana").await;
    customer_writes(app, "wamid.1", "Hello").await;
    assert_eq!(app.services.bot.run_once().await.expect("turns"), 1);
    assert_eq!(logged(app, "queued").await, 1, "the greeting waits to be sent");
    let row = app.only_row(&ana).await;

    app.services.conversations.take_over(&ana, &row.id).await.expect("takes over");

    app.settle().await;
    assert_eq!(sent(app), [""; 0], "it is never sent");
    let greeting = messages(app, &ana, &row.id).await.pop().expect("the greeting");
    assert_eq!((greeting.author, greeting.delivery), (Author::Bot, Some(Delivery::Cancelled)));
    let silenced = log(app).await.into_iter().any(|entry| entry.event == Event::BotSilenced { messages: 1 });
    assert!(silenced, "the log says that one message was taken back");
});

on_both!(a_handoff_cancels_bot_messages_and_sends_the_tenants_notice, async |app| {
    speaking_bot(app).await;
    let (ana, _) = app.agent("Ana").await;
    app.keyword("agent").await;
    customer_writes(app, "wamid.1", "Hello").await;
    assert_eq!(app.services.bot.run_once().await.expect("turns"), 1, "the greeting is queued");
    customer_writes(app, "wamid.2", "An agent please").await;
    assert_eq!(app.services.bot.run_once().await.expect("turns"), 1, "the handoff");
    let row = app.only_row(&ana).await;
    assert_eq!(row.state, RowState::Waiting);

    app.services.conversations.claim(&ana, &row.id).await.expect("claims before anything is sent");

    app.settle().await;
    assert_eq!(sent(app), [NOTICE], "only the notice is sent");
    let fates: Vec<_> = messages(app, &ana, &row.id)
        .await
        .into_iter()
        .filter(|message| !message.author.is_customer())
        .map(|message| (message.author, message.delivery))
        .collect();
    assert_eq!(fates[0], (Author::Bot, Some(Delivery::Cancelled)));
    assert_eq!(fates[1].0, Author::System);
    assert_ne!(fates[1].1, Some(Delivery::Cancelled));
});

on_both!(a_message_while_an_agent_owns_the_conversation_starts_no_bot_turn, async |app| {
    speaking_bot(app).await;
    let (ana, _) = app.agent("Ana").await;
    customer_writes(app, "wamid.1", "Hello").await;
    let row = app.only_row(&ana).await;
    app.services.conversations.take_over(&ana, &row.id).await.expect("takes over");
    customer_writes(app, "wamid.2", "And this").await;
    // The first message's turn was queued before the takeover; it ends without an answer.
    app.settle().await;
    assert_eq!(sent(app), [""; 0]);
    assert_eq!(logged(app, "bot_refused").await, 0, "no answer was attempted");
});
