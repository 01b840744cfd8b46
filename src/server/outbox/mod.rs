//! The outbox: take a due row, look again whether it may go out, call Meta, write down what became of it.
//!
//! Rows of one conversation go in order, one at a time; conversations go side by side. A row whose answer never came is
//! "unknown" and blocks its conversation for a minute at most (invariant 12). It never decides what is said.

mod backoff;
mod pace;
mod read;
mod say;

use tokio_util::sync::CancellationToken;

use crate::{
    domain::{
        codes::{self, Backoff, Class},
        message::Fault,
        time::Span,
    },
    server::{
        bus::Bus,
        clock::{Clock, Entropy},
        gateway::{Credentials, Gateway, Recipient, Send, SendError},
        inbox::{
            Inbox, InboxError,
            sending::{Address, Check, Fate, Ready},
        },
        jobs::Jobs,
        seal::Seal,
        store::{
            Db, apps,
            channels::ChannelRow,
            outbox::{self, OutboxRow, Taken},
        },
    },
};

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Outbox {
    db: Db,
    inbox: Inbox,
    jobs: Jobs,
    gateway: Gateway,
    seal: Seal,
    bus: Bus,
    clock: Clock,
    entropy: Entropy,
    pace: pace::Pace,
}

/// Longer than any call may take: after it, a row's worker is dead.
const LEASE: Span = Span::seconds(90);
/// How long word of an unclear send is waited for.
const UNCLEAR: Span = Span::seconds(60);
/// Rows taken at once; they are sent side by side.
const BATCH: i64 = 32;

impl Outbox {
    #[expect(clippy::too_many_arguments, reason = "the composition root names each service once")]
    pub fn new(
        db: Db,
        inbox: Inbox,
        jobs: Jobs,
        gateway: Gateway,
        seal: Seal,
        bus: Bus,
        clock: Clock,
        entropy: Entropy,
    ) -> Self {
        let pace = pace::Pace::new(clock.clone());
        Self { db, inbox, jobs, gateway, seal, bus, clock, entropy, pace }
    }

    /// Sends what is due. Returns how many rows were handled.
    pub async fn run_once(&self) -> Result<usize, InboxError> {
        let read = self.read_marks().await?;
        let now = self.clock.now();
        let mut look = self.db.begin_read().await?;
        let due = outbox::next_due(&mut look).await?;
        drop(look);
        if due.is_none_or(|due| due > now) {
            return Ok(read);
        }
        let token = hex::encode(self.entropy.bytes::<8>());
        let mut tx = self.db.begin_write().await?;
        let taken = outbox::take(&mut tx, now, now.plus(LEASE), &token, BATCH).await?;
        tx.commit().await?;
        let count = taken.len();
        let sends = taken.into_iter().map(|(row, how)| self.handle(row, how, &token));
        for done in futures::future::join_all(sends).await {
            if let Err(error) = done {
                // The row keeps its lease and is taken again as unclear when it runs out.
                tracing::error!(%error, "a row could not be settled");
            }
        }
        Ok(count + read)
    }

    async fn handle(&self, row: OutboxRow, how: Taken, token: &str) -> Result<(), InboxError> {
        match how {
            Taken::Fresh => {}
            Taken::AfterCrash => {
                let until = self.clock.now().plus(UNCLEAR);
                return self.inbox.settle_send(&row, token, Fate::Unclear { until }).await;
            }
            Taken::AfterSilence => {
                if !self.inbox.after_silence(&row, token).await? {
                    return Ok(());
                }
            }
        }
        let Check::Ready(ready) = self.inbox.check_send(&row, token).await? else { return Ok(()) };
        if let Some(due) = self.pace.hold(&row.channel_id, &ready.customer) {
            return self.inbox.settle_send(&row, token, Fate::Held { due }).await;
        }
        let fate = self.call(&row, &ready).await?;
        self.inbox.settle_send(&row, token, fate).await
    }

