//! Takes values out of a JSON response as they were sent.
//!
//! The values are cut out of the text and not parsed: a parsed number would lose digits, zeros and its notation.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::definition::Keep;
use crate::{
    json_bounds::json_fault,
    text::{clip, printable},
};

/// The fields to store, as text. A field that is `null` or blank counts as missing, so that no customer reads “Your
/// order: .”
pub(super) fn extract<'a>(keep: &'a [Keep], body: &str) -> Result<Vec<(&'a str, String)>, String> {
    if keep.is_empty() {
        return Ok(Vec::new());
    }
    if let Some(fault) = json_fault(body) {
        return Err(fault);
    }
    let answer: &RawValue = serde_json::from_str(body).map_err(|_| "The response isn't valid JSON.".to_owned())?;
    keep.iter()
        .map(|field| {
            let value = match at(answer, &field.pointer).map(as_text) {
                None | Some(None) => {
                    return Err(format!("The response has no field {}.", clip(&field.pointer, 80)));
                }
                Some(Some(text)) if text.trim().is_empty() => {
                    return Err(format!("The response's field {} is empty.", clip(&field.pointer, 80)));
                }
                Some(Some(text)) => printable(&text),
            };
            Ok((field.variable.as_str(), value))
        })
        .collect()
}

/// The value at a JSON pointer, as `serde_json::Value::pointer` finds it.
fn at<'a>(value: &'a RawValue, pointer: &str) -> Option<&'a RawValue> {
    if pointer.is_empty() {
        return Some(value);
    }
    let mut here = value;
    for token in pointer.strip_prefix('/')?.split('/') {
        let token = token.replace("~1", "/").replace("~0", "~");
        here = match here.get().as_bytes().first()? {
            b'{' => {
                let mut fields: BTreeMap<String, &RawValue> = serde_json::from_str(here.get()).ok()?;
                fields.remove(&token)?
            }
            b'[' => {
                let is_index = token == "0" || !token.starts_with(['0', '+']);
                let index = token.parse::<usize>().ok().filter(|_| is_index)?;
                let values: Vec<&RawValue> = serde_json::from_str(here.get()).ok()?;
                values.get(index).copied()?
            }
            _ => return None,
        };
    }
    Some(here)
}

/// A text without its quotes; a number, list or object as sent, without the spaces between its parts. `None` is `null`.
fn as_text(value: &RawValue) -> Option<String> {
    let raw = value.get();
    match raw.as_bytes().first()? {
        b'"' => serde_json::from_str(raw).ok(),
        b'n' => None,
        _ => Some(compact(raw)),
    }
}

fn compact(raw: &str) -> String {
    let (mut in_string, mut escaped) = (false, false);
    let is_part = |c: &char| {
        if in_string {
            (in_string, escaped) = (*c != '"' || escaped, *c == '\\' && !escaped);
            return true;
        }
        in_string = *c == '"';
        !c.is_ascii_whitespace()
    };
    raw.chars().filter(is_part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(pointer: &str, body: &str) -> Result<String, String> {
        let keep = [Keep { pointer: pointer.to_owned(), variable: "it".to_owned() }];
        extract(&keep, body).map(|mut found| found.remove(0).1)
    }

    #[test]
    fn numbers_keep_their_digits() {
        let body =
            r#"{"total": 19.90, "id": 123456789012345678901, "points": 1e2, "small": -0.10, "rate": 1E-7, "n": 0.0}"#;
        for (pointer, expected) in [
            ("/total", "19.90"),
            ("/id", "123456789012345678901"),
            ("/points", "1e2"),
            ("/small", "-0.10"),
            ("/rate", "1E-7"),
            ("/n", "0.0"),
        ] {
            assert_eq!(kept(pointer, body).as_deref(), Ok(expected), "{pointer}");
        }
    }

    #[test]
    fn values_are_found_by_their_pointer() {
        let body = r#" {"a": {"b/c": [1, {"d~e": " \"x\" \u00fc "}, [ 2.50 , "y \\" ]]}, "yes": true, "": "root"} "#;
        let whole = r#"{"a":{"b/c":[1,{"d~e":" \"x\" \u00fc "},[2.50,"y \\"]]},"yes":true,"":"root"}"#;
        for (pointer, expected) in [
            ("/a/b~1c/1/d~0e", " \"x\" ü "),
            ("/a/b~1c/2", r#"[2.50,"y \\"]"#),
            ("/a/b~1c/0", "1"),
            ("/yes", "true"),
            ("/", "root"),
            ("", whole),
        ] {
            assert_eq!(kept(pointer, body).as_deref(), Ok(expected), "{pointer}");
        }
        for pointer in ["/b", "/a/b~1c/3", "/a/b~1c/01", "/a/b~1c/+1", "/a/b~1c/x", "a", "/yes/no"] {
            assert!(kept(pointer, body).is_err_and(|why| why.contains("no field")), "{pointer}");
        }
        assert!(kept("/a", r#"{"a": null}"#).is_err_and(|why| why.contains("no field")));
        assert!(kept("/a", r#"{"a": "  "}"#).is_err_and(|why| why.contains("is empty")));
        assert!(kept("/a", "{").is_err_and(|why| why.contains("valid JSON")));
    }
}
