//! The words of a phrase or message as the matcher hears them: folded further than [`text::fold`], with the places of
//! apostrophes.
//!
//! Stored columns depend on [`text::fold`], so letters that only keywords treat as equal are folded here.

use unicode_normalization::UnicodeNormalization;

use crate::{message::TEXT_LIMIT, text};

/// At most this many characters of a message are matched.
pub const HEARD_LIMIT: usize = TEXT_LIMIT;
/// At most this many folded characters: a syllable of Hangul becomes three letters.
pub const FOLDED_LIMIT: usize = 4 * HEARD_LIMIT;

/// A word and, for each of its characters, its byte offset in the original text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    pub chars: Vec<char>,
    pub origin: Vec<usize>,
    /// The positions in `chars` before which an apostrophe stood.
    pub apostrophes: Vec<usize>,
}

/// The part of a message that is matched.
pub fn heard(message: &str) -> &str {
    message.char_indices().nth(HEARD_LIMIT).map_or(message, |(end, _)| &message[..end])
}

/// The words of a text. An apostrophe within a word does not end it, whatever character was typed for it.
pub fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    each_word(text, |word| words.push(std::mem::take(word)));
    words
}

/// As [`words`], one after the other. The word may be taken; otherwise its memory is used for the next one.
pub fn each_word(text: &str, mut heard: impl FnMut(&mut Word)) {
    let mut word = Word::default();
    let mut count = 0;
    for (at, original) in text.char_indices() {
        if count >= FOLDED_LIMIT {
            break;
        }
        if is_apostrophe(original) {
            if !word.chars.is_empty() && word.apostrophes.last() != Some(&word.chars.len()) {
                word.apostrophes.push(word.chars.len());
            }
            continue;
        }
        // ASCII decomposes into itself, and is most of what people write.
        if original.is_ascii_alphanumeric() {
            word.chars.push(original.to_ascii_lowercase());
            word.origin.push(at);
            count += 1;
            continue;
        }
        if original.is_ascii() {
            end(&mut word, &mut heard);
            continue;
        }
        for part in std::iter::once(original).nfkd() {
            if text::is_decoration(part) {
                continue;
            }
            if text::is_gap(part) {
                end(&mut word, &mut heard);
                continue;
            }
            for letter in text::plain(part) {
                word.chars.push(variant(letter));
                word.origin.push(at);
                count += 1;
            }
        }
    }
    end(&mut word, &mut heard);
}

/// The folded letters of a text without its gaps and apostrophes, for the tables of endings.
pub fn letters(text: &str) -> Vec<char> {
    words(text).into_iter().flat_map(|word| word.chars).collect()
}

fn end(word: &mut Word, heard: &mut impl FnMut(&mut Word)) {
    if !word.chars.is_empty() {
        // An apostrophe at the end closes a quotation, or is a genitive without an s.
        word.apostrophes.retain(|at| *at < word.chars.len());
        heard(word);
    }
    word.chars.clear();
    word.origin.clear();
    word.apostrophes.clear();
}

/// Apostrophes, and the accents and quotation marks that are typed instead of them.
fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '‛' | '`' | '´' | '′' | 'ʹ' | 'ʻ' | 'ʼ' | '＇' | '՚' | 'ꞌ' | '׳')
}

/// Replaces letters that keyboards of one script offer in several shapes, final letters, and digits.
fn variant(c: char) -> char {
    match c {
        'ی' | 'ى' | 'ې' | 'ۍ' | 'ے' => 'ي',
        'ک' | 'ڪ' | 'ګ' => 'ك',
        'ہ' | 'ھ' | 'ە' | 'ة' | 'ۃ' | 'ۀ' | 'ۂ' => 'ه',
        'ٱ' => 'ا',
        other => text::digit(other).unwrap_or(medial(other)),
    }
}

/// The shape within a word of a Hebrew letter that stands at its end.
pub fn medial(c: char) -> char {
    match c {
        'ך' => 'כ',
        'ם' => 'מ',
        'ן' => 'נ',
        'ף' => 'פ',
        'ץ' => 'צ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard_words(text: &str) -> Vec<String> {
        words(text).iter().map(|word| word.chars.iter().collect()).collect()
    }

    #[test]
    fn letters_of_one_script_and_digits_of_all_have_one_shape() {
        for (one, other) in [
            ("پشتیبانی", "پشتيباني"),
            ("کارمند", "كارمند"),
            ("نمائندہ", "نمائنده"),
            ("مدرسة", "مدرسه"),
            ("إنسان", "انسان"),
            ("شـــكرا", "شكرا"),
            ("۲۴", "24"),
            ("٢٤", "24"),
            ("२४", "24"),
            ("２４", "24"),
            ("אדם", "אדמ"),
        ] {
            assert_eq!(heard_words(one), heard_words(other), "{one} {other}");
        }
    }

    #[test]
    fn an_apostrophe_stays_within_its_word_and_its_place_is_known() {
        for text in ["l'agent", "l’agent", "l´agent", "l`agent", "l‘agent"] {
            let words = words(text);
            assert_eq!(words.len(), 1, "{text}");
            assert_eq!((words[0].chars.len(), words[0].apostrophes.as_slice()), (6, &[1][..]), "{text}");
        }
        assert!(words("'agent'").iter().all(|word| word.apostrophes.is_empty()));
        assert_eq!(words("the agents' desk")[1].apostrophes, [0; 0]);
    }

    #[test]
    fn a_message_is_heard_up_to_the_limit_of_whatsapp() {
        let long = "ü".repeat(HEARD_LIMIT + 1);
        assert_eq!(heard(&long).chars().count(), HEARD_LIMIT);
        assert_eq!(heard("short"), "short");
        let ligatures = "ﷺ".repeat(HEARD_LIMIT);
        assert!(words(&ligatures).iter().map(|word| word.chars.len()).sum::<usize>() < FOLDED_LIMIT + 20);
    }
}
