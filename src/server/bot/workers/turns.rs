//! The queue of turns that can be decided at once: many conversations in one transaction. They are decided on a
//! blocking thread, because flows, keywords and patterns are the tenant's own.

use std::collections::{BTreeMap, HashMap};

use super::{Bot, MAX_ATTEMPTS, advanced, caught, conversation, retry_after};
use crate::{
    domain::{
        bot::{Escalation, FlowChange, NextAction, Turn, TurnOutcome, heed, respond},
        flow::run::{Input, Position},
        handoff::{Failure, Trigger},
        ids::{JobId, MessageId, TenantId},
        time::{Span, Timestamp},
    },
    server::{
        conversations::ConversationError,
        store::jobs::JobRow,
        workers::{JobKind, Leased, Selection, on_blocking_thread},
    },
};

/// How long a job is leased before another worker takes it.
const LEASE: Span = Span::seconds(60);
/// Most turns of one transaction. Measured: with 16 the bot took half as many turns per second, and the journal waited
/// as long.
const BATCH: i64 = 64;
/// Most jobs of a kind in a round that are settled one by one: turns of other tenants wait for them.
const SINGLES: i64 = 16;
/// How long the turns of one tenant are decided in a round. What is left is put back, and the others have their turn: the
/// patterns, conditions and rules of one tenant may take a second for each message. A wave that has begun has as long for
/// its decisions, counted after its turns were loaded: otherwise a slow disk would leave time for one of them only.
const SLICE: Span = Span::of_millis(500);

/// The jobs of a wave that were not settled together.
struct Remaining<'a> {
    /// To be settled one by one.
    single: Vec<&'a Leased<JobRow>>,
    /// To be put back, because the tenant's time is over.
    late: Vec<&'a Leased<JobRow>>,
}

/// The jobs of a batch that were not settled.
struct Unsettled {
    /// Their turns could not be loaded.
    unloaded: Vec<JobId>,
    /// There was no time to decide them.
    late: Vec<JobId>,
}

impl Bot {
    /// Processes a round of the due turns: one slice of each tenant, a few transactions each. Returns how many there were.
    pub async fn turns_once(&self) -> Result<usize, ConversationError> {
        // Keywords first: a message that calls an agent makes the turns of its conversation needless.
        let reread = self.reread_once().await?;
        let taken = self.jobs.take(JobKind::Turn, Selection::Any, LEASE, BATCH).await?;
        for (tenant, jobs) in by_tenant(&taken) {
            self.settle_tenant(tenant, &jobs).await?;
        }
        let mut count = reread + taken.len();
        for kind in [JobKind::QuestionTimeout, JobKind::Resume] {
            for job in self.jobs.take(kind, Selection::Any, LEASE, SINGLES).await? {
                count += 1;
                if let Err(error) = caught(self.advance_flow(&job)).await {
                    let attempts = job.attempts;
                    tracing::error!(%error, job = %job.id, attempts, "bot: flow timeout failed, will retry");
                    self.jobs.reschedule(&job, retry_after(attempts)).await?;
                }
            }
        }
        Ok(count)
    }

    /// Settles a tenant's turns until its time is over, and puts the others back.
    async fn settle_tenant(&self, tenant: &TenantId, jobs: &[&Leased<JobRow>]) -> Result<(), ConversationError> {
        let until = self.clock.now().plus(SLICE);
        let mut late: Vec<&Leased<JobRow>> = Vec::new();
        for (nth, wave) in waves(jobs).into_iter().enumerate() {
            // A later message of a conversation must not overtake one that is put back.
            if !late.is_empty() || nth > 0 && self.clock.now() >= until {
                late.extend(wave);
                continue;
            }
            let remaining = self.settle_batch(tenant, &wave).await;
            late.extend(remaining.late);
            for (nth, job) in remaining.single.into_iter().enumerate() {
                // The first in any case: what was tried together may take all the time in every round.
                if nth > 0 && self.clock.now() >= until {
                    late.push(job);
                } else if let Err(error) = caught(self.settle_single(job)).await {
                    tracing::error!(%error, job = %job.id, attempts = job.attempts, "bot: turn failed, will retry");
                    self.jobs.reschedule(job, retry_after(job.attempts)).await?;
                }
            }
        }
        Ok(self.jobs.put_back(&late).await?)
    }

