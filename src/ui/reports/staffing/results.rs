//! What a roster would have done: in all, and for each part of the week.

use leptos::prelude::*;

use super::{
    address::{RosterInput, StaffingQuery},
    forecast::{LastWeekCard, NextWeekCard},
    method::Method,
    words::{few_waits, hour, median, p90, part, slot},
};
use crate::{
    contract::staffing::{StaffingReport, StaffingRequest, UnfinishedCount},
    domain::staffing::{
        prediction::{BusiestHour, PredictedOutcome, PredictedSlot, Prediction},
        waits::WaitSummary,
    },
    ui::{
        components::icon::Icon,
        format::{TimeStyle, date_words},
        kit::{EmptyState, chart::Dots},
        local_time::LocalTime,
        number::{NOTHING, counted, grouped},
    },
};

#[component]
pub fn Results(
    report: StaffingReport,
    /// What was requested.
    request: StaffingRequest,
) -> impl IntoView {
    let prediction = report.prediction.clone();
    let n = prediction.all.waits.n;
    let last = report.until.yesterday().unwrap_or(report.until);
    let period = format!(
        "{} from {} to {}. Times are those of {}.",
        counted(n, "handoff"),
        date_words(report.from),
        date_words(last),
        report.zone.replace('_', " ")
    );
    let StaffingRequest { weeks: asked, concurrency, roster: _ } = request;
    let fewer = (report.weeks < asked)
        .then(|| format!("There are too many handoffs for {asked} weeks, so only the last {} are used.", report.weeks));
    let link = StaffingQuery { weeks: asked, concurrency, roster: RosterInput::Text(report.roster.clone()) }.address();
    let warnings = fewer.into_iter().chain(prediction.warning()).collect::<Vec<_>>();
    let parts = if n == 0 {
        view! {
            <EmptyState icon="users" title="No handoffs in these weeks">
                "Once customers have asked for agents, this page shows how long they would have waited with the roster above,
                and how many to expect next week. Choose more weeks if there were some before."
            </EmptyState>
        }
        .into_any()
    } else {
        view! {
            <Overall outcome=prediction.all.clone() weeks=report.weeks/>
            <SlotsCard prediction/>
            <Method report=report.clone()/>
            <p class="report-files">
                <Icon name="link"/>
                <a href=link>"Link to this roster and its numbers"</a>
            </p>
        }
        .into_any()
    };
    view! {
        <section aria-labelledby="staffing-results">
            <h2 id="staffing-results">"With this roster"</h2>
            <p class="report-days" role="status">{period}</p>
            {report.unfinished.map(|unfinished| view! { <Unfinished unfinished/> })}
            <Warnings warnings/>
            {parts}
        </section>
        <NextWeekCard forecast=report.forecast.clone() until=report.until/>
        <LastWeekCard last_week=report.last_week.clone() back_test=report.back_test.clone()/>
    }
}

#[component]
fn Unfinished(unfinished: UnfinishedCount) -> impl IntoView {
    let words = match unfinished.up_to {
        Some(at) => view! {
            "Still counting. What happened after "
            <LocalTime at style=TimeStyle::Full/>
            " is missing."
        }
        .into_any(),
        None => "Still counting. The numbers appear here as they are ready.".into_any(),
    };
    view! {
        <p class="report-progress" role="status">
            <Icon name="loader"/>
            <span>{words}</span>
        </p>
    }
}

#[component]
fn Warnings(warnings: Vec<String>) -> impl IntoView {
    (!warnings.is_empty()).then(|| {
        let lines = warnings.into_iter().map(|warning| view! { <li>{warning}</li> }).collect_view();
        view! {
            <div class="report-notes" role="status">
                <ul>{lines}</ul>
            </div>
        }
    })
}

