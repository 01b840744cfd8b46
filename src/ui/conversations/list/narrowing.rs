//! What narrows the list besides search and status: the panel of filters, and the applied ones beside it; and the count
//! of notes that mention the viewer.

use leptos::prelude::*;

use super::{applied::AppliedFilters, filters::Filters, query::DeskLocation};
use crate::ui::alerts::MentionsLink;

#[component]
pub fn Narrowing(place: DeskLocation) -> impl IntoView {
    view! {
        <Filters place />
        <MentionsLink />
        <AppliedFilters place />
    }
}
