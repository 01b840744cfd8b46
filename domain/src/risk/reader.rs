//! Reads a conversation from its oldest to its newest message and collects the signs.

use std::collections::BTreeMap;

use super::{
    CUSTOMER_MESSAGES, LATE, Observation, ObservedMessage, RiskSignal, STUCK, Said, SignalKind,
    lexicon::{Hearing, Sense, spoken_words},
    wording::{Wording, is_capital, marks, own_words},
};
use crate::{dossier::CallStatus, ids::MessageId, keyword::Steps, quiet, text, time::Timestamp};

/// The fewest letters of a message that shows whether the customer always writes in capitals.
const LETTERS: usize = 6;
/// The fewest common words of one language in capitals that are a sentence.
const SENTENCE: usize = 2;
/// The longest run of marks that is no sign.
const MARKS: usize = 2;
/// An answer is compared with so many before it.
const COMPARED: usize = 2;

const ANGRY: [char; 7] = ['😡', '🤬', '😤', '👎', '🖕', '😠', '👿'];

/// What leads back to a menu. The menu that follows is no repetition.
const NAVIGATION: [&str; 16] = [
    "menu",
    "main menu",
    "start",
    "back",
    "home",
    "hauptmenu",
    "zuruck",
    "menu principal",
    "inicio",
    "volver",
    "voltar",
    "retour",
    "accueil",
    "indietro",
    "hoofdmenu",
    "terug",
];

/// A kind of sign that was found.
struct Found {
    times: usize,
    message: MessageId,
}

/// What the customer did before an answer of the bot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Prompt {
    /// Asked for the same menu again, or tapped.
    Navigation,
    #[default]
    Words,
}

pub(super) struct Reader<'a> {
    steps: &'a mut Steps,
    /// The words of all messages of the bot.
    bot_said: String,
    /// Whether some message of the customer has small letters.
    writes_small: bool,
    found: BTreeMap<SignalKind, Found>,
    /// The customer's messages since the last reset.
    said: Vec<Wording>,
    answers: Vec<Wording>,
    /// The bot's messages since the customer's last one: their words, and the last of them.
    answer: Option<(Vec<String>, MessageId)>,
    prompt: Prompt,
    has_answered: bool,
    asked_if_helped: bool,
    /// Whether the customer's newest message needs no answer.
    is_settled: bool,
    /// Calls until then do not count.
    calls_after: Timestamp,
    newest: Option<MessageId>,
}

impl<'a> Reader<'a> {
    /// The signs in a conversation, in no particular order.
    pub fn read(observed: &Observation, now: Timestamp, steps: &'a mut Steps) -> Vec<RiskSignal> {
        let messages = &observed.messages;
        let mut reader = Self {
            steps,
            bot_said: bot_said(messages),
            writes_small: messages.iter().any(writes_small),
            found: BTreeMap::new(),
            said: Vec::new(),
            answers: Vec::new(),
            answer: None,
            prompt: Prompt::default(),
            has_answered: false,
            asked_if_helped: false,
            is_settled: false,
            calls_after: Timestamp(i64::MIN),
            newest: None,
        };
        let first = first_counted(messages);
        reader.has_answered = messages[..first].iter().any(|message| matches!(message.said, Said::Bot(_)));
        for message in &messages[first..] {
            reader.take(message);
        }
        reader.end_answer();
        let late = reader.lateness(messages, now);
        let failed = reader.failed_call(observed);
        reader.count_tries(observed.tries);
        let special = [(SignalKind::NotAnswered, late), (SignalKind::FailedCall, failed)];
        let found = std::mem::take(&mut reader.found).into_iter();
        let signals = found.map(|(kind, Found { times, message })| {
            let detail = special.iter().find(|(of, _)| *of == kind).and_then(|(_, detail)| detail.clone());
            let detail = detail.unwrap_or_else(|| kind.sentence(times).to_owned());
            let (once, again) = kind.points();
            RiskSignal { kind, points: if times > 1 { again } else { once }, message, detail }
        });
        signals.collect()
    }

