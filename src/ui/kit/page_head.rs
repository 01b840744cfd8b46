//! The head of a page: its title in the browser's tab, its heading, and one sentence on what it is for.
//!
//! `<PageHead title="Team" lead="Handoffs alert everyone who is online."/>`

use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn PageHead(
    /// In the browser's tab, and over the page.
    title: &'static str,
    lead: &'static str,
) -> impl IntoView {
    view! {
        <Title text=title/>
        <h1>{title}</h1>
        <p class="lead">{lead}</p>
    }
}
