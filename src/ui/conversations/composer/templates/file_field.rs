//! The file at the top of a template: one that is attached here, or a web address.

use leptos::prelude::*;

use super::TemplateSender;
use crate::{
    domain::{ids::MediaId, message::outgoing::FileKind, upload::WaitingFile},
    ui::{
        components::icon::Icon,
        conversations::composer::files::{AttachButton, AttachedFiles},
        kit::{FieldError, FieldKind, TextBinding, TextField},
    },
};

#[component]
pub fn FileField(
    sender: TemplateSender,
    id: String,
    label: String,
    hint: String,
    kind: FileKind,
    text: TextBinding,
    limit: usize,
) -> impl IntoView {
    let files = sender.open.files;
    files.are_for_template.set(true);
    on_cleanup(move || {
        // The pane may be gone.
        let _left = files.are_for_template.try_set(false);
    });
    let waiting = Memo::new(move |_| files.waiting(kind));
    Effect::new(move |before: Option<Vec<MediaId>>| {
        let now: Vec<MediaId> = waiting.with(|waiting| waiting.iter().map(|file| file.id.clone()).collect());
        let value = text.value.get_untracked();
        if let Some(next) = next_value(&value, before.as_deref().unwrap_or_default(), &now) {
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
                <span>"Attach one, paste its address, or both: the file goes first."</span>
            </div>
        </div>
    }
}

/// What the field holds after the attached files have changed: the newest new file, unless an address was typed; nothing if
/// the chosen file is gone. `None` if it stays.
fn next_value(value: &str, before: &[MediaId], now: &[MediaId]) -> Option<String> {
    let value = value.trim();
    if value.contains("://") {
        return None;
    }
    let newest = now.iter().rev().find(|id| !before.contains(id));
    if let Some(newest) = newest.filter(|newest| newest.as_str() != value) {
        let is_chosen = now.iter().any(|id| id.as_str() == value);
        // Of those that were there already, the first choice stays.
        return (!before.is_empty() || !is_chosen).then(|| newest.as_str().to_owned());
    }
    before.iter().any(|id| id.as_str() == value && !now.contains(id)).then(String::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_is_chosen_and_a_removed_one_is_not() {
        let (one, two) = (MediaId::from("med_1"), MediaId::from("med_2"));
        let both = [one.clone(), two.clone()];
        let first = std::slice::from_ref(&one);
        assert_eq!(next_value("", &[], first), Some("med_1".to_owned()));
        assert_eq!(next_value("med_1", first, &both), Some("med_2".to_owned()));
        // After a reload the choice stays.
        assert_eq!(next_value("med_1", &[], &both), None);
        assert_eq!(next_value("med_2", &both, first), Some(String::new()));
        assert_eq!(next_value("https://acme.test/a.png", first, &both), None);
    }
}
