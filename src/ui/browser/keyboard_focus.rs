//! The page's side of `browser`: which element has the keyboard's focus, and moving it.

use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use web_sys::{Element, HtmlElement, HtmlTextAreaElement};

use super::{document, element};

#[wasm_bindgen]
extern "C" {
    /// An element that can have the focus.
    type Focusable;

    // With options: the web-sys feature of their type is not compiled.
    #[wasm_bindgen(method, js_name = focus)]
    fn focus_with(this: &Focusable, options: &JsValue);
}

/// What is written in. Checkboxes and radio buttons take no text.
const FIELD: &str = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

/// What space or Enter presses.
const PRESSABLE: &str = "button, a[href], summary, input:is([type=checkbox], [type=radio], [type=button], \
     [type=submit], [type=reset]), :is([role=button], [role=link], [role=checkbox], [role=radio], [role=switch], \
     [role=tab], [role=option], [role=menuitem], [role=menuitemcheckbox], [role=menuitemradio])";

/// What uses keys itself, besides [`FIELD`] and [`PRESSABLE`].
const OTHER_CONTROL: &str = "audio, video, :is([role=textbox], [role=searchbox], [role=combobox], [role=listbox], \
     [role=slider], [role=spinbutton], [role=tree], [role=treeitem], [role=grid], [role=menu])";

/// The element that has the focus. Without one, browsers name the body.
fn active() -> Option<Element> {
    document()?.active_element()
}

fn is_within(element: &Element, selector: &str) -> bool {
    element.closest(selector).is_ok_and(|found| found.is_some())
}

/// Whether this element has the focus.
pub fn has_focus(element: &Element) -> bool {
    active().is_some_and(|active| active == *element)
}

/// Whether nothing has the focus.
pub fn nothing_has_focus() -> bool {
    active().is_none_or(|element| ["body", "html"].iter().any(|name| element.tag_name().eq_ignore_ascii_case(name)))
}

/// Whether a dialog is open. It takes all keys.
pub fn has_open_dialog() -> bool {
    document().is_some_and(|document| document.query_selector("dialog[open]").is_ok_and(|found| found.is_some()))
}

/// Whether a field or a dialog has the keyboard now, so that shortcuts must not act.
pub fn typing() -> bool {
    has_open_dialog() || active().is_some_and(|element| is_within(&element, FIELD))
}

/// Whether the focus is on something that space or Enter presses.
pub fn on_pressable() -> bool {
    active().is_some_and(|element| element.matches(PRESSABLE).unwrap_or(false))
}

/// Whether a letter has no other use: nothing has the focus, or it is within the element with this id and on no
/// control.
pub fn is_free_for_letters(id: &str) -> bool {
    if nothing_has_focus() {
        return true;
    }
    let controls = [FIELD, PRESSABLE, OTHER_CONTROL];
    focus_is_within(id)
        && active().is_some_and(|element| !controls.iter().any(|selector| is_within(&element, selector)))
}

/// Whether the focus is on the element with this id or on something in it.
pub fn focus_is_within(id: &str) -> bool {
    active().is_some_and(|element| is_within(&element, &format!("#{id}")))
}

/// The id of the first element that matches this selector.
pub fn id_of(selector: &str) -> Option<String> {
    document()?.query_selector(selector).ok().flatten().map(|element| element.id())
}

/// Whether the element with this id exists and the styles show it.
pub fn is_shown(id: &str) -> bool {
    element(id)
        .and_then(|element| element.dyn_into::<HtmlElement>().ok())
        .is_some_and(|element| element.offset_width() > 0)
}

/// Puts the focus on the element with this id.
pub fn focus(id: &str) {
    if let Some(element) = element(id).and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _refused = element.focus();
    }
}

/// Puts the focus on the text field with this id, with the caret at the end of its text.
pub fn focus_at_end(id: &str) {
    if let Some(field) = element(id).and_then(|element| element.dyn_into::<HtmlTextAreaElement>().ok()) {
        let _refused = field.focus();
        let end = field.text_length();
        let _refused = field.set_selection_range(end, end);
    }
}

/// Puts the focus on the element with this id if no element has it, because the one that had it was removed. Nothing
/// scrolls by that: the person has pressed no key.
pub fn focus_if_lost(id: &str) {
    let found = element(id).and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(element) = found.filter(|_| nothing_has_focus()) {
        let options = Object::new();
        let _refused = Reflect::set(&options, &"preventScroll".into(), &true.into());
        element.unchecked_ref::<Focusable>().focus_with(&options);
    }
}

/// Puts the focus on the first field within the element with this id: the one marked `data-first`, else any field, else
/// a button.
pub fn focus_first(id: &str) {
    let Some(within) = element(id) else { return };
    let found = ["[data-first]", "input, textarea, select", "button"]
        .into_iter()
        .find_map(|wanted| within.query_selector(wanted).ok().flatten());
    if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _refused = element.focus();
    }
}

/// The id of the element that has the focus.
pub fn focused() -> Option<String> {
    active().map(|element| element.id())
}

/// Whether the focus is on an item of a tree itself, not on something within one.
pub fn on_tree_item() -> bool {
    active().and_then(|element| element.get_attribute("role")).as_deref() == Some("treeitem")
}
