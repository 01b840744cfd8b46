//! Which agents are online: those with an open stream, or whose last stream ended within [`GRACE`], and who are not set
//! to away.

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

#[derive(Clone, Default)]
pub struct Presence(Arc<Mutex<HashMap<TenantId, TenantPresence>>>);

struct TenantPresence {
    streams: BTreeMap<AgentId, usize>,
    /// Agents whose last stream ended, and when.
    left: BTreeMap<AgentId, Timestamp>,
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
            away: HashSet::new(),
            online: Arc::default(),
            changed: watch::Sender::new(0),
        }
    }
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
        let now = (self.now)();
        let grace = self.grace;
        self.presence.with(&self.tenant, |presence| {
            let Some(count) = presence.streams.get_mut(&self.agent) else { return false };
            *count -= 1;
            if *count > 0 {
                return false;
            }
            presence.streams.remove(&self.agent);
            if grace == Grace::Given {
                // Streams notice the end of the grace period by themselves.
                presence.left.insert(self.agent.clone(), now);
            }
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
        self.with(tenant, |presence| {
            let was_online = presence.left.remove(agent).is_some() || presence.streams.contains_key(agent);
            *presence.streams.entry(agent.clone()).or_default() += 1;
            let away_changed = if away { presence.away.insert(agent.clone()) } else { presence.away.remove(agent) };
            !was_online || away_changed
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
        self.with(
            tenant,
            |presence| if away { presence.away.insert(agent.clone()) } else { presence.away.remove(agent) },
        );
    }

    /// Ends the grace period at once, because the agent signed out.
    pub fn leave(&self, tenant: &TenantId, agent: &AgentId) {
        self.with(tenant, |presence| presence.left.remove(agent).is_some());
    }

    /// Agents who would see a handoff now, sorted by id.
    pub fn online(&self, tenant: &TenantId, now: Timestamp) -> Arc<[AgentId]> {
        let mut tenants = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(presence) = tenants.get_mut(tenant) else { return Arc::default() };
        presence.left.retain(|_, since| now.since(*since) < GRACE);
        let online: BTreeSet<&AgentId> = presence.streams.keys().chain(presence.left.keys()).collect();
        let available = || online.iter().copied().filter(|agent| !presence.away.contains(*agent));
        if !available().eq(presence.online.iter()) {
            presence.online = available().cloned().collect();
        }
        presence.online.clone()
    }

    /// Changes whenever an agent comes online, goes offline, or changes to or from away.
    pub fn watch(&self, tenant: &TenantId) -> watch::Receiver<u64> {
        let mut tenants = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tenants.entry(tenant.clone()).or_default().changed.subscribe()
    }

    /// `change` returns whether others must be notified, so that a thousand streams that open do not wake each other.
    fn with(&self, tenant: &TenantId, change: impl FnOnce(&mut TenantPresence) -> bool) {
        let mut tenants = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let presence = tenants.entry(tenant.clone()).or_default();
        if change(presence) {
            presence.changed.send_modify(|n| *n += 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_is_online_for_the_grace_period_unless_away() {
        let presence = Presence::default();
        let (tenant, ana) = (TenantId::from("tnt_1"), AgentId::from("agt_ana"));
        let stream = presence.enter(&tenant, &ana, false, || Timestamp(1_000));
        assert_eq!(&*presence.online(&tenant, Timestamp(0)), std::slice::from_ref(&ana));
        drop(stream);
        assert_eq!(&*presence.online(&tenant, Timestamp(1_000 + GRACE.0 - 1)), std::slice::from_ref(&ana));
        assert_eq!(&*presence.online(&tenant, Timestamp(1_000 + GRACE.0)), []);
        let _stream = presence.enter(&tenant, &ana, true, || Timestamp(0));
        assert_eq!(&*presence.online(&tenant, Timestamp(0)), []);
        presence.set_away(&tenant, &ana, false);
        assert_eq!(&*presence.online(&tenant, Timestamp(0)), [ana]);
    }

    #[test]
    fn the_online_list_is_shared_until_it_changes() {
        let presence = Presence::default();
        let tenant = TenantId::from("tnt_1");
        let _ana = presence.enter(&tenant, &AgentId::from("agt_ana"), false, || Timestamp(0));
        let first = presence.online(&tenant, Timestamp(0));
        assert!(Arc::ptr_eq(&first, &presence.online(&tenant, Timestamp(1))));
        let _ben = presence.enter(&tenant, &AgentId::from("agt_ben"), false, || Timestamp(0));
        assert_eq!(presence.online(&tenant, Timestamp(1)).len(), 2);
        assert_eq!(first.len(), 1);
    }
}
