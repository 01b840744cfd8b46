//! Takes values out of a JSON response as they were sent.
//!
//! The values are cut out of the text and not parsed: a parsed number would lose digits, zeros and its notation.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::{definition::Keep, limits};
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
    // Published versions may be older than the limit.
    if keep.len() > limits::KEEPS {
        return Err(format!("The step keeps more than {} fields of a response.", limits::KEEPS));
    }
    if let Some(fault) = json_fault(body) {
        return Err(fault);
    }
    let answer: &RawValue = serde_json::from_str(body).map_err(|_| "The response isn't valid JSON.".to_owned())?;
    let found = find_all(answer, keep);
    keep.iter()
        .zip(found)
        .map(|(field, found)| {
            let value = match found.map(as_text) {
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

/// What is still to be found below a value: the place of the result, and the rest of the pointer.
type Wanted = (usize, Vec<String>);

/// The values at the JSON pointers, as `serde_json::Value::pointer` finds them. Each part of the response is parsed once,
/// however many pointers lead through it.
fn find_all<'b>(answer: &'b RawValue, keep: &[Keep]) -> Vec<Option<&'b RawValue>> {
    let mut found = vec![None; keep.len()];
    let mut wanted: Vec<Wanted> = Vec::with_capacity(keep.len());
    for (nth, field) in keep.iter().enumerate() {
        let tokens = match field.pointer.strip_prefix('/') {
            Some(path) => path.split('/').map(|token| token.replace("~1", "/").replace("~0", "~")).rev().collect(),
            None if field.pointer.is_empty() => Vec::new(),
            None => continue,
        };
        wanted.push((nth, tokens));
    }
    find_below(answer, wanted, &mut found);
    found
}

/// The tokens of `wanted` are in reverse order. The depth of the response bounds the recursion.
fn find_below<'b>(here: &'b RawValue, wanted: Vec<Wanted>, found: &mut [Option<&'b RawValue>]) {
    let mut below: BTreeMap<String, Vec<Wanted>> = BTreeMap::new();
    for (nth, mut tokens) in wanted {
        match tokens.pop() {
            Some(token) => below.entry(token).or_default().push((nth, tokens)),
            None => found[nth] = Some(here),
        }
    }
    if below.is_empty() {
        return;
    }
    match here.get().as_bytes().first() {
        Some(b'{') => {
            let fields: BTreeMap<String, &RawValue> = serde_json::from_str(here.get()).unwrap_or_default();
            for (token, wanted) in below {
                if let Some(inner) = fields.get(&token) {
                    find_below(inner, wanted, found);
                }
            }
        }
        Some(b'[') => {
            let values: Vec<&RawValue> = serde_json::from_str(here.get()).unwrap_or_default();
            for (token, wanted) in below {
                let is_index = token == "0" || !token.starts_with(['0', '+']);
                let index = token.parse::<usize>().ok().filter(|_| is_index);
                if let Some(inner) = index.and_then(|index| values.get(index)) {
                    find_below(inner, wanted, found);
                }
            }
        }
        Some(_) | None => {}
    }
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

    #[test]
    fn many_pointers_through_one_part_are_found_and_too_many_refused() {
        let deep = format!("{}\"end\"{}", "{\"a\":".repeat(60), "}".repeat(60));
        let keep = |count: usize| -> Vec<Keep> {
            let field = |nth: usize| Keep { pointer: "/a".repeat(60 - nth % 2), variable: format!("v{nth}") };
            (0..count).map(field).collect()
        };
        let most = keep(limits::KEEPS);
        let found = extract(&most, &deep).expect("found");
        assert_eq!(found.len(), limits::KEEPS);
        assert_eq!((found[0].1.as_str(), found[1].1.as_str()), ("end", "{\"a\":\"end\"}"));
        let told = extract(&keep(limits::KEEPS + 1), &deep).expect_err("too many");
        assert_eq!(told, "The step keeps more than 50 fields of a response.");
    }

    #[test]
    fn spaces_within_a_text_stay_whatever_is_escaped_in_it() {
        let raw = r#"{ "a" : "x \" y" , "b" : "\\" , "c" : "\\\" z" }"#;
        assert_eq!(compact(raw), r#"{"a":"x \" y","b":"\\","c":"\\\" z"}"#);
    }
}
