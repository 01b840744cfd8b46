//! Detects answers that promise an agent in their text, for models that do so without calling a tool. The answer's own
//! field `needs_person` comes first.
//!
//! Statements count. Questions ("Shall I connect you?"), offers ("if you like, I can …") and denials ("I cannot connect
//! you") do not. Sentences are split into clauses, so that a denial about something else cancels no promise ("I cannot
//! look that up, so I am connecting you"). To add a language: its phrases, conditions and denials, in the words that
//! models use. All are folded as customers' texts are.

use std::sync::LazyLock;

use crate::domain::text::{folded, is_unspaced};

/// How many characters of an answer are read: more than its messages hold.
const READ: usize = 16_384;

/// Phrases that announce an agent.
const PROMISES: &[&str] = &[
    // English
    "connect you to",
    "connect you with",
    "connecting you",
    "transfer you",
    "transferring you",
    "put you through",
    "putting you through",
    "hand you over",
    "handing you over",
    "pass you on to",
    "passing you to",
    "escalate this",
    "escalating this",
    "i will escalate",
    "i have escalated",
    "get a colleague",
    "get an agent",
    "an agent will",
    "a human agent will",
    "a person will",
    "a colleague will",
    "a representative will",
    "a team member will",
    "a specialist will",
    "someone from our team will",
    "someone will contact you",
    "someone will get back to you",
    "our team will contact you",
    "our team will get back to you",
    "will be with you shortly",
    "i have notified our team",
    // Spanish
    "te conecto con",
    "le conecto con",
    "te transfiero",
    "le transfiero",
    "te paso con",
    "le paso con",
    "voy a pasarte",
    "voy a transferir",
    "un agente te",
    "un agente se pondrá",
    "un compañero te",
    "un asesor te",
    "una persona te atenderá",
    // Portuguese
    "vou transferir",
    "estou transferindo",
    "vou encaminhar",
    "estou encaminhando",
    "vou te passar",
    "vou passar você",
    "um atendente vai",
    "um atendente irá",
    "um agente vai",
    "um colega vai",
    "nossa equipe entrará em contato",
    // French
    "je vous mets en relation",
    "je vous transfère",
    "je vous passe",
    "je transfère votre",
    "un conseiller va",
    "un collègue va",
    "un agent va",
    "une personne va vous",
    "notre équipe va vous contacter",
    // German
    "ich verbinde sie",
    "ich verbinde dich",
    "ich leite sie weiter",
    "ich leite dich weiter",
    "ich leite ihre anfrage",
    "ich übergebe",
    "ein kollege wird",
    "eine kollegin wird",
    "ein mitarbeiter wird",
    "ein mensch wird",
    "ein kollege meldet sich",
    "ein mitarbeiter meldet sich",
    "unser team meldet sich",
    // Italian
    "la metto in contatto",
    "ti metto in contatto",
    "la trasferisco",
    "ti trasferisco",
    "ti passo un",
    "le passo un",
    "un operatore ti",
    "un operatore la",
    "un collega ti",
    // Dutch
    "ik verbind u",
    "ik verbind je",
    "ik zet u over",
    "ik zet je over",
    "een medewerker zal",
    "een collega zal",
    "een collega neemt",
    // Turkish
    "sizi bağlıyorum",
    "sizi aktarıyorum",
    "sizi yönlendiriyorum",
    "temsilcimiz size",
    "bir temsilci size",
    // Indonesian
    "saya hubungkan",
    "saya sambungkan",
    "saya akan menghubungkan",
    "agen kami akan",
    "petugas kami akan",
    // Polish, Russian
    "przekazuję rozmowę",
    "łączę z konsultantem",
    "konsultant skontaktuje",
    "соединяю вас",
    "перевожу вас",
    "передаю вас",
    "оператор свяжется",
    "специалист свяжется",
    // Arabic, Hindi
    "سأحولك",
    "سأقوم بتحويلك",
    "سأوصلك",
    "سيتواصل معك",
    "मैं आपको जोड़",
    "आपको एजेंट से जोड़",
    "आपसे संपर्क करेंगे",
    // Chinese, Japanese
    "为您转接",
    "帮您转接",
    "转接人工",
    "人工客服会",
    "担当者におつなぎ",
    "オペレーターにおつなぎ",
    "担当者よりご連絡",
];

/// Phrases that begin a condition, which makes a promise an offer.
const CONDITIONS: &[&str] = &[
    "if you",
    "if u",
    "would you like",
    "do you want",
    "you can ask",
    "just write",
    "si quieres",
    "si desea",
    "si lo deseas",
    "se quiser",
    "se desejar",
    "si vous",
    "souhaitez vous",
    "wenn sie",
    "wenn du",
    "falls sie",
    "falls du",
    "se vuole",
    "se vuoi",
    "als u",
    "als je",
    "isterseniz",
    "jika anda",
    "если вы",
    "jeśli",
    "إذا",
    "如果",
    "もし",
];

/// Words that negate a promise after them.
const DENIALS: &[&str] = &[
    "not", "cannot", "cant", "wont", "dont", "unable", "never", "no", "nicht", "nunca", "não", "non", "niet", "не",
    "nie", "لا",
];

/// Words for ability shortly before a promise, which make it an offer.
const ABILITIES: &[&str] = &["can", "could", "may", "might", "puedo", "podría", "posso", "peux", "kann", "kan", "могу"];

/// How many words before a phrase are checked: "not able to", "will not be".
const NEAR: usize = 3;

/// Conjunctions that separate clauses, besides punctuation.
const CONJUNCTIONS: &[&str] =
    &[" so ", " but ", " therefore ", " instead ", " aber ", " pero ", " mas ", " mais ", " ma ", " maar "];

