use super::*;
use crate::domain::{
    desk::{Days, RowState, Status},
    time::Timestamp,
};

const ME: &str = "agt_me";

fn row(id: &str, version: i64, state: RowState, at: i64) -> Row {
    Row {
        version,
        preview: format!("line {version}"),
        requested_at: Some(Timestamp(at)),
        last_at: Timestamp(at),
        ..Row::sample(id, state)
    }
}

fn mine() -> RowState {
    RowState::Claimed { agent: ME.into(), name: "Me".into() }
}

/// The row after the customer wrote.
fn written(row: Row) -> Row {
    Row { last_turn: Some("msg_new".into()), unread: 1, ..row }
}

fn desk(rows: Vec<Row>, filter: Filter, seq: i64) -> Desk {
    let mut desk = Desk {
        viewer: ME.into(),
        filter,
        days: Days::default(),
        seq: Seq(seq),
        counts: Counts::default(),
        filtered: None,
        groups: Group::ALL.into_iter().map(|group| (group, Range::default())).collect(),
        news: BTreeSet::new(),
    };
    for row in rows {
        let group = row.group(&ME.into());
        let range = desk.groups.entry(group).or_default();
        range.rows.push(row);
        range.rows.sort_by_key(|row| row.key(group));
    }
    desk
}

fn change(seq: i64, rows: Vec<Row>) -> Changes {
    Changes { seq: Seq(seq), rows, ..Changes::default() }
}

/// A list that shows two conversations of mine: `b` on top of `a`.
fn listing() -> (Owner, Listing) {
    let owner = Owner::new();
    owner.set();
    let listing = Listing::new(ME.into());
    let read = desk(vec![row("cnv_a", 1, mine(), 10), row("cnv_b", 1, mine(), 20)], Filter::default(), 1);
    assert_eq!(listing.take(Ok(read), &Filter::default()), None);
    (owner, listing)
}

fn shown(listing: &Listing) -> Vec<String> {
    listing.all_ids().into_iter().map(ConversationId::into_string).collect()
}

fn preview(listing: &Listing, id: &str) -> Option<String> {
    listing.cell(&id.into()).map(|cell| cell.with_untracked(|row| row.preview.clone()))
}

#[test]
fn nothing_moves_under_the_pointer_and_values_still_change() {
    let (_owner, listing) = listing();
    assert_eq!(shown(&listing), ["cnv_b", "cnv_a"]);
    listing.hold();
    let news = vec![written(row("cnv_a", 2, mine(), 30)), row("cnv_c", 2, RowState::Waiting, 30)];
    listing.receive(&change(2, news));
    assert_eq!(shown(&listing), ["cnv_b", "cnv_a"]);
    assert_eq!(preview(&listing, "cnv_a").as_deref(), Some("line 2"));
    assert_eq!(listing.pending_rows().rows, 1);
    listing.release();
    assert_eq!(shown(&listing), ["cnv_c", "cnv_a", "cnv_b"]);
    assert!(!listing.pending_rows().any);
}

#[test]
fn a_row_that_leaves_under_the_pointer_stays_until_it_may_go() {
    let (_owner, listing) = listing();
    listing.hold();
    listing.receive(&Changes { seq: Seq(2), removed: vec!["cnv_a".into()], ..Changes::default() });
    assert_eq!(shown(&listing), ["cnv_b", "cnv_a"]);
    assert_eq!(listing.pending_rows(), PendingRows { unread_view: false, rows: 0, any: true });
    listing.settle();
    assert_eq!(shown(&listing), ["cnv_b"]);
    assert!(listing.cell(&"cnv_a".into()).is_none());
}

