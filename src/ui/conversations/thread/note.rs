//! A note of the team between the bubbles. Its author edits and deletes it in its place.

use leptos::{ev, html, prelude::*};

use super::state::ThreadState;
use crate::{
    api::note::{delete_note, edit_note},
    domain::{
        note::{Note, NotePart, checked, parts},
        time::Timestamp,
    },
    ui::{
        browser::{focus, focus_at_end},
        components::icon::Icon,
        conversations::{
            composer::{NoteDraft, NoteInput},
            pane_focus::REGION,
        },
        format::TimeStyle,
        kit::{Submit, ToastTone},
        local_time::LocalTime,
    },
};

/// What its author does with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NoteMode {
    Read,
    Edit,
    /// The author is asked whether to delete it.
    Delete,
}

#[component]
pub fn NoteView(note: Memo<Note>, at: Timestamp) -> impl IntoView {
    let open = ThreadState::expect();
    let mode = RwSignal::new(NoteMode::Read);
    let first = note.get_untracked();
    let is_own = first.author == open.me();
    let who = if is_own { "You".to_owned() } else { first.author_name };
    let is_deleted = Memo::new(move |_| note.with(|note| note.text.is_none()));
    // Deleted in another window meanwhile.
    Effect::new(move |_| {
        if is_deleted.get() {
            mode.set(NoteMode::Read);
        }
    });
    view! {
        <div role="article" class="note" class:deleted=move || is_deleted.get()>
            <b>
                <Icon name="lock"/>
                "Note · only your team sees this"
            </b>
            <div class="who">
                <span dir="auto">{who}</span>
            </div>
            {move || match mode.get() {
                NoteMode::Edit => view! { <NoteEditor note mode/> }.into_any(),
                NoteMode::Read | NoteMode::Delete => view! { <NoteBody note/> }.into_any(),
            }}
            <small class="when">
                {move || note.with(|note| note.edited).then_some("edited · ")} <LocalTime at style=TimeStyle::Clock/>
            </small>
            {is_own
                .then(|| {
                    view! {
                        <Show when=move || !is_deleted.get() && mode.get() != NoteMode::Edit>
                            <OwnNoteActs note mode/>
                        </Show>
                    }
                })}
        </div>
    }
}

/// The text, with the names of those whom it mentions.
#[component]
fn NoteBody(note: Memo<Note>) -> impl IntoView {
    let me = ThreadState::expect().me();
    move || {
        note.with(|note| {
            let Some(text) = &note.text else {
                return view! { <p class="body">"This note was deleted."</p> }.into_any();
            };
            let pieces = parts(text).into_iter().map(|part| match part {
                NotePart::Text(text) => text.to_owned().into_any(),
                NotePart::Mention(agent) => match note.name_of(&agent) {
                    Some(name) => {
                        let class = if agent == me { "mention me" } else { "mention" };
                        view! { <b class=class dir="auto">{format!("@{name}")}</b> }.into_any()
                    }
                    None => format!("<@{agent}>").into_any(),
                },
            });
            view! {
                <p class="body" dir="auto">
                    {pieces.collect_view()}
                </p>
            }
            .into_any()
        })
    }
}

/// What its author can do: edit it, or delete it after a question.
#[component]
fn OwnNoteActs(note: Memo<Note>, mode: RwSignal<NoteMode>) -> impl IntoView {
    view! {
        <div class="acts">
            {move || match mode.get() {
                NoteMode::Delete => view! { <DeleteQuestion note mode/> }.into_any(),
                NoteMode::Read | NoteMode::Edit => view! {
                    <button
                        type="button"
                        class="btn ghost icon"
                        aria-label="Edit note"
                        title="Edit"
                        on:click=move |_| mode.set(NoteMode::Edit)
                    >
                        <Icon name="pencil"/>
                    </button>
                    <button
                        type="button"
                        class="btn ghost icon"
                        aria-label="Delete note"
                        title="Delete"
                        on:click=move |_| mode.set(NoteMode::Delete)
                    >
                        <Icon name="trash"/>
                    </button>
                }
                .into_any(),
            }}
        </div>
    }
}

/// The question before a note is deleted, with the focus on *Cancel*.
#[component]
fn DeleteQuestion(note: Memo<Note>, mode: RwSignal<NoteMode>) -> impl IntoView {
    let open = ThreadState::expect();
    let deleting = Submit::with_toasts();
    // The buttons go away with the focus.
    let focus_note = move || {
        let key = note.with_untracked(|note| note.id.to_string());
        request_animation_frame(move || focus(&key));
    };
    let delete = move |_| {
        let id = note.with_untracked(|note| note.id.clone());
        let key = id.to_string();
        deleting.run(delete_note(open.id(), id), move |()| request_animation_frame(move || focus(&key)));
    };
    let cancel = move || {
        mode.set(NoteMode::Read);
        focus_note();
    };
    let escape = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            event.stop_propagation();
            cancel();
        }
    };
    let cancel_button = NodeRef::<html::Button>::new();
    cancel_button.on_load(|button| drop(button.focus()));
    view! {
        <div class="acts" role="group" aria-label="Delete this note?" on:keydown=escape>
            <span>"Delete this note?"</span>
            <button
                type="button"
                class="btn danger"
                class:busy=move || deleting.pending()
                disabled=move || deleting.pending()
                on:click=delete
            >
                "Delete"
            </button>
            <button type="button" class="btn ghost" node_ref=cancel_button on:click=move |_| cancel()>
                "Cancel"
            </button>
        </div>
    }
}

/// The field in place of the text. What was typed stays until the server has stored it: Escape closes only a field in which
/// nothing was changed, and else leaves it, as the composer's.
#[component]
fn NoteEditor(note: Memo<Note>, mode: RwSignal<NoteMode>) -> impl IntoView {
    let open = ThreadState::expect();
    let known = note.get_untracked();
    let draft = NoteDraft::of(known.text.as_deref().unwrap_or_default(), &known.names);
    let (id, key) = (known.id.clone(), known.id.to_string());
    let field = format!("edit-{key}");
    let saving = Submit::with_toasts();
    let close = {
        let key = StoredValue::new(key);
        move || {
            if mode.try_set(NoteMode::Read).is_none()
                && let Some(key) = key.try_get_value()
            {
                request_animation_frame(move || focus(&key));
            }
        }
    };
    let id = StoredValue::new(id);
    let save = move || match checked(&untrack(|| draft.stored())) {
        Ok(text) => saving.run(edit_note(open.id(), id.get_value(), text), move |()| close()),
        Err(detail) => open.app.toast(ToastTone::Error, detail),
    };
    let first = untrack(|| draft.stored());
    let leave = move || match untrack(|| draft.stored()) == first {
        true => close(),
        false => focus(REGION),
    };
    let wanted = field.clone();
    request_animation_frame(move || focus_at_end(&wanted));
    view! {
        <NoteInput
            id=field
            label=Signal::derive(|| "Edit note".to_owned())
            draft
            submit=Callback::new(move |()| save())
            leave=Callback::new(move |()| leave())
        />
        <div class="acts">
            <button
                type="button"
                class="btn primary"
                class:busy=move || saving.pending()
                disabled=move || !draft.has_text()
                on:click=move |_| save()
            >
                "Save"
            </button>
            <button type="button" class="btn ghost" on:click=move |_| close()>
                "Cancel"
            </button>
        </div>
    }
}
