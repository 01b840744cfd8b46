//! A conversation and its three states. [`Conversation::decide`] maps a command to events, or refuses it;
//! [`Conversation::apply`] applies an event to the state. Both are pure and never see message text.

mod answer;
mod apply;
mod begin;
mod command;
mod control;
pub mod describe;
mod ending;
mod goodbye;
mod rating;
mod receive;
mod reopen;
mod silence;
pub mod snooze;
mod unattended;
mod undo;
mod window_wait;

pub use self::{
    answer::unanswered,
    command::{Command, Received, Refusal, SentReply},
    ending::{EndingPress, MAX_UNDO_TIME, PendingEnding, UNDO_SECONDS, UNDO_TIME},
    goodbye::{Goodbye, GoodbyeFault},
    rating::{CORRECTED_WITHIN, RatedHandoff, RatingAnswer},
    silence::{Silence, SilenceStep},
    snooze::{Snooze, SnoozeUntil},
    unattended::{Attendance, GONE_AFTER, UnattendedStep, UnattendedWait},
    window_wait::{WindowStep, WindowWait},
};
use super::{
    event::{Actor, CloseReason, Event, ReleaseReason},
    handoff::{Handoff, Trigger},
    ids::{AgentId, ChannelId, ConversationId, CustomerId, HandoffId, MessageId, OutcomeId, TeamId},
    message::Author,
    thread_control::ThreadControl,
    time::{Span, Timestamp},
    window::Window,
};
pub use super::{
    event::{CancelCause, EndingKind, PreviousOwner, ReplyClock, SnoozeEnd, SnoozeKind},
    ids::Epoch,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    pub id: ConversationId,
    pub channel: ChannelId,
    pub customer: CustomerId,
    pub team: TeamId,
    pub previous: Option<ConversationId>,
    pub started_at: Timestamp,
    pub epoch: Epoch,
    pub window: Window,
    /// The customer's newest turn, which the bot answers.
    pub last_turn: Option<MessageId>,
    /// The customer's newest message that the thread shows, of any kind. An ending must name it.
    pub last_item: Option<MessageId>,
    /// Number of news ([`Event::is_news`]) that the owner has not seen. They count while the bot has the conversation,
    /// too: for the agent who gets it.
    pub unread: i64,
    /// Runs while the customer waits for a reply of a person.
    pub reply_clock: Option<ReplyClock>,
    /// Until when the owner has put it aside.
    pub snooze: Option<Snooze>,
    pub state: State,
    /// A close or return to the bot that can still be undone.
    pub ending: Option<PendingEnding>,
    /// Who answers the customer, if the number has several apps.
    pub control: ThreadControl,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    Bot,
    Human { handoff: Handoff, owner: Owner },
    Closed { at: Timestamp, by: Actor, reason: CloseReason },
}

/// Who owns a conversation in state human.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    Nobody,
    Agent {
        agent: AgentId,
        since: Timestamp,
    },
    /// Staff reply from the WhatsApp Business app; any agent may still claim the conversation.
    Phone,
}

impl State {
    fn agent(&self) -> Option<&AgentId> {
        match self {
            Self::Human { owner: Owner::Agent { agent, .. }, .. } => Some(agent),
            Self::Human { owner: Owner::Nobody | Owner::Phone, .. } | Self::Bot | Self::Closed { .. } => None,
        }
    }
}

impl Conversation {
    pub fn is_open(&self) -> bool {
        !matches!(self.state, State::Closed { .. })
    }

    pub fn handoff(&self) -> Option<&Handoff> {
        match &self.state {
            State::Human { handoff, .. } => Some(handoff),
            State::Bot | State::Closed { .. } => None,
        }
    }

    /// The agent who owns it.
    pub fn agent(&self) -> Option<&AgentId> {
        self.state.agent()
    }

