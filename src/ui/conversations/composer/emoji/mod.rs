//! Emoji in the composer: a button and the palette open a field that searches them by name; what is chosen is inserted at the
//! cursor of the reply. The ones that were used last come first, per browser and agent.
//!
//! This file has the state, the keys and the search field, a part of the thread. The emoji and their names (`table.rs`), and
//! what draws them (`grid.rs`), are in the part of the composer's tools, which is fetched when the picker is opened first.

mod grid;
mod table;

use leptos::{ev, html, prelude::*, task::spawn_local, wasm_split::wasm_split};

use self::table::Emoji;
use super::{FIELD, lock::Locking, saving::Saving};
use crate::{
    domain::saved_reply::slash::{byte_at, units_before},
    ui::{
        browser,
        components::icon::Icon,
        conversations::thread::state::ThreadState,
        keyboard::is_composing,
        page_styles::add_page_styles,
        palette::{ActScope, Impact, Palette, PaletteAct},
    },
};

/// The id of the search field.
const SEARCH: &str = "emoji-search";
/// The id of the grid.
const GRID: &str = "emoji-grid";
/// Emoji per line of the grid, as the style has it.
const COLUMNS: usize = 9;
/// How many of those that were used last come first.
const RECENT: usize = 18;

/// The part's code: what draws the grid, and what finds emoji for a text, the ones that were used last first.
#[derive(Clone, Copy)]
pub struct EmojiCode {
    draw: fn(EmojiPicker) -> AnyView,
    find: fn(&str, &[String]) -> Vec<Emoji>,
}

#[wasm_split(composer_tools, wasm_split_path = leptos::wasm_split)]
fn emoji_code() -> EmojiCode {
    add_page_styles();
    EmojiCode { draw: grid::draw, find: table::find }
}

/// What happens to the picker when an emoji was inserted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AfterInsert {
    Close,
    /// With Shift, for the next one.
    StayOpen,
}

/// The picker of the open composer. Cheap to copy; lives as long as the field.
#[derive(Clone, Copy)]
pub struct EmojiPicker {
    open: ThreadState,
    saving: Saving,
    field: NodeRef<html::Textarea>,
    code: RwSignal<Option<EmojiCode>>,
    is_open: RwSignal<bool>,
    typed: RwSignal<String>,
    /// Those that were used last, the newest first.
    recent: RwSignal<Vec<String>>,
    /// `None` until the code is there.
    found: Memo<Option<Vec<Emoji>>>,
    /// Which of them Enter inserts.
    chosen: RwSignal<usize>,
    active: Memo<Option<Emoji>>,
}

impl EmojiPicker {
    /// Of the composer with this field.
    pub fn attach(open: ThreadState, saving: Saving, field: NodeRef<html::Textarea>) -> Self {
        let (typed, recent) = (RwSignal::new(String::new()), RwSignal::new(Vec::<String>::new()));
        let (code, chosen) = (RwSignal::new(None::<EmojiCode>), RwSignal::new(0));
        let found = Memo::new(move |_| {
            let code = code.get()?;
            Some(typed.with(|typed| recent.with(|recent| (code.find)(typed, recent))))
        });
        let active = Memo::new(move |_| found.with(|found| found.as_ref()?.get(chosen.get()).copied()));
        let is_open = RwSignal::new(false);
        let picker = Self { open, saving, field, code, is_open, typed, recent, found, chosen, active };
        let lock = Locking::expect();
        Palette::expect().offer(ActScope::Conversation, move || {
            let offered = lock.is_open().then(|| {
                let key = format!("emoji-{}", open.id());
                PaletteAct::new(key, "smile", "Insert emoji…", Impact::Opens, move || picker.show()).also("smiley")
            });
            offered.into_iter().collect()
        });
        picker
    }

    /// Opens the picker, with the focus in its search field.
    fn show(self) {
        let used = browser::local_get(&recent_key(self.open)).unwrap_or_default();
        self.recent.set(used.split_whitespace().map(str::to_owned).collect());
        self.typed.set(String::new());
        self.chosen.set(0);
        self.is_open.set(true);
        // Not before the palette has given back the focus, and the field is drawn.
        request_animation_frame(|| browser::focus(SEARCH));
        if self.code.with_untracked(Option::is_none) {
            spawn_local(async move {
                let code = emoji_code().await;
                // The pane may be gone.
                let _left = self.code.try_set(Some(code));
            });
        }
    }

    fn close(self) {
        // The search field also loses the focus when the pane is left.
        let _left = self.is_open.try_set(false);
    }

