//! The end of a unit of work: save, sequence, log, enqueue, commit. Nothing is published before the commit.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

use crate::{
    domain::{
        conversation::Epoch,
        event::{Actor, Entry, Event},
        ids::{ConversationId, Seq},
        message::{Author, Content, Delivery, outgoing::OutgoingMessage},
    },
    server::store::{
        conversations::{self, ConversationRow},
        counters::{self, Bucket},
        customers, entries, facts, flow_runs, handoffs,
        jobs::{self, JobKind},
        messages::{self, MessageRow},
        notes::{self, NewNote},
        outbox::{self, OutboxRow, OutboxState, Sender},
        pending_endings, tenants,
    },
};

use super::{Done, UnitOfWork};
use crate::server::conversations::Result;

/// The result of a change: to be committed, or without an effect.
pub enum Finished<T> {
    Commit(Box<UnitOfWork>, T),
    /// Nothing is written.
    Discard(T),
}

impl UnitOfWork {
    /// The change is to be committed. Never an error; it returns `Result` because it is the last expression of a
    /// closure for [`Conversations::transact`](crate::server::conversations::Conversations::transact).
    pub fn done(self) -> Result<Finished<()>> {
        self.done_with(())
    }

    /// As [`Self::done`], with a result value.
    pub fn done_with<T>(self, value: T) -> Result<Finished<T>> {
        Ok(Finished::Commit(Box::new(self), value))
    }

    /// Nothing changed: locks are released and nothing is written.
    pub fn discard<T>(self, value: T) -> Result<Finished<T>> {
        Ok(Finished::Discard(value))
    }

    /// Writes everything and commits.
    pub(in crate::server::conversations) async fn finish(mut self) -> Result<Done> {
        self.follow_scheduled().await?;
        self.hold_new_owners().await?;
        self.write_deliveries().await?;
        self.cancel_bot_sends().await?;
        let new_conversations = self.new_conversations.clone();
        self.write_new().await?;
        self.save_endings().await?;
        self.save_snoozes().await?;
        self.save_automation().await?;
        self.save_flow_runs().await?;
        self.enqueue_unattended()?;
        self.save_window_waits().await?;
        self.enqueue_control().await?;
        self.forget_needless_locks();
        let tenant = self.tenant.id.clone();
        let mut deltas: BTreeMap<Bucket, i64> = BTreeMap::new();
        let is_changed = |(id, stored): &(&ConversationId, &ConversationRow)| {
            !new_conversations.contains(*id) && self.as_stored.get(*id) != Some(*stored)
        };
        let changed: Vec<&ConversationRow> =
            self.conversations.iter().filter(is_changed).map(|(_, stored)| stored).collect();
        conversations::save_all(&mut self.tx, &tenant, &changed).await?;
        let all = self.conversations.values().map(|stored| &stored.conversation);
        let requested: Vec<_> = all.filter_map(|it| Some((&it.id, it.handoff()?))).collect();
        handoffs::save_all(&mut self.tx, &tenant, &requested).await?;
        for stored in self.conversations.values() {
            let it = &stored.conversation;
            let bucket = Bucket::of(it);
            if stored.counted.as_ref() != Some(&bucket) {
                if let Some(counted) = &stored.counted {
                    *deltas.entry(counted.clone()).or_default() -= 1;
                }
                *deltas.entry(bucket).or_default() += 1;
            }
        }
        for (handoff, brief) in &self.briefs {
            handoffs::describe(&mut self.tx, &tenant, handoff, brief).await?;
        }
        for (handoff, reason) in &self.ended {
            handoffs::end(&mut self.tx, &tenant, handoff, self.now, *reason).await?;
        }
        jobs::insert(&mut self.tx, &self.jobs, self.now).await?;
        if self.pending.is_empty() {
            self.tx.commit().await?;
            return Ok(Done { reached: None, enqueued: self.enqueued });
        }
        let first = tenants::advance(&mut self.tx, &tenant, self.pending.len()).await?;
        counters::add(&mut self.tx, &tenant, &deltas).await?;
        let mut log = Vec::with_capacity(self.pending.len());
        let mut records = Vec::new();
        let mut outbox_rows = Vec::new();
        let mut new_facts = Vec::new();
        let mut new_notes = Vec::new();
        let mut addresses: BTreeMap<IpAddr, Vec<Seq>> = BTreeMap::new();
        let mut seq = first;
        for pending in std::mem::take(&mut self.pending) {
            if let Some(mut record) = pending.record {
                record.seq = seq;
                if matches!(pending.event, Event::Queued { .. }) || is_reaction(&record) {
                    outbox_rows.extend(self.pieces(&record, pending.epoch));
                }
                records.push(record);
            }
            if let (Some(mut fact), Some(conversation)) = (pending.fact, &pending.conversation) {
                fact.at_seq(seq);
                new_facts.push((conversation.clone(), fact));
            }
            if let Some(note) = pending.note {
                new_notes.push(NewNote { seq, ..note });
            }
            if let Some(address) = pending.address {
                addresses.entry(address).or_default().push(seq);
            }
            log.push(Entry {
                seq,
                at: pending.at,
                actor: pending.actor,
                conversation: pending.conversation,
                event: pending.event,
            });
            seq = Seq(seq.0 + 1);
        }
        messages::insert(&mut self.tx, &tenant, &records).await?;
        facts::insert(&mut self.tx, &tenant, &new_facts).await?;
        for note in &new_notes {
            notes::insert(&mut self.tx, &tenant, note).await?;
        }
        outbox::insert(&mut self.tx, &outbox_rows).await?;
        self.enqueued.outbox |= !outbox_rows.is_empty();
        entries::append(&mut self.tx, &tenant, &log).await?;
        for (address, seqs) in &addresses {
            entries::keep_address(&mut self.tx, &tenant, seqs, *address).await?;
        }
        self.tx.commit().await?;
        Ok(Done { reached: Some((tenant, Seq(seq.0 - 1))), enqueued: self.enqueued })
    }

