//! Parses bytes as JSON and repairs two faults that would otherwise make a whole body unreadable: lone surrogate
//! escapes, which Meta sends when it cuts a name inside an emoji, and bytes that are not UTF-8. NUL is removed too,
//! because PostgreSQL cannot store it in text.

use serde_json::Value;

use super::read::Unreadable;

pub(super) fn parse(body: &[u8]) -> Result<Value, Unreadable> {
    let first = serde_json::from_slice(body);
    let mut root: Value = match first {
        Ok(root) => root,
        Err(error) => match serde_json::from_str(&repaired(&String::from_utf8_lossy(body))) {
            Ok(root) => root,
            // Report the first error, because it describes the body as it arrived.
            Err(_) => return Err(Unreadable::NotJson { line: error.line(), column: error.column() }),
        },
    };
    strip_nul(&mut root);
    Ok(root)
}

fn strip_nul(value: &mut Value) {
    match value {
        Value::String(text) => text.retain(|c| c != '\0'),
        Value::Array(items) => items.iter_mut().for_each(strip_nul),
        Value::Object(members) => members.values_mut().for_each(strip_nul),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Replaces each `\uD8xx` escape without its second half by `\uFFFD`.
fn repaired(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = match (unit(rest), rest.get(6..).and_then(unit)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                out.push_str("\\ufffd");
                rest = &rest[6..];
                continue;
            }
            (Some(_), _) => 6,
            // Another escape: skip the backslash and the escaped character, so that `\\u` is not read as `\u`.
            (None, _) => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
        };
        out.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    out.push_str(rest);
    out
}

/// The code unit of the `\uXXXX` that `text` starts with.
fn unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_lone_surrogate_is_replaced_by_one_character() {
        for (body, expected) in [
            (r#"["a\ud83d"]"#, json!(["a\u{fffd}"])),
            (r#"["\ude00b\ud83d\u0041"]"#, json!(["\u{fffd}b\u{fffd}A"])),
            (r#"["\ud83d\ude00", "\ud83d"]"#, json!(["😀", "\u{fffd}"])),
            (r#"["\\ud83d\ud83d"]"#, json!(["\\ud83d\u{fffd}"])),
        ] {
            assert_eq!(parse(body.as_bytes()).expect("parses"), expected, "{body}");
        }
    }

    #[test]
    fn an_invalid_utf8_byte_is_replaced_by_one_character() {
        assert_eq!(parse(b"[\"a\xff\"]").expect("parses"), json!(["a\u{fffd}"]));
    }

    #[test]
    fn nul_is_removed() {
        assert_eq!(parse(br#"{"a":["x\u0000y"]}"#).expect("reads"), json!({"a": ["xy"]}));
    }

    #[test]
    fn invalid_json_is_reported_with_its_position() {
        assert_eq!(parse(b"{\"a\":"), Err(Unreadable::NotJson { line: 1, column: 5 }));
        assert!(parse(b"").is_err());
        assert!(parse("[".repeat(4_000).as_bytes()).is_err());
    }
}
