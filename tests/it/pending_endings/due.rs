//! What happens between the press and the due time, and around it, without anybody's act: the window ends, the number
//! stops, the journal fills.

use axum::body::Body;
use handoff::{
    contract::desk::Asides,
    server::simulator::{Effect, Fault},
};
use http::{Request, header};

use super::*;

on_both!(a_close_that_takes_effect_after_the_window_sends_no_goodbye, async |app| {
    closing_text(app, "Bye").await;
    let (ana, _) = app.agent("Ana").await;
    let row = claimed(app, &ana).await;
    let before = sent(app);
    // given a press four seconds before the window ends
    let end = row.window_closes.expect("is open");
    app.turn(Span(end.since(app.now()).0 - 4_000));
    assert_eq!(app.thread(&ana, &row.id).await.goodbye.as_deref(), Some("Bye"));
    pressed(app, &ana, EndingKind::Close, &row).await;
    app.turn(Span::seconds(5));
    assert_eq!(app.thread(&ana, &row.id).await.goodbye, None, "nothing can be sent now");
    // when it is due, then the conversation closes, and the thread says that nothing was sent
    app.turn(PAST_DUE);
    app.settle().await;
    assert!(matches!(app.only_row(&ana).await.state, RowState::Closed { .. }));
    assert_eq!((sent(app), causes(app).await), (before, Vec::new()));
    let told = app.thread_lines(&ana, &row.id).await;
    assert!(told.iter().any(|line| line == "Closing message not sent: reply window closed"), "{told:?}");
});

on_both!(a_close_takes_effect_on_a_stopped_number_and_its_goodbye_is_sent_later, async |app| {
    closing_text(app, "Bye").await;
    let (ana, _) = app.agent("Ana").await;
    let row = claimed(app, &ana).await;
    let before = sent(app).len();
    // given a number that stops while the close is pending
    pressed(app, &ana, EndingKind::Close, &row).await;
    app.meta.inject("*", Fault::always(Effect::Http { code: 190 }));
    app.turn(PAST_DUE);
    app.settle().await;
    // then the conversation is closed, and the goodbye waits
    assert!(matches!(app.only_row(&ana).await.state, RowState::Closed { .. }));
    let calls = app.services.live.calls(&ana).await.expect("reads");
    assert_eq!(Asides::read(&calls.asides).stopped.len(), 1);
    assert_eq!(sent(app).len(), before);
    // when the number is repaired, then it is sent once
    app.meta.clear_faults(None);
    app.services.conversations.channel_up(&app.tenant, &app.channel).await.expect("repaired");
    app.settle().await;
    assert_eq!(sent(app).split_off(before), ["Bye"]);
});

on_both!(a_message_that_arrives_after_the_due_time_does_not_hold_the_ending_up, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = claimed(app, &ana).await;
    pressed(app, &ana, EndingKind::Close, &row).await;
    app.turn(PAST_DUE);
    // given a message in the journal that was received after the due time
    writes(app, "wamid.late", "And another thing").await;
    assert_eq!(app.services.endings.run_once().await.expect("runs"), 1);
    assert!(matches!(app.only_row(&ana).await.state, RowState::Closed { .. }));
    // then it begins a new conversation
    app.settle().await;
    let rows = app.rows(&ana).await;
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().any(|it| it.id != row.id && it.state == RowState::Bot), "{rows:#?}");
    assert_eq!(causes(app).await, [""; 0]);
});

on_both!(an_unread_message_of_another_number_does_not_hold_the_ending_up, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = claimed(app, &ana).await;
    app.other_tenant().await;
    pressed(app, &ana, EndingKind::Close, &row).await;
    app.turn(Span::seconds(7));
    // given a body of another app in the journal
    let value = json!({"messaging_product": "whatsapp", "statuses": [],
        "metadata": {"display_phone_number": "15550100000", "phone_number_id": "900800700600500"}});
    let entry = json!({"id": "800700600500400", "changes": [{"field": "messages", "value": value}]});
    let body = json!({"object": "whatsapp_business_account", "entry": [entry]}).to_string().into_bytes();
    let request = Request::post("/webhooks/whatsapp/globex-app")
        .header("x-hub-signature-256", meta::signature("globex-app-secret", &body))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body))
        .expect("a request");
    assert_eq!(app.send(request).await.status(), StatusCode::OK);
    // when the close is due, then it takes effect
    app.turn(Span::seconds(2));
    assert_eq!(app.services.endings.run_once().await.expect("runs"), 1);
    assert!(matches!(app.only_row(&ana).await.state, RowState::Closed { .. }));
    app.settle().await;
});
