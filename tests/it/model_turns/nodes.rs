//! A model's turn belongs to the server that runs it: another server leaves it alone until the first one's presence
//! expires.

use handoff::server::workers::PRESENCE;

use super::*;
use crate::app::Engine as Database;

on_both!(a_server_that_starts_leaves_the_running_turn_of_another_alone, async |app| {
    let stage = Stage::new(app).await;
    // SQLite allows one server at a time: `tests/it/nodes.rs`.
    if stage.app.engine == Database::Sqlite {
        return;
    }
    stage.app.services.node.join().await.expect("joins");
    stage.provider.play([hold(reply("It is on its way."))]);
    stage.arrives("wamid.1", "Where is my parcel?").await;
    let turn = stage.start_turn();
    stage.provider.waits().await;

    let second = stage.app.another(8).await;
    second.node.join().await.expect("joins");
    second.node.run_once().await.expect("looks at the others");
    assert_eq!(second.bot.run_once().await.expect("looks for turns"), 0);
    stage.provider.answer();
    stage.finish_turn(turn).await;

    assert_eq!(stage.answers().await, ["It is on its way."]);
    assert!(stage.handoffs().await.is_empty());
    assert_eq!(stage.provider.asked().len(), 1);
    app.settle().await;
});

on_both!(a_turn_of_a_server_with_expired_presence_is_settled_once_by_another, async |app| {
    let patient = |settings: &mut ModelSettings| {
        settings.silence = Span::seconds(60);
        settings.time_out = Span::seconds(120);
    };
    let stage = Stage::with(app, patient).await;
    if stage.app.engine == Database::Sqlite {
        return;
    }
    stage.app.services.node.join().await.expect("joins");
    stage.provider.play([hold(reply("It is on its way."))]);
    stage.arrives("wamid.1", "Where is my parcel?").await;
    let turn = stage.start_turn();
    stage.provider.waits().await;
    let second = stage.app.another(8).await;
    second.node.join().await.expect("joins");

    // The first server hangs: it neither answers nor renews its presence.
    stage.app.turn(Span(PRESENCE.0 - 5_000));
    second.node.run_once().await.expect("looks at the others");
    assert_eq!(second.bot.models_once().await.expect("looks"), 0, "the other node's lease has not expired");
    stage.app.turn(Span::seconds(5));
    second.node.run_once().await.expect("looks at the others");
    assert_eq!(second.bot.models_once().await.expect("settles"), 1);
    // Then it continues, and finds that its lease was lost.
    stage.provider.answer();
    stage.finish_turn(turn).await;
    stage.app.settle().await;

    assert_eq!(stage.failure().await, Some(Failure::ModelInterrupted));
    assert_eq!(stage.handoffs().await.len(), 1);
    assert_eq!(stage.told().await, [(Author::System, stage.notice().await)]);
    assert_eq!(stage.provider.asked().len(), 1, "no further request");
});
