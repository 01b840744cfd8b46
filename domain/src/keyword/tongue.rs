//! Which forms of a word everyday sentences use, per language: what is attached before and after it, and the articles
//! between words. The lists are in `tables.rs`.
//!
//! To add a language: a variant of [`Tongue`], its place in [`Tongue::of`], its table, and ten sentences that fire and
//! five that do not in `everyday_tests.rs`.

use std::{collections::HashMap, sync::OnceLock};

use super::{
    guess::guess,
    tables,
    words::{letters, words},
    written::Steps,
};
use crate::{language, text::is_unspaced};

/// A language, or a script whose language is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tongue {
    /// Latin letters of an unknown language: only forms that are safe in all of them.
    Latin,
    English,
    German,
    Dutch,
    Nordic,
    French,
    Italian,
    Spanish,
    Portuguese,
    Turkish,
    Finnish,
    Cyrillic,
    Hebrew,
    Arabic,
    Persian,
    Korean,
    /// Nothing is attached to words, or nothing is known about it.
    Other,
}

/// What stands after a stem for an ending to fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    Any,
    Vowel,
    Consonant,
    /// One of the letters s, x, z, h, r, l, d, n.
    Hiss,
}

/// The forms of a language as lists with spaces between. `A` is a or e, `I` is i or u and `D` is d or t, as the vowel
/// harmony and the consonant before ask.
pub struct Table {
    /// The fewest letters of a stem that takes endings; of Hangul, the fewest syllables.
    pub least: usize,
    pub endings: &'static [(After, &'static str)],
    /// How many endings may follow each other.
    pub chain: usize,
    /// What may stand before a stem without a space, each with the fewest letters of the stem.
    pub prefixes: &'static [(usize, &'static str)],
    pub articles: &'static str,
    /// Words that stand for each other, such as a preposition and its forms with an article.
    pub equals: &'static [&'static str],
    /// Whether a word may be the last part of a longer one and keep its meaning.
    pub compounds: bool,
}

pub const PLAIN: Table =
    Table { least: 99, endings: &[], chain: 1, prefixes: &[], articles: "", equals: &[], compounds: false };

/// The folded table of a language.
pub struct Forms {
    pub least: usize,
    pub endings: Vec<(After, Vec<char>)>,
    pub chain: usize,
    pub prefixes: Vec<(usize, Vec<char>)>,
    pub articles: Vec<Vec<char>>,
    pub equals: Vec<Vec<Vec<char>>>,
    pub compounds: bool,
}

impl Tongue {
    pub const ALL: [Self; 17] = [
        Self::Latin,
        Self::English,
        Self::German,
        Self::Dutch,
        Self::Nordic,
        Self::French,
        Self::Italian,
        Self::Spanish,
        Self::Portuguese,
        Self::Turkish,
        Self::Finnish,
        Self::Cyrillic,
        Self::Hebrew,
        Self::Arabic,
        Self::Persian,
        Self::Korean,
        Self::Other,
    ];

    /// The language of a phrase: its script decides, and among the languages of one script the rule's tag, or else its
    /// letters and words.
    pub fn of(phrase: &str, language: Option<&str>) -> Self {
        let script = Self::of_script(phrase);
        let tagged = language.and_then(Self::of_tag).filter(|tongue| tongue.script() == script);
        match (tagged, language) {
            (Some(tongue), _) => tongue,
            // A language of this script without a table: its endings are unknown, and those of others may be wrong.
            (None, Some(_)) if script == Self::Latin => Self::Other,
            (None, _) => guess(phrase, &words(phrase)).filter(|tongue| tongue.script() == script).unwrap_or(script),
        }
    }

