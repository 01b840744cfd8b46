//! Rules of the desk one by one: versions, removals, pages, counts, keys and filters.

use super::{tests::row, *};
use crate::{
    conversation::{ReplyClock, Snooze, SnoozeKind},
    delivery::Delivery,
    handoff::TriggerKind,
    sla::Wait,
    time::{Span, Timestamp},
};

const ME: &str = "agt_me";

fn me() -> AgentId {
    ME.into()
}

fn claimed(agent: &str) -> RowState {
    RowState::Claimed { agent: agent.into(), name: "Name".into() }
}

fn desk(rows: Vec<Row>, more: bool) -> Desk {
    let mut groups: BTreeMap<Group, Range> = Group::ALL.into_iter().map(|group| (group, Range::default())).collect();
    for row in rows {
        let group = row.group(&me());
        let range = groups.entry(group).or_default();
        insert(&mut range.rows, row, group);
        range.more = more;
    }
    Desk {
        viewer: me(),
        filter: Filter::default(),
        days: Days::default(),
        seq: Seq(5),
        counts: Counts::default(),
        filtered: None,
        groups,
        news: BTreeSet::new(),
    }
}

fn frame(seq: i64, rows: Vec<Row>) -> Frame {
    Frame::Changes(Changes { seq: Seq(seq), rows, ..Changes::default() })
}

fn ids(desk: &Desk, group: Group) -> Vec<&str> {
    desk.groups[&group].rows.iter().map(|row| row.id.as_str()).collect()
}

fn found(n: i64) -> Count {
    Count { n, more: false }
}

#[test]
fn a_row_is_found_by_its_id_in_any_group() {
    let desk = desk(vec![row(1, 1, RowState::Bot, 10), row(2, 1, RowState::Waiting, 20)], false);
    assert_eq!(desk.row(&"cnv_002".into()).map(|row| row.id.as_str()), Some("cnv_002"));
    assert_eq!(desk.row(&"cnv_003".into()), None);
}

#[test]
fn an_older_version_of_a_row_changes_nothing() {
    let mut desk = desk(vec![row(1, 4, RowState::Bot, 10)], false);
    desk.apply(&frame(6, vec![row(1, 3, RowState::Waiting, 10)]));
    assert_eq!((ids(&desk, Group::Bot), ids(&desk, Group::Unassigned)), (vec!["cnv_001"], vec![]));
    for version in [4, 5] {
        let state = if version == 4 { RowState::Waiting } else { RowState::Phone };
        desk.apply(&frame(6, vec![row(1, version, state.clone(), 10)]));
        assert_eq!(desk.row(&"cnv_001".into()).map(|row| &row.state), Some(&state));
    }
}

#[test]
fn a_frame_from_before_the_read_is_ignored() {
    let before = desk(vec![row(1, 1, RowState::Bot, 10)], false);
    let mut after = before.clone();
    after.apply(&frame(4, vec![row(1, 2, RowState::Waiting, 10)]));
    assert_eq!(after, before);
    after.apply(&frame(5, vec![row(1, 2, RowState::Waiting, 10)]));
    assert_eq!((after.seq, ids(&after, Group::Unassigned)), (Seq(5), vec!["cnv_001"]));
    after.apply(&frame(9, vec![]));
    assert_eq!(after.seq, Seq(9));
}

#[test]
fn a_removed_row_leaves_the_list_the_count_and_the_announcement() {
    let mut desk = desk(vec![row(1, 1, RowState::Bot, 10), row(2, 1, RowState::Bot, 20)], false);
    desk.filtered = Some([(Group::Bot, found(2)), (Group::Unassigned, found(1))].into());
    desk.news = ["cnv_001".into(), "cnv_007".into()].into();
    let removed = vec!["cnv_001".into(), "cnv_009".into()];
    let counts = Counts { bot: 8, ..Counts::default() };
    desk.apply(&Frame::Changes(Changes { seq: Seq(6), removed, counts: Some(counts.clone()), ..Changes::default() }));
    assert_eq!(ids(&desk, Group::Bot), ["cnv_002"]);
    assert_eq!((desk.count(Group::Bot), desk.count(Group::Unassigned)), (found(1), found(1)));
    assert_eq!((desk.news, desk.counts), (["cnv_007".into()].into(), counts));
}

