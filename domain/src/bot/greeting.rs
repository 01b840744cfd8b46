//! Recognises messages that only greet.

use std::sync::LazyLock;

use crate::text::folded;

const GREETINGS: &[&str] = &[
    // English
    "hello",
    "hello there",
    "hi",
    "hi there",
    "hiya",
    "hey",
    "hey there",
    "heya",
    "howdy",
    "good morning",
    "good afternoon",
    "good evening",
    "good day",
    "greetings",
    "anybody there",
    "anyone there",
    "are you there",
    // Spanish
    "hola",
    "holaa",
    "buenas",
    "buenos dias",
    "buen dia",
    "buenas tardes",
    "buenas noches",
    "que tal",
    "saludos",
    // Portuguese
    "ola",
    "oi",
    "bom dia",
    "boa tarde",
    "boa noite",
    "tudo bem",
    // French
    "bonjour",
    "bonsoir",
    "salut",
    "coucou",
    // German
    "hallo",
    "moin",
    "moin moin",
    "servus",
    "gruss gott",
    "grussgott",
    "guten tag",
    "guten morgen",
    "guten abend",
    "gruezi",
    "na",
    // Italian
    "ciao",
    "buongiorno",
    "buon giorno",
    "buonasera",
    "buona sera",
    "salve",
    // Dutch
    "hoi",
    "dag",
    "goedemorgen",
    "goedemiddag",
    "goedenavond",
    "goedendag",
    // Turkish
    "merhaba",
    "selam",
    "selamlar",
    "gunaydin",
    "iyi gunler",
    "iyi aksamlar",
    "selamun aleykum",
    // Indonesian and Malay
    "halo",
    "hai",
    "selamat pagi",
    "selamat siang",
    "selamat sore",
    "selamat malam",
    "assalamualaikum",
    // Nordic, Polish, Czech, Romanian, Swahili
    "hej",
    "hejsan",
    "god dag",
    "hei",
    "terve",
    "moi",
    "czesc",
    "dzien dobry",
    "witam",
    "ahoj",
    "dobry den",
    "buna",
    "buna ziua",
    "salutare",
    "habari",
    "jambo",
    "mambo",
    // Russian, Ukrainian, Greek
    "привет",
    "здравствуите",
    "здравствуи",
    "добрыи день",
    "добрыи вечер",
    "доброе утро",
    "привіт",
    "добрии день",
    "γεια",
    "γεια σασ",
    "γεια σου",
    "καλημερα",
    "καλησπερα",
    // Arabic, Persian, Urdu, Hebrew
    "مرحبا",
    "السلام عليكم",
    "سلام عليكم",
    "سلام",
    "اهلا",
    "اهلا وسهلا",
    "صباح الخير",
    "مساء الخير",
    "שלום",
    "היי",
    "בוקר טוב",
    "ערב טוב",
    // Hindi, Bengali, Thai, Vietnamese, Chinese, Japanese, Korean
    "नमस्ते",
    "नमस्कार",
    "namaste",
    "namaskar",
    "হ্যালো",
    "สวัสดี",
    "สวัสดีครับ",
    "สวัสดีค่ะ",
    "xin chao",
    "chao ban",
    "你好",
    "您好",
    "在吗",
    "こんにちは",
    "こんばんは",
    "おはよう",
    "안녕하세요",
    "안녕",
];

/// Whom people greet, behind the greeting.
const GREETED: &[&str] = &[
    "sir",
    "madam",
    "maam",
    "miss",
    "team",
    "all",
    "everyone",
    "everybody",
    "guys",
    "folks",
    "friend",
    "friends",
    "bro",
    "dear",
    "support",
    "bot",
    "amigo",
    "amiga",
    "amigos",
    "equipo",
    "senor",
    "senora",
    "pessoal",
    "gente",
    "equipe",
    "zusammen",
    "leute",
    "a tous",
    "tout le monde",
    "monsieur",
    "madame",
    "a tutti",
    "tutti",
    "hocam",
    "kak",
    "kakak",
    "min",
    "admin",
    "gan",
    "mas",
    "mbak",
    "bang",
    "pak",
    "bu",
    "ji",
    "sirji",
    "bhai",
];

/// As messages are compared with them.
struct Compared {
    greetings: Vec<String>,
    greeted: Vec<String>,
}

static COMPARED: LazyLock<Compared> = LazyLock::new(|| {
    let all = |list: &[&str]| list.iter().map(|phrase| compared(phrase)).collect();
    Compared { greetings: all(GREETINGS), greeted: all(GREETED) }
});

/// Folded, and repeated letters count once: people write "helloooo".
fn compared(text: &str) -> String {
    let mut chars: Vec<char> = folded(text).chars().collect();
    chars.dedup();
    chars.into_iter().collect()
}

/// The longest text that can be a greeting, in bytes.
const LONGEST: usize = 200;

/// Whether the text greets, once or several times, maybe somebody by what they are, and says nothing else.
pub(super) fn is_greeting(text: &str) -> bool {
    if text.len() > LONGEST {
        return false;
    }
    let said = compared(text);
    let mut rest = said.as_str();
    // The longest: "hello there" begins with "hello".
    let first = |rest: &str, phrases: &[String]| {
        let fits = |phrase: &&String| {
            rest.strip_prefix(phrase.as_str()).is_some_and(|after| after.is_empty() || after.starts_with(' '))
        };
        phrases.iter().filter(fits).map(String::len).max()
    };
    let mut greets = false;
    while !rest.is_empty() {
        let greeting = first(rest, &COMPARED.greetings);
        let Some(length) = greeting.or_else(|| first(rest, &COMPARED.greeted).filter(|_| greets)) else {
            return false;
        };
        greets = true;
        rest = rest[length..].trim_start();
    }
    greets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greetings_are_known_however_they_are_written() {
        for greeting in GREETINGS {
            assert!(is_greeting(greeting), "{greeting}");
        }
        for text in [
            "Hello!",
            "hi 👋",
            "Hello hello",
            "Hi, good morning.",
            "Buenos días",
            "Guten Tag!",
            "السلام عليكم",
            "Здравствуйте",
            "Helloooo",
            "hiiii there",
            "HEYYY!!!",
            "Holaaa",
            "Hello sir",
            "Good morning, dear team",
            "Halo kak",
            "Olá pessoal, tudo bem?",
        ] {
            assert!(is_greeting(text), "{text}");
        }
        for text in [
            "",
            "👋",
            "Hello, 12345",
            "hello kitty",
            "hi I need help",
            "history",
            "no",
            "12345",
            "team",
            "support",
            "sir hello",
            "Hello bot support 24",
        ] {
            assert!(!is_greeting(text), "{text}");
        }
    }
}
