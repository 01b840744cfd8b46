//! "3 new": rows that came while the pointer moved over the list, or that only a new snapshot can place. It lies over
//! the list.

use leptos::prelude::*;

use super::listing::{Listing, PendingRows};
use crate::ui::components::icon::Icon;

#[component]
pub fn NewRowsPill(listing: Listing) -> impl IntoView {
    let pending = Memo::new(move |_| listing.pending_rows());
    let show = move |_| {
        if pending.get_untracked().unread_view {
            listing.ask();
        }
        listing.settle();
    };
    view! {
        <Show when=move || pending.get().any>
            <button type="button" class="fresh" on:click=show>
                <Icon name="arrow-down" />
                {move || words(pending.get())}
            </button>
        </Show>
    }
}

/// The pill's text. Rows that only moved or left are not counted.
pub fn words(pending: PendingRows) -> String {
    if pending.rows > 0 { format!("{} new", pending.rows) } else { "Show changes".to_owned() }
}
