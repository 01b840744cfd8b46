//! The language model client against a third-party server (npm's aimock, `end2end/peers/model.mjs`), in both wire
//! formats: answers, tools, and every fault it can inject. The clock stands still until the test advances it.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{
        Arc, LazyLock, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use handoff::{
    domain::{
        handoff::Failure,
        ids::TenantId,
        model::{ModelSettings, Provider, STALL},
        time::{Span, Timestamp},
    },
    server::{
        clock::{Clock, ManualClock},
        fetch::{Fetch, Policy},
        llm::{
            BuiltIn, End, Endpoint, Limits, Llm, LlmFault, Prompt, PromptMessage, ToolAnswer, ToolCall, ToolSpec,
            Tools, TurnResult,
        },
        secret::Secret,
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

/// Messages that trigger an immediate fault, and how we report it.
pub const FAULTS: [(&str, Failure); 11] = [
    ("broken server", Failure::ModelError),
    ("too often", Failure::ModelRateLimited),
    ("hangs up", Failure::ModelError),
    ("garbled", Failure::ModelError),
    ("half a form", Failure::ModelMalformed),
    ("cut", Failure::ModelMalformed),
    ("no such tool", Failure::ModelUnknownTool),
    ("wrong arguments", Failure::ModelMalformed),
    ("no json", Failure::ModelMalformed),
    ("nothing", Failure::ModelEmpty),
    ("in circles", Failure::ModelToolLoop),
];
/// Longer than [`STALL`], so that the two timeouts can be distinguished.
pub const SILENCE: Span = Span::seconds(9);
/// Faults that only show as a timeout.
const SILENCES: [(&str, Failure); 2] = [("silent", Failure::ModelTimedOut), ("stalls", Failure::ModelStalled)];

/// The server process, ended with the test.
pub struct Peer {
    process: Child,
    pub url: String,
}

impl Peer {
    pub fn start() -> Self {
        let mut process = Command::new("node")
            .arg("peers/model.mjs")
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/end2end"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Node; `cargo xtask test-server` installs it");
        let mut url = String::new();
        let out = process.stdout.take().expect("a pipe");
        BufReader::new(out).read_line(&mut url).expect("a line");
        assert!(url.starts_with("http"), "the peer did not start: `npm ci` in end2end, or `cargo xtask test-server`");
        Self { process, url: url.trim().to_owned() }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It exits when its input closes; this is a safeguard.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Records the traffic between us and the server, so that a test advances the clock only when both are in a known
/// state.
#[derive(Clone)]
pub struct Relay(watch::Sender<String>);

impl Relay {
    /// The relay, and its address for the settings.
    pub async fn to(peer: &Peer) -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}/v1", listener.local_addr().expect("an address"));
        let relay = Self(watch::Sender::new(String::new()));
        let (passing, server) = (relay.clone(), peer.url.trim_start_matches("http://").to_owned());
        tokio::spawn(async move {
            loop {
                let (ours, _) = listener.accept().await.expect("a connection");
                let theirs = TcpStream::connect(&server).await.expect("the peer");
                let ((ours_in, ours_out), (theirs_in, theirs_out)) = (ours.into_split(), theirs.into_split());
                tokio::spawn(passing.clone().pass(ours_in, theirs_out));
                tokio::spawn(passing.clone().pass(theirs_in, ours_out));
            }
        });
        (relay, address)
    }

    async fn pass(self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
        let mut block = [0; 4096];
        // An end or an error closes this direction; the other direction notices it.
        while let Ok(length @ 1..) = from.read(&mut block).await {
            if to.write_all(&block[..length]).await.is_err() {
                return;
            }
            self.0.send_modify(|passed| passed.push_str(&String::from_utf8_lossy(&block[..length])));
        }
    }

    /// Number of questions that were sent.
    pub fn questions(&self) -> usize {
        self.0.borrow().matches("POST ").count()
    }

    /// Waits until an answer's frame with this text has passed completely: before that the client cannot parse it.
    pub async fn has_told(&self, words: &str) {
        let is_told = |passed: &String| passed.split_once(words).is_some_and(|(_, after)| after.contains("\n\n"));
        self.0.subscribe().wait_for(is_told).await.expect("a running relay");
    }
}

#[derive(Default)]
struct Toolbox {
    called: Mutex<Vec<String>>,
    /// Whether the day's token budget is used up.
    is_spent: AtomicBool,
}

#[async_trait]
impl Tools for Toolbox {
    fn tenant(&self) -> &TenantId {
        static TENANT: LazyLock<TenantId> = LazyLock::new(|| TenantId::from("tnt_1"));
        &TENANT
    }

    async fn call(&self, call: &ToolCall, _left: Span) -> ToolAnswer {
        self.called.lock().expect("no panic").push(format!("{} {}", call.name, call.arguments));
        ToolAnswer::Result("on its way".into())
    }

    async fn spent(&self, tokens: u64) {
        assert!(tokens > 0, "the reported token count is positive");
    }

    async fn tokens_left(&self) -> u64 {
        if self.is_spent.load(Ordering::SeqCst) { 0 } else { 1_000_000 }
    }
}

struct Tenant {
    llm: Llm,
    clock: ManualClock,
    endpoint: Endpoint,
    tools: Arc<Toolbox>,
    relay: Relay,
    cancel: CancellationToken,
}

impl Tenant {
    async fn of(peer: &Peer, provider: Provider) -> Self {
        let clock = ManualClock::at(Timestamp(1_000_000));
        let policy = Policy::allowing(vec!["127.0.0.0/8".parse().expect("a network")]);
        let fetch = Fetch::new(policy, Clock::manual(clock.clone())).expect("a client");
        let llm = Llm::new(fetch, Clock::manual(clock.clone())).expect("a client");
        let (relay, address) = Relay::to(peer).await;
        let model = match provider {
            Provider::OpenAi => "open-model",
            Provider::Anthropic => "claude-model",
        };
        let settings =
            ModelSettings { provider, address, model: model.into(), silence: SILENCE, ..ModelSettings::default() };
        Self {
            llm,
            clock,
            endpoint: Endpoint::of(&settings, Secret::new("sk-peer")),
            tools: Arc::default(),
            relay,
            cancel: CancellationToken::new(),
        }
    }

    /// Sends a customer's message and starts the turn.
    fn begin(&self, words: &str) -> JoinHandle<Result<TurnResult, LlmFault>> {
        let order = ToolSpec {
            name: "order_status".into(),
            description: "Looks an order up.".into(),
            schema: serde_json::json!({
                "type": "object", "properties": {"order": {"type": "string"}}, "required": ["order"],
            }),
        };
        let mut tools: Vec<Arc<ToolSpec>> = BuiltIn::ALL.into_iter().map(BuiltIn::spec).collect();
        tools.push(Arc::new(order));
        let prompt =
            Prompt { system: "You are a bot.".into(), messages: vec![PromptMessage::Customer(words.into())], tools };
        self.relay.0.send_replace(String::new());
        let (llm, endpoint, tools) = (self.llm.clone(), self.endpoint.clone(), self.tools.clone());
        let cancel = self.cancel.clone();
        tokio::spawn(async move {
            let limits = Limits { rounds: 3 };
            llm.run_turn(&endpoint, prompt, tools.as_ref(), limits, &cancel).await
        })
    }

    /// Like [`Self::begin`]; returns how the turn ended, and how far the clock had to be advanced.
    async fn says(&self, words: &str) -> (Result<TurnResult, LlmFault>, Span) {
        let turn = self.begin(words);
        let turned = match words {
            "silent" => SILENCE,
            "stalls" => STALL,
            _ => Span(0),
        };
        if turned > Span(0) {
            self.clock.waited_for(turned).await;
            self.clock.advance(turned);
        }
        (turn.await.expect("no panic"), turned)
    }
}

#[tokio::test]
async fn a_third_party_server_is_understood() {
    let peer = Peer::start();
    for provider in Provider::ALL {
        let tenant = Tenant::of(&peer, provider).await;
        for (words, answer, needs_person) in [
            ("plain", "It arrives tomorrow.", false),
            ("in words", "It arrives tomorrow.", false),
            ("promise", "Sure, I am connecting you to an agent.", true),
            ("look it up", "On its way.", false),
        ] {
            let ended = tenant.says(words).await.0.expect(words);
            assert_eq!((ended.answer.as_deref(), ended.needs_person, ended.end), (Some(answer), needs_person, None));
            assert!(ended.tokens > 0, "{provider:?} {words}");
        }
        assert_eq!(*tenant.tools.called.lock().expect("no panic"), [r#"order_status {"order":"A-17"}"#]);

        let ended = tenant.says("person").await.0.expect("an end");
        let Some(End::Handoff(handoff)) = ended.end else { panic!("{provider:?}: no handoff in {ended:?}") };
        assert_eq!((handoff.reason.as_str(), handoff.urgency.as_str()), ("wants a person", "high"));
    }
}

#[tokio::test]
async fn each_fault_of_a_third_party_server_has_its_reason_within_ten_seconds() {
    let peer = Peer::start();
    for provider in Provider::ALL {
        let tenant = Tenant::of(&peer, provider).await;
        for (words, failure) in FAULTS.into_iter().chain(SILENCES) {
            let (outcome, turned) = tenant.says(words).await;
            let fault = outcome.expect_err(words);
            assert_eq!(fault.failure(), failure, "{provider:?} {words}: {fault}");
            assert!(turned <= Span::seconds(10), "{provider:?} {words}: {turned:?}");
        }
    }
}

#[tokio::test]
async fn a_cancelled_turn_closes_its_connection() {
    let peer = Peer::start();
    for provider in Provider::ALL {
        let mut tenant = Tenant::of(&peer, provider).await;
        let turn = tenant.begin("stalls");
        tenant.relay.has_told("It arriv").await;
        tenant.cancel.cancel();
        assert_eq!(turn.await.expect("no panic"), Err(LlmFault::Cancelled), "{provider:?}");
        // And a used-up budget sends no question.
        tenant.cancel = CancellationToken::new();
        tenant.tools.is_spent.store(true, Ordering::SeqCst);
        assert_eq!(tenant.says("plain").await.0, Err(LlmFault::BudgetSpent), "{provider:?}");
        assert_eq!(*tenant.relay.0.borrow(), "");
    }
}
