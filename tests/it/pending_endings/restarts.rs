//! Undo after a crash, from a second tab, and at the moment in which the ending is carried out.

use handoff::server::accounts::CallerDevice;

use super::*;
use crate::app::PASSWORD;

on_both!(an_ending_is_undone_after_a_crash, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = claimed(app, &ana).await;
    let before = sent(app);
    // given a pending close, and a server that was killed and started again
    let mark = pressed(app, &ana, EndingKind::Close, &row).await;
    app.turn(Span::seconds(5));
    let next = app.killed_and_restarted().await;
    // when the page that loads again undoes it
    let listed = next.live.calls(&ana).await.expect("reads").endings;
    assert_eq!(listed.into_iter().map(|row| row.ending).collect::<Vec<_>>(), [Some(mark.clone())]);
    next.conversations.undo_ending(&ana, &row.id, &mark.id).await.expect("undoes");
    // then it never takes effect
    app.turn(PAST_DUE);
    assert_eq!(next.endings.run_once().await.expect("runs"), 0);
    app.settle().await;
    assert_eq!(app.only_row(&ana).await.state, row.state);
    assert_eq!((sent(app), causes(app).await), (before, vec!["undone"]));
});

on_both!(an_undo_wins_over_a_worker_that_has_only_taken_the_job, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = claimed(app, &ana).await;
    for kind in EndingKind::ALL {
        // given an ending that is due, and whose job a worker has taken
        let mark = pressed(app, &ana, kind, &row).await;
        app.turn(PAST_DUE);
        let taken = app.services.jobs.take(JobKind::Ending, Selection::Any, Span::seconds(60), 9).await.expect("takes");
        assert_eq!(taken.len(), 1);
        // when it is undone before the worker commits
        app.services.conversations.undo_ending(&ana, &row.id, &mark.id).await.expect("nothing has happened yet");
        // then the worker changes nothing
        app.services.conversations.carry_out_ending(&taken[0]).await.expect("finds nothing to do");
        assert_eq!(app.only_row(&ana).await.state, row.state);
    }
    assert_eq!(causes(app).await, ["undone", "undone"]);
    app.settle().await;
});

on_both!(a_second_tab_shows_and_undoes_what_the_first_one_pressed, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = claimed(app, &ana).await;
    // given a second tab with a session of its own
    let accounts = &app.services.accounts;
    let from = CallerDevice::default();
    let token = accounts.sign_in(ana.email(), PASSWORD.to_owned(), &from, None).await.expect("signs in").token;
    let tab = accounts.signed_in(&token).await.expect("looks up").expect("is signed in");
    let mut stream = Stream::open(app, &format!("handoff={token}"), app.desk(&tab).await.seq).await;
    // when the first tab presses, then the second one shows it
    let mark = pressed(app, &ana, EndingKind::Close, &row).await;
    let Frame::Changes(shown) = stream.news().await.expect("a frame") else { panic!("a frame with changes") };
    assert_eq!(shown.rows.into_iter().map(|row| row.ending).collect::<Vec<_>>(), [Some(mark.clone())]);
    // when the second tab undoes it, then the first one is told nothing that its agent did not do
    app.services.conversations.undo_ending(&tab, &row.id, &mark.id).await.expect("undoes");
    let Frame::Changes(undone) = stream.news().await.expect("a frame") else { panic!("a frame with changes") };
    assert_eq!(
        (undone.rows.into_iter().map(|row| row.ending).collect::<Vec<_>>(), undone.cancelled),
        (vec![None], vec![])
    );
    app.turn(PAST_DUE);
    app.settle().await;
    assert_eq!(app.only_row(&ana).await.state, row.state);
});
