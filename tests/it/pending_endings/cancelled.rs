//! What cancels a pending ending, and what does not.

use handoff::server::accounts::Reauthenticated;

use super::*;

/// Ana's close is pending, and then `act` happens.
async fn meets(app: &TestApp, ana: &Agent, expected: &str, act: impl AsyncFnOnce(&Row)) {
    let row = claimed(app, ana).await;
    pressed(app, ana, EndingKind::Close, &row).await;
    app.turn(Span::seconds(1));
    act(&row).await;
    while app.services.projector.run_once().await.expect("projects") > 0 {}
    let after = app.only_row(ana).await;
    assert_eq!((after.ending, causes(app).await), (None, vec![expected]));
    app.turn(PAST_DUE);
    app.settle().await;
    assert!(!matches!(app.only_row(ana).await.state, RowState::Closed { .. }), "it stays open");
}

on_both!(a_customers_message_cancels_a_close, async |app| {
    let (ana, _) = app.agent("Ana").await;
    meets(app, &ana, "customer_wrote", async |row| {
        writes(app, "wamid.more", "One more thing").await;
        while app.services.projector.run_once().await.expect("projects") > 0 {}
        let told = app.thread_lines(&ana, &row.id).await;
        assert!(told.iter().any(|line| line == "didn't finish closing this: the customer just wrote"), "{told:?}");
    })
    .await;
});

on_both!(a_second_press_cancels_a_close, async |app| {
    let (ana, _) = app.agent("Ana").await;
    meets(app, &ana, "pressed_again", async |row| {
        // The second tab shows what the first one showed.
        let again = app.services.conversations.schedule_ending(&ana, &row.id, &press(EndingKind::Close, row)).await;
        assert_eq!(again.expect("is allowed"), None, "nothing is pending");
        let told = app.thread_lines(&ana, &row.id).await;
        assert!(!told.iter().any(|line| line.contains("closing this")), "it is what the agent did: {told:?}");
    })
    .await;
});

on_both!(a_reply_from_another_tab_cancels_a_close, async |app| {
    let (ana, _) = app.agent("Ana").await;
    meets(app, &ana, "replied", async |row| {
        app.services.conversations.reply(&ana, &row.id, "c1", "One moment", None).await.expect("replies");
    })
    .await;
});

on_both!(a_reply_from_the_phone_app_cancels_a_close, async |app| {
    let (ana, _) = app.agent("Ana").await;
    meets(app, &ana, "replied_by_phone", async |_| {
        let at = (app.now().0 / 1_000).to_string();
        let echo = json!({"from": "15550100000", "to": MARIA, "id": "wamid.echo", "timestamp": at,
            "type": "text", "text": {"body": "I do this from my phone"}});
        let body = meta::envelope_of("smb_message_echoes", json!({"message_echoes": [echo]}));
        assert_eq!(app.webhook(&body).await, StatusCode::OK);
    })
    .await;
});

on_both!(a_takeover_cancels_a_close, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    meets(app, &ana, "claimed", async |row| {
        let refused = app.services.conversations.schedule_ending(&ben, &row.id, &press(EndingKind::Close, row)).await;
        assert_eq!(refusal(refused), Refusal::OwnedBy(ana.id().clone()), "a colleague's press changes nothing");
        app.services.conversations.take_over(&ben, &row.id).await.expect("takes over");
    })
    .await;
});

on_both!(an_edit_cancels_a_close, async |app| {
    let (ana, _) = app.agent("Ana").await;
    meets(app, &ana, "customer_amended", async |_| {
        let edit = json!({"type": "edit", "edit": {"original_message_id": "wamid.first",
            "message": {"type": "text", "text": {"body": "I need an agent, now"}}}});
        let body = meta::message(MARIA, "wamid.edit", app.now(), edit);
        assert_eq!(app.webhook(&body).await, StatusCode::OK);
    })
    .await;
});

