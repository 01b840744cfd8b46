//! Questions for a rating, and the answers that count.

use super::Fold;
use crate::{
    ids::{AgentId, HandoffId, MessageId},
    rating::Score,
    report::facts::{RatedFact, RatingFact},
};

impl Fold<'_> {
    pub(super) fn rating_asked(&mut self, handoff: &HandoffId, agent: Option<&AgentId>, question: &MessageId) {
        let fact = RatingFact {
            handoff: handoff.clone(),
            conversation: self.conversation.conversation.clone(),
            channel: self.conversation.channel.clone(),
            agent: agent.cloned(),
            question: question.clone(),
            asked_at: self.entry.at,
            rated: None,
        };
        self.facts.ratings.insert(handoff.clone(), fact);
    }

    /// An entry counts, or there would be none: a later one replaces an earlier one.
    pub(super) fn rated(&mut self, handoff: &HandoffId, score: Score) {
        let (at, seq) = (self.entry.at, self.entry.seq);
        if let Some(fact) = self.facts.ratings.get_mut(handoff) {
            fact.rated = Some(RatedFact { at, seq, score });
        }
    }
}
