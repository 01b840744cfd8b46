//! Describes events as sentences, for the event lines of a thread and for the audit log. Sentences are built on
//! reading, from ids and plain values, so that a renamed agent appears with the new name everywhere.
//!
//! Both matches list every event: a new variant does not compile before it decides whether and how it is shown.

mod account;
mod bounds;
mod control;
mod customer;
mod ending;
mod member;
mod rating;
mod refusal;
mod setting;
mod skipped;

use std::collections::HashMap;

pub use self::{ending::ending_cancelled, rating::rating, refusal::refused, skipped::template_trouble};
use super::PreviousOwner;
use crate::{
    desk::{Item, ItemBody, Line, Tone},
    dossier::Fact,
    event::{Actor, Amendment, CloseReason, Entry, Event, NoteAct, ReleaseReason},
    handoff::Trigger,
    ids::AgentId,
    text::capitalized,
    trouble,
};

/// The names of a tenant's agents, by id.
#[derive(Clone, Debug, Default)]
pub struct AgentNames(HashMap<AgentId, String>);

impl AgentNames {
    /// The agent's name, or a placeholder for an unknown id.
    pub fn of(&self, agent: &AgentId) -> String {
        self.find(agent).unwrap_or("Someone").to_owned()
    }

    pub fn find(&self, agent: &AgentId) -> Option<&str> {
        self.0.get(agent).map(String::as_str)
    }
}

impl FromIterator<(AgentId, String)> for AgentNames {
    fn from_iter<I: IntoIterator<Item = (AgentId, String)>>(names: I) -> Self {
        Self(names.into_iter().collect())
    }
}

