//! Authorisation: every route of the server against every kind of caller. A route without a row fails.
//!
//! `tenant_matrix/table.rs` is the table, with the rows of `first_words.rs` and `saved_replies.rs`;
//! `tenant_matrix/sessions_and_headers.rs` tests the checks that apply to all routes: request origin, sessions, headers.

mod first_words;
mod plant;
mod saved_replies;
mod sessions_and_headers;
mod table;

use axum::body::{Body, to_bytes};
use handoff::{
    contract::audit::AuditFilter,
    domain::{
        access::Role,
        account_link::Invited,
        desk::ItemBody,
        event::Initiator,
        ids::{
            AccountLinkId, AgentId, ChannelId, ConversationId, FlowId, HandoffId, KeywordId, MessageId, NoteId,
            OutcomeId, SavedReplyId, ScheduledId, SessionId,
        },
        keyword::Matching,
        message::File,
        model::ToolDefinition,
        settings::TextName,
    },
    server::{
        accounts::{Agent, CallerDevice, Reauthenticated},
        router::{ENDPOINTS, PAGES},
        settings::keywords::NewKeyword,
        simulator::{InboundContent, NewCustomer},
        store::handoffs,
    },
};
use http::{Method, Request, Response, StatusCode, header};
use leptos::server_fn::axum::server_fn_paths;

use crate::app::{PASSWORD, TestApp, on_both};
use first_words::FIRST_WORDS;
use plant::{plant_flow, plant_reply, plant_scheduled};
use saved_replies::SAVED_REPLIES;
use table::{Answer, Caller, ROUTES, Route};

/// Contained in all data of the first tenant that other tenants must never read.
const MARKER: &str = "Zebrafish7431";

/// Contained in data that only admins of the first tenant may read.
const ADMIN_MARKER: &str = "Quagga2209";

/// Names of the first tenant's tool and secret.
const TOOL: &str = "acme_orders";
const SECRET: &str = "ACME_ORDERS_KEY";

/// The ids of the first tenant's data, which other callers try to access.
struct Planted {
    conversation: ConversationId,
    message: MessageId,
    handoff: HandoffId,
    keyword: KeywordId,
    outcome: OutcomeId,
    reply: SavedReplyId,
    flow: FlowId,
    media: String,
    channel: ChannelId,
    agent: AgentId,
    /// A note of that agent.
    note: NoteId,
    /// A message of that agent that waits to be sent.
    scheduled: ScheduledId,
    /// Another session of that agent.
    session: SessionId,
    /// A member who is deactivated in the course of the test.
    leaver: AgentId,
    /// An invitation, and a link for a new password.
    invitation: AccountLinkId,
    link: AccountLinkId,
}

/// The cookies of the callers.
struct Cookies {
    agent: String,
    lead: String,
    admin: String,
    foreign_agent: String,
    foreign_admin: String,
}

impl Cookies {
    fn of(&self, caller: Caller) -> Option<&str> {
        match caller {
            Caller::Anonymous => None,
            Caller::Agent => Some(&self.agent),
            Caller::Lead => Some(&self.lead),
            Caller::Admin => Some(&self.admin),
            Caller::ForeignAgent => Some(&self.foreign_agent),
            Caller::ForeignAdmin => Some(&self.foreign_admin),
        }
    }
}

