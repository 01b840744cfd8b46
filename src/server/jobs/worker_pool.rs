//! A lane: takes on what is due as long as there is room, and waits for nobody in particular, so that work which hangs
//! holds up nothing but itself. What is taken and what is done with it are its user's.

use std::{fmt::Display, future::Future};

use tokio::{
    sync::Notify,
    task::{JoinError, JoinSet},
};
use tokio_util::sync::CancellationToken;

use crate::{domain::time::Span, server::clock::Clock};

/// Where and how long it works.
pub struct WorkerPool<'a> {
    /// For the log.
    pub name: &'static str,
    /// Pieces of work that are under way at once.
    pub most: usize,
    /// Rings when something may be due.
    pub wakeup: &'a Notify,
    pub clock: &'a Clock,
    pub stop: &'a CancellationToken,
}

impl WorkerPool<'_> {
    /// Works until told to stop; what is under way then is finished, because its result would be lost. `take` is told how
    /// many there is room for.
    pub async fn run<J, E, T, W>(&self, take: impl Fn(usize) -> T, work: impl Fn(J) -> W)
    where
        E: Display,
        T: Future<Output = Result<Vec<J>, E>>,
        W: Future<Output = ()> + Send + 'static,
    {
        let mut under_way = JoinSet::new();
        while !self.stop.is_cancelled() {
            while let Some(ended) = under_way.try_join_next() {
                self.report(ended);
            }
            let mut pause = Span::seconds(1);
            match self.most.saturating_sub(under_way.len()) {
                0 => {}
                room => match take(room).await {
                    Ok(jobs) if jobs.is_empty() => {}
                    Ok(jobs) => {
                        for job in jobs {
                            under_way.spawn(work(job));
                        }
                        continue;
                    }
                    Err(error) => {
                        tracing::error!(%error, worker_pool = self.name, "jobs: lease failed");
                        pause = Span::seconds(2);
                    }
                },
            }
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = self.wakeup.notified() => {}
                Some(ended) = under_way.join_next() => self.report(ended),
                () = self.clock.sleep(pause) => {}
            }
        }
        while let Some(ended) = under_way.join_next().await {
            self.report(ended);
        }
    }

    fn report(&self, ended: Result<(), JoinError>) {
        if let Err(error) = ended {
            tracing::error!(%error, worker_pool = self.name, "jobs: job panicked");
        }
    }
}
