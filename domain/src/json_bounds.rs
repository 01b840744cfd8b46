//! Bounds JSON of other systems before it is parsed: how deep it is nested, and how many values it has.

use crate::number::grouped;

/// The deepest nesting of lists and objects.
const DEPTH: usize = 64;
/// The most values. A megabyte of `[],[],[]` would take thirty times as much memory once it is parsed.
const VALUES: usize = 50_000;

/// Why a text is not parsed, as a sentence. Whether it is JSON at all is found out by parsing it.
pub fn json_fault(text: &str) -> Option<String> {
    let (mut depth, mut deepest, mut values) = (0_usize, 0_usize, 0_usize);
    let (mut is_quoted, mut is_escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_quoted => is_escaped = true,
            b'"' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
                values += 1;
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' => values += 1,
            _ => {}
        }
    }
    if deepest > DEPTH {
        return Some(format!("The response is nested more than {DEPTH} levels deep."));
    }
    (values > VALUES).then(|| format!("The response has more than {} values.", grouped(VALUES)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_and_values_are_bounded() {
        let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(json_fault(&nested(64)), None);
        assert_eq!(json_fault(&nested(65)).as_deref(), Some("The response is nested more than 64 levels deep."));
        assert!(json_fault(&"{\"a\":".repeat(100_000)).is_some_and(|told| told.contains("levels deep")));
        let list = |length: usize| format!("[{}]", vec!["1"; length].join(","));
        assert_eq!(json_fault(&list(50_000)), None);
        assert_eq!(json_fault(&list(50_001)).as_deref(), Some("The response has more than 50,000 values."));
    }

    #[test]
    fn brackets_and_commas_in_texts_do_not_count() {
        let text = serde_json::json!({"a": "[{,\\\"".repeat(30_000), "b": "\\"}).to_string();
        assert_eq!(json_fault(&text), None);
        assert_eq!(json_fault("no JSON"), None);
    }

    #[test]
    fn what_is_side_by_side_is_not_deep() {
        for one in ["[]", "{}", "{\"a\":[1]}"] {
            assert_eq!(json_fault(&format!("[{}]", vec![one; 100].join(","))), None, "{one}");
        }
    }
}
