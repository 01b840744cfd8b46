//! The head of a page: its title in the browser's tab, its heading, and one sentence on what it is for.
//!
//! `<PageHead title="Team" lead="Handoffs alert everyone who is online."/>`

use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn PageHead(
    /// In the browser's tab, and over the page unless `heading` is given.
    title: &'static str,
    #[prop(optional)] heading: Option<&'static str>,
    lead: &'static str,
) -> impl IntoView {
    view! {
        <Title text=title/>
        <h1>{heading.unwrap_or(title)}</h1>
        <p class="lead">{lead}</p>
    }
}
