//! The words of all phrases in one tree of letters, and which of them a word of a message is a form of.

use std::collections::HashMap;

use super::{
    stems::{Rest, is_elision, is_one_of, stems},
    tongue::{Tongue, is_vowel},
    words::Word,
    written::{Steps, ends_word, starts_word},
};

/// The fewest letters of a compound's last part, and of what stands before it ("Kundenberater", not "Reagent").
const COMPOUND_LEAST: usize = 5;
const COMPOUND_BEFORE: usize = 3;
/// The fewest letters of a word beside others that takes a prefix.
const PREFIX_LEAST: usize = 2;
/// The fewest letters before an apostrophe and what follows it.
const APOSTROPHE_LEAST: usize = 3;
/// What follows an apostrophe in English; endings of Turkish names are in its table.
const AFTER_APOSTROPHE: [&str; 5] = ["s", "ll", "re", "ve", "d"];

/// The distinct words of a tenant's phrases.
#[derive(Debug, Default)]
pub struct Vocabulary {
    nodes: Vec<Node>,
    known: HashMap<Known, usize>,
    count: usize,
    has_compounds: bool,
}

/// What makes two words of phrases the same.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Known {
    chars: Vec<char>,
    apostrophes: Vec<usize>,
    tongue: Tongue,
    speakers: Speakers,
    company: Company,
}

/// Whose forms a word takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Speakers {
    /// The rule names its language.
    One,
    /// The rule is for all: a customer's own language adds its forms.
    All,
}

/// Whether other words of the phrase stand beside a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Company {
    Alone,
    /// Short words take prefixes too: the others tell what is meant.
    Others,
}

#[derive(Debug, Default)]
struct Node {
    next: Vec<(char, usize)>,
    stems: Vec<Stem>,
}

/// A stem that ends at a node.
#[derive(Clone, Copy, Debug)]
struct Stem {
    word: usize,
    tongue: Tongue,
    rest: Rest,
    /// Only for customers who write this language.
    is_spoken: bool,
    company: Company,
}

/// Why a stem may start at a place within a word.
#[derive(Clone, Copy, Debug)]
enum Start {
    /// At the word's start, beside a letter of a script without spaces, or after an elision.
    Word,
    /// After a prefix of a language, if the stem has so many letters.
    Prefix(Tongue, usize),
    /// As the last part of a compound.
    Compound,
}

impl Vocabulary {
    /// The number of a phrase's word.
    pub fn add(&mut self, word: &Word, tongue: Tongue, speakers: Speakers, company: Company) -> usize {
        let (chars, apostrophes) = (word.chars.clone(), word.apostrophes.clone());
        let key = Known { chars, apostrophes, tongue, speakers, company };
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let number = self.count;
        self.count += 1;
        self.known.insert(key, number);
        let others = Tongue::ALL.into_iter().filter(|other| speakers == Speakers::All && *other != tongue);
        let others = others.filter(|other| other.script() == tongue.script());
        for other in std::iter::once(tongue).chain(others) {
            self.has_compounds |= other.forms().compounds;
            for (letters, rest) in stems(word, other) {
                let stem = Stem { word: number, tongue: other, rest, is_spoken: other != tongue, company };
                self.insert(&letters, stem);
            }
        }
        number
    }

    fn insert(&mut self, letters: &[char], stem: Stem) {
        if self.nodes.is_empty() {
            self.nodes.push(Node::default());
        }
        let mut at = 0;
        for letter in letters {
            at = match self.next(at, *letter) {
                Some(next) => next,
                None => {
                    let next = self.nodes.len();
                    self.nodes.push(Node::default());
                    self.nodes[at].next.push((*letter, next));
                    next
                }
            };
        }
        self.nodes[at].stems.push(stem);
    }

    fn next(&self, at: usize, letter: char) -> Option<usize> {
        self.nodes.get(at)?.next.iter().find(|(known, _)| *known == letter).map(|(_, next)| *next)
    }
}

/// Which words of the phrases the words of a message are forms of.
pub struct Hits<'v> {
    vocabulary: &'v Vocabulary,
    /// The customer's language, and that of the message, as far as they are known.
    spoken: [Option<Tongue>; 2],
    /// Per word of the phrases: the last word of the message that is a form of it, and the range of its letters.
    last: Vec<Option<(usize, Letters)>>,
    /// The languages in which the last word of the message is an article.
    articles: u32,
}

/// A range of letters of a word.
pub type Letters = (usize, usize);

impl<'v> Hits<'v> {
    pub fn new(vocabulary: &'v Vocabulary, spoken: [Option<Tongue>; 2]) -> Self {
        Self { vocabulary, spoken, last: vec![None; vocabulary.count], articles: 0 }
    }

    /// The letters of the message's word `nth` that are a form of the phrase's word, if they are.
    pub fn of(&self, word: usize, nth: usize) -> Option<Letters> {
        self.last[word].filter(|(at, _)| *at == nth).map(|(_, span)| span)
    }

    /// Whether the last word of the message is an article for a phrase in `tongue`.
    pub fn is_article(&self, tongue: Tongue) -> bool {
        let spoken = self.spoken.into_iter().flatten().filter(|spoken| spoken.script() == tongue.script());
        std::iter::once(tongue).chain(spoken).any(|tongue| self.articles >> tongue as u32 & 1 == 1)
    }

