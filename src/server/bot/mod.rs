//! The bot's turns: load, decide, settle. A turn that cannot be settled becomes a handoff (promise 4).
//!
//! What the bot answers is decided in `domain::bot`, which is pure. `load.rs` makes turns of what `turn_rows.rs` reads,
//! `transcript.rs` reads the messages for a model, `settle/` writes the outcome, and `requests.rs` records API calls.
//! There are three queues (`workers/`), so that slow responses delay only their own kind: `turns` (decided at once),
//! `calls` (a flow's API calls) and `models` (answers of the language model). Calls to Meta do not belong here (see
//! `outbox`).
//!
//! To add a way to answer: its place in `domain::bot`. To add something to wait for: a kind of job
//! (`store::jobs::JobKind`) and its worker.

mod active_turns;
mod budget;
mod fill;
mod flow_cache;
mod held_call;
mod load;
mod model;
pub mod playground;
mod prompt;
mod requests;
mod settle;
mod toolbox;
mod transcript;
mod turn_rows;
mod workers;

use tokio_util::sync::CancellationToken;

use crate::{
    domain::ids::ConversationId,
    server::{
        bus::Bus,
        clock::{Clock, Entropy},
        conversations::{ConversationError, Conversations},
        fetch::Fetch,
        llm::Llm,
        seal::Seal,
        settings::keywords::Matchers,
        store::jobs::JobRow,
        workers::{Jobs, WorkerPool},
    },
};

pub use settle::DEBOUNCE;

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Bot {
    conversations: Conversations,
    jobs: Jobs,
    llm: Llm,
    fetch: Fetch,
    seal: Seal,
    bus: Bus,
    clock: Clock,
    entropy: Entropy,
    active_turns: active_turns::ActiveTurns,
    flow_cache: flow_cache::FlowCache,
    matchers: Matchers,
}

/// Failed attempts after which a job is given up and the conversation is escalated.
const MAX_ATTEMPTS: i64 = 3;

/// The parts from which a [`Bot`] is built.
pub struct Parts {
    pub conversations: Conversations,
    pub jobs: Jobs,
    pub llm: Llm,
    pub fetch: Fetch,
    pub matchers: Matchers,
    pub seal: Seal,
    pub bus: Bus,
    pub clock: Clock,
    pub entropy: Entropy,
}

impl Bot {
    pub fn new(parts: Parts) -> Self {
        let Parts { conversations, jobs, llm, fetch, matchers, seal, bus, clock, entropy } = parts;
        Self {
            conversations,
            jobs,
            llm,
            fetch,
            seal,
            bus,
            clock,
            entropy,
            active_turns: active_turns::ActiveTurns::default(),
            flow_cache: flow_cache::FlowCache::default(),
            matchers,
        }
    }

    /// Processes the due jobs of every queue once. Returns how many there were.
    pub async fn run_once(&self) -> Result<usize, ConversationError> {
        let turns = self.turns_once().await?;
        let calls = self.calls_once().await?;
        let models = self.models_once().await?;
        Ok(turns + calls + models)
    }

    /// Runs until `stop` is cancelled.
    pub async fn run(self, stop: CancellationToken) {
        let pool = WorkerPool::new("turns", &self.bus.wakeups().turns, &self.clock, &self.entropy, &stop);
        let turns = pool.run_rounds(|| self.turns_once());
        tokio::join!(turns, self.run_calls(&stop), self.run_models(&stop, workers::MAX_CONCURRENT));
    }
}

/// The conversation of a job.
fn conversation(job: &JobRow) -> ConversationId {
    job.key.as_str().into()
}
