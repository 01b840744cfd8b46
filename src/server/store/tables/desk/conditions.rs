//! The conditions of the desk's queries: a tenant, a part of a group, a filter.

use super::super::{conversations::Stage, db::TENANT_BESIDE_IDS};
use crate::domain::{
    desk::{DateOf, Days, Group},
    handoff::TriggerKind,
    ids::{AgentId, ChannelId, TenantId},
    message::Delivery,
};

/// A filter whose days are converted to timestamps.
#[derive(Clone, Debug, Default)]
pub struct DeskScope {
    pub date_of: DateOf,
    pub days: Days,
    pub agent: Option<AgentId>,
    pub channel: Option<ChannelId>,
    pub trigger: Option<TriggerKind>,
    pub failed: bool,
    pub unanswered: bool,
}

impl DeskScope {
    /// Whether no row of `group` can match. Its index would be read to the end to find none.
    pub(super) fn excludes(&self, group: Group) -> bool {
        match group {
            // The bot's rows have neither a trigger nor a wait for a person's reply.
            Group::Bot => self.unanswered || self.trigger.is_some(),
            Group::CustomersTurn | Group::Closed => self.unanswered,
            Group::ReplyNow | Group::Unassigned | Group::Snoozed | Group::Others => false,
        }
    }
}

/// A value to bind into a composed statement.
pub(super) enum Bound {
    Text(String),
    Number(i64),
}

/// A list of conditions with their values, numbered from `$1`.
pub(super) struct Conditions {
    pub(super) sql: String,
    pub(super) values: Vec<Bound>,
}

impl Conditions {
    pub(super) fn of(tenant: &TenantId) -> Self {
        Self::with("tenant_id", tenant)
    }

    pub(super) fn beside_ids(tenant: &TenantId) -> Self {
        Self::with(TENANT_BESIDE_IDS, tenant)
    }

    fn with(column: &str, tenant: &TenantId) -> Self {
        Self { sql: format!(" WHERE c.{column} = $1"), values: vec![Bound::Text(tenant.as_str().to_owned())] }
    }

    /// Adds `AND condition`; `?` is replaced by the value's marker.
    pub(super) fn and(&mut self, condition: &str, value: Bound) {
        self.values.push(value);
        let marker = format!("${}", self.values.len());
        self.sql.push_str(" AND ");
        self.sql.push_str(&condition.replace('?', &marker));
    }

    /// Adds `AND condition`, which has no value.
    fn and_that(&mut self, condition: &str) {
        self.sql.push_str(" AND ");
        self.sql.push_str(condition);
    }

    /// Adds `AND column IN (values)`.
    pub(super) fn and_in<'a>(&mut self, column: &str, values: impl Iterator<Item = &'a str>) {
        let markers: Vec<String> = values
            .map(|value| {
                self.values.push(Bound::Text(value.to_owned()));
                format!("${}", self.values.len())
            })
            .collect();
        self.sql.push_str(&format!(" AND {column} IN ({})", markers.join(", ")));
    }

    /// Restricts to one part of a group.
    pub(super) fn part(&mut self, group: Group, part: Part, viewer: &AgentId) {
        let viewer = Bound::Text(viewer.as_str().to_owned());
        match part {
            Part::Own => {
                self.and("c.agent_id = ?", viewer);
                self.and("c.own_group = ?", Bound::Text(group.as_str().to_owned()));
            }
            Part::Stage(stage) => self.and("c.stage = ?", Bound::Text(stage.as_str().to_owned())),
            Part::OthersStage(stage) => {
                self.and("c.stage = ?", Bound::Text(stage.as_str().to_owned()));
                self.and("(c.agent_id IS NULL OR c.agent_id <> ?)", viewer);
            }
        }
    }

    pub(super) fn scope(&mut self, scope: &DeskScope) {
        let column = match scope.date_of {
            DateOf::Started => "c.started_at",
            DateOf::Requested => "c.requested_at",
            DateOf::Closed => "c.closed_at",
        };
        if let Some(from) = scope.days.from {
            self.and(&format!("{column} >= ?"), Bound::Number(from.0));
        }
        if let Some(to) = scope.days.to {
            self.and(&format!("{column} < ?"), Bound::Number(to.0));
        }
        if let Some(agent) = &scope.agent {
            // The current agent or, for closed conversations, the last one: they keep their handoff.
            let value = Bound::Text(agent.as_str().to_owned());
            self.and(
                "(c.agent_id = ? OR (c.stage = 'closed' AND EXISTS (SELECT 1 FROM handoffs w \
                 WHERE w.id = c.handoff_id AND w.claimed_by = ?)))",
                value,
            );
        }
        if let Some(channel) = &scope.channel {
            self.and("c.channel_id = ?", Bound::Text(channel.as_str().to_owned()));
        }
        if let Some(kind) = scope.trigger {
            // A conversation with the bot keeps its last handoff, and its row shows none.
            self.and("c.stage <> 'bot' AND c.trigger_kind = ?", Bound::Text(kind.as_str().to_owned()));
        }
        if scope.failed {
            self.and(
                "EXISTS (SELECT 1 FROM messages f WHERE f.id = c.preview_id AND f.delivery = ?)",
                Bound::Text(Delivery::Failed.as_str().to_owned()),
            );
        }
        if scope.unanswered {
            self.and_that("c.reply_since IS NOT NULL");
        }
    }
}

/// A part of a group that one index has in the group's order.
#[derive(Clone, Copy)]
pub(super) enum Part {
    /// Those that are the viewer's own.
    Own,
    Stage(Stage),
    /// Those that are not the viewer's.
    OthersStage(Stage),
}

impl Part {
    /// The column of the sort key.
    pub(super) fn rank(self) -> &'static str {
        match self {
            Self::Own => "c.own_rank",
            Self::Stage(_) | Self::OthersStage(_) => "c.rank",
        }
    }
}

/// The parts of a group. Each is queried by itself, because the index is ordered within one stage: for two stages at
/// once, all rows would be sorted for a page of thirty.
pub(super) fn parts(group: Group) -> &'static [Part] {
    match group {
        Group::ReplyNow | Group::CustomersTurn | Group::Snoozed => &[Part::Own],
        Group::Unassigned => &[Part::Stage(Stage::Waiting)],
        Group::Others => &[Part::OthersStage(Stage::Claimed), Part::OthersStage(Stage::Phone)],
        Group::Bot => &[Part::Stage(Stage::Bot)],
        Group::Closed => &[Part::Stage(Stage::Closed)],
    }
}
