//! What happened at one place of a conversation: waits, times with an agent, closes and messages.

use std::collections::BTreeMap;

use handoff::domain::{
    event::{Actor, CloseReason, Entry, Event, ReleaseReason},
    ids::HandoffId,
    message::{Author, Delivery},
    report::facts::{
        ClosingFact, MessageFact, MessageSender, NoticeKind, StintBegin, StintEnd, StintFact, WaitEnd, WaitFact,
    },
};

use super::{Thread, lasted, replier};

impl Thread<'_> {
    /// The wait for a further reply that ended at a place.
    pub(super) fn wait(&self, place: usize) -> Option<WaitFact> {
        let (entry, state) = (self.entries[place], &self.states[place]);
        let fact = |handoff: &HandoffId, since, target, ended_at, end| WaitFact {
            seq: entry.seq,
            conversation: self.id.clone(),
            handoff: handoff.clone(),
            channel: self.channel.clone(),
            since,
            target,
            ended_at,
            end,
            lasted: lasted(since, ended_at),
        };
        if let Event::Answered { message, by, clock, waited, .. } = &entry.event {
            // It was the first reply, or failed.
            let is_none = self.entries[place..].iter().any(|later| match &later.event {
                Event::FirstReplySent { message: of, .. } | Event::AnswerFailed { message: of, .. } => of == message,
                _ => false,
            });
            let end = WaitEnd::Answered { message: message.clone(), by: replier(by) };
            let handoff = &state.handoff().expect("only within a handoff").id;
            return (!is_none).then(|| fact(handoff, clock.since, clock.target, clock.since.plus(*waited), end));
        }
        let newest = self.requests().into_iter().rfind(|request| request.begin < place)?;
        if let Event::AnswerFailed { handoff: first_of, clock, .. } = &entry.event {
            let ended =
                self.ended(&newest).filter(|_| state.handoff().is_none() && first_of.as_ref() != Some(newest.id))?;
            let end = WaitEnd::Unanswered { end: ended.end, owner: ended.owner };
            return Some(fact(newest.id, clock.since, clock.target, ended.at.max(clock.since), end));
        }
        let clock = state.reply_clock.filter(|_| newest.end == Some(place))?;
        state.handoff()?.first_reply.as_ref()?;
        let ended = self.ended(&newest)?;
        let end = WaitEnd::Unanswered { end: ended.end, owner: ended.owner };
        Some(fact(newest.id, clock.since, clock.target, ended.at, end))
    }

    /// The time with an agent that began at a place.
    pub(super) fn stint(&self, place: usize) -> Option<StintFact> {
        let owner_after = |place: usize| self.states[place + 1].agent();
        let agent = owner_after(place).filter(|agent| self.states[place].agent() != Some(*agent))?;
        let began = match &self.entries[place].event {
            Event::Claimed { .. } => StintBegin::Claimed,
            Event::TakenOver { .. } => StintBegin::TakenOver,
            Event::Reopened { .. } => StintBegin::Reopened,
            Event::ReleaseUndone { .. } => StintBegin::TakenBack,
            Event::TakeOverUndone { .. } => StintBegin::GivenBack,
            other => panic!("gives nobody a conversation: {other:?}"),
        };
        let ended = (place + 1..self.entries.len()).find(|later| owner_after(*later) != Some(agent));
        let end = |place: usize| match &self.entries[place].event {
            Event::Closed { reason: CloseReason::Merged, .. } => StintEnd::Merged,
            Event::Closed { .. } => StintEnd::Closed,
            Event::ReturnedToBot { .. } => StintEnd::ReturnedToBot,
            Event::Released { why: ReleaseReason::ByAgent, .. } => StintEnd::Released,
            Event::Released { why: ReleaseReason::AgentGone, .. } => StintEnd::AgentGone,
            Event::Released { why: ReleaseReason::AgentDeactivated, .. } => StintEnd::AgentDeactivated,
            Event::TakenOver { .. } => StintEnd::TakenOver,
            Event::TakeOverUndone { .. } => StintEnd::Undone,
            other => panic!("takes a conversation from nobody: {other:?}"),
        };
        Some(StintFact {
            seq: self.entries[place].seq,
            conversation: self.id.clone(),
            handoff: self.states[place + 1].handoff()?.id.clone(),
            channel: self.channel.clone(),
            agent: agent.clone(),
            began_at: self.entries[place].at,
            began,
            ended: ended.map(|place| (self.entries[place].at, end(place))),
        })
    }

    pub(super) fn closing(&self, place: usize) -> Option<ClosingFact> {
        let entry = self.entries[place];
        let Event::Closed { reason, handoff, outcome } = &entry.event else { return None };
        let mut later = self.entries[place + 1..].iter();
        let reopened = later.find(|later| matches!(later.event, Event::Reopened { .. }));
        // The customer's next conversation, if this is the close before it.
        let next = self.log.iter().find(|next| {
            let is_next = matches!(&next.event, Event::Started { previous: Some(of), .. } if of == self.id);
            is_next && next.seq > entry.seq && next.actor == Actor::Customer
        });
        let closes_again = |next: &&Entry| {
            let mut between = self.entries[place + 1..].iter().take_while(|later| later.seq < next.seq);
            between.any(|later| matches!(later.event, Event::Closed { .. }))
        };
        Some(ClosingFact {
            seq: entry.seq,
            conversation: self.id.clone(),
            channel: self.channel.clone(),
            handoff: handoff.clone(),
            at: entry.at,
            reason: *reason,
            agent: match &entry.actor {
                Actor::Agent(agent) => Some(agent.clone()),
                _ => None,
            },
            bot_alone: *reason == CloseReason::Bot && self.asked_before(place).is_empty(),
            outcome: outcome.clone(),
            reopened_at: reopened.map(|reopened| reopened.at),
            followed_at: next.filter(|next| !closes_again(next)).map(|next| next.at),
        })
    }

    /// The message that was written at a place, and its pieces.
    pub(super) fn messages(&self, place: usize) -> Vec<MessageFact> {
        let entry = self.entries[place];
        let (message, author, kind, queued_at, echoed_at) = match &entry.event {
            Event::Queued { message, author, kind, .. } => (message, author, kind, entry.at, None),
            Event::Echoed { message, author, kind, at, .. } => (message, author, kind, *at, Some(*at)),
            _ => return Vec::new(),
        };
        let sender = match author {
            Author::Bot => MessageSender::Bot,
            Author::System => MessageSender::System,
            Author::Agent(agent) => MessageSender::Agent(agent.clone()),
            Author::Phone => MessageSender::Phone,
            Author::Customer | Author::Partner => return Vec::new(),
        };
        let is_about = |entry: &&Entry| match &entry.event {
            Event::Delivered { message: of, .. } | Event::Resent { message: of } => of == message,
            _ => false,
        };
        let told: Vec<&Entry> = self.log.iter().filter(is_about).collect();
        let resent = told.iter().rposition(|entry| matches!(entry.event, Event::Resent { .. }));
        let attempt = &told[resent.map_or(0, |place| place + 1)..];
        let is_out = |entry: &&Entry| matches!(&entry.event, Event::Delivered { status, .. } if status.is_out());
        let sent_at = attempt.iter().copied().find(is_out).map(|entry| entry.at);
        let after = attempt.iter().rposition(is_out).map_or(0, |place| place + 1);
        let failed = attempt[after..].iter().find_map(|entry| match &entry.event {
            Event::Delivered { status: Delivery::Failed, code, .. } => Some((entry.at, *code)),
            _ => None,
        });
        let mut prices = BTreeMap::new();
        for entry in &told {
            if let Event::Delivered { pricing: Some(pricing), .. } = &entry.event {
                prices.entry(pricing.piece).or_insert_with(|| (entry.at, pricing.clone()));
            }
        }
        let at_once =
            |is: fn(&Event) -> bool| self.entries.iter().any(|other| other.at == entry.at && is(&other.event));
        let is_notice = sender == MessageSender::System;
        let notice = match kind.as_str() {
            "text" | "buttons" if is_notice && at_once(|event| matches!(event, Event::Closed { .. })) => {
                Some(NoticeKind::Closing)
            }
            "text" if is_notice && at_once(|event| matches!(event, Event::HandedOff { .. })) => {
                Some(NoticeKind::Handoff)
            }
            "text" if is_notice => Some(NoticeKind::Reminder),
            _ => None,
        };
        let whole = MessageFact {
            message: message.clone(),
            piece: 0,
            conversation: self.id.clone(),
            channel: self.channel.clone(),
            handoff: self.states[place].handoff().map(|handoff| handoff.id.clone()),
            flow: self.flow(place).filter(|_| sender == MessageSender::Bot),
            notice,
            // Of the customer's number, which is not in the log.
            market: None,
            sender,
            kind: kind.clone(),
            queued_at,
            sent_at: echoed_at.filter(|_| resent.is_none()).or(sent_at),
            failed,
            priced: prices.remove(&0),
        };
        let piece =
            |(piece, priced)| MessageFact { piece, sent_at: None, failed: None, priced: Some(priced), ..whole.clone() };
        let pieces: Vec<MessageFact> = prices.into_iter().map(piece).collect();
        std::iter::once(whole).chain(pieces).collect()
    }
}
