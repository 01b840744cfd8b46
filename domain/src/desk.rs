//! The desk of one viewer: groups of rows, counts, and how live frames change them.
//!
//! Promise 8: a snapshot plus the frames after it equals a fresh snapshot. Frames carry resulting values, so a frame
//! that is applied twice, or is older than the current row, changes nothing.

mod filter;
pub(super) mod row;
mod status;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use self::{
    filter::{DateOf, Days, Filter},
    row::{Count, Counts, EndingMark, Group, Key, PreviewBy, Row, RowState},
    status::Status,
};
use super::ids::{AgentId, ConversationId, Seq};
pub use super::{
    frame::{CancelledEnding, Changes, Frame, Stopped},
    item::{Item, ItemBody, ItemText, Line, Tone, place_item},
};

/// The loaded part of one group: always its first rows, without gaps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    pub rows: Vec<Row>,
    /// Whether there are more rows below the last one.
    pub more: bool,
}

/// A viewer's desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desk {
    pub viewer: AgentId,
    pub filter: Filter,
    /// The filter's dates as instants.
    #[serde(default)]
    pub days: Days,
    /// The log position of this read: all entries up to it are included.
    pub seq: Seq,
    pub counts: Counts,
    /// The counts of the filtered set; `None` if no filter is active.
    pub filtered: Option<BTreeMap<Group, Count>>,
    pub groups: BTreeMap<Group, Range>,
    /// Rows that matched the filter after the view was read; the page announces them as "3 new".
    pub news: BTreeSet<ConversationId>,
}

impl Desk {
    pub fn row(&self, id: &ConversationId) -> Option<&Row> {
        self.groups.values().flat_map(|range| &range.rows).find(|row| row.id == *id)
    }

    /// The count shown in the group's heading.
    pub fn count(&self, group: Group) -> Count {
        match &self.filtered {
            Some(filtered) => filtered.get(&group).copied().unwrap_or_default(),
            None => Count { n: self.counts.of(group, &self.viewer), more: false },
        }
    }

    pub fn apply(&mut self, frame: &Frame) {
        let Frame::Changes(changes) = frame else { return };
        if changes.seq < self.seq {
            return;
        }
        self.seq = changes.seq;
        for id in &changes.removed {
            self.news.remove(id);
            if let Some(from) = self.take(id) {
                self.recount(from, None);
            }
        }
        for row in &changes.rows {
            self.upsert(row);
        }
        if let Some(counts) = &changes.counts {
            self.counts = counts.clone();
        }
    }

    /// Appends a further page of one group.
    pub fn extend(&mut self, group: Group, page: Range) {
        let viewer = self.viewer.clone();
        for row in &page.rows {
            let newer = self.row(&row.id).is_some_and(|known| known.version >= row.version);
            if !newer && row.group(&viewer) == group {
                self.take(&row.id);
                self.news.remove(&row.id);
                let range = self.groups.entry(group).or_default();
                insert(&mut range.rows, row.clone(), group);
            }
        }
        self.groups.entry(group).or_default().more = page.more;
    }

    fn upsert(&mut self, row: &Row) {
        if self.row(&row.id).is_some_and(|known| known.version > row.version) {
            return;
        }
        let group = row.group(&self.viewer);
        let from = self.take(&row.id);
        let stays = !self.filter.is_narrowing() || self.filter.keeps(self.days, row);
        if let Some(from) = from {
            self.recount(from, stays.then_some(group));
        }
        let elsewhere = self.filter.status.is_some_and(|wanted| !wanted.includes(group));
        if !stays || elsewhere || self.is_below(group, row) {
            self.news.remove(&row.id);
            return;
        }
        // A filtered view only announces new matches, because only the server can count them.
        if self.filter.is_narrowing() && from.is_none() {
            self.news.insert(row.id.clone());
            return;
        }
        if let Some(range) = self.groups.get_mut(&group) {
            insert(&mut range.rows, row.clone(), group);
        }
    }

    /// Whether the row belongs to the part of its group that is not loaded.
    fn is_below(&self, group: Group, row: &Row) -> bool {
        self.groups
            .get(&group)
            .is_none_or(|range| range.more && range.rows.last().is_none_or(|last| last.key(group) < row.key(group)))
    }

    /// Updates the counts after a shown row moved to another group, or out of the view.
    fn recount(&mut self, from: Group, to: Option<Group>) {
        let Some(filtered) = self.filtered.as_mut().filter(|_| to != Some(from)) else { return };
        // A count that stopped early stays as it is.
        if let Some(count) = filtered.get_mut(&from).filter(|count| !count.more) {
            count.n = (count.n - 1).max(0);
        }
        if let Some(count) = to.and_then(|to| filtered.get_mut(&to)).filter(|count| !count.more) {
            count.n += 1;
        }
    }

    /// Removes a row from the list and returns the group that contained it.
    fn take(&mut self, id: &ConversationId) -> Option<Group> {
        let mut from = None;
        for (group, range) in &mut self.groups {
            if let Some(at) = range.rows.iter().position(|row| row.id == *id) {
                range.rows.remove(at);
                from = Some(*group);
            }
        }
        from
    }
}

fn insert(rows: &mut Vec<Row>, row: Row, group: Group) {
    let at = rows.partition_point(|known| known.key(group) < row.key(group));
    rows.insert(at, row);
}

#[cfg(test)]
mod rules_tests;
#[cfg(test)]
#[path = "desk_tests.rs"]
mod tests;
