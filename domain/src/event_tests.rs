use super::*;

/// One golden line per variant, and one for each earlier shape of it. They are stored permanently: never change a line,
/// only add.
const GOLDEN: &[&str] = &[
    r#"{"event":"started","channel":"chn_1","customer":"cus_1","previous":null}"#,
    r#"{"event":"customer_wrote","message":"msg_1","kind":"text","turn":true,"unread":true,"at":5,"late":false,"digest":"d"}"#,
    r#"{"event":"customer_wrote","message":"msg_1","kind":"text","turn":true,"unread":true,"at":5,"late":false,"digest":"d","reply_target":600000}"#,
    r#"{"event":"customer_wrote","message":"msg_1","kind":"text","turn":false,"unread":false,"at":5,"late":false,"digest":"d","quiet":true}"#,
    r#"{"event":"queued","message":"msg_1","author":{"by":"agent","id":"agt_1"},"kind":"text","digest":"d"}"#,
    r#"{"event":"echoed","message":"msg_1","author":{"by":"phone"},"kind":"text","at":5,"digest":"d"}"#,
    r#"{"event":"delivered","message":"msg_1","status":"read","code":null}"#,
    r#"{"event":"delivered","message":"msg_1","status":"delivered","code":null,"pricing":{"model":"PMP","category":"utility","type":"regular","billable":true}}"#,
    r#"{"event":"delivered","message":"msg_1","status":"read","code":null,"pricing":{"model":"CBP","category":"service","piece":2}}"#,
    r#"{"event":"resent","message":"msg_1"}"#,
    r#"{"event":"amended","message":"msg_1","what":"edited"}"#,
    r#"{"event":"window_refused","at":5}"#,
    r#"{"event":"handed_off","handoff":"hof_1","trigger":{"trigger":"keyword","keyword":"kwd_1","phrase":"agent"},"message":"msg_1","team":"tem_1","target":300000}"#,
    r#"{"event":"claimed","handoff":"hof_1","agent":"agt_1","waited":72000}"#,
    r#"{"event":"handed_off","handoff":"hof_1","trigger":{"trigger":"outbound","agent":"agt_1"},"message":null,"team":"tem_1","target":300000}"#,
    r#"{"event":"first_replied","handoff":"hof_1","by":{"by":"agent","id":"agt_1"},"after":90000}"#,
    r#"{"event":"first_reply_sent","handoff":"hof_1","message":"msg_1","by":{"by":"agent","id":"agt_1"},"after":90000}"#,
    r#"{"event":"answered","message":"msg_1","by":{"by":"agent","id":"agt_1"},"clock":{"since":5,"target":600000},"waited":90000}"#,
    r#"{"event":"answered","message":"msg_1","by":{"by":"phone"},"clock":{"since":5,"target":600000},"waited":90000,"next":{"since":5,"target":600000}}"#,
    r#"{"event":"answer_failed","message":"msg_1","at":5,"handoff":"hof_1","clock":{"since":5,"target":600000}}"#,
    r#"{"event":"released","handoff":"hof_1","agent":"agt_1"}"#,
    r#"{"event":"released","handoff":"hof_1","agent":"agt_1","why":"agent_gone"}"#,
    r#"{"event":"taken_over","handoff":"hof_1","agent":"agt_1","from":null}"#,
    r#"{"event":"returned_to_bot","handoff":"hof_1","agent":"agt_1"}"#,
    r#"{"event":"closed","reason":"done","handoff":"hof_1"}"#,
    r#"{"event":"closed","reason":"done","handoff":"hof_1","outcome":"otc_1"}"#,
    r#"{"event":"reopened","handoff":"hof_1","agent":"agt_1","team":"tem_1","target":300000}"#,
    r#"{"event":"ending_scheduled","ending":"end_1","kind":"close","agent":"agt_1","seen":"msg_1","due_at":5}"#,
    r#"{"event":"ending_scheduled","ending":"end_1","kind":"return_to_bot","agent":"agt_1","seen":null,"outcome":"otc_1","due_at":5}"#,
    r#"{"event":"ending_cancelled","ending":"end_1","kind":"close","agent":"agt_1","cause":"customer_wrote"}"#,
    r#"{"event":"release_undone","handoff":"hof_1","agent":"agt_1"}"#,
    r#"{"event":"take_over_undone","handoff":"hof_1","agent":"agt_1","to":{"owner":"bot"}}"#,
    r#"{"event":"take_over_undone","handoff":"hof_1","agent":"agt_1","to":{"owner":"agent","id":"agt_2"}}"#,
    r#"{"event":"closing_skipped","why":"window_closed"}"#,
    r#"{"event":"closing_skipped","why":"with_other_app"}"#,
    r#"{"event":"closing_skipped","text":"reminder","why":"template_gone"}"#,
    r#"{"event":"closing_skipped","text":"notice_online","why":{"template_not_approved":{"status":"paused"}}}"#,
    r#"{"event":"closing_skipped","why":{"template_value_missing":{"field":"Order"}}}"#,
    r#"{"event":"closing_skipped","why":{"template_value_invalid":{"field":"Order"}}}"#,
    r#"{"event":"closing_skipped","why":"template_changed"}"#,
    r#"{"event":"closing_skipped","why":"opted_out"}"#,
    r#"{"event":"closing_skipped","why":"marketing_to_us"}"#,
    r#"{"event":"closing_skipped","why":"daily_limit"}"#,
    r#"{"event":"closing_skipped","text":"notice_offline","why":"daily_limit"}"#,
    r#"{"event":"closing_skipped","text":"rating","why":"daily_limit"}"#,
    r#"{"event":"closing_skipped","text":"keep_open","why":"daily_limit"}"#,
    r#"{"event":"window_asked","message":"msg_1","closes":5}"#,
    r#"{"event":"rating_asked","handoff":"hof_1","agent":"agt_1","message":"msg_1"}"#,
    r#"{"event":"rated","handoff":"hof_1","agent":null,"message":"msg_1","score":3}"#,
    r#"{"event":"bot_silenced","messages":2}"#,
    r#"{"event":"bot_refused"}"#,
    r#"{"event":"seen","agent":"agt_1"}"#,
    r#"{"event":"seen","agent":"agt_1","left":2}"#,
    r#"{"event":"snoozed","agent":"agt_1","kind":"time","until":5}"#,
    r#"{"event":"snoozed","agent":"agt_1","kind":"reply","until":null}"#,
    r#"{"event":"snooze_ended","why":"due"}"#,
    r#"{"event":"merged","from":"cus_1","into":"cus_2"}"#,
    r#"{"event":"number_changed","customer":"cus_1"}"#,
    r#"{"event":"number_changed","customer":"cus_1","what":"keys"}"#,
    r#"{"event":"preferred","customer":"cus_1","wish":"stop"}"#,
    r#"{"event":"customer_called","at":5}"#,
    r#"{"event":"partner_took"}"#,
    r#"{"event":"control_changed","control":{"state":"ours","from":null,"since":5},"cause":"own_message"}"#,
    r#"{"event":"control_changed","control":{"state":"take_refused","role":"ai_agent","since":5,"code":2494191},"cause":"take_refused"}"#,
    r#"{"event":"control_changed","control":{"state":"leaving","way":"pass","role":"unknown","since":5,"agent":"agt_1"},"cause":"returned"}"#,
    r#"{"event":"control_changed","control":{"state":"ours","from":"ai_agent","since":5},"cause":"take_accepted","written_at":4}"#,
    r#"{"event":"channel_shared","channel":"chn_1"}"#,
    r#"{"event":"bot_paused","why":"loop"}"#,
    r#"{"event":"bot_paused","why":"daily_limit"}"#,
    r#"{"event":"customer_blocked","customer":"cus_1","reason":"spam"}"#,
    r#"{"event":"customer_unblocked","customer":"cus_1"}"#,
    r#"{"event":"block_answered","customer":"cus_1","act":"block","answer":"accepted"}"#,
    r#"{"event":"block_answered","customer":"cus_1","act":"unblock","answer":"refused","code":139100}"#,
    r#"{"event":"flow_began","flow":"flw_1","version":3}"#,
    r#"{"event":"variable_set","variable":"var_1"}"#,
    r#"{"event":"call_requested","call":"cal_1"}"#,
    r#"{"event":"call_ended","call":"cal_1","outcome":"answered","took":120}"#,
    r#"{"event":"configured","what":"keyword","subject":"kwd_1","change":"added"}"#,
    r#"{"event":"channel_trouble","channel":"chn_1","code":130429}"#,
    r#"{"event":"channel_trouble","channel":"chn_1","code":null,"field":"account_update","title":"DISABLED_UPDATE","details":"DISABLE"}"#,
    r#"{"event":"signed_in","agent":"agt_1"}"#,
    r#"{"event":"signed_out","agent":"agt_1"}"#,
    r#"{"event":"availability","agent":"agt_1","away":true}"#,
    r#"{"event":"sign_in_refused","agent":"agt_1","why":"password"}"#,
    r#"{"event":"sessions_ended","agent":"agt_1","sessions":2}"#,
    r#"{"event":"second_factor_changed","agent":"agt_1","change":"added"}"#,
    r#"{"event":"exported","what":"flow","subject":"flw_1"}"#,
    r#"{"event":"released","handoff":"hof_1","agent":"agt_1","why":"agent_deactivated"}"#,
    r#"{"event":"member_changed","agent":"agt_1","change":"deactivated"}"#,
    r#"{"event":"member_changed","agent":"agt_1","change":{"invited":{"role":"agent"}}}"#,
    r#"{"event":"member_changed","agent":"agt_1","change":{"role_changed":{"from":"agent","to":"admin"}}}"#,
    r#"{"event":"member_changed","agent":"agt_1","change":{"invited":{"role":"lead"}}}"#,
    r#"{"event":"member_changed","agent":"agt_1","change":{"role_changed":{"from":"admin","to":"lead"}}}"#,
    r#"{"event":"noted","note":"not_1","act":"written","mentioned":["agt_2"]}"#,
    r#"{"event":"noted","note":"not_1","act":"edited","mentioned":[]}"#,
    r#"{"event":"noted","note":"not_1","act":"deleted","mentioned":[]}"#,
    r#"{"event":"scheduled","scheduled":"sch_1","agent":"agt_1","act":"written"}"#,
    r#"{"event":"scheduled","scheduled":"sch_1","agent":"agt_1","act":"asked","doubt":"customer_wrote"}"#,
    r#"{"event":"scheduled","scheduled":"sch_1","agent":"agt_1","act":"sent"}"#,
    r#"{"event":"scheduled","scheduled":"sch_1","agent":"agt_1","act":"cancelled"}"#,
];

