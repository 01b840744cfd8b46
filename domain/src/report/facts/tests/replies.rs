//! First and further replies: who answered when, what failed, and what nobody answered.

use super::{
    expect, facts_of,
    history::{History, TARGET, by, keyword},
};
use crate::{
    conversation::ReplyClock,
    event::{Actor, Event},
    handoff::HandoffEnd,
    ids::HandoffId,
    message::Delivery,
    report::facts::WaitEnd,
    time::Span,
};

/// The bot asks for an agent in the second minute, and Ana claims in the fourth.
pub fn claimed() -> History {
    claimed_at("2026-03-02T10:00:00Z")
}

pub fn claimed_at(start: &str) -> History {
    History::from(start)
        .begins(0, "msg_1")
        .bot_says(1, "msg_2")
        .requests(2, "hof_1", keyword())
        .claims(4, "hof_1", "ana")
}

/// Ana's first reply comes four minutes after the request, the next one three minutes after a question.
pub fn answered_twice() -> History {
    claimed()
        .queues(5, "msg_3", "ana")
        .answers(6, "msg_3", "ana", 2)
        .first_reply(6, "hof_1", "msg_3", "ana", 4)
        .asks(10, "msg_4")
        .queues(12, "msg_5", "ana")
        .answers(13, "msg_5", "ana", 10)
        .closes(20, "hof_1", "ana", Some("otc_solved"))
}

#[test]
fn the_first_reply_is_the_response_and_later_ones_end_waits() {
    expect(
        &answered_twice(),
        "
        cnv_1 chn_1: customer at 0, 1 bot turns, wrote 2, 1 handoffs from hof_1 at 2, done otc_solved at 20
        hof_1 keyword kwd_1 at 2, claimed by ana at 4, msg_3 by ana at 6, closed with ana at 20 otc_solved | 2 4 16 18
        wait in hof_1 from 10 to 13: msg_5 by ana | 3
        ana claimed at 4, closed at 20
        close done at 20 of hof_1 by ana as otc_solved
        msg_2 by bot at 1, sent at 1
        msg_3 by ana at 5 in hof_1, sent at 6
        msg_5 by ana at 12 in hof_1, sent at 13
        ",
    );
}

#[test]
fn a_handoff_that_nobody_answers_stays_without_a_response() {
    let open = History::new().begins(0, "msg_1").requests(2, "hof_1", keyword());
    expect(
        &open,
        "
        cnv_1 chn_1: customer at 0, 0 bot turns, wrote 1, 1 handoffs from hof_1 at 2, waits since 2
        hof_1 keyword kwd_1 at 2 | - - - -
        ",
    );
    // It is closed without a word.
    expect(
        &open.claims(30, "hof_1", "ana").closes(40, "hof_1", "ana", None),
        "
        cnv_1 chn_1: customer at 0, 0 bot turns, wrote 1, 1 handoffs from hof_1 at 2, done at 40
        hof_1 keyword kwd_1 at 2, claimed by ana at 30, closed with ana at 40, lost | 28 - 10 38
        ana claimed at 30, closed at 40
        close done at 40 of hof_1 by ana
        ",
    );
}

#[test]
fn a_reply_on_the_phone_before_any_claim_is_the_response() {
    let history = History::new()
        .begins(0, "msg_1")
        .requests(2, "hof_1", keyword())
        .echoes(7, "msg_2")
        .answers(7, "msg_2", "phone", 2)
        .first_reply(7, "hof_1", "msg_2", "phone", 5)
        .claims(9, "hof_1", "ana")
        .closes(12, "hof_1", "ana", None);
    expect(
        &history,
        "
        cnv_1 chn_1: customer at 0, 0 bot turns, wrote 1, 1 handoffs from hof_1 at 2, done at 12
        hof_1 keyword kwd_1 at 2, claimed by ana at 9, msg_2 by phone at 7, closed with ana at 12 | 7 5 3 10
        ana claimed at 9, closed at 12
        close done at 12 of hof_1 by ana
        msg_2 by phone at 7 in hof_1, sent at 7
        ",
    );
}

