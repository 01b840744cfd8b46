//! Fills a database with everything that an upgrade has to carry over: conversations in every state, flows that wait,
//! pending jobs, outbox rows that are queued and leased, sealed secrets, merged customers, unread webhooks.

mod pending;
mod settled;

use std::cell::Cell;

use handoff::{
    contract::flow::NewFlow,
    domain::{
        calendar::{Calendar, Interval},
        desk::Row,
        flow::definition::{
            Choice, Close, Expect, Flow, HandoffStep, Header as HttpHeader, Http, Keep, Model, Question, Say, Start,
            Step, StepKind,
        },
        ids::{FlowId, TenantId},
        keyword::Matching,
        model::{ToolDefinition, ToolHeader},
        settings::{ReadPolicy, TextName},
        time::{Span, Timestamp},
    },
    server::{
        accounts::{Agent, Reauthenticated},
        settings::{keywords::NewKeyword, targets::Targets},
    },
};
use http::{Request, StatusCode, header};
use serde_json::{Value, json};

use super::customers::{CLOSING, Customer, MODEL_KEY, QUESTION, SHOP_SECRET};
use crate::{
    app::{RESTARTED, TestApp},
    meta,
    provider::Provider,
    shop::Open,
};

/// What calls a person.
const KEYWORD: &str = "agent";

/// When the server is killed.
const KILLED_AT: Timestamp = RESTARTED.minus(Span::seconds(10));

/// A company at work, and the servers that it asks.
struct Life<'a> {
    app: &'a TestApp,
    provider: Provider,
    _shop: Open,
    ana: Agent,
    ben: Agent,
    flow: FlowId,
    wamids: Cell<u32>,
}

/// Fills an empty database. Returns the token of Ana's session.
pub async fn fill(app: &TestApp) -> String {
    let (life, session) = Life::begin(app).await;
    settled::settle(&life).await;
    pending::leave_pending(&life).await;
    assert_eq!(app.now(), KILLED_AT);
    session
}

impl<'a> Life<'a> {
    /// The company with its settings, and the token of Ana's session.
    async fn begin(app: &'a TestApp) -> (Life<'a>, String) {
        let (provider, shop) = (Provider::at("127.0.0.1").await, Open::new().await);
        let ada = app.admin().await.0;
        let (ana, cookie) = app.agent("Ana").await;
        let session = cookie.strip_prefix("handoff=").expect("the cookie's name").to_owned();
        let ben = app.agent("Ben").await.0;
        app.services.accounts.set_away(&ben, true).await.expect("is away");
        settings(app, &ada, &provider, &shop).await;
        let flow = orders(app, &ada, &shop).await;
        (Self { app, provider, _shop: shop, ana, ben, flow, wamids: Cell::new(0) }, session)
    }

    /// Meta's id of the next message.
    fn wamid(&self) -> String {
        self.wamids.set(self.wamids.get() + 1);
        format!("wamid.before.{}", self.wamids.get())
    }

    /// A message of a customer's is in the journal.
    async fn posts(&self, customer: Customer, mut body: Value) {
        let (phone, name) = customer;
        let user = format!("DE.{phone}");
        body["id"] = json!(self.wamid());
        body["from"] = json!(phone);
        body["from_user_id"] = json!(user);
        body["timestamp"] = json!((self.app.now().0 / 1_000).to_string());
        let contact = json!({"profile": {"name": name}, "wa_id": phone, "user_id": user});
        self.receives(&meta::envelope(json!({"contacts": [contact], "messages": [body]}))).await;
    }

    async fn receives(&self, body: &Value) {
        assert_eq!(self.app.webhook(body).await, StatusCode::OK);
    }

    async fn reads_journal(&self) {
        while self.app.services.projector.run_once().await.expect("projects") > 0 {}
    }

