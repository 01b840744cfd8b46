//! Which agents have a conversation open, and who of them is typing: reported by their pages, shown to the colleagues
//! who have it open, too.
//!
//! Kept in the memory of one process until it expires. Nothing is written, and the log does not know of it.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::watch;

use super::{Live, LiveError, Result};
use crate::{
    domain::{
        activity::{ActiveAgent, Activity, Expiry},
        ids::{AgentId, ConversationId, TenantId},
        time::Timestamp,
    },
    server::{accounts::Agent, store::conversations},
};

impl Live {
    /// Keeps what an agent's page reports, until it expires.
    ///
    /// # Errors
    /// [`LiveError::NotFound`] if the conversation does not exist or belongs to another tenant.
    pub async fn report_activity(&self, agent: &Agent, id: &ConversationId, activity: Activity) -> Result<()> {
        let (tenant, now) = (agent.tenant(), self.clock.now());
        // A conversation that the agent has open was looked up with the first report.
        if !self.activities.is_open(tenant, agent.id(), id, now) {
            let mut tx = self.db.begin_read().await?;
            if !conversations::exists(&mut tx, tenant, id).await? {
                return Err(LiveError::NotFound);
            }
        }
        self.activities.report(tenant, agent.id(), agent.name(), id, activity.expiry(now), now);
        Ok(())
    }
}

#[derive(Clone, Default)]
pub(super) struct Activities(Arc<Mutex<HashMap<TenantId, TenantActivity>>>);

/// The agents who have a conversation open.
type Viewers = BTreeMap<AgentId, Viewing>;

struct Viewing {
    name: String,
    until: Expiry,
}

impl Viewing {
    fn lasts(&self, now: Timestamp) -> bool {
        now < self.until.viewing
    }
}

struct TenantActivity {
    /// Sorted, so that streams can compare what they send with what they sent.
    conversations: BTreeMap<ConversationId, Viewers>,
    changed: watch::Sender<u64>,
}

impl Default for TenantActivity {
    fn default() -> Self {
        Self { conversations: BTreeMap::new(), changed: watch::Sender::new(0) }
    }
}

impl Activities {
    /// `until`: when the report expires; `None` if the agent left.
    fn report(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        name: &str,
        conversation: &ConversationId,
        until: Option<Expiry>,
        now: Timestamp,
    ) {
        self.with(tenant, |activity| {
            activity.conversations.retain(|_, viewers| {
                viewers.retain(|_, viewing| viewing.lasts(now));
                !viewers.is_empty()
            });
            let viewers = activity.conversations.entry(conversation.clone()).or_default();
            match until {
                Some(until) => {
                    viewers.insert(agent.clone(), Viewing { name: name.to_owned(), until });
                }
                None => {
                    viewers.remove(agent);
                }
            }
            // Nobody needs to be told of an agent who is alone in a conversation.
            if viewers.keys().any(|other| other != agent) {
                activity.changed.send_modify(|n| *n += 1);
            }
        });
    }

    fn is_open(&self, tenant: &TenantId, agent: &AgentId, conversation: &ConversationId, now: Timestamp) -> bool {
        self.with(tenant, |activity| {
            let viewing = activity.conversations.get(conversation).and_then(|viewers| viewers.get(agent));
            viewing.is_some_and(|viewing| viewing.lasts(now))
        })
    }

    /// The colleagues in the conversations that `agent` has open.
    pub fn seen_by(&self, tenant: &TenantId, agent: &AgentId, now: Timestamp) -> Vec<ActiveAgent> {
        self.with(tenant, |activity| {
            let mut seen = Vec::new();
            for (conversation, viewers) in &activity.conversations {
                if !viewers.get(agent).is_some_and(|viewing| viewing.lasts(now)) {
                    continue;
                }
                for (id, viewing) in viewers {
                    if id != agent && viewing.lasts(now) {
                        let (conversation, agent, name) = (conversation.clone(), id.clone(), viewing.name.clone());
                        seen.push(ActiveAgent { conversation, agent, name, until: viewing.until });
                    }
                }
            }
            seen
        })
    }

