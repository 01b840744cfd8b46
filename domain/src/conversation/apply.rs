//! Applies events to a conversation.

use super::{Conversation, Owner, PendingEnding, PreviousOwner, ReplyClock, Snooze, State};
use crate::{
    event::{Actor, Event, ReleaseReason},
    handoff::{Claimed, FirstReply, Handoff, Trigger},
    ids::AgentId,
    thread_control::ControlCause,
    time::Timestamp,
};

impl Conversation {
    /// The conversation after `event`, which `actor` caused at `now`.
    pub fn apply(mut self, event: &Event, actor: &Actor, now: Timestamp) -> Self {
        let owner = self.agent().cloned();
        if event.is_news(actor) {
            self.snooze = None;
        }
        match event {
            Event::CustomerWrote { message, turn, unread, at, reply_target, quiet, .. } => {
                // A quiet message is none that an ending has to name: it needs no answer.
                if *turn || *quiet {
                    self.window = self.window.renewed(*at);
                }
                if *turn {
                    self.last_turn = Some(message.clone());
                }
                if *unread {
                    self.last_item = Some(message.clone());
                    self.unread += 1;
                }
                if let Some(target) = *reply_target {
                    self.reply_clock.get_or_insert(ReplyClock { since: (*at).min(now), target });
                }
            }
            // A closed conversation has no owner who would read the change.
            Event::Amended { .. } if self.is_open() && event.is_news(actor) => self.unread += 1,
            // Messages recorded by the system are imports: old messages must not end a bot turn.
            Event::Queued { author, .. } | Event::Echoed { author, .. }
                if author.is_human() && *actor != Actor::System =>
            {
                self.epoch = self.epoch.next();
                // Whoever answers on the phone has read the chat there. What an agent answers says nothing about what
                // was on their screen.
                if matches!(event, Event::Echoed { .. }) && self.agent().is_none() {
                    self.unread = 0;
                }
            }
            Event::WindowRefused { at } => self.window = self.window.refused(*at),
            Event::HandedOff { handoff, trigger, message, team, target } => {
                self.epoch = self.epoch.next();
                self.team = team.clone();
                // On the phone app somebody has just answered, and whoever writes first keeps nobody waiting.
                let owner = owner_from_the_start(trigger, now);
                self.reply_clock = owner.is_none().then_some(ReplyClock { since: now, target: *target });
                let owner = owner.unwrap_or(Owner::Nobody);
                let claimed = match &owner {
                    Owner::Agent { agent, since } => Some(Claimed { by: agent.clone(), at: *since }),
                    Owner::Nobody | Owner::Phone => None,
                };
                let handoff = Handoff {
                    id: handoff.clone(),
                    trigger: trigger.clone(),
                    message: message.clone(),
                    team: team.clone(),
                    requested_at: now,
                    target: *target,
                    claimed,
                    first_reply: None,
                    released_at: None,
                    released_by: None,
                    next_reply_at: None,
                };
                self.state = State::Human { handoff, owner };
            }
            Event::Reopened { handoff, agent, target, .. } => self.apply_reopened(handoff, agent, *target, now),
            Event::Claimed { agent, .. } | Event::TakenOver { agent, .. } => {
                self.epoch = self.epoch.next();
                if let State::Human { handoff, owner } = &mut self.state {
                    handoff.claimed.get_or_insert(Claimed { by: agent.clone(), at: now });
                    *owner = Owner::Agent { agent: agent.clone(), since: now };
                }
            }
            Event::FirstReplySent { handoff: of, by, after, .. } => {
                if let State::Human { handoff, .. } = &mut self.state
                    && handoff.id == *of
                {
                    let at = handoff.requested_at.plus(*after);
                    handoff.first_reply.get_or_insert(FirstReply { by: by.clone(), at });
                }
            }
            Event::Answered { next, .. } => self.apply_answer(*next, now),
            Event::AnswerFailed { handoff, at, clock, .. } => self.apply_failed_answer(handoff.as_ref(), *at, *clock),
            Event::Released { agent, why, .. } => {
                self.epoch = self.epoch.next();
                if let State::Human { handoff, owner } = &mut self.state {
                    handoff.released_at = Some(now);
                    handoff.released_by = match why {
                        ReleaseReason::ByAgent => Some(agent.clone()),
                        ReleaseReason::AgentGone | ReleaseReason::AgentDeactivated => None,
                    };
                    handoff.next_reply_at = None;
                    *owner = Owner::Nobody;
                    // Whoever releases leaves something to be done.
                    self.reply_clock.get_or_insert(ReplyClock { since: now, target: handoff.target });
                }
            }
            Event::ReturnedToBot { .. } => {
                self.epoch = self.epoch.next();
                self.unread = 0;
                self.reply_clock = None;
                self.ending = None;
                self.state = State::Bot;
            }
            Event::Closed { reason, .. } => {
                self.epoch = self.epoch.next();
                self.unread = 0;
                self.reply_clock = None;
                self.ending = None;
                self.state = State::Closed { at: now, by: actor.clone(), reason: *reason };
            }
            Event::EndingScheduled { ending, kind, agent, seen, outcome, due_at } => {
                self.ending = Some(PendingEnding {
                    id: ending.clone(),
                    kind: *kind,
                    agent: agent.clone(),
                    seen: seen.clone(),
                    outcome: outcome.clone(),
                    epoch: self.epoch,
                    due_at: *due_at,
                });
            }
            Event::EndingCancelled { .. } => self.ending = None,
            Event::ReleaseUndone { agent, .. } => {
                self.epoch = self.epoch.next();
                if let State::Human { handoff, owner } = &mut self.state {
                    // A wait that the release began is over, too.
                    self.reply_clock.take_if(|clock| Some(clock.since) == handoff.released_at);
                    handoff.released_at = None;
                    handoff.released_by = None;
                    handoff.next_reply_at = None;
                    *owner = Owner::Agent { agent: agent.clone(), since: now };
                }
            }
            Event::TakeOverUndone { agent, to, .. } => {
                self.epoch = self.epoch.next();
                self.give_back(agent, to, now);
            }
            Event::Seen { left, .. } => self.unread = *left,
            Event::Snoozed { kind, until, .. } => self.snooze = Some(Snooze { kind: *kind, until: *until }),
            Event::SnoozeEnded { .. } => self.snooze = None,
            Event::CustomerCalled { at } => {
                self.window = self.window.renewed(*at);
                self.snooze = None;
            }
            Event::PartnerTook => self.epoch = self.epoch.next(),
            Event::ControlChanged { control, cause, written_at } => {
                // The bot's turns end with the first sign that another app answers.
                if *cause == ControlCause::Copied && self.state == State::Bot {
                    self.epoch = self.epoch.next();
                }
                self.window = written_at.map_or(self.window, |at| self.window.renewed(at));
                self.control = control.clone();
            }
            Event::Started { .. }
            | Event::Queued { .. }
            | Event::Echoed { .. }
            | Event::Delivered { .. }
            | Event::Resent { .. }
            // Only read from old logs, never applied: what was queued answers nothing.
            | Event::FirstReplied { .. }
            | Event::Amended { .. }
            | Event::TextSkipped { .. }
            | Event::RatingAsked { .. }
            | Event::WindowAsked { .. }
            | Event::Rated { .. }
            | Event::BotSilenced { .. }
            | Event::BotRefused
            | Event::Merged { .. }
            | Event::NumberChanged { .. }
            | Event::Preferred { .. }
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
            | Event::MemberChanged { .. } => {}
        }
        // What is put aside is so for its owner alone.
        self.snooze.take_if(|_| owner.is_none() || self.state.agent() != owner.as_ref());
        self
    }

