//! Prefetches what a batch will query: which messages are stored, which have pending updates, which customers they name,
//! and the open conversations of those. What statuses need is in `statuses_ahead.rs`.
//!
//! One query for a hundred messages costs little more than one for a single message. Results hold for this transaction.
//! Changes that it makes itself are recorded here, or the affected results are cleared so that the table is queried
//! again.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::{
    domain::{
        ids::{ChannelId, ConversationId, CustomerId, Wamid},
        inbound::{Identity, InboundOrigin, UpdateBody},
        phone_number::{canonical, spellings},
    },
    server::store::{
        conversations,
        customers::{self, CustomerRow},
        messages, pending_updates,
    },
};

use super::UnitOfWork;
use crate::server::conversations::{Result, receive::ChannelUpdate};

/// The results. A key that is in no map was not queried.
#[derive(Default)]
pub(in crate::server::conversations) struct Prefetched {
    messages: HashMap<ChannelId, HashMap<Wamid, Found>>,
    users: HashMap<String, Option<CustomerRow>>,
    /// By the canonical spelling of the number, oldest first.
    phones: HashMap<String, Vec<CustomerRow>>,
    /// Customers whose open conversation on a number is locked, if they have one.
    looked_up: HashMap<ChannelId, HashSet<CustomerId>>,
}

/// What the tables contain about a message.
#[derive(Clone, Copy, Default)]
struct Found {
    stored: bool,
    /// An update of it arrived before it and is pending.
    has_pending: bool,
}

impl Prefetched {
    /// Whether a message is stored; `None` if that was not queried.
    pub(in crate::server::conversations) fn is_stored(&self, channel: &ChannelId, wamid: &Wamid) -> Option<bool> {
        self.messages.get(channel)?.get(wamid).map(|found| found.stored)
    }

    /// Whether a message has pending updates; `None` if that was not queried.
    pub(in crate::server::conversations) fn has_pending_updates(
        &self,
        channel: &ChannelId,
        wamid: &Wamid,
    ) -> Option<bool> {
        self.messages.get(channel)?.get(wamid).map(|found| found.has_pending)
    }

    /// Whether a customer has no open conversation on a number besides those that are locked. `false` if that was not
    /// queried.
    pub(super) fn has_no_other_open(&self, channel: &ChannelId, customer: &CustomerId) -> bool {
        self.looked_up.get(channel).is_some_and(|customers| customers.contains(customer))
    }

    /// Records which of these messages, which are not stored, have pending updates.
    pub(in crate::server::conversations) fn set_waiting(
        &mut self,
        wamids: &[(&ChannelId, &Wamid)],
        waiting: &HashSet<(ChannelId, Wamid)>,
    ) {
        for (channel, wamid) in wamids {
            self.found(channel, wamid);
        }
        for (channel, wamid) in waiting {
            self.found(channel, wamid).has_pending = true;
        }
    }

    /// What is known about a message, to be changed.
    fn found(&mut self, channel: &ChannelId, wamid: &Wamid) -> &mut Found {
        self.messages.entry(channel.clone()).or_default().entry(wamid.clone()).or_default()
    }

    /// The known customers with one of these ids.
    fn named(&self, identity: &Identity) -> impl Iterator<Item = &CustomerRow> {
        let by_user = identity.user_id.as_ref().and_then(|user| self.users.get(user)).and_then(Option::as_ref);
        let by_phone = identity.wa_id.as_ref().and_then(|phone| self.phones.get(&canonical(phone)));
        by_user.into_iter().chain(by_phone.into_iter().flatten())
    }

    /// Records that an update of a message is pending from now on, by whichever of its ids the message comes.
    pub(in crate::server::conversations) fn set_pending(&mut self, channel: &ChannelId, wamid: &Wamid) {
        let Some(known) = self.messages.get_mut(channel) else { return };
        let token = wamid.token();
        for (other, found) in known {
            found.has_pending |= other == wamid || token.is_some() && other.token() == token;
        }
    }

    /// Records a customer under its ids.
    fn remember(&mut self, customer: &CustomerRow) {
        if let Some(user) = &customer.user_id {
            self.users.insert(user.clone(), Some(customer.clone()));
        }
        if let Some(phone) = &customer.wa_id {
            let known = self.phones.entry(canonical(phone)).or_default();
            known.retain(|other| other.id != customer.id);
            known.push(customer.clone());
            known.sort_by(|one, other| (one.created_at, &one.id).cmp(&(other.created_at, &other.id)));
        }
    }
}

