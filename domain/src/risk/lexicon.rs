//! Finds the phrases of all tables in a text: one walk over its words, with a look-up per word and language.
//!
//! All languages are searched, because a customer's language is often unknown, and some write in two.

use std::{collections::HashMap, sync::LazyLock};

use super::tables::{LANGUAGES, Language, VerbPlace};
use crate::keyword::{Steps, Tongue, is_elision, words};

/// At most this many characters of a text are read, and this many words.
const CLIP: usize = 600;
const WORDS: usize = 120;
/// The most words from a verb of getting in touch to the person, from a wish to the person, and from what makes the
/// opposite of a request to the request.
const REACH: usize = 6;
const WANT: usize = 3;
const DECLINE: usize = 3;
/// The most words from a denial to what it denies.
const DENIED: usize = 2;

/// The column of a table that a phrase stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sense {
    Reach,
    Want,
    Person,
    Other,
    Ask,
    Decline,
    Anger,
    Unhelped,
    Told,
    AsksIfHelped,
    Denial,
    Lost,
    Solved,
    Pleased,
    Common,
}

impl Sense {
    /// The columns of a table.
    fn columns(table: &Language) -> [(Self, &'static str); 15] {
        [
            (Self::Reach, table.reach),
            (Self::Want, table.want),
            (Self::Person, table.person),
            (Self::Other, table.others),
            (Self::Ask, table.asks),
            (Self::Decline, table.declines),
            (Self::Anger, table.anger),
            (Self::Unhelped, table.unhelped),
            (Self::Told, table.told),
            (Self::AsksIfHelped, table.asks_if_helped),
            (Self::Denial, table.denials),
            (Self::Lost, table.lost),
            (Self::Solved, table.solved),
            (Self::Pleased, table.pleased),
            (Self::Common, table.common),
        ]
    }

    /// Whether single words of the column also count with the endings of their language.
    fn is_inflected(self) -> bool {
        matches!(self, Self::Reach | Self::Want | Self::Person)
    }
}

/// A phrase after its first word.
struct Entry {
    rest: Vec<String>,
    sense: Sense,
}

struct Compiled {
    verb: VerbPlace,
    /// By the first word.
    phrases: HashMap<String, Vec<Entry>>,
}

static COMPILED: LazyLock<Vec<Compiled>> = LazyLock::new(|| LANGUAGES.iter().map(Compiled::of).collect());

impl Compiled {
    fn of(table: &Language) -> Self {
        let mut phrases: HashMap<String, Vec<Entry>> = HashMap::new();
        for (sense, column) in Sense::columns(table) {
            for phrase in column.split('|') {
                let words = spoken_words(phrase);
                let [first, rest @ ..] = words.as_slice() else { continue };
                let forms =
                    if sense.is_inflected() && rest.is_empty() { forms(table.tongue, first) } else { Vec::new() };
                for first in forms.into_iter().chain([first.clone()]) {
                    phrases.entry(first).or_default().push(Entry { rest: rest.to_vec(), sense });
                }
            }
        }
        Self { verb: table.verb, phrases }
    }

    /// The phrases in a text.
    fn find(&self, words: &[String], steps: &mut Steps) -> Vec<Span> {
        let mut found = Vec::new();
        steps.add(words.len());
        for (start, word) in words.iter().enumerate() {
            let Some(entries) = self.phrases.get(word) else { continue };
            for Entry { rest, sense } in entries {
                steps.add(1 + rest.len());
                if words[start + 1..].starts_with(rest) {
                    found.push(Span { sense: *sense, start, end: start + 1 + rest.len() });
                }
            }
        }
        found
    }
}

/// A word with each ending of its language.
fn forms(tongue: Tongue, word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    if !tongue.inflects(&letters) {
        return Vec::new();
    }
    let last = letters.last().copied();
    let endings = tongue.forms().endings.iter().filter(|(after, _)| after.is_met(last));
    endings.map(|(_, ending)| letters.iter().chain(ending).collect()).collect()
}

/// The folded words of a text. What an apostrophe elides is a word of its own: "l'agent".
pub(super) fn spoken_words(text: &str) -> Vec<String> {
    let end = text.char_indices().nth(CLIP).map_or(text.len(), |(end, _)| end);
    let mut spoken = Vec::new();
    for word in words::words(&text[..end]) {
        let elided = word.apostrophes.iter().copied().find(|at| is_elision(&word.chars[..*at]));
        let (before, after) = word.chars.split_at(elided.unwrap_or(0));
        let parts = [before, after].into_iter().filter(|part| !part.is_empty());
        spoken.extend(parts.map(|part| part.iter().collect::<String>()));
    }
    spoken.truncate(WORDS);
    spoken
}

/// Where a phrase stands, in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    sense: Sense,
    start: usize,
    end: usize,
}

/// A text with the phrases that were found in it.
pub(super) struct Hearing {
    pub words: Vec<String>,
    /// Per language.
    spans: Vec<Vec<Span>>,
}

impl Hearing {
    pub fn of(text: &str, steps: &mut Steps) -> Self {
        let words = spoken_words(text);
        let spans = COMPILED.iter().map(|language| language.find(&words, steps)).collect();
        Self { words, spans }
    }

    pub fn has(&self, sense: Sense) -> bool {
        self.spans.iter().flatten().any(|span| span.sense == sense)
    }