    /// The events that `command` causes at `now`, or the refusal. Does not change the state.
    pub fn decide(&self, command: &Command, now: Timestamp) -> Result<Vec<Event>, Refusal> {
        if let Command::CarryOutEnding { ending } = command {
            // The ending itself takes effect: it is not cancelled by its own events.
            return Ok(self.with_control(self.carry_out_ending(ending)?, now));
        }
        Ok(self.with_control(self.with_cancellation(self.decide_alone(command, now)?), now))
    }

    /// As [`Self::decide`], without what the events mean for a pending ending and for the control of the thread.
    fn decide_alone(&self, command: &Command, now: Timestamp) -> Result<Vec<Event>, Refusal> {
        if self.holds_bot() && command.bot_turn().is_some() {
            return Err(Refusal::EndingPending);
        }
        match command {
            Command::Receive(received) => self.receive(received),
            Command::HandOff { handoff, trigger, message, target, turn, team } => match &self.state {
                State::Bot if turn.is_none_or(|turn| turn == self.epoch) => {
                    let team = team.as_ref().unwrap_or(&self.team);
                    Ok(vec![handed_off_to(team, handoff, trigger.clone(), message.clone(), *target)])
                }
                State::Bot => Err(Refusal::TurnOver),
                State::Human { .. } => Err(Refusal::WithHuman),
                State::Closed { .. } => Err(Refusal::Closed),
            },
            Command::Begin { agent, handoff, target } => self.begin(agent, handoff, *target),
            Command::BotSay { message, kind, digest, turn } => match &self.state {
                State::Bot if *turn == self.epoch => Ok(vec![queued(message, Author::Bot, kind, digest)]),
                State::Bot | State::Human { .. } | State::Closed { .. } => Err(Refusal::TurnOver),
            },
            Command::BotClose { turn, seen } => match &self.state {
                State::Bot if *turn == self.epoch && self.last_turn != *seen => Err(Refusal::CustomerJustWrote),
                State::Bot if *turn == self.epoch => {
                    Ok(vec![Event::Closed { reason: CloseReason::Bot, handoff: None, outcome: None }])
                }
                State::Bot | State::Human { .. } | State::Closed { .. } => Err(Refusal::TurnOver),
            },
            // Notices follow the transition that caused them, and a closing text follows the close, so any state is
            // valid.
            Command::SystemSay { message, kind, digest } => Ok(vec![queued(message, Author::System, kind, digest)]),
            Command::AskRating { message, kind, digest, rated } => self.ask_rating(message, kind, digest, rated),
            Command::Rate(answer) => Ok(rating::rated(answer, now)),
            Command::AskToKeepOpen { wait, message, kind, digest } => {
                Ok(self.ask_to_keep_open(wait, message, kind, digest, now))
            }
            Command::Claim { agent } => self.claim(agent, now),
            Command::TakeOver { agent, handoff, target } => self.take_over(agent, handoff, *target, now),
            Command::Reply { agent, message, kind, digest } => self.reply(agent, message, kind, digest),
            Command::ReplySent(reply) => Ok(self.reply_sent(reply)),
            Command::Echo { author, message, kind, digest, at, handoff, target } => {
                self.echo(author, message, kind, digest, *at, handoff, *target)
            }
            Command::Release { agent } => {
                let handoff = self.owned_by(agent)?;
                Ok(vec![released(handoff, agent, ReleaseReason::ByAgent)])
            }
            Command::ReleaseDeactivated { agent } => {
                let handoff = self.owned_by(agent)?;
                Ok(vec![released(handoff, agent, ReleaseReason::AgentDeactivated)])
            }
            Command::ReturnToBot { agent } => self.return_to_bot(agent),
            Command::Close { agent, seen } => self.close(agent, seen.as_ref(), None),
            Command::Reopen { agent, handoff, target, open } => {
                self.reopen(agent, handoff, *target, open.as_ref(), now)
            }
            Command::CloseSilent { silence, reach } => Ok(self.close_silent(silence, *reach, now)),
            Command::ReleaseUnattended { wait } => Ok(self.release_unattended(wait)),
            Command::Merge => match &self.state {
                State::Closed { .. } => Err(Refusal::Closed),
                State::Bot | State::Human { .. } => Ok(vec![Event::Closed {
                    reason: CloseReason::Merged,
                    handoff: self.handoff().map(|handoff| handoff.id.clone()),
                    outcome: None,
                }]),
            },
            Command::See { agent, left } => {
                // A look of anybody else, or at a conversation without an owner, marks nothing as read.
                let clears = self.agent() == Some(agent) && *left < self.unread;
                Ok(clears.then(|| Event::Seen { agent: agent.clone(), left: *left }).into_iter().collect())
            }
            Command::Snooze { agent, snooze } => self.put_aside(agent, *snooze),
            Command::Unsnooze { agent } => self.end_snooze(agent),
            Command::EndSnooze { until } => Ok(self.snooze_due(*until)),
            Command::ScheduleEnding { ending, kind, agent, seen, outcome, due_at } => {
                self.schedule_ending(PendingEnding {
                    id: ending.clone(),
                    kind: *kind,
                    agent: agent.clone(),
                    seen: seen.clone(),
                    outcome: outcome.clone(),
                    epoch: self.epoch,
                    due_at: *due_at,
                })
            }
            Command::UndoEnding { agent, ending } => self.undo_ending(agent, ending),
            Command::CarryOutEnding { ending } => self.carry_out_ending(ending),
            Command::CancelEnding { cause } => Ok(self.cancel_ending(*cause)),
            Command::UndoRelease { agent, epoch } => self.undo_release(agent, *epoch),
            Command::UndoTakeOver { agent, epoch, back_to } => self.undo_take_over(agent, *epoch, back_to),
        }
    }

