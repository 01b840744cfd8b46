//! Who answers the customer of a conversation on a number with several apps: what an agent's act asks of WhatsApp, what a
//! sign from WhatsApp shows, and what its answer leads to.
//!
//! A claim stands whatever WhatsApp answers; until the customer is ours, the owner cannot write
//! ([`Conversation::writable_by`]). A take that may have had its effect is never repeated: only a sign ends
//! [`ThreadControl::TakeUncertain`]. Texts are in `thread_control`, calls and jobs in the server. To let another act ask
//! for something: its arm in [`control_act`].

use super::{Conversation, PreviousOwner, Refusal, State};
use crate::{
    event::{CloseReason, Event},
    handoff::Handoff,
    ids::AgentId,
    thread_control::{
        ControlAnswer, ControlCause, ControlRequest, ControlSign, LeaveWay, ResponderRole, ThreadControl,
    },
    time::{Span, Timestamp},
};

/// Meta's times are whole seconds: what it dates may have happened up to this much later.
const SECOND: Span = Span(999);

/// What an act means for the control of the thread.
#[derive(Clone, Copy)]
enum ControlAct<'a> {
    /// An agent has the conversation and wants to write.
    Claim,
    Return(&'a AgentId),
    Close,
}

/// What an event asks for; `None` if it changes nothing about who answers.
fn control_act(event: &Event) -> Option<ControlAct<'_>> {
    match event {
        Event::Claimed { .. } | Event::TakenOver { .. } | Event::Reopened { .. } | Event::ReleaseUndone { .. } => {
            Some(ControlAct::Claim)
        }
        Event::ReturnedToBot { agent, .. } => Some(ControlAct::Return(agent)),
        Event::TakeOverUndone { agent, to, .. } => match to {
            PreviousOwner::Bot => Some(ControlAct::Return(agent)),
            PreviousOwner::Nobody | PreviousOwner::Phone | PreviousOwner::Agent(_) => None,
        },
        Event::Closed { reason, .. } => match reason {
            CloseReason::Done | CloseReason::Bot | CloseReason::Silent => Some(ControlAct::Close),
            CloseReason::Merged | CloseReason::Imported => None,
        },
        Event::Started { .. }
        | Event::CustomerWrote { .. }
        | Event::Queued { .. }
        | Event::Echoed { .. }
        | Event::Delivered { .. }
        | Event::Resent { .. }
        | Event::Amended { .. }
        | Event::WindowRefused { .. }
        | Event::HandedOff { .. }
        | Event::FirstReplied { .. }
        | Event::FirstReplySent { .. }
        | Event::Answered { .. }
        | Event::AnswerFailed { .. }
        | Event::Released { .. }
        | Event::EndingScheduled { .. }
        | Event::EndingCancelled { .. }
        | Event::TextSkipped { .. }
        | Event::RatingAsked { .. }
        | Event::WindowAsked { .. }
        | Event::Rated { .. }
        | Event::BotSilenced { .. }
        | Event::BotRefused
        | Event::Seen { .. }
        | Event::Snoozed { .. }
        | Event::SnoozeEnded { .. }
        | Event::Merged { .. }
        | Event::NumberChanged { .. }
        | Event::Preferred { .. }
        | Event::CustomerCalled { .. }
        | Event::PartnerTook
        | Event::ControlChanged { .. }
        | Event::ChannelShared { .. }
        | Event::BotPaused { .. }
        | Event::CustomerBlocked { .. }
        | Event::CustomerUnblocked { .. }
        | Event::BlockAnswered { .. }
        | Event::FlowBegan { .. }
        | Event::Noted { .. }
        | Event::Scheduled(_)
        | Event::VariableSet { .. }
        | Event::CallRequested { .. }
        | Event::CallEnded { .. }
        | Event::Configured { .. }
        | Event::ChannelTrouble { .. }
        | Event::SignedIn { .. }
        | Event::SignedOut { .. }
        | Event::Availability { .. }
        | Event::SignInRefused { .. }
        | Event::SessionsEnded { .. }
        | Event::SecondFactorChanged { .. }
        | Event::Exported { .. }
        | Event::MemberChanged { .. } => None,
    }
}

fn changed(control: ThreadControl, cause: ControlCause) -> Event {
    Event::ControlChanged { control, cause, written_at: None }
}

impl Conversation {
    /// The handoff of `agent`, if the agent may write to the customer now.
    pub fn writable_by(&self, agent: &AgentId) -> Result<&Handoff, Refusal> {
        let handoff = self.owned_by(agent)?;
        if self.control.is_ours() { Ok(handoff) } else { Err(Refusal::WithOtherApp) }
    }

