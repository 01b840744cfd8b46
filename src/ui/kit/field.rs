//! Text fields: a label, one or several lines, a hint and an error.
//!
//! `<TextField id="tool-name" label="Name" hint=".." kind=FieldKind::Code text=form.text(part!(name), error)/>`; with
//! `rows` it has several lines. `<TextInput ..>` is the control alone. What a field holds is the form's:
//! [`TextBinding`] says where the value comes from and where a keystroke goes. To add a kind of field: a variant of
//! [`FieldKind`].

use leptos::{html, prelude::*};

use super::{dom_value::adopt_dom_value, field_error::FieldError};
use crate::ui::number::grouped;

/// The kind of text in a field, for on-screen keyboards and autofill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum FieldKind {
    #[default]
    Text,
    /// A name, without spelling check.
    Identifier,
    /// Digits: a number pad, but no `type=number`, whose value changes with the mouse wheel.
    Number,
    /// Never shown and never filled in by the browser.
    Secret,
    /// The person's own password, which the browser may fill in.
    CurrentPassword,
    /// The digits that an authenticator app shows, which the browser or the phone may fill in.
    OneTimeCode,
    /// Monospaced, without spelling check and autocorrection.
    Code,
    /// A phone number, with or without a plus.
    Phone,
    /// `09:00`
    Time,
    /// `2026-12-25`
    Date,
}

impl FieldKind {
    fn input_type(self) -> &'static str {
        match self {
            Self::Text | Self::Identifier | Self::Number | Self::OneTimeCode | Self::Code => "text",
            Self::Phone => "tel",
            Self::Secret | Self::CurrentPassword => "password",
            Self::Time => "time",
            Self::Date => "date",
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Code | Self::Secret | Self::OneTimeCode => "code",
            Self::Text
            | Self::Identifier
            | Self::Number
            | Self::Phone
            | Self::CurrentPassword
            | Self::Time
            | Self::Date => "",
        }
    }

    fn autocomplete(self) -> &'static str {
        match self {
            Self::Secret => "new-password",
            Self::CurrentPassword => "current-password",
            Self::OneTimeCode => "one-time-code",
            Self::Text | Self::Identifier | Self::Number | Self::Phone | Self::Code | Self::Time | Self::Date => "off",
        }
    }

    /// The on-screen keyboard, if not that of letters.
    fn input_mode(self) -> Option<&'static str> {
        matches!(self, Self::Number | Self::OneTimeCode).then_some("numeric")
    }

    /// `auto` for text in a language.
    fn direction(self) -> &'static str {
        if self == Self::Text { "auto" } else { "ltr" }
    }
}

/// Which field of a form gets the focus when the form is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum FocusOrder {
    First,
    #[default]
    Later,
}

/// The text of a field: its value, how an edit is applied, and its error.
#[derive(Clone, Copy)]
pub struct TextBinding {
    pub value: Signal<String>,
    pub edit: Callback<String>,
    /// Its error; `None` if it cannot be wrong.
    pub error: Option<Signal<Option<String>>>,
}

impl TextBinding {
    /// A text in a signal of its own, without an error.
    pub fn new(text: RwSignal<String>) -> Self {
        Self { value: text.into(), edit: Callback::new(move |now| text.set(now)), error: None }
    }

    /// Adds a check. An empty field is not wrong before an attempt to submit it.
    pub fn checked(self, violation: fn(&str) -> Option<String>) -> Self {
        let value = self.value;
        self.with_error(Signal::derive(move || {
            value.with(|typed| if typed.is_empty() { None } else { violation(typed.trim()) })
        }))
    }

    pub fn with_error(self, error: impl Into<Signal<Option<String>>>) -> Self {
        Self { error: Some(error.into()), ..self }
    }
}

/// A text within a form's value, with access to read and change it. Made by `part!`.
pub struct Part<T> {
    pub get: fn(&T) -> &String,
    pub get_mut: fn(&mut T) -> &mut String,
}

/// The text in the field of this name: `part!(address)`.
macro_rules! part {
    ($field:ident) => {
        $crate::ui::kit::Part { get: |form| &form.$field, get_mut: |form| &mut form.$field }
    };
}

pub(crate) use part;

