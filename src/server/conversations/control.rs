//! Who answers a customer on a number that several apps use: what shows it, which calls to Meta are owed, and what Meta
//! answered.
//!
//! What changes is `domain::conversation`'s decision. A request is written with its cause as a job, which the outbox
//! carries out. A job finds its conversation even after that was merged into another one, and changes nothing once
//! another request or a sign has replaced its own.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        conversation::{Command, Conversation, State},
        event::{Actor, CloseReason, Event},
        handoff::{Failure, Trigger},
        ids::{ChannelId, ConversationId},
        inbound::{InboundOrigin, Incoming},
        message::{TurnEffect, outgoing::Recipient},
        thread_control::{ControlAnswer, ControlCause, ControlRequest, ControlSign, ThreadControl, leave_note},
        time::{Span, Timestamp},
    },
    server::store::{
        Leased, Tx, agents,
        channels::{self, ChannelRow},
        conversations, customers, handoffs,
        jobs::{self, JobKind, JobRow},
        messages::{self, MessageRow},
        outbox, to_json,
    },
};

use super::{Conversations, Result, UnitOfWork, jobs::read_payload};

/// How long a customer is kept for messages that are not sent yet. Sending one later takes the customer back.
const SENDS_WAIT: Span = Span::minutes(10);

/// How many of the newest messages are searched for the customer's last one.
const SEARCH_LIMIT: i64 = 30;

/// What a job stores.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct ControlJob {
    /// Since when the control is what the request is about.
    asked_at: Timestamp,
    /// How often Meta certainly did nothing.
    #[serde(default)]
    tries: u32,
    /// What is asked. Jobs of earlier versions have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request: Option<ControlRequest>,
}

/// A call that has to be made.
pub struct ControlCall {
    pub channel: ChannelRow,
    pub user: Recipient,
    pub request: ControlRequest,
    /// For the app that gets the customer. Empty with a take.
    pub note: String,
    /// How often it was tried without an effect.
    pub tries: u32,
}

/// What is to be done about a job.
pub enum ControlStep {
    Call(Box<ControlCall>),
    /// Messages to the customer have to be sent first.
    Later,
    /// The customer or the number is gone: Meta cannot be asked.
    Impossible,
    /// Nothing: another request or a sign has replaced it.
    Over,
}

impl Conversations {
    /// What is to be done about a job that was taken.
    pub async fn control_step(&self, job: &JobRow) -> Result<ControlStep> {
        let Some(ControlJob { asked_at, tries, .. }) = read_payload(job) else { return Ok(ControlStep::Over) };
        let mut tx = self.db.begin_read().await?;
        let Some(it) = current(&mut tx, job).await? else { return Ok(ControlStep::Over) };
        let Some((request, _)) = it.control.request().filter(|(_, since)| *since == asked_at) else {
            return Ok(ControlStep::Over);
        };
        let keeps = match request {
            ControlRequest::Take => false,
            ControlRequest::Pass | ControlRequest::Release => self.clock.now().since(asked_at) < SENDS_WAIT,
        };
        if keeps && outbox::has_open(&mut tx, &job.tenant_id, &it.id).await? {
            return Ok(ControlStep::Later);
        }
        let channel = channels::find(&mut tx, &job.tenant_id, &it.channel).await?;
        let customer = customers::find(&mut tx, &job.tenant_id, &it.customer).await?;
        let user = customer.and_then(|customer| Recipient::of(customer.wa_id, customer.user_id));
        let note = note(&mut tx, job, &it).await?;
        Ok(match channel.zip(user) {
            Some((channel, user)) => ControlStep::Call(Box::new(ControlCall { channel, user, request, note, tries })),
            None => ControlStep::Impossible,
        })
    }

    /// Puts a job back: messages have to be sent first.
    pub async fn hold_control(&self, job: &Leased<JobRow>, wait: Span) -> Result<()> {
        self.put_back(job, &job.payload, wait).await
    }

    /// Puts a job back after a call that certainly had no effect.
    pub async fn retry_control(&self, job: &Leased<JobRow>, wait: Span) -> Result<()> {
        let Some(before) = read_payload::<ControlJob>(job) else { return self.put_back(job, &job.payload, wait).await };
        self.put_back(job, &to_json(&ControlJob { tries: before.tries + 1, ..before })?, wait).await
    }

    /// The job counts as never taken: one that was taken before may have been carried out. If another request or a sign has
    /// replaced its own, it ends, without an effect.
    async fn put_back(&self, job: &Leased<JobRow>, payload: &str, wait: Span) -> Result<()> {
        let is_replaced = self
            .transact(&job.tenant_id, move |mut work| async move {
                if work.is_control_replaced(job).await? {
                    return work.discard(true);
                }
                let due = work.now.plus(wait);
                jobs::hold(&mut work.tx, job, payload, due).await?;
                work.done_with(false)
            })
            .await?;
        match is_replaced {
            true => self.settle_control(job, ControlAnswer::Refused { code: None }).await,
            false => Ok(()),
        }
    }