#[test]
fn a_further_page_adds_only_rows_that_still_belong_to_it() {
    let mut desk = desk(vec![row(1, 5, RowState::Bot, 90), row(2, 5, RowState::Waiting, 80)], true);
    desk.news = ["cnv_004".into(), "cnv_006".into()].into();
    let page = Range {
        rows: vec![
            // Known in the same version, in an older one, and in a group that it has left since.
            row(1, 5, RowState::Bot, 70),
            row(2, 4, RowState::Bot, 60),
            row(3, 1, RowState::Waiting, 50),
            row(4, 1, RowState::Bot, 40),
            row(5, 1, RowState::Bot, 30),
        ],
        more: false,
    };
    desk.extend(Group::Bot, page);
    assert_eq!(ids(&desk, Group::Bot), ["cnv_001", "cnv_004", "cnv_005"]);
    assert_eq!(ids(&desk, Group::Unassigned), ["cnv_002"]);
    assert_eq!(desk.row(&"cnv_001".into()).map(|row| row.last_at), Some(Timestamp(90)));
    assert!(!desk.groups[&Group::Bot].more && desk.groups[&Group::Unassigned].more);
    assert_eq!(desk.news, ["cnv_006".into()].into(), "a row that is shown is no longer announced");
}

#[test]
fn a_page_replaces_an_older_version_of_its_row() {
    let mut desk = desk(vec![row(1, 1, RowState::Bot, 10), row(2, 1, RowState::Bot, 20)], true);
    desk.extend(Group::Bot, Range { rows: vec![row(1, 2, RowState::Bot, 30)], more: true });
    assert_eq!(ids(&desk, Group::Bot), ["cnv_001", "cnv_002"]);
    assert!(desk.groups[&Group::Bot].more);
}

#[test]
fn a_row_below_the_loaded_part_is_not_shown() {
    let below = || row(9, 1, RowState::Bot, 10);
    let loaded = |more| desk(vec![row(1, 1, RowState::Bot, 90), row(2, 1, RowState::Bot, 80)], more);
    let shown = |mut desk: Desk| {
        desk.apply(&frame(6, vec![below()]));
        ids(&desk, Group::Bot).len()
    };
    assert_eq!(shown(loaded(true)), 2);
    assert_eq!(shown(loaded(false)), 3, "everything is loaded");
    let mut empty = desk(vec![], false);
    assert_eq!(shown(empty.clone()), 1);
    if let Some(range) = empty.groups.get_mut(&Group::Bot) {
        range.more = true;
    }
    assert_eq!(shown(empty.clone()), 0, "nothing is loaded yet");
}

#[test]
fn the_counts_of_a_filtered_view_follow_its_rows() {
    let view = |bot: Count, waiting: Count| Desk {
        filter: Filter { channel: Some("chn_1".into()), ..Filter::default() },
        filtered: Some([(Group::Bot, bot), (Group::Unassigned, waiting)].into()),
        ..desk(vec![row(1, 1, RowState::Bot, 10)], false)
    };
    let after = |mut desk: Desk, changed: Row| {
        desk.apply(&frame(6, vec![changed]));
        (desk.count(Group::Bot), desk.count(Group::Unassigned))
    };
    let moved = || row(1, 2, RowState::Waiting, 10);
    assert_eq!(after(view(found(3), found(4)), moved()), (found(2), found(5)));
    assert_eq!(after(view(found(3), found(4)), row(1, 2, RowState::Bot, 20)), (found(3), found(4)));
    assert_eq!(after(view(found(0), found(4)), moved()), (found(0), found(5)), "a count is never negative");
    // A count that stopped early stays.
    let early = |n| Count { n, more: true };
    assert_eq!(after(view(early(3), early(4)), moved()), (early(3), early(4)));
    // A row that left the filter is no longer counted anywhere.
    let left = Row { channel: "chn_2".into(), ..moved() };
    assert_eq!(after(view(found(3), found(4)), left), (found(2), found(4)));
    // A group that the view does not count has none.
    assert_eq!(view(found(3), found(4)).count(Group::Closed), Count::default());
}

