//! Detects the language that a customer writes. Only reliable detections are used: a wrong one would disable keyword
//! rules that should request an agent.
//!
//! A detection costs more than most of what a message needs, and people rarely change their language: the first messages of
//! a conversation are looked at, and after them every few together ([`Detection`]).

use std::sync::OnceLock;

use whatlang::{Detector, Info, Lang, Script};

/// The fewest letters for a detection in a script that many languages share.
const MIN_LETTERS: usize = 24;
/// The fewest letters for a detection in a script that one language uses.
const MIN_LETTERS_OWN_SCRIPT: usize = 4;
/// The fewest letters to replace a known language, so that a name or a quotation does not change it.
const MIN_LETTERS_TO_CHANGE: usize = 60;
const MIN_LETTERS_TO_CHANGE_OWN_SCRIPT: usize = 16;
/// How many of a conversation's first messages are looked at while the language is unknown: a greeting or a photo shows
/// nothing, one of the next sentences does.
const FIRST_WHILE_UNKNOWN: i64 = 8;
/// How many are looked at if it is known from before: a change shows at the beginning of a conversation.
const FIRST_WHILE_KNOWN: i64 = 4;
/// After those, this many are looked at together. Fewer would be too short to show a change, and with more a customer who has
/// changed the language would be answered in the old one for long.
const FURTHER: i64 = 8;
/// Only this many characters are analysed; more do not improve the result.
const ANALYSED_CHARS: usize = 1_000;

/// Languages that hardly any customer writes, but that the detector reports for short texts in other languages.
const UNLIKELY: [Lang; 8] = [Lang::Epo, Lang::Lat, Lang::Yid, Lang::Aka, Lang::Sna, Lang::Zul, Lang::Jav, Lang::Cym];

/// Tags of the same language, or of languages that short texts do not distinguish: a rule for one applies to all.
const INDISTINGUISHABLE: [&[&str]; 5] =
    [&["id", "ms"], &["hr", "sr", "bs"], &["nb", "nn", "no", "da"], &["fil", "tl"], &["he", "iw"]];

/// The language of a text as an ISO 639 tag (`pt`), if the detection is reliable.
pub fn detect(text: &str) -> Option<&'static str> {
    guess(text, MIN_LETTERS, MIN_LETTERS_OWN_SCRIPT).map(|info| tag(info.lang()))
}

/// Whether, and with which texts, a language is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detection {
    None,
    /// In this text.
    Alone,
    /// In this text, or else together with those before it.
    Together,
}

impl Detection {
    /// For the `nth` message of a conversation, counted from 1, of a customer whose language is `known`.
    pub const fn of(known: Option<&str>, nth: i64) -> Self {
        match known {
            None if nth <= FIRST_WHILE_UNKNOWN => Self::Together,
            Some(_) if nth <= FIRST_WHILE_KNOWN => Self::Alone,
            None | Some(_) if nth % FURTHER == 0 => Self::Together,
            None | Some(_) => Self::None,
        }
    }
}

/// The new language of a customer who wrote `text`: `Some` if it was unknown, or is reliably another one now. `before`
/// are their earlier texts, newest first, because a single short text is not enough.
pub fn updated<'t>(known: Option<&str>, text: &str, before: impl IntoIterator<Item = &'t str>) -> Option<&'static str> {
    let Some(known) = known else {
        return detect(text).or_else(|| detect(&with_earlier(text, before)?));
    };
    let found = to_change(text).or_else(|| to_change(&with_earlier(text, before)?))?;
    Some(found).filter(|found| !same(known, found))
}

/// The language of a text that is long enough to replace a known one.
fn to_change(text: &str) -> Option<&'static str> {
    guess(text, MIN_LETTERS_TO_CHANGE, MIN_LETTERS_TO_CHANGE_OWN_SCRIPT).map(|info| tag(info.lang()))
}

