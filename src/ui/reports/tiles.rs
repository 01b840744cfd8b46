//! The tiles: a number each, what it is made of, what it does not contain, and how it is counted.

use leptos::prelude::*;

use super::{
    list_address, measure_address,
    words::{change_words, duration, few_values, main_number, p90},
};
use crate::{
    contract::report::{ReportTile, TileNumber},
    domain::report::{
        list::{ListQuery, Side},
        measure::Measure,
        query::ReportQuery,
        tally::Measured,
    },
    ui::{
        kit::chart::Dots,
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
    // Few values are shown each, where many have a 90th percentile.
    let dots = measure.is_duration().then(|| few_values(&measured.summary)).flatten().map(|words| {
        let values = measured.summary.dots.iter().map(|span| span.0).collect::<Vec<_>>();
        view! { <Dots words values/> }
    });
    view! {
        <a class="figure" href=href>{main}</a>
        <p class="of">{of}{whole}</p>
        {p90(&measured.summary).filter(|_| measure.is_duration()).map(|words| view! { <p class="p90">{words}</p> })}
        {dots}
    }
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