#[test]
fn an_act_of_the_viewer_moves_its_row_also_under_the_pointer() {
    let closed = |at| RowState::Closed { at: Timestamp(at) };
    let theirs = || RowState::Claimed { agent: "agt_ben".into(), name: "Ben".into() };
    for (case, change_of, moves) in [
        ("a reply", row("cnv_a", 2, mine(), 30), true),
        ("a close", row("cnv_a", 2, closed(30), 30), true),
        ("a release", row("cnv_a", 2, RowState::Waiting, 30), true),
        ("nothing that moves it", row("cnv_a", 2, mine(), 10), false),
        ("the customer's message", written(row("cnv_a", 2, mine(), 30)), false),
        ("the customer's edit", Row { unread: 1, ..row("cnv_a", 2, mine(), 30) }, false),
        ("a colleague's conversation", row("cnv_t", 2, theirs(), 30), false),
    ] {
        // given a list under a moving pointer, with a change that is held
        let (_owner, listing) = listing();
        listing.hold();
        listing.receive(&change(2, vec![row("cnv_new", 2, RowState::Waiting, 30)]));
        assert!(listing.pending_rows().any);
        // when the change arrives
        listing.receive(&change(3, vec![change_of]));
        // then the whole list is up to date, or waits
        assert_eq!(listing.pending_rows().any, !moves, "{case}");
    }
}

#[test]
fn a_claim_and_a_takeover_move_the_row_at_once() {
    let theirs = RowState::Claimed { agent: "agt_ben".into(), name: "Ben".into() };
    for before in [RowState::Waiting, RowState::Bot, theirs] {
        let (_owner, listing) = listing();
        listing.receive(&change(2, vec![row("cnv_w", 2, before, 5)]));
        listing.hold();
        listing.receive(&change(3, vec![Row { unread: 2, ..row("cnv_w", 3, mine(), 5) }]));
        assert_eq!(shown(&listing), ["cnv_b", "cnv_a", "cnv_w"]);
    }
}

#[test]
fn what_comes_while_a_snapshot_loads_is_not_lost() {
    let (_owner, listing) = listing();
    listing.begin();
    listing.receive(&change(5, vec![row("cnv_d", 5, RowState::Waiting, 50)]));
    // The snapshot was read before that change.
    let read = desk(vec![row("cnv_a", 1, mine(), 10)], Filter::default(), 4);
    listing.take(Ok(read.clone()), &Filter::default());
    assert_eq!(shown(&listing), ["cnv_d", "cnv_a"]);
    // The page's effect passes the same snapshot a second time, which must not undo anything.
    listing.receive(&change(6, vec![row("cnv_e", 6, RowState::Waiting, 60)]));
    listing.take(Ok(read), &Filter::default());
    assert_eq!(shown(&listing), ["cnv_d", "cnv_e", "cnv_a"]);
}

#[test]
fn a_new_filter_shows_at_once_and_its_failure_takes_the_place_of_the_rows() {
    let (_owner, listing) = listing();
    let closed = Filter { status: Some(Status::Closed), ..Filter::default() };
    listing.hold();
    listing.begin();
    let done = row("cnv_z", 9, RowState::Closed { at: Timestamp(9) }, 9);
    listing.take(Ok(desk(vec![done], closed.clone(), 9)), &closed);
    assert_eq!(shown(&listing), ["cnv_z"]);
    listing.begin();
    assert_eq!(listing.take(Err(ApiError::Offline), &closed), Some(ApiError::Offline));
    assert_eq!(listing.fault.get_untracked(), None, "a list that is there goes on");
    listing.begin();
    assert_eq!(listing.take(Err(ApiError::Internal), &Filter::default()), None);
    assert_eq!(listing.fault.get_untracked(), Some(ApiError::Internal));
}

#[test]
fn a_page_that_does_not_join_is_dropped() {
    let (_owner, listing) = listing();
    let page = Range { rows: vec![row("cnv_o", 1, mine(), 1)], more: false };
    let group = Group::CustomersTurn;
    let below = row("cnv_x", 1, mine(), 5).key(group);
    listing.extend(&Filter::default(), group, &below, page.clone());
    assert_eq!(shown(&listing), ["cnv_b", "cnv_a"]);
    let last = row("cnv_a", 1, mine(), 10).key(group);
    listing.extend(&Filter::default(), group, &last, page);
    assert_eq!(shown(&listing), ["cnv_b", "cnv_a", "cnv_o"]);
}
