//! The fields of the chosen template: where the value of each comes from, and the text that is sent if it is not known.

use std::collections::BTreeSet;

use leptos::prelude::*;

use super::typed::{Typed, source_key, source_of, source_options};
use crate::{
    domain::{
        settings::TextName,
        template::field::{FieldKey, TemplateField, TemplateFieldKind},
        window::closed::{FieldValue, takes_source},
    },
    ui::kit::{EditState, FieldKind, SelectField, TextBinding, TextField},
};

/// Applies a change to the value of a field.
fn change(form: EditState<Typed>, key: &FieldKey, change: impl FnOnce(&mut FieldValue)) {
    form.edit(|typed| {
        if let Some(chosen) = &mut typed.0 {
            change(chosen.values.entry(key.clone()).or_default());
        }
    });
}

fn value_of(typed: &Typed, key: &FieldKey) -> FieldValue {
    typed.0.as_ref().and_then(|chosen| chosen.values.get(key)).cloned().unwrap_or_default()
}

/// `prefix` begins the ids of its elements.
#[component]
pub fn ValueFields(
    form: EditState<Typed>,
    field: TemplateField,
    text: TextName,
    collected: BTreeSet<String>,
    prefix: String,
) -> impl IntoView {
    let TemplateField { key, kind, label, example, limit } = field;
    let id = format!("{prefix}-{}", key.as_str().replace('.', "-"));
    let key = StoredValue::new(key);
    let value = Memo::new(move |_| key.with_value(|key| form.typed.with(|typed| value_of(typed, key))));
    let has_source = takes_source(&kind);
    let typed = TextBinding {
        value: Signal::derive(move || value.with(|value| value.text.clone())),
        edit: Callback::new(move |now: String| key.with_value(|key| change(form, key, |value| value.text = now))),
        error: None,
    };
    let hint = hint(&kind, example.as_deref());
    let input = match kind {
        TemplateFieldKind::Text => FieldKind::Text,
        TemplateFieldKind::CouponCode => FieldKind::Code,
        TemplateFieldKind::File(_)
        | TemplateFieldKind::FileLink(_)
        | TemplateFieldKind::Latitude
        | TemplateFieldKind::Longitude
        | TemplateFieldKind::UrlEnd { .. } => FieldKind::Identifier,
    };
    if !has_source {
        return view! { <TextField id label hint=Signal::stored(hint) text=typed kind=input limit/> }.into_any();
    }
    let options = Signal::derive(move || value.with(|value| source_options(text, &collected, value.source.as_ref())));
    let chosen = Signal::derive(move || value.with(|value| source_key(value.source.as_ref())));
    let choose = Callback::new(move |now: String| {
        key.with_value(|key| change(form, key, |value| value.source = source_of(&now)));
    });
    let is_fixed = Memo::new(move |_| value.with(|value| value.source.is_none()));
    let (text_id, text_label) = (StoredValue::new(format!("{id}-text")), StoredValue::new(label.clone()));
    let hint = StoredValue::new(hint);
    view! {
        <div class="pair">
            <SelectField id label options value=chosen choose/>
            {move || {
                let label = match is_fixed.get() {
                    true => format!("{}: text", text_label.get_value()),
                    false => format!("{}: text if it isn't known", text_label.get_value()),
                };
                let hint = Signal::stored(hint.get_value());
                view! { <TextField id=text_id.get_value() label hint text=typed kind=input limit/> }
            }}
        </div>
    }
    .into_any()
}

fn hint(kind: &TemplateFieldKind, example: Option<&str>) -> String {
    let what = match kind {
        TemplateFieldKind::UrlEnd { base } => Some(format!("Added to {base}")),
        TemplateFieldKind::File(_) | TemplateFieldKind::FileLink(_) => {
            Some("A web address that begins with https://".to_owned())
        }
        TemplateFieldKind::Text
        | TemplateFieldKind::Latitude
        | TemplateFieldKind::Longitude
        | TemplateFieldKind::CouponCode => None,
    };
    let example = example.filter(|example| !example.trim().is_empty()).map(|example| format!("For example: {example}"));
    what.into_iter().chain(example).collect::<Vec<_>>().join(". ")
}
