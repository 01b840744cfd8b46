//! What is chosen in the form.

use std::collections::BTreeSet;

use crate::{
    contract::window_templates::{NumberTemplates, OfferedTemplate, WindowTemplateChoice},
    domain::{
        ids::{ChannelId, TemplateId},
        settings::{TenantSettings, TextName},
        template::{TemplateCategory, field::FieldKey, value_source::ValueSource},
        window::closed::{FieldValue, KnownTemplate, WindowTemplate, version::other_languages},
    },
    ui::kit::{SelectOption, language_name},
};

/// `None`: nothing is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed(pub Option<WindowTemplateChoice>);

impl Typed {
    pub fn of(settings: &TenantSettings, text: TextName, channel: &ChannelId) -> Self {
        let chosen = settings.window_templates.of(text, channel);
        Self(chosen.cloned().map(|WindowTemplate { template, revision, values, .. }| WindowTemplateChoice {
            template,
            revision,
            values,
        }))
    }

    pub fn template(&self, text: TextName, channel: &ChannelId) -> Option<WindowTemplate> {
        let WindowTemplateChoice { template, revision, values } = self.0.clone()?;
        Some(WindowTemplate { text, channel: channel.clone(), template, revision, values })
    }
}

/// A template with what its fields' names tell about their values. Those of the one that was chosen before stay where
/// the fields have the same keys.
pub fn choice(
    offered: &OfferedTemplate,
    before: Option<&WindowTemplateChoice>,
    text: TextName,
    collected: &BTreeSet<String>,
) -> WindowTemplateChoice {
    let sources = offered.template.definition.sources();
    let suggested = |key: &FieldKey| {
        let source = sources.get(key).cloned().filter(|source| match source {
            ValueSource::Collected(name) => collected.contains(name),
            ValueSource::AgentName => text.has_agent(),
            ValueSource::CustomerFirstName
            | ValueSource::CustomerName
            | ValueSource::TenantName
            | ValueSource::Number => true,
        });
        FieldValue { source, text: String::new() }
    };
    let same = before.filter(|before| before.template == offered.id);
    let value = |key: &FieldKey| same.and_then(|same| same.values.get(key)).cloned();
    let fields = offered.template.definition.fields();
    let values = fields.into_iter().map(|field| {
        let value = value(&field.key).unwrap_or_else(|| suggested(&field.key));
        (field.key, value)
    });
    WindowTemplateChoice { template: offered.id.clone(), revision: offered.revision, values: values.collect() }
}

/// The offered template of this id.
pub fn offered<'a>(number: &'a NumberTemplates, id: &TemplateId) -> Option<&'a OfferedTemplate> {
    number.templates.iter().find(|offered| offered.id == *id)
}

pub fn known(offered: &OfferedTemplate) -> KnownTemplate<'_> {
    KnownTemplate { template: &offered.template, revision: offered.revision }
}

/// In which languages customers get it.
pub fn languages(chosen: &OfferedTemplate, number: &NumberTemplates) -> String {
    let versions: Vec<KnownTemplate<'_>> = number.templates.iter().map(known).collect();
    let others: Vec<String> = other_languages(known(chosen), &versions).into_iter().map(language_name).collect();
    let own = language_name(&chosen.template.language);
    match others.as_slice() {
        [] => format!("Everyone gets it in {own}: WhatsApp has approved it with the same fields in no other language."),
        others => format!(
            "Customers who write {} get it in that language, which WhatsApp has approved with the same fields. Everyone \
             else gets it in {own}.",
            or(others)
        ),
    }
}