    /// Conversations that were locked ahead, and in which nothing has happened, keep their version: a change of it without
    /// an entry would not reach the pages.
    fn forget_needless_locks(&mut self) {
        let told: BTreeSet<&ConversationId> =
            self.pending.iter().filter_map(|pending| pending.conversation.as_ref()).collect();
        for id in self.locked_ahead.iter().filter(|id| !told.contains(*id)) {
            if let Some(stored) = self.conversations.get_mut(id) {
                stored.version -= 1;
            }
        }
    }

    /// Writes where flows are, and ends those that are over.
    async fn save_flow_runs(&mut self) -> Result<()> {
        let runs = std::mem::take(&mut self.flow_runs);
        let (mut moved, mut ended) = (Vec::new(), Vec::new());
        for (id, run) in &runs {
            match run {
                Some(run) => moved.push((id, run)),
                None => ended.push(id),
            }
        }
        flow_runs::save_all(&mut self.tx, &self.tenant.id, &moved).await?;
        Ok(flow_runs::remove_all(&mut self.tx, &self.tenant.id, &ended).await?)
    }

    /// Writes the endings that were scheduled, each with its job, and removes those that are over.
    async fn save_endings(&mut self) -> Result<()> {
        let tenant = self.tenant.id.clone();
        let has_changed = |stored: &&ConversationRow| {
            stored.stored_ending.as_ref() != stored.conversation.ending.as_ref().map(|ending| &ending.id)
        };
        let changed: Vec<ConversationRow> = self.conversations.values().filter(has_changed).cloned().collect();
        for stored in changed {
            let id = &stored.conversation.id;
            if stored.stored_ending.is_some() {
                pending_endings::remove(&mut self.tx, &tenant, id).await?;
                jobs::drop_all(&mut self.tx, JobKind::Ending, id.as_str()).await?;
                jobs::resume_bot(&mut self.tx, &tenant, id.as_str(), self.now).await?;
                self.wake_bot();
            }
            if let Some(ending) = &stored.conversation.ending {
                let goodbye = self.goodbyes.remove(&ending.id).unwrap_or_default();
                pending_endings::insert(&mut self.tx, &tenant, id, ending, &goodbye).await?;
                self.enqueue(JobKind::Ending, id.as_str(), ending.id.as_str().to_owned(), ending.due_at);
            }
        }
        Ok(())
    }

