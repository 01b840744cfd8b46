//! The text of a message that was taken back returns to the field, before what was typed since.

use leptos::prelude::*;

use super::{ComposerTab, ComposerTabs, TemplateSender, draft, saving::Saving};
use crate::ui::conversations::thread::state::ThreadState;

/// Takes texts until the composer is left.
pub fn follow_taken_back(open: ThreadState, saving: Saving) {
    let (tabs, templates) = (ComposerTabs::expect(), TemplateSender::expect());
    let taken_back = open.scheduled.taken_back;
    Effect::new(move |_| {
        let Some(body) = taken_back.get() else { return };
        taken_back.set(None);
        open.text.update(|text| *text = draft::joined(vec![body, std::mem::take(text)]));
        saving.changed();
        templates.give_way();
        tabs.show(ComposerTab::Reply);
    });
}
