//! The bot's queues: `turns.rs` for what can be decided at once, `calls.rs` for API calls of flows, `models.rs` for
//! answers of the language model. Each takes its kinds of jobs with a lease and settles them through [`Bot`].

mod calls;
mod models;
mod turns;

use std::future::Future;

use super::{Bot, MAX_ATTEMPTS, conversation};
use crate::{
    domain::{
        bot::{Turn, TurnOutcome, walk},
        flow::run::Input,
        time::{Span, Timestamp},
    },
    server::{
        conversations::ConversationError,
        workers::{self, Panicked, catch_panic, on_blocking_thread},
    },
};

pub use calls::OUTPUT_LIMIT;
pub use models::MAX_CONCURRENT;

/// Why a job could not be done.
#[derive(Debug, thiserror::Error)]
enum JobFault {
    #[error(transparent)]
    Failed(#[from] ConversationError),
    #[error(transparent)]
    Panicked(#[from] Panicked),
}

/// Runs the work on a job. A panic is an error like others: the job is tried again, given up after the last attempt,
/// and delays no other job.
async fn caught<T>(work: impl Future<Output = Result<T, ConversationError>>) -> Result<T, JobFault> {
    Ok(catch_panic(work).await??)
}

/// Advances the flow of a turn; without one nothing happens. On a blocking thread, because the tenant's patterns and
/// conditions may take long.
async fn advanced(turn: Turn, input: Input, now: Timestamp) -> (Turn, TurnOutcome) {
    on_blocking_thread(move || {
        let outcome = turn.run.as_ref().map(|run| walk::advance(&turn, run, &input, now));
        (turn, outcome.unwrap_or_default())
    })
    .await
}

/// The wait before the next attempt of a job that failed after `attempts` others.
fn retry_after(attempts: i64) -> Span {
    workers::retry_after(attempts, MAX_ATTEMPTS)
}
