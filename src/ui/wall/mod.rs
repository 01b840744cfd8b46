//! The live wall: a page that a room reads. Who waits and how long, whose reply is due, who is here, today's arrivals,
//! and the bot's conversations that may need a person.
//!
//! Waiting handoffs, counts and who is online are the desk's and come with its stream. Where these are too many to be
//! listed, a read counts the targets at risk. The rest is read again on a timer
//! and a few seconds after frames that change it. Lists are short, because a room reads no long ones; the list of
//! conversations has all of them. To add a part: a file with its component, and its place in `Board`.

mod arrivals;
mod people;
mod risks;
mod tiles;
mod waits;

use std::time::Duration;

use leptos::prelude::*;
use leptos_meta::Title;

use self::{
    arrivals::ArrivalsChart,
    people::PeopleHere,
    risks::RiskList,
    tiles::Tiles,
    waits::{RepliesDue, Unassigned},
};
use crate::{
    api::wall::read_wall,
    contract::wall::Wall,
    domain::{
        desk::{Changes, Row, RowState},
        wall::NewerRows,
    },
    ui::{
        kit::{RefreshTrigger, lazy_route, live_resource},
        state::AppState,
    },
};

/// The wall is read again at most so often.
const TICK: Duration = Duration::from_secs(5);
/// After so many ticks it is read in any case: time alone changes risks and arrivals.
const TICKS: u32 = 6;

lazy_route!(WallRoute in reports, WallPage);

/// What the parts of the wall share. Cheap to copy.
#[derive(Clone, Copy)]
struct WallState {
    app: AppState,
    /// The last read.
    wall: RwSignal<Wall>,
    /// What frames have brought since.
    newer: RwSignal<NewerRows>,
    replies: Memo<Vec<Row>>,
}

impl WallState {
    fn new(app: AppState, wall: RwSignal<Wall>, newer: RwSignal<NewerRows>) -> Self {
        Effect::new(move |_| {
            let seq = wall.with(|wall| wall.seq);
            newer.update(|newer| newer.forget(seq));
        });
        let replies = Memo::new(move |_| newer.with(|newer| wall.with(|wall| newer.replies_due(&wall.replies))));
        Self { app, wall, newer, replies }
    }
}

#[component]
fn WallPage() -> impl IntoView {
    let app = AppState::expect();
    let refresh = RefreshTrigger::watch(app);
    let newer = RwSignal::new(NewerRows::default());
    keep_current(app, refresh, newer);
    view! {
        <Title text="Live wall" />
        <main class="page wall" id="main" tabindex="-1">
            <h1>"Live wall"</h1>
            {live_resource(refresh, read_wall, move |wall| view! { <Board state=WallState::new(app, wall, newer) /> })}
        </main>
    }
}

/// Keeps the rows of frames, and reads the wall again now and then.
fn keep_current(app: AppState, refresh: RefreshTrigger, newer: RwSignal<NewerRows>) {
    let is_old = StoredValue::new(false);
    app.on_changes(move |changes| {
        newer.try_update(|newer| newer.receive(changes));
        if may_change_wall(changes) {
            is_old.set_value(true);
        }
    });
    // Only the server knows since when somebody is here.
    Effect::watch(move || app.online.get(), move |_, _, _| is_old.set_value(true), false);
    // Effects run in the browser only.
    Effect::new(move |_| {
        let ticks = StoredValue::new(0);
        let tick = move || {
            ticks.update_value(|ticks| *ticks += 1);
            if is_old.get_value() || ticks.get_value() >= TICKS {
                is_old.set_value(false);
                ticks.set_value(0);
                refresh.mark();
            }
        };
        let timer = set_interval_with_handle(tick, TICK);
        on_cleanup(move || {
            if let Ok(timer) = timer {
                timer.clear();
            }
        });
    });
}

/// Whether a frame may change what only a read can tell: arrivals, targets at risk, and what the bot and its customers say.
fn may_change_wall(changes: &Changes) -> bool {
    let is_read = |row: &Row| match &row.state {
        RowState::Bot | RowState::Waiting | RowState::Claimed { .. } => true,
        RowState::Phone | RowState::Closed { .. } => false,
    };
    changes.rows.iter().any(is_read)
}

#[component]
fn Board(state: WallState) -> impl IntoView {
    view! {
        <div class="board">
            <Tiles state />
            <Unassigned state />
            <RepliesDue state />
            <PeopleHere state />
            <RiskList state />
            <ArrivalsChart state />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_bot_or_an_agent_has_and_what_waits_makes_the_wall_old() {
        let changes = |state| Changes { rows: vec![Row::sample("cnv_1", state)], ..Changes::default() };
        assert!(may_change_wall(&changes(RowState::Bot)) && may_change_wall(&changes(RowState::Waiting)));
        assert!(!may_change_wall(&changes(RowState::Phone)) && !may_change_wall(&Changes::default()));
    }
}
