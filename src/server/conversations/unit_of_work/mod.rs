//! One transaction: lock and load, decide, append, save, enqueue, advance the sequence, commit.
//!
//! Conversations are locked when needed and written once at the end. Entries, messages and outbox rows get their
//! sequence numbers when the tenant's row is locked, which is done last, so that sequence order is commit order on both
//! engines.

mod agent_message;
mod finish;
mod open;
mod prefetch;
mod records;
mod statuses_ahead;
mod write;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

use crate::{
    domain::{
        conversation::{Command, Conversation, Epoch, Goodbye, Refusal, State},
        event::{Actor, CloseReason, Event, NewIdentity},
        handoff::{Brief, HandoffEnd},
        ids::{ChannelId, ConversationId, CustomerId, EndingId, HandoffId, Seq, TeamId, TenantId, Wamid},
        message::Author,
        time::Timestamp,
    },
    server::{
        bus::Presence,
        clock::Entropy,
        store::{
            Tx,
            conversations::{self, ConversationRow, PreviewKind},
            customers::CustomerRow,
            facts::FactRow,
            flow_runs::FlowRunRow,
            jobs::JobRow,
            messages::MessageRow,
            notes::NewNote,
            tenants::Tenant,
        },
    },
};

use super::{ConversationError, Result, automation::Automatic, delivery::updates::show_as_preview};

pub use agent_message::AgentMessage;
pub use finish::{Finished, digest};
use prefetch::Prefetched;
use records::Records;

/// A transaction in progress.
pub struct UnitOfWork {
    pub tx: Tx,
    pub tenant: Tenant,
    pub now: Timestamp,
    pub entropy: Entropy,
    pub(in crate::server::conversations) presence: Presence,
    pub(in crate::server::conversations) conversations: BTreeMap<ConversationId, ConversationRow>,
    /// As the table holds them. What does not change is not saved: each save writes a dozen indexes.
    as_stored: BTreeMap<ConversationId, ConversationRow>,
    pub(in crate::server::conversations) prefetched: Prefetched,
    /// Locked before it was certain that something happens in them.
    locked_ahead: BTreeSet<ConversationId>,
    records: Records,
    /// Where flows are after this unit of work; `None`: they have ended.
    flow_runs: BTreeMap<ConversationId, Option<FlowRunRow>>,
    /// New customers and conversations that are not written yet.
    pub(in crate::server::conversations) new_customers: Vec<CustomerRow>,
    pub(in crate::server::conversations) new_conversations: BTreeSet<ConversationId>,
    /// Jobs that are not written yet.
    pub(in crate::server::conversations) jobs: Vec<JobRow>,
    team: Option<TeamId>,
    pub(in crate::server::conversations) pending: Vec<Pending>,
    pub(in crate::server::conversations) ended: Vec<(HandoffId, HandoffEnd)>,
    pub(in crate::server::conversations) bot_sends_to_cancel: Vec<ConversationId>,
    /// Summaries for the handoffs of this unit of work.
    pub(in crate::server::conversations) briefs: Vec<(HandoffId, Brief)>,
    /// Goodbyes of the endings that this unit of work schedules.
    pub(in crate::server::conversations) goodbyes: BTreeMap<EndingId, Goodbye>,
    pub(in crate::server::conversations) enqueued: Enqueued,
    /// Customers whose ids were replaced by a message of theirs, until an entry in their conversation says so.
    pub(in crate::server::conversations) replaced: Vec<(CustomerId, NewIdentity)>,
    pub(in crate::server::conversations) automatic: Automatic,
}

/// An entry without its sequence number yet, and what is written with it.
pub(in crate::server::conversations) struct Pending {
    pub(in crate::server::conversations) at: Timestamp,
    pub(in crate::server::conversations) actor: Actor,
    /// From where an admin acted. Agents' acts in conversations have none.
    pub(in crate::server::conversations) address: Option<IpAddr>,
    pub(in crate::server::conversations) conversation: Option<ConversationId>,
    pub(in crate::server::conversations) event: Event,
    pub(in crate::server::conversations) record: Option<MessageRow>,
    pub(in crate::server::conversations) fact: Option<FactRow>,
    pub(in crate::server::conversations) note: Option<NewNote>,
    /// The epoch of the bot's turn that enqueued it.
    pub(in crate::server::conversations) epoch: Option<Epoch>,
}

