//! The display name of a customer.

use super::{
    direction::plain_name,
    text::{is_decoration, one_line},
};

/// The name of a customer for whom WhatsApp gives no name, username or number.
pub const UNNAMED: &str = "WhatsApp user";

/// The first name in a full name, for texts that address the customer. A name without letters (a number) and
/// [`UNNAMED`] are returned unchanged.
pub fn first_name(name: &str) -> &str {
    if name == UNNAMED {
        return name;
    }
    name.split_whitespace().find(|word| word.chars().any(char::is_alphabetic)).unwrap_or(name)
}

/// A name that WhatsApp gave, as it is kept: without what would turn the sentences that it stands in, or hide in it.
/// `None` if nothing is left to see.
pub fn given_name(name: &str) -> Option<String> {
    let name = one_line(&plain_name(name));
    name.contains(|c: char| !c.is_whitespace() && !is_decoration(c)).then_some(name)
}

/// A username as it is kept: without the `@` that is shown before it. `None` if nothing is left to see.
pub fn given_username(username: &str) -> Option<String> {
    given_name(username.trim_start_matches(|c: char| c == '@' || c.is_whitespace() || is_decoration(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_username_is_kept_without_its_at_sign() {
        let table = [
            ("kfisher", Some("kfisher")),
            ("@kfisher", Some("kfisher")),
            (" @@kfisher ", Some("kfisher")),
            ("k@fisher", Some("k@fisher")),
            ("@", None),
            ("", None),
        ];
        for (username, expected) in table {
            assert_eq!(given_username(username).as_deref(), expected, "{username:?}");
        }
    }

    #[test]
    fn a_given_name_cannot_turn_a_sentence() {
        let table = [
            ("  Rosa\tLind ", Some("Rosa Lind")),
            ("Rosa\u{202e} Lind", Some("Rosa Lind")),
            ("\u{2067}רוזה\u{2069}", Some("רוזה")),
            ("👩\u{200d}👧", Some("👩\u{200d}👧")),
            ("24/7 Taxi", Some("24/7 Taxi")),
            ("\u{202e}\u{200f}", None),
            ("\u{200b} ", None),
            ("", None),
        ];
        for (name, expected) in table {
            assert_eq!(given_name(name).as_deref(), expected, "{name:?}");
        }
    }

    #[test]
    fn the_first_word_of_letters_is_the_first_name() {
        let table = [
            ("Rosa Lind", "Rosa"),
            ("  maria\tSILVA ", "maria"),
            ("🌸 Rosa 🌸", "Rosa"),
            ("Rosa", "Rosa"),
            ("محمد علي", "محمد"),
            ("@rosa.lind", "@rosa.lind"),
            ("+55 11 91234 5678", "+55 11 91234 5678"),
            (UNNAMED, UNNAMED),
            ("", ""),
        ];
        for (name, first) in table {
            assert_eq!(first_name(name), first, "{name:?}");
        }
    }
}
