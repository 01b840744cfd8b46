use super::*;

#[test]
fn a_user_id_or_a_number_identifies_a_customer() {
    let some = || Some("1".to_owned());
    assert!(Identity { user_id: some(), ..Identity::default() }.is_known());
    assert!(Identity { wa_id: some(), ..Identity::default() }.is_known());
    assert!(Identity { user_id: some(), wa_id: some(), ..Identity::default() }.is_known());
    let named = Identity { parent_user_id: some(), name: some(), username: some(), ..Identity::default() };
    assert!(!named.is_known());
}

#[test]
fn every_kind_of_update_keeps_its_name() {
    let (identity, at, wamid) = (Identity::default(), Timestamp(0), Wamid("wamid.1".into()));
    let content = Content::RequestWelcome;
    let bodies = [
        UpdateBody::Message(Box::new(Incoming {
            identity: identity.clone(),
            wamid: wamid.clone(),
            at,
            content: content.clone(),
            media: None,
            quote: None,
            forwarded: Forwarded::No,
            referral: None,
            product: None,
            group: None,
            origin: InboundOrigin::Live,
            summary: None,
            errors: Vec::new(),
        })),
        UpdateBody::Status(Box::new(StatusNews {
            wamid: wamid.clone(),
            status: Delivery::Sent,
            at,
            callback: None,
            errors: Vec::new(),
            pricing: None,
            identity: identity.clone(),
            group: None,
            participant: None,
            origin: InboundOrigin::Live,
        })),
        UpdateBody::Echo(Box::new(Echo {
            identity: identity.clone(),
            wamid: wamid.clone(),
            at,
            content,
            media: None,
            quote: None,
            author: Author::Phone,
            group: None,
            origin: InboundOrigin::Live,
            delivery: None,
        })),
        UpdateBody::IdentityChanged(Box::new(IdentityChange {
            previous_user_id: None,
            new_user_id: None,
            previous_wa_id: None,
            new_wa_id: None,
            mark: wamid.clone(),
            at,
            what: NewIdentity::Number,
        })),
        UpdateBody::Handover(Box::new(Handover {
            identity: identity.clone(),
            control: Control::Passed,
            previous_role: None,
            new_role: None,
            note: None,
            summary: None,
            at,
            mark: wamid.clone(),
        })),
        UpdateBody::Preference(Box::new(Preference {
            identity: identity.clone(),
            category: None,
            value: "stop".into(),
            at,
            mark: wamid.clone(),
        })),
        UpdateBody::CallReceived(Box::new(CallReceived { identity, at, mark: wamid.clone() })),
        UpdateBody::ChannelAlert(ChannelAlert {
            field: String::new(),
            code: None,
            title: String::new(),
            details: None,
            mark: wamid,
        }),
        UpdateBody::TemplatesChanged(TemplateNews {
            name: String::new(),
            language: String::new(),
            change: TemplateChange::Other,
            event: IgnoredEvent { field: String::new(), summary: String::new() },
        }),
        UpdateBody::IgnoredEvent(IgnoredEvent { field: String::new(), summary: String::new() }),
    ];
    let names: Vec<_> = bodies.iter().map(UpdateBody::kind).collect();
    let golden = [
        "message",
        "status",
        "echo",
        "identity_changed",
        "handover",
        "preference",
        "called",
        "trouble",
        "templates_changed",
        "foreign",
    ];
    assert_eq!(names, golden);
}

#[test]
fn a_template_that_is_no_longer_sent_is_known_at_once() {
    let status = |event| TemplateChange::read("message_template_status_update", event);
    assert_eq!(status("PAUSED"), TemplateChange::Stopped(TemplateStatus::Paused));
    assert_eq!(status("disabled"), TemplateChange::Stopped(TemplateStatus::Disabled));
    assert_eq!(status("DELETED"), TemplateChange::Stopped(TemplateStatus::PendingDeletion));
    for event in ["APPROVED", "REINSTATED", "FLAGGED", ""] {
        assert_eq!(status(event), TemplateChange::Other, "{event}");
    }
    assert_eq!(TemplateChange::read("message_template_components_update", ""), TemplateChange::Components);
    assert_eq!(TemplateChange::read("message_template_quality_update", "RED"), TemplateChange::Other);
}

#[test]
fn only_our_own_remark_says_that_a_message_was_cut() {
    assert!(MetaError::cut().is_cut());
    let others = [MetaError::default(), MetaError { code: Some(131_051), ..MetaError::cut() }];
    assert!(!others.iter().any(MetaError::is_cut));
}
