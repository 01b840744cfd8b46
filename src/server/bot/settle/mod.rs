//! Writes the outcome of a turn in one transaction that also ends the turn's job, so that a turn takes effect once or
//! not at all.
//!
//! A file per kind: `say.rs` messages and variables, `flow.rs` the flow's position, `model.rs` jobs of the language
//! model, `handoff.rs` escalations, `close.rs` the end of the conversation; API calls are in `bot::requests`. `hold.rs`
//! puts a turn back while an agent's close can still be undone, `bounds.rs` stops a bot that sends too much. To add a
//! kind: a variant of [`NextAction`] or [`BotAction`], a file, and its arm below.

mod bounds;
mod close;
mod flow;
mod handoff;
mod hold;
mod model;
mod say;

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use super::{Bot, transcript::ReadMark};
use crate::{
    domain::{
        bot::{BotAction, FlowChange, NextAction, Turn, TurnOutcome},
        conversation::State,
        event::{Actor, Event},
        ids::{JobId, TenantId},
        settings::BotTexts,
    },
    server::{
        conversations::{ConversationError, Result, UnitOfWork},
        store::{
            Lease, Leased, flow_runs,
            jobs::{self, JobKind, JobRow},
            model_sessions,
        },
    },
};

pub use hold::Repeat;
pub use model::DEBOUNCE;

impl Bot {
    /// Ends a turn's job without an effect: an agent has the conversation, or there is nothing to do.
    pub async fn drop_turn(&self, job: &Leased<JobRow>) -> Result<()> {
        let mut tx = self.conversations.db.begin_write().await?;
        jobs::finish(&mut tx, job).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Settles a turn. If an agent has taken over since, the outcome is logged as refused and not sent.
    pub async fn settle_turn(&self, turn: &Turn, job: &Leased<JobRow>, outcome: TurnOutcome) -> Result<()> {
        self.settle_turns(&turn.tenant, &[(turn.clone(), job.clone(), outcome)]).await
    }

    /// Settles turns of different conversations of one tenant, all or none.
    pub async fn settle_turns(&self, tenant: &TenantId, settled: &[(Turn, Leased<JobRow>, TurnOutcome)]) -> Result<()> {
        let online = self.conversations.presence.online(tenant, self.clock.now()).len();
        self.conversations
            .transact(tenant, move |mut work| async move {
                work.lock_all(settled.iter().map(|(turn, _, _)| &turn.conversation).collect()).await?;
                let ids: Vec<_> = settled.iter().map(|(turn, _, _)| &turn.conversation).collect();
                work.load_automation(ids.iter().copied()).await?;
                let revisions = flow_runs::revisions(&mut work.tx, tenant, &ids).await?;
                let is_current =
                    |turn: &Turn| revisions.get(&turn.conversation).copied().unwrap_or(0) == turn.revision();
                let mut current = Vec::new();
                for (turn, job, outcome) in settled {
                    if let Some(until) = work.held_until(&turn.conversation) {
                        jobs::release(&mut work.tx, job, until).await?;
                    } else if !is_current(turn) {
                        // The flow has moved since the decision. The turn is decided again with the current state.
                        jobs::release(&mut work.tx, job, work.now).await?;
                    } else {
                        current.push((turn, job, outcome));
                    }
                }
                // If another worker holds the lease now, its result counts.
                let ended = work.end_jobs(current.iter().map(|(_, job, _)| *job)).await?;
                for (turn, _, outcome) in current.into_iter().filter(|(_, job, _)| ended.contains(&job.id)) {
                    work.settle_turn(turn, outcome, online).await?;
                }
                work.done()
            })
            .await
    }

    /// Settles a turn of the model. As [`Self::settle_turn`], and ends waiting jobs for messages that the model has
    /// seen. `seen` is `None` if the model was not asked. `repeat` says what happens to the turn if it has to wait.
    pub async fn settle_model(
        &self,
        turn: &Turn,
        job: &Leased<JobRow>,
        outcome: TurnOutcome,
        seen: Option<ReadMark>,
        repeat: Repeat,
    ) -> Result<()> {
        let online = self.conversations.presence.online(&turn.tenant, self.clock.now()).len();
        let (outcome, seen) = (&outcome, &seen);
        self.conversations
            .transact(&turn.tenant, move |mut work| async move {
                let it = work.lock(&turn.conversation).await?.conversation.clone();
                if let Some(until) = work.held_until(&turn.conversation) {
                    repeat.put_back(&mut work.tx, job, until).await?;
                    return work.done();
                }
                if !jobs::finish(&mut work.tx, job).await? {
                    return work.discard(());
                }
                let is_current = work.is_current(turn).await?;
                if let Some(seen) = seen
                    && is_current
                    && it.state == State::Bot
                    && it.epoch == turn.epoch
                {
                    // A job for a newer message stays.
                    if it.last_turn == seen.message {
                        jobs::drop_waiting(&mut work.tx, JobKind::Model, turn.conversation.as_str()).await?;
                    }
                    model_sessions::answered(&mut work.tx, &turn.tenant, &turn.conversation, turn.epoch, seen.seq)
                        .await?;
                }
                work.settle_current(turn, outcome, online).await?;
                work.done()
            })
            .await
    }

    /// Settles the response of an API call. The call is not repeated, whatever has changed since: if the turn has to
    /// wait, the job waits with `payload`, which holds the response.
    pub async fn settle_call(
        &self,
        turn: &Turn,
        job: &Leased<JobRow>,
        outcome: &TurnOutcome,
        payload: &str,
    ) -> Result<()> {
        let online = self.conversations.presence.online(&turn.tenant, self.clock.now()).len();
        self.conversations
            .transact(&turn.tenant, move |mut work| async move {
                work.lock(&turn.conversation).await?;
                if let Some(until) = work.held_until(&turn.conversation) {
                    jobs::hold(&mut work.tx, job, payload, until).await?;
                } else if jobs::finish(&mut work.tx, job).await? {
                    work.settle_current(turn, outcome, online).await?;
                }
                work.done()
            })
            .await
    }
}

impl UnitOfWork {
    /// Whether the flow is still at the position that the turn was decided for.
    async fn is_current(&mut self, turn: &Turn) -> Result<bool> {
        let now = flow_runs::revisions(&mut self.tx, &turn.tenant, &[&turn.conversation]).await?;
        Ok(now.get(&turn.conversation).copied().unwrap_or(0) == turn.revision())
    }

