//! A conversation's row, and its conversion to a conversation.

use std::collections::HashMap;

use sqlx::FromRow;

use super::super::{Result, RowId, Tx, counters::Bucket, handoffs, pending_endings};
use crate::domain::{
    conversation::{
        Conversation, Epoch, Owner, PendingEnding, ReplyClock, Snooze, SnoozeKind, State, UnattendedWait, WindowWait,
    },
    desk::PreviewBy,
    event::Actor,
    handoff::Handoff,
    ids::{AgentId, ConversationId, EndingId, HandoffId, MessageId, OutcomeId, TenantId},
    thread_control::ThreadControl,
    time::{Span, Timestamp},
    variant_names::variant_names,
    window::Window,
};

/// A conversation, and the columns of its row that lists use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationRow {
    pub conversation: Conversation,
    pub version: i64,
    pub requested_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    /// What was picked at the close.
    pub outcome: Option<OutcomeId>,
    pub last_at: Timestamp,
    pub preview: String,
    pub preview_by: PreviewKind,
    /// The message of the preview.
    pub preview_id: Option<MessageId>,
    /// The bucket in which it is counted; `None` before its first save.
    pub counted: Option<Bucket>,
    /// The pending ending that is stored, whatever has become of it since.
    pub stored_ending: Option<EndingId>,
    /// The snooze that is stored, likewise.
    pub stored_snooze: Option<Snooze>,
    /// The wait for its owner that is stored, likewise.
    pub stored_wait: Option<UnattendedWait>,
    /// The window in which the customer waits, likewise.
    pub stored_window_wait: Option<WindowWait>,
}

/// Author of the preview as stored: ids only, names are joined when reading.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum PreviewKind {
    Customer,
    Bot,
    Business,
    Agent { agent: AgentId },
}

impl PreviewKind {
    pub fn named(self, name: impl FnOnce(&AgentId) -> String) -> PreviewBy {
        match self {
            Self::Customer => PreviewBy::Customer,
            Self::Bot => PreviewBy::Bot,
            Self::Business => PreviewBy::Business,
            Self::Agent { agent } => {
                let name = name(&agent);
                PreviewBy::Agent { agent, name }
            }
        }
    }
}

#[derive(FromRow)]
pub(super) struct RawConversation {
    id: String,
    channel_id: String,
    customer_id: String,
    team_id: String,
    previous_id: Option<String>,
    version: i64,
    epoch: i64,
    stage: String,
    agent_id: Option<String>,
    agent_since: Option<i64>,
    handoff_id: Option<String>,
    started_at: i64,
    requested_at: Option<i64>,
    closed_at: Option<i64>,
    closed_by: Option<String>,
    close_reason: Option<String>,
    outcome_id: Option<String>,
    last_turn_at: Option<i64>,
    window_refused_at: Option<i64>,
    last_turn_id: Option<String>,
    last_item_id: Option<String>,
    unread: i64,
    last_at: i64,
    preview: String,
    preview_by: String,
    ending_id: Option<String>,
    preview_id: Option<String>,
    reply_since: Option<i64>,
    reply_target: Option<i64>,
    snooze: Option<String>,
    snoozed_until: Option<i64>,
    thread_control: Option<String>,
}

pub(super) const TABLE: &str = "conversations";

pub(super) const COLUMNS: &str = "id, channel_id, customer_id, team_id, previous_id, version, epoch, stage, agent_id, agent_since, \
     handoff_id, started_at, requested_at, closed_at, closed_by, close_reason, last_turn_at, window_refused_at, \
     last_turn_id, last_item_id, unread, last_at, preview, preview_by, ending_id, preview_id, \
     reply_since, reply_target, snooze, snoozed_until, outcome_id, thread_control";

/// The state of a conversation and, within state human, who has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Bot,
    Waiting,
    Claimed,
    Phone,
    Closed,
}

variant_names!(Stage {
    Bot => "bot",
    Waiting => "waiting",
    Claimed => "claimed",
    Phone => "phone",
    Closed => "closed",
});

impl Stage {
    pub fn of(state: &State) -> Self {
        match state {
            State::Bot => Self::Bot,
            State::Human { owner: Owner::Nobody, .. } => Self::Waiting,
            State::Human { owner: Owner::Agent { .. }, .. } => Self::Claimed,
            State::Human { owner: Owner::Phone, .. } => Self::Phone,
            State::Closed { .. } => Self::Closed,
        }
    }
}

/// The conversations of these rows, with what other tables hold about them. Each table is read once.
pub(super) async fn hydrate_all(
    tx: &mut Tx,
    tenant: &TenantId,
    rows: Vec<RawConversation>,
) -> Result<Vec<ConversationRow>> {
    let mut handoff_ids = Vec::new();
    let mut with_ending = Vec::new();
    for row in &rows {
        match RowId::new(TABLE, &row.id).variant::<Stage>("stage", &row.stage)? {
            Stage::Waiting | Stage::Claimed | Stage::Phone => {
                handoff_ids.extend(row.handoff_id.as_deref().map(HandoffId::from));
            }
            Stage::Bot | Stage::Closed => {}
        }
        if row.ending_id.is_some() {
            with_ending.push(ConversationId::from(row.id.as_str()));
        }
    }
    let mut related = RelatedRows {
        handoffs: handoffs::by_ids(tx, tenant, &handoff_ids).await?,
        endings: pending_endings::of_conversations(tx, tenant, &with_ending).await?,
    };
    rows.into_iter().map(|row| hydrate(row, &mut related)).collect()
}

