use super::*;

/// Failures are stored permanently with their handoff: never change a name, only add.
const FAILURES: &[(Failure, &str)] = &[
    (Failure::NoAnswer, "no_answer"),
    (Failure::Error, "error"),
    (Failure::Undelivered, "undelivered"),
    (Failure::NoMatch, "no_match"),
    (Failure::TooLong, "too_long"),
    (Failure::HttpFailed, "http_failed"),
    (Failure::FlowBroken, "flow_broken"),
    (Failure::Interrupted, "interrupted"),
    (Failure::Unreadable, "unreadable"),
    (Failure::ModelError, "model_error"),
    (Failure::ModelRateLimited, "model_rate_limited"),
    (Failure::ModelTimedOut, "model_timed_out"),
    (Failure::ModelStalled, "model_stalled"),
    (Failure::ModelMalformed, "model_malformed"),
    (Failure::ModelUnknownTool, "model_unknown_tool"),
    (Failure::ModelToolLoop, "model_tool_loop"),
    (Failure::ModelTurns, "model_turns"),
    (Failure::ModelEmpty, "model_empty"),
    (Failure::ModelBudget, "model_budget"),
    (Failure::ModelInterrupted, "model_interrupted"),
    (Failure::ModelUnreachable, "model_unreachable"),
    (Failure::ModelKey, "model_key"),
    (Failure::Loop, "loop"),
    (Failure::DailyLimit, "daily_limit"),
    (Failure::NotPassed, "not_passed"),
];

#[test]
fn a_release_of_an_answered_conversation_starts_the_clock_anew() {
    let at = |minutes: i64| Some(Timestamp(minutes * 60_000));
    let answered = Waited {
        requested_at: Timestamp(0),
        target: Span::minutes(5),
        first_reply_at: at(14),
        released_at: None,
        next_reply_at: None,
        ended_at: None,
    };
    assert_eq!((answered.first().until, answered.next()), (at(14), None));
    // released before the first reply: the first wait continues
    let untouched = Waited { first_reply_at: None, released_at: at(2), ..answered };
    assert_eq!((untouched.first().until, untouched.next()), (None, None));
    // released after the reply: a second wait starts, and the first one keeps its result
    let released = Waited { released_at: at(20), ..answered };
    let next = Wait { since: Timestamp(20 * 60_000), until: None, answered: false, target: Span::minutes(5) };
    assert_eq!((released.first().until, released.next()), (at(14), Some(next)));
    // returned to the bot without a reply: the wait lasted until then
    let ended = Waited { first_reply_at: None, ended_at: at(9), ..answered };
    assert_eq!(ended.first().until, at(9));
    assert!(answered.first().answered && !ended.first().answered && !untouched.first().answered);
}