    /// Looks for keywords in messages that the bot does not answer. Returns how many there were.
    async fn reread_once(&self) -> Result<usize, ConversationError> {
        let taken = self.jobs.take(JobKind::Reread, Selection::Any, LEASE, SINGLES).await?;
        for job in &taken {
            if let Err(error) = caught(self.reread(job)).await {
                tracing::error!(%error, job = %job.id, attempts = job.attempts, "bot: message not reread, will retry");
                self.jobs.reschedule(job, retry_after(job.attempts)).await?;
            }
        }
        Ok(taken.len())
    }

    async fn reread(&self, job: &Leased<JobRow>) -> Result<(), ConversationError> {
        if job.attempts >= MAX_ATTEMPTS {
            return self.give_up(job).await;
        }
        let Some(turn) = self.reread_turn(&job.tenant_id, &conversation(job), &message(job)).await? else {
            return self.drop_turn(job).await;
        };
        let now = self.clock.now();
        let (turn, outcome) = on_blocking_thread(move || {
            let outcome = heed(&turn, now);
            (turn, outcome)
        })
        .await;
        let Some(outcome) = outcome else { return self.drop_turn(job).await };
        let settled = [(turn, job.clone(), outcome)];
        self.settle_turns(&job.tenant_id, &settled).await?;
        self.signal_active_turns(&settled);
        Ok(())
    }