/// Number of golden lines beyond one per variant: earlier shapes, and other values of a field.
const OTHER_SHAPES: usize = 41;

#[test]
fn every_setting_keeps_its_name() {
    let golden = [
        (Setting::Keyword, "keyword"),
        (Setting::Texts, "texts"),
        (Setting::WaitingTarget, "waiting_target"),
        (Setting::ReplyTarget, "reply_target"),
        (Setting::GraceTime, "grace_time"),
        (Setting::SilenceTimes, "silence_times"),
        (Setting::KeepOpen, "keep_open"),
        (Setting::Outcome, "outcome"),
        (Setting::OutcomeRule, "outcome_rule"),
        (Setting::GoneAgents, "gone_agents"),
        (Setting::JoinedTexts, "joined_texts"),
        (Setting::Rating, "rating"),
        (Setting::WindowTemplate, "window_template"),
        (Setting::TimeZone, "time_zone"),
        (Setting::ReadPolicy, "read_policy"),
        (Setting::Channel, "channel"),
        (Setting::App, "app"),
        (Setting::Agent, "agent"),
        (Setting::Password, "password"),
        (Setting::SecondFactor, "second_factor"),
        (Setting::Flow, "flow"),
        (Setting::LiveFlow, "live_flow"),
        (Setting::Model, "model"),
        (Setting::ModelKey, "model_key"),
        (Setting::Tool, "tool"),
        (Setting::Secret, "secret"),
        (Setting::Hours, "hours"),
        (Setting::Prices, "prices"),
        (Setting::SetupChecklist, "setup_checklist"),
        (Setting::LeftOutHandoff, "left_out_handoff"),
        (Setting::Report, "report"),
        (Setting::SavedReply, "saved_reply"),
    ];
    for (setting, word) in golden {
        assert_eq!(serde_json::to_value(setting).expect("a setting is JSON"), word);
    }
}

