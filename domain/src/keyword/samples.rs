//! Everyday forms of a phrase, for the admin: those that its rule hears beside the phrase as it is written, and those
//! that it misses.

use unicode_normalization::UnicodeNormalization;

use super::{
    Keyword, MatchContext, Matcher, Matching,
    matcher::{Heard, after},
    tongue::{After, Tongue},
    words::{Word, medial, words},
    written::Steps,
};

/// Everyday forms of a rule's phrase.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Samples {
    /// Forms that the rule hears.
    pub heard: Vec<String>,
    /// Forms that it does not hear.
    pub missed: Vec<String>,
}

/// The everyday forms of a rule's phrase.
pub fn samples(rule: &Keyword) -> Samples {
    let tongue = Tongue::of(&rule.phrase, rule.language.as_deref());
    let phrase = rule.phrase.trim();
    let heard = words(phrase);
    let Some(last) = heard.last().filter(|word| word.chars.last().is_some_and(|c| c.is_alphabetic())) else {
        return Samples::default();
    };
    let fits = |after: After| after.is_met(last.chars.last().copied());
    let endings = endings(tongue).iter().filter(|(after, _)| fits(*after)).map(|(_, ending)| ending);
    let mut forms: Vec<String> = endings.map(|ending| with_ending(phrase, ending)).collect();
    if heard.len() == 1 {
        forms.extend(prefixes(tongue).iter().map(|prefix| format!("{prefix}{phrase}")));
    }
    match rule.matching {
        Matching::Contains | Matching::Close => {}
        Matching::Whole | Matching::StartsWith => {
            forms.extend(sentences(tongue).iter().map(|sentence| sentence.replace("{}", phrase)));
        }
    }
    let matcher = Matcher::new(vec![Keyword { enabled: true, ..rule.clone() }]);
    let mut samples = Samples::default();
    for form in forms {
        let form: String = form.nfc().collect();
        let context = MatchContext { language: rule.language.as_deref(), ..MatchContext::default() };
        match matcher.counted(&form, context, &mut Steps::default()) {
            Some((_, _, Heard::Form)) => samples.heard.push(form),
            Some((_, _, Heard::Written)) => {}
            None => samples.missed.push(form),
        }
    }
    samples
}

/// Which form of the rule's phrase a customer wrote, as the end of a sentence; `None` if they wrote the phrase itself.
pub fn why(rule: &Keyword, said: &str, language: Option<&str>) -> Option<String> {
    let context = MatchContext { language, ..MatchContext::default() };
    let matcher = Matcher::new(vec![Keyword { channel: None, ..rule.clone() }]);
    let (_, _, Heard::Form) = matcher.counted(said, context, &mut Steps::default())? else { return None };
    let phrase = words(&rule.phrase);
    let heard = words(said);
    let is_known = |letters: &[char]| phrase.iter().any(|word| word.chars == letters);
    let Some(word) = heard.iter().find(|word| !is_known(&word.chars)) else {
        return Some("in another spelling".to_owned());
    };
    let within = |part: &Word| {
        let at = word.chars.windows(part.chars.len()).position(|letters| letters == part.chars)?;
        Some((at, at + part.chars.len()))
    };
    let Some((start, end)) = phrase.iter().filter_map(within).max_by_key(|(start, end)| end - start) else {
        return Some("in another form".to_owned());
    };
    let first = *word.origin.first()?;
    let before = &said[first..*word.origin.get(start)?];
    let rest = &said[after(said, *word.origin.get(end - 1)?)..after(said, *word.origin.last()?)];
    Some(match (before, rest) {
        ("", "") => "in another spelling".to_owned(),
        ("", rest) => format!("with the ending “-{rest}”"),
        (before, "") => format!("with “{before}-” before it"),
        (before, rest) => format!("with “{before}-” before it and the ending “-{rest}”"),
    })
}

