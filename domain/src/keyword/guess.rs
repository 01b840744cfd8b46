//! The language of a phrase or message that is too short to be detected: by letters that one language uses, or by its
//! commonest words. A wrong guess only adds the endings of another language.

use super::{stems::is_one_of, tongue::Tongue, words::Word};

/// The commonest words of requests for a person, folded. Words of several languages count for each.
const COMMON: [(Tongue, &[&str]); 10] = [
    (
        Tongue::English,
        &[
            "i", "to", "the", "want", "need", "please", "speak", "talk", "with", "you", "is", "how", "help", "hello",
            "would", "like", "get", "there", "connect", "call",
        ],
    ),
    (
        Tongue::German,
        &[
            "ich",
            "mit",
            "ein",
            "eine",
            "einen",
            "einem",
            "einer",
            "und",
            "bitte",
            "mochte",
            "nicht",
            "sprechen",
            "reden",
            "verbinden",
            "hallo",
            "ist",
            "zum",
            "zur",
            "brauche",
            "kann",
            "gibt",
            "meine",
            "fur",
            "wann",
            "kein",
        ],
    ),
    (Tongue::Dutch, &["ik", "wil", "graag", "een", "met", "spreken", "praten", "niet", "het", "voor", "iemand"]),
    (
        Tongue::Nordic,
        &["jag", "vill", "prata", "med", "tack", "hej", "och", "jeg", "vil", "snakke", "tale", "ikke", "inte"],
    ),
    (
        Tongue::French,
        &[
            "je", "veux", "voudrais", "parler", "avec", "bonjour", "svp", "merci", "mon", "est", "pas", "une", "au",
            "aux", "vous", "besoin", "passez", "un",
        ],
    ),
    (
        Tongue::Italian,
        &[
            "vorrei",
            "voglio",
            "parlare",
            "per",
            "favore",
            "ciao",
            "grazie",
            "il",
            "sono",
            "mio",
            "posso",
            "non",
            "con",
            "una",
            "un",
            "buongiorno",
        ],
    ),
    (
        Tongue::Spanish,
        &[
            "quiero", "quisiera", "hablar", "con", "por", "favor", "hola", "gracias", "mi", "el", "necesito", "puedo",
            "un", "una", "los",
        ],
    ),
    (
        Tongue::Portuguese,
        &[
            "quero", "falar", "com", "por", "favor", "ola", "oi", "obrigado", "obrigada", "meu", "minha", "um", "uma",
            "nao", "preciso", "posso", "voce",
        ],
    ),
    (
        Tongue::Turkish,
        &[
            "bir",
            "ile",
            "istiyorum",
            "lutfen",
            "bagla",
            "baglayin",
            "baglan",
            "baglanmak",
            "var",
            "icin",
            "nasil",
            "merhaba",
            "konusmak",
            "gorusmek",
            "ulasmak",
            "ve",
            "bu",
            "benim",
            "yok",
            "ihtiyacim",
            "bana",
            "beni",
            "ver",
        ],
    ),
    (
        Tongue::Finnish,
        &[
            "haluan",
            "haluaisin",
            "puhua",
            "kiitos",
            "voinko",
            "saanko",
            "kanssa",
            "minulle",
            "hei",
            "onko",
            "yhdista",
            "tarvitsen",
            "missa",
            "ole",
            "mina",
        ],
    ),
];

/// The language of a text, by its letters or else by its words.
pub fn guess(text: &str, words: &[Word]) -> Option<Tongue> {
    text.chars().find_map(spelled).or_else(|| by_words(words))
}

/// The language that uses a letter and shares it with none that has a table.
fn spelled(c: char) -> Option<Tongue> {
    Some(match c {
        'ğ' | 'Ğ' | 'ı' | 'İ' | 'ş' | 'Ş' => Tongue::Turkish,
        'ß' | 'ẞ' => Tongue::German,
        'ã' | 'õ' | 'Ã' | 'Õ' => Tongue::Portuguese,
        'ñ' | 'Ñ' | '¿' | '¡' => Tongue::Spanish,
        'پ' | 'چ' | 'ژ' | 'گ' | 'ٹ' | 'ڈ' | 'ں' => Tongue::Persian,
        _ => return None,
    })
}

/// The language with the most words in the text, if no other has as many.
fn by_words(words: &[Word]) -> Option<Tongue> {
    let count = |list: &[&str]| words.iter().take(WORDS).filter(|word| is_one_of(&word.chars, list)).count();
    let mut best = (0, None);
    for (tongue, list) in COMMON {
        let found = count(list);
        if found > best.0 {
            best = (found, Some(tongue));
        } else if found == best.0 {
            best.1 = None;
        }
    }
    best.1
}

/// So many words are enough for a guess.
const WORDS: usize = 40;

#[cfg(test)]
mod tests {
    use super::{super::words::words, *};

    #[test]
    fn a_few_words_or_one_letter_tell_the_language() {
        let table = [
            ("operatöre bağla", Some(Tongue::Turkish)),
            ("bir insanla gorusmek istiyorum", Some(Tongue::Turkish)),
            ("mit einem Mitarbeiter sprechen", Some(Tongue::German)),
            ("speak to agent", Some(Tongue::English)),
            ("parlare con un operatore", Some(Tongue::Italian)),
            ("hablar con un agente", Some(Tongue::Spanish)),
            ("falar com atendente", Some(Tongue::Portuguese)),
            ("parler avec un conseiller", Some(Tongue::French)),
            ("haluan puhua", Some(Tongue::Finnish)),
            ("پشتیبانی", Some(Tongue::Persian)),
            ("agent", None),
            ("con", None),
            ("operatör", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(guess(text, &words(text)), expected, "{text}");
        }
    }

    #[test]
    fn one_letter_of_its_own_tells_a_language() {
        for (letters, tongue) in [
            ("ğĞıİşŞ", Tongue::Turkish),
            ("ßẞ", Tongue::German),
            ("ãõÃÕ", Tongue::Portuguese),
            ("ñÑ¿¡", Tongue::Spanish),
            ("پچژگٹڈں", Tongue::Persian),
        ] {
            for letter in letters.chars() {
                assert_eq!(spelled(letter), Some(tongue), "{letter}");
            }
        }
        assert_eq!((spelled('a'), spelled('é')), (None, None));
    }
}
