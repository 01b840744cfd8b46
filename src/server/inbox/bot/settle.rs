//! What a turn led to, written: words, variables, the flow's place, what is owed next, the call for a person.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    BotAction, EndedCall, Escalation, FlowChange, IsNew, Lease, MODEL, NextAction, Outcome, PATIENCE, RESUME, Seen,
    Source, Turn,
};
use crate::{
    domain::{
        conversation::{Command, Refusal, State},
        event::{Actor, Event},
        flow::run::Position,
        handoff::{Failure, Trigger},
        ids::{ConversationId, JobId, MessageId, TenantId},
        interpolation::{self, Values},
        message::{Author, outgoing::OutgoingMessage},
        time::Span,
    },
    server::{
        inbox::{Inbox, InboxError, Result, UnitOfWork, finish::digest, receive::TURN},
        store::{
            facts::{self, Fact, VariableRow},
            jobs, messages,
            runs::{self, Run},
            talks,
        },
    },
};

/// How long the model waits for the rest of what a customer types in bursts.
pub const GATHER: Span = Span(1_500);
/// However long they type, it is not kept waiting for more than this.
const GATHER_AT_MOST: Span = Span::seconds(6);
/// Requests of flows that one message of a customer may lead to: whatever goes round without one is stopped here.
const CALLS: i64 = 20;
/// Moves of a flow that one message of a customer may lead to, by answers, waits that end, and models that finish.
const ALONE: i64 = 30;

impl Inbox {
    /// Ends a turn's job without a word: a person has the conversation, or there is nothing to do.
    pub async fn drop_turn(&self, lease: &Lease) -> Result<()> {
        let mut tx = self.db.begin_write().await?;
        jobs::finish(&mut tx, &lease.job, &lease.token).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Settles a turn. An answer that comes after a person did is refused and logged, never sent.
    pub async fn settle_turn(&self, turn: &Turn, lease: &Lease, outcome: Outcome) -> Result<()> {
        self.settle_turns(&turn.tenant, &[(turn.clone(), lease.clone(), outcome)]).await
    }

    /// Settles turns of one tenant's different conversations, all or none.
    pub async fn settle_turns(&self, tenant: &TenantId, settled: &[(Turn, Lease, Outcome)]) -> Result<()> {
        let online = !self.presence.online(tenant, self.clock.now()).is_empty();
        self.settled(move || {
            Box::pin(async move {
                let mut work = self.begin(tenant).await?;
                work.lock_all(settled.iter().map(|(turn, _, _)| &turn.conversation)).await?;
                let ids: Vec<_> = settled.iter().map(|(turn, _, _)| &turn.conversation).collect();
                let revisions = runs::revisions(&mut work.tx, tenant, &ids).await?;
                let is_current =
                    |turn: &Turn| revisions.get(&turn.conversation).copied().unwrap_or(0) == turn.revision();
                for (_, lease, _) in settled.iter().filter(|(turn, _, _)| !is_current(turn)) {
                    // The flow moved while this was decided: it is decided again, on what is true now.
                    jobs::give_back(&mut work.tx, &lease.job, &lease.token, work.now).await?;
                }
                let current = || settled.iter().filter(|(turn, _, _)| is_current(turn));
                // Of the others another worker holds the lease now; its result is the one that counts.
                let held = work.end_jobs(current().map(|(_, lease, _)| lease)).await?;
                for (turn, _, outcome) in current().filter(|(_, lease, _)| held.contains(&lease.job)) {
                    work.settle_turn(turn, outcome, online).await?;
                }
                self.commit(work).await
            })
        })
        .await
    }

    /// Settles the model's turn: as [`Self::settle_turn`], and what was owed for messages it has seen is done. `seen` is
    /// `None` when it was not asked.
    pub async fn settle_model(&self, turn: &Turn, lease: &Lease, outcome: Outcome, seen: Option<Seen>) -> Result<()> {
        let online = !self.presence.online(&turn.tenant, self.clock.now()).is_empty();
        let (outcome, seen) = (&outcome, &seen);
        self.settled(move || {
            Box::pin(async move {
                let mut work = self.begin(&turn.tenant).await?;
                let it = work.lock(&turn.conversation).await?.conversation.clone();
                if !jobs::finish(&mut work.tx, &lease.job, &lease.token).await? {
                    return Ok(());
                }
                let is_current = work.is_current(turn).await?;
                if let Some(seen) = seen
                    && is_current
                    && it.state == State::Bot
                    && it.epoch == turn.epoch
                {
                    // Work that a newer message owes stays owed.
                    if it.last_turn == seen.message {
                        jobs::drop_waiting(&mut work.tx, MODEL, turn.conversation.as_str()).await?;
                    }
                    talks::answered(&mut work.tx, &turn.tenant, &turn.conversation, turn.epoch, seen.seq).await?;
                }
                work.settle_current(turn, outcome, online).await?;
                self.commit(work).await
            })
        })
        .await
    }

    /// Settles what another system answered. It was asked once and is not asked again, whatever happened meanwhile.
    pub async fn settle_call(&self, turn: &Turn, lease: &Lease, outcome: &Outcome) -> Result<()> {
        let online = !self.presence.online(&turn.tenant, self.clock.now()).is_empty();
        self.settled(move || {
            Box::pin(async move {
                let mut work = self.begin(&turn.tenant).await?;
                work.lock(&turn.conversation).await?;
                if jobs::finish(&mut work.tx, &lease.job, &lease.token).await? {
                    work.settle_current(turn, outcome, online).await?;
                }
                self.commit(work).await
            })
        })
        .await
    }
}

impl Inbox {
    /// An agent returned the conversation: the flow goes on at the place that it names, else from the top with the
    /// customer's next message.
    pub(in crate::server::inbox) async fn resume_flow(&self, work: &mut UnitOfWork, id: &ConversationId) -> Result<()> {
        let tenant = work.tenant_id();
        let Some(run) = runs::find(&mut work.tx, &tenant, id).await? else { return Ok(()) };
        let flow = self.flow_cache.version(&mut work.tx, &tenant, &run.flow, run.version).await?;
        let place = flow.and_then(|flow| flow.resume.clone().filter(|step| flow.find(step).is_some()));
        let revision = run.revision + 1;
        let position = match place {
            Some(step) => {
                work.enqueue(RESUME, id.as_str(), revision.to_string(), work.now);
                Position::Before { step }
            }
            None => Position::Start,
        };
        runs::save(&mut work.tx, &tenant, id, &Run { position, revision, ..run }, work.now).await?;
        Ok(())
    }
}

impl UnitOfWork {
    /// Whether the flow still stands where the turn found it.
    async fn is_current(&mut self, turn: &Turn) -> Result<bool> {
        let now = runs::revisions(&mut self.tx, &turn.tenant, &[&turn.conversation]).await?;
        Ok(now.get(&turn.conversation).copied().unwrap_or(0) == turn.revision())
    }