async fn plant(app: &TestApp, ana: &Agent) -> Planted {
    let settings = &app.services.settings;
    let rule = NewKeyword {
        phrase: format!("agent {MARKER}"),
        matching: Matching::Contains,
        language: None,
        channel: Some(app.channel.clone()),
    };
    let keyword = settings.keyword_add(&app.tenant, Initiator::SYSTEM, rule).await.expect("a keyword");
    let silent = NewKeyword {
        phrase: format!("never said {ADMIN_MARKER}"),
        matching: Matching::Whole,
        language: None,
        channel: None,
    };
    settings.keyword_add(&app.tenant, Initiator::SYSTEM, silent).await.expect("a keyword");
    let offline = format!("Nobody here at {ADMIN_MARKER}");
    settings.text_save(&app.tenant, Initiator::SYSTEM, TextName::Fallback, offline).await.expect("a text");
    let outcome =
        settings.outcome_add(&app.tenant, Initiator::SYSTEM, &format!("Sold {MARKER}")).await.expect("an outcome");
    let flow = plant_flow(app).await;
    let closing = format!("Bye from {MARKER}");
    settings.text_save(&app.tenant, Initiator::SYSTEM, TextName::Closing, closing).await.expect("a text");
    let tool = ToolDefinition {
        name: TOOL.to_owned(),
        description: format!("Looks up what {MARKER} and {ADMIN_MARKER} know."),
        url: "https://shop.example.com/".to_owned(),
        ..ToolDefinition::default()
    };
    settings.tool_save(&app.tenant, Reauthenticated::operator(), None, tool).await.expect("a tool");
    settings
        .secret_set(&app.tenant, Reauthenticated::operator(), SECRET, "shop.example.com", MARKER)
        .await
        .expect("a secret");
    let customer = app.meta.add_customer(NewCustomer::named(&format!("Maria {MARKER}"))).id;
    app.meta.customer_says(&customer, &format!("agent {MARKER} please")).expect("writes");
    app.settle().await;
    let photo = InboundContent::Image { media: None, caption: Some(format!("a photo of {MARKER}")) };
    app.meta.say(&customer, photo.into()).expect("writes");
    app.settle().await;
    let conversation = app.only_row(ana).await.id;
    let conversations = &app.services.conversations;
    conversations.write_note(ana, &conversation, "planted", &format!("A note about {MARKER}")).await.expect("a note");
    let (mut messages, mut notes) = (Vec::new(), Vec::new());
    for item in app.thread(ana, &conversation).await.items {
        match item.body {
            ItemBody::Message(message) => messages.push(*message),
            ItemBody::Note(note) => notes.push(note.id),
            ItemBody::Line(_) => {}
        }
    }
    let media = messages
        .iter()
        .find_map(|message| match &message.file {
            Some(File::Kept { url, .. }) => Some(url.trim_start_matches("/media/").to_owned()),
            _ => None,
        })
        .expect("the photo is kept");
    let accounts = &app.services.accounts;
    let invited =
        Invited { email: "dana@acme.test".to_owned(), name: format!("Dana {ADMIN_MARKER}"), role: Role::Agent };
    accounts.invite(&app.tenant, Reauthenticated::operator(), invited).await.expect("an invitation");
    let (leaver, _) = app.agent("Lea").await;
    let leaver = leaver.id().clone();
    accounts.make_password_link(&app.tenant, Reauthenticated::operator(), &leaver).await.expect("a link");
    let team = accounts.team(&app.tenant).await.expect("reads");
    let link = team.members.iter().find_map(|member| member.password_link.as_ref()).expect("a link").id.clone();
    Planted {
        conversation,
        message: messages[0].id.clone(),
        handoff: only_handoff(app, &app.only_row(ana).await.id).await,
        keyword,
        outcome,
        reply: plant_reply(app).await,
        flow,
        media,
        channel: app.channel.clone(),
        agent: ana.id().clone(),
        note: notes.remove(0),
        scheduled: plant_scheduled(app, ana).await,
        session: second_session(app, ana).await,
        leaver,
        invitation: team.invitations[0].id.clone(),
        link,
    }
}

async fn only_handoff(app: &TestApp, conversation: &ConversationId) -> HandoffId {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let all = handoffs::of(&mut tx, &app.tenant, conversation).await.expect("reads");
    all.into_iter().next().expect("a handoff").handoff.id
}

async fn second_session(app: &TestApp, person: &Agent) -> SessionId {
    let accounts = &app.services.accounts;
    let new = accounts.sign_in(person.email(), PASSWORD.to_owned(), &CallerDevice::default(), None).await;
    let agent = accounts.signed_in(&new.expect("signs in").token).await.expect("looks up").expect("is signed in");
    agent.session_id().clone()
}