    /// Ends the job and records what Meta answered. If it kept a customer who was given back, our bot goes on; if nobody
    /// knows who has one that waits for an answer, an agent is requested (promise 4).
    pub async fn settle_control(&self, job: &Leased<JobRow>, answer: ControlAnswer) -> Result<()> {
        self.transact(&job.tenant_id, move |mut work| async move {
            if !jobs::finish(&mut work.tx, job).await? {
                return work.discard(());
            }
            let Some(ControlJob { asked_at, request, .. }) = read_payload(job) else { return work.done() };
            let Some(mut it) = current(&mut work.tx, job).await? else { return work.done() };
            if is_merged(&work.lock(&it.id).await?.conversation) {
                // Since it was looked up.
                let Some(older) = current(&mut work.tx, job).await? else { return work.done() };
                it = older;
            }
            let now = work.now;
            let locked = &work.lock(&it.id).await?.conversation;
            let mut events = locked.control_answered(asked_at, answer, now);
            let had_no_effect = matches!(answer, ControlAnswer::Refused { .. });
            if events.is_empty() && had_no_effect && request.is_some_and(ControlRequest::is_leave) {
                events = locked.leave_cancelled(now);
            }
            for event in &events {
                work.append_control(&it.id, event.clone()).await?;
            }
            let ended = |wanted: ControlCause| {
                events.iter().any(|event| matches!(event, Event::ControlChanged { cause, .. } if *cause == wanted))
            };
            if work.get(&it.id).is_some_and(|it| it.state == State::Bot) {
                if ended(ControlCause::LeaveRefused) {
                    work.continue_as_bot(&it.id).await?;
                } else if ended(ControlCause::LeaveUnclear) {
                    work.call_for_unpassed(&it.id).await?;
                }
            }
            work.done()
        })
        .await
    }
}

/// The conversation of a job, or the one into which it was merged. `None` if it is gone.
async fn current(tx: &mut Tx, job: &JobRow) -> Result<Option<Conversation>> {
    let tenant = &job.tenant_id;
    let Some(stored) = conversations::load(tx, tenant, &job.key.as_str().into()).await? else { return Ok(None) };
    let it = stored.conversation;
    if !is_merged(&it) {
        return Ok(Some(it));
    }
    let into = match conversations::open_of(tx, tenant, &it.channel, &it.customer).await? {
        Some(open) => Some(open),
        // It was closed since: the request that it took over is owed nevertheless.
        None => conversations::last_closed_of(tx, tenant, &it.channel, &it.customer).await?,
    };
    let Some(into) = into else { return Ok(None) };
    Ok(conversations::load(tx, tenant, &into).await?.map(|stored| stored.conversation))
}

fn is_merged(it: &Conversation) -> bool {
    matches!(it.state, State::Closed { reason: CloseReason::Merged, .. })
}

/// What the app that gets the customer is told.
async fn note(tx: &mut Tx, job: &JobRow, it: &Conversation) -> Result<String> {
    let ThreadControl::Leaving { agent, .. } = &it.control else { return Ok(String::new()) };
    let agent = match agent {
        Some(agent) => agents::find(tx, &job.tenant_id, agent).await?.map(|row| row.name),
        None => None,
    };
    let past = handoffs::of(tx, &job.tenant_id, &it.id).await?;
    let reason = past.first().map(|past| past.handoff.trigger.label());
    Ok(leave_note(agent.as_deref(), reason.as_deref()))
}

impl UnitOfWork {
    /// Whether Handoff answers the customer of a locked conversation.
    pub(super) fn has_control(&self, id: &ConversationId) -> bool {
        self.get(id).is_some_and(|it| it.control.is_ours())
    }

    /// Appends a change of the control. A customer who comes to us may have written to the other app, which opens the
    /// reply window for us, too.
    async fn append_control(&mut self, id: &ConversationId, mut event: Event) -> Result<()> {
        if let Event::ControlChanged {
            cause: ControlCause::TakeAccepted | ControlCause::PassedToUs, written_at, ..
        } = &mut event
        {
            *written_at = self.last_written(id).await?;
        }
        self.append(Some(id), Actor::Meta, event);
        Ok(())
    }

    /// When the customer wrote the newest of their messages that opens the reply window.
    async fn last_written(&mut self, id: &ConversationId) -> Result<Option<Timestamp>> {
        let opens = |record: &MessageRow| {
            record.author.is_customer() && record.content.turn() == TurnEffect::Customer && !record.hidden
        };
        let pending = self.pending_records().filter(|record| record.conversation == *id && opens(record)).last();
        if let Some(at) = pending.map(|record| record.written_at) {
            return Ok(Some(at));
        }
        let tenant = self.tenant_id();
        let newest_first = messages::page(&mut self.tx, &tenant, id, None, SEARCH_LIMIT).await?;
        Ok(newest_first.iter().find(|record| opens(record)).map(|record| record.written_at))
    }