    /// As [`Self::settle_turn`], unless a flow began or went on meanwhile: it has the talk now, and an answer from before
    /// would disturb it.
    async fn settle_current(&mut self, turn: &Turn, outcome: &Outcome, online: bool) -> Result<()> {
        if self.is_current(turn).await? {
            return self.settle_turn(turn, outcome, online).await;
        }
        for ended in &outcome.ended {
            self.end_call(&turn.conversation, ended).await?;
        }
        Ok(())
    }

    /// Ends jobs, and returns those whose lease was still held.
    async fn end_jobs(&mut self, leases: impl Iterator<Item = &Lease>) -> Result<BTreeSet<JobId>> {
        let mut by_token: BTreeMap<&str, Vec<&JobId>> = BTreeMap::new();
        for lease in leases {
            by_token.entry(&lease.token).or_default().push(&lease.job);
        }
        let mut held = BTreeSet::new();
        for (token, ids) in by_token {
            held.extend(jobs::finish_all(&mut self.tx, &ids, token).await?);
        }
        Ok(held)
    }

    pub(super) async fn settle_turn(&mut self, turn: &Turn, outcome: &Outcome, online: bool) -> Result<()> {
        let stopped = self.stopped(turn, outcome).await?;
        let outcome = stopped.as_ref().unwrap_or(outcome);
        for ended in &outcome.ended {
            self.end_call(&turn.conversation, ended).await?;
        }
        let it = self.get(&turn.conversation).ok_or(InboxError::NotFound)?;
        if it.state != State::Bot || it.epoch != turn.epoch {
            self.append(Some(&turn.conversation), Actor::Bot, Event::BotRefused);
            return Ok(());
        }
        self.forget_calls(turn, &outcome.place).await?;
        if let FlowChange::Move { flow, version, is_new: IsNew::Yes, .. } = &outcome.place {
            let event = Event::FlowBegan { flow: flow.clone(), version: *version };
            self.append(Some(&turn.conversation), Actor::Bot, event);
        }
        let closes = matches!(outcome.then, NextAction::Close) && self.may_close(turn).await?;
        let first = self.pending.len();
        for act in &outcome.acts {
            match act {
                BotAction::Say(message) => self.bot_say(turn, message.clone())?,
                BotAction::Set { step, label, name, value, source } => {
                    let id = self.entropy.id(self.now);
                    let from = turn.message.as_ref().filter(|_| *source != Source::Step);
                    let mut row = VariableRow::new(id, name, label, value, from, self.now);
                    // A step is named where it did it itself.
                    row.step = step.as_ref().filter(|_| *source != Source::Model).map(|step| step.0.clone());
                    let event = Event::VariableSet { variable: row.id.clone() };
                    self.append_fact(&turn.conversation, event, Fact::Variable(row));
                }
            }
        }
        if closes || matches!(outcome.then, NextAction::HandOff(_)) {
            // Said together with the change of hands, not after it: the change must not take it back.
            for pending in &mut self.pending[first..] {
                pending.epoch = None;
            }
        }
        let revision = self.place(turn, &outcome.place).await?;
        match &outcome.then {
            NextAction::Wait => {}
            NextAction::WaitFor(patience) => {
                let due = self.now.plus(*patience);
                self.enqueue(PATIENCE, turn.conversation.as_str(), revision.to_string(), due);
            }
            NextAction::Ask { step, label, call } => self.ask_step(turn, revision, step, label, call)?,
            NextAction::Model if self.is_answered(turn, &outcome.place).await? => {}
            NextAction::Model => self.owe_model(&turn.conversation).await?,
            NextAction::HandOff(escalation) => self.call_person(turn, escalation, online)?,
            NextAction::Close if closes => {
                let command = Command::BotClose { turn: turn.epoch, seen: turn.seen.clone() };
                self.run(&turn.conversation, Actor::Bot, &command, None)?;
            }
            NextAction::Close => self.stay_open(turn).await?,
        }
        Ok(())
    }

