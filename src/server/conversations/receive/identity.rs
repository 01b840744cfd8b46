//! News about a customer that is no message: who they are now, what they wish, that they called.
//!
//! It has no id of Meta's: its mark is remembered, so that the same news changes nothing when it comes again.

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
        if self.known(channel, &change.mark).await? || !self.seen_once(channel, &change.mark).await? {
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

    /// A customer's word on marketing: a line where they talk with us, and an entry in any case.
    pub(in crate::server::conversations) async fn preference(
        &mut self,
        channel: &ChannelId,
        preference: &Preference,
    ) -> Result<()> {
        let wish = match preference.value.as_str() {
            "stop" => Wish::Stop,
            "resume" => Wish::Resume,
            "signup" => Wish::Signup,
            other => {
                tracing::info!(%channel, wish = other, "webhook: unknown marketing preference");
                return Ok(());
            }
        };
        if !self.seen_once(channel, &preference.mark).await? {
            return Ok(());
        }
        let Some(customer) = self.known_customer(&preference.identity).await? else { return Ok(()) };
        let open = self.open_of(channel, &customer).await?;
        self.append(open.as_ref(), Actor::Customer, Event::Preferred { customer, wish });
        Ok(())
    }

    /// A customer called: that renews the window of the conversation that is open.
    pub(in crate::server::conversations) async fn called(
        &mut self,
        channel: &ChannelId,
        called: &CallReceived,
    ) -> Result<()> {
        if !self.seen_once(channel, &called.mark).await? {
            return Ok(());
        }
        let Some(customer) = self.known_customer(&called.identity).await? else { return Ok(()) };
        let Some(open) = self.open_of(channel, &customer).await? else { return Ok(()) };
        self.append(Some(&open), Actor::Customer, Event::CustomerCalled { at: called.at });
        Ok(())
    }

    /// The customer behind an identity, if there is one: what is told of strangers makes no record.
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
            Some(phone) => Ok(self.by_phone(phone).await?.map(|known| known.id)),
            None => Ok(None),
        }
    }

    /// Says in the conversation that a customer's ids were replaced without anybody having said so.
    pub(in crate::server::conversations) fn tell_replaced(
        &mut self,
        customer: &CustomerId,
        conversation: &ConversationId,
    ) {
        let told: Vec<NewIdentity> =
            self.replaced.extract_if(.., |(of, _)| of == customer).map(|(_, what)| what).collect();
        for what in told {
            let event = Event::NumberChanged { customer: customer.clone(), what };
            self.append(Some(conversation), Actor::Meta, event);
        }
    }
}
