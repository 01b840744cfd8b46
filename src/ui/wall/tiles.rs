//! The numbers at the top, each with a sentence.

use leptos::prelude::*;

use super::WallState;
use crate::{
    domain::{
        arrivals::Arrivals,
        desk::Row,
        sla::{Level, Wait},
        wall::{AtRisk, at_risk},
    },
    ui::{components::icon::Icon, number::grouped},
};

#[component]
pub fn Tiles(state: WallState) -> impl IntoView {
    let app = state.app;
    let waiting = Memo::new(move |_| app.desk.with(|desk| desk.counts.waiting));
    let owed = Memo::new(move |_| app.desk.with(|desk| desk.counts.reply_now.values().sum::<i64>()));
    let longest = Memo::new(move |_| longest(&app.waiting()));
    let next = Memo::new(move |_| state.replies.with(|rows| rows.first().and_then(|row| row.reply)));
    let risk = Memo::new(move |_| {
        let (rows, now) = (app.waiting(), app.now.get());
        let unassigned = rows.iter().filter_map(|row| row.wait);
        state.replies.with(|replies| {
            let listed = at_risk(unassigned.chain(replies.iter().filter_map(|row| row.reply)), now);
            let is_all = is_listed(rows.len(), waiting.get()) && is_listed(replies.len(), owed.get());
            if is_all { listed } else { listed.or_more(state.wall.with(|wall| wall.at_risk)) }
        })
    });
    let arrivals = Memo::new(move |_| state.wall.with(|wall| (wall.arrivals.clone(), wall.weekday.clone())));

    let level = move |wait: Option<Wait>| wait.map_or(Level::Calm, |wait| wait.level(app.now.get()));
    let waited = move || match longest.get() {
        Some(wait) => format!("Longest: {}", wait.label(app.now.get())),
        None => "Nobody is waiting".to_owned(),
    };
    let due = move || match next.get() {
        Some(wait) => format!("Next: {}", wait.label(app.now.get())),
        None => "All customers are answered".to_owned(),
    };
    view! {
        <dl class="tiles">
            <Tile
                label="Waiting"
                value=Signal::derive(move || grouped(waiting.get()))
                detail=Signal::derive(waited)
                level=Signal::derive(move || level(longest.get()))
            />
            <Tile
                label="Reply due"
                value=Signal::derive(move || grouped(owed.get()))
                detail=Signal::derive(due)
                level=Signal::derive(move || level(next.get()))
            />
            <Tile
                label="Targets at risk"
                value=Signal::derive(move || grouped(risk.get().all()))
                detail=Signal::derive(move || risk_words(risk.get()))
                level=Signal::derive(move || risk_level(risk.get()))
            />
            <Tile
                label="Handoffs today"
                value=Signal::derive(move || arrivals.with(|(arrivals, _)| arrivals.today.to_string()))
                detail=Signal::derive(move || arrivals.with(|(arrivals, weekday)| usual_words(arrivals, weekday)))
                level=Signal::stored(Level::Calm)
            />
        </dl>
    }
}

/// Colour is never alone: the sentence says the same, and a late one has an icon.
#[component]
fn Tile(label: &'static str, value: Signal<String>, detail: Signal<String>, level: Signal<Level>) -> impl IntoView {
    let level = Memo::new(move |_| level.get());
    view! {
        <div
            class="tile"
            class:due=move || level.get() == Level::Due
            class:breached=move || level.get() == Level::Breached
        >
            <dt>
                {label}
                <Show when=move || level.get() == Level::Breached>
                    <Icon name="alert" />
                </Show>
            </dt>
            <dd class="number">{move || value.get()}</dd>
            <dd class="detail">{move || detail.get()}</dd>
        </div>
    }
}

/// Whether so many rows are all that there are.
fn is_listed(rows: usize, count: i64) -> bool {
    i64::try_from(rows).is_ok_and(|rows| rows >= count)
}

/// The longest running wait.
fn longest(waiting: &[Row]) -> Option<Wait> {
    waiting.iter().filter_map(|row| row.wait).filter(|wait| wait.until.is_none()).min_by_key(|wait| wait.since)
}

fn risk_words(risk: AtRisk) -> String {
    match risk {
        AtRisk { due: 0, breached: 0 } => "All in time".to_owned(),
        AtRisk { due, breached: 0 } => format!("{due} past half of the target"),
        AtRisk { due: 0, breached } => format!("{breached} overdue"),
        AtRisk { due, breached } => format!("{breached} overdue, {due} past half of the target"),
    }
}

fn risk_level(risk: AtRisk) -> Level {
    match risk {
        AtRisk { due: 0, breached: 0 } => Level::Calm,
        AtRisk { breached: 0, .. } => Level::Due,
        AtRisk { .. } => Level::Breached,
    }
}

fn usual_words(arrivals: &Arrivals, weekday: &str) -> String {
    match (arrivals.usual, arrivals.days) {
        (Some(usual), 1) => format!("{usual} by now last {weekday}"),
        (Some(usual), days) => format!("Usually {usual} by now (last {days} {weekday}s)"),
        (None, _) => format!("No earlier {weekday} to compare with"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        desk::RowState,
        time::{Span, Timestamp},
    };

    #[test]
    fn the_longest_wait_is_the_one_that_began_first_and_still_runs() {
        let wait = |since: i64, until: Option<i64>| {
            let wait = Wait {
                since: Timestamp(since),
                until: until.map(Timestamp),
                answered: until.is_some(),
                target: Span::minutes(5),
            };
            Row { wait: Some(wait), ..Row::sample("cnv_1", RowState::Waiting) }
        };
        let rows = [wait(30, None), wait(10, Some(20)), wait(20, None)];
        assert_eq!(longest(&rows).map(|wait| wait.since), Some(Timestamp(20)));
        assert!(longest(&[]).is_none());
    }

    #[test]
    fn the_numbers_are_said_in_words() {
        let of = |due, breached| AtRisk { due, breached };
        assert_eq!(risk_words(of(0, 0)), "All in time");
        assert_eq!(risk_words(of(2, 3)), "3 overdue, 2 past half of the target");
        assert_eq!(
            [risk_level(of(0, 0)), risk_level(of(1, 0)), risk_level(of(1, 1))],
            [Level::Calm, Level::Due, Level::Breached]
        );
        let usual = |usual, days| usual_words(&Arrivals { usual, days, ..Arrivals::default() }, "Monday");
        assert_eq!(usual(Some(12.5), 4), "Usually 12.5 by now (last 4 Mondays)");
        assert_eq!(usual(Some(12.0), 1), "12 by now last Monday");
        assert_eq!(usual(None, 0), "No earlier Monday to compare with");
    }
}
