//! Records which agents are there, for all nodes and for reports: renews this node's rows, reads those of the others,
//! and begins and ends the intervals in which agents are online or away.
//!
//! What follows from an absence does not belong here: `conversations` looks at the rows. Streams are counted in `bus`.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{
    domain::{
        ids::{AgentId, NodeId, TenantId},
        time::{Span, Timestamp},
    },
    server::{
        bus::{LocalPresence, Presence, RecordedPresence, StreamState},
        clock::{Clock, Entropy},
        store::{
            self, Db,
            presence::{self, OpenInterval, PresenceRow, PresenceState, PresentAgent},
        },
        workers::WorkerPool,
    },
};

/// How long a row counts after its last renewal. After a crash the agents are offline when it is over.
const LIFE: Span = Span::seconds(45);
/// How often a row is renewed.
const RENEW: Span = Span::seconds(15);
/// After this time, rows of agents who were not seen again are removed.
const KEEP: Span = Span::days(1);

/// An agent of a tenant.
type Who = (TenantId, AgentId);

/// The worker. Cheap to clone.
#[derive(Clone)]
pub struct PresenceRecorder {
    db: Db,
    clock: Clock,
    entropy: Entropy,
    presence: Presence,
    node: NodeId,
    /// This node's rows as they were last written.
    written: Arc<Mutex<BTreeMap<Who, PresenceRow>>>,
}

/// How an agent's interval goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum IntervalChange {
    Begin(PresenceState),
    Switch(PresenceState),
    End(Timestamp),
}

impl PresenceRecorder {
    pub fn new(db: Db, clock: Clock, entropy: Entropy, presence: Presence, node: NodeId) -> Self {
        Self { db, clock, entropy, presence, node, written: Arc::default() }
    }

    /// Runs until `stop` is cancelled.
    pub async fn run(self, stop: CancellationToken) {
        // Only the timer wakes this pool.
        let never = Notify::new();
        let pool = WorkerPool::new("presence", &never, &self.clock, &self.entropy, &stop);
        pool.run_rounds(|| async { self.run_once().await.map(|()| 0) }).await;
    }

    /// Writes what has changed at this node, and reads what the other nodes have written.
    pub async fn run_once(&self) -> store::Result<()> {
        let now = self.clock.now();
        let (local, mark) = self.presence.local();
        let mut look = self.db.begin_read().await?;
        let mut present = presence::present(&mut look, now).await?;
        let open = presence::open_intervals(&mut look).await?;
        drop(look);
        self.presence.set_recorded(&self.recorded(&present), mark);
        // This node knows its own streams better than its rows.
        present.retain(|one| one.node != self.node);

        let own: Vec<PresenceRow> = local.iter().map(|one| row_of(one, now)).collect();
        let due = self.due(&own, now);
        let changes = interval_changes(&present, &local, &open, now);
        if !due.is_empty() || !changes.is_empty() {
            self.write(&due, &changes, now).await?;
        }
        self.presence.confirm_accepting(now);
        Ok(())
    }

    async fn write(
        &self,
        due: &[PresenceRow],
        changes: &BTreeMap<Who, IntervalChange>,
        now: Timestamp,
    ) -> store::Result<()> {
        let mut tx = self.db.begin_write().await?;
        presence::save(&mut tx, &self.node, due).await?;
        for ((tenant, agent), change) in changes {
            match change {
                IntervalChange::Begin(state) => {
                    presence::begin_interval(&mut tx, tenant, agent, *state, now).await?;
                }
                IntervalChange::Switch(state) => {
                    presence::end_interval(&mut tx, tenant, agent, now).await?;
                    presence::begin_interval(&mut tx, tenant, agent, *state, now).await?;
                }
                IntervalChange::End(at) => presence::end_interval(&mut tx, tenant, agent, *at).await?,
            }
        }
        presence::remove_unseen(&mut tx, now.minus(KEEP)).await?;
        tx.commit().await?;
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        for row in due {
            written.insert((row.tenant.clone(), row.agent.clone()), row.clone());
        }
        Ok(())
    }

    /// What the table says about the agents who are there.
    fn recorded(&self, present: &[PresentAgent]) -> Vec<RecordedPresence> {
        let recorded = present.iter().map(|one| RecordedPresence {
            tenant: one.tenant.clone(),
            agent: one.agent.clone(),
            until: (one.node != self.node).then_some(one.expires_at),
            away: one.away,
        });
        recorded.collect()
    }

    /// The rows that must be written: new ones, those whose stream opened or ended, and those that would expire.
    fn due(&self, own: &[PresenceRow], now: Timestamp) -> Vec<PresenceRow> {
        let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = |row: &&PresenceRow| {
            let Some(known) = written.get(&(row.tenant.clone(), row.agent.clone())) else { return true };
            let has_stream = row.expires_at == now.plus(LIFE);
            let is_due = match has_stream {
                true => row.expires_at.since(known.expires_at) >= RENEW,
                false => (row.streamed_at, row.expires_at) != (known.streamed_at, known.expires_at),
            };
            let has_called = match (row.called_at, known.called_at) {
                (Some(call), Some(last)) => call.since(last) >= RENEW,
                (call, last) => call != last,
            };
            is_due || has_called
        };
        own.iter().filter(is_due).cloned().collect()
    }
}

