//! What the list tells screen readers.

use leptos::prelude::*;

use super::{groups::count_words, listing::Listing, pill, query::DeskLocation};
use crate::{
    domain::desk::{Count, Group},
    ui::number::grouped,
};

/// Announces changes of the list to screen readers. The first text is not announced, because a new page is read anyway.
#[component]
pub fn Announcer(listing: Listing, place: DeskLocation) -> impl IntoView {
    let words = Memo::new(move |_| {
        if place.filter.with(|filter| filter.search.is_some()) {
            // The results announce themselves.
            return String::new();
        }
        let pending = listing.pending_rows();
        if pending.any {
            return pill::words(pending);
        }
        if place.filter.with(|filter| filter.is_narrowing() || filter.status.is_some()) {
            let status = place.filter.with(|filter| filter.status);
            let found = Group::ALL.into_iter().filter(|group| status.is_none_or(|wanted| wanted.includes(*group)));
            let found = found
                .map(|group| listing.count(group))
                .fold(Count::default(), |sum, count| Count { n: sum.n + count.n, more: sum.more || count.more });
            let noun = if found.n == 1 && !found.more { "conversation" } else { "conversations" };
            return format!("{} {noun} found", count_words(found));
        }
        let (reply_now, unassigned) = (listing.count(Group::ReplyNow).n, listing.count(Group::Unassigned).n);
        format!("{} waiting for your reply, {} unassigned", grouped(reply_now), grouped(unassigned))
    });
    let announcement = RwSignal::new(String::new());
    Effect::new(move |before: Option<String>| {
        let now = words.get();
        if before.is_some_and(|before| before != now) {
            announcement.set(now.clone());
        }
        now
    });
    view! {
        <p class="visually-hidden" role="status">
            {announcement}
        </p>
    }
}
