//! How a customer rated a handoff, as a fact of the thread and of the dossier. The question itself is a message.

use super::AgentNames;
use crate::{
    dossier::HandoffRating,
    event::{Entry, Event},
};

/// The rating of an entry, if it is one.
pub fn rating(entry: &Entry, names: &AgentNames) -> Option<HandoffRating> {
    let Event::Rated { handoff, agent, score, .. } = &entry.event else { return None };
    Some(HandoffRating {
        handoff: handoff.clone(),
        agent: agent.as_ref().map(|agent| names.of(agent)),
        score: *score,
        at: entry.at,
        seq: entry.seq,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        conversation::describe::{line, what},
        desk::{ItemBody, Line},
        dossier::Fact,
        event::Actor,
        ids::Seq,
        rating::Score,
        time::Timestamp,
    };

    fn names() -> AgentNames {
        [("agt_ana".into(), "Ana".to_owned())].into_iter().collect()
    }

    #[test]
    fn a_rating_is_a_line_with_its_fact_and_not_audited() {
        let cases =
            [(Some("agt_ana"), "The customer rated Ana's help: 3 of 3"), (None, "The customer rated the help: 3 of 3")];
        for (agent, expected) in cases {
            let (handoff, agent) = ("hof_1".into(), agent.map(Into::into));
            let event = Event::Rated { handoff, agent, message: "msg_1".into(), score: Score::ALL[0] };
            assert!(event.kind().is_thread_line() && what(&event, &Actor::Customer, &names()).is_none());
            let entry = Entry { seq: Seq(4), at: Timestamp(9), actor: Actor::Customer, conversation: None, event };
            let item = line(&entry, &names()).expect("a line");
            assert_eq!((item.at, item.seq), (Timestamp(9), Seq(4)));
            let ItemBody::Line(Line { text, fact: Some(fact), .. }) = item.body else { panic!("a fact") };
            assert_eq!((text.as_str(), *fact), (expected, Fact::Rating(rating(&entry, &names()).expect("a rating"))));
        }
    }

    #[test]
    fn a_question_is_a_message_and_no_line() {
        let event = Event::RatingAsked { handoff: "hof_1".into(), agent: None, message: "msg_1".into() };
        assert_eq!(what(&event, &Actor::System, &names()), None);
        let entry = Entry { seq: Seq(4), at: Timestamp(9), actor: Actor::System, conversation: None, event };
        assert!(line(&entry, &names()).is_none() && rating(&entry, &names()).is_none());
    }
}
