//! No match over events, contents, deliveries or kinds has a wildcard arm: a new variant must not compile before every
//! match handles it.
//!
//! To include another enum: add its name to [`ENUMS`].

use super::{
    report,
    source::{Finding, Source, product},
};

const ENUMS: &[&str] = &[
    "AlertCause",
    "AlertKind",
    "AttemptOutcome",
    "BegunBy",
    "BlockReason",
    "BlockState",
    "BotAction",
    "CallKind",
    "CallOutcome",
    "CallStatus",
    "CancelCause",
    "ChangeKind",
    "Charge",
    "CloseReason",
    "Command",
    "Content",
    "Continuation",
    "ControlCause",
    "CostTip",
    "Delivery",
    "DeliveryMark",
    "DocumentKind",
    "EndingKind",
    "Event",
    "EventKind",
    "Expect",
    "FactSource",
    "FactorChange",
    "FileKind",
    "FlowChange",
    "HandoffEnd",
    "ItemBody",
    "JobKind",
    "JournalState",
    "LinkKind",
    "LinkState",
    "Measure",
    "MediaState",
    "MemberChange",
    "MessageSender",
    "MessageUpdate",
    "NextAction",
    "NextPrice",
    "NoticeKind",
    "OutboxState",
    "Owner",
    "PauseReason",
    "Position",
    "PresenceState",
    "PreviewKind",
    "PreviousOwner",
    "PriceCategory",
    "RecordedKind",
    "ReleaseReason",
    "Replier",
    "ReplyKind",
    "ReportRow",
    "RescheduleOutcome",
    "RowKind",
    "RowState",
    "Say",
    "SayKind",
    "SendOutcome",
    "Sender",
    "SignalKind",
    "SnoozeEnd",
    "SnoozeKind",
    "Stage",
    "Start",
    "State",
    "StepKind",
    "StintBegin",
    "StintEnd",
    "Subject",
    "ThreadControl",
    "Trigger",
    "TriggerKind",
    "UpdateBody",
    "WaitEnd",
];

#[test]
fn no_match_over_events_contents_or_kinds_has_a_wildcard() {
    let is_test = |source: &Source| {
        let name = source.file.rsplit('/').next().unwrap_or_default();
        name.ends_with("tests.rs") || name.ends_with("samples.rs") || source.file.contains("/tests/")
    };
    report(product().iter().filter(|source| !is_test(source)).flat_map(wildcards).collect());
}

#[test]
fn a_wildcard_is_found_at_its_line() {
    let text = "
fn f(event: &Event, n: u8) {
    match event {
        Event::Seen { .. } => {
            match n {
                0 => {}
                _ => {}
            }
        }
        _ => {}
    }
    match event {
        Event::Seen { .. }
        | Event::Merged { .. } => {}
        other if n > 0 => drop(other),
    }
}
";
    let found: Vec<usize> =
        wildcards(&Source::new("src/x.rs".to_owned(), text.to_owned())).iter().map(|finding| finding.line).collect();
    assert_eq!(found, [10, 15]);
}

/// Wildcard arms next to an arm that names a variant of one of [`ENUMS`]. Arms are found by their indentation, which
/// rustfmt guarantees.
fn wildcards(source: &Source) -> Vec<Finding> {
    let lines: Vec<&str> = source.code.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if !is_wildcard(line) {
            continue;
        }
        let depth = indent(line);
        let inside = |line: &&&str| line.trim().is_empty() || indent(line) >= depth;
        let before = lines[..at].iter().rev().take_while(inside);
        let arms = before.chain(lines[at + 1..].iter().take_while(inside)).filter(|other| indent(other) == depth);
        let named = arms.filter_map(|arm| variant(arm.split("=>").next().unwrap_or_default())).next();
        found.extend(named.map(|name| source.finding(at + 1, format!("`{}` in a match over {name}", line.trim()))));
    }
    found
}

/// Whether a line begins with `_ =>` or with a binding that matches everything.
fn is_wildcard(line: &str) -> bool {
    let Some((pattern, _)) = line.trim().split_once("=>") else { return false };
    let pattern = pattern.split(" if ").next().unwrap_or_default().trim();
    pattern == "_" || (!pattern.is_empty() && pattern.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The enum of [`ENUMS`] whose variant a pattern names.
fn variant(pattern: &str) -> Option<&'static str> {
    ENUMS.iter().copied().find(|name| {
        pattern
            .match_indices(&format!("{name}::"))
            .any(|(at, _)| !pattern[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
    })
}
