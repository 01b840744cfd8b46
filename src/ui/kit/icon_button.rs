//! A button that shows only an icon, with its name for screen readers and on hover.
//!
//! `<IconButton icon="pencil" label="Edit" press=move |_| edit()/>`

use leptos::{ev::MouseEvent, html, prelude::*};

use crate::ui::components::icon::Icon;

#[component]
pub fn IconButton(
    icon: &'static str,
    #[prop(into)] label: Signal<String>,
    #[prop(into)] press: Callback<MouseEvent>,
    /// For moving the focus here.
    #[prop(optional, into)]
    id: Option<String>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional)] node_ref: NodeRef<html::Button>,
) -> impl IntoView {
    view! {
        <button
            id=id
            class="btn icon ghost"
            type="button"
            node_ref=node_ref
            aria-label=move || label.get()
            title=move || label.get()
            disabled=move || disabled.get()
            on:click=move |event| press.run(event)
        >
            <Icon name=icon/>
        </button>
    }
}
