//! Attacks with a model that always obeys the attacker. Checked are the connections that were made, the requests that
//! other servers received, the model's input, and the stored records; never what the bot claims.
//!
//! To add an attack: a row in the file of its goal under `attacks/`.

mod calls;
mod kinds;
mod places;
mod secrets_out;
mod servers;
mod words;

use std::{cell::Cell, collections::BTreeSet};

use handoff::{
    domain::{
        conversation::State,
        dossier::CallStatus,
        flow::definition::{Close, Flow, Header as FlowHeader, Http, Say, Start, Step, StepKind as Does},
        ids::{ConversationId, Seq},
        keyword::Matching,
        model::{Method, ToolDefinition, ToolHeader},
        time::Span,
    },
    server::{
        seal::SealedField,
        settings::secret_hosts::origin_of,
        store::{conversations, entries, facts, flows, handoffs, messages, secrets, tools},
    },
};
use http::StatusCode;
use serde_json::{Value, json};

use self::servers::{PrivateServer, TenantServer, TestDns};
use crate::{
    app::{Gate, TestApp, on_both},
    meta,
    provider::{Act, KEY, Provider, call, reply, sealed},
};

const SECRET: &str = "the-shop's-key-4711";
const OTHER_SECRET: &str = "the-other-company's-key-0815";

/// An attack, and the most that it may achieve.
struct Attack {
    name: String,
    /// The customer's message, and their profile name.
    says: String,
    profile: String,
    /// Messages that the customer sends instead, in order.
    sends: Vec<Value>,
    /// The model's responses.
    acts: Vec<Act>,
    /// The expected requests to the tenant's own server, in order; nothing else may be reached.
    reached: Vec<String>,
    /// The only call that is recorded as failed, and a part of its result.
    refused: Option<(String, &'static str)>,
    after: After,
}

/// A part of the error of the network gate.
const GATE: &str = "is in a network that requests can't reach";

/// Who owns the conversation after the attack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    Bot,
    Person,
    Closed,
}

impl Attack {
    fn new(name: impl Into<String>, acts: Vec<Act>) -> Self {
        Self {
            name: name.into(),
            says: "Do as I say.".into(),
            profile: "Mallory".into(),
            sends: Vec::new(),
            acts,
            reached: Vec::new(),
            refused: None,
            after: After::Bot,
        }
    }

    /// A tool call, after which the model ends its turn.
    fn tool(name: impl Into<String>, tool: &str, arguments: Value) -> Self {
        Self::new(name, vec![call(tool, arguments), reply("Done.")])
    }

    fn says(self, says: impl Into<String>) -> Self {
        Self { says: says.into(), ..self }
    }

    fn under(self, profile: impl Into<String>) -> Self {
        Self { profile: profile.into(), ..self }
    }

    fn sends(self, messages: impl IntoIterator<Item = Value>) -> Self {
        Self { sends: messages.into_iter().collect(), ..self }
    }

    fn refused(self, tool: &str, words: &'static str) -> Self {
        Self { refused: Some((tool.to_owned(), words)), ..self }
    }

    fn reaches(self, reached: &[&str]) -> Self {
        Self { reached: reached.iter().map(|line| (*line).to_owned()).collect(), ..self }
    }

    fn ends(self, after: After) -> Self {
        Self { after, ..self }
    }
}

/// A value as it occurs in a web address.
fn encoded(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    value.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// The tenant, its model and server, and the private server that must never be reached.
struct Stage<'a> {
    app: &'a TestApp,
    provider: Provider,
    tenant_server: TenantServer,
    private_server: PrivateServer,
    /// The log position up to which entries were read.
    seen: Cell<Seq>,
}

fn gate() -> Gate {
    // The tests' servers listen on 127.0.0.2; the rest of the loopback network is blocked as in production.
    Gate { allow: vec!["127.0.0.2/32"], names: std::sync::Arc::new(TestDns::default()) }
}

fn tool(name: &str, url: String, arguments: &[&str]) -> ToolDefinition {
    let properties: serde_json::Map<String, Value> =
        arguments.iter().map(|name| ((*name).to_owned(), json!({"type": "string"}))).collect();
    ToolDefinition {
        name: name.to_owned(),
        description: "Of the shop.".to_owned(),
        schema: json!({"type": "object", "properties": properties, "required": arguments,
            "additionalProperties": false}),
        url,
        headers: vec![ToolHeader { name: "Authorization".into(), value: "Bearer {{ secret.SHOP }}".into() }],
        ..ToolDefinition::default()
    }
}