/// `German, Portuguese (pt_BR) or Spanish`.
fn or(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// What can be chosen: those that can be sent, utility first, and the one that is chosen whatever became of it.
pub fn template_options(number: &NumberTemplates, chosen: Option<&TemplateId>) -> Vec<SelectOption> {
    let is_sendable = |offered: &&OfferedTemplate| {
        let template = &offered.template;
        template.status.refusal().is_none()
            && template.definition.unsupported.is_none()
            && template.category != TemplateCategory::Authentication
    };
    let mut found: Vec<&OfferedTemplate> =
        number.templates.iter().filter(|offered| is_sendable(offered) || chosen == Some(&offered.id)).collect();
    found.sort_by_key(|offered| offered.template.category != TemplateCategory::Utility);
    let mut options = vec![(String::new(), "Send nothing".to_owned())];
    options.extend(found.into_iter().map(|offered| {
        let template = &offered.template;
        let label = format!("{} · {} · {}", template.name, template.language, template.category.label());
        (offered.id.to_string(), label)
    }));
    if let Some(gone) = chosen.filter(|id| offered(number, id).is_none()) {
        options.push((gone.to_string(), "A template that no longer exists".to_owned()));
    }
    options
}

/// The option of a text that is typed.
const TYPED: &str = "";

/// Where a value may come from.
pub fn source_options(text: TextName, collected: &BTreeSet<String>, chosen: Option<&ValueSource>) -> Vec<SelectOption> {
    let mut sources = vec![ValueSource::CustomerFirstName, ValueSource::CustomerName];
    if text.has_agent() {
        sources.push(ValueSource::AgentName);
    }
    sources.extend([ValueSource::TenantName, ValueSource::Number]);
    sources.extend(collected.iter().cloned().map(ValueSource::Collected));
    if let Some(chosen) = chosen.filter(|chosen| !sources.contains(chosen)) {
        sources.push(chosen.clone());
    }
    let of_source = |source: ValueSource| (source_key(Some(&source)), source.label());
    let typed = (TYPED.to_owned(), "A text you enter".to_owned());
    std::iter::once(typed).chain(sources.into_iter().map(of_source)).collect()
}

/// The value of an option.
pub fn source_key(source: Option<&ValueSource>) -> String {
    match source {
        None => TYPED.to_owned(),
        Some(ValueSource::CustomerFirstName) => "customer_first_name".to_owned(),
        Some(ValueSource::CustomerName) => "customer_name".to_owned(),
        Some(ValueSource::AgentName) => "agent_name".to_owned(),
        Some(ValueSource::TenantName) => "tenant_name".to_owned(),
        Some(ValueSource::Number) => "number".to_owned(),
        Some(ValueSource::Collected(name)) => format!("collected.{name}"),
    }
}

/// The source of an option; `None` is a text.
pub fn source_of(key: &str) -> Option<ValueSource> {
    let source = match key {
        "customer_first_name" => ValueSource::CustomerFirstName,
        "customer_name" => ValueSource::CustomerName,
        "agent_name" => ValueSource::AgentName,
        "tenant_name" => ValueSource::TenantName,
        "number" => ValueSource::Number,
        other => ValueSource::Collected(other.strip_prefix("collected.")?.to_owned()),
    };
    Some(source)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::template::{
        MessageTemplate, PlaceholderStyle, TemplateDefinition, TemplateQuality, TemplateStatus,
    };

    fn template(id: &str, category: TemplateCategory, status: TemplateStatus) -> OfferedTemplate {
        let definition = TemplateDefinition {
            body: "Hi {{name}}, order {{order}} by {{agent}}.".to_owned(),
            placeholders: PlaceholderStyle::Named,
            ..TemplateDefinition::default()
        };
        let (name, language) = (id.to_owned(), "de".to_owned());
        let template =
            MessageTemplate { name, language, category, status, quality: TemplateQuality::Unknown, definition };
        OfferedTemplate { id: id.into(), revision: 1, template }
    }

    #[test]
    fn every_source_has_its_option() {
        let collected: BTreeSet<String> = ["order".to_owned()].into();
        for (key, _) in source_options(TextName::Closing, &collected, None) {
            assert_eq!(source_key(source_of(&key).as_ref()), key);
        }
        let keys = |text| source_options(text, &collected, None).into_iter().map(|(key, _)| key).collect::<Vec<_>>();
        assert!(keys(TextName::Closing).contains(&"agent_name".to_owned()));
        assert!(!keys(TextName::NoticeOnline).contains(&"agent_name".to_owned()));
        let gone = ValueSource::Collected("gone".to_owned());
        let kept = source_options(TextName::Closing, &collected, Some(&gone));
        assert_eq!(kept.last().map(|(key, _)| key.as_str()), Some("collected.gone"));
    }

    #[test]
    fn what_cannot_be_sent_is_offered_only_while_it_is_chosen() {
        use TemplateCategory::{Authentication, Marketing, Utility};
        let number = NumberTemplates {
            channel: "chn_1".into(),
            name: String::new(),
            display_phone: String::new(),
            templates: vec![
                template("sale", Marketing, TemplateStatus::Approved),
                template("code", Authentication, TemplateStatus::Approved),
                template("paused", Utility, TemplateStatus::Paused),
                template("order", Utility, TemplateStatus::Approved),
            ],
            fault: None,
        };
        let keys = |chosen: Option<&str>| {
            let chosen = chosen.map(TemplateId::from);
            template_options(&number, chosen.as_ref()).into_iter().map(|(key, _)| key).collect::<Vec<_>>()
        };
        assert_eq!(keys(None), ["", "order", "sale"]);
        assert_eq!(keys(Some("paused")), ["", "paused", "order", "sale"]);
        assert_eq!(keys(Some("gone")), ["", "order", "sale", "gone"]);
    }

    #[test]
    fn the_languages_that_customers_get_are_named() {
        let version = |language: &str| {
            let mut offered = template("order", TemplateCategory::Utility, TemplateStatus::Approved);
            offered.template.language = language.to_owned();
            offered
        };
        let said = |others: &[&str]| {
            let number = NumberTemplates {
                channel: "chn_1".into(),
                name: String::new(),
                display_phone: String::new(),
                templates: others.iter().map(|language| version(language)).collect(),
                fault: None,
            };
            languages(&version("en_US"), &number)
        };
        assert!(said(&["en_US"]).starts_with("Everyone gets it in English (en_US)"));
        assert!(said(&["de", "en_US"]).starts_with("Customers who write German get it"));
        assert!(said(&["de", "en_US", "es", "pt_BR"]).contains("write German, Spanish or Portuguese (pt_BR) get it"));
    }

    #[test]
    fn values_are_suggested_and_stay_when_the_template_changes() {
        let offered = template("order", TemplateCategory::Utility, TemplateStatus::Approved);
        let collected: BTreeSet<String> = ["order".to_owned()].into();
        let chosen = choice(&offered, None, TextName::NoticeOnline, &collected);
        let source = |chosen: &WindowTemplateChoice, place: &str| chosen.values[&FieldKey::body(place)].source.clone();
        assert_eq!(source(&chosen, "name"), Some(ValueSource::CustomerName));
        assert_eq!(source(&chosen, "order"), Some(ValueSource::Collected("order".to_owned())));
        assert_eq!(source(&chosen, "agent"), None);
        let mut typed = chosen;
        let ours = FieldValue { source: None, text: "Ana".to_owned() };
        typed.values.insert(FieldKey::body("agent"), ours.clone());
        let changed = OfferedTemplate { revision: 2, ..offered };
        let again = choice(&changed, Some(&typed), TextName::NoticeOnline, &collected);
        assert_eq!((again.revision, &again.values[&FieldKey::body("agent")]), (2, &ours));
    }
}
