//! Sends that end together, and statuses of many messages in one body.

use std::collections::BTreeMap;

use handoff::{
    domain::{
        event::Event,
        ids::{ConversationId, Seq, Wamid},
        message::{Author, Delivery, Message},
        time::Span,
    },
    server::{
        conversations::delivery::sending::SendOutcome,
        simulator::Simulator,
        store::{
            Leased, entries,
            outbox::{self, OutboxRow},
        },
    },
};
use serde_json::{Value, json};

use super::{body, known, messages, messages_of, post, project, row_of, text};
use crate::app::{TestApp, on_both};

/// The numbers of so many customers.
fn phones(count: usize) -> Vec<String> {
    (0..count).map(|nth| format!("49155504{nth:02}")).collect()
}

/// The simulator sends no status by itself.
pub(super) fn hold_back_statuses(meta: &Simulator) {
    let mut settings = meta.settings();
    settings.webhook.paused = true;
    meta.set_settings(settings);
}

pub(super) fn status(app: &TestApp, wamid: &str, word: &str, callback: Option<&str>) -> Value {
    let mut status = json!({"id": wamid, "status": word, "timestamp": (app.now().0 / 1_000).to_string(),
        "recipient_id": "4915550400"});
    if let Some(callback) = callback {
        status["biz_opaque_callback_data"] = json!(callback);
    }
    status
}

/// The bot's only message in the conversation of each customer.
pub(super) async fn answers(
    app: &TestApp,
    agent: &handoff::server::accounts::Agent,
    phones: &[String],
) -> Vec<Message> {
    let mut answers = Vec::new();
    for phone in phones {
        let id = row_of(app, agent, phone).await.id;
        let mut thread = messages(app, agent, &id).await;
        thread.retain(|message| message.author == Author::Bot);
        assert_eq!(thread.len(), 1, "{phone}: {thread:#?}");
        answers.extend(thread);
    }
    answers
}

/// How often the log says that a message of each conversation got this status.
async fn told(app: &TestApp, status: Delivery) -> BTreeMap<ConversationId, usize> {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let log = entries::since(&mut tx, &app.tenant, Seq(0), 10_000).await.expect("reads");
    let mut told = BTreeMap::new();
    for entry in log {
        if matches!(&entry.event, Event::Delivered { status: known, .. } if *known == status)
            && let Some(id) = entry.conversation
        {
            *told.entry(id).or_default() += 1;
        }
    }
    told
}

/// Takes the due rows, like a worker that waits for Meta.
async fn take(app: &TestApp) -> Vec<Leased<OutboxRow>> {
    let now = app.now();
    let mut tx = app.services.db.begin_write().await.expect("begins");
    let lease = app.services.jobs.lease();
    let taken = outbox::take(&mut tx, &app.tenant, now, &lease, now.plus(Span::seconds(90)), 99).await.expect("takes");
    tx.commit().await.expect("commits");
    taken.into_iter().map(|(row, _)| row).collect()
}

on_both!(sends_and_statuses_of_many_customers_are_each_recorded_once, async |app| {
    hold_back_statuses(&app.meta);
    let (ana, _) = app.agent("Ana").await;
    let phones = phones(12);
    let numbers: Vec<&str> = phones.iter().map(String::as_str).collect();
    known(app, &numbers).await;
    // when the bot answers twelve customers at once
    app.drain().await;
    // then each answer was accepted once
    let answered = answers(app, &ana, &phones).await;
    assert!(answered.iter().all(|message| message.delivery == Some(Delivery::Sent)), "{answered:#?}");
    assert_eq!(app.meta.sent().len(), 12);
    assert_eq!(told(app, Delivery::Sent).await.into_values().collect::<Vec<_>>(), [1; 12]);
    // and when one body has two statuses of each, and a new message between them
    let values: Vec<Value> = app
        .meta
        .sent()
        .iter()
        .zip(&phones)
        .flat_map(|(request, phone)| {
            let words = text(app, phone, &format!("wamid.again.{phone}"), "And now?");
            [
                json!({"statuses": [status(app, &request.wamid, "sent", None)]}),
                json!({"messages": [words]}),
                json!({"statuses": [status(app, &request.wamid, "delivered", None)]}),
            ]
        })
        .collect();
    post(app, &body(values)).await;
    project(app).await;
    let answered = answers(app, &ana, &phones).await;
    assert!(answered.iter().all(|message| message.delivery == Some(Delivery::Delivered)), "{answered:#?}");
    assert_eq!(told(app, Delivery::Sent).await.into_values().collect::<Vec<_>>(), [1; 12]);
    assert_eq!(told(app, Delivery::Delivered).await.into_values().collect::<Vec<_>>(), [1; 12]);
    for phone in &phones {
        let row = row_of(app, &ana, phone).await;
        assert_eq!((row.preview.as_str(), app.unread(&row.id).await), ("And now?", 2), "{phone}");
    }
    app.drain().await;
});