/// What other tables hold about some conversations.
struct RelatedRows {
    handoffs: HashMap<HandoffId, Handoff>,
    endings: HashMap<ConversationId, PendingEnding>,
}

fn hydrate(row: RawConversation, related: &mut RelatedRows) -> Result<ConversationRow> {
    let this = RowId::new(TABLE, &row.id);
    let state = match this.variant::<Stage>("stage", &row.stage)? {
        Stage::Bot => State::Bot,
        Stage::Waiting => State::Human { handoff: related.handoff(&row)?, owner: Owner::Nobody },
        Stage::Phone => State::Human { handoff: related.handoff(&row)?, owner: Owner::Phone },
        Stage::Claimed => {
            let agent = this.present("agent_id", row.agent_id.clone())?.into();
            let since = Timestamp(this.present("agent_since", row.agent_since)?);
            State::Human { handoff: related.handoff(&row)?, owner: Owner::Agent { agent, since } }
        }
        Stage::Closed => State::Closed {
            at: Timestamp(this.present("closed_at", row.closed_at)?),
            by: this.json::<Actor>("closed_by", this.present("closed_by", row.closed_by.as_deref())?)?,
            reason: this.variant("close_reason", this.present("close_reason", row.close_reason.as_deref())?)?,
        },
    };
    let preview_by = this.json("preview_by", &row.preview_by)?;
    let ending = related.ending(&row)?;
    let reply_clock = reply_clock(row.reply_since, row.reply_target);
    let snooze = snooze(&this, row.snooze.as_deref(), row.snoozed_until)?;
    let control = control(this, row.thread_control.as_deref())?;
    let conversation = Conversation {
        id: row.id.into(),
        channel: row.channel_id.into(),
        customer: row.customer_id.into(),
        team: row.team_id.into(),
        previous: row.previous_id.map(Into::into),
        started_at: Timestamp(row.started_at),
        epoch: Epoch(row.epoch),
        window: Window { last_turn: row.last_turn_at.map(Timestamp), refused_at: row.window_refused_at.map(Timestamp) },
        last_turn: row.last_turn_id.map(Into::into),
        last_item: row.last_item_id.map(Into::into),
        unread: row.unread,
        reply_clock,
        snooze,
        state,
        ending,
        control,
    };
    Ok(ConversationRow {
        counted: Some(Bucket::of(&conversation)),
        stored_wait: conversation.unattended_wait(),
        stored_window_wait: conversation.window_wait(),
        conversation,
        version: row.version,
        requested_at: row.requested_at.map(Timestamp),
        closed_at: row.closed_at.map(Timestamp),
        outcome: row.outcome_id.map(Into::into),
        last_at: Timestamp(row.last_at),
        preview: row.preview,
        preview_by,
        preview_id: row.preview_id.map(Into::into),
        stored_ending: row.ending_id.map(Into::into),
        stored_snooze: snooze,
    })
}

impl RelatedRows {
    /// The open handoff of a conversation in state human.
    fn handoff(&mut self, row: &RawConversation) -> Result<Handoff> {
        let this = RowId::new(TABLE, &row.id);
        let id = this.present("handoff_id", row.handoff_id.as_deref())?;
        let found = self.handoffs.remove(&HandoffId::from(id));
        found.ok_or_else(|| this.unreadable("handoff_id", format!("there is no handoff {id}")))
    }

    /// The pending ending of a conversation that has one.
    fn ending(&mut self, row: &RawConversation) -> Result<Option<PendingEnding>> {
        let Some(id) = &row.ending_id else { return Ok(None) };
        let found = self.endings.remove(&ConversationId::from(row.id.as_str()));
        let found = found.filter(|found| found.id.as_str() == id);
        let missing = || RowId::new(TABLE, &row.id).unreadable("ending_id", format!("there is no pending ending {id}"));
        found.map(Some).ok_or_else(missing)
    }
}

/// The wait for a reply of a row, if one is running.
pub fn reply_clock(since: Option<i64>, target: Option<i64>) -> Option<ReplyClock> {
    since.zip(target).map(|(since, target)| ReplyClock { since: Timestamp(since), target: Span(target) })
}

/// Who answers the customer of a row.
pub fn control(row: RowId<'_>, stored: Option<&str>) -> Result<ThreadControl> {
    Ok(row.json_if("thread_control", stored)?.unwrap_or_default())
}

/// Until when a row is put aside.
pub fn snooze(row: &RowId<'_>, kind: Option<&str>, until: Option<i64>) -> Result<Option<Snooze>> {
    let kind = row.variant_if::<SnoozeKind>("snooze", kind)?;
    Ok(kind.map(|kind| Snooze { kind, until: until.map(Timestamp) }))
}
