//! The palette: a field that finds conversations, pages, and what the viewer can do now. Ctrl or Command with K opens
//! it on every page, and so does its button in the rail.
//!
//! The dialog and its field are here, a part of every page: the field takes the focus with the key that opens the
//! dialog, so that no character goes elsewhere, also while the rest of the code is fetched. `options.rs` says what a
//! text finds, `listbox.rs` draws it and handles the keys; both belong to the extras. `acts.rs` collects the acts.
//!
//! To add an act: [`Palette::offer`] in the component that owns it. Pages are the reports and those of `admin::PAGES`.

mod acts;
mod early_enter;
mod listbox;
mod options;

use std::sync::Arc;

use leptos::{ev, prelude::*, wasm_bindgen::JsCast, web_sys::Element};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

use self::acts::ActSources;
pub use self::{
    acts::{ActScope, Impact, PaletteAct},
    listbox::PaletteListbox,
};
use super::{
    browser::{close_dialog, focus, has_open_dialog, open_dialog},
    components::{
        icon::Icon,
        rail_entries::{RAIL_ADMIN, RAIL_CONVERSATIONS, RAIL_REPORTS, RAIL_WALL, WALL},
    },
    conversations::{NEW_CONVERSATION, address, list::DESK, pane_focus::PaneFocus},
    extras::{Extra, ExtraPiece, PageExtras},
    keyboard::{Keyboard, shown_platform},
    reports::REPORTS,
};
use crate::{
    contract::search::FoundItem,
    domain::{ids::ConversationId, search::QUERY_LIMIT},
};

/// The ids of the dialog, its field and its options.
const DIALOG: &str = "palette";
const FIELD: &str = "palette-field";
const LISTBOX: &str = "palette-options";

/// Its name.
const NAME: &str = "Search and commands";

/// Navigates to an address.
type Go = Arc<dyn Fn(&str) + Send + Sync>;

/// The state of the palette. Cheap to copy; lives as long as the layout.
#[derive(Clone, Copy)]
pub struct Palette {
    is_open: RwSignal<bool>,
    /// What is in the field.
    text: RwSignal<String>,
    /// The element's id of the option that Enter chooses.
    active: RwSignal<Option<String>>,
    has_options: RwSignal<bool>,
    sources: RwSignal<ActSources>,
    pane_focus: PaneFocus,
    path: Memo<String>,
    query: Memo<String>,
    go: StoredValue<Go>,
}

impl Palette {
    /// Provides it to the components below. Keyboard and `PaneFocus` must have been provided before.
    pub fn provide() {
        let navigate = use_navigate();
        let location = use_location();
        provide_context(Self {
            is_open: Keyboard::expect().palette,
            text: RwSignal::new(String::new()),
            active: RwSignal::new(None),
            has_options: RwSignal::new(false),
            sources: RwSignal::new(ActSources::default()),
            pane_focus: PaneFocus::expect(),
            path: location.pathname,
            query: location.search,
            go: StoredValue::new(Arc::new(move |address: &str| navigate(address, NavigateOptions::default()))),
        });
    }

    /// The layout's palette. Call it below the signed-in layout only.
    pub fn expect() -> Self {
        expect_context::<Self>()
    }

    /// Closes the dialog at once. The browser gives the focus back to what had it before.
    fn close(self) {
        close_dialog(DIALOG);
        self.forget();
    }

    /// Has it closed, and forgets what was typed.
    fn forget(self) {
        let _left = self.is_open.try_set(false);
        self.forget_typed();
    }

    /// Forgets what was typed. The layout may be gone by now.
    fn forget_typed(self) {
        let _left = self.text.try_set(String::new());
        let _left = self.active.try_set(None);
        let _left = self.has_options.try_set(false);
    }

    /// Goes to a page. The focus goes to its entry of the rail: the page's code may have to be fetched first, and what
    /// is typed until then must not start a reply to the customer who is still on the screen.
    fn go_to_page(self, address: &str) {
        let entry = match address {
            // Agents have no entry of the admin's pages, and saved replies are for conversations.
            desk if desk.starts_with(DESK) || [NEW_CONVERSATION, "/saved-replies"].contains(&desk) => {
                RAIL_CONVERSATIONS
            }
            reports if reports.starts_with(REPORTS) => RAIL_REPORTS,
            WALL => RAIL_WALL,
            _ => RAIL_ADMIN,
        };
        self.go_to(address);
        request_animation_frame(move || {
            self.close();
            focus(entry);
        });
    }

