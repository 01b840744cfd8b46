//! Which rows a measure counts, with which value, and whose number it is. Reports and lists ask the same function, so the
//! number and the list behind it agree.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{
    facts::{BegunBy, Lasted},
    measure::{Measure, SETTLED_AFTER},
    period::Bounds,
    query::{ReportClock, ReportFilters},
    rows::{ReportClosing, ReportConversation, ReportHandoff, ReportRow, ReportWait, Traits},
    week::{WeekHour, each_hour},
};
use crate::{
    event::CloseReason,
    handoff::HandoffEnd,
    ids::AgentId,
    time::{Span, Timestamp},
};

/// What values depend on besides their row.
#[derive(Clone, Debug)]
pub struct CountContext {
    pub clock: ReportClock,
    pub zone: TimeZone,
    pub now: Timestamp,
    /// The period.
    pub bounds: Bounds,
}

/// A part of a number: a cell, a bar or a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Slice {
    pub hour: Option<WeekHour>,
    /// Values of at least so long.
    pub at_least: Option<Span>,
    /// Values shorter than that.
    pub below: Option<Span>,
    /// For [`Measure::Queue`].
    pub moment: Option<Timestamp>,
}

/// A row as a measure counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted<'r> {
    /// When it happened: the claim, the reply, the end.
    pub at: Timestamp,
    /// How long it took, where that is known.
    pub value: Option<Span>,
    /// Whose number it is.
    pub agent: Option<&'r AgentId>,
}

