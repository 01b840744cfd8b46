//! The bot's queues: `turns.rs` for what can be decided at once, `calls.rs` for API calls of flows, `models.rs` for
//! answers of the language model. Each takes its kinds of jobs with a lease and settles them through [`Bot`].

mod calls;
mod models;
mod turns;

use std::future::Future;

use super::{Bot, MAX_ATTEMPTS, conversation};
use crate::{
    domain::time::Span,
    server::{
        conversations::ConversationError,
        workers::{self, Panicked, catch_panic},
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

/// Runs what tenants and customers shape on a blocking thread: a large pattern, condition or response must not keep the
/// server's own threads busy. A panic is the caller's.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

/// The wait before the next attempt of a job that failed after `attempts` others.
fn retry_after(attempts: i64) -> Span {
    workers::retry_after(attempts, MAX_ATTEMPTS)
}