#[test]
fn every_variant_reads_and_writes_its_golden_line() {
    let mut names = Vec::new();
    for line in GOLDEN {
        let event: Event = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        let written = serde_json::to_value(&event).expect("an event is JSON");
        assert_eq!(written, serde_json::from_str::<serde_json::Value>(line).expect("golden JSON"), "{line}");
        assert_eq!(written["event"], event.name());
        names.push(event.name());
    }
    names.sort_unstable();
    let lines = names.len();
    names.dedup();
    assert_eq!(lines - names.len(), OTHER_SHAPES, "a variant that grew keeps the lines of before");
}

fn golden() -> Vec<Event> {
    GOLDEN.iter().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"))).collect()
}

#[test]
fn the_audit_log_leaves_out_messages_and_steps_of_flows() {
    let hidden = [
        "started",
        "customer_wrote",
        "queued",
        "echoed",
        "delivered",
        "amended",
        "first_replied",
        "first_reply_sent",
        "answered",
        "answer_failed",
        "ending_scheduled",
        "rating_asked",
        "window_asked",
        "rated",
        "seen",
        "snoozed",
        "snooze_ended",
        "flow_began",
        "scheduled",
        "variable_set",
        "call_requested",
        "call_ended",
    ];
    for event in golden() {
        assert_eq!(event.kind().is_audited(), !hidden.contains(&event.name()), "{}", event.name());
    }
}

