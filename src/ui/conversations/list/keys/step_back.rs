//! Escape: one step back, to where the next key does something useful.

use leptos::prelude::*;

use super::{History, Keys};
use crate::ui::{
    browser,
    conversations::{
        list::{
            LIST, ROWS,
            query::{DESK, write},
            row::row_id,
            search,
        },
        pane_focus::{DOSSIER, REGION},
        undo::UNDO_LIST,
    },
};

/// Where a step leads from a control: from an element to another one, by their ids.
const FROM_CONTROLS: [(&str, &str); 4] = [(LIST, ROWS), (UNDO_LIST, REGION), (DOSSIER, REGION), (REGION, REGION)];

impl Keys {
    /// From a control to what it belongs to, from the thread to its row, from a row to the search that found it. Where
    /// there is room for the thread alone, back to the list. Returns whether there was such a step.
    pub(super) fn step_back(self) -> bool {
        if browser::close_panel() {
            browser::focus(REGION);
            return true;
        }
        if browser::focus_is_within(ROWS) {
            let is_found = self.place.filter.with_untracked(|filter| filter.search.is_some());
            if is_found {
                browser::focus(search::FIELD);
            }
            return is_found;
        }
        if browser::is_free_for_letters(REGION) {
            self.leave_thread();
            return true;
        }
        let step = FROM_CONTROLS.into_iter().find(|(from, _)| browser::focus_is_within(from));
        if let Some((_, to)) = step {
            browser::focus(to);
        }
        step.is_some()
    }

    fn leave_thread(self) {
        let open = self.place.open.get_untracked();
        if open.is_some() && !browser::is_shown(LIST) {
            let filter = untrack(|| write(&self.place.filter.get()));
            self.go_to(&format!("{DESK}{filter}"), History::Push);
        }
        let row = open.filter(|open| self.listing.all_ids().contains(open)).map(|open| row_id(&open));
        let back = row.unwrap_or_else(|| ROWS.to_owned());
        request_animation_frame(move || browser::focus(&back));
    }
}
