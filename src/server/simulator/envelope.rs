//! Builds a webhook's envelope, of one event or a batch over all four levels, and the bytes that are signed.

use std::io;

use serde::Serialize;
use serde_json::{Serializer, Value, json, ser::Formatter};

/// An envelope with one event.
pub(super) fn single(waba_id: &str, field: &str, value: Value) -> Value {
    batch(waba_id, vec![(field.to_owned(), value)])
}

/// Several events in one body. Of every three, the first begins a new entry, the second a new change, and the third is
/// added to the previous change if both have the same shape. A batch thus uses all four levels that a receiver must
/// walk.
pub(super) fn batch(waba_id: &str, events: Vec<(String, Value)>) -> Value {
    let mut entries: Vec<Vec<(String, Value)>> = Vec::new();
    for (index, (field, value)) in events.into_iter().enumerate() {
        match (index % 3, entries.last_mut()) {
            (0, _) | (_, None) => entries.push(vec![(field, value)]),
            (2, Some(changes)) => match changes.last_mut() {
                Some((last_field, last)) if *last_field == field && joins(last, &value) => join(last, value),
                _ => changes.push((field, value)),
            },
            (_, Some(changes)) => changes.push((field, value)),
        }
    }
    let entries: Vec<Value> = entries
        .into_iter()
        .map(|changes| {
            let changes: Vec<Value> =
                changes.into_iter().map(|(field, value)| json!({"value": value, "field": field})).collect();
            json!({"id": waba_id, "changes": changes})
        })
        .collect();
    json!({"object": "whatsapp_business_account", "entry": entries})
}

/// The lists that can be extended within one value.
const LISTS: [&str; 2] = ["messages", "statuses"];

fn joins(left: &Value, right: &Value) -> bool {
    left["metadata"] == right["metadata"]
        && LISTS.iter().any(|list| left[list].is_array() && right[list].is_array())
        && LISTS.iter().all(|list| left[list].is_array() == right[list].is_array())
}

fn join(left: &mut Value, mut right: Value) {
    for list in LISTS {
        if let (Some(into), Value::Array(more)) = (left[list].as_array_mut(), right[list].take()) {
            into.extend(more);
        }
    }
    let Value::Array(contacts) = right["contacts"].take() else { return };
    match left["contacts"].as_array_mut() {
        Some(into) => {
            for contact in contacts {
                if !into.contains(&contact) {
                    into.push(contact);
                }
            }
        }
        None => left["contacts"] = Value::Array(contacts),
    }
}

/// How a body's characters beyond ASCII are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    /// As `\uXXXX`.
    Escaped,
}

/// The bytes of a body.
pub(super) fn encode(body: &Value, encoding: Encoding) -> Vec<u8> {
    if encoding == Encoding::Utf8 {
        return body.to_string().into_bytes();
    }
    let mut bytes = Vec::new();
    match body.serialize(&mut Serializer::with_formatter(&mut bytes, Ascii)) {
        Ok(()) => bytes,
        // Writing a `Value` to memory cannot fail. If it did, the unescaped form would be correct too.
        Err(_) => body.to_string().into_bytes(),
    }
}

/// Writes JSON in ASCII only.
struct Ascii;

impl Formatter for Ascii {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        for character in fragment.chars() {
            if character.is_ascii() {
                writer.write_all(&[character as u8])?;
            } else {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_beyond_the_basic_plane_are_escaped() {
        let body = json!({"t": "äöå 👍"});
        assert_eq!(encode(&body, Encoding::Escaped), br#"{"t":"\u00e4\u00f6\u00e5 \ud83d\udc4d"}"#);
        assert_eq!(serde_json::from_slice::<Value>(&encode(&body, Encoding::Escaped)).expect("valid JSON"), body);
    }

    #[test]
    fn a_batch_uses_all_four_levels() {
        let message = |id: &str| {
            let value = json!({"metadata": {"phone_number_id": "1"}, "contacts": [{"wa_id": "2"}],
                "messages": [{"id": id}]});
            ("messages".to_owned(), value)
        };
        let body = batch("9", vec![message("a"), message("b"), message("c"), message("d")]);
        let entries = body["entry"].as_array().expect("entries");
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0]["changes"].as_array().map(Vec::len), Some(2));
        let joined = &entries[0]["changes"][1]["value"];
        assert_eq!(joined["messages"].as_array().map(Vec::len), Some(2));
        assert_eq!(joined["contacts"].as_array().map(Vec::len), Some(1));
    }
}