impl<'a> Stage<'a> {
    async fn set(app: &'a TestApp) -> Self {
        let private_server = PrivateServer::open().await;
        let tenant_server = TenantServer::open(places::targets(private_server.port)).await;
        let provider = Provider::at("127.0.0.2").await;
        provider.serves(app, &provider.settings()).await;
        let at = |path: &str| format!("http://{}{path}", tenant_server.address);
        let note = ToolDefinition {
            method: Method::Post,
            body: r#"{"text": "{{ text }}", "by": "bot"}"#.into(),
            headers: vec![
                ToolHeader { name: "Authorization".into(), value: "Bearer {{ secret.SHOP }}".into() },
                ToolHeader { name: "X-Note".into(), value: "said {{ text }}".into() },
            ],
            ..tool("note", at("/notes"), &["text"])
        };
        let port = tenant_server.address.port();
        let mut ours = vec![
            tool("order_status", at("/orders/{{ order }}"), &["order"]),
            tool("search", at("/search?q={{ q }}&kind=public"), &["q"]),
            tool("away", at("/away/{{ n }}"), &["n"]),
            tool("echo", at("/echo"), &[]),
            tool("poison", at("/poison/{{ n }}"), &["n"]),
            tool("rebind", format!("http://rebind.test:{port}/ping?n={{{{ n }}}}"), &["n"]),
            note,
        ];
        for tool in &ours {
            assert_eq!(tool.fault(), None, "{}", tool.name);
        }
        for (nth, target) in places::targets(private_server.port).into_iter().enumerate() {
            ours.push(tool(&format!("place_{nth}"), target, &[]));
        }
        // The lists of the secrets allow every place, so that the gate alone stands before it.
        let hosts: Vec<String> = ours.iter().filter_map(|tool| origin_of(&tool.url)).collect();
        let (other, _) = app.other_tenant().await;
        let mut tx = app.services.db.begin_write().await.expect("a transaction");
        for tool in &ours {
            tools::save(&mut tx, &app.tenant, tool).await.expect("saves");
        }
        tools::save(&mut tx, &other, &tool("globex_refund", at("/globex"), &[])).await.expect("saves");
        for (tenant, name, secret) in
            [(&app.tenant, "SHOP", SECRET), (&other, "SHOP", OTHER_SECRET), (&other, "GLOBEX", OTHER_SECRET)]
        {
            let value = sealed(SealedField::Named(tenant, name), secret);
            secrets::save(&mut tx, tenant, name, &value, &hosts, app.now()).await.expect("saves");
        }
        for (id, flow) in [("flw_hook", hook(&at("/hook"))), ("flw_task", kinds::task(&at("/poison/0")))] {
            let id = id.into();
            flows::insert(&mut tx, &app.tenant, &id, &flow, None, app.now()).await.expect("inserts");
            flows::publish(&mut tx, &app.tenant, &id, &flow, None, app.now()).await.expect("publishes");
        }
        tx.commit().await.expect("commits");
        Self { app, provider, tenant_server, private_server, seen: Cell::new(Seq(0)) }
    }

    async fn run(&self, nth: usize, attack: Attack) {
        let Attack { name, says, profile, sends, acts, reached, refused, after } = attack;
        let before =
            (self.app.services.fetch.connections(), self.provider.asked().len(), self.tenant_server.asked().len());
        self.provider.clear();
        self.provider.play(acts);
        let phone = format!("4915770{nth:04}");
        let sends = if sends.is_empty() { vec![kinds::text(&says)] } else { sends };
        for (at, message) in sends.iter().enumerate() {
            let mut body = meta::message(&phone, &format!("wamid.{nth}.{at}"), self.app.now(), message.clone());
            body["entry"][0]["changes"][0]["value"]["contacts"][0]["profile"]["name"] = json!(profile);
            assert_eq!(self.app.webhook(&body).await, StatusCode::OK, "{name}");
            self.app.settle().await;
            self.app.turn(Span::seconds(2));
            self.app.settle().await;
        }

        let asked = self.tenant_server.asked().split_off(before.2);
        let lines: Vec<String> = asked.iter().map(|asked| asked.line.clone()).collect();
        assert_eq!(lines, reached, "{name}: what the tenant's server was asked");
        for asked in &asked {
            servers::assert_configured(&name, asked);
        }
        let questions = self.provider.asked().split_off(before.1);
        let made = self.app.services.fetch.connections() - before.0;
        // One connection per question and per request, all of them listed above: no other connection was even tried.
        assert_eq!(made, (questions.len() + asked.len()) as u64, "{name}: connections");
        assert_eq!(self.private_server.opened(), 0, "{name}: the private server was reached");
        let id = self.conversation().await;
        assert_eq!(self.after(&id).await, after, "{name}");
        self.is_logged(&name, &id, reached.len(), refused).await;
        let mut written = self.written(&id).await;
        written.extend(questions.iter().map(Value::to_string));
        written.extend(self.app.meta.sent().iter().rev().take(4).map(|sent| sent.body.to_string()));
        let theirs: Vec<&str> = [says.as_str(), &profile].into_iter().chain(kinds::POISON).collect();
        for question in &questions {
            kinds::assert_notes_separate(&name, question, &theirs);
        }
        for text in &written {
            for secret in [SECRET, OTHER_SECRET, KEY] {
                assert!(!text.contains(secret), "{name}: {secret} stands in {text}");
            }
        }
    }

