//! The language model client against a real model on this machine (`end2end/peers/local-model.mjs`). Not part of the
//! default run, because it needs the model: `cargo xtask test-model` installs it and runs this.
//!
//! A model with 135 million parameters gives arbitrary answers. Checked is what holds for any model: an answer is
//! complete, a call has valid arguments, everything else is a fault with a reason, and nothing hangs.
//! one, a call has arguments that fit, and whatever else comes is a fault with a reason; nothing hangs.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{Arc, LazyLock, Mutex},
};

use async_trait::async_trait;
use handoff::{
    domain::{ids::TenantId, model::ModelSettings, time::Span},
    server::{
        clock::Clock,
        fetch::{Fetch, Policy},
        llm::{
            BuiltIn, Endpoint, Limits, Llm, LlmFault, Prompt, PromptMessage, ToolAnswer, ToolCall, ToolSpec, Tools,
            TurnResult,
        },
        secret::Secret,
    },
};
use tokio_util::sync::CancellationToken;

/// The model's server process, ended with the test.
struct Peer {
    process: Child,
    address: String,
}

impl Peer {
    fn start() -> Self {
        let mut process = Command::new("node")
            .arg("end2end/peers/local-model.mjs")
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Node; `cargo xtask test-model` installs it");
        let mut address = String::new();
        BufReader::new(process.stdout.take().expect("a pipe")).read_line(&mut address).expect("a line");
        assert!(address.starts_with("http"), "the model did not start: `cargo xtask test-model`");
        Self { process, address: address.trim().to_owned() }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It exits when its input closes; this is a safeguard.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

#[derive(Default)]
struct Toolbox(Mutex<Vec<ToolCall>>);

#[async_trait]
impl Tools for Toolbox {
    fn tenant(&self) -> &TenantId {
        static TENANT: LazyLock<TenantId> = LazyLock::new(|| TenantId::from("tnt_1"));
        &TENANT
    }

    async fn call(&self, call: &ToolCall, _left: Span) -> ToolAnswer {
        self.0.lock().expect("no panic").push(call.clone());
        ToolAnswer::Result("The order was shipped and arrives tomorrow.".into())
    }

    async fn spent(&self, tokens: u64) {
        assert!(tokens > 0, "the reported token count is positive");
    }

    async fn tokens_left(&self) -> u64 {
        1_000_000
    }
}

/// One question to the model, with the constraint that `model` names in the server.
async fn asked(peer: &Peer, model: &str, words: &str) -> (Result<TurnResult, LlmFault>, Vec<ToolCall>) {
    let policy = Policy::allowing(vec!["127.0.0.0/8".parse().expect("a network")]);
    let fetch = Fetch::new(policy, Clock::real()).expect("a client");
    let llm = Llm::new(fetch, Clock::real()).expect("a client");
    let settings = ModelSettings {
        address: peer.address.clone(),
        model: model.to_owned(),
        max_tokens: 120,
        temperature: Some(0),
        // The first token may take long: the whole question is processed by one thread first.
        silence: Span::seconds(60),
        time_out: Span::seconds(110),
        ..ModelSettings::default()
    };
    let order = ToolSpec {
        name: "order_status".into(),
        description: "Looks up where an order is.".into(),
        schema: serde_json::json!({
            "type": "object", "properties": {"order": {"type": "string"}}, "required": ["order"],
            "additionalProperties": false,
        }),
    };
    let tools = vec![BuiltIn::SetVariable.spec(), BuiltIn::Handoff.spec(), Arc::new(order)];
    let prompt = Prompt {
        system: settings.instructions.clone(),
        messages: vec![PromptMessage::Customer(words.to_owned())],
        tools,
    };
    let toolbox = Toolbox::default();
    let limits = Limits { rounds: 2 };
    let endpoint = Endpoint::of(&settings, Secret::new(""));
    let outcome = llm.run_turn(&endpoint, prompt, &toolbox, limits, &CancellationToken::new()).await;
    let calls = toolbox.0.into_inner().expect("no panic");
    println!("{model}, asked “{words}”: {outcome:?}, calls {calls:?}");
    (outcome, calls)
}

/// Any outcome is an end with content, or a fault with a reason for an agent.
fn is_an_end(outcome: &Result<TurnResult, LlmFault>) {
    match outcome {
        Ok(ended) => {
            assert!(ended.answer.is_some() || ended.end.is_some() || ended.needs_person, "{ended:?}");
            assert!(ended.tokens > 0, "its server counts");
        }
        Err(fault) => assert!(!fault.failure().sentence().is_empty(), "{fault:?}"),
    }
}

#[tokio::test]
async fn a_real_model_is_parsed() {
    let peer = Peer::start();

    // Constrained to the JSON form: the answer streams in and is extracted completely, without parts of the form.
    let (outcome, _) = asked(&peer, "form", "Hello! When do you open?").await;
    is_an_end(&outcome);
    if let Ok(TurnResult { answer: Some(answer), .. }) = &outcome {
        assert!(!answer.contains("needs_person"), "{answer}");
    }

    // Constrained to tool calls: a call with valid arguments reaches the tool, or requests an agent.
    let (outcome, calls) = asked(&peer, "calls", "Where is my order A-17?").await;
    is_an_end(&outcome);
    let has_called = !calls.is_empty() || matches!(&outcome, Ok(TurnResult { end: Some(_), .. }));
    let is_refused = matches!(&outcome, Err(LlmFault::MalformedArguments(_)));
    assert!(has_called || is_refused, "{outcome:?}");

    // Without constraints.
    let (outcome, _) = asked(&peer, "free", "I want to talk to a person.").await;
    is_an_end(&outcome);
}
