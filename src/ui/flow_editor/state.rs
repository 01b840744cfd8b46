//! The state of the editor: the flow on the screen, the cursor, the undo history.
//!
//! Every change goes through [`Editor::change`] or [`Editor::retype`]; `saving.rs` watches the flow.

use leptos::prelude::*;

use super::{
    outline::{Outline, OutlineItem, OutlineMove},
    saving::FlowSaving,
};
use crate::{
    contract::flow::FlowPage,
    domain::{
        flow::{
            check::FlowFault,
            definition::{Flow, StepId},
            edit::{self, Direction, Kind, StepPosition},
        },
        ids::FlowId,
    },
    ui::{browser, kit::RefreshTrigger, state::AppState},
};

/// How many changes can be undone.
const REMEMBERED: usize = 200;

/// The panel beside the outline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    Form,
    Trial,
    Versions,
}

/// An entry of the undo history.
#[derive(Clone, Debug, PartialEq)]
struct Moment {
    flow: Flow,
    cursor: OutlineItem,
}

/// The editor of one flow. Cheap to copy; lives as long as its page.
#[derive(Clone, Copy)]
pub struct Editor {
    pub app: AppState,
    /// The page as it was read last.
    pub page: RwSignal<FlowPage>,
    /// Reads `page` again.
    pub refresh: RefreshTrigger,
    pub flow: RwSignal<Flow>,
    pub faults: RwSignal<Vec<FlowFault>>,
    pub outline: Memo<Outline>,
    pub cursor: RwSignal<OutlineItem>,
    pub panel: RwSignal<Panel>,
    /// Whether the panel lies over the outline on a narrow screen.
    pub sheet: RwSignal<bool>,
    /// Where the kind menu adds a step, while it is open.
    pub adding: RwSignal<Option<StepPosition>>,
    /// The step that the test run has reached.
    pub trial_step: RwSignal<Option<StepId>>,
    /// The last action, for screen readers.
    pub announcement: RwSignal<String>,
    /// The label of the step that was just removed.
    pub removed: RwSignal<Option<String>>,
    /// The version that was just published here, and the one before it.
    pub published: RwSignal<Option<(i64, i64)>>,
    pub saving: FlowSaving,
    past: RwSignal<Vec<Moment>>,
    future: RwSignal<Vec<Moment>>,
    /// The field that is being typed in. Its keystrokes are undone together.
    burst: StoredValue<Option<String>>,
}

impl Editor {
    pub fn new(page: RwSignal<FlowPage>, refresh: RefreshTrigger) -> Self {
        let read = page.get_untracked();
        let (flow, faults) = (RwSignal::new(read.draft.clone()), RwSignal::new(read.faults.clone()));
        let outline = Memo::new(move |_| flow.with(|flow| faults.with(|faults| Outline::of(flow, faults))));
        Self {
            app: AppState::expect(),
            page,
            refresh,
            flow,
            faults,
            outline,
            cursor: RwSignal::new(OutlineItem::Start),
            panel: RwSignal::new(Panel::Form),
            sheet: RwSignal::new(false),
            adding: RwSignal::new(None),
            trial_step: RwSignal::new(None),
            announcement: RwSignal::new(String::new()),
            removed: RwSignal::new(None),
            published: RwSignal::new(None),
            saving: FlowSaving::new(&read),
            past: RwSignal::new(Vec::new()),
            future: RwSignal::new(Vec::new()),
            burst: StoredValue::new(None),
        }
    }

    pub fn expect() -> Self {
        expect_context::<Self>()
    }

    pub fn id(self) -> FlowId {
        self.page.with_untracked(|page| page.id.clone())
    }

    /// Makes a change that is undone by itself. `false` when `change` did nothing.
    pub fn change(self, change: impl FnOnce(&mut Flow) -> bool) -> bool {
        let mut flow = self.flow.get_untracked();
        if !change(&mut flow) {
            return false;
        }
        self.burst.set_value(None);
        self.remember();
        self.removed.set(None);
        self.flow.set(flow);
        true
    }

    /// Applies a keystroke in a field. Those of one `burst` are undone together.
    pub fn retype(self, burst: &str, change: impl FnOnce(&mut Flow)) {
        let same = self.burst.with_value(|known| known.as_deref() == Some(burst));
        if !same {
            self.remember();
            self.burst.set_value(Some(burst.to_owned()));
        }
        self.removed.set(None);
        self.flow.update(change);
    }

    fn remember(self) {
        let moment = Moment { flow: self.flow.get_untracked(), cursor: self.cursor.get_untracked() };
        self.past.update(|past| {
            past.push(moment);
            let surplus = past.len().saturating_sub(REMEMBERED);
            past.drain(..surplus);
        });
        self.future.update(Vec::clear);
    }

    pub fn can_undo(self) -> bool {
        self.past.with(|past| !past.is_empty())
    }

    pub fn can_redo(self) -> bool {
        self.future.with(|future| !future.is_empty())
    }