    /// Hears the next word of the message.
    pub fn hear(&mut self, nth: usize, word: &Word, steps: &mut Steps) {
        let elided = word.apostrophes.iter().map(|at| Tongue::articles(&word.chars[*at..]));
        self.articles = elided.fold(Tongue::articles(&word.chars), |all, more| all | more);
        for (at, start) in self.starts(word, steps) {
            let mut node = 0;
            for end in at + 1..=word.chars.len() {
                steps.add(1);
                let Some(next) = self.vocabulary.next(node, word.chars[end - 1]) else { break };
                node = next;
                for stem in &self.vocabulary.nodes[node].stems {
                    steps.add(1);
                    if self.last[stem.word].is_none_or(|(known, _)| known != nth)
                        && (!stem.is_spoken || self.spoken.contains(&Some(stem.tongue)))
                        && start.allows(stem, end - at)
                        && is_whole(word, at, end, stem, steps)
                    {
                        self.last[stem.word] = Some((nth, (at, end)));
                    }
                }
            }
        }
    }

    /// Hears the message's words before `nth` and `nth` as one ("Kunden-Service" for "Kundenservice").
    pub fn hear_joined(&mut self, nth: usize, before: &Word, word: &Word, steps: &mut Steps) {
        let chars = || before.chars.iter().chain(&word.chars).copied();
        // Most pairs of words begin nothing that is known, so they are joined only where something may match.
        let mut joined = Word::default();
        let length = before.chars.len() + word.chars.len();
        let mut node = 0;
        for (end, letter) in (1..).zip(chars()) {
            steps.add(1);
            let Some(next) = self.vocabulary.next(node, letter) else { return };
            node = next;
            if end > before.chars.len() && joined.chars.is_empty() {
                joined.chars.extend(chars());
            }
            for stem in self.vocabulary.nodes[node].stems.iter().filter(|_| end > before.chars.len()) {
                steps.add(1);
                // In Hangul what follows is often a word of its own ("상담 원해요" is not "상담원").
                let is_free = stem.tongue != Tongue::Korean || end == length;
                if is_free
                    && stem.tongue.joins_words()
                    && (!stem.is_spoken || self.spoken.contains(&Some(stem.tongue)))
                    && is_whole(&joined, 0, end, stem, steps)
                {
                    self.last[stem.word] = Some((nth, (0, end - before.chars.len())));
                }
            }
        }
    }

    fn starts(&self, word: &Word, steps: &mut Steps) -> Vec<(usize, Start)> {
        let chars = &word.chars;
        let mut starts: Vec<(usize, Start)> =
            (0..chars.len()).filter(|at| starts_word(chars, *at)).map(|at| (at, Start::Word)).collect();
        let elided = word.apostrophes.iter().filter(|at| is_elision(&chars[..**at]));
        starts.extend(elided.map(|at| (*at, Start::Word)));
        for tongue in [Tongue::Hebrew, Tongue::Arabic, Tongue::Persian] {
            let prefixes = &tongue.forms().prefixes;
            steps.add(prefixes.len());
            let fits = prefixes.iter().filter(|(_, prefix)| chars.len() > prefix.len() && chars.starts_with(prefix));
            starts.extend(fits.map(|(least, prefix)| (prefix.len(), Start::Prefix(tongue, *least))));
        }
        if self.vocabulary.has_compounds && chars.len() >= COMPOUND_BEFORE + COMPOUND_LEAST {
            starts.extend((COMPOUND_BEFORE..=chars.len() - COMPOUND_LEAST).map(|at| (at, Start::Compound)));
        }
        starts
    }
}

impl Start {
    fn allows(self, stem: &Stem, length: usize) -> bool {
        match self {
            Self::Word => true,
            Self::Prefix(tongue, least) => {
                let least = if stem.company == Company::Others { PREFIX_LEAST } else { least };
                tongue == stem.tongue && length >= least
            }
            Self::Compound => stem.tongue.forms().compounds && length >= COMPOUND_LEAST,
        }
    }
}

/// Whether what follows a stem at `start..end` leaves the word a form of it.
fn is_whole(word: &Word, start: usize, end: usize, stem: &Stem, steps: &mut Steps) -> bool {
    let (letters, rest) = (&word.chars[start..end], &word.chars[end..]);
    let is_end = ends_word(&word.chars, end);
    match stem.rest {
        Rest::Nothing => return is_end,
        Rest::Free if is_end => return true,
        Rest::Vowel if !rest.first().is_some_and(|c| is_vowel(*c)) => return false,
        Rest::Free | Rest::Ending | Rest::Vowel => {}
    }
    if word.apostrophes.contains(&end) && stem.tongue.script() == Tongue::Latin && letters.len() >= APOSTROPHE_LEAST {
        return is_one_of(rest, &AFTER_APOSTROPHE) || Tongue::Turkish.is_ending(letters, rest, steps);
    }
    let is_cut = word.apostrophes.iter().any(|at| *at > end);
    // A changed stem may be shorter than its word, which was long enough.
    let inflects = stem.rest != Rest::Free || stem.tongue.inflects(letters);
    !rest.is_empty() && !is_cut && inflects && stem.tongue.is_ending(letters, rest, steps)
}
