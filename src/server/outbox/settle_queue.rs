//! Records outcomes of sends together: those of a tenant that end while a transaction is under way share the next one.
//! Tenants do not wait for each other: one of them may wait for a locked row.
//!
//! No task of its own: whoever comes first records what waits, and the others get their results from it. An outcome that
//! cannot be recorded with others is recorded alone, so that it harms no other.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::oneshot;

use crate::{
    domain::ids::TenantId,
    server::{
        conversations::{ConversationError, Conversations, delivery::sending::SendOutcome},
        store::outbox::OutboxRow,
        workers::{Leased, catch_panic},
    },
};

/// Most outcomes of one transaction.
const BATCH: usize = 64;

/// Why an outcome was not recorded.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unsettled {
    #[error(transparent)]
    Failed(#[from] ConversationError),
    #[error("recording the outcome panicked")]
    Panicked,
}

/// A taken row, and what became of its call.
type Sent = (Leased<OutboxRow>, SendOutcome);
type Answer = oneshot::Sender<Result<(), Unsettled>>;

/// An outcome that waits for a transaction.
struct Waiting {
    sent: Sent,
    settled: Answer,
}

/// The outcomes of one tenant.
#[derive(Clone, Default)]
struct OfTenant {
    waiting: Arc<Mutex<VecDeque<Waiting>>>,
    /// Held by whoever records.
    turn: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Clone)]
pub(super) struct SettleQueue {
    conversations: Conversations,
    /// Of every tenant that has sent something since the start.
    tenants: Arc<Mutex<BTreeMap<TenantId, OfTenant>>>,
}

impl OfTenant {
    fn add(&self, waiting: Waiting) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push_back(waiting);
    }

    fn take(&self) -> Vec<Waiting> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let count = waiting.len().min(BATCH);
        waiting.drain(..count).collect()
    }
}

impl SettleQueue {
    pub(super) fn new(conversations: Conversations) -> Self {
        Self { conversations, tenants: Arc::default() }
    }

    /// Records the outcome of a taken row. Returns when it is committed.
    pub(super) async fn settle(&self, row: &Leased<OutboxRow>, outcome: SendOutcome) -> Result<(), Unsettled> {
        if !outcome.is_plain() {
            return Ok(Box::pin(self.conversations.settle_send(row, outcome)).await?);
        }
        let of_tenant = self.of_tenant(&row.tenant_id);
        let (settled, mut result) = oneshot::channel();
        let sent = (row.clone(), outcome.clone());
        of_tenant.add(Waiting { sent, settled });
        tokio::select! {
            biased;
            recorded = &mut result => {
                if let Ok(recorded) = recorded {
                    return recorded;
                }
            }
            turn = of_tenant.turn.lock() => {
                loop {
                    match result.try_recv() {
                        Ok(recorded) => return recorded,
                        Err(oneshot::error::TryRecvError::Closed) => break,
                        Err(oneshot::error::TryRecvError::Empty) => {}
                    }
                    let batch = of_tenant.take();
                    if batch.is_empty() {
                        break;
                    }
                    Box::pin(self.record(&row.tenant_id, batch)).await;
                }
                drop(turn);
            }
        }
        // Whoever was recording it has been stopped.
        Ok(Box::pin(self.conversations.settle_send(row, outcome)).await?)
    }

    fn of_tenant(&self, tenant: &TenantId) -> OfTenant {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        tenants.entry(tenant.clone()).or_default().clone()
    }

    /// Records outcomes of a tenant in one transaction.
    async fn record(&self, tenant: &TenantId, batch: Vec<Waiting>) {
        let (sent, answers): (Vec<Sent>, Vec<Answer>) =
            batch.into_iter().map(|waiting| (waiting.sent, waiting.settled)).unzip();
        let is_recorded = sent.len() > 1 && self.record_together(tenant, &sent).await;
        for ((row, outcome), answer) in sent.into_iter().zip(answers) {
            let result = match is_recorded {
                true => Ok(()),
                false => self.record_alone(&row, outcome).await,
            };
            // Nobody waits for it if its task was stopped.
            let _gone = answer.send(result);
        }
    }

    async fn record_together(&self, tenant: &TenantId, sent: &[Sent]) -> bool {
        match catch_panic(self.conversations.settle_sends(tenant, sent)).await {
            Ok(Ok(())) => return true,
            Ok(Err(error)) => {
                tracing::warn!(%error, %tenant, rows = sent.len(), "outbox: batch of outcomes not recorded, retrying individually");
            }
            Err(panic) => {
                tracing::error!(%panic, %tenant, rows = sent.len(), "outbox: batch of outcomes not recorded, retrying individually");
            }
        }
        false
    }

    async fn record_alone(&self, row: &Leased<OutboxRow>, outcome: SendOutcome) -> Result<(), Unsettled> {
        match catch_panic(self.conversations.settle_send(row, outcome)).await {
            Ok(settled) => Ok(settled?),
            Err(_panic) => Err(Unsettled::Panicked),
        }
    }
}

#[cfg(test)]
#[path = "settle_queue_tests.rs"]
mod tests;
