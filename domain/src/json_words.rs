//! JSON of forms and other systems in words, with its fields in their own order.
//!
//! `serde_json::Value` does not keep the order of an object in every build: whether it does is a feature of the crate
//! that other dependencies switch on.

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// Deeper values are not shown.
const DEPTH: usize = 4;

/// The fields of an object, in their order, repeated ones included.
struct OrderedFields(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for OrderedFields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = OrderedFields;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<OrderedFields, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(OrderedFields(fields))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

/// The fields of an object with their values in words, in order. `None` if the text is no object. Meta's address form
/// has its answers one level deeper, in `values`: they are told like the fields around them.
pub fn fields(json: &str) -> Option<Vec<(String, String)>> {
    let mut told = Vec::new();
    for (key, value) in object(json)? {
        match inner_object(value.get()).filter(|_| key == "values") {
            Some(inner) => told.extend(inner.into_iter().map(|(key, value)| (key, words(value.get(), 2)))),
            None => told.push((key, words(value.get(), 1))),
        }
    }
    Some(told)
}

/// The fields of a value that is an object, or a text that holds one.
fn inner_object(json: &str) -> Option<Vec<(String, Box<RawValue>)>> {
    object(json).or_else(|| object(&serde_json::from_slice::<String>(json.as_bytes()).ok()?))
}

/// A text of another system in words, on one line. JSON is read into its fields; any other text is returned unchanged.
pub fn in_words(text: &str) -> String {
    let bare = text.trim();
    if !bare.starts_with(['{', '[']) {
        return text.to_owned();
    }
    match serde_json::from_slice::<&RawValue>(bare.as_bytes()) {
        Ok(json) => words(json.get(), 0),
        // Cut off, or something that only looks like it.
        Err(_) => bare.chars().map(|c| if matches!(c, '{' | '}' | '[' | ']' | '"') { ' ' } else { c }).collect(),
    }
}

fn object(json: &str) -> Option<Vec<(String, Box<RawValue>)>> {
    serde_json::from_slice::<OrderedFields>(json.as_bytes()).ok().map(|OrderedFields(fields)| fields)
}

fn list(json: &str) -> Option<Vec<Box<RawValue>>> {
    serde_json::from_slice(json.as_bytes()).ok()
}

fn words(json: &str, depth: usize) -> String {
    let json = json.trim();
    match json.as_bytes().first() {
        Some(b'"') => {
            let text: String = serde_json::from_slice(json.as_bytes()).unwrap_or_default();
            // Some systems put JSON into a text.
            match text.trim_start().starts_with('{') && depth < DEPTH && object(&text).is_some() {
                true => words(&text, depth + 1),
                false => text,
            }
        }
        Some(b'{' | b'[') if depth >= DEPTH => "…".to_owned(),
        Some(b'[') => {
            let values = list(json).unwrap_or_default();
            joined(values.iter().map(|value| words(value.get(), depth + 1)))
        }
        Some(b'{') => {
            let fields = object(json).unwrap_or_default();
            joined(
                fields
                    .iter()
                    .map(|(key, value)| format!("{} {}", key.replace('_', " "), words(value.get(), depth + 1))),
            )
        }
        _ => match json {
            "true" => "yes".to_owned(),
            "false" => "no".to_owned(),
            "null" => "–".to_owned(),
            number => number.to_owned(),
        },
    }
}

fn joined(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fields_keep_their_order() {
        let read = fields(r#"{"z":"1","a":[true,null],"m":{"y":2,"b":"x"},"a":12345678901234567890123}"#);
        let expected = [("z", "1"), ("a", "yes, –"), ("m", "y 2, b x"), ("a", "12345678901234567890123")];
        assert_eq!(read, Some(expected.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec()));
        for other in ["[1]", "1", "", "{", "x"] {
            assert_eq!(fields(other), None, "{other:?}");
        }
    }

    #[test]
    fn the_answers_of_an_address_form_are_fields() {
        let expected = [("saved_address_id", "a1"), ("name", "Mina"), ("in_pin_code", "400063")];
        let expected = Some(expected.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec());
        let inner = r#"{"name":"Mina","in_pin_code":"400063"}"#;
        assert_eq!(fields(&format!(r#"{{"saved_address_id":"a1","values":{inner}}}"#)), expected);
        let text = serde_json::Value::from(inner);
        assert_eq!(fields(&format!(r#"{{"saved_address_id":"a1","values":{text}}}"#)), expected);
        let list = Some(vec![("values".to_owned(), "1, 2".to_owned())]);
        assert_eq!(fields(r#"{"values":[1,2]}"#), list);
    }

    #[test]
    fn json_within_a_text_is_told_in_words() {
        assert_eq!(in_words(r#"{"a":"{\"b\":1}"}"#), "a b 1");
        assert_eq!(in_words(r#"{"a":"{not json"}"#), "a {not json");
    }

    #[test]
    fn json_is_told_in_words() {
        let table = [
            (r#"{"status":"shipped","eta_days":2}"#, "status shipped, eta days 2"),
            (r#" [{"id":1},{"id":2}] "#, "id 1, id 2"),
            (r#"{"a":{"b":{"c":{"d":{"e":1}}}}}"#, "a b c d …"),
            (r#"{"text":"line\nbreak"}"#, "text line\nbreak"),
            ("{}", ""),
            ("plain text", "plain text"),
            ("\"quoted\"", "\"quoted\""),
        ];
        for (text, expected) in table {
            assert_eq!(in_words(text), expected, "{text:?}");
        }
        let cut = in_words(r#"{"status":"ship"#);
        assert!(cut.contains("status") && !cut.contains(['{', '"']), "{cut}");
    }

    #[test]
    fn a_deep_value_is_read_without_harm() {
        let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
        assert!(in_words(&deep).chars().count() < 200_000);
        assert_eq!(fields(&format!("{{\"a\":{deep}}}")).map(|fields| fields.len()).unwrap_or(1), 1);
    }

    proptest! {
        #[test]
        fn no_braces_are_left_of_any_object(key in "[a-z]{1,8}", value in "[a-z ]{0,20}", number in 0_u64..1_000_000) {
            let json = serde_json::json!({ key.clone(): value.clone(), "n": [number, { "deep": value }] }).to_string();
            let words = in_words(&json);
            let has_braces = words.contains(['{', '}', '[', ']', '"']);
            prop_assert!(!has_braces && words.contains(&number.to_string()));
        }
    }
}
