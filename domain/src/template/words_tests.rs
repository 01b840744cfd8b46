//! Labels, names and texts of templates, as people read them.

use std::collections::BTreeSet;

use super::super::{
    field::{FieldKey, TemplateValues},
    rank::FitReason,
    value_source::{KnownValues, ValueSource},
    *,
};
use crate::customer_name::UNNAMED;

#[test]
fn what_is_known_of_a_template_has_labels() {
    assert_eq!(TemplateCategory::ALL.map(TemplateCategory::label), ["Marketing", "Utility", "Authentication", "Other"]);
    let statuses: BTreeSet<_> = TemplateStatus::ALL.into_iter().map(TemplateStatus::label).collect();
    assert!(statuses.len() > 5 && statuses.iter().all(|label| label.starts_with(char::is_uppercase)), "{statuses:?}");
    let qualities = TemplateQuality::ALL.into_iter().filter_map(TemplateQuality::label);
    assert_eq!(qualities.collect::<Vec<_>>(), ["High quality", "Medium quality", "Low quality"]);
    let priced = TemplateCategory::ALL.into_iter().filter_map(TemplateCategory::priced);
    assert_eq!(priced.count(), TemplateCategory::ALL.len() - 1, "nobody knows what another one costs");
    assert_eq!(FitReason::UsedByYou.words(), "you used it before");
    let collected = ValueSource::Collected("order".to_owned());
    assert_eq!(
        (ValueSource::AgentName.label(), collected.label()),
        ("Agent's name".into(), "Collected by the bot: order".into())
    );
}

#[test]
fn a_button_has_its_text_whatever_it_does() {
    let text = || "Call us".to_owned();
    for button in [
        TemplateButton::QuickReply { text: text() },
        TemplateButton::CopyCode { text: text() },
        TemplateButton::Flow { text: text() },
        TemplateButton::Other { text: text() },
    ] {
        assert_eq!(button.text(), "Call us");
    }
}

#[test]
fn a_customer_who_is_recorded_by_a_number_has_no_name() {
    for (recorded, name) in
        [("Maria Costa", Some("Maria Costa")), ("4915550001", None), ("+49 1555 0001", None), (UNNAMED, None)]
    {
        assert_eq!(KnownValues::name(recorded).as_deref(), name, "{recorded}");
    }
}

#[test]
fn the_texts_of_a_message_are_what_is_written_in_it() {
    let definition = TemplateDefinition {
        header: Some(TemplateHeader::Text { text: "Your order".to_owned() }),
        body: "It is on its way.".to_owned(),
        footer: Some("Acme".to_owned()),
        buttons: vec![TemplateButton::QuickReply { text: "Thanks".to_owned() }],
        ..TemplateDefinition::default()
    };
    let preview = definition.preview(&TemplateValues::default());
    assert_eq!(preview.texts(), ["Your order", "It is on its way.", "Acme", "Thanks"]);
}

#[test]
fn what_was_sent_is_sent_again_if_the_template_still_reads_so() {
    let template = |body: &str| MessageTemplate {
        name: "order_update".to_owned(),
        language: "en_US".to_owned(),
        category: TemplateCategory::Utility,
        status: TemplateStatus::Approved,
        quality: TemplateQuality::Unknown,
        definition: TemplateDefinition { body: body.to_owned(), ..TemplateDefinition::default() },
    };
    let values: TemplateValues = std::iter::once((FieldKey::body("1"), "Ana".to_owned())).collect();
    let sent = template("Hi {{1}}, it is on its way.").fill(&values).expect("filled");
    assert_eq!(template("Hi {{1}}, it is on its way.").values_again(&sent), Some(values));
    assert_eq!(template("Hi {{1}}, it is late.").values_again(&sent), None);
}
