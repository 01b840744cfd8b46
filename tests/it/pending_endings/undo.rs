//! Undo of a pending ending, a release and a takeover; and the bot, which waits until a close is over.

use super::*;

on_both!(an_undone_ending_leaves_no_trace_but_its_entries, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let row = claimed(app, &ana).await;
    let conversations = &app.services.conversations;
    for kind in EndingKind::ALL {
        let mark = pressed(app, &ana, kind, &row).await;
        let by_another = refusal(conversations.undo_ending(&ben, &row.id, &mark.id).await);
        assert_eq!(by_another, Refusal::PressedBy(ana.id().clone()));
        let told = conversations.describe(&app.tenant, &row.id, &by_another).await.expect("reads");
        assert_eq!(told, "Only Ana can undo this. Take over to stop it.");
        conversations.undo_ending(&ana, &row.id, &mark.id).await.expect("undoes");
        assert_eq!(refusal(conversations.undo_ending(&ana, &row.id, &mark.id).await), Refusal::EndingOver);
    }
    app.turn(PAST_DUE);
    app.settle().await;
    let after = app.only_row(&ana).await;
    assert_eq!((&after.state, after.ending), (&row.state, None));
    assert_eq!(causes(app).await, ["undone", "undone"]);
    let late = pressed(app, &ana, EndingKind::Close, &row).await;
    app.turn(PAST_DUE);
    app.settle().await;
    assert_eq!(refusal(conversations.undo_ending(&ana, &row.id, &late.id).await), Refusal::EndingOver);
});

on_both!(a_release_is_undone_unless_a_colleague_acted, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let row = claimed(app, &ana).await;
    let conversations = &app.services.conversations;
    let epoch = conversations.release(&ana, &row.id).await.expect("releases");
    assert_eq!(app.only_row(&ana).await.state, RowState::Waiting);
    conversations.undo_release(&ana, &row.id, epoch).await.expect("undoes");
    let back = app.only_row(&ana).await;
    assert_eq!((&back.state, back.wait, back.alerted_at), (&row.state, row.wait, row.alerted_at), "no new wait");

    let epoch = conversations.release(&ana, &row.id).await.expect("releases");
    conversations.claim(&ben, &row.id).await.expect("claims");
    let late = conversations.undo_release(&ana, &row.id, epoch).await;
    assert_eq!(refusal(late), Refusal::ActedSince(Some(ben.id().clone())));
    let words = conversations.describe(&app.tenant, &row.id, &Refusal::ActedSince(Some(ben.id().clone()))).await;
    assert_eq!(words.expect("reads"), "Can't undo: Ben has acted on this conversation since then. Open it to check.");
    // Ben is named, even though the conversation waits again.
    conversations.release(&ben, &row.id).await.expect("releases");
    let late = conversations.undo_release(&ana, &row.id, epoch).await;
    assert_eq!(refusal(late), Refusal::ActedSince(Some(ben.id().clone())));
    app.settle().await;
});

on_both!(a_takeover_is_undone_unless_a_colleague_acted, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let row = claimed(app, &ben).await;
    let conversations = &app.services.conversations;
    let epoch = conversations.take_over(&ana, &row.id).await.expect("takes over");
    conversations.undo_take_over(&ana, &row.id, epoch).await.expect("undoes");
    assert_eq!(app.only_row(&ana).await.state, row.state, "it is Ben's again");
    assert!(app.thread_lines(&ana, &row.id).await.contains(&"undid the takeover; back with Ben".to_owned()));

    let epoch = conversations.take_over(&ana, &row.id).await.expect("takes over");
    conversations.take_over(&ben, &row.id).await.expect("takes over");
    let late = conversations.undo_take_over(&ana, &row.id, epoch).await;
    assert_eq!(refusal(late), Refusal::ActedSince(Some(ben.id().clone())));
    app.settle().await;
});

on_both!(a_takeover_from_the_bot_is_undone_and_the_bot_answers, async |app| {
    let (ana, _) = app.agent("Ana").await;
    writes(app, "wamid.1", "Hello").await;
    while app.services.projector.run_once().await.expect("projects") > 0 {}
    let row = app.only_row(&ana).await;
    let conversations = &app.services.conversations;
    let epoch = conversations.take_over(&ana, &row.id).await.expect("takes over");
    // The bot's turn is dropped: Ana has the conversation.
    app.settle().await;
    assert_eq!(sent(app), [""; 0]);
    conversations.undo_take_over(&ana, &row.id, epoch).await.expect("undoes");
    app.settle().await;
    let back = app.only_row(&ana).await;
    assert_eq!(back.state, RowState::Bot);
    assert_eq!(sent(app).len(), 1, "the message is answered once");
    assert!(app.thread(&ana, &row.id).await.dossier.handoff_requests[0].ended_at.is_some());
    let counts = app.desk(&ana).await.counts;
    assert_eq!((counts.bot, counts.claimed.len()), (1, 0), "{counts:?}");
});

on_both!(the_bot_waits_until_a_close_is_over, async |app| {
    let (ana, _) = app.agent("Ana").await;
    for (nth, is_undone) in [(1, true), (2, false)] {
        let before = sent(app).len();
        // given a message that the bot has not answered
        writes(app, &format!("wamid.{nth}"), "Hello").await;
        while app.services.projector.run_once().await.expect("projects") > 0 {}
        let row = app.only_row(&ana).await;
        assert_eq!(row.state, RowState::Bot);
        // when Ana closes, then the bot's job waits
        let mark = pressed(app, &ana, EndingKind::Close, &row).await;
        app.turn(Span::seconds(2));
        app.settle().await;
        assert_eq!(sent(app).len(), before, "nothing is sent while the close is pending");
        if is_undone {
            app.services.conversations.undo_ending(&ana, &row.id, &mark.id).await.expect("undoes");
            app.settle().await;
            assert_eq!(sent(app).len(), before + 1, "the bot answers at once");
        } else {
            closing_text(app, "").await;
            app.turn(PAST_DUE);
            app.settle().await;
            assert!(matches!(app.only_row(&ana).await.state, RowState::Closed { .. }));
            assert_eq!(sent(app).len(), before, "a closed conversation is not answered");
        }
    }
    assert_eq!(log(app).await.iter().filter(|entry| entry.event.name() == "bot_refused").count(), 0);
});
