use std::collections::BTreeSet;

use super::*;
use crate::template::{PlaceholderStyle, TemplateButton, TemplateDefinition, TemplateHeader, TemplateQuality};

fn template(body: &str) -> MessageTemplate {
    let definition = TemplateDefinition {
        body: body.to_owned(),
        placeholders: PlaceholderStyle::Named,
        ..TemplateDefinition::default()
    };
    MessageTemplate {
        name: "case_closed".to_owned(),
        language: "en_US".to_owned(),
        category: TemplateCategory::Utility,
        status: TemplateStatus::Approved,
        quality: TemplateQuality::Unknown,
        definition,
    }
}

fn order() -> MessageTemplate {
    template("Hi {{first_name}}, we closed order {{order}}.")
}

fn field(source: Option<ValueSource>, text: &str) -> FieldValue {
    FieldValue { source, text: text.to_owned() }
}

fn collected(name: &str) -> Option<ValueSource> {
    Some(ValueSource::Collected(name.to_owned()))
}

fn chosen(values: &[(&str, FieldValue)]) -> WindowTemplate {
    WindowTemplate {
        text: TextName::Closing,
        channel: "chn_1".into(),
        template: "tpl_1".into(),
        revision: 3,
        values: values.iter().map(|(place, value)| (FieldKey::body(place), value.clone())).collect(),
    }
}

fn for_order() -> WindowTemplate {
    chosen(&[
        ("first_name", field(Some(ValueSource::CustomerFirstName), "there")),
        ("order", field(collected("order_number"), "")),
    ])
}

fn known() -> KnownValues {
    KnownValues {
        customer_name: Some("Rosa Lind".to_owned()),
        collected: [("order_number".to_owned(), " 47\n11 ".to_owned())].into(),
        ..KnownValues::default()
    }
}

fn sent(chosen: &WindowTemplate, template: &MessageTemplate, known: &KnownValues) -> Result<String, Skipped> {
    let to = WindowRecipient { known, phone: Some("4915550001"), user_id: None, has_opted_out: false, language: None };
    let message = chosen.message(Some(KnownTemplate { template, revision: 3 }), &[], &to);
    message.map(|message| message.preview.body)
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn values_are_known_or_else_the_text_that_was_entered() {
    let words = "Hi Rosa, we closed order 47 11.";
    assert_eq!(sent(&for_order(), &order(), &known()).as_deref(), Ok(words));
    let nameless = KnownValues { customer_name: None, ..known() };
    assert_eq!(sent(&for_order(), &order(), &nameless).as_deref(), Ok("Hi there, we closed order 47 11."));
    let blank = KnownValues { customer_name: Some("  ".to_owned()), ..known() };
    assert_eq!(sent(&for_order(), &order(), &blank).as_deref(), Ok("Hi there, we closed order 47 11."));
    let missing = KnownValues { collected: BTreeMap::new(), ..known() };
    assert_eq!(
        sent(&for_order(), &order(), &missing),
        Err(Skipped::TemplateValueMissing { field: "Order".to_owned() })
    );
}

#[test]
fn a_value_that_whatsapp_refuses_is_not_sent() {
    let long = KnownValues { collected: [("order_number".to_owned(), "7".repeat(2_000))].into(), ..known() };
    assert_eq!(sent(&for_order(), &order(), &long), Err(Skipped::TemplateValueInvalid { field: "Order".to_owned() }));
}

#[test]
fn a_customer_reads_it_in_their_language() {
    let german = MessageTemplate { language: "de".to_owned(), ..template("{{first_name}}, {{order}} ist erledigt.") };
    let (known_values, chosen, english) = (known(), for_order(), order());
    let to =
        |language| WindowRecipient { known: &known_values, phone: None, user_id: None, has_opted_out: false, language };
    let versions = [&german, &english].map(|template| KnownTemplate { template, revision: 1 });
    let own = |revision| Some(KnownTemplate { template: &english, revision });
    let sent = |language, revision| {
        let message = chosen.message(own(revision), &versions, &to(language));
        message.map(|message| (message.language, message.preview.body))
    };
    let said = |language: &str, body: &str| Ok((language.to_owned(), body.to_owned()));
    assert_eq!(sent(Some("de"), 3), said("de", "Rosa, 47 11 ist erledigt."));
    assert_eq!(sent(Some("fr"), 3), said("en_US", "Hi Rosa, we closed order 47 11."));
    // The values were chosen for what it was.
    assert_eq!(sent(Some("de"), 4), Err(Skipped::TemplateChanged));
}

#[test]
fn a_version_that_does_not_take_a_value_leaves_the_chosen_one() {
    let long = TemplateDefinition { body: format!("{{{{order}}}} {}", "a".repeat(1_020)), ..order().definition };
    let chosen = chosen(&[("order", field(collected("order_number"), ""))]);
    let english = template("Order {{order}}.");
    let german = MessageTemplate { language: "de".to_owned(), definition: long, ..english.clone() };
    let known_values = known();
    let to = WindowRecipient {
        known: &known_values,
        phone: None,
        user_id: None,
        has_opted_out: false,
        language: Some("de"),
    };
    let version = KnownTemplate { template: &german, revision: 1 };
    let message = chosen.message(Some(KnownTemplate { template: &english, revision: 3 }), &[version], &to);
    assert_eq!(message.map(|message| message.language).as_deref(), Ok("en_US"));
}

#[test]
fn what_changed_at_whatsapp_is_not_sent() {
    let (known_values, chosen) = (known(), for_order());
    let to = WindowRecipient { known: &known_values, phone: None, user_id: None, has_opted_out: false, language: None };
    assert_eq!(chosen.message(None, &[], &to), Err(Skipped::TemplateGone));
    let changed = Some(KnownTemplate { template: &order(), revision: 4 });
    assert_eq!(chosen.message(changed, &[], &to), Err(Skipped::TemplateChanged));
    for status in TemplateStatus::ALL {
        let template = MessageTemplate { status, ..order() };
        let expected = match status {
            TemplateStatus::Approved => None,
            other => Some(Skipped::TemplateNotApproved { status: other }),
        };
        assert_eq!(chosen.trouble(Some(KnownTemplate { template: &template, revision: 3 })), expected);
    }
}

#[test]
fn marketing_is_not_sent_to_whom_it_does_not_reach() {
    let marketing = MessageTemplate { category: TemplateCategory::Marketing, ..order() };
    let (known_values, chosen) = (known(), for_order());
    let to = WindowRecipient {
        known: &known_values,
        phone: Some("4915550001"),
        user_id: None,
        has_opted_out: false,
        language: None,
    };
    let now = |template, to: WindowRecipient<'_>| {
        chosen.message(Some(KnownTemplate { template, revision: 3 }), &[], &to).err()
    };
    assert_eq!(now(&marketing, to), None);
    let out = WindowRecipient { has_opted_out: true, ..to };
    assert_eq!(now(&marketing, out), Some(Skipped::OptedOut));
    let us = WindowRecipient { phone: Some("12125550100"), ..to };
    assert_eq!(now(&marketing, us), Some(Skipped::MarketingToUs));
    // News about an order reach both.
    assert_eq!((now(&order(), out), now(&order(), us)), (None, None));
}