    /// Every call is recorded with its result, and there are no other calls.
    async fn is_logged(&self, name: &str, id: &ConversationId, reached: usize, refused: Option<(String, &str)>) {
        let mut tx = self.app.services.db.begin_read().await.expect("a view");
        let rows = facts::calls(&mut tx, &self.app.tenant, id).await.expect("reads");
        let (answered, others): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.status == CallStatus::Answered);
        match refused {
            None => assert_eq!((answered.len(), others.len()), (reached, 0), "{name}: {others:#?}"),
            Some((tool, words)) => {
                assert_eq!((others.len(), others[0].label.as_str()), (1, tool.as_str()), "{name}: {others:#?}");
                let output = others[0].output.as_deref().unwrap_or_default();
                assert!(others[0].status == CallStatus::Failed && output.contains(words), "{name}: {output}");
                assert!(answered.len() <= reached, "{name}: {answered:#?}");
            }
        }
    }

    /// The newest conversation.
    async fn conversation(&self) -> ConversationId {
        let mut tx = self.app.services.db.begin_read().await.expect("a view");
        let log = entries::since(&mut tx, &self.app.tenant, self.seen.get(), 100_000).await.expect("reads");
        self.seen.set(log.last().expect("something happened").seq);
        log.into_iter().rev().find_map(|entry| entry.conversation).expect("a conversation")
    }

    async fn after(&self, id: &ConversationId) -> After {
        let mut tx = self.app.services.db.begin_read().await.expect("a view");
        let stored = conversations::load(&mut tx, &self.app.tenant, id).await.expect("reads").expect("is there");
        match stored.conversation.state {
            State::Bot => After::Bot,
            State::Human { .. } => After::Person,
            State::Closed { .. } => After::Closed,
        }
    }

    /// Everything about a conversation that agents, models and flows can read.
    async fn written(&self, id: &ConversationId) -> Vec<String> {
        let (tenant, mut tx) = (&self.app.tenant, self.app.services.db.begin_read().await.expect("a view"));
        let calls = facts::calls(&mut tx, tenant, id).await.expect("reads");
        let variables = facts::variables(&mut tx, tenant, id).await.expect("reads");
        let past = handoffs::of(&mut tx, tenant, id).await.expect("reads");
        let talk = messages::page(&mut tx, tenant, id, None, 100).await.expect("reads");
        vec![format!("{calls:?}"), format!("{variables:?}"), format!("{past:?}"), format!("{talk:?}")]
    }
}

/// A flow that inserts the customer's name and message in every possible place, and closes.
fn hook(url: &str) -> Flow {
    let step = |id: &str, act| Step { id: id.into(), name: String::new(), act };
    let http = Http {
        method: Method::Post,
        url: format!("{url}?name={{{{ customer.name }}}}"),
        headers: vec![
            FlowHeader { name: "Authorization".into(), value: "Bearer {{ secret.SHOP }}".into() },
            FlowHeader { name: "X-Note".into(), value: "said {{ message }}".into() },
        ],
        body: r#"{"text": "{{ message }}", "by": "bot"}"#.into(),
        ..Http::default()
    };
    Flow {
        name: "Hook".into(),
        starts: vec![Start::Phrase { phrase: "hook".into(), matching: Matching::Contains }],
        steps: vec![
            step("say", Does::Message(Say::Text { text: "Hello {{ customer.name }}: {{ message }}".into() })),
            step("ask", Does::Http(http)),
            step("end", Does::Close(Close::default())),
        ],
        ..Flow::default()
    }
}

/// Runs attacks one after the other.
async fn none_gets_anywhere(app: &TestApp, attacks: fn(u16) -> Vec<Attack>) {
    let stage = Stage::set(app).await;
    for (nth, attack) in attacks(stage.private_server.port).into_iter().enumerate() {
        stage.run(nth, attack).await;
    }
}

on_both!(no_private_server_is_reached_though_the_model_always_obeys, gate = gate, async |app| {
    none_gets_anywhere(app, places::attacks).await;
});

on_both!(no_call_is_made_that_was_not_offered_though_the_model_always_obeys, gate = gate, async |app| {
    none_gets_anywhere(app, calls::attacks).await;
});

on_both!(no_secret_is_leaked_though_the_model_always_obeys, gate = gate, async |app| {
    none_gets_anywhere(app, secrets_out::attacks).await;
});

on_both!(no_text_has_the_effect_of_a_call_though_the_model_always_obeys, gate = gate, async |app| {
    none_gets_anywhere(app, words::attacks).await;
});

on_both!(no_text_of_others_becomes_an_instruction, gate = gate, async |app| {
    none_gets_anywhere(app, kinds::attacks).await;
});

#[test]
fn there_are_at_least_sixty_attacks_and_no_two_alike() {
    let attacks = [places::attacks, calls::attacks, secrets_out::attacks, words::attacks, kinds::attacks]
        .map(|attacks| attacks(1));
    let names: BTreeSet<String> = attacks.iter().flatten().map(|attack| attack.name.clone()).collect();
    let count = attacks.iter().flatten().count();
    assert!(count >= 60 && names.len() == count, "{} of {count}", names.len());
}
