//! Every kind of webhook item in WhatsApp's reference, one row each: what is stored, what the list shows, whether it
//! opens the window, starts a bot turn and counts as unread. The tables are in `message_kinds/`; to add a kind, add a
//! row.
//!
//! Each table is run twice: every row in POSTs of its own, then all rows in one POST with several entries, changes and
//! items.

mod accounts;
mod fields;
mod files;
mod people;
mod said;
mod stage;
mod statuses;

use handoff::{contract::audit::AuditFilter, server::accounts::Agent};
use http::StatusCode;
use stage::{Item, Row, Who};

use crate::app::{TestApp, on_both};

/// Checks the rows right after the journal was projected, before the bot's turns.
async fn look(app: &TestApp, agent: &Agent, rows: &[(Row, Who)]) {
    let listed = stage::every_row(app, agent).await;
    for (row, who) in rows {
        let found = listed.iter().find(|listed| row.is(who, listed));
        stage::check_list(row, who, found);
        if let Some(found) = found {
            let thread = app.thread(agent, &found.id).await;
            stage::check_thread(row, &thread);
            let unread = row.seen.as_ref().map_or(0, |seen| seen.unread);
            // An edit counts once more if it comes after its message was stored.
            assert!(app.unread(&found.id).await >= unread, "{}: unread for whoever gets it", row.name);
        }
    }
    let expected = rows.iter().filter(|(row, _)| row.seen.is_some()).count();
    let names: Vec<&str> = listed.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(listed.len(), expected, "conversations that no row asked for, or missing ones: {names:?}");
}

async fn look_at_answers(app: &TestApp, agent: &Agent, rows: &[(Row, Who)]) {
    app.drain().await;
    let listed = stage::every_row(app, agent).await;
    for (row, who) in rows {
        let mut answers = 0;
        for found in listed.iter().filter(|listed| row.is(who, listed)) {
            answers += stage::bot_answers(&app.thread(agent, &found.id).await);
        }
        let expected = row.seen.as_ref().map_or(0, |seen| seen.answers);
        assert_eq!(answers, expected, "{}: bot answers", row.name);
    }
}

fn cast(table: Vec<Row>, files: &stage::Files) -> Vec<(Row, Who)> {
    let who = |n: usize| Who::new(n, files.clone());
    table.into_iter().enumerate().map(|(n, row)| (row, who(n))).collect()
}

async fn walk_singly(app: &TestApp, table: fn() -> Vec<Row>) {
    let (agent, _) = app.agent("Ana").await;
    let files = stage::Files::upload(app).await;
    app.hold_back_statuses();
    let rows = cast(table(), &files);
    let mut sent = Vec::new();
    for (row, who) in rows {
        for item in (row.says)(&who) {
            assert_eq!(app.webhook(&stage::post_of(&[item])).await, StatusCode::OK, "{}", row.name);
            app.services.projector.run_once().await.expect("projects");
        }
        sent.push((row, who));
    }
    look(app, &agent, &sent).await;
    look_at_answers(app, &agent, &sent).await;
    stage::check_files(app, &agent, &sent).await;
}

async fn walk_in_one_post(app: &TestApp, table: fn() -> Vec<Row>) {
    let (agent, _) = app.agent("Ana").await;
    let files = stage::Files::upload(app).await;
    app.hold_back_statuses();
    let rows = cast(table(), &files);
    let items: Vec<Item> = rows.iter().flat_map(|(row, who)| (row.says)(who)).collect();
    assert_eq!(app.webhook(&stage::post_of(&items)).await, StatusCode::OK);
    app.services.projector.run_once().await.expect("projects");
    look(app, &agent, &rows).await;
    look_at_answers(app, &agent, &rows).await;
    stage::check_files(app, &agent, &rows).await;
}

// Each row by itself: the audit log, the quarantine and the log after an item that belongs to no conversation.
on_both!(items_without_a_conversation_are_reported_held_or_ignored_once, async |app| {
    let files = stage::Files::upload(app).await;
    let rows: Vec<_> = cast(fields::table(), &files).into_iter().filter(|(row, _)| row.seen.is_none()).collect();
    let mut expected: Vec<&str> = fields::WITHOUT_CONVERSATION.iter().map(|(name, _)| *name).collect();
    let mut named: Vec<&str> = rows.iter().map(|(row, _)| row.name).collect();
    expected.sort_unstable();
    named.sort_unstable();
    assert_eq!(expected, named, "every row without a conversation is in WITHOUT_CONVERSATION");
    for (row, who) in &rows {
        let reported =
            fields::WITHOUT_CONVERSATION.iter().find(|(name, _)| *name == row.name).expect("compared above").1;
        let before = audit_and_held(app).await;
        // Meta delivers the item twice, but it is reported once.
        for _ in 0..2 {
            assert_eq!(app.webhook(&stage::post_of(&(row.says)(who))).await, StatusCode::OK, "{}", row.name);
            app.services.projector.run_once().await.expect("projects");
        }
        let after = audit_and_held(app).await;
        let fresh = &after.0[..after.0.len() - before.0.len()];
        let expected: &[&str] = match &reported {
            stage::ReportedAs::ChannelAlert(words) => &[*words],
            stage::ReportedAs::IgnoredEvent | stage::ReportedAs::Quarantined => &[],
        };
        assert_eq!(fresh, expected, "{}: the audit", row.name);
        let held = after.1 - before.1;
        assert_eq!(held > 0, reported == stage::ReportedAs::Quarantined, "{}: {held} in quarantine", row.name);
    }
});

/// The sentences of the audit log, newest first, and the number of items in quarantine.
async fn audit_and_held(app: &TestApp) -> (Vec<String>, i64) {
    let audit = app.services.settings.read_audit(&app.tenant, &AuditFilter::default(), None).await.expect("reads");
    let mut tx = app.services.db.begin_read().await.expect("begins");
    let (_, held) = handoff::server::store::journal::backlog(&mut tx).await.expect("counts");
    (audit.lines.into_iter().map(|line| line.what).collect(), held)
}

on_both!(each_kind_of_message_alone_is_stored_shown_and_answered, async |app| walk_singly(app, said::table).await);

on_both!(all_kinds_of_messages_in_one_post_have_the_same_results, async |app| walk_in_one_post(app, said::table).await);

on_both!(each_change_of_a_customer_or_message_alone_is_shown, async |app| walk_singly(app, people::table).await);

on_both!(all_changes_of_customers_and_messages_in_one_post_have_the_same_results, async |app| walk_in_one_post(
    app,
    people::table
)
.await);

on_both!(each_other_field_alone_is_accepted_and_never_answered, async |app| walk_singly(app, fields::table).await);

on_both!(all_other_fields_in_one_post_have_the_same_results, async |app| walk_in_one_post(app, fields::table).await);
