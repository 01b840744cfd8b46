//! Outcomes: the admin keeps the list, and agents pick from it when they close.

use handoff::{
    contract::{audit::AuditFilter, flow::MoveDirection},
    domain::{
        conversation::{EndingKind, EndingPress, Goodbye, UNDO_TIME},
        desk::{PreviewBy, Row, RowState},
        event::{Event, Initiator},
        ids::{OutcomeId, Seq},
        outcome::{MAX_ACTIVE, OutcomeRule},
    },
    server::{accounts::Agent, conversations::ConversationError, settings::SettingsError, store::entries},
};

use crate::app::{TestApp, on_both};

async fn add(app: &TestApp, name: &str) -> OutcomeId {
    app.services.settings.outcome_add(&app.tenant, Initiator::SYSTEM, name).await.expect("an outcome")
}

async fn require(app: &TestApp, rule: OutcomeRule) {
    app.services.settings.outcome_rule_save(&app.tenant, Initiator::SYSTEM, rule).await.expect("saves");
}

/// The outcomes that can be picked, and those that are archived.
async fn names(app: &TestApp) -> (Vec<String>, Vec<String>) {
    let read = app.services.settings.read_outcomes(&app.tenant).await.expect("reads");
    (read.choice.outcomes.into_iter().map(|outcome| outcome.name).collect(), read.archived)
}

async fn claimed(app: &TestApp, ana: &Agent) -> Row {
    let row = app.waiting(ana).await;
    app.services.conversations.claim(ana, &row.id).await.expect("claims");
    app.settle().await;
    app.only_row(ana).await
}

fn press(row: &Row, outcome: Option<&OutcomeId>) -> EndingPress {
    let (kind, seen, goodbye) = (EndingKind::Close, row.last_turn.clone(), Goodbye::Off);
    EndingPress { kind, seen, goodbye, outcome: outcome.cloned(), undo_time: None }
}

fn invalid<T: std::fmt::Debug>(done: Result<T, ConversationError>) -> String {
    match done {
        Err(ConversationError::Invalid(detail)) => detail,
        other => panic!("invalid, not {other:?}"),
    }
}

on_both!(the_admin_keeps_the_list, async |app| {
    let settings = &app.services.settings;
    let (solved, spam) = (add(app, "Solved").await, add(app, " Spam ").await);
    assert_eq!(names(app).await.0, ["Solved", "Spam"]);
    // names differ
    let taken = settings.outcome_add(&app.tenant, Initiator::SYSTEM, "solved").await;
    assert!(matches!(taken, Err(SettingsError::Invalid(_))), "{taken:?}");
    let taken = settings.outcome_rename(&app.tenant, Initiator::SYSTEM, &spam, "Spam", "SOLVED").await;
    assert!(matches!(taken, Err(SettingsError::Invalid(_))), "{taken:?}");
    settings.outcome_rename(&app.tenant, Initiator::SYSTEM, &spam, "Spam", "Not for us").await.expect("renames");
    // of two admins who rename at once, the second one reads what the first one did
    let stale = settings.outcome_rename(&app.tenant, Initiator::SYSTEM, &spam, "Spam", "Junk").await;
    assert!(matches!(&stale, Err(SettingsError::Stale(why)) if why.contains("“Not for us”")), "{stale:?}");
    let same = settings.outcome_rename(&app.tenant, Initiator::SYSTEM, &spam, "Spam", "Not for us").await;
    same.expect("both wanted the same");
    // their order is that of the keys
    settings.outcome_move(&app.tenant, Initiator::SYSTEM, &spam, MoveDirection::Up).await.expect("moves");
    settings.outcome_move(&app.tenant, Initiator::SYSTEM, &spam, MoveDirection::Up).await.expect("is first already");
    assert_eq!(names(app).await.0, ["Not for us", "Solved"]);
    // an archived one is no longer there, until its name is added again
    settings.outcome_archive(&app.tenant, Initiator::SYSTEM, &spam).await.expect("archives");
    let gone = settings.outcome_archive(&app.tenant, Initiator::SYSTEM, &spam).await;
    assert!(matches!(gone, Err(SettingsError::NotFound)), "{gone:?}");
    assert_eq!(names(app).await, (vec!["Solved".to_owned()], vec!["Not for us".to_owned()]));
    assert_eq!(add(app, "not for us").await, spam);
    assert_eq!(names(app).await, (vec!["Solved".to_owned(), "not for us".to_owned()], Vec::new()));
    // there are as many as digits
    for nth in 3..=MAX_ACTIVE {
        add(app, &format!("Outcome {nth}")).await;
    }
    let full = settings.outcome_add(&app.tenant, Initiator::SYSTEM, "One more").await;
    assert!(matches!(full, Err(SettingsError::Invalid(_))), "{full:?}");
    // and the audit log says what was done
    let audit = settings.read_audit(&app.tenant, &AuditFilter::default(), None).await.expect("reads");
    for what in ["Added an outcome", "Changed an outcome", "Removed an outcome"] {
        assert!(audit.lines.iter().any(|line| line.what == what), "{what}");
    }
    assert_ne!(solved, spam);
});