    /// Whether a turn may end the conversation: not while something that the customer wrote is undecided or unanswered.
    async fn may_close(&mut self, turn: &Turn) -> Result<bool> {
        let it = self.get(&turn.conversation).ok_or(InboxError::NotFound)?;
        let command = Command::BotClose { turn: turn.epoch, seen: turn.seen.clone() };
        if it.decide(&command, self.now) == Err(Refusal::CustomerJustWrote) {
            return Ok(false);
        }
        Ok(!jobs::is_owed(&mut self.tx, TURN, turn.conversation.as_str()).await?)
    }

    /// The customer wrote more before the end was reached. Whoever is owed to it answers; words that came while another
    /// system was asked were left for later, which is now.
    async fn stay_open(&mut self, turn: &Turn) -> Result<()> {
        let key = turn.conversation.as_str();
        for kind in [TURN, MODEL] {
            if jobs::is_owed(&mut self.tx, kind, key).await? {
                return Ok(());
            }
        }
        let newest = self.get(&turn.conversation).and_then(|it| it.last_turn.clone());
        if let Some(newest) = newest {
            self.enqueue(TURN, key, newest.into_string(), self.now);
        }
        Ok(())
    }

    /// Whether the model has read the message of this turn and answered it already: it may read what is still undecided.
    async fn is_answered(&mut self, turn: &Turn, place: &FlowChange) -> Result<bool> {
        let (FlowChange::Keep, Some(_), Some(message)) = (place, &turn.content, &turn.message) else {
            return Ok(false);
        };
        let talk = talks::find(&mut self.tx, &turn.tenant, &turn.conversation, turn.epoch).await?;
        let Some(talk) = talk else { return Ok(false) };
        let record = messages::find(&mut self.tx, &turn.tenant, message).await?;
        Ok(record.is_some_and(|record| record.seq <= talk.seen))
    }

    /// What becomes of a turn that would ask another system, or move the flow, once too often for the same message: a
    /// person.
    async fn stopped(&mut self, turn: &Turn, outcome: &Outcome) -> Result<Option<Outcome>> {
        let (reason, acts) = match &outcome.then {
            NextAction::HandOff(_) | NextAction::Close => return Ok(None),
            NextAction::Ask { label, .. } => {
                let message = turn.seen.as_ref();
                if facts::calls_about(&mut self.tx, &turn.tenant, &turn.conversation, message).await? < CALLS {
                    return Ok(None);
                }
                let reason = format!("The flow asked other systems {CALLS} times for one message, last at “{label}”.");
                (reason, outcome.acts.clone())
            }
            NextAction::Wait | NextAction::WaitFor(_) | NextAction::Model => {
                let moves = matches!(outcome.place, FlowChange::Move { .. }) && turn.alone() > ALONE;
                if !moves {
                    return Ok(None);
                }
                (format!("The flow went on {ALONE} times without a word of the customer."), Vec::new())
            }
        };
        let mut escalation = Escalation::new(Trigger::Failure { failure: Failure::FlowBroken }, turn.message.clone());
        escalation.brief.reason = reason;
        let (ended, then) = (outcome.ended.clone(), NextAction::HandOff(escalation));
        Ok(Some(Outcome { ended, acts, place: FlowChange::End, then }))
    }

