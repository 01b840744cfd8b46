//! What pages show: the pending endings of their viewer, on every page, and the goodbye that a close would send.

use handoff::domain::message::TEXT_LIMIT;

use super::*;

/// A conversation of this number's that the agent has taken over from the bot.
async fn taken(app: &TestApp, agent: &Agent, phone: &str) -> Row {
    let body = meta::text(phone, &format!("wamid.{phone}"), app.now(), "Hello");
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
    while app.services.projector.run_once().await.expect("projects") > 0 {}
    let number = Some(format!("+{phone}"));
    let of_number = async || app.rows(agent).await.into_iter().find(|row| row.phone == number).expect("on the desk");
    app.services.conversations.take_over(agent, &of_number().await.id).await.expect("takes over");
    app.settle().await;
    of_number().await
}

on_both!(every_page_lists_the_endings_that_its_viewer_pressed, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    // given two conversations of Ana's and one of Ben's
    let first = taken(app, &ana, "4915550101").await;
    let second = taken(app, &ana, "4915550102").await;
    let bens = taken(app, &ben, "4915550103").await;
    let (live, conversations) = (&app.services.live, &app.services.conversations);
    assert_eq!(live.calls(&ana).await.expect("reads").endings, []);
    // when all three endings are pending
    let long = EndingPress { undo_time: Some(Span::seconds(60)), ..press(EndingKind::Close, &first) };
    conversations.schedule_ending(&ana, &first.id, &long).await.expect("is allowed").expect("is pending");
    let mark = pressed(app, &ana, EndingKind::ReturnToBot, &second).await;
    pressed(app, &ben, EndingKind::Close, &bens).await;
    // then Ana's page lists hers, as her desk shows them, the next one to take effect first
    let calls = live.calls(&ana).await.expect("reads");
    let listed: Vec<&ConversationId> = calls.endings.iter().map(|row| &row.id).collect();
    assert_eq!(listed, [&second.id, &first.id]);
    assert_eq!(calls.endings[0].ending, Some(mark.clone()));
    let desk = app.rows(&ana).await;
    assert!(calls.endings.iter().all(|row| desk.contains(row)), "{:#?}", calls.endings);
    assert_eq!(calls.desk.seq, app.desk(&ana).await.seq);
    // when they are over, then they are gone
    conversations.undo_ending(&ana, &second.id, &mark.id).await.expect("undoes");
    assert_eq!(live.calls(&ana).await.expect("reads").endings.len(), 1);
    app.turn(Span::seconds(61));
    app.settle().await;
    for agent in [&ana, &ben] {
        assert_eq!(live.calls(agent).await.expect("reads").endings, []);
    }
});

/// Maria writes, under this name.
async fn says_hello(app: &TestApp, wamid: &str, name: &str) {
    let user = format!("DE.{MARIA}");
    let contact = json!({"profile": {"name": name}, "wa_id": MARIA, "user_id": user});
    let message = json!({"from": MARIA, "from_user_id": user, "id": wamid, "type": "text", "text": {"body": "Hello"},
        "timestamp": (app.now().0 / 1_000).to_string()});
    let body = meta::envelope(json!({"contacts": [contact], "messages": [message]}));
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
    while app.services.projector.run_once().await.expect("projects") > 0 {}
}

on_both!(the_thread_shows_the_goodbye_that_a_close_then_sends, async |app| {
    const NAME: &str = "Maria Costa";
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let signed = " Bye, {{ customer.first_name }}. {{ agent.name }} of {{ tenant.name }} \n";
    // It fits with the sample name with which it is saved, and is too long with a longer one.
    let name = "{{ customer.name }}";
    let full = format!("{name}{}", "x".repeat(TEXT_LIMIT - name.len()));
    let fits = format!("{NAME}{}", "x".repeat(TEXT_LIMIT - name.len()));
    for (nth, (customer, text, expected)) in [
        (NAME, "", None),
        (NAME, " \n", None),
        (NAME, signed, Some("Bye, Maria. Ana of Acme")),
        (NAME, full.as_str(), Some(fits.as_str())),
        ("Maria Antonietta Costa Ferreira", full.as_str(), None),
    ]
    .into_iter()
    .enumerate()
    {
        closing_text(app, text).await;
        says_hello(app, &format!("wamid.{nth}"), customer).await;
        let row = app.rows(&ana).await.into_iter().find(|row| row.state == RowState::Bot).expect("with the bot");
        app.services.conversations.take_over(&ana, &row.id).await.expect("takes over");
        app.settle().await;
        let before = sent(app).len();
        // given the goodbye that the thread shows
        let shown = app.thread(&ana, &row.id).await.goodbye;
        assert_eq!(shown.as_deref(), expected, "{text:?}");
        if text == signed {
            let bens = app.thread(&ben, &row.id).await.goodbye;
            assert_eq!(bens.as_deref(), Some("Bye, Maria. Ben of Acme"), "each viewer sees their own name");
        }
        // when the close takes effect, then exactly that is sent
        pressed(app, &ana, EndingKind::Close, &row).await;
        app.turn(PAST_DUE);
        app.settle().await;
        assert_eq!(sent(app).split_off(before), shown.into_iter().collect::<Vec<_>>(), "{text:?}");
        assert_eq!(app.thread(&ana, &row.id).await.goodbye, None, "it is closed");
    }
});