on_both!(statuses_of_a_body_before_the_responses_of_their_sends_are_not_lost, async |app| {
    hold_back_statuses(&app.meta);
    let (ana, _) = app.agent("Ana").await;
    let phones = phones(3);
    let numbers: Vec<&str> = phones.iter().map(String::as_str).collect();
    known(app, &numbers).await;
    while app.services.bot.run_once().await.expect("turns") > 0 {}
    // given three sends without a response
    let taken = take(app).await;
    assert_eq!(taken.len(), 3);
    // when a body has the statuses of two of them, by our own ids
    let of = |nth: usize, word: &str| {
        let row = &taken[nth];
        status(app, &format!("wamid.out.{nth}"), word, Some(row.message_id.as_str()))
    };
    let statuses = [of(0, "sent"), of(1, "sent"), of(0, "read"), of(1, "delivered")];
    post(app, &body(vec![json!({"statuses": statuses})])).await;
    project(app).await;
    // and then the responses come together, one of them under a lease that was lost
    let mut sent: Vec<(Leased<OutboxRow>, SendOutcome)> = Vec::new();
    for (nth, row) in taken.iter().enumerate() {
        let wamid = Wamid(format!("wamid.out.{nth}"));
        let mut row = row.clone();
        if nth == 2 {
            row.lease.token = "lost".to_owned();
        }
        sent.push((row, SendOutcome::Accepted { wamid }));
    }
    app.services.conversations.settle_sends(&app.tenant, &sent).await.expect("settles");
    // then each has gone as far as it was told, and the lost one waits
    let mut expected: BTreeMap<String, Option<Delivery>> = BTreeMap::new();
    for (nth, delivery) in [Delivery::Read, Delivery::Delivered, Delivery::Queued].into_iter().enumerate() {
        expected.insert(taken[nth].message_id.as_str().to_owned(), Some(delivery));
    }
    let mut found: BTreeMap<String, Option<Delivery>> = BTreeMap::new();
    for message in answers(app, &ana, &phones).await {
        found.insert(message.id.into_string(), message.delivery);
    }
    assert_eq!(found, expected);
    // and the one whose worker was too late is sent once more after a minute
    app.turn(Span::seconds(90));
    app.drain().await;
    app.turn(Span::seconds(60));
    app.drain().await;
    assert_eq!(app.meta.sent().len(), 1);
});

on_both!(a_status_of_a_message_that_failed_in_the_same_body_stays_without_effect, async |app| {
    hold_back_statuses(&app.meta);
    let (ana, _) = app.agent("Ana").await;
    let phones = phones(2);
    let numbers: Vec<&str> = phones.iter().map(String::as_str).collect();
    known(app, &numbers).await;
    app.drain().await;
    let wamids: Vec<String> = app.meta.sent().into_iter().map(|request| request.wamid).collect();
    let mut failed = status(app, &wamids[0], "failed", None);
    failed["errors"] = json!([{"code": 131_026, "title": "Message undeliverable"}]);
    let statuses = [failed, status(app, &wamids[0], "read", None), status(app, &wamids[1], "read", None)];
    post(app, &body(vec![json!({"statuses": statuses}), messages_of_values(app, &phones)])).await;
    project(app).await;
    let mut deliveries: Vec<Option<Delivery>> =
        answers(app, &ana, &phones).await.into_iter().map(|message| message.delivery).collect();
    deliveries.sort_by_key(|delivery| delivery.map(Delivery::as_str));
    assert_eq!(deliveries, [Some(Delivery::Failed), Some(Delivery::Read)]);
    app.drain().await;
});

/// A message of each customer.
fn messages_of_values(app: &TestApp, phones: &[String]) -> Value {
    let texts = phones.iter().map(|phone| text(app, phone, &format!("wamid.more.{phone}"), "More"));
    let posted = messages_of(texts.collect());
    posted["entry"][0]["changes"][0]["value"].clone()
}
