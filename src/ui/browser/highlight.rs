//! The page's side of `browser`: marks the hits of a search in what is on the screen, without changing the elements.
//!
//! A browser without the CSS Custom Highlight API marks nothing.

use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use web_sys::{Element, Node, Range};

use super::{document, element};

#[wasm_bindgen]
extern "C" {
    type Highlight;

    // `catch`: the browser may not have it.
    #[wasm_bindgen(constructor, catch)]
    fn new() -> Result<Highlight, JsValue>;

    #[wasm_bindgen(method)]
    fn add(this: &Highlight, range: &Range);

    #[wasm_bindgen(js_namespace = ["CSS", "highlights"], js_name = set, catch)]
    fn set_highlight(name: &str, highlight: &Highlight) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = ["CSS", "highlights"], js_name = delete, catch)]
    fn remove_highlight(name: &str) -> Result<JsValue, JsValue>;
}

/// The highlight's name in the styles.
const NAME: &str = "search-hit";

/// Marks texts within the elements with these ids, instead of those that were marked before.
pub fn mark_hits(items: &[(String, Vec<String>)]) {
    let Ok(highlight) = Highlight::new() else { return };
    let mut count = 0;
    for (id, hits) in items {
        let Some(element) = element(id) else { continue };
        for range in ranges(&element, hits) {
            highlight.add(&range);
            count += 1;
        }
    }
    let _unsupported = if count > 0 { set_highlight(NAME, &highlight) } else { remove_highlight(NAME) };
}

/// Where the texts stand within an element. One may begin in one text node and end in another.
fn ranges(element: &Element, hits: &[String]) -> Vec<Range> {
    let (mut nodes, mut text) = (Vec::new(), String::new());
    collect(element, &mut nodes, &mut text);
    let places = hits.iter().filter(|hit| !hit.is_empty()).flat_map(|hit| text.match_indices(hit.as_str()));
    places.filter_map(|(start, hit)| range(&nodes, &text, start, start + hit.len())).collect()
}

/// The text nodes below `parent`, each with the place of its text in `text`.
fn collect(parent: &Node, nodes: &mut Vec<(Node, usize)>, text: &mut String) {
    let mut next = parent.first_child();
    while let Some(node) = next {
        if node.node_type() == Node::TEXT_NODE {
            nodes.push((node.clone(), text.len()));
            text.push_str(&node.node_value().unwrap_or_default());
        } else {
            collect(&node, nodes, text);
        }
        next = node.next_sibling();
    }
}

fn range(nodes: &[(Node, usize)], text: &str, start: usize, end: usize) -> Option<Range> {
    let (first, from) = nodes.get(nodes.partition_point(|(_, at)| *at <= start).checked_sub(1)?)?;
    let (last, to) = nodes.get(nodes.partition_point(|(_, at)| *at < end).checked_sub(1)?)?;
    let range = document()?.create_range().ok()?;
    range.set_start(first, units(text.get(*from..start)?)).ok()?;
    range.set_end(last, units(text.get(*to..end)?)).ok()?;
    Some(range)
}

/// The length of a text as JavaScript counts.
fn units(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}