    /// Opens a conversation, at a message or note if there is one, with the focus in its thread. On the desk the list's filter
    /// stays.
    fn open_conversation(self, id: &ConversationId, item: Option<&FoundItem>) {
        let path = address(id);
        let is_open = self.path.with_untracked(|here| *here == path);
        if !is_open || item.is_some() {
            let is_desk = self.path.with_untracked(|here| here.starts_with(DESK));
            let query = if is_desk { self.query.get_untracked() } else { String::new() };
            let query = query.trim_start_matches('?');
            let query = if query.is_empty() { String::new() } else { format!("?{query}") };
            let item = item.map(|item| format!("#{}", item.as_str())).unwrap_or_default();
            self.go_to(&format!("{path}{query}{item}"));
        }
        // By the next frame the pane of the other conversation is gone. Until then keys go to the field of the palette,
        // and start no reply there.
        request_animation_frame(move || self.close());
        self.pane_focus.ask();
    }

    fn go_to(self, address: &str) {
        let _gone = self.go.try_with_value(|go| go(address));
    }
}

/// The dialog. Its field is always in the document, because one that is created while keys are pressed loses them.
#[component]
pub fn PaletteDialog() -> impl IntoView {
    let palette = Palette::expect();
    let Palette { is_open, text, active, has_options, .. } = palette;
    let extras = PageExtras::expect();
    Effect::new(move |_| {
        // Not in the next frame: the key after the one that opens it belongs to the field.
        if is_open.get() {
            open_dialog(DIALOG);
        } else {
            close_dialog(DIALOG);
            // Not with the event, before which it may be open again.
            palette.forget_typed();
        }
    });
    // The event comes after the dialog was closed, when another one may be open.
    let closed = move |_: ev::Event| {
        if !has_open_dialog() {
            palette.forget();
        }
    };
    let pressed = move |event: ev::MouseEvent| {
        // The dialog itself is pressed beside its content only: on the backdrop.
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if target.is_some_and(|target| target.id() == DIALOG) {
            palette.close();
        }
    };
    view! {
        <dialog id=DIALOG class="palette finder" aria-label=NAME on:close=closed on:click=pressed>
            <div class="entry">
                <Icon name="search" />
                <input
                    id=FIELD
                    type="text"
                    role="combobox"
                    aria-label=NAME
                    aria-autocomplete="list"
                    aria-expanded=move || has_options.get().to_string()
                    aria-controls=move || has_options.get().then_some(LISTBOX)
                    aria-activedescendant=move || active.get()
                    placeholder="Find conversations, pages and actions"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    maxlength=QUERY_LIMIT.to_string()
                    prop:value=move || text.get()
                    on:input=move |event| text.set(event_target_value(&event))
                />
                <button
                    type="button"
                    class="btn ghost icon"
                    aria-label="Close palette"
                    title="Close"
                    on:click=move |_| palette.close()
                >
                    <Icon name="x" />
                </button>
            </div>
            {move || {
                is_open
                    .get()
                    .then(|| {
                        view! {
                            <Show when=move || !extras.are_ready()>
                                <p class="note">"Loading…"</p>
                            </Show>
                            <Extra piece=ExtraPiece::PaletteOptions />
                        }
                    })
            }}
        </dialog>
    }
}

/// The button that opens it, in the rail.
#[component]
pub fn PaletteButton() -> impl IntoView {
    let is_open = Keyboard::expect().palette;
    let platform = shown_platform();
    view! {
        <button
            type="button"
            aria-label=NAME
            aria-haspopup="dialog"
            aria-keyshortcuts=move || platform.get().command_for_aria("K")
            title=move || format!("{NAME} ({})", platform.get().command_label("K"))
            on:click=move |_| is_open.set(true)
        >
            <Icon name="search" />
        </button>
    }
}
