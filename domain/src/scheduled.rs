//! Messages that wait to be sent: for the seconds in which their author can take them back or write more of them, for a
//! time, or for the customer to write.
//!
//! A message is decided anew when it is due. One that may not be sent then is kept, and asks its author what to do:
//! nothing is sent into a situation that its author did not know, and nothing is lost. Jobs and rows do not belong here.
//! To add something to wait for: a variant of [`SendChoice`] and of [`SendWait`]. To add a reason to ask: a variant of
//! [`SendDoubt`] with its sentence.

pub mod joined;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use self::joined::JoinTimes;
pub use super::event::{ScheduledAct, ScheduledStep, SendDoubt};
use super::{
    conversation::{Conversation, Refusal},
    event::{Event, PreviousOwner},
    ids::{AgentId, MessageId, ScheduledId, TemplateId},
    message::reply::ReplyKind,
    template::field::TemplateValues,
    time::{Span, Timestamp},
};

/// For how many seconds an agent may choose to keep each message back. 0 sends at once.
pub const SEND_DELAYS: [i64; 4] = [0, 5, 10, 20];
/// The longest wait for a time.
const LONGEST: Span = Span::days(30);
/// The hour of [`SendChoice::TomorrowMorning`].
pub const MORNING: i8 = 9;
/// How many messages of a conversation may wait.
pub const SCHEDULED_LIMIT: usize = 20;

/// When an agent wants a message to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendChoice {
    /// After the seconds in which it can be taken back, or in which others join it.
    AfterUndo,
    /// Tomorrow at [`MORNING`] in the tenant's time zone.
    TomorrowMorning,
    At(Timestamp),
    /// Once the customer writes again.
    CustomerBack,
}

/// What a message waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendWait {
    /// Until then its author can take it back.
    Undo(Timestamp),
    /// It is sent as one message with what its author writes meanwhile.
    Joined(JoinTimes),
    Time(Timestamp),
    Customer,
}

/// The state of a message that is not sent yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScheduledState {
    Waiting(SendWait),
    /// It is sent only if its author says so.
    Asking(SendDoubt),
}

/// What becomes of a message that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextSend {
    /// It waits on.
    Wait,
    /// It waits on, but otherwise.
    Become(SendWait),
    Send,
    Ask(SendDoubt),
}

/// A message that waits, as a thread shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduledMessage {
    pub id: ScheduledId,
    pub author: AgentId,
    pub author_name: String,
    pub kind: ReplyKind,
    /// The text, or the caption of its file.
    pub body: String,
    /// The message that it quotes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<MessageId>,
    /// The name of its file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The name of the template that it consists of; the body is how it reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    pub state: ScheduledState,
    pub written_at: Timestamp,
}

impl ScheduledMessage {
    /// The seconds of a countdown from when it was written to `until`; 0 when that is over. The clock of a page moves in steps and
    /// is behind the server's by what their messages take. Such a page would begin with more seconds than were chosen.
    pub fn seconds_left(&self, until: Timestamp, now: Timestamp) -> i64 {
        let left = until.since(now.max(self.written_at)).0;
        (left + 999).div_euclid(1_000)
    }
}

/// A template that waits, as it was filled in. Its JSON is stored: fields may be added, never renamed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduledTemplate {
    pub template: TemplateId,
    pub revision: i64,
    pub values: TemplateValues,
    pub name: String,
}

impl NextSend {
    /// What becomes of a template, which a closed window does not stop.
    #[must_use]
    pub fn of_template(self) -> Self {
        match self {
            Self::Ask(SendDoubt::WindowClosed) => Self::Send,
            Self::Wait | Self::Become(_) | Self::Send | Self::Ask(_) => self,
        }
    }
}

impl SendChoice {
    /// What a message that is written at `now` waits for. `delay` is the author's own time to take a message back, `zone`
    /// the tenant's.
    ///
    /// # Errors
    /// A sentence for the author.
    pub fn begin(self, delay: Span, zone: &TimeZone, now: Timestamp) -> Result<SendWait, &'static str> {
        match self {
            Self::AfterUndo => Ok(SendWait::Undo(now.plus(delay))),
            Self::TomorrowMorning => tomorrow_morning(zone, now).map(SendWait::Time).ok_or("Choose another time."),
            Self::CustomerBack => Ok(SendWait::Customer),
            Self::At(at) if at <= now => Err("Choose a time in the future."),
            Self::At(at) if at.since(now) > LONGEST => Err("Choose a time within 30 days."),
            Self::At(at) => Ok(SendWait::Time(at)),
        }
    }
}

fn tomorrow_morning(zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    let now = jiff::Timestamp::from_millisecond(now.0).ok()?;
    let day = zone.to_datetime(now).date().tomorrow().ok()?;
    let morning = zone.to_ambiguous_timestamp(day.at(MORNING, 0, 0, 0)).compatible().ok()?;
    Some(Timestamp(morning.as_millisecond()))
}

impl SendWait {
    /// When it is over by itself.
    pub fn due_at(self) -> Option<Timestamp> {
        match self {
            Self::Undo(at) | Self::Time(at) => Some(at),
            Self::Joined(times) => Some(times.leaves_at()),
            Self::Customer => None,
        }
    }

