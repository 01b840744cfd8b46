//! Saved replies in the composer. A slash at the beginning of a word looks for one, and so do the button and the palette; what
//! is chosen is inserted, and never sent.
//!
//! This file has the state and the keys, a part of the thread. The list and its search (`picker.rs`) are in the part of the
//! composer's tools, which is fetched with the first slash. What is typed until then is in the field, and an Enter is kept: it inserts the best
//! match of what was typed before it. While something is on its way into the field, nothing can be sent.
//!
//! What a reply leaves to fill in is a hole; a text with one is not sent. `insertion.rs` says what an insertion does to the
//! text, `choose.rs` makes it, `view.rs` draws, `memory.rs` keeps the replies.

mod choose;
mod insertion;
mod memory;
mod picker;
mod view;

use std::ops::Range;

use leptos::{
    ev::{Event, KeyboardEvent},
    html,
    prelude::*,
    task::spawn_local,
    wasm_bindgen::JsCast,
    wasm_split::wasm_split,
    web_sys::InputEvent,
};

use self::insertion::{SlashSearch, without_slash};
pub use self::memory::ReplyMemory;
use super::{FIELD, lock::Locking, saving::Saving};
use crate::{
    domain::{
        ids::SavedReplyId,
        saved_reply::{
            SavedReply,
            hole::{hole_fault, next_hole},
            search::ListedReply,
            slash::{begins_word, byte_at, is_text, query, units_before},
        },
    },
    ui::{
        browser,
        conversations::thread::state::ThreadState,
        palette::{ActScope, Impact, Palette, PaletteAct},
    },
};

/// The list's code: what draws it, and what finds the places of the replies for a text and the customer's language.
#[derive(Clone, Copy)]
pub struct PickerCode {
    draw: fn(ReplyPicker) -> AnyView,
    find: fn(&str, Option<&str>, &[ListedReply]) -> Vec<usize>,
}

#[wasm_split(composer_tools, wasm_split_path = leptos::wasm_split)]
fn picker_code() -> PickerCode {
    picker::CODE
}

/// The saved replies of the open composer. Cheap to copy; lives as long as the field.
#[derive(Clone, Copy)]
pub struct ReplyPicker {
    open: ThreadState,
    saving: Saving,
    field: NodeRef<html::Textarea>,
    memory: ReplyMemory,
    code: RwSignal<Option<PickerCode>>,
    /// What is looked for. The list is open.
    search: RwSignal<Option<SlashSearch>>,
    /// The places of what is found, the best first; `None` until code and replies are there.
    found: Memo<Option<Vec<usize>>>,
    /// Which of them Enter chooses.
    chosen: RwSignal<usize>,
    /// The reply that Enter chooses.
    active: Memo<Option<SavedReply>>,
    /// A reply that is filled in for this conversation.
    filled: RwSignal<Option<(SavedReplyId, String)>>,
    /// Enter came before the list.
    early: RwSignal<Option<SlashSearch>>,
    /// The name of the reply whose text is awaited.
    inserting: RwSignal<Option<String>>,
    /// Why nothing was inserted or sent.
    complaint: RwSignal<Option<String>>,
    /// The Enter that has chosen is still held: its repetitions must not send.
    is_held: StoredValue<bool>,
}

impl ReplyPicker {
    /// Of the composer with this field.
    pub fn attach(open: ThreadState, saving: Saving, field: NodeRef<html::Textarea>) -> Self {
        let (memory, lock) = (ReplyMemory::expect(), Locking::expect());
        let code = RwSignal::new(None::<PickerCode>);
        let (search, chosen) = (RwSignal::new(None::<SlashSearch>), RwSignal::new(0));
        let found = Memo::new(move |_| {
            let typed = search.with(|search| search.as_ref().map(|search| search.typed.clone()))?;
            found_for(open, memory, code.get()?, &typed)
        });
        let active = Memo::new(move |_| {
            let place = found.with(|found| found.as_ref()?.get(chosen.get()).copied())?;
            memory.reply(place)
        });
        let picker = Self {
            open,
            saving,
            field,
            memory,
            code,
            search,
            found,
            chosen,
            active,
            filled: RwSignal::new(None),
            early: RwSignal::new(None),
            inserting: RwSignal::new(None),
            complaint: RwSignal::new(None),
            is_held: StoredValue::new(false),
        };
        Effect::new(move |_| picker.choose_early());
        Palette::expect().offer(ActScope::Conversation, move || {
            let offered = lock.is_open().then(|| {
                let key = format!("saved-reply-{}", open.id());
                PaletteAct::new(key, "saved-reply", "Insert saved reply…", Impact::Opens, move || picker.begin())
                    .also("canned response snippet template")
            });
            offered.into_iter().collect()
        });
        picker
    }

