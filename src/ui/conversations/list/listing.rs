//! The known rows and the rows on the screen. They differ while the pointer moves over the list: values are updated in
//! place, but no row appears, leaves or moves until the pointer rests or leaves, the person asks, or an act of the
//! viewer moves a row.
//!
//! Three inputs: snapshots (`take`), live changes (`receive`), further pages (`extend`). Changes that come while a
//! snapshot loads are kept and applied to it. Frames carry resulting values, so applying one twice changes nothing.
//!
//! `found.rs` has the results of a search, which stand in place of the groups.

mod found;

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
    sync::Arc,
};

use leptos::prelude::*;

use super::{
    order::{RowOrder, distance, order_of},
    own_act::is_own_act,
};
use crate::{
    contract::{ApiError, Result},
    domain::{
        desk::{Changes, Count, Counts, Days, Desk, Filter, Frame, Group, Key, Range, Row},
        ids::{AgentId, ConversationId, Seq},
    },
};

/// The results of a search, in order.
type FoundRows = Vec<(ConversationId, ArcRwSignal<Row>)>;

/// Is told of the order on the screen just before another one takes its place.
type MoveHook = Arc<dyn Fn(&RowOrder) + Send + Sync>;

/// The state of reading the snapshot.
#[derive(Default)]
struct Load {
    /// A first snapshot was taken.
    loaded: bool,
    running: bool,
    /// The person asked for it, so it is shown even under the pointer.
    asked: bool,
    /// Changes since the read began.
    since: Vec<Changes>,
}

/// The state of one list. Cheap to copy; lives as long as the page.
#[derive(Clone, Copy)]
pub struct Listing {
    /// The newest known rows, with their counts.
    truth: RwSignal<Desk>,
    /// Which rows are on the screen, and where.
    order: RwSignal<RowOrder>,
    /// The rows' newest values.
    cells: StoredValue<BTreeMap<ConversationId, ArcRwSignal<Row>>>,
    /// While they are on the screen in place of the groups.
    found: StoredValue<Option<FoundRows>>,
    /// How many rows are known but not shown, if the screen differs from `truth`; 0 when rows only move or leave.
    behind: RwSignal<Option<usize>>,
    load: StoredValue<Load>,
    held: StoredValue<bool>,
    on_move: StoredValue<Option<MoveHook>>,
    /// A later snapshot is being read.
    pub busy: RwSignal<bool>,
    pub fault: RwSignal<Option<ApiError>>,
    /// Incremented to read the snapshot again.
    pub again: RwSignal<u64>,
    /// Incremented when the end of the results of a search comes near.
    pub near_end: RwSignal<u64>,
    /// The row that has the keyboard's focus.
    pub focused: StoredValue<Option<ConversationId>>,
}

impl Listing {
    pub fn new(viewer: AgentId) -> Self {
        let blank = Desk {
            viewer,
            filter: Filter::default(),
            days: Days::default(),
            seq: Seq(0),
            counts: Counts::default(),
            filtered: None,
            groups: BTreeMap::new(),
            news: BTreeSet::new(),
        };
        Self {
            truth: RwSignal::new(blank),
            order: RwSignal::new(RowOrder::new()),
            cells: StoredValue::new(BTreeMap::new()),
            found: StoredValue::new(None),
            behind: RwSignal::new(None),
            load: StoredValue::new(Load { running: true, ..Load::default() }),
            held: StoredValue::new(false),
            on_move: StoredValue::new(None),
            busy: RwSignal::new(false),
            fault: RwSignal::new(None),
            again: RwSignal::new(0),
            near_end: RwSignal::new(0),
            focused: StoredValue::new(None),
        }
    }

    /// Notes that a read of the snapshot begins.
    pub fn begin(&self) {
        let mut later = false;
        self.load.update_value(|load| {
            load.running = true;
            load.since.clear();
            later = load.loaded;
        });
        if later {
            self.busy.set(true);
        }
    }