#[test]
fn a_new_match_is_announced_and_not_inserted_while_a_filter_is_active() {
    let mut desk = desk(vec![], false);
    desk.filter.channel = Some("chn_1".into());
    let stranger = Row { channel: "chn_2".into(), ..row(2, 1, RowState::Bot, 10) };
    desk.apply(&frame(6, vec![row(1, 1, RowState::Bot, 10), stranger]));
    assert_eq!((ids(&desk, Group::Bot).len(), &desk.news), (0, &["cnv_001".into()].into()));
    // The status alone is no narrowing: its rows are inserted, those of other groups are not shown.
    let mut by_status =
        Desk { filter: Filter { status: Some(Status::Bot), ..Filter::default() }, ..self::desk(vec![], false) };
    by_status.apply(&frame(6, vec![row(1, 1, RowState::Bot, 10), row(2, 1, RowState::Waiting, 10)]));
    assert_eq!((ids(&by_status, Group::Bot), ids(&by_status, Group::Unassigned)), (vec!["cnv_001"], vec![]));
    assert!(by_status.news.is_empty());
}

fn waits(since: i64) -> Option<Wait> {
    Some(ReplyClock { since: Timestamp(since), target: Span::minutes(5) }.wait())
}

fn until(at: Option<i64>) -> Option<Snooze> {
    Some(Snooze { kind: SnoozeKind::Time, until: at.map(Timestamp) })
}

#[test]
fn the_state_and_the_viewer_decide_the_group() {
    let row = |state, reply, snooze| Row { reply, snooze, ..row(1, 1, state, 0) };
    let table = [
        (row(claimed(ME), waits(1), None), Group::ReplyNow, "Reply now"),
        (row(RowState::Waiting, waits(1), None), Group::Unassigned, "Unassigned"),
        (row(claimed(ME), None, None), Group::CustomersTurn, "Customer's turn"),
        (row(claimed(ME), None, until(None)), Group::Snoozed, "Snoozed"),
        (row(claimed(ME), waits(1), until(Some(9))), Group::Snoozed, "Snoozed"),
        (row(claimed("agt_other"), waits(1), None), Group::Others, "Others"),
        (row(claimed("agt_other"), None, until(None)), Group::Others, "Others"),
        (row(RowState::Phone, waits(1), None), Group::Others, "Others"),
        (row(RowState::Bot, None, None), Group::Bot, "Bot"),
        (row(RowState::Closed { at: Timestamp(5) }, None, None), Group::Closed, "Closed"),
    ];
    for (row, group, label) in table {
        assert_eq!((row.group(&me()), row.group(&me()).label()), (group, label), "{row:?}");
    }
}

#[test]
fn those_who_wait_are_sorted_oldest_first_and_the_others_newest_first() {
    let base = |state| Row {
        requested_at: Some(Timestamp(30)),
        last_at: Timestamp(40),
        reply: None,
        snooze: None,
        ..row(1, 1, state, 0)
    };
    let mine = || Row { reply: waits(20), ..base(claimed(ME)) };
    let table = [
        (base(RowState::Waiting), ME, 30),
        (Row { requested_at: None, ..base(RowState::Waiting) }, ME, 40),
        (base(RowState::Closed { at: Timestamp(50) }), ME, -50),
        (base(RowState::Bot), ME, -40),
        (base(claimed(ME)), ME, -40),
        (mine(), ME, 20),
        // Who waits for Ana is one of many for Ben.
        (mine(), "agt_ben", -40),
        (Row { snooze: until(Some(60)), ..mine() }, ME, 60),
        (Row { snooze: until(None), ..mine() }, ME, i64::MAX),
        (base(RowState::Phone), ME, -40),
    ];
    for (row, viewer, rank) in table {
        let group = row.group(&viewer.into());
        assert_eq!(row.key(group), Key { rank, id: "cnv_001".into() }, "{row:?} for {viewer}");
    }
}