/// Which workers have work after the commit.
#[derive(Clone, Copy, Debug, Default)]
pub struct Enqueued {
    pub outbox: bool,
    pub marks: bool,
    pub turns: bool,
    pub calls: bool,
    pub models: bool,
    pub media: bool,
}

/// Result of a commit.
pub struct Done {
    pub reached: Option<(TenantId, Seq)>,
    pub enqueued: Enqueued,
}

impl UnitOfWork {
    pub(in crate::server::conversations) fn new(
        tx: Tx,
        tenant: Tenant,
        now: Timestamp,
        entropy: Entropy,
        presence: Presence,
    ) -> Self {
        Self {
            tx,
            tenant,
            now,
            entropy,
            presence,
            conversations: BTreeMap::new(),
            as_stored: BTreeMap::new(),
            prefetched: Prefetched::default(),
            locked_ahead: BTreeSet::new(),
            records: Records::default(),
            flow_runs: BTreeMap::new(),
            new_customers: Vec::new(),
            new_conversations: BTreeSet::new(),
            jobs: Vec::new(),
            team: None,
            pending: Vec::new(),
            ended: Vec::new(),
            bot_sends_to_cancel: Vec::new(),
            briefs: Vec::new(),
            goodbyes: BTreeMap::new(),
            enqueued: Enqueued::default(),
            replaced: Vec::new(),
            automatic: Automatic::default(),
        }
    }

    pub fn tenant_id(&self) -> TenantId {
        self.tenant.id.clone()
    }

    /// Locks a conversation until the commit. One of another tenant is not found.
    pub async fn lock(&mut self, id: &ConversationId) -> Result<&ConversationRow> {
        if !self.conversations.contains_key(id) {
            let tenant = self.tenant.id.clone();
            let stored = conversations::lock(&mut self.tx, &tenant, id).await?.ok_or(ConversationError::NotFound)?;
            self.remember_locked(stored);
        }
        self.conversations.get(id).ok_or(ConversationError::NotFound)
    }

    fn remember_locked(&mut self, locked: ConversationRow) {
        let id = locked.conversation.id.clone();
        self.as_stored.insert(id.clone(), locked.clone());
        self.conversations.insert(id, locked);
    }

    /// The state of a conversation that was locked or begun in this unit of work.
    pub fn get(&self, id: &ConversationId) -> Option<&Conversation> {
        self.conversations.get(id).map(|stored| &stored.conversation)
    }

    /// Decides a command on a locked conversation and applies its events. `record` is the message of the command; it
    /// gets its sequence number with its entry.
    pub fn run(
        &mut self,
        id: &ConversationId,
        actor: Actor,
        command: &Command,
        record: Option<MessageRow>,
    ) -> Result<Vec<Event>> {
        let stored = self.conversations.get_mut(id).ok_or(ConversationError::NotFound)?;
        let before = stored.conversation.clone();
        let events = before.decide(command, self.now)?;
        let mut record = record;
        for event in &events {
            stored.conversation = stored.conversation.clone().apply(event, &actor, self.now);
            if matches!(event, Event::HandedOff { .. } | Event::Reopened { .. }) {
                stored.requested_at = Some(self.now);
            }
            if matches!(event, Event::Reopened { .. }) {
                (stored.closed_at, stored.outcome) = (None, None);
            }
            if let Event::Closed { outcome, .. } = event {
                (stored.closed_at, stored.outcome) = (Some(self.now), outcome.clone());
            }
            self.ended.extend(event.ended_handoff().map(|(handoff, end)| (handoff.clone(), end)));
            let carries = matches!(event, Event::CustomerWrote { .. } | Event::Queued { .. } | Event::Echoed { .. });
            let record = if carries { record.take() } else { None };
            self.automatic.count(&before.customer, record.as_ref());
            // Notices that nobody typed do not become the preview, so that agents see the customer's last message.
            if let Some(record) = &record
                && !record.hidden
                && record.author != Author::System
            {
                show_as_preview(stored, record);
                stored.last_at = stored.last_at.max(record.at);
            }
            let epoch = command.sending_turn();
            self.pending.push(Pending {
                at: self.now,
                actor: actor.clone(),
                address: None,
                conversation: Some(id.clone()),
                event: event.clone(),
                record,
                fact: None,
                note: None,
                epoch,
            });
        }
        if before.state == State::Bot && stored.conversation.epoch != before.epoch {
            self.bot_sends_to_cancel.push(id.clone());
        }
        Ok(events)
    }

