//! Texts that one agent writes within some seconds, and that are sent as one message: which ones join, until when, and what
//! ends that. WhatsApp charges for each message, and a phone announces each.
//!
//! Only plain texts without a quote join. Whatever else an agent sends ends the group, as do the customer's next message and
//! the end of the conversation: what has joined is sent first, in the order in which it was written.

use serde::{Deserialize, Serialize};

use super::{ScheduledMessage, ScheduledState, SendWait};
use crate::{
    ids::{AgentId, MediaId, MessageId},
    message::{TEXT_LIMIT, reply::ReplyKind},
    time::{Span, Timestamp},
};

/// For how many seconds a tenant may let texts join. 0 sends each by itself.
pub const JOIN_SECONDS: [i64; 5] = [0, 3, 5, 10, 20];
/// How long before the reply window closes joined texts are sent, so that they still pass.
const BEFORE_WINDOW_CLOSES: Span = Span::seconds(5);
/// What stands between two texts of a message.
const BETWEEN: &str = "\n";

/// Why a time to join cannot be saved.
pub fn join_fault(within: Span) -> Option<String> {
    let is_known = JOIN_SECONDS.into_iter().any(|seconds| Span::seconds(seconds) == within);
    (!is_known).then(|| "Choose off, 3, 5, 10 or 20 seconds.".to_owned())
}

/// Until when texts wait that are sent as one message. All of a message have the same times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinTimes {
    /// Until then their author's next text joins them.
    pub joins_until: Timestamp,
    /// Until then their author can take the newest one back.
    pub undo_until: Timestamp,
}

impl JoinTimes {
    pub fn leaves_at(self) -> Timestamp {
        self.joins_until.max(self.undo_until)
    }

    /// After something that nothing may join any more, at this time.
    pub(super) fn ended(self, at: Timestamp) -> Self {
        Self { joins_until: self.joins_until.min(at), ..self }
    }
}

/// A message that waits, as far as it matters for which others it joins.
pub trait Joinable {
    fn author(&self) -> &AgentId;
    fn body(&self) -> &str;
    fn state(&self) -> ScheduledState;
}

impl Joinable for ScheduledMessage {
    fn author(&self) -> &AgentId {
        &self.author
    }

    fn body(&self) -> &str {
        &self.body
    }

    fn state(&self) -> ScheduledState {
        self.state
    }
}

/// When texts of a conversation join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JoinRule {
    /// The tenant's time.
    pub within: Span,
    /// The author's own time to take a message back.
    pub undo: Span,
    pub window_closes: Option<Timestamp>,
}

/// What a new text does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joining {
    /// It is the first of a message.
    Begins(JoinTimes),
    /// It goes with the newest ones of its author, whose times become these.
    Joins(JoinTimes),
}

impl Joining {
    pub fn times(self) -> JoinTimes {
        match self {
            Self::Begins(times) | Self::Joins(times) => times,
        }
    }
}

impl JoinRule {
    /// What a text does that its author writes at `now`. `leaving` is what the author could still take back, in the order in
    /// which it was written. `None`: it is too long to be one message, and is sent by itself.
    pub fn of_text<T: Joinable>(self, leaving: &[&T], body: &str, now: Timestamp) -> Option<Joining> {
        let length = body.chars().count();
        if length > TEXT_LIMIT {
            return None;
        }
        let undo_until = now.plus(self.undo);
        let newest = groups(leaving.iter().copied()).pop().unwrap_or_default();
        if let Some(times) = newest.last().and_then(|text| times_of(*text))
            && now < times.joins_until
            && length_of(&newest).saturating_add(BETWEEN.len()).saturating_add(length) <= TEXT_LIMIT
        {
            let undo_until = times.undo_until.max(undo_until);
            return Some(Joining::Joins(JoinTimes { undo_until, ..times }));
        }
        let until = now.plus(self.within);
        let until = self.window_closes.map_or(until, |end| until.min(end.minus(BEFORE_WINDOW_CLOSES)));
        Some(Joining::Begins(JoinTimes { joins_until: until.max(now), undo_until }))
    }
}

