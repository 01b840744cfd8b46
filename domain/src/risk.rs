//! How likely a conversation with the bot needs a person, from its recent messages, calls and flow.
//!
//! [`assess`] finds signs and adds their points: each kind of sign counts once, and more if it was seen again. The sum
//! gives the level. Each sign names a message and says itself in a sentence. What the customer wrote before a thank-you
//! that stands alone, before "it works now", or before a person's message does not count. Words are in
//! `risk/tables.rs`; how well they do is printed and bounded by `risk/labelled_tests.rs`.
//!
//! It guesses for people who look at a list; it hands nothing over by itself. No model is asked: people see why a
//! conversation is listed, and a hundred are assessed in one read. To add a sign: a variant of [`SignalKind`]
//! with its points and its sentence, where it is found in `risk/reader.rs`, and labelled conversations with it.

mod lexicon;
mod reader;
mod tables;
mod wording;

use serde::{Deserialize, Serialize};

use self::reader::Reader;
use crate::{
    content::{Content, TurnEffect},
    delivery::Delivery,
    dossier::CallStatus,
    ids::MessageId,
    keyword::Steps,
    message::Author,
    time::{Span, Timestamp},
};

/// How many of the newest messages are enough.
pub const RECENT: usize = 14;
/// From this score on a conversation is watched, and from this one on it is likely to need a person.
pub const WATCH: i64 = 30;
pub const LIKELY: i64 = 60;

/// Signs count from the customer's fifth newest message on.
const CUSTOMER_MESSAGES: usize = 5;
/// A bot that has not answered for so long is late, and for so long it is stuck: longer than any turn of a model.
const LATE: Span = Span::minutes(3);
const STUCK: Span = Span::minutes(10);

/// What was said in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// The customer typed it.
    Typed(String),
    /// The customer tapped an option with this title.
    Tapped(String),
    /// The customer sent something without text, such as a voice note.
    Wordless,
    Bot(String),
    /// The bot's message failed: the customer has not got it.
    Undelivered,
    /// A person of the business, or another app.
    Person,
}

impl Said {
    /// `None` if the message says nothing about the bot, such as a notice of the tenant or a reaction.
    pub fn of(author: &Author, content: &Content, delivery: Option<Delivery>) -> Option<Self> {
        Some(match author {
            Author::Customer if content.turn() != TurnEffect::Customer => return None,
            Author::Customer => match (content.typed(), content.text()) {
                (Some(text), _) => Self::Typed(text.to_owned()),
                (None, Some(text)) => Self::Tapped(text.to_owned()),
                (None, None) => Self::Wordless,
            },
            Author::Bot if delivery == Some(Delivery::Failed) => Self::Undelivered,
            Author::Bot if delivery == Some(Delivery::Cancelled) => return None,
            Author::Bot => Self::Bot(content.search_text()),
            Author::System => return None,
            Author::Agent(_) | Author::Phone | Author::Partner => Self::Person,
        })
    }

    fn is_customers(&self) -> bool {
        match self {
            Self::Typed(_) | Self::Tapped(_) | Self::Wordless => true,
            Self::Bot(_) | Self::Undelivered | Self::Person => false,
        }
    }
}

/// A message as it is assessed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObservedMessage {
    pub id: MessageId,
    pub at: Timestamp,
    pub said: Said,
}

/// A call of another system as it is assessed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObservedCall {
    pub label: String,
    pub status: CallStatus,
    /// The message that led to it.
    pub message: Option<MessageId>,
    pub at: Timestamp,
}

/// What is known of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observation {
    /// The newest messages, at least [`RECENT`] if there are so many, oldest first.
    pub messages: Vec<ObservedMessage>,
    /// In the order in which they were made.
    pub calls: Vec<ObservedCall>,
    /// How many answers to the flow's open question did not match.
    pub tries: usize,
}

/// The kinds of signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalKind {
    AsksForPerson,
    NotAnswered,
    FailedCall,
    Undelivered,
    NotHelped,
    Anger,
    Capitals,
    BotRepeats,
    CustomerRepeats,
    SaidBefore,
    Marks,
    NotUnderstood,
}

impl SignalKind {
    /// The points of a sign that was seen once, and of one that was seen again.
    const fn points(self) -> (i64, i64) {
        match self {
            Self::AsksForPerson => (60, 60),
            Self::NotAnswered | Self::FailedCall | Self::Undelivered | Self::NotHelped => (40, 60),
            Self::Anger => (40, 40),
            Self::Capitals => (35, 35),
            Self::BotRepeats => (30, 60),
            Self::CustomerRepeats => (30, 45),
            Self::SaidBefore | Self::Marks => (25, 25),
            Self::NotUnderstood => (20, 45),
        }
    }
}

/// A sign, and the message that shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskSignal {
    pub kind: SignalKind,
    pub points: i64,
    /// The newest message that shows it.
    pub message: MessageId,
    /// For the person who reads the list.
    pub detail: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RiskLevel {
    #[default]
    None,
    Watch,
    Likely,
}

impl RiskLevel {
    const fn of(score: i64) -> Self {
        if score >= LIKELY {
            Self::Likely
        } else if score >= WATCH {
            Self::Watch
        } else {
            Self::None
        }
    }
}

/// How likely a conversation needs a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Risk {
    /// The sum of the signals' points.
    pub score: i64,
    pub level: RiskLevel,
    /// The one with most points first.
    pub signals: Vec<RiskSignal>,
}

/// The risk of a conversation that is with the bot at `now`.
pub fn assess(observed: &Observation, now: Timestamp) -> Risk {
    counted(observed, now, &mut Steps::default())
}

/// As [`assess`]. Counts the steps.
fn counted(observed: &Observation, now: Timestamp, steps: &mut Steps) -> Risk {
    let mut signals = Reader::read(observed, now, steps);
    signals.sort_by_key(|signal| (-signal.points, signal.kind));
    let score = signals.iter().map(|signal| signal.points).sum();
    Risk { score, level: RiskLevel::of(score), signals }
}

#[cfg(test)]
mod labelled_tests;
#[cfg(test)]
#[path = "risk_tests.rs"]
mod tests;
