//! A row of the list, its group, its place in the group, and the counts of the groups.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    conversation::{EndingKind, Snooze, snooze::NO_END},
    delivery::Delivery,
    handoff::TriggerKind,
    ids::{AgentId, ChannelId, ConversationId, EndingId, MessageId},
    sla::Wait,
    thread_control::ThreadControl,
    time::Timestamp,
    variant_names::variant_names,
};

/// The group of a row, as one viewer sees it, in the order of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Mine, and the customer waits for a reply.
    ReplyNow,
    /// An agent is requested and none has it. Filters, addresses and stored views name it `waiting`.
    #[serde(rename = "waiting")]
    Unassigned,
    /// Mine, and the next message is the customer's.
    CustomersTurn,
    /// Mine, and put aside for a time.
    Snoozed,
    /// Conversations of other agents. Filters, addresses and stored views name it `team`.
    #[serde(rename = "team")]
    Others,
    Bot,
    Closed,
}

variant_names!(Group {
    ReplyNow => "reply_now",
    Unassigned => "waiting",
    CustomersTurn => "customers_turn",
    Snoozed => "snoozed",
    Others => "team",
    Bot => "bot",
    Closed => "closed",
});

impl Group {
    pub fn label(self) -> &'static str {
        match self {
            Self::ReplyNow => "Reply now",
            Self::Unassigned => "Unassigned",
            Self::CustomersTurn => "Customer's turn",
            Self::Snoozed => "Snoozed",
            Self::Others => "Others",
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
    /// How far the last message got, if the business sent it: a queued or failed one has not been received.
    #[serde(default)]
    pub last_delivery: Option<Delivery>,
    /// How many news the owner has not seen; without an owner, nobody has. 0 while the bot has the conversation.
    pub unread: i64,
    /// The trigger of the open or last handoff: its kind and its label.
    pub trigger: Option<(TriggerKind, String)>,
    /// The newest wait: the handoff's, or the one that began when its answered conversation was released.
    pub wait: Option<Wait>,
    /// The wait before that one, so that its lateness stays visible.
    #[serde(default)]
    pub earlier_wait: Option<Wait>,
    /// The running wait for a reply to the customer's first unanswered message.
    #[serde(default)]
    pub reply: Option<Wait>,
    /// The owner, or the agent who claimed the handoff, so that a closed conversation is still found by its agent.
    #[serde(default)]
    pub claimed_by: Option<AgentId>,
    pub started_at: Timestamp,
    pub requested_at: Option<Timestamp>,
    /// When agents were last alerted, by the handoff or by a release.
    #[serde(default, rename = "called_at")]
    pub alerted_at: Option<Timestamp>,
    /// The agent who released it last, who need not be alerted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released_by: Option<AgentId>,
    pub last_at: Timestamp,
    pub window_closes: Option<Timestamp>,
    /// The customer's newest message that the thread shows, of any kind; sent back when closing.
    pub last_turn: Option<MessageId>,
    /// Until when its owner has put it aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snooze: Option<Snooze>,
    /// A close or return to the bot that can still be undone. The row stays in its group until it takes effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ending: Option<EndingMark>,
    /// Who closed it; the business, if it was closed automatically. `None` while it is open, and if it was merged or
    /// imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_by: Option<PreviewBy>,
    /// The name of the outcome that was picked at the close.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Who answers the customer, if the number has several apps: its owner cannot write to the customer of another app.
    #[serde(default, skip_serializing_if = "ThreadControl::is_default")]
    pub control: ThreadControl,
}

/// The mark of a pending ending.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndingMark {
    /// Sent back to undo it.
    pub id: EndingId,
    pub kind: EndingKind,
    /// Who pressed, and the only one who can undo it.
    pub agent: AgentId,
    pub name: String,
    /// By the server's clock.
    pub due_at: Timestamp,
}

/// Who wrote the last message or closed a conversation.
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
            RowState::Waiting => Group::Unassigned,
            RowState::Claimed { agent, .. } if agent == viewer => match (self.snooze, self.reply) {
                (Some(_), _) => Group::Snoozed,
                (None, Some(_)) => Group::ReplyNow,
                (None, None) => Group::CustomersTurn,
            },
            RowState::Claimed { .. } | RowState::Phone => Group::Others,
            RowState::Closed { .. } => Group::Closed,
        }
    }

    /// Sort key within `group`, ascending: those who wait are sorted oldest first, what is snoozed by its end, all
    /// others newest first. It depends on the group, because a row that waits for its owner is one of many for a
    /// colleague. Must agree with `store/tables/conversations.rs`.
    pub fn key(&self, group: Group) -> Key {
        let rank = match group {
            Group::ReplyNow => self.reply.map_or(self.last_at, |wait| wait.since).0,
            Group::Unassigned => self.requested_at.unwrap_or(self.last_at).0,
            Group::Snoozed => self.snooze.map_or(NO_END, |snooze| snooze.rank()),
            Group::CustomersTurn | Group::Others | Group::Bot => -self.last_at.0,
            Group::Closed => match &self.state {
                RowState::Closed { at } => -at.0,
                RowState::Bot | RowState::Waiting | RowState::Claimed { .. } | RowState::Phone => -self.last_at.0,
            },
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

/// The tenant's counters, the same for every viewer; those of the viewer's groups and of the others are derived.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub waiting: i64,
    pub bot: i64,
    pub closed: i64,
    pub phone: i64,
    /// Number of claimed conversations by agent; zeros are omitted.
    pub claimed: BTreeMap<AgentId, i64>,
    /// Those of them in which the customer waits for a reply.
    #[serde(default)]
    pub reply_now: BTreeMap<AgentId, i64>,
    /// Those of them that are put aside.
    #[serde(default)]
    pub snoozed: BTreeMap<AgentId, i64>,
}

impl Counts {
    /// All conversations, in whatever group the viewer sees them.
    pub fn total(&self, viewer: &AgentId) -> i64 {
        Group::ALL.into_iter().map(|group| self.of(group, viewer)).sum()
    }

    pub fn of(&self, group: Group, viewer: &AgentId) -> i64 {
        let of = |counts: &BTreeMap<AgentId, i64>| counts.get(viewer).copied().unwrap_or(0);
        let (mine, reply_now, snoozed) = (of(&self.claimed), of(&self.reply_now), of(&self.snoozed));
        match group {
            Group::ReplyNow => reply_now,
            Group::Unassigned => self.waiting,
            Group::CustomersTurn => mine - reply_now - snoozed,
            Group::Snoozed => snoozed,
            Group::Others => self.claimed.values().sum::<i64>() - mine + self.phone,
            Group::Bot => self.bot,
            Group::Closed => self.closed,
        }
    }
}

impl Row {
    /// A sample row that tests modify: Maria's first conversation, at the epoch. Not behind `cfg(test)`, because the tests
    /// of the page are in another crate.
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
            last_delivery: None,
            unread: 0,
            trigger: None,
            wait: None,
            earlier_wait: None,
            reply: None,
            claimed_by: None,
            started_at: Timestamp(0),
            requested_at: None,
            alerted_at: None,
            released_by: None,
            last_at: Timestamp(0),
            window_closes: None,
            last_turn: None,
            snooze: None,
            ending: None,
            closed_by: None,
            outcome: None,
            control: ThreadControl::default(),
        }
    }
}
