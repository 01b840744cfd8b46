//! The exact content of rows: names of states and kinds, and JSON. Databases store them permanently, so a name in Rust
//! may change but these lines may not. Never change a line, only add.

mod content;
mod flows;
mod settings;
mod unknown;

use std::{fmt::Debug, str::FromStr};

use handoff::{
    domain::{
        access::Role,
        account_link::{LinkKind, LinkState},
        alert::{AlertKind, SilencedAlerts},
        conversation::{CancelCause, EndingKind, Goodbye, PreviousOwner, SnoozeKind, UnattendedWait},
        desk::{DateOf, Group, Status},
        dossier::{CallKind, CallStatus},
        event::{CloseReason, EventKind, FactorChange, SignInRefusal, Wish},
        flow::samples::Sample,
        handoff::{HandoffEnd, Trigger, TriggerKind, Urgency},
        keyword::Matching,
        message::{Author, Delivery, outgoing::FileKind},
        model::Method,
        report::facts::{BegunBy, NoticeKind, StintBegin, StintEnd},
        thread_control::{ControlCause, ControlRequest, ResponderRole, ThreadControl},
    },
    server::store::{
        conversations::{PreviewKind, Stage},
        jobs::JobKind,
        journal::JournalState,
        media::MediaState,
        outbox::{AttemptOutcome, OutboxState, Sender},
        presence::PresenceState,
        report_progress::RecordedKind,
    },
};
use serde::{Serialize, de::DeserializeOwned};

