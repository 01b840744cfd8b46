//! Moves the focus to the thread of a conversation that was opened by a click, so that what is typed next starts a
//! reply.
//!
//! A conversation that was opened by a key leaves the focus in the list.

use leptos::{ev::MouseEvent, prelude::*};

use crate::ui::browser::{focus, focus_if_lost, opens_elsewhere};

/// The element's id of the thread, and of what stands in its place.
pub const REGION: &str = "main";

/// The element's id of the details beside the thread.
pub const DOSSIER: &str = "dossier";

/// Whether the thread that is shown next takes the focus.
#[derive(Clone, Copy)]
pub struct PaneFocus(StoredValue<bool>);

impl PaneFocus {
    /// Provides it to the strip of calls, the list and the thread.
    pub fn provide() {
        provide_context(Self(StoredValue::new(false)));
    }

    pub fn expect() -> Self {
        expect_context::<Self>()
    }

    /// A conversation is being opened by the pointer. Call it while its event is handled.
    pub fn ask(self) {
        self.0.set_value(true);
        // The region that is there now. If the thread has to be read first, another one takes its place.
        request_animation_frame(|| focus(REGION));
    }

    /// As [`Self::ask`], if a link of the list was clicked and opens here. A press of Enter has no detail: then the
    /// focus stays in the list.
    pub fn ask_on_click(self, event: &MouseEvent) {
        if event.detail() > 0 && !opens_elsewhere(event) {
            self.ask();
        }
    }

    /// The thread was drawn.
    pub fn arrive(self) {
        let asked = self.0.try_update_value(std::mem::take).unwrap_or_default();
        if asked {
            // The person may have gone elsewhere while it was read.
            request_animation_frame(|| focus_if_lost(REGION));
        }
    }
}
