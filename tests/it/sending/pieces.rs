//! Long messages are sent in several parts, and each part has its own outcome.

use handoff::{
    domain::{message::Delivery, time::Span},
    server::simulator::{Effect, Fault, Moment},
};
use serde_json::json;

use super::{TestConversation, desk, new_conversation, text};
use crate::app::{TestApp, on_both};

/// A text of three parts.
fn long() -> String {
    (0..1_500).map(|n| format!("w{n:04}")).collect::<Vec<_>>().join(" ")
}

fn hold_statuses(app: &TestApp, paused: bool) {
    let mut settings = app.meta.settings();
    settings.webhook.paused = paused;
    app.meta.set_settings(settings);
}

/// The parts that Meta accepted, by the number in their text.
fn pieces(conversation: &TestConversation<'_>) -> Vec<String> {
    let callbacks = conversation.sent().into_iter().filter_map(|sent| {
        let callback = sent.body["biz_opaque_callback_data"].as_str()?.to_owned();
        callback.split_once('/').map(|(_, piece)| piece.to_owned())
    });
    callbacks.collect()
}

on_both!(a_status_of_an_unknown_first_part_releases_the_rest, threads = 4, async |app| {
    let ana = desk(app).await;
    let maria = new_conversation(app, &ana, "Maria").await;
    hold_statuses(app, true);
    maria.app.meta.inject(&maria.customer, Fault::once(Effect::Garbage { moment: Moment::After }));
    maria.reply(&long()).await;
    app.drain().await;
    assert_eq!(maria.delivery(&long()).await, Some(Delivery::Unknown));
    assert_eq!(pieces(&maria), ["1/3"], "the others wait");

    // When its status arrives within the minute.
    hold_statuses(app, false);
    app.settle().await;
    app.settle().await;

    // Then the rest follows, nothing is sent twice, and nothing failed.
    assert_eq!(pieces(&maria), ["1/3", "2/3", "3/3"]);
    let message = maria.said(&long()).await;
    assert_eq!((message.delivery, message.resent), (Some(Delivery::Delivered), false));
    app.turn(Span::minutes(5));
    app.settle().await;
    assert_eq!(pieces(&maria).len(), 3);
});

on_both!(without_a_status_only_missing_parts_are_sent_again, threads = 4, async |app| {
    let ana = desk(app).await;
    let maria = new_conversation(app, &ana, "Maria").await;
    maria.reply(&long()).await;
    app.services.outbox.run_once().await.expect("sends the first piece");
    maria.app.meta.inject(&maria.customer, Fault::once(Effect::Garbage { moment: Moment::Before }));
    app.drain().await;
    app.turn(Span::seconds(60));
    app.settle().await;
    let message = maria.said(&long()).await;
    assert_eq!(message.delivery, Some(Delivery::Failed));
    assert_eq!(pieces(&maria), ["1/3"]);

    app.services.conversations.retry(&ana, &maria.id, &message.id).await.expect("again");
    app.settle().await;

    assert_eq!(pieces(&maria), ["1/3", "2/3", "3/3"], "the customer has the first one");
    assert_eq!(maria.phone()[1..].join(" "), long());
    assert_eq!(maria.delivery(&long()).await, Some(Delivery::Delivered));
});

on_both!(
    a_piece_that_fails_after_the_last_one_arrived_fails_the_message_and_is_all_that_is_sent_again,
    threads = 4,
    async |app| {
        let ana = desk(app).await;
        let maria = new_conversation(app, &ana, "Maria").await;
        maria.reply(&long()).await;
        app.settle().await;
        let message = maria.said(&long()).await;
        assert_eq!(message.delivery, Some(Delivery::Delivered));
        let second = maria.sent().remove(2);
        let mut told = crate::meta::status("15550000000", &second.wamid, app.now(), "failed");
        let status = &mut told["entry"][0]["changes"][0]["value"]["statuses"][0];
        status["errors"] = json!([{"code": 131_026, "title": "Message undeliverable"}]);
        status["biz_opaque_callback_data"] = second.body["biz_opaque_callback_data"].clone();

        // When Meta reports that the middle part failed.
        assert_eq!(app.webhook(&told).await, http::StatusCode::OK);
        app.settle().await;
        let failed = maria.said(&long()).await;
        assert_eq!(failed.delivery, Some(Delivery::Failed));
        let words = failed.fault.expect("words").detail;
        assert!(words.starts_with("Part 2 of 3 wasn't delivered.") && words.contains("Couldn't deliver"), "{words}");

        // Then a retry sends only that part; the old failure, delivered again, does not affect it.
        app.services.conversations.retry(&ana, &maria.id, &message.id).await.expect("again");
        assert_eq!(app.webhook(&told).await, http::StatusCode::OK);
        app.settle().await;
        assert_eq!(pieces(&maria), ["1/3", "2/3", "3/3", "2/3"]);
        assert_eq!(maria.sent().last().map(text), Some(text(&second)));
        assert_eq!(maria.delivery(&long()).await, Some(Delivery::Delivered));
        assert_eq!(app.webhook(&told).await, http::StatusCode::OK);
        app.settle().await;
        assert_eq!(maria.delivery(&long()).await, Some(Delivery::Delivered));
    }
);