/// The thread line of an entry, if it has one.
pub fn line(entry: &Entry, names: &AgentNames) -> Option<Item> {
    let named = |agent: &AgentId| Some((agent.clone(), names.of(agent)));
    let (tone, agent, words) = match &entry.event {
        Event::Started { previous: Some(_), .. } => {
            (Tone::Plain, None, "New conversation. Earlier ones are in Details.".to_owned())
        }
        Event::HandedOff { trigger, .. } => {
            let (agent, words) = match trigger {
                Trigger::Agent { agent } => (named(agent), "took over from the bot".to_owned()),
                Trigger::Outbound { agent } => (named(agent), "started this conversation".to_owned()),
                Trigger::Keyword { .. }
                | Trigger::Flow { .. }
                | Trigger::Model
                | Trigger::Partner
                | Trigger::Phone
                | Trigger::Late
                | Trigger::Reopened { .. }
                | Trigger::Failure { .. } => (None, requested(trigger, " · ")),
            };
            (Tone::Handoff, agent, words)
        }
        Event::Claimed { agent, waited, .. } => {
            let words = match waited.0 {
                0 => "claimed this".to_owned(),
                _ => format!("claimed this after {}", waited.clock()),
            };
            (Tone::Claim, named(agent), words)
        }
        Event::Released { agent, why, .. } => match why {
            ReleaseReason::ByAgent => (Tone::Plain, named(agent), "released this; back to Unassigned".to_owned()),
            ReleaseReason::AgentGone => (Tone::Warning, named(agent), "went offline; back to Unassigned".to_owned()),
            ReleaseReason::AgentDeactivated => {
                (Tone::Warning, named(agent), "was deactivated; back to Unassigned".to_owned())
            }
        },
        Event::TakenOver { agent, from, .. } => {
            let words = match from {
                Some(from) => format!("took over from {}", names.of(from)),
                None => "took over".to_owned(),
            };
            (Tone::Claim, named(agent), words)
        }
        Event::ReturnedToBot { agent, .. } => (Tone::Plain, named(agent), "returned this to the bot".to_owned()),
        Event::Closed { reason, .. } => match (reason, &entry.actor) {
            (CloseReason::Done, Actor::Agent(agent)) => (Tone::Close, named(agent), "closed this".to_owned()),
            (CloseReason::Done, _) => (Tone::Close, None, "Closed".to_owned()),
            (CloseReason::Bot, _) => (Tone::Close, None, "Closed by the bot".to_owned()),
            (CloseReason::Merged, _) => {
                (Tone::Close, None, "Closed. It continues in this customer's other conversation.".to_owned())
            }
            (CloseReason::Imported, _) => (Tone::Close, None, "Imported from the number's history".to_owned()),
            (CloseReason::Silent, _) => {
                (Tone::Close, None, "Closed automatically: the customer did not reply".to_owned())
            }
        },
        Event::Reopened { agent, .. } => {
            let words = match &entry.actor {
                Actor::Agent(_) => "reopened this",
                Actor::Customer | Actor::Bot | Actor::System | Actor::Meta => {
                    "has this again: the customer wrote soon after the close"
                }
            };
            (Tone::Claim, named(agent), words.to_owned())
        }
        Event::EndingCancelled { kind, agent, cause, .. } if cause.is_news(&entry.actor, agent) => {
            (Tone::Warning, named(agent), ending::unfinished(*kind, *cause, &entry.actor, agent, names))
        }
        Event::ReleaseUndone { agent, .. } => (Tone::Claim, named(agent), "undid the release".to_owned()),
        Event::TakeOverUndone { agent, to, .. } => {
            (Tone::Plain, named(agent), format!("undid the takeover; {}", back_with(to, names)))
        }
        Event::TextSkipped { text, why } => (Tone::Warning, None, skipped::line(*text, why)),
        Event::WindowAsked { .. } => (Tone::Plain, None, WINDOW_ASKED.to_owned()),
        Event::Rated { .. } => return rating(entry, names).map(|rating| Fact::Rating(rating).item()),
        Event::BotSilenced { messages } => (Tone::Plain, None, withheld(*messages)),
        Event::NumberChanged { what, .. } => (customer::tone_of(*what), None, customer::renamed(*what).to_owned()),
        Event::Preferred { wish, .. } => (Tone::Plain, None, customer::wished(*wish).to_owned()),
        Event::CustomerCalled { .. } => (Tone::Plain, None, CALLED.to_owned()),
        Event::PartnerTook => (Tone::Warning, None, control::PARTNER_TOOK.to_owned()),
        Event::ControlChanged { control, cause, .. } => {
            let (tone, words) = control::line(control, *cause)?;
            (tone, None, words)
        }
        Event::BotPaused { why } => (Tone::Warning, None, bounds::paused(*why).to_owned()),
        Event::CustomerBlocked { reason, .. } => (Tone::Block, actor_of(&entry.actor, names), bounds::blocked(*reason)),
        Event::CustomerUnblocked { .. } => (Tone::Block, actor_of(&entry.actor, names), bounds::UNBLOCKED.to_owned()),
        Event::BlockAnswered { act, answer, code, .. } => (Tone::Block, None, bounds::answered(*act, *answer, *code)),
        Event::Started { previous: None, .. }
        | Event::CustomerWrote { .. }
        | Event::Queued { .. }
        | Event::Echoed { .. }
        | Event::Delivered { .. }
        | Event::Resent { .. }
        | Event::Amended { .. }
        | Event::WindowRefused { .. }
        | Event::FirstReplied { .. }
        | Event::FirstReplySent { .. }
        | Event::Answered { .. }
        | Event::AnswerFailed { .. }
        | Event::EndingScheduled { .. }
        | Event::EndingCancelled { .. }
        | Event::RatingAsked { .. }
        | Event::BotRefused
        | Event::Seen { .. }
        | Event::Snoozed { .. }
        | Event::SnoozeEnded { .. }
        | Event::Merged { .. }
        | Event::FlowBegan { .. }
        | Event::Noted { .. }
        | Event::Scheduled(_)
        | Event::VariableSet { .. }
        | Event::CallRequested { .. }
        | Event::CallEnded { .. }
        | Event::Configured { .. }
        | Event::ChannelTrouble { .. }
        | Event::ChannelShared { .. }
        | Event::SignedIn { .. }
        | Event::SignedOut { .. }
        | Event::Availability { .. }
        | Event::SignInRefused { .. }
        | Event::SessionsEnded { .. }
        | Event::SecondFactorChanged { .. }
        | Event::Exported { .. }
        | Event::MemberChanged { .. } => return None,
    };
    Some(Item { at: entry.at, seq: entry.seq, body: ItemBody::Line(Line { tone, agent, text: words, fact: None }) })
}

/// The agent who acted, for a line.
fn actor_of(actor: &Actor, names: &AgentNames) -> Option<(AgentId, String)> {
    match actor {
        Actor::Agent(agent) => Some((agent.clone(), names.of(agent))),
        Actor::Customer | Actor::Bot | Actor::System | Actor::Meta => None,
    }
}

/// The line of a close with the outcome that the agent picked.
pub fn with_outcome(mut line: Item, outcome: &str) -> Item {
    if let ItemBody::Line(line) = &mut line.body {
        line.text = format!("{} · {outcome}", line.text);
    }
    line
}

