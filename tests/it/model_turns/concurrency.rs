//! The worker pool of model turns: many conversations in parallel, up to its limit.

use tokio_util::sync::CancellationToken;

use super::*;

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