/// The row of an agent at this node.
fn row_of(local: &LocalPresence, now: Timestamp) -> PresenceRow {
    let (streamed_at, expires_at) = match local.streams {
        StreamState::Never => (None, Timestamp(0)),
        StreamState::Open => (Some(now), now.plus(LIFE)),
        StreamState::Ended { at, until } => (Some(at), until),
    };
    let (tenant, agent, called_at) = (local.tenant.clone(), local.agent.clone(), local.called_at);
    PresenceRow { tenant, agent, streamed_at, called_at, expires_at }
}

/// How the intervals go on. `present` are the agents at other nodes, `local` those of this one.
fn interval_changes(
    present: &[PresentAgent],
    local: &[LocalPresence],
    open: &[OpenInterval],
    now: Timestamp,
) -> BTreeMap<Who, IntervalChange> {
    let state = |away| if away { PresenceState::Away } else { PresenceState::Online };
    let mut there: BTreeMap<Who, PresenceState> =
        present.iter().map(|one| ((one.tenant.clone(), one.agent.clone()), state(one.away))).collect();
    let mut ended: BTreeMap<Who, Timestamp> = BTreeMap::new();
    for one in local {
        let who = (one.tenant.clone(), one.agent.clone());
        match one.streams {
            StreamState::Never => {}
            StreamState::Ended { at, until } if until <= now => {
                ended.insert(who, at);
            }
            StreamState::Open | StreamState::Ended { .. } => {
                there.insert(who, state(one.away));
            }
        }
    }
    let mut changes = BTreeMap::new();
    for interval in open {
        let who = (interval.tenant.clone(), interval.agent.clone());
        match there.entry(who) {
            Entry::Occupied(state) => {
                let ((who, state), known) = (state.remove_entry(), interval.state);
                if state != known {
                    changes.insert(who, IntervalChange::Switch(state));
                }
            }
            Entry::Vacant(gone) => {
                let who = gone.into_key();
                // It ends when the agent was last there, not when that was noticed.
                let at = interval.streamed_at.max(ended.get(&who).copied()).unwrap_or(now);
                changes.insert(who, IntervalChange::End(at));
            }
        }
    }
    changes.extend(there.into_iter().map(|(who, state)| (who, IntervalChange::Begin(state))));
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);

    fn who() -> Who {
        ("ten_1".into(), "agt_ana".into())
    }

    fn local(streams: StreamState, away: bool) -> LocalPresence {
        let (tenant, agent) = who();
        LocalPresence { tenant, agent, streams, called_at: None, away }
    }

    fn elsewhere(away: bool) -> PresentAgent {
        let (tenant, agent) = who();
        PresentAgent { tenant, agent, node: "nod_2".into(), expires_at: NOW.plus(LIFE), away }
    }

    fn open(state: PresenceState) -> OpenInterval {
        let (tenant, agent) = who();
        OpenInterval { tenant, agent, state, streamed_at: Some(Timestamp(5)) }
    }

    fn change(present: &[PresentAgent], local: &[LocalPresence], open: &[OpenInterval]) -> Option<IntervalChange> {
        let changes = interval_changes(present, local, open, NOW);
        assert!(changes.len() <= 1);
        changes.get(&who()).copied()
    }

    #[test]
    fn an_interval_follows_the_agents_streams_at_all_nodes() {
        use IntervalChange::{Begin, End, Switch};
        use PresenceState::{Away, Online};
        let here = |away| [local(StreamState::Open, away)];
        let left = |seconds| {
            let at = NOW.minus(Span::seconds(seconds));
            [local(StreamState::Ended { at, until: at.plus(Span::seconds(30)) }, false)]
        };
        assert_eq!(change(&[], &here(false), &[]), Some(Begin(Online)));
        assert_eq!(change(&[elsewhere(true)], &[], &[]), Some(Begin(Away)));
        assert_eq!(change(&[], &here(false), &[open(Online)]), None);
        assert_eq!(change(&[], &here(true), &[open(Online)]), Some(Switch(Away)));
        // Within the grace period the interval goes on, and after it, it ends with the last stream.
        assert_eq!(change(&[], &left(29), &[open(Online)]), None);
        assert_eq!(change(&[], &left(30), &[open(Online)]), Some(End(NOW.minus(Span::seconds(30)))));
        assert_eq!(change(&[elsewhere(false)], &left(30), &[open(Online)]), None);
        // A node that is gone renewed its row last at 5.
        assert_eq!(change(&[], &[], &[open(Online)]), Some(End(Timestamp(5))));
        // Calls alone are no presence.
        assert_eq!(change(&[], &[local(StreamState::Never, false)], &[]), None);
    }
}