    /// The language that a customer writes, if it has a table.
    pub fn of_tag(tag: &str) -> Option<Self> {
        Some(match language::primary(tag).as_str() {
            "en" => Self::English,
            "de" => Self::German,
            "nl" | "af" => Self::Dutch,
            "sv" | "nb" | "nn" | "no" | "da" => Self::Nordic,
            "fr" => Self::French,
            "it" => Self::Italian,
            "es" | "ca" | "gl" => Self::Spanish,
            "pt" => Self::Portuguese,
            "tr" | "az" => Self::Turkish,
            "fi" => Self::Finnish,
            "ru" | "uk" | "be" => Self::Cyrillic,
            "he" | "iw" | "yi" => Self::Hebrew,
            "ar" => Self::Arabic,
            "fa" | "ur" => Self::Persian,
            "ko" => Self::Korean,
            _ => return None,
        })
    }

    /// The variant that stands for the script of a language.
    pub fn script(self) -> Self {
        match self {
            Self::Latin
            | Self::English
            | Self::German
            | Self::Dutch
            | Self::Nordic
            | Self::French
            | Self::Italian
            | Self::Spanish
            | Self::Portuguese
            | Self::Turkish
            | Self::Finnish => Self::Latin,
            Self::Arabic | Self::Persian => Self::Arabic,
            Self::Cyrillic | Self::Hebrew | Self::Korean | Self::Other => self,
        }
    }

    fn of_script(phrase: &str) -> Self {
        let script = |c: char| {
            Some(match u32::from(c) {
                _ if is_unspaced(c) => Self::Other,
                0x41..=0x24f | 0x1e00..=0x1eff => Self::Latin,
                0x400..=0x52f => Self::Cyrillic,
                0x590..=0x5ff => Self::Hebrew,
                0x600..=0x6ff | 0x750..=0x77f | 0xfb50..=0xfdff | 0xfe70..=0xfefc => Self::Arabic,
                0x1100..=0x11ff | 0x3130..=0x318f | 0xac00..=0xd7af => Self::Korean,
                _ => return None,
            })
        };
        phrase.chars().filter(|c| c.is_alphabetic()).find_map(script).unwrap_or(Self::Other)
    }

    pub fn forms(self) -> &'static Forms {
        static FORMS: OnceLock<Vec<Forms>> = OnceLock::new();
        let all = FORMS.get_or_init(|| Self::ALL.into_iter().map(|tongue| Forms::of(tongue.table())).collect());
        &all[self as usize]
    }

    /// The languages in which a word is an article: bit `n` is [`Self::ALL`]'s language `n`.
    pub fn articles(word: &[char]) -> u32 {
        static ARTICLES: OnceLock<HashMap<&'static [char], u32>> = OnceLock::new();
        let all = ARTICLES.get_or_init(|| {
            let mut all = HashMap::new();
            for tongue in Self::ALL {
                for article in &tongue.forms().articles {
                    *all.entry(article.as_slice()).or_default() |= 1 << tongue as u32;
                }
            }
            all
        });
        all.get(word).copied().unwrap_or(0)
    }

    fn table(self) -> &'static Table {
        match self {
            Self::Latin => &tables::LATIN,
            Self::English => &tables::ENGLISH,
            Self::German => &tables::GERMAN,
            Self::Dutch => &tables::DUTCH,
            Self::Nordic => &tables::NORDIC,
            Self::French => &tables::FRENCH,
            Self::Italian => &tables::ITALIAN,
            Self::Spanish => &tables::SPANISH,
            Self::Portuguese => &tables::PORTUGUESE,
            Self::Turkish => &tables::TURKISH,
            Self::Finnish => &tables::FINNISH,
            Self::Cyrillic => &tables::CYRILLIC,
            Self::Hebrew => &tables::HEBREW,
            Self::Arabic => &tables::ARABIC,
            Self::Persian => &tables::PERSIAN,
            Self::Korean => &tables::KOREAN,
            Self::Other => &PLAIN,
        }
    }

    /// Whether a stem may take endings and prefixes at all.
    pub fn inflects(self, stem: &[char]) -> bool {
        stem.last().is_some_and(|c| c.is_alphabetic()) && self.length(stem) >= self.forms().least
    }

    /// Whether words that belong together are often written as one, and the other way round.
    pub fn joins_words(self) -> bool {
        self == Self::Korean || self.forms().compounds
    }

    /// Letters; of Hangul, syllables.
    fn length(self, stem: &[char]) -> usize {
        match self {
            Self::Korean => stem.iter().filter(|c| matches!(c, '\u{1100}'..='\u{1112}')).count(),
            _ => stem.len(),
        }
    }

    /// Whether `rest` is an ending of `stem`, or a chain of endings.
    pub fn is_ending(self, stem: &[char], rest: &[char], steps: &mut Steps) -> bool {
        let forms = self.forms();
        let fits = self == Self::Turkish || self == Self::Latin;
        rest.len() <= LONGEST_ENDING
            && forms.follows(stem.last().copied(), rest, forms.chain, steps)
            && (!fits || is_harmonic(stem, rest) || rest == ['s'] || rest == ['e', 's'])
    }
}

