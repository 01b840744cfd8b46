//! What a batch will ask, asked at once: which messages are here already, for which something waits, and who writes.
//!
//! One question for a hundred messages costs little more than one for a single message. Answers stand for this
//! transaction; what the work itself changes is noted here, or forgotten so that the table is asked again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::{
    domain::{
        ids::{ChannelId, ConversationId, CustomerId, Wamid},
        inbound::{Identity, UpdateBody},
    },
    server::store::{
        conversations,
        customers::{self, CustomerRow},
        messages, pending_updates,
    },
};

use super::UnitOfWork;
use crate::server::conversations::{Result, receive::ChannelNews};

/// The answers. What is in no map was not asked.
#[derive(Default)]
pub(in crate::server::conversations) struct Prefetched {
    messages: HashMap<ChannelId, HashMap<Wamid, Found>>,
    users: HashMap<String, Option<CustomerRow>>,
    phones: HashMap<String, Option<CustomerRow>>,
}

/// What the tables have of a message.
#[derive(Clone, Copy, Default)]
struct Found {
    stored: bool,
    /// Something came before it and waits.
    awaited: bool,
}

impl Prefetched {
    /// Whether a message is stored, if that was asked.
    pub(in crate::server::conversations) fn is_stored(&self, channel: &ChannelId, wamid: &Wamid) -> Option<bool> {
        self.messages.get(channel)?.get(wamid).map(|found| found.stored)
    }

    /// Whether something waits for a message, if that was asked.
    pub(in crate::server::conversations) fn is_awaited(&self, channel: &ChannelId, wamid: &Wamid) -> Option<bool> {
        self.messages.get(channel)?.get(wamid).map(|found| found.awaited)
    }

    /// Something waits for a message from now on.
    pub(in crate::server::conversations) fn awaits(&mut self, channel: &ChannelId, wamid: &Wamid) {
        if let Some(found) = self.messages.get_mut(channel).and_then(|known| known.get_mut(wamid)) {
            found.awaited = true;
        }
    }

    /// A customer is known by these ids from now on.
    fn remember(&mut self, customer: &CustomerRow) {
        if let Some(user) = &customer.user_id {
            self.users.insert(user.clone(), Some(customer.clone()));
        }
        if let Some(phone) = &customer.wa_id {
            self.phones.insert(phone.clone(), Some(customer.clone()));
        }
    }
}

impl UnitOfWork {
    /// Asks what `batch` will need.
    pub(in crate::server::conversations) async fn prefetch(&mut self, batch: &[ChannelNews]) -> Result<()> {
        if batch.len() < 2 {
            return Ok(());
        }
        let mut wamids: BTreeMap<&ChannelId, BTreeSet<&Wamid>> = BTreeMap::new();
        let mut users = BTreeSet::new();
        let mut phones = BTreeSet::new();
        for news in batch {
            let (wamid, identity): (&Wamid, &Identity) = match &news.body {
                UpdateBody::Message(incoming) => (&incoming.wamid, &incoming.identity),
                UpdateBody::Echo(echo) => (&echo.wamid, &echo.identity),
                UpdateBody::Status(_)
                | UpdateBody::IdentityChanged(_)
                | UpdateBody::Handover(_)
                | UpdateBody::Preference(_)
                | UpdateBody::CallReceived(_)
                | UpdateBody::ChannelAlert(_)
                | UpdateBody::IgnoredEvent(_) => continue,
            };
            wamids.entry(&news.channel).or_default().insert(wamid);
            users.extend(identity.user_id.as_deref());
            phones.extend(identity.wa_id.as_deref());
        }
        let tenant = self.tenant_id();
        for (channel, wamids) in wamids {
            let wamids: Vec<&Wamid> = wamids.into_iter().collect();
            let mut known: HashMap<Wamid, Found> =
                wamids.iter().map(|wamid| ((*wamid).clone(), Found::default())).collect();
            for wamid in messages::stored(&mut self.tx, &tenant, channel, &wamids).await? {
                known.entry(wamid).or_default().stored = true;
            }
            for wamid in pending_updates::waiting(&mut self.tx, channel, &wamids).await? {
                known.entry(wamid).or_default().awaited = true;
            }
            self.prefetched.messages.insert(channel.clone(), known);
        }
        let users: Vec<&str> = users.into_iter().collect();
        let phones: Vec<&str> = phones.into_iter().collect();
        self.prefetched.users = users.iter().map(|user| ((*user).to_owned(), None)).collect();
        self.prefetched.phones = phones.iter().map(|phone| ((*phone).to_owned(), None)).collect();
        for customer in customers::named(&mut self.tx, &tenant, &users, &phones).await? {
            self.prefetched.remember(&customer);
        }
        Ok(())
    }

