//! Keeps the rows steady when some come, leave or move: what changes above the reader's first row moves nothing on the
//! screen, and what has to move there slides instead of jumping. At the top of the list new rows are shown.
//!
//! The styles switch off the browser's own scroll anchoring: it follows a row that jumps to another place, and not every
//! browser has it.

use std::collections::BTreeSet;

use leptos::{
    prelude::*,
    task::{spawn_local, tick},
};

use super::{
    ROWS,
    listing::Listing,
    order::{RowOrder, unmoved},
    row::row_id,
};
use crate::{
    domain::desk::Filter,
    ui::browser::{self, ListPart, Seen},
};

/// What was on the screen before the change that is being drawn.
struct Before {
    order: RowOrder,
    seen: Seen,
}

/// Cheap to copy; lives as long as the list's keys.
#[derive(Clone, Copy)]
struct Steady {
    listing: Listing,
    /// Until the change is drawn. Later changes before that are drawn with it.
    before: StoredValue<Option<Before>>,
    /// The filter of the rows. Another one shows another list, in which nothing is kept in its place.
    filter: StoredValue<Filter>,
}

/// Watches the changes of the rows' order until the current owner is cleaned up.
pub fn keep_rows_steady(listing: Listing) {
    let steady = Steady { listing, before: StoredValue::new(None), filter: StoredValue::new(listing.filter()) };
    listing.on_move(move |order| steady.note(order));
}

impl Steady {
    /// The rows are about to move from `order`. The screen still shows them there.
    fn note(self, order: &RowOrder) {
        let filter = self.listing.filter();
        let is_other = self.filter.try_with_value(|known| *known != filter) != Some(false);
        let is_drawing = self.before.try_with_value(Option::is_some) != Some(false);
        if is_other {
            let _gone = self.filter.try_set_value(filter);
            let _gone = self.before.try_set_value(None);
            return;
        }
        let Some(seen) = browser::seen_of_list(ROWS).filter(|_| !is_drawing) else { return };
        self.before.set_value(Some(Before { order: order.clone(), seen }));
        spawn_local(async move {
            // Effects draw the rows and what is in them. The browser paints after that.
            tick().await;
            tick().await;
            self.settle();
        });
    }

    fn settle(self) {
        // The list may be gone.
        let Some(Before { order, seen }) = self.before.try_update_value(Option::take).flatten() else { return };
        let kept = unmoved(&order, &self.listing.order());
        let kept: BTreeSet<String> = kept.iter().map(row_id).collect();
        let moved_by = |part: &ListPart| browser::list_part(ROWS, &part.id).map(|now| now.top - part.top);
        let first = first_kept(&seen, &kept).and_then(moved_by).filter(|by| *by != 0);
        let scrolled = first.map_or(0, |by| browser::scroll_by(ROWS, by));
        let slides = seen.parts.iter().filter_map(|part| {
            let from = scrolled - moved_by(part)?;
            // What jumps further than a screen would only flicker.
            (from != 0 && from.abs() < seen.height).then(|| (part.id.clone(), from))
        });
        browser::slide(&slides.collect::<Vec<_>>());
    }
}

/// The first visible row that the change does not move among the others; none at the top of the list, where the reader
/// sees what comes.
fn first_kept<'a>(seen: &'a Seen, kept: &BTreeSet<String>) -> Option<&'a ListPart> {
    let is_visible = |part: &&ListPart| part.top + part.height > seen.top;
    seen.parts.iter().filter(|_| seen.top > 0).filter(is_visible).find(|part| kept.contains(&part.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scrolled_list_follows_its_first_visible_row_that_stays() {
        let part = |id: &str, top| ListPart { id: id.to_owned(), top, height: 60 };
        let parts = vec![part("group-bot", 0), part("row-a", 30), part("row-b", 90), part("row-c", 150)];
        let seen = |top| Seen { top, height: 600, parts: parts.clone() };
        let first = |top, kept: &[&str]| {
            let kept = kept.iter().map(|id| (*id).to_owned()).collect();
            first_kept(&seen(top), &kept).map(|part| part.id.clone())
        };
        // A row of which a part is seen counts, and a heading never does.
        assert_eq!(first(80, &["row-a", "row-b", "row-c"]).as_deref(), Some("row-a"));
        assert_eq!(first(90, &["row-a", "row-b", "row-c"]).as_deref(), Some("row-b"));
        assert_eq!(first(80, &["row-b", "row-c"]).as_deref(), Some("row-b"), "the first one moved elsewhere");
        assert_eq!(first(80, &[]), None);
        assert_eq!(first(0, &["row-a", "row-b"]), None, "at the top");
    }
}
