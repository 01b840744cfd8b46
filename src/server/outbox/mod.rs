//! The outbox: takes due rows, checks once more whether each may be sent, calls Meta, and records the outcome. It does
//! not decide what is sent.
//!
//! Rows of one conversation are sent in order, one at a time; conversations are independent. A row without a response
//! is "unclear" and blocks its conversation for a minute at most (promise 12).
//!
//! `workers` sends messages in one pool, read marks (`read`), blocks of customers (`block`) and thread control
//! (`thread_control`) in another, so that a slow call delays no other conversation. A message's file is uploaded right
//! before it (`files`), and a refused template is read again (`template`). What is taken together is checked
//! together, and outcomes that come together are recorded together (`settle_queue`).

mod backoff;
mod block;
mod files;
mod rate_limits;
mod read;
mod settle_queue;
mod template;
mod thread_control;
mod workers;

use std::collections::BTreeMap;

use futures::future::join_all;

use crate::{
    domain::{
        codes::{Backoff, ChannelFault, Class, Verdict},
        ids::TenantId,
        message::DeliveryFault,
        template::pacing,
        time::Span,
    },
    server::{
        bus::Bus,
        channels::{Channels, NoCredentials},
        clock::{Clock, Entropy},
        conversations::{
            ConversationError, Conversations,
            delivery::sending::{Check, Ready, SendDecision, SendOutcome},
        },
        gateway::{Accepted, Credentials, Gateway, Send, SendError},
        media::Media,
        store::{
            Db, StoreError,
            channels::ChannelRow,
            outbox::{self, OutboxRow, Resumption},
        },
        templates::Templates,
        workers::{Jobs, Leased, ShareLimit, catch_panic},
    },
};

use self::{
    files::ReadyFile,
    settle_queue::{SettleQueue, Unsettled},
};

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Outbox {
    db: Db,
    conversations: Conversations,
    jobs: Jobs,
    gateway: Gateway,
    channels: Channels,
    templates: Templates,
    media: Media,
    bus: Bus,
    clock: Clock,
    entropy: Entropy,
    rate_limits: rate_limits::RateLimits,
    settle_queue: SettleQueue,
}

/// How long a row is leased. Longer than any call can take, so an expired lease means that the worker is gone.
const LEASE: Span = Span::seconds(90);
/// How long to wait for a status after a send with an unclear outcome.
const STATUS_WAIT: Span = Span::seconds(60);
/// The wait before the next attempt after an error on our side, before the call.
const ERROR_DELAY: Span = Span::seconds(2);
/// Most rows taken at once.
const BATCH: usize = 64;

/// A row that this worker has taken.
struct Taken {
    row: Leased<OutboxRow>,
    resumption: Resumption,
    /// What was decided of it together with others; `None`: it is decided alone.
    decision: Option<Result<SendDecision, ConversationError>>,
}

/// Result of the check before a send.
enum Prepared {
    Call(Credentials, Box<Send>),
    Settle(SendOutcome),
    /// The row is settled already.
    Done,
}

impl Outbox {
    #[expect(clippy::too_many_arguments, reason = "the composition root names each service once")]
    pub fn new(
        db: Db,
        conversations: Conversations,
        jobs: Jobs,
        gateway: Gateway,
        channels: Channels,
        templates: Templates,
        media: Media,
        bus: Bus,
        clock: Clock,
        entropy: Entropy,
    ) -> Self {
        let rate_limits = rate_limits::RateLimits::new(clock.clone());
        let settle_queue = SettleQueue::new(conversations.clone());
        Self {
            db,
            conversations,
            jobs,
            gateway,
            channels,
            templates,
            media,
            bus,
            clock,
            entropy,
            rate_limits,
            settle_queue,
        }
    }

    /// Sends what is due and waits for all of it. Returns the number of rows and read marks.
    pub async fn run_once(&self) -> Result<usize, ConversationError> {
        let (marks, rows) = tokio::join!(self.take_marks(BATCH), self.take(BATCH));
        let (marks, rows) = (marks?, rows?);
        let count = marks.len() + rows.len();
        let marks = join_all(marks.into_iter().map(|mark| self.mark(mark)));
        tokio::join!(marks, join_all(rows.into_iter().map(|taken| self.send(taken))));
        Ok(count)
    }

