//! Who had the conversation: releases, takeovers, undo, and agents who leave.

use super::{
    expect, facts_of,
    history::{History, agent, no_answer},
    replies::claimed,
};
use crate::{
    conversation::PreviousOwner,
    event::{Actor, CloseReason, Event, ReleaseReason},
    handoff::{Trigger, metrics},
    ids::ConversationId,
    report::facts::HandoffFact,
    time::Span,
};

#[test]
fn a_conversation_that_is_released_and_claimed_again_keeps_its_first_claim() {
    let history = claimed()
        .queues(5, "msg_3", "ana")
        .answers(6, "msg_3", "ana", 2)
        .first_reply(6, "hof_1", "msg_3", "ana", 4)
        .releases(8, "hof_1", "ana", ReleaseReason::ByAgent)
        .claims(11, "hof_1", "ben")
        .queues(12, "msg_4", "ben")
        .answers(13, "msg_4", "ben", 8)
        .closes(20, "hof_1", "ben", None);
    expect(
        &history,
        "
        cnv_1 chn_1: customer at 0, 1 bot turns, wrote 1, 1 handoffs from hof_1 at 2, done at 20
        hof_1 keyword kwd_1 at 2, claimed by ana at 4, msg_3 by ana at 6, 1 releases, 0 takeovers, closed with ben at 20 \
         | 2 4 16 18
        wait in hof_1 from 8 to 13: msg_4 by ben | 5
        ana claimed at 4, released at 8
        ben claimed at 11, closed at 20
        close done at 20 of hof_1 by ben
        msg_2 by bot at 1, sent at 1
        msg_3 by ana at 5 in hof_1, sent at 6
        msg_4 by ben at 12 in hof_1, sent at 13
        ",
    );
}

#[test]
fn a_colleague_who_takes_over_has_a_stint_of_their_own() {
    let history = claimed()
        .takes_over(7, "hof_1", "ben", "ana")
        .queues(8, "msg_3", "ben")
        .answers(9, "msg_3", "ben", 2)
        .first_reply(9, "hof_1", "msg_3", "ben", 7)
        .closes(12, "hof_1", "ben", None);
    expect(
        &history,
        "
        cnv_1 chn_1: customer at 0, 1 bot turns, wrote 1, 1 handoffs from hof_1 at 2, done at 12
        hof_1 keyword kwd_1 at 2, claimed by ana at 4, msg_3 by ben at 9, 0 releases, 1 takeovers, closed with ben at 12 \
         | 2 7 8 10
        ana claimed at 4, taken_over at 7
        ben taken_over at 7, closed at 12
        close done at 12 of hof_1 by ben
        msg_2 by bot at 1, sent at 1
        msg_3 by ben at 8 in hof_1, sent at 9
        ",
    );
}

#[test]
fn an_agent_who_is_deactivated_leaves_the_conversation_waiting() {
    let history = claimed()
        .queues(5, "msg_3", "ana")
        .answers(6, "msg_3", "ana", 2)
        .first_reply(6, "hof_1", "msg_3", "ana", 4)
        .releases(9, "hof_1", "ana", ReleaseReason::AgentDeactivated);
    expect(
        &history,
        "
        cnv_1 chn_1: customer at 0, 1 bot turns, wrote 1, 1 handoffs from hof_1 at 2, waits since 9
        hof_1 keyword kwd_1 at 2, claimed by ana at 4, msg_3 by ana at 6, 1 releases, 0 takeovers | 2 4 - -
        ana claimed at 4, agent_deactivated at 9
        msg_2 by bot at 1, sent at 1
        msg_3 by ana at 5 in hof_1, sent at 6
        ",
    );
}

/// Ana takes the conversation from the bot in the third minute.
fn taken_by_hand() -> History {
    let trigger = Trigger::Agent { agent: agent("ana") };
    History::new().begins(0, "msg_1").bot_says(1, "msg_2").requests(3, "hof_1", trigger).claims(3, "hof_1", "ana")
}

#[test]
fn a_takeover_by_hand_is_claimed_at_once() {
    let history = taken_by_hand()
        .queues(4, "msg_3", "ana")
        .answers(5, "msg_3", "ana", 3)
        .first_reply(5, "hof_1", "msg_3", "ana", 2)
        .returns(9, "hof_1", "ana");
    expect(
        &history,
        "
        cnv_1 chn_1: customer at 0, 1 bot turns, wrote 1, 1 handoffs from hof_1 at 3
        hof_1 agent at 3, claimed by ana at 3, msg_3 by ana at 5, returned_to_bot with ana at 9 | 0 2 6 -
        ana claimed at 3, returned_to_bot at 9
        msg_2 by bot at 1, sent at 1
        msg_3 by ana at 4 in hof_1, sent at 5
        ",
    );
}

