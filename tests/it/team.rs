//! The team: who may sign in and with which role, what becomes of the conversations of a member who leaves, one-time
//! links, and the same from the command line.

mod commands;
mod deactivated;
mod invited;
mod links_end;
mod roles;

use axum::body::{Body, to_bytes};
use handoff::{
    contract::{account_link::NewLink, audit::AuditFilter},
    domain::{
        access::Role,
        account_link::Invited,
        ids::{AgentId, TenantId},
    },
    server::accounts::{Admin, Agent, CallerDevice, Reauthenticated, members::MemberError},
};
use http::{Request, StatusCode, header};

use crate::app::{PASSWORD, TestApp};

/// Passwords that nobody has had.
const NEW_PASSWORD: &str = "correct-Lantern-41-river";
const OTHER_PASSWORD: &str = "violet-Anchor-87-meadow";

/// An admin who entered their password less than ten minutes ago.
fn by(app: &TestApp, admin: &Agent) -> Reauthenticated {
    let admin = Admin::of(admin.clone()).expect("an admin");
    app.services.accounts.reauthenticated(&admin, None).expect("a fresh password")
}

/// The device of a person who signs in.
fn here() -> CallerDevice {
    CallerDevice::at([127, 0, 0, 1].into())
}

/// Signs a person in again. Returns the agent as that session and its cookie.
async fn again(app: &TestApp, person: &Agent) -> (Agent, String) {
    let accounts = &app.services.accounts;
    let new = accounts.sign_in(person.email(), PASSWORD.to_owned(), &here(), None).await.expect("signs in");
    let agent = accounts.signed_in(&new.token).await.expect("looks up").expect("is signed in");
    (agent, format!("handoff={}", new.token))
}

fn email_of(app: &TestApp, name: &str) -> String {
    format!("{}@{}.test", name.to_lowercase(), app.tenant.as_str().to_lowercase().replace('_', "-"))
}

/// The token of a link, which is the end of its address.
fn token_of(link: &NewLink) -> String {
    link.url.rsplit('/').next().expect("an address").to_owned()
}

async fn invite(app: &TestApp, admin: &Agent, name: &str, role: Role) -> Result<NewLink, MemberError> {
    let invited = Invited { email: email_of(app, name), name: name.to_owned(), role };
    app.services.accounts.invite(&app.tenant, by(app, admin), invited).await
}

/// An answer of the server: status, session cookie if one was set, and text.
struct Told {
    status: StatusCode,
    cookie: Option<String>,
    referrer_policy: String,
    text: String,
}

async fn told(app: &TestApp, request: Request<Body>) -> Told {
    let response = app.send(request).await;
    let header = |name: header::HeaderName| {
        response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    let cookie = header(header::SET_COOKIE).split(';').next().filter(|cookie| !cookie.is_empty()).map(str::to_owned);
    let (status, referrer_policy) = (response.status(), header(header::REFERRER_POLICY));
    let bytes = to_bytes(response.into_body(), 8 * 1024 * 1024).await.expect("a whole body");
    Told { status, cookie, referrer_policy, text: String::from_utf8_lossy(&bytes).into_owned() }
}

/// Calls a server function as our own page does.
async fn call(app: &TestApp, cookie: Option<&str>, function: &str, form: &str) -> Told {
    let host = app.address.to_string();
    let mut request = Request::post(format!("/api/{function}"))
        .header(header::HOST, &host)
        .header(header::ORIGIN, format!("http://{host}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, cookie);
    }
    told(app, request.body(Body::from(form.to_owned())).expect("a request")).await
}

/// Opens a page without a session.
async fn page(app: &TestApp, path: &str) -> Told {
    let request = Request::get(path).header(header::HOST, app.address.to_string()).header(header::ACCEPT, "text/html");
    told(app, request.body(Body::empty()).expect("a request")).await
}

/// Whether the session of a cookie is valid.
async fn is_signed_in(app: &TestApp, cookie: &str) -> bool {
    match call(app, Some(cookie), "calls", "").await.status {
        StatusCode::OK => true,
        StatusCode::UNAUTHORIZED => false,
        other => panic!("{other}"),
    }
}

async fn can_sign_in(app: &TestApp, email: &str, password: &str) -> bool {
    app.services.accounts.sign_in(email, password.to_owned(), &here(), None).await.is_ok()
}

/// The lines of the audit log that a tenant's admins read: who, what and about whom, oldest first.
async fn audit(app: &TestApp, tenant: &TenantId) -> Vec<(String, String, Option<String>)> {
    let page = app.services.settings.read_audit(tenant, &AuditFilter::default(), None).await.expect("reads");
    page.lines.into_iter().rev().map(|line| (line.who, line.what, line.about)).collect()
}

fn line(who: &str, what: &str, about: Option<&str>) -> (String, String, Option<String>) {
    (who.to_owned(), what.to_owned(), about.map(str::to_owned))
}

/// The names of the members who may sign in, and whether each is an admin.
async fn active(app: &TestApp) -> Vec<(String, bool)> {
    let team = app.services.accounts.team(&app.tenant).await.expect("reads");
    let active = team.members.into_iter().filter(|member| member.active);
    active.map(|member| (member.name, member.role == Role::Admin)).collect()
}

fn stranger() -> AgentId {
    "agt_01JXXXXXXXXXXXXXXXXXXXXXXX".into()
}