impl UnitOfWork {
    /// Queries what `batch` needs, and locks the conversations in which something will happen.
    pub(in crate::server::conversations) async fn prefetch(&mut self, batch: &[ChannelUpdate]) -> Result<()> {
        if batch.len() < 2 {
            return Ok(());
        }
        self.prefetch_named(batch).await?;
        let statuses = self.find_statuses(batch).await?;
        let mut conversations = self.open_of_writers(batch).await?;
        conversations.extend(statuses.conversations());
        self.lock_ahead(conversations).await?;
        self.read_records(&statuses).await
    }

    /// Queries the messages and customers that `batch` names.
    async fn prefetch_named(&mut self, batch: &[ChannelUpdate]) -> Result<()> {
        let mut wamids: BTreeSet<(&ChannelId, &Wamid)> = BTreeSet::new();
        let mut users = BTreeSet::new();
        let mut phones = BTreeSet::new();
        for update in batch {
            let (wamid, identity): (&Wamid, &Identity) = match &update.body {
                UpdateBody::Message(incoming) => (&incoming.wamid, &incoming.identity),
                UpdateBody::Echo(echo) => (&echo.wamid, &echo.identity),
                UpdateBody::Status(_)
                | UpdateBody::IdentityChanged(_)
                | UpdateBody::Handover(_)
                | UpdateBody::Preference(_)
                | UpdateBody::CallReceived(_)
                | UpdateBody::ChannelAlert(_)
                | UpdateBody::TemplatesChanged(_)
                | UpdateBody::IgnoredEvent(_) => continue,
            };
            wamids.insert((&update.channel, wamid));
            users.extend(identity.user_id.as_deref());
            phones.extend(identity.wa_id.as_deref().into_iter().flat_map(spellings));
        }
        let tenant = self.tenant_id();
        let wamids: Vec<(&ChannelId, &Wamid)> = wamids.into_iter().collect();
        for (channel, wamid) in messages::stored(&mut self.tx, &tenant, &wamids).await? {
            self.prefetched.found(&channel, &wamid).stored = true;
        }
        let waiting = pending_updates::waiting(&mut self.tx, &wamids).await?;
        self.prefetched.set_waiting(&wamids, &waiting);
        let users: Vec<&str> = users.into_iter().collect();
        let phones: Vec<&str> = phones.iter().map(String::as_str).collect();
        self.prefetched.users = users.iter().map(|user| ((*user).to_owned(), None)).collect();
        self.prefetched.phones = phones.iter().map(|phone| (canonical(phone), Vec::new())).collect();
        for customer in customers::named(&mut self.tx, &tenant, &users, &phones).await? {
            self.prefetched.remember(&customer);
        }
        Ok(())
    }

    /// The open conversations of the customers who write in `batch`, or to whom the business wrote elsewhere.
    async fn open_of_writers(&mut self, batch: &[ChannelUpdate]) -> Result<BTreeSet<ConversationId>> {
        let mut writers: BTreeSet<(&ChannelId, &CustomerId)> = BTreeSet::new();
        for update in batch {
            let Some((wamid, identity)) = said(&update.body) else { continue };
            if self.prefetched.is_stored(&update.channel, wamid) == Some(true) {
                continue;
            }
            writers.extend(self.prefetched.named(identity).map(|customer| (&update.channel, &customer.id)));
        }
        let writers: Vec<(&ChannelId, &CustomerId)> = writers.into_iter().collect();
        let open = conversations::open_of_all(&mut self.tx, &self.tenant.id, &writers).await?;
        let mut looked_up: HashMap<ChannelId, HashSet<CustomerId>> = HashMap::new();
        for (channel, customer) in writers {
            looked_up.entry(channel.clone()).or_default().insert(customer.clone());
        }
        self.prefetched.looked_up = looked_up;
        Ok(open.into_iter().collect())
    }

