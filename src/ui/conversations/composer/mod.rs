//! The composer: where an agent writes to the customer. `lock.rs` replaces it when they cannot, and keeps the text in the
//! field when that comes in the middle of a reply.
//!
//! Nothing typed is lost: a draft is kept from the first character until the server accepted the reply, in this browser
//! (`draft.rs`) and on the server for the agent's other devices (`saving.rs`), and returns to the field when the server
//! refused it (`send.rs`). The list marks conversations with a draft (`draft_marks.rs`). Files are in `files/`. The field, its buttons and its
//! keys are in `field.rs`.

pub mod draft;
mod draft_marks;
mod field;
pub mod files;
mod length;
mod lock;
mod notices;
mod saving;
mod send;

use leptos::prelude::*;

pub use self::{draft_marks::follow_drafts, lock::Locking};

use self::{
    field::Writing,
    lock::{Locked, replacing},
    notices::JustWrote,
    saving::Saving,
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
    let lock = Locking::expect();
    let replacing = replacing(open, lock);
    let saving = Saving::start(open);
    saving.restore(unclear);
    // Lock and field differ in height, so the end of the thread moves.
    Effect::new(move |was_open: Option<bool>| {
        let is_open = lock.is_open();
        open.quote.track();
        open.just_wrote.track();
        open.stick();
        if was_open == Some(true) && !is_open {
            // A field without text goes away with the focus.
            request_animation_frame(|| focus_if_lost(REGION));
        }
        is_open
    });
    view! {
        <JustWrote/>
        {move || match replacing.get() {
            Some(lock) => view! { <Locked lock text/> }.into_any(),
            None => view! { <Writing saving unclear/> }.into_any(),
        }}
    }
}
