//! The language model in real conversations: its input, its tools, how each fault escalates, and that no customer is
//! answered twice, partially, or while an agent owns the conversation.

mod bursts;
mod close;
mod concurrency;
mod faults;
mod held;
mod nodes;
mod ownership;
mod peer;
mod steps;
mod tools;
mod written;

use std::cell::Cell;

use handoff::{
    domain::{
        desk::{ItemBody, RowState},
        dossier::CallStatus,
        event::Event,
        flow::definition::Flow,
        handoff::{Failure, Trigger},
        ids::{ConversationId, Seq},
        message::Author,
        model::{ModelSettings, ToolDefinition, ToolHeader},
        time::Span,
    },
    server::{
        accounts::Agent,
        bot::Bot,
        conversations::ConversationError,
        seal::SealedField,
        store::{
            entries,
            facts::{self, CallRow},
            flows,
            handoffs::{self, PastHandoffRow},
            secrets, tools as tool_store,
        },
    },
};
use http::StatusCode;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::{
    app::{TestApp, on_both},
    meta,
    provider::{Act, KEY, Provider, call, hold, reply, sealed},
    shop::Open,
};

const SECRET: &str = "shop-secret-4711";

/// A tenant with a model, a shop API that the model may call, and an agent.
struct Stage<'a> {
    app: &'a TestApp,
    provider: Provider,
    shop: Open,
    ana: Agent,
    /// Number of the customer who writes.
    customer: Cell<u32>,
}

impl<'a> Stage<'a> {
    async fn new(app: &'a TestApp) -> Self {
        Self::with(app, |_| {}).await
    }

    /// With changed model settings.
    async fn with(app: &'a TestApp, change: impl FnOnce(&mut ModelSettings)) -> Self {
        let (provider, shop) = (Provider::at("127.0.0.1").await, Open::new().await);
        let mut settings = provider.settings();
        change(&mut settings);
        provider.serves(app, &settings).await;
        let tool = ToolDefinition {
            name: "order_status".to_owned(),
            description: "Looks an order up.".to_owned(),
            schema: json!({"type": "object", "properties": {"order": {"type": "string"}}, "required": ["order"],
                "additionalProperties": false}),
            url: format!("{}/{{{{ order }}}}", shop.orders()),
            headers: vec![ToolHeader { name: "Authorization".into(), value: "Bearer {{ secret.SHOP }}".into() }],
            ..ToolDefinition::default()
        };
        assert_eq!(tool.fault(), None);
        let value = sealed(SealedField::Named(&app.tenant, "SHOP"), SECRET);
        let mut tx = app.services.db.begin_write().await.expect("a transaction");
        tool_store::save(&mut tx, &app.tenant, &tool).await.expect("saves");
        secrets::save(&mut tx, &app.tenant, "SHOP", &value, &[shop.origin()], app.now()).await.expect("saves");
        tx.commit().await.expect("commits");
        let (ana, _) = app.agent("Ana").await;
        Self { app, provider, shop, ana, customer: Cell::new(1) }
    }

    /// The customer's message is stored and its turn is decided; no model was called yet.
    async fn arrives(&self, wamid: &str, words: &str) {
        self.comes(wamid, text(words)).await;
    }

    async fn comes(&self, wamid: &str, body: Value) {
        self.store_message(wamid, body).await;
        self.bot().turns_once().await.expect("turns");
    }

    /// The customer's message is stored, and no turn has run.
    async fn store_message(&self, wamid: &str, body: Value) {
        let body = meta::message(&format!("49155500{:02}", self.customer.get()), wamid, self.app.now(), body);
        assert_eq!(self.app.webhook(&body).await, StatusCode::OK);
        while self.app.services.projector.run_once().await.expect("projects") > 0 {}
    }

    /// The customer writes, stops typing, and all resulting work runs.
    async fn says(&self, wamid: &str, words: &str) {
        self.app.turn(Span::seconds(1));
        self.arrives(wamid, words).await;
        self.goes_on().await;
    }

    /// The waiting time for further messages passes, and all due work runs.
    async fn goes_on(&self) {
        self.app.settle().await;
        self.app.turn(Span::seconds(2));
        self.app.settle().await;
    }

    /// Starts the model's turn in the background.
    fn start_turn(&self) -> JoinHandle<Result<usize, ConversationError>> {
        self.app.turn(Span::seconds(2));
        let bot = self.bot().clone();
        tokio::spawn(async move { bot.models_once().await })
    }

    async fn finish_turn(&self, turn: JoinHandle<Result<usize, ConversationError>>) {
        assert_eq!(turn.await.expect("no panic").expect("settles"), 1);
    }

