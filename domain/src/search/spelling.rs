//! Letters that are also written with two: ä, ö, ø, ü as `ae`, `oe`, `ue`, and å as `aa`. Folding makes `a`, `o` and `u`
//! of them, and `ss`, `ae` and `oe` of ß, æ and œ, so the index has one spelling of each text. A query is compared with
//! both.
//!
//! Only a letter that stands in the text or in the query has two spellings: `Mueller` finds `Müller`, but `duel` does
//! not find `dul`. With both spellings of each text in the index it would.

use std::collections::BTreeSet;

use unicode_normalization::char::compose;

use super::pieces::Piece;

/// How many letters of a term are looked up in both spellings. What follows them in a word is compared with the text
/// alone.
pub const MOST_CHOICES: usize = 3;

/// The second letter of the spelling with two, of the letter at the beginning of `text`.
pub fn second_letter(text: &str) -> Option<char> {
    let mut chars = text.chars();
    let letter = chars.next()?;
    // An accent may be a character of its own.
    let mark = chars.next().filter(|mark| matches!(mark, '\u{308}' | '\u{30a}'));
    match mark.and_then(|mark| compose(letter, mark)).unwrap_or(letter) {
        'ä' | 'Ä' | 'ö' | 'Ö' | 'ø' | 'Ø' | 'ü' | 'Ü' => Some('e'),
        'å' | 'Å' => Some('a'),
        _ => None,
    }
}

/// Whether two letters are also written as one.
fn is_pair(first: char, second: char) -> bool {
    matches!((first, second), ('a' | 'o' | 'u', 'e') | ('a', 'a'))
}

/// Whether the text has to end where what was typed does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordEnd {
    Open,
    Closed,
}

/// Where `wanted` ends in a text's piece that is compared from `start`: the longest place, if it stands there.
///
/// Two letters at the end of what was typed are one letter of the text only if the word ends there: `Malmoe` finds
/// `Malmö`, but `blue` does not find `Blüte`.
pub fn end_of_match(piece: &Piece, start: usize, wanted: &Piece, end: WordEnd) -> Option<usize> {
    let mut best: Option<usize> = None;
    let mut known = BTreeSet::from([(start, 0)]);
    let mut open = vec![(start, 0)];
    while let Some((at, typed)) = open.pop() {
        let Some(letter) = wanted.chars.get(typed) else {
            let is_end = match end {
                WordEnd::Open => true,
                WordEnd::Closed => at == piece.chars.len(),
            };
            if is_end {
                best = best.max(Some(at));
            }
            continue;
        };
        if piece.chars.get(at) != Some(letter) {
            continue;
        }
        let one = (at + 1, typed + 1);
        let one_for_two = piece.seconds[at].filter(|second| wanted.chars.get(typed + 1) == Some(second));
        let one_for_two = one_for_two.map(|_| (at + 1, typed + 2));
        let is_whole = |(at, typed): &(usize, usize)| *typed < wanted.chars.len() || *at == piece.chars.len();
        let two_for_one = wanted.seconds[typed].filter(|second| piece.chars.get(at + 1) == Some(second));
        let two_for_one = two_for_one.map(|_| (at + 2, typed + 1));
        let next = [Some(one), one_for_two.filter(is_whole), two_for_one];
        open.extend(next.into_iter().flatten().filter(|place| known.insert(*place)));
    }
    best
}

/// A way to write what was typed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spelling {
    pub chars: Vec<char>,
    pub extent: Extent,
}

/// What of a word a [`Spelling`] names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extent {
    /// What was typed.
    Typed,
    /// The word ends there.
    Whole,
    /// Only the beginning of what was typed.
    Beginning,
}

/// How many letters of what was typed may have two spellings.
pub fn choices(wanted: &Piece) -> usize {
    (0..wanted.chars.len()).filter(|at| has_choice(wanted, *at)).count()
}

fn has_choice(wanted: &Piece, at: usize) -> bool {
    let is_first_of_pair = wanted.chars.get(at + 1).is_some_and(|next| is_pair(wanted.chars[at], *next));
    is_first_of_pair || wanted.seconds[at].is_some()
}

/// All spellings of what was typed, with a choice at its first `most` letters that have one. Every text in which
/// [`end_of_match`] finds it has one of them.
pub fn spellings(wanted: &Piece, most: usize) -> BTreeSet<Spelling> {
    let mut found = BTreeSet::new();
    let mut open = vec![(Vec::new(), 0, most)];
    while let Some((mut chars, mut typed, mut left)) = open.pop() {
        let mut extent = Extent::Typed;
        while let Some(letter) = wanted.chars.get(typed).copied() {
            chars.push(letter);
            let has_choice = has_choice(wanted, typed);
            if has_choice && left == 0 {
                extent = Extent::Beginning;
                break;
            }
            if has_choice {
                left -= 1;
                let pair = wanted.chars.get(typed + 1).filter(|next| is_pair(letter, **next));
                if pair.is_some() && typed + 2 == wanted.chars.len() {
                    found.insert(Spelling { chars: chars.clone(), extent: Extent::Whole });
                } else if pair.is_some() {
                    open.push((chars.clone(), typed + 2, left));
                }
                if let Some(second) = wanted.seconds[typed] {
                    open.push((chars.iter().copied().chain([second]).collect(), typed + 1, left));
                }
            }
            typed += 1;
        }
        found.insert(Spelling { chars, extent });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{super::pieces::pieces, *};

    fn piece(text: &str) -> Piece {
        pieces(text).into_iter().next().unwrap_or_else(|| panic!("{text} has a word"))
    }

    fn written(text: &str) -> Vec<String> {
        let written = |spelling: Spelling| {
            let word: String = spelling.chars.into_iter().collect();
            match spelling.extent {
                Extent::Typed => word,
                Extent::Whole => format!("{word}|"),
                Extent::Beginning => format!("{word}…"),
            }
        };
        spellings(&piece(text), 1).into_iter().map(written).collect()
    }

    #[test]
    fn a_word_has_the_spellings_of_its_letters() {
        for (typed, expected) in [
            ("Maria", &["maria"][..]),
            ("Müller", &["mueller", "muller"]),
            ("Mu\u{308}ller", &["mueller", "muller"]),
            ("Mueller", &["mueller", "muller"]),
            ("Åse", &["aase", "ase"]),
            ("Aase", &["aase", "ase"]),
            ("Malmoe", &["malmo|", "malmoe"]),
            ("Weiß", &["weiss"]),
            ("Süßöl", &["suesso…", "susso…"]),
        ] {
            assert_eq!(written(typed), expected, "{typed}");
        }
    }

    #[test]
    fn spellings_are_bounded_whatever_was_typed() {
        for long in ["aå".repeat(100), "ae".repeat(100), "å".repeat(200)] {
            let long = piece(&long);
            assert!(choices(&long) > MOST_CHOICES);
            assert!(spellings(&long, MOST_CHOICES).len() <= 27);
            assert!(end_of_match(&long, 0, &long, WordEnd::Closed).is_some());
        }
    }
}