    fn return_to_bot(&self, agent: &AgentId) -> Result<Vec<Event>, Refusal> {
        let handoff = self.owned_by(agent)?;
        Ok(vec![Event::ReturnedToBot { handoff: handoff.id.clone(), agent: agent.clone() }])
    }

    fn claim(&self, agent: &AgentId, now: Timestamp) -> Result<Vec<Event>, Refusal> {
        match &self.state {
            State::Human { handoff, owner: Owner::Nobody | Owner::Phone } => Ok(vec![Event::Claimed {
                handoff: handoff.id.clone(),
                agent: agent.clone(),
                waited: now.since(handoff.requested_at),
            }]),
            State::Human { owner: Owner::Agent { agent: owner, .. }, .. } if owner == agent => {
                Err(Refusal::AlreadyYours)
            }
            State::Human { owner: Owner::Agent { agent: owner, .. }, .. } => Err(Refusal::ClaimedBy(owner.clone())),
            State::Bot => Err(Refusal::WithBot),
            State::Closed { .. } => Err(Refusal::Closed),
        }
    }

    fn take_over(
        &self,
        agent: &AgentId,
        handoff: &HandoffId,
        target: Span,
        now: Timestamp,
    ) -> Result<Vec<Event>, Refusal> {
        let taken = |handoff: &HandoffId, from: Option<&AgentId>| Event::TakenOver {
            handoff: handoff.clone(),
            agent: agent.clone(),
            from: from.cloned(),
        };
        match &self.state {
            State::Bot => Ok(vec![
                self.handed_off(handoff, Trigger::Agent { agent: agent.clone() }, None, target),
                Event::Claimed { handoff: handoff.clone(), agent: agent.clone(), waited: Span(0) },
            ]),
            State::Human { owner: Owner::Nobody | Owner::Phone, .. } => self.claim(agent, now),
            State::Human { owner: Owner::Agent { agent: owner, .. }, .. } if owner == agent => {
                Err(Refusal::AlreadyYours)
            }
            State::Human { handoff, owner: Owner::Agent { agent: owner, .. } } => {
                Ok(vec![taken(&handoff.id, Some(owner))])
            }
            State::Closed { .. } => Err(Refusal::Closed),
        }
    }

