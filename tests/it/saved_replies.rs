//! Saved replies: leads and admins keep those for everyone, agents their own; they are filled in for a conversation, counted,
//! exported and imported. What becomes of their files is in `sending/saved_files.rs`.

use handoff::{
    contract::{audit::AuditFilter, saved_reply::ImportCounts, saved_reply::SavedReplies},
    domain::{
        access::Role,
        customer_name::first_name,
        ids::SavedReplyId,
        saved_reply::{ReplyScope, SavedReply, SavedText},
    },
    server::{accounts::Agent, settings::SettingsError},
};

use crate::app::{TestApp, on_both};

fn saved(name: &str, text: &str, scope: ReplyScope) -> SavedText {
    SavedText { name: name.to_owned(), text: text.to_owned(), scope, ..SavedText::default() }
}

async fn lead(app: &TestApp) -> Agent {
    app.person(&app.tenant, "Lena", Role::Lead).await.0
}

pub async fn try_add(app: &TestApp, agent: &Agent, saved: SavedText) -> Result<SavedReplyId, SettingsError> {
    app.services.settings.saved_reply_add(agent, agent.initiator(None), saved).await
}

async fn add(app: &TestApp, agent: &Agent, saved: SavedText) -> SavedReplyId {
    try_add(app, agent, saved).await.expect("a reply")
}

pub async fn change(
    app: &TestApp,
    agent: &Agent,
    id: &SavedReplyId,
    revision: i64,
    saved: SavedText,
) -> Result<(), SettingsError> {
    app.services.settings.saved_reply_change(agent, agent.initiator(None), id, revision, saved).await
}

async fn import(app: &TestApp, agent: &Agent, file: &str) -> Result<ImportCounts, SettingsError> {
    app.services.settings.saved_replies_import(agent, agent.initiator(None), file).await
}

async fn read(app: &TestApp, agent: &Agent) -> SavedReplies {
    app.services.settings.read_saved_replies(agent, None).await.expect("reads").expect("all of them")
}

async fn replies(app: &TestApp, agent: &Agent) -> Vec<SavedReply> {
    read(app, agent).await.replies.into_iter().map(|listed| listed.reply).collect()
}

async fn names(app: &TestApp, agent: &Agent) -> Vec<String> {
    replies(app, agent).await.into_iter().map(|reply| reply.saved.name).collect()
}

async fn audited(app: &TestApp) -> Vec<String> {
    let page = app.services.settings.read_audit(&app.tenant, &AuditFilter::default(), None).await.expect("reads");
    page.lines.into_iter().map(|line| line.what).filter(|what| what.contains("saved reply")).collect()
}

fn refusal<T: std::fmt::Debug>(done: Result<T, SettingsError>) -> String {
    match done {
        Err(SettingsError::Invalid(detail)) => detail,
        other => panic!("invalid, not {other:?}"),
    }
}

on_both!(everyone_uses_what_leads_keep_and_each_agent_their_own, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let lena = lead(app).await;
    // given a reply for everyone, and one of Ana's own with the same name
    let shared = add(app, &lena, saved("Hours", "From nine.", ReplyScope::Everyone)).await;
    let own = add(app, &ana, saved("Hours", "From nine, dear.", ReplyScope::Me)).await;
    assert_eq!(names(app, &ana).await, ["Hours", "Hours"]);
    assert_eq!(names(app, &ben).await, ["Hours"]);
    // then nobody else finds, changes or removes Ana's
    let settings = &app.services.settings;
    for stranger in [&ben, &lena] {
        let changed = change(app, stranger, &own, 1, saved("Taken", "x", ReplyScope::Me)).await;
        assert!(matches!(changed, Err(SettingsError::NotFound)), "{changed:?}");
        let removed = settings.saved_reply_remove(stranger, stranger.initiator(None), &own).await;
        assert!(matches!(removed, Err(SettingsError::NotFound)), "{removed:?}");
        let used = settings.saved_reply_used(stranger, &own).await;
        assert!(matches!(used, Err(SettingsError::NotFound)), "{used:?}");
    }
    // and agents keep none for everyone
    refusal(try_add(app, &ana, saved("New", "x", ReplyScope::Everyone)).await);
    refusal(change(app, &ana, &shared, 1, saved("Hours", "x", ReplyScope::Me)).await);
    refusal(settings.saved_reply_remove(&ana, ana.initiator(None), &shared).await);
    // and a name is there once in a scope
    refusal(try_add(app, &ana, saved(" HOURS! ", "x", ReplyScope::Me)).await);
    // and the log has an entry about each change of the one for everyone, and none about Ana's
    change(app, &lena, &shared, 1, saved("Hours", "From ten.", ReplyScope::Everyone)).await.expect("changes");
    settings.saved_reply_remove(&lena, lena.initiator(None), &shared).await.expect("removes");
    settings.saved_reply_remove(&ana, ana.initiator(None), &own).await.expect("removes");
    assert_eq!(audited(app).await, ["Removed a saved reply", "Changed a saved reply", "Added a saved reply"]);
    assert!(names(app, &ana).await.is_empty());
});