    /// Settles first attempts of different conversations of a tenant together, in one transaction. Later attempts remain,
    /// and all if the transaction failed.
    async fn settle_batch<'a>(&self, tenant: &TenantId, wave: &[&'a Leased<JobRow>]) -> Remaining<'a> {
        let (first, single): (Vec<&'a Leased<JobRow>>, Vec<&'a Leased<JobRow>>) =
            wave.iter().copied().partition(|job| job.attempts == 0);
        let mut remaining = Remaining { single, late: Vec::new() };
        if first.is_empty() {
            return remaining;
        }
        let settled = caught(self.settle_first(tenant, &first)).await;
        match settled {
            Ok(Unsettled { unloaded, late }) => {
                remaining.single.extend(first.iter().copied().filter(|job| unloaded.contains(&job.id)));
                remaining.late.extend(first.iter().copied().filter(|job| late.contains(&job.id)));
            }
            Err(error) => {
                let turns = first.len();
                tracing::warn!(%error, %tenant, turns, "bot: turn batch failed, retrying individually");
                remaining.single.extend(first);
            }
        }
        remaining
    }

    /// Settles turns of one tenant together.
    async fn settle_first(&self, tenant: &TenantId, jobs: &[&Leased<JobRow>]) -> Result<Unsettled, ConversationError> {
        let asked: Vec<_> = jobs.iter().map(|job| (conversation(job), message(job))).collect();
        let (mut loaded, mut unloaded) = (Vec::with_capacity(jobs.len()), Vec::new());
        for (job, turn) in jobs.iter().zip(self.turns(tenant, &asked).await?) {
            match turn {
                Some(turn) => loaded.push((turn, Leased::clone(job))),
                None => unloaded.push(job.id.clone()),
            }
        }
        let (settled, late) = self.decide(loaded).await;
        self.settle_turns(tenant, &settled).await?;
        self.signal_active_turns(&settled);
        Ok(Unsettled { unloaded, late })
    }

    /// Decides turns on a blocking thread. Returns also the jobs of those for which there was no time.
    async fn decide(
        &self,
        loaded: Vec<(Turn, Leased<JobRow>)>,
    ) -> (Vec<(Turn, Leased<JobRow>, TurnOutcome)>, Vec<JobId>) {
        let clock = self.clock.clone();
        let (decided, late) =
            on_blocking_thread(move || in_slice(loaded, || clock.now(), |(turn, _), now| respond(turn, now))).await;
        let decided = decided.into_iter().map(|((turn, job), outcome)| (turn, job, outcome)).collect();
        (decided, late.into_iter().map(|(_, job)| job.id.clone()).collect())
    }

    async fn settle_single(&self, job: &Leased<JobRow>) -> Result<(), ConversationError> {
        if job.attempts >= MAX_ATTEMPTS {
            return self.give_up(job).await;
        }
        let Some(turn) = self.turn(&job.tenant_id, &conversation(job), &message(job)).await? else {
            return self.drop_turn(job).await;
        };
        let (settled, _) = self.decide(vec![(turn, job.clone())]).await;
        self.settle_turns(&job.tenant_id, &settled).await?;
        self.signal_active_turns(&settled);
        Ok(())
    }

    /// A job of any queue cannot be loaded or settled: escalates with as little data as possible.
    pub(super) async fn give_up(&self, job: &Leased<JobRow>) -> Result<(), ConversationError> {
        let id = conversation(job);
        let message = matches!(job.kind, JobKind::Turn | JobKind::Reread).then(|| message(job));
        let ended = self.interrupted(&job.tenant_id, &id).await?;
        let Some(turn) = self.bare_turn(&job.tenant_id, &id, message.as_ref()).await? else {
            return self.drop_turn(job).await;
        };
        if is_stale(job, &turn) {
            return self.drop_turn(job).await;
        }
        let escalation = Escalation::new(Trigger::Failure { failure: Failure::Error }, turn.message.clone());
        let outcome = TurnOutcome { ended, flow: FlowChange::End, ..TurnOutcome::hand_off(escalation) };
        self.settle_turn(&turn, job, outcome).await?;
        self.active_turns.cancel(&id);
        Ok(())
    }

    /// Restarts or cancels a model's turn in the same conversation. Called after the commit, so that a restarted turn
    /// finds the new message's job. Otherwise the message would be answered twice.
    fn signal_active_turns(&self, settled: &[(Turn, Leased<JobRow>, TurnOutcome)]) {
        for (turn, _, outcome) in settled {
            match (&outcome.next, &outcome.flow) {
                // Restarts at most once, so that a customer who keeps typing still gets an answer.
                (NextAction::Model, FlowChange::Keep) => self.active_turns.restart(&turn.conversation),
                (NextAction::HandOff(_) | NextAction::Close, _)
                | (_, FlowChange::Begin { .. } | FlowChange::Move { .. } | FlowChange::End) => {
                    self.active_turns.cancel(&turn.conversation);
                }
                (NextAction::Wait | NextAction::WaitFor(_) | NextAction::Ask { .. }, FlowChange::Keep) => {}
            }
        }
    }

    /// A question's timeout has passed, or an agent returned the conversation to the bot.
    async fn advance_flow(&self, job: &Leased<JobRow>) -> Result<(), ConversationError> {
        if job.attempts >= MAX_ATTEMPTS {
            return self.give_up(job).await;
        }
        let Some(turn) = self.next_turn(&job.tenant_id, &conversation(job)).await? else {
            return self.drop_turn(job).await;
        };
        let Some(run) = &turn.run else { return self.drop_turn(job).await };
        let input = match job.kind {
            JobKind::QuestionTimeout if matches!(run.position, Position::Waiting { .. }) => Input::TimedOut,
            JobKind::Resume if matches!(run.position, Position::Before { .. }) => Input::Begin,
            JobKind::QuestionTimeout
            | JobKind::Resume
            | JobKind::Turn
            | JobKind::Reread
            | JobKind::Model
            | JobKind::Call
            | JobKind::Fetch
            | JobKind::Read
            | JobKind::Typing
            | JobKind::Block
            | JobKind::ThreadControl
            | JobKind::Ending
            | JobKind::Scheduled
            | JobKind::Snooze
            | JobKind::Silence
            | JobKind::Unattended
            | JobKind::WindowEnd
            | JobKind::Index
            | JobKind::CustomerIds => return self.drop_turn(job).await,
        };
        if is_stale(job, &turn) {
            return self.drop_turn(job).await;
        }
        let (turn, outcome) = advanced(turn, input, self.clock.now()).await;
        self.settle_turn(&turn, job, outcome).await
    }
}

/// The jobs of each tenant, in order. The tenant with the fewest comes first, so that it does not wait for a busy one.
fn by_tenant(taken: &[Leased<JobRow>]) -> Vec<(&TenantId, Vec<&Leased<JobRow>>)> {
    let mut of_tenants: BTreeMap<&TenantId, Vec<&Leased<JobRow>>> = BTreeMap::new();
    for job in taken {
        of_tenants.entry(&job.tenant_id).or_default().push(job);
    }
    let mut tenants: Vec<_> = of_tenants.into_iter().collect();
    tenants.sort_by_key(|(_, jobs)| jobs.len());
    tenants
}