impl Planted {
    /// Replaces the placeholders of a row with the planted ids.
    fn fill(&self, template: &str) -> String {
        template
            .replace("{conversation}", self.conversation.as_str())
            .replace("{message}", self.message.as_str())
            .replace("{handoff}", self.handoff.as_str())
            .replace("{keyword}", self.keyword.as_str())
            .replace("{outcome}", self.outcome.as_str())
            .replace("{outcome_name}", &format!("Sold%20{MARKER}"))
            .replace("{reply}", self.reply.as_str())
            .replace("{flow}", self.flow.as_str())
            .replace("{media}", &self.media)
            .replace("{channel}", self.channel.as_str())
            .replace("{agent}", self.agent.as_str())
            .replace("{note}", self.note.as_str())
            .replace("{scheduled}", self.scheduled.as_str())
            .replace("{session}", self.session.as_str())
            .replace("{leaver}", self.leaver.as_str())
            .replace("{invitation}", self.invitation.as_str())
            .replace("{link}", self.link.as_str())
            .replace("{tool}", TOOL)
            .replace("{secret}", SECRET)
    }
}

/// A request from our own page, unless `origin` says otherwise.
fn request(app: &TestApp, method: &Method, target: &str, form: &str, cookie: Option<&str>) -> Request<Body> {
    let host = app.address.to_string();
    let mut request = Request::builder()
        .method(method.clone())
        .uri(target)
        .header(header::HOST, &host)
        .header(header::ORIGIN, format!("http://{host}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    if method == Method::GET {
        // Like a browser that opens an address: only then the answer is a redirect.
        request = request.header(header::ACCEPT, "text/html");
    }
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, cookie);
    }
    request.body(Body::from(form.to_owned())).expect("a request")
}

async fn text(response: Response<Body>) -> String {
    let bytes = to_bytes(response.into_body(), 8 * 1024 * 1024).await.expect("a whole body");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Every row of the table. What ends sessions comes last.
fn all_rows() -> impl Iterator<Item = &'static Route> {
    FIRST_WORDS.iter().chain(SAVED_REPLIES).chain(ROUTES)
}

