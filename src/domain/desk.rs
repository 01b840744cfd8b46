//! The desk of one viewer: groups of rows, counts, and how live frames change them.
//!
//! Promise 8: a snapshot plus the frames after it equals a fresh snapshot. Frames carry resulting values, so a frame
//! that is applied twice, or is older than the current row, changes nothing.

mod filter;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use self::filter::{DateOf, Days, Filter};
pub use super::frame::{Changes, Frame, Item, ItemBody, ItemText, Line, Stopped, Tone, place_item};
use super::{
    handoff::TriggerKind,
    ids::{AgentId, ChannelId, ConversationId, MessageId, Seq},
    sla::Wait,
    time::Timestamp,
    variant_names::variant_names,
};

/// The group of a row, as one viewer sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    Waiting,
    Mine,
    /// Conversations of other agents. Filters, addresses and stored views name it `team`.
    #[serde(rename = "team")]
    Others,
    Bot,
    Closed,
}

variant_names!(Group {
    Waiting => "waiting",
    Mine => "mine",
    Others => "team",
    Bot => "bot",
    Closed => "closed",
});

impl Group {
    pub fn label(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting",
            Self::Mine => "Mine",
            Self::Others => "Team",
            Self::Bot => "Bot",
            Self::Closed => "Closed",
        }
    }
}

/// The state of a row, without the data that only the thread needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowState {
    Bot,
    Waiting,
    Claimed {
        agent: AgentId,
        name: String,
    },
    /// Staff reply from the WhatsApp Business app.
    Phone,
    Closed {
        at: Timestamp,
    },
}

/// One conversation in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub id: ConversationId,
    /// Increases with every change of the row: of two versions of a row, the higher one is newer.
    pub version: i64,
    pub name: String,
    /// The customer's number with `+`; `None` if WhatsApp keeps it private.
    pub phone: Option<String>,
    pub channel: ChannelId,
    pub channel_name: String,
    pub state: RowState,
    pub preview: String,
    /// The author of the last message; the page shows the viewer as "You".
    pub preview_by: PreviewBy,
    pub unread: i64,
    /// The trigger of the open or last handoff: its kind and its label.
    pub trigger: Option<(TriggerKind, String)>,
    /// The newest wait: the handoff's, or the one that began when its answered conversation was released.
    pub wait: Option<Wait>,
    /// The wait before that one, so that its lateness stays visible.
    #[serde(default)]
    pub earlier_wait: Option<Wait>,
    /// The owner, or the agent who claimed the handoff, so that a closed conversation is still found by its agent.
    #[serde(default)]
    pub claimed_by: Option<AgentId>,
    pub started_at: Timestamp,
    pub requested_at: Option<Timestamp>,
    /// When agents were last alerted, by the handoff or by a release.
    #[serde(default, rename = "called_at")]
    pub alerted_at: Option<Timestamp>,
    pub last_at: Timestamp,
    pub window_closes: Option<Timestamp>,
    /// The customer's newest turn; sent back when closing.
    pub last_turn: Option<MessageId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PreviewBy {
    Customer,
    Bot,
    Business,
    Agent { agent: AgentId, name: String },
}

impl Row {
    pub fn group(&self, viewer: &AgentId) -> Group {
        match &self.state {
            RowState::Bot => Group::Bot,
            RowState::Waiting => Group::Waiting,
            RowState::Claimed { agent, .. } if agent == viewer => Group::Mine,
            RowState::Claimed { .. } | RowState::Phone => Group::Others,
            RowState::Closed { .. } => Group::Closed,
        }
    }

    /// Sort key within the group, ascending. Waiting is oldest first, all other groups are newest first.
    pub fn key(&self) -> Key {
        let rank = match &self.state {
            RowState::Waiting => self.requested_at.unwrap_or(self.last_at).0,
            RowState::Closed { at } => -at.0,
            RowState::Bot | RowState::Claimed { .. } | RowState::Phone => -self.last_at.0,
        };
        Key { rank, id: self.id.clone() }
    }
}

/// A row's sort key in its group, also used as the cursor of a page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    pub rank: i64,
    pub id: ConversationId,
}

/// A count. `more` means that counting stopped at `n`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    pub n: i64,
    #[serde(default)]
    pub more: bool,
}

/// The tenant's counters, the same for every viewer; those of "mine" and "team" are derived.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub waiting: i64,
    pub bot: i64,
    pub closed: i64,
    pub phone: i64,
    /// Number of claimed conversations by agent; zeros are omitted.
    pub claimed: BTreeMap<AgentId, i64>,
}

impl Counts {
    pub fn of(&self, group: Group, viewer: &AgentId) -> i64 {
        let mine = self.claimed.get(viewer).copied().unwrap_or(0);
        match group {
            Group::Waiting => self.waiting,
            Group::Mine => mine,
            Group::Others => self.claimed.values().sum::<i64>() - mine + self.phone,
            Group::Bot => self.bot,
            Group::Closed => self.closed,
        }
    }
}

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
                insert(&mut range.rows, row.clone());
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
        let elsewhere = self.filter.status.is_some_and(|wanted| wanted != group);
        if !stays || elsewhere || self.is_below(group, row) {
            self.news.remove(&row.id);
            return;
        }
        // A filtered view only announces new matches, because only the server can count them.
        if self.filter.is_narrowing() && from.is_none() {
            if self.filter.may_find(row) {
                self.news.insert(row.id.clone());
            }
            return;
        }
        if let Some(range) = self.groups.get_mut(&group) {
            insert(&mut range.rows, row.clone());
        }
    }

    /// Whether the row belongs to the part of its group that is not loaded.
    fn is_below(&self, group: Group, row: &Row) -> bool {
        self.groups
            .get(&group)
            .is_none_or(|range| range.more && range.rows.last().is_none_or(|last| last.key() < row.key()))
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

fn insert(rows: &mut Vec<Row>, row: Row) {
    let at = rows.partition_point(|known| known.key() < row.key());
    rows.insert(at, row);
}

#[cfg(test)]
impl Row {
    /// A sample row that tests modify: Maria's first conversation, at the epoch.
    pub fn sample(id: &str, state: RowState) -> Self {
        Self {
            id: id.into(),
            version: 1,
            name: "Maria".into(),
            phone: None,
            channel: "chn_1".into(),
            channel_name: "Acme".into(),
            state,
            preview: "hi".into(),
            preview_by: PreviewBy::Customer,
            unread: 0,
            trigger: None,
            wait: None,
            earlier_wait: None,
            claimed_by: None,
            started_at: Timestamp(0),
            requested_at: None,
            alerted_at: None,
            last_at: Timestamp(0),
            window_closes: None,
            last_turn: None,
        }
    }
}

#[cfg(test)]
#[path = "desk_tests.rs"]
mod tests;
