//! Requests for an agent, who has the conversation, and how a handoff ends.

use super::{Fold, is_asked_by_bot};
use crate::{
    conversation::PreviousOwner,
    event::{CloseReason, ReleaseReason},
    handoff::{
        HandoffEnd, Trigger,
        metrics::{Between, HandoffTimes},
    },
    ids::{AgentId, HandoffId, OutcomeId, TeamId},
    report::facts::{
        BegunBy, EndedFact, HandoffFact, Lasted, RunningWait, StintBegin, StintEnd, StintFact, TriggerFact, WaitEnd,
    },
    time::Span,
};

impl Fold<'_> {
    pub(super) fn handed_off(&mut self, id: &HandoffId, trigger: &Trigger, team: &TeamId, target: Span) {
        let conversation = &mut *self.conversation;
        // The conversation began with the transfer.
        if *trigger == Trigger::Partner && conversation.is_untouched() {
            conversation.begun_by = BegunBy::Partner;
        }
        conversation.bot_took_part |= is_asked_by_bot(trigger);
        // On the phone app somebody has just answered, and whoever writes first keeps nobody waiting.
        let is_waiting = !matches!(trigger, Trigger::Phone | Trigger::Outbound { .. });
        conversation.wait = is_waiting.then_some(RunningWait { since: self.entry.at, target });
        self.request(id, trigger, team, target);
        if let Trigger::Outbound { agent } = trigger {
            self.claimed(agent);
        }
    }

    /// A new handoff of `agent`. Nobody waits: a message that reopens it starts the wait itself.
    pub(super) fn reopened(&mut self, id: &HandoffId, agent: &AgentId, team: &TeamId, target: Span) {
        let at = self.entry.at;
        if let Some(closing) = self.conversation.closing.and_then(|closing| self.facts.closings.get_mut(&closing)) {
            closing.reopened_at.get_or_insert(at);
        }
        self.conversation.closed = None;
        self.request(id, &Trigger::Reopened { agent: agent.clone() }, team, target);
        self.claim(agent);
        self.begin_stint(agent, StintBegin::Reopened);
    }

    fn request(&mut self, id: &HandoffId, trigger: &Trigger, team: &TeamId, target: Span) {
        let (at, seq) = (self.entry.at, self.entry.seq);
        let conversation = &mut *self.conversation;
        conversation.handoffs += 1;
        conversation.first_handoff.get_or_insert_with(|| (id.clone(), at));
        conversation.handoff = Some(id.clone());
        conversation.flow = None;
        let fact = HandoffFact {
            handoff: id.clone(),
            conversation: conversation.conversation.clone(),
            channel: conversation.channel.clone(),
            begun_by: conversation.begun_by,
            language: conversation.language.clone(),
            trigger: TriggerFact::of(trigger),
            team: team.clone(),
            target,
            requested_at: at,
            requested_seq: seq,
            claimed: None,
            first_reply: None,
            released_at: None,
            releases: 0,
            takeovers: 0,
            ended: None,
            lost: false,
            waiting: None,
            response: None,
            handling: None,
            resolution: None,
        };
        self.facts.handoffs.insert(id.clone(), fact);
    }

    pub(super) fn claimed(&mut self, agent: &AgentId) {
        self.claim(agent);
        self.begin_stint(agent, StintBegin::Claimed);
    }

    pub(super) fn taken_over(&mut self, agent: &AgentId) {
        self.end_stint(StintEnd::TakenOver);
        self.claim(agent);
        if let Some(handoff) = self.handoff() {
            handoff.takeovers += 1;
        }
        self.begin_stint(agent, StintBegin::TakenOver);
    }

    pub(super) fn take_over_undone(&mut self, agent: &AgentId, to: &PreviousOwner) {
        if let Some(undone) = self.end_stint(StintEnd::Undone)
            && let Some(handoff) = self.handoff()
        {
            handoff.takeovers -= i64::from(undone.began == StintBegin::TakenOver);
            // A claim that the takeover made counts no more; an earlier one stays.
            handoff.claimed.take_if(|claimed| claimed.0 == *agent && claimed.1 == undone.began_at);
        }
        self.renew_times();
        match to {
            // Nobody was asked for.
            PreviousOwner::Bot => {
                if let Some(undone) = self.end_handoff(HandoffEnd::ReturnedToBot, None, None) {
                    self.conversation.handoffs -= 1;
                    self.conversation.first_handoff.take_if(|(first, _)| *first == undone);
                }
            }
            PreviousOwner::Nobody | PreviousOwner::Phone => {}
            PreviousOwner::Agent(agent) => self.begin_stint(agent, StintBegin::GivenBack),
        }
    }

    pub(super) fn released(&mut self, why: ReleaseReason) {
        let at = self.entry.at;
        self.end_stint(match why {
            ReleaseReason::ByAgent => StintEnd::Released,
            ReleaseReason::AgentGone => StintEnd::AgentGone,
            ReleaseReason::AgentDeactivated => StintEnd::AgentDeactivated,
        });
        let Some(handoff) = self.handoff() else { return };
        handoff.releases += 1;
        handoff.released_at = Some(at);
        let target = handoff.target;
        // Whoever releases leaves something to be done.
        self.conversation.wait.get_or_insert(RunningWait { since: at, target });
    }

    pub(super) fn release_undone(&mut self, agent: &AgentId) {
        if let Some(handoff) = self.handoff() {
            handoff.releases -= 1;
            let released_at = handoff.released_at.take();
            // A wait that the release began is over, too.
            self.conversation.wait.take_if(|wait| Some(wait.since) == released_at);
        }
        self.begin_stint(agent, StintBegin::TakenBack);
    }

    /// Ends the open handoff, if there is one, with the stint and the wait in it. Returns its id.
    pub(super) fn end_handoff(
        &mut self,
        end: HandoffEnd,
        reason: Option<CloseReason>,
        outcome: Option<&OutcomeId>,
    ) -> Option<HandoffId> {
        let (at, seq) = (self.entry.at, self.entry.seq);
        let stint = self.end_stint(match end {
            HandoffEnd::Closed => StintEnd::Closed,
            HandoffEnd::ReturnedToBot => StintEnd::ReturnedToBot,
            HandoffEnd::Merged => StintEnd::Merged,
        });
        let owner = stint.map(|stint| stint.agent);
        self.conversation.flow = None;
        let wait = self.conversation.wait.take();
        let handoff = self.handoff()?;
        let (id, is_answered) = (handoff.handoff.clone(), handoff.first_reply.is_some());
        handoff.lost = wait.is_some() && !is_answered && end == HandoffEnd::Closed;
        handoff.ended = Some(EndedFact { at, seq, end, reason, outcome: outcome.cloned(), owner: owner.clone() });
        self.renew_times_of(&id);
        // The wait for the first reply is the handoff's own.
        if let Some(wait) = wait.filter(|_| is_answered) {
            self.end_wait(&id, wait, at, WaitEnd::Unanswered { end, owner });
        }
        Some(id)
    }

    /// The open handoff.
    pub(super) fn handoff(&mut self) -> Option<&mut HandoffFact> {
        let newest = self.conversation.handoff.as_ref()?;
        self.facts.handoffs.get_mut(newest).filter(|handoff| handoff.ended.is_none())
    }

    fn claim(&mut self, agent: &AgentId) {
        let at = self.entry.at;
        if let Some(handoff) = self.handoff() {
            handoff.claimed.get_or_insert_with(|| (agent.clone(), at));
        }
        self.renew_times();
    }

    fn begin_stint(&mut self, agent: &AgentId, began: StintBegin) {
        let Some(handoff) = self.conversation.handoff.clone() else { return };
        let fact = StintFact {
            seq: self.entry.seq,
            conversation: self.conversation.conversation.clone(),
            handoff,
            channel: self.conversation.channel.clone(),
            agent: agent.clone(),
            began_at: self.entry.at,
            began,
            ended: None,
        };
        self.conversation.stint = Some(fact.seq);
        self.facts.stints.insert(fact.seq, fact);
    }

    /// Ends the stint of the agent who has the conversation, and returns it.
    fn end_stint(&mut self, end: StintEnd) -> Option<StintFact> {
        let seq = self.conversation.stint.take()?;
        let stint = self.facts.stints.get_mut(&seq)?;
        stint.ended = Some((self.entry.at, end));
        Some(stint.clone())
    }

    /// Computes the times of the newest handoff from its events.
    fn renew_times(&mut self) {
        if let Some(newest) = self.conversation.handoff.clone() {
            self.renew_times_of(&newest);
        }
    }

    pub(super) fn renew_times_of(&mut self, id: &HandoffId) {
        let context = self.context;
        let Some(handoff) = self.facts.handoffs.get_mut(id) else { return };
        let times = HandoffTimes {
            requested_at: handoff.requested_at,
            claimed_at: handoff.claimed.as_ref().map(|(_, at)| *at),
            first_reply_at: handoff.first_reply.as_ref().map(|reply| reply.at),
            ended: handoff.ended.as_ref().map(|ended| (ended.at, ended.end)),
        };
        let renew = |known: &mut Option<Lasted>, between: Option<Between>| {
            // How much of it was within opening hours is computed once: it costs more than everything else of a fold.
            if known.map(|lasted| lasted.raw) != between.map(Between::time) {
                *known = between.map(|between| context.lasted(between));
            }
        };
        renew(&mut handoff.waiting, times.waiting());
        renew(&mut handoff.response, times.response());
        renew(&mut handoff.handling, times.handling());
        renew(&mut handoff.resolution, times.resolution());
    }
}
