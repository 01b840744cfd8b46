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

/// As [`folded`], for a text that is decomposed already (NFKD). The page lets the browser do that, because the tables are too
/// large for it.
pub fn folded_decomposed(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut gap = false;
    for part in text.chars().filter(|c| !is_decoration(*c)) {
        if is_gap(part) {
            gap = true;
            continue;
        }
        if gap && !folded.is_empty() {
            folded.push(' ');
        }
        gap = false;
        folded.extend(plain(part));
    }
    folded
}

/// Marks that do not distinguish words, and characters without a width.
pub(crate) fn is_decoration(c: char) -> bool {
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

/// Whether a character is a mark without a width of its own, such as an accent or a mark of direction. An apostrophe is
/// none.
pub(crate) fn is_mark(c: char) -> bool {
    !c.is_ascii() && is_decoration(c) && !matches!(c, '\u{2019}' | '\u{02bc}')
}

/// Whether a character has neither width nor a meaning that a value needs: zero-width spaces and joiners, marks of
/// direction. Copied numbers and addresses are often wrapped in them.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}')
}

/// Whether a character separates words: spaces, punctuation and symbols. The remaining marks (Indic vowels) belong to
/// words.
pub(crate) fn is_gap(c: char) -> bool {
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
pub(crate) fn plain(c: char) -> impl Iterator<Item = char> {
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

/// The zeros of the scripts with digits of their own (Unicode category Nd). The nine digits follow each. Full-width and
/// mathematical digits are not here, because their compatibility decomposition is ASCII.
const ZEROS: [u32; 60] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20,
    0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0,
    0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450,
    0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x11f50, 0x16a60, 0x16ac0,
    0x16b50, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e950,
];

/// The ASCII digit of a decimal digit of any script.
pub fn digit(c: char) -> Option<char> {
    if c.is_ascii() {
        return c.is_ascii_digit().then_some(c);
    }
    let code = u32::from(c);
    let zero = *ZEROS.get(ZEROS.partition_point(|zero| *zero <= code).checked_sub(1)?)?;
    char::from_digit(code - zero, 10)
}

/// As [`digit`], with full-width and mathematical digits, which folding decomposes instead.
pub fn any_digit(c: char) -> Option<char> {
    match c {
        '\u{ff10}'..='\u{ff19}' => char::from_digit(u32::from(c) - 0xff10, 10),
        '\u{1d7ce}'..='\u{1d7ff}' => char::from_digit((u32::from(c) - 0x1_d7ce) % 10, 10),
        c => digit(c),
    }
}

/// The text with ASCII digits in the place of all other decimal digits, full-width and mathematical ones included.
pub fn ascii_digits(text: &str) -> String {
    text.chars().map(|c| any_digit(c).unwrap_or(c)).collect()
}

/// Whether a text may contain a digit of any script: quick, and never wrong about a text with one.
pub fn may_have_digits(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit() || !byte.is_ascii())
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

/// The text with a capital first letter.
pub fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
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
    fn a_text_that_is_decomposed_is_folded_to_the_same() {
        for text in
            ["  Speak   TO\tagént!! ", "İstanbul ILIK", "ΆΝΘΡΩΠΟΣ", "إِنْسَان", "don’t", "Ｈｕｍａｎ ß", "…", "मानव"]
        {
            let decomposed: String = text.nfkd().collect();
            assert_eq!(folded_decomposed(&decomposed), folded(text), "{text}");
        }
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

    #[test]
    fn letters_without_a_decomposition_are_spelled_out() {
        let table = [
            ("Straße ẞ", "strasse ss"),
            ("Ærø æ", "aero ae"),
            ("Œuvre œ", "oeuvre oe"),
            ("Øre ø", "ore o"),
            ("Łódź ł", "lodz l"),
            ("Đorđe Ðð", "dorde dd"),
            ("Þór þ", "thor th"),
            ("ılık", "ilik"),
            ("λόγος", "λογοσ"),
            ("أحمد إلى آخر ٱسم", "احمد الي اخر اسم"),
            ("مدرسة", "مدرسه"),
        ];
        for (text, expected) in table {
            assert_eq!(folded(text), expected, "{text}");
        }
    }

    #[test]
    fn marks_and_punctuation_of_every_script_are_dropped() {
        // decorations vanish within a word
        for text in ["שָלוֹם", "שלום"] {
            assert_eq!(folded(text), "שלום");
        }
        assert_eq!(folded("مـرحبا"), "مرحبا");
        assert_eq!(folded("a\u{200b}b\u{feff}c\u{ad}d’e'f"), "abcdef");
        // gaps separate words, and are none at the edges
        for gap in [" ", "\n", "\u{7}", "-", "¿", "—", "。", "・", "،", "।", "！", "🙂"] {
            assert_eq!(folded(&format!("{gap}a{gap}{gap}b{gap}")), "a b", "{gap:?}");
        }
        assert!(fold(" …!").is_empty() && !fold("a").is_empty());
        assert_eq!(fold(" a-b"), Folded { chars: vec!['a', ' ', 'b'], origin: vec![1, 3, 3] });
    }

    #[test]
    fn the_digits_of_every_script_are_ascii_digits() {
        for text in ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "০১২৩৪৫৬৭৮৯", "๐๑๒๓๔๕๖๗๘๙", "၀၁၂၃၄၅၆၇၈၉"]
        {
            let digits: String = text.chars().filter_map(digit).collect();
            assert_eq!(digits, "0123456789", "{text}");
        }
        for other in ['a', '٪', '²', 'Ⅷ', '\u{1e95a}', '\u{65f}', '\u{66a}'] {
            assert_eq!(digit(other), None, "{other}");
        }
        assert!(ZEROS.is_sorted());
    }

    #[test]
    fn scripts_without_spaces_are_known_by_their_letters() {
        for letter in ['ส', 'က', 'ក', 'こ', 'カ', '人', '𠮷'] {
            assert!(is_unspaced(letter), "{letter}");
        }
        for letter in ['a', 'я', 'ا', '한', ' ', '1'] {
            assert!(!is_unspaced(letter), "{letter}");
        }
    }

    #[test]
    fn a_text_is_cut_to_its_limit_with_an_ellipsis() {
        let table = [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("abcd", 1, "…"), ("", 0, "")];
        for (text, limit, expected) in table {
            assert_eq!(clip(text, limit), expected, "{text} {limit}");
        }
        assert_eq!(one_line(" a\n\tb  c "), "a b c");
    }

    #[test]
    fn a_piece_ends_at_the_best_gap_of_its_second_half() {
        assert_eq!(pieces("abcdefghij", 10), ["abcdefghij"]);
        assert_eq!(pieces("abcdefghijk", 10), ["abcdefghij", "k"]);
        // A paragraph is better than a line, and a line better than a word.
        assert_eq!(pieces("abcdef\n\ng\nh i jkl", 12), ["abcdef", "g\nh i jkl"]);
        assert_eq!(pieces("abcdef\ng h ijklm", 12), ["abcdef", "g h ijklm"]);
        // A gap at the middle counts, one before it does not.
        assert_eq!(pieces("abcde fghijk", 10), ["abcde", "fghijk"]);
        assert_eq!(pieces("abcd efghijklm", 10), ["abcd efghi", "jklm"]);
    }

    #[test]
    fn an_accent_is_a_mark_and_an_apostrophe_is_none() {
        assert!(is_mark('\u{200e}') && is_mark('\u{fe0f}'));
        for letter in ['a', '\'', '\u{2019}', '\u{2bc}', 'é', ' '] {
            assert!(!is_mark(letter), "{letter}");
        }
    }
}
