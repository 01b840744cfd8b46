//! Words that turn an answer round. To add one: folded, as customers' texts are.

use crate::language;

/// Words that turn an answer round, folded. Titles such as “No, thanks” have them too, so they are compared.
const NEGATIONS: &[&str] = &[
    // English
    "not",
    "no",
    "dont",
    "doesnt",
    "didnt",
    "wont",
    "cant",
    "cannot",
    "never",
    "without",
    "neither",
    "none",
    "except",
    "isnt",
    "arent",
    "wasnt",
    "werent",
    "havent",
    "hasnt",
    "hadnt",
    "wouldnt",
    "shouldnt",
    "couldnt",
    "nothing",
    "nobody",
    "nor",
    "nope",
    "unless",
    // German, Dutch
    "nicht",
    "kein",
    "keine",
    "keinen",
    "keinem",
    "keiner",
    "keines",
    "nie",
    "niemals",
    "ohne",
    "nein",
    "nichts",
    "niemand",
    "weder",
    "ausser",
    "statt",
    "niet",
    "niets",
    "geen",
    "nooit",
    "zonder",
    "nee",
    // Spanish, Portuguese, Italian, French
    "nunca",
    "nada",
    "nadie",
    "ninguno",
    "ninguna",
    "ningun",
    "tampoco",
    "excepto",
    "nem",
    "nenhum",
    "nenhuma",
    "exceto",
    "niente",
    "nessuno",
    "nessuna",
    "tranne",
    "rien",
    "sauf",
    "jamas",
    "sin",
    "ni",
    "nao",
    "sem",
    "jamais",
    "non",
    "mai",
    "senza",
    "ne",
    "pas",
    "sans",
    "aucun",
    "aucune",
    // Turkish, Indonesian
    "degil",
    "yok",
    "hayir",
    "olmaz",
    "istemem",
    "haric",
    "tidak",
    "bukan",
    "jangan",
    "tanpa",
    // Slavic, Romanian, Greek, Nordic
    "не",
    "нет",
    "без",
    "ні",
    "nie",
    "bez",
    "nu",
    "fara",
    "οχι",
    "δεν",
    "χωρισ",
    "nici",
    "brak",
    "nechci",
    "ei",
    "eivat",
    "ilman",
    "nincs",
    "inte",
    "ikke",
    "ingen",
    "utan",
    "uden",
    // Arabic, Persian, Hebrew, Hindi
    "لا",
    "ليس",
    "ليست",
    "لم",
    "لن",
    "بدون",
    "مش",
    "مو",
    "نه",
    "نيست",
    "לא",
    "אין",
    "בלי",
    "नहीं",
    "नही",
    "मत",
    "ना",
    // Vietnamese, Korean (an, mot, ani, aniyo)
    "khong",
    "chua",
    "\u{110b}\u{1161}\u{11ab}",
    "\u{1106}\u{1169}\u{11ba}",
    "\u{110b}\u{1161}\u{1102}\u{1175}",
    "\u{110b}\u{1161}\u{1102}\u{1175}\u{110b}\u{116d}",
];

/// What turns a word round that it is a part of, folded: in scripts without spaces, and at the end of verbs.
const NEGATING_PARTS: &[&str] = &[
    "不",
    "没",
    "沒",
    "未",
    "无",
    "無",
    "非",
    "别",
    "別",
    "勿",
    "ない",
    "ません",
    "ไม่",
    "\u{110b}\u{1161}\u{11ad}",
    "\u{110b}\u{1165}\u{11b9}",
    "miyor",
    "muyor",
];

/// Words that negate in one language and say something else in these: “no Pix” is “by Pix” in Portuguese, “nu” is “now” in
/// Dutch, “Mai” is a month.
const ELSEWHERE: [(&str, &[&str]); 10] = [
    ("no", &["pt"]),
    ("nu", &["nl", "sv", "da", "nb", "nn", "no"]),
    ("ne", &["it", "tr"]),
    ("ni", &["sv"]),
    ("mai", &["de", "fr", "ro"]),
    ("sin", &["sv", "da", "nb", "nn", "no"]),
    ("pas", &["nl", "id", "ms"]),
    ("ei", &["de"]),
    ("sem", &["cs", "sk"]),
    ("مو", &["fa"]),
];

/// What negates nothing although such a part is in it, folded: “sorry” in Japanese and Chinese, “very”, “special”.
const NO_NEGATIONS: [&str; 7] = ["すみません", "不好意思", "对不起", "對不起", "非常", "特别", "特別"];

/// The negations of a folded text.
pub(super) fn negations(text: &str, language: &str) -> Vec<String> {
    let language = language::primary(language);
    let negates = |word: &str| {
        let elsewhere = ELSEWHERE.iter().find(|(other, _)| *other == word);
        NEGATIONS.contains(&word) && !elsewhere.is_some_and(|(_, languages)| languages.contains(&language.as_str()))
    };
    let words = text.split(' ').filter(|word| negates(word)).map(str::to_owned);
    let mut unspaced = text.to_owned();
    for phrase in NO_NEGATIONS.into_iter().filter(|phrase| text.contains(phrase)) {
        unspaced = unspaced.replace(phrase, " ");
    }
    let parts = NEGATING_PARTS.iter().flat_map(|part| unspaced.matches(*part)).map(str::to_owned);
    words.chain(parts).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::folded;

    #[test]
    fn negations_are_folded_words() {
        let unfolded: Vec<_> = NEGATIONS.iter().filter(|word| folded(word) != **word || word.contains(' ')).collect();
        assert!(unfolded.is_empty(), "{unfolded:?}");
        let parts = NEGATING_PARTS.iter().chain(&NO_NEGATIONS);
        let unfolded: Vec<_> = parts.filter(|part| folded(part) != **part).collect();
        assert!(unfolded.is_empty(), "{unfolded:?}");
        // Otherwise the entry has no effect.
        let unknown: Vec<_> = ELSEWHERE.iter().filter(|(word, _)| !NEGATIONS.contains(word)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}
