//! Which agents are online: those with an open stream, or whose last stream ended within [`GRACE`], and who are not set
//! to away.
//!
//! Streams of this node are counted here. Those of other nodes are known from the table `presence`, which
//! `server::presence` writes and reads.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::watch;

use crate::domain::{
    ids::{AgentId, TenantId},
    time::{Span, Timestamp},
};

/// How long an agent without a stream still counts as online, so that a reload or a short network loss is no absence.
pub const GRACE: Span = Span::seconds(30);
/// A node that has not recorded its presence for so long was stopped or suspended, and accepted no streams meanwhile.
const MAX_GAP: Span = Span::seconds(30);

#[derive(Clone, Default)]
pub struct Presence(Arc<Mutex<NodePresence>>);

#[derive(Default)]
struct NodePresence {
    tenants: HashMap<TenantId, TenantPresence>,
    accepting: Option<Accepting>,
    /// How often an agent of this node was set to away or back.
    away_changes: u64,
}

/// Since when this node accepts streams without interruption, and when that was last confirmed.
#[derive(Clone, Copy)]
struct Accepting {
    since: Timestamp,
    confirmed: Timestamp,
}

struct TenantPresence {
    streams: BTreeMap<AgentId, usize>,
    /// Agents whose last stream ended.
    left: BTreeMap<AgentId, Left>,
    /// When each agent last called this node.
    called: BTreeMap<AgentId, Timestamp>,
    /// Agents who are there at other nodes, and until when that is known.
    elsewhere: BTreeMap<AgentId, Timestamp>,
    away: HashSet<AgentId>,
    /// Agents online at the last call of `online`. All streams share this one list, because each keeps the list that it
    /// sent.
    online: Arc<[AgentId]>,
    changed: watch::Sender<u64>,
}

impl Default for TenantPresence {
    fn default() -> Self {
        Self {
            streams: BTreeMap::new(),
            left: BTreeMap::new(),
            called: BTreeMap::new(),
            elsewhere: BTreeMap::new(),
            away: HashSet::new(),
            online: Arc::default(),
            changed: watch::Sender::new(0),
        }
    }
}

impl TenantPresence {
    fn notify(&self) {
        self.changed.send_modify(|n| *n += 1);
    }

    fn is_there(&self, agent: &AgentId, now: Timestamp) -> bool {
        self.streams.contains_key(agent)
            || self.left.get(agent).is_some_and(|left| now < left.until)
            || self.elsewhere.get(agent).is_some_and(|until| now < *until)
    }

    /// Returns whether that is a change.
    fn set_away(&mut self, agent: &AgentId, away: bool) -> bool {
        if away { self.away.insert(agent.clone()) } else { self.away.remove(agent) }
    }
}

/// The end of an agent's last stream.
#[derive(Clone, Copy)]
struct Left {
    at: Timestamp,
    /// Until when the agent still counts as online.
    until: Timestamp,
}

/// What this node knows about one agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalPresence {
    pub tenant: TenantId,
    pub agent: AgentId,
    pub streams: StreamState,
    pub called_at: Option<Timestamp>,
    pub away: bool,
}

/// An agent's streams at this node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamState {
    /// The agent has only called.
    Never,
    Open,
    /// The last one ended `at`; the agent counts as online `until`.
    Ended {
        at: Timestamp,
        until: Timestamp,
    },
}

/// An agent who is there, as the table says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedPresence {
    pub tenant: TenantId,
    pub agent: AgentId,
    /// Until when they are there at another node; `None` for a row of this node, which knows its streams itself.
    pub until: Option<Timestamp>,
    /// Any node may have changed it.
    pub away: bool,
}

/// Counts one open stream until it is dropped.
pub struct StreamGuard {
    presence: Presence,
    tenant: TenantId,
    agent: AgentId,
    now: Box<dyn Fn() -> Timestamp + Send + Sync>,
    grace: Grace,
}

/// Whether an agent still counts as online for a while after the stream ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grace {
    Given,
    /// The session has ended, which is no short network loss.
    Refused,
}

impl StreamGuard {
    /// Its agent signed out and goes offline as soon as the stream ends.
    pub fn without_grace(&mut self) {
        self.grace = Grace::Refused;
    }
}

impl Drop for StreamGuard {
    fn drop(&mut self) {
        let at = (self.now)();
        let until = match self.grace {
            // Streams notice the end of the grace period by themselves.
            Grace::Given => at.plus(GRACE),
            Grace::Refused => at,
        };
        self.presence.with(&self.tenant, |presence| {
            let Some(count) = presence.streams.get_mut(&self.agent) else { return false };
            *count -= 1;
            if *count > 0 {
                return false;
            }
            presence.streams.remove(&self.agent);
            presence.left.insert(self.agent.clone(), Left { at, until });
            true
        });
    }
}