#[test]
fn every_failure_reads_and_writes_its_golden_name_and_has_texts() {
    for (failure, word) in FAILURES {
        let trigger = Trigger::Failure { failure: *failure };
        let line = format!(r#"{{"trigger":"failure","failure":"{word}"}}"#);
        assert_eq!(serde_json::to_string(&trigger).expect("a trigger is JSON"), line);
        assert_eq!(serde_json::from_str::<Trigger>(&line).expect("golden JSON"), trigger);
        assert!(failure.label().chars().count() <= 24, "“{}” fits a card", failure.label());
        assert!(failure.sentence().ends_with('.'), "{word} has a sentence");
    }
}

#[test]
fn every_trigger_has_its_kind_its_label_and_its_sentence() {
    let failure = Failure::TooLong;
    let table = [
        (
            Trigger::Keyword { keyword: "kwd_1".into(), phrase: "agent".into() },
            TriggerKind::Keyword,
            "Keyword “agent”",
            "The customer wrote the keyword “agent”.",
        ),
        (
            Trigger::Flow { flow: "Orders".into(), step: "Ask".into() },
            TriggerKind::Flow,
            "Flow Orders",
            "The flow “Orders” reached the step “Ask”.",
        ),
        (Trigger::Model, TriggerKind::Model, "Bot escalated", "The language model asked for an agent."),
        (
            Trigger::Partner,
            TriggerKind::Partner,
            "From another app",
            "Another app on this number transferred the customer.",
        ),
        (
            Trigger::Agent { agent: "agt_1".into() },
            TriggerKind::Agent,
            "Agent stepped in",
            "An agent took over from the bot.",
        ),
        (
            Trigger::Phone,
            TriggerKind::Phone,
            "Answered from the phone app",
            "Someone replied from the WhatsApp Business app.",
        ),
        (
            Trigger::Late,
            TriggerKind::Late,
            "Late message",
            "The message arrived long after it was written, too late for an automatic reply.",
        ),
        (
            Trigger::Reopened { agent: "agt_1".into() },
            TriggerKind::Reopened,
            "Reopened",
            "The conversation was closed, and reopened.",
        ),
        (
            Trigger::Outbound { agent: "agt_1".into() },
            TriggerKind::Outbound,
            "Started by an agent",
            "An agent started the conversation with a template.",
        ),
        (Trigger::Failure { failure }, TriggerKind::Failure, failure.label(), failure.sentence()),
    ];
    for (trigger, kind, label, sentence) in table {
        let json = serde_json::to_value(&trigger).expect("a trigger is JSON");
        assert_eq!(json["trigger"], kind.as_str(), "the kind is the stored tag");
        assert_eq!((trigger.kind(), trigger.label(), trigger.sentence()), (kind, label.into(), sentence.into()));
    }
}

#[test]
fn no_two_failures_share_a_label_or_a_sentence() {
    let labels: std::collections::BTreeSet<_> = FAILURES.iter().map(|(failure, _)| failure.label()).collect();
    let sentences: std::collections::BTreeSet<_> = FAILURES.iter().map(|(failure, _)| failure.sentence()).collect();
    assert_eq!((labels.len(), sentences.len()), (FAILURES.len(), FAILURES.len()));
}

#[test]
fn a_brief_is_empty_only_without_any_text() {
    let brief = |reason: &str, note: &str, summary: &str| Brief {
        reason: reason.into(),
        note: note.into(),
        summary: summary.into(),
        urgency: Urgency::High,
    };
    assert!(brief("", "", "").is_empty(), "urgency alone tells an agent nothing");
    for filled in [brief("a", "", ""), brief("", "a", ""), brief("", "", "a"), brief("a", "a", "a")] {
        assert!(!filled.is_empty(), "{filled:?}");
    }
}

#[test]
fn a_release_at_the_moment_of_the_reply_starts_the_second_wait() {
    let at = Some(Timestamp(60_000));
    let waited = |reply: i64, next_reply_at, ended_at| Waited {
        requested_at: Timestamp(0),
        target: Span::minutes(5),
        first_reply_at: Some(Timestamp(reply)),
        released_at: at,
        next_reply_at,
        ended_at,
    };
    let next = |waited: Waited| waited.next().map(|wait| (wait.since, wait.until, wait.answered));
    assert_eq!(next(waited(60_000, None, None)), Some((Timestamp(60_000), None, false)));
    assert_eq!(next(waited(60_001, None, None)), None, "the reply came after the release and ends the first wait");
    // A reply ends the second wait before the end of the handoff does.
    let (reply, end) = (Some(Timestamp(70_000)), Some(Timestamp(90_000)));
    assert_eq!(next(waited(0, reply, end)), Some((Timestamp(60_000), reply, true)));
    assert_eq!(next(waited(0, None, end)), Some((Timestamp(60_000), end, false)));
}

#[test]
fn only_a_keyword_names_itself_and_its_phrase() {
    let keyword = Trigger::Keyword { keyword: "kwd_1".into(), phrase: "agent please".to_owned() };
    assert_eq!(keyword.keyword(), Some(&KeywordId::from("kwd_1")));
    assert_eq!(keyword.phrase(), Some("agent please"));
    assert_eq!((Trigger::Model.keyword(), Trigger::Model.phrase()), (None, None));
}
