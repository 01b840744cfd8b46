use super::*;
use crate::{
    conversation::{EndingKind, ReplyClock, Snooze, SnoozeKind},
    desk::{EndingMark, RowState},
    ids::EndingId,
};

const NOW: Timestamp = Timestamp(1_000_000_000);

fn me() -> AgentId {
    AgentId::from("agt_me")
}

/// A conversation of mine, whose customer waits, with `left` of its window.
fn mine(left: Span) -> Row {
    let clock = ReplyClock { since: NOW.minus(Span::minutes(1)), target: Span::minutes(5) };
    Row {
        reply: Some(clock.wait()),
        window_closes: Some(NOW.plus(left)),
        ..Row::sample("cnv_1", RowState::Claimed { agent: me(), name: "Ana".to_owned() })
    }
}

#[test]
fn it_is_offered_to_the_owner_in_the_last_hour_while_the_customer_waits() {
    let row = mine(Span::minutes(59));
    assert_eq!(ending_window(&row, &me(), NOW), row.window_closes);
    assert_eq!(ending_window(&mine(OFFERED), &me(), NOW), None, "there is time for the answer itself");
    assert_eq!(ending_window(&mine(Span(0)), &me(), NOW), None, "it has closed");
    assert_eq!(ending_window(&row, &AgentId::from("agt_colleague"), NOW), None);
}

#[test]
fn it_is_not_offered_where_nothing_is_due() {
    let near = mine(Span::minutes(10));
    let snooze = Snooze { kind: SnoozeKind::Reply, until: None };
    let ending = EndingMark {
        id: EndingId::from("end_1"),
        kind: EndingKind::Close,
        agent: me(),
        name: "Ana".to_owned(),
        due_at: NOW,
    };
    for (why, row) in [
        ("answered", Row { reply: None, ..near.clone() }),
        ("snoozed", Row { snooze: Some(snooze), ..near.clone() }),
        ("being closed", Row { ending: Some(ending), ..near.clone() }),
        ("no window", Row { window_closes: None, ..near.clone() }),
        ("with the bot", Row { state: RowState::Bot, ..near }),
    ] {
        assert_eq!(ending_window(&row, &me(), NOW), None, "{why}");
    }
}
