//! The checklist of a new company: what is done is read from its own database rows, and it goes away.

use handoff::{
    contract::desk::{Asides, SetupStep},
    domain::{
        access::Role,
        calendar::{Calendar, Interval},
        event::Initiator,
        ids::TenantId,
    },
    server::accounts::Agent,
};
use http::StatusCode;

use crate::{
    app::{TestApp, on_both},
    bot_settings::{page, post},
    meta,
};

async fn steps(app: &TestApp, agent: &Agent) -> Vec<SetupStep> {
    let calls = app.services.live.calls(agent).await.expect("the layout's data");
    Asides::read(&calls.asides).setup
}

async fn done(app: &TestApp, agent: &Agent) -> Vec<bool> {
    steps(app, agent).await.iter().map(|step| step.is_done).collect()
}

async fn set_hours(app: &TestApp, tenant: &TenantId) {
    let mut calendar = Calendar::default();
    calendar.weekly[0] = vec![Interval { from: 540, to: 1_020 }];
    app.services.settings.hours_save(tenant, Initiator::SYSTEM, calendar).await.expect("saves");
}

on_both!(each_step_is_done_by_what_the_company_has, async |app| {
    // given a company with a number and one admin
    let (admin, _) = app.admin().await;
    assert_eq!(done(app, &admin).await, [true, false, false, false, false]);
    // another company's steps change nothing here
    let (theirs, _) = app.other_tenant().await;
    let (greta, _) = app.person(&theirs, "Greta", Role::Admin).await;
    set_hours(app, &theirs).await;
    app.person(&theirs, "Gus", Role::Agent).await;
    assert_eq!(done(app, &greta).await, [true, false, false, true, true]);
    assert_eq!(done(app, &admin).await, [true, false, false, false, false]);
    // when each step is taken, then it is done
    let body = meta::text("4915550001", "wamid.first", app.now(), "Hello");
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
    app.drain().await;
    assert_eq!(done(app, &admin).await, [true, true, false, false, false]);
    app.keyword("agent").await;
    assert_eq!(done(app, &admin).await, [true, true, true, false, false]);
    set_hours(app, &app.tenant).await;
    assert_eq!(done(app, &admin).await, [true, true, true, true, false]);
    // and after the last one there is no checklist
    app.agent("Ana").await;
    assert_eq!(steps(app, &admin).await, []);
});

on_both!(a_company_that_is_not_new_sees_no_checklist, async |app| {
    let (admin, _) = app.admin().await;
    let write = async |n: usize| {
        let body = meta::text(&format!("4915550{n:03}"), &format!("wamid.{n}"), app.now(), "Hello");
        assert_eq!(app.webhook(&body).await, StatusCode::OK);
    };
    // given a company with almost as many conversations as no new one has
    for n in 0..99 {
        write(n).await;
    }
    app.drain().await;
    assert!(!steps(app, &admin).await.is_empty());
    // when it has one more, then it is not new
    write(99).await;
    app.drain().await;
    assert_eq!(steps(app, &admin).await, []);
});

on_both!(only_admins_get_links_and_dismiss_the_checklist, async |app| {
    let ((admin, admins), (ana, anas)) = (app.admin().await, app.agent("Ana").await);
    let links = |steps: Vec<SetupStep>| steps.into_iter().filter_map(|step| step.href).collect::<Vec<_>>();
    assert_eq!(links(steps(app, &admin).await), ["/admin/keywords", "/admin/hours", "/admin/team"]);
    assert_eq!(links(steps(app, &ana).await), [] as [&str; 0]);
    // the page has it before any script runs
    let (for_admin, for_agent) = (page(app, &admins, "/conversations").await, page(app, &anas, "/conversations").await);
    assert!(for_admin.contains("Set your opening hours") && for_admin.contains("href=\"/admin/hours\""));
    assert!(for_agent.contains("Set your opening hours") && !for_agent.contains("href=\"/admin/hours\""));
    // an agent cannot dismiss it, an admin does for everybody
    assert_eq!(post(app, &anas, "dismiss_setup", "").await.0, StatusCode::FORBIDDEN);
    assert!(!steps(app, &admin).await.is_empty());
    assert_eq!(post(app, &admins, "dismiss_setup", "").await.0, StatusCode::OK);
    assert_eq!((steps(app, &admin).await, steps(app, &ana).await), (Vec::new(), Vec::new()));
});