    /// Locks several in a statement for all, so that [`Self::lock`] finds them. Unknown ones are left to it.
    pub async fn lock_all<'a>(&mut self, ids: impl Iterator<Item = &'a ConversationId>) -> Result<()> {
        // In the order of ids, as everywhere: two works that lock the same rows must not wait for each other.
        let ids: BTreeSet<&ConversationId> = ids.filter(|id| !self.conversations.contains_key(*id)).collect();
        let ids: Vec<&ConversationId> = ids.into_iter().collect();
        for stored in conversations::lock_all(&mut self.tx, &self.tenant.id, &ids).await? {
            self.conversations.insert(stored.conversation.id.clone(), stored);
        }
        Ok(())
    }

    pub(in crate::server::conversations) async fn by_user_id(&mut self, user: &str) -> Result<Option<CustomerRow>> {
        if let Some(known) = self.prefetched.users.get(user) {
            return Ok(known.clone());
        }
        let tenant = self.tenant_id();
        Ok(customers::by_user_id(&mut self.tx, &tenant, user).await?)
    }

    pub(in crate::server::conversations) async fn by_phone(&mut self, phone: &str) -> Result<Option<CustomerRow>> {
        if let Some(known) = self.prefetched.phones.get(phone) {
            return Ok(known.clone());
        }
        let tenant = self.tenant_id();
        Ok(customers::by_phone(&mut self.tx, &tenant, phone).await?)
    }

    /// Keeps a customer who writes for the first time; they are written with all others of the batch.
    pub(in crate::server::conversations) fn insert_customer(&mut self, fresh: CustomerRow) {
        self.prefetched.remember(&fresh);
        self.newcomers.push(fresh);
    }

    /// More is known of somebody who is not written yet. `false`: they are.
    pub(in crate::server::conversations) fn invalidate(&mut self, updated: &CustomerRow) -> bool {
        let Some(known) = self.newcomers.iter_mut().rev().find(|known| known.id == updated.id) else { return false };
        *known = updated.clone();
        self.prefetched.remember(updated);
        true
    }

    /// Writes what changed about a customer.
    pub(in crate::server::conversations) async fn update_customer(
        &mut self,
        known: &CustomerRow,
        updated: &CustomerRow,
    ) -> Result<()> {
        self.write_new().await?;
        let tenant = self.tenant_id();
        customers::update(&mut self.tx, &tenant, updated).await?;
        let gave_up = |old: &Option<String>, new: &Option<String>| old.is_some() && old != new;
        if gave_up(&known.user_id, &updated.user_id) || gave_up(&known.wa_id, &updated.wa_id) {
            self.clear_customers();
        } else {
            self.prefetched.remember(updated);
        }
        Ok(())
    }

    /// A customer of whom the tables know nothing yet.
    pub(in crate::server::conversations) fn is_newcomer(&self, customer: &CustomerId) -> bool {
        // Asked right after they came, so the search begins at the end.
        self.newcomers.iter().rev().any(|newcomer| newcomer.id == *customer)
    }

    /// Ids move between records: whoever is asked for next is looked up again. What is new is written before.
    pub(in crate::server::conversations) fn clear_customers(&mut self) {
        self.prefetched.users.clear();
        self.prefetched.phones.clear();
    }
}