    /// A customer writes, and everything that follows happens.
    async fn says(&self, customer: Customer, words: &str) {
        self.app.turn(Span::seconds(1));
        self.posts(customer, text(words)).await;
        self.settles().await;
    }

    async fn settles(&self) {
        self.app.settle().await;
        // The time that the model waits for the rest of what is typed.
        self.app.turn(Span::seconds(2));
        self.app.settle().await;
    }

    /// A customer writes, and it is decided what follows; nothing of that happens.
    async fn writes(&self, customer: Customer, words: &str) {
        self.app.turn(Span::seconds(1));
        self.posts(customer, text(words)).await;
        self.reads_journal().await;
        self.app.services.bot.turns_once().await.expect("turns");
    }

    /// The customer's newest conversation.
    async fn row(&self, customer: Customer) -> Row {
        let mut rows = self.app.rows(&self.ana).await;
        rows.retain(|row| row.name == customer.1);
        rows.sort_by(|one, other| (one.started_at, &one.id).cmp(&(other.started_at, &other.id)));
        rows.pop().unwrap_or_else(|| panic!("{customer:?} is in the list"))
    }

    /// Asks for a person, and gets one.
    async fn claimed(&self, agent: &Agent, customer: Customer) {
        self.says(customer, "I need an agent").await;
        let id = self.row(customer).await.id;
        self.app.services.conversations.claim(agent, &id).await.expect("claims");
    }

    /// An agent answers; nothing is sent yet.
    async fn replies(&self, agent: &Agent, customer: Customer, words: &str) {
        let id = self.row(customer).await.id;
        self.app.services.conversations.reply(agent, &id, words, words, None).await.expect("replies");
    }

    async fn closes(&self, agent: &Agent, customer: Customer) {
        let row = self.row(customer).await;
        self.app.services.conversations.close(agent, &row.id, row.last_turn).await.expect("closes");
        self.settles().await;
    }
}

fn text(words: &str) -> Value {
    json!({"type": "text", "text": {"body": words}})
}

/// Posts a webhook of the other tenant's app.
async fn other_webhook(app: &TestApp, body: &Value) {
    let body = body.to_string().into_bytes();
    let request = Request::post("/webhooks/whatsapp/globex-app")
        .header("x-hub-signature-256", meta::signature("globex-app-secret", &body))
        .header(header::CONTENT_TYPE, "application/json")
        .body(axum::body::Body::from(body))
        .expect("a request");
    assert_eq!(app.send(request).await.status(), StatusCode::OK);
}

async fn settings(app: &TestApp, ada: &Agent, provider: &Provider, shop: &Open) {
    let (settings, tenant) = (&app.services.settings, &app.tenant);
    let admin = || ada.initiator(None);
    settings.text_save(tenant, admin(), TextName::Closing, CLOSING.to_owned()).await.expect("a text");
    let whole_day = vec![Interval { from: 0, to: 1440 }];
    let calendar = Calendar { weekly: std::array::from_fn(|_| whole_day.clone()), ..Calendar::default() };
    settings.hours_save(tenant, admin(), calendar).await.expect("hours");
    let targets = Targets {
        waiting_target: Some(Span::minutes(3)),
        zone: Some("Europe/Lisbon".to_owned()),
        read_policy: Some(ReadPolicy::OnOpen),
        ..Targets::default()
    };
    settings.targets_save(tenant, admin(), targets).await.expect("targets");
    for (phrase, language) in [(KEYWORD, None), ("mitarbeiter", Some("de".to_owned()))] {
        let matching = Matching::Contains;
        let rule = NewKeyword { phrase: phrase.to_owned(), matching, language, channel: None };
        settings.keyword_add(tenant, admin(), rule).await.expect("a keyword");
    }
    settings
        .secret_set(tenant, Reauthenticated::operator(), "SHOP", &shop.origin(), SHOP_SECRET)
        .await
        .expect("a secret");
    let tool = ToolDefinition {
        name: "order_status".to_owned(),
        description: "Looks an order up.".to_owned(),
        schema: json!({"type": "object", "properties": {"order": {"type": "string"}}, "required": ["order"]}),
        url: format!("{}/{{{{ order }}}}", shop.orders()),
        headers: vec![ToolHeader { name: "Authorization".into(), value: "Bearer {{ secret.SHOP }}".into() }],
        ..ToolDefinition::default()
    };
    settings.tool_save(tenant, Reauthenticated::operator(), None, tool).await.expect("a tool");
    settings
        .model_save(tenant, Reauthenticated::operator(), provider.settings(), Some(MODEL_KEY))
        .await
        .expect("a model");
}