/// Divides a tenant's jobs by how many of their conversation are before them: a second message must see the outcome of the
/// first.
fn waves<'a>(jobs: &[&'a Leased<JobRow>]) -> Vec<Vec<&'a Leased<JobRow>>> {
    let mut before: HashMap<&str, usize> = HashMap::new();
    let mut waves: Vec<Vec<&'a Leased<JobRow>>> = Vec::new();
    for &job in jobs {
        let nth = before.entry(job.key.as_str()).or_default();
        if waves.len() == *nth {
            waves.push(Vec::new());
        }
        waves[*nth].push(job);
        *nth += 1;
    }
    waves
}

/// Decides items one after the other until a slice is over, the first in any case. Returns also what is left.
fn in_slice<T, O>(
    items: Vec<T>,
    now: impl Fn() -> Timestamp,
    decide: impl Fn(&T, Timestamp) -> O,
) -> (Vec<(T, O)>, Vec<T>) {
    let until = now().plus(SLICE);
    let (mut decided, mut left) = (Vec::with_capacity(items.len()), Vec::new());
    for item in items {
        let at = now();
        if !decided.is_empty() && at >= until {
            left.push(item);
            continue;
        }
        let outcome = decide(&item, at);
        decided.push((item, outcome));
    }
    (decided, left)
}

/// Whether the flow has moved since the job was enqueued.
fn is_stale(job: &JobRow, turn: &Turn) -> bool {
    matches!(job.kind, JobKind::QuestionTimeout | JobKind::Resume) && job.payload != turn.revision().to_string()
}

fn message(job: &JobRow) -> MessageId {
    job.payload.as_str().into()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::server::workers::Lease;

    fn job(id: &str, key: &str) -> Leased<JobRow> {
        of_tenant("tnt_1", id, key)
    }

    fn of_tenant(tenant: &str, id: &str, key: &str) -> Leased<JobRow> {
        let row = JobRow {
            id: id.into(),
            tenant_id: tenant.into(),
            kind: JobKind::Turn,
            key: key.to_owned(),
            payload: String::new(),
            due_at: 0,
            attempts: 0,
        };
        Leased { row, lease: Lease { owner: "nod_1".into(), token: "t".to_owned() } }
    }

    #[test]
    fn a_wave_has_one_message_of_each_conversation_in_order() {
        let taken = [job("1", "a"), job("2", "b"), job("3", "a"), job("4", "a"), job("5", "b"), job("6", "c")];
        let taken: Vec<&Leased<JobRow>> = taken.iter().collect();
        let waves: Vec<Vec<&str>> =
            waves(&taken).into_iter().map(|wave| wave.into_iter().map(|job| job.id.as_str()).collect()).collect();
        assert_eq!(waves, [vec!["1", "2", "6"], vec!["3", "5"], vec!["4"]]);
    }

    #[test]
    fn what_takes_long_is_decided_for_one_slice_and_one_at_least() {
        let decided = |takes: Span| {
            let clock = Cell::new(Timestamp(0));
            let decide = |_: &u8, at: Timestamp| clock.set(at.plus(takes));
            let (decided, left) = in_slice(vec![1, 2, 3, 4, 5, 6], || clock.get(), decide);
            (decided.len(), left)
        };
        assert_eq!(decided(Span(0)), (6, vec![]));
        assert_eq!(decided(Span::of_millis(200)), (3, vec![4, 5, 6]));
        assert_eq!(decided(Span::seconds(10)), (1, vec![2, 3, 4, 5, 6]));
    }

    #[test]
    fn a_tenant_with_few_jobs_waits_for_none_of_a_busy_one() {
        // given a tenant with a burst of one customer, for which a round takes a transaction per message
        let mut taken: Vec<Leased<JobRow>> =
            (0..60).map(|nth| of_tenant("busy", &format!("b{nth}"), "one customer")).collect();
        taken.extend(["1", "2"].map(|id| of_tenant("small", id, "another")));
        taken.push(of_tenant("smallest", "3", "a third"));
        // then the others come first, each with all of its jobs
        let order: Vec<(&str, usize)> =
            by_tenant(&taken).into_iter().map(|(tenant, jobs)| (tenant.as_str(), jobs.len())).collect();
        assert_eq!(order, [("smallest", 1), ("small", 2), ("busy", 60)]);
    }
}
