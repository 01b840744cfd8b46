//! Names and limits of the secrets that flows and tools use in headers. The page never receives the values.

use crate::number::grouped;

/// The most secrets per tenant.
pub const SECRETS: usize = 50;
/// The most servers that one secret may be sent to.
pub const SECRET_HOSTS: usize = 20;
/// The longest value, in bytes; the limit of a header.
pub const VALUE_LIMIT: usize = 4_000;

/// Why a name is not allowed, as a sentence for the admin. The name is used in templates: `{{ secret.NAME }}`.
pub fn name_fault(name: &str) -> Option<String> {
    let fits = (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    (!fits).then(|| "Enter a name of 1 to 64 letters, digits and underscores.".to_owned())
}

/// Why a value is not allowed. The sentence does not contain the value.
pub fn value_fault(value: &str) -> Option<String> {
    if value.trim().is_empty() {
        return Some("Enter a value.".to_owned());
    }
    let fits = value.len() <= VALUE_LIMIT && !value.chars().any(char::is_control);
    (!fits).then(|| format!("Enter a value of one line, up to {} bytes.", grouped(VALUE_LIMIT)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_stand_in_a_template() {
        assert_eq!(name_fault("SHOP_KEY_2"), None);
        for name in ["", "a b", "a-b", "a.b", "é", &"x".repeat(65)] {
            assert!(name_fault(name).is_some(), "{name}");
        }
    }

    #[test]
    fn a_value_is_one_line_and_a_fault_does_not_repeat_it() {
        assert_eq!(value_fault("Bearer abc"), None);
        for value in ["", "  ", "abc\r\nHost: inner", &"x".repeat(VALUE_LIMIT + 1)] {
            assert!(value_fault(value).is_some_and(|words| !words.contains("abc")));
        }
    }

    #[test]
    fn names_and_values_are_accepted_up_to_their_limits() {
        assert_eq!((name_fault(&"x".repeat(64)), name_fault("_")), (None, None));
        let words = "Enter a name of 1 to 64 letters, digits and underscores.".to_owned();
        assert_eq!(name_fault(&"x".repeat(65)), Some(words));
        assert_eq!(value_fault(&"x".repeat(VALUE_LIMIT)), None);
        let words = "Enter a value of one line, up to 4,000 bytes.".to_owned();
        for value in ["x".repeat(VALUE_LIMIT + 1), "é".repeat(VALUE_LIMIT / 2 + 1), "a\tb".to_owned()] {
            assert_eq!(value_fault(&value), Some(words.clone()));
        }
        assert_eq!(value_fault(" "), Some("Enter a value.".to_owned()));
    }
}
