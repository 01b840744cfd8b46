//! A field of the form: what WhatsApp needs for one placeholder, with what is wrong with it.

use leptos::prelude::*;

use super::{TemplateSender, file_field::FileField};
use crate::{
    domain::template::{
        field::{FieldKey, TemplateField, TemplateFieldKind, TemplateValues},
        fill::FieldFault,
    },
    ui::kit::{FieldKind, TextBinding, TextField},
};

/// The element's id of a field.
pub fn field_id(key: &FieldKey) -> String {
    format!("template-{}", key.as_str().replace('.', "-"))
}

/// What was typed, with the blanks around it: a field that is written back without them would eat a space.
fn typed(values: &TemplateValues, key: &FieldKey) -> String {
    values.iter().find(|(known, _)| *known == key).map(|(_, value)| value.to_owned()).unwrap_or_default()
}

/// The field, its value and its error. `is_tried`: *Send* was pressed, so an empty field is wrong.
#[component]
pub fn ValueField(
    sender: TemplateSender,
    field: TemplateField,
    faults: Memo<Vec<FieldFault>>,
    is_tried: RwSignal<bool>,
) -> impl IntoView {
    let TemplateField { key, kind, label, example, limit } = field;
    let id = field_id(&key);
    let key = StoredValue::new(key);
    let value = Signal::derive(move || key.with_value(|key| sender.values.with(|values| typed(values, key))));
    let error = Signal::derive(move || {
        if !is_tried.get() && value.with(|value| value.trim().is_empty()) {
            return None;
        }
        let fault_of_it = |faults: &Vec<FieldFault>| {
            let fault = key.with_value(|key| faults.iter().find(|fault| fault.key == *key).cloned());
            fault.map(|fault| fault.detail)
        };
        faults.with(fault_of_it)
    });
    let edit = Callback::new(move |now: String| sender.edit(key.get_value(), now));
    let text = TextBinding { value, edit, error: Some(error) };
    let hint = hint_words(&kind, example.as_deref());
    match kind {
        TemplateFieldKind::File(file) => match sender.place.files() {
            Some(files) => view! { <FileField files id label hint kind=file text limit/> }.into_any(),
            // Nothing can be attached to a conversation that has not begun.
            None => {
                let label = format!("{label}: web address");
                view! { <TextField id label hint=Signal::stored(hint) text kind=FieldKind::Identifier limit/> }
                    .into_any()
            }
        },
        TemplateFieldKind::Text => view! { <TextField id label hint=Signal::stored(hint) text limit/> }.into_any(),
        TemplateFieldKind::FileLink(_)
        | TemplateFieldKind::Latitude
        | TemplateFieldKind::Longitude
        | TemplateFieldKind::UrlEnd { .. } => {
            view! { <TextField id label hint=Signal::stored(hint) text kind=FieldKind::Identifier limit/> }.into_any()
        }
        TemplateFieldKind::CouponCode => {
            view! { <TextField id label hint=Signal::stored(hint) text kind=FieldKind::Code limit/> }.into_any()
        }
    }
}

/// What helps to fill it in.
fn hint_words(kind: &TemplateFieldKind, example: Option<&str>) -> String {
    let what = match kind {
        TemplateFieldKind::UrlEnd { base } => Some(format!("Added to {base}")),
        TemplateFieldKind::FileLink(_) => Some("A web address that begins with https://".to_owned()),
        TemplateFieldKind::Text
        | TemplateFieldKind::File(_)
        | TemplateFieldKind::Latitude
        | TemplateFieldKind::Longitude
        | TemplateFieldKind::CouponCode => None,
    };
    let example = example.filter(|example| !example.trim().is_empty()).map(|example| format!("For example: {example}"));
    what.into_iter().chain(example).collect::<Vec<_>>().join(". ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_at_the_end_is_not_lost_while_typing() {
        let key = FieldKey::body("1");
        let mut values = TemplateValues::default();
        assert_eq!(typed(&values, &key), "");
        values.set(key.clone(), "Rosa ");
        assert_eq!(typed(&values, &key), "Rosa ");
    }

    #[test]
    fn a_field_says_what_its_value_is_added_to() {
        let end = TemplateFieldKind::UrlEnd { base: "https://acme.test/".to_owned() };
        assert_eq!(hint_words(&end, Some("4711")), "Added to https://acme.test/. For example: 4711");
        assert_eq!(hint_words(&TemplateFieldKind::Text, Some(" ")), "");
    }
}
