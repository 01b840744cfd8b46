//! Quiet messages: a thank-you or a rating after a close goes to the closed conversation and wakes nobody.
//!
//! `domain::quiet` says which messages need no answer, `rating.rs` which are ratings, and `Conversation::hears_quietly`
//! where they may stay without an answer. Keywords come first, and an edit that makes more of such a message is answered
//! like a new message (promise 4). A tapped button comes before all that: it says what it answers.

use std::collections::BTreeSet;

use crate::{
    domain::{
        conversation::State,
        event::{Event, EventKind},
        ids::{ChannelId, ConversationId, MessageId, Seq, Wamid},
        inbound::{InboundOrigin, Incoming},
        keyword::{MatchContext, Matcher},
        message::{Content, Forwarded, TurnEffect},
        quiet,
    },
    server::{
        conversations::{Result, UnitOfWork},
        store::{conversations, customers::CustomerRow, entries, keywords, messages, pending_updates},
    },
};

use super::rating::FoundRating;

/// Where a message goes that needs no answer, with its effect and the rating that it gives.
pub(super) struct QuietPlace {
    pub(super) conversation: ConversationId,
    pub(super) effect: TurnEffect,
    pub(super) rating: Option<FoundRating>,
}

impl UnitOfWork {
    /// The conversation that receives the message without an answer, locked; `None` if the message is to be answered.
    pub(super) async fn place_without_answer(
        &mut self,
        channel: &ChannelId,
        customer: &CustomerRow,
        incoming: &Incoming,
    ) -> Result<Option<QuietPlace>> {
        if customer.blocked {
            let place = self.blocked_place(channel, customer).await?;
            let place = place.map(|it| QuietPlace { conversation: it, effect: TurnEffect::Blocked, rating: None });
            return Ok(place);
        }
        if self.is_new_customer(&customer.id) {
            return Ok(None);
        }
        match self.tapped_rating(channel, customer, incoming).await? {
            Some(tapped) => Ok(Some(tapped)),
            None if self.is_late(incoming) => Ok(None),
            None => self.quiet_place(channel, customer, incoming).await,
        }
    }

    async fn quiet_place(
        &mut self,
        channel: &ChannelId,
        customer: &CustomerRow,
        incoming: &Incoming,
    ) -> Result<Option<QuietPlace>> {
        let is_quiet = quiet::is_quiet(&incoming.content);
        let may_need_none = may_be_quiet(incoming) && (is_quiet || self.may_be_rating(&incoming.content));
        if !may_need_none {
            return Ok(None);
        }
        let tenant = self.tenant_id();
        let current = match self.open_of(channel, &customer.id).await? {
            Some(open) => Some(open),
            None => conversations::last_closed_of(&mut self.tx, &tenant, channel, &customer.id).await?,
        };
        let Some(id) = current else { return Ok(None) };
        let (now, grace) = (self.now, self.tenant.settings.grace_time);
        // Not locked before it is certain: a lock without an entry would change the row's version unseen.
        let known = self.known_conversation(&id).await?;
        // A tap tells an agent who is about to close that the customer still waits.
        let is_tap = incoming.content.payload().is_some();
        if !known.is_some_and(|known| known.hears_quietly(now, grace) && !(is_tap && known.is_open())) {
            return Ok(None);
        }
        let rating = self.typed_rating(&id, &incoming.content).await?;
        if !is_quiet && rating.is_none() {
            return Ok(None);
        }
        // An edit that overtook its message is applied when the message is stored, and may say anything.
        let is_changed = match self.prefetched.has_pending_updates(channel, &incoming.wamid) {
            Some(has_pending) => has_pending,
            None => !pending_updates::waiting(&mut self.tx, &[(channel, &incoming.wamid)]).await?.is_empty(),
        };
        if is_changed || self.is_heard(channel, customer, &incoming.content).await? {
            return Ok(None);
        }
        let may_stay = self.lock(&id).await?.conversation.hears_quietly(now, grace);
        Ok(may_stay.then_some(QuietPlace { conversation: id, effect: TurnEffect::Quiet, rating }))
    }

    /// Whether a keyword requests an agent for the message.
    pub(super) async fn is_heard(
        &mut self,
        channel: &ChannelId,
        customer: &CustomerRow,
        content: &Content,
    ) -> Result<bool> {
        let Some(text) = content.text() else { return Ok(false) };
        let tenant = self.tenant_id();
        let rules = Matcher::new(keywords::list(&mut self.tx, &tenant).await?);
        let context = MatchContext { channel: Some(channel), language: customer.language.as_deref(), fired: &[] };
        Ok(rules.first_match(text, context).is_some())
    }

    /// The content of a message that was received quietly and now says more, if no agent has its conversation: nobody
    /// would read the change where it is closed, and the bot's turns have passed it by.
    pub(super) async fn no_longer_quiet(&mut self, channel: &ChannelId, edited: &Wamid) -> Result<Option<Content>> {
        let tenant = self.tenant_id();
        let record = match self.pending_record(channel, edited).cloned() {
            Some(pending) => Some(pending),
            None => messages::by_wamid(&mut self.tx, &tenant, channel, edited).await?,
        };
        let Some(record) = record.filter(|record| record.author.is_customer() && !quiet::is_quiet(&record.content))
        else {
            return Ok(None);
        };
        if matches!(self.lock(&record.conversation).await?.conversation.state, State::Human { .. }) {
            return Ok(None);
        }
        let quiet = self.quiet_messages(&record.conversation).await?;
        Ok(quiet.contains(&record.id).then_some(record.content))
    }

    /// The messages of a conversation that were received quietly.
    pub(in crate::server::conversations) async fn quiet_messages(
        &mut self,
        id: &ConversationId,
    ) -> Result<BTreeSet<MessageId>> {
        let tenant = self.tenant_id();
        let stored = entries::of_kind(&mut self.tx, &tenant, id, EventKind::CustomerWrote, Seq(0)).await?;
        let pending = self.pending.iter().filter(|pending| pending.conversation.as_ref() == Some(id));
        let events = stored.iter().map(|entry| &entry.event).chain(pending.map(|pending| &pending.event));
        let quiet = events.filter_map(|event| {
            let Event::CustomerWrote { message, quiet: true, .. } = event else { return None };
            Some(message.clone())
        });
        Ok(quiet.collect())
    }
}

/// Whether the message may be received without an answer, if its content needs none: not in groups, and not with an ad or
/// a forwarded text, which say what they are about.
fn may_be_quiet(incoming: &Incoming) -> bool {
    incoming.origin == InboundOrigin::Live
        && incoming.group.is_none()
        && incoming.referral.is_none()
        && incoming.forwarded == Forwarded::No
}
