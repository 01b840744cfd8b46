//! A menu behind a button. A press elsewhere, a press in it or Escape closes it. After Escape the button has the focus.
//!
//! `<Menu summary=move || view! { "More" } summary_class="btn">..buttons and links..</Menu>`

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
    children: Children,
) -> impl IntoView {
    let menu = NodeRef::<html::Details>::new();
    close_from_outside(menu);
    view! {
        <details class=format!("pop {class}") node_ref=menu>
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

/// Puts the focus on the menu's button. Within a closed menu it would be lost.
fn focus_button(menu: NodeRef<html::Details>) {
    let button = menu.get_untracked().and_then(|menu| menu.query_selector("summary").ok().flatten());
    if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
        let _refused = button.focus();
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
        let key = window_event_listener(ev::keydown, move |event| {
            if event.key() == "Escape" && menu.get_untracked().is_some_and(|menu| menu.open()) {
                event.prevent_default();
                focus_button(menu);
                close(menu);
            }
        });
        on_cleanup(move || {
            pointer.remove();
            key.remove();
        });
    });
}
