//! Finds web addresses in text. Only `http` and `https` addresses become links.

/// A run of text, or an address in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextSegment {
    Text(String),
    Link(String),
}

/// Splits `text` into pieces that, joined, are `text` again.
pub fn pieces(text: &str) -> Vec<TextSegment> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = next_address(rest) {
        let length = address_length(&rest[start..]);
        if start > 0 {
            pieces.push(TextSegment::Text(rest[..start].to_owned()));
        }
        pieces.push(TextSegment::Link(rest[start..start + length].to_owned()));
        rest = &rest[start + length..];
    }
    if !rest.is_empty() {
        pieces.push(TextSegment::Text(rest.to_owned()));
    }
    pieces
}

/// Whether an address from outside may become a link.
pub fn is_web(address: &str) -> bool {
    scheme_length(address)
        .is_some_and(|length| address.len() > length && !address.chars().any(|c| c.is_whitespace() || c.is_control()))
}

fn scheme_length(text: &str) -> Option<usize> {
    ["https://", "http://"]
        .into_iter()
        .find(|scheme| text.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme)))
        .map(str::len)
}

/// The byte where an address begins: at the start of a word, with at least one character after its scheme.
fn next_address(text: &str) -> Option<usize> {
    let mut before = None;
    for (at, c) in text.char_indices() {
        let starts = before.is_none_or(|before: char| !before.is_alphanumeric());
        if starts && matches!(c, 'h' | 'H') {
            let here = &text[at..];
            if scheme_length(here).is_some_and(|scheme| address_length(here) > scheme) {
                return Some(at);
            }
        }
        before = Some(c);
    }
    None
}

/// The length of the address: to the next space or quote, without the punctuation that ends a sentence.
fn address_length(text: &str) -> usize {
    let end = text
        .find(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '“' | '”' | '«' | '»'))
        .unwrap_or(text.len());
    let mut address = &text[..end];
    while let Some(last) = address.chars().next_back() {
        let balanced = last == ')' && address.matches('(').count() >= address.matches(')').count();
        if balanced
            || !matches!(
                last,
                '.' | ',' | ';' | ':' | '!' | '?' | '\'' | ')' | ']' | '*' | '_' | '~' | '。' | '、' | '؟' | '،'
            )
        {
            break;
        }
        address = &address[..address.len() - last.len_utf8()];
    }
    address.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_and_its_sentence_left_alone() {
        // text, the links in it
        let table: [(&str, &[&str]); 8] = [
            ("see https://acme.test/a?b=1.", &["https://acme.test/a?b=1"]),
            ("(http://acme.test)", &["http://acme.test"]),
            ("https://en.test/A_(b), ok", &["https://en.test/A_(b)"]),
            ("javascript:alert(1) data:text/html,x", &[]),
            ("https:// alone", &[]),
            ("xhttps://acme.test", &[]),
            ("HTTPS://ACME.test\nhttp://b.test", &["HTTPS://ACME.test", "http://b.test"]),
            ("شاهد https://acme.test/a؟ الآن", &["https://acme.test/a"]),
        ];
        for (text, expected) in table {
            let found: Vec<String> = pieces(text)
                .into_iter()
                .filter_map(|piece| match piece {
                    TextSegment::Link(link) => Some(link),
                    TextSegment::Text(_) => None,
                })
                .collect();
            assert_eq!(found, expected, "{text:?}");
        }
    }

    #[test]
    fn only_the_web_may_be_linked() {
        assert!(is_web("https://acme.test/x"));
        assert!(!is_web("javascript:alert(1)"));
        assert!(!is_web("https://"));
        assert!(!is_web("https://a b"));
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_lost(text in "(\\PC|https://|http://|\\n| |\\)){0,60}") {
            let joined: String = pieces(&text)
                .into_iter()
                .map(|piece| match piece {
                    TextSegment::Text(text) | TextSegment::Link(text) => text,
                })
                .collect();
            proptest::prop_assert_eq!(joined, text);
        }
    }
}
