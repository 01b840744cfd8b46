//! Which rows a measure counts, with which value, and whose number it is. Reports and lists ask the same function, so the
//! number and the list behind it agree.

use std::borrow::Cow;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{
    facts::{BegunBy, HandoffFact, Lasted, RatingFact, Replier},
    measure::Measure,
    period::Bounds,
    query::{ReportClock, ReportFilters},
    rows::{ReportClosing, ReportConversation, ReportRating, ReportRow, ReportWait, Traits},
};
use crate::{
    event::CloseReason,
    handoff::{
        HandoffEnd,
        metrics::{STAYS_CLOSED, came_back, counts, is_reply_awaited, is_target_met, is_waited_for},
    },
    ids::AgentId,
    rating::Score,
    time::{Span, Timestamp},
    week::{WeekHour, each_hour},
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

/// A part of a number: a cell, a bar, a moment or a score.
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
    /// Of ratings.
    pub score: Option<Score>,
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
    /// Of a rating.
    pub score: Option<Score>,
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
        if !self.admits(row.traits().as_ref(), filters) {
            return None;
        }
        self.count_admitted(row, filters, context, slice)
    }

    /// As [`Self::count`], for a row that is known to be admitted by its traits.
    pub fn count_admitted<'r>(
        self,
        row: &'r ReportRow,
        filters: &ReportFilters,
        context: &CountContext,
        slice: Slice,
    ) -> Option<Counted<'r>> {
        let held = |agent: &'r AgentId, began_at, ended_at| {
            let (at, span) = overlap(began_at, ended_at, context, slice)?;
            Some(counted(at, Some(span), Some(agent)))
        };
        let counted = match row {
            ReportRow::Handoff(row) if row.fact.is_undone() => None,
            ReportRow::Handoff(row) => self.of_handoff(&row.fact, context, slice),
            ReportRow::Wait(row) => self.of_wait(row, context),
            ReportRow::Conversation(row) => self.of_conversation(row),
            ReportRow::Closing(row) => self.of_closing(row, context),
            ReportRow::Rating(row) => self.of_rating(row),
            ReportRow::Message(row) => (self == Self::Messages).then(|| counted(row.sent_at, None, Some(&row.agent))),
            ReportRow::Stint(row) if self == Self::Stints => held(&row.agent, row.began_at, row.ended_at),
            ReportRow::Presence(row) if self == Self::Online => held(&row.agent, row.began_at, row.ended_at),
            ReportRow::Stint(_) | ReportRow::Presence(_) => None,
        };
        let counted = counted?;
        let is_theirs = filters.agent.as_ref().is_none_or(|wanted| counted.agent == Some(wanted));
        let is_part = slice.holds(counted.value) && self.is_in_hour(row, context, slice);
        let has_score = slice.score.is_none_or(|wanted| counted.score == Some(wanted));
        (is_theirs && is_part && has_score).then_some(counted)
    }

    /// Whether rows with these traits can count.
    pub fn admits(self, traits: Option<&Traits<'_>>, filters: &ReportFilters) -> bool {
        let left_out = traits.is_some_and(|traits| traits.left_out);
        left_out == (self == Self::LeftOut) && self.asked_of(filters).admit(traits)
    }

    /// The filters that traits are asked for.
    pub(super) fn asked_of(self, filters: &ReportFilters) -> Cow<'_, ReportFilters> {
        if self == Self::BotConversations { Cow::Owned(self.narrowed_by(filters)) } else { Cow::Borrowed(filters) }
    }

    /// The filters that narrow this measure.
    pub fn narrowed_by(self, filters: &ReportFilters) -> ReportFilters {
        match self {
            // What a part is compared with is not narrowed by what only the part has.
            Self::BotConversations => ReportFilters { trigger: None, outcome: None, ..filters.clone() },
            // Nobody is online for a number or a trigger.
            Self::Online => ReportFilters { agent: filters.agent.clone(), ..ReportFilters::default() },
            Self::Handoffs
            | Self::BusinessBegun
            | Self::LeftOut
            | Self::Waiting
            | Self::NotClaimed
            | Self::Response
            | Self::NotAnswered
            | Self::NextReply
            | Self::NoNextReply
            | Self::Handling
            | Self::Resolution
            | Self::StillOpen
            | Self::NotClosed
            | Self::Escalated
            | Self::TargetDecided
            | Self::TargetMet
            | Self::TargetMissed
            | Self::Unanswered
            | Self::Lost
            | Self::Queue
            | Self::Closed
            | Self::Reopened
            | Self::ClosedRecently
            | Self::BotClosed
            | Self::BotStayed
            | Self::BotClosedRecently
            | Self::Messages
            | Self::Stints
            | Self::RatingAsked
            | Self::Rated => filters.clone(),
        }
    }

    /// Times that overlap the hour were cut already.
    fn is_in_hour(self, row: &ReportRow, context: &CountContext, slice: Slice) -> bool {
        let Some(wanted) = slice.hour else { return true };
        matches!(self, Self::Stints | Self::Online) || WeekHour::of(&context.zone, row.key().at) == wanted
    }

    fn of_handoff<'r>(self, fact: &'r HandoffFact, context: &CountContext, slice: Slice) -> Option<Counted<'r>> {
        let value = |lasted: Option<Lasted>| lasted.and_then(|lasted| by_clock(lasted, context.clock));
        let claimed_by = fact.claimed.as_ref().map(|(agent, _)| agent);
        let requested = counted(fact.requested_at, None, claimed_by);
        let ended = fact.ended.as_ref();
        let owner = ended.and_then(|ended| ended.owner.as_ref());
        let ended_at = ended.map(|ended| ended.at);
        let was_asked = counts(fact.begun_by);
        let was_waited_for = was_asked && is_waited_for(fact.trigger.kind);
        let was_reply_awaited = was_asked && is_reply_awaited(fact.trigger.kind);
        match self {
            Self::Handoffs | Self::LeftOut => Some(requested),
            Self::BusinessBegun => (fact.begun_by == BegunBy::Business).then_some(requested),
            Self::Waiting if was_waited_for => {
                let (agent, at) = fact.claimed.as_ref()?;
                Some(counted(*at, Some(value(fact.waiting)?), Some(agent)))
            }
            Self::NotClaimed if was_waited_for => claimed_by.is_none().then_some(requested),
            Self::Response if was_reply_awaited => {
                let reply = fact.first_reply.as_ref()?;
                Some(counted(reply.at, Some(value(fact.response)?), replier(&reply.by)))
            }
            Self::NotAnswered if was_reply_awaited => {
                fact.first_reply.is_none().then(|| counted(fact.requested_at, None, None))
            }
            Self::Handling => Some(counted(ended_at?, Some(value(fact.handling)?), owner)),
            Self::Resolution => Some(counted(ended_at?, Some(value(fact.resolution)?), owner)),
            Self::StillOpen => ended.is_none().then_some(requested),
            Self::NotClosed => match ended?.end {
                HandoffEnd::Closed => None,
                HandoffEnd::ReturnedToBot | HandoffEnd::Merged => Some(counted(ended_at?, None, owner)),
            },
            Self::TargetDecided if was_asked => is_target_met(fact, context.now).map(|_| target(fact, context.now)),
            Self::TargetMet if was_asked => {
                is_target_met(fact, context.now).filter(|met| *met).map(|_| target(fact, context.now))
            }
            Self::TargetMissed if was_asked => {
                is_target_met(fact, context.now).filter(|met| !met).map(|_| target(fact, context.now))
            }
            Self::Unanswered if was_reply_awaited => {
                let waits = ended.is_none() && fact.first_reply.is_none();
                let so_far = context.now.since(fact.requested_at);
                waits.then(|| counted(fact.requested_at, Some(so_far), claimed_by))
            }
            Self::Lost => fact.lost.then(|| counted(ended_at.unwrap_or(fact.requested_at), None, owner)),
            Self::Queue if was_asked => {
                let moment = slice.moment?;
                let waits = fact.requested_at <= moment && queue_end(fact).is_none_or(|end| moment < end);
                waits.then(|| counted(fact.requested_at, Some(moment.since(fact.requested_at)), None))
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
            | Self::Online
            | Self::RatingAsked
            | Self::Rated => None,
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
        // What was merged goes on in another conversation, which counts.
        let is_merged = row.origin.close_reason == Some(CloseReason::Merged);
        if !row.bot_took_part || is_merged || !counts(row.origin.begun_by) {
            return None;
        }
        let at = match self == Self::Escalated {
            true => row.first_handoff.as_ref()?.1,
            false => row.started_at,
        };
        matches!(self, Self::Escalated | Self::BotConversations).then(|| counted(at, None, None))
    }

    fn of_closing<'r>(self, row: &'r ReportClosing, context: &CountContext) -> Option<Counted<'r>> {
        let fact = &row.fact;
        let is_by_person = match fact.reason {
            CloseReason::Done | CloseReason::Silent => true,
            CloseReason::Bot | CloseReason::Merged | CloseReason::Imported => false,
        };
        let came_back = came_back(fact, context.now);
        if self == Self::Reopened {
            let at = fact.reopened_at.into_iter().chain(fact.followed_at).min()?;
            let counted = counted(at, Some(at.since(fact.at)), fact.agent.as_ref());
            return (is_by_person && came_back == Some(true)).then_some(counted);
        }
        // Whether it came back is known sooner than that it did not: only what is old enough can be compared.
        let is_settled = context.now > fact.at.plus(STAYS_CLOSED);
        let counts = (self == Self::Closed && is_by_person)
            || (self == Self::ClosedRecently && is_by_person && came_back.is_none())
            || (self == Self::BotClosed && fact.bot_alone && is_settled)
            || (self == Self::BotStayed && fact.bot_alone && came_back == Some(false))
            || (self == Self::BotClosedRecently && fact.bot_alone && !is_settled);
        counts.then(|| counted(fact.at, None, fact.agent.as_ref()))
    }

    fn of_rating(self, row: &ReportRating) -> Option<Counted<'_>> {
        let RatingFact { agent, asked_at, rated, .. } = &row.fact;
        if self == Self::Rated {
            let rated = rated.as_ref()?;
            return Some(Counted { score: Some(rated.score), ..counted(rated.at, None, agent.as_ref()) });
        }
        // Whoever answers was reached, whatever WhatsApp said.
        let was_asked = !row.has_failed || rated.is_some();
        (self == Self::RatingAsked && was_asked).then(|| counted(*asked_at, None, agent.as_ref()))
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