/// The control alone, with one or several lines.
#[component]
pub fn TextInput(
    #[prop(into)] id: String,
    text: TextBinding,
    #[prop(optional)] kind: FieldKind,
    #[prop(default = 1)] rows: u8,
    /// The field's name if it has no label.
    #[prop(optional, into)]
    aria_label: Option<Signal<String>>,
    #[prop(optional, into)] placeholder: Signal<String>,
    /// The ids of the hint and of the error.
    #[prop(optional, into)]
    described_by: Option<String>,
    /// Suggestions, by the id of a `datalist`.
    #[prop(optional)]
    list: &'static str,
    /// The most characters that can be typed.
    #[prop(default = u32::MAX)]
    max_length: u32,
    #[prop(optional)] focus: FocusOrder,
) -> impl IntoView {
    let TextBinding { value, edit, error } = text;
    let first = value.get_untracked();
    let aria_label = move || aria_label.map(|label| label.get());
    let invalid = move || error.is_some_and(|error| error.with(Option::is_some)).to_string();
    let spellcheck = (kind == FieldKind::Text).to_string();
    let marked = (focus == FocusOrder::First).then_some("");
    let max_length = (max_length != u32::MAX).then_some(max_length);
    if rows == 1 {
        let field = NodeRef::<html::Input>::new();
        let shown = adopt_dom_value(move || Some(field.get()?.value()), value, move |found| edit.run(found));
        return view! {
            <input
                id=id.clone()
                name=id
                node_ref=field
                type=kind.input_type()
                class=kind.class()
                inputmode=kind.input_mode()
                dir=kind.direction()
                autocomplete=kind.autocomplete()
                autocapitalize="off"
                spellcheck=spellcheck
                placeholder=move || placeholder.get()
                list=(!list.is_empty()).then_some(list)
                maxlength=max_length
                data-first=marked
                value=first
                prop:value=shown
                aria-label=aria_label
                aria-describedby=described_by
                aria-invalid=invalid
                on:input:target=move |event| edit.run(event.target().value())
            />
        }
        .into_any();
    }
    let field = NodeRef::<html::Textarea>::new();
    let shown = adopt_dom_value(move || Some(field.get()?.value()), value, move |found| edit.run(found));
    view! {
        <textarea
            id=id.clone()
            name=id
            node_ref=field
            rows=rows
            class=kind.class()
            dir=kind.direction()
            spellcheck=spellcheck
            placeholder=move || placeholder.get()
            maxlength=max_length
            data-first=marked
            aria-label=aria_label
            aria-describedby=described_by
            aria-invalid=invalid
            prop:value=shown
            on:input:target=move |event| edit.run(event.target().value())
        >
            {first}
        </textarea>
    }
    .into_any()
}

/// A field with its label, its hint and its error.
#[component]
pub fn TextField(
    #[prop(into)] id: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Signal<String>,
    text: TextBinding,
    #[prop(optional)] kind: FieldKind,
    #[prop(default = 1)] rows: u8,
    #[prop(optional, into)] placeholder: Signal<String>,
    #[prop(optional)] list: &'static str,
    #[prop(optional)] focus: FocusOrder,
    /// The maximum of characters. They are counted beside the label once half of them are used.
    #[prop(default = usize::MAX)]
    limit: usize,
    /// The most characters that can be typed.
    #[prop(default = u32::MAX)]
    max_length: u32,
    /// The id of an element elsewhere that shows the error.
    #[prop(optional, into)]
    error_id: Option<String>,
    /// What is shown below the field in place of its error.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let hint_id = format!("{id}-hint");
    let (error_id, is_elsewhere) = match error_id {
        Some(elsewhere) => (elsewhere, true),
        None => (format!("{id}-error"), false),
    };
    let described_by = format!("{hint_id} {error_id}");
    let counted = (limit != usize::MAX).then(|| {
        let length = Memo::new(move |_| text.value.with(|value| value.chars().count()));
        let words =
            move || (length.get() * 2 > limit).then(|| format!("{} of {}", grouped(length.get()), grouped(limit)));
        view! { " " <span class="count" aria-hidden="true">{words}</span> }
    });
    view! {
        <div class="field">
            <label for=id.clone()>{label}{counted}</label>
            <TextInput id text kind rows placeholder described_by list max_length focus/>
            <small class="hint" id=hint_id hidden=move || hint.with(String::is_empty)>{move || hint.get()}</small>
            {match children {
                Some(children) => view! { <div id=error_id>{children()}</div> }.into_any(),
                None if is_elsewhere => ().into_any(),
                None => text.error.map(|error| view! { <FieldError id=error_id text=error/> }).into_any(),
            }}
        </div>
    }
}
