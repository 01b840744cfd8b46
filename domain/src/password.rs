//! What a password must be: long enough, and more than what everybody knows about its owner. Whether it is a common one
//! is asked on the server, where the lists are.

use crate::text::folded;

/// The shortest new password, in characters. Shorter ones of earlier versions still sign in.
pub const MIN_LENGTH: usize = 12;
/// The longest password, in bytes. A bound on the cost of hashing.
pub const MAX_LENGTH: usize = 256;

/// Letters, and runs of digits, that a password must have besides the words of [`own_words`].
const MIN_REST: usize = 4;
/// Shorter words occur in other words.
const MIN_WORD: usize = 3;
/// Everybody knows it, too.
const PRODUCT: &str = "handoff";

/// Why a password has no acceptable length; `None` if it has.
pub fn length_fault(password: &str) -> Option<String> {
    if is_short(password) {
        Some(format!("Enter a password of at least {MIN_LENGTH} characters."))
    } else if password.len() > MAX_LENGTH {
        Some(format!("Enter a password of at most {MAX_LENGTH} characters."))
    } else {
        None
    }
}

/// Whether a password is shorter than new ones must be.
pub fn is_short(password: &str) -> bool {
    password.chars().count() < MIN_LENGTH
}

/// The words in `texts` that are easy to guess for a person: those of their name, address and company, and the
/// product's. Folded, the longest first.
pub fn own_words(texts: &[&str]) -> Vec<String> {
    let mut words: Vec<String> = texts
        .iter()
        .flat_map(|text| folded(text).split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect::<Vec<_>>())
        .filter(|word| word.chars().count() >= MIN_WORD)
        .chain(std::iter::once(PRODUCT.to_owned()))
        .collect();
    words.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
    words.dedup();
    words
}

/// Why a password of the words that [`own_words`] returned is not acceptable; `None` if it is.
pub fn own_words_fault(password: &str, words: &[String]) -> Option<String> {
    let whole = folded(password);
    let rest = words.iter().fold(whole.clone(), |rest, word| rest.replace(word.as_str(), " "));
    (rest != whole && weight(&rest) < MIN_REST)
        .then(|| "Your name, address and company are easy to guess. Add other words.".to_owned())
}

/// How many letters a text has. A run of digits counts as one: years and numbers are the first that is tried.
fn weight(text: &str) -> usize {
    let mut in_number = false;
    text.chars()
        .filter(|c| {
            let begins_number = c.is_numeric() && !in_number;
            in_number = c.is_numeric();
            begins_number || c.is_alphabetic()
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_has_a_shortest_and_a_longest_length() {
        assert!(length_fault("elevenchars").is_some());
        assert_eq!(length_fault("twelve chars"), None);
        assert_eq!(length_fault(&"ä".repeat(12)), None, "characters, not bytes");
        assert_eq!(length_fault(&"a".repeat(256)), None);
        assert!(length_fault(&"a".repeat(257)).is_some());
    }

    #[test]
    fn words_are_those_of_name_address_and_company() {
        let words = own_words(&["Chloé Martin-Li", "chloe.m@acme-shop.test", "Acme"]);
        assert_eq!(words, ["handoff", "martin", "chloe", "acme", "shop", "test"]);
    }

    #[test]
    fn a_password_is_more_than_the_persons_own_words() {
        let words = own_words(&["Ana Costa", "ana@acme.test", "Acme"]);
        for guessed in
            ["AnaCosta2026!", "acme-acme-acme", "handoff-handoff", "Ana.Costa@acme.test", "Handoff 2026 Äcme"]
        {
            assert!(own_words_fault(guessed, &words).is_some(), "{guessed}");
        }
        for fine in ["correct horse battery", "ana likes oranges", "handoff-demo", "8471930571629"] {
            assert_eq!(own_words_fault(fine, &words), None, "{fine}");
        }
    }

    #[test]
    fn a_long_number_adds_little_to_the_persons_own_words() {
        let words = own_words(&["Ana Costa", "ana@acme.test", "Acme"]);
        assert!(own_words_fault("acme-20262026202620262026", &words).is_some());
        assert_eq!((weight("2026 2026"), weight("a1b22c")), (2, 5));
    }
}
