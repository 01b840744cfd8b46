//! The language model's wire against a real model that runs on this machine (`end2end/peers/local-model.mjs`). Not a part
//! of the default run, since it needs the model: `cargo xtask test-model` installs it and runs this.
//!
//! A model of 135 million parameters says what it likes. Held are the things that no model may break: an answer comes as
//! one, a call has arguments that fit, and whatever else comes is a fault with a reason; nothing hangs.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use handoff::{
    domain::{model::ModelSettings, time::Span},
    server::{
        clock::Clock,
        fetch::{Fetch, Policy},
        llm::{BuiltIn, Ended, Endpoint, Limits, Llm, LlmFault, Said, Talk, ToolAnswer, ToolCall, ToolSpec, Tools},
        secret::Secret,
    },
};
use tokio_util::sync::CancellationToken;

/// The model's server, ended with the test.
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
        // It ends by itself when the pipe closes; this only makes sure.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

#[derive(Default)]
struct Toolbox(Mutex<Vec<ToolCall>>);

#[async_trait]
impl Tools for Toolbox {
    async fn call(&self, call: &ToolCall, _left: Span) -> ToolAnswer {
        self.0.lock().expect("no panic").push(call.clone());
        ToolAnswer::Result("The order was shipped and arrives tomorrow.".into())
    }

    async fn spent(&self, tokens: u64) {
        assert!(tokens > 0, "what is told was spent");
    }

    async fn tokens_left(&self) -> u64 {
        1_000_000
    }
}

/// One question to the model, held to what `model` stands for in the peer.
async fn asked(peer: &Peer, model: &str, words: &str) -> (Result<Ended, LlmFault>, Vec<ToolCall>) {
    let policy = Policy::allowing(vec!["127.0.0.0/8".parse().expect("a network")]);
    let fetch = Fetch::new(policy, Clock::real()).expect("a client");
    let llm = Llm::new(fetch, Clock::real()).expect("a client");
    let settings = ModelSettings {
        address: peer.address.clone(),
        model: model.to_owned(),
        max_tokens: 120,
        temperature: Some(0),
        // The first word may take long: one thread reads the whole question before it.
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
    let talk = Talk { system: settings.instructions.clone(), said: vec![Said::Customer(words.to_owned())], tools };
    let toolbox = Toolbox::default();
    let limits = Limits { rounds: 2 };
    let endpoint = Endpoint::of(&settings, Secret::new(""));
    let outcome = llm.talk(&endpoint, talk, &toolbox, limits, &CancellationToken::new()).await;
    let calls = toolbox.0.into_inner().expect("no panic");
    println!("{model}, asked “{words}”: {outcome:?}, calls {calls:?}");
    (outcome, calls)
}

/// Whatever a model does is an end with something in it, or a reason for a person.
fn is_an_end(outcome: &Result<Ended, LlmFault>) {
    match outcome {
        Ok(ended) => {
            assert!(ended.answer.is_some() || ended.end.is_some() || ended.needs_person, "{ended:?}");
            assert!(ended.tokens > 0, "its server counts");
        }
        Err(fault) => assert!(!fault.failure().sentence().is_empty(), "{fault:?}"),
    }
}

#[tokio::test]
async fn a_real_model_is_understood() {
    let peer = Peer::start();

    // Held to the form: its answer streams in and comes out whole, without a sign of the form.
    let (outcome, _) = asked(&peer, "form", "Hello! When do you open?").await;
    is_an_end(&outcome);
    if let Ok(Ended { answer: Some(answer), .. }) = &outcome {
        assert!(!answer.contains("needs_person"), "{answer}");
    }

    // Held to calls: one with arguments that fit reaches the tool, or asks for a person.
    let (outcome, calls) = asked(&peer, "calls", "Where is my order A-17?").await;
    is_an_end(&outcome);
    let has_called = !calls.is_empty() || matches!(&outcome, Ok(Ended { end: Some(_), .. }));
    let is_refused = matches!(&outcome, Err(LlmFault::MalformedArguments(_)));
    assert!(has_called || is_refused, "{outcome:?}");

    // Held to nothing.
    let (outcome, _) = asked(&peer, "free", "I want to talk to a person.").await;
    is_an_end(&outcome);
}