#[component]
fn Overall(outcome: PredictedOutcome, weeks: u16) -> impl IntoView {
    let PredictedOutcome { waits, missed_targets, missed_windows, still_waiting, busiest } = outcome;
    let n = waits.n;
    let busiest = busiest.map(|BusiestHour { hour: at, arrivals }| {
        let of = format!("{} in {weeks} weeks", counted(arrivals, "handoff"));
        view! { <Tile name="Busiest hour" figure=hour(at) of/> }
    });
    let waiting = (still_waiting > 0).then(|| {
        let of = "Not started a week after the last day".to_owned();
        view! { <Tile name="Still waiting" figure=part(still_waiting, n) of/> }
    });
    view! {
        <div class="tiles">
            <section class="card pad tile">
                <h3>"Waiting time"</h3>
                <b class="figure">{median(&waits)}</b>
                <p class="of">{format!("Median of {}", counted(n, "handoff"))}</p>
                <LongWaits waits/>
            </section>
            <Tile
                name="Missed targets"
                figure=part(missed_targets, n)
                of="First reply after its target".to_owned()
            />
            <Tile
                name="Missed reply windows"
                figure=part(missed_windows, n)
                of="First reply more than 24 hours after the request".to_owned()
            />
            {busiest}
            {waiting}
        </div>
    }
}

#[component]
fn Tile(name: &'static str, figure: String, of: String) -> impl IntoView {
    view! {
        <section class="card pad tile">
            <h3>{name}</h3>
            <b class="figure">{figure}</b>
            <p class="of">{of}</p>
        </section>
    }
}

/// The 90th percentile, or a dot for each wait where there are few.
#[component]
fn LongWaits(waits: WaitSummary) -> impl IntoView {
    let dots = few_waits(&waits).map(|(words, values)| view! { <Dots words values/> });
    view! {
        {p90(&waits).map(|words| view! { <p class="p90">{words}</p> })}
        {dots}
    }
}

#[component]
fn SlotsCard(prediction: Prediction) -> impl IntoView {
    // Nights without anybody and anything say nothing.
    let is_shown = |it: &PredictedSlot| it.slot.people > 0 || it.outcome.waits.n > 0;
    let lines = prediction.slots.into_iter().filter(is_shown).map(|it| view! { <SlotLine it/> }).collect_view();
    view! {
        <section class="card report-card" aria-labelledby="staffing-slots">
            <header>
                <h3 id="staffing-slots">"By part of the week"</h3>
            </header>
            // It scrolls on a phone, and holds nothing that has the focus.
            <div class="wide" role="region" aria-label="Table by part of the week" tabindex="0">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Hours"</th>
                            <th scope="col" class="num">"People"</th>
                            <th scope="col" class="num">"Handoffs"</th>
                            <th scope="col" class="num">"Median wait"</th>
                            <th scope="col">"Long waits"</th>
                            <th scope="col" class="num">"Missed targets"</th>
                            <th scope="col" class="num">"Missed windows"</th>
                            <th scope="col">"Busiest hour"</th>
                        </tr>
                    </thead>
                    <tbody>{lines}</tbody>
                </table>
            </div>
            <p class="hint">
                "A handoff belongs to the hours in which it was requested, over all weeks. Hours without people and handoffs are
                left out. Below 20 handoffs each wait is a dot."
            </p>
        </section>
    }
}

#[component]
fn SlotLine(it: PredictedSlot) -> impl IntoView {
    let PredictedSlot { slot: place, outcome } = it;
    let PredictedOutcome { waits, missed_targets, missed_windows, still_waiting: _, busiest } = outcome;
    let n = waits.n;
    let busiest = busiest.map_or_else(
        || NOTHING.to_owned(),
        |BusiestHour { hour: at, arrivals }| format!("{} ({})", hour(at), grouped(arrivals)),
    );
    view! {
        <tr>
            <th scope="row">{slot(&place)}</th>
            <td class="num">{if place.people == 0 { "Nobody".to_owned() } else { grouped(place.people) }}</td>
            <td class="num">{grouped(n)}</td>
            <td class="num">{median(&waits)}</td>
            <td class="long-waits"><LongWaits waits/></td>
            <td class="num">{part(missed_targets, n)}</td>
            <td class="num">{part(missed_windows, n)}</td>
            <td class="dim">{busiest}</td>
        </tr>
    }
}
