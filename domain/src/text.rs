//! Text functions: folding for comparison, clipping for display.
//!
//! Folding is done in Rust and not in SQL, because SQLite's `lower()` only handles ASCII.

use unicode_normalization::UnicodeNormalization;

/// A folded text and, for each of its characters, its byte offset in the original.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    pub chars: Vec<char>,
    pub origin: Vec<usize>,
}

impl Folded {
    pub fn is_empty(&self) -> bool {
        self.chars.is_empty()
    }
}

/// Folds case, accents, width, punctuation and runs of spaces, and keeps the origin of each character.
///
/// Marks are only removed where they do not distinguish words (Latin, Greek and Cyrillic accents, Hebrew points, Arabic
/// vowel signs). In Indic scripts marks are vowels, and removing them would make different words equal.
pub fn fold(text: &str) -> Folded {
    let mut folded = Folded::default();
    let mut gap = false;
    for (at, original) in text.char_indices() {
        for part in std::iter::once(original).nfkd() {
            if is_decoration(part) {
                continue;
            }
            if is_gap(part) {
                gap = true;
                continue;
            }
            if gap && !folded.chars.is_empty() {
                folded.chars.push(' ');
                folded.origin.push(at);
            }
            gap = false;
            for lower in plain(part) {
                folded.chars.push(lower);
                folded.origin.push(at);
            }
        }
    }
    folded
}

/// The folded text alone, for searchable columns.
pub fn folded(text: &str) -> String {
    fold(text).chars.into_iter().collect()
}

fn is_decoration(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036f}'
        | '\u{0591}'..='\u{05c7}'
        | '\u{0610}'..='\u{061a}'
        | '\u{0640}'
        | '\u{064b}'..='\u{065f}'
        | '\u{0670}'
        | '\u{06d6}'..='\u{06dc}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{00ad}'
        | '\'' | '\u{2019}' | '\u{02bc}')
}

/// Whether a character separates words: spaces, punctuation and symbols. The remaining marks (Indic vowels) belong to
/// words.
fn is_gap(c: char) -> bool {
    if c.is_alphanumeric() {
        return false;
    }
    c.is_whitespace()
        || c.is_control()
        || c.is_ascii_punctuation()
        || matches!(c,
            '\u{00a1}'..='\u{00bf}'
            | '\u{2000}'..='\u{2bff}'
            | '\u{3000}'..='\u{3020}'
            | '\u{30fb}'
            | '\u{060c}' | '\u{061b}' | '\u{061f}' | '\u{06d4}' | '\u{066a}'..='\u{066d}'
            | '\u{0964}' | '\u{0965}' | '\u{037e}' | '\u{0387}' | '\u{05be}' | '\u{05f3}' | '\u{05f4}'
            | '\u{ff00}'..='\u{ff0f}'
            | '\u{1f000}'..='\u{1faff}')
}

/// Lowercases, and replaces letters that have no decomposition by their base letters.
fn plain(c: char) -> impl Iterator<Item = char> {
    let spelled: &'static [char] = match c {
        'ß' | 'ẞ' => &['s', 's'],
        'æ' | 'Æ' => &['a', 'e'],
        'œ' | 'Œ' => &['o', 'e'],
        'ø' | 'Ø' => &['o'],
        'ł' | 'Ł' => &['l'],
        'đ' | 'Đ' | 'ð' | 'Ð' => &['d'],
        'þ' | 'Þ' => &['t', 'h'],
        'ı' => &['i'],
        'ς' => &['σ'],
        'أ' | 'إ' | 'آ' | 'ٱ' => &['ا'],
        'ى' => &['ي'],
        'ة' => &['ه'],
        _ => &[],
    };
    let lower = spelled.is_empty().then(|| c.to_lowercase().filter(|c| !is_decoration(*c)));
    spelled.iter().copied().chain(lower.into_iter().flatten())
}

/// Whether a script is written without spaces between words, so that a phrase may occur within a run of letters.
pub fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0e00}'..='\u{0eff}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}'
        | '\u{20000}'..='\u{2ffff}')
}

/// At most `limit` characters; if text was cut, the last one is an ellipsis.
pub fn clip(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let mut clipped: String = text.chars().take(limit.saturating_sub(1)).collect();
    clipped.push('…');
    clipped
}

/// Removes control characters except line breaks and tabs; PostgreSQL does not store NUL.
pub fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

/// Splits the text into parts of at most `limit` characters, preferably between paragraphs, then lines, then words.
pub fn pieces(text: &str, limit: usize) -> Vec<String> {
    let mut rest = text.trim();
    let mut parts = Vec::new();
    while let Some((end, _)) = rest.char_indices().nth(limit) {
        let head = &rest[..end];
        // A boundary in the first half would make the part too short.
        let fair = |at: &usize| *at >= end / 2;
        let cut = ["\n\n", "\n", " "].into_iter().find_map(|gap| head.rfind(gap).filter(fair)).unwrap_or(end);
        parts.push(rest[..cut].trim_end().to_owned());
        rest = rest[cut..].trim_start();
    }
    if !rest.is_empty() {
        parts.push(rest.to_owned());
    }
    parts
}

/// Replaces every run of whitespace, including line breaks, with one space.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_split_at_the_best_boundary() {
        assert_eq!(pieces(" short ", 10), ["short"]);
        assert_eq!(pieces("one two\nthree four", 12), ["one two", "three four"]);
        assert_eq!(pieces("one two three", 9), ["one two", "three"]);
        assert_eq!(pieces("ñandúñandú", 5), ["ñandú", "ñandú"]);
        assert!(pieces("  ", 5).is_empty());
        assert!(
            pieces(&"word ".repeat(999), 40)
                .iter()
                .all(|part| (20..=40).contains(&part.chars().count()) || part == "word")
        );
    }

    #[test]
    fn control_characters_are_removed() {
        assert_eq!(printable("a\0b\u{1b}[2J\tc\nd\u{85}"), "ab[2J\tc\nd");
    }

    #[test]
    fn case_accents_width_and_space_are_folded_in_any_script() {
        assert_eq!(folded("  Speak   TO\tagént!! "), "speak to agent");
        assert_eq!(folded("STRASSE"), folded("straße"));
        assert_eq!(folded("İstanbul ILIK"), "istanbul ilik");
        assert_eq!(folded("Ｈｕｍａｎ"), "human");
        assert_eq!(folded("ΆΝΘΡΩΠΟΣ"), folded("άνθρωπος"));
        assert_eq!(folded("إِنْسَان"), "انسان");
        assert_eq!(folded("don't"), folded("don’t"));
    }

    #[test]
    fn indic_vowels_stay_because_they_are_letters() {
        assert_ne!(folded("मानव"), folded("मनव"));
    }

    #[test]
    fn every_folded_character_knows_its_origin() {
        let text = "Ágent ok";
        let folded = fold(text);
        let k = folded.chars.iter().position(|c| *c == 'k').map(|at| folded.origin[at]);
        assert_eq!(k, text.find('k'));
    }

    #[test]
    fn a_clipped_text_counts_characters_not_bytes() {
        assert_eq!(clip("äöüäöü", 6), "äöüäöü");
        assert_eq!(clip("äöüäöü!", 6), "äöüäö…");
    }
}
