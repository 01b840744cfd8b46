//! Messages to customers and their prices, the customer's language, and what old logs do not tell.

use super::{
    expect, folded,
    history::{History, agent, by},
    replies::claimed,
};
use crate::{
    event::{Actor, Event, ReleaseReason},
    ids::{ConversationId, HandoffId, MessageId},
    pricing::Pricing,
    report::facts::{FactContext, FactSet, NoticeKind},
    time::Span,
};

fn price(kind: &str, piece: i64) -> Pricing {
    Pricing { piece, ..Pricing::read(Some("PMP"), Some("service"), Some(kind), Some(true)).expect("a price") }
}

#[test]
fn each_piece_of_a_message_has_its_price_once() {
    let history = claimed()
        .queues(5, "msg_3", "ana")
        .delivered_at_price(6, "msg_3", price("regular", 1))
        .delivered_at_price(7, "msg_3", price("free_entry_point", 0))
        .delivered_at_price(8, "msg_3", price("regular", 0));
    expect(
        &history,
        "
        cnv_1 chn_1: customer at 0, 1 bot turns, wrote 1, 1 handoffs from hof_1 at 2, waits since 2
        hof_1 keyword kwd_1 at 2, claimed by ana at 4 | 2 - - -
        ana claimed at 4
        msg_2 by bot at 1, sent at 1
        msg_3 by ana at 5 in hof_1, sent at 6, service free_entry_point at 7
        msg_3/1 by ana at 5 in hof_1, service regular at 6
        ",
    );
}

#[test]
fn a_customer_whose_language_is_learned_has_it_from_the_beginning() {
    let mut context = FactContext::default();
    context.languages.insert("cnv_1".into(), "pt".to_owned());
    let facts = folded(&claimed(), &context);
    let (conversation, handoff) = (ConversationId::from("cnv_1"), HandoffId::from("hof_1"));
    assert_eq!(facts.conversations[&conversation].language.as_deref(), Some("pt"));
    assert_eq!(facts.handoffs[&handoff].language.as_deref(), Some("pt"));
    // Nothing is known of it any more, and what is known stays.
    let mut later = facts.clone();
    for entry in claimed().queues(5, "msg_3", "ana").entries() {
        later.fold(&entry, &FactContext::default());
    }
    assert_eq!(later.handoffs[&handoff].language.as_deref(), Some("pt"));
}

#[test]
fn a_message_keeps_the_market_that_its_customer_had() {
    let mut context = FactContext::default();
    context.markets.insert("cnv_1".into(), "49".to_owned());
    let facts = folded(&claimed(), &context);
    let market = |facts: &FactSet, id: &str| facts.messages[&(MessageId::from(id), 0)].market.clone();
    assert_eq!(market(&facts, "msg_2").as_deref(), Some("49"));
    // The number is erased before the next message and before the price is told.
    let mut later = facts.clone();
    let history = claimed().queues(5, "msg_3", "ana").delivered_at_price(6, "msg_2", price("regular", 1));
    for entry in history.entries() {
        later.fold(&entry, &FactContext::default());
    }
    assert_eq!((market(&later, "msg_2").as_deref(), market(&later, "msg_3")), (Some("49"), None));
    assert_eq!(later.messages[&(MessageId::from("msg_2"), 1)].market.as_deref(), Some("49"));
}

#[test]
fn a_notice_is_known_by_what_it_was_queued_with() {
    let history = History::new()
        .begins(0, "msg_1")
        .requests(2, "hof_1", super::history::keyword())
        .notice(2, "msg_2")
        .claims(4, "hof_1", "ana")
        .notice(6, "msg_3")
        .closes(9, "hof_1", "ana", None)
        .notice(9, "msg_4")
        .bot_says(9, "msg_5")
        .reopens(12, "hof_2", "ben")
        .closes(15, "hof_2", "ben", None)
        .asks_for_rating(15, "hof_2", Some("ben"), "msg_6");
    let facts = super::facts_of(&history);
    let notices: Vec<_> = facts.messages.values().map(|fact| (fact.message.as_str(), fact.notice)).collect();
    let (handoff, reminder, closing) = (NoticeKind::Handoff, NoticeKind::Reminder, NoticeKind::Closing);
    let expected = [
        ("msg_2", Some(handoff)),
        ("msg_3", Some(reminder)),
        ("msg_4", Some(closing)),
        ("msg_5", None),
        ("msg_6", Some(closing)),
    ];
    assert_eq!(notices, expected);
}

#[test]
fn an_old_log_tells_when_a_first_reply_was_queued() {
    let replied = Event::FirstReplied { handoff: "hof_1".into(), by: by("ana"), after: Span::minutes(3) };
    let history: History = claimed().queues(5, "msg_3", "ana").happens(5, Actor::Agent(agent("ana")), replied);
    assert_eq!(super::facts_of(&history).unsent_reply_at, Some(history.start().plus(Span::minutes(5))));
    // It does not tell what ended the wait after a release, or that the last question was answered.
    let history = history
        .releases(8, "hof_1", "ana", ReleaseReason::ByAgent)
        .claims(9, "hof_1", "ben")
        .queues(10, "msg_4", "ben")
        .writes(12, "msg_5")
        .queues(13, "msg_6", "ben")
        .closes(20, "hof_1", "ben", None);
    expect(
        &history,
        "
        cnv_1 chn_1: customer at 0, 1 bot turns, wrote 2, 1 handoffs from hof_1 at 2, done at 20
        hof_1 keyword kwd_1 at 2, claimed by ana at 4, unknown by ana at 5, 1 releases, 0 takeovers, \
         closed with ben at 20 | 2 3 16 18
        ana claimed at 4, released at 8
        ben claimed at 9, closed at 20
        close done at 20 of hof_1 by ben
        msg_2 by bot at 1, sent at 1
        msg_3 by ana at 5 in hof_1
        msg_4 by ben at 10 in hof_1
        msg_6 by ben at 13 in hof_1
        ",
    );
}

#[test]
fn entries_of_a_conversation_without_a_beginning_are_passed_over() {
    let history = History::new().requests(1, "hof_1", super::history::keyword()).claims(2, "hof_1", "ana");
    expect(&history, "");
    assert_eq!(super::facts_of(&history).reached.0, 2);
}