    fn take(&mut self, message: &ObservedMessage) {
        match &message.said {
            Said::Typed(text) => {
                self.begin_message(message);
                self.typed(text, message);
            }
            Said::Tapped(_) => {
                self.begin_message(message);
                self.prompt = Prompt::Navigation;
            }
            Said::Wordless => {
                self.begin_message(message);
                self.prompt = Prompt::Words;
            }
            Said::Bot(text) => self.bot(text, message),
            Said::Undelivered => self.add(SignalKind::Undelivered, message),
            Said::Person => {
                self.forget(message);
                self.has_answered = false;
                self.is_settled = true;
            }
        }
    }

    fn begin_message(&mut self, message: &ObservedMessage) {
        self.end_answer();
        self.newest = Some(message.id.clone());
        self.is_settled = false;
    }

    fn typed(&mut self, text: &str, message: &ObservedMessage) {
        let own = own_words(text, &self.bot_said);
        let hearing = Hearing::of(&own, self.steps);
        let is_navigation = NAVIGATION.contains(&hearing.words.join(" ").as_str());
        self.prompt = if is_navigation { Prompt::Navigation } else { Prompt::Words };
        if hearing.is_solved() || is_thanks(&own) {
            self.forget(message);
            self.is_settled = true;
            return;
        }
        let is_angry = hearing.has(Sense::Anger) || text.contains(ANGRY);
        let is_pleased = hearing.is_pleased() && !is_angry;
        let is_denial = self.asked_if_helped && hearing.begins_with_denial();
        let is_unhelped = is_denial || (self.has_answered && hearing.has(Sense::Unhelped));
        let is_shouted = self.writes_small && is_capital(&own) && hearing.common_words() >= SENTENCE;
        let is_marked = (marks(&own) > MARKS && !is_pleased) || own.matches("??").count() >= 2;
        let wording = Wording::of(&hearing.words);
        let steps = &mut *self.steps;
        let is_repeated = self.said.iter().any(|said| said.is_like(&wording, steps));
        for (is_found, kind) in [
            (hearing.asks_for_person(), SignalKind::AsksForPerson),
            (is_angry, SignalKind::Anger),
            (is_unhelped, SignalKind::NotHelped),
            (self.has_answered && hearing.has(Sense::Told), SignalKind::SaidBefore),
            (is_shouted && !is_pleased, SignalKind::Capitals),
            (is_marked, SignalKind::Marks),
            (is_repeated, SignalKind::CustomerRepeats),
        ] {
            if is_found {
                self.add(kind, message);
            }
        }
        self.said.push(wording);
    }

    fn bot(&mut self, text: &str, message: &ObservedMessage) {
        let hearing = Hearing::of(text, self.steps);
        self.has_answered = true;
        self.asked_if_helped = hearing.has(Sense::AsksIfHelped);
        if hearing.has(Sense::Lost) {
            self.add(SignalKind::NotUnderstood, message);
        }
        let (words, last) = self.answer.get_or_insert_with(|| (Vec::new(), message.id.clone()));
        words.extend(hearing.words);
        *last = message.id.clone();
    }

    /// Compares what the bot has answered with its answers before.
    fn end_answer(&mut self) {
        let Some((words, message)) = self.answer.take() else { return };
        let wording = Wording::of(&words);
        let steps = &mut *self.steps;
        let is_repeated = self.answers.iter().rev().take(COMPARED).any(|answer| answer.is_like(&wording, steps));
        if is_repeated && self.prompt == Prompt::Words {
            self.add_at(SignalKind::BotRepeats, message);
        }
        self.answers.push(wording);
    }

    /// What was found until `message` counts no longer.
    fn forget(&mut self, message: &ObservedMessage) {
        self.found.clear();
        self.said.clear();
        self.answers.clear();
        self.answer = None;
        self.asked_if_helped = false;
        self.calls_after = message.at;
    }

    fn add(&mut self, kind: SignalKind, message: &ObservedMessage) {
        self.add_at(kind, message.id.clone());
    }

    fn add_at(&mut self, kind: SignalKind, message: MessageId) {
        let found = self.found.entry(kind).or_insert_with(|| Found { times: 0, message: message.clone() });
        found.times += 1;
        found.message = message;
    }

    /// Adds that the customer waits for the bot, and says how long.
    fn lateness(&mut self, messages: &[ObservedMessage], now: Timestamp) -> Option<String> {
        let waiting = messages.iter().rev();
        let waiting = waiting.take_while(|message| message.said.is_customers() || message.said == Said::Undelivered);
        let first = waiting.filter(|message| message.said.is_customers()).last().filter(|_| !self.is_settled)?;
        let wait = now.since(first.at);
        if wait < LATE {
            return None;
        }
        self.add(SignalKind::NotAnswered, first);
        if wait >= STUCK {
            self.add(SignalKind::NotAnswered, first);
        }
        Some(format!("No answer for {}", wait.approximate()))
    }