    /// Whether the text asks for a person, or whether there is one.
    pub fn asks_for_person(&self) -> bool {
        COMPILED.iter().zip(&self.spans).any(|(language, spans)| is_request(language.verb, spans))
    }

    /// Whether the text begins with a denial, as an answer to a question.
    pub fn begins_with_denial(&self) -> bool {
        self.spans.iter().flatten().any(|span| span.sense == Sense::Denial && span.start == 0)
    }

    /// Whether the customer says that it works now.
    pub fn is_solved(&self) -> bool {
        let is_solved = self.spans.iter().any(|spans| {
            let denied = |at: usize| of(spans, Sense::Denial).any(|no| no.end <= at && at - no.end <= DENIED);
            of(spans, Sense::Solved).any(|span| !denied(span.start))
        });
        is_solved && !self.has(Sense::Unhelped) && !self.has(Sense::Anger)
    }

    /// Whether the text is joy. Words of another language than the text's do not count: "já" is no "ja".
    pub fn is_pleased(&self) -> bool {
        let most = self.common_words();
        let pleased = |spans: &Vec<Span>| of(spans, Sense::Pleased).next().is_some();
        self.spans.iter().any(|spans| pleased(spans) && (most == 0 || self.common_in(spans) == most))
    }

    /// How many different common words of one language the text has, of the language that has most.
    pub fn common_words(&self) -> usize {
        self.spans.iter().map(|spans| self.common_in(spans)).max().unwrap_or(0)
    }

    fn common_in(&self, spans: &[Span]) -> usize {
        let mut found: Vec<&str> = of(spans, Sense::Common).map(|span| self.words[span.start].as_str()).collect();
        found.sort_unstable();
        found.dedup();
        found.len()
    }
}

fn of(spans: &[Span], sense: Sense) -> impl Iterator<Item = &Span> {
    spans.iter().filter(move |span| span.sense == sense)
}

fn is_request(verb: VerbPlace, spans: &[Span]) -> bool {
    let is_other = |span: &Span| of(spans, Sense::Other).any(|other| other.start < span.end && span.start < other.end);
    let is_declined = |at: usize| {
        of(spans, Sense::Decline).any(|no| {
            let is_before = no.end <= at && at - no.end <= DECLINE;
            is_before || (no.start <= at && at < no.end)
        })
    };
    let is_near = |first: usize, then: usize, most: usize| first <= then && then - first <= most;
    let reaches = |person: &Span| {
        of(spans, Sense::Reach).any(|reach| {
            let is_after = verb == VerbPlace::Around && is_near(person.end, reach.start, REACH);
            let is_together = is_near(reach.end, person.start, REACH) || is_after;
            is_together && !is_declined(reach.start.min(person.start))
        })
    };
    let is_wanted = |person: &Span| {
        of(spans, Sense::Want).any(|want| is_near(want.end, person.start, WANT) && !is_declined(want.start))
    };
    let mut people = of(spans, Sense::Person).filter(|person| !is_other(person));
    let mut asks = of(spans, Sense::Ask).filter(|ask| !is_other(ask));
    asks.any(|ask| !is_declined(ask.start)) || people.any(|person| reaches(person) || is_wanted(person))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hear(text: &str) -> Hearing {
        Hearing::of(text, &mut Steps::default())
    }

    #[test]
    fn a_request_is_heard_in_any_form_and_language() {
        for text in [
            "can I talk to a human please",
            "put me through to one of your agents",
            "Ist da jemand?",
            "Kann ich bitte mit einem echten Menschen reden",
            "quiero hablar con una persona",
            "me passa pra um atendente",
            "je veux parler à l'agent",
            "posso parlare con un operatore?",
            "ik wil met een medewerker spreken",
        ] {
            assert!(hear(text).asks_for_person(), "{text}");
        }
    }

    #[test]
    fn other_people_and_refusals_are_no_request() {
        for text in [
            "how do I contact the human resources department",
            "can I talk to a travel agent in Leeds",
            "I don't want to talk to anyone",
            "quiero una habitación para tres personas",
            "¿puedo hablar de un agente de viajes?",
            "ohne mit einem Mitarbeiter zu sprechen",
            "I spoke to an agent yesterday",
            "",
        ] {
            assert!(!hear(text).asks_for_person(), "{text}");
        }
    }

    #[test]
    fn a_denial_before_it_solves_nothing() {
        assert!(hear("ok, it works now").is_solved());
        assert!(!hear("no, solved nothing").is_solved());
        assert!(!hear("it works, useless bot").is_solved());
        assert!(hear("No, it didn't").begins_with_denial() && !hear("it didn't").words.is_empty());
    }

    #[test]
    fn joy_is_of_the_language_of_the_text() {
        assert!(hear("YES I am so happy").is_pleased());
        assert!(!hear("JÁ FAZ UM MÊS E NÃO CHEGOU NADA").is_pleased());
    }

    #[test]
    fn a_long_text_is_cut() {
        assert_eq!(hear(&"a ".repeat(10_000)).words.len(), WORDS);
        assert_eq!(spoken_words(&"x".repeat(10_000)), ["x".repeat(CLIP)]);
        assert_eq!(spoken_words("L'agent, s'il vous plaît"), ["l", "agent", "s", "il", "vous", "plait"]);
        assert_eq!(spoken_words("don't"), ["dont"]);
    }
}
