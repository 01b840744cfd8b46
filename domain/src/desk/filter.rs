//! The desk's filter, and whether a row that changed live still matches it.

use serde::{Deserialize, Serialize};

use super::{Row, RowState, Status};
use crate::{
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
    /// The search text, matched against names and numbers.
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
    /// Whether any criterion except the status is set. Then counts are those of the filtered set, and new matches are
    /// announced instead of inserted.
    pub fn is_narrowing(&self) -> bool {
        self.from.is_some()
            || self.to.is_some()
            || self.agent.is_some()
            || self.channel.is_some()
            || self.search.is_some()
    }

    /// Whether a row that this view shows still matches it. Must agree with `store/tables/desk.rs`. The search is not
    /// checked again: the text it matched does not change.
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
        from && to
            && self.agent.as_ref().is_none_or(theirs)
            && self.channel.as_ref().is_none_or(|channel| *channel == row.channel)
    }

    /// Whether the search might match a row that this view does not show. True for text that is not ASCII: only the
    /// server can fold it, because the folding tables are too large for the page.
    pub fn may_find(&self, row: &Row) -> bool {
        let Some(search) = self.search.as_deref() else { return true };
        if !search.is_ascii() || !row.name.is_ascii() {
            return true;
        }
        let wanted = plain(search);
        let digits = wanted.replace(' ', "");
        let is_number = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
        let known = plain(&format!("{} {}", row.name, row.phone.as_deref().unwrap_or_default()));
        known.contains(&wanted) || (is_number && known.contains(&digits))
    }
}

/// Folds ASCII text like `text::folded`.
fn plain(text: &str) -> String {
    let lower = text.to_ascii_lowercase().replace('\'', "");
    let words: Vec<_> = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text;

    proptest! {
        #[test]
        fn plain_text_is_folded_as_the_server_does(words in "[ -~]{0,30}") {
            prop_assert_eq!(plain(&words), text::folded(&words));
        }
    }
}