    /// Adds the calls that failed and did not succeed later, and names the last one.
    fn failed_call(&mut self, observed: &Observation) -> Option<String> {
        let from = observed.messages.get(first_counted(&observed.messages))?.at;
        let mut failed = None;
        for (at, call) in observed.calls.iter().enumerate() {
            let later = &observed.calls[at + 1..];
            let is_repaired =
                later.iter().any(|other| other.label == call.label && other.status == CallStatus::Answered);
            let has_failed = match call.status {
                CallStatus::Failed | CallStatus::Interrupted => call.at >= from && call.at > self.calls_after,
                CallStatus::Requested | CallStatus::Answered => false,
            };
            if has_failed && !is_repaired {
                let Some(message) = call.message.clone().or_else(|| self.newest.clone()) else { continue };
                self.add_at(SignalKind::FailedCall, message);
                failed = Some(format!("“{}” failed", text::clip(&text::one_line(&call.label), LABEL)));
            }
        }
        failed
    }

    /// A flow's question that is asked again is not understood so many times, whatever its words are.
    fn count_tries(&mut self, tries: usize) {
        let Some(message) = self.newest.clone().filter(|_| tries > 0) else { return };
        let found = self.found.entry(SignalKind::NotUnderstood).or_insert(Found { times: 0, message });
        found.times = found.times.max(tries);
    }
}

/// The longest label of a call, in characters.
const LABEL: usize = 40;

/// The position of the customer's message from which signs count.
fn first_counted(messages: &[ObservedMessage]) -> usize {
    let own = messages.iter().enumerate().filter(|(_, message)| message.said.is_customers());
    own.rev().nth(CUSTOMER_MESSAGES - 1).map_or(0, |(at, _)| at)
}

fn bot_said(messages: &[ObservedMessage]) -> String {
    let mut words = Vec::new();
    for message in messages {
        if let Said::Bot(text) = &message.said {
            words.extend(spoken_words(text));
        }
    }
    words.join(" ")
}

fn writes_small(message: &ObservedMessage) -> bool {
    let Said::Typed(text) = &message.said else { return false };
    text.chars().filter(|c| c.is_alphabetic()).count() >= LETTERS && text.chars().any(char::is_lowercase)
}

/// Whether a text is a thank-you. One of emoji or digits alone is none: it may say the opposite.
fn is_thanks(text: &str) -> bool {
    text.chars().any(char::is_alphabetic) && quiet::is_quiet_text(text)
}

impl SignalKind {
    fn sentence(self, times: usize) -> &'static str {
        let is_repeated = times > 1;
        match self {
            Self::AsksForPerson => "Asks for a person",
            Self::NotAnswered => "No answer yet",
            Self::FailedCall => "A call failed",
            Self::Undelivered => "The bot's message wasn't delivered",
            Self::NotHelped if is_repeated => "Says again that it didn't help",
            Self::NotHelped => "Says it didn't help",
            Self::Anger => "Sounds angry",
            Self::Capitals => "Writes in capitals",
            Self::BotRepeats if is_repeated => "The bot keeps repeating itself",
            Self::BotRepeats => "The bot repeats itself",
            Self::CustomerRepeats => "Repeats a message",
            Self::SaidBefore => "Says they wrote it before",
            Self::Marks => "Several ! or ? in a row",
            Self::NotUnderstood if is_repeated => "The bot didn't understand, again",
            Self::NotUnderstood => "The bot didn't understand",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_that_comes_again_is_said_so() {
        for (kind, once, again) in [
            (SignalKind::NotHelped, "Says it didn't help", "Says again that it didn't help"),
            (SignalKind::BotRepeats, "The bot repeats itself", "The bot keeps repeating itself"),
            (SignalKind::NotUnderstood, "The bot didn't understand", "The bot didn't understand, again"),
            (SignalKind::Anger, "Sounds angry", "Sounds angry"),
        ] {
            assert_eq!((kind.sentence(1), kind.sentence(2)), (once, again));
        }
    }
}