const fn counted(at: Timestamp, value: Option<Span>, agent: Option<&AgentId>) -> Counted<'_> {
    Counted { at, value, agent, score: None }
}

fn by_clock(lasted: Lasted, clock: ReportClock) -> Option<Span> {
    match clock {
        ReportClock::Wall => Some(lasted.raw),
        ReportClock::Opening => lasted.open,
    }
}

fn replier(by: &Replier) -> Option<&AgentId> {
    match by {
        Replier::Agent(agent) => Some(agent),
        Replier::Phone => None,
    }
}

/// What decided a handoff's target: the reply, the end without one, or the time that has passed.
fn target(fact: &HandoffFact, now: Timestamp) -> Counted<'_> {
    let (at, agent) = match (&fact.first_reply, &fact.ended) {
        (Some(reply), _) => (reply.at, replier(&reply.by)),
        (None, Some(ended)) => (ended.at, ended.owner.as_ref()),
        (None, None) => (now, fact.claimed.as_ref().map(|(agent, _)| agent)),
    };
    counted(at, Some(at.since(fact.requested_at)), agent)
}

/// When nobody has to claim a handoff any more; `None` while it waits for that.
pub fn queue_end(fact: &HandoffFact) -> Option<Timestamp> {
    let claimed = fact.claimed.as_ref().map(|(_, at)| *at);
    let answered = fact.first_reply.as_ref().map(|reply| reply.at);
    let ended = fact.ended.as_ref().map(|ended| ended.at);
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
