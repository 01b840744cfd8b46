//! Bounds on automatic messages to one customer: a loop with another machine, and the messages of a day.
//!
//! Every turn of the bot is an exchange: what the customer wrote and what the bot would send. Exchanges are remembered
//! per customer, not per conversation, because a loop goes on after a person has closed. A loop is recognized by
//! exchanges that repeat earlier ones soon after an automatic message; the day's messages are counted by the caller.

use serde::{Deserialize, Serialize};

use crate::{
    ids::ConversationId,
    message::outgoing::OutgoingMessage,
    number::grouped,
    text::{ascii_digits, folded},
    time::{Span, Timestamp},
};

/// What an admin allows the bot to send to one customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AutomationBounds {
    /// Automatic messages to a customer per day of the tenant's time zone; 0 is no bound.
    pub daily_messages: u32,
    /// How often the same message gets the same answer in a row; 0 is no bound.
    pub repeats: u32,
}

impl Default for AutomationBounds {
    fn default() -> Self {
        Self { daily_messages: 100, repeats: 3 }
    }
}

impl AutomationBounds {
    /// Whether nothing is bounded, so that nothing has to be counted.
    pub fn is_off(self) -> bool {
        self.daily_messages == 0 && self.repeats == 0
    }
}

/// The largest values that an admin may set.
const MAX_DAILY_MESSAGES: u32 = 10_000;
const MAX_REPEATS: u32 = 50;

/// Why the bounds cannot be saved.
pub fn bounds_fault(bounds: AutomationBounds) -> Option<String> {
    if bounds.daily_messages > MAX_DAILY_MESSAGES {
        return Some(format!("Enter up to {} messages, or 0 for no limit.", grouped(MAX_DAILY_MESSAGES)));
    }
    (bounds.repeats > MAX_REPEATS).then(|| format!("Enter up to {MAX_REPEATS} repeats, or 0 for no limit."))
}

/// Why the bot sends nothing to a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseReason {
    /// The customer and the bot repeat the same messages.
    Loop,
    /// The customer's messages of the day are used up.
    DailyLimit,
}

/// How soon after an automatic message a machine answers it. Customers who write the same each day are slower.
const SOON: Span = Span::seconds(60);
/// Meta's times have whole seconds, rounded down.
const SECOND: Span = Span(999);
/// How long texts and answers are remembered, and how long after a loop was reported it is not reported again.
const MEMORY: Span = Span::hours(24);
/// How many different texts and answers are remembered: another machine may alternate between a few.
const REMEMBERED: usize = 8;

/// The weight of the same text with the same answer. [`AutomationBounds::repeats`] of these are allowed.
const SAME_TEXT_AND_ANSWER: u32 = 4;
/// The answer calls a person, who would be called again and again.
const SAME_TEXT_AND_PERSON: u32 = 8;
/// The answer is not known yet, because the language model gives it.
const SAME_TEXT: u32 = 2;

/// The exchanges with one customer. Texts are kept as digests only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Exchanges {
    heard: Vec<Trace>,
    said: Vec<Trace>,
    /// The sum of the weights of repeated texts. Other exchanges take one off.
    weight: u32,
    /// How often the same answers were given to different texts in a row. Somebody may ask questions that the bot does
    /// not understand, so as many are allowed as the weights sum up to.
    same_answers: u32,
    /// When a person was told about a loop.
    loop_told_at: Option<Timestamp>,
    /// The day on which a person was told that the day's messages are used up.
    limit_told_on: Option<String>,
    /// The conversation whose thread shows that the bot is silent.
    shown_in: Option<ConversationId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Trace {
    digest: u64,
    at: Timestamp,
}

/// What a turn answers, and with what.
#[derive(Clone, Copy, Debug)]
pub struct Exchange<'a> {
    /// What the customer typed; `None` for taps, files, and turns without a message.
    pub heard: Option<&'a str>,
    /// When the newest message of the customer was written.
    pub written_at: Timestamp,
    pub said: &'a [&'a OutgoingMessage],
    pub then: Then,
    /// When the last automatic message before this turn was queued.
    pub last_sent_at: Option<Timestamp>,
}

/// What an exchange repeats of earlier ones.
enum Repeats {
    /// The text, with its weight.
    Text(u32),
    /// The answer to another text.
    Answer,
    Nothing,
}

/// What follows the bot's messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// A person is called: an answer that is always the same.
    Person,
    /// The language model or another system answers later.
    Later,
    Nothing,
}

/// Whom a silent bot tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tell {
    /// A person is called.
    Person,
    /// The thread says it; a person was told about another conversation.
    Thread,
    Nobody,
}

