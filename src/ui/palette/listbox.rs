//! The options below the palette's field, and its keys: arrows choose, Enter does it.
//!
//! The focus stays in the field (the pattern of a combobox with a listbox): `aria-activedescendant` names the chosen
//! option. An Enter before the results waits for them (`early_enter.rs`).

use leptos::{
    ev::{self, KeyboardEvent},
    prelude::*,
};

use super::{
    FIELD, LISTBOX, Palette,
    early_enter::EarlyEnter,
    options::{
        Arrow, PaletteFace, PaletteLookup, PaletteOption, PaletteSection, PaletteTarget, chosen_by_typing, stepped,
    },
};
use crate::{
    api::search::read_results,
    contract::{Result, search::SearchPage},
    domain::desk::Filter,
    ui::{
        browser::{Motion, focused, has_modifier, scroll_to},
        components::{avatar::Avatar, icon::Icon},
        conversations::list::{joined, marked},
        keyboard::{ChordKeys, is_composing},
        kit::debounced_query,
        state::AppState,
    },
};

/// The element's id of an option.
fn element_id(key: &str) -> String {
    format!("palette-{key}")
}

/// The options and which of them is chosen. Cheap to copy; lives as long as the palette is open.
#[derive(Clone, Copy)]
struct Choice {
    palette: Palette,
    /// The trimmed text.
    typed: Memo<String>,
    options: Memo<Vec<PaletteOption>>,
    /// The option that an arrow key has chosen, and the text at that time. Another text is another choice.
    picked: RwSignal<Option<(String, String)>>,
    /// The key of the option that Enter chooses.
    active: Memo<Option<String>>,
    /// Whether the server has answered for the text.
    is_answered: Memo<bool>,
    early: RwSignal<EarlyEnter>,
}

impl Choice {
    fn new(typed: Memo<String>, found: Memo<Option<Result<SearchPage>>>) -> Self {
        let (app, palette) = (AppState::expect(), Palette::expect());
        let viewer = app.me();
        let role = Memo::new(move |_| app.viewer.with(|viewer| viewer.role));
        let options = Memo::new(move |_| {
            let (acts, role) = (palette.acts(), role.get());
            typed.with(|typed| {
                found.with(|found| {
                    let found = found.as_ref().and_then(|found| found.as_ref().ok());
                    PaletteLookup { typed, viewer: &viewer, role, acts, found }.options()
                })
            })
        });
        let picked = RwSignal::new(None::<(String, String)>);
        let active = Memo::new(move |_| {
            let typed = typed.get();
            let picked = picked.get().filter(|(then, _)| *then == typed);
            options.with(|options| match picked {
                // One that is not possible any more is replaced by none: Enter must not do something else.
                Some((_, key)) => options.iter().any(|option| option.key == key).then_some(key),
                None => chosen_by_typing(&typed, options).map(|option| option.key.clone()),
            })
        });
        let is_answered = Memo::new(move |_| found.with(Option::is_some));
        Self { palette, typed, options, picked, active, is_answered, early: RwSignal::new(EarlyEnter::default()) }
    }

    /// Does what an early Enter was pressed for, once the results are there.
    fn follow_early_enter(self) {
        Effect::new(move |_| {
            let (is_answered, typed) = (self.is_answered.get(), self.typed.get());
            self.early.update_untracked(|early| early.forget_other(&typed));
            if is_answered && self.early.try_update_untracked(|early| early.take(&typed)).unwrap_or_default() {
                untrack(|| self.enter());
            }
        });
    }

    fn pressed(self, event: &KeyboardEvent) {
        let is_elsewhere = focused().as_deref() != Some(FIELD);
        if has_modifier(event) || is_elsewhere || event.default_prevented() || is_composing(event) {
            return;
        }
        match event.key().as_str() {
            "ArrowDown" => self.step(Arrow::Down),
            "ArrowUp" => self.step(Arrow::Up),
            "Enter" if !event.repeat() => self.enter(),
            "Enter" => {}
            _ => return,
        }
        event.prevent_default();
    }

    fn step(self, arrow: Arrow) {
        self.early.update_untracked(EarlyEnter::forget);
        let active = self.active.get_untracked();
        let key = self
            .options
            .with_untracked(|options| stepped(options, active.as_deref(), arrow).map(|option| option.key.clone()));
        if let Some(key) = key {
            scroll_to(&element_id(&key), Motion::Instant);
            self.picked.set(Some((self.typed.get_untracked(), key)));
        }
    }

    /// Does what is chosen. If nothing can be yet, because the server has not answered, the Enter is kept.
    fn enter(self) {
        let Some(active) = self.active.get_untracked() else {
            // Options that are there and not chosen need an arrow key, also later.
            if !self.is_answered.get_untracked() && self.options.with_untracked(Vec::is_empty) {
                self.early.update_untracked(|early| early.press(&self.typed.get_untracked()));
            }
            return;
        };
        let chosen = self.options.with_untracked(|options| options.iter().find(|it| it.key == active).cloned());
        if let Some(option) = chosen {
            self.choose(&option);
        }
    }

    fn choose(self, option: &PaletteOption) {
        match &option.target {
            PaletteTarget::Act(act) => {
                // Before the act: it may move the focus, which a dialog would keep.
                self.palette.close();
                act.run();
            }
            PaletteTarget::Page(address) => self.palette.go_to_page(address),
            PaletteTarget::Conversation(id, message) => self.palette.open_conversation(id, message.as_ref()),
        }
    }
}

