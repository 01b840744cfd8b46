//! The definitions of what reports count, in the words that stand beside each number.
//!
//! They are the only place that says what a number means: the report, its lists and the page of definitions show them.

use super::measure::Measure;

impl Measure {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Handoffs => "Handoffs",
            Self::BusinessBegun => "Begun by the business",
            Self::LeftOut => "Left out",
            Self::Waiting => "Waiting time",
            Self::NotClaimed => "Not claimed",
            Self::Response => "Handoff response time",
            Self::NotAnswered => "Not answered",
            Self::NextReply => "Next reply time",
            Self::NoNextReply => "Without a further reply",
            Self::Handling => "Handling time",
            Self::Resolution => "Resolution time",
            Self::StillOpen => "Still open",
            Self::NotClosed => "Ended without a close",
            Self::BotConversations => "Conversations with the bot",
            Self::Escalated => "Escalation rate",
            Self::TargetDecided => "Answered or overdue",
            Self::TargetMet => "Target met",
            Self::TargetMissed => "Target missed",
            Self::Unanswered => "Unanswered now",
            Self::Lost => "Lost",
            Self::Queue => "Waiting at the same time",
            Self::Closed => "Closed by people",
            Self::Reopened => "Reopened within 7 days",
            Self::ClosedRecently => "Closed less than 7 days ago",
            Self::BotClosed => "Closed by the bot",
            Self::BotStayed => "Closed by the bot for good",
            Self::BotClosedRecently => "Closed by the bot less than 7 days ago",
            Self::Messages => "Messages sent",
            Self::Stints => "Conversations held",
            Self::Online => "Time online",
            Self::RatingAsked => "Asked for a rating",
            Self::Rated => "Rating",
        }
    }

    /// What is counted, in a sentence or two.
    pub const fn definition(self) -> &'static str {
        match self {
            Self::Handoffs => "Requests for an agent, whatever caused them. A takeover that was undone does not count.",
            Self::BusinessBegun => {
                "Handoffs in conversations that the business began. They have no waiting time, response time or \
                 target, because no customer asked for an agent."
            }
            Self::LeftOut => "Handoffs that somebody left out of the reports. No other number counts them.",
            Self::Waiting => {
                "From the request for an agent until the first claim. Handoffs of agents who stepped in or reopened are \
                 not among them, because they were claimed from the first moment, nor are those that began with an answer \
                 from the phone app, because nobody waited for a claim."
            }
            Self::NotClaimed => "Handoffs that waited for a claim and got none, open or ended.",
            Self::Response => {
                "From the request for an agent until a person's first message was sent. A message of the bot never \
                 counts. Handoffs that began with an answer from the phone app have no response time and no target, \
                 because the answer came first."
            }
            Self::NotAnswered => "Handoffs in which no person's message was sent, open or ended.",
            Self::NextReply => {
                "From the customer's first unanswered message until a person's reply was sent, credited to whoever \
                 sent it. The first reply of a handoff has a response time instead."
            }
            Self::NoNextReply => "Waits that ended because the handoff ended, without a reply.",
            Self::Handling => {
                "From the first claim until the handoff ended, however it ended, credited to whoever had it then."
            }
            Self::Resolution => {
                "From the request for an agent until the conversation was closed, credited to whoever had it then."
            }
            Self::StillOpen => "Handoffs that have not ended. They are in no handling or resolution time yet.",
            Self::NotClosed => "Handoffs that ended by a return to the bot or a merge, which resolves nothing.",
            Self::BotConversations => {
                "Conversations in which the bot answered, asked for an agent, or closed. Those that the business \
                 began or that were merged are not among them."
            }
            Self::Escalated => {
                "Conversations in which an agent was requested, as a part of those that the bot took part in."
            }
            Self::TargetDecided => "Handoffs whose response-time target was met or missed.",
            Self::TargetMet => {
                "Handoffs that were answered within the response-time target that applied when they were requested, as a \
                 part of those that met or missed it. The target counts all hours, and a miss stays a miss."
            }
            Self::TargetMissed => {
                "Handoffs that were answered after the target, are waiting beyond it, or were closed unanswered."
            }
            Self::Unanswered => "Open handoffs in which no person's message was sent yet.",
            Self::Lost => "Handoffs that were closed while the customer waited for the first reply.",
            Self::Queue => {
                "Handoffs that nobody had claimed at one moment. The chart shows the highest number of each hour."
            }
            Self::Closed => "Conversations that an agent closed, or that closed because the customer was silent.",
            Self::Reopened => {
                "Conversations that went on within 7 days after a person's close: somebody reopened them, or the \
                 customer wrote again."
            }
            Self::ClosedRecently => "Closes of people less than 7 days ago, which may still be reopened.",
            Self::BotClosed => "Conversations that the bot closed without an agent, at least 7 days ago.",
            Self::BotStayed => {
                "Conversations that the bot closed without an agent and that stayed closed for 7 days, as a part of \
                 those that it closed at least 7 days ago."
            }
            Self::BotClosedRecently => "Conversations that the bot closed without an agent less than 7 days ago.",
            Self::Messages => "Messages of agents that WhatsApp accepted.",
            Self::Stints => {
                "How long an agent had each conversation. Divided by the time with at least one, it is the average \
                 number that the agent had in parallel."
            }
            Self::Online => "How long an agent had Handoff open and was not set to away.",
            Self::RatingAsked => {
                "Closes after which the customer was asked to rate the help, credited to whoever had the conversation then. \
                 A question that WhatsApp refused reached nobody and is not among them."
            }
            Self::Rated => {
                "The average of the answers, from 1, the worst, to 3, and how many of the customers who were asked \
                 answered. If somebody answers again within 24 hours of the first answer, the last one counts."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_measure_has_its_own_name_label_and_definition() {
        let labels: BTreeSet<_> = Measure::ALL.map(Measure::label).into();
        let definitions: BTreeSet<_> = Measure::ALL.map(Measure::definition).into();
        assert_eq!((labels.len(), definitions.len()), (Measure::ALL.len(), Measure::ALL.len()));
        for measure in Measure::ALL {
            assert!(measure.definition().ends_with('.') && measure.cohort().ends_with('.'), "{measure:?}");
        }
    }
}