on_both!(a_deletion_cancels_a_close, async |app| {
    let (ana, _) = app.agent("Ana").await;
    meets(app, &ana, "customer_amended", async |row| {
        let revoke = json!({"type": "revoke", "revoke": {"original_message_id": "wamid.first"}});
        let body = meta::message(MARIA, "wamid.revoke", app.now(), revoke);
        assert_eq!(app.webhook(&body).await, StatusCode::OK);
        while app.services.projector.run_once().await.expect("projects") > 0 {}
        let told = app.thread_lines(&ana, &row.id).await;
        let expected = "didn't finish closing this: the customer edited or deleted a message";
        assert!(told.iter().any(|line| line == expected), "{told:?}");
    })
    .await;
});

on_both!(a_message_that_whatsapp_does_not_pass_on_cancels_a_close, async |app| {
    let (ana, _) = app.agent("Ana").await;
    meets(app, &ana, "customer_wrote", async |_| {
        let poll = json!({"type": "unsupported", "unsupported": {"type": "poll_creation"}});
        assert_eq!(app.webhook(&meta::message(MARIA, "wamid.poll", app.now(), poll)).await, StatusCode::OK);
    })
    .await;
});

on_both!(a_colleagues_reply_needs_a_takeover_which_cancels_a_close, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    meets(app, &ana, "claimed", async |row| {
        let conversations = &app.services.conversations;
        let early = conversations.reply(&ben, &row.id, "c1", "I can help", None).await;
        assert_eq!(refusal(early), Refusal::OwnedBy(ana.id().clone()));
        assert!(app.only_row(&ana).await.ending.is_some(), "a refused reply cancels nothing");
        conversations.take_over(&ben, &row.id).await.expect("takes over");
        conversations.reply(&ben, &row.id, "c2", "I can help", None).await.expect("replies");
    })
    .await;
});

on_both!(a_claim_cancels_the_close_of_an_unassigned_conversation, async |app| {
    let (ana, cookie) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let row = app.waiting(&ana).await;
    app.settle().await;
    // given a close that Ana pressed without claiming
    let mark = pressed(app, &ana, EndingKind::Close, &row).await;
    let mut stream = Stream::open(app, &cookie, app.desk(&ana).await.seq).await;
    // when Ben claims, then Ana is told by whom it was cancelled
    app.services.conversations.claim(&ben, &row.id).await.expect("claims");
    let Frame::Changes(changes) = stream.news().await.expect("a frame") else { panic!("a frame with changes") };
    let told: Vec<_> = changes.cancelled.iter().map(|told| (&told.ending, &told.agent, told.detail.as_str())).collect();
    assert_eq!(told, [(&mark.id, ana.id(), "Not closed: Ben took over")]);
    app.turn(PAST_DUE);
    app.settle().await;
    let bens = RowState::Claimed { agent: ben.id().clone(), name: "Ben".to_owned() };
    assert_eq!((app.only_row(&ana).await.state, causes(app).await), (bens, vec!["claimed"]));
});

on_both!(a_return_to_the_bot_is_cancelled_like_a_close, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = claimed(app, &ana).await;
    // given a pending return, when the customer writes, then it does not take effect
    pressed(app, &ana, EndingKind::ReturnToBot, &row).await;
    writes(app, "wamid.more", "One more thing").await;
    app.turn(PAST_DUE);
    app.settle().await;
    let row = app.only_row(&ana).await;
    assert!(matches!(row.state, RowState::Claimed { .. }), "{:?}", row.state);
    let told = app.thread_lines(&ana, &row.id).await;
    let expected = "didn't finish returning this to the bot: the customer just wrote";
    assert!(told.iter().any(|line| line == expected), "{told:?}");
    // nor when a second press, of the other kind, follows
    pressed(app, &ana, EndingKind::ReturnToBot, &row).await;
    let again = app.services.conversations.schedule_ending(&ana, &row.id, &press(EndingKind::Close, &row)).await;
    assert_eq!(again.expect("is allowed"), None);
    app.turn(PAST_DUE);
    app.settle().await;
    assert_eq!(app.only_row(&ana).await.state, row.state);
    assert_eq!(causes(app).await, ["customer_wrote", "pressed_again"]);
});

