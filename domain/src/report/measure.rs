//! What reports count: every number has a name, its rows, and what is shown beside it.
//!
//! The times and cohorts are those of `handoff::metrics`. To add a measure: its variant and name here, its sentence in
//! `definition`, its arm in `count`, and where the page shows it.

use serde::{Deserialize, Serialize};

use crate::variant_names::variant_names;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    Handoffs,
    BusinessBegun,
    LeftOut,
    Waiting,
    NotClaimed,
    Response,
    NotAnswered,
    NextReply,
    NoNextReply,
    Handling,
    Resolution,
    StillOpen,
    NotClosed,
    BotConversations,
    Escalated,
    TargetDecided,
    TargetMet,
    TargetMissed,
    Unanswered,
    Lost,
    Queue,
    Closed,
    Reopened,
    ClosedRecently,
    BotClosed,
    BotStayed,
    BotClosedRecently,
    Messages,
    Stints,
    Online,
    RatingAsked,
    Rated,
}

// The names in addresses and files.
variant_names!(Measure {
    Handoffs => "handoffs",
    BusinessBegun => "business_begun",
    LeftOut => "left_out",
    Waiting => "waiting_time",
    NotClaimed => "not_claimed",
    Response => "response_time",
    NotAnswered => "not_answered",
    NextReply => "next_reply_time",
    NoNextReply => "no_next_reply",
    Handling => "handling_time",
    Resolution => "resolution_time",
    StillOpen => "still_open",
    NotClosed => "not_closed",
    BotConversations => "bot_conversations",
    Escalated => "escalated",
    TargetDecided => "target_decided",
    TargetMet => "target_met",
    TargetMissed => "target_missed",
    Unanswered => "unanswered",
    Lost => "lost",
    Queue => "queue",
    Closed => "closed",
    Reopened => "reopened",
    ClosedRecently => "closed_recently",
    BotClosed => "bot_closed",
    BotStayed => "bot_stayed_closed",
    BotClosedRecently => "bot_closed_recently",
    Messages => "messages",
    Stints => "held",
    Online => "online",
    RatingAsked => "rating_asked",
    Rated => "rated",
});

/// Where the rows of a measure are. Each has an order by time, and one statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FactSource {
    /// Handoffs that were requested in the period.
    Handoffs,
    /// Handoffs that were requested before, and not over when it began.
    EarlierHandoffs,
    /// Handoffs that are open now, whenever they were requested.
    OpenHandoffs,
    /// Waits for further replies that ended in the period.
    Waits,
    /// Conversations that began in the period.
    Conversations,
    /// Closes in the period.
    Closings,
    /// Messages of agents that were sent in the period.
    Messages,
    /// Times with a conversation that began in the period.
    Stints,
    /// Times with a conversation that began before, and were not over when it began.
    EarlierStints,
    /// Times online that overlap the period.
    Presence,
    /// Questions for a rating that were asked in the period.
    Ratings,
}

impl FactSource {
    /// The measures that count its rows.
    pub fn measures(self) -> Vec<Measure> {
        Measure::ALL.into_iter().filter(|measure| measure.sources().contains(&self)).collect()
    }

    /// In the words of a report: which rows the period holds.
    pub const fn cohort(self) -> &'static str {
        match self {
            Self::Handoffs => "Handoffs requested in the period.",
            Self::EarlierHandoffs => "Handoffs requested in the period, or waiting when it began.",
            Self::OpenHandoffs => "Handoffs that are open now, whenever they were requested.",
            Self::Waits => "Waits that ended in the period.",
            Self::Conversations => "Conversations that began in the period.",
            Self::Closings => "Closes in the period.",
            Self::Messages => "Messages sent in the period.",
            Self::Stints | Self::EarlierStints => "The part of each time that lies in the period.",
            Self::Presence => "The part of each time online that lies in the period.",
            Self::Ratings => "Questions asked in the period.",
        }
    }
}

/// The numbers that have a tile of their own on the report, in its order.
pub const TILES: [Measure; 13] = [
    Measure::Handoffs,
    Measure::Waiting,
    Measure::Response,
    Measure::NextReply,
    Measure::Handling,
    Measure::Resolution,
    Measure::Escalated,
    Measure::TargetMet,
    Measure::Unanswered,
    Measure::Lost,
    Measure::Reopened,
    Measure::BotStayed,
    Measure::Rated,
];