    /// Adds to the events of an act what WhatsApp has to be asked because of it.
    pub(super) fn with_control(&self, mut events: Vec<Event>, now: Timestamp) -> Vec<Event> {
        let asked = events.iter().find_map(control_act).and_then(|act| self.asked(act, now));
        events.extend(asked);
        events
    }

    fn asked(&self, act: ControlAct<'_>, now: Timestamp) -> Option<Event> {
        // Two requests never have the same time, which tells them apart.
        let since = now.max(self.control.since().plus(Span(1)));
        match (act, &self.control) {
            (
                ControlAct::Claim,
                ThreadControl::Theirs { role, .. }
                | ThreadControl::TakeRefused { role, .. }
                | ThreadControl::Leaving { role, .. },
            ) => {
                let control = ThreadControl::TakeRequested { role: *role, since };
                Some(changed(control, ControlCause::Claimed))
            }
            (ControlAct::Return(agent), ThreadControl::Ours { from: Some(role), .. }) => {
                Some(changed(leaving(role.way_back(), *role, since, Some(agent)), ControlCause::Returned))
            }
            (ControlAct::Close, ThreadControl::Ours { from: Some(role), .. }) => {
                Some(changed(leaving(LeaveWay::Release, *role, since, None), ControlCause::Closed))
            }
            (
                ControlAct::Claim,
                ThreadControl::Ours { .. } | ThreadControl::TakeRequested { .. } | ThreadControl::TakeUncertain { .. },
            )
            | (
                ControlAct::Return(_) | ControlAct::Close,
                ThreadControl::Ours { from: None, .. }
                | ThreadControl::Theirs { .. }
                | ThreadControl::TakeRequested { .. }
                | ThreadControl::TakeRefused { .. }
                | ThreadControl::TakeUncertain { .. }
                | ThreadControl::Leaving { .. },
            ) => None,
        }
    }

    /// What a sign of WhatsApp at `at` changes; `None` if it shows nothing new, or is older than what is known.
    pub fn control_sign(&self, sign: ControlSign, at: Timestamp) -> Option<Event> {
        if !self.is_open() {
            return None;
        }
        let (role, since) = (self.control.role(), self.control.since());
        let is_new = at.plus(SECOND) >= since;
        match sign {
            ControlSign::OwnMessage => {
                let own = || changed(ours(role, at.max(since)), ControlCause::OwnMessage);
                (self.is_elsewhere() && is_new).then(own)
            }
            ControlSign::Sent => self.is_elsewhere().then(|| changed(ours(role, at), ControlCause::ReplySent)),
            ControlSign::Passed { from } => {
                let is_known = matches!(self.control, ThreadControl::Ours { from: Some(known), .. } if known == from);
                (is_new && !is_known).then(|| changed(ours(from, at.max(since)), ControlCause::PassedToUs))
            }
            ControlSign::Copied => {
                // A message that was addressed to us later shows more.
                let is_overtaken = self.window.last_turn.is_some_and(|turn| at.plus(SECOND) < turn);
                let theirs = || changed(ThreadControl::Theirs { role, since: at }, ControlCause::Copied);
                (self.may_have_lost() && at > since && !is_overtaken).then(theirs)
            }
            ControlSign::Taken { by } => {
                let theirs =
                    || changed(ThreadControl::Theirs { role: by, since: at.max(since) }, ControlCause::TakenFromUs);
                let is_lost = self.may_have_lost() || matches!(self.control, ThreadControl::TakeRefused { .. });
                (is_lost && is_new).then(theirs)
            }
        }
    }

    /// Whether another app may answer the customer, and no request to give the customer away is under way.
    fn is_elsewhere(&self) -> bool {
        match self.control {
            ThreadControl::Theirs { .. }
            | ThreadControl::TakeRequested { .. }
            | ThreadControl::TakeRefused { .. }
            | ThreadControl::TakeUncertain { .. } => true,
            ThreadControl::Ours { .. } | ThreadControl::Leaving { .. } => false,
        }
    }

    /// Whether a sign of another app is news. What WhatsApp is being asked is decided by its answer.
    fn may_have_lost(&self) -> bool {
        match self.control {
            ThreadControl::Ours { .. } | ThreadControl::TakeUncertain { .. } => true,
            ThreadControl::Theirs { .. }
            | ThreadControl::TakeRequested { .. }
            | ThreadControl::TakeRefused { .. }
            | ThreadControl::Leaving { .. } => false,
        }
    }