    /// Records a sign of who answers the customer of a locked conversation. `at` is Meta's time of it.
    pub(super) async fn control_sign(
        &mut self,
        channel: &ChannelId,
        id: &ConversationId,
        sign: ControlSign,
        at: Timestamp,
    ) -> Result<()> {
        let tenant = self.tenant_id();
        if sign.shows_other_app() && channels::mark_shared(&mut self.tx, &tenant, channel, self.now).await? {
            self.append(None, Actor::Meta, Event::ChannelShared { channel: channel.clone() });
        }
        let Some(it) = self.get(id) else { return Ok(()) };
        let Some(event) = it.control_sign(sign, at) else { return Ok(()) };
        if sign == ControlSign::Copied && it.state == State::Bot {
            self.stop_bot(id).await?;
        }
        self.append_control(id, event).await
    }

    /// Records what the field shows on which a customer's message came.
    pub(super) async fn message_sign(
        &mut self,
        channel: &ChannelId,
        id: &ConversationId,
        incoming: &Incoming,
    ) -> Result<()> {
        let sign = match incoming.origin {
            InboundOrigin::Live => ControlSign::OwnMessage,
            InboundOrigin::Standby => ControlSign::Copied,
            InboundOrigin::History => return Ok(()),
        };
        // Nobody answers in groups.
        if incoming.group.is_some() {
            return Ok(());
        }
        self.control_sign(channel, id, sign, incoming.at).await
    }

    /// WhatsApp accepted a message, which takes the customer from another app.
    pub(super) fn sent_takes_control(&mut self, id: &ConversationId) {
        let now = self.now;
        if let Some(event) = self.get(id).and_then(|it| it.control_sign(ControlSign::Sent, now)) {
            self.append(Some(id), Actor::Meta, event);
        }
    }

    /// Keeps what the younger of two locked conversations knows. Its job finds the older one.
    pub(super) fn merge_control(&mut self, older: &ConversationId, younger: &ConversationId) {
        let merged = self.get(older).zip(self.get(younger)).and_then(|(older, younger)| older.merged_control(younger));
        if let Some(event) = merged {
            self.append(Some(older), Actor::Meta, event);
        }
    }

    /// Whether another request or a sign has replaced a job's own. Its conversation stays locked: a claim may come at the
    /// same time.
    async fn is_control_replaced(&mut self, job: &JobRow) -> Result<bool> {
        let Some(ControlJob { asked_at, .. }) = read_payload(job) else { return Ok(false) };
        let Some(it) = current(&mut self.tx, job).await? else { return Ok(false) };
        self.lock_ahead(BTreeSet::from([it.id.clone()])).await?;
        let request = self.get(&it.id).and_then(|it| it.control.request());
        Ok(request.is_none_or(|(_, since)| since != asked_at))
    }

    /// Enqueues the calls that the acts of this unit of work ask for.
    pub(super) async fn enqueue_control(&mut self) -> Result<()> {
        let mut asked: Vec<(ConversationId, ControlRequest, Timestamp)> = Vec::new();
        for pending in &self.pending {
            let (Some(id), Event::ControlChanged { control, cause, .. }) = (&pending.conversation, &pending.event)
            else {
                continue;
            };
            let is_current = self.get(id).is_some_and(|it| it.control == *control);
            // The request of a merged conversation has its job already.
            let request = control.request().filter(|_| is_current && *cause != ControlCause::Merged);
            if let Some((request, asked_at)) = request {
                asked.push((id.clone(), request, asked_at));
            }
        }
        for (id, request, asked_at) in asked {
            // One that waits comes first, and finds itself replaced: if it was to give the customer away, there is nothing
            // to take.
            jobs::hasten(&mut self.tx, JobKind::ThreadControl, id.as_str(), self.now).await?;
            let payload = to_json(&ControlJob { asked_at, tries: 0, request: Some(request) })?;
            self.enqueue(JobKind::ThreadControl, id.as_str(), payload, self.now);
        }
        Ok(())
    }

    /// Nobody knows who has the customer: an agent is requested if one of their messages has no answer.
    async fn call_for_unpassed(&mut self, id: &ConversationId) -> Result<()> {
        let Some(message) = self.unanswered_turns(id).await?.pop() else { return Ok(()) };
        let command = Command::HandOff {
            handoff: self.entropy.id(self.now),
            trigger: Trigger::Failure { failure: Failure::NotPassed },
            message: Some(message),
            target: self.tenant.settings.waiting_target,
            turn: None,
            team: None,
        };
        self.run(id, Actor::System, &command, None)?;
        Ok(())
    }
}
