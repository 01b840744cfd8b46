//! Where conversations come from: late messages, imports, the business, other apps, and several numbers.

use super::{
    expect,
    history::{History, agent, keyword},
};
use crate::{
    event::{Actor, CloseReason, Event},
    handoff::{Trigger, metrics},
    message::Author,
};

#[test]
fn a_late_message_waits_from_its_arrival_on() {
    // Written in the first minute, it arrives in the fortieth.
    let history = History::new().started(40, Actor::Customer, "chn_1", None);
    let late = history.wrote(1, "msg_1", None);
    let history = history
        .happens(40, Actor::Customer, late)
        .requests(40, "hof_1", Trigger::Late)
        .claims(43, "hof_1", "ana")
        .closes(50, "hof_1", "ana", None);
    expect(
        &history,
        "
        cnv_1 chn_1: customer at 40, wrote 1, 1 handoffs from hof_1 at 40, done at 50
        hof_1 late at 40, claimed by ana at 43, closed with ana at 50, lost | 3 - 7 10
        ana claimed at 43, closed at 50
        close done at 50 of hof_1 by ana
        ",
    );
    let facts = super::facts_of(&history);
    let escalated: Vec<_> = facts.conversations.values().map(metrics::is_escalated).collect();
    assert_eq!(escalated, [None], "the bot was not asked");
}

#[test]
fn imported_history_counts_nothing() {
    let history = History::new().started(0, Actor::System, "chn_1", None);
    let (said, at) = (history.wrote(-900, "msg_1", None), history.start());
    let echo = |message: &str| {
        let (author, kind, digest) = (Author::Phone, "text".to_owned(), String::new());
        Event::Echoed { message: message.into(), author, kind, at, digest }
    };
    let history = history
        .happens(0, Actor::System, said.clone())
        .happens(0, Actor::System, echo("msg_2"))
        .closed_by(0, Actor::System, CloseReason::Imported, None)
        // It goes into the open conversation, if there is one.
        .within("cnv_2")
        .begins(5, "msg_3")
        .happens(6, Actor::System, said)
        .happens(6, Actor::System, echo("msg_4"));
    expect(
        &history,
        "
        cnv_1 chn_1: import at 0, wrote 0, imported at 0
        cnv_2 chn_1: customer at 5, wrote 1
        close imported at 0
        ",
    );
}

#[test]
fn a_conversation_that_the_business_begins_is_a_cohort_of_its_own() {
    let history = History::new()
        .started(0, Actor::Meta, "chn_1", None)
        .echoes(0, "msg_1")
        .requests(0, "hof_1", Trigger::Phone)
        .first_reply(0, "hof_1", "msg_1", "phone", 0)
        .asks(5, "msg_2")
        .claims(6, "hof_1", "ana")
        .queues(7, "msg_3", "ana")
        .answers(8, "msg_3", "ana", 5)
        .closes(9, "hof_1", "ana", None);
    expect(
        &history,
        "
        cnv_1 chn_1: business at 0, wrote 1, 1 handoffs from hof_1 at 0, done at 9
        hof_1 phone at 0, claimed by ana at 6, msg_1 by phone at 0, closed with ana at 9 | 6 0 3 9
        wait in hof_1 from 5 to 8: msg_3 by ana | 3
        ana claimed at 6, closed at 9
        close done at 9 of hof_1 by ana
        msg_1 by phone at 0, sent at 0
        msg_3 by ana at 7 in hof_1, sent at 8
        ",
    );
    let facts = super::facts_of(&history);
    let conversation = facts.conversations.values().next().expect("one");
    assert_eq!(metrics::is_escalated(conversation), None);
    assert!(facts.handoffs.values().all(|handoff| !metrics::counts(handoff.begun_by)));
}

#[test]
fn a_conversation_that_an_agent_begins_is_of_that_cohort_and_nobody_waits_in_it() {
    let outbound = Trigger::Outbound { agent: agent("ana") };
    let history = History::new()
        .started(0, Actor::Agent(agent("ana")), "chn_1", None)
        .requests(0, "hof_1", outbound)
        .queues(0, "msg_1", "ana")
        .first_reply(1, "hof_1", "msg_1", "ana", 1);
    expect(
        &history,
        "
        cnv_1 chn_1: business at 0, wrote 0, 1 handoffs from hof_1 at 0
        hof_1 outbound at 0, claimed by ana at 0, msg_1 by ana at 1 | 0 1 - -
        ana claimed at 0
        msg_1 by ana at 0 in hof_1
        ",
    );
    let facts = super::facts_of(&history);
    let handoff = facts.handoffs.values().next().expect("one");
    assert!(!metrics::counts(handoff.begun_by), "none of waiting and response");
    assert_eq!(metrics::is_target_met(handoff, crate::time::Timestamp(i64::MAX)), None, "nor of the target");
    let conversation = facts.conversations.values().next().expect("one");
    assert_eq!(metrics::is_escalated(conversation), None);
}

#[test]
fn a_conversation_that_another_app_transfers_is_begun_by_that_app() {
    let history = History::new().started(0, Actor::Meta, "chn_1", None).requests(0, "hof_1", Trigger::Partner);
    expect(
        &history,
        "
        cnv_1 chn_1: partner at 0, wrote 0, 1 handoffs from hof_1 at 0, waits since 0
        hof_1 partner at 0 | - - - -
        ",
    );
}

#[test]
fn a_customer_at_two_numbers_has_two_conversations() {
    let history = History::new()
        .begins(0, "msg_1")
        .requests(1, "hof_1", keyword())
        .within("cnv_2")
        .started(2, Actor::Customer, "chn_2", None)
        .writes(2, "msg_2")
        .requests(3, "hof_2", keyword())
        .claims(5, "hof_2", "ben")
        .within("cnv_1")
        .claims(9, "hof_1", "ana")
        .notice(10, "msg_3");
    expect(
        &history,
        "
        cnv_1 chn_1: customer at 0, 0 bot turns, wrote 1, 1 handoffs from hof_1 at 1, waits since 1
        cnv_2 chn_2: customer at 2, 0 bot turns, wrote 1, 1 handoffs from hof_2 at 3, waits since 3
        hof_1 keyword kwd_1 at 1, claimed by ana at 9 | 8 - - -
        hof_2 keyword kwd_1 at 3, claimed by ben at 5 | 2 - - -
        ben claimed at 5
        ana claimed at 9
        msg_3 by system at 10 in hof_1, sent at 10
        ",
    );
    assert!(super::facts_of(&history).handoffs.values().any(|handoff| handoff.channel == "chn_2".into()));
}
