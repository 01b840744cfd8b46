//! An icon of the sprite.

use leptos::prelude::*;

/// Draws `/icons.svg#name`. Hidden from screen readers: the text is beside it or in its parent's label.
#[component]
pub fn Icon(
    #[prop(into)] name: Signal<&'static str>,
    /// Further classes, `xs` for a small one.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    let class = if class.is_empty() { "icon".to_owned() } else { format!("icon {class}") };
    view! {
        <svg class=class aria-hidden="true">
            <use href=move || format!("/icons.svg#{}", name.get())></use>
        </svg>
    }
}