    /// The text in the field, and the byte of the cursor.
    fn text_and_cursor(self) -> Option<(String, usize)> {
        let field = self.field.try_get_untracked().flatten()?;
        let text = field.value();
        let units = field.selection_end().ok().flatten().and_then(|units| usize::try_from(units).ok());
        let cursor = byte_at(&text, units.unwrap_or(usize::MAX));
        Some((text, cursor))
    }

    fn select(self, bytes: Range<usize>) {
        let Some(field) = self.field.try_get_untracked().flatten() else { return };
        let text = field.value();
        let units = |byte| u32::try_from(units_before(&text, byte)).unwrap_or(u32::MAX);
        let _refused = field.set_selection_range(units(bytes.start), units(bytes.end));
    }

    /// Replaces the text in the field.
    fn show(self, whole: String, selected: Range<usize>) {
        if let Some(field) = self.field.try_get_untracked().flatten() {
            field.set_value(&whole);
        }
        self.select(selected);
        self.open.text.set(whole);
        self.saving.changed();
        self.open.stick();
    }

    /// The text in the field was changed by this event.
    pub fn typed(self, event: &Event) {
        self.complaint.set(None);
        let Some((text, cursor)) = self.text_and_cursor() else { return };
        if let Some(search) = self.search.get_untracked() {
            let typed = query(&text, search.slash, cursor).filter(|typed| {
                let finds_nothing = || self.finds(typed).is_some_and(|found| found.is_empty());
                !(is_text(&text, search.slash, typed) && finds_nothing())
            });
            self.chosen.set(0);
            self.search.set(typed.map(|typed| SlashSearch { typed: typed.to_owned(), ..search }));
            return;
        }
        let slash = cursor.saturating_sub(1);
        let is_slash = text.get(slash..cursor) == Some("/");
        if is_slash && is_typed_slash(event) && begins_word(&text, slash) {
            self.start(SlashSearch { slash, typed: String::new(), is_by_button: false, press: browser::random_id() });
        }
    }

    fn start(self, search: SlashSearch) {
        self.chosen.set(0);
        self.filled.set(None);
        self.complaint.set(None);
        self.search.set(Some(search));
        self.memory.read();
        if self.code.with_untracked(Option::is_none) {
            spawn_local(async move {
                let code = picker_code().await;
                // The pane may be gone.
                let _left = self.code.try_set(Some(code));
            });
        }
    }

    /// Puts a slash at the cursor and opens the list, for the button and the palette.
    pub fn begin(self) {
        // Not before the palette has given back the focus.
        request_animation_frame(move || {
            let Some((text, cursor)) = self.text_and_cursor() else { return };
            browser::focus(FIELD);
            let gap = if begins_word(&text, cursor) { "" } else { " " };
            let slash = cursor + gap.len();
            let whole = [&text[..cursor], gap, "/", &text[cursor..]].concat();
            self.show(whole, slash + 1..slash + 1);
            self.start(SlashSearch { slash, typed: String::new(), is_by_button: true, press: browser::random_id() });
        });
    }

    fn finds(self, typed: &str) -> Option<Vec<usize>> {
        untrack(|| found_for(self.open, self.memory, self.code.get()?, typed))
    }

    /// Whether something is on its way into the field. Does not track.
    fn is_busy(self) -> bool {
        self.early.with_untracked(Option::is_some) || self.inserting.with_untracked(Option::is_some)
    }