/// Every variant has its name, in the order of `golden`, and there are no others.
fn named<T, const N: usize>(all: [T; N], name: fn(T) -> &'static str, golden: [&str; N])
where
    T: Copy + Debug + PartialEq + FromStr<Err: Debug>,
{
    assert_eq!(all.map(name), golden);
    for (variant, name) in all.into_iter().zip(golden) {
        assert_eq!(name.parse::<T>().expect(name), variant);
    }
}

/// Each line parses as a `T` and serialises to the same text.
fn written<T: Serialize + DeserializeOwned>(golden: &[&str]) {
    for line in golden {
        let value: T = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_eq!(serde_json::to_string(&value).expect("is JSON"), *line);
    }
}

#[test]
fn states_and_kinds_keep_their_names() {
    named(Stage::ALL, Stage::as_str, ["bot", "waiting", "claimed", "phone", "closed"]);
    named(
        SignInRefusal::ALL,
        SignInRefusal::as_str,
        ["password", "too_many_attempts", "busy", "inactive", "confirmation", "code"],
    );
    named(FactorChange::ALL, FactorChange::as_str, ["added", "replaced", "removed", "codes_renewed", "code_used"]);
    named(CloseReason::ALL, CloseReason::as_str, ["done", "bot", "merged", "imported", "silent"]);
    named(
        Delivery::ALL,
        Delivery::as_str,
        ["queued", "unknown", "sent", "delivered", "read", "played", "failed", "cancelled"],
    );
    named(OutboxState::ALL, OutboxState::as_str, ["queued", "sending", "unknown", "done"]);
    named(AttemptOutcome::ALL, AttemptOutcome::as_str, ["sent", "failed", "unclear"]);
    named(Sender::ALL, Sender::as_str, ["bot", "agent", "system"]);
    named(
        JobKind::ALL,
        JobKind::as_str,
        [
            "turn",
            "reread",
            "model",
            "call",
            "patience",
            "resume",
            "fetch",
            "read",
            "typing",
            "block",
            "thread_control",
            "ending",
            "scheduled",
            "snooze",
            "silence",
            "unattended",
            "window_end",
            "index",
            "customer_ids",
        ],
    );
    named(PresenceState::ALL, PresenceState::as_str, ["online", "away"]);
    named(BegunBy::ALL, BegunBy::as_str, ["customer", "business", "partner", "import"]);
    named(StintBegin::ALL, StintBegin::as_str, ["claimed", "taken_over", "reopened", "taken_back", "given_back"]);
    named(
        StintEnd::ALL,
        StintEnd::as_str,
        ["closed", "returned_to_bot", "merged", "released", "agent_gone", "agent_deactivated", "taken_over", "undone"],
    );
    named(NoticeKind::ALL, NoticeKind::as_str, ["handoff", "closing", "reminder"]);
    named(RecordedKind::ALL, RecordedKind::as_str, ["presence", "pricing", "sent_replies"]);
    named(AlertKind::ALL, AlertKind::as_str, ["handoffs", "customers", "takeovers", "failures", "snoozes", "mentions"]);
    named(EndingKind::ALL, EndingKind::as_str, ["close", "return_to_bot"]);
    named(SnoozeKind::ALL, SnoozeKind::as_str, ["time", "reply", "window"]);
    named(JournalState::ALL, JournalState::as_str, ["new", "done", "quarantined"]);
    named(MediaState::ALL, MediaState::as_str, ["pending", "kept", "failed"]);
    named(FileKind::ALL, FileKind::as_str, ["image", "video", "audio", "document", "sticker", "voice"]);
    named(CallKind::ALL, CallKind::as_str, ["http", "tool"]);
    named(CallStatus::ALL, CallStatus::as_str, ["requested", "answered", "failed", "interrupted"]);
    named(HandoffEnd::ALL, HandoffEnd::as_str, ["closed", "returned_to_bot", "merged"]);
    named(Urgency::ALL, Urgency::as_str, ["low", "normal", "high"]);
    named(
        TriggerKind::ALL,
        TriggerKind::as_str,
        ["keyword", "flow", "model", "partner", "agent", "phone", "late", "reopened", "outbound", "failure"],
    );
    named(Matching::ALL, Matching::as_str, ["contains", "whole", "starts_with", "close"]);
    named(Role::ALL, Role::as_str, ["agent", "lead", "admin"]);
    named(
        ResponderRole::ALL,
        ResponderRole::as_str,
        ["customer_service", "marketing", "utility", "ctwa", "ai_agent", "escalation", "unknown"],
    );
    named(ControlRequest::ALL, ControlRequest::as_str, ["take", "pass", "release"]);
    named(LinkKind::ALL, LinkKind::as_str, ["join", "new_password"]);
    named(Wish::ALL, Wish::as_str, ["stop", "resume", "signup"]);
    named(LinkState::ALL, LinkState::as_str, ["open", "used", "revoked"]);
}

#[test]
fn addresses_keep_their_names() {
    named(Group::ALL, Group::as_str, ["reply_now", "waiting", "customers_turn", "snoozed", "team", "bot", "closed"]);
    named(
        Status::ALL,
        Status::as_str,
        ["mine", "reply_now", "waiting", "customers_turn", "snoozed", "team", "bot", "closed"],
    );
    named(DateOf::ALL, DateOf::as_str, ["started", "requested", "closed"]);
    named(Sample::ALL, Sample::as_str, ["order_status", "appointment", "complaint"]);
}

/// Columns and JSON both store these enums by name: the names must be the same.
#[test]
fn json_and_columns_use_the_same_names() {
    fn alike<T: Copy + Serialize, const N: usize>(all: [T; N], name: fn(T) -> &'static str) {
        for variant in all {
            assert_eq!(serde_json::to_value(variant).expect("is JSON"), name(variant));
        }
    }
    alike(Delivery::ALL, Delivery::as_str);
    alike(CloseReason::ALL, CloseReason::as_str);
    alike(FactorChange::ALL, FactorChange::as_str);
    alike(AlertKind::ALL, AlertKind::as_str);
    alike(EndingKind::ALL, EndingKind::as_str);
    alike(CancelCause::ALL, CancelCause::as_str);
    alike(HandoffEnd::ALL, HandoffEnd::as_str);
    alike(Urgency::ALL, Urgency::as_str);
    alike(TriggerKind::ALL, TriggerKind::as_str);
    alike(CallKind::ALL, CallKind::as_str);
    alike(CallStatus::ALL, CallStatus::as_str);
    alike(Matching::ALL, Matching::as_str);
    alike(Role::ALL, Role::as_str);
    alike(LinkKind::ALL, LinkKind::as_str);
    alike(Group::ALL, Group::as_str);
    alike(Status::ALL, Status::as_str);
    alike(SnoozeKind::ALL, SnoozeKind::as_str);
    alike(DateOf::ALL, DateOf::as_str);
    alike(Method::ALL, Method::as_str);
    alike(ResponderRole::ALL, ResponderRole::as_str);
    alike(ControlCause::ALL, ControlCause::as_str);
    alike(ControlRequest::ALL, ControlRequest::as_str);
    alike(Wish::ALL, Wish::as_str);
}

#[test]
fn actors_and_triggers_keep_their_json() {
    written::<Author>(&[
        r#"{"by":"customer"}"#,
        r#"{"by":"bot"}"#,
        r#"{"by":"system"}"#,
        r#"{"by":"agent","id":"agt_1"}"#,
        r#"{"by":"phone"}"#,
        r#"{"by":"partner"}"#,
    ]);
    written::<PreviewKind>(&[
        r#"{"by":"customer"}"#,
        r#"{"by":"bot"}"#,
        r#"{"by":"business"}"#,
        r#"{"by":"agent","agent":"agt_1"}"#,
    ]);
    written::<SilencedAlerts>(&["[]", r#"["handoffs","failures"]"#]);
    written::<ThreadControl>(&[
        r#"{"state":"ours","from":null,"since":5}"#,
        r#"{"state":"ours","from":"ai_agent","since":5}"#,
        r#"{"state":"theirs","role":"unknown","since":5}"#,
        r#"{"state":"take_requested","role":"marketing","since":5}"#,
        r#"{"state":"take_refused","role":"ai_agent","since":5,"code":2494191}"#,
        r#"{"state":"take_uncertain","role":"ai_agent","since":5}"#,
        r#"{"state":"leaving","way":"pass","role":"ai_agent","since":5,"agent":"agt_1"}"#,
        r#"{"state":"leaving","way":"release","role":"ctwa","since":5,"agent":null}"#,
    ]);
    written::<UnattendedWait>(&[r#"{"agent":"agt_1","since":5}"#]);
    written::<Goodbye>(&[r#""standard""#, r#""off""#, r#"{"edited":"Bye"}"#]);
    written::<PreviousOwner>(&[
        r#"{"owner":"bot"}"#,
        r#"{"owner":"nobody"}"#,
        r#"{"owner":"phone"}"#,
        r#"{"owner":"agent","id":"agt_1"}"#,
    ]);
    written::<Trigger>(&[
        r#"{"trigger":"keyword","keyword":"kwd_1","phrase":"agent"}"#,
        r#"{"trigger":"flow","flow":"Orders","step":"Complaint"}"#,
        r#"{"trigger":"model"}"#,
        r#"{"trigger":"partner"}"#,
        r#"{"trigger":"agent","agent":"agt_1"}"#,
        r#"{"trigger":"phone"}"#,
        r#"{"trigger":"late"}"#,
        r#"{"trigger":"reopened","agent":"agt_1"}"#,
        r#"{"trigger":"outbound","agent":"agt_1"}"#,
        r#"{"trigger":"failure","failure":"no_answer"}"#,
    ]);
}

/// The lists in SQL are built from these.
#[test]
fn the_events_shown_in_thread_and_audit_log_are_unchanged() {
    let names = |belongs: fn(EventKind) -> bool| -> Vec<&str> {
        EventKind::ALL.into_iter().filter(|kind| belongs(*kind)).map(EventKind::as_str).collect()
    };
    assert_eq!(
        names(EventKind::is_thread_line),
        [
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
        ]
    );
    assert_eq!(
        names(|kind| !kind.is_audited()),
        [
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
        ]
    );
}
