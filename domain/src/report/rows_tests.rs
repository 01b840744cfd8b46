use super::*;
use crate::report::samples::{answered, at, closed, closing, conversation, online, row, stint, wait};

/// A row of each kind.
fn rows() -> Vec<ReportRow> {
    vec![
        row(closed(answered("hof_1", 10, "agt_ana", 12, 15), 40)),
        ReportRow::Wait(wait(1, 30, "agt_ana", 3)),
        ReportRow::Conversation(ReportConversation {
            first_handoff: Some(("hof_1".into(), at(10))),
            ..conversation("cnv_1", 5)
        }),
        ReportRow::Closing(closing(2, 40, "agt_ana")),
        stint(3, "agt_ana", 12, Some(40)),
        online("agt_ana", 0, None),
    ]
}

#[test]
fn a_row_names_its_conversation_and_its_handoff() {
    for row in rows() {
        let is_presence = matches!(row, ReportRow::Presence(_));
        let expected = (!is_presence).then(|| (ConversationId::from("cnv_1"), HandoffId::from("hof_1")));
        assert_eq!(row.conversation().cloned().zip(row.handoff().cloned()), expected, "{row:?}");
    }
    assert_eq!(ReportRow::Conversation(conversation("cnv_2", 5)).handoff(), None, "the bot alone");
}

#[test]
fn a_row_is_left_out_and_given_a_reason_with_its_handoff() {
    for mut row in rows() {
        let is_presence = matches!(row, ReportRow::Presence(_));
        assert_eq!((row.reason(), row.traits().is_some_and(|traits| traits.left_out)), (None, false));
        row.give_reason("wants a refund".to_owned());
        row.leave_out();
        assert_eq!(row.reason(), (!is_presence).then_some("wants a refund"), "{row:?}");
        assert_eq!(row.traits().is_some_and(|traits| traits.left_out), !is_presence, "{row:?}");
    }
}

#[test]
fn a_handoffs_place_in_the_thread_is_what_the_measure_is_about() {
    let handoff = row(closed(answered("hof_1", 10, "agt_ana", 12, 15), 40));
    for (measure, expected) in [
        (Measure::Handoffs, "line_10"),
        (Measure::Waiting, "line_10"),
        (Measure::Response, "msg_1"),
        (Measure::TargetMissed, "msg_1"),
        (Measure::Handling, "line_40"),
        (Measure::Lost, "line_40"),
    ] {
        assert_eq!(handoff.anchor(measure).as_deref(), Some(expected), "{measure:?}");
    }
}
