//! Templates of one name exist in several languages at WhatsApp: a customer gets the version in theirs, if it takes the values
//! that were chosen, else the one that was chosen.

use std::mem::discriminant;

use super::KnownTemplate;
use crate::{
    language,
    template::{
        MessageTemplate, TemplateStatus,
        field::{TemplateField, TemplateFieldKind},
    },
};

/// The version for a customer with this language. `versions` are those of the number, by language; the chosen one may be among
/// them.
pub fn version_for<'a>(
    chosen: KnownTemplate<'a>,
    versions: &[KnownTemplate<'a>],
    language: Option<&str>,
) -> KnownTemplate<'a> {
    let Some(wanted) = language.filter(|wanted| !language::same(wanted, &chosen.template.language)) else {
        return chosen;
    };
    let fits = |version: &&KnownTemplate<'_>| {
        language::same(wanted, &version.template.language) && takes_its_place(version.template, chosen.template)
    };
    let fitting: Vec<&KnownTemplate<'a>> = versions.iter().filter(fits).collect();
    // Of several regions the customer's own, else the first.
    let own = fitting.iter().find(|version| plain(&version.template.language) == plain(wanted));
    own.or(fitting.first()).map_or(chosen, |version| **version)
}

/// The languages besides that of the chosen one in which customers get it.
pub fn other_languages<'a>(chosen: KnownTemplate<'a>, versions: &[KnownTemplate<'a>]) -> Vec<&'a str> {
    let sent = versions.iter().map(|version| version.template.language.as_str());
    sent.filter(|language| {
        let version = version_for(chosen, versions, Some(language)).template;
        version.language == **language && version.language != chosen.template.language
    })
    .collect()
}

/// Whether `version` is sent where `chosen` would be: it is approved, is charged as that is, and has the same fields.
fn takes_its_place(version: &MessageTemplate, chosen: &MessageTemplate) -> bool {
    version.name == chosen.name
        && version.status == TemplateStatus::Approved
        && version.category == chosen.category
        && version.definition.unsupported.is_none()
        && has_same_fields(&version.definition.fields(), &chosen.definition.fields())
}

fn has_same_fields(one: &[TemplateField], other: &[TemplateField]) -> bool {
    let takes =
        |field: &TemplateField| one.iter().any(|own| own.key == field.key && is_same_kind(&own.kind, &field.kind));
    one.len() == other.len() && other.iter().all(takes)
}

/// Whether what fills a field of one kind fills the other. The beginning of a link may differ.
fn is_same_kind(one: &TemplateFieldKind, other: &TemplateFieldKind) -> bool {
    let file = |kind: &TemplateFieldKind| match kind {
        TemplateFieldKind::File(file) | TemplateFieldKind::FileLink(file) => Some(*file),
        TemplateFieldKind::Text
        | TemplateFieldKind::UrlEnd { .. }
        | TemplateFieldKind::CouponCode
        | TemplateFieldKind::Latitude
        | TemplateFieldKind::Longitude => None,
    };
    discriminant(one) == discriminant(other) && file(one) == file(other)
}

/// A tag as WhatsApp and others write it: `pt_BR`, `pt-br`.
fn plain(tag: &str) -> String {
    tag.replace('-', "_").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::{PlaceholderStyle, TemplateCategory, TemplateDefinition, TemplateQuality};

    fn template(language: &str, body: &str) -> MessageTemplate {
        MessageTemplate {
            name: "case_closed".to_owned(),
            language: language.to_owned(),
            category: TemplateCategory::Utility,
            status: TemplateStatus::Approved,
            quality: TemplateQuality::Unknown,
            definition: TemplateDefinition {
                body: body.to_owned(),
                placeholders: PlaceholderStyle::Named,
                ..TemplateDefinition::default()
            },
        }
    }

    fn english() -> MessageTemplate {
        template("en_US", "Hi {{first_name}}, order {{order}} is closed.")
    }

    fn known(template: &MessageTemplate) -> KnownTemplate<'_> {
        KnownTemplate { template, revision: 1 }
    }

    /// The language of what a customer with this one gets, if the chosen one is English.
    fn sent(versions: &[MessageTemplate], language: Option<&str>) -> String {
        let chosen = english();
        let versions: Vec<KnownTemplate<'_>> = versions.iter().map(known).collect();
        version_for(known(&chosen), &versions, language).template.language.clone()
    }

    #[test]
    fn a_customer_gets_the_version_in_their_language() {
        let german = template("de", "{{order}} ist erledigt, {{first_name}}.");
        let versions = [german, english()];
        for (language, expected) in
            [(Some("de"), "de"), (Some("de-AT"), "de"), (Some("en"), "en_US"), (Some("fr"), "en_US"), (None, "en_US")]
        {
            assert_eq!(sent(&versions, language), expected, "{language:?}");
        }
    }

    #[test]
    fn of_several_regions_the_customers_own_is_sent_or_the_first() {
        let words = "{{first_name}}: {{order}}";
        let versions = [template("pt_BR", words), template("pt_PT", words)];
        for (language, expected) in [("pt", "pt_BR"), ("pt-PT", "pt_PT"), ("pt_br", "pt_BR"), ("pt_AO", "pt_BR")] {
            assert_eq!(sent(&versions, Some(language)), expected, "{language}");
        }
        // Another region of the chosen one's language is no other language.
        assert_eq!(sent(&[template("en_GB", words)], Some("en_GB")), "en_US");
    }

    #[test]
    fn a_version_that_does_not_fit_leaves_the_chosen_one() {
        let german = || template("de", "{{first_name}}: {{order}}");
        let mut photo = german();
        photo.definition.header =
            Some(crate::template::TemplateHeader::File { file: crate::message::file::FileKind::Image });
        let mut strange = german();
        strange.definition.unsupported = Some("CALL_PERMISSION_REQUEST".to_owned());
        for (what, version) in [
            ("another name", MessageTemplate { name: "case_opened".to_owned(), ..german() }),
            ("not approved", MessageTemplate { status: TemplateStatus::Paused, ..german() }),
            ("charged differently", MessageTemplate { category: TemplateCategory::Marketing, ..german() }),
            ("a field less", template("de", "Hallo {{first_name}}.")),
            ("a field more", template("de", "{{first_name}}, {{order}}, {{date}}")),
            ("another field", template("de", "{{first_name}}, {{date}}")),
            ("a file", photo),
            ("what we cannot send", strange),
        ] {
            assert_eq!(sent(&[version], Some("de")), "en_US", "{what}");
        }
        assert_eq!(sent(&[german()], Some("de")), "de");
    }

    #[test]
    fn a_file_of_another_kind_is_another_field() {
        let with = |language: &str, file| {
            let mut it = template(language, "Done.");
            it.definition.header = Some(crate::template::TemplateHeader::File { file });
            it
        };
        use crate::message::file::FileKind;
        let chosen = with("en_US", FileKind::Image);
        for (file, expected) in [(FileKind::Image, "de"), (FileKind::Video, "en_US")] {
            let german = with("de", file);
            let version = version_for(known(&chosen), &[known(&german)], Some("de"));
            assert_eq!(version.template.language, expected, "{file:?}");
        }
    }

    #[test]
    fn the_languages_that_are_sent_are_named() {
        let words = "{{first_name}}: {{order}}";
        let (chosen, german, other) = (english(), template("de", words), template("es", "Listo."));
        let (brazil, portugal) = (template("pt_BR", words), template("pt_PT", words));
        let british = template("en_GB", words);
        let versions = [&german, &british, &chosen, &other, &brazil, &portugal].map(known);
        assert_eq!(other_languages(known(&chosen), &versions), ["de", "pt_BR", "pt_PT"]);
    }
}
