//! The queues of the bot: `turns.rs` what can be decided at once, `calls.rs` requests to other systems, `models.rs` answers of
//! the language model. Each takes its kinds of jobs with a lease and settles them through [`Bot`].

mod calls;
mod models;
mod turns;

use std::future::Future;

use tokio_util::sync::CancellationToken;

use super::{Bot, TRIES, conversation, lease};
use crate::{domain::time::Span, server::conversations::ConversationError};

pub use calls::SHOWN;
pub use models::MAX_CONCURRENT;

impl Bot {
    /// One worker: works as long as there is work, then waits for its wake-up, the clock, or the end.
    pub(super) async fn pool<W, B>(&self, stop: &CancellationToken, work: impl Fn() -> W, wakeup: impl Fn() -> B)
    where
        W: Future<Output = Result<usize, ConversationError>>,
        B: Future<Output = ()>,
    {
        // A backlog must not keep it from hearing that it is to stop.
        while !stop.is_cancelled() {
            let pause = match work().await {
                Ok(0) => Span::seconds(1),
                Ok(_) => continue,
                Err(error) => {
                    tracing::error!(%error, "bot: turn lease failed");
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
}
