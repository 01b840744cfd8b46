//! Two lanes, messages and marks. Each takes on what is due as long as it has room, and waits for nobody in particular: a
//! call that hangs holds up its own conversation only.

use std::future::Future;

use tokio::{
    sync::Notify,
    task::{JoinError, JoinSet},
};
use tokio_util::sync::CancellationToken;

use super::Outbox;
use crate::{domain::time::Span, server::inbox::InboxError};

/// Messages that are under way at once.
const SENDS: usize = 128;
/// Marks that are under way at once.
const MARKS: usize = 32;

impl Outbox {
    /// Works until told to stop; what is under way then is finished, because its answer would be lost.
    pub async fn run(self, stop: CancellationToken) {
        let bells = self.bus.bells();
        let sends = self.lane(
            (SENDS, &bells.outbox, &stop),
            |room| self.take(room),
            |outbox, row| async move { outbox.send(row).await },
        );
        let marks = self.lane(
            (MARKS, &bells.marks, &stop),
            |room| self.take_marks(room),
            |outbox, mark| async move { outbox.mark(mark).await },
        );
        tokio::join!(sends, marks);
    }

    async fn lane<J, T, W>(
        &self,
        (most, bell, stop): (usize, &Notify, &CancellationToken),
        take: impl Fn(usize) -> T,
        work: impl Fn(Self, J) -> W,
    ) where
        T: Future<Output = Result<Vec<J>, InboxError>>,
        W: Future<Output = ()> + Send + 'static,
    {
        let mut aloft = JoinSet::new();
        while !stop.is_cancelled() {
            while let Some(landed) = aloft.try_join_next() {
                report(landed);
            }
            let mut pause = Span::seconds(1);
            match most.saturating_sub(aloft.len()) {
                0 => {}
                room => match take(room).await {
                    Ok(jobs) if jobs.is_empty() => {}
                    Ok(jobs) => {
                        for job in jobs {
                            aloft.spawn(work(self.clone(), job));
                        }
                        continue;
                    }
                    Err(error) => {
                        tracing::error!(%error, "the outbox cannot work");
                        pause = Span::seconds(2);
                    }
                },
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = bell.notified() => {}
                Some(landed) = aloft.join_next() => report(landed),
                () = self.clock.sleep(pause) => {}
            }
        }
        while let Some(landed) = aloft.join_next().await {
            report(landed);
        }
    }
}

fn report(landed: Result<(), JoinError>) {
    if let Err(error) = landed {
        tracing::error!(%error, "a call of the outbox broke down");
    }
}