    /// Removes the jobs of snoozes that are over or were replaced, and enqueues those of new ones.
    async fn save_snoozes(&mut self) -> Result<()> {
        let has_changed = |stored: &&ConversationRow| stored.stored_snooze != stored.conversation.snooze;
        let of = |stored: &ConversationRow| {
            (stored.conversation.id.clone(), stored.stored_snooze, stored.conversation.snooze)
        };
        let changed: Vec<_> = self.conversations.values().filter(has_changed).map(of).collect();
        for (id, was, now) in changed {
            if was.is_some_and(|snooze| snooze.until.is_some()) {
                jobs::drop_all(&mut self.tx, JobKind::Snooze, id.as_str()).await?;
            }
            if let Some(until) = now.and_then(|snooze| snooze.until) {
                self.enqueue(JobKind::Snooze, id.as_str(), until.0.to_string(), until);
            }
        }
        Ok(())
    }

    /// Writes new customers and conversations, before another table refers to them or they are queried.
    pub(in crate::server::conversations) async fn write_new(&mut self) -> Result<()> {
        let new_customers = std::mem::take(&mut self.new_customers);
        customers::insert(&mut self.tx, &self.tenant.id, &new_customers).await?;
        let new_conversations = std::mem::take(&mut self.new_conversations);
        let new_conversations: Vec<&ConversationRow> =
            new_conversations.iter().filter_map(|id| self.conversations.get(id)).collect();
        conversations::insert(&mut self.tx, &self.tenant.id, &new_conversations).await?;
        Ok(())
    }

    /// The outbox rows of a message: one, or several if it is longer than WhatsApp allows.
    pub(in crate::server::conversations) fn pieces(&self, record: &MessageRow, epoch: Option<Epoch>) -> Vec<OutboxRow> {
        let author = match &record.author {
            Author::Bot => Sender::Bot,
            Author::Agent(_) => Sender::Agent,
            Author::System | Author::Customer | Author::Phone | Author::Partner => Sender::System,
        };
        let calls = record.content.calls().into_iter().enumerate();
        calls
            .map(|(piece, call)| OutboxRow {
                id: self.entropy.id(self.now),
                tenant_id: self.tenant.id.clone(),
                channel_id: record.channel.clone(),
                conversation_id: record.conversation.clone(),
                message_id: record.id.clone(),
                ord: outbox::order(record.seq, piece),
                author,
                epoch: epoch.map(|epoch| epoch.0),
                body: match call {
                    OutgoingMessage::Text { text } => text,
                    OutgoingMessage::Media { .. }
                    | OutgoingMessage::Interactive(_)
                    | OutgoingMessage::Template(_)
                    | OutgoingMessage::Location { .. }
                    | OutgoingMessage::Contacts { .. }
                    | OutgoingMessage::Reaction { .. } => String::new(),
                },
                state: OutboxState::Queued,
                due_at: self.now.0,
                attempts: 0,
                created_at: self.now.0,
            })
            .collect()
    }

    /// Cancels the bot's unsent messages in the transaction in which an agent takes over (promise 3).
    async fn cancel_bot_sends(&mut self) -> Result<()> {
        let tenant = self.tenant.id.clone();
        for id in std::mem::take(&mut self.bot_sends_to_cancel) {
            let mut cancelled = outbox::cancel_bot(&mut self.tx, &tenant, &id).await?;
            cancelled.dedup();
            for message in &cancelled {
                if let Some(mut record) = messages::find(&mut self.tx, &tenant, message).await?
                    && record.delivery == Some(Delivery::Queued)
                {
                    record.delivery = Some(Delivery::Cancelled);
                    messages::save(&mut self.tx, &tenant, &record).await?;
                    let event = Event::Delivered {
                        message: message.clone(),
                        status: Delivery::Cancelled,
                        code: None,
                        pricing: None,
                    };
                    self.append(Some(&id), Actor::System, event);
                }
            }
            if !cancelled.is_empty() {
                let messages = i64::try_from(cancelled.len()).unwrap_or(i64::MAX);
                self.append(Some(&id), Actor::System, Event::BotSilenced { messages });
            }
        }
        Ok(())
    }
}

/// Whether the message carries a reaction of an agent, whose entry is about the customer's message.
fn is_reaction(record: &MessageRow) -> bool {
    matches!(record.content, Content::Reaction { .. }) && record.delivery == Some(Delivery::Queued)
}

/// A salted digest of content. It proves later what was said without storing it.
pub fn digest(salt: &str, content: &Content) -> String {
    use sha2::{Digest, Sha256};
    let mut hasher = Sha256::new();
    hasher.update(salt.as_bytes());
    // Content that cannot be serialised cannot be stored either, so the default is never used.
    hasher.update(serde_json::to_vec(content).unwrap_or_default());
    hex::encode(&hasher.finalize()[..16])
}
