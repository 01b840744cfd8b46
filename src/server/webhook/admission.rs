//! Whether an app's webhooks are stored: not while its unread bodies are more, or older, than the projector can reach in
//! time. They would pile up on the disk unseen; refused, they stay with Meta, which repeats a webhook for seven days.
//!
//! Each app is looked at by itself, so that the flood of one does not refuse another's webhooks. A look is a query, so it
//! counts for a few seconds, and if it fails the last one counts: an unavailable database is an outage (`outage.rs`).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::project_load;
use crate::{
    domain::{
        ids::AppId,
        time::{Span, Timestamp},
    },
    server::{
        clock::Clock,
        store::{
            self, Db,
            journal::{self, UnreadBodies},
        },
    },
};

/// Most unread bodies of an app: minutes of work, and what a look may have to read.
pub const MAX_BODIES: i64 = 200_000;
/// Most bytes of unread bodies of an app.
pub const MAX_BYTES: i64 = 512 * 1024 * 1024;
/// The longest time that a body may wait. It does not count while what the projector can have in memory at once is all
/// there is, as after an outage: that is reached next, however old it is.
pub const MAX_AGE: Span = Span::minutes(5);
/// How long a look counts.
pub const LOOK_TTL: Span = Span::seconds(5);
/// How long a webhook waits for a look. Shorter than for its commit, which tells an outage.
const LOOK_TIMEOUT: Span = Span::seconds(2);

/// The limits of all apps. Cheap to clone.
#[derive(Clone)]
pub(super) struct Admission {
    db: Db,
    clock: Clock,
    /// Of apps that have signed a webhook.
    looks: Arc<Mutex<HashMap<AppId, Look>>>,
}

/// What the last look at an app's unread bodies showed.
#[derive(Clone, Copy)]
struct Look {
    at: Timestamp,
    is_full: bool,
}

/// The limit that an app has reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Excess {
    Bodies,
    Bytes,
    Age,
}

impl Excess {
    fn as_str(self) -> &'static str {
        match self {
            Self::Bodies => "bodies",
            Self::Bytes => "bytes",
            Self::Age => "age",
        }
    }
}

impl Admission {
    pub fn new(db: Db, clock: Clock) -> Self {
        Self { db, clock, looks: Arc::default() }
    }

    /// Whether one more body of the app may be stored.
    pub async fn is_open(&self, app: &AppId) -> bool {
        let now = self.clock.now();
        if let Some(is_full) = self.last_look(app, now) {
            return !is_full;
        }
        self.look(app, now).await;
        !lock(&self.looks).get(app).is_some_and(|look| look.is_full)
    }

    /// How many apps are refused now.
    pub async fn refused(&self) -> usize {
        let now = self.clock.now();
        let full = |looks: MutexGuard<'_, HashMap<AppId, Look>>| -> Vec<AppId> {
            looks.iter().filter(|(_, look)| look.is_full).map(|(app, _)| app.clone()).collect()
        };
        for app in full(lock(&self.looks)) {
            // Nobody asks for it any more: what is unread may have been read since.
            if self.last_look(&app, now).is_none() {
                self.look(&app, now).await;
            }
        }
        full(lock(&self.looks)).len()
    }

    /// Whether the last look showed that the app has too much. `None`: it is old, and the caller looks; until it has
    /// looked, the old one counts for others.
    fn last_look(&self, app: &AppId, now: Timestamp) -> Option<bool> {
        let mut looks = lock(&self.looks);
        match looks.get_mut(app) {
            Some(look) if look.at <= now && now.since(look.at) < LOOK_TTL => Some(look.is_full),
            Some(look) => {
                look.at = now;
                None
            }
            None => {
                looks.insert(app.clone(), Look { at: now, is_full: false });
                None
            }
        }
    }

    async fn look(&self, app: &AppId, now: Timestamp) {
        let counted = tokio::select! {
            biased;
            counted = self.count(app) => counted,
            () = self.clock.sleep(LOOK_TIMEOUT) => {
                tracing::warn!(%app, "webhook: unread bodies not counted in time");
                return;
            }
        };
        let unread = match counted {
            Ok(unread) => unread,
            Err(error) => {
                tracing::warn!(%app, %error, "webhook: unread bodies not counted");
                return;
            }
        };
        let excess = excess(&unread, now);
        let before = lock(&self.looks).insert(app.clone(), Look { at: now, is_full: excess.is_some() });
        let was_full = before.is_some_and(|look| look.is_full);
        let UnreadBodies { bodies, bytes, .. } = unread;
        match excess {
            Some(excess) if !was_full => {
                let limit = excess.as_str();
                tracing::error!(%app, limit, bodies, bytes, "webhook: backlog too large, answering 503");
            }
            None if was_full => {
                tracing::info!(%app, bodies, bytes, "webhook: backlog below the limit, accepting again")
            }
            Some(_) | None => {}
        }
    }

    async fn count(&self, app: &AppId) -> store::Result<UnreadBodies> {
        let mut tx = self.db.begin_read().await?;
        journal::unread_of(&mut tx, app, MAX_BODIES).await
    }
}

fn lock(looks: &Mutex<HashMap<AppId, Look>>) -> MutexGuard<'_, HashMap<AppId, Look>> {
    looks.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The limit that is reached. `unread` counts up to [`MAX_BODIES`].
fn excess(unread: &UnreadBodies, now: Timestamp) -> Option<Excess> {
    if unread.bodies >= MAX_BODIES {
        return Some(Excess::Bodies);
    }
    if unread.bytes >= MAX_BYTES {
        return Some(Excess::Bytes);
    }
    let most = i64::try_from(project_load::MAX_ROWS).unwrap_or(i64::MAX);
    let is_reached_next = unread.bodies <= most && unread.bytes <= project_load::MAX_BYTES;
    let is_old = unread.oldest.is_some_and(|oldest| now.since(oldest) > MAX_AGE);
    (is_old && !is_reached_next).then_some(Excess::Age)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_790_000_000_000);

    fn unread(bodies: i64, bytes: i64, waited: Span) -> UnreadBodies {
        UnreadBodies { bodies, bytes, oldest: Some(NOW.minus(waited)) }
    }

    #[test]
    fn each_limit_refuses_and_nothing_below_it_does() {
        let (many, moment) = (2_000, Span::seconds(1));
        let just_old = Span(MAX_AGE.0 + 1);
        let table = [
            (unread(MAX_BODIES - 1, MAX_BYTES - 1, MAX_AGE), None),
            (unread(MAX_BODIES, 1, moment), Some(Excess::Bodies)),
            (unread(1, MAX_BYTES, moment), Some(Excess::Bytes)),
            (unread(many, 1, MAX_AGE), None),
            (unread(many, 1, just_old), Some(Excess::Age)),
            (unread(5, project_load::MAX_BYTES + 1, just_old), Some(Excess::Age)),
            (UnreadBodies::default(), None),
        ];
        for (unread, expected) in table {
            assert_eq!(excess(&unread, NOW), expected, "{unread:?}");
        }
    }

    #[test]
    fn a_few_bodies_are_reached_next_however_old_they_are() {
        assert_eq!(excess(&unread(1_024, project_load::MAX_BYTES, Span::days(3)), NOW), None);
        assert_eq!(excess(&unread(1_025, 1, Span::days(3)), NOW), Some(Excess::Age));
    }
}
