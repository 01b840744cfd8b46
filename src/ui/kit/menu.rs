//! A menu behind a button. A press elsewhere, a press in it or Escape closes it. After Escape the button has the focus.
//!
//! `<Menu summary=move || view! { "More" } summary_class="btn">..buttons and links..</Menu>`
//!
//! A key opens it with `is_open`.

use leptos::{
    ev, html,
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{HtmlElement, Node},
};

#[component]
pub fn Menu(
    /// What the button shows.
    #[prop(into)]
    summary: ViewFn,
    #[prop(into)] summary_class: Signal<String>,
    /// The button's name where it shows an icon alone.
    #[prop(optional, into)]
    label: Option<&'static str>,
    /// Further classes of the whole.
    #[prop(optional)]
    class: &'static str,
    /// Opens the menu by a key: turned true, the focus goes to its first entry. It follows the menu.
    #[prop(optional)]
    is_open: Option<RwSignal<bool>>,
    children: Children,
) -> impl IntoView {
    let menu = NodeRef::<html::Details>::new();
    close_from_outside(menu);
    if let Some(is_open) = is_open {
        open_by_key(menu, is_open);
    }
    // The event comes later than the change, when the menu may be gone.
    let toggled = move |_| {
        let is_closed = menu.try_get_untracked().flatten().is_some_and(|menu| !menu.open());
        if let Some(is_open) = is_open.filter(|_| is_closed) {
            let _left = is_open.try_set(false);
        }
    };
    // Before the page's own Escape, which goes back one step.
    let keyed = move |event: ev::KeyboardEvent| leave_by_escape(menu, &event);
    view! {
        <details class=format!("pop {class}") node_ref=menu on:toggle=toggled on:keydown=keyed>
            <summary class=move || summary_class.get() aria-label=label title=label>{move || summary.run()}</summary>
            <div class="menu end" on:click=move |_| close(menu)>{children()}</div>
        </details>
    }
}

fn close(menu: NodeRef<html::Details>) {
    if let Some(menu) = menu.get_untracked() {
        menu.set_open(false);
    }
}

fn open_by_key(menu: NodeRef<html::Details>, is_open: RwSignal<bool>) {
    Effect::new(move |_| {
        if is_open.get()
            && let Some(details) = menu.get_untracked()
        {
            details.set_open(true);
            focus_within(menu, ".menu :is(a, button)");
        }
    });
}

/// Puts the focus on the first element within the menu that `selector` matches.
fn focus_within(menu: NodeRef<html::Details>, selector: &str) {
    let found = menu.get_untracked().and_then(|menu| menu.query_selector(selector).ok().flatten());
    if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _refused = element.focus();
    }
}

fn leave_by_escape(menu: NodeRef<html::Details>, event: &ev::KeyboardEvent) {
    if event.key() == "Escape" && menu.get_untracked().is_some_and(|menu| menu.open()) {
        event.prevent_default();
        // Within a closed menu the focus would be lost.
        focus_within(menu, "summary");
        close(menu);
    }
}

/// Closes `menu` on a press outside of it and on Escape, which `<details>` does not do by itself.
pub fn close_from_outside(menu: NodeRef<html::Details>) {
    Effect::new(move |_| {
        let pointer = window_event_listener(ev::pointerdown, move |event| {
            let target = event.target().and_then(|target| target.dyn_into::<Node>().ok());
            if !menu.get_untracked().is_some_and(|menu| menu.contains(target.as_ref())) {
                close(menu);
            }
        });
        let key = window_event_listener(ev::keydown, move |event| leave_by_escape(menu, &event));
        on_cleanup(move || {
            pointer.remove();
            key.remove();
        });
    });
}
