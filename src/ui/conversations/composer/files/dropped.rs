//! Files that are pasted or dropped.

use leptos::{
    ev::{ClipboardEvent, DragEvent},
    prelude::*,
};

use super::Attachments;
use crate::ui::{browser, conversations::thread::state::ThreadState};

impl Attachments {
    /// Attaches what is pasted, if it is files. Text is left to the field.
    pub fn paste(self, open: ThreadState, event: &ClipboardEvent) {
        let picked = browser::pasted_files(event);
        if !picked.is_empty() {
            event.prevent_default();
            self.add(open, picked);
        }
    }

    /// Lets files be dropped here.
    pub fn drag_over(self, event: &DragEvent) {
        if browser::drags_files(event) {
            event.prevent_default();
            self.is_dropping.set(true);
        }
    }

    /// Attaches what is dropped, if it is files. Returns whether there are more files now.
    pub fn take_dropped(self, open: ThreadState, event: &DragEvent) -> bool {
        self.is_dropping.set(false);
        if !browser::drags_files(event) {
            return false;
        }
        // Otherwise the browser would leave the page and open the file.
        event.prevent_default();
        let before = self.all.with_untracked(Vec::len);
        self.add(open, browser::dropped_files(event));
        self.all.with_untracked(Vec::len) > before
    }
}

/// Keeps the page when files are dropped beside the conversation: the browser would replace it with the file.
pub(super) fn keep_page(event: &DragEvent) {
    if browser::drags_files(event) {
        event.prevent_default();
    }
}
