//! What admins read in the audit log: who did what, and about whom; and its filter.

use handoff::{
    contract::audit::{AuditFilter, AuditLine},
    domain::{access::Role, event::AuditKind, ids::TenantId, keyword::Matching, time::Span},
    server::settings::{SettingsError, keywords::NewKeyword},
};

use crate::app::{TestApp, on_both};

async fn lines(app: &TestApp, filter: &AuditFilter) -> Vec<AuditLine> {
    app.services.settings.read_audit(&app.tenant, filter, Some("UTC")).await.expect("reads").lines
}

/// Who, what and about whom, newest first.
async fn told(app: &TestApp, filter: &AuditFilter) -> Vec<(String, String, Option<String>)> {
    lines(app, filter).await.into_iter().map(|line| (line.who, line.what, line.about)).collect()
}

fn line(who: &str, what: &str, about: Option<&str>) -> (String, String, Option<String>) {
    (who.to_owned(), what.to_owned(), about.map(str::to_owned))
}

on_both!(the_audit_log_names_whom_and_what_each_act_is_about, async |app| {
    // given a customer whom Ana claims, a keyword that is removed later, and a password that is set on the server
    let (ana, _) = app.agent("Ana").await;
    let row = app.waiting(&ana).await;
    app.turn(Span::seconds(72));
    app.services.conversations.claim(&ana, &row.id).await.expect("claims");
    let rule = NewKeyword { phrase: "human".to_owned(), matching: Matching::Contains, language: None, channel: None };
    app.services.settings.keyword_add(&app.tenant, ana.initiator(None), rule).await.expect("adds");
    let email = format!("ana@{}.test", app.tenant.as_str().to_lowercase().replace('_', "-"));
    app.services.accounts.reset_password(&email, "another password".to_owned()).await.expect("resets");
    // then each entry says once who did it, and about whom or what
    let all = told(app, &AuditFilter::default()).await;
    let newest: Vec<_> = all.iter().take(3).cloned().collect();
    assert_eq!(
        newest,
        [
            line("Handoff", "Changed a password", Some("Ana")),
            line("Ana", "Added a handoff keyword", Some("“human”")),
            line("Ana", "Claimed after 1:12", Some(&row.name)),
        ]
    );
    assert!(all.contains(&line("Ana", "Signed in", None)), "{all:?}");
});

on_both!(the_audit_log_is_filtered_by_person_kind_and_day, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = app.waiting(&ana).await;
    app.services.conversations.claim(&ana, &row.id).await.expect("claims");
    let (ben, _) = app.person(&app.tenant, "Ben", Role::Agent).await;
    app.turn(Span::days(2));
    app.services.conversations.take_over(&ben, &row.id).await.expect("takes over");
    let whats = async |filter: AuditFilter| -> Vec<String> {
        lines(app, &filter).await.into_iter().map(|line| line.what).collect()
    };
    let day = |span: Span| {
        let at = jiff::Timestamp::from_millisecond(app.now().minus(span).0).expect("a time");
        Some(at.strftime("%Y-%m-%d").to_string())
    };
    // by person
    let of_ben = whats(AuditFilter { agent: Some(ben.id().clone()), ..AuditFilter::default() }).await;
    assert_eq!(of_ben, ["Took over from Ana", "Signed in"]);
    // by kind
    let kind = |kind| AuditFilter { kind: Some(kind), ..AuditFilter::default() };
    assert_eq!(whats(kind(AuditKind::People)).await, ["Signed in", "Signed in"]);
    assert_eq!(whats(kind(AuditKind::Numbers)).await, [] as [&str; 0]);
    // by day, the last one included
    let today = AuditFilter { from: day(Span(0)), to: day(Span(0)), ..AuditFilter::default() };
    assert_eq!(whats(today).await, ["Took over from Ana"]);
    let before = AuditFilter { to: day(Span::days(1)), ..AuditFilter::default() };
    assert!(!whats(before).await.contains(&"Took over from Ana".to_owned()));
    // together, and page by page
    let both = AuditFilter { agent: Some(ben.id().clone()), ..kind(AuditKind::Conversations) };
    assert_eq!(whats(both.clone()).await, ["Took over from Ana"]);
    let newest = lines(app, &both).await.remove(0).seq;
    assert_eq!(whats(AuditFilter { before: Some(newest), ..both }).await, [] as [&str; 0]);
    // and what is no day is refused
    let wrong = AuditFilter { from: Some("29.11.2026".to_owned()), ..AuditFilter::default() };
    let answer = app.services.settings.read_audit(&app.tenant, &wrong, None).await;
    assert!(matches!(answer, Err(SettingsError::Invalid(_))), "{answer:?}");
});

on_both!(a_filter_with_a_person_of_another_tenant_finds_nothing, async |app| {
    let (_, stranger) = (app.agent("Ana").await, stranger(app).await);
    let filter = AuditFilter { agent: Some(stranger.1.id().clone()), ..AuditFilter::default() };
    assert!(lines(app, &filter).await.is_empty());
    let theirs = app.services.settings.read_audit(&stranger.0, &filter, None).await.expect("reads").lines;
    assert!(theirs.iter().any(|line| line.what == "Signed in"), "{theirs:?}");
});

/// Another tenant with an agent.
async fn stranger(app: &TestApp) -> (TenantId, handoff::server::accounts::Agent) {
    let (tenant, _) = app.other_tenant().await;
    let (agent, _) = app.person(&tenant, "Greta", Role::Agent).await;
    (tenant, agent)
}
