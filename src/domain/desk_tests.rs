use proptest::prelude::*;

use super::*;
use crate::domain::time::Span;

const VIEWER: &str = "agt_me";
const PAGE: usize = 3;

fn row(id: u8, version: i64, state: RowState, at: i64) -> Row {
    Row {
        id: format!("cnv_{id:03}").as_str().into(),
        version,
        name: "Maria".into(),
        phone: None,
        channel: "chn_1".into(),
        channel_name: "Acme".into(),
        state,
        preview: "hi".into(),
        preview_by: PreviewBy::Customer,
        unread: 0,
        trigger: None,
        wait: Some(Wait { since: Timestamp(at), until: None, target: Span::minutes(5) }),
        started_at: Timestamp(0),
        requested_at: Some(Timestamp(at)),
        last_at: Timestamp(at),
        window_closes: None,
        last_turn: None,
    }
}

/// The truth: every conversation as it is now.
type World = BTreeMap<u8, Row>;

/// What a fresh read of the first page of every group would show.
fn snapshot(world: &World, seq: i64) -> Desk {
    let viewer = AgentId::from(VIEWER);
    let mut counts = Counts::default();
    let mut groups: BTreeMap<Group, Range> = Group::ALL.into_iter().map(|group| (group, Range::default())).collect();
    for row in world.values() {
        match &row.state {
            RowState::Bot => counts.bot += 1,
            RowState::Waiting => counts.waiting += 1,
            RowState::Claimed { agent, .. } => *counts.claimed.entry(agent.clone()).or_default() += 1,
            RowState::Phone => counts.phone += 1,
            RowState::Closed { .. } => counts.closed += 1,
        }
        let group = groups.entry(row.group(&viewer)).or_default();
        insert(&mut group.rows, row.clone());
    }
    for range in groups.values_mut() {
        range.more = range.rows.len() > PAGE;
        range.rows.truncate(PAGE);
    }
    Desk { viewer, filter: Filter::default(), seq: Seq(seq), counts, filtered: None, groups, news: BTreeSet::new() }
}

fn state(kind: u8, at: i64) -> RowState {
    match kind % 6 {
        0 => RowState::Bot,
        1 => RowState::Waiting,
        2 => RowState::Claimed { agent: VIEWER.into(), name: "Me".into() },
        3 => RowState::Claimed { agent: "agt_other".into(), name: "Other".into() },
        4 => RowState::Phone,
        _ => RowState::Closed { at: Timestamp(at) },
    }
}

proptest! {
    /// Given a snapshot, when frames follow (some twice, some already in the snapshot), then what is loaded equals the
    /// top of what a fresh read shows, without a hole, and the counts are the same.
    #[test]
    fn a_snapshot_and_its_frames_give_the_fresh_state(
        steps in prop::collection::vec((0u8..12, 0u8..6, any::<bool>()), 0..60),
        read_at in 0usize..60,
    ) {
        let mut world = World::new();
        let mut desk = snapshot(&world, 0);
        let mut last: Option<Frame> = None;
        for (step, (id, kind, twice)) in steps.iter().enumerate() {
            let seq = step as i64 + 1;
            let now = row(*id, seq, state(*kind, seq), seq);
            world.insert(*id, now.clone());
            let fresh = snapshot(&world, seq);
            if step == read_at {
                desk = fresh.clone();
            }
            let frame = Frame::Changes(Changes { seq: Seq(seq), rows: vec![now], counts: Some(fresh.counts.clone()), ..Changes::default() });
            if let Some(old) = &last {
                // An old frame that arrives again changes nothing.
                desk.apply(old);
            }
            desk.apply(&frame);
            if *twice {
                desk.apply(&frame);
            }
            last = Some(frame);
            for group in Group::ALL {
                prop_assert_eq!(desk.count(group), fresh.count(group));
                let loaded = &desk.groups[&group];
                let all: Vec<&Row> = {
                    let viewer = AgentId::from(VIEWER);
                    let mut rows: Vec<&Row> = world.values().filter(|row| row.group(&viewer) == group).collect();
                    rows.sort_by_key(|row| row.key());
                    rows
                };
                let shown: Vec<&Row> = loaded.rows.iter().collect();
                prop_assert_eq!(&shown[..], &all[..shown.len()], "the loaded range is the top of the group");
                if !loaded.more {
                    prop_assert_eq!(shown.len(), all.len(), "nothing is missing where nothing more was promised");
                }
            }
        }
    }
}

#[test]
fn a_tick_does_not_move_a_bubble() {
    let line = |seq: i64, words: &str| Item {
        at: Timestamp(seq),
        seq: Seq(seq),
        body: ItemBody::Line(Line { tone: Tone::Plain, agent: None, words: words.into(), fact: None }),
    };
    let mut items = Vec::new();
    for seq in [3, 1, 2] {
        place_item(&mut items, line(seq, "first"));
    }
    place_item(&mut items, line(2, "again"));
    let words: Vec<_> = items
        .iter()
        .map(|item| match &item.body {
            ItemBody::Line(line) => (item.seq.0, line.words.as_str()),
            ItemBody::Message(_) => unreachable!("only lines here"),
        })
        .collect();
    assert_eq!(words, [(1, "first"), (2, "again"), (3, "first")]);
}