    pub fn undo(self) {
        self.travel(self.past, self.future, "Undone.");
    }

    pub fn redo(self) {
        self.travel(self.future, self.past, "Redone.");
    }

    fn travel(self, from: RwSignal<Vec<Moment>>, to: RwSignal<Vec<Moment>>, words: &str) {
        let Some(moment) = from.try_update(Vec::pop).flatten() else { return };
        let now = Moment { flow: self.flow.get_untracked(), cursor: self.cursor.get_untracked() };
        to.update(|moments| moments.push(now));
        self.burst.set_value(None);
        self.removed.set(None);
        self.flow.set(moment.flow);
        self.go(self.nearest(moment.cursor));
        self.announce(words);
    }

    /// Replaces the draft. Undo brings the old one back.
    pub fn replace(self, flow: Flow) {
        self.change(|now| {
            let differs = *now != flow;
            *now = flow;
            differs
        });
        self.cursor.update(|cursor| *cursor = self.nearest(cursor.clone()));
    }

    /// The item if it exists, else the head card.
    fn nearest(self, item: OutlineItem) -> OutlineItem {
        if self.outline.with_untracked(|outline| outline.row(&item).is_some()) { item } else { OutlineItem::Start }
    }

    /// Announces to screen readers.
    pub fn announce(self, words: impl Into<String>) {
        self.announcement.set(words.into());
    }

    /// Moves cursor and focus to a row.
    pub fn go(self, item: OutlineItem) {
        self.cursor.set(item.clone());
        // A new or moved row can take the focus only once it is drawn.
        request_animation_frame(move || browser::focus(&item.dom()));
    }

    pub fn walk(self, walk: OutlineMove) {
        let from = self.cursor.get_untracked();
        if let Some(to) = self.outline.with_untracked(|outline| outline.walk(&from, walk).cloned()) {
            self.go(to);
        }
    }

    /// Opens the form of the cursor's item, with the focus in its first field.
    pub fn open_form(self) {
        self.panel.set(Panel::Form);
        self.sheet.set(true);
        request_animation_frame(|| browser::focus_first(super::form::ID));
    }

    /// Returns from the panel to the outline.
    pub fn close_form(self) {
        self.sheet.set(false);
        self.go(self.nearest(self.cursor.get_untracked()));
    }

    /// Opens the kind menu to add a step after a row.
    pub fn ask_behind(self, item: OutlineItem) {
        let place = self.flow.with_untracked(|flow| item.behind(flow));
        self.cursor.set(item);
        self.adding.set(place);
    }

    /// Adds a step where the kind menu was opened for.
    pub fn add(self, kind: Kind) {
        let Some(place) = self.adding.get_untracked() else { return };
        self.adding.set(None);
        let step = kind.step(fresh());
        let id = step.id.clone();
        if self.change(|flow| edit::insert(flow, &place, step)) {
            self.panel.set(Panel::Form);
            self.go(OutlineItem::Step(id));
            self.announce(format!("{} added.", kind.label()));
        }
    }

    pub fn shift(self, direction: Direction) {
        let OutlineItem::Step(id) = self.cursor.get_untracked() else { return };
        if self.change(|flow| edit::shift(flow, &id, direction)) {
            let place = self.flow.with_untracked(|flow| place_words(flow, &id));
            self.go(OutlineItem::Step(id));
            self.announce(format!("Moved: {place}."));
        } else {
            self.announce("Can't move it that way.");
        }
    }

    pub fn duplicate(self) {
        let OutlineItem::Step(id) = self.cursor.get_untracked() else { return };
        let mut copy = None;
        self.change(|flow| {
            copy = edit::duplicate(flow, &id, fresh);
            copy.is_some()
        });
        if let Some(copy) = copy {
            self.go(OutlineItem::Step(copy));
            self.announce("Duplicated.");
        }
    }

    pub fn remove(self) {
        let item = self.cursor.get_untracked();
        let OutlineItem::Step(id) = item.clone() else { return };
        let next = self.outline.with_untracked(|outline| outline.before(&item));
        let mut label = None;
        self.change(|flow| {
            let removed = edit::remove(flow, &id);
            label = removed.map(|(_, step)| step.label().to_owned());
            label.is_some()
        });
        if let Some(label) = label {
            self.go(next);
            self.removed.set(Some(label));
        }
    }
}

/// A new random step id.
pub fn fresh() -> StepId {
    let random: String = browser::random_id().chars().take(12).collect();
    StepId(format!("s{random}"))
}

/// `step 2 of 5 in “Yes” of Which order?`.
fn place_words(flow: &Flow, id: &StepId) -> String {
    let Some(place) = edit::position(flow, id) else { return String::new() };
    let of = edit::block(flow, &place.block).map_or(0, Vec::len);
    format!("step {} of {of} in {}", place.index + 1, crate::domain::flow::words::block(&place.block, flow))
}