on_both!(of_two_who_edit_at_once_the_second_reads_who_was_faster, async |app| {
    let lena = lead(app).await;
    let (admin, _) = app.admin().await;
    let id = add(app, &lena, saved("Hours", "From nine.", ReplyScope::Everyone)).await;
    // given a change that the admin has not seen
    change(app, &lena, &id, 1, saved("Hours", "From ten.", ReplyScope::Everyone)).await.expect("changes");
    // then theirs is refused, unless it is the same
    let theirs = || saved("Hours", "From eleven.", ReplyScope::Everyone);
    let stale = change(app, &admin, &id, 1, theirs()).await;
    let told = format!("{} saved “Hours”", lena.name());
    assert!(matches!(&stale, Err(SettingsError::Stale(why)) if why.starts_with(&told)), "{stale:?}");
    change(app, &admin, &id, 1, saved("Hours", "From ten.", ReplyScope::Everyone)).await.expect("the same");
    // and saved once they have seen it
    change(app, &admin, &id, 2, theirs()).await.expect("changes");
    assert_eq!(replies(app, &lena).await[0].saved.text, "From eleven.");
});

on_both!(a_reply_is_filled_in_and_what_is_missing_is_a_hole, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = app.waiting(&ana).await;
    let text = "Hi {{ customer.first_name }}, I'm {{ agent.name }}. Order {{ order_number }}?";
    let id = add(app, &ana, saved("Order", text, ReplyScope::Me)).await;
    let settings = &app.services.settings;
    let filled = settings.saved_reply_fill(&ana, &id, &row.id).await.expect("fills");
    let expected = format!("Hi {}, I'm {}. Order ⟦order number⟧?", first_name(&row.name), ana.name());
    assert_eq!(filled, expected);
    // an unknown variable of ours is refused when it is saved
    let told = refusal(try_add(app, &ana, saved("Typo", "{{ customer.nmae }}", ReplyScope::Me)).await);
    assert!(told.contains("customer.nmae"), "{told}");
    // and another tenant's conversation is not there
    let (other, _) = app.other_tenant().await;
    let (stranger, _) = app.person(&other, "Stan", Role::Admin).await;
    let theirs = add(app, &stranger, saved("Order", text, ReplyScope::Everyone)).await;
    let outside = settings.saved_reply_fill(&stranger, &theirs, &row.id).await;
    assert!(matches!(outside, Err(SettingsError::NotFound)), "{outside:?}");
});

on_both!(uses_are_counted_and_a_page_is_told_only_what_has_changed, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let settings = &app.services.settings;
    let id = add(app, &ana, saved("Hours", "From nine.", ReplyScope::Me)).await;
    let mark = read(app, &ana).await.mark;
    // given a use, then a page that knows the replies reads nothing
    settings.saved_reply_used(&ana, &id).await.expect("counts");
    assert_eq!(settings.read_saved_replies(&ana, Some(&mark)).await.expect("reads"), None);
    let reply = replies(app, &ana).await.remove(0);
    assert!(reply.uses == 1 && reply.used_at.is_some(), "{reply:?}");
    // given a change, then it reads them again, and the count stays
    change(app, &ana, &id, 1, saved("Hours", "From ten.", ReplyScope::Me)).await.expect("changes");
    let newer = settings.read_saved_replies(&ana, Some(&mark)).await.expect("reads").expect("a change");
    assert!(newer.mark != mark && newer.replies[0].reply.uses == 1, "{newer:?}");
});

on_both!(a_file_is_imported_as_a_whole_or_not_at_all, async |app| {
    let lena = lead(app).await;
    let (ana, _) = app.agent("Ana").await;
    let tricky = SavedText {
        tags: vec!["=tag".to_owned(), "two words".to_owned()],
        language: Some("pt-BR".to_owned()),
        ..saved("=1+1", "'=x\n\"quoted\", {{ customer.name }}", ReplyScope::Everyone)
    };
    add(app, &lena, tricky.clone()).await;
    add(app, &lena, saved("Own", "+351", ReplyScope::Me)).await;
    // given its own file, then an import changes nothing
    let settings = &app.services.settings;
    let file = settings.saved_replies_export(&lena).await.expect("exports");
    let counts = import(app, &lena, &file).await.expect("imports");
    assert_eq!(counts, ImportCounts { unchanged: 2, ..ImportCounts::default() });
    assert_eq!(replies(app, &lena).await[0].saved, tricky);
    // given a file with faults, then each is named with its line, and nothing is imported
    let bad = "name,text,scope\nNew,Hi,me\nBad,{{ open,me\nNew,Again,me\nShared,Hi,everyone\n";
    let told = refusal(import(app, &ana, bad).await);
    for line in ["Nothing was imported.", "Line 3: ", "Line 4: “New” is in line 2", "Line 5: Only leads"] {
        assert!(told.contains(line), "{told}");
    }
    assert_eq!(names(app, &ana).await, ["=1+1"]);
    // given her export, then she can import it too: the replies for everyone stay as they are. Names of symbols differ.
    for name in ["👋", "🙏"] {
        add(app, &ana, saved(name, "Hi", ReplyScope::Me)).await;
    }
    let file = settings.saved_replies_export(&ana).await.expect("exports");
    let counts = import(app, &ana, &file).await.expect("imports");
    assert_eq!(counts, ImportCounts { unchanged: 3, ..ImportCounts::default() });
    // given a good one, then it adds and replaces by name and scope
    let good = "name,text,scope,language\nOwn,Changed,me,\nNew,Hi,everyone,DE\n";
    let counts = import(app, &lena, good).await.expect("imports");
    assert_eq!(counts, ImportCounts { added: 1, changed: 1, ..ImportCounts::default() });
    let new = replies(app, &ana).await.into_iter().find(|reply| reply.saved.name == "New").expect("it is there");
    assert_eq!(new.saved.language.as_deref(), Some("de"));
});
