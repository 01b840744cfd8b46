//! Reads unread bodies for the projector: a part of each app's at a time, on threads that may take long.
//!
//! A large body is read while those of other apps are processed. Later bodies of its app wait for it, because the order of
//! an app's messages is kept.

use std::{collections::BTreeMap, mem, sync::PoisonError};

use tokio::task::{JoinError, JoinSet};

use super::{
    project::Projector,
    project_backlog::{Backlog, Loaded},
    project_plan::{Plan, ReadBody},
};
use crate::{
    domain::ids::{AppId, JournalId},
    server::{
        store::{
            StoreError,
            journal::{self, JournalRow},
        },
        workers::on_blocking_thread,
    },
};

/// Most bodies of one app in memory. More are read when half of them are settled. More than a round processes, so that
/// the tenants of an app that they share get their turns.
pub(super) const MAX_ROWS: usize = 1_024;
/// Most bytes of bodies in memory, shared by the apps that have unread ones; each may have one body more. A body may
/// have 4 MB, and its parsed form takes several times as much.
pub(super) const MAX_BYTES: i64 = 16 * 1024 * 1024;
/// Most bytes of an app's bodies that are read in a round, while all others wait. A body with more is read aside.
const AT_ONCE: i64 = 256 * 1024;
/// So many bytes are read sooner than another thread begins to.
const QUICK: i64 = 16 * 1024;

/// Large bodies that are being read, one of each app at most.
#[derive(Default)]
pub(super) struct LargeBodies {
    sizes: BTreeMap<JournalId, (AppId, i64)>,
    threads: JoinSet<ReadBody>,
    read: Vec<ReadBody>,
}

impl LargeBodies {
    pub(super) fn is_reading(&self) -> bool {
        !self.sizes.is_empty()
    }

    /// The body of each app that is being read, or read and not taken out.
    pub(super) fn loaded(&self) -> impl Iterator<Item = (&JournalId, &AppId, i64)> {
        self.sizes.iter().map(|(id, (app, bytes))| (id, app, *bytes))
    }

    fn has(&self, app: &AppId) -> bool {
        self.sizes.values().any(|(other, _)| other == app)
    }

    fn begin(&mut self, row: JournalRow) {
        self.sizes.insert(row.id.clone(), (row.app_id.clone(), row.size()));
        self.threads.spawn_blocking(|| ReadBody::of(row));
    }

    /// Waits until one of them is read.
    pub(super) async fn wait(&mut self) {
        let ended = self.threads.join_next().await;
        self.keep(ended);
    }

    fn keep(&mut self, ended: Option<Result<ReadBody, JoinError>>) {
        match ended {
            Some(Ok(body)) => self.read.push(body),
            // What is not in memory is read from the journal again.
            Some(Err(error)) => {
                tracing::error!(%error, "webhook: large body not read, will retry");
                self.sizes.clear();
                self.threads.abort_all();
            }
            None => {}
        }
    }

    /// Takes out those that are read.
    fn take_read(&mut self) -> Vec<ReadBody> {
        while let Some(ended) = self.threads.try_join_next() {
            self.keep(Some(ended));
        }
        let mut read = mem::take(&mut self.read);
        // Of others that were given up, another copy is read.
        read.retain(|body| self.sizes.remove(body.id()).is_some());
        read
    }
}

/// Reads bodies while the round waits for them.
async fn read_all(rows: Vec<JournalRow>) -> Vec<ReadBody> {
    let read = |rows: Vec<JournalRow>| rows.into_iter().map(ReadBody::of).collect();
    match rows.iter().map(JournalRow::size).sum::<i64>() > QUICK {
        true => on_blocking_thread(move || read(rows)).await,
        false => read(rows),
    }
}