    fn reply(&self, agent: &AgentId, message: &MessageId, kind: &str, digest: &str) -> Result<Vec<Event>, Refusal> {
        self.writable_by(agent)?;
        Ok(vec![queued(message, Author::Agent(agent.clone()), kind, digest)])
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of one command, taken apart by its only caller")]
    fn echo(
        &self,
        author: &Author,
        message: &MessageId,
        kind: &str,
        digest: &str,
        at: Timestamp,
        handoff: &HandoffId,
        target: Span,
    ) -> Result<Vec<Event>, Refusal> {
        let echoed = Event::Echoed {
            message: message.clone(),
            author: author.clone(),
            kind: kind.to_owned(),
            at,
            digest: digest.to_owned(),
        };
        match &self.state {
            State::Closed { .. } => Err(Refusal::Closed),
            State::Bot if author.is_human() => {
                Ok(vec![echoed, self.handed_off(handoff, Trigger::Phone, Some(message.clone()), target)])
            }
            State::Bot | State::Human { .. } => Ok(vec![echoed]),
        }
    }

    fn close(
        &self,
        agent: &AgentId,
        seen: Option<&MessageId>,
        outcome: Option<&OutcomeId>,
    ) -> Result<Vec<Event>, Refusal> {
        match &self.state {
            State::Closed { .. } => return Err(Refusal::Closed),
            State::Human { owner: Owner::Agent { agent: owner, .. }, .. } if owner != agent => {
                return Err(Refusal::OwnedBy(owner.clone()));
            }
            State::Bot | State::Human { .. } => {}
        }
        if !self.has_seen_newest(agent, seen) {
            return Err(Refusal::CustomerJustWrote);
        }
        let handoff = self.handoff().map(|handoff| handoff.id.clone());
        Ok(vec![Event::Closed { reason: CloseReason::Done, handoff, outcome: outcome.cloned() }])
    }

    /// Whether `seen`, the newest message on the agent's screen, is the customer's newest. A notice after the last turn
    /// ("unsupported message") must also have been on the owner's screen: nobody answers what they have not read.
    fn has_seen_newest(&self, agent: &AgentId, seen: Option<&MessageId>) -> bool {
        let (turn, item) = (self.last_turn.as_ref(), self.last_item.as_ref());
        if turn == item {
            return seen == item;
        }
        match self.agent() == Some(agent) {
            true => self.unread == 0 && (seen == item || seen == turn),
            false => seen == item,
        }
    }

    /// The handoff that `agent` owns; the refusal names the current owner.
    pub fn owned_by(&self, agent: &AgentId) -> Result<&Handoff, Refusal> {
        match &self.state {
            State::Human { handoff, owner: Owner::Agent { agent: owner, .. } } if owner == agent => Ok(handoff),
            State::Human { owner: Owner::Agent { agent: owner, .. }, .. } => Err(Refusal::OwnedBy(owner.clone())),
            State::Human { .. } => Err(Refusal::NotClaimed),
            State::Bot => Err(Refusal::WithBot),
            State::Closed { .. } => Err(Refusal::Closed),
        }
    }

    fn handed_off(&self, handoff: &HandoffId, trigger: Trigger, message: Option<MessageId>, target: Span) -> Event {
        handed_off_to(&self.team, handoff, trigger, message, target)
    }
}

fn released(handoff: &Handoff, agent: &AgentId, why: ReleaseReason) -> Event {
    Event::Released { handoff: handoff.id.clone(), agent: agent.clone(), why }
}

fn queued(message: &MessageId, author: Author, kind: &str, digest: &str) -> Event {
    Event::Queued { message: message.clone(), author, kind: kind.to_owned(), digest: digest.to_owned() }
}

fn handed_off_to(
    team: &TeamId,
    handoff: &HandoffId,
    trigger: Trigger,
    message: Option<MessageId>,
    target: Span,
) -> Event {
    Event::HandedOff { handoff: handoff.clone(), trigger, message, team: team.clone(), target }
}

#[cfg(test)]
mod answer_tests;
#[cfg(test)]
mod apply_tests;
#[cfg(test)]
mod decide_tests;
#[cfg(test)]
#[path = "conversation_tests.rs"]
mod tests;
