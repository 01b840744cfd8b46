//! Keeps the rows steady when some come, leave or move: what changes above the reader's first row moves nothing on the
//! screen, and what has to move there slides instead of jumping. At the top of the list new rows are shown.
//!
//! The styles switch off the browser's own scroll anchoring: it follows a row that jumps to another place, and not
//! every browser has it. Rows slide by an animation of `transform`, which is no layout shift.

use std::collections::{BTreeMap, BTreeSet};

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
        if is_drawing {
            return;
        }
        let Some(seen) = browser::seen_of_list(ROWS) else { return };
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
        let now = |part: &ListPart| browser::list_part(ROWS, &part.id);
        let first = first_kept(&seen, &kept).and_then(|first| Some(now(first)?.top - first.top));
        let scrolled = first.filter(|by| *by != 0).map_or(0, |by| browser::scroll_by(ROWS, by));
        let drawn: Vec<Drawn<'_>> = seen.parts.iter().filter_map(|was| Some(Drawn { was, now: now(was)? })).collect();
        browser::slide(&slides(&drawn, scrolled, &seen));
    }
}

/// A part of the list before and after the change.
struct Drawn<'a> {
    was: &'a ListPart,
    now: ListPart,
}

/// How far below its place each part that moved on the screen begins to slide, if the list was scrolled by `scrolled`
/// since. What is in a group slides with it, but not if the group begins above the screen: then its beginning may move
/// unseen while its rows stay. What jumps further than the screen is high would only flicker.
fn slides(drawn: &[Drawn<'_>], scrolled: i32, seen: &Seen) -> Vec<(String, i32)> {
    let whole = |drawn: &Drawn<'_>| {
        let from = scrolled - (drawn.now.top - drawn.was.top);
        if from.abs() < seen.height { from } else { 0 }
    };
    let in_sight = |part: &ListPart, top: i32| part.top + part.height > top && part.top < top + seen.height;
    let is_visible = |drawn: &Drawn<'_>| in_sight(drawn.was, seen.top) || in_sight(&drawn.now, seen.top + scrolled);
    let groups = drawn.iter().filter(|&one| one.was.group.is_empty() && one.was.top >= seen.top && is_visible(one));
    let groups: BTreeMap<&str, i32> = groups.map(|one| (one.was.id.as_str(), whole(one))).collect();
    let slide_of = |group: &str| groups.get(group).copied().unwrap_or_default();
    let own = drawn.iter().map(|one| {
        let with_group = slide_of(&one.now.group);
        let from = if one.was.group.is_empty() {
            slide_of(&one.was.id)
        } else if with_group != 0 || is_visible(one) {
            whole(one) - with_group
        } else {
            0
        };
        (one.was.id.clone(), from)
    });
    own.filter(|(_, from)| *from != 0).collect()
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
        let part = |id: &str, top| ListPart { id: id.to_owned(), group: "rows-bot".to_owned(), top, height: 60 };
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

    #[test]
    fn a_group_slides_as_a_whole_and_a_row_by_what_is_left() {
        let part =
            |id: &str, group: &str, top| ListPart { id: id.to_owned(), group: group.to_owned(), top, height: 60 };
        // given two groups, and a new row at the end of the first one
        let was = [
            part("rows-waiting", "", 0),
            part("row-a", "rows-waiting", 30),
            part("rows-bot", "", 100),
            part("row-b", "rows-bot", 130),
            part("row-c", "rows-bot", 190),
        ];
        let after = |changed: &[(&str, &str, i32)]| {
            let now = |was: &ListPart| match changed.iter().find(|(id, ..)| *id == was.id) {
                Some((id, group, top)) => part(id, group, *top),
                None => was.clone(),
            };
            was.iter().map(|was| Drawn { was, now: now(was) }).collect::<Vec<_>>()
        };
        let slid_below = |top, changed: &[(&str, &str, i32)], scrolled| {
            let slides = slides(&after(changed), scrolled, &Seen { top, height: 600, parts: Vec::new() });
            slides.into_iter().map(|(id, from)| format!("{id} {from}")).collect::<Vec<_>>()
        };
        let slid = |changed: &[(&str, &str, i32)]| slid_below(0, changed, 0);
        let below = [("rows-bot", "", 160), ("row-b", "rows-bot", 190), ("row-c", "rows-bot", 250)];
        assert_eq!(slid(&below), ["rows-bot -60"]);
        // A list that followed them shows nothing that moves.
        assert_eq!(slid_below(100, &below, 60), [""; 0]);
        // Nor if the row came at the beginning of the group that is read.
        let inserted = [("row-b", "rows-bot", 190), ("row-c", "rows-bot", 250)];
        assert_eq!(slid_below(130, &inserted, 60), [""; 0]);
        // A row that goes to the other group comes from where it was.
        let claimed = [("row-c", "rows-waiting", 90), ("rows-bot", "", 160), ("row-b", "rows-bot", 190)];
        assert_eq!(slid(&claimed), ["rows-bot -60", "row-c 100"]);
        let returned = [("row-a", "rows-bot", 70), ("rows-bot", "", 40), ("row-b", "rows-bot", 130)];
        assert_eq!(slid(&returned), ["row-a -100", "rows-bot 60", "row-b -60", "row-c -60"]);
        assert_eq!(slid(&[("row-c", "rows-bot", 900)]), [""; 0], "too far");
    }
}