/// No chain of endings is longer, in folded letters.
pub const LONGEST_ENDING: usize = 24;

impl Forms {
    fn of(table: &'static Table) -> Self {
        // Placeholders of the Turkish table are capital letters and must stay.
        let folded = |text: &str| if text.is_ascii() { text.chars().collect() } else { letters(text) };
        let list = |texts: &'static str| texts.split_whitespace().map(folded).collect::<Vec<Vec<char>>>();
        let endings = table.endings.iter().flat_map(|(after, texts)| list(texts).into_iter().map(|it| (*after, it)));
        let prefixes = table.prefixes.iter().flat_map(|(least, texts)| list(texts).into_iter().map(|it| (*least, it)));
        Self {
            least: table.least,
            endings: endings.collect(),
            chain: table.chain,
            prefixes: prefixes.collect(),
            articles: list(table.articles),
            equals: table.equals.iter().map(|group| list(group)).collect(),
            compounds: table.compounds,
        }
    }

    /// Whether `rest` is at most `most` endings after a stem that ends in `last`.
    fn follows(&self, last: Option<char>, rest: &[char], most: usize, steps: &mut Steps) -> bool {
        if rest.is_empty() || most == 0 {
            return rest.is_empty();
        }
        steps.add(self.endings.len());
        self.endings.iter().any(|(after, ending)| {
            ending.len() <= rest.len()
                && after.is_met(last)
                && ending.iter().zip(rest).all(|(wanted, c)| stands_for(*wanted, *c))
                && self.follows(Some(rest[ending.len() - 1]), &rest[ending.len()..], most - 1, steps)
        })
    }
}

impl After {
    pub fn is_met(self, last: Option<char>) -> bool {
        let Some(last) = last else { return false };
        match self {
            Self::Any => true,
            Self::Vowel => is_vowel(last),
            Self::Consonant => !is_vowel(last),
            Self::Hiss => matches!(last, 's' | 'x' | 'z' | 'h' | 'r' | 'l' | 'd' | 'n'),
        }
    }
}

/// Folded vowels of Latin and Cyrillic letters, and the vowels of Hangul, which end a syllable.
pub fn is_vowel(c: char) -> bool {
    matches!(
        c,
        'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'а' | 'е' | 'и' | 'о' | 'у' | 'ы' | 'э' | 'ю' | 'я' | 'і' | '\u{1161}'
            ..='\u{1175}'
    )
}

fn stands_for(wanted: char, c: char) -> bool {
    match wanted {
        'A' => matches!(c, 'a' | 'e'),
        'I' => matches!(c, 'i' | 'u'),
        'D' => matches!(c, 'd' | 't'),
        plain => plain == c,
    }
}

/// Turkish vowel harmony of folded letters: ı and i, o and ö, u and ü cannot be told apart.
fn is_harmonic(stem: &[char], rest: &[char]) -> bool {
    let vowels = |c: &&char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u');
    let mut last = stem.iter().rev().find(vowels).copied();
    rest.iter().filter(vowels).all(|vowel| {
        let fits = match (last, vowel) {
            (None, _) | (Some('i' | 'o' | 'u'), 'a' | 'e') | (Some('a' | 'e' | 'i'), 'i') => true,
            (Some('o' | 'u'), 'u') => true,
            (Some(last), vowel) => last == *vowel && matches!(vowel, 'a' | 'e'),
        };
        last = Some(*vowel);
        fits
    })
}