    /// Takes the snapshot that was read for `wanted`. Taking one twice does nothing. Returns the error if the old rows
    /// can stay; otherwise the error is shown in place of the list.
    pub fn take(&self, read: Result<Desk>, wanted: &Filter) -> Option<ApiError> {
        let mut load = Load::default();
        self.load.update_value(|now| {
            let loaded = now.loaded || (now.running && read.is_ok());
            load = mem::replace(now, Load { loaded, ..Load::default() });
        });
        if !load.running {
            return None;
        }
        self.busy.set(false);
        let same_view = load.loaded && self.truth.with_untracked(|desk| desk.filter == *wanted);
        match read {
            Ok(mut desk) => {
                for changes in load.since {
                    desk.apply(&Frame::Changes(changes));
                }
                self.fault.set(None);
                self.truth.set(desk);
                if same_view && !load.asked {
                    self.show()
                } else {
                    self.settle()
                }
                None
            }
            Err(error) if same_view => Some(error),
            Err(error) => {
                self.fault.set(Some(error));
                None
            }
        }
    }

    /// Applies live changes.
    pub fn receive(&self, changes: &Changes) {
        let changes = Changes {
            seq: changes.seq,
            rows: changes.rows.clone(),
            removed: changes.removed.clone(),
            counts: changes.counts.clone(),
            ..Changes::default()
        };
        self.load.update_value(|load| {
            if load.running {
                load.since.push(changes.clone());
            }
        });
        self.refresh_found(&changes);
        let own_act = self.held.get_value() && self.has_own_act(&changes);
        let frame = Frame::Changes(changes);
        self.truth.update(|desk| desk.apply(&frame));
        if own_act {
            self.settle();
        } else {
            self.show();
        }
        if self.needs_more_rows() {
            self.again.update(|n| *n += 1);
        }
    }

    /// Reads the snapshot again because the person asked.
    pub fn ask(&self) {
        self.load.update_value(|load| load.asked = true);
        self.again.update(|n| *n += 1);
    }

    /// Adds the page of `group` below `after`. A page that no longer follows the loaded rows is dropped.
    pub fn extend(&self, filter: &Filter, group: Group, after: &Key, page: Range) {
        let joins = self.truth.with_untracked(|desk| {
            let last = desk.groups.get(&group).and_then(|range| range.rows.last());
            desk.filter == *filter && last.is_some_and(|last| last.key(group) >= *after)
        });
        if joins {
            self.truth.update(|desk| desk.extend(group, page));
            self.settle();
        }
    }

    /// The filter and the key to read the next page of `group` with, if there is more.
    pub fn next_page(&self, group: Group) -> Option<(Filter, Key)> {
        self.truth.with_untracked(|desk| {
            let range = desk.groups.get(&group).filter(|range| range.more)?;
            Some((desk.filter.clone(), range.rows.last()?.key(group)))
        })
    }

    /// Whether an act of the viewer moves a row.
    fn has_own_act(&self, changes: &Changes) -> bool {
        self.truth.with_untracked(|desk| {
            changes.rows.iter().any(|row| desk.row(&row.id).is_some_and(|before| is_own_act(before, row, &desk.viewer)))
        })
    }

    /// The pointer moves over the rows: no row moves from here on.
    pub fn hold(&self) {
        self.held.set_value(true);
    }

    /// The pointer rests or left: held changes are shown.
    pub fn release(&self) {
        self.held.set_value(false);
        self.settle();
    }

    /// Calls `hook` before every later change of the order, until the current owner is cleaned up.
    pub fn on_move(&self, hook: impl Fn(&RowOrder) + Send + Sync + 'static) {
        let known = self.on_move;
        known.set_value(Some(Arc::new(hook)));
        on_cleanup(move || {
            let _gone = known.try_set_value(None);
        });
    }

    /// The order of the rows on the screen.
    pub fn order(&self) -> RowOrder {
        self.order.get_untracked()
    }

    /// The filter of the known rows.
    pub fn filter(&self) -> Filter {
        self.truth.with_untracked(|desk| desk.filter.clone())
    }

    /// Shows every row at its newest position, also under the pointer.
    pub fn settle(&self) {
        self.refresh_cells();
        let order = self.truth.with_untracked(order_of);
        let stays: BTreeSet<&ConversationId> = order.values().flatten().collect();
        self.cells.update_value(|cells| cells.retain(|id, _| stays.contains(id)));
        if self.order.with_untracked(|shown| *shown != order) {
            if let Some(hook) = self.on_move.get_value() {
                self.order.with_untracked(|shown| hook(shown));
            }
            self.order.set(order);
        }
        if self.behind.with_untracked(Option::is_some) {
            self.behind.set(None);
        }
    }