/// `None` if there are no earlier texts.
fn with_earlier<'t>(text: &str, before: impl IntoIterator<Item = &'t str>) -> Option<String> {
    let mut all = text.to_owned();
    for earlier in before {
        all.push('\n');
        all.push_str(earlier);
    }
    (all.len() > text.len()).then_some(all)
}

/// Whether a rule for the language `one` applies to a customer with language `other`, ignoring regions.
pub fn same(one: &str, other: &str) -> bool {
    let (one, other) = (primary(one), primary(other));
    one == other
        || INDISTINGUISHABLE.iter().any(|group| group.contains(&one.as_str()) && group.contains(&other.as_str()))
}

/// The primary language: `pt` for `pt-BR` and `pt_PT`.
pub(crate) fn primary(tag: &str) -> String {
    tag.split(['-', '_']).next().unwrap_or_default().to_lowercase()
}

/// A reliable detection in a text with at least `shared` letters of a script that many languages share, or `own` of one
/// that one language uses. Addresses, numbers and codes are ignored.
///
/// The script is found first, because most messages are too short for a detection, which takes many times as long.
fn guess(text: &str, shared: usize, own: usize) -> Option<Info> {
    static DETECTOR: OnceLock<Detector> = OnceLock::new();
    // What cannot have enough letters is not taken apart. ASCII letters are of a script that many languages share.
    if text.len() < own || text.is_ascii() && text.len() < shared {
        return None;
    }
    let text: String = text.chars().take(ANALYSED_CHARS).collect();
    let spoken = |word: &&str| !word.contains("://") && !word.contains(|c: char| c == '@' || c.is_numeric());
    let words = text.split_whitespace().filter(spoken).collect::<Vec<_>>().join(" ");
    let letters = words.chars().filter(|c| c.is_alphabetic()).count();
    if letters < own || letters < min_letters(whatlang::detect_script(&words)?, shared, own) {
        return None;
    }
    let info = DETECTOR.get_or_init(|| Detector::with_denylist(UNLIKELY.to_vec())).detect(&words)?;
    info.is_reliable().then_some(info)
}

fn min_letters(script: Script, shared: usize, own: usize) -> usize {
    match script {
        Script::Latin | Script::Cyrillic | Script::Arabic | Script::Devanagari | Script::Hebrew => shared,
        _ => own,
    }
}

/// The tag that admins select in rules.
fn tag(lang: Lang) -> &'static str {
    match lang {
        Lang::Epo => "eo",
        Lang::Eng => "en",
        Lang::Rus => "ru",
        Lang::Cmn => "zh",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Ben => "bn",
        Lang::Fra => "fr",
        Lang::Deu => "de",
        Lang::Ukr => "uk",
        Lang::Kat => "ka",
        Lang::Ara => "ar",
        Lang::Hin => "hi",
        Lang::Jpn => "ja",
        Lang::Heb => "he",
        Lang::Yid => "yi",
        Lang::Pol => "pl",
        Lang::Amh => "am",
        Lang::Jav => "jv",
        Lang::Kor => "ko",
        Lang::Nob => "nb",
        Lang::Dan => "da",
        Lang::Swe => "sv",
        Lang::Fin => "fi",
        Lang::Tur => "tr",
        Lang::Nld => "nl",
        Lang::Hun => "hu",
        Lang::Ces => "cs",
        Lang::Ell => "el",
        Lang::Bul => "bg",
        Lang::Bel => "be",
        Lang::Mar => "mr",
        Lang::Kan => "kn",
        Lang::Ron => "ro",
        Lang::Slv => "sl",
        Lang::Hrv => "hr",
        Lang::Srp => "sr",
        Lang::Mkd => "mk",
        Lang::Lit => "lt",
        Lang::Lav => "lv",
        Lang::Est => "et",
        Lang::Tam => "ta",
        Lang::Vie => "vi",
        Lang::Urd => "ur",
        Lang::Tha => "th",
        Lang::Guj => "gu",
        Lang::Uzb => "uz",
        Lang::Pan => "pa",
        Lang::Aze => "az",
        Lang::Ind => "id",
        Lang::Tel => "te",
        Lang::Pes => "fa",
        Lang::Mal => "ml",
        Lang::Ori => "or",
        Lang::Mya => "my",
        Lang::Nep => "ne",
        Lang::Sin => "si",
        Lang::Khm => "km",
        Lang::Tuk => "tk",
        Lang::Aka => "ak",
        Lang::Zul => "zu",
        Lang::Sna => "sn",
        Lang::Afr => "af",
        Lang::Lat => "la",
        Lang::Slk => "sk",
        Lang::Cat => "ca",
        Lang::Tgl => "fil",
        Lang::Hye => "hy",
        Lang::Cym => "cy",
    }
}

