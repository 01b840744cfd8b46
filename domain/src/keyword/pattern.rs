//! A phrase as a sequence of words, found in the words of a message: articles may stand between them, and each may be a
//! form of its word.

use super::{
    Found, Matching, PHRASE_LIMIT,
    forms::{Company, Hits, Letters, Speakers, Vocabulary},
    matcher::after,
    tongue::Tongue,
    words::Word,
    written::Steps,
};

/// The most words that a phrase can have; more come of ligatures.
const MOST_WORDS: usize = PHRASE_LIMIT / 2 + 1;

/// A compiled sequence of words.
#[derive(Debug)]
pub struct Pattern {
    tongue: Tongue,
    words: Vec<usize>,
    /// All words as one, where the language writes them together ("상담원연결", "Kundenservice").
    joined: Option<usize>,
}

impl Pattern {
    /// `None` if the phrase has no words, or too many.
    pub fn new(phrase: &[Word], tongue: Tongue, speakers: Speakers, vocabulary: &mut Vocabulary) -> Option<Self> {
        let articles = &tongue.forms().articles;
        let last = phrase.len().checked_sub(1).filter(|last| *last < MOST_WORDS)?;
        // An article within the phrase may be another one, or be missing.
        let is_kept = |(at, word): &(usize, &Word)| *at == 0 || *at == last || !articles.contains(&word.chars);
        let kept: Vec<&Word> = phrase.iter().enumerate().filter(is_kept).map(|(_, word)| word).collect();
        let joined = (kept.len() > 1 && tongue.joins_words()).then(|| {
            let chars = kept.iter().flat_map(|word| word.chars.iter().copied()).collect();
            vocabulary.add(&Word { chars, ..Word::default() }, tongue, speakers, Company::Alone)
        });
        let company = if kept.len() > 1 { Company::Others } else { Company::Alone };
        let words = kept.iter().map(|word| vocabulary.add(word, tongue, speakers, company)).collect();
        Some(Self { tongue, words, joined })
    }

    /// Begins to look for the pattern in a message.
    pub fn run(&self, matching: Matching) -> Run<'_> {
        Run { pattern: self, matching, open: vec![None; self.words.len()], found: None }
    }
}

/// The search for one pattern in one message.
pub struct Run<'p> {
    pattern: &'p Pattern,
    matching: Matching,
    /// For each number of words that were heard so far: where they began.
    open: Vec<Option<Place>>,
    found: Option<(Place, Place)>,
}

/// A word of the message, and the range of its letters.
type Place = (usize, Letters);

impl Run<'_> {
    /// Hears the message's word `nth` of `count`.
    pub fn advance(&mut self, nth: usize, count: usize, hits: &Hits<'_>, steps: &mut Steps) {
        if self.found.is_some() {
            return;
        }
        let may_start = nth == 0 || matches!(self.matching, Matching::Contains | Matching::Close);
        let may_end = nth + 1 == count || self.matching != Matching::Whole;
        if let Some(span) = self.pattern.joined.and_then(|joined| hits.of(joined, nth))
            && may_start
            && may_end
        {
            self.found = Some(((nth, span), (nth, span)));
            return;
        }
        let is_article = hits.is_article(self.pattern.tongue);
        steps.add(self.open.len());
        for (at, number) in self.pattern.words.iter().enumerate().rev() {
            let span = hits.of(*number, nth);
            // `open[at]` is where the first `at` words began; nothing comes before the first.
            let began = span.and_then(|span| if at == 0 { may_start.then_some((nth, span)) } else { self.open[at] });
            let is_last = at + 1 == self.pattern.words.len();
            match (began, span) {
                (Some(began), Some(span)) if is_last => {
                    if may_end {
                        self.found = Some((began, (nth, span)));
                        return;
                    }
                }
                (Some(began), _) => self.open[at + 1] = Some(began),
                (None, _) if !is_last && !is_article => self.open[at + 1] = None,
                (None, _) => {}
            }
        }
    }

    /// The matched range of the message: whole words, except in scripts without spaces.
    pub fn found(self, words: &[Word], message: &str) -> Option<Found> {
        let ((first, (from, _)), (last, (_, to))) = self.found?;
        let is_unspaced = |word: &Word| word.chars.iter().any(|c| crate::text::is_unspaced(*c));
        let (first, last) = (words.get(first)?, words.get(last)?);
        let from = if is_unspaced(first) { from } else { 0 };
        let to = if is_unspaced(last) { to } else { last.chars.len() };
        Some(Found { start: *first.origin.get(from)?, end: after(message, *last.origin.get(to.checked_sub(1)?)?) })
    }
}