    fn show(&self) {
        if !self.held.get_value() {
            return self.settle();
        }
        self.refresh_cells();
        let order = self.truth.with_untracked(order_of);
        let behind = self.order.with_untracked(|shown| distance(shown, &order));
        if self.behind.get_untracked() != behind {
            self.behind.set(behind);
        }
    }

    fn refresh_cells(&self) {
        self.truth.with_untracked(|desk| {
            let mut changed = Vec::new();
            self.cells.update_value(|cells| {
                for row in desk.groups.values().flat_map(|range| &range.rows) {
                    match cells.get(&row.id) {
                        Some(cell) if cell.with_untracked(|known| known == row) => {}
                        Some(cell) => changed.push((cell.clone(), row.clone())),
                        None => {
                            cells.insert(row.id.clone(), ArcRwSignal::new(row.clone()));
                        }
                    }
                }
            });
            for (cell, row) in changed {
                cell.set(row);
            }
        });
    }

    /// Whether a group has no loaded rows left while the server has more.
    fn needs_more_rows(&self) -> bool {
        let loading = self.load.with_value(|load| load.running);
        !loading
            && self.truth.with_untracked(|desk| {
                let status = desk.filter.status;
                let wanted = |group: Group| status.is_none_or(|status| status.includes(group));
                desk.groups.iter().any(|(group, range)| wanted(*group) && range.more && range.rows.is_empty())
            })
    }

    /// The rows of `group` on the screen, in order.
    pub fn ids(&self, group: Group) -> Memo<Vec<ConversationId>> {
        let order = self.order;
        Memo::new(move |_| order.with(|order| order.get(&group).cloned().unwrap_or_default()))
    }

    /// All rows on the screen, from the top.
    pub fn all_ids(&self) -> Vec<ConversationId> {
        if let Some(found) = self.found.get_value() {
            return found.into_iter().map(|(id, _)| id).collect();
        }
        self.order.with_untracked(|order| order.values().flatten().cloned().collect())
    }

    /// The known rows of `group`, in order.
    pub fn rows(&self, group: Group) -> Vec<Row> {
        self.truth.with_untracked(|desk| desk.groups.get(&group).map(|range| range.rows.clone()).unwrap_or_default())
    }

    /// Subscribes to which rows are on the screen, and where.
    pub fn track_order(&self) {
        self.order.track();
    }

    /// The values of a row on the screen.
    pub fn cell(&self, id: &ConversationId) -> Option<ArcRwSignal<Row>> {
        let found = self.found.with_value(|found| {
            let found = found.iter().flatten().find(|(known, _)| known == id);
            found.map(|(_, cell)| cell.clone())
        });
        found.or_else(|| self.cells.with_value(|cells| cells.get(id).cloned()))
    }

    pub fn is_empty(&self) -> bool {
        self.order.with(|order| order.values().all(Vec::is_empty))
    }

    pub fn count(&self, group: Group) -> Count {
        self.truth.with(|desk| desk.count(group))
    }

    /// Whether the screen differs from what is known. Tracks.
    pub fn is_behind(&self) -> bool {
        self.behind.with(Option::is_some)
    }

    pub fn has_more(&self, group: Group) -> bool {
        self.truth.with(|desk| desk.groups.get(&group).is_some_and(|range| range.more && !range.rows.is_empty()))
    }

    /// The last group on the screen, if it has more rows.
    pub fn goes_on(&self) -> Option<Group> {
        let last =
            self.order.with_untracked(|order| order.iter().rev().find(|(_, ids)| !ids.is_empty()).map(|(g, _)| *g))?;
        self.next_page(last).map(|_| last)
    }

    pub fn viewer(&self) -> AgentId {
        self.truth.with_untracked(|desk| desk.viewer.clone())
    }

    /// The rows that are known but not shown.
    pub fn pending_rows(&self) -> PendingRows {
        let news = self.truth.with(|desk| desk.news.len());
        PendingRows {
            unread_view: news > 0,
            rows: news + self.behind.get().unwrap_or(0),
            any: news > 0 || self.behind.get().is_some(),
        }
    }
}

/// Rows that are known but not shown yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingRows {
    /// Only a new snapshot can tell whether some of them belong to this view.
    pub unread_view: bool,
    pub rows: usize,
    pub any: bool,
}

#[cfg(test)]
#[path = "listing_tests.rs"]
mod tests;