impl Measure {
    /// The rows, newest first: those of a later source are older than all of an earlier one.
    pub const fn sources(self) -> &'static [FactSource] {
        match self {
            Self::Handoffs
            | Self::BusinessBegun
            | Self::LeftOut
            | Self::Waiting
            | Self::NotClaimed
            | Self::Response
            | Self::NotAnswered
            | Self::Handling
            | Self::Resolution
            | Self::StillOpen
            | Self::NotClosed
            | Self::TargetDecided
            | Self::TargetMet
            | Self::TargetMissed
            | Self::Lost => &[FactSource::Handoffs],
            Self::Queue => &[FactSource::Handoffs, FactSource::EarlierHandoffs],
            Self::Unanswered => &[FactSource::OpenHandoffs],
            Self::NextReply | Self::NoNextReply => &[FactSource::Waits],
            Self::BotConversations | Self::Escalated => &[FactSource::Conversations],
            Self::Closed
            | Self::Reopened
            | Self::ClosedRecently
            | Self::BotClosed
            | Self::BotStayed
            | Self::BotClosedRecently => &[FactSource::Closings],
            Self::Messages => &[FactSource::Messages],
            Self::Stints => &[FactSource::Stints, FactSource::EarlierStints],
            Self::Online => &[FactSource::Presence],
            Self::RatingAsked | Self::Rated => &[FactSource::Ratings],
        }
    }

    /// Which rows the period holds, in words.
    pub fn cohort(self) -> &'static str {
        self.sources().last().map_or("", |source| source.cohort())
    }

    /// The rows that the measure is a part of, where it is shown as a part.
    pub const fn whole(self) -> Option<Self> {
        match self {
            Self::Escalated => Some(Self::BotConversations),
            Self::TargetMet => Some(Self::TargetDecided),
            Self::Reopened => Some(Self::Closed),
            Self::BotStayed => Some(Self::BotClosed),
            Self::Rated => Some(Self::RatingAsked),
            Self::Handoffs
            | Self::BusinessBegun
            | Self::LeftOut
            | Self::Waiting
            | Self::NotClaimed
            | Self::Response
            | Self::NotAnswered
            | Self::NextReply
            | Self::NoNextReply
            | Self::Handling
            | Self::Resolution
            | Self::StillOpen
            | Self::NotClosed
            | Self::BotConversations
            | Self::TargetDecided
            | Self::TargetMissed
            | Self::Unanswered
            | Self::Lost
            | Self::Queue
            | Self::Closed
            | Self::ClosedRecently
            | Self::BotClosed
            | Self::BotClosedRecently
            | Self::Messages
            | Self::Stints
            | Self::Online
            | Self::RatingAsked => None,
        }
    }

    /// What the number does not contain, and is shown beside it.
    pub const fn beside(self) -> &'static [Self] {
        match self {
            Self::Handoffs => &[Self::BusinessBegun, Self::LeftOut],
            Self::Waiting => &[Self::NotClaimed],
            Self::Response => &[Self::NotAnswered],
            Self::NextReply => &[Self::NoNextReply],
            Self::Handling => &[Self::StillOpen],
            Self::Resolution => &[Self::StillOpen, Self::NotClosed],
            Self::TargetMet => &[Self::TargetMissed],
            Self::Reopened => &[Self::ClosedRecently],
            Self::BotStayed => &[Self::BotClosedRecently],
            Self::BusinessBegun
            | Self::LeftOut
            | Self::NotClaimed
            | Self::NotAnswered
            | Self::NoNextReply
            | Self::StillOpen
            | Self::NotClosed
            | Self::BotConversations
            | Self::Escalated
            | Self::TargetDecided
            | Self::TargetMissed
            | Self::Unanswered
            | Self::Lost
            | Self::Queue
            | Self::Closed
            | Self::ClosedRecently
            | Self::BotClosed
            | Self::BotClosedRecently
            | Self::Messages
            | Self::Stints
            | Self::Online
            | Self::RatingAsked
            | Self::Rated => &[],
        }
    }

    /// Whether the number is the median of durations, not a count.
    pub const fn is_duration(self) -> bool {
        matches!(self, Self::Waiting | Self::Response | Self::NextReply | Self::Handling | Self::Resolution)
    }

    /// Whether a row belongs to an agent. What does not is left out of an agent's numbers.
    pub const fn is_credited(self) -> bool {
        !matches!(
            self,
            Self::NotClaimed
                | Self::NotAnswered
                | Self::BotConversations
                | Self::Escalated
                | Self::Queue
                | Self::BotClosed
                | Self::BotStayed
                | Self::BotClosedRecently
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_and_its_whole_are_of_the_same_rows() {
        for measure in Measure::ALL {
            if let Some(whole) = measure.whole() {
                assert_eq!((whole.sources(), whole.is_credited()), (measure.sources(), measure.is_credited()));
            }
        }
    }

    #[test]
    fn what_a_number_is_a_part_of_and_what_stands_beside_it_is_known() {
        let parts = Measure::ALL.into_iter().filter_map(|measure| Some((measure, measure.whole()?)));
        assert_eq!(
            parts.collect::<Vec<_>>(),
            [
                (Measure::Escalated, Measure::BotConversations),
                (Measure::TargetMet, Measure::TargetDecided),
                (Measure::Reopened, Measure::Closed),
                (Measure::BotStayed, Measure::BotClosed),
                (Measure::Rated, Measure::RatingAsked),
            ]
        );
        assert_eq!(Measure::Resolution.beside(), [Measure::StillOpen, Measure::NotClosed]);
        assert_eq!(Measure::Handoffs.beside(), [Measure::BusinessBegun, Measure::LeftOut]);
        assert!(Measure::Lost.beside().is_empty());
    }

    #[test]
    fn durations_and_what_no_agent_has_are_told_from_counts() {
        let durations: Vec<Measure> = Measure::ALL.into_iter().filter(|measure| measure.is_duration()).collect();
        assert_eq!(durations.len(), 5);
        assert!(durations.contains(&Measure::Waiting) && !durations.contains(&Measure::Handoffs));
        assert!(Measure::Handling.is_credited() && Measure::Messages.is_credited());
        assert!(!Measure::Queue.is_credited() && !Measure::BotClosed.is_credited());
    }
}
