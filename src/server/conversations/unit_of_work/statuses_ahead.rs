//! Finds and reads what the statuses of a batch are about, before they are applied one after the other.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::{
    domain::{
        ids::{ChannelId, ConversationId, MessageId, Wamid},
        inbound::{StatusNews, UpdateBody},
        message::Delivery,
    },
    server::{
        conversations::{
            Result, UnitOfWork,
            delivery::{is_of_our_message, sending::piece_of},
            receive::ChannelUpdate,
        },
        store::{
            messages::{self, MessageHead},
            outbox, pending_updates,
        },
    },
};

/// The messages that the statuses of a batch are about.
#[derive(Default)]
pub(super) struct StatusTargets {
    messages: BTreeMap<MessageId, ConversationId>,
    /// The conversations of those that will probably change.
    changing: BTreeSet<ConversationId>,
    /// Meta's ids that no message has, of statuses that name their message by our id.
    unknown: BTreeMap<ChannelId, BTreeSet<Wamid>>,
}

impl StatusTargets {
    /// The conversations in which something will probably happen.
    pub(super) fn conversations(&self) -> impl Iterator<Item = ConversationId> {
        self.changing.iter().cloned()
    }

    fn add(&mut self, head: &MessageHead, status: Delivery) {
        self.messages.insert(head.id.clone(), head.conversation.clone());
        let known = head.delivery.unwrap_or(Delivery::Sent);
        // A failure that was concluded from silence is withdrawn, which only its fault tells.
        if known == Delivery::Failed || known.advance(status).is_some() {
            self.changing.insert(head.conversation.clone());
        }
    }
}

impl UnitOfWork {
    /// Looks up the messages of the statuses in `batch`.
    pub(super) async fn find_statuses(&mut self, batch: &[ChannelUpdate]) -> Result<StatusTargets> {
        let mut by_channel: BTreeMap<&ChannelId, Vec<&StatusNews>> = BTreeMap::new();
        for update in batch {
            if let UpdateBody::Status(status) = &update.body
                && is_of_our_message(status)
            {
                by_channel.entry(&update.channel).or_default().push(status);
            }
        }
        let tenant = self.tenant_id();
        let mut targets = StatusTargets::default();
        for (channel, statuses) in by_channel {
            let wamids: BTreeSet<&Wamid> = statuses.iter().map(|status| &status.wamid).collect();
            let wamids: Vec<&Wamid> = wamids.into_iter().collect();
            let mut by_wamid: HashMap<Wamid, MessageHead> = HashMap::new();
            for head in messages::heads_of_wamids(&mut self.tx, &tenant, channel, &wamids).await? {
                if let Some(wamid) = head.wamid.clone() {
                    by_wamid.insert(wamid, head);
                }
            }
            let mut own: BTreeMap<&Wamid, MessageId> = BTreeMap::new();
            for status in statuses.iter().filter(|status| !by_wamid.contains_key(&status.wamid)) {
                if let Some(piece) = status.callback.as_deref().and_then(piece_of) {
                    own.insert(&status.wamid, piece.message);
                }
            }
            let ids: BTreeSet<&MessageId> = own.values().collect();
            let ids: Vec<&MessageId> = ids.into_iter().collect();
            let mut by_id: HashMap<MessageId, MessageHead> = HashMap::new();
            for head in messages::heads(&mut self.tx, &tenant, &ids).await? {
                by_id.insert(head.id.clone(), head);
            }
            for status in statuses {
                let named = own.get(&status.wamid).and_then(|id| by_id.get(id));
                let named = named.filter(|head| head.channel == *channel);
                if let Some(head) = by_wamid.get(&status.wamid).or(named) {
                    targets.add(head, status.status);
                }
            }
            targets.unknown.insert(channel.clone(), own.into_keys().cloned().collect());
        }
        Ok(targets)
    }

    /// Reads the messages of statuses. The conversations that will change are locked, so that nobody else changes them.
    /// Messages of others are read again in the unlikely case that they change ([`Self::lock_of_record`]).
    pub(super) async fn read_records(&mut self, targets: &StatusTargets) -> Result<()> {
        let tenant = self.tenant_id();
        let ids: Vec<&MessageId> = targets.messages.keys().collect();
        for record in messages::by_ids(&mut self.tx, &tenant, &ids).await? {
            self.records.remember(record);
        }
        for (channel, wamids) in &targets.unknown {
            let wamids: Vec<&Wamid> = wamids.iter().collect();
            let marked = pending_updates::marked(&mut self.tx, channel, &wamids).await?;
            self.records.set_unknown(channel, &wamids, &marked);
        }
        let awaiting = outbox::awaiting_status(&mut self.tx, &tenant, &ids).await?;
        for (message, conversation) in &targets.messages {
            if self.conversations.contains_key(conversation) && !awaiting.contains(message) {
                self.records.set_settled(message.clone());
            }
        }
        Ok(())
    }
}
