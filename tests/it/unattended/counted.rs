//! What of the time without an agent counts.

use handoff::domain::calendar::{Calendar, Interval};
use serde_json::json;

use super::*;

on_both!(another_tab_is_an_agent_who_is_there, async |app| {
    let (ana, _, stream, id) = claimed(app).await;
    let second = enters(&app.services, &ana);
    drop(stream);
    passes(app, Span::minutes(20)).await;
    assert!(is_hers(app, &ana, &id).await);
    drop(second);
    passes(app, FIVE_MINUTES).await;
    assert!(is_unassigned(app, &ana, &id).await);
});

on_both!(a_reload_begins_the_time_anew, async |app| {
    let (ana, _, stream, id) = claimed(app).await;
    drop(stream);
    passes(app, Span::minutes(4)).await;
    drop(enters(&app.services, &ana));
    passes(app, Span(FIVE_MINUTES.0 - 1_000)).await;
    assert!(is_hers(app, &ana, &id).await);
    passes(app, Span::seconds(1)).await;
    assert!(is_unassigned(app, &ana, &id).await);
});

on_both!(calls_without_a_stream_count, async |app| {
    let (ana, cookie, stream, id) = claimed(app).await;
    let token = cookie.strip_prefix("handoff=").expect("the cookie's name");
    drop(stream);
    // given a page whose stream is blocked on its way
    for _ in 0..3 {
        passes(app, Span::minutes(4)).await;
        app.services.accounts.signed_in(token).await.expect("looks up").expect("is signed in");
    }
    passes(app, Span(FIVE_MINUTES.0 - 1_000)).await;
    assert!(is_hers(app, &ana, &id).await);
    passes(app, Span::seconds(1)).await;
    assert!(is_unassigned(app, &ana, &id).await);
});

on_both!(an_answer_from_the_phone_app_counts, async |app| {
    let (ana, _, stream, maria) = claimed(app).await;
    writes(app, "4915550002", "wamid.2", "I need an agent").await;
    let other = app.rows(&ana).await.into_iter().find(|row| row.state == RowState::Waiting).expect("waits").id;
    app.services.conversations.claim(&ana, &other).await.expect("claims");
    drop(stream);
    passes(app, Span::minutes(4)).await;
    // when one of her customers is answered on the phone, then somebody is there for the others, too
    let at = (app.now().0 / 1_000).to_string();
    let echo = json!({"from": "15550100000", "to": MARIA, "id": "wamid.echo", "timestamp": at,
        "type": "text", "text": {"body": "I do this from my phone"}});
    let body = meta::envelope_of("smb_message_echoes", json!({"message_echoes": [echo]}));
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
    app.settle().await;
    passes(app, Span(FIVE_MINUTES.0 - 1_000)).await;
    assert!(is_hers(app, &ana, &other).await);
    passes(app, Span::seconds(1)).await;
    assert!(is_unassigned(app, &ana, &other).await);
    assert!(is_hers(app, &ana, &maria).await, "she was answered");
});

on_both!(a_stream_at_another_server_counts_until_that_server_is_gone, async |app| {
    let (ana, _, stream, id) = claimed(app).await;
    let other = app.another(8).await;
    let there = enters(&other, &ana);
    drop(stream);
    for _ in 0..60 {
        app.turn(ROUND);
        records(&other).await;
        records(&app.services).await;
    }
    app.settle().await;
    assert!(is_hers(app, &ana, &id).await);
    // when the other server is killed, then she is gone since it was last heard of
    passes(app, Span(FIVE_MINUTES.0 - 1_000)).await;
    assert!(is_hers(app, &ana, &id).await);
    passes(app, Span::seconds(1)).await;
    assert!(is_unassigned(app, &ana, &id).await);
    drop(there);
});

on_both!(after_a_restart_agents_have_five_minutes_to_come_back, async |app| {
    let (ana, _, stream, id) = claimed(app).await;
    drop(stream);
    passes(app, Span::minutes(4)).await;
    // given a server that was down for an hour
    app.turn(Span::hours(1));
    let next = app.another(9).await;
    while next.endings.run_once().await.expect("carries out") > 0 {}
    assert!(is_hers(app, &ana, &id).await, "it accepts no streams yet");
    records(&next).await;
    passes_at(app, &next, Span(FIVE_MINUTES.0 - 1_000)).await;
    assert!(is_hers(app, &ana, &id).await);
    passes_at(app, &next, Span::seconds(1)).await;
    assert!(is_unassigned(app, &ana, &id).await);
});

on_both!(a_server_that_was_suspended_begins_anew, async |app| {
    let (ana, _, stream, id) = claimed(app).await;
    drop(stream);
    passes(app, Span::minutes(4)).await;
    // given a machine that slept, so that no agent could connect
    app.turn(Span::minutes(30));
    records(&app.services).await;
    app.settle().await;
    assert!(is_hers(app, &ana, &id).await);
    passes(app, Span(FIVE_MINUTES.0 - 1_000)).await;
    assert!(is_hers(app, &ana, &id).await);
    passes(app, Span::seconds(1)).await;
    assert!(is_unassigned(app, &ana, &id).await);
});

on_both!(the_time_outside_of_opening_hours_does_not_count, async |app| {
    let (ana, _, stream, id) = claimed(app).await;
    // given a tenant that closes at 10:12 and opens at 11:00; it is 10:10
    let hours = [("09:00", "10:12"), ("11:00", "17:00")];
    let day: Vec<Interval> = hours.iter().filter_map(|(from, to)| Interval::parse(from, to)).collect();
    let calendar = Calendar { weekly: std::array::from_fn(|_| day.clone()), ..Calendar::default() };
    app.services.settings.hours_save(&app.tenant, Initiator::SYSTEM, calendar).await.expect("saves");
    drop(stream);
    passes(app, Span::minutes(50)).await;
    assert!(is_hers(app, &ana, &id).await, "it is 11:00");
    passes(app, Span(FIVE_MINUTES.0 - 1_000)).await;
    assert!(is_hers(app, &ana, &id).await);
    passes(app, Span::seconds(1)).await;
    assert!(is_unassigned(app, &ana, &id).await);
});