    /// As [`Self::run`], for commands whose refusal is an expected result.
    pub fn try_run(
        &mut self,
        id: &ConversationId,
        actor: Actor,
        command: &Command,
        record: Option<MessageRow>,
    ) -> Result<std::result::Result<Vec<Event>, Refusal>> {
        match self.run(id, actor, command, record) {
            Ok(events) => Ok(Ok(events)),
            Err(ConversationError::Refused(refusal)) => Ok(Err(refusal)),
            Err(other) => Err(other),
        }
    }

    /// Appends an entry without a command, after the cancellation of the ending that it cancels.
    pub fn append(&mut self, conversation: Option<&ConversationId>, actor: Actor, event: Event) {
        let it = conversation.and_then(|id| self.get(id));
        if let Some(cancelled) = it.and_then(|it| it.cancellation(&event, &actor)) {
            self.append_entry(conversation, actor.clone(), cancelled);
        }
        self.append_entry(conversation, actor, event);
    }

    fn append_entry(&mut self, conversation: Option<&ConversationId>, actor: Actor, event: Event) {
        if let Some(stored) = conversation.and_then(|id| self.conversations.get_mut(id)) {
            stored.conversation = stored.conversation.clone().apply(&event, &actor, self.now);
        }
        self.pending.push(Pending {
            at: self.now,
            actor,
            address: None,
            conversation: conversation.cloned(),
            event,
            record: None,
            fact: None,
            note: None,
            epoch: None,
        });
    }

    /// A message of this unit of work that is not written yet.
    pub(in crate::server::conversations) fn pending_record(
        &mut self,
        channel: &ChannelId,
        wamid: &Wamid,
    ) -> Option<&mut MessageRow> {
        self.pending
            .iter_mut()
            .filter_map(|pending| pending.record.as_mut())
            .find(|record| record.channel == *channel && record.wamid.as_ref() == Some(wamid))
    }

    /// The messages of this unit of work that are not written yet, in order.
    pub(in crate::server::conversations) fn pending_records(&self) -> impl Iterator<Item = &MessageRow> {
        self.pending.iter().filter_map(|pending| pending.record.as_ref())
    }

    /// Writes one conversation before the end, because an index must see it.
    pub(in crate::server::conversations) async fn save_now(&mut self, id: &ConversationId) -> Result<()> {
        self.write_new().await?;
        if let Some(stored) = self.conversations.get(id) {
            conversations::save(&mut self.tx, &self.tenant.id, stored).await?;
            self.as_stored.insert(id.clone(), stored.clone());
        }
        Ok(())
    }

    /// Sets the preview in the list, for a change of the last message's content.
    pub fn set_preview(&mut self, id: &ConversationId, preview: String) {
        if let Some(stored) = self.conversations.get_mut(id) {
            stored.preview = preview;
        }
    }

    /// Archives an imported conversation without a close by an agent.
    pub fn archive(&mut self, id: &ConversationId) {
        if let Some(stored) = self.conversations.get_mut(id) {
            stored.closed_at = Some(self.now);
        }
        let handoff = self.get(id).and_then(|it| it.handoff().map(|handoff| handoff.id.clone()));
        self.append(Some(id), Actor::System, Event::Closed { reason: CloseReason::Imported, handoff, outcome: None });
    }
}

pub(in crate::server::conversations) fn preview_kind(author: &Author) -> PreviewKind {
    match author {
        Author::Customer => PreviewKind::Customer,
        Author::Bot => PreviewKind::Bot,
        Author::Agent(agent) => PreviewKind::Agent { agent: agent.clone() },
        Author::System | Author::Phone | Author::Partner => PreviewKind::Business,
    }
}
