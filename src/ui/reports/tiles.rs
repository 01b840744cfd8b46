//! The tiles: a number each, what it is made of, what it does not contain, and how it is counted.

use leptos::prelude::*;

use super::{
    list_address, measure_address,
    words::{answered, change_words, duration, few_values, main_number, p90},
};
use crate::{
    contract::report::{ReportTile, TileNumber},
    domain::{
        handoff::metrics::RatingTally,
        report::{
            count::Slice,
            list::{ListQuery, Side},
            measure::Measure,
            query::ReportQuery,
            tally::Measured,
        },
    },
    ui::{
        kit::chart::{Dots, ShareBar},
        number::{NOTHING, counted, grouped},
    },
};

#[component]
pub fn Tiles(report: ReportQuery, tiles: Vec<ReportTile>) -> impl IntoView {
    let tiles = tiles.into_iter().map(|tile| view! { <Tile report=report.clone() tile/> }).collect_view();
    view! {
        <section class="tiles" aria-label="Numbers">
            {tiles}
        </section>
    }
}

#[component]
fn Tile(report: ReportQuery, tile: ReportTile) -> impl IntoView {
    let measure = tile.measure;
    let id = format!("tile-{}", measure.as_str());
    let before = tile.before.as_ref().map(|number| main_number(measure, number)).filter(|number| number != NOTHING);
    let change = before.map(|number| {
        let before = ListQuery { side: Side::Before, ..ListQuery::of(report.clone(), measure) };
        let words = change_words(&tile).map(|words| format!("{words} · "));
        view! {
            <p class="change">
                {words} <a href=list_address(&before)>{format!("before: {number}")}</a>
            </p>
        }
    });
    let beside = tile
        .beside
        .iter()
        .map(|(other, n)| {
            let words = format!("{} {}", grouped(*n), other.label().to_lowercase());
            view! { <li><a href=measure_address(&report, *other)>{words}</a></li> }
        })
        .collect_view();
    let number = match &tile.now {
        Some(number) => view! { <Number report=report.clone() measure number=number.clone()/> }.into_any(),
        None => view! {
            <b class="figure">{NOTHING}</b>
            <p class="of">"Not counted by agent"</p>
        }
        .into_any(),
    };
    view! {
        <section class="card pad tile" aria-labelledby=id data-measure=measure.as_str()>
            <h2 id=id.clone()>{measure.label()}</h2>
            {number}
            {change}
            <ul class="beside">{beside}</ul>
            <HowCounted measure/>
        </section>
    }
}

/// The number and what it is made of.
#[component]
fn Number(report: ReportQuery, measure: Measure, number: TileNumber) -> impl IntoView {
    let main = main_number(measure, &number);
    let href = measure_address(&report, measure);
    let answered = answered(&number).filter(|_| measure == Measure::Rated).map(|words| format!(", {words}"));
    let TileNumber { measured, whole } = number;
    let of = if measure.is_duration() {
        format!("Median of {}", counted(measured.n, "value"))
    } else {
        whole.map_or_else(String::new, |_| grouped(measured.n))
    };
    let whole = whole.zip(measure.whole()).map(|(n, whole)| {
        let words = format!("{} {}", grouped(n), whole.label().to_lowercase());
        view! { " of " <a href=measure_address(&report, whole)>{words}</a> }
    });
    let scores =
        (measured.ratings.rated() > 0).then(|| view! { <Scores report=report.clone() ratings=measured.ratings/> });
    // Few values are shown each, where many have a 90th percentile.
    let dots = measure.is_duration().then(|| few_values(&measured.summary)).flatten().map(|words| {
        let values = measured.summary.dots.iter().map(|span| span.0).collect::<Vec<_>>();
        view! { <Dots words values/> }
    });
    view! {
        <a class="figure" href=href>{main}</a>
        <p class="of">{of}{whole}{answered}</p>
        {scores}
        {p90(&measured.summary).filter(|_| measure.is_duration()).map(|words| view! { <p class="p90">{words}</p> })}
        {dots}
    }
}

/// How many customers gave each score, best first.
#[component]
fn Scores(report: ReportQuery, ratings: RatingTally) -> impl IntoView {
    let most = ratings.each().map(|(_, n)| n).max().unwrap_or(0);
    let lines = ratings
        .each()
        .map(|(score, n)| {
            let slice = Slice { score: Some(score), ..Slice::default() };
            let list = list_address(&ListQuery { slice, ..ListQuery::of(report.clone(), Measure::Rated) });
            view! {
                <li>
                    <span>{score.to_string()}</span>
                    <ShareBar value=n most/>
                    <a href=list>{grouped(n)}</a>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="scores">{lines}</ul> }
}

/// What the number means, one click away.
#[component]
pub fn HowCounted(measure: Measure) -> impl IntoView {
    view! {
        <details class="how">
            <summary>"What is counted"</summary>
            <p>{measure.definition()} " " {measure.cohort()}</p>
        </details>
    }
}

/// The median and the number of values of a cell in a table.
pub fn median_words(measured: &Measured) -> String {
    match measured.summary.median {
        Some(median) => format!("{} ({})", duration(Some(median)), grouped(measured.summary.n)),
        None => NOTHING.to_owned(),
    }
}
