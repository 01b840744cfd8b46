//! The page's side of `browser`: what scrolls, and where the parts of a list are within it.

use std::iter::successors;

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use web_sys::{Element, HtmlElement, ScrollBehavior, ScrollIntoViewOptions, ScrollToOptions};

use super::{element, match_media};
use crate::ui::browser::{ListPart, Motion, Seen};

#[wasm_bindgen]
extern "C" {
    /// An element as what can be animated.
    type Animated;

    // `catch`: the browser may not have it.
    #[wasm_bindgen(method, catch)]
    fn animate(this: &Animated, frames: &JsValue, options: &JsValue) -> Result<JsValue, JsValue>;
}

/// How long a part of a list slides to its place, in milliseconds.
const SLIDE: f64 = 140.0;

/// Whether the person asked for less motion.
fn has_reduced_motion() -> bool {
    let query = match_media("(prefers-reduced-motion: reduce)");
    Reflect::get(&query, &"matches".into()).ok().and_then(|matches| matches.as_bool()).unwrap_or(true)
}

fn behavior(motion: Motion) -> ScrollBehavior {
    if motion == Motion::Smooth && !has_reduced_motion() { ScrollBehavior::Smooth } else { ScrollBehavior::Instant }
}

/// Scrolls the element with this id into sight.
pub fn scroll_to(id: &str, motion: Motion) {
    if let Some(element) = element(id) {
        let options = ScrollIntoViewOptions::new();
        options.set_behavior(behavior(motion));
        // Set as a plain property, because the web-sys feature with the enum of its values is not compiled.
        let _refused = Reflect::set(&options, &"block".into(), &"nearest".into());
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Scrolls the box with this id to its end.
pub fn scroll_to_end(id: &str, motion: Motion) {
    if let Some(element) = element(id) {
        let options = ScrollToOptions::new();
        options.set_top(f64::from(element.scroll_height()));
        options.set_behavior(behavior(motion));
        element.scroll_to_with_scroll_to_options(&options);
    }
}

/// Pixels below what is visible in the box with this id: 0 at its end.
pub fn from_end(id: &str) -> Option<i32> {
    let element = element(id)?;
    Some(element.scroll_height() - element.scroll_top() - element.client_height())
}

/// Scrolls the box so that `distance` pixels are below its visible part. Used after content was added above it.
pub fn set_from_end(id: &str, distance: i32) {
    if let Some(element) = element(id) {
        element.set_scroll_top(element.scroll_height() - element.client_height() - distance);
    }
}

/// Scrolls the box with this id by so many pixels. Returns by how many it could.
pub fn scroll_by(id: &str, pixels: i32) -> i32 {
    let Some(element) = element(id) else { return 0 };
    let before = element.scroll_top();
    element.set_scroll_top(before + pixels);
    element.scroll_top() - before
}

/// What the box with this id shows of the list in it. The groups of the list are the children of the box that have an id,
/// and their parts are their children that have one.
pub fn seen_of_list(id: &str) -> Option<Seen> {
    let list = html(id)?;
    let (top, height) = (list.scroll_top(), list.client_height());
    // What is only just hidden may come into sight.
    let (from, to) = (top - height, top + 2 * height);
    let mut parts = Vec::new();
    for group in children(&list).filter(|group| !group.id().is_empty()) {
        let whole = group_of(&group, &list);
        if whole.top + whole.height <= from || whole.top >= to {
            continue;
        }
        // A list may have thousands of rows: those below are not asked, and of those above only the place is.
        let near = children(&group)
            .take_while(|part| whole.top + part.offset_top() < to)
            .filter(|part| whole.top + part.offset_top() + part.offset_height() > from && !part.id().is_empty());
        let near: Vec<ListPart> = near.map(|part| part_of(&part, &whole)).collect();
        parts.push(whole);
        parts.extend(near);
    }
    Some(Seen { top, height, parts })
}

/// A part of the list in the box `list`, where it is now.
pub fn list_part(list: &str, id: &str) -> Option<ListPart> {
    let (part, list) = (html(id)?, html(list)?);
    let parent: HtmlElement = part.parent_element()?.dyn_into().ok()?;
    Some(if parent == list { group_of(&part, &list) } else { part_of(&part, &group_of(&parent, &list)) })
}

/// Lets parts of a list slide to their places, each from so many pixels below it.
pub fn slide(parts: &[(String, i32)]) {
    if parts.is_empty() || has_reduced_motion() {
        return;
    }
    for (id, from) in parts {
        let Some(part) = element(id) else { continue };
        let places = Array::of2(&JsValue::from_str(&format!("translateY({from}px)")), &JsValue::from_str("none"));
        let frames = object("transform", &places);
        let options = object("duration", &JsValue::from_f64(SLIDE));
        let _refused = Reflect::set(&options, &"easing".into(), &"ease-out".into());
        // What still slides goes on from where it is seen.
        let _refused = Reflect::set(&options, &"composite".into(), &"add".into());
        let _refused = part.unchecked_ref::<Animated>().animate(&frames, &options);
    }
}

fn object(key: &str, value: &JsValue) -> Object {
    let object = Object::new();
    let _refused = Reflect::set(&object, &key.into(), value);
    object
}

fn html(id: &str) -> Option<HtmlElement> {
    element(id)?.dyn_into().ok()
}

fn children(of: &Element) -> impl Iterator<Item = HtmlElement> + use<> {
    successors(of.first_element_child(), Element::next_element_sibling).filter_map(|child| child.dyn_into().ok())
}

/// Both offsets are from the same positioned ancestor. Neither changes while the list scrolls or its parts slide.
fn group_of(group: &HtmlElement, list: &HtmlElement) -> ListPart {
    let (top, height) = (group.offset_top() - list.offset_top(), group.offset_height());
    ListPart { id: group.id(), group: String::new(), top, height }
}

/// The offset is from the group, because the styles position groups. Without that it would be from the group only while
/// the group slides: whatever has a transform counts as positioned.
fn part_of(part: &HtmlElement, group: &ListPart) -> ListPart {
    let (top, height) = (group.top + part.offset_top(), part.offset_height());
    ListPart { id: part.id(), group: group.id.clone(), top, height }
}
