//! Applies events to a conversation.

use super::{Conversation, Owner, State};
use crate::{
    event::{Actor, Event},
    handoff::{Claimed, FirstReply, Handoff, Trigger},
    time::Timestamp,
};

impl Conversation {
    /// The conversation after `event`, which `actor` caused at `now`.
    pub fn apply(mut self, event: &Event, actor: &Actor, now: Timestamp) -> Self {
        match event {
            Event::CustomerWrote { message, turn, unread, at, .. } => {
                if *turn {
                    self.window = self.window.renewed(*at);
                    self.last_turn = Some(message.clone());
                }
                if *unread {
                    self.unread += 1;
                }
            }
            // Messages recorded by the system are imports: old messages must not end a bot turn.
            Event::Queued { author, .. } | Event::Echoed { author, .. }
                if author.is_human() && *actor != Actor::System =>
            {
                self.epoch = self.epoch.next();
                if let State::Human { handoff, .. } = &mut self.state
                    && handoff.first_reply.is_some()
                    && handoff.released_at.is_some()
                {
                    handoff.next_reply_at.get_or_insert(now);
                }
                if matches!(event, Event::Queued { .. }) {
                    self.unread = 0;
                }
            }
            Event::WindowRefused { at } => self.window = self.window.refused(*at),
            Event::HandedOff { handoff, trigger, message, team, target } => {
                self.epoch = self.epoch.next();
                self.team = team.clone();
                let owner = if *trigger == Trigger::Phone { Owner::Phone } else { Owner::Nobody };
                let handoff = Handoff {
                    id: handoff.clone(),
                    trigger: trigger.clone(),
                    message: message.clone(),
                    team: team.clone(),
                    requested_at: now,
                    target: *target,
                    claimed: None,
                    first_reply: None,
                    released_at: None,
                    next_reply_at: None,
                };
                self.state = State::Human { handoff, owner };
            }
            Event::Claimed { agent, .. } | Event::TakenOver { agent, .. } => {
                self.epoch = self.epoch.next();
                if let State::Human { handoff, owner } = &mut self.state {
                    handoff.claimed.get_or_insert(Claimed { by: agent.clone(), at: now });
                    *owner = Owner::Agent { agent: agent.clone(), since: now };
                }
            }
            Event::FirstReplied { by, after, .. } => {
                if let State::Human { handoff, .. } = &mut self.state {
                    let at = handoff.requested_at.plus(*after);
                    handoff.first_reply.get_or_insert(FirstReply { by: by.clone(), at });
                }
            }
            Event::Released { .. } => {
                self.epoch = self.epoch.next();
                if let State::Human { handoff, owner } = &mut self.state {
                    handoff.released_at = Some(now);
                    handoff.next_reply_at = None;
                    *owner = Owner::Nobody;
                }
            }
            Event::ReturnedToBot { .. } => {
                self.epoch = self.epoch.next();
                self.unread = 0;
                self.state = State::Bot;
            }
            Event::Closed { reason, .. } => {
                self.epoch = self.epoch.next();
                self.unread = 0;
                self.state = State::Closed { at: now, by: actor.clone(), reason: *reason };
            }
            Event::Seen { .. } => self.unread = 0,
            Event::CustomerCalled { at } => self.window = self.window.renewed(*at),
            Event::PartnerTook => self.epoch = self.epoch.next(),
            Event::Started { .. }
            | Event::Queued { .. }
            | Event::Echoed { .. }
            | Event::Delivered { .. }
            | Event::Resent { .. }
            | Event::Amended { .. }
            | Event::ClosingSkipped { .. }
            | Event::BotSilenced { .. }
            | Event::BotRefused
            | Event::Merged { .. }
            | Event::NumberChanged { .. }
            | Event::Preferred { .. }
            | Event::FlowBegan { .. }
            | Event::VariableSet { .. }
            | Event::CallRequested { .. }
            | Event::CallEnded { .. }
            | Event::Configured { .. }
            | Event::ChannelTrouble { .. }
            | Event::SignedIn { .. }
            | Event::SignedOut { .. }
            | Event::Availability { .. } => {}
        }
        self
    }
}