#[test]
fn a_template_without_every_value_is_refused_and_says_which() {
    let known = names(&["order_number"]);
    assert_eq!(for_order().fault(&order(), &known), None);
    let fault = |chosen: &WindowTemplate| chosen.fault(&order(), &known).expect("a fault");
    let empty = chosen(&[("first_name", field(None, "there"))]);
    assert!(fault(&empty).starts_with("“Order” has no value,"), "{}", fault(&empty));
    let unknown = chosen(&[("first_name", field(None, "there")), ("order", field(collected("invoice"), " "))]);
    assert!(fault(&unknown).contains("“Order” needs “invoice”, which no live flow collects."), "{}", fault(&unknown));
    let otherwise = chosen(&[("first_name", field(None, "there")), ("order", field(collected("invoice"), "yours"))]);
    assert_eq!(otherwise.fault(&order(), &known), None);
}

#[test]
fn a_handoff_message_cannot_name_an_agent() {
    let signed = template("{{agent}} will reply.");
    let value = |text: &str| chosen(&[("agent", field(Some(ValueSource::AgentName), text))]);
    let notice = |text| WindowTemplate { text: TextName::NoticeOnline, ..value(text) };
    assert_eq!(value("").fault(&signed, &names(&[])), None);
    let fault = notice("").fault(&signed, &names(&[])).expect("a fault");
    assert!(fault.contains("nobody has the conversation yet"), "{fault}");
    assert_eq!(notice("A colleague").fault(&signed, &names(&[])), None);
    for text in TextName::ALL {
        let chosen = WindowTemplate { text, ..value("A colleague") };
        assert_eq!(chosen.fault(&signed, &names(&[])).is_none(), text.has_template(), "{text:?}");
        assert_eq!(TextName::WITH_TEMPLATE.contains(&text), text.has_template(), "{text:?}");
    }
}

#[test]
fn a_template_that_cannot_be_sent_cannot_be_chosen() {
    let fault = |template: &MessageTemplate| for_order().fault(template, &names(&["order_number"]));
    let paused = MessageTemplate { status: TemplateStatus::Paused, ..order() };
    assert!(fault(&paused).expect("a fault").contains("paused this template"));
    let codes = MessageTemplate { category: TemplateCategory::Authentication, ..order() };
    assert!(fault(&codes).is_some());
    let mut strange = order();
    strange.definition.unsupported = Some("CALL_PERMISSION_REQUEST".to_owned());
    assert!(fault(&strange).expect("a fault").contains("call permission request"));
}

