//! A template that was changed at WhatsApp while it was filled in: what was typed stays, and what is new is said.

use leptos::prelude::*;

use super::{
    TemplateSender,
    panel::{PANEL, fill_gaps},
};
use crate::{
    contract::templates::ListedTemplate,
    domain::template::{TemplateDefinition, field::TemplateField},
    ui::browser,
};

/// Follows the templates that were read again in the form.
pub fn follow(sender: TemplateSender, templates: &[ListedTemplate]) {
    let Some(before) = sender.chosen.get_untracked() else { return };
    let Some(now) = templates.iter().find(|listed| listed.id == before.id) else {
        sender.leave_form();
        let name = &before.template.name;
        sender.news.set(Some(format!("“{name}” isn't there any more. Choose another template.")));
        return;
    };
    if now.revision != before.revision {
        sender.values.update(|values| fill_gaps(values, &now.prefilled));
        // It says why the send was refused, in other words.
        sender.sending.error.set(None);
        sender.news.set(Some(change_words(&before.template.definition, &now.template.definition)));
        // The fields are drawn anew.
        sender.takes_focus.set_value(browser::focus_is_within(PANEL));
    }
    if *now != before {
        sender.chosen.set(Some(now.clone()));
    }
}

/// What is different, in words.
fn change_words(before: &TemplateDefinition, now: &TemplateDefinition) -> String {
    let (old, new) = (before.fields(), now.fields());
    let missing_in = |fields: &[TemplateField], others: &[TemplateField]| {
        let alone = fields.iter().filter(|field| others.iter().all(|other| other.key != field.key));
        alone.map(|field| format!("“{}”", field.label)).collect::<Vec<_>>().join(", ")
    };
    let (added, removed) = (missing_in(&new, &old), missing_in(&old, &new));
    let what = match (added.as_str(), removed.as_str()) {
        ("", "") => "Its text is different: read the preview.".to_owned(),
        (added, "") => format!("New: {added}."),
        ("", removed) => format!("No longer part of it: {removed}."),
        (added, removed) => format!("New: {added}. No longer part of it: {removed}."),
    };
    format!("This template was changed at WhatsApp. {what} What you typed is kept.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(body: &str) -> TemplateDefinition {
        TemplateDefinition { body: body.to_owned(), ..TemplateDefinition::default() }
    }

    #[test]
    fn a_changed_template_says_what_is_new() {
        let order = reads("Order {{1}} is on its way.");
        let words = |now| change_words(&order, &reads(now));
        let whole = |what: &str| format!("This template was changed at WhatsApp. {what} What you typed is kept.");
        assert_eq!(words("Order {{1}} comes."), whole("Its text is different: read the preview."));
        assert_eq!(words("Order {{1}} comes on {{2}}."), whole("New: “Text 2”."));
        assert_eq!(words("Your order comes."), whole("No longer part of it: “Text 1”."));
        assert_eq!(words("It comes on {{2}}."), whole("New: “Text 2”. No longer part of it: “Text 1”."));
    }
}