/// Every route: endpoints, pages, server functions.
fn every_route() -> Vec<(String, String)> {
    let mut routes: Vec<(String, String)> =
        ENDPOINTS.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    for page in PAGES.iter() {
        routes.push(("GET".to_owned(), page.path().to_owned()));
    }
    routes.extend(server_fn_paths().map(|(path, method)| (method.to_string(), path.to_owned())));
    routes.sort();
    routes.dedup();
    routes
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_stands_in_the_table_and_nothing_else_does() {
    let routes = every_route();
    let mut rows: Vec<(String, String)> =
        all_rows().map(|route| (route.method.to_owned(), route.path.to_owned())).collect();
    rows.sort();
    let missing: Vec<_> = routes.iter().filter(|route| !rows.contains(route)).collect();
    assert!(missing.is_empty(), "routes without a row in tenant_matrix/table.rs: {missing:#?}");
    let stale: Vec<_> = rows.iter().filter(|row| !routes.contains(row)).collect();
    assert!(stale.is_empty(), "rows without a route: {stale:#?}");
}

on_both!(every_route_answers_everybody_as_the_table_says, threads = 4, async |app| {
    let (ana, agent) = app.agent("Ana").await;
    let (_, lead) = app.person(&app.tenant, "Lou", Role::Lead).await;
    let (_, admin) = app.admin().await;
    let (other, _) = app.other_tenant().await;
    let (_, foreign_agent) = app.person(&other, "Eve", Role::Agent).await;
    let (_, foreign_admin) = app.person(&other, "Mallory", Role::Admin).await;
    let cookies = Cookies { agent, lead, admin, foreign_agent, foreign_admin };
    let planted = plant(app, &ana).await;
    let mut wrong = Vec::new();
    // Other tenants and anonymous callers first: they must change nothing.
    let before = snapshot(app, &ana, &planted).await;
    for caller in [Caller::Anonymous, Caller::ForeignAgent, Caller::ForeignAdmin] {
        for route in all_rows() {
            check_route(app, &planted, &cookies, caller, route, &mut wrong).await;
        }
        app.settle().await;
        assert_eq!(snapshot(app, &ana, &planted).await, before, "{caller:?} changed something");
    }
    for caller in [Caller::Agent, Caller::Lead, Caller::Admin] {
        for route in all_rows() {
            check_route(app, &planted, &cookies, caller, route, &mut wrong).await;
        }
    }
    assert!(wrong.is_empty(), "{} findings:\n{}", wrong.len(), wrong.join("\n"));
    app.settle().await;
});

/// All data of the first tenant that other callers could have changed.
async fn snapshot(app: &TestApp, ana: &Agent, planted: &Planted) -> String {
    let thread = app.thread(ana, &planted.conversation).await;
    let audit = app.services.settings.read_audit(&app.tenant, &AuditFilter::default(), None).await.expect("reads");
    let tenant = app.services.settings.tenant(&app.tenant).await.expect("reads");
    let flow = app.services.settings.read_flow(&app.tenant, &planted.flow).await.expect("reads");
    let bot = app.services.settings.read_bot(&app.tenant).await.expect("reads");
    let keywords = app.services.settings.read_keywords(&app.tenant).await.expect("reads");
    let outcomes = app.services.settings.read_outcomes(&app.tenant).await.expect("reads");
    let replies = app.services.settings.read_saved_replies(ana, None).await.expect("reads");
    let team = app.services.accounts.team(&app.tenant).await.expect("reads");
    let prices = app.services.settings.read_prices(&app.tenant).await.expect("reads");
    let kept = format!("{keywords:?} {outcomes:?} {replies:?} {team:?} {prices:?}");
    format!("{thread:?} {audit:?} {:?} {flow:?} {bot:?} {kept}", tenant.settings)
}

async fn check_route(
    app: &TestApp,
    planted: &Planted,
    cookies: &Cookies,
    caller: Caller,
    route: &Route,
    wrong: &mut Vec<String>,
) {
    let mut cookie = cookies.of(caller).map(str::to_owned);
    if route.path == "/api/sign_out" && cookie.is_some() {
        // Uses its own session, because this call ends it.
        let token = app.services.callers.token(&headers_with(cookie.as_deref())).expect("a cookie");
        let who = app.services.accounts.signed_in(&token).await.expect("reads").expect("signed in");
        let from = CallerDevice::default();
        let new = app.services.accounts.sign_in(who.email(), PASSWORD.to_owned(), &from, None).await;
        cookie = Some(format!("handoff={}", new.expect("signs in").token));
    }
    let method: Method = route.method.parse().expect("a method");
    let target = planted.fill(route.target);
    let form = planted.fill(route.form);
    let response = app.send(request(app, &method, &target, &form, cookie.as_deref())).await;
    let (status, place) = (response.status(), location(&response));
    let expected = route.expects(caller);
    let label = format!("{} {} as {caller:?}", route.method, route.path);
    if !expected.fits(status, &place) {
        let body = if route.path == "/live" { String::new() } else { text(response).await };
        let body: String = body.chars().take(160).collect();
        wrong.push(format!("{label}: {status} {place} instead of {expected:?}: {body}"));
        return;
    }
    let is_stranger = matches!(caller, Caller::Anonymous | Caller::ForeignAgent | Caller::ForeignAdmin);
    // A stream never ends; the frames that other tenants receive are tested in `desk_law`.
    if caller == Caller::Admin || route.path == "/live" {
        return;
    }
    let said = text(response).await;
    if is_stranger && said.contains(MARKER) {
        wrong.push(format!("{label}: the answer holds what is not theirs: {}", around(&said, MARKER)));
    }
    if said.contains(ADMIN_MARKER) {
        wrong.push(format!("{label}: the answer holds what only admins may read: {}", around(&said, ADMIN_MARKER)));
    }
}

/// The words of an answer in which a marker was found.
fn around(answer: &str, marker: &str) -> String {
    let (before, after) = answer.split_once(marker).expect("it is there");
    let before: String = before.chars().rev().take(80).collect::<Vec<_>>().into_iter().rev().collect();
    let after: String = after.chars().take(40).collect();
    format!("…{before}{marker}{after}…")
}

fn headers_with(cookie: Option<&str>) -> http::HeaderMap {
    let mut headers = http::HeaderMap::new();
    if let Some(cookie) = cookie {
        headers.insert(header::COOKIE, cookie.parse().expect("a cookie"));
    }
    headers
}

fn location(response: &Response<Body>) -> String {
    response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

impl Answer {
    fn fits(self, status: StatusCode, location: &str) -> bool {
        match self {
            Self::Status(expected) => status.as_u16() == expected,
            Self::To(address) => status == StatusCode::FOUND && location.starts_with(address),
        }
    }
}
