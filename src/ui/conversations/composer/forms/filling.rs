//! The open form: what is filled in, what is wrong with it, how it will look, and sending it.

use leptos::{ev, prelude::*};

use super::{
    ComposerForms, DIALOG, FormCode, TITLE,
    fields::{Fields, element},
    kept,
};
use crate::{
    api::composed::send_composed,
    domain::{
        message::{
            Content,
            composed::{ComposedField, ComposedKind, ComposedMessage},
        },
        window::keep_open,
    },
    ui::{
        browser,
        conversations::{
            composer::Locking,
            thread::{content::ContentView, items::to_end, state::ThreadState},
        },
        kit::{FieldError, Submit, SubmitButton, TextBinding},
        state::Connection,
    },
};

pub const CODE: FormCode = FormCode { draw, fill_in_keeper };

/// Fills the form of buttons in with the message that keeps the reply window open. What somebody is writing there stays.
fn fill_in_keeper(open: ThreadState) {
    // The pane may be gone.
    let Some(language) = open.customer.try_with_untracked(|customer| customer.language.clone()) else { return };
    let (me, id) = (open.me(), open.id());
    if kept::load(&me, &id, ComposedKind::Buttons).is_blank() {
        kept::store(&me, &id, &keep_open::message(language.as_deref()));
    }
}

fn draw(forms: ComposerForms, kind: ComposedKind) -> AnyView {
    view! { <FillingForm forms kind/> }.into_any()
}

/// A form that is being filled in. Cheap to copy; lives as long as the form is open.
#[derive(Clone, Copy)]
pub struct Filling {
    pub form: RwSignal<ComposedMessage>,
    faults: Memo<Vec<(ComposedField, String)>>,
    /// Somebody tried to send it. Before, an empty field is not wrong.
    was_tried: RwSignal<bool>,
    submit: Submit,
}

impl Filling {
    fn new(form: ComposedMessage) -> Self {
        let form = RwSignal::new(form);
        let faults = Memo::new(move |_| form.with(ComposedMessage::message).err().unwrap_or_default());
        Self { form, faults, was_tried: RwSignal::new(false), submit: Submit::in_form() }
    }

    /// The text of a field, with its fault.
    pub fn text(self, field: ComposedField) -> TextBinding {
        let value = Signal::derive(move || self.form.with(|form| form.text(field)));
        let edit = Callback::new(move |now| {
            self.submit.error.set(None);
            self.form.update(|form| form.set_text(field, now));
        });
        let error = Signal::derive(move || {
            let is_told = self.was_tried.get() || value.with(|text| !text.trim().is_empty());
            let fault =
                self.faults.with(|faults| faults.iter().find(|(at, _)| *at == field).map(|(_, words)| words.clone()));
            fault.filter(|_| is_told)
        });
        TextBinding { value, edit, error: Some(error) }
    }
}

#[component]
fn FillingForm(forms: ComposerForms, kind: ComposedKind) -> impl IntoView {
    let open = forms.open;
    let filling = Filling::new(kept::load(&open.me(), &open.id(), kind));
    Effect::new(move |_| filling.form.with(|form| kept::store(&open.me(), &open.id(), form)));
    let send = move |event: ev::SubmitEvent| {
        event.prevent_default();
        send(forms, filling);
    };
    let clear = move |_| {
        filling.was_tried.set(false);
        filling.form.set(kind.blank());
        kept::forget_unclear(&open.me(), &open.id(), kind);
        browser::focus_first(DIALOG);
    };
    let name = move || open.row.with(|row| row.name.clone());
    view! {
        <h2 id=TITLE>{kind.label()}</h2>
        <form on:submit=send>
            <Fields filling kind/>
            <Preview filling/>
            {move || {
                open.quote.get().map(|quoting| {
                    view! { <p class="hint" dir="auto">{format!("Quotes {}: {}", quoting.who, quoting.preview)}</p> }
                })
            }}
            <FieldError text=filling.submit.error/>
            <div class="actions">
                <button
                    type="button"
                    class="btn ghost"
                    disabled=move || filling.form.with(ComposedMessage::is_blank)
                    on:click=clear
                >
                    "Clear"
                </button>
                <button type="button" class="btn" on:click=move |_| forms.shown.set(None)>
                    "Cancel"
                </button>
                <SubmitButton submit=filling.submit label="Send" busy="Sending…"/>
            </div>
            <p class="hint">{move || format!("Goes to {}. What you enter is kept until you send or clear it.", name())}</p>
        </form>
    }
}

/// The message as the thread will show it.
#[component]
fn Preview(filling: Filling) -> impl IntoView {
    let content = Memo::new(move |_| filling.form.with(|form| form.message().ok().map(Content::from)));
    let shown = move || match content.get() {
        Some(content) => view! {
            <div class="msg out">
                <ContentView content file=None/>
            </div>
        }
        .into_any(),
        None => view! { <p class="hint">"Fill in the form to see the message."</p> }.into_any(),
    };
    view! {
        <div class="preview" role="group" aria-label="Preview">
            {shown}
        </div>
    }
}

fn send(forms: ComposerForms, filling: Filling) {
    let open = forms.open;
    filling.was_tried.set(true);
    let first = filling.faults.with_untracked(|faults| faults.first().map(|(field, _)| *field));
    if let Some(field) = first {
        browser::focus(&element(field));
        return;
    }
    if filling.submit.pending_untracked() {
        return;
    }
    // A colleague may have taken over.
    if !Locking::is_writable(&open) {
        let words = "You can't send this now: it isn't your turn to write. What you entered is kept.";
        filling.submit.error.set(Some(words.to_owned()));
        return;
    }
    let form = filling.form.get_untracked();
    let (me, id, kind) = (open.me(), open.id(), form.kind());
    let client_id = kept::unclear_id(&me, &id, &form).unwrap_or_else(browser::random_id);
    // Before the answer: the page may be reloaded without one.
    kept::store_unclear(&me, &id, &client_id, &form);
    let quote = open.quote.get_untracked().map(|quoting| quoting.message);
    let request = send_composed(open.id(), client_id, form, quote);
    filling.submit.run(request, move |()| {
        kept::forget_unclear(&me, &id, kind);
        kept::store(&me, &id, &kind.blank());
        // The form may be closed, or the pane left.
        let _left = filling.form.try_set(kind.blank());
        if forms.shown.try_set(None).is_none() {
            sent(open);
        }
    });
}

fn sent(open: ThreadState) {
    open.quote.set(None);
    open.just_wrote.set(None);
    if open.app.connection.get_untracked() != Connection::Live {
        open.reread();
    }
    to_end(open);
}
