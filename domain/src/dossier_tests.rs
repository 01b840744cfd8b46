//! Placement of facts in the thread and the dossier.

use super::*;
use crate::item::ItemBody;

pub(crate) fn variable(seq: i64, name: &str, value: &str) -> VariableFact {
    VariableFact {
        id: format!("var_{seq}").into(),
        name: name.to_owned(),
        value: value.to_owned(),
        label: "Order".to_owned(),
        origin: FactOrigin::Flow,
        message: None,
        at: Timestamp(seq),
        seq: Seq(seq),
    }
}

pub(crate) fn call(seq: i64, status: CallStatus, output: &str) -> CallFact {
    CallFact {
        id: format!("cal_{seq}").into(),
        kind: CallKind::Tool,
        label: "order_status".to_owned(),
        input: "{}".to_owned(),
        output: (!output.is_empty()).then(|| output.to_owned()),
        status,
        took: None,
        message: None,
        at: Timestamp(seq),
        seq: Seq(seq),
    }
}

fn words(fact: Fact) -> String {
    match fact.item().body {
        ItemBody::Line(line) => line.text,
        ItemBody::Message(_) | ItemBody::Note(_) => String::new(),
    }
}

#[test]
fn a_line_shows_a_collected_value_and_its_source() {
    let asked = VariableFact { message: Some("msg_1".into()), ..variable(3, "order_number", "4711") };
    assert_eq!(words(Fact::Variable(asked.clone())), "Bot collected order number: 4711");
    let told = VariableFact { origin: FactOrigin::Model, ..asked.clone() };
    assert_eq!(words(Fact::Variable(told)), "Bot saved order number: 4711");
    assert_eq!(words(Fact::Variable(variable(3, "eta", "a\nb"))), "Bot saved eta: a b");
    assert_eq!((asked.anchor().as_str(), variable(3, "eta", "").anchor().as_str()), ("msg_1", "line_3"));
}

#[test]
fn a_line_shows_the_result_of_a_call() {
    let cases = [
        (call(1, CallStatus::Requested, ""), "Tool order_status → waiting for a response"),
        (call(1, CallStatus::Answered, "shipped"), "Tool order_status → shipped"),
        (call(1, CallStatus::Answered, ""), "Tool order_status → empty response"),
        (call(1, CallStatus::Failed, "HTTP 503"), "Tool order_status → HTTP 503"),
        (call(1, CallStatus::Interrupted, "?"), "Tool order_status → interrupted, outcome unknown"),
    ];
    for (fact, line) in cases {
        assert_eq!(words(Fact::Call(fact)), line);
    }
}

#[test]
fn a_lines_anchor_is_the_key_of_its_item() {
    let fact = call(7, CallStatus::Answered, "shipped");
    let anchor = fact.anchor();
    assert_eq!(Fact::Call(fact).item().key(), anchor);
}

#[test]
fn facts_come_in_any_order_and_twice_and_end_up_the_same() {
    let facts = [
        Fact::Variable(variable(1, "a", "1")),
        Fact::Call(call(2, CallStatus::Requested, "")),
        Fact::Variable(variable(3, "a", "2")),
        Fact::Call(call(2, CallStatus::Answered, "done")),
    ];
    let fold = |order: &[usize]| {
        let mut dossier = Dossier::default();
        order.iter().for_each(|at| dossier.upsert(facts[*at].clone()));
        dossier
    };
    let there = fold(&[0, 1, 2, 3]);
    assert_eq!(there.calls, [call(2, CallStatus::Answered, "done")]);
    for order in [[3, 2, 1, 0].as_slice(), &[0, 1, 2, 3, 0, 1, 2, 3], &[2, 3, 0, 1, 1]] {
        assert_eq!(fold(order), there, "{order:?}");
    }
}

#[test]
fn the_newest_rating_of_each_handoff_counts() {
    let rated = |seq: i64, handoff: &str, score: usize| HandoffRating {
        handoff: handoff.into(),
        agent: None,
        score: Score::ALL[score],
        at: Timestamp(seq),
        seq: Seq(seq),
    };
    let facts = [rated(1, "hof_1", 0), rated(2, "hof_2", 1), rated(3, "hof_1", 2)];
    for order in [[0, 1, 2].as_slice(), &[2, 1, 0], &[1, 2, 0, 2]] {
        let mut dossier = Dossier::default();
        order.iter().for_each(|at| dossier.upsert(Fact::Rating(facts[*at].clone())));
        assert_eq!(dossier.ratings, facts[1..], "{order:?}");
    }
    let rated = &facts[0];
    assert_eq!(Fact::Rating(rated.clone()).item().key(), rated.anchor());
}

#[test]
fn the_newest_value_of_a_name_counts_in_the_place_of_the_first() {
    let all = [variable(1, "a", "old"), variable(2, "b", "1"), variable(3, "a", "new")];
    let shown: Vec<_> = current(&all).into_iter().map(|fact| (fact.name.as_str(), fact.value.as_str())).collect();
    assert_eq!(shown, [("a", "new"), ("b", "1")]);
}

#[test]
fn a_dossier_without_fields_is_read_as_empty() {
    assert_eq!(serde_json::from_str::<Dossier>("{}").expect("reads"), Dossier::default());
}

#[test]
fn a_call_shows_before_it_is_answered_whatever_became_of_others() {
    let mut dossier = Dossier::default();
    let (asked, answered) = (call(3, CallStatus::Requested, ""), call(2, CallStatus::Answered, "done"));
    for fact in [&answered, &asked] {
        dossier.upsert(Fact::Call(fact.clone()));
    }
    assert_eq!(dossier.calls, [answered, asked]);
}

#[test]
fn every_status_of_a_call_has_a_label() {
    let labels: std::collections::BTreeSet<_> = CallStatus::ALL.into_iter().map(CallStatus::label).collect();
    assert_eq!(labels.len(), CallStatus::ALL.len());
    assert!(!labels.contains(""));
}