    /// Takes due rows for `free` places, each of another conversation, of the tenants in turn. Escalates conversations
    /// whose rows are overdue.
    async fn take(&self, free: usize) -> Result<Vec<Taken>, ConversationError> {
        let now = self.clock.now();
        let places = |count: usize| i64::try_from(count).unwrap_or(1);
        let limit = places(free.min(BATCH));
        // A read transaction first, because most polls find nothing and need no write lock.
        let mut tx = self.db.begin_read().await?;
        let tenants = outbox::due_tenants(&mut tx, now).await?;
        let unsent_overdue = match outbox::unsent_overdue(&mut tx, limit).await {
            Ok(rows) => rows,
            Err(error @ StoreError::Unreadable { .. }) => {
                tracing::error!(%error, "outbox: row of a stopped number unreadable, escalation skipped");
                Vec::new()
            }
            Err(error) => return Err(error.into()),
        };
        drop(tx);
        for row in unsent_overdue {
            if let Err(error) = self.conversations.escalate_unsent(&row).await {
                tracing::error!(%error, row = %row.id, "outbox: escalation failed");
            }
        }
        let mut shares = self.jobs.shares("outbox", tenants, limit, ShareLimit::OfFree(places(free)));
        let Some(first) = shares.next_share() else { return Ok(Vec::new()) };
        let lease = self.jobs.lease();
        let mut tx = self.db.begin_write().await?;
        let mut taken = Vec::new();
        let mut next = Some(first);
        while let Some(share) = next {
            let (tenant, most) = (&share.tenant, share.most);
            let rows = match outbox::take(&mut tx, tenant, now, &lease, now.plus(LEASE), most).await {
                Ok(rows) => rows,
                // The rows of this tenant wait until this one can be read; those of the others are sent.
                Err(error @ StoreError::Unreadable { .. }) => {
                    tracing::error!(%error, %tenant, "outbox: row unreadable, sends of its tenant on hold");
                    Vec::new()
                }
                Err(error) => return Err(error.into()),
            };
            shares.took(share, rows.len());
            taken.extend(rows.into_iter().map(|(row, resumption)| Taken { row, resumption, decision: None }));
            next = shares.next_share();
        }
        tx.commit().await?;
        self.decide(&mut taken).await;
        Ok(taken)
    }

    /// Decides which of the rows may be sent, those of each tenant together. Called right before they are sent.
    async fn decide(&self, taken: &mut [Taken]) {
        let mut by_tenant: BTreeMap<TenantId, Vec<&mut Taken>> = BTreeMap::new();
        for one in taken.iter_mut().filter(|one| one.resumption == Resumption::Fresh) {
            by_tenant.entry(one.row.tenant_id.clone()).or_default().push(one);
        }
        for (tenant, fresh) in by_tenant {
            let rows: Vec<&Leased<OutboxRow>> = fresh.iter().map(|one| &one.row).collect();
            let decided = catch_panic(self.conversations.decide_sends(&tenant, &rows)).await;
            match decided {
                Ok(Ok(decisions)) => {
                    for (one, decision) in fresh.into_iter().zip(decisions) {
                        one.decision = Some(decision);
                    }
                }
                Ok(Err(error)) => tracing::warn!(%error, %tenant, "outbox: batch check failed, retrying individually"),
                Err(panic) => tracing::error!(%panic, %tenant, "outbox: batch check failed, retrying individually"),
            }
        }
    }

