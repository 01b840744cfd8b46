//! The faults of a server that nobody here wrote, in real conversations: the reason, the notice, no half answer.

use super::*;
use crate::model_peer::Peer;

#[tokio::test]
async fn each_fault_of_a_foreign_server_is_a_person_with_its_reason_and_no_half_answer() {
    let peer = Peer::start();
    on_stage_with(
        |settings| {
            settings.address = format!("{}/v1", peer.url);
            settings.model = "open-model".to_owned();
        },
        async |stage| {
            for (nth, (words, failure)) in [
                ("broken server", Failure::ModelError),
                ("too often", Failure::ModelRateLimited),
                ("hangs up", Failure::ModelError),
                ("garbled", Failure::ModelError),
                ("half a form", Failure::ModelMalformed),
                ("cut", Failure::ModelMalformed),
                ("no such tool", Failure::ModelUnknownTool),
                ("wrong arguments", Failure::ModelMalformed),
                ("no json", Failure::ModelMalformed),
                ("nothing", Failure::ModelEmpty),
                ("in circles", Failure::ModelToolLoop),
            ]
            .into_iter()
            .enumerate()
            {
                stage.says(&format!("wamid.{nth}"), words).await;
                assert_eq!(stage.failure().await, Some(failure), "{words}");
                let notice = stage.notice().await;
                assert_eq!(stage.told().await, [(Author::System, notice)], "{words}: the notice, and nothing else");
                assert_eq!(stage.app.meta.sent().len(), nth + 1, "{words}");
                stage.next_customer();
            }
            // What goes well goes well.
            stage.says("wamid.plain", "plain").await;
            assert_eq!(stage.answers().await, ["It arrives tomorrow."]);
        },
    )
    .await;
}