/// The trigger of a handoff as text. A reply from the phone app or a takeover requested nobody, so only the label is
/// used.
fn requested(trigger: &Trigger, separator: &str) -> String {
    let label = trigger.label();
    if matches!(trigger, Trigger::Phone | Trigger::Agent { .. } | Trigger::Reopened { .. } | Trigger::Outbound { .. }) {
        return label;
    }
    format!("Agent requested{separator}{}", mid_sentence(&label))
}

/// Lowercases the first letter unless the second one is uppercase: `Flow Orders` becomes `flow Orders`, `API call
/// failed` is unchanged.
fn mid_sentence(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), label.chars().nth(1)) {
        (Some(first), Some(second)) if !second.is_uppercase() => first.to_lowercase().chain(letters).collect(),
        _ => label.to_owned(),
    }
}

/// Who has a conversation after a takeover was undone.
fn back_with(owner: &PreviousOwner, names: &AgentNames) -> String {
    match owner {
        PreviousOwner::Bot => "back with the bot".to_owned(),
        PreviousOwner::Nobody => "back to Unassigned".to_owned(),
        PreviousOwner::Phone => "back in the phone app".to_owned(),
        PreviousOwner::Agent(agent) => format!("back with {}", names.of(agent)),
    }
}

fn withheld(messages: i64) -> String {
    match messages {
        1 => "1 bot message not sent: an agent took over".to_owned(),
        many => format!("{many} bot messages not sent: an agent took over"),
    }
}

/// Why the automatic message over the line was sent.
const WINDOW_ASKED: &str =
    "Sent automatically: the customer waits for a reply, and the reply window was about to close";

const CALLED: &str = "The customer called on WhatsApp";

/// The actor, for the audit log.
pub fn who(actor: &Actor, names: &AgentNames) -> String {
    match actor {
        Actor::Customer => "Customer".to_owned(),
        Actor::Bot => "Bot".to_owned(),
        Actor::Agent(agent) => names.of(agent),
        Actor::System => "Handoff".to_owned(),
        Actor::Meta => "WhatsApp".to_owned(),
    }
}

/// What `agent` did. The name is added only if the actor beside it is somebody else.
fn acted(actor: &Actor, agent: &AgentId, act: &str, names: &AgentNames) -> String {
    match actor {
        Actor::Agent(by) if by == agent => act.to_owned(),
        Actor::Agent(_) | Actor::Customer | Actor::Bot | Actor::System | Actor::Meta => {
            format!("{act} ({})", names.of(agent))
        }
    }
}

/// A sentence that begins with "The customer". Beside the customer as the actor, only what they did.
fn by_customer(sentence: &str, actor: &Actor) -> String {
    let act = sentence.strip_prefix("The customer ").filter(|_| *actor == Actor::Customer);
    act.map_or_else(|| sentence.to_owned(), capitalized)
}

