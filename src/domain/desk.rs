//! What one viewer sees: groups of rows, counts, and how live frames change them.
//!
//! The law (invariant 8): a snapshot and the frames after it give what a fresh snapshot would. Frames carry resulting
//! values, so applying one twice is harmless, and a frame older than what is shown changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use super::frame::{Changes, Frame, Item, ItemBody, Line, Stopped, Tone, place_item};
use super::{
    ids::{AgentId, ChannelId, ConversationId, MessageId, Seq},
    sla::Wait,
    time::Timestamp,
};

/// Where a row stands for one viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    Waiting,
    Mine,
    Team,
    Bot,
    Closed,
}

impl Group {
    pub const ALL: [Group; 5] = [Self::Waiting, Self::Mine, Self::Team, Self::Bot, Self::Closed];

    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Mine => "mine",
            Self::Team => "team",
            Self::Bot => "bot",
            Self::Closed => "closed",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting",
            Self::Mine => "Mine",
            Self::Team => "Team",
            Self::Bot => "Bot",
            Self::Closed => "Closed",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.word() == word)
    }
}

/// The state of a row, without the data only the thread needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum RowState {
    Bot,
    Waiting,
    Claimed {
        agent: AgentId,
        name: String,
    },
    /// Somebody answers on the phone.
    Phone,
    Closed {
        at: Timestamp,
    },
}

/// One conversation in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub id: ConversationId,
    /// Changes with every change of the row: the newer of two rows wins.
    pub version: i64,
    pub name: String,
    /// The customer's number with `+`, or nothing if WhatsApp keeps it private.
    pub phone: Option<String>,
    pub channel: ChannelId,
    pub channel_name: String,
    pub state: RowState,
    pub preview: String,
    /// Who said the last line: "You" is the page's business.
    pub preview_by: PreviewBy,
    pub unread: i64,
    /// The open or last handoff's trigger: its kind, and a few words.
    pub trigger: Option<(String, String)>,
    pub wait: Option<Wait>,
    pub started_at: Timestamp,
    pub requested_at: Option<Timestamp>,
    pub last_at: Timestamp,
    pub window_closes: Option<Timestamp>,
    /// The customer's newest turn; sent back when closing.
    pub last_turn: Option<MessageId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
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
            RowState::Claimed { .. } | RowState::Phone => Group::Team,
            RowState::Closed { .. } => Group::Closed,
        }
    }

    /// Where it stands in its group: smaller is higher. Waiting is oldest first, everything else newest first.
    pub fn key(&self) -> Key {
        let rank = match &self.state {
            RowState::Waiting => self.requested_at.unwrap_or(self.last_at).0,
            RowState::Closed { at } => -at.0,
            RowState::Bot | RowState::Claimed { .. } | RowState::Phone => -self.last_at.0,
        };
        Key { rank, id: self.id.clone() }
    }
}

/// A row's place in its group, and the cursor of a page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    pub rank: i64,
    pub id: ConversationId,
}

/// How many there are. `more` says that counting stopped there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    pub n: i64,
    #[serde(default)]
    pub more: bool,
}

/// The tenant's counters, the same for every viewer; "mine" and "team" are derived.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub waiting: i64,
    pub bot: i64,
    pub closed: i64,
    pub phone: i64,
    /// Claimed conversations by agent; zero is left out.
    pub claimed: BTreeMap<AgentId, i64>,
}

impl Counts {
    pub fn of(&self, group: Group, viewer: &AgentId) -> i64 {
        let mine = self.claimed.get(viewer).copied().unwrap_or(0);
        match group {
            Group::Waiting => self.waiting,
            Group::Mine => mine,
            Group::Team => self.claimed.values().sum::<i64>() - mine + self.phone,
            Group::Bot => self.bot,
            Group::Closed => self.closed,
        }
    }
}

/// Which date a range is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOf {
    #[default]
    Started,
    Requested,
    Closed,
}