#[test]
fn the_counts_of_a_viewer_are_derived_from_those_of_all_agents() {
    let counts = Counts {
        waiting: 1,
        bot: 2,
        closed: 7,
        phone: 10,
        claimed: [(me(), 6), ("agt_a".into(), 4), ("agt_b".into(), 5)].into(),
        reply_now: [(me(), 1), ("agt_a".into(), 4)].into(),
        snoozed: [(me(), 2)].into(),
    };
    let of = |viewer: &str| Group::ALL.map(|group| counts.of(group, &viewer.into()));
    assert_eq!(of(ME), [1, 1, 3, 2, 19, 2, 7]);
    assert_eq!(of("agt_a"), [4, 1, 0, 0, 21, 2, 7]);
    assert_eq!(of("agt_new"), [0, 1, 0, 0, 25, 2, 7]);
}

#[test]
fn a_row_of_mine_moves_between_its_groups() {
    let mine = |version, reply, snooze| Row { version, reply, snooze, ..row(1, version, claimed(ME), 10) };
    let mut desk = desk(vec![mine(1, waits(5), None)], false);
    let steps = [
        (mine(2, None, None), Group::CustomersTurn),
        (mine(3, None, until(Some(99))), Group::Snoozed),
        (mine(4, waits(8), None), Group::ReplyNow),
    ];
    for (seq, (row, group)) in steps.into_iter().enumerate() {
        desk.apply(&frame(6 + i64::try_from(seq).expect("few"), vec![row]));
        let shown: Vec<Group> =
            desk.groups.iter().filter(|(_, range)| !range.rows.is_empty()).map(|(group, _)| *group).collect();
        assert_eq!(shown, [group]);
    }
    // A view of all that is mine keeps it whatever it needs, and one of a single group does not.
    let view =
        |status| Desk { filter: Filter { status: Some(status), ..Filter::default() }, ..self::desk(vec![], false) };
    for (status, shown) in [(Status::Mine, 1), (Status::Snoozed, 1), (Status::ReplyNow, 0)] {
        let mut desk = view(status);
        desk.apply(&frame(6, vec![mine(3, waits(8), until(None))]));
        assert_eq!(desk.groups.values().map(|range| range.rows.len()).sum::<usize>(), shown, "{status:?}");
    }
}

#[test]
fn any_criterion_but_status_and_search_narrows_a_filter() {
    let none = Filter::default();
    assert!(!none.is_narrowing());
    assert!(!Filter { search: Some("a".into()), ..none.clone() }.is_narrowing(), "results are a list of their own");
    assert!(!Filter { status: Some(Status::Bot), date_of: DateOf::Closed, ..none.clone() }.is_narrowing());
    for filter in [
        Filter { from: Some("2026-11-22".into()), ..none.clone() },
        Filter { to: Some("2026-11-22".into()), ..none.clone() },
        Filter { agent: Some(me()), ..none.clone() },
        Filter { channel: Some("chn_1".into()), ..none.clone() },
        Filter { trigger: Some(TriggerKind::Flow), ..none.clone() },
        Filter { failed: true, ..none.clone() },
        Filter { unanswered: true, ..none },
    ] {
        assert!(filter.is_narrowing(), "{filter:?}");
    }
}

