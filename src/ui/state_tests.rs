use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::domain::{
    desk::{Counts, Days, Filter, RowState},
    ids::Seq,
};

fn row(id: usize, state: RowState, at: i64) -> Row {
    Row {
        version: at,
        requested_at: Some(Timestamp(at)),
        alerted_at: Some(Timestamp(at)),
        last_at: Timestamp(at),
        ..Row::sample(&format!("cnv_{id:03}"), state)
    }
}

/// A layout's desk of which the server sent the oldest `sent` calls of `waiting`.
fn desk(sent: usize, waiting: i64) -> Desk {
    let waiting_rows = (0..sent).map(|id| row(id, RowState::Waiting, 10)).collect();
    let desk = Desk {
        viewer: "agt_me".into(),
        filter: Filter::default(),
        days: Days::default(),
        seq: Seq(1),
        counts: Counts { waiting, ..Counts::default() },
        filtered: None,
        groups: BTreeMap::new(),
        news: BTreeSet::new(),
    };
    desk_of(Calls {
        waiting: waiting_rows,
        desk,
        online: Vec::new(),
        at: Timestamp(10),
        endings: Vec::new(),
        unread: Vec::new(),
        drafts: Vec::new(),
        choices: Choices::default(),
        asides: String::new(),
    })
}

fn apply(desk: &mut Desk, seq: i64, rows: Vec<Row>, waiting: i64) {
    let counts = Some(Counts { waiting, ..Counts::default() });
    desk.apply(&Frame::Changes(Changes { seq: Seq(seq), rows, counts, ..Changes::default() }));
}

#[test]
fn a_call_comes_in_however_many_wait_already() {
    // given twenty known calls of twenty-five
    let mut desk = desk(20, 25);
    // when one more comes
    apply(&mut desk, 2, vec![row(30, RowState::Waiting, 20)], 26);
    // then it is there, below the others
    let rows = &desk.groups[&Group::Unassigned].rows;
    assert_eq!((rows.len(), rows.last().map(|row| row.id.as_str())), (21, Some("cnv_030")));
}

#[test]
fn calls_are_read_again_when_the_known_ones_run_short() {
    let mut desk = desk(20, 25);
    assert!(!too_few_known(&desk));
    let claimed = RowState::Claimed { agent: "agt_ben".into(), name: "Ben".into() };
    apply(&mut desk, 2, (0..16).map(|id| row(id, claimed.clone(), 20)).collect(), 9);
    assert!(too_few_known(&desk), "four are known of nine");
    apply(&mut desk, 3, (16..20).map(|id| row(id, claimed.clone(), 20)).collect(), 0);
    assert!(!too_few_known(&desk), "nobody waits");
}
