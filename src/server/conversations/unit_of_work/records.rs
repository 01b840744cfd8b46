//! Messages that a unit of work sends or whose statuses it applies: each is read once, and what changes of their delivery
//! is written at the end, in one statement.
//!
//! Only Meta's id, the delivery and its fault wait for the end; content is saved at once, because the search index follows
//! it. A query that depends on deliveries is preceded by [`UnitOfWork::write_deliveries`].

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::{
    domain::ids::{ChannelId, MessageId, Wamid},
    server::{
        conversations::{Result, UnitOfWork},
        store::{
            messages::{self, MessageRow},
            outbox, pending_updates,
        },
    },
};

/// What is known of messages. A key that is in no map was not queried.
#[derive(Default)]
pub(super) struct Records {
    known: HashMap<MessageId, MessageRow>,
    /// By Meta's id. `None`: no message has it.
    wamids: HashMap<ChannelId, HashMap<Wamid, Option<MessageId>>>,
    /// Whether ids of Meta's are those of processed items or of attempts that were repeated since.
    marked: HashMap<ChannelId, HashMap<Wamid, bool>>,
    /// Messages whose delivery is not written yet.
    changed: BTreeSet<MessageId>,
    /// Messages without a row of the outbox that a status may change.
    settled: HashSet<MessageId>,
    /// Whether all rows of a message are finished.
    all_out: HashMap<MessageId, bool>,
}

impl Records {
    pub(super) fn remember(&mut self, record: MessageRow) {
        if let Some(wamid) = &record.wamid {
            let known = self.wamids.entry(record.channel.clone()).or_default();
            known.insert(wamid.clone(), Some(record.id.clone()));
        }
        self.known.insert(record.id.clone(), record);
    }

    /// Records that no message had these ids of Meta's when they were looked up, and which of them are marked.
    pub(super) fn set_unknown(&mut self, unknown: &BTreeSet<(ChannelId, Wamid)>, marked: &HashSet<(ChannelId, Wamid)>) {
        for of_number in unknown {
            let (channel, wamid) = of_number;
            let known = self.wamids.entry(channel.clone()).or_default();
            known.entry(wamid.clone()).or_insert(None);
            let marks = self.marked.entry(channel.clone()).or_default();
            marks.insert(wamid.clone(), marked.contains(of_number));
        }
    }

    /// Forgets the messages of a conversation that was not locked when they were read, what is known about an id of Meta's
    /// that named one of them, and which ids were marked.
    fn forget(&mut self, record: &MessageRow, wamid: &Wamid) {
        self.known.retain(|_, known| known.conversation != record.conversation);
        if let Some(known) = self.wamids.get_mut(&record.channel) {
            known.retain(|known, of| known != wamid && of.as_ref() != Some(&record.id));
        }
        self.marked.remove(&record.channel);
    }

    /// Records that no row of the outbox of this message awaits a status.
    pub(super) fn set_settled(&mut self, message: MessageId) {
        self.settled.insert(message);
    }
}

impl UnitOfWork {
    /// A stored message, as this unit of work has changed it.
    pub(in crate::server::conversations) async fn stored_record(
        &mut self,
        id: &MessageId,
    ) -> Result<Option<MessageRow>> {
        if let Some(known) = self.records.known.get(id) {
            return Ok(Some(known.clone()));
        }
        let tenant = self.tenant_id();
        Ok(messages::find(&mut self.tx, &tenant, id).await?)
    }

    /// As [`Self::stored_record`], by Meta's id.
    pub(in crate::server::conversations) async fn stored_by_wamid(
        &mut self,
        channel: &ChannelId,
        wamid: &Wamid,
    ) -> Result<Option<MessageRow>> {
        let found = match self.records.wamids.get(channel).and_then(|known| known.get(wamid)) {
            Some(None) => return Ok(None),
            Some(Some(id)) => {
                let id = id.clone();
                self.stored_record(&id).await?
            }
            None => {
                let tenant = self.tenant_id();
                let found = messages::by_wamid(&mut self.tx, &tenant, channel, wamid).await?;
                found.map(|found| self.records.known.get(&found.id).cloned().unwrap_or(found))
            }
        };
        // A message that is sent once more has another id since.
        Ok(found.filter(|found| found.wamid.as_ref() == Some(wamid)))
    }