/// The lists as customers' texts are folded.
struct Phrases {
    promises: Vec<String>,
    conditions: Vec<String>,
    denials: Vec<String>,
    abilities: Vec<String>,
}

static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    let all = |list: &[&str]| list.iter().map(|phrase| folded(phrase)).collect();
    Phrases { promises: all(PROMISES), conditions: all(CONDITIONS), denials: all(DENIALS), abilities: all(ABILITIES) }
});

/// Whether the text states that an agent is coming.
pub(super) fn promises_agent(text: &str) -> bool {
    let end = text.char_indices().nth(READ).map_or(text.len(), |(at, _)| at);
    sentences(&text[..end]).any(|(sentence, is_question)| !is_question && is_promise(sentence))
}

/// A clause with a phrase is a promise unless it is negated or conditional. A condition may also be at the beginning of
/// a neighbouring clause.
fn is_promise(sentence: &str) -> bool {
    let clauses = clauses(sentence);
    let is_condition = |at: Option<usize>| {
        let clause = at.and_then(|at| clauses.get(at));
        clause.is_some_and(|clause| matches(clause, &PHRASES.conditions).any(|at| at == 0))
    };
    clauses.iter().enumerate().any(|(at, clause)| {
        let depends = matches(clause, &PHRASES.conditions).next().is_some()
            || is_condition(at.checked_sub(1))
            || is_condition(Some(at + 1));
        !depends && matches(clause, &PHRASES.promises).any(|at| is_affirmed(&clause[..at]))
    })
}

/// Whether the words before a phrase leave it a promise.
fn is_affirmed(before: &str) -> bool {
    let mut nearest = before.split(' ').rev().filter(|word| !word.is_empty()).take(NEAR).enumerate();
    nearest.all(|(distance, word)| {
        let is = |list: &[String]| list.iter().any(|one| one == word);
        !is(&PHRASES.denials) && (distance > 1 || !is(&PHRASES.abilities))
    })
}

/// Positions in a folded text at which one of the phrases occurs.
fn matches<'w>(words: &'w str, phrases: &'static [String]) -> impl Iterator<Item = usize> + 'w {
    phrases.iter().flat_map(move |phrase| {
        words.match_indices(phrase.as_str()).map(|(at, _)| at).filter(move |at| {
            let before = words[..*at].chars().next_back();
            let begins = phrase.chars().next().is_some_and(is_unspaced) || before.is_none_or(|c| c == ' ');
            // "transfer you" must not match "transfer your". In other scripts the end stays open for inflections.
            let after = words[at + phrase.len()..].chars().next();
            let ends = !phrase.ends_with(|c: char| c.is_ascii_alphanumeric()) || after.is_none_or(|c| c == ' ');
            begins && ends
        })
    })
}

/// The sentences, each with whether it is a question.
fn sentences(text: &str) -> impl Iterator<Item = (&str, bool)> {
    text.split_inclusive(['.', '!', '?', '\n', '。', '！', '？', '؟', '।', ';']).map(|sentence| {
        let is_question = sentence.ends_with(['?', '？', '؟']);
        (sentence, is_question)
    })
}

/// The clauses of a sentence, folded.
fn clauses(sentence: &str) -> Vec<String> {
    let parts = sentence.split([',', ':', '，', '、', '،', '–', '—']).map(folded);
    let mut clauses: Vec<String> = parts.filter(|clause| !clause.is_empty()).collect();
    for conjunction in CONJUNCTIONS {
        clauses = clauses.iter().flat_map(|clause| clause.split(conjunction).map(ToOwned::to_owned)).collect();
    }
    clauses
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn promises_are_detected_in_many_languages() {
        for text in [
            "I'll connect you to an agent now.",
            "Sorry about that! I am transferring you.",
            "Understood. A colleague will be with you in a minute.",
            "Te paso con un compañero.",
            "Vou transferir você para um atendente.",
            "Je vous mets en relation avec un conseiller.",
            "Ich verbinde Sie mit einem Kollegen.",
            "EIN MITARBEITER MELDET SICH bei Ihnen",
            "Ik verbind u door.",
            "Sizi temsilcimize bağlıyorum. Sizi bağlıyorum.",
            "Соединяю вас с оператором.",
            "سأحولك إلى أحد الموظفين.",
            "好的，我为您转接人工客服。",
            "担当者におつなぎします。",
            "I'm unable to look that up, so I'm transferring you to an agent.",
            "I cannot see your order but a colleague will call you back.",
            "I can't help with that and I'm connecting you to a person.",
            "I am sorry if you had trouble, I am transferring you now.",
            "Das kann ich nicht nachsehen, ich verbinde Sie mit einem Kollegen.",
        ] {
            assert!(promises_agent(text), "{text}");
        }
    }

    #[test]
    fn only_what_messages_hold_is_read() {
        let clauses = |count: usize| "a,".repeat(count) + " I am transferring you.";
        assert!(promises_agent(&clauses(READ / 4)));
        assert!(!promises_agent(&clauses(READ)));
    }

    #[test]
    fn offers_questions_and_plain_answers_are_not_promises() {
        for text in [
            "Would you like me to connect you to an agent?",
            "If you prefer, I can connect you to an agent.",
            "Your parcel arrives tomorrow.",
            "I cannot transfer you to another department.",
            "I am not able to transfer you, but I can help myself.",
            "I will not be transferring you.",
            "I can connect you to an agent.",
            "I can connect you to an agent, if you like.",
            "如果您愿意，我为您转接人工客服。",
            "Our agents work from 9 to 5.",
            "Soll ich Sie verbinden?",
            "Wenn Sie möchten, verbinde ich Sie. Ihr Paket kommt morgen.",
            "The money transfer your bank made has arrived.",
            "",
        ] {
            assert!(!promises_agent(text), "{text}");
        }
    }
}
