//! The faults of a third-party server in real conversations: the reason, the notice, no partial answer.

use super::*;
use crate::model_peer::{FAULTS, Peer, Relay};

on_both!(each_fault_of_a_third_party_server_escalates_with_its_reason_and_no_partial_answer, async |app| {
    let peer = Peer::start();
    let foreign = |settings: &mut ModelSettings| {
        settings.address = format!("{}/v1", peer.url);
        settings.model = "open-model".to_owned();
    };
    let stage = Stage::with(app, foreign).await;
    for (nth, (words, failure)) in FAULTS.into_iter().enumerate() {
        stage.says(&format!("wamid.{nth}"), words).await;
        assert_eq!(stage.failure().await, Some(failure), "{words}");
        let notice = stage.notice().await;
        assert_eq!(stage.told().await, [(Author::System, notice)], "{words}: the notice, and nothing else");
        assert_eq!(stage.app.meta.sent().len(), nth + 1, "{words}");
        stage.next_customer();
    }
    // A successful turn works.
    stage.says("wamid.plain", "plain").await;
    assert_eq!(stage.answers().await, ["It arrives tomorrow."]);
});

on_both!(a_crash_while_a_third_party_server_answers_escalates_without_a_partial_answer, async |app| {
    let peer = Peer::start();
    let stage = Stage::new(app).await;
    let (relay, address) = Relay::to(&peer).await;
    let settings = ModelSettings { address, model: "open-model".to_owned(), ..stage.provider.settings() };
    stage.provider.serves(stage.app, &settings).await;
    stage.arrives("wamid.1", "stalls").await;
    let turn = stage.start_turn();
    relay.has_told("It arriv").await;
    turn.abort();
    assert!(turn.await.expect_err("cut off").is_cancelled());

    let _next = stage.app.killed_and_restarted().await;
    stage.app.settle().await;

    assert_eq!(stage.failure().await, Some(Failure::ModelInterrupted));
    assert_eq!(stage.told().await, [(Author::System, stage.notice().await)]);
    assert_eq!(stage.app.meta.sent().len(), 1, "the notice, and nothing else");
    assert_eq!(relay.questions(), 1, "no further request");
});
