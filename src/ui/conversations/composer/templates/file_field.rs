//! The file at the top of a template: one that is attached here, or a web address.

use leptos::prelude::*;

use crate::{
    domain::{ids::MediaId, message::outgoing::FileKind, upload::WaitingFile},
    ui::{
        components::icon::Icon,
        conversations::composer::files::{AttachButton, AttachedFiles, Attachments},
        kit::{FieldError, FieldKind, TextBinding, TextField},
    },
};

#[component]
pub fn FileField(
    files: Attachments,
    id: String,
    label: String,
    hint: String,
    kind: FileKind,
    text: TextBinding,
    limit: usize,
) -> impl IntoView {
    files.are_for_template.set(true);
    on_cleanup(move || {
        // The pane may be gone.
        let _left = files.are_for_template.try_set(false);
    });
    let waiting = Memo::new(move |_| files.waiting(kind));
    Effect::new(move |before: Option<Vec<MediaId>>| {
        let now: Vec<MediaId> = waiting.with(|waiting| waiting.iter().map(|file| file.id.clone()).collect());
        let value = text.value.get_untracked();
        if let Some(next) = next_value(&value, before.as_deref(), &now) {
            text.edit.run(next);
        }
        now
    });
    // The attached file that is sent.
    let attached = Memo::new(move |_| {
        let value = text.value.get();
        waiting.with(|waiting| waiting.iter().find(|file| file.id.as_str() == value.trim()).cloned())
    });
    let (field_id, error) = (id, text.error);
    let content = move || match attached.get() {
        Some(WaitingFile { name, .. }) => view! {
            <p class="chosen-file" id=field_id.clone() tabindex="-1">
                <Icon name="check"/>
                <span>"Sends " <b dir="auto">{name}</b></span>
            </p>
            {error.map(|error| view! { <FieldError text=error/> })}
        }
        .into_any(),
        None => {
            let label = format!("{label}: web address");
            let (id, hint) = (field_id.clone(), Signal::stored(hint.clone()));
            view! { <TextField id label hint text kind=FieldKind::Identifier limit/> }.into_any()
        }
    };
    view! {
        <div class="template-file">
            {content}
            <AttachedFiles/>
            <div class="attach">
                <AttachButton/>
                <span>"Attach the file, or enter its address above."</span>
            </div>
        </div>
    }
}

/// What the field holds after the attached files have changed: one that was attached, or else one that is there, unless an
/// address was typed; nothing if the chosen file is gone. `None` if it stays. There is no `before` when the form is opened.
fn next_value(value: &str, before: Option<&[MediaId]>, now: &[MediaId]) -> Option<String> {
    let value = value.trim();
    let attached = before.and_then(|before| now.iter().rev().find(|id| !before.contains(id)));
    if let Some(attached) = attached {
        return Some(attached.as_str().to_owned());
    }
    // An id has none of these.
    let is_address = value.contains(['.', ':', '/']);
    let is_here = now.iter().any(|id| id.as_str() == value);
    match now.last() {
        _ if is_address || is_here => None,
        Some(last) => Some(last.as_str().to_owned()),
        None => (!value.is_empty()).then(String::new),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attached_file_is_chosen_and_one_that_is_gone_is_not() {
        let (one, two) = (MediaId::from("med_1"), MediaId::from("med_2"));
        let both = [one.clone(), two];
        let first = std::slice::from_ref(&one);
        let address = "https://acme.test/a.png";
        let (chosen_1, chosen_2) = (Some("med_1".to_owned()), Some("med_2".to_owned()));
        // When the form is opened, what is chosen stays.
        assert_eq!(next_value("", None, first), chosen_1);
        assert_eq!(next_value("med_1", None, &both), None);
        assert_eq!(next_value(address, None, &both), None);
        assert_eq!(next_value("med_3", None, &[]), Some(String::new()));
        // Whoever attaches a file wants to send it.
        assert_eq!(next_value("med_1", Some(first), &both), chosen_2);
        assert_eq!(next_value(address, Some(first), &both), chosen_2);
        assert_eq!(next_value("med_2", Some(&both), first), chosen_1);
        assert_eq!(next_value("med_1", Some(first), &[]), Some(String::new()));
        assert_eq!(next_value("", Some(&[]), &[]), None);
    }
}