#[test]
fn days_include_their_start_and_exclude_their_end() {
    let row = |state, requested: Option<i64>| Row {
        started_at: Timestamp(10),
        requested_at: requested.map(Timestamp),
        ..row(1, 1, state, 0)
    };
    let kept = |date_of, row: &Row| {
        let filter = Filter { date_of, ..Filter::default() };
        let within = |from: Option<i64>, to: Option<i64>| {
            filter.keeps(Days { from: from.map(Timestamp), to: to.map(Timestamp) }, row)
        };
        // The first moments at which the start excludes the row, and at which the end includes it.
        let from = (0..100).find(|from| !within(Some(*from), None));
        let to = (0..100).find(|to| within(None, Some(*to)));
        (within(None, None), from, to)
    };
    let closed = || RowState::Closed { at: Timestamp(30) };
    assert_eq!(kept(DateOf::Started, &row(RowState::Bot, Some(20))), (true, Some(11), Some(11)));
    assert_eq!(kept(DateOf::Requested, &row(RowState::Bot, Some(20))), (true, Some(21), Some(21)));
    assert_eq!(kept(DateOf::Closed, &row(closed(), Some(20))), (true, Some(31), Some(31)));
    // Without the date no range contains it.
    assert_eq!(kept(DateOf::Requested, &row(RowState::Bot, None)), (true, Some(0), None));
    assert_eq!(kept(DateOf::Closed, &row(RowState::Bot, Some(20))), (true, Some(0), None));
}

#[test]
fn an_agents_conversations_are_those_they_own_and_those_they_closed() {
    let filter = Filter { agent: Some(me()), ..Filter::default() };
    let kept = |state, claimed_by: &str| {
        filter.keeps(Days::default(), &Row { claimed_by: Some(claimed_by.into()), ..row(1, 1, state, 0) })
    };
    assert!(kept(claimed(ME), "agt_other") && !kept(claimed("agt_other"), ME), "the owner counts");
    let closed = || RowState::Closed { at: Timestamp(0) };
    assert!(kept(closed(), ME) && !kept(closed(), "agt_other"));
    for state in [RowState::Bot, RowState::Waiting, RowState::Phone] {
        assert!(!kept(state, ME));
    }
}

#[test]
fn a_trigger_is_that_of_the_open_or_last_handoff() {
    let kept = |kind, row: &Row| Filter { trigger: Some(kind), ..Filter::default() }.keeps(Days::default(), row);
    for kind in TriggerKind::ALL {
        let row = Row { trigger: Some((kind, "Why".into())), ..row(1, 1, claimed(ME), 0) };
        let keeping: Vec<TriggerKind> = TriggerKind::ALL.into_iter().filter(|wanted| kept(*wanted, &row)).collect();
        assert_eq!(keeping, [kind]);
    }
    let without = row(1, 1, RowState::Bot, 0);
    assert!(TriggerKind::ALL.into_iter().all(|kind| !kept(kind, &without)));
}

#[test]
fn only_a_last_message_that_was_not_delivered_has_failed() {
    let failed = Filter { failed: true, ..Filter::default() };
    let kept = |last_delivery| failed.keeps(Days::default(), &Row { last_delivery, ..row(1, 1, RowState::Bot, 0) });
    for delivery in Delivery::ALL {
        assert_eq!(kept(Some(delivery)), delivery == Delivery::Failed, "{delivery:?}");
    }
    assert!(!kept(None), "the customer wrote last");
}

#[test]
fn a_customer_who_waits_for_a_reply_is_unanswered_whoever_has_to_reply() {
    let unanswered = Filter { unanswered: true, ..Filter::default() };
    let kept = |state, reply| unanswered.keeps(Days::default(), &Row { reply, ..row(1, 1, state, 0) });
    for state in [RowState::Waiting, claimed(ME), claimed("agt_other"), RowState::Phone] {
        assert!(kept(state.clone(), waits(1)) && !kept(state, None));
    }
}

#[test]
fn every_criterion_of_a_filter_must_hold() {
    let filter = Filter { agent: Some(me()), channel: Some("chn_1".into()), ..Filter::default() };
    let kept = |agent: &str, channel: &str, from: i64, to: i64| {
        let row = Row { channel: channel.into(), started_at: Timestamp(10), ..row(1, 1, claimed(agent), 0) };
        filter.keeps(Days { from: Some(Timestamp(from)), to: Some(Timestamp(to)) }, &row)
    };
    assert!(kept(ME, "chn_1", 0, 20));
    assert!(!kept("agt_other", "chn_1", 0, 20));
    assert!(!kept(ME, "chn_2", 0, 20));
    assert!(!kept(ME, "chn_1", 11, 20));
    assert!(!kept(ME, "chn_1", 0, 10));
}
