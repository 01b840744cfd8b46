//! Two transactions at once on PostgreSQL. SQLite has one writer.

use std::pin::pin;

use futures::poll;
use handoff::{
    domain::{ids::Wamid, message::Delivery},
    server::store::{conversations, messages},
};
use serde_json::json;

use super::{
    LUCA, MARIA, body, known, post, project, row_of,
    sends::{answers, hold_back_statuses, status},
};
use crate::{app::on_postgres, fair_shares::writes_to_other_tenant};

on_postgres!(a_tenant_that_waits_for_a_row_delays_no_outcome_of_another, async |app| {
    hold_back_statuses(&app.meta);
    hold_back_statuses(app.other_meta());
    let (ana, _) = app.agent("Ana").await;
    let (globex, channel) = app.other_tenant().await;
    known(app, &[MARIA]).await;
    while app.services.bot.run_once().await.expect("turns") > 0 {}
    let id = row_of(app, &ana, MARIA).await.id;
    // given a transaction that has a conversation, and an accepted message that waits for it
    let mut first = app.services.db.begin_write().await.expect("begins");
    conversations::lock(&mut first, &app.tenant, &id).await.expect("locks");
    let mut sending = pin!(app.services.outbox.run_once());
    while !app.is_waiting().await {
        assert!(poll!(&mut sending).is_pending(), "it waits for the conversation");
    }
    assert_eq!(app.meta.sent().len(), 1);
    // when a message of another tenant is accepted meanwhile
    writes_to_other_tenant(app, LUCA, "wamid.globex", "Hello").await;
    project(app).await;
    while app.services.bot.run_once().await.expect("turns") > 0 {}
    app.services.outbox.run_once().await.expect("sends");
    // then that is recorded
    let wamid = Wamid(app.other_meta().sent()[0].wamid.clone());
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let found = messages::by_wamid(&mut tx, &globex, &channel, &wamid).await.expect("reads");
    drop(tx);
    assert_eq!(found.and_then(|message| message.delivery), Some(Delivery::Sent));
    // and the other one once the conversation is free
    first.commit().await.expect("commits");
    sending.await.expect("sends");
    let phones = [MARIA.to_owned()];
    let answered = answers(app, &ana, &phones).await;
    assert_eq!(answered.into_iter().map(|message| message.delivery).collect::<Vec<_>>(), [Some(Delivery::Sent)]);
    app.drain().await;
});

on_postgres!(conversations_are_locked_in_the_order_of_their_ids, async |app| {
    let (ana, _) = app.agent("Ana").await;
    known(app, &[MARIA, LUCA]).await;
    app.settle().await;
    let mut ids = [row_of(app, &ana, MARIA).await.id, row_of(app, &ana, LUCA).await.id];
    ids.sort();
    let [older, younger] = &ids;
    // given rows that an update finds in another order, because the older one was changed last
    app.run(&format!("UPDATE conversations SET preview = 'x' WHERE id = '{older}'")).await;
    app.run("ANALYZE conversations").await;
    // and a transaction that has the older one
    let mut first = app.services.db.begin_write().await.expect("begins");
    conversations::lock(&mut first, &app.tenant, older).await.expect("locks");
    // when a batch waits for both
    let mut second = app.services.db.begin_write().await.expect("begins");
    let both = [older, younger];
    let mut locking = pin!(conversations::lock_all(&mut second, &app.tenant, &both));
    while !app.is_waiting().await {
        assert!(poll!(&mut locking).is_pending(), "the first has one of them");
    }
    // then the first one still gets the younger one, and the batch comes after it
    let (locked, ()) = tokio::join!(locking, async {
        conversations::lock(&mut first, &app.tenant, younger).await.expect("is free");
        first.commit().await.expect("commits");
    });
    assert_eq!(locked.expect("locks").len(), 2);
});

on_postgres!(a_status_that_waited_for_another_change_of_its_message_takes_nothing_back, async |app| {
    hold_back_statuses(&app.meta);
    let (ana, _) = app.agent("Ana").await;
    known(app, &[MARIA]).await;
    app.drain().await;
    let wamid = app.meta.sent()[0].wamid.clone();
    let before = row_of(app, &ana, MARIA).await;
    // given a transaction that has the conversation, and records that the answer was read
    let mut first = app.services.db.begin_write().await.expect("begins");
    conversations::lock(&mut first, &app.tenant, &before.id).await.expect("locks");
    let found = messages::by_wamid(&mut first, &app.tenant, &app.channel, &Wamid(wamid.clone())).await.expect("reads");
    let mut answer = found.expect("is there");
    answer.delivery = Some(Delivery::Read);
    messages::save(&mut first, &app.tenant, &answer).await.expect("saves");
    // when a webhook meanwhile says that it was delivered
    post(app, &body(vec![json!({"statuses": [status(app, &wamid, "delivered", None)]})])).await;
    let mut carrying = pin!(app.services.projector.run_once());
    while !app.is_waiting().await {
        assert!(poll!(&mut carrying).is_pending(), "it waits for the conversation");
    }
    first.commit().await.expect("commits");
    carrying.await.expect("projects");
    // then it stays read
    let phones = [MARIA.to_owned()];
    let answered = answers(app, &ana, &phones).await;
    assert_eq!(answered.into_iter().map(|message| message.delivery).collect::<Vec<_>>(), [Some(Delivery::Read)]);
});