    /// Locks conversations before it is certain that something happens in them. If nothing does, they get their version
    /// back at the end.
    pub(in crate::server::conversations) async fn lock_ahead(
        &mut self,
        mut ids: BTreeSet<ConversationId>,
    ) -> Result<()> {
        ids.retain(|id| !self.conversations.contains_key(id));
        self.lock_all(ids.iter().collect()).await?;
        self.locked_ahead.extend(ids);
        Ok(())
    }

    /// Locks several conversations together, so that [`Self::lock`] finds them. It reports unknown ones.
    pub async fn lock_all(&mut self, mut ids: BTreeSet<&ConversationId>) -> Result<()> {
        ids.retain(|id| !self.conversations.contains_key(*id));
        // In id order, as everywhere: two transactions that lock the same rows must not deadlock.
        let ids: Vec<&ConversationId> = ids.into_iter().collect();
        for stored in conversations::lock_all(&mut self.tx, &self.tenant.id, &ids).await? {
            self.remember_locked(stored);
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

    /// The customers with a number in any of its spellings, oldest first. Several are one person, not merged yet.
    pub(in crate::server::conversations) async fn by_phone(&mut self, phone: &str) -> Result<Vec<CustomerRow>> {
        if let Some(known) = self.prefetched.phones.get(&canonical(phone)) {
            return Ok(known.clone());
        }
        let tenant = self.tenant_id();
        Ok(customers::by_spellings(&mut self.tx, &tenant, phone).await?)
    }

    /// Adds a new customer. It is written together with the other new customers of the batch.
    pub(in crate::server::conversations) fn insert_customer(&mut self, fresh: CustomerRow) {
        self.prefetched.remember(&fresh);
        self.new_customers.push(fresh);
    }

    /// Replaces a new customer that is not written yet. Returns `false` if it is written already.
    pub(in crate::server::conversations) fn replace_new_customer(&mut self, updated: &CustomerRow) -> bool {
        let Some(known) = self.new_customers.iter_mut().rev().find(|known| known.id == updated.id) else {
            return false;
        };
        *known = updated.clone();
        self.prefetched.remember(updated);
        true
    }

    /// Writes changes of a customer.
    pub(in crate::server::conversations) async fn update_customer(
        &mut self,
        known: &CustomerRow,
        updated: &CustomerRow,
    ) -> Result<()> {
        self.write_new().await?;
        let tenant = self.tenant_id();
        customers::update(&mut self.tx, &tenant, updated).await?;
        let was_replaced = |old: &Option<String>, new: &Option<String>| old.is_some() && old != new;
        if was_replaced(&known.user_id, &updated.user_id) || was_replaced(&known.wa_id, &updated.wa_id) {
            self.clear_customers();
        } else {
            self.prefetched.remember(updated);
        }
        Ok(())
    }

    /// Whether a customer is new and not written yet.
    pub(in crate::server::conversations) fn is_new_customer(&self, customer: &CustomerId) -> bool {
        // Called right after the insert, so the search begins at the end.
        self.new_customers.iter().rev().any(|customer_row| customer_row.id == *customer)
    }

    /// Clears the prefetched customers, because ids move between records. New customers must be written before.
    pub(in crate::server::conversations) fn clear_customers(&mut self) {
        self.prefetched.users.clear();
        self.prefetched.phones.clear();
        self.prefetched.looked_up.clear();
    }
}

/// The id of a message that goes to its customer's open conversation, if there is one, and the customer.
fn said(body: &UpdateBody) -> Option<(&Wamid, &Identity)> {
    let (wamid, identity, origin, group) = match body {
        UpdateBody::Message(incoming) => (&incoming.wamid, &incoming.identity, incoming.origin, &incoming.group),
        UpdateBody::Echo(echo) => (&echo.wamid, &echo.identity, echo.origin, &echo.group),
        UpdateBody::Status(_)
        | UpdateBody::IdentityChanged(_)
        | UpdateBody::Handover(_)
        | UpdateBody::Preference(_)
        | UpdateBody::CallReceived(_)
        | UpdateBody::ChannelAlert(_)
        | UpdateBody::TemplatesChanged(_)
        | UpdateBody::IgnoredEvent(_) => return None,
    };
    let is_current = match origin {
        InboundOrigin::Live | InboundOrigin::Standby => true,
        InboundOrigin::History => false,
    };
    (is_current && group.is_none()).then_some((wamid, identity))
}