    /// Whether the key belongs to the list, or must not send.
    pub fn takes(self, event: &KeyboardEvent) -> bool {
        if !event.repeat() {
            self.is_held.set_value(false);
        }
        let is_search = self.search.with_untracked(Option::is_some);
        let is_plain = !browser::has_modifier(event);
        match event.key().as_str() {
            "Enter" if self.is_held.get_value() => {}
            "Enter" if self.is_busy() => self.is_held.set_value(true),
            // With Control or Command as well: what is looked for must not reach the customer.
            "Enter" if is_search && !event.shift_key() => {
                self.is_held.set_value(true);
                self.enter();
            }
            "ArrowDown" if is_plain && is_search => self.step(1),
            "ArrowUp" if is_plain && is_search => self.step(self.count().saturating_sub(1)),
            "Escape" if is_plain && is_search => self.leave(),
            "Escape" if is_plain && self.is_busy() => self.cancel(),
            "Tab" if is_plain && self.to_next_hole() => {}
            _ => return false,
        }
        event.prevent_default();
        true
    }

    fn count(self) -> usize {
        self.found.with_untracked(|found| found.as_ref().map_or(0, Vec::len))
    }

    /// Moves the choice down by so many places, around the end.
    fn step(self, down: usize) {
        let count = self.count();
        if count > 0 {
            self.chosen.update(|chosen| *chosen = (*chosen + down) % count);
        }
    }

    fn enter(self) {
        let Some(search) = self.search.get_untracked() else { return };
        if self.found.with_untracked(Option::is_none) {
            // What is typed from now on comes after the reply.
            self.search.set(None);
            self.early.set(Some(search));
            return;
        }
        match self.active.get_untracked() {
            Some(reply) => self.choose(search, reply),
            None => self.complaint.set(Some(nothing_found(&search.typed))),
        }
    }

    /// Closes the list and keeps what was typed.
    fn leave(self) {
        let Some(search) = self.search.get_untracked() else { return };
        self.search.set(None);
        let shown = self.text_and_cursor().and_then(|(text, _)| without_slash(&text, &search));
        if let Some((whole, selected)) = shown {
            self.show(whole, selected);
        }
    }

    /// Waits no longer for what was to be inserted. What was typed stays as text.
    fn cancel(self) {
        self.early.set(None);
        self.inserting.set(None);
    }

    /// The field has lost the focus. Nothing is selected here, because that would give it the focus again in Safari.
    pub fn blurred(self) {
        // A field that is removed can lose the focus after its signals are gone.
        let Some(search) = self.search.try_get_untracked().flatten() else { return };
        self.search.set(None);
        let text = self.open.text.get_untracked();
        if let Some((whole, _)) = without_slash(&text, &search) {
            self.open.text.set(whole);
            self.saving.changed();
        }
    }

    fn to_next_hole(self) -> bool {
        let hole = self.text_and_cursor().and_then(|(text, cursor)| next_hole(&text, cursor));
        let is_there = hole.is_some();
        if let Some(hole) = hole {
            self.select(hole);
        }
        is_there
    }

    /// Whether nothing may be sent now. Says why, and shows what is left to fill in.
    pub fn holds_back(self) -> bool {
        if self.is_busy() {
            return true;
        }
        let text = self.open.text.get_untracked();
        let fault = hole_fault(&text);
        let is_held_back = fault.is_some();
        if let (true, Some(hole)) = (is_held_back, next_hole(&text, 0)) {
            browser::focus(FIELD);
            self.select(hole);
        }
        self.complaint.set(fault);
        self.search.set(None);
        is_held_back
    }
}

fn found_for(open: ThreadState, memory: ReplyMemory, code: PickerCode, typed: &str) -> Option<Vec<usize>> {
    let language = open.customer.with(|customer| customer.language.clone());
    memory.with(|replies| (code.find)(typed, language.as_deref(), replies))
}

fn nothing_found(typed: &str) -> String {
    format!("No saved reply matches “{typed}”. Press Escape to keep it as text.")
}

fn has_variables(text: &str) -> bool {
    text.contains("{{")
}

/// The id of the list's element.
const LIST: &str = "saved-replies";

/// The element of a reply's option.
fn element_id(id: &SavedReplyId) -> String {
    format!("reply-{id}")
}

/// Whether the event is a slash that was typed: neither pasted, nor composed by an input method or a dead key.
fn is_typed_slash(event: &Event) -> bool {
    event.dyn_ref::<InputEvent>().is_some_and(|input| {
        !input.is_composing() && input.input_type() == "insertText" && input.data().as_deref() == Some("/")
    })
}
