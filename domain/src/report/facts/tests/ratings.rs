//! Questions for a rating, and the answers that count.

use std::collections::BTreeSet;

use super::{
    expect, facts_of,
    history::{History, keyword},
};
use crate::{ids::HandoffId, rating::Score, report::facts::FactKeys};

/// Ana's handoff is answered, closed and asked about.
fn asked() -> History {
    History::new()
        .begins(0, "msg_1")
        .requests(1, "hof_1", keyword())
        .claims(2, "hof_1", "ana")
        .queues(3, "msg_2", "ana")
        .answers(4, "msg_2", "ana", 1)
        .first_reply(4, "hof_1", "msg_2", "ana", 3)
        .closes(10, "hof_1", "ana", None)
        .asks_for_rating(10, "hof_1", Some("ana"), "msg_3")
}

#[test]
fn a_later_answer_replaces_the_first_one() {
    let [best, _, worst] = Score::ALL;
    let history =
        asked().rates(12, "hof_1", Some("ana"), "msg_4", best).rates(13, "hof_1", Some("ana"), "msg_5", worst);
    expect(
        &history,
        "
        cnv_1 chn_1: customer at 0, 0 bot turns, wrote 3, 1 handoffs from hof_1 at 1, done at 10
        hof_1 keyword kwd_1 at 1, claimed by ana at 2, msg_2 by ana at 4, closed with ana at 10 | 1 3 8 9
        ana claimed at 2, closed at 10
        close done at 10 of hof_1 by ana
        rating of ana in hof_1 asked by msg_3 at 10, 1 at 13
        msg_2 by ana at 3 in hof_1, sent at 4
        msg_3 by system at 10, sent at 10
        ",
    );
}

#[test]
fn each_handoff_of_a_conversation_has_its_own_rating() {
    let [best, ..] = Score::ALL;
    let history = asked()
        .reopens(20, "hof_2", "ben")
        .rates(21, "hof_1", Some("ana"), "msg_4", best)
        .closes(22, "hof_2", "ben", None)
        .asks_for_rating(22, "hof_2", None, "msg_5");
    let ratings = facts_of(&history).ratings;
    let found: Vec<_> = ratings.values().map(|fact| (fact.agent.is_some(), fact.rated.is_some())).collect();
    assert_eq!(found, [(true, true), (false, false)]);
}

#[test]
fn an_answer_needs_the_stored_question() {
    let [_, middle, _] = Score::ALL;
    let entries = asked().rates(12, "hof_1", Some("ana"), "msg_4", middle).entries();
    let keys = FactKeys::of(&entries[entries.len() - 1..]);
    assert_eq!(keys.ratings, BTreeSet::from([HandoffId::from("hof_1")]));
    assert_eq!(FactKeys::of(&asked().entries()).ratings, BTreeSet::new(), "a question needs nothing");
}