impl Measure {
    /// The row, if it counts under these filters and belongs to this part of the number.
    pub fn count<'r>(
        self,
        row: &'r ReportRow,
        filters: &ReportFilters,
        context: &CountContext,
        slice: Slice,
    ) -> Option<Counted<'r>> {
        let left_out = row.traits().is_some_and(|traits| traits.left_out);
        if left_out != (self == Self::LeftOut) || !self.admits(row, filters) {
            return None;
        }
        let held = |agent: &'r AgentId, began_at, ended_at| {
            let (at, span) = overlap(began_at, ended_at, context, slice)?;
            Some(counted(at, Some(span), Some(agent)))
        };
        let counted = match row {
            ReportRow::Handoff(row) => self.of_handoff(row, context, slice),
            ReportRow::Wait(row) => self.of_wait(row, context),
            ReportRow::Conversation(row) => self.of_conversation(row),
            ReportRow::Closing(row) => self.of_closing(row, context),
            ReportRow::Message(row) => (self == Self::Messages).then(|| counted(row.sent_at, None, Some(&row.agent))),
            ReportRow::Stint(row) if self == Self::Stints => held(&row.agent, row.began_at, row.ended_at),
            ReportRow::Presence(row) if self == Self::Online => held(&row.agent, row.began_at, row.ended_at),
            ReportRow::Stint(_) | ReportRow::Presence(_) => None,
        };
        let counted = counted?;
        let is_theirs = filters.agent.as_ref().is_none_or(|wanted| counted.agent == Some(wanted));
        (is_theirs && slice.holds(counted.value) && self.is_in_hour(row, context, slice)).then_some(counted)
    }

    fn admits(self, row: &ReportRow, filters: &ReportFilters) -> bool {
        if self != Self::BotConversations {
            return filters.admit(row.traits());
        }
        // What a part is compared with is not narrowed by what only the part has.
        filters.without_handoff().admit(row.traits())
    }

    /// Times that overlap the hour were cut already.
    fn is_in_hour(self, row: &ReportRow, context: &CountContext, slice: Slice) -> bool {
        let Some(wanted) = slice.hour else { return true };
        matches!(self, Self::Stints | Self::Online) || WeekHour::of(&context.zone, row.key().at) == wanted
    }

    fn of_handoff<'r>(self, row: &'r ReportHandoff, context: &CountContext, slice: Slice) -> Option<Counted<'r>> {
        let value = |lasted: Option<Lasted>| lasted.and_then(|lasted| by_clock(lasted, context.clock));
        let claimed_by = row.claimed.as_ref().map(|(agent, _)| agent);
        let requested = counted(row.requested_at, None, claimed_by);
        let ending = row.ended.as_ref();
        let owner = ending.and_then(|ending| ending.owner.as_ref());
        let ended_at = ending.map(|ending| ending.at);
        let was_asked = is_asked(&row.traits);
        match self {
            Self::Handoffs | Self::LeftOut => Some(requested),
            Self::BusinessBegun => (row.traits.begun_by == BegunBy::Business).then_some(requested),
            Self::Waiting if was_asked => {
                let (agent, at) = row.claimed.as_ref()?;
                Some(counted(*at, Some(value(row.waiting)?), Some(agent)))
            }
            Self::NotClaimed if was_asked => row.claimed.is_none().then(|| counted(row.requested_at, None, None)),
            Self::Response if was_asked => {
                let (agent, at, _) = row.first_reply.as_ref()?;
                Some(counted(*at, Some(value(row.response)?), agent.as_ref()))
            }
            Self::NotAnswered if was_asked => row.first_reply.is_none().then(|| counted(row.requested_at, None, None)),
            Self::Handling => Some(counted(ended_at?, Some(value(row.handling)?), owner)),
            Self::Resolution => Some(counted(ended_at?, Some(value(row.resolution)?), owner)),
            Self::StillOpen => ending.is_none().then_some(requested),
            Self::NotClosed => match ending?.end {
                HandoffEnd::Closed => None,
                HandoffEnd::ReturnedToBot | HandoffEnd::Merged => Some(counted(ended_at?, None, owner)),
            },
            Self::TargetDecided | Self::TargetMet | Self::TargetMissed if was_asked => {
                let (met, counted) = target(row, context.now)?;
                let is_wanted = match met {
                    TargetResult::Met => self != Self::TargetMissed,
                    TargetResult::Missed => self != Self::TargetMet,
                };
                is_wanted.then_some(counted)
            }
            Self::Unanswered if was_asked => {
                let waits = ending.is_none() && row.first_reply.is_none();
                let so_far = context.now.since(row.requested_at);
                waits.then(|| counted(row.requested_at, Some(so_far), claimed_by))
            }
            Self::Lost => row.lost.then(|| counted(ended_at.unwrap_or(row.requested_at), None, owner)),
            Self::Queue if was_asked => {
                let moment = slice.moment?;
                let waits = row.requested_at <= moment && queue_end(row).is_none_or(|end| moment < end);
                waits.then(|| counted(row.requested_at, Some(moment.since(row.requested_at)), None))
            }
            Self::Waiting
            | Self::NotClaimed
            | Self::Response
            | Self::NotAnswered
            | Self::TargetDecided
            | Self::TargetMet
            | Self::TargetMissed
            | Self::Unanswered
            | Self::Queue
            | Self::NextReply
            | Self::NoNextReply
            | Self::BotConversations
            | Self::Escalated
            | Self::Closed
            | Self::Reopened
            | Self::ClosedRecently
            | Self::BotClosed
            | Self::BotStayed
            | Self::BotClosedRecently
            | Self::Messages
            | Self::Stints
            | Self::Online => None,
        }
    }

    fn of_wait<'r>(self, row: &'r ReportWait, context: &CountContext) -> Option<Counted<'r>> {
        let counts = match row.reply {
            Some(_) => self == Self::NextReply,
            None => self == Self::NoNextReply,
        };
        let value = by_clock(row.lasted, context.clock)?;
        counts.then(|| counted(row.ended_at, Some(value), row.agent.as_ref()))
    }

    fn of_conversation(self, row: &ReportConversation) -> Option<Counted<'_>> {
        if !row.bot_took_part || !is_asked(&row.traits) {
            return None;
        }
        let at = match self == Self::Escalated {
            true => row.handed_off_at?,
            false => row.started_at,
        };
        matches!(self, Self::Escalated | Self::BotConversations).then(|| counted(at, None, None))
    }

    fn of_closing<'r>(self, row: &'r ReportClosing, context: &CountContext) -> Option<Counted<'r>> {
        let is_by_person = match row.reason {
            CloseReason::Done | CloseReason::Silent => true,
            CloseReason::Bot | CloseReason::Merged | CloseReason::Imported => false,
        };
        let is_settled = context.now.since(row.at) >= SETTLED_AFTER;
        let went_on = row.continued_at.map(|at| (at, at.since(row.at))).filter(|(_, after)| *after <= SETTLED_AFTER);
        if self == Self::Reopened {
            let (at, after) = went_on.filter(|_| is_by_person)?;
            return Some(counted(at, Some(after), row.agent.as_ref()));
        }
        let counts = (self == Self::Closed && is_by_person)
            || (self == Self::ClosedRecently && is_by_person && !is_settled && went_on.is_none())
            || (self == Self::BotClosed && row.bot_alone && is_settled)
            || (self == Self::BotStayed && row.bot_alone && is_settled && went_on.is_none())
            || (self == Self::BotClosedRecently && row.bot_alone && !is_settled);
        counts.then(|| counted(row.at, None, row.agent.as_ref()))
    }
}

