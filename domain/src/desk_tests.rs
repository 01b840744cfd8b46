use proptest::prelude::*;

use super::*;
use crate::{
    conversation::{EndingKind, ReplyClock, Snooze, SnoozeKind},
    delivery::Delivery,
    handoff::TriggerKind,
    sla::Wait,
    time::{Span, Timestamp},
};

const VIEWER: &str = "agt_me";
const PAGE: usize = 3;

pub(super) fn row(id: u8, version: i64, state: RowState, at: i64) -> Row {
    let (reply, snooze) = needs(version, &state, at);
    Row {
        version,
        reply,
        snooze,
        wait: Some(Wait { since: Timestamp(at), until: None, answered: false, target: Span::minutes(5) }),
        requested_at: Some(Timestamp(at)),
        last_at: Timestamp(at),
        ending: mark(version, &state),
        ..Row::sample(&format!("cnv_{id:03}"), state)
    }
}

/// Whether its owner has to reply, or has put it aside.
fn needs(version: i64, state: &RowState, at: i64) -> (Option<Wait>, Option<Snooze>) {
    let is_claimed = matches!(state, RowState::Claimed { .. });
    let clock = ReplyClock { since: Timestamp(at / 2), target: Span::minutes(5) };
    let until = (version % 2 == 0).then_some(Timestamp(at + 7));
    (
        (is_claimed && version % 3 != 0).then_some(clock.wait()),
        (is_claimed && version % 5 < 2).then_some(Snooze { kind: SnoozeKind::Time, until }),
    )
}

/// The expected data: the current row of every conversation.
type World = BTreeMap<u8, Row>;

