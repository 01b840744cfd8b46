//! The composer: where an agent writes to the customer. `lock.rs` replaces it when they cannot, and keeps the text in the
//! field when that comes in the middle of a reply.
//!
//! Nothing typed is lost: a draft is kept from the first character until the server accepted the reply, in this browser
//! (`draft.rs`) and on the server for the agent's other devices (`saving.rs`), and returns to the field when the server
//! refused it (`send.rs`), or its author takes it back (`taken_back.rs`). The list marks conversations with a draft
//! (`draft_marks.rs`). The field, its buttons and its keys are in `field.rs`, the saved replies that a slash looks for in
//! `replies/`, emoji in `emoji/`, files in `files/`, the recorder in `voice/`, and what is more than text in `forms/`.
//! `window_keeper.rs` offers a message with a button near the end of the reply window.
//! `later.rs` is the menu of the other ways to send.
//! `templates/` takes the composer's place to send a template, which a closed window does not prevent. `hand_over.rs` asks
//! the server to send at once or later.
//!
//! `tabs.rs` switches to a note for the team (`note.rs`), which is possible in every conversation. Its text is apart from
//! the reply's (`note_draft.rs`), and its field (`note_input.rs`) offers colleagues to mention (`mention.rs`).

pub mod draft;
mod draft_marks;
mod emoji;
mod field;
pub mod files;
mod forms;
mod hand_over;
mod later;
mod length;
mod lock;
mod mention;
mod note;
mod note_draft;
mod note_input;
mod notices;
mod replies;
mod saving;
mod send;
mod tabs;
mod taken_back;
pub mod templates;
mod voice;
mod window_keeper;

use leptos::prelude::*;

pub use self::{
    draft_marks::follow_drafts,
    later::{SEND_CHORD, SendMenu},
    lock::Locking,
    note_draft::NoteDraft,
    note_input::NoteInput,
    replies::ReplyMemory,
    tabs::{ComposerTab, ComposerTabs, NOTE_CHORD, NOTE_FIELD},
    templates::TemplateSender,
};

use self::{
    field::Writing,
    forms::{ComposerForms, FormDialog},
    lock::{Locked, replacing},
    note::NoteField,
    notices::JustWrote,
    saving::Saving,
    tabs::{TabPanel, Tabs},
    taken_back::follow_taken_back,
    window_keeper::WindowKeeper,
};
use super::{pane_focus::REGION, thread::state::ThreadState};
use crate::ui::{browser::focus_if_lost, state::InFlight};

/// The text field's id, to focus it.
pub const FIELD: &str = "reply-text";

#[component]
pub fn Composer() -> impl IntoView {
    let open = ThreadState::expect();
    let text = open.text;
    // A reply whose outcome is unknown. Sent again unchanged it keeps its id, so that the server does not send it
    // twice.
    let unclear = StoredValue::new(None::<InFlight>);
    let (lock, tabs, templates) = (Locking::expect(), ComposerTabs::expect(), TemplateSender::expect());
    // A memo, so that the panel stays when the window closes.
    let is_template = Memo::new(move |_| templates.is_shown());
    let replacing = replacing(open, lock);
    let saving = Saving::start(open);
    ComposerForms::provide(open);
    saving.restore(unclear);
    follow_taken_back(open, saving);
    // Lock and field differ in height, so the end of the thread moves.
    Effect::new(move |was_open: Option<bool>| {
        let is_open = lock.is_open();
        open.quote.track();
        open.just_wrote.track();
        open.stick();
        if was_open == Some(true) && !is_open {
            // A field without text goes away with the focus.
            request_animation_frame(|| focus_if_lost(REGION));
            if lock.takes_templates() {
                // The window has closed: another goodbye goes with a close.
                open.reread();
            }
        }
        is_open
    });
    // The panel also goes away when somebody else takes the conversation.
    Effect::new(move |was_template: Option<bool>| {
        let is_template = is_template.get();
        if was_template == Some(true) && !is_template {
            request_animation_frame(|| focus_if_lost(REGION));
        }
        is_template
    });
    view! {
        <JustWrote/>
        <WindowKeeper/>
        <Tabs/>
        <TabPanel>
            {move || {
                if tabs.is_note() {
                    return view! { <NoteField/> }.into_any();
                }
                if is_template.get() {
                    return templates.view().into_any();
                }
                match replacing.get() {
                    Some(lock) => view! { <Locked lock text/> }.into_any(),
                    None => view! { <Writing saving unclear/> }.into_any(),
                }
            }}
        </TabPanel>
        <FormDialog/>
    }
}