/// The action, for the audit log, which names the actor beside it; `None` for messages, which auditors do not review
/// line by line.
pub fn what(event: &Event, actor: &Actor, names: &AgentNames) -> Option<String> {
    let act = |agent: &AgentId, own: &str| acted(actor, agent, own, names);
    let words = match event {
        Event::HandedOff { trigger: Trigger::Outbound { .. }, .. } => "Started a conversation".to_owned(),
        Event::HandedOff { trigger, .. } => requested(trigger, ": "),
        Event::Claimed { agent, waited, .. } => act(agent, &format!("Claimed after {}", waited.clock())),
        Event::Released { why: ReleaseReason::ByAgent, .. } => "Released a conversation".to_owned(),
        Event::Released { agent, why: ReleaseReason::AgentGone, .. } => {
            format!("Returned a conversation to Unassigned: {} was offline", names.of(agent))
        }
        Event::Released { agent, why: ReleaseReason::AgentDeactivated, .. } => {
            format!("Returned a conversation to Unassigned: {} was deactivated", names.of(agent))
        }
        Event::TakenOver { agent, from, .. } => match from {
            Some(from) => act(agent, &format!("Took over from {}", names.of(from))),
            None => act(agent, "Took over"),
        },
        Event::ReturnedToBot { .. } => "Returned a conversation to the bot".to_owned(),
        Event::Closed { reason, .. } => match reason {
            CloseReason::Done => "Closed a conversation".to_owned(),
            CloseReason::Bot => "Closed a conversation".to_owned(),
            CloseReason::Merged => "Closed a merged conversation".to_owned(),
            CloseReason::Imported => "Archived an imported conversation".to_owned(),
            CloseReason::Silent => "Closed the conversation of a silent customer".to_owned(),
        },
        Event::Reopened { agent, .. } => match actor {
            Actor::Agent(by) if by == agent => "Reopened a conversation".to_owned(),
            Actor::Agent(_) | Actor::Customer | Actor::Bot | Actor::System | Actor::Meta => {
                format!("Reopened a conversation for {}", names.of(agent))
            }
        },
        Event::EndingCancelled { kind, agent, cause, .. } => ending::audited(*kind, *cause, actor, agent, names),
        Event::ReleaseUndone { .. } => "Undid a release".to_owned(),
        Event::TakeOverUndone { to, .. } => format!("Undid a takeover: {}", back_with(to, names)),
        Event::TextSkipped { text, .. } => skipped::audited(*text),
        Event::BotSilenced { messages } => withheld(*messages),
        Event::BotRefused => "Discarded a bot reply because an agent had taken over".to_owned(),
        Event::Merged { .. } => "Merged two customer records".to_owned(),
        Event::NumberChanged { what, .. } => customer::renamed(*what).to_owned(),
        Event::Preferred { wish, .. } => by_customer(customer::wished(*wish), actor),
        Event::CustomerCalled { .. } => by_customer(CALLED, actor),
        Event::PartnerTook => control::PARTNER_TOOK.to_owned(),
        Event::ControlChanged { control, cause, .. } => control::sentence(control, *cause),
        Event::ChannelShared { .. } => control::SHARED.to_owned(),
        Event::BotPaused { why } => bounds::paused(*why).to_owned(),
        Event::CustomerBlocked { reason, .. } => bounds::audited(&bounds::blocked(*reason)),
        Event::CustomerUnblocked { .. } => bounds::audited(bounds::UNBLOCKED),
        Event::BlockAnswered { act, answer, code, .. } => bounds::answered(*act, *answer, *code),
        Event::Resent { .. } => "Resent a message".to_owned(),
        Event::WindowRefused { .. } => "Reported that the 24-hour window is closed".to_owned(),
        Event::ChannelTrouble { code, field, title, details, .. } => {
            trouble::describe(field, *code, title, details.as_deref())
        }
        Event::SignedIn { agent } => act(agent, "Signed in"),
        Event::SignedOut { agent } => act(agent, "Signed out"),
        Event::Availability { agent, away: true } => act(agent, "Switched to away"),
        Event::Availability { agent, away: false } => act(agent, "Switched to online"),
        Event::SignInRefused { why, .. } => account::refused(*why).to_owned(),
        Event::SessionsEnded { sessions, .. } => account::signed_out_elsewhere(*sessions),
        Event::SecondFactorChanged { change, .. } => account::second_factor(*change).to_owned(),
        Event::Configured { what, change, .. } => setting::configured(*what, *change),
        Event::Exported { what, .. } => setting::exported(*what),
        Event::MemberChanged { change, .. } => member::changed(*change),
        Event::Noted { act, .. } => match act {
            NoteAct::Written => "Wrote a note".to_owned(),
            NoteAct::Edited => "Edited a note".to_owned(),
            NoteAct::Deleted => "Deleted a note".to_owned(),
        },
        Event::Amended { what, .. } => match what {
            Amendment::Edited => "Edited a message".to_owned(),
            Amendment::Revoked => "Deleted a message".to_owned(),
            Amendment::Reacted => "Reacted".to_owned(),
            Amendment::FileKept => "Saved a file".to_owned(),
            Amendment::FileFailed => "Couldn't save a file".to_owned(),
        },
        Event::Started { .. }
        | Event::CustomerWrote { .. }
        | Event::Queued { .. }
        | Event::Echoed { .. }
        | Event::Delivered { .. }
        | Event::FirstReplied { .. }
        | Event::FirstReplySent { .. }
        | Event::Answered { .. }
        | Event::AnswerFailed { .. }
        | Event::EndingScheduled { .. }
        | Event::RatingAsked { .. }
        | Event::WindowAsked { .. }
        | Event::Rated { .. }
        | Event::Seen { .. }
        | Event::Snoozed { .. }
        | Event::SnoozeEnded { .. }
        | Event::FlowBegan { .. }
        | Event::Scheduled(_)
        | Event::VariableSet { .. }
        | Event::CallRequested { .. }
        | Event::CallEnded { .. } => return None,
    };
    Some(words)
}

#[cfg(test)]
#[path = "describe/actor_tests.rs"]
mod actor_tests;
#[cfg(test)]
#[path = "describe_tests.rs"]
mod tests;
