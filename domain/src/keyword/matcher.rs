//! One matcher for all keywords of a tenant: compiled once, asked for every message.
//!
//! A message is heard twice. First as it is written: the first rule in the admin's order whose phrase stands in it as
//! it is, or with typos, wins. Only if there is none, forms of the phrases count: endings, prefixes, articles, letters
//! and digits of other keyboards. So a rule that fires on a message as written is never overtaken by a form of another.
//!
//! The work is linear in the message for each rule; a test bounds its steps.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use super::{
    Found, Keyword, MatchContext, Matching, applies,
    forms::{Hits, Speakers, Vocabulary},
    guess::guess,
    pattern::Pattern,
    tongue::{LONGEST_ENDING, Tongue},
    words::{self, Word},
    written::{Needle, Spaces, Steps, Typos, WordBounds},
};
use crate::text::{self, Folded};

/// The rules of a tenant, ready to be matched. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Matcher(Arc<Compiled>);

#[derive(Debug)]
struct Compiled {
    rules: Vec<Keyword>,
    phrases: Vec<Phrase>,
    vocabulary: Vocabulary,
}

/// A compiled phrase.
#[derive(Debug)]
struct Phrase {
    needle: Needle,
    typos: Option<Typos>,
    /// The same for letters as [`words`] folds them, before an ending too; `None` if they tolerate no typos.
    heard_typos: Option<Typos>,
    tongue: Tongue,
    pattern: Option<Pattern>,
}

/// How a rule matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// As the phrase is written, or with typos.
    Written,
    /// In a form of the phrase.
    Form,
}

impl Matcher {
    pub fn new(rules: Vec<Keyword>) -> Self {
        let mut vocabulary = Vocabulary::default();
        let phrases = rules.iter().map(|rule| Phrase::new(rule, &mut vocabulary)).collect();
        Self(Arc::new(Compiled { rules, phrases, vocabulary }))
    }

    /// The matcher without rules.
    pub fn none() -> &'static Self {
        static NONE: OnceLock<Matcher> = OnceLock::new();
        NONE.get_or_init(|| Self::new(Vec::new()))
    }

    /// The rules in the admin's order.
    pub fn rules(&self) -> &[Keyword] {
        &self.0.rules
    }

    /// The rule that requests an agent for `message`, and the matched range.
    pub fn first_match(&self, message: &str, context: MatchContext<'_>) -> Option<(&Keyword, Found)> {
        self.counted(message, context, &mut Steps::default()).map(|(rule, found, _)| (rule, found))
    }

    /// As [`Self::first_match`], with how it matched. Counts the steps.
    pub(super) fn counted(
        &self,
        message: &str,
        context: MatchContext<'_>,
        steps: &mut Steps,
    ) -> Option<(&Keyword, Found, Heard)> {
        let Compiled { rules, phrases, .. } = &*self.0;
        let active: Vec<usize> = (0..rules.len()).filter(|at| applies(&rules[*at], context)).collect();
        if active.is_empty() {
            return None;
        }
        let message = words::heard(message);
        let mut haystack = text::fold(message);
        haystack.chars.truncate(words::FOLDED_LIMIT);
        if haystack.is_empty() {
            return None;
        }
        steps.add(haystack.chars.len());
        for at in active.iter().copied() {
            if let Some(found) = phrases[at].written(&rules[at], &haystack, message, steps) {
                return Some((&rules[at], found, Heard::Written));
            }
        }
        let (at, found) = self.form(message, context, &active, steps)?;
        Some((&rules[at], found, Heard::Form))
    }

    /// The first of `active` that matches in a form.
    fn form(
        &self,
        message: &str,
        context: MatchContext<'_>,
        active: &[usize],
        steps: &mut Steps,
    ) -> Option<(usize, Found)> {
        let Compiled { rules, phrases, vocabulary } = &*self.0;
        let words = words::words(message);
        steps.add(message.len());
        let spoken = [context.language.and_then(Tongue::of_tag), guess(message, &words)];
        let mut hits = Hits::new(vocabulary, spoken);
        let mut runs: Vec<_> = active
            .iter()
            .filter_map(|at| Some((*at, phrases[*at].pattern.as_ref()?.run(rules[*at].matching))))
            .collect();
        for (nth, word) in words.iter().enumerate() {
            if let Some(before) = nth.checked_sub(1).and_then(|before| words.get(before)) {
                hits.hear_joined(nth, before, word, steps);
            }
            hits.hear(nth, word, steps);
            for (_, run) in &mut runs {
                run.advance(nth, words.len(), &hits, steps);
            }
        }
        let by_words = runs.into_iter().find_map(|(at, run)| Some((at, run.found(&words, message)?)));
        let before = by_words.map_or(rules.len(), |(at, _)| at);
        self.slipped(message, &words, active.iter().copied().take_while(|at| *at < before), steps).or(by_words)
    }

    /// The first of `active` that matches with typos beside a form: in other letters, or before an ending.
    fn slipped(
        &self,
        message: &str,
        words: &[Word],
        active: impl Iterator<Item = usize>,
        steps: &mut Steps,
    ) -> Option<(usize, Found)> {
        let Compiled { phrases, .. } = &*self.0;
        let mut joined = None;
        let mut bounds: HashMap<u8, Endings> = HashMap::new();
        for at in active {
            let phrase = &phrases[at];
            let Some(typos) = &phrase.heard_typos else { continue };
            let text = joined.get_or_insert_with(|| Joined::new(words));
            let gates =
                bounds.entry(phrase.tongue as u8).or_insert_with(|| Endings::new(text, words, phrase.tongue, steps));
            if let Some((start, end)) = typos.find(&text.chars, gates, steps) {
                let (from, last) = (*text.origin.get(start)?, *text.origin.get(end - 1)?);
                return Some((at, Found { start: from, end: after(message, last) }));
            }
        }
        None
    }
}