impl Projector {
    /// Reads unread bodies, of each app as many as there is room for.
    pub(super) async fn load(&self, backlog: &mut Backlog) -> Result<(), StoreError> {
        // Counted before what was read is taken out.
        let mut loaded = backlog.loaded();
        let mut read = backlog.large.take_read();
        let mut tx = self.db.begin_read().await?;
        let apps = self.in_turn(journal::unread_apps(&mut tx).await?);
        let share = MAX_BYTES / i64::try_from(apps.len()).unwrap_or(i64::MAX).max(1);
        let mut total: i64 = loaded.values().map(|of_app| of_app.bytes).sum();
        let mut rows = Vec::new();
        for app in apps {
            if backlog.large.has(&app) {
                continue;
            }
            let Loaded { bodies, bytes } = loaded.remove(&app).unwrap_or_default();
            let has_room = bodies.is_empty() || (bodies.len() <= MAX_ROWS / 2 && bytes < share);
            if !has_room || total >= 2 * MAX_BYTES {
                continue;
            }
            let most = (share - bytes).min(AT_ONCE);
            let found = journal::unread(&mut tx, &app, &bodies, MAX_ROWS - bodies.len(), most).await?;
            if found.is_empty() {
                continue;
            }
            total += found.iter().map(JournalRow::size).sum::<i64>();
            *self.last_app.lock().unwrap_or_else(PoisonError::into_inner) = Some(app);
            // Only the first may be larger than what was asked for, and it comes alone.
            if found.first().is_some_and(|row| row.size() > AT_ONCE) {
                found.into_iter().for_each(|row| backlog.large.begin(row));
            } else {
                rows.extend(found);
            }
        }
        read.extend(read_all(rows).await);
        if read.is_empty() {
            return Ok(());
        }
        let (rows, plan) = Plan::make(&mut tx, read).await?;
        tx.rollback().await?;
        backlog.add(rows, plan);
        Ok(())
    }

    /// The apps, beginning behind the one that was read last.
    fn in_turn(&self, mut apps: Vec<AppId>) -> Vec<AppId> {
        let last = self.last_app.lock().unwrap_or_else(PoisonError::into_inner);
        let behind = last.as_ref().map_or(0, |last| apps.partition_point(|app| app <= last));
        apps.rotate_left(behind);
        apps
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::ids::Wamid,
        server::{
            store::messages,
            webhook::fixture::{Fixture, body, text},
        },
    };

    #[tokio::test]
    async fn bodies_are_loaded_up_to_the_byte_limit() {
        let fixture = Fixture::new().await;
        for size in [10, 10, 60, 5] {
            fixture.post("app_1", vec![b' '; size]).await;
        }
        let sizes = async |known: &[JournalId], bytes: i64| -> Vec<usize> {
            let mut tx = fixture.db.begin_read().await.expect("begins");
            let known = known.iter().cloned().collect();
            let rows = journal::unread(&mut tx, &"app_1".into(), &known, MAX_ROWS, bytes).await.expect("reads");
            rows.iter().map(|row| row.body.len()).collect()
        };
        assert_eq!(sizes(&[], 25).await, [10, 10]);
        assert_eq!(sizes(&[], 1_000).await, [10, 10, 60, 5]);
        assert_eq!(sizes(&[], 1).await, [10], "the first is loaded whatever its size");
        let mut tx = fixture.db.begin_read().await.expect("begins");
        let first =
            journal::unread(&mut tx, &"app_1".into(), &Default::default(), 1, 1).await.expect("reads").remove(0);
        drop(tx);
        assert_eq!(sizes(&[first.id], 74).await, [10, 60], "what is in memory is not loaded again");
    }

    #[tokio::test]
    async fn a_large_body_delays_no_other_app_and_keeps_its_place_among_those_of_its_own() {
        let fixture = Fixture::new().await;
        // given a large body of one app, with another behind it, and one of another app
        let texts = |of: &str, count: usize| {
            body("77001", (0..count).map(|nth| text("77001", &format!("wamid.{of}.{nth}"))).collect())
        };
        let spaces = " ".repeat(usize::try_from(AT_ONCE).expect("fits"));
        fixture.post("app_1", texts("large", 2) + &spaces).await;
        fixture.post("app_1", texts("behind", 1)).await;
        fixture.post("app_2", "another app's, which is no JSON").await;
        // when the first round runs
        fixture.projector.run_once().await.expect("runs");
        // then the other app's is settled
        assert_eq!(fixture.backlog().await, (2, 1));
        // and when the others run, then the large one comes before the one behind it
        while fixture.projector.run_once().await.expect("runs") > 0 {}
        let seq = async |wamid: &str| {
            let mut tx = fixture.db.begin_read().await.expect("begins");
            let wamid = Wamid(wamid.to_owned());
            let found = messages::by_wamid(&mut tx, &fixture.tenant, &"chn_1".into(), &wamid).await.expect("asks");
            found.expect("is stored").seq
        };
        assert!(seq("wamid.large.0").await < seq("wamid.large.1").await);
        assert!(seq("wamid.large.1").await < seq("wamid.behind.0").await);
        assert_eq!(fixture.backlog().await, (0, 1));
    }
}
