//! Answers to the question after a close: which message is one, and about which handoff.
//!
//! A tapped button names its handoff, so it belongs to the conversation in which this customer was asked, whatever has
//! become of that one and whatever else is open. A typed answer is one only where nothing else has to be answered: see
//! `quiet.rs`. `domain::rating` reads both, `domain::conversation` decides which answers count.

use crate::{
    domain::{
        conversation::{Command, RatedHandoff, RatingAnswer, State},
        event::{Actor, Event, EventKind},
        ids::{ChannelId, ConversationId, HandoffId, MessageId, Seq},
        inbound::{InboundOrigin, Incoming},
        message::{Content, TurnEffect},
        rating::{self, RatingRule, Score},
        time::Timestamp,
    },
    server::{
        conversations::{Result, UnitOfWork},
        store::{customers::CustomerRow, entries, handoffs, messages},
    },
};

use super::quiet::QuietPlace;

/// A score for a handoff that was asked about.
pub(super) struct FoundRating {
    rated: RatedHandoff,
    score: Score,
}

/// A question that was asked.
struct AskedRating {
    rated: RatedHandoff,
    message: MessageId,
    at: Timestamp,
}

/// An answer that is recorded.
pub(in crate::server::conversations) struct GivenRating {
    pub(in crate::server::conversations) handoff: HandoffId,
    pub(in crate::server::conversations) message: MessageId,
    pub(in crate::server::conversations) at: Timestamp,
}

impl UnitOfWork {
    /// The conversation in which the customer was asked what the message answers with a button, locked. `None` if it is
    /// no such answer.
    pub(super) async fn tapped_rating(
        &mut self,
        channel: &ChannelId,
        customer: &CustomerRow,
        incoming: &Incoming,
    ) -> Result<Option<QuietPlace>> {
        let Content::ButtonReply { id: payload, .. } = &incoming.content else { return Ok(None) };
        let Some((handoff, score)) = rating::tapped(payload) else { return Ok(None) };
        if incoming.origin != InboundOrigin::Live || incoming.group.is_some() {
            return Ok(None);
        }
        let tenant = self.tenant_id();
        let Some(id) = handoffs::conversation_of(&mut self.tx, &tenant, &handoff).await? else { return Ok(None) };
        // Not locked before it is certain: a lock without an entry would change the row's version unseen.
        let known = self.known_conversation(&id).await?;
        if !known.is_some_and(|known| known.channel == *channel && known.customer == customer.id) {
            return Ok(None);
        }
        let asked = self.asked_ratings(&id).await?.into_iter().find(|asked| asked.rated.handoff == handoff);
        let Some(AskedRating { rated, .. }) = asked else { return Ok(None) };
        // Records of customers may have been merged meanwhile.
        if self.lock(&id).await?.conversation.customer != customer.id {
            return Ok(None);
        }
        let rating = Some(FoundRating { rated, score });
        Ok(Some(QuietPlace { conversation: id, effect: TurnEffect::Rating, rating }))
    }

    /// Whether it is worth looking up what was asked. While the question is off, nobody pays for that.
    pub(super) fn may_be_rating(&self, content: &Content) -> bool {
        self.tenant.settings.rating.rule == RatingRule::AfterClose && rating::may_answer(content)
    }

    /// What a text answers that names a button of the question with which the conversation was closed.
    pub(super) async fn typed_rating(&mut self, id: &ConversationId, content: &Content) -> Result<Option<FoundRating>> {
        let Content::Text { body } = content else { return Ok(None) };
        if !self.may_be_rating(content) {
            return Ok(None);
        }
        let closed_at = match self.known_conversation(id).await?.map(|known| known.state) {
            Some(State::Closed { at, .. }) => at,
            Some(State::Bot | State::Human { .. }) | None => return Ok(None),
        };
        let Some(asked) = self.asked_ratings(id).await?.pop().filter(|asked| asked.at == closed_at) else {
            return Ok(None);
        };
        let tenant = self.tenant_id();
        let question = messages::find(&mut self.tx, &tenant, &asked.message).await?;
        let named = question.and_then(|question| rating::typed(&question.content, body));
        Ok(named
            .filter(|(handoff, _)| *handoff == asked.rated.handoff)
            .map(|(_, score)| FoundRating { rated: asked.rated, score }))
    }

    /// Records the rating that a message gives.
    pub(super) async fn rate(&mut self, id: &ConversationId, message: MessageId, found: FoundRating) -> Result<()> {
        let FoundRating { rated, score } = found;
        let given = self.given_ratings(id).await?;
        let first_at = given.iter().find(|given| given.handoff == rated.handoff).map(|given| given.at);
        let answer = RatingAnswer { rated, message, score, first_at };
        self.run(id, Actor::Customer, &Command::Rate(answer), None)?;
        Ok(())
    }

    /// What was asked in a conversation, oldest first.
    async fn asked_ratings(&mut self, id: &ConversationId) -> Result<Vec<AskedRating>> {
        let tenant = self.tenant_id();
        let stored = entries::of_kind(&mut self.tx, &tenant, id, EventKind::RatingAsked, Seq(0)).await?;
        let asked = stored.into_iter().filter_map(|entry| {
            let Event::RatingAsked { handoff, agent, message } = entry.event else { return None };
            Some(AskedRating { rated: RatedHandoff { handoff, agent }, message, at: entry.at })
        });
        Ok(asked.collect())
    }

    /// The recorded answers of a conversation, oldest first.
    pub(in crate::server::conversations) async fn given_ratings(
        &mut self,
        id: &ConversationId,
    ) -> Result<Vec<GivenRating>> {
        let tenant = self.tenant_id();
        let stored = entries::of_kind(&mut self.tx, &tenant, id, EventKind::Rated, Seq(0)).await?;
        let pending = self.pending.iter().filter(|pending| pending.conversation.as_ref() == Some(id));
        let events = stored.iter().map(|entry| (&entry.event, entry.at));
        let given = events.chain(pending.map(|pending| (&pending.event, pending.at))).filter_map(|(event, at)| {
            let Event::Rated { handoff, message, .. } = event else { return None };
            Some(GivenRating { handoff: handoff.clone(), message: message.clone(), at })
        });
        Ok(given.collect())
    }
}
