//! The page's side of `browser`: controls found by their place, so that a press of HTML that is about to be replaced
//! reaches what replaces it.

use leptos::ev::MouseEvent;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::{document, element};
use crate::ui::browser::ControlPlace;

/// What a press is kept for. Links and fields need no code.
const PRESSABLE: &str = "button, summary";
/// The elements that hold the pieces of the extras.
const HOSTS: &str = ".extra[id]";

/// The control that is pressed in what stands in for the content of the element `host`. `None` if it is none, or one that
/// takes no press now.
pub fn place_of_press(event: &MouseEvent, host: &str) -> Option<ControlPlace> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    let control = target.closest(PRESSABLE).ok().flatten()?;
    let takes_press = control.get_attribute("aria-disabled").as_deref() != Some("true");
    place_of(&control, &element(host)?).filter(|_| takes_press)
}

/// The element that has the focus, if it is in a stand-in.
pub fn place_of_focus() -> Option<ControlPlace> {
    let control = document()?.active_element()?;
    place_of(&control, &control.closest(HOSTS).ok().flatten()?)
}

/// Puts the focus on the control that is now in this place.
pub fn focus_control(place: &ControlPlace) {
    if let Some(control) = control_in(place) {
        let _refused = control.focus();
    }
}

/// Presses the control that is now in this place.
pub fn press_control(place: &ControlPlace) {
    if let Some(control) = control_in(place) {
        control.click();
    }
}

/// Where an element is in the stand-in, the only child of its host.
fn place_of(control: &Element, host: &Element) -> Option<ControlPlace> {
    let stand_in = host.first_element_child()?;
    let mut path = Vec::new();
    let mut at = control.clone();
    while !at.is_same_node(Some(&stand_in)) {
        let mut before = 0;
        let mut sibling = at.previous_element_sibling();
        while let Some(element) = sibling {
            before += 1;
            sibling = element.previous_element_sibling();
        }
        path.push(before);
        at = at.parent_element()?;
    }
    path.reverse();
    Some(ControlPlace { host: host.id(), path, label: label_of(control) })
}

/// The control in this place, unless another one came there.
fn control_in(place: &ControlPlace) -> Option<HtmlElement> {
    let mut at = element(&place.host)?;
    for before in &place.path {
        at = at.first_element_child()?;
        for _ in 0..*before {
            at = at.next_element_sibling()?;
        }
    }
    at.dyn_into::<HtmlElement>().ok().filter(|control| label_of(control) == place.label)
}

fn label_of(control: &Element) -> String {
    control.get_attribute("aria-label").or_else(|| control.text_content()).unwrap_or_default()
}