impl Exchanges {
    /// Remembers the exchange and returns whether it belongs to a loop, so that the bot must not answer.
    pub fn is_loop(&mut self, exchange: &Exchange<'_>, bounds: AutomationBounds, now: Timestamp) -> bool {
        let is_soon = exchange.last_sent_at.is_some_and(|sent| {
            let answered_at = exchange.written_at.plus(SECOND);
            answered_at >= sent && answered_at.since(sent) <= SOON
        });
        let same_text = exchange.heard.map(|text| seen(&mut self.heard, text_digest(text), now));
        let same_answer = answer_digest(exchange).map(|answer| seen(&mut self.said, answer, now));
        let repeats = match (same_text, same_answer) {
            (Some(true), Some(true)) if exchange.then == Then::Person => Repeats::Text(SAME_TEXT_AND_PERSON),
            (Some(true), Some(true)) => Repeats::Text(SAME_TEXT_AND_ANSWER),
            (Some(true), None) => Repeats::Text(SAME_TEXT),
            (Some(false) | None, Some(true)) => Repeats::Answer,
            // The text led to something new, such as "yes" to another question.
            (Some(true), Some(false)) | (Some(false) | None, Some(false) | None) => Repeats::Nothing,
        };
        let most = bounds.repeats.saturating_mul(SAME_TEXT_AND_ANSWER);
        if same_answer == Some(false) || !is_soon {
            self.same_answers = 0;
        }
        let is_loop = match repeats {
            Repeats::Text(weight) if is_soon => {
                self.weight = self.weight.saturating_add(weight).min(most.saturating_add(SAME_TEXT_AND_PERSON));
                self.weight > most
            }
            // A person who takes over from a machine writes something new and must be answered.
            Repeats::Answer if is_soon => {
                self.same_answers = self.same_answers.saturating_add(1).min(most.saturating_add(1));
                self.same_answers > most
            }
            Repeats::Text(_) | Repeats::Answer | Repeats::Nothing => {
                self.weight = self.weight.saturating_sub(1);
                false
            }
        };
        is_loop && bounds.repeats > 0
    }

    /// Whom to tell that the bot is silent, and remembers it. `day` is today in the tenant's time zone.
    pub fn tell(&mut self, why: PauseReason, conversation: &ConversationId, day: &str, now: Timestamp) -> Tell {
        let is_told = match why {
            PauseReason::Loop => self.loop_told_at.is_some_and(|at| now.since(at) < MEMORY),
            PauseReason::DailyLimit => self.limit_told_on.as_deref() == Some(day),
        };
        let is_shown = is_told && self.shown_in.as_ref() == Some(conversation);
        self.shown_in = Some(conversation.clone());
        if !is_told {
            match why {
                PauseReason::Loop => self.loop_told_at = Some(now),
                PauseReason::DailyLimit => self.limit_told_on = Some(day.to_owned()),
            }
        }
        match (is_told, is_shown) {
            (false, _) => Tell::Person,
            (true, false) => Tell::Thread,
            (true, true) => Tell::Nobody,
        }
    }
}

/// Whether the digest was seen before, and remembers it.
fn seen(traces: &mut Vec<Trace>, digest: u64, now: Timestamp) -> bool {
    traces.retain(|trace| now.since(trace.at) < MEMORY);
    let known = traces.iter().position(|trace| trace.digest == digest);
    if let Some(known) = known {
        traces.remove(known);
    }
    traces.push(Trace { digest, at: now });
    let surplus = traces.len().saturating_sub(REMEMBERED);
    traces.drain(..surplus);
    known.is_some()
}

/// Texts that differ in case, spaces and figures only are the same: automatic replies name times and numbers. A text of
/// figures alone is an answer.
fn text_digest(text: &str) -> u64 {
    let words = ascii_digits(&folded(text));
    if !words.chars().any(char::is_alphabetic) {
        return digest(words.as_bytes());
    }
    let mut plain = String::with_capacity(words.len());
    for word in words.split_whitespace() {
        for letter in word.chars() {
            let figure = letter.is_ascii_digit();
            if !(figure && plain.ends_with('0')) {
                plain.push(if figure { '0' } else { letter });
            }
        }
        plain.push(' ');
    }
    digest(plain.as_bytes())
}

/// `None` if the answer is not known yet, or if there is none.
fn answer_digest(exchange: &Exchange<'_>) -> Option<u64> {
    let parts: Vec<String> = exchange.said.iter().map(|message| format!("{message:?}")).collect();
    match (parts.is_empty(), exchange.then) {
        (true, Then::Later | Then::Nothing) => None,
        (_, Then::Person) => Some(digest(format!("{parts:?} person").as_bytes())),
        (false, Then::Later | Then::Nothing) => Some(digest(format!("{parts:?}").as_bytes())),
    }
}

/// FNV-1a: stored, so it must stay the same in every build, which the standard library's hasher does not promise.
fn digest(bytes: &[u8]) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, step)
}

#[cfg(test)]
#[path = "automation_tests.rs"]
mod tests;
