//! Records outcomes of sends together: those that end while a transaction is under way share the next one.
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

/// The outcomes of one tenant, and who waits for each.
#[derive(Default)]
struct OfTenant {
    sent: Vec<Sent>,
    answers: Vec<Answer>,
}

#[derive(Clone)]
pub(super) struct SettleQueue {
    conversations: Conversations,
    waiting: Arc<Mutex<VecDeque<Waiting>>>,
    /// Held by whoever records.
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl SettleQueue {
    pub(super) fn new(conversations: Conversations) -> Self {
        Self { conversations, waiting: Arc::default(), turn: Arc::default() }
    }

    /// Records the outcome of a taken row. Returns when it is committed.
    pub(super) async fn settle(&self, row: &Leased<OutboxRow>, outcome: SendOutcome) -> Result<(), Unsettled> {
        if !outcome.is_plain() {
            return Ok(Box::pin(self.conversations.settle_send(row, outcome)).await?);
        }
        let (settled, mut result) = oneshot::channel();
        let sent = (row.clone(), outcome.clone());
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push_back(Waiting { sent, settled });
        tokio::select! {
            biased;
            recorded = &mut result => {
                if let Ok(recorded) = recorded {
                    return recorded;
                }
            }
            turn = self.turn.lock() => {
                loop {
                    match result.try_recv() {
                        Ok(recorded) => return recorded,
                        Err(oneshot::error::TryRecvError::Closed) => break,
                        Err(oneshot::error::TryRecvError::Empty) => {}
                    }
                    let batch = self.take();
                    if batch.is_empty() {
                        break;
                    }
                    Box::pin(self.record(batch)).await;
                }
                drop(turn);
            }
        }
        // Whoever was recording it has been stopped.
        Ok(Box::pin(self.conversations.settle_send(row, outcome)).await?)
    }

    fn take(&self) -> Vec<Waiting> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let count = waiting.len().min(BATCH);
        waiting.drain(..count).collect()
    }

    /// Records outcomes, of each tenant in one transaction; the tenant with the fewest first, so that it does not wait for
    /// a busy one.
    async fn record(&self, batch: Vec<Waiting>) {
        let mut by_tenant: BTreeMap<TenantId, OfTenant> = BTreeMap::new();
        for Waiting { sent, settled } in batch {
            let of_tenant = by_tenant.entry(sent.0.tenant_id.clone()).or_default();
            of_tenant.sent.push(sent);
            of_tenant.answers.push(settled);
        }
        let mut tenants: Vec<(TenantId, OfTenant)> = by_tenant.into_iter().collect();
        tenants.sort_by_key(|(_, of_tenant)| of_tenant.sent.len());
        for (tenant, OfTenant { sent, answers }) in tenants {
            let is_recorded = sent.len() > 1 && self.record_together(&tenant, &sent).await;
            for ((row, outcome), answer) in sent.into_iter().zip(answers) {
                let result = match is_recorded {
                    true => Ok(()),
                    false => self.record_alone(&row, outcome).await,
                };
                // Nobody waits for it if its task was stopped.
                let _gone = answer.send(result);
            }
        }
    }

    async fn record_together(&self, tenant: &TenantId, sent: &[Sent]) -> bool {
        match catch_panic(self.conversations.settle_sends(tenant, sent)).await {
            Ok(Ok(())) => return true,
            Ok(Err(error)) => {
                tracing::warn!(%error, %tenant, rows = sent.len(), "outbox: outcomes not recorded together, retrying alone");
            }
            Err(panic) => {
                tracing::error!(%panic, %tenant, rows = sent.len(), "outbox: outcomes not recorded together, retrying alone");
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