    async fn call(&self, row: &OutboxRow, ready: &Ready) -> Result<Fate, InboxError> {
        let Some(credentials) = self.credentials(&ready.channel).await? else {
            return Ok(Fate::ChannelDown { code: codes::SEALED });
        };
        let Some(body) = say::outgoing(&row.body, &ready.record.content) else {
            let fault = Fault::new(None, "This kind of message cannot be sent from here.");
            return Ok(Fate::Failed { fault, window_closed: false });
        };
        let send = Send {
            to: match &ready.to {
                Address::Phone(digits) => Recipient::Phone(digits.clone()),
                Address::UserId(user) => Recipient::UserId(user.clone()),
            },
            quote: ready.quote.clone(),
            callback: ready.callback.clone(),
            body,
        };
        Ok(match self.gateway.send(&credentials, &send).await {
            Ok(accepted) => Fate::Accepted { wamid: accepted.wamid },
            Err(error) => self.fate(row, error),
        })
    }

    /// What an error means for a row, on the clock's now.
    fn fate(&self, row: &OutboxRow, error: SendError) -> Fate {
        let now = self.clock.now();
        let jitter = self.entropy.bytes::<8>();
        match error {
            SendError::Ambiguous(_) => Fate::Unclear { until: now.plus(UNCLEAR) },
            SendError::Unreachable(reason) => match backoff::unreachable(row.attempts, jitter) {
                Some(wait) => {
                    let fault = Fault::new(None, "WhatsApp cannot be reached. The message is tried again.");
                    Fate::Later { due: now.plus(wait), fault }
                }
                None => {
                    tracing::warn!(reason, "Meta cannot be reached");
                    let fault = Fault::new(None, "WhatsApp could not be reached for a while. Send it again.");
                    Fate::Failed { fault, window_closed: false }
                }
            },
            SendError::Refused { code, class, words, .. } => {
                let fault = Fault::new(Some(code), words);
                match class {
                    Class::ChannelDown => Fate::ChannelDown { code },
                    Class::WindowClosed => Fate::Failed { fault, window_closed: true },
                    Class::Permanent | Class::Alert | Class::Inbound => Fate::Failed { fault, window_closed: false },
                    Class::Transient(kind) => match (backoff::transient(kind, row.attempts, jitter), kind) {
                        (Some(wait), Backoff::Throughput) => Fate::Slow { due: now.plus(wait), fault },
                        (Some(wait), _) => Fate::Later { due: now.plus(wait), fault },
                        (None, _) => {
                            let words = codes::verdict(code, None).ended();
                            Fate::Failed { fault: Fault::new(Some(code), words), window_closed: false }
                        }
                    },
                }
            }
        }
    }

    /// What a call to Meta for this number needs; `None` when a stored secret cannot be opened.
    async fn credentials(&self, channel: &ChannelRow) -> Result<Option<Credentials>, InboxError> {
        let mut tx = self.db.begin_read().await?;
        let app = apps::find(&mut tx, &channel.app_id).await?.ok_or(InboxError::NotFound)?;
        drop(tx);
        let opened = self.seal.open(&channel.token).and_then(|token| Ok((token, self.seal.open(&app.secret)?)));
        match opened {
            Ok((token, app_secret)) => {
                Ok(Some(Credentials { phone_number_id: channel.phone_number_id.clone(), token, app_secret }))
            }
            Err(error) => {
                tracing::error!(%error, channel = %channel.id, "the number's secrets cannot be opened");
                Ok(None)
            }
        }
    }

    /// Works until told to stop.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            let pause = match self.run_once().await {
                Ok(0) => Span::seconds(1),
                Ok(_) => continue,
                Err(error) => {
                    tracing::error!(%error, "the outbox cannot work");
                    Span::seconds(2)
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.bus.bells().outbox.notified() => {}
                () = self.clock.sleep(pause) => {}
            }
        }
    }
}
