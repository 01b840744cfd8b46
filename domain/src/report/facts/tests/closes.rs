//! How conversations close, and what comes back.

use super::{
    expect,
    history::{History, keyword},
    replies::claimed,
};
use crate::{
    event::{Actor, CloseReason},
    handoff::metrics,
    time::{Span, Timestamp},
};

/// Minutes of a day.
const DAY: i64 = 24 * 60;

#[test]
fn a_conversation_that_the_bot_closes_alone_is_no_escalation() {
    let history = History::new()
        .begins(0, "msg_1")
        .bot_says(1, "msg_2")
        .writes(3, "msg_3")
        .bot_says(4, "msg_4")
        .bot_says(4, "msg_5")
        .closed_by(5, Actor::Bot, CloseReason::Bot, None);
    expect(
        &history,
        "
        cnv_1 chn_1: customer at 0, 2 bot turns, wrote 2, bot at 5
        close bot at 5 by the bot alone
        msg_2 by bot at 1, sent at 1
        msg_4 by bot at 4, sent at 4
        msg_5 by bot at 4, sent at 4
        ",
    );
    let facts = super::facts_of(&history);
    let escalated: Vec<_> = facts.conversations.values().map(metrics::is_escalated).collect();
    assert_eq!(escalated, [Some(false)]);
    let escalated: Vec<_> = super::facts_of(&claimed()).conversations.values().map(metrics::is_escalated).collect();
    assert_eq!(escalated, [Some(true)]);
}

#[test]
fn a_close_after_a_handoff_is_not_the_bots_alone() {
    let history =
        claimed().returns(6, "hof_1", "ana").bot_says(7, "msg_3").closed_by(8, Actor::Bot, CloseReason::Bot, None);
    expect(
        &history,
        "
        cnv_1 chn_1: customer at 0, 1 bot turns, wrote 1, 1 handoffs from hof_1 at 2, bot at 8
        hof_1 keyword kwd_1 at 2, claimed by ana at 4, returned_to_bot with ana at 6 | 2 - 2 -
        ana claimed at 4, returned_to_bot at 6
        close bot at 8
        msg_2 by bot at 1, sent at 1
        msg_3 by bot at 7, sent at 7
        ",
    );
}

#[test]
fn a_customer_who_is_silent_is_closed_by_nobody() {
    let history = claimed().closed_by(90, Actor::System, CloseReason::Silent, Some("hof_1"));
    expect(
        &history,
        "
        cnv_1 chn_1: customer at 0, 1 bot turns, wrote 1, 1 handoffs from hof_1 at 2, silent at 90
        hof_1 keyword kwd_1 at 2, claimed by ana at 4, closed with ana at 90, lost | 2 - 86 88
        ana claimed at 4, closed at 90
        close silent at 90 of hof_1
        msg_2 by bot at 1, sent at 1
        ",
    );
}

#[test]
fn a_customer_who_comes_back_after_five_days_begins_another_conversation() {
    let later = 5 * DAY;
    let history = claimed()
        .closes(10, "hof_1", "ana", None)
        .within("cnv_2")
        .started(later, Actor::Customer, "chn_1", Some("cnv_1"))
        .writes(later, "msg_3");
    expect(
        &history,
        "
        cnv_1 chn_1: customer at 0, 1 bot turns, wrote 1, 1 handoffs from hof_1 at 2, done at 10
        cnv_2 chn_1: customer at 7200, wrote 1
        hof_1 keyword kwd_1 at 2, claimed by ana at 4, closed with ana at 10, lost | 2 - 6 8
        ana claimed at 4, closed at 10
        close done at 10 of hof_1 by ana, followed at 7200
        msg_2 by bot at 1, sent at 1
        ",
    );
    let closing = super::facts_of(&history).closings.into_values().next().expect("one");
    let day = |day: i64| Timestamp(history.start().0 + Span::days(day).0);
    assert_eq!(metrics::came_back(&closing, day(5)), Some(true));
}

#[test]
fn a_conversation_that_is_reopened_has_another_handoff_and_may_get_another_outcome() {
    let history = claimed()
        .closes(10, "hof_1", "ana", Some("otc_solved"))
        .reopens(30, "hof_2", "ben")
        .asks(30, "msg_3")
        .queues(32, "msg_4", "ben")
        .answers(33, "msg_4", "ben", 30)
        .first_reply(33, "hof_2", "msg_4", "ben", 3)
        .closes(40, "hof_2", "ben", Some("otc_refund"));
    expect(
        &history,
        "
        cnv_1 chn_1: customer at 0, 1 bot turns, wrote 2, 2 handoffs from hof_1 at 2, done otc_refund at 40
        hof_1 keyword kwd_1 at 2, claimed by ana at 4, closed with ana at 10 otc_solved, lost | 2 - 6 8
        hof_2 reopened at 30, claimed by ben at 30, msg_4 by ben at 33, closed with ben at 40 otc_refund | 0 3 10 10
        ana claimed at 4, closed at 10
        ben reopened at 30, closed at 40
        close done at 10 of hof_1 by ana as otc_solved, reopened at 30
        close done at 40 of hof_2 by ben as otc_refund
        msg_2 by bot at 1, sent at 1
        msg_4 by ben at 32 in hof_2, sent at 33
        ",
    );
}

#[test]
fn a_conversation_that_is_merged_ends_its_handoff_without_a_resolution() {
    let history = History::new()
        .begins(0, "msg_1")
        .within("cnv_2")
        .begins(3, "msg_2")
        .requests(4, "hof_2", keyword())
        .claims(6, "hof_2", "ana")
        .closed_by(8, Actor::System, CloseReason::Merged, Some("hof_2"));
    expect(
        &history,
        "
        cnv_1 chn_1: customer at 0, wrote 1
        cnv_2 chn_1: customer at 3, 0 bot turns, wrote 1, 1 handoffs from hof_2 at 4, merged at 8
        hof_2 keyword kwd_1 at 4, claimed by ana at 6, merged with ana at 8 | 2 - 2 -
        ana claimed at 6, merged at 8
        close merged at 8 of hof_2
        ",
    );
    let facts = super::facts_of(&history);
    let escalated: Vec<_> = facts.conversations.values().map(metrics::is_escalated).collect();
    assert_eq!(escalated, [None, None], "the bot said nothing in the one, and the other is merged into it");
}
