//! The composer of a note: what only the team sees. It stays until the server has stored the note; nothing here can send
//! anything to the customer.

use leptos::{ev, prelude::*};

use super::{
    note_draft::remove_written,
    note_input::NoteInput,
    tabs::{ComposerTabs, NOTE_FIELD},
};
use crate::{
    api::note::write_note,
    domain::note::{NOTE_LIMIT, checked},
    ui::{
        browser::{self, random_id},
        components::icon::Icon,
        conversations::{
            pane_focus::REGION,
            thread::{items::to_end, state::ThreadState},
        },
        kit::{Submit, ToastTone},
        number::grouped,
    },
};

/// The length is shown when so many characters are left.
const NEAR: usize = 500;

/// A press of the button, until it is known that the note is stored: repeated with the same text it keeps its id.
#[derive(Clone)]
struct Press {
    client_id: String,
    text: String,
}

#[component]
pub fn NoteField() -> impl IntoView {
    let open = ThreadState::expect();
    let draft = ComposerTabs::expect().note;
    let writing = Submit::with_toasts();
    let pressed = StoredValue::new(None::<Press>);
    let length = Memo::new(move |_| draft.stored().trim().chars().count());
    let write = move || {
        if length.get_untracked() == 0 || writing.pending_untracked() {
            return;
        }
        let text = match checked(&untrack(|| draft.stored())) {
            Ok(text) => text,
            Err(detail) => return open.app.toast(ToastTone::Error, detail),
        };
        let known = pressed.get_value().filter(|press| press.text == text);
        let press = known.unwrap_or_else(|| Press { client_id: random_id(), text: text.clone() });
        pressed.set_value(Some(press.clone()));
        to_end(open);
        let (me, id) = (open.me(), open.id());
        writing.run(write_note(id.clone(), press.client_id, press.text), move |()| {
            let _left = pressed.try_set_value(None);
            remove_written(draft, &me, &id, &text);
        });
    };
    let label = move || format!("Note about {}, only your team sees it", open.row.with(|row| row.name.clone()));
    view! {
        <form class="composer note" on:submit=move |event: ev::SubmitEvent| event.prevent_default()>
            <NoteInput
                id=NOTE_FIELD.to_owned()
                label=Signal::derive(label)
                draft
                submit=Callback::new(move |()| write())
                leave=Callback::new(|()| browser::focus(REGION))
            />
            <div class="bar">
                <span class="private">
                    <Icon name="lock" class="xs"/>
                    "Note · only your team sees this"
                </span>
                <span
                    class="count"
                    class:near=move || (NOTE_LIMIT - NEAR..=NOTE_LIMIT).contains(&length.get())
                    class:over=move || { length.get() > NOTE_LIMIT }
                    aria-live="polite"
                >
                    {move || length_words(length.get())}
                </span>
                <button
                    type="button"
                    class="btn primary"
                    class:busy=move || writing.pending()
                    disabled=move || !(1..=NOTE_LIMIT).contains(&length.get())
                    on:click=move |_| write()
                >
                    "Add note"
                    <kbd aria-hidden="true">"↵"</kbd>
                </button>
            </div>
        </form>
    }
}

/// The length in words; empty while it is far from the limit.
fn length_words(length: usize) -> String {
    if length < NOTE_LIMIT - NEAR {
        String::new()
    } else if length <= NOTE_LIMIT {
        format!("{} / {}", grouped(length), grouped(NOTE_LIMIT))
    } else {
        format!("{} over the limit of {}", grouped(length - NOTE_LIMIT), grouped(NOTE_LIMIT))
    }
}