    /// As [`Self::settle_turn`], but only records the ended calls if a flow began or moved since the decision: the
    /// outcome is outdated then.
    async fn settle_current(&mut self, turn: &Turn, outcome: &TurnOutcome, online: usize) -> Result<()> {
        if self.is_current(turn).await? {
            return self.settle_turn(turn, outcome, online).await;
        }
        for ended in &outcome.ended {
            self.end_call(&turn.conversation, ended).await?;
        }
        Ok(())
    }

    /// Ends jobs and returns those whose lease was still held.
    async fn end_jobs<'a>(&mut self, taken: impl Iterator<Item = &'a Leased<JobRow>>) -> Result<BTreeSet<JobId>> {
        let mut by_lease: BTreeMap<&Lease, Vec<&JobId>> = BTreeMap::new();
        for job in taken {
            by_lease.entry(&job.lease).or_default().push(&job.id);
        }
        let mut held = BTreeSet::new();
        for (lease, ids) in by_lease {
            held.extend(jobs::finish_all(&mut self.tx, &ids, lease).await?);
        }
        Ok(held)
    }

    async fn settle_turn(&mut self, turn: &Turn, outcome: &TurnOutcome, online: usize) -> Result<()> {
        let stopped = self.check_limits(turn, outcome).await?;
        let outcome = stopped.as_ref().unwrap_or(outcome);
        let mut outcome = match self.tenant.settings.bot_texts {
            BotTexts::Separate => Cow::Borrowed(outcome),
            BotTexts::Joined => Cow::Owned(outcome.joined()),
        };
        for ended in &outcome.ended {
            self.end_call(&turn.conversation, ended).await?;
        }
        let it = self.get(&turn.conversation).ok_or(ConversationError::NotFound)?;
        if it.state != State::Bot || it.epoch != turn.epoch {
            self.append(Some(&turn.conversation), Actor::Bot, Event::BotRefused);
            return Ok(());
        }
        if let Some(why) = self.pause_reason(turn, &outcome).await? {
            return self.pause(turn, why).await;
        }
        self.end_abandoned_calls(turn, &outcome.flow).await?;
        if let FlowChange::Begin { flow, version, .. } = &outcome.flow {
            let event = Event::FlowBegan { flow: flow.clone(), version: *version };
            self.append(Some(&turn.conversation), Actor::Bot, event);
        }
        let notice = self.handoff_notice(turn, &mut outcome, online)?;
        let closes = matches!(outcome.next, NextAction::Close) && self.may_close(turn).await?;
        let before = self.pending_count();
        for action in &outcome.actions {
            match action {
                BotAction::Say(message) => self.bot_say(turn, message.clone())?,
                BotAction::Set { .. } => self.set_variable(turn, action),
            }
        }
        if closes || matches!(outcome.next, NextAction::HandOff(_)) {
            // Sent together with the handoff or close, which must not cancel it.
            self.detach_from_turn(before);
        }
        let revision = self.change_flow(turn, &outcome.flow);
        match &outcome.next {
            NextAction::Wait => {}
            NextAction::WaitFor(patience) => {
                let due = self.now.plus(*patience);
                self.enqueue(JobKind::QuestionTimeout, turn.conversation.as_str(), revision.to_string(), due);
            }
            NextAction::Ask { step, label, call } => self.record_step_call(turn, revision, step, label, call)?,
            NextAction::Model if self.is_answered(turn, &outcome.flow).await? => {}
            NextAction::Model => self.enqueue_model(&turn.conversation).await?,
            NextAction::HandOff(escalation) => self.hand_off(turn, escalation, &notice).await?,
            NextAction::Close if closes => self.bot_close(turn)?,
            NextAction::Close => self.enqueue_unanswered(turn).await?,
        }
        Ok(())
    }
}
