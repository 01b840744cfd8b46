//! The empty state of a page: what belongs here, and the next thing to do.
//!
//! `<EmptyState icon="key" title="No keywords yet">"Add the words that customers write, below."</EmptyState>`

use leptos::prelude::*;

use crate::ui::components::icon::Icon;

#[component]
pub fn EmptyState(icon: &'static str, #[prop(into)] title: Signal<String>, children: Children) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon name=icon/>
            <b>{move || title.get()}</b>
            <p>{children()}</p>
        </div>
    }
}
