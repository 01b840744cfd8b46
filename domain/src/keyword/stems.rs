//! The stems of a word: the word itself, and the shapes that it takes before endings or in the plural.

use super::{
    tongue::{Tongue, is_vowel},
    words::Word,
};

/// What may follow a stem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// Nothing, or an ending.
    Free,
    /// Nothing: the stem is a whole word.
    Nothing,
    /// An ending.
    Ending,
    /// An ending that begins with a vowel.
    Vowel,
}

/// What stands before an apostrophe in French, Italian and Catalan.
const ELISIONS: [&str; 28] = [
    "l", "d", "j", "m", "n", "s", "t", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu", "dell", "nell", "all", "dall",
    "sull", "coll", "un", "quest", "quell", "agl", "dagl", "degl", "negl", "gl", "v",
];
/// Elided articles: the word of a phrase may stand without them.
const ELIDED_ARTICLES: [&str; 9] = ["l", "un", "dell", "nell", "all", "dall", "sull", "coll", "gl"];

pub fn is_elision(before: &[char]) -> bool {
    is_one_of(before, &ELISIONS)
}

pub fn is_one_of(letters: &[char], list: &[&str]) -> bool {
    list.iter().any(|one| one.chars().eq(letters.iter().copied()))
}

/// The stems of a word of a phrase.
pub fn stems(word: &Word, tongue: Tongue) -> Vec<(Vec<char>, Rest)> {
    let mut stems = of_letters(&word.chars, tongue);
    if tongue.script() == Tongue::Latin
        && let Some(at) = word.apostrophes.first()
        && is_one_of(&word.chars[..*at], &ELIDED_ARTICLES)
    {
        stems.extend(of_letters(&word.chars[*at..], tongue));
    }
    let equals = tongue.forms().equals.iter().filter(|group| group.contains(&word.chars)).flatten();
    stems.extend(equals.map(|equal| (equal.clone(), Rest::Nothing)));
    // The first of an article's phrase may be another article.
    let articles = &tongue.forms().articles;
    if articles.contains(&word.chars) {
        stems.extend(articles.iter().map(|article| (article.clone(), Rest::Nothing)));
    }
    stems
}

fn of_letters(word: &[char], tongue: Tongue) -> Vec<(Vec<char>, Rest)> {
    let mut stems = vec![(word.to_vec(), Rest::Free)];
    if tongue.inflects(word) {
        changed(word, tongue, &mut |cut, tail, rest| {
            let mut stem = word[..word.len() - cut].to_vec();
            stem.extend(super::words::letters(tail));
            if stem.len() >= 3 {
                stems.push((stem, rest));
            }
        });
    }
    if let (Tongue::Arabic, [_, _, _]) = (tongue, word) {
        // Three letters take no endings, but the accusative of an indefinite noun.
        stems.push((word.iter().copied().chain(['ا']).collect(), Rest::Nothing));
    }
    if let (Tongue::Arabic, ['ا', 'ل', bare @ ..]) | (Tongue::Hebrew, ['ה', bare @ ..]) = (tongue, word)
        && bare.len() >= if tongue == Tongue::Hebrew { 4 } else { 3 }
    {
        stems.push((bare.to_vec(), Rest::Free));
    }
    stems
}

/// The shapes in which the end of a word changes: how many letters go, what comes instead, and what may follow.
fn changed(word: &[char], tongue: Tongue, add: &mut dyn FnMut(usize, &str, Rest)) {
    let ends = |end: &str| end.chars().rev().eq(word.iter().rev().copied().take(end.chars().count()));
    let mut swap = |end: &str, tails: &[&str], rest: Rest| {
        if ends(end) {
            tails.iter().for_each(|tail| add(end.chars().count(), tail, rest));
        }
    };
    match tongue {
        Tongue::English => swap("y", &["ies"], Rest::Nothing),
        Tongue::French => {
            swap("teur", &["trice", "trices"], Rest::Nothing);
            swap("eur", &["euse", "euses"], Rest::Nothing);
            swap("al", &["aux"], Rest::Nothing);
        }
        Tongue::Italian => {
            swap("o", &["i", "a", "e"], Rest::Nothing);
            swap("a", &["e", "i"], Rest::Nothing);
            swap("e", &["i"], Rest::Nothing);
            swap("tore", &["trice", "trici"], Rest::Nothing);
            swap("co", &["chi", "che"], Rest::Nothing);
            swap("go", &["ghi"], Rest::Nothing);
        }
        Tongue::Spanish => {
            swap("z", &["ces"], Rest::Nothing);
            swap("o", &["a", "as"], Rest::Nothing);
            swap("a", &["o", "os"], Rest::Nothing);
        }
        Tongue::Portuguese => {
            swap("m", &["ns"], Rest::Nothing);
            swap("ao", &["oes", "aes", "aos"], Rest::Nothing);
            swap("l", &["is"], Rest::Nothing);
            swap("o", &["a", "as"], Rest::Nothing);
            swap("a", &["o", "os"], Rest::Nothing);
        }
        Tongue::Turkish => {
            for (hard, soft) in [("k", "g"), ("p", "b"), ("t", "d")] {
                swap(hard, &[soft], Rest::Vowel);
            }
            // A possessive gives way to another one ("temsilcisi", "temsilciniz").
            swap("si", &[""], Rest::Ending);
            swap("su", &[""], Rest::Ending);
        }
        Tongue::Finnish => finnish(word, &mut swap),
        Tongue::Cyrillic => {
            swap("а", &["у", "ы", "и", "е", "ой", "ою", "ам", "ами", "ах"], Rest::Nothing);
            swap("я", &["ю", "и", "е", "ей", "ею", "ям", "ями", "ях"], Rest::Nothing);
            swap("ь", &["я", "ю", "ем", "и", "ей", "ям", "ями", "ях"], Rest::Nothing);
        }
        Tongue::Hebrew => swap("ה", &["ת", "ות", "תי", "תכם"], Rest::Nothing),
        Tongue::Arabic => {
            swap("ه", &["ت"], Rest::Ending);
            swap("ه", &["ات"], Rest::Nothing);
        }
        Tongue::Persian => swap("ه", &["ی", "وں", "گان"], Rest::Nothing),
        Tongue::Latin | Tongue::German | Tongue::Dutch | Tongue::Nordic | Tongue::Korean | Tongue::Other => {}
    }
}

fn finnish(word: &[char], swap: &mut dyn FnMut(&str, &[&str], Rest)) {
    swap("nen", &["se", "si"], Rest::Ending);
    swap("nen", &["sta", "sten"], Rest::Nothing);
    swap("us", &["uks"], Rest::Ending);
    swap("ys", &["yks"], Rest::Ending);
    swap("a", &["oi", "i"], Rest::Ending);
    // Consonants before the last vowel weaken in a closed syllable (chatti, chatin; tuki, tuen).
    let Some(last) = word.last().copied().filter(|c| is_vowel(*c)) else { return };
    for (strong, weak) in
        [("kk", "k"), ("pp", "p"), ("tt", "t"), ("nk", "ng"), ("nt", "nn"), ("lt", "ll"), ("rt", "rr"), ("mp", "mm")]
    {
        swap(&format!("{strong}{last}"), &[&format!("{weak}{last}")], Rest::Ending);
    }
    if last == 'i' {
        swap("ki", &["e", "ke"], Rest::Ending);
        swap("i", &["e"], Rest::Ending);
    }
}
