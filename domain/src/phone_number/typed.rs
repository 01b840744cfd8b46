//! A number that a person types or pastes, to write to somebody: in any notation, but with the country's code.

use super::WaId;
use crate::{
    market::countries_of,
    text::{ascii_digits, is_invisible},
};

/// The fewest and most digits of an international number.
const FEWEST: usize = 7;
const MOST: usize = 15;

/// Links and schemes that are copied along with a number.
const PREFIXES: [&str; 5] = ["tel:", "https://wa.me/", "http://wa.me/", "wa.me/", "whatsapp:"];

/// Why a text is no number to which something can be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberFault {
    Missing,
    NotANumber,
    /// Without the country's code.
    National,
    UnknownCountry,
    TooShort,
    TooLong,
}

impl NumberFault {
    pub const fn words(self) -> &'static str {
        match self {
            Self::Missing => "Enter a phone number.",
            Self::NotANumber => "This isn't a phone number. Use digits, with the country code first: +49 151 23456789.",
            Self::National => "Start with the country code and leave out the 0 after it: +49 151 23456789.",
            Self::UnknownCountry => "No country has this code. Check the first digits.",
            Self::TooShort => "This number is too short. Check that no digit is missing.",
            Self::TooLong => "This number is too long. Check that no digit is there twice.",
        }
    }
}

/// The digits of an international number, as far as it is typed.
///
/// # Errors
/// What is wrong with the beginning, or anywhere in the text. Its length is checked by [`number`].
pub fn beginning(text: &str) -> Result<String, NumberFault> {
    let seen: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    let seen = ascii_digits(seen.trim());
    let lower = seen.to_lowercase();
    let bare = PREFIXES.iter().find_map(|prefix| lower.strip_prefix(prefix)).unwrap_or(&lower);
    // A zero that is dialled within the country only: `+49 (0) 151`.
    let bare = bare.replacen("(0)", "", 1);
    let plain: String = bare.chars().filter(|c| !is_separator(*c)).collect();
    let (digits, is_marked) = match plain.strip_prefix('+').or_else(|| plain.strip_prefix("00")) {
        Some(digits) => (digits, true),
        None => (plain.as_str(), false),
    };
    match WaId::of(digits) {
        _ if plain.is_empty() => Err(NumberFault::Missing),
        _ if digits.is_empty() => Ok(String::new()),
        WaId::UserId(_) => Err(NumberFault::NotANumber),
        WaId::Phone(_) if digits.contains('+') => Err(NumberFault::NotANumber),
        WaId::Phone(digits) if digits.starts_with('0') => {
            Err(if is_marked { NumberFault::UnknownCountry } else { NumberFault::National })
        }
        WaId::Phone(digits) => Ok(digits),
    }
}

/// The digits of a whole international number.
///
/// # Errors
/// What is wrong with it.
pub fn number(text: &str) -> Result<String, NumberFault> {
    let digits = beginning(text)?;
    match digits.len() {
        0 => Err(NumberFault::Missing),
        _ if countries_of(&digits).is_empty() => Err(NumberFault::UnknownCountry),
        length if length < FEWEST => Err(NumberFault::TooShort),
        length if length > MOST => Err(NumberFault::TooLong),
        _ => Ok(digits),
    }
}

/// What people and address books put between digits.
fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '(' | ')' | '.' | '/' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_in_every_notation_that_people_paste() {
        for text in [
            "+49 151 23456789",
            "0049 151 23456789",
            "+49 (0) 151 234-567-89",
            "4915123456789",
            "tel:+4915123456789",
            "https://wa.me/4915123456789",
            // From an address book, with marks that nobody sees.
            "\u{202a}+49\u{a0}151\u{2011}23456789\u{202c}",
            "+٤٩ ١٥١ ٢٣٤٥٦٧٨٩",
            " +49.151/23456789 ",
        ] {
            assert_eq!(number(text).as_deref(), Ok("4915123456789"), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_number_says_what_is_missing() {
        for (text, fault) in [
            ("", NumberFault::Missing),
            ("  +", NumberFault::Missing),
            ("Rosa Lind", NumberFault::NotANumber),
            ("+49 151 call me", NumberFault::NotANumber),
            ("+49+151 23456789", NumberFault::NotANumber),
            ("DE.4915123456789", NumberFault::NotANumber),
            ("0151 23456789", NumberFault::National),
            ("+0151 23456789", NumberFault::UnknownCountry),
            ("+210 123456789", NumberFault::UnknownCountry),
            ("+49 151", NumberFault::TooShort),
            ("+49 151 23456789 23456789", NumberFault::TooLong),
        ] {
            assert_eq!(number(text), Err(fault), "{text:?}");
            assert!(fault.words().ends_with('.'), "{fault:?}");
        }
    }

    #[test]
    fn the_beginning_of_a_number_is_no_fault_while_it_is_typed() {
        for (text, digits) in [("+", ""), ("+4", "4"), ("00", ""), ("+49 1", "491"), ("49", "49")] {
            assert_eq!(beginning(text).as_deref(), Ok(digits), "{text:?}");
        }
    }

    #[test]
    fn an_international_number_has_seven_to_fifteen_digits() {
        let typed = |length: usize| number(&format!("+49{}", "1".repeat(length - 2)));
        assert!(typed(FEWEST).is_ok() && typed(MOST).is_ok());
        assert_eq!((typed(FEWEST - 1), typed(MOST + 1)), (Err(NumberFault::TooShort), Err(NumberFault::TooLong)));
        assert_eq!(beginning(" "), Err(NumberFault::Missing));
        assert_eq!(beginning("+"), Ok(String::new()));
    }
}