/// Whether a reply can join others: a text alone.
pub fn is_plain(kind: ReplyKind, quote: Option<&MessageId>, file: Option<&MediaId>) -> bool {
    match kind {
        ReplyKind::Text => quote.is_none() && file.is_none(),
        ReplyKind::LocationRequest => false,
    }
}

fn times_of<T: Joinable>(text: &T) -> Option<JoinTimes> {
    match text.state() {
        ScheduledState::Waiting(SendWait::Joined(times)) => Some(times),
        ScheduledState::Waiting(SendWait::Undo(_) | SendWait::Time(_) | SendWait::Customer)
        | ScheduledState::Asking(_) => None,
    }
}

/// Messages that wait, split into those that are sent as one each, in the given order. What stands between two texts
/// separates them.
pub fn groups<'a, T: Joinable>(all: impl IntoIterator<Item = &'a T>) -> Vec<Vec<&'a T>> {
    let mut groups: Vec<Vec<&'a T>> = Vec::new();
    for text in all {
        match groups.last_mut() {
            Some(group) if joins(group, text) => group.push(text),
            Some(_) | None => groups.push(vec![text]),
        }
    }
    groups
}

fn joins<T: Joinable>(group: &[&T], text: &T) -> bool {
    let Some(last) = group.last() else { return false };
    let are_one = last.author() == text.author() && times_of(text).is_some() && times_of(text) == times_of(*last);
    are_one && length_of(group) + BETWEEN.len() + text.body().chars().count() <= TEXT_LIMIT
}

fn length_of<T: Joinable>(group: &[&T]) -> usize {
    let between = group.len().saturating_sub(1) * BETWEEN.len();
    between + group.iter().map(|text| text.body().chars().count()).sum::<usize>()
}

/// The group of messages that an author could still take back and that are sent with one of them, which is among `all`.
pub fn group_of<'a, T: Joinable>(
    all: impl IntoIterator<Item = &'a T>,
    author: &AgentId,
    is_it: impl Fn(&T) -> bool,
) -> Vec<&'a T> {
    let leaving = all.into_iter().filter(|text| text.author() == author && text.state().is_leaving());
    groups(leaving).into_iter().find(|group| group.iter().any(|text| is_it(text))).unwrap_or_default()
}

/// Where a text stands in the message that is sent of it and others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinPlace {
    /// Nothing has joined it.
    Alone,
    First,
    Middle,
    Last,
}

impl JoinPlace {
    /// Of one among all that wait in a conversation.
    pub fn of(message: &ScheduledMessage, all: &[ScheduledMessage]) -> Self {
        let group = group_of(all, &message.author, |other| other.id == message.id);
        let is_at = |end: Option<&&ScheduledMessage>| end.is_none_or(|end| end.id == message.id);
        match (is_at(group.first()), is_at(group.last())) {
            (true, true) => Self::Alone,
            (true, false) => Self::First,
            (false, false) => Self::Middle,
            (false, true) => Self::Last,
        }
    }
}

/// Adds a message that was just written to all that wait in its conversation. Those that it joins wait as long.
pub fn add_newest(all: &mut Vec<ScheduledMessage>, newest: ScheduledMessage) {
    if let Some(times) = times_of(&newest) {
        let same = |other: &&mut ScheduledMessage| {
            other.author == newest.author
                && times_of(&**other).is_some_and(|others| others.joins_until == times.joins_until)
        };
        for other in all.iter_mut().filter(same) {
            other.state = newest.state;
        }
    }
    all.push(newest);
}

/// The text of a message whose parts were written one after the other.
pub fn joined_text<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    parts.into_iter().collect::<Vec<_>>().join(BETWEEN)
}

#[cfg(test)]
#[path = "joined_tests.rs"]
mod tests;