impl Presence {
    /// Records that an agent opened a stream. `now` gives the time when the stream ends.
    pub fn enter(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        away: bool,
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> StreamGuard {
        let at = now();
        self.with(tenant, |presence| {
            let was_there = presence.is_there(agent, at);
            presence.left.remove(agent);
            *presence.streams.entry(agent.clone()).or_default() += 1;
            let away_changed = presence.set_away(agent, away);
            !was_there || away_changed
        });
        StreamGuard {
            presence: self.clone(),
            tenant: tenant.clone(),
            agent: agent.clone(),
            now: Box::new(now),
            grace: Grace::Given,
        }
    }

    pub fn set_away(&self, tenant: &TenantId, agent: &AgentId, away: bool) {
        self.lock().away_changes += 1;
        self.with(tenant, |presence| presence.set_away(agent, away));
    }

    /// Records a call of an agent, with or without a stream.
    pub fn touch(&self, tenant: &TenantId, agent: &AgentId, now: Timestamp) {
        self.with(tenant, |presence| {
            presence.called.insert(agent.clone(), now);
            false
        });
    }

    /// Ends the grace period at once, because the agent signed out.
    pub fn leave(&self, tenant: &TenantId, agent: &AgentId) {
        self.with(tenant, |presence| {
            let Some(left) = presence.left.get_mut(agent) else { return false };
            left.until = left.at;
            true
        });
    }

    /// Agents who would see a handoff now, sorted by id.
    pub fn online(&self, tenant: &TenantId, now: Timestamp) -> Arc<[AgentId]> {
        let mut node = self.lock();
        let Some(presence) = node.tenants.get_mut(tenant) else { return Arc::default() };
        let lasting = |until: Timestamp| now < until;
        let online: BTreeSet<&AgentId> = presence
            .streams
            .keys()
            .chain(presence.left.iter().filter(|(_, left)| lasting(left.until)).map(|(agent, _)| agent))
            .chain(presence.elsewhere.iter().filter(|(_, until)| lasting(**until)).map(|(agent, _)| agent))
            .collect();
        let available = || online.iter().copied().filter(|agent| !presence.away.contains(*agent));
        if !available().eq(presence.online.iter()) {
            presence.online = available().cloned().collect();
        }
        presence.online.clone()
    }

    /// Whether an agent is there, away or not, and when this node last heard of them.
    pub fn last_seen(&self, tenant: &TenantId, agent: &AgentId, now: Timestamp) -> (bool, Option<Timestamp>) {
        let node = self.lock();
        let Some(presence) = node.tenants.get(tenant) else { return (false, None) };
        let left = presence.left.get(agent).map(|left| left.at);
        (presence.is_there(agent, now), left.max(presence.called.get(agent).copied()))
    }

    /// Changes whenever an agent comes online, goes offline, or changes to or from away.
    pub fn watch(&self, tenant: &TenantId) -> watch::Receiver<u64> {
        self.lock().tenants.entry(tenant.clone()).or_default().changed.subscribe()
    }

    /// Everything that this node knows, and a mark of its away states for [`Self::set_recorded`].
    pub fn local(&self) -> (Vec<LocalPresence>, u64) {
        let node = self.lock();
        let mut all = Vec::new();
        for (tenant, presence) in &node.tenants {
            let agents: BTreeSet<&AgentId> =
                presence.streams.keys().chain(presence.left.keys()).chain(presence.called.keys()).collect();
            for agent in agents {
                let streams = match (presence.streams.contains_key(agent), presence.left.get(agent)) {
                    (true, _) => StreamState::Open,
                    (false, Some(left)) => StreamState::Ended { at: left.at, until: left.until },
                    (false, None) => StreamState::Never,
                };
                all.push(LocalPresence {
                    tenant: tenant.clone(),
                    agent: agent.clone(),
                    streams,
                    called_at: presence.called.get(agent).copied(),
                    away: presence.away.contains(agent),
                });
            }
        }
        (all, node.away_changes)
    }

    /// Replaces what is known about other nodes. `mark` is that of the time before it was read: an away state that was
    /// set here since is newer.
    pub fn set_recorded(&self, recorded: &[RecordedPresence], mark: u64) {
        let mut node = self.lock();
        let is_newer = node.away_changes == mark;
        let mut by_tenant: HashMap<&TenantId, BTreeMap<AgentId, Timestamp>> = HashMap::new();
        let mut changed: HashSet<TenantId> = HashSet::new();
        for one in recorded {
            if let Some(at) = one.until {
                let until = by_tenant.entry(&one.tenant).or_default().entry(one.agent.clone()).or_insert(at);
                *until = at.max(*until);
            }
            let presence = node.tenants.entry(one.tenant.clone()).or_default();
            if is_newer && presence.set_away(&one.agent, one.away) {
                changed.insert(one.tenant.clone());
            }
        }
        for (tenant, presence) in &mut node.tenants {
            let elsewhere = by_tenant.remove(tenant).unwrap_or_default();
            if !elsewhere.keys().eq(presence.elsewhere.keys()) {
                changed.insert(tenant.clone());
            }
            presence.elsewhere = elsewhere;
            if changed.contains(tenant) {
                presence.notify();
            }
        }
    }

    /// Confirms at `now` that this node accepts streams.
    pub fn confirm_accepting(&self, now: Timestamp) {
        let mut node = self.lock();
        let known = node.accepting.filter(|accepting| now.since(accepting.confirmed) <= MAX_GAP);
        let since = known.map_or(now, |accepting| accepting.since);
        node.accepting = Some(Accepting { since, confirmed: now });
    }

    /// Since when this node accepts streams without interruption; `None` if it does not at `now`.
    pub fn accepting_since(&self, now: Timestamp) -> Option<Timestamp> {
        let accepting = self.lock().accepting;
        accepting.filter(|accepting| now.since(accepting.confirmed) <= MAX_GAP).map(|accepting| accepting.since)
    }

    /// `change` returns whether others must be notified, so that a thousand streams that open do not wake each other.
    fn with(&self, tenant: &TenantId, change: impl FnOnce(&mut TenantPresence) -> bool) {
        let mut node = self.lock();
        let presence = node.tenants.entry(tenant.clone()).or_default();
        if change(presence) {
            presence.notify();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, NodePresence> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[path = "presence_tests.rs"]
mod tests;
