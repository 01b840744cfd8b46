//! The body of a call: JSON, or a form. The Graph API accepts both, and in both an object or a list may be written as a
//! text of JSON.

use axum::http::{HeaderMap, header};
use serde_json::{Value, json};

use super::error::GraphError;

/// The parameters in a body.
pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Result<Value, GraphError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_form = kind.trim().to_ascii_lowercase().starts_with("application/x-www-form-urlencoded");
    let read = match serde_json::from_slice::<Value>(body) {
        Ok(value) => value,
        Err(_) if is_form => form(body)?,
        Err(error) => return Err(GraphError::shape(format!("Invalid JSON: {error}"))),
    };
    Ok(unpacked(read))
}

/// The parameters that are objects or lists. Texts that only look like JSON, such as `biz_opaque_callback_data`, are
/// none of them.
const STRUCTURED: [&str; 14] = [
    "text",
    "image",
    "video",
    "document",
    "audio",
    "sticker",
    "location",
    "contacts",
    "reaction",
    "interactive",
    "template",
    "context",
    "typing_indicator",
    "block_users",
];

/// Reads the structured parameters that are texts.
fn unpacked(mut read: Value) -> Value {
    if let Some(parameters) = read.as_object_mut() {
        for (_, value) in parameters.iter_mut().filter(|(name, _)| STRUCTURED.contains(&name.as_str())) {
            if let Some(inner) = value.as_str().and_then(structure) {
                *value = inner;
            }
        }
    }
    read
}

fn structure(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().filter(|value: &Value| value.is_object() || value.is_array())
}

fn form(body: &[u8]) -> Result<Value, GraphError> {
    // In an address, a number sign would end the query.
    let query = String::from_utf8_lossy(body).replace('#', "%23");
    let address = reqwest::Url::parse(&format!("http://form/?{query}"));
    let address = address.map_err(|error| GraphError::shape(format!("Invalid form: {error}")))?;
    let mut read = json!({});
    for (key, value) in address.query_pairs() {
        put(&mut read, &key, value.into());
    }
    Ok(read)
}

/// Deeper parts of a key are left out: no call has them, and each level of a value takes stack when it is dropped.
const MAX_DEPTH: usize = 16;

/// Sets `text[body]` as the member `body` of `text`.
fn put(into: &mut Value, key: &str, value: Value) {
    let mut place = into;
    for part in key.split('[').take(MAX_DEPTH).map(|part| part.trim_end_matches(']')) {
        if !place.is_object() {
            *place = json!({});
        }
        place = &mut place[part];
    }
    *place = value;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_as(kind: &'static str, body: &str) -> Result<Value, GraphError> {
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, header::HeaderValue::from_static(kind))]);
        read(&headers, body.as_bytes())
    }

    #[test]
    fn forms_and_json_are_read() {
        let form = "application/x-www-form-urlencoded; charset=utf-8";
        let sent = json!({"to": "+49 1", "type": "text", "text": {"body": "Hi {you} #1"}});
        let body = "to=%2B49+1&type=text&text=%7B%22body%22%3A%22Hi%20%7Byou%7D%20%231%22%7D";
        assert_eq!(read_as(form, body), Ok(sent.clone()));
        assert_eq!(read_as(form, "to=%2B49%201&type=text&text[body]=Hi%20{you}%20#1"), Ok(sent.clone()));
        assert_eq!(read_as(form, &sent.to_string()), Ok(sent.clone()), "as some clients send it");
        assert_eq!(read_as("application/json", &sent.to_string()), Ok(sent));
        assert_eq!(read_as(form, "text={not json"), Ok(json!({"text": "{not json"})));
        let contacts = json!([{"name": {"formatted_name": "Ada", "first_name": "Ada"}}]);
        let texts =
            json!({"type": "contacts", "contacts": contacts.to_string(), "biz_opaque_callback_data": "{\"row\":1}"});
        let read = json!({"type": "contacts", "contacts": contacts, "biz_opaque_callback_data": "{\"row\":1}"});
        assert_eq!(read_as("application/json", &texts.to_string()), Ok(read), "as some clients write lists");
        let texts = "text[body]=%7B%22a%22%3A1%7D&biz_opaque_callback_data=%5B1%5D";
        let read = json!({"text": {"body": "{\"a\":1}"}, "biz_opaque_callback_data": "[1]"});
        assert_eq!(read_as(form, texts), Ok(read), "a text that looks like JSON");
        assert!(read_as("application/json", "to=1").is_err());
        assert!(read_as(form, &format!("a{}=1", "[b]".repeat(1_000_000))).is_ok(), "however deep a key is");
    }
}