on_both!(a_deactivated_agents_endings_are_cancelled, async |app| {
    let (ana, _) = app.agent("Ana").await;
    meets(app, &ana, "agent_deactivated", async |_| {
        let operator = Reauthenticated::operator();
        app.services.conversations.deactivate(&app.tenant, operator, ana.id()).await.expect("deactivates");
    })
    .await;
});

on_both!(an_ending_of_a_deactivated_agent_never_takes_effect, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = claimed(app, &ana).await;
    pressed(app, &ana, EndingKind::Close, &row).await;
    app.run("UPDATE agents SET active = FALSE").await;
    app.turn(PAST_DUE);
    app.settle().await;
    assert_eq!(app.only_row(&ana).await.state, row.state);
    assert_eq!(causes(app).await, ["agent_deactivated"]);
});

on_both!(a_merge_cancels_the_endings_of_both_records, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let says = async |wamid: &str, contact: Value, mut message: Value| {
        message["id"] = json!(wamid);
        message["timestamp"] = json!((app.now().0 / 1_000).to_string());
        message["type"] = json!("text");
        message["text"] = json!({"body": "Hello"});
        let body = meta::envelope(json!({"contacts": [contact], "messages": [message]}));
        assert_eq!(app.webhook(&body).await, StatusCode::OK);
        while app.services.projector.run_once().await.expect("projects") > 0 {}
        // Two records of the same millisecond have no defined order.
        app.turn(Span::seconds(1));
    };
    let profile = json!({"name": "Maria Costa"});
    says("wamid.1", json!({"profile": profile, "wa_id": MARIA}), json!({"from": MARIA})).await;
    says("wamid.2", json!({"profile": profile, "user_id": "DE.100"}), json!({"from_user_id": "DE.100"})).await;
    let rows = app.rows(&ana).await;
    assert_eq!(rows.len(), 2);
    for row in &rows {
        app.services.conversations.take_over(&ana, &row.id).await.expect("takes over");
        let press = EndingPress { undo_time: Some(Span::seconds(60)), ..press(EndingKind::Close, row) };
        app.services.conversations.schedule_ending(&ana, &row.id, &press).await.expect("is allowed");
    }
    let both = json!({"from": MARIA, "from_user_id": "DE.100"});
    says("wamid.3", json!({"profile": profile, "wa_id": MARIA, "user_id": "DE.100"}), both).await;

    assert_eq!(causes(app).await, ["merged", "merged"]);
    assert!(app.rows(&ana).await.iter().all(|row| row.ending.is_none()));
    app.turn(Span::seconds(70));
    app.settle().await;
    let open = app.rows(&ana).await.into_iter().filter(|row| !matches!(row.state, RowState::Closed { .. })).count();
    assert_eq!(open, 1, "the older one stays open");
});

on_both!(a_reaction_and_a_look_cancel_nothing, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = claimed(app, &ana).await;
    app.services.conversations.reply(&ana, &row.id, "c1", "Done!", None).await.expect("replies");
    app.settle().await;
    let mark = pressed(app, &ana, EndingKind::Close, &row).await;
    let answer = app.meta.sent().pop().expect("sent").wamid;
    let reaction = json!({"type": "reaction", "reaction": {"message_id": answer, "emoji": "👍"}});
    let body = meta::message(MARIA, "wamid.reaction", app.now(), reaction);
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
    assert_eq!(app.webhook(&meta::status(MARIA, &answer, app.now(), "read")).await, StatusCode::OK);
    app.settle().await;
    app.look(&ana, &row.id).await;
    assert_eq!(app.only_row(&ana).await.ending, Some(mark));
    app.turn(PAST_DUE);
    app.settle().await;
    assert!(matches!(app.only_row(&ana).await.state, RowState::Closed { .. }));
});
