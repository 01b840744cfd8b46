//! The question for a rating after a close: what it is about, whether it is asked, and which answers count.
//!
//! An agent's close asks about the handoff that it ends, if a person has answered in it. A handoff ends once, so its
//! customer is asked once. Closes by the bot, of silent customers and by a merge ask nothing: nobody's help has come to
//! an end with the customer there. An answer changes nothing but the rating, whatever has become of the conversation.
//! Texts and payloads are in `crate::rating`; which message is an answer is the server's knowledge.

use super::{Conversation, Refusal, State, queued};
use crate::{
    event::Event,
    ids::{AgentId, HandoffId, MessageId},
    interpolation::{ClosingValues, InterpolationFault},
    message::{Author, interactive::InteractiveMessage},
    rating::{RatingRule, RatingSettings, Score},
    time::{Span, Timestamp},
};

/// How long after the first answer a later one replaces it: a slip can be corrected, and what reports have counted for a
/// day stays.
pub const CORRECTED_WITHIN: Span = Span::hours(24);

/// A handoff that its customer is asked to rate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RatedHandoff {
    pub handoff: HandoffId,
    /// Who had it at the close; `None` if nobody had, as after an answer from the phone app.
    pub agent: Option<AgentId>,
}

/// A customer's answer to the question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RatingAnswer {
    pub rated: RatedHandoff,
    /// The customer's message.
    pub message: MessageId,
    pub score: Score,
    /// When the handoff was first rated; `None` if this is the first answer.
    pub first_at: Option<Timestamp>,
}

impl Conversation {
    /// What an agent's close may ask about. Called before the close.
    pub fn to_rate(&self) -> Option<RatedHandoff> {
        let handoff = self.handoff().filter(|handoff| handoff.first_reply.is_some())?;
        Some(RatedHandoff { handoff: handoff.id.clone(), agent: self.agent().cloned() })
    }

    /// The message that asks, at `now`, with the goodbye as the beginning of its text; `None` if nothing is asked. Called
    /// after the close.
    ///
    /// # Errors
    /// [`InterpolationFault`] if the question is not a valid template.
    pub fn rating_question(
        &self,
        rated: &RatedHandoff,
        settings: &RatingSettings,
        goodbye: Option<&str>,
        now: Timestamp,
        values: &ClosingValues<'_>,
    ) -> Result<Option<InteractiveMessage>, InterpolationFault> {
        match settings.rule {
            RatingRule::AfterClose if self.window.is_open(now) && self.control.may_send() => {
                settings.message(&rated.handoff, goodbye, values)
            }
            RatingRule::AfterClose | RatingRule::Off => Ok(None),
        }
    }

    pub(super) fn ask_rating(
        &self,
        message: &MessageId,
        kind: &str,
        digest: &str,
        rated: &RatedHandoff,
    ) -> Result<Vec<Event>, Refusal> {
        match &self.state {
            State::Closed { .. } => {
                let RatedHandoff { handoff, agent } = rated.clone();
                let asked = Event::RatingAsked { handoff, agent, message: message.clone() };
                Ok(vec![queued(message, Author::System, kind, digest), asked])
            }
            State::Bot => Err(Refusal::WithBot),
            State::Human { .. } => Err(Refusal::WithHuman),
        }
    }
}

/// The first answer counts; a later one replaces it for a while, and changes nothing after that.
pub(super) fn rated(answer: &RatingAnswer, now: Timestamp) -> Vec<Event> {
    if answer.first_at.is_some_and(|first| now.since(first) >= CORRECTED_WITHIN) {
        return Vec::new();
    }
    let RatingAnswer { rated: RatedHandoff { handoff, agent }, message, score, first_at: _ } = answer.clone();
    vec![Event::Rated { handoff, agent, message, score }]
}

#[cfg(test)]
#[path = "rating_tests.rs"]
mod tests;