/// A fresh read of the first page of every group.
fn snapshot(world: &World, seq: i64) -> Desk {
    let viewer = AgentId::from(VIEWER);
    let mut counts = Counts::default();
    let mut groups: BTreeMap<Group, Range> = Group::ALL.into_iter().map(|group| (group, Range::default())).collect();
    for row in world.values() {
        match &row.state {
            RowState::Bot => counts.bot += 1,
            RowState::Waiting => counts.waiting += 1,
            RowState::Claimed { agent, .. } => {
                *counts.claimed.entry(agent.clone()).or_default() += 1;
                if row.snooze.is_some() {
                    *counts.snoozed.entry(agent.clone()).or_default() += 1;
                } else if row.reply.is_some() {
                    *counts.reply_now.entry(agent.clone()).or_default() += 1;
                }
            }
            RowState::Phone => counts.phone += 1,
            RowState::Closed { .. } => counts.closed += 1,
        }
        let group = row.group(&viewer);
        insert(&mut groups.entry(group).or_default().rows, row.clone(), group);
    }
    for range in groups.values_mut() {
        range.more = range.rows.len() > PAGE;
        range.rows.truncate(PAGE);
    }
    Desk {
        viewer,
        filter: Filter::default(),
        days: Days::default(),
        seq: Seq(seq),
        counts,
        filtered: None,
        groups,
        news: BTreeSet::new(),
    }
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

/// Half of the open rows can still be undone.
fn mark(version: i64, state: &RowState) -> Option<EndingMark> {
    let is_open = !matches!(state, RowState::Closed { .. });
    (is_open && version % 2 == 0).then(|| EndingMark {
        id: format!("end_{version}").as_str().into(),
        kind: EndingKind::Close,
        agent: VIEWER.into(),
        name: "Me".into(),
        due_at: Timestamp(version),
    })
}

proptest! {
    /// Given a snapshot, when frames follow (some of them twice, some already included in the snapshot), then the
    /// loaded rows equal the first rows of a fresh read, without gaps, and the counts match.
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
                    rows.sort_by_key(|row| row.key(group));
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

/// Like [`row`], with the fields that filters use.
fn told(id: u8, version: i64, kind: u8, at: i64) -> Row {
    let state = state(kind, at);
    let claimed_by = match &state {
        RowState::Claimed { agent, .. } => Some(agent.clone()),
        _ => Some(["agt_other", VIEWER][usize::from(id % 2)].into()),
    };
    let trigger = [TriggerKind::Keyword, TriggerKind::Failure][usize::from(version % 3 == 0)];
    let delivery = [None, Some(Delivery::Failed), Some(Delivery::Read)][usize::try_from(version % 3).unwrap_or(0)];
    Row {
        trigger: (state != RowState::Bot).then(|| (trigger, "Why".into())),
        last_delivery: delivery,
        channel: ["chn_1", "chn_2"][usize::from(id % 2)].into(),
        name: ["Maria", "Omar"][usize::from(id.is_multiple_of(3))].into(),
        claimed_by,
        ..row(id, version, state, at)
    }
}

/// A fresh read of a filtered view, with all its rows.
fn narrowed(world: &World, seq: i64, filter: &Filter, days: Days) -> Desk {
    let found = world.iter().filter(|(_, row)| filter.keeps(days, row));
    let mut desk = snapshot(&found.map(|(id, row)| (*id, row.clone())).collect(), seq);
    for range in desk.groups.values_mut() {
        *range = Range::default();
    }
    let mut filtered: BTreeMap<Group, Count> = Group::ALL.map(|group| (group, Count::default())).into();
    for row in world.values().filter(|row| filter.keeps(days, row)) {
        let group = row.group(&desk.viewer);
        filtered.entry(group).or_default().n += 1;
        if filter.status.is_none_or(|wanted| wanted.includes(group)) {
            insert(&mut desk.groups.entry(group).or_default().rows, row.clone(), group);
        }
    }
    Desk { filter: filter.clone(), days, filtered: Some(filtered), ..desk }
}

proptest! {
    /// Given a filtered view that is fully loaded, when frames follow, then its rows and counts equal those of a fresh
    /// read except for the announced rows, and every announced row is in the fresh read.
    #[test]
    fn a_narrowed_view_counts_what_it_shows_and_announces_the_rest(
        steps in prop::collection::vec((0u8..12, 0u8..6, any::<bool>()), 0..60),
        (which, status) in (0u8..6, prop::option::of(0usize..8)),
    ) {
        let mut filter = Filter { status: status.map(|at| Status::ALL[at]), ..Filter::default() };
        let mut days = Days::default();
        match which {
            0 => filter.channel = Some("chn_1".into()),
            1 => filter.agent = Some(VIEWER.into()),
            2 => filter.trigger = Some(TriggerKind::Failure),
            3 => filter.failed = true,
            4 => filter.unanswered = true,
            _ => {
                filter.date_of = DateOf::Closed;
                filter.from = Some("2026-11-22".into());
                days.from = Some(Timestamp(10));
            }
        }
        let mut world: World = (0..6).map(|id| (id, told(id, 0, id, 0))).collect();
        let mut desk = narrowed(&world, 0, &filter, days);
        for (step, (id, kind, twice)) in steps.iter().enumerate() {
            let seq = step as i64 + 1;
            let now = told(*id, seq, *kind, seq);
            world.insert(*id, now.clone());
            let frame = Frame::Changes(Changes { seq: Seq(seq), rows: vec![now], ..Changes::default() });
            desk.apply(&frame);
            if *twice {
                desk.apply(&frame);
            }
            let fresh = narrowed(&world, seq, &filter, days);
            for (group, range) in &fresh.groups {
                let expected: Vec<&Row> = range.rows.iter().filter(|row| !desk.news.contains(&row.id)).collect();
                let shown: Vec<&Row> = desk.groups[group].rows.iter().collect();
                prop_assert_eq!(shown, expected, "{:?}", group);
                if filter.status.is_none() {
                    let announced = range.rows.len() - desk.groups[group].rows.len();
                    prop_assert_eq!(desk.count(*group).n + announced as i64, fresh.count(*group).n, "{:?}", group);
                }
            }
            let all: BTreeSet<_> = fresh.groups.values().flat_map(|range| &range.rows).map(|row| &row.id).collect();
            prop_assert!(desk.news.iter().all(|id| all.contains(id)));
        }
    }
}

#[test]
fn a_status_of_an_unloaded_row_is_not_announced() {
    // given a filter with more matches than are loaded
    let channel = row(0, 1, RowState::Bot, 0).channel;
    let filter = Filter { channel: Some(channel), ..Filter::default() };
    let world: World = (0..5).map(|id| (id, row(id, 1, RowState::Bot, 100 - i64::from(id)))).collect();
    let mut desk = narrowed(&world, 1, &filter, Days::default());
    let range = desk.groups.get_mut(&Group::Bot).expect("a group");
    range.rows.truncate(PAGE);
    range.more = true;
    // when a message of the last match is delivered
    let tick = Row { version: 2, ..world[&4].clone() };
    desk.apply(&Frame::Changes(Changes { seq: Seq(2), rows: vec![tick.clone()], ..Changes::default() }));
    // then nothing is announced; when its customer writes, the row moves to the top and is announced
    assert_eq!(desk.news, BTreeSet::new());
    let wrote = Row { version: 3, last_at: Timestamp(200), ..tick };
    desk.apply(&Frame::Changes(Changes { seq: Seq(3), rows: vec![wrote.clone()], ..Changes::default() }));
    assert_eq!(desk.news, BTreeSet::from([wrote.id]));
}

#[test]
fn a_tick_does_not_move_a_bubble() {
    let line = |seq: i64, words: &str| Item {
        at: Timestamp(seq),
        seq: Seq(seq),
        body: ItemBody::Line(Line { tone: Tone::Plain, agent: None, text: words.into(), fact: None }),
    };
    let mut items = Vec::new();
    for seq in [3, 1, 2] {
        place_item(&mut items, line(seq, "first"));
    }
    place_item(&mut items, line(2, "again"));
    let words: Vec<_> = items
        .iter()
        .map(|item| match &item.body {
            ItemBody::Line(line) => (item.seq.0, line.text.as_str()),
            ItemBody::Message(_) | ItemBody::Note(_) => unreachable!("only lines here"),
        })
        .collect();
    assert_eq!(words, [(1, "first"), (2, "again"), (3, "first")]);
}

#[test]
fn what_is_no_longer_closed_leaves_that_list_by_its_last_message() {
    for state in [RowState::Bot, RowState::Waiting, RowState::Phone] {
        let key = |at| row(1, 1, state.clone(), at).key(Group::Closed);
        assert!(key(20) < key(10), "newest first");
    }
}

#[test]
fn the_total_counts_every_conversation_once() {
    let me = AgentId::from(VIEWER);
    let counts = Counts {
        waiting: 1,
        bot: 2,
        closed: 4,
        phone: 8,
        claimed: [(me.clone(), 48), ("agt_other".into(), 64)].into_iter().collect(),
        reply_now: [(me.clone(), 16)].into_iter().collect(),
        snoozed: [(me.clone(), 5)].into_iter().collect(),
    };
    assert_eq!(counts.total(&me), 127);
    assert_eq!(counts.total(&"agt_other".into()), 127);
}
