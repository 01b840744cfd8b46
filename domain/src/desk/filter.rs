//! The desk's filter, and whether a row that changed live still matches it.

use serde::{Deserialize, Serialize};

use super::{Row, RowState, Status};
use crate::{
    delivery::Delivery,
    handoff::TriggerKind,
    ids::{AgentId, ChannelId},
    time::Timestamp,
    variant_names::variant_names,
};

/// Which date a date range applies to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOf {
    #[default]
    Started,
    Requested,
    Closed,
}

variant_names!(DateOf {
    Started => "started",
    Requested => "requested",
    Closed => "closed",
});

/// The viewer's filter. It is stored in the page's query string, so a view can be bookmarked and shared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    pub status: Option<Status>,
    pub date_of: DateOf,
    /// `2026-11-22`, the first day shown, in the viewer's time zone.
    pub from: Option<String>,
    /// The last day shown.
    pub to: Option<String>,
    pub agent: Option<AgentId>,
    pub channel: Option<ChannelId>,
    /// What requested the agent, in the open or the last handoff.
    pub trigger: Option<TriggerKind>,
    /// Only conversations whose last message was not delivered.
    pub failed: bool,
    /// Only conversations whose customer waits for a person's reply.
    pub unanswered: bool,
    /// The search text, as it was typed. It narrows no group: results are a list of their own (`crate::search`).
    pub search: Option<String>,
}

/// The filter's days as instants. The server converts them, because pages have no time zone data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Days {
    pub from: Option<Timestamp>,
    /// Exclusive.
    pub to: Option<Timestamp>,
}

impl Filter {
    /// Whether any criterion except status and search is set. Then counts are those of the filtered set, and new matches
    /// are announced instead of inserted.
    pub fn is_narrowing(&self) -> bool {
        self.from.is_some()
            || self.to.is_some()
            || self.agent.is_some()
            || self.channel.is_some()
            || self.trigger.is_some()
            || self.failed
            || self.unanswered
    }

    /// Whether a row that this view shows still matches it. Must agree with `store/tables/desk/conditions.rs`.
    pub fn keeps(&self, days: Days, row: &Row) -> bool {
        let at = match (self.date_of, &row.state) {
            (DateOf::Started, _) => Some(row.started_at),
            (DateOf::Requested, _) => row.requested_at,
            (DateOf::Closed, RowState::Closed { at }) => Some(*at),
            (DateOf::Closed, _) => None,
        };
        let from = days.from.is_none_or(|from| at.is_some_and(|at| at >= from));
        let to = days.to.is_none_or(|to| at.is_some_and(|at| at < to));
        let theirs = |agent: &AgentId| match &row.state {
            RowState::Claimed { agent: owner, .. } => owner == agent,
            RowState::Closed { .. } => row.claimed_by.as_ref() == Some(agent),
            RowState::Bot | RowState::Waiting | RowState::Phone => false,
        };
        let is_of_kind = |kind: TriggerKind| row.trigger.as_ref().is_some_and(|(known, _)| *known == kind);
        from && to
            && self.agent.as_ref().is_none_or(theirs)
            && self.channel.as_ref().is_none_or(|channel| *channel == row.channel)
            && self.trigger.is_none_or(is_of_kind)
            && (!self.failed || row.last_delivery == Some(Delivery::Failed))
            && (!self.unanswered || row.reply.is_some())
    }
}
