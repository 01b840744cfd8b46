//! The worker pool of model turns: many conversations in parallel, up to its limit.

use handoff::server::{seal::SealedField, store::models};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::{app::Leftover, fair_shares::writes_to_other_tenant};

on_both!(conversations_beyond_the_concurrency_limit_are_answered_later, async |app| {
    let stage = Stage::new(app).await;
    const MANY: usize = 9;
    stage.provider.play((0..MANY).map(|_| reply("Yes.")));
    for nth in 0..MANY {
        stage.arrives(&format!("wamid.{nth}"), "Hello?").await;
        stage.next_customer();
    }
    stage.app.turn(Span::seconds(2));
    let (bot, stop) = (stage.bot().clone(), CancellationToken::new());
    let stopped = stop.clone();
    // The clock stands still from here on: a task that waits for a moment would never end.
    let pool = tokio::spawn(async move { bot.run_models(&stopped, 2).await });
    stage.provider.has_been_asked(MANY).await;
    stop.cancel();
    pool.await.expect("no panic");
    app.settle().await;
});

on_both!(hanging_models_of_one_tenant_do_not_delay_another_tenants_turn, async |app| {
    let stage = Stage::new(app).await;
    let (globex, _) = app.other_tenant().await;
    let other = Provider::at("127.0.0.1").await;
    let mut tx = app.services.db.begin_write().await.expect("a transaction");
    models::save_settings(&mut tx, &globex, &other.settings()).await.expect("saves");
    models::save_key(&mut tx, &globex, Some(&sealed(SealedField::ModelKey(&globex), KEY)), app.now())
        .await
        .expect("saves");
    tx.commit().await.expect("commits");
    // given a tenant whose model never answers, and more of its customers than there are places
    stage.provider.play((0..6).map(|_| hold(reply("Yes."))));
    for nth in 0..6 {
        stage.arrives(&format!("wamid.{nth}"), "Hello?").await;
        stage.next_customer();
    }
    app.turn(Span::seconds(2));
    let (bot, stop) = (stage.bot().clone(), CancellationToken::new());
    let stopped = stop.clone();
    let pool = tokio::spawn(async move { bot.run_models(&stopped, 4).await });
    stage.provider.has_been_asked(2).await;
    // when a customer of another tenant writes
    other.play([hold(reply("Yes."))]);
    writes_to_other_tenant(app, "4915550099", "wamid.other", "Hello?").await;
    while app.services.projector.run_once().await.expect("projects") > 0 {}
    stage.bot().turns_once().await.expect("turns");
    app.turn(Span::seconds(2));
    // then that tenant's model is asked, although none of the first has answered
    other.has_been_asked(1).await;
    assert_eq!(stage.provider.asked().len(), 2);
    stop.cancel();
    pool.await.expect("no panic");
    app.leaves(Leftover::Job, "the first tenant's other customers wait");
});
