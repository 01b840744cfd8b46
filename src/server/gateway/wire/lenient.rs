//! Tolerant deserialisation: Meta writes some numbers as strings and some strings as numbers, omits arrays, and has
//! sent null for an object. Each function accepts what it can convert and treats the rest as absent.

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

/// A string, number or boolean as text. Empty text is treated as absent.
pub fn text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(as_text(&Value::deserialize(from)?))
}

/// The texts of an array. A single one counts as an array of one.
pub fn texts<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::Array(items) => items.iter().filter_map(as_text).collect(),
        value => as_text(&value).into_iter().collect(),
    })
}

/// JSON in a string, unchanged. JSON that is not in a string is converted to its text.
pub fn json<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::Null => None,
        Value::String(text) => Some(text),
        value => Some(value.to_string()),
    })
}

/// An integer, or a string that contains one. Fractions are truncated.
pub fn int<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    Ok(as_int(&Value::deserialize(from)?))
}

/// A finite number, or a string that contains one.
pub fn float<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::Number(number) => number.as_f64(),
        Value::String(digits) => digits.trim().parse().ok(),
        _ => None,
    }
    .filter(|number: &f64| number.is_finite()))
}

/// True only for `true`, the string "true" in any case, and 1.
pub fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::Bool(flag) => flag,
        Value::String(word) => word.eq_ignore_ascii_case("true"),
        Value::Number(number) => number.as_i64() == Some(1),
        _ => false,
    })
}

/// An object of type `T`; anything else is absent.
pub fn part<'de, D: Deserializer<'de>, T: DeserializeOwned>(from: D) -> Result<Option<T>, D::Error> {
    Ok(Some(Value::deserialize(from)?).filter(Value::is_object).and_then(|part| serde_json::from_value(part).ok()))
}

/// The objects of an array; elements that do not match `T` are left out. A single object counts as an array of one.
pub fn list<'de, D: Deserializer<'de>, T: DeserializeOwned>(from: D) -> Result<Vec<T>, D::Error> {
    Ok(items(Value::deserialize(from)?)
        .into_iter()
        .filter(Value::is_object)
        .filter_map(|item| serde_json::from_value(item).ok())
        .collect())
}

/// The raw items of an array, for parsers that report each invalid one.
pub fn raw_list<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Value>, D::Error> {
    Ok(items(Value::deserialize(from)?))
}

fn items(value: Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items,
        object @ Value::Object(_) => vec![object],
        _ => Vec::new(),
    }
}

pub fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
    .filter(|text| !text.is_empty())
}

pub fn as_int(value: &Value) -> Option<i64> {
    match value {
        // A float outside i64 saturates. No code or time of Meta's is that large; it must only not panic.
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|float| float as i64)),
        Value::String(digits) => digits.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize, Default, Debug, PartialEq)]
    #[serde(default)]
    struct Sample {
        #[serde(deserialize_with = "text")]
        text: Option<String>,
        #[serde(deserialize_with = "int")]
        int: Option<i64>,
        #[serde(deserialize_with = "float")]
        float: Option<f64>,
        #[serde(deserialize_with = "flag")]
        flag: bool,
        #[serde(deserialize_with = "part")]
        part: Option<Box<Sample>>,
        #[serde(deserialize_with = "list")]
        list: Vec<Sample>,
        #[serde(deserialize_with = "texts")]
        texts: Vec<String>,
    }

    #[test]
    fn one_text_is_a_list_of_one() {
        for (json, expected) in [
            (r#"{"texts":["a",7,null,{}]}"#, vec!["a", "7"]),
            (r#"{"texts":"a"}"#, vec!["a"]),
            (r#"{"texts":""}"#, vec![]),
            (r#"{}"#, vec![]),
        ] {
            let sample: Sample = serde_json::from_str(json).expect("nothing makes it fail");
            assert_eq!(sample.texts, expected, "{json}");
        }
    }

    #[test]
    fn lenient_values_accept_every_form_and_ignore_invalid_ones() {
        for (json, expected) in [
            (r#"{"text":7,"int":"12","float":"0.5","flag":"true"}"#, (Some("7"), Some(12), Some(0.5), true)),
            (r#"{"text":"a","int":12.9,"float":0,"flag":true}"#, (Some("a"), Some(12), Some(0.0), true)),
            (r#"{"text":null,"int":[],"float":{},"flag":null,"part":3,"list":"x"}"#, (None, None, None, false)),
            (r#"{"text":"","int":"soon","float":"NaN","flag":"no"}"#, (None, None, None, false)),
            (r#"{}"#, (None, None, None, false)),
        ] {
            let sample: Sample = serde_json::from_str(json).expect("nothing makes it fail");
            assert_eq!((sample.text.as_deref(), sample.int, sample.float, sample.flag), expected, "{json}");
            assert!(sample.part.is_none() && sample.list.is_empty());
        }
    }

    #[test]
    fn invalid_list_items_are_skipped() {
        let sample: Sample = serde_json::from_str(r#"{"list":[{"int":1},null,"x",{"int":2}]}"#).expect("reads");
        assert_eq!(sample.list.iter().filter_map(|item| item.int).collect::<Vec<_>>(), [1, 2]);
        let sample: Sample = serde_json::from_str(r#"{"list":{"int":3}}"#).expect("reads");
        assert_eq!(sample.list.len(), 1);
    }
}