/// The flow about orders is live, the one about appointments is a draft.
async fn orders(app: &TestApp, ada: &Agent, shop: &Open) -> FlowId {
    let (settings, tenant) = (&app.services.settings, &app.tenant);
    let admin = || ada.initiator(None);
    let json = serde_json::to_string(&flow(&shop.orders())).expect("JSON");
    let id = settings.flow_create(tenant, admin(), NewFlow::Import { json }).await.expect("a flow");
    publish(app, tenant, ada, &id).await;
    app.turn(Span::seconds(1));
    let sample = NewFlow::Sample { key: "appointment".to_owned() };
    settings.flow_create(tenant, admin(), sample).await.expect("another flow");
    id
}

async fn publish(app: &TestApp, tenant: &TenantId, ada: &Agent, id: &FlowId) {
    let revision = app.services.settings.read_flow(tenant, id).await.expect("reads").revision;
    app.services.settings.flow_publish(tenant, ada.initiator(None), id, revision).await.expect("publishes");
}

fn flow(orders: &str) -> Flow {
    let step = |id: &str, act| Step { id: id.into(), name: String::new(), act };
    let number = Question {
        text: QUESTION.into(),
        variable: "order".into(),
        expect: Expect::Pattern { pattern: "[0-9]{5}".into(), example: "10042".into() },
        retries: 1,
        retry_text: "An order number has five digits.".into(),
        patience: Some(Span::minutes(60)),
        on_failure: Vec::new(),
    };
    let not_found = HandoffStep { reason: "Order {{ order }} not found".into(), ..HandoffStep::default() };
    let look_up = Http {
        url: format!("{orders}/{{{{ order }}}}"),
        headers: vec![HttpHeader { name: "Authorization".into(), value: "Bearer {{ secret.SHOP }}".into() }],
        keep: vec![Keep { pointer: "/status".into(), variable: "status".into() }],
        on_failure: vec![step("not_found", StepKind::Handoff(not_found))],
        ..Http::default()
    };
    let option = |id: &str, title: &str, act| Choice {
        id: id.into(),
        title: title.into(),
        description: String::new(),
        steps: vec![step(&format!("{id}_step"), act)],
    };
    let advice = Model { instructions: "Advise on sizes.".into(), ..Model::default() };
    let more = Question {
        text: "Anything else?".into(),
        variable: "more".into(),
        expect: Expect::Choice {
            options: vec![
                option("no", "No, thank you", StepKind::Close(Close { text: "Bye.".into() })),
                option("advice", "Advice, please", StepKind::Model(advice)),
            ],
        },
        retries: 1,
        retry_text: String::new(),
        patience: None,
        on_failure: Vec::new(),
    };
    Flow {
        name: "Orders".into(),
        starts: vec![Start::Phrase { phrase: "order".into(), matching: Matching::Whole }],
        steps: vec![
            step("number", StepKind::Question(number)),
            step("look_up", StepKind::Http(look_up)),
            step("tell", StepKind::Message(Say::Text { text: "Order {{ order }} is {{ status }}.".into() })),
            step("more", StepKind::Question(more)),
            step("end", StepKind::Close(Close { text: "Take care.".into() })),
        ],
        resume: Some("more".into()),
        ..Flow::default()
    }
}
