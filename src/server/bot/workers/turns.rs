//! The quick queue: what can be decided at once, many conversations in one transaction.

use std::collections::{BTreeMap, HashSet};

use super::{Bot, TRIES, conversation};
use crate::{
    domain::{
        bot::{Escalation, FlowChange, NextAction, Outcome, Turn, respond, walk},
        flow::run::{Input, Position},
        handoff::{Failure, Trigger},
        ids::{MessageId, TenantId},
        time::Span,
    },
    server::{
        conversations::ConversationError,
        store::jobs::JobRow,
        workers::{JobKind, Leased, Selection},
    },
};

/// How long a turn may take before another worker tries it.
const LEASE: Span = Span::seconds(60);
/// Turns of one transaction. With 16 the bot took half as many turns in a second, and the journal waited as long.
const TOGETHER: i64 = 64;

impl Bot {
    /// Takes the turns that are due. Returns how many there were.
    pub async fn turns_once(&self) -> Result<usize, ConversationError> {
        let taken = self.jobs.take(JobKind::Turn, Selection::Any, LEASE, TOGETHER).await?;
        let alone = match self.together(&taken).await {
            Ok(alone) => alone,
            Err(error) => {
                tracing::warn!(%error, turns = taken.len(), "bot: turn batch failed, retrying individually");
                taken.iter().collect()
            }
        };
        for job in alone {
            if let Err(error) = self.single(job).await {
                tracing::error!(%error, job = %job.id, attempts = job.attempts, "bot: turn failed, will retry");
                self.jobs.reschedule(job, Span::seconds(2)).await?;
            }
        }
        let mut count = taken.len();
        for kind in [JobKind::Patience, JobKind::Resume] {
            for job in self.jobs.take(kind, Selection::Any, LEASE, TOGETHER).await? {
                count += 1;
                if let Err(error) = self.wake(&job).await {
                    let attempts = job.attempts;
                    tracing::error!(%error, job = %job.id, attempts, "bot: flow timeout failed, will retry");
                    self.jobs.reschedule(&job, Span::seconds(2)).await?;
                }
            }
        }
        Ok(count)
    }

    /// Takes first tries of different conversations together, in one transaction per tenant. Returns what is left: a
    /// second message of a conversation must find what the first one led to.
    async fn together<'a>(&self, taken: &'a [Leased<JobRow>]) -> Result<Vec<&'a Leased<JobRow>>, ConversationError> {
        let mut begun = HashSet::new();
        let mut alone = Vec::new();
        let mut by_tenant: BTreeMap<&TenantId, Vec<&Leased<JobRow>>> = BTreeMap::new();
        for job in taken {
            if job.attempts == 0 && begun.insert(&job.key) {
                by_tenant.entry(&job.tenant_id).or_default().push(job);
            } else {
                alone.push(job);
            }
        }
        for (tenant, jobs) in by_tenant {
            let asked: Vec<_> = jobs.iter().map(|job| (conversation(job), message(job))).collect();
            let mut settled = Vec::with_capacity(jobs.len());
            for (job, turn) in jobs.into_iter().zip(self.turns(tenant, &asked).await?) {
                match turn {
                    Some(turn) => {
                        let outcome = respond(&turn, self.clock.now());
                        settled.push((turn, job.clone(), outcome));
                    }
                    None => alone.push(job),
                }
            }
            self.settle_turns(tenant, &settled).await?;
            self.tell(&settled);
        }
        Ok(alone)
    }

    async fn single(&self, job: &Leased<JobRow>) -> Result<(), ConversationError> {
        if job.attempts >= TRIES {
            return self.give_up(job).await;
        }
        let Some(turn) = self.turn(&job.tenant_id, &conversation(job), &message(job)).await? else {
            return self.drop_turn(job).await;
        };
        let outcome = respond(&turn, self.clock.now());
        let settled = [(turn, job.clone(), outcome)];
        self.settle_turns(&job.tenant_id, &settled).await?;
        self.tell(&settled);
        Ok(())
    }

    /// Whatever a job of any queue is about cannot be read or settled: the customer gets a person, by the little that takes.
    pub(super) async fn give_up(&self, job: &Leased<JobRow>) -> Result<(), ConversationError> {
        let id = conversation(job);
        let message = (job.kind == JobKind::Turn).then(|| message(job));
        let ended = self.interrupted(&job.tenant_id, &id).await?;
        let Some(turn) = self.bare_turn(&job.tenant_id, &id, message.as_ref()).await? else {
            return self.drop_turn(job).await;
        };
        if is_stale(job, &turn) {
            return self.drop_turn(job).await;
        }
        let escalation = Escalation::new(Trigger::Failure { failure: Failure::Error }, turn.message.clone());
        let outcome = Outcome { ended, flow: FlowChange::End, ..Outcome::hand_off(escalation) };
        self.settle_turn(&turn, job, outcome).await?;
        self.active_turns.cancel(&id);
        Ok(())
    }

    /// Lets a model that is answering the same conversation know. After the commit: what begins again must find the job
    /// that the new words owe, or it would be answered twice.
    fn tell(&self, settled: &[(Turn, Leased<JobRow>, Outcome)]) {
        for (turn, _, outcome) in settled {
            match (&outcome.next, &outcome.flow) {
                // It is told once more what the customer wants, with the new words; once, or a busy typist never gets
                // an answer.
                (NextAction::Model, FlowChange::Keep) => self.active_turns.restart(&turn.conversation),
                (NextAction::HandOff(_) | NextAction::Close, _)
                | (_, FlowChange::Begin { .. } | FlowChange::Move { .. } | FlowChange::End) => {
                    self.active_turns.cancel(&turn.conversation);
                }
                (NextAction::Wait | NextAction::WaitFor(_) | NextAction::Ask { .. }, FlowChange::Keep) => {}
            }
        }
    }

    /// A question's patience is over, or an agent returned the conversation.
    async fn wake(&self, job: &Leased<JobRow>) -> Result<(), ConversationError> {
        if job.attempts >= TRIES {
            return self.give_up(job).await;
        }
        let Some(turn) = self.next_turn(&job.tenant_id, &conversation(job)).await? else {
            return self.drop_turn(job).await;
        };
        let Some(run) = &turn.run else { return self.drop_turn(job).await };
        let input = match job.kind {
            JobKind::Patience if matches!(run.position, Position::Waiting { .. }) => Input::TimedOut,
            JobKind::Resume if matches!(run.position, Position::Before { .. }) => Input::Begin,
            JobKind::Patience
            | JobKind::Resume
            | JobKind::Turn
            | JobKind::Model
            | JobKind::Call
            | JobKind::Fetch
            | JobKind::Read
            | JobKind::Typing => return self.drop_turn(job).await,
        };
        if is_stale(job, &turn) {
            return self.drop_turn(job).await;
        }
        let outcome = walk::advance(&turn, run, &input, self.clock.now());
        self.settle_turn(&turn, job, outcome).await
    }
}

/// It moved on since: what was waited for came.
fn is_stale(job: &JobRow, turn: &Turn) -> bool {
    matches!(job.kind, JobKind::Patience | JobKind::Resume) && job.payload != turn.revision().to_string()
}

fn message(job: &JobRow) -> MessageId {
    job.payload.as_str().into()
}