    fn bot(&self) -> &Bot {
        &self.app.services.bot
    }

    /// Another customer writes from now on.
    fn next_customer(&self) {
        self.customer.set(self.customer.get() + 1);
    }

    /// The newest conversation.
    async fn id(&self) -> ConversationId {
        let mut tx = self.app.services.db.begin_read().await.expect("a view");
        let log = entries::since(&mut tx, &self.app.tenant, Seq(0), 10_000).await.expect("reads");
        log.into_iter().rev().find_map(|entry| entry.conversation).expect("a conversation")
    }

    async fn state(&self) -> RowState {
        self.app.thread(&self.ana, &self.id().await).await.row.state
    }

    /// The messages that the customer received, from the bot and from the tenant's own texts.
    async fn told(&self) -> Vec<(Author, String)> {
        let items = self.app.thread(&self.ana, &self.id().await).await.items;
        items
            .into_iter()
            .filter_map(|item| match item.body {
                ItemBody::Message(it) if !it.author.is_customer() => Some((it.author, it.content.preview())),
                _ => None,
            })
            .collect()
    }

    /// The bot's messages only.
    async fn answers(&self) -> Vec<String> {
        self.told().await.into_iter().filter(|(author, _)| *author == Author::Bot).map(|(_, words)| words).collect()
    }

    /// The tenant's notices only.
    async fn notices(&self) -> Vec<String> {
        self.told().await.into_iter().filter(|(author, _)| *author == Author::System).map(|(_, words)| words).collect()
    }

    /// The tenant's notice for times when no agent is online.
    async fn notice(&self) -> String {
        let tenant = self.app.services.settings.tenant(&self.app.tenant).await.expect("a tenant");
        tenant.settings.texts.notice_offline
    }

    async fn handoffs(&self) -> Vec<PastHandoffRow> {
        let mut tx = self.app.services.db.begin_read().await.expect("a view");
        handoffs::of(&mut tx, &self.app.tenant, &self.id().await).await.expect("reads")
    }

    /// The only handoff.
    async fn handoff(&self) -> PastHandoffRow {
        let mut past = self.handoffs().await;
        assert_eq!(past.len(), 1, "{past:#?}");
        past.remove(0)
    }

    async fn failure(&self) -> Option<Failure> {
        match self.handoff().await.handoff.trigger {
            Trigger::Failure { failure } => Some(failure),
            _ => None,
        }
    }

    async fn calls(&self) -> Vec<CallRow> {
        let mut tx = self.app.services.db.begin_read().await.expect("a view");
        facts::calls(&mut tx, &self.app.tenant, &self.id().await).await.expect("reads")
    }

    async fn variables(&self) -> Vec<(String, String)> {
        let mut tx = self.app.services.db.begin_read().await.expect("a view");
        let rows = facts::variables(&mut tx, &self.app.tenant, &self.id().await).await.expect("reads");
        rows.into_iter().map(|row| (row.name, row.value)).collect()
    }

    async fn logged(&self, fits: impl Fn(&Event) -> bool) -> usize {
        let mut tx = self.app.services.db.begin_read().await.expect("a view");
        let log = entries::since(&mut tx, &self.app.tenant, Seq(0), 10_000).await.expect("reads");
        log.iter().filter(|entry| fits(&entry.event)).count()
    }

    async fn publish(&self, flow: &Flow) {
        let mut tx = self.app.services.db.begin_write().await.expect("a transaction");
        let (tenant, id, now) = (&self.app.tenant, "flw_test".into(), self.app.now());
        flows::insert(&mut tx, tenant, &id, flow, None, now).await.expect("inserts");
        flows::publish(&mut tx, tenant, &id, flow, None, now).await.expect("publishes");
        tx.commit().await.expect("commits");
    }
}

fn text(words: &str) -> Value {
    json!({"type": "text", "text": {"body": words}})
}

/// The system prompt of a question.
fn system(question: &Value) -> String {
    let told = question["messages"].as_array().cloned().unwrap_or_default();
    told.iter().filter(|one| one["role"] == "system").map(|one| one["content"].to_string()).collect()
}

/// All messages of a question, without its tools.
fn messages(question: &Value) -> String {
    question["messages"].to_string()
}

/// The names of the tools that a question offered.
fn offered(question: &Value) -> Vec<String> {
    let tools = question["tools"].as_array().cloned().unwrap_or_default();
    let name = |tool: &Value| tool["function"]["name"].as_str().map(ToOwned::to_owned);
    let mut names: Vec<String> = tools.iter().filter_map(name).collect();
    names.sort();
    names
}
