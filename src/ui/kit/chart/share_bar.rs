//! A bar beside a number in a table: how much of the largest one it is. The number says the same, so it is hidden from screen
//! readers.
//!
//! `<ShareBar value=3 most=12/>`

use leptos::prelude::*;

use super::{part_of, percent};

#[component]
pub fn ShareBar(value: i64, most: i64) -> impl IntoView {
    view! {
        <svg class="chart share" aria-hidden="true" width="100%" height="6">
            <rect class="bar" x="0" y="0" width=percent(part_of(value, most)) height="6" rx="3"></rect>
        </svg>
    }
}