/// Normalises a tag: `pt-BR` for `PT_br`. Two or three letters, optionally with a region of two letters or three
/// digits.
pub fn language_tag(tag: &str) -> Option<String> {
    let (primary, region) = match tag.split_once(['-', '_']) {
        Some((primary, region)) => (primary, Some(region)),
        None => (tag, None),
    };
    let letters = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_language = matches!(primary.len(), 2 | 3) && letters(primary);
    let is_region = region.is_none_or(|region| {
        (region.len() == 2 && letters(region))
            || (region.len() == 3 && region.bytes().all(|byte| byte.is_ascii_digit()))
    });
    let primary = primary.to_ascii_lowercase();
    (is_language && is_region).then(|| match region {
        Some(region) => format!("{primary}-{}", region.to_ascii_uppercase()),
        None => primary,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_detected_from_a_sentence_but_not_from_names_or_addresses() {
        let table = [
            ("Meu pedido ainda não chegou, o que faço?", Some("pt")),
            ("Ich möchte mit einem Menschen sprechen", Some("de")),
            ("Hej, var är min beställning någonstans?", Some("sv")),
            ("你好，我的订单还没有到", Some("zh")),
            ("こんにちは、注文した商品がまだ届きません", Some("ja")),
            ("สวัสดีค่ะ", Some("th")),
            ("Hi", None),
            ("ok ok ok ok ok ok ok ok ok ok ok", None),
            ("hahahahahahahahahahahahahahaha", None),
            ("Max Mustermann Bahnhofstraße 5 10115 Berlin", None),
            ("https://shop.example/orders/o-que-faço-não-chegou", None),
            ("iPhone 15 Pro Max 256GB Titanium Samsung Galaxy", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(detect(text), expected, "{text:?}");
        }
    }

    #[test]
    fn short_texts_are_detected_together() {
        let (first, second) = ("Where is my order?", "I want to talk to a human please");
        assert_eq!(updated(None, first, []), None);
        assert_eq!(updated(None, second, []), None);
        assert_eq!(updated(None, second, [first]), Some("en"));
    }

    #[test]
    fn a_known_language_changes_for_a_long_text_only() {
        let short = "Meu pedido ainda não chegou, o que faço?";
        let long = format!("{short} Bom dia, gostaria de saber o preço da lâmpada azul");
        assert_eq!(updated(Some("en"), short, []), None);
        assert_eq!(updated(Some("en"), &long, []), Some("pt"));
        assert_eq!(updated(Some("pt-BR"), &long, []), None, "it is the same language");
    }

    #[test]
    fn regions_and_near_relatives_count_as_one() {
        assert!(same("pt-BR", "pt_PT") && same("ms", "id") && same("no", "nb") && same("EN", "en"));
        assert!(!same("pt", "es"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_safe(text in "\\PC{0,300}") {
            let _some_or_none = updated(None, &text, [text.as_str()]);
        }
    }

    #[test]
    fn handles_and_codes_are_no_words_of_a_language() {
        let german = "Ich möchte mit einem Menschen sprechen";
        assert_eq!(detect(german), Some("de"));
        // The same letters, of which too many belong to a handle or a code.
        for text in ["Ich möchte mit einem @Menschen @sprechen", "Ich möchte mit einem Menschen1 sprechen2"] {
            assert_eq!(detect(text), None, "{text}");
        }
        let linked = format!("{german} https://shop.example/x kunde@shop.example 4711");
        assert_eq!(detect(&linked), Some("de"));
    }

    #[test]
    fn a_script_of_one_language_needs_four_letters_to_set_and_sixteen_to_change() {
        assert_eq!(detect("订单没到"), Some("zh"));
        assert_eq!(detect("订单没"), None);
        let sixteen = "你好我的订单还没有到请帮我查一下";
        assert_eq!(sixteen.chars().count(), 16);
        assert_eq!(updated(Some("en"), sixteen, []), Some("zh"));
        let fifteen: String = sixteen.chars().take(15).collect();
        assert_eq!(updated(Some("en"), &fifteen, []), None);
    }

    #[test]
    fn earlier_texts_are_used_where_the_newest_is_too_short() {
        let (short, long) = ("Wo ist sie?", "Ich möchte mit einem Menschen sprechen");
        assert_eq!(updated(None, short, []), None);
        assert_eq!(updated(None, short, [long]), Some("de"));
        assert_eq!(updated(Some("en"), short, [long]), None, "too little for a change");
        assert_eq!(updated(None, long, ["Meu pedido ainda não chegou, o que faço?"]), Some("de"));
        let longer = "Meine Bestellung ist noch nicht angekommen, und niemand antwortet mir";
        assert_eq!(updated(Some("en"), short, [long, longer]), Some("de"));
        assert_eq!(updated(Some("de"), short, [long, longer]), None, "it is the same language");
    }

    #[test]
    fn a_long_text_in_the_known_language_is_not_outvoted_by_earlier_ones() {
        let german = "Guten Tag, ich möchte bitte mit einem Menschen sprechen, weil meine Bestellung noch nicht da ist";
        let portuguese = "Bom dia, o meu pedido ainda não chegou e gostaria de saber o que devo fazer agora, por favor";
        assert_eq!(updated(Some("de"), german, [portuguese; 7]), None);
        assert_eq!(updated(Some("pt"), german, [portuguese; 7]), Some("de"));
    }

    #[test]
    fn a_language_is_looked_for_in_the_first_messages_and_then_in_every_eighth() {
        let looked = |known: Option<&str>| -> Vec<i64> {
            (1..=24).filter(|nth| Detection::of(known, *nth) != Detection::None).collect()
        };
        assert_eq!(looked(None), [1, 2, 3, 4, 5, 6, 7, 8, 16, 24]);
        assert_eq!(looked(Some("de")), [1, 2, 3, 4, 8, 16, 24]);
        assert_eq!(Detection::of(None, 3), Detection::Together);
        assert_eq!(Detection::of(Some("de"), 3), Detection::Alone);
        assert_eq!(Detection::of(Some("de"), 8), Detection::Together);
    }

    #[test]
    fn languages_of_different_groups_are_not_the_same() {
        for (one, other) in [("id", "ms"), ("sr", "bs"), ("da", "nn"), ("tl", "fil"), ("iw", "he"), ("he-IL", "IW")] {
            assert!(same(one, other), "{one} {other}");
        }
        for (one, other) in [("id", "hr"), ("nb", "sv"), ("fil", "id"), ("", "en")] {
            assert!(!same(one, other), "{one} {other}");
        }
    }

    #[test]
    fn language_tags_are_normalised() {
        let table = [
            ("pt", Some("pt")),
            ("PT_br", Some("pt-BR")),
            ("fil", Some("fil")),
            ("es-419", Some("es-419")),
            ("p", None),
            ("port", None),
            ("pt-", None),
            ("pt-B", None),
            ("pt-BR-x", None),
            ("日本", None),
        ];
        for (tag, expected) in table {
            assert_eq!(language_tag(tag).as_deref(), expected, "{tag:?}");
        }
    }
}
