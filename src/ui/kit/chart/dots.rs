//! Few values, a dot for each, from zero to the largest one.
//!
//! `<Dots words="3 values: 0:30, 1:00, 4:00" values=vec![30, 60, 240]/>`

use leptos::prelude::*;

use super::{part_of, percent};

/// The radius of a dot and the height of the row, in pixels.
const RADIUS: &str = "4";
const HEIGHT: &str = "14";

#[component]
pub fn Dots(
    /// All values in words.
    words: String,
    values: Vec<i64>,
) -> impl IntoView {
    let most = values.iter().copied().max().unwrap_or(0);
    // The first and the last dot are whole.
    let place = move |value: i64| percent(0.02 + 0.96 * part_of(value, most));
    let dots =
        values.into_iter().map(|value| view! { <circle cx=place(value) cy="7" r=RADIUS></circle> }).collect_view();
    view! {
        <svg class="chart dots" role="img" aria-label=words width="100%" height=HEIGHT>
            <title>{words.clone()}</title>
            <line class="axis" x1="0" x2="100%" y1="7" y2="7"></line>
            {dots}
        </svg>
    }
}
