//! The composer: where an agent writes to the customer. `lock.rs` replaces it when they cannot, and keeps the text in the
//! field when somebody takes over in the middle of a reply.
//!
//! Nothing typed is lost: a draft is kept from the first character until the server accepted the reply, in this browser
//! (`draft.rs`) and on the server for the agent's other devices (`saving.rs`), and returns to the field when the server
//! refused it (`send.rs`). The list marks conversations with a draft (`draft_marks.rs`). The field, its buttons and its
//! keys are in `field.rs`.

pub mod draft;
mod draft_marks;
mod field;
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
use super::thread::state::ThreadState;
use crate::ui::state::InFlight;

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
    Effect::new(move || {
        let _either_way = lock.is_open();
        open.quote.track();
        open.just_wrote.track();
        open.stick();
    });
    view! {
        <JustWrote/>
        {move || match replacing.get() {
            Some(lock) => view! { <Locked lock text/> }.into_any(),
            None => view! { <Writing saving unclear/> }.into_any(),
        }}
    }
}
