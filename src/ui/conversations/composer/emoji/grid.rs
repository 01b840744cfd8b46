//! The grid of the emoji that were found, and the name of the chosen one. The focus stays in the search field, whose keys are
//! in `emoji/mod.rs`.

use leptos::{ev, prelude::*};

use super::{AfterInsert, EmojiPicker, GRID, element_id, table::Emoji};
use crate::ui::browser::{Motion, scroll_to};

pub fn draw(picker: EmojiPicker) -> AnyView {
    view! { <EmojiGrid picker/> }.into_any()
}

#[component]
fn EmojiGrid(picker: EmojiPicker) -> impl IntoView {
    Effect::new(move |_| {
        if let Some(emoji) = picker.active.get() {
            // The emoji are drawn by then.
            request_animation_frame(move || scroll_to(&element_id(emoji), Motion::Instant));
        }
    });
    let words = move || match picker.active.get() {
        Some(emoji) => format!("{} {}", emoji.text, emoji.name),
        None => picker.typed.with(|typed| format!("No emoji named “{}”.", typed.trim())),
    };
    view! {
        <div
            id=GRID
            class="grid"
            role="listbox"
            aria-label="Emoji"
            on:mousedown=|event: ev::MouseEvent| event.prevent_default()
        >
            <For each=move || picker.found.get().unwrap_or_default() key=|emoji| emoji.text let:emoji>
                <EmojiOption picker emoji/>
            </For>
        </div>
        <p class="hint" role="status">{words}</p>
    }
}

#[component]
fn EmojiOption(picker: EmojiPicker, emoji: Emoji) -> impl IntoView {
    let is_active = Memo::new(move |_| picker.active.get() == Some(emoji));
    let pressed = move |event: ev::MouseEvent| {
        let then = if event.shift_key() { AfterInsert::StayOpen } else { AfterInsert::Close };
        picker.insert(emoji, then);
    };
    view! {
        <span
            id=element_id(emoji)
            role="option"
            aria-selected=move || is_active.get().to_string()
            aria-label=emoji.name
            title=emoji.name
            on:click=pressed
        >
            {emoji.text}
        </span>
    }
}