impl DateOf {
    pub const ALL: [DateOf; 3] = [Self::Started, Self::Requested, Self::Closed];

    pub fn word(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Requested => "requested",
            Self::Closed => "closed",
        }
    }
}

/// What the viewer asked to see. It is the page's query string, so a view can be bookmarked and shared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    pub status: Option<Group>,
    pub date_of: DateOf,
    /// `2026-11-22`, the first day shown, in the viewer's zone.
    pub from: Option<String>,
    /// The last day shown.
    pub to: Option<String>,
    pub agent: Option<AgentId>,
    pub channel: Option<ChannelId>,
    /// Words to look for in names and numbers.
    pub search: Option<String>,
}

impl Filter {
    /// Whether anything but the status narrows the view: then counts are the filtered set's, and live rows that
    /// appear are announced, not inserted.
    pub fn narrows(&self) -> bool {
        self.from.is_some()
            || self.to.is_some()
            || self.agent.is_some()
            || self.channel.is_some()
            || self.search.is_some()
    }
}

/// The loaded part of one group: always its top, without holes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    pub rows: Vec<Row>,
    /// There are more below the last row.
    pub more: bool,
}

/// A viewer's desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desk {
    pub viewer: AgentId,
    pub filter: Filter,
    /// Everything up to here is in it.
    pub seq: Seq,
    pub counts: Counts,
    /// The filtered set's counts; `None` when nothing narrows the view.
    pub filtered: Option<BTreeMap<Group, Count>>,
    pub groups: BTreeMap<Group, Range>,
    /// Rows that came into a narrowed view since it was read: "3 new".
    pub news: BTreeSet<ConversationId>,
}

impl Desk {
    pub fn row(&self, id: &ConversationId) -> Option<&Row> {
        self.groups.values().flat_map(|range| &range.rows).find(|row| row.id == *id)
    }

    /// What the group's heading says.
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
            self.take(id);
        }
        for row in &changes.rows {
            self.upsert(row);
        }
        if let Some(counts) = &changes.counts {
            self.counts = counts.clone();
        }
    }

    /// Adds a further page of one group below what is there.
    pub fn extend(&mut self, group: Group, page: Range) {
        let viewer = self.viewer.clone();
        for row in &page.rows {
            let newer = self.row(&row.id).is_some_and(|known| known.version >= row.version);
            if !newer && row.group(&viewer) == group {
                self.take(&row.id);
                let range = self.groups.entry(group).or_default();
                insert(&mut range.rows, row.clone());
            }
        }
        self.groups.entry(group).or_default().more = page.more;
    }

    fn upsert(&mut self, row: &Row) {
        let known = self.row(&row.id).map(|known| known.version);
        if known.is_some_and(|version| version > row.version) {
            return;
        }
        let group = row.group(&self.viewer);
        let was_shown = known.is_some();
        self.take(&row.id);
        // A narrowed view shows what it was asked for; what comes anew is announced, since only a fresh read can say
        // whether it belongs.
        if self.filter.narrows() && !was_shown {
            self.news.insert(row.id.clone());
            return;
        }
        if self.filter.status.is_some_and(|wanted| wanted != group) {
            return;
        }
        let Some(range) = self.groups.get_mut(&group) else { return };
        let below = range.rows.last().is_some_and(|last| last.key() < row.key());
        if range.more && (below || range.rows.is_empty()) {
            return;
        }
        insert(&mut range.rows, row.clone());
    }

    fn take(&mut self, id: &ConversationId) {
        for range in self.groups.values_mut() {
            range.rows.retain(|row| row.id != *id);
        }
    }
}

fn insert(rows: &mut Vec<Row>, row: Row) {
    let at = rows.partition_point(|known| known.key() < row.key());
    rows.insert(at, row);
}

#[cfg(test)]
#[path = "desk_tests.rs"]
mod tests;
