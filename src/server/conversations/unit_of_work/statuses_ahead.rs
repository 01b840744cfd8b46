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
    unknown: BTreeSet<(ChannelId, Wamid)>,
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
        let mut statuses: Vec<(&ChannelId, &StatusNews)> = Vec::new();
        for update in batch {
            if let UpdateBody::Status(status) = &update.body
                && is_of_our_message(status)
            {
                statuses.push((&update.channel, status));
            }
        }
        let tenant = self.tenant_id();
        let wamids: BTreeSet<(&ChannelId, &Wamid)> =
            statuses.iter().map(|(channel, status)| (*channel, &status.wamid)).collect();
        let wamids: Vec<(&ChannelId, &Wamid)> = wamids.into_iter().collect();
        let mut by_wamid: HashMap<(ChannelId, Wamid), MessageHead> = HashMap::new();
        for head in messages::heads_of_wamids(&mut self.tx, &tenant, &wamids).await? {
            if let Some(wamid) = head.wamid.clone() {
                by_wamid.insert((head.channel.clone(), wamid), head);
            }
        }
        // What they say our id is, of messages that have no such id of Meta's.
        let mut own: BTreeMap<(ChannelId, Wamid), MessageId> = BTreeMap::new();
        for (channel, status) in &statuses {
            let named = ((*channel).clone(), status.wamid.clone());
            if !by_wamid.contains_key(&named)
                && let Some(piece) = status.callback.as_deref().and_then(piece_of)
            {
                own.insert(named, piece.message);
            }
        }
        let ids: BTreeSet<&MessageId> = own.values().collect();
        let mut by_id: HashMap<MessageId, MessageHead> = HashMap::new();
        for head in messages::heads(&mut self.tx, &tenant, &ids.into_iter().collect::<Vec<_>>()).await? {
            by_id.insert(head.id.clone(), head);
        }
        let mut targets = StatusTargets::default();
        for (channel, status) in statuses {
            let named = (channel.clone(), status.wamid.clone());
            let of_own = own.get(&named).and_then(|id| by_id.get(id)).filter(|head| head.channel == *channel);
            if let Some(head) = by_wamid.get(&named).or(of_own) {
                targets.add(head, status.status);
            }
        }
        targets.unknown = own.into_keys().collect();
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
        let unknown: Vec<(&ChannelId, &Wamid)> =
            targets.unknown.iter().map(|(channel, wamid)| (channel, wamid)).collect();
        let marked = pending_updates::marked(&mut self.tx, &unknown).await?;
        self.records.set_unknown(&targets.unknown, &marked);
        let awaiting = outbox::awaiting_status(&mut self.tx, &tenant, &ids).await?;
        for (message, conversation) in &targets.messages {
            if self.conversations.contains_key(conversation) && !awaiting.contains(message) {
                self.records.set_settled(message.clone());
            }
        }
        Ok(())
    }
}
