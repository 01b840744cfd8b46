//! Cuts an item to what WhatsApp can send, with much room above it. The journal keeps the body as it arrived.
//!
//! Whoever has an app's secret can sign a message of megabytes, and every later step (language, keywords, search, the
//! page) works through all of it.

use serde_json::Value;

/// The longest text, in bytes. WhatsApp allows 4,096 characters.
const TEXT: usize = 64 * 1024;
/// The most text of an item, in bytes. A message with many contact cards is the largest that WhatsApp sends.
const ITEM: usize = 256 * 1024;
/// Texts up to this length are never cut: ids, numbers, names of kinds.
const SHORT: usize = 1_024;
/// The most elements of a list.
const LIST: usize = 1_000;

/// Whether anything was cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    Whole,
    Shortened,
}

/// Cuts the texts and lists of an item.
pub(super) fn cut(item: &mut Value) -> Cut {
    let mut cutter = Cutter { left: ITEM, cut: Cut::Whole };
    cutter.value(item);
    cutter.cut
}

struct Cutter {
    /// How much more text the item may have, in bytes.
    left: usize,
    cut: Cut,
}

impl Cutter {
    // The depth is bounded by the JSON parser.
    fn value(&mut self, value: &mut Value) {
        match value {
            Value::String(text) => self.text(text),
            Value::Array(items) => self.list(items),
            Value::Object(members) => members.values_mut().for_each(|member| self.value(member)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn text(&mut self, text: &mut String) {
        let limit = TEXT.min(self.left).max(SHORT);
        if text.len() > limit {
            text.truncate(text.floor_char_boundary(limit));
            text.push('…');
            self.cut = Cut::Shortened;
        }
        self.left = self.left.saturating_sub(text.len());
    }

    fn list(&mut self, items: &mut Vec<Value>) {
        let mut kept = 0;
        while kept < items.len().min(LIST) && self.left > 0 {
            self.value(&mut items[kept]);
            kept += 1;
        }
        if kept < items.len() {
            items.truncate(kept);
            self.cut = Cut::Shortened;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn size(value: &Value) -> usize {
        value.to_string().len()
    }

    #[test]
    fn a_text_is_cut_between_characters_and_says_so() {
        let mut item = json!({"id": "wamid.1", "text": {"body": "é".repeat(500_000)}, "type": "text"});
        assert_eq!(cut(&mut item), Cut::Shortened);
        let body = item["text"]["body"].as_str().expect("a text");
        assert_eq!(body.len(), TEXT + "…".len());
        assert!(body.ends_with("é…"));
        assert_eq!((&item["id"], &item["type"]), (&json!("wamid.1"), &json!("text")));
    }

    #[test]
    fn what_whatsapp_can_send_stays_whole() {
        let card =
            json!({"name": {"formatted_name": "n".repeat(200)}, "phones": vec![json!({"phone": "+49 30 1"}); 10]});
        for item in [json!({"text": {"body": "😀".repeat(4_096)}}), json!({"contacts": vec![card; 257]})] {
            let mut read = item.clone();
            assert_eq!(cut(&mut read), Cut::Whole);
            assert_eq!(read, item);
        }
    }

    #[test]
    fn a_list_and_all_texts_together_are_bounded_and_ids_are_kept() {
        let card = json!({"name": {"formatted_name": "n".repeat(60_000)}});
        let mut item = json!({"contacts": vec![card; 60], "from": "4915550001", "id": "wamid.1"});
        assert_eq!(cut(&mut item), Cut::Shortened);
        assert!(size(&item) < 2 * ITEM, "{}", size(&item));
        assert_eq!((&item["from"], &item["id"]), (&json!("4915550001"), &json!("wamid.1")));
        let mut item = json!({"contacts": vec![json!({}); 100_000]});
        assert_eq!((cut(&mut item), item["contacts"].as_array().map(Vec::len)), (Cut::Shortened, Some(LIST)));
    }

    proptest! {
        #[test]
        fn any_item_is_bounded(texts in prop::collection::vec((".{0,4}", 0..40_000_usize), 0..40)) {
            let texts: Vec<String> = texts.iter().map(|(text, times)| text.repeat(*times)).collect();
            let mut item = json!({"a": texts, "b": {"c": [texts]}, "id": "wamid.1"});
            let before = item.clone();
            let cut = cut(&mut item);
            prop_assert_eq!(cut == Cut::Whole, item == before);
            let held: usize = item["a"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::len).sum();
            prop_assert!(held <= ITEM + SHORT + 3);
            prop_assert_eq!(&item["id"], &json!("wamid.1"));
        }
    }
}
