//! "3 new": what came while the list was held still, or into a view that must be read again to know. It takes no room.

use leptos::prelude::*;

use super::listing::{Fresh, Listing};
use crate::ui::components::icon::Icon;

#[component]
pub fn FreshPill(listing: Listing) -> impl IntoView {
    let fresh = Memo::new(move |_| listing.fresh());
    let show = move |_| {
        if fresh.get_untracked().unread_view {
            listing.ask();
        }
        listing.settle();
    };
    view! {
        <Show when=move || fresh.get().any>
            <button type="button" class="fresh" on:click=show>
                <Icon name="arrow-down" />
                {move || words(fresh.get())}
            </button>
        </Show>
    }
}

/// What the pill says; rows that only moved or left have no number.
pub fn words(fresh: Fresh) -> String {
    if fresh.rows > 0 { format!("{} new", fresh.rows) } else { "Show changes".to_owned() }
}