    /// Whether a message that its author wrote before another one is sent before it, too, even if both are due at once or
    /// what should have sent it has failed. What has an earlier time goes first.
    pub fn precedes(self, later: Self) -> bool {
        match (self, later) {
            (Self::Time(one), Self::Time(other)) => one <= other,
            (Self::Undo(_) | Self::Joined(_), Self::Undo(_) | Self::Joined(_)) | (Self::Customer, Self::Customer) => {
                true
            }
            (Self::Undo(_) | Self::Joined(_), Self::Time(_) | Self::Customer)
            | (Self::Time(_), Self::Undo(_) | Self::Joined(_) | Self::Customer)
            | (Self::Customer, Self::Undo(_) | Self::Joined(_) | Self::Time(_)) => false,
        }
    }
}

impl ScheduledState {
    /// What an event of its conversation means for it: the customer writes first, or nobody is left for whom it could wait.
    pub fn after(self, event: &Event) -> NextSend {
        let has_written = matches!(event, Event::CustomerWrote { turn: true, quiet: false, .. });
        let written_at = if let Event::CustomerWrote { turn: true, at, .. } = event { Some(*at) } else { None };
        let is_closed = matches!(event, Event::Closed { .. });
        let is_returned = is_return(event);
        match self {
            Self::Waiting(SendWait::Time(_)) if has_written => NextSend::Ask(SendDoubt::CustomerWrote),
            Self::Waiting(SendWait::Customer) if has_written => NextSend::Send,
            // The customer's next message begins another conversation, or is the bot's.
            Self::Waiting(SendWait::Customer) if is_closed => NextSend::Ask(SendDoubt::Closed),
            Self::Waiting(SendWait::Customer) if is_returned => NextSend::Ask(SendDoubt::WithBot),
            // What follows is an answer to it, and no part of the message before it.
            Self::Waiting(SendWait::Joined(times)) => match written_at.map(|at| times.ended(at)) {
                Some(ended) if ended != times => NextSend::Become(SendWait::Joined(ended)),
                Some(_) | None => NextSend::Wait,
            },
            Self::Waiting(SendWait::Undo(_) | SendWait::Time(_) | SendWait::Customer) | Self::Asking(_) => {
                NextSend::Wait
            }
        }
    }

    /// Its time may have come, or the customer it waits for wrote.
    pub fn due(self, it: &Conversation, author: &AgentId, now: Timestamp) -> NextSend {
        match self {
            Self::Asking(_) => NextSend::Wait,
            Self::Waiting(wait) if wait.due_at().is_some_and(|at| now < at) => NextSend::Wait,
            Self::Waiting(_) => doubt_about(it, author, now).map_or(NextSend::Send, NextSend::Ask),
        }
    }

    /// Whether it is sent at once when its author ends the conversation: it is as good as sent.
    pub fn is_leaving(self) -> bool {
        matches!(self, Self::Waiting(SendWait::Undo(_) | SendWait::Joined(_)))
    }
}

/// Whether the bot gets the conversation from an agent.
fn is_return(event: &Event) -> bool {
    matches!(event, Event::ReturnedToBot { .. } | Event::TakeOverUndone { to: PreviousOwner::Bot, .. })
}

/// Whether an event takes a conversation from its agent, and no other agent gets what its customer writes next.
pub fn ends_with_agent(event: &Event) -> bool {
    matches!(event, Event::Closed { .. }) || is_return(event)
}

/// Why a message of `author` may not be sent at `now`.
pub fn doubt_about(it: &Conversation, author: &AgentId, now: Timestamp) -> Option<SendDoubt> {
    match it.writable_by(author) {
        Err(refusal) => Some(SendDoubt::from(&refusal)),
        Ok(_) => (!it.window.is_open(now)).then_some(SendDoubt::WindowClosed),
    }
}

impl From<&Refusal> for SendDoubt {
    fn from(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::CustomerJustWrote => Self::CustomerWrote,
            Refusal::ClaimedBy(_)
            | Refusal::OwnedBy(_)
            | Refusal::NotClaimed
            | Refusal::ActedSince(_)
            | Refusal::WithHuman => Self::NotYours,
            Refusal::WithBot => Self::WithBot,
            Refusal::Closed | Refusal::ContinuedIn(_) | Refusal::Merged | Refusal::Imported => Self::Closed,
            Refusal::WindowClosed => Self::WindowClosed,
            Refusal::WithOtherApp => Self::WithOtherApp,
            Refusal::AlreadyYours
            | Refusal::TurnOver
            | Refusal::EndingOver
            | Refusal::EndingPending
            | Refusal::CustomerErased
            | Refusal::NoteBy(_)
            | Refusal::NoteDeleted
            | Refusal::PressedBy(_) => Self::Failed,
        }
    }
}

impl SendDoubt {
    /// Why it was not sent, for its author.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::CustomerWrote => "Not sent: the customer wrote first.",
            Self::NotYours => "Not sent: the conversation is no longer yours.",
            Self::WithBot => "Not sent: the bot has the conversation.",
            Self::Closed => "Not sent: the conversation is closed.",
            Self::WindowClosed => {
                "Not sent: the reply window is closed. You can only send a template until the customer writes again."
            }
            Self::WithOtherApp => "Not sent: another app of the number has the customer.",
            Self::AuthorGone => "Not sent: its author's account was deactivated.",
            Self::FileGone => "Not sent: its file is no longer here.",
            Self::TemplateRefused => {
                "Not sent: this template has changed, or WhatsApp doesn't send it to this customer now. Choose it again."
            }
            Self::Failed => "Not sent: something went wrong.",
        }
    }
}

#[cfg(test)]
#[path = "scheduled_tests.rs"]
mod tests;
