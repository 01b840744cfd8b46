//! What agents choose for themselves: how long they can undo, whether single letters are shortcuts, and how close the
//! rows of their list stand.

use handoff::{
    contract::session::Viewer,
    domain::{conversation::UNDO_SECONDS, scheduled::SEND_DELAYS},
};

use super::*;
use crate::bot_settings::page;

/// The viewer of a page that loads now.
async fn viewer(app: &TestApp, cookie: &str) -> Viewer {
    let token = cookie.strip_prefix("handoff=").expect("the cookie's name");
    let agent = app.services.accounts.signed_in(token).await.expect("looks up").expect("is signed in");
    app.services.accounts.viewer(&agent).await.expect("reads")
}

on_both!(an_agent_chooses_one_of_three_undo_times, async |app| {
    let (ana, anas) = app.agent("Ana").await;
    let (_, bens) = app.agent("Ben").await;
    let accounts = &app.services.accounts;
    let logged = log(app).await.len();
    // given the defaults, and times that cannot be chosen
    for wrong in [0, -8, 7, 9, 61, 8_000, i64::MAX] {
        let refused = accounts.set_undo_time(&ana, wrong).await.expect_err("is not a choice").to_string();
        assert_eq!(refused, "Choose an undo time of 8, 20 or 60 seconds.");
    }
    let before = viewer(app, &anas).await;
    assert_eq!((before.undo_seconds, before.typing_keys), (8, true));
    // when Ana chooses
    accounts.set_undo_time(&ana, 60).await.expect("saves");
    accounts.set_typing_keys(&ana, false).await.expect("saves");
    // then her next page has it, Ben's has not, and the log has no entry
    let after = viewer(app, &anas).await;
    assert_eq!((after.undo_seconds, after.typing_keys), (60, false));
    let ben = viewer(app, &bens).await;
    assert_eq!((ben.undo_seconds, ben.typing_keys), (8, true));
    assert_eq!(log(app).await.len(), logged);
});

on_both!(an_agent_chooses_for_how_long_messages_can_be_taken_back, async |app| {
    let (ana, anas) = app.agent("Ana").await;
    let (_, bens) = app.agent("Ben").await;
    assert_eq!(viewer(app, &anas).await.send_delay_seconds, 0, "off by default");
    let refused = app.services.accounts.set_send_delay(&ana, 8).await.expect_err("is not a choice").to_string();
    assert_eq!(refused, "Choose 5, 10 or 20 seconds, or send immediately.");
    for seconds in SEND_DELAYS {
        app.services.accounts.set_send_delay(&ana, seconds).await.expect("saves");
        assert_eq!(viewer(app, &anas).await.send_delay_seconds, seconds);
    }
    assert_eq!(viewer(app, &bens).await.send_delay_seconds, 0);
});

on_both!(an_agent_chooses_how_close_the_rows_of_their_list_stand, async |app| {
    let (ana, anas) = app.agent("Ana").await;
    let (_, bens) = app.agent("Ben").await;
    assert!(!viewer(app, &anas).await.compact_list);
    // when Ana makes her list compact, then her next page is, and Ben's is not
    app.services.accounts.set_compact_list(&ana, true).await.expect("saves");
    assert!(viewer(app, &anas).await.compact_list && !viewer(app, &bens).await.compact_list);
    // The page comes with it, so that no row moves once the script runs.
    assert!(page(app, &anas, "/conversations").await.contains(r#"data-density="compact""#));
    assert!(!page(app, &bens, "/conversations").await.contains("data-density"));
    app.services.accounts.set_compact_list(&ana, false).await.expect("saves");
    assert!(!viewer(app, &anas).await.compact_list);
});

on_both!(a_press_without_a_time_can_be_undone_for_as_long_as_the_agent_chose, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = claimed(app, &ana).await;
    let (accounts, conversations) = (&app.services.accounts, &app.services.conversations);
    for seconds in UNDO_SECONDS {
        accounts.set_undo_time(&ana, seconds).await.expect("saves");
        let mark = pressed(app, &ana, EndingKind::Close, &row).await;
        assert_eq!(mark.due_at, app.now().plus(Span::seconds(seconds)));
        conversations.undo_ending(&ana, &row.id, &mark.id).await.expect("undoes");
    }
    // A time that the press names counts before the agent's own.
    let short = EndingPress { undo_time: Some(Span::seconds(3)), ..press(EndingKind::Close, &row) };
    let mark = conversations.schedule_ending(&ana, &row.id, &short).await.expect("is allowed").expect("is pending");
    assert_eq!(mark.due_at, app.now().plus(Span::seconds(3)));
    app.turn(Span::seconds(4));
    app.settle().await;
    assert!(matches!(app.only_row(&ana).await.state, RowState::Closed { .. }));
});
