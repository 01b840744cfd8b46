//! Percent-encoding of web addresses (RFC 3986).

/// Encodes `value` for use anywhere in a web address: everything except letters, digits and `-._~`.
pub fn encoded(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// Decodes `part` to bytes. Invalid escapes are left as they are.
pub fn decoded(part: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = match tail {
            [high, low, after @ ..] if *first == b'%' => {
                hex(*high).zip(hex(*low)).map(|(high, low)| (high * 16 + low, after))
            }
            _ => None,
        };
        let (byte, after) = escaped.unwrap_or((*first, tail));
        bytes.push(byte);
        rest = after;
    }
    bytes
}

/// A value of a query string or a form: as [`decoded`], and a plus is a space.
pub fn decoded_value(value: &str) -> String {
    String::from_utf8_lossy(&decoded(&value.replace('+', " "))).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_invalid_escape_is_unchanged() {
        assert_eq!(decoded("a%20b%ZZ%2"), b"a b%ZZ%2");
        assert_eq!(encoded("a b/ü"), "a%20b%2F%C3%BC");
        assert_eq!(decoded_value("a+b%2B%ZZ"), "a b+%ZZ");
    }

    proptest! {
        #[test]
        fn decoding_reverses_encoding(value in "\\PC{0,40}") {
            prop_assert_eq!(decoded(&encoded(&value)), value.as_bytes());
        }
    }

    #[test]
    fn only_unreserved_characters_stay_unencoded() {
        assert_eq!(encoded("azAZ09-._~"), "azAZ09-._~");
        assert_eq!(encoded("+%&=?#!*'()\n"), "%2B%25%26%3D%3F%23%21%2A%27%28%29%0A");
    }

    #[test]
    fn an_escape_is_two_hexadecimal_digits_of_either_case() {
        assert_eq!(decoded("%2F%2f%C3%bc"), "//ü".as_bytes());
        assert_eq!(decoded("%00%FF%1a"), [0, 255, 26]);
        for plain in ["%", "%2", "%G0", "%0G", "220", ""] {
            assert_eq!(decoded(plain), plain.as_bytes(), "{plain}");
        }
    }
}