on_both!(a_close_keeps_the_outcome_also_when_it_is_archived, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let solved = add(app, "Solved").await;
    let row = claimed(app, &ana).await;
    let offered = app.thread(&ana, &row.id).await.outcomes;
    assert_eq!(offered.outcomes.iter().map(|outcome| &outcome.id).collect::<Vec<_>>(), [&solved]);
    // given a close with an outcome that is archived before it takes effect
    let conversations = &app.services.conversations;
    conversations.schedule_ending(&ana, &row.id, &press(&row, Some(&solved))).await.expect("is allowed");
    app.services.settings.outcome_archive(&app.tenant, Initiator::SYSTEM, &solved).await.expect("archives");
    app.turn(UNDO_TIME);
    app.settle().await;
    // then it is stored with the close, and history shows its name
    assert!(matches!(app.only_row(&ana).await.state, RowState::Closed { .. }));
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let log = entries::since(&mut tx, &app.tenant, Seq(0), 10_000).await.expect("reads");
    let stored = log.into_iter().find_map(|entry| match entry.event {
        Event::Closed { outcome, .. } => outcome,
        _ => None,
    });
    assert_eq!(stored, Some(solved));
    assert!(app.thread_lines(&ana, &row.id).await.contains(&"closed this · Solved".to_owned()));
    drop(tx);
    // and the row says who closed it with which outcome, until it is open again
    let by_ana = PreviewBy::Agent { agent: ana.id().clone(), name: "Ana".to_owned() };
    let closed = app.only_row(&ana).await;
    assert_eq!((closed.closed_by, closed.outcome), (Some(by_ana), Some("Solved".to_owned())));
    conversations.reopen(&ana, &row.id).await.expect("reopens");
    let open = app.only_row(&ana).await;
    assert_eq!((open.closed_by, open.outcome), (None, None));
});

on_both!(an_outcome_that_is_not_offered_cannot_be_picked, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let solved = add(app, "Solved").await;
    app.services.settings.outcome_archive(&app.tenant, Initiator::SYSTEM, &solved).await.expect("archives");
    let row = claimed(app, &ana).await;
    for id in [solved, "otc_of_others".into()] {
        let refused = app.services.conversations.schedule_ending(&ana, &row.id, &press(&row, Some(&id))).await;
        assert!(invalid(refused).contains("no longer available"));
    }
    assert_eq!(app.only_row(&ana).await.ending, None);
});

on_both!(a_required_outcome_must_be_picked, async |app| {
    let (ana, _) = app.agent("Ana").await;
    require(app, OutcomeRule::Required).await;
    let row = claimed(app, &ana).await;
    let conversations = &app.services.conversations;
    // given no outcomes, then nothing has to be picked, until there is one when the close is due
    conversations.schedule_ending(&ana, &row.id, &press(&row, None)).await.expect("is allowed");
    let solved = add(app, "Solved").await;
    app.turn(UNDO_TIME);
    app.settle().await;
    let open = app.only_row(&ana).await;
    assert_eq!((&open.state, &open.ending), (&row.state, &None), "it stays open");
    let told = app.thread_lines(&ana, &row.id).await;
    assert!(told.iter().any(|line| line.contains("closing needs an outcome now")), "{told:?}");
    // then a close without one is refused
    let refused = conversations.schedule_ending(&ana, &row.id, &press(&row, None)).await;
    assert!(invalid(refused).contains("Pick an outcome"));
    assert!(invalid(conversations.close(&ana, &row.id, row.last_turn.clone()).await).contains("Pick an outcome"));
    // and with one it takes effect; a second press still undoes it
    let pressed = conversations.schedule_ending(&ana, &row.id, &press(&row, Some(&solved))).await.expect("is allowed");
    assert!(pressed.is_some());
    let again = conversations.schedule_ending(&ana, &row.id, &press(&row, None)).await.expect("cancels");
    assert_eq!(again, None);
    conversations.schedule_ending(&ana, &row.id, &press(&row, Some(&solved))).await.expect("is allowed");
    app.turn(UNDO_TIME);
    app.settle().await;
    assert!(matches!(app.only_row(&ana).await.state, RowState::Closed { .. }));
});

on_both!(a_return_to_the_bot_needs_no_outcome, async |app| {
    let (ana, _) = app.agent("Ana").await;
    require(app, OutcomeRule::Required).await;
    add(app, "Solved").await;
    let row = claimed(app, &ana).await;
    let press = EndingPress { kind: EndingKind::ReturnToBot, ..press(&row, None) };
    app.services.conversations.schedule_ending(&ana, &row.id, &press).await.expect("is allowed");
    app.turn(UNDO_TIME);
    app.settle().await;
    assert_eq!(app.only_row(&ana).await.state, RowState::Bot);
});