/// Everyday endings. `A` and `I` stand for the vowel that harmony asks for.
fn endings(tongue: Tongue) -> &'static [(After, &'static str)] {
    use After::{Any, Consonant, Vowel};
    match tongue {
        Tongue::Latin | Tongue::English | Tongue::Dutch => &[(Any, "s"), (Any, "'s")],
        Tongue::German => &[(Any, "s"), (Any, "in")],
        Tongue::Nordic => &[(Consonant, "en"), (Consonant, "er"), (Vowel, "n")],
        Tongue::French => &[(Any, "s")],
        Tongue::Spanish | Tongue::Portuguese => &[(Vowel, "s"), (Consonant, "es")],
        Tongue::Italian | Tongue::Other => &[],
        Tongue::Turkish => &[(Vowel, "yA"), (Consonant, "A"), (Any, "lAr"), (Vowel, "nIn"), (Consonant, "In")],
        Tongue::Finnish => &[(Vowel, "n"), (Vowel, "lle"), (Vowel, "ssa")],
        Tongue::Cyrillic => &[(Consonant, "а"), (Consonant, "у"), (Consonant, "ом")],
        Tongue::Hebrew => &[(Any, "ים")],
        Tongue::Arabic => &[(Any, "ين")],
        Tongue::Persian => &[(Any, "ها"), (Any, "ی")],
        Tongue::Korean => {
            &[(Consonant, "을"), (Vowel, "를"), (Consonant, "이랑"), (Vowel, "랑"), (Any, "에게"), (Any, "님")]
        }
    }
}

fn prefixes(tongue: Tongue) -> &'static [&'static str] {
    match tongue {
        Tongue::Hebrew => &["ה", "ל", "עם ה"],
        Tongue::Arabic => &["ال", "لل", "بال"],
        Tongue::French => &["l'"],
        Tongue::Italian => &["l'", "dell'"],
        Tongue::Latin
        | Tongue::English
        | Tongue::German
        | Tongue::Dutch
        | Tongue::Nordic
        | Tongue::Spanish
        | Tongue::Portuguese
        | Tongue::Turkish
        | Tongue::Finnish
        | Tongue::Cyrillic
        | Tongue::Persian
        | Tongue::Korean
        | Tongue::Other => &[],
    }
}

/// The phrase within an everyday message.
fn sentences(tongue: Tongue) -> &'static [&'static str] {
    match tongue {
        Tongue::Latin | Tongue::English => &["{} please", "hello, {}"],
        Tongue::German => &["{} bitte", "hallo, {}"],
        Tongue::Dutch => &["{} graag", "hallo, {}"],
        Tongue::Nordic => &["{} tack", "hej, {}"],
        Tongue::French => &["{} s'il vous plaît", "bonjour, {}"],
        Tongue::Italian => &["{} per favore", "ciao, {}"],
        Tongue::Spanish => &["{} por favor", "hola, {}"],
        Tongue::Portuguese => &["{} por favor", "oi, {}"],
        Tongue::Turkish => &["{} lütfen", "merhaba, {}"],
        Tongue::Finnish => &["{} kiitos", "hei, {}"],
        Tongue::Cyrillic => &["{} пожалуйста", "здравствуйте, {}"],
        Tongue::Hebrew => &["{} בבקשה", "שלום, {}"],
        Tongue::Arabic => &["{} من فضلك", "مرحبا، {}"],
        Tongue::Persian => &["{} لطفا", "سلام، {}"],
        Tongue::Korean => &["{} 주세요", "안녕하세요, {}"],
        Tongue::Other => &[],
    }
}

/// The phrase with an ending, whose vowels follow the phrase's last vowel. A final letter of Hebrew becomes a medial one.
fn with_ending(phrase: &str, ending: &str) -> String {
    let mut letters: Vec<char> = phrase.chars().collect();
    if let Some(last) = letters.last_mut() {
        *last = medial(*last);
    }
    let last = phrase.chars().rev().find(|c| "aeıioöuüAEIİOÖUÜ".contains(*c)).unwrap_or('e');
    let (wide, narrow) = match last {
        'a' | 'ı' | 'A' | 'I' => ('a', 'ı'),
        'o' | 'u' | 'O' | 'U' => ('a', 'u'),
        'ö' | 'ü' | 'Ö' | 'Ü' => ('e', 'ü'),
        _ => ('e', 'i'),
    };
    let vowel = |c| match c {
        'A' => wide,
        'I' => narrow,
        other => other,
    };
    letters.into_iter().chain(ending.chars().map(vowel)).collect()
}