#[test]
fn a_first_answer_that_is_refused_is_none_and_the_one_that_is_sent_is() {
    let refused = claimed().queues(5, "msg_3", "ana").fails(6, "msg_3", 131_026);
    expect(
        &refused,
        "
        cnv_1 chn_1: customer at 0, 1 bot turns, wrote 1, 1 handoffs from hof_1 at 2, waits since 2
        hof_1 keyword kwd_1 at 2, claimed by ana at 4 | 2 - - -
        ana claimed at 4
        msg_2 by bot at 1, sent at 1
        msg_3 by ana at 5 in hof_1, failed at 6 with 131026
        ",
    );
    let resent = Event::Resent { message: "msg_3".into() };
    let sent = refused
        .happens(8, Actor::Agent("agt_ana".into()), resent)
        .answers(9, "msg_3", "ana", 2)
        .first_reply(9, "hof_1", "msg_3", "ana", 7);
    expect(
        &sent,
        "
        cnv_1 chn_1: customer at 0, 1 bot turns, wrote 1, 1 handoffs from hof_1 at 2
        hof_1 keyword kwd_1 at 2, claimed by ana at 4, msg_3 by ana at 9 | 2 7 - -
        ana claimed at 4
        msg_2 by bot at 1, sent at 1
        msg_3 by ana at 5 in hof_1, sent at 9
        ",
    );
}

#[test]
fn an_answer_that_fails_afterwards_gives_the_wait_back() {
    // The first reply fails after it was accepted.
    let first = claimed()
        .queues(5, "msg_3", "ana")
        .answers(6, "msg_3", "ana", 2)
        .first_reply(6, "hof_1", "msg_3", "ana", 4)
        .fails(8, "msg_3", 131_026)
        .answer_fails(8, "msg_3", 2, Some("hof_1"));
    expect(
        &first,
        "
        cnv_1 chn_1: customer at 0, 1 bot turns, wrote 1, 1 handoffs from hof_1 at 2, waits since 2
        hof_1 keyword kwd_1 at 2, claimed by ana at 4 | 2 - - -
        ana claimed at 4
        msg_2 by bot at 1, sent at 1
        msg_3 by ana at 5 in hof_1, sent at 6, failed at 8 with 131026
        ",
    );
    // A further reply fails, and the conversation is closed over it.
    let next = claimed()
        .queues(5, "msg_3", "ana")
        .answers(6, "msg_3", "ana", 2)
        .first_reply(6, "hof_1", "msg_3", "ana", 4)
        .asks(10, "msg_4")
        .queues(12, "msg_5", "ana")
        .answers(13, "msg_5", "ana", 10)
        .answer_fails(15, "msg_5", 10, None)
        .closes(20, "hof_1", "ana", None);
    expect(
        &next,
        "
        cnv_1 chn_1: customer at 0, 1 bot turns, wrote 2, 1 handoffs from hof_1 at 2, done at 20
        hof_1 keyword kwd_1 at 2, claimed by ana at 4, msg_3 by ana at 6, closed with ana at 20 | 2 4 16 18
        wait in hof_1 from 10 to 20: unanswered, closed with ana | 10
        ana claimed at 4, closed at 20
        close done at 20 of hof_1 by ana
        msg_2 by bot at 1, sent at 1
        msg_3 by ana at 5 in hof_1, sent at 6
        msg_5 by ana at 12 in hof_1, sent at 13
        ",
    );
}

#[test]
fn an_answer_that_fails_after_the_close_leaves_the_customer_unanswered() {
    let further = answered_twice().answer_fails(25, "msg_5", 10, None);
    let waits: Vec<_> = facts_of(&further).waits.into_values().map(|wait| (wait.end, wait.lasted.raw)).collect();
    let owner = Some("agt_ana".into());
    let end = WaitEnd::Unanswered { end: HandoffEnd::Closed, owner };
    assert_eq!(waits, [(end, Span::minutes(10))]);
    let first = claimed()
        .queues(5, "msg_3", "ana")
        .answers(6, "msg_3", "ana", 2)
        .first_reply(6, "hof_1", "msg_3", "ana", 4)
        .closes(7, "hof_1", "ana", None)
        .answer_fails(9, "msg_3", 2, Some("hof_1"));
    let facts = facts_of(&first);
    let handoff = &facts.handoffs[&HandoffId::from("hof_1")];
    assert_eq!((handoff.lost, &handoff.first_reply, handoff.response), (true, &None, None));
    assert!(facts.waits.is_empty());
}

