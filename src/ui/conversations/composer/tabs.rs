//! The tabs of the composer: the reply to the customer, and a note for the team. Each keeps its own text, so that a
//! switch loses nothing.

use leptos::{ev, prelude::*};

use super::{FIELD, note_draft::NoteDraft};
use crate::ui::{
    browser,
    components::icon::Icon,
    conversations::thread::state::ThreadState,
    keyboard::shown_platform,
    palette::{ActScope, Impact, Palette, PaletteAct},
};

/// The letter of the chord that switches between them.
pub const NOTE_CHORD: char = 'i';

/// The id of what the shown tab is about.
const PANEL: &str = "composer-panel";

/// The id of the field in which a note is written.
pub const NOTE_FIELD: &str = "note-text";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComposerTab {
    Reply,
    Note,
}

impl ComposerTab {
    const ALL: [Self; 2] = [Self::Reply, Self::Note];

    fn label(self) -> &'static str {
        match self {
            Self::Reply => "Reply",
            Self::Note => "Note",
        }
    }

    /// The element's id of its button.
    fn button(self) -> &'static str {
        match self {
            Self::Reply => "composer-reply",
            Self::Note => "composer-note",
        }
    }

    /// The field that it shows, unless a reply is not possible now.
    fn field(self) -> &'static str {
        match self {
            Self::Reply => FIELD,
            Self::Note => NOTE_FIELD,
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Reply => Self::Note,
            Self::Note => Self::Reply,
        }
    }
}

/// Which tab of the open conversation is shown, and the note in the other. Cheap to copy; lives as long as the pane.
#[derive(Clone, Copy)]
pub struct ComposerTabs {
    open: ThreadState,
    shown: RwSignal<ComposerTab>,
    pub note: NoteDraft,
}

impl ComposerTabs {
    /// Provides it to the components below.
    pub fn provide(open: ThreadState) {
        let tabs = Self { open, shown: RwSignal::new(ComposerTab::Reply), note: NoteDraft::follow(open) };
        provide_context(tabs);
        // Whoever claims or quotes is about to reply. A file that comes meanwhile changes nothing: it may be a recording that
        // is kept because of the switch to the note.
        Effect::new(move |_| {
            if open.app.claiming.with(|claiming| claiming.as_ref() == Some(&open.id())) {
                tabs.shown.set(ComposerTab::Reply);
            }
        });
        Effect::new(move |_| {
            if open.quote.with(Option::is_some) {
                tabs.shown.set(ComposerTab::Reply);
            }
        });
        Palette::expect().offer(ActScope::Conversation, move || {
            let key = format!("note-{}", open.id());
            let write = move || tabs.show(ComposerTab::Note);
            let act = PaletteAct::new(key, "note", "Write a note for the team", Impact::Opens, write);
            vec![act.about(open.row.with(|row| row.name.clone())).also("internal private").with_chord(NOTE_CHORD)]
        });
    }

    pub fn expect() -> Self {
        expect_context::<Self>()
    }

    /// Whether what is typed is a note. Tracks.
    pub fn is_note(self) -> bool {
        self.shown.get() == ComposerTab::Note
    }

    /// Whether what is typed is a note. Does not track.
    pub fn is_note_untracked(self) -> bool {
        self.shown.get_untracked() == ComposerTab::Note
    }

    /// Shows a tab and puts the focus into its field; without one, on the tab.
    pub fn show(self, tab: ComposerTab) {
        self.select(tab);
        // The field is drawn after this change.
        request_animation_frame(move || {
            if !self.shown.is_disposed() {
                browser::focus_at_end(tab.field());
            }
        });
    }

    /// Shows a tab and puts the focus on it.
    fn select(self, tab: ComposerTab) {
        self.shown.set(tab);
        request_animation_frame(move || {
            if !self.shown.is_disposed() {
                browser::focus(tab.button());
                self.open.stick();
            }
        });
    }

    /// Shows the other tab.
    pub fn switch(self) {
        self.show(self.shown.get_untracked().other());
    }
}

/// The buttons of the tabs.
#[component]
pub fn Tabs() -> impl IntoView {
    let tabs = ComposerTabs::expect();
    let platform = shown_platform();
    let keyed = move |event: ev::KeyboardEvent| {
        // With Alt, the arrows are the browser's.
        if browser::has_modifier(&event) {
            return;
        }
        match event.key().as_str() {
            "ArrowLeft" | "ArrowRight" => tabs.select(tabs.shown.get_untracked().other()),
            "Home" => tabs.select(ComposerTab::Reply),
            "End" => tabs.select(ComposerTab::Note),
            _ => return,
        }
        event.prevent_default();
    };
    let buttons = ComposerTab::ALL.map(|tab| {
        let is_shown = move || tabs.shown.get() == tab;
        let title = move || {
            let keys = platform.get().chord_label(NOTE_CHORD);
            match (tab, is_shown()) {
                (_, true) => None,
                (ComposerTab::Reply, false) => Some(format!("Write to the customer ({keys})")),
                (ComposerTab::Note, false) => Some(format!("Write a note that only your team sees ({keys})")),
            }
        };
        let has_text = move || tab == ComposerTab::Note && !is_shown() && tabs.note.has_text();
        view! {
            <button
                type="button"
                role="tab"
                id=tab.button()
                aria-selected=move || is_shown().to_string()
                aria-controls=PANEL
                tabindex=move || if is_shown() { "0" } else { "-1" }
                aria-keyshortcuts=move || platform.get().chord_for_aria(NOTE_CHORD)
                title=title
                on:click=move |_| tabs.show(tab)
            >
                {(tab == ComposerTab::Note).then(|| view! { <Icon name="note"/> })}
                {tab.label()}
                <Show when=has_text>
                    <span class="unsaved" aria-hidden="true"></span>
                    <span class="visually-hidden">", not added yet"</span>
                </Show>
            </button>
        }
    });
    view! {
        <div
            class="tabs writing"
            class:note=move || tabs.is_note()
            role="tablist"
            aria-label="What you write"
            on:keydown=keyed
        >
            {buttons}
        </div>
    }
}

/// What the shown tab is about.
#[component]
pub fn TabPanel(children: Children) -> impl IntoView {
    let tabs = ComposerTabs::expect();
    view! {
        <div class="writing-panel" role="tabpanel" id=PANEL aria-labelledby=move || tabs.shown.get().button()>
            {children()}
        </div>
    }
}
