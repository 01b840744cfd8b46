//! The page's side of `browser`: links and the browser's history, until the page is hydrated.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event, EventTarget};

use super::{reload, window};

/// Keeps clicks on links and steps through the history from the router while the page is being hydrated: what it draws
/// must be what the server has drawn, for the address that the server knew. The page is hydrated in parts, as their
/// code arrives; drawn for another address it would stop, or show one conversation under the address of another. The
/// browser follows the links, as it does before the program is there, and a step through the history loads the page
/// anew. Call it before the router is made.
pub fn load_pages_while(is_hydrating: impl Fn() -> bool + Clone + 'static) {
    let hydrating = is_hydrating.clone();
    listen("click", move |event| {
        if hydrating() && is_on_link(event) {
            event.stop_immediate_propagation();
        }
    });
    let first = address();
    listen("popstate", move |event| {
        // A fragment of the same page is such a step, too.
        if is_hydrating() && address() != first {
            event.stop_immediate_propagation();
            reload();
        }
    });
}

fn is_on_link(event: &Event) -> bool {
    let pressed = event.target().and_then(|target: EventTarget| target.dyn_into::<Element>().ok());
    pressed.is_some_and(|element| element.closest("a[href]").ok().flatten().is_some())
}

/// Without the fragment.
fn address() -> Option<String> {
    let location = window().location();
    Some(format!("{}{}", location.pathname().ok()?, location.search().ok()?))
}

/// Listens as long as the page lives, before everything else in it.
fn listen(name: &str, on_event: impl Fn(&Event) + 'static) {
    let listener = Closure::<dyn Fn(Event)>::new(move |event: Event| on_event(&event)).into_js_value();
    let _refused = window().add_event_listener_with_callback_and_bool(name, listener.unchecked_ref(), true);
}
