//! A form on a card that edits one saved value: its fields, the notice of somebody else's change, and the foot.
//!
//! `<EditForm form label="Time zone" reload_label="Reload the time zone" save>fields</EditForm>`, where `form` is an
//! [`EditState`] and `save` sends it. With `blocked` it cannot be saved as it is typed.

use leptos::prelude::*;

use super::{
    edit_state::EditState,
    save_bar::{ConflictNotice, SaveBar},
};

#[component]
pub fn EditForm<T: Clone + PartialEq + Send + Sync + 'static>(
    form: EditState<T>,
    #[prop(optional)] label: Option<&'static str>,
    /// What the button says that takes somebody else's version.
    reload_label: &'static str,
    /// Sends what is typed. It is called while it is `blocked`, too.
    save: impl Fn() + 'static,
    #[prop(optional, into)] blocked: Signal<bool>,
    children: Children,
) -> impl IntoView {
    view! {
        <form
            class="card"
            aria-label=label
            on:submit=move |event| {
                event.prevent_default();
                save();
            }
        >
            <div class="form">
                {children()} <ConflictNotice shown=form.conflict label=reload_label reload=move |()| form.reload()/>
            </div>
            <SaveBar progress=Signal::derive(move || form.progress()) undo=move |()| form.reload() blocked/>
        </form>
    }
}