    /// Puts an emoji in the place of what is selected in the reply.
    fn insert(self, emoji: Emoji, then: AfterInsert) {
        let Some(field) = self.field.try_get_untracked().flatten() else { return };
        let text = field.value();
        let byte = |units: Option<u32>| {
            byte_at(&text, units.and_then(|units| usize::try_from(units).ok()).unwrap_or(usize::MAX))
        };
        let start = byte(field.selection_start().ok().flatten());
        let end = byte(field.selection_end().ok().flatten()).max(start);
        let whole = [&text[..start], emoji.text, &text[end..]].concat();
        let cursor = u32::try_from(units_before(&whole, start + emoji.text.len())).unwrap_or(u32::MAX);
        field.set_value(&whole);
        let _refused = field.set_selection_range(cursor, cursor);
        self.open.text.set(whole);
        self.saving.changed();
        self.remember(emoji);
        if then == AfterInsert::Close {
            self.close();
            browser::focus(FIELD);
        }
    }

    /// Stores that an emoji was used. The list in an open picker stays as it is.
    fn remember(self, emoji: Emoji) {
        let key = recent_key(self.open);
        let known = browser::local_get(&key).unwrap_or_default();
        let others = known.split_whitespace().filter(|other| *other != emoji.text);
        let newest: Vec<&str> = std::iter::once(emoji.text).chain(others).take(RECENT).collect();
        browser::local_set(&key, &newest.join(" "));
    }

    /// The keys of the search field.
    fn keyed(self, event: &ev::KeyboardEvent) {
        if is_composing(event) || event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let last = self.found.with_untracked(|found| found.as_ref().map_or(0, Vec::len)).saturating_sub(1);
        let step = |to: fn(usize) -> usize| self.chosen.update(|chosen| *chosen = to(*chosen).min(last));
        match event.key().as_str() {
            "ArrowRight" => step(|chosen| chosen + 1),
            "ArrowLeft" => step(|chosen| chosen.saturating_sub(1)),
            "ArrowDown" => step(|chosen| chosen + COLUMNS),
            "ArrowUp" => step(|chosen| chosen.saturating_sub(COLUMNS)),
            "Enter" => {
                let then = if event.shift_key() { AfterInsert::StayOpen } else { AfterInsert::Close };
                if let Some(emoji) = self.active.get_untracked() {
                    self.insert(emoji, then);
                }
            }
            "Escape" => {
                self.close();
                browser::focus(FIELD);
            }
            _ => return,
        }
        event.prevent_default();
    }

    /// The button that opens and closes the picker.
    pub fn button(self) -> impl IntoView {
        let pressed = move |_| {
            if self.is_open.get_untracked() {
                self.close();
                browser::focus(FIELD);
            } else {
                self.show();
            }
        };
        view! {
            <button
                type="button"
                class="btn ghost icon"
                aria-label="Emoji"
                title="Emoji"
                aria-expanded=move || self.is_open.get().to_string()
                // The search field keeps the focus: without it, it would close before the press.
                on:mousedown=move |event: ev::MouseEvent| event.prevent_default()
                on:click=pressed
            >
                <Icon name="smile"/>
            </button>
        }
    }

    /// The picker over the field.
    pub fn view(self) -> impl IntoView {
        move || self.is_open.get().then(|| view! { <SearchedEmoji picker=self/> })
    }
}

/// Under which key the browser keeps what the viewer used last.
fn recent_key(open: ThreadState) -> String {
    format!("handoff.emoji.{}", open.me())
}

/// The id of an emoji's element.
fn element_id(emoji: Emoji) -> String {
    format!("emoji-{}", emoji.text)
}

#[component]
fn SearchedEmoji(picker: EmojiPicker) -> impl IntoView {
    let is_drawn = Memo::new(move |_| picker.code.with(Option::is_some));
    view! {
        <div class="menu emoji">
            <input
                id=SEARCH
                type="text"
                role="combobox"
                aria-label="Search emoji"
                aria-expanded=move || is_drawn.get().to_string()
                aria-controls=move || is_drawn.get().then_some(GRID)
                aria-activedescendant=move || picker.active.get().map(element_id)
                placeholder="Search emoji"
                autocomplete="off"
                prop:value=move || picker.typed.get()
                on:input=move |event| {
                    picker.chosen.set(0);
                    picker.typed.set(event_target_value(&event));
                }
                on:keydown=move |event: ev::KeyboardEvent| picker.keyed(&event)
                on:blur=move |_| picker.close()
            />
            {move || match picker.code.get() {
                Some(code) => untrack(|| (code.draw)(picker)),
                None => view! { <p class="hint">"Loading emoji…"</p> }.into_any(),
            }}
        </div>
    }
}
