//! Finds the open conversation of a customer, and begins one.

use super::UnitOfWork;
use crate::{
    domain::{
        conversation::{Conversation, Epoch, State},
        event::{Actor, Event},
        ids::{ChannelId, ConversationId, CustomerId},
        thread_control::ThreadControl,
        time::Timestamp,
        window::Window,
    },
    server::{
        conversations::{ConversationError, Result},
        store::{
            conversations::{self, ConversationRow, PreviewKind},
            tenants,
        },
    },
};

impl UnitOfWork {
    /// The open conversation of a customer on a number, locked. One begun in this unit of work counts.
    pub async fn open_of(&mut self, channel: &ChannelId, customer: &CustomerId) -> Result<Option<ConversationId>> {
        let loaded = self.conversations.values().find(|stored| {
            let it = &stored.conversation;
            it.is_open() && it.channel == *channel && it.customer == *customer
        });
        if let Some(stored) = loaded {
            return Ok(Some(stored.conversation.id.clone()));
        }
        if self.is_new_customer(customer) || self.prefetched.has_no_other_open(channel, customer) {
            return Ok(None);
        }
        let tenant = self.tenant.id.clone();
        let Some(id) = conversations::open_of(&mut self.tx, &tenant, channel, customer).await? else { return Ok(None) };
        let open = self.lock(&id).await?.conversation.is_open();
        Ok(open.then_some(id))
    }

    /// Begins a conversation in state bot, linked to the customer's previous one on this number.
    pub async fn begin_conversation(
        &mut self,
        channel: &ChannelId,
        customer: &CustomerId,
        at: Timestamp,
        actor: Actor,
    ) -> Result<ConversationId> {
        let tenant = self.tenant.id.clone();
        if self.conversations.values().any(|it| it.conversation.customer == *customer) {
            self.write_new().await?;
        }
        let previous = match self.is_new_customer(customer) {
            true => None,
            false => conversations::newest_of(&mut self.tx, &tenant, channel, customer).await?,
        };
        let team = match &self.team {
            Some(team) => team.clone(),
            None => tenants::default_team(&mut self.tx, &tenant).await?.ok_or(ConversationError::NotFound)?,
        };
        self.team = Some(team.clone());
        let id: ConversationId = self.entropy.id(self.now);
        let stored = ConversationRow {
            conversation: Conversation {
                id: id.clone(),
                channel: channel.clone(),
                customer: customer.clone(),
                team,
                previous: previous.clone(),
                started_at: at,
                epoch: Epoch(0),
                window: Window::default(),
                last_turn: None,
                last_item: None,
                unread: 0,
                reply_clock: None,
                snooze: None,
                state: State::Bot,
                ending: None,
                control: ThreadControl::default(),
            },
            version: 1,
            requested_at: None,
            closed_at: None,
            outcome: None,
            last_at: at,
            preview: String::new(),
            preview_by: PreviewKind::Customer,
            preview_id: None,
            counted: None,
            stored_ending: None,
            stored_snooze: None,
            stored_wait: None,
            stored_window_wait: None,
        };
        self.new_conversations.insert(id.clone());
        self.conversations.insert(id.clone(), stored);
        let event = Event::Started { channel: channel.clone(), customer: customer.clone(), previous };
        self.append(Some(&id), actor, event);
        Ok(id)
    }

    /// Moves the locked conversations of one customer record to another.
    pub(in crate::server::conversations) fn moved(&mut self, from: &CustomerId, into: &CustomerId) {
        for stored in self.conversations.values_mut().filter(|stored| stored.conversation.customer == *from) {
            stored.conversation.customer = into.clone();
            self.locked_ahead.remove(&stored.conversation.id);
        }
    }
}
