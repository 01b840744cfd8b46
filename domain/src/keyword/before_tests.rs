//! Rules fire wherever they fired before forms were heard. The search of that time is kept here and compared.

use proptest::{
    prelude::{Strategy, any, prop},
    prop_assert, prop_assert_eq, prop_oneof, proptest,
};

use super::{super::matcher::Heard, Found, Keyword, MatchContext, Matcher, Matching};
use crate::{
    ids::KeywordId,
    text::{self, Folded},
};

/// The search without forms, as released.
mod before {
    use super::{Folded, Found, Matching, text};

    pub fn find(haystack: &Folded, message: &str, phrase: &str, matching: Matching) -> Option<Found> {
        let needle = text::fold(phrase).chars;
        if needle.is_empty() {
            return None;
        }
        let (start, end) = match matching {
            Matching::Whole => (haystack.chars == needle).then_some((0, needle.len()))?,
            Matching::StartsWith => {
                let fits = haystack.chars.starts_with(&needle) && ends_word(&haystack.chars, needle.len());
                fits.then_some((0, needle.len()))?
            }
            Matching::Contains => contains(&haystack.chars, &needle)?,
            Matching::Close => contains(&haystack.chars, &needle).or_else(|| close(&haystack.chars, &needle))?,
        };
        let from = *haystack.origin.get(start)?;
        let last = *haystack.origin.get(end - 1)?;
        let to = last + message[last..].chars().next().map_or(0, char::len_utf8);
        Some(Found { start: from, end: to })
    }

    fn contains(haystack: &[char], needle: &[char]) -> Option<(usize, usize)> {
        (0..=haystack.len().checked_sub(needle.len())?)
            .find(|at| {
                haystack[*at..].starts_with(needle)
                    && starts_word(haystack, *at)
                    && ends_word(haystack, at + needle.len())
            })
            .map(|at| (at, at + needle.len()))
    }

    fn starts_word(text: &[char], at: usize) -> bool {
        at == 0 || text[at - 1] == ' ' || text::is_unspaced(text[at]) || text::is_unspaced(text[at - 1])
    }

    fn ends_word(text: &[char], end: usize) -> bool {
        end == text.len() || text[end] == ' ' || text::is_unspaced(text[end]) || text::is_unspaced(text[end - 1])
    }

    /// Compares the phrase with every window of the same number of words and counts typos; a swap of neighbours is one
    /// typo.
    fn close(haystack: &[char], needle: &[char]) -> Option<(usize, usize)> {
        let slips = match needle.len() {
            0..=4 => return None,
            5..=8 => 1,
            _ => 2,
        };
        let wanted: String = needle.iter().collect();
        let words = words(haystack);
        let count = needle.split(|c| *c == ' ').count();
        // A typo may split or join words, so windows of one word more and one less are tried too.
        [count, count + 1, count.saturating_sub(1)].into_iter().filter(|size| *size > 0).find_map(|size| {
            words.windows(size).find_map(|window| {
                let (start, end) = (window.first()?.0, window.last()?.1);
                let near = (end - start).abs_diff(needle.len()) <= slips;
                let same_start = haystack[start] == needle[0] || needle.len() >= 9;
                let candidate: String = haystack[start..end].iter().collect();
                (near && same_start && strsim::osa_distance(&candidate, &wanted) <= slips).then_some((start, end))
            })
        })
    }

    fn words(text: &[char]) -> Vec<(usize, usize)> {
        let mut words = Vec::new();
        let mut start = 0;
        for (at, c) in text.iter().enumerate() {
            if *c == ' ' {
                words.push((start, at));
                start = at + 1;
            }
        }
        words.push((start, text.len()));
        words.retain(|(from, to)| from < to);
        words
    }
}

fn rule(nth: usize, phrase: &str, matching: Matching, language: Option<&str>) -> Keyword {
    let (id, language) = (KeywordId::from_tail(nth), language.map(str::to_owned));
    Keyword { id, phrase: phrase.to_owned(), matching, language, channel: None, enabled: true }
}