    /// Gives the conversation that `agent` took over back to `to`.
    fn give_back(&mut self, agent: &AgentId, to: &PreviousOwner, now: Timestamp) {
        let State::Human { handoff, owner } = &mut self.state else { return };
        if let Owner::Agent { since, .. } = owner {
            // A claim that the take-over made counts no more; an earlier one stays.
            handoff.claimed.take_if(|claimed| claimed.by == *agent && claimed.at == *since);
        }
        match to {
            PreviousOwner::Bot => {
                self.reply_clock = None;
                self.state = State::Bot;
            }
            PreviousOwner::Nobody => *owner = Owner::Nobody,
            PreviousOwner::Phone => *owner = Owner::Phone,
            PreviousOwner::Agent(agent) => *owner = Owner::Agent { agent: agent.clone(), since: now },
        }
    }
}

/// Who has a conversation with the request for an agent; `None` if the request waits for somebody.
fn owner_from_the_start(trigger: &Trigger, now: Timestamp) -> Option<Owner> {
    match trigger {
        Trigger::Phone => Some(Owner::Phone),
        Trigger::Outbound { agent } => Some(Owner::Agent { agent: agent.clone(), since: now }),
        Trigger::Keyword { .. }
        | Trigger::Flow { .. }
        | Trigger::Model
        | Trigger::Partner
        | Trigger::Agent { .. }
        | Trigger::Late
        | Trigger::Reopened { .. }
        | Trigger::Failure { .. } => None,
    }
}
