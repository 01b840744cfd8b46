//! The bot's turns: read, decided, settled. A turn that cannot be settled becomes a handoff (invariant 4).
//!
//! What the bot answers is decided in `domain::bot`, which is pure. `load.rs` reads what a turn needs, `transcript.rs` the
//! talk for a model, `settle/` writes what a turn led to, `requests.rs` keeps the calls of other systems. Work comes in
//! three queues (`workers/`), so that nobody waits for somebody else's slow answer: `turns` (what is decided at once),
//! `calls` (a flow asks another system), `models` (the language model answers). Never here: calls to Meta (`outbox`). To
//! add a way to answer: its place in `domain::bot`; to add something to be waited for: a kind of job
//! (`store::jobs::JobKind`) and its worker.

mod active_turns;
mod budget;
mod fill;
mod flow_cache;
mod load;
mod model;
pub mod playground;
mod prompt;
mod requests;
mod settle;
mod toolbox;
mod transcript;
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
        store::jobs::JobRow,
        workers::{Jobs, WorkerPool},
    },
};

pub use settle::GATHER;

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
}

/// After so many broken tries the customer gets a person.
const TRIES: i64 = 3;

/// What the bot works with.
pub struct Parts {
    pub conversations: Conversations,
    pub jobs: Jobs,
    pub llm: Llm,
    pub fetch: Fetch,
    pub seal: Seal,
    pub bus: Bus,
    pub clock: Clock,
    pub entropy: Entropy,
}

impl Bot {
    pub fn new(parts: Parts) -> Self {
        let Parts { conversations, jobs, llm, fetch, seal, bus, clock, entropy } = parts;
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
        }
    }

    /// Takes whatever is due in every queue, once. Returns how many jobs there were.
    pub async fn run_once(&self) -> Result<usize, ConversationError> {
        let turns = self.turns_once().await?;
        let calls = self.calls_once().await?;
        let models = self.models_once().await?;
        Ok(turns + calls + models)
    }

    /// Works until told to stop.
    pub async fn run(self, stop: CancellationToken) {
        let pool = WorkerPool::new("turns", &self.bus.wakeups().turns, &self.clock, &self.entropy, &stop);
        let turns = pool.run_rounds(|| self.turns_once());
        tokio::join!(turns, self.call_out(&stop), self.fly(&stop, workers::MAX_CONCURRENT));
    }
}

/// The conversation that a job is about.
fn conversation(job: &JobRow) -> ConversationId {
    job.key.as_str().into()
}
