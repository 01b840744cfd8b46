//! Counts of conversations per bucket, updated by the writer.

use std::collections::BTreeMap;

use super::{Result, RowId, Tx, db::on};
use crate::domain::{
    conversation::{Conversation, Owner, State},
    desk::Counts,
    ids::{AgentId, TenantId},
};

/// A bucket in which a conversation is counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bucket {
    Bot,
    Waiting,
    /// The agent's, and the customer waits for a reply.
    ReplyNow(AgentId),
    /// The agent's, and the next message is the customer's.
    CustomersTurn(AgentId),
    /// The agent's, and put aside.
    Snoozed(AgentId),
    Phone,
    Closed,
}

const REPLY_NOW: &str = "reply_now:";
const CUSTOMERS_TURN: &str = "claimed:";
const SNOOZED: &str = "snoozed:";

impl Bucket {
    pub fn of(it: &Conversation) -> Self {
        match &it.state {
            State::Bot => Self::Bot,
            State::Human { owner: Owner::Nobody, .. } => Self::Waiting,
            State::Human { owner: Owner::Agent { agent, .. }, .. } => match (it.snooze, it.reply_clock) {
                (Some(_), _) => Self::Snoozed(agent.clone()),
                (None, Some(_)) => Self::ReplyNow(agent.clone()),
                (None, None) => Self::CustomersTurn(agent.clone()),
            },
            State::Human { owner: Owner::Phone, .. } => Self::Phone,
            State::Closed { .. } => Self::Closed,
        }
    }

    /// The agent who owns the conversations of this bucket.
    pub fn owner(&self) -> Option<&AgentId> {
        match self {
            Self::ReplyNow(agent) | Self::CustomersTurn(agent) | Self::Snoozed(agent) => Some(agent),
            Self::Bot | Self::Waiting | Self::Phone | Self::Closed => None,
        }
    }

    /// The bucket's stored name.
    fn key(&self) -> String {
        match self {
            Self::Bot => "bot".to_owned(),
            Self::Waiting => "waiting".to_owned(),
            Self::ReplyNow(agent) => format!("{REPLY_NOW}{agent}"),
            Self::CustomersTurn(agent) => format!("{CUSTOMERS_TURN}{agent}"),
            Self::Snoozed(agent) => format!("{SNOOZED}{agent}"),
            Self::Phone => "phone".to_owned(),
            Self::Closed => "closed".to_owned(),
        }
    }

    fn read(key: &str) -> Option<Self> {
        Some(match key {
            "bot" => Self::Bot,
            "waiting" => Self::Waiting,
            "phone" => Self::Phone,
            "closed" => Self::Closed,
            other => match (other.strip_prefix(REPLY_NOW), other.strip_prefix(SNOOZED)) {
                (Some(agent), _) => Self::ReplyNow(agent.into()),
                (None, Some(agent)) => Self::Snoozed(agent.into()),
                (None, None) => Self::CustomersTurn(other.strip_prefix(CUSTOMERS_TURN)?.into()),
            },
        })
    }
}

/// Adds `deltas`. Call it while the tenant's row is locked, so that the order of buckets cannot deadlock.
pub async fn add(tx: &mut Tx, tenant: &TenantId, deltas: &BTreeMap<Bucket, i64>) -> Result<()> {
    for (bucket, delta) in deltas.iter().filter(|(_, delta)| **delta != 0) {
        on!(tx, c => sqlx::query(
            "INSERT INTO counters (tenant_id, bucket, n) VALUES ($1, $2, $3)
             ON CONFLICT (tenant_id, bucket) DO UPDATE SET n = counters.n + excluded.n")
            .bind(tenant.as_str()).bind(bucket.key()).bind(delta).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}

pub async fn read(tx: &mut Tx, tenant: &TenantId) -> Result<Counts> {
    let rows: Vec<(String, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT bucket, n FROM counters WHERE tenant_id = $1 AND n <> 0")
        .bind(tenant.as_str()).fetch_all(c).await)?;
    let mut counts = Counts::default();
    for (key, n) in rows {
        let this = RowId::new("counters", tenant.as_str());
        match this.present(&format!("bucket {key}"), Bucket::read(&key))? {
            Bucket::Bot => counts.bot = n,
            Bucket::Waiting => counts.waiting = n,
            Bucket::ReplyNow(agent) => {
                *counts.claimed.entry(agent.clone()).or_default() += n;
                counts.reply_now.insert(agent, n);
            }
            Bucket::CustomersTurn(agent) => *counts.claimed.entry(agent).or_default() += n,
            Bucket::Snoozed(agent) => {
                *counts.claimed.entry(agent.clone()).or_default() += n;
                counts.snoozed.insert(agent, n);
            }
            Bucket::Phone => counts.phone = n,
            Bucket::Closed => counts.closed = n,
        }
    }
    Ok(counts)
}
