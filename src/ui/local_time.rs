//! A point in time as an element: `format.rs` has the words, the page's state has today.

use leptos::prelude::*;

use super::{
    format::{TimeStyle, Zone, iso},
    state::AppState,
};
use crate::domain::time::Timestamp;

/// A point in time: short as text, complete on hover, exact in `datetime`.
#[component]
pub fn LocalTime(
    #[prop(into)] at: Signal<Timestamp>,
    style: TimeStyle,
    #[prop(optional, into)] class: &'static str,
) -> impl IntoView {
    let zone = Zone::current();
    let today = use_context::<AppState>().map(|app| app.today);
    let today = move || today.map_or(0, |today| today.get());
    view! {
        <time
            class=class
            datetime=move || iso(at.get())
            title=move || zone.words(at.get(), TimeStyle::Full, 0)
        >
            {move || zone.words(at.get(), style, today())}
        </time>
    }
}