    /// Locks the conversation of a message that `wamid` is about, so that nobody else changes the message until the commit.
    /// Returns `true` if it was not locked yet: what was read of its messages before may be outdated, and is forgotten.
    pub(in crate::server::conversations) async fn lock_of_record(
        &mut self,
        record: &MessageRow,
        wamid: &Wamid,
    ) -> Result<bool> {
        if self.conversations.contains_key(&record.conversation) {
            return Ok(false);
        }
        self.lock_ahead(BTreeSet::from([record.conversation.clone()])).await?;
        self.records.forget(record, wamid);
        Ok(true)
    }

    /// Whether Meta's id is that of a processed item, or of an attempt that failed and was repeated since.
    pub(in crate::server::conversations) async fn is_marked(
        &mut self,
        channel: &ChannelId,
        wamid: &Wamid,
    ) -> Result<bool> {
        if let Some(known) = self.records.marked.get(channel).and_then(|marks| marks.get(wamid)) {
            return Ok(*known);
        }
        Ok(pending_updates::is_marked(&mut self.tx, channel, wamid).await?)
    }

    /// Stores the id of an item that creates no message. Returns `false` if it was stored before.
    pub(in crate::server::conversations) async fn mark_processed(
        &mut self,
        channel: &ChannelId,
        wamid: &Wamid,
    ) -> Result<bool> {
        let is_new = pending_updates::mark(&mut self.tx, channel, wamid, self.now).await?;
        if let Some(mark) = self.records.marked.get_mut(channel).and_then(|marks| marks.get_mut(wamid)) {
            *mark = true;
        }
        Ok(is_new)
    }

    /// Changes Meta's id, the delivery and the fault of a stored message. They are written at the end.
    pub(in crate::server::conversations) fn change_delivery(&mut self, record: MessageRow) {
        self.records.changed.insert(record.id.clone());
        self.records.remember(record);
    }

    /// Saves a stored message at once.
    pub(in crate::server::conversations) async fn save_record(&mut self, record: &MessageRow) -> Result<()> {
        messages::save(&mut self.tx, &self.tenant.id, record).await?;
        self.records.changed.remove(&record.id);
        if self.records.known.contains_key(&record.id) {
            self.records.remember(record.clone());
        }
        Ok(())
    }

    /// Writes the deliveries that have changed.
    pub(in crate::server::conversations) async fn write_deliveries(&mut self) -> Result<()> {
        let changed = std::mem::take(&mut self.records.changed);
        let rows: Vec<&MessageRow> = changed.iter().filter_map(|id| self.records.known.get(id)).collect();
        Ok(messages::save_deliveries(&mut self.tx, &self.tenant.id, &rows).await?)
    }

    /// Whether a row of the outbox of this message may await a status.
    pub(in crate::server::conversations) fn awaits_status(&self, message: &MessageId) -> bool {
        !self.records.settled.contains(message)
    }

    /// Whether all rows of a message are finished.
    pub(in crate::server::conversations) async fn is_all_out(&mut self, message: &MessageId) -> Result<bool> {
        if let Some(known) = self.records.all_out.get(message) {
            return Ok(*known);
        }
        let tenant = self.tenant_id();
        Ok(outbox::open_of_message(&mut self.tx, &tenant, message).await? == 0)
    }

    /// Reads what settling sends of these messages needs. The conversations are locked, and the rows of the sends are
    /// finished.
    pub(in crate::server::conversations) async fn read_sent(&mut self, sent: &[&MessageId]) -> Result<()> {
        let tenant = self.tenant_id();
        for record in messages::by_ids(&mut self.tx, &tenant, sent).await? {
            self.records.remember(record);
        }
        let unfinished = outbox::unfinished_of(&mut self.tx, &tenant, sent).await?;
        let all_out = sent.iter().map(|id| ((*id).clone(), !unfinished.contains(*id)));
        self.records.all_out.extend(all_out);
        Ok(())
    }
}