    /// Changes whenever something is reported of a conversation that several agents have open.
    pub fn watch(&self, tenant: &TenantId) -> watch::Receiver<u64> {
        self.with(tenant, |activity| activity.changed.subscribe())
    }

    fn with<T>(&self, tenant: &TenantId, act: impl FnOnce(&mut TenantActivity) -> T) -> T {
        let mut tenants = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        act(tenants.entry(tenant.clone()).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Span;

    const START: Timestamp = Timestamp(1_000_000);

    /// A tenant whose agents report at [`START`].
    struct Reports {
        activities: Activities,
        tenant: TenantId,
    }

    impl Reports {
        fn report(&self, agent: &str, conversation: &str, activity: Activity) {
            let (id, conversation) = (AgentId::from(agent), ConversationId::from(conversation));
            self.activities.report(&self.tenant, &id, agent, &conversation, activity.expiry(START), START);
        }

        /// Whom an agent sees after `span`, and where.
        fn seen_by(&self, agent: &str, span: Span) -> Vec<String> {
            let seen = self.activities.seen_by(&self.tenant, &agent.into(), START.plus(span));
            seen.iter().map(|one| format!("{} in {}", one.name, one.conversation.as_str())).collect()
        }
    }

    fn reports() -> Reports {
        Reports { activities: Activities::default(), tenant: TenantId::from("tnt_1") }
    }

    #[test]
    fn agents_see_each_other_where_both_are_until_one_leaves() {
        // given Ana in two conversations, Ben in one of them and Chloe elsewhere
        let reports = reports();
        for (agent, conversation) in [("ana", "cnv_1"), ("ana", "cnv_2"), ("ben", "cnv_1"), ("chloe", "cnv_3")] {
            reports.report(agent, conversation, Activity::Viewing);
        }
        // then only those in the same conversation see each other, and nobody sees themselves
        assert_eq!(reports.seen_by("ana", Span(0)), ["ben in cnv_1"]);
        assert_eq!(reports.seen_by("ben", Span(0)), ["ana in cnv_1"]);
        assert_eq!(reports.seen_by("chloe", Span(0)), [""; 0]);
        // when Ben leaves, then Ana sees nobody, and neither does he
        reports.report("ben", "cnv_1", Activity::Left);
        assert_eq!(reports.seen_by("ana", Span(0)), [""; 0]);
        assert_eq!(reports.seen_by("ben", Span(0)), [""; 0]);
    }

    #[test]
    fn a_report_that_is_not_repeated_expires() {
        let reports = reports();
        for agent in ["ana", "ben"] {
            reports.report(agent, "cnv_1", Activity::Typing);
        }
        assert_eq!(reports.seen_by("ana", Span::seconds(44)), ["ben in cnv_1"]);
        assert_eq!(reports.seen_by("ana", Span::seconds(45)), [""; 0]);
        let later = START.plus(Span::seconds(45));
        assert!(!reports.activities.is_open(&reports.tenant, &"ana".into(), &"cnv_1".into(), later));
    }

    #[test]
    fn another_tenant_sees_nothing() {
        let reports = reports();
        let other = Reports { activities: reports.activities.clone(), tenant: TenantId::from("tnt_2") };
        // given reports of both tenants that name the same conversation
        reports.report("ana", "cnv_1", Activity::Typing);
        other.report("eve", "cnv_1", Activity::Viewing);
        assert_eq!(reports.seen_by("ana", Span(0)), [""; 0]);
        assert_eq!(other.seen_by("eve", Span(0)), [""; 0]);
    }

    #[test]
    fn streams_wake_only_when_somebody_else_is_there() {
        let reports = reports();
        let told = reports.activities.watch(&reports.tenant);
        let count = || *told.borrow();
        reports.report("ana", "cnv_1", Activity::Viewing);
        reports.report("ana", "cnv_1", Activity::Typing);
        assert_eq!(count(), 0, "she is alone");
        reports.report("ben", "cnv_1", Activity::Viewing);
        assert_eq!(count(), 1);
        reports.report("ben", "cnv_1", Activity::Left);
        assert_eq!(count(), 2);
        reports.report("ana", "cnv_1", Activity::Left);
        assert_eq!(count(), 2);
    }
}
