//! A labelled field with its hint and its fault: one line, or several. What it holds is the form's; nothing is decided
//! here. To add a kind of line: a variant of [`Kind`].

use leptos::{html, prelude::*};

use super::{faults::FieldFault, typing::take_over};

/// What a line holds, for keyboards and for what browsers offer to fill in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Kind {
    #[default]
    Text,
    /// Digits: a number pad, and no wheel that changes it by accident.
    Number,
    /// Never shown and never filled in by the browser.
    Secret,
    /// Set in a typewriter's letters, without a helper that corrects it.
    Code,
}

/// A text in a form: what it is, and how a keystroke is taken.
#[derive(Clone, Copy)]
pub struct Text {
    pub value: Signal<String>,
    pub retype: Callback<String>,
    pub fault: Signal<Option<String>>,
}

#[component]
pub fn Line(
    #[prop(into)] id: String,
    #[prop(into)] label: String,
    #[prop(optional)] hint: &'static str,
    text: Text,
    #[prop(optional)] kind: Kind,
    #[prop(optional, into)] placeholder: Signal<String>,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let first = text.value.get_untracked();
    let Text { value, retype, fault } = text;
    let shown = take_over(move || Some(field.get()?.value()), value, move |found| retype.run(found));
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let described = format!("{hint_id} {error_id}");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                id=id.clone()
                name=id
                node_ref=field
                type=if kind == Kind::Secret { "password" } else { "text" }
                class=if matches!(kind, Kind::Code | Kind::Secret) { "code" } else { "" }
                inputmode=(kind == Kind::Number).then_some("numeric")
                dir=if kind == Kind::Text { "auto" } else { "ltr" }
                autocomplete=if kind == Kind::Secret { "new-password" } else { "off" }
                autocapitalize="off"
                spellcheck=(kind == Kind::Text).to_string()
                placeholder=move || placeholder.get()
                value=first
                prop:value=shown
                aria-describedby=described
                aria-invalid=move || fault.with(Option::is_some).to_string()
                on:input:target=move |event| retype.run(event.target().value())
            />
            {(!hint.is_empty()).then(|| view! { <small class="hint" id=hint_id>{hint}</small> })}
            <FieldFault id=error_id words=fault/>
        </div>
    }
}

#[component]
pub fn Area(
    #[prop(into)] id: String,
    #[prop(into)] label: String,
    #[prop(optional)] hint: &'static str,
    text: Text,
    rows: &'static str,
    #[prop(optional)] kind: Kind,
) -> impl IntoView {
    let field = NodeRef::<html::Textarea>::new();
    let Text { value, retype, fault } = text;
    let first = value.get_untracked();
    let shown = take_over(move || Some(field.get()?.value()), value, move |found| retype.run(found));
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let described = format!("{hint_id} {error_id}");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <textarea
                id=id.clone()
                name=id
                node_ref=field
                rows=rows
                class=if kind == Kind::Code { "code" } else { "" }
                dir=if kind == Kind::Code { "ltr" } else { "auto" }
                spellcheck=(kind == Kind::Text).to_string()
                aria-describedby=described
                aria-invalid=move || fault.with(Option::is_some).to_string()
                prop:value=shown
                on:input:target=move |event| retype.run(event.target().value())
            >
                {first}
            </textarea>
            {(!hint.is_empty()).then(|| view! { <small class="hint" id=hint_id>{hint}</small> })}
            <FieldFault id=error_id words=fault/>
        </div>
    }
}
