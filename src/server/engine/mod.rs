//! The bot's turn: keyword, then (in time) flow step and model. A turn looks, decides, and settles through the inbox; a
//! turn that cannot be settled becomes a handoff (invariant 4). It never writes a table and never calls Meta.
//!
//! To add a way to answer: a file beside `keyword.rs` that gives an [`Outcome`], and its place in [`decide`].

use std::collections::{BTreeMap, HashSet};

use tokio_util::sync::CancellationToken;

use crate::{
    domain::{
        handoff::{Failure, Trigger},
        ids::{ConversationId, MessageId, TenantId},
        keyword::{self, Setting},
        settings::Texts,
        time::Span,
    },
    server::{
        bus::Bus,
        clock::{Clock, Entropy},
        inbox::{
            Inbox, InboxError,
            bot::{Lease, Outcome, Turn},
            receive::TURN,
        },
        jobs::Jobs,
        store::jobs::JobRow,
    },
};

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    inbox: Inbox,
    jobs: Jobs,
    bus: Bus,
    clock: Clock,
    entropy: Entropy,
}

/// How long a turn may take before another worker tries it.
const LEASE: Span = Span::seconds(60);
/// After so many broken tries the customer gets a person.
const TRIES: i64 = 3;

impl Engine {
    pub fn new(inbox: Inbox, jobs: Jobs, bus: Bus, clock: Clock, entropy: Entropy) -> Self {
        Self { inbox, jobs, bus, clock, entropy }
    }

    /// Takes the turns that are due. Returns how many there were.
    pub async fn run_once(&self) -> Result<usize, InboxError> {
        let token = hex::encode(self.entropy.bytes::<8>());
        let taken = self.jobs.take(TURN, LEASE, &token, 64).await?;
        let alone = match self.together(&taken, &token).await {
            Ok(alone) => alone,
            Err(error) => {
                tracing::warn!(%error, turns = taken.len(), "turns broke together; trying one by one");
                taken.iter().collect()
            }
        };
        for job in alone {
            if let Err(error) = self.turn(job, &token).await {
                tracing::error!(%error, job = %job.id, attempts = job.attempts, "a turn broke");
                self.jobs.put_back(job, &token, Span::seconds(2)).await?;
            }
        }
        Ok(taken.len())
    }

    /// Takes first tries of different conversations together, in one transaction per tenant. Returns what is left: a
    /// second message of a conversation must find what the first one led to.
    async fn together<'a>(&self, taken: &'a [JobRow], token: &str) -> Result<Vec<&'a JobRow>, InboxError> {
        let mut begun = HashSet::new();
        let mut alone = Vec::new();
        let mut by_tenant: BTreeMap<&TenantId, Vec<&JobRow>> = BTreeMap::new();
        for job in taken {
            if job.attempts == 0 && begun.insert(&job.key) {
                by_tenant.entry(&job.tenant_id).or_default().push(job);
            } else {
                alone.push(job);
            }
        }
        for (tenant, jobs) in by_tenant {
            let asked: Vec<_> = jobs.iter().map(|job| asked(job)).collect();
            let mut settled = Vec::with_capacity(jobs.len());
            for (job, turn) in jobs.into_iter().zip(self.inbox.turns(tenant, &asked).await?) {
                match turn {
                    Some(turn) => {
                        let outcome = decide(&turn);
                        settled.push((turn, Lease { job: job.id.clone(), token: token.to_owned() }, outcome));
                    }
                    None => alone.push(job),
                }
            }
            self.inbox.settle_turns(tenant, &settled).await?;
        }
        Ok(alone)
    }

    async fn turn(&self, job: &JobRow, token: &str) -> Result<(), InboxError> {
        let lease = Lease { job: job.id.clone(), token: token.to_owned() };
        let (conversation, message) = asked(job);
        let Some(turn) = self.inbox.turn(&job.tenant_id, &conversation, &message).await? else {
            return self.inbox.drop_turn(&lease).await;
        };
        let outcome = if job.attempts >= TRIES {
            Outcome::HandOff { trigger: Trigger::Failure { failure: Failure::Error }, message: Some(message) }
        } else {
            decide(&turn)
        };
        self.inbox.settle_turn(&turn, &lease, outcome).await
    }

    /// Works until told to stop.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            let pause = match self.run_once().await {
                Ok(0) => Span::seconds(1),
                Ok(_) => continue,
                Err(error) => {
                    tracing::error!(%error, "turns cannot be taken");
                    Span::seconds(2)
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.bus.bells().turns.notified() => {}
                () = self.clock.sleep(pause) => {}
            }
        }
    }
}

/// The conversation and the message that a job is about.
fn asked(job: &JobRow) -> (ConversationId, MessageId) {
    (job.key.as_str().into(), job.payload.as_str().into())
}

/// What the bot does with a message. A person who asks for a person is always honoured: keywords come first.
pub fn decide(turn: &Turn) -> Outcome {
    let setting = Setting { channel: Some(&turn.channel), language: turn.language.as_deref() };
    let called = turn.content.words().and_then(|words| keyword::first_match(&turn.keywords, words, setting));
    if let Some((rule, _)) = called {
        let trigger = Trigger::Keyword { keyword: rule.id.clone(), phrase: rule.phrase.clone() };
        return Outcome::HandOff { trigger, message: Some(turn.message.clone()) };
    }
    match answer(&turn.settings.texts, turn.is_first) {
        Some(words) => Outcome::Say(words.to_owned()),
        None => Outcome::HandOff {
            trigger: Trigger::Failure { failure: Failure::NoAnswer },
            message: Some(turn.message.clone()),
        },
    }
}

/// The greeting first, the fallback after; nothing configured is no answer.
pub fn answer(texts: &Texts, is_first: bool) -> Option<&str> {
    let greeting = Some(texts.greeting.trim()).filter(|text| is_first && !text.is_empty());
    greeting.or_else(|| Some(texts.fallback.trim()).filter(|text| !text.is_empty()))
}