/// The first rule that fired, and where.
fn before(rules: &[Keyword], message: &str) -> Option<(KeywordId, Found)> {
    let haystack = text::fold(message);
    let find = |rule: &Keyword| before::find(&haystack, message, &rule.phrase, rule.matching);
    rules.iter().find_map(|rule| Some((rule.id.clone(), find(rule)?)))
}

/// Words that are near to each other, in several scripts, so that matches and near misses are frequent.
fn word() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "agent",
        "agents",
        "agent's",
        "l'agent",
        "agnet",
        "agentur",
        "an",
        "the",
        "a",
        "speak",
        "to",
        "operator",
        "operatör",
        "operatore",
        "temsilci",
        "temsilciye",
        "destek",
        "desteğe",
        "상담원",
        "상담원을",
        "נציג",
        "הנציג",
        "موظف",
        "الموظف",
        "人間",
        "オペレーター",
        "24",
        "٢٤",
        "don't",
        "dont",
        "don`t",
        "mitarbeiter",
        "İnsan",
        "ß",
        "ﷺ",
    ]);
    prop_oneof![
        8 => known.prop_map(str::to_owned),
        1 => "[a-c]{1,12}".prop_map(|word| word),
        1 => "\\PC{1,6}".prop_map(|word| word),
    ]
}

fn sentence(words: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    let gap = prop::sample::select(vec![" ", " ", " ", "", "-", "\n", "'", "  ", "…"]);
    prop::collection::vec((word(), gap), words)
        .prop_map(|parts| parts.into_iter().flat_map(|(word, gap)| [word, gap.to_owned()]).collect())
}

/// A phrase with a few letters changed, as customers mistype it.
fn mistyped() -> impl Strategy<Value = (String, String)> {
    let change = (any::<prop::sample::Index>(), 0..4_u8, prop::sample::select(vec!['a', 'x', ' ', 'e', '상', 'ג']));
    (sentence(1..4), prop::collection::vec(change, 0..4)).prop_map(|(phrase, changes)| {
        let mut letters: Vec<char> = phrase.chars().collect();
        for (index, kind, letter) in changes {
            if letters.len() < 2 {
                break;
            }
            let at = index.index(letters.len() - 1);
            match kind {
                0 => letters.swap(at, at + 1),
                1 => drop(letters.remove(at)),
                2 => letters.insert(at, letter),
                _ => letters[at] = letter,
            }
        }
        (phrase, letters.into_iter().collect())
    })
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(3_000))]

    #[test]
    fn the_rule_that_fired_fires_at_the_same_place(
        phrases in prop::collection::vec((sentence(1..4), 0..Matching::ALL.len()), 1..5),
        message in sentence(0..9),
        language in prop::sample::select(vec![None, Some("en"), Some("tr"), Some("ko"), Some("he"), Some("pl")]),
    ) {
        let rules: Vec<Keyword> = phrases
            .iter()
            .enumerate()
            .map(|(nth, (phrase, matching))| rule(nth, phrase, Matching::ALL[*matching], language))
            .collect();
        if let Some((id, found)) = before(&rules, &message) {
            let matcher = Matcher::new(rules);
            let (now, range) = matcher.first_match(&message, MatchContext::default()).expect("fires as before");
            prop_assert_eq!(&now.id, &id);
            if now.matching != Matching::Close {
                prop_assert_eq!(range, found);
            }
            prop_assert!(message.get(range.start..range.end).is_some_and(|words| !words.is_empty()));
        }
    }

    #[test]
    fn a_mistyped_phrase_fires_exactly_as_before((phrase, message) in mistyped(), around in sentence(0..3)) {
        let message = format!("{around}{message}");
        let rules = [rule(1, &phrase, Matching::Close, None)];
        let fired = before(&rules, &message).is_some();
        let matcher = Matcher::new(rules.to_vec());
        let now = matcher.counted(&message, MatchContext::default(), &mut super::written::Steps::default());
        prop_assert!(!fired || matches!(now, Some((_, _, Heard::Written))), "{phrase:?} {message:?}");
    }
}