    async fn send(&self, taken: Taken) {
        let Taken { row, resumption, decision } = taken;
        // A row that could not be settled keeps its lease. When that expires, it is taken again as unclear.
        match catch_panic(self.handle(&row, resumption, decision)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, row = %row.id, "outbox: row not settled"),
            Err(panic) => tracing::error!(%panic, row = %row.id, "outbox: row not settled"),
        }
    }

    async fn handle(
        &self,
        row: &Leased<OutboxRow>,
        resumption: Resumption,
        decision: Option<Result<SendDecision, ConversationError>>,
    ) -> Result<(), Unsettled> {
        match resumption {
            Resumption::Fresh => {}
            Resumption::AfterCrash => {
                let until = self.clock.now().plus(STATUS_WAIT);
                return self.settle_queue.settle(row, SendOutcome::Unclear { until }).await;
            }
            Resumption::AfterNoResponse => {
                // On the heap, as below: each future of a transaction is large, and a copy of it is in every frame above it.
                if !Box::pin(self.conversations.after_no_response(row)).await? {
                    return Ok(());
                }
            }
        }
        let outcome = match self.prepare(row, decision).await {
            Ok(Prepared::Call(credentials, send)) => match self.gateway.send(&credentials, &send).await {
                Ok(Accepted { wamid, held: Some(status), .. }) => {
                    SendOutcome::Held { wamid, fault: pacing::held(&status) }
                }
                Ok(accepted) => SendOutcome::Accepted { wamid: accepted.wamid },
                Err(error) => {
                    // On the heap, as above.
                    if let Err(error) = Box::pin(self.read_refused_template(row, &send.message, &error)).await {
                        tracing::error!(%error, row = %row.id, "outbox: refused template not read again");
                    }
                    self.outcome(row, error)
                }
            },
            Ok(Prepared::Settle(outcome)) => outcome,
            Ok(Prepared::Done) => return Ok(()),
            Err(ConversationError::NotFound) => {
                let fault = DeliveryFault::new(None, "Not sent: something this message needs no longer exists.");
                SendOutcome::Failed { fault, window_closed: false }
            }
            Err(error) => {
                tracing::error!(%error, row = %row.id, "outbox: preparing row failed, will retry");
                // Nothing was sent, and `Deferred` records that for the next worker.
                SendOutcome::Deferred { due: self.clock.now().plus(ERROR_DELAY) }
            }
        };
        self.settle_queue.settle(row, outcome).await
    }

    /// Checks the row once more and collects what the call needs.
    async fn prepare(
        &self,
        row: &Leased<OutboxRow>,
        decision: Option<Result<SendDecision, ConversationError>>,
    ) -> Result<Prepared, ConversationError> {
        let check = match decision {
            Some(decision) => Box::pin(self.conversations.carry_out(row, decision?)).await?,
            None => Box::pin(self.conversations.check_send(row)).await?,
        };
        let Check::Ready(ready) = check else { return Ok(Prepared::Done) };
        let Some(credentials) = self.credentials(&ready.channel).await? else {
            return Ok(Prepared::Settle(SendOutcome::ChannelDown { fault: ChannelFault::Sealed }));
        };
        let remote_file = match self.ready_file(row, &credentials, &ready.message).await? {
            ReadyFile::None => None,
            ReadyFile::AtMeta(id) => Some(id),
            ReadyFile::Settle(outcome) => return Ok(Prepared::Settle(outcome)),
        };
        // Last, because it counts the message.
        if let Some(due) = self.rate_limits.check(&row.channel_id, &ready.customer) {
            return Ok(Prepared::Settle(SendOutcome::Deferred { due }));
        }
        let Ready { to, quote, callback, message, .. } = *ready;
        let send = Send { to, quote, callback, message, remote_file };
        Ok(Prepared::Call(credentials, Box::new(send)))
    }

    /// The outcome for a row after an error.
    fn outcome(&self, row: &OutboxRow, error: SendError) -> SendOutcome {
        let now = self.clock.now();
        let jitter = self.entropy.bytes::<8>();
        match error {
            SendError::Ambiguous(_) => SendOutcome::Unclear { until: now.plus(STATUS_WAIT) },
            SendError::Unreachable(reason) => match backoff::unreachable(row.attempts, jitter) {
                Some(wait) => {
                    let fault = DeliveryFault::new(None, "Couldn't reach WhatsApp. We'll try again automatically.");
                    SendOutcome::Retry { due: now.plus(wait), fault }
                }
                None => {
                    tracing::warn!(reason, "outbox: Meta unreachable, message failed");
                    let fault =
                        DeliveryFault::new(None, "Couldn't reach WhatsApp for a while. Send the message again.");
                    SendOutcome::Failed { fault, window_closed: false }
                }
            },
            SendError::SecretRefused => SendOutcome::ChannelDown { fault: ChannelFault::SecretRefused },
            SendError::Throttled => match backoff::transient(Backoff::Short, row.attempts, jitter) {
                Some(wait) => {
                    let fault = DeliveryFault::new(None, "WhatsApp is busy. We'll try again automatically.");
                    SendOutcome::Retry { due: now.plus(wait), fault }
                }
                None => {
                    let fault = DeliveryFault::new(None, "WhatsApp was busy for a while. Send the message again.");
                    SendOutcome::Failed { fault, window_closed: false }
                }
            },
            SendError::Refused { code, class, detail, .. } => {
                let ended = Verdict { class, detail: detail.clone() }.ended();
                let fault = DeliveryFault::new(Some(code), detail);
                match class {
                    Class::ChannelDown => SendOutcome::ChannelDown { fault: ChannelFault::Meta(code) },
                    Class::WindowClosed => SendOutcome::Failed { fault, window_closed: true },
                    Class::Permanent | Class::Alert | Class::Inbound => {
                        SendOutcome::Failed { fault, window_closed: false }
                    }
                    Class::Transient(kind) => match (backoff::transient(kind, row.attempts, jitter), kind) {
                        (Some(wait), Backoff::Throughput) => SendOutcome::RateLimited { due: now.plus(wait), fault },
                        (Some(wait), _) => SendOutcome::Retry { due: now.plus(wait), fault },
                        (None, _) => {
                            SendOutcome::Failed { fault: DeliveryFault::new(Some(code), ended), window_closed: false }
                        }
                    },
                }
            }
        }
    }

    /// The credentials for calls of this number. `None` if a stored secret cannot be decrypted.
    async fn credentials(&self, channel: &ChannelRow) -> Result<Option<Credentials>, ConversationError> {
        match self.channels.credentials(channel).await {
            Ok(credentials) => Ok(Some(credentials)),
            Err(NoCredentials::NoApp) => Err(ConversationError::NotFound),
            Err(NoCredentials::Store(error)) => Err(error.into()),
            Err(NoCredentials::Sealed(error)) => {
                tracing::error!(%error, channel = %channel.id, "outbox: access token decryption failed");
                Ok(None)
            }
        }
    }
}
