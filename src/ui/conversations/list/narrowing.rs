//! What narrows the list besides search and status: the panel of filters, and the applied ones beside it.

use leptos::prelude::*;

use super::{applied::AppliedFilters, filters::Filters, query::DeskLocation};

#[component]
pub fn Narrowing(place: DeskLocation) -> impl IntoView {
    view! {
        <Filters place />
        <AppliedFilters place />
    }
}