impl Phrase {
    fn new(rule: &Keyword, vocabulary: &mut Vocabulary) -> Self {
        let needle = Needle::new(text::fold(&rule.phrase).chars);
        let tongue = Tongue::of(&rule.phrase, rule.language.as_deref());
        let heard = words::words(&rule.phrase);
        let is_close = rule.matching == Matching::Close;
        let speakers = if rule.language.is_none() { Speakers::All } else { Speakers::One };
        let letters = |words: &[Word]| words.iter().map(|word| word.chars.as_slice()).collect::<Vec<_>>().join(&' ');
        Self {
            typos: is_close.then(|| Typos::new(&needle.chars)).flatten(),
            heard_typos: is_close.then(|| Typos::new(&letters(&heard))).flatten(),
            pattern: Pattern::new(&heard, tongue, speakers, vocabulary),
            needle,
            tongue,
        }
    }

    /// Where the phrase stands as it is written.
    fn written(&self, rule: &Keyword, haystack: &Folded, message: &str, steps: &mut Steps) -> Option<Found> {
        let (text, needle) = (&haystack.chars, &self.needle);
        let whole = (0, needle.chars.len());
        let (start, end) = match rule.matching {
            Matching::Whole => needle.is(text, steps).then_some(whole)?,
            Matching::StartsWith => needle.begins(text, steps).then_some(whole)?,
            Matching::Contains => needle.find(text, steps)?,
            Matching::Close => match needle.find(text, steps) {
                Some(found) => found,
                None => self.typos.as_ref()?.find(text, &Spaces(text), steps)?,
            },
        };
        let from = *haystack.origin.get(start)?;
        let last = *haystack.origin.get(end - 1)?;
        Some(Found { start: from, end: after(message, last) })
    }
}

/// The end of the character that begins at `at`.
pub fn after(message: &str, at: usize) -> usize {
    at + message[at..].chars().next().map_or(0, char::len_utf8)
}

/// The words of a message in one line.
struct Joined {
    chars: Vec<char>,
    origin: Vec<usize>,
    /// Where each word starts.
    starts: Vec<usize>,
}

impl Joined {
    fn new(words: &[Word]) -> Self {
        let mut joined = Self { chars: Vec::new(), origin: Vec::new(), starts: Vec::new() };
        for word in words {
            if let Some(first) = word.origin.first().filter(|_| !joined.chars.is_empty()) {
                joined.chars.push(' ');
                joined.origin.push(*first);
            }
            joined.starts.push(joined.chars.len());
            joined.chars.extend(&word.chars);
            joined.origin.extend(&word.origin);
        }
        joined
    }
}

/// Where a phrase with typos may start and end: at words, before an apostrophe, and before an ending of at least two
/// letters, which costs one of the typos.
struct Endings {
    starts: Vec<bool>,
    most: Vec<Option<usize>>,
}

impl Endings {
    fn new(text: &Joined, words: &[Word], tongue: Tongue, steps: &mut Steps) -> Self {
        let mut gates = Self { starts: vec![false; text.chars.len()], most: vec![None; text.chars.len() + 1] };
        for (word, start) in words.iter().zip(&text.starts) {
            gates.starts[*start] = true;
            gates.most[start + word.chars.len()] = Some(usize::MAX);
            let length = word.chars.len();
            for at in length.saturating_sub(LONGEST_ENDING)..length.saturating_sub(1) {
                let (stem, rest) = word.chars.split_at(at);
                if tongue.inflects(stem) && tongue.is_ending(stem, rest, steps) {
                    gates.most[start + at] = Some(1);
                }
            }
            for at in &word.apostrophes {
                gates.starts[start + at] = true;
                gates.most[start + at] = Some(1);
            }
        }
        gates
    }
}

impl WordBounds for Endings {
    fn starts(&self, at: usize) -> bool {
        self.starts[at]
    }

    fn most(&self, end: usize) -> Option<usize> {
        self.most[end]
    }
}
