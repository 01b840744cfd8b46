//! Updates about a customer that are not messages: changed ids, marketing preferences, calls.
//!
//! Meta gives such an update no id. The digest in `mark` is stored, so that a repeated update changes nothing.

use crate::{
    domain::{
        event::{Actor, Event, NewIdentity, Wish},
        ids::{ChannelId, ConversationId, CustomerId},
        inbound::{CallReceived, Identity, IdentityChange, Preference},
    },
    server::conversations::{Result, UnitOfWork},
};

impl UnitOfWork {
    pub(in crate::server::conversations) async fn identity_changed(
        &mut self,
        channel: &ChannelId,
        change: &IdentityChange,
    ) -> Result<()> {
        if self.known(channel, &change.mark).await? || !self.mark_processed(channel, &change.mark).await? {
            return Ok(());
        }
        let previous = Identity {
            user_id: change.previous_user_id.clone(),
            wa_id: change.previous_wa_id.clone(),
            ..Identity::default()
        };
        let new =
            Identity { user_id: change.new_user_id.clone(), wa_id: change.new_wa_id.clone(), ..Identity::default() };
        let Some(customer) = self.change_ids(&previous, &new).await? else { return Ok(()) };
        let open = self.open_of(channel, &customer).await?;
        self.append(open.as_ref(), Actor::Meta, Event::NumberChanged { customer, what: change.what });
        Ok(())
    }

    /// Records a customer's marketing preference, in the open conversation if there is one.
    pub(in crate::server::conversations) async fn preference(
        &mut self,
        channel: &ChannelId,
        preference: &Preference,
    ) -> Result<()> {
        let Ok(wish) = preference.value.parse::<Wish>() else {
            tracing::info!(%channel, preference = preference.value, "webhook: unknown marketing preference");
            return Ok(());
        };
        if !self.mark_processed(channel, &preference.mark).await? {
            return Ok(());
        }
        let Some(customer) = self.known_customer(&preference.identity).await? else { return Ok(()) };
        let open = self.open_of(channel, &customer).await?;
        self.append(open.as_ref(), Actor::Customer, Event::Preferred { customer, wish });
        Ok(())
    }

    /// A customer called, which renews the 24-hour window of the open conversation.
    pub(in crate::server::conversations) async fn call_received(
        &mut self,
        channel: &ChannelId,
        call: &CallReceived,
    ) -> Result<()> {
        if !self.mark_processed(channel, &call.mark).await? {
            return Ok(());
        }
        let Some(customer) = self.known_customer(&call.identity).await? else { return Ok(()) };
        let Some(open) = self.open_of(channel, &customer).await? else { return Ok(()) };
        self.append(Some(&open), Actor::Customer, Event::CustomerCalled { at: call.at });
        Ok(())
    }

    /// The customer with this identity, if known. Such updates do not create a customer.
    pub(in crate::server::conversations) async fn known_customer(
        &mut self,
        identity: &Identity,
    ) -> Result<Option<CustomerId>> {
        if let Some(user) = &identity.user_id
            && let Some(known) = self.by_user_id(user).await?
        {
            return Ok(Some(known.id));
        }
        match &identity.wa_id {
            Some(phone) => Ok(self.by_phone(phone).await?.into_iter().next().map(|known| known.id)),
            None => Ok(None),
        }
    }

    /// Appends an entry that a customer's ids were replaced without a message from Meta about the change.
    pub(in crate::server::conversations) fn append_replaced_ids(
        &mut self,
        customer: &CustomerId,
        conversation: &ConversationId,
    ) {
        let changes: Vec<NewIdentity> =
            self.replaced.extract_if(.., |(of, _)| of == customer).map(|(_, what)| what).collect();
        for what in changes {
            let event = Event::NumberChanged { customer: customer.clone(), what };
            self.append(Some(conversation), Actor::Meta, event);
        }
    }
}