#[test]
fn what_is_undone_does_not_count() {
    // A takeover from the bot.
    expect(
        &taken_by_hand().undoes_takeover(4, "hof_1", "ana", PreviousOwner::Bot),
        "
        cnv_1 chn_1: customer at 0, 1 bot turns, wrote 1
        hof_1 agent at 3, returned_to_bot with nobody at 4 | - - - -
        ana claimed at 3, undone at 4
        msg_2 by bot at 1, sent at 1
        ",
    );
    // The bot closes alone afterwards, or asks for somebody itself.
    let undone = taken_by_hand().undoes_takeover(4, "hof_1", "ana", PreviousOwner::Bot);
    let closed = facts_of(&undone.clone().closed_by(5, Actor::Bot, CloseReason::Bot, None));
    assert!(closed.closings.values().all(|closing| closing.bot_alone));
    assert!(closed.handoffs.values().all(HandoffFact::is_undone));
    let escalated: Vec<_> = closed.conversations.values().map(metrics::is_escalated).collect();
    assert_eq!(escalated, [Some(false)]);
    let asked = facts_of(&undone.requests(6, "hof_2", no_answer()));
    let conversation = &asked.conversations[&ConversationId::from("cnv_1")];
    let first = conversation.first_handoff.as_ref().map(|(first, _)| first.as_str());
    assert_eq!((conversation.handoffs, first), (1, Some("hof_2")));
    // A takeover from a colleague, and a release.
    let history = claimed()
        .takes_over(7, "hof_1", "ben", "ana")
        .undoes_takeover(8, "hof_1", "ben", PreviousOwner::Agent(agent("ana")))
        .releases(10, "hof_1", "ana", ReleaseReason::ByAgent)
        .undoes_release(11, "hof_1", "ana");
    expect(
        &history,
        "
        cnv_1 chn_1: customer at 0, 1 bot turns, wrote 1, 1 handoffs from hof_1 at 2, waits since 2
        hof_1 keyword kwd_1 at 2, claimed by ana at 4 | 2 - - -
        ana claimed at 4, taken_over at 7
        ben taken_over at 7, undone at 8
        ana given_back at 8, released at 10
        ana taken_back at 11
        msg_2 by bot at 1, sent at 1
        ",
    );
}

#[test]
fn the_wait_that_an_undone_release_began_is_over() {
    let answered = claimed()
        .queues(5, "msg_3", "ana")
        .answers(6, "msg_3", "ana", 2)
        .first_reply(6, "hof_1", "msg_3", "ana", 4)
        .releases(8, "hof_1", "ana", ReleaseReason::AgentGone);
    let conversation = ConversationId::from("cnv_1");
    let wait = |history: &History| facts_of(history).conversations[&conversation].wait.map(|wait| wait.since);
    assert_eq!(wait(&answered), Some(answered.start().plus(Span::minutes(8))));
    assert_eq!(wait(&answered.undoes_release(9, "hof_1", "ana")), None);
}

#[test]
fn two_handoffs_of_one_conversation_have_their_own_times() {
    let history = claimed()
        .queues(5, "msg_3", "ana")
        .answers(6, "msg_3", "ana", 2)
        .first_reply(6, "hof_1", "msg_3", "ana", 4)
        .returns(8, "hof_1", "ana")
        .happens(9, Actor::Bot, Event::FlowBegan { flow: "flw_1".into(), version: 1 })
        .writes(10, "msg_4")
        .bot_says(11, "msg_5")
        .requests(12, "hof_2", no_answer())
        .claims(15, "hof_2", "ben")
        .closes(21, "hof_2", "ben", None);
    expect(
        &history,
        "
        cnv_1 chn_1: customer at 0, 2 bot turns, wrote 2, 2 handoffs from hof_1 at 2, done at 21
        hof_1 keyword kwd_1 at 2, claimed by ana at 4, msg_3 by ana at 6, returned_to_bot with ana at 8 | 2 4 4 -
        hof_2 failure no_answer at 12, claimed by ben at 15, closed with ben at 21, lost | 3 - 6 9
        ana claimed at 4, returned_to_bot at 8
        ben claimed at 15, closed at 21
        close done at 21 of hof_2 by ben
        msg_2 by bot at 1, sent at 1
        msg_3 by ana at 5 in hof_1, sent at 6
        msg_5 by bot at 11 of flw_1, sent at 11
        ",
    );
}
