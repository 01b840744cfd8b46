//! The projector: items processed twice do no harm, and one item's failure does not affect others.

use axum::http::StatusCode;
use serde_json::json;

use super::{
    fixture::{Fixture, NOON, body, text},
    project::RETENTION,
};
use crate::{
    domain::{
        ids::{AppId, JournalId},
        time::Span,
    },
    server::store::journal::{self, JournalRow},
};

#[tokio::test]
async fn a_body_delivered_twice_is_one_message() {
    let fixture = Fixture::new().await;
    let news = body("77001", vec![text("77001", "wamid.1"), text("77001", "wamid.2")]);
    for _ in 0..2 {
        assert_eq!(fixture.post("app_1", news.as_str()).await, StatusCode::OK);
    }
    assert_eq!(fixture.projector.run_once().await.expect("runs"), 2);
    assert!(fixture.has("wamid.1").await && fixture.has("wamid.2").await);
    assert_eq!((fixture.backlog().await, fixture.projector.run_once().await.expect("runs")), ((0, 0), 0));
    assert_eq!(fixture.post("app_1", news.as_str()).await, StatusCode::OK);
    assert_eq!(fixture.projector.run_once().await.expect("runs"), 1);
    assert_eq!(fixture.backlog().await, (0, 0));
}

#[tokio::test]
async fn unreadable_items_are_quarantined_and_others_processed() {
    let fixture = Fixture::new().await;
    fixture.post("app_1", "signed, but no JSON\0").await;
    let nameless = json!({"from": "4915550001", "type": "text", "text": {"body": "no id"}});
    fixture.post("app_1", body("77001", vec![nameless, text("77001", "wamid.3")])).await;
    assert_eq!(fixture.projector.run_once().await.expect("runs"), 2);
    assert!(fixture.has("wamid.3").await);
    assert_eq!(fixture.backlog().await, (0, 2));
}

#[tokio::test]
async fn updates_of_a_number_are_accepted_from_its_own_app_only() {
    let fixture = Fixture::new().await;
    fixture.post("app_2", body("77001", vec![text("77001", "wamid.4")])).await;
    fixture.post("app_1", body("99999", vec![text("99999", "wamid.5")])).await;
    assert_eq!(fixture.projector.run_once().await.expect("runs"), 2);
    assert!(!fixture.has("wamid.4").await && !fixture.has("wamid.5").await);
    assert_eq!(fixture.backlog().await, (0, 0));
}

#[tokio::test]
async fn nothing_is_settled_while_the_database_is_unavailable() {
    let fixture = Fixture::new().await;
    fixture.post("app_1", body("77001", vec![text("77001", "wamid.6")])).await;
    fixture.db.close().await;
    let error = fixture.projector.run_once().await.expect_err("closed");
    assert!(error.is_outage(), "{error}");
}

#[tokio::test]
async fn processed_bodies_are_deleted_after_thirty_days_and_unread_ones_kept() {
    let fixture = Fixture::new().await;
    fixture.post("app_1", body("77001", vec![text("77001", "wamid.7")])).await;
    fixture.projector.run_once().await.expect("runs");
    let old = JournalRow {
        id: JournalId::from_tail("00000000000000000000000000"),
        app_id: AppId::from("app_1"),
        received_at: NOON.0,
        body: b"unread".to_vec(),
    };
    let mut tx = fixture.db.begin_write().await.expect("begins");
    journal::insert(&mut tx, &[old]).await.expect("inserts");
    tx.commit().await.expect("commits");
    fixture.manual_clock.advance(Span(RETENTION.0 - 1_000));
    assert_eq!(fixture.projector.sweep().await.expect("sweeps"), 0);
    fixture.manual_clock.advance(Span::hours(1));
    assert_eq!(fixture.projector.sweep().await.expect("sweeps"), 1);
    assert_eq!(fixture.backlog().await, (1, 0));
}