#[component]
pub fn PaletteListbox() -> impl IntoView {
    let palette = Palette::expect();
    let typed = Memo::new(move |_| palette.text.with(|text| text.trim().to_owned()));
    let found = find(typed);
    let choice = Choice::new(typed, found);
    let Choice { options, active, .. } = choice;
    choice.follow_early_enter();
    Effect::new(move |_| palette.active.set(active.get().map(|key| element_id(&key))));
    Effect::new(move |_| palette.has_options.set(options.with(|options| !options.is_empty())));
    Effect::new(move |_| {
        let pressed = window_event_listener(ev::keydown, move |event| choice.pressed(&event));
        on_cleanup(move || pressed.remove());
    });
    let groups = move || {
        let groups = PaletteSection::ALL.into_iter().map(|section| {
            let options = options
                .with(|options| options.iter().filter(|option| option.section == section).cloned().collect::<Vec<_>>());
            (!options.is_empty()).then(|| group(section, options, choice))
        });
        groups.collect_view()
    };
    let has_options = Memo::new(move |_| options.with(|options| !options.is_empty()));
    view! {
        {move || {
            has_options
                .get()
                .then(|| {
                    view! {
                        <div class="options" role="listbox" id=LISTBOX aria-label="Results">
                            {groups}
                        </div>
                    }
                })
        }}
        <p class="note" role="status">
            {move || status_words(&typed.get(), found.get().as_ref(), options.with(Vec::len))}
        </p>
        <p class="note keys" aria-hidden="true">
            <kbd>"↑"</kbd>
            " "
            <kbd>"↓"</kbd>
            " to choose, "
            <kbd>"Enter"</kbd>
            " to open or run it, "
            <kbd>"Esc"</kbd>
            " to close"
        </p>
    }
}

/// What the server finds for the text, each conversation once. `None` while it is asked: answers to other texts do not
/// count.
fn find(typed: Memo<String>) -> Memo<Option<Result<SearchPage>>> {
    let question = Signal::derive(move || Some(typed.get()).filter(|typed| !typed.is_empty()));
    let answer = debounced_query(question, |typed: String| {
        read_results(Filter { search: Some(typed), ..Filter::default() }, None)
    });
    Memo::new(move |_| {
        let typed = typed.get();
        answer.with(|answer| {
            let (asked, found) = answer.as_ref()?;
            (*asked == typed).then(|| found.clone().map(joined))
        })
    })
}

/// What is said below the options, and to screen readers.
fn status_words(typed: &str, found: Option<&Result<SearchPage>>, options: usize) -> Option<String> {
    if typed.is_empty() {
        return None;
    }
    let words = match (found, options) {
        (None, _) => "Searching…".to_owned(),
        (Some(Err(error)), _) => format!("Conversations could not be searched. {error}"),
        (Some(Ok(SearchPage { refused: Some(refused), .. })), 0) => refused.clone(),
        (Some(Ok(_)), 0) => format!("Nothing found for “{typed}”."),
        (Some(Ok(_)), 1) => "1 result".to_owned(),
        (Some(Ok(_)), count) => format!("{count} results"),
    };
    Some(words)
}

fn group(section: PaletteSection, options: Vec<PaletteOption>, choice: Choice) -> impl IntoView {
    let id = format!("palette-{section:?}");
    let labelled_by = id.clone();
    let options = options.into_iter().map(|option| view! { <OptionLine option choice /> });
    view! {
        <div role="group" aria-labelledby=labelled_by>
            <div class="title" role="presentation" id=id>
                {section.title()}
            </div>
            {options.collect_view()}
        </div>
    }
}

#[component]
fn OptionLine(option: PaletteOption, choice: Choice) -> impl IntoView {
    let key = option.key.clone();
    let is_active = move || choice.active.with(|active| active.as_ref() == Some(&key));
    let face = match option.face.clone() {
        PaletteFace::Icon(name) => view! { <Icon name /> }.into_any(),
        PaletteFace::Person(name) => view! { <Avatar name=Signal::stored(name) class="s" /> }.into_any(),
    };
    let detail = option.detail.as_ref().map(|detail| {
        view! {
            <span class="detail" dir="auto">
                {marked(detail)}
            </span>
        }
    });
    let state = option.state.clone().map(|state| view! { <span class="tag n">{state}</span> });
    let keys = option.chord.map(|letter| view! { <ChordKeys letter /> });
    let label = marked(&option.label);
    let id = element_id(&option.key);
    view! {
        <div
            class="option"
            role="option"
            id=id
            aria-selected=move || is_active().to_string()
            // The focus stays in the field.
            on:mousedown=|event: ev::MouseEvent| event.prevent_default()
            on:click=move |_| choice.choose(&option)
        >
            {face}
            <span class="words">
                <span class="label" dir="auto">
                    {label}
                </span>
                {detail}
            </span>
            {state}
            {keys}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::ApiError;

    #[test]
    fn the_status_says_what_was_found_or_why_nothing_was() {
        let refused = Ok(SearchPage { refused: Some("“x” is not a status.".into()), ..SearchPage::default() });
        let found = Ok(SearchPage::default());
        assert_eq!(status_words("", None, 12), None);
        assert_eq!(status_words("ma", None, 0).as_deref(), Some("Searching…"));
        assert_eq!(status_words("ma", Some(&found), 0).as_deref(), Some("Nothing found for “ma”."));
        assert_eq!(status_words("ma", Some(&found), 1).as_deref(), Some("1 result"));
        assert_eq!(status_words("status:x", Some(&refused), 0).as_deref(), Some("“x” is not a status."));
        assert_eq!(status_words("status:x", Some(&refused), 2).as_deref(), Some("2 results"));
        let failed = status_words("ma", Some(&Err(ApiError::Offline)), 0).unwrap_or_default();
        assert!(failed.starts_with("Conversations could not be searched."), "{failed}");
    }
}