#[test]
fn a_thread_shows_transitions_and_facts_as_lines() {
    let lines = [
        "started",
        "handed_off",
        "claimed",
        "released",
        "taken_over",
        "returned_to_bot",
        "closed",
        "reopened",
        "ending_cancelled",
        "release_undone",
        "take_over_undone",
        "closing_skipped",
        "window_asked",
        "rated",
        "bot_silenced",
        "number_changed",
        "preferred",
        "customer_called",
        "partner_took",
        "control_changed",
        "bot_paused",
        "customer_blocked",
        "customer_unblocked",
        "block_answered",
        "variable_set",
        "call_requested",
    ];
    for event in golden() {
        assert_eq!(event.kind().is_thread_line(), lines.contains(&event.name()), "{}", event.name());
    }
}

#[test]
fn the_subject_of_an_event_is_what_its_thread_must_load() {
    let (message, variable, call, note) = ("msg_1".into(), "var_1".into(), "cal_1".into(), "not_1".into());
    for event in golden() {
        let expected = match event.name() {
            "customer_wrote" | "queued" | "echoed" | "delivered" | "resent" | "amended" => Subject::Message(&message),
            "variable_set" => Subject::Variable(&variable),
            "call_requested" | "call_ended" => Subject::Call(&call),
            "noted" => Subject::Note(&note),
            _ => Subject::Itself,
        };
        assert_eq!(event.subject(), expected, "{}", event.name());
    }
}

#[test]
fn a_return_to_the_bot_and_a_close_end_the_handoff() {
    use crate::handoff::HandoffEnd;
    let handoff: HandoffId = "hof_1".into();
    let closed = |reason, handoff| Event::Closed { reason, handoff, outcome: None };
    let ends = [
        (CloseReason::Done, HandoffEnd::Closed),
        (CloseReason::Bot, HandoffEnd::Closed),
        (CloseReason::Imported, HandoffEnd::Closed),
        (CloseReason::Silent, HandoffEnd::Closed),
        (CloseReason::Merged, HandoffEnd::Merged),
    ];
    for (reason, end) in ends {
        assert_eq!(closed(reason, Some(handoff.clone())).ended_handoff(), Some((&handoff, end)));
        assert_eq!(closed(reason, None).ended_handoff(), None);
    }
    let returned = Event::ReturnedToBot { handoff: handoff.clone(), agent: "agt_1".into() };
    assert_eq!(returned.ended_handoff(), Some((&handoff, HandoffEnd::ReturnedToBot)));
    let undone = |to| Event::TakeOverUndone { handoff: handoff.clone(), agent: "agt_1".into(), to };
    assert_eq!(undone(PreviousOwner::Bot).ended_handoff(), Some((&handoff, HandoffEnd::ReturnedToBot)));
    for event in golden().into_iter().filter(|event| event.kind() != EventKind::TakeOverUndone) {
        let ends = matches!(event.name(), "returned_to_bot" | "closed");
        assert_eq!(event.ended_handoff().is_some(), ends, "{}", event.name());
    }
}

#[test]
fn an_alert_about_sending_has_only_its_code() {
    let alert = Event::cannot_send(&"chn_1".into(), 190);
    let line = r#"{"event":"channel_trouble","channel":"chn_1","code":190}"#;
    assert_eq!(serde_json::to_string(&alert).expect("an event is JSON"), line);
    assert!(NewIdentity::Unknown.is_unknown() && !NewIdentity::Number.is_unknown());
}

#[test]
fn every_change_of_the_team_keeps_its_name() {
    let golden = [
        (MemberChange::InvitationRevoked, "invitation_revoked"),
        (MemberChange::Joined, "joined"),
        (MemberChange::Deactivated, "deactivated"),
        (MemberChange::Reactivated, "reactivated"),
        (MemberChange::PasswordLinkMade, "password_link_made"),
        (MemberChange::PasswordLinkRevoked, "password_link_revoked"),
        (MemberChange::PasswordReset, "password_reset"),
    ];
    for (change, word) in golden {
        assert_eq!(serde_json::to_value(change).expect("a change is JSON"), word);
    }
}

#[test]
fn every_kind_of_the_audit_log_has_a_label() {
    let labels: std::collections::BTreeSet<_> = AuditKind::ALL.into_iter().map(AuditKind::label).collect();
    assert_eq!(labels.len(), AuditKind::ALL.len());
    assert!(!labels.contains(""));
}

#[test]
fn an_event_names_the_customer_whom_it_is_about() {
    let customer = CustomerId::from("cus_1");
    let events = [
        Event::CustomerUnblocked { customer: customer.clone() },
        Event::Started { channel: "chn_1".into(), customer: customer.clone(), previous: None },
    ];
    for event in &events {
        assert_eq!(event.customer(), Some(&customer), "{event:?}");
    }
    assert_eq!(Event::PartnerTook.customer(), None);
}