impl Slice {
    fn holds(self, value: Option<Span>) -> bool {
        let is_within = |bound: Option<Span>, fits: fn(Span, Span) -> bool| {
            bound.is_none_or(|bound| value.is_some_and(|value| fits(value, bound)))
        };
        is_within(self.at_least, |value, bound| value >= bound) && is_within(self.below, |value, bound| value < bound)
    }
}

impl ReportFilters {
    /// Without what only handoffs have.
    fn without_handoff(&self) -> Self {
        Self { trigger: None, outcome: None, ..self.clone() }
    }
}

const fn counted(at: Timestamp, value: Option<Span>, agent: Option<&AgentId>) -> Counted<'_> {
    Counted { at, value, agent }
}

/// Whether a customer asked, as opposed to the business that began the conversation.
fn is_asked(traits: &Traits) -> bool {
    match traits.begun_by {
        BegunBy::Customer | BegunBy::Partner => true,
        BegunBy::Business | BegunBy::Import => false,
    }
}

fn by_clock(lasted: Lasted, clock: ReportClock) -> Option<Span> {
    match clock {
        ReportClock::Wall => Some(lasted.raw),
        ReportClock::Opening => lasted.open,
    }
}

enum TargetResult {
    Met,
    Missed,
}

/// What became of a handoff's target, once that is decided.
fn target(row: &ReportHandoff, now: Timestamp) -> Option<(TargetResult, Counted<'_>)> {
    let result = |is_met: bool| if is_met { TargetResult::Met } else { TargetResult::Missed };
    if let (Some(response), Some((agent, at, _))) = (row.response, &row.first_reply) {
        let counted = counted(*at, Some(response.raw), agent.as_ref());
        return Some((result(response.raw <= row.target), counted));
    }
    let ending = row.ended.as_ref();
    let until = ending.map_or(now, |ending| ending.at);
    let waited = until.since(row.requested_at);
    let agent = match ending {
        Some(ending) => ending.owner.as_ref(),
        None => row.claimed.as_ref().map(|(agent, _)| agent),
    };
    (row.lost || waited > row.target).then(|| (TargetResult::Missed, counted(until, Some(waited), agent)))
}

/// When nobody has to claim a handoff any more; `None` while it waits for that.
pub fn queue_end(row: &ReportHandoff) -> Option<Timestamp> {
    let claimed = row.claimed.as_ref().map(|(_, at)| *at);
    let answered = row.first_reply.as_ref().map(|(_, at, _)| *at);
    let ended = row.ended.as_ref().map(|ending| ending.at);
    [claimed, answered, ended].into_iter().flatten().min()
}

/// The part of a time that lies in the period, and in the hour that is asked for; `None` if there is none.
fn overlap(from: Timestamp, to: Option<Timestamp>, context: &CountContext, slice: Slice) -> Option<(Timestamp, Span)> {
    let (from, to) = clipped(from, to, context)?;
    let Some(wanted) = slice.hour else { return Some((from, to.since(from))) };
    let (mut first, mut whole) = (None, Span(0));
    each_hour(&context.zone, from, to, |hour, at, span| {
        if hour == wanted {
            first = first.or(Some(at));
            whole = Span(whole.0 + span.0);
        }
    });
    first.map(|at| (at, whole))
}

/// The ends of a time within the period. What goes on ends now.
pub fn clipped(from: Timestamp, to: Option<Timestamp>, context: &CountContext) -> Option<(Timestamp, Timestamp)> {
    let to = to.unwrap_or(context.now).min(context.bounds.to).min(context.now);
    let from = from.max(context.bounds.from);
    (from < to).then_some((from, to))
}

#[cfg(test)]
#[path = "count_tests.rs"]
mod tests;
