//! The bot's turn: keyword, then flow, then language model, then the tenant's texts. A turn looks, decides, and settles
//! through the inbox; a turn that cannot be settled becomes a handoff (invariant 4). It never writes a table and never
//! calls Meta.
//!
//! Work comes in three lanes, so that nobody waits for somebody else's slow answer: `turns` (what is decided at once),
//! `calls` (a flow asks another system), `models` (the language model answers). `decide` is pure; `walk` carries a flow's
//! step into an outcome. To add a way to answer: a file that gives an [`Outcome`], and its place in `decide`.
//!
//! [`Outcome`]: crate::server::inbox::bot::Outcome

mod active_turns;
mod calls;
pub mod decide;
mod fill;
mod models;
mod prompt;
mod toolbox;
mod turns;
mod walk;

use std::future::Future;

use tokio_util::sync::CancellationToken;

use crate::{
    domain::{ids::ConversationId, time::Span},
    server::{
        bus::Bus,
        clock::{Clock, Entropy},
        fetch::Fetch,
        inbox::{
            Inbox, InboxError,
            bot::{CALL, Lease, MODEL},
        },
        jobs::Jobs,
        llm::Llm,
        seal::Seal,
        store::jobs::JobRow,
    },
};

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    inbox: Inbox,
    jobs: Jobs,
    llm: Llm,
    fetch: Fetch,
    seal: Seal,
    bus: Bus,
    clock: Clock,
    entropy: Entropy,
    active_turns: active_turns::ActiveTurns,
}

/// After so many broken tries the customer gets a person.
const TRIES: i64 = 3;

/// What the engine works with.
pub struct Parts {
    pub inbox: Inbox,
    pub jobs: Jobs,
    pub llm: Llm,
    pub fetch: Fetch,
    pub seal: Seal,
    pub bus: Bus,
    pub clock: Clock,
    pub entropy: Entropy,
}

impl Engine {
    pub fn new(parts: Parts) -> Self {
        let Parts { inbox, jobs, llm, fetch, seal, bus, clock, entropy } = parts;
        Self { inbox, jobs, llm, fetch, seal, bus, clock, entropy, active_turns: active_turns::ActiveTurns::default() }
    }

    /// Takes whatever is due in every lane, once. Returns how many jobs there were.
    pub async fn run_once(&self) -> Result<usize, InboxError> {
        let turns = self.turns_once().await?;
        let calls = self.calls_once().await?;
        let models = self.models_once().await?;
        Ok(turns + calls + models)
    }

    /// Lets go of what the last server was doing when it stopped: those turns are found broken off and end with a person.
    pub async fn recover(&self) -> Result<(), InboxError> {
        for kind in [CALL, MODEL] {
            self.jobs.release(kind).await?;
        }
        Ok(())
    }

    /// Works until told to stop.
    pub async fn run(self, stop: CancellationToken) {
        while let Err(error) = self.recover().await {
            tracing::error!(%error, "broken-off turns cannot be taken up");
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.clock.sleep(Span::seconds(2)) => {}
            }
        }
        let turns = self.pool(&stop, || self.turns_once(), || self.bus.wakeups().turns.notified());
        tokio::join!(turns, self.call_out(&stop), self.fly(&stop, models::MAX_CONCURRENT));
    }

    /// One lane: works as long as there is work, then waits for its bell, the clock, or the end.
    async fn pool<W, B>(&self, stop: &CancellationToken, work: impl Fn() -> W, wakeup: impl Fn() -> B)
    where
        W: Future<Output = Result<usize, InboxError>>,
        B: Future<Output = ()>,
    {
        // A backlog must not keep it from hearing that it is to stop.
        while !stop.is_cancelled() {
            let pause = match work().await {
                Ok(0) => Span::seconds(1),
                Ok(_) => continue,
                Err(error) => {
                    tracing::error!(%error, "turns cannot be taken");
                    Span::seconds(2)
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = wakeup() => {}
                () = self.clock.sleep(pause) => {}
            }
        }
    }

    fn token(&self) -> String {
        hex::encode(self.entropy.bytes::<8>())
    }
}

/// The conversation that a job is about.
fn conversation(job: &JobRow) -> ConversationId {
    job.key.as_str().into()
}

fn lease(job: &JobRow, token: &str) -> Lease {
    Lease { job: job.id.clone(), token: token.to_owned() }
}