#[test]
fn an_answer_leaves_what_came_after_it_unanswered() {
    let history = claimed()
        .queues(5, "msg_3", "ana")
        .answers(6, "msg_3", "ana", 2)
        .first_reply(6, "hof_1", "msg_3", "ana", 4)
        .asks(10, "msg_4")
        .queues(11, "msg_5", "ana");
    let clock = |minute: i64| ReplyClock { since: history.start().plus(Span::minutes(minute)), target: TARGET };
    let answered = Event::Answered {
        message: "msg_5".into(),
        by: by("ana"),
        clock: clock(10),
        waited: Span::minutes(4),
        next: Some(clock(12)),
    };
    let history =
        history.clone().writes(12, "msg_6").status(14, "msg_5", Delivery::Sent).happens(14, Actor::Meta, answered);
    expect(
        &history,
        "
        cnv_1 chn_1: customer at 0, 1 bot turns, wrote 3, 1 handoffs from hof_1 at 2, waits since 12
        hof_1 keyword kwd_1 at 2, claimed by ana at 4, msg_3 by ana at 6 | 2 4 - -
        wait in hof_1 from 10 to 14: msg_5 by ana | 4
        ana claimed at 4
        msg_2 by bot at 1, sent at 1
        msg_3 by ana at 5 in hof_1, sent at 6
        msg_5 by ana at 11 in hof_1, sent at 14
        ",
    );
}

#[test]
fn a_conversation_closed_over_a_queued_message_has_its_response_and_loses_the_wait() {
    // The first reply is queued, Ana closes, and WhatsApp takes it afterwards.
    let first = claimed()
        .queues(5, "msg_3", "ana")
        .closes(6, "hof_1", "ana", None)
        .status(7, "msg_3", Delivery::Sent)
        .first_reply(7, "hof_1", "msg_3", "ana", 5);
    expect(
        &first,
        "
        cnv_1 chn_1: customer at 0, 1 bot turns, wrote 1, 1 handoffs from hof_1 at 2, done at 6
        hof_1 keyword kwd_1 at 2, claimed by ana at 4, msg_3 by ana at 7, closed with ana at 6 | 2 5 2 4
        ana claimed at 4, closed at 6
        close done at 6 of hof_1 by ana
        msg_2 by bot at 1, sent at 1
        msg_3 by ana at 5 in hof_1, sent at 7
        ",
    );
    // A further reply is queued: nothing answers the question before the close.
    let further = claimed()
        .queues(5, "msg_3", "ana")
        .answers(6, "msg_3", "ana", 2)
        .first_reply(6, "hof_1", "msg_3", "ana", 4)
        .asks(10, "msg_4")
        .queues(12, "msg_5", "ana")
        .closes(13, "hof_1", "ana", None)
        .status(14, "msg_5", Delivery::Sent);
    expect(
        &further,
        "
        cnv_1 chn_1: customer at 0, 1 bot turns, wrote 2, 1 handoffs from hof_1 at 2, done at 13
        hof_1 keyword kwd_1 at 2, claimed by ana at 4, msg_3 by ana at 6, closed with ana at 13 | 2 4 9 11
        wait in hof_1 from 10 to 13: unanswered, closed with ana | 3
        ana claimed at 4, closed at 13
        close done at 13 of hof_1 by ana
        msg_2 by bot at 1, sent at 1
        msg_3 by ana at 5 in hof_1, sent at 6
        msg_5 by ana at 12 in hof_1, sent at 14
        ",
    );
}
