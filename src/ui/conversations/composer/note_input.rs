//! The field in which a note is written or changed: typing `@` offers colleagues, who are picked by keyboard or mouse.
//!
//! The focus stays in the field; `aria-activedescendant` names the colleague whom Enter picks.

use leptos::{ev, html, prelude::*};

use super::{
    mention::{MentionQuery, matching, mention_at, utf16_length},
    note_draft::NoteDraft,
};
use crate::{
    domain::ids::AgentId,
    ui::{browser, components::icon::Icon, keyboard::is_composing, state::AppState},
};

/// What is typed, the mention before the caret, and which colleague is chosen of those who are offered.
#[derive(Clone, Copy)]
struct Mentioning {
    draft: NoteDraft,
    field: NodeRef<html::Textarea>,
    query: RwSignal<Option<MentionQuery>>,
    chosen: RwSignal<usize>,
    offered: Memo<Vec<(AgentId, String)>>,
}

impl Mentioning {
    fn new(draft: NoteDraft) -> Self {
        let (app, query) = (AppState::expect(), RwSignal::new(None::<MentionQuery>));
        let offered = Memo::new(move |_| {
            let Some(query) = query.get() else { return Vec::new() };
            let me = app.me();
            app.choices.with(|choices| {
                let colleagues = choices.agents.iter().filter(|(id, _)| *id != me && !choices.left.contains(id));
                matching(colleagues, &query.name)
            })
        });
        Self { draft, field: NodeRef::new(), query, chosen: RwSignal::new(0), offered }
    }

    /// Looks at what stands before the caret.
    fn look(self) {
        let Some(field) = self.field.get_untracked() else { return };
        let caret = field.selection_start().ok().flatten().unwrap_or_default();
        let found = mention_at(&field.value(), usize::try_from(caret).unwrap_or_default());
        if self.query.with_untracked(|known| *known != found) {
            self.chosen.set(0);
            self.query.set(found);
        }
    }

    fn count(self) -> usize {
        self.offered.with_untracked(Vec::len)
    }

    /// Chooses the one after the chosen one, by so many steps.
    fn step(self, steps: usize) {
        let count = self.count().max(1);
        self.chosen.update(|chosen| *chosen = (*chosen + steps) % count);
    }

    /// Puts the name of the offered colleague at this place into the text.
    fn pick(self, at: usize) {
        let Some((agent, name)) = self.offered.with_untracked(|all| all.get(at).cloned()) else { return };
        let Some(query) = self.query.get_untracked() else { return };
        let typed = self.draft.text.get_untracked();
        let end = query.start + 1 + query.name.len();
        let (Some(before), Some(after)) = (typed.get(..query.start), typed.get(end..)) else { return };
        let begun = format!("{before}@{name} ");
        let caret = utf16_length(&begun);
        self.draft.picked.update(|picked| {
            if picked.iter().all(|(known, _)| *known != agent) {
                picked.push((agent, name));
            }
        });
        let text = begun + after.trim_start_matches(' ');
        // At once: a caret that is set later goes back behind what was typed meanwhile.
        if let Some(field) = self.field.get_untracked() {
            field.set_value(&text);
            let _refused = field.set_selection_range(caret, caret);
        }
        self.draft.text.set(text);
        self.query.set(None);
    }
}

/// A field for a note.
#[component]
pub fn NoteInput(
    /// The element's id.
    id: String,
    #[prop(into)] label: Signal<String>,
    draft: NoteDraft,
    /// Enter was pressed.
    submit: Callback<()>,
    /// Escape was pressed.
    leave: Callback<()>,
) -> impl IntoView {
    let it = Mentioning::new(draft);
    let options = StoredValue::new(format!("{id}-colleagues"));
    let option = move |at: usize| options.with_value(|options| format!("{options}-{at}"));
    let has_options = move || it.offered.with(|all| !all.is_empty());
    let keyed = move |event: ev::KeyboardEvent| {
        let count = it.count();
        match event.key().as_str() {
            _ if is_composing(&event) => return,
            "ArrowDown" if count > 0 => it.step(1),
            "ArrowUp" if count > 0 => it.step(count - 1),
            "Enter" | "Tab" if count > 0 && !event.shift_key() => it.pick(it.chosen.get_untracked()),
            "Escape" if count > 0 => it.query.set(None),
            "Enter" if adds(&event) => submit.run(()),
            "Escape" => leave.run(()),
            _ => return,
        }
        event.prevent_default();
    };
    let moved = move |event: ev::KeyboardEvent| {
        if matches!(event.key().as_str(), "ArrowLeft" | "ArrowRight" | "Home" | "End") {
            it.look();
        }
    };
    view! {
        <textarea
            id=id
            node_ref=it.field
            aria-label=move || label.get()
            aria-autocomplete="list"
            aria-controls=move || has_options().then(|| options.get_value())
            aria-activedescendant=move || has_options().then(|| option(it.chosen.get()))
            placeholder="Only your team sees this. @ mentions a colleague."
            dir="auto"
            rows=move || it.draft.text.with(|text| text.matches('\n').count().min(7) + 1)
            prop:value=move || it.draft.text.get()
            on:input=move |event| {
                it.draft.text.set(event_target_value(&event));
                it.look();
            }
            on:keydown=keyed
            on:keyup=moved
            on:click=move |_| it.look()
            on:blur=move |_| it.query.set(None)
        ></textarea>
        <Show when=has_options>
            <div class="menu colleagues" role="listbox" id=options.get_value() aria-label="Colleagues">
                {move || {
                    it.offered
                        .get()
                        .into_iter()
                        .enumerate()
                        .map(|(at, (_, name))| {
                            view! {
                                <div
                                    role="option"
                                    id=option(at)
                                    aria-selected=move || (it.chosen.get() == at).to_string()
                                    // The field keeps the focus.
                                    on:mousedown=|event: ev::MouseEvent| event.prevent_default()
                                    on:click=move |_| it.pick(at)
                                >
                                    <Icon name="user"/>
                                    <span dir="auto">{name}</span>
                                </div>
                            }
                        })
                        .collect_view()
                }}
            </div>
        </Show>
    }
}

/// Whether Enter adds the note, as it sends a reply: Shift breaks the line, and so does a touch keyboard.
fn adds(event: &ev::KeyboardEvent) -> bool {
    event.ctrl_key() || event.meta_key() || !(event.shift_key() || browser::has_coarse_pointer())
}
