//! Conversation Routing: another responder of the number passed the thread to us, or took it from us.
//!
//! Meta gives a handover no id. The digest in `mark` is stored, so that a repeated handover changes nothing.

use crate::{
    domain::{
        conversation::{Command, State},
        event::{Actor, CallOutcome, CloseReason, Event},
        flow::run::Position,
        handoff::{Brief, Trigger},
        ids::{ChannelId, ConversationId, CustomerId},
        inbound::{Control, Handover},
        text,
        thread_control::{ControlSign, ResponderRole},
        time::Span,
    },
    server::{
        conversations::{Result, UnitOfWork},
        store::{
            conversations,
            flow_runs::{self, FlowRunRow},
            handoffs,
            jobs::{self, JobKind},
        },
    },
};

/// A handover that arrives later than this is ignored: Meta returns a thread after a day, so it has another owner by
/// then.
const STALE: Span = Span::hours(24);
/// Most characters of a summary or a note that are stored.
const TEXT_LIMIT: usize = 4_000;

impl UnitOfWork {
    /// Applies a handover in either direction.
    pub(in crate::server::conversations) async fn handover(
        &mut self,
        channel: &ChannelId,
        handover: &Handover,
    ) -> Result<()> {
        let stale = self.now.since(handover.at) > STALE;
        if stale || !self.mark_processed(channel, &handover.mark).await? {
            return Ok(());
        }
        match handover.control {
            Control::Passed => self.passed(channel, handover).await,
            Control::Taken => self.taken(channel, handover).await,
        }
    }

    /// The thread was passed to us: requests an agent, with the other responder's summary.
    async fn passed(&mut self, channel: &ChannelId, handover: &Handover) -> Result<()> {
        let customer = self.customer(&handover.identity).await?;
        if customer.blocked {
            return Ok(());
        }
        let conversation = match self.open_of(channel, &customer.id).await? {
            Some(open) => open,
            // The conversation was handled and closed before the handover arrived.
            None if self.served_since(channel, &customer.id, handover).await? => return Ok(()),
            None => self.begin_conversation(channel, &customer.id, self.now, Actor::Meta).await?,
        };
        let from = ResponderRole::of_wire(handover.previous_role.as_deref());
        self.control_sign(channel, &conversation, ControlSign::Passed { from }, handover.at).await?;
        let command = Command::HandOff {
            handoff: self.entropy.id(self.now),
            trigger: Trigger::Partner,
            message: None,
            target: self.tenant.settings.waiting_target,
            turn: None,
            team: None,
        };
        let brief = partner_brief(handover);
        match self.try_run(&conversation, Actor::Meta, &command, None)? {
            Ok(events) => {
                let new_handoff = events.into_iter().find_map(|event| {
                    let Event::HandedOff { handoff, .. } = event else { return None };
                    Some(handoff)
                });
                self.briefs.extend(new_handoff.map(|handoff| (handoff, brief)));
            }
            // The conversation is escalated already. The summary is added to its handoff if that has none.
            Err(_) => {
                let tenant = self.tenant_id();
                let open = self.get(&conversation).and_then(|it| it.handoff()).map(|handoff| handoff.id.clone());
                let stored = handoffs::of(&mut self.tx, &tenant, &conversation).await?;
                let lacks_brief =
                    stored.iter().any(|past| Some(&past.handoff.id) == open.as_ref() && past.brief.is_empty());
                self.briefs.extend(open.filter(|_| lacks_brief).map(|handoff| (handoff, brief)));
            }
        }
        Ok(())
    }

    async fn served_since(&mut self, channel: &ChannelId, customer: &CustomerId, handover: &Handover) -> Result<bool> {
        if self.is_new_customer(customer) {
            return Ok(false);
        }
        self.write_new().await?;
        let tenant = self.tenant_id();
        let Some(last) = conversations::newest_of(&mut self.tx, &tenant, channel, customer).await? else {
            return Ok(false);
        };
        let stored = conversations::load(&mut self.tx, &tenant, &last).await?;
        Ok(stored.is_some_and(|stored| match stored.conversation.state {
            // Imported history says nothing about today, whenever it was imported.
            State::Closed { reason: CloseReason::Imported, .. } | State::Bot | State::Human { .. } => false,
            // Meta's times have whole seconds, so a conversation that closed within that second may have closed before.
            State::Closed { at, .. } => at > handover.at.plus(Span::seconds(1)),
        }))
    }

    /// The thread was taken from us. The bot stops at once; agents see it and can continue.
    async fn taken(&mut self, channel: &ChannelId, handover: &Handover) -> Result<()> {
        let Some(customer) = self.known_customer(&handover.identity).await? else { return Ok(()) };
        let Some(conversation) = self.open_of(channel, &customer).await? else { return Ok(()) };
        if self.get(&conversation).is_some_and(|it| it.state == State::Bot) {
            self.stop_bot(&conversation).await?;
        }
        self.append(Some(&conversation), Actor::Meta, Event::PartnerTook);
        let by = ResponderRole::of_wire(handover.new_role.as_deref());
        self.control_sign(channel, &conversation, ControlSign::Taken { by }, handover.at).await
    }

    /// Cancels all pending work of the bot in a conversation. If the customer comes back to us, the flow restarts.
    pub(in crate::server::conversations) async fn stop_bot(&mut self, conversation: &ConversationId) -> Result<()> {
        let tenant = self.tenant_id();
        self.write_new().await?;
        self.jobs.retain(|job| job.key != conversation.as_str());
        for kind in
            [JobKind::Turn, JobKind::Reread, JobKind::Model, JobKind::Call, JobKind::QuestionTimeout, JobKind::Resume]
        {
            jobs::drop_all(&mut self.tx, kind, conversation.as_str()).await?;
        }
        let detail = "Another app took over the customer before the response arrived.";
        self.end_calls(conversation, CallOutcome::Interrupted, detail).await?;
        if let Some(run) = flow_runs::find(&mut self.tx, &tenant, conversation).await? {
            let (position, revision) = (Position::Start, run.revision + 1);
            let run = FlowRunRow { position, revision, moved_at: self.now, ..run };
            flow_runs::save(&mut self.tx, &tenant, conversation, &run).await?;
        }
        self.bot_sends_to_cancel.push(conversation.clone());
        Ok(())
    }
}

/// The summary and notes of the other responder, for the agent.
fn partner_brief(handover: &Handover) -> Brief {
    let clipped = |value: &Option<String>| text::clip(value.as_deref().unwrap_or_default().trim(), TEXT_LIMIT);
    let role = |role: &str| match role {
        "ai_agent" => "Meta's AI agent".to_owned(),
        "escalation" => "the escalation partner".to_owned(),
        "ctwa" => "the app for ads".to_owned(),
        other => format!("the app for {}", text::clip(&other.replace('_', " "), 60)),
    };
    let reason = handover.previous_role.as_deref().map(|from| format!("Transferred by {}.", role(from)));
    Brief {
        reason: reason.unwrap_or_default(),
        note: clipped(&handover.note),
        summary: clipped(&handover.summary),
        ..Brief::default()
    }
}