#[test]
fn a_file_is_the_same_for_everybody_and_has_a_web_address() {
    let mut photo = template("Closed.");
    photo.definition.header = Some(TemplateHeader::File { file: crate::message::file::FileKind::Image });
    let with = |value: FieldValue| WindowTemplate { values: [(FieldKey::header_file(), value)].into(), ..chosen(&[]) };
    let fault = |value| with(value).fault(&photo, &names(&["photo"]));
    assert!(fault(field(collected("photo"), "")).expect("a fault").contains("web address of the photo"));
    assert!(fault(field(None, "med_1")).expect("a fault").contains("begins with https://"));
    assert_eq!(fault(field(None, "https://acme.test/a.png")), None);
    // What the bot collected is never taken for a file.
    let typed = with(field(collected("photo"), "https://acme.test/a.png"));
    let known = KnownValues { collected: [("photo".to_owned(), "med_1".to_owned())].into(), ..KnownValues::default() };
    let field = &photo.definition.fields()[0];
    assert_eq!(typed.value(field, &known), "https://acme.test/a.png");
}

#[test]
fn values_are_checked_with_samples() {
    let mut linked = template("Closed.");
    let url = "https://acme.test/{{1}}".to_owned();
    linked.definition.buttons = vec![TemplateButton::Url { text: "Open".to_owned(), url }];
    let with = |value| WindowTemplate { values: [(FieldKey::button(0), value)].into(), ..chosen(&[]) };
    let fault = |value| with(value).fault(&linked, &names(&["order"]));
    assert_eq!(fault(field(collected("order"), "")), None);
    assert!(fault(field(None, "a b")).expect("a fault").contains("can't have spaces"));
}

#[test]
fn each_text_of_a_number_has_one_template() {
    let mut all = WindowTemplates::default();
    let (here, there): (ChannelId, ChannelId) = ("chn_1".into(), "chn_2".into());
    all.set(for_order());
    all.set(WindowTemplate { revision: 4, ..for_order() });
    all.set(WindowTemplate { text: TextName::Reminder, channel: there.clone(), ..for_order() });
    assert_eq!(all.of(TextName::Closing, &here).map(|one| one.revision), Some(4));
    assert_eq!(all.reach(&here), WindowReach { reminder: false, closing: true });
    assert_eq!(all.reach(&there), WindowReach { reminder: true, closing: false });
    all.remove(TextName::Closing, &here);
    assert_eq!(all.reach(&here), WindowReach::default());
    assert!(!all.is_empty());
}

#[test]
fn settings_keep_their_form() {
    let json = r#"[{"text":"closing","channel":"chn_1","template":"tpl_1","revision":3,"values":{"body.first_name":{"source":"customer_first_name","text":"there"},"body.order":{"source":{"collected":"order_number"}}}}]"#;
    let mut all = WindowTemplates::default();
    all.set(for_order());
    assert_eq!(serde_json::to_string(&all).expect("JSON"), json);
    assert_eq!(serde_json::from_str::<WindowTemplates>(json).expect("settings"), all);
}

#[test]
fn a_template_is_removed_for_its_text_and_number_alone() {
    let one = |text, channel: &str| WindowTemplate { text, channel: channel.into(), ..for_order() };
    let mut chosen = WindowTemplates::default();
    for (text, channel) in [(TextName::Reminder, "chn_1"), (TextName::Closing, "chn_1"), (TextName::Reminder, "chn_2")]
    {
        chosen.set(one(text, channel));
    }
    chosen.remove(TextName::Reminder, &"chn_1".into());
    let has = |text, channel: &str| chosen.of(text, &channel.into()).is_some();
    assert!(!has(TextName::Reminder, "chn_1"));
    assert!(has(TextName::Closing, "chn_1") && has(TextName::Reminder, "chn_2"));
}

#[test]
fn each_change_at_whatsapp_alone_stops_a_template() {
    let trouble = |change: fn(&mut MessageTemplate), revision: i64| {
        let mut template = order();
        change(&mut template);
        for_order().trouble(Some(KnownTemplate { template: &template, revision }))
    };
    assert_eq!(trouble(|_| (), 3), None);
    assert_eq!(trouble(|_| (), 4), Some(Skipped::TemplateChanged));
    let as_a_code = trouble(|it| it.category = TemplateCategory::Authentication, 3);
    assert_eq!(as_a_code, Some(Skipped::TemplateChanged));
}