    fn bot_say(&mut self, turn: &Turn, message: OutgoingMessage) -> Result<()> {
        let id: MessageId = self.entropy.id(self.now);
        let conversation = self.get(&turn.conversation).ok_or(InboxError::NotFound)?.clone();
        let record = self.record(&id, &conversation, Author::Bot, message);
        let command = Command::BotSay {
            message: id,
            kind: record.content.kind().to_owned(),
            digest: digest(self.tenant.id.as_str(), &record.content),
            turn: turn.epoch,
        };
        self.run(&turn.conversation, Actor::Bot, &command, Some(record))?;
        Ok(())
    }

    /// Writes where the flow stands and returns the revision of that.
    async fn place(&mut self, turn: &Turn, place: &FlowChange) -> Result<i64> {
        // Never one that an earlier flow of this conversation had: what was owed to that one stays stale.
        let revision = turn.run.as_ref().map_or(self.now.0, |run| run.revision + 1);
        match place {
            FlowChange::Keep => return Ok(turn.revision()),
            FlowChange::Move { flow, version, position, .. } => {
                let (flow, version, position, alone) = (flow.clone(), *version, position.clone(), turn.alone());
                let run = Run { flow, version, position, revision, alone };
                runs::save(&mut self.tx, &turn.tenant, &turn.conversation, &run, self.now).await?;
            }
            FlowChange::End => runs::remove(&mut self.tx, &turn.tenant, &turn.conversation).await?,
        }
        Ok(revision)
    }

    fn call_person(&mut self, turn: &Turn, escalation: &Escalation, online: bool) -> Result<()> {
        let command = Command::HandOff {
            handoff: self.entropy.id(self.now),
            trigger: escalation.trigger.clone(),
            message: escalation.message.clone().or_else(|| turn.message.clone()),
            target: self.tenant.settings.waiting_target,
            turn: Some(turn.epoch),
            team: escalation.team.clone(),
        };
        let events = self.run(&turn.conversation, Actor::Bot, &command, None)?;
        for event in events {
            if let Event::HandedOff { handoff, .. } = event {
                self.briefs.push((handoff, escalation.brief.clone()));
            }
        }
        let texts = &self.tenant.settings.texts;
        let text = if online { &texts.notice_online } else { &texts.notice_offline };
        let notice = match escalation.notice.trim() {
            "" => {
                let values = Values { customer_name: &turn.customer.name, tenant_name: &turn.tenant_name };
                interpolation::filled(text, &values).unwrap_or_else(|fault| {
                    tracing::warn!(tenant = %turn.tenant, fault = %fault.detail, "the notice has a fault");
                    String::new()
                })
            }
            own => own.to_owned(),
        };
        self.system_say(&turn.conversation, &notice)
    }

    /// Owes an answer of the model, in a moment: customers type in bursts, and one answer serves them all.
    pub(super) async fn owe_model(&mut self, conversation: &ConversationId) -> Result<()> {
        let due = self.now.plus(GATHER);
        if !jobs::postpone(&mut self.tx, MODEL, conversation.as_str(), due, GATHER_AT_MOST).await? {
            self.enqueue(MODEL, conversation.as_str(), String::new(), due);
        }
        self.wake_models();
        Ok(())
    }

    pub(in crate::server::inbox) async fn end_call(
        &mut self,
        conversation: &ConversationId,
        ended: &EndedCall,
    ) -> Result<()> {
        let tenant = self.tenant_id();
        let EndedCall { call, outcome, output, took } = ended;
        if facts::end_call(&mut self.tx, &tenant, call, *outcome, output, *took).await? {
            let event = Event::CallEnded { call: call.clone(), outcome: *outcome, took: *took };
            self.append(Some(conversation), Actor::Bot, event);
        }
        Ok(())
    }

    /// Owes the customer a text of the tenant; an empty one is silence, and outside the window nothing can be sent.
    pub(in crate::server::inbox) fn system_say(&mut self, conversation: &ConversationId, words: &str) -> Result<()> {
        let it = self.get(conversation).ok_or(InboxError::NotFound)?.clone();
        if words.trim().is_empty() || !it.window.is_open(self.now) {
            return Ok(());
        }
        let id: MessageId = self.entropy.id(self.now);
        let record = self.record(&id, &it, Author::System, OutgoingMessage::text(words.trim()));
        let command = Command::SystemSay {
            message: id,
            kind: record.content.kind().to_owned(),
            digest: digest(self.tenant.id.as_str(), &record.content),
        };
        self.run(conversation, Actor::System, &command, Some(record))?;
        Ok(())
    }
}