    /// What WhatsApp's answer to the request that was made at `asked_at` changes. Empty if another request or a sign has
    /// replaced it. If the conversation has left its agent meanwhile, the customer is given back.
    pub fn control_answered(&self, asked_at: Timestamp, answer: ControlAnswer, now: Timestamp) -> Vec<Event> {
        let Some((request, _)) = self.control.request().filter(|(_, since)| *since == asked_at) else {
            return Vec::new();
        };
        let role = self.control.role();
        match (request, answer) {
            (ControlRequest::Take, ControlAnswer::Accepted) => self.arrived(role, ControlCause::TakeAccepted, now),
            (ControlRequest::Take, ControlAnswer::Refused { code }) => {
                let control = match &self.state {
                    State::Human { .. } => ThreadControl::TakeRefused { role, since: now, code },
                    State::Bot | State::Closed { .. } => ThreadControl::Theirs { role, since: now },
                };
                vec![changed(control, ControlCause::TakeRefused)]
            }
            (ControlRequest::Take, ControlAnswer::Unclear) => {
                // What WhatsApp shows since the request tells what became of it.
                vec![changed(ThreadControl::TakeUncertain { role, since: asked_at }, ControlCause::TakeUnclear)]
            }
            (ControlRequest::Pass, ControlAnswer::Accepted) => {
                vec![changed(ThreadControl::Theirs { role, since: now }, ControlCause::Passed)]
            }
            (ControlRequest::Release, ControlAnswer::Accepted) => {
                vec![changed(ThreadControl::Theirs { role, since: now }, ControlCause::Released)]
            }
            (ControlRequest::Pass | ControlRequest::Release, ControlAnswer::Refused { .. }) => {
                vec![changed(ours(role, now), ControlCause::LeaveRefused)]
            }
            (ControlRequest::Pass | ControlRequest::Release, ControlAnswer::Unclear) => {
                vec![changed(ThreadControl::Theirs { role, since: asked_at }, ControlCause::LeaveUnclear)]
            }
        }
    }

    /// What it changes that a request to give the customer away had no effect, if an agent has got the conversation since:
    /// the customer never left, so there is nothing to take. An app that is no escalation partner would be refused, and the
    /// agent could not answer a customer whom nobody else has.
    pub fn leave_cancelled(&self, now: Timestamp) -> Vec<Event> {
        match &self.control {
            ThreadControl::TakeRequested { role, .. } => self.arrived(*role, ControlCause::LeaveCancelled, now),
            ThreadControl::Ours { .. }
            | ThreadControl::Theirs { .. }
            | ThreadControl::TakeRefused { .. }
            | ThreadControl::TakeUncertain { .. }
            | ThreadControl::Leaving { .. } => Vec::new(),
        }
    }

    /// The customer is ours. If the conversation has left its agent meanwhile, the customer is given back.
    fn arrived(&self, role: ResponderRole, cause: ControlCause, now: Timestamp) -> Vec<Event> {
        let back = match &self.state {
            State::Human { .. } => None,
            State::Bot => Some(changed(leaving(role.way_back(), role, now, None), ControlCause::Returned)),
            State::Closed { .. } => Some(changed(leaving(LeaveWay::Release, role, now, None), ControlCause::Closed)),
        };
        std::iter::once(changed(ours(role, now), cause)).chain(back).collect()
    }

    /// What is known from `younger`, which closes because both have one customer. A request or an uncertain take counts
    /// more than what was known before, and of two the later.
    pub fn merged_control(&self, younger: &Self) -> Option<Event> {
        let weight = |control: &ThreadControl| (is_open_question(control), control.since());
        let is_theirs_newer = weight(&younger.control) > weight(&self.control);
        is_theirs_newer.then(|| changed(younger.control.clone(), ControlCause::Merged))
    }
}

fn is_open_question(control: &ThreadControl) -> bool {
    match control {
        ThreadControl::TakeRequested { .. } | ThreadControl::TakeUncertain { .. } | ThreadControl::Leaving { .. } => {
            true
        }
        ThreadControl::Ours { .. } | ThreadControl::Theirs { .. } | ThreadControl::TakeRefused { .. } => false,
    }
}

fn ours(from: ResponderRole, since: Timestamp) -> ThreadControl {
    ThreadControl::Ours { from: Some(from), since }
}

fn leaving(way: LeaveWay, role: ResponderRole, since: Timestamp, agent: Option<&AgentId>) -> ThreadControl {
    ThreadControl::Leaving { way, role, since, agent: agent.cloned() }
}

#[cfg(test)]
#[path = "control_tests.rs"]
mod tests;
